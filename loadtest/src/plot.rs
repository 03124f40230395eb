//! Plots as SVG, and the page they stand on.

use anyhow::anyhow;
use plotters::prelude::*;

/// A line in a plot.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    /// As the legend calls it.
    pub(crate) name: String,
    /// Where, and what was measured there.
    pub(crate) points: Vec<(f64, f64)>,
}

/// When something was wrong, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) from: f64,
    pub(crate) until: f64,
}

/// What a plot is called, and its axes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Titles<'a> {
    pub(crate) plot: &'a str,
    /// From left to right, with its unit.
    pub(crate) across: &'a str,
    /// From the bottom up, with its unit.
    pub(crate) up: &'a str,
}

const SIZE: (u32, u32) = (720, 260);

/// One after another, and again from the first.
const COLORS: [RGBColor; 6] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 39, 40),
    RGBColor(44, 160, 44),
    RGBColor(148, 103, 189),
    RGBColor(140, 86, 75),
    RGBColor(23, 190, 207),
];

const FAULT: RGBColor = RGBColor(255, 127, 14);

/// The head of a page of plots.
pub(crate) fn page(title: &str) -> String {
    format!(
        "<!doctype html><meta charset=\"utf-8\"><title>{title}</title>\n\
         <style>body{{font-family:sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}svg{{max-width:100%}}\
         pre{{overflow-x:auto}}</style>\n<h1>{title}</h1>\n"
    )
}

/// Curves from left to right, with numbered bands where something was wrong.
pub(crate) fn plot(titles: Titles<'_>, curves: &[Curve], marks: &[Mark]) -> anyhow::Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw(&area, titles, curves, marks)
            .map_err(|error| anyhow!("cannot draw {}: {error}", titles.plot))?;
    }
    Ok(svg)
}

fn draw(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    titles: Titles<'_>,
    curves: &[Curve],
    marks: &[Mark],
) -> Result<(), Box<dyn std::error::Error>> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let end = points().map(|(at, _)| *at).fold(1.0, f64::max);
    let top = points().map(|(_, value)| *value).fold(0.0, f64::max).max(1.0) * 1.1;
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(area)
        .caption(titles.plot, ("sans-serif", 16))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..end, 0.0..top)?;
    chart.configure_mesh().x_desc(titles.across).y_desc(titles.up).light_line_style(TRANSPARENT).draw()?;
    for (number, mark) in marks.iter().enumerate() {
        // What lasted no time is seen too.
        let until = mark.until.max(mark.from + end / 300.0).min(end);
        let band = Rectangle::new([(mark.from, 0.0), (until, top)], FAULT.mix(0.25).filled());
        let label = Text::new((number + 1).to_string(), (mark.from, top), ("sans-serif", 11));
        chart.draw_series([band])?;
        chart.draw_series([label])?;
    }
    for (curve, color) in curves.iter().zip(COLORS.into_iter().cycle()) {
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), color))?
            .label(curve.name.as_str())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    chart.configure_series_labels().border_style(BLACK.mix(0.3)).background_style(WHITE.mix(0.8)).draw()?;
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_a_band_with_a_number() {
        let curve = Curve { name: "relayed".into(), points: vec![(0.0, 1.0), (60.0, 2.0)] };
        let titles = Titles { plot: "Messages", across: "seconds", up: "a second" };
        let bands = |marks: &[Mark]| {
            let svg = plot(titles, std::slice::from_ref(&curve), marks).unwrap();
            svg.matches(&format!("#{:02X}{:02X}{:02X}", FAULT.0, FAULT.1, FAULT.2)).count()
        };
        let (short, long) = (Mark { from: 10.0, until: 10.0 }, Mark { from: 20.0, until: 28.0 });
        assert_eq!(bands(&[]), 0);
        assert_eq!(bands(&[short, long]), 2);
    }

    #[test]
    fn no_curve_is_left_out() {
        let curve = |number| Curve { name: format!("the {number}th"), points: vec![(0.0, 1.0), (1.0, 2.0)] };
        let curves: Vec<Curve> = (0..COLORS.len() + 2).map(curve).collect();
        let svg = plot(Titles { plot: "Many", across: "hours", up: "s" }, &curves, &[]).unwrap();
        assert!(curves.iter().all(|curve| svg.contains(&curve.name)), "{svg}");
    }
}
