//! The page of plots: the day hour by hour, and how soon people met.

use hamdam_domain::wish::Gender;

use super::figures::{By, Figures, Outcome};
use super::table;
use super::visits::FIRST_HOUR;
use crate::plot::{self, Curve, Titles};

/// A curve for each set of rules in every plot, and the table.
pub(super) fn of(outcomes: &[Outcome]) -> anyhow::Result<String> {
    let mut html = plot::page("Rules of matching, compared");
    let by_hour = [
        ("Searches that began", "an hour", (|figures| count(figures.searches)) as fn(&Figures) -> f64),
        ("Given up, of those that ended", "%", |figures| figures.gave_up_share * 100.0),
        ("Wait of those who met, p95", "seconds", |figures| figures.wait_ms.p95 / 1_000.0),
        ("Satisfaction", "0 to 100", |figures| figures.satisfaction),
    ];
    let across = format!("hours since {FIRST_HOUR:02}:00");
    for (plot, up, of) in by_hour {
        let curves: Vec<Curve> = outcomes.iter().map(|outcome| hours(outcome, of)).collect();
        html.push_str(&plot::plot(Titles { plot, across: &across, up }, &curves, &[])?);
    }
    for (plot, gender) in [
        ("Women who have met somebody by then", Gender::Female),
        ("Men who have met somebody by then", Gender::Male),
    ] {
        let name = if gender == Gender::Female { "female" } else { "male" };
        let curves: Vec<Curve> = outcomes.iter().map(|outcome| met_by(outcome, name)).collect();
        html.push_str(&plot::plot(
            Titles { plot, across: "seconds of waiting", up: "% of searches" },
            &curves,
            &[],
        )?);
    }
    html.push_str("<pre>\n");
    html.push_str(&table::of(outcomes).replace('&', "&amp;").replace('<', "&lt;"));
    html.push_str("</pre>\n");
    Ok(html)
}

#[expect(clippy::cast_precision_loss, reason = "counts of millions")]
fn count(number: u64) -> f64 {
    number as f64
}

fn hours(outcome: &Outcome, of: impl Fn(&Figures) -> f64) -> Curve {
    let point = |passed: u8| {
        let hour = format!("{:02}", (FIRST_HOUR + passed) % 24);
        Some((f64::from(passed), of(outcome.group(By::Hour, &hour)?)))
    };
    Curve { name: outcome.rules.clone(), points: (0..24).filter_map(point).collect() }
}

/// Of all searches of these people that ended, the share that had a partner after so many seconds.
fn met_by(outcome: &Outcome, gender: &str) -> Curve {
    let points = outcome.group(By::Gender, gender).map_or(Vec::new(), |figures| {
        let met = 100.0 * (1.0 - figures.gave_up_share);
        let point = |part: u8| {
            let share = f64::from(part) / 50.0;
            (figures.waits.quantile_ms(share) / 1_000.0, share * met)
        };
        (0..=49).map(point).collect()
    });
    Curve { name: outcome.rules.clone(), points }
}
