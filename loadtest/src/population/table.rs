//! The table: group by group, a line for each set of rules.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::figures::{By, Figures, Outcome};

/// Everything, side by side.
pub(super) fn of(outcomes: &[Outcome]) -> String {
    let wide = outcomes.iter().map(|outcome| outcome.rules.chars().count()).max().unwrap_or(0).max(5);
    let mut text = format!(
        "{:<20} {:<wide$} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9} {:>10} {:>10}\n",
        "", "rules", "searches", "met", "p50 s", "p95 s", "p99 s", "gave up", "satisfied", "cross-bot"
    );
    lines(&mut text, "everybody", wide, outcomes, |outcome| Some(&outcome.everybody));
    for by in By::ALL {
        let of = |outcome: &Outcome| outcome.groups.get(&by).map(|groups| groups.keys().cloned().collect());
        let names: BTreeSet<String> =
            outcomes.iter().filter_map(of).flat_map(|names: Vec<String>| names).collect();
        text.push('\n');
        for name in names {
            let title = format!("{} {name}", by.name());
            lines(&mut text, &title, wide, outcomes, |outcome| outcome.group(by, &name));
        }
    }
    text.push('\n');
    for outcome in outcomes {
        end(&mut text, outcome);
    }
    text
}

fn lines<'a>(
    text: &mut String,
    title: &str,
    wide: usize,
    outcomes: &'a [Outcome],
    of: impl Fn(&'a Outcome) -> Option<&'a Figures>,
) {
    for (number, outcome) in outcomes.iter().enumerate() {
        let Some(figures) = of(outcome) else { continue };
        let Figures { searches, met, wait_ms, gave_up_share, satisfaction, cross_bot_share, .. } = figures;
        let title = if number == 0 { title } else { "" };
        let [p50, p95, p99] = [wait_ms.p50, wait_ms.p95, wait_ms.p99].map(|ms| ms / 1_000.0);
        writeln!(
            text,
            "{title:<20} {:<wide$} {searches:>9} {met:>9} {p50:>8.1} {p95:>8.1} {p99:>8.1} {:>7.1} % {satisfaction:>10.1} {:>8.1} %",
            outcome.rules,
            gave_up_share * 100.0,
            cross_bot_share * 100.0,
        )
        .expect("a string takes all");
    }
}

fn end(text: &mut String, Outcome { rules, pairs, everybody, broken, sound, .. }: &Outcome) {
    let Figures { searches, met, gave_up, waiting, .. } = everybody;
    writeln!(
        text,
        "{rules}: {pairs} pairs; {searches} searches = {met} met + {gave_up} gave up + {waiting} waiting still"
    )
    .expect("a string takes all");
    if !sound {
        writeln!(text, "{rules}: NOT SOUND, the figures mean nothing; broken: {broken:?}")
            .expect("a string takes all");
    }
}
