//! Plots as SVG.

use anyhow::anyhow;
use plotters::prelude::*;

/// A line in a plot.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// As the legend calls it.
    pub(super) name: &'static str,
    /// Seconds, and what was measured then.
    pub(super) points: Vec<(f64, f64)>,
}

/// When something was wrong, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) from: f64,
    pub(super) until: f64,
}

const SIZE: (u32, u32) = (720, 260);
const COLORS: [RGBColor; 3] = [RGBColor(31, 119, 180), RGBColor(214, 39, 40), RGBColor(44, 160, 44)];

const FAULT: RGBColor = RGBColor(255, 127, 14);

/// Curves over time, with numbered bands where something was wrong.
pub(super) fn over_time(title: &str, unit: &str, curves: &[Curve], marks: &[Mark]) -> anyhow::Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        draw(&area, title, unit, curves, marks).map_err(|error| anyhow!("cannot draw {title}: {error}"))?;
    }
    Ok(svg)
}

fn draw(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    unit: &str,
    curves: &[Curve],
    marks: &[Mark],
) -> Result<(), Box<dyn std::error::Error>> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let end = points().map(|(at, _)| *at).fold(1.0, f64::max);
    let top = points().map(|(_, value)| *value).fold(0.0, f64::max).max(1.0) * 1.1;
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 16))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..end, 0.0..top)?;
    chart.configure_mesh().x_desc("seconds").y_desc(unit).light_line_style(TRANSPARENT).draw()?;
    for (number, mark) in marks.iter().enumerate() {
        // What lasted no time is seen too.
        let until = mark.until.max(mark.from + end / 300.0).min(end);
        let band = Rectangle::new([(mark.from, 0.0), (until, top)], FAULT.mix(0.25).filled());
        let label = Text::new((number + 1).to_string(), (mark.from, top), ("sans-serif", 11));
        chart.draw_series([band])?;
        chart.draw_series([label])?;
    }
    for (curve, color) in curves.iter().zip(COLORS) {
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), color))?
            .label(curve.name)
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
        let curve = Curve { name: "relayed", points: vec![(0.0, 1.0), (60.0, 2.0)] };
        let bands = |marks: &[Mark]| {
            let svg = over_time("Messages", "a second", std::slice::from_ref(&curve), marks).unwrap();
            svg.matches(&format!("#{:02X}{:02X}{:02X}", FAULT.0, FAULT.1, FAULT.2)).count()
        };
        let (short, long) = (Mark { from: 10.0, until: 10.0 }, Mark { from: 20.0, until: 28.0 });
        assert_eq!(bands(&[]), 0);
        assert_eq!(bands(&[short, long]), 2);
    }
}
