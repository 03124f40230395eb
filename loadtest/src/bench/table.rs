//! How the figures are told to people.

use std::fmt::Write;

use super::figures::{Figures, Saved};

/// Columns of the table: head, value, decimals.
type Column = (&'static str, fn(&Figures) -> f64, usize);

const COLUMNS: [Column; 8] = [
    ("CPU us", |f| f.cpu_us, 1),
    ("floor us", |f| f.floor_cpu_us, 1),
    ("of floor", |f| f.floor_ratio, 2),
    ("redis", |f| f.redis_commands, 2),
    ("SQL", |f| f.sql_statements, 4),
    ("bytes", |f| f.bytes, 0),
    ("per s", |f| f.per_second, 0),
    ("floor per s", |f| f.floor_per_second, 0),
];

const WIDTH: usize = 12;

/// All benches, a line each, then what they mean.
pub(super) fn of(saved: &Saved) -> String {
    let mut table = head("per unit");
    for (bench, figures) in saved {
        line(&mut table, bench.name(), figures);
    }
    table.push('\n');
    for (bench, figures) in saved {
        let factor = 1.0 / figures.floor_ratio;
        writeln!(
            table,
            "{}: {}. With the same CPU the fleet does {:.2} of what the floor does: it needs {factor:.1} times the \
             floor's CPU.",
            bench.name(),
            bench.meaning(),
            figures.floor_ratio
        )
        .expect("a string takes all");
        for (name, value) in &figures.more {
            writeln!(table, "    {name:<28} {value:>12.1}").expect("a string takes all");
        }
    }
    table
}

/// Two runs, and the change of each figure.
pub(super) fn against(before: &Saved, now: &Saved) -> String {
    let mut table = head("per unit");
    for (bench, figures) in now {
        let Some(earlier) = before.get(bench) else {
            line(&mut table, bench.name(), figures);
            writeln!(table, "{:<10} (was not measured then)", "").expect("a string takes all");
            continue;
        };
        line(&mut table, &format!("{} was", bench.name()), earlier);
        line(&mut table, "  is", figures);
        write!(table, "{:<14}", "  change").expect("a string takes all");
        for (_, value, _) in COLUMNS {
            write!(table, "{:>WIDTH$}", change(value(earlier), value(figures))).expect("a string takes all");
        }
        table.push('\n');
    }
    let gone = before.keys().filter(|bench| !now.contains_key(bench)).map(|bench| bench.name());
    let gone: Vec<_> = gone.collect();
    if !gone.is_empty() {
        writeln!(table, "not measured this time: {}", gone.join(", ")).expect("a string takes all");
    }
    table
}

fn head(unit: &str) -> String {
    let mut head = format!("{unit:<14}");
    for (name, _, _) in COLUMNS {
        write!(head, "{name:>WIDTH$}").expect("a string takes all");
    }
    head.push('\n');
    head
}

fn line(table: &mut String, name: &str, figures: &Figures) {
    write!(table, "{name:<14}").expect("a string takes all");
    for (_, value, decimals) in COLUMNS {
        write!(table, "{:>WIDTH$.decimals$}", value(figures)).expect("a string takes all");
    }
    table.push('\n');
}

fn change(before: f64, now: f64) -> String {
    if before.abs() < 1e-9 {
        return if now.abs() < 1e-9 { "=".to_owned() } else { "new".to_owned() };
    }
    format!("{:+.0} %", (now / before - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::super::figures::{Bench, Floor};
    use super::*;

    fn measured(cpu_us: f64) -> Figures {
        let figures = Figures { cpu_us, redis_commands: 3.5, per_second: 900.0, ..Figures::default() };
        figures.above(Floor { per_second: 900.0, cpu_us: 60.0 })
    }

    #[test]
    fn the_ratio_is_told_both_ways() {
        let told = of(&Saved::from([(Bench::Relay, measured(150.0))]));
        assert!(told.contains("0.40"), "{told}");
        assert!(told.contains("2.5 times the floor's CPU"), "{told}");
    }

    #[test]
    fn a_comparison_shows_both_and_the_change() {
        let before = Saved::from([(Bench::Relay, measured(200.0)), (Bench::Send, measured(50.0))]);
        let now = Saved::from([(Bench::Relay, measured(150.0)), (Bench::Match, measured(900.0))]);
        let told = against(&before, &now);
        for said in [
            "200.0",
            "150.0",
            "-25 %",
            "+33 %",
            "+0 %",
            "was not measured then",
            "not measured this time: send",
        ] {
            assert!(told.contains(said), "{said}: {told}");
        }
    }

    #[test]
    fn every_bench_says_what_it_counts() {
        for bench in Bench::ALL {
            assert!(bench.meaning().contains("floor") && bench.meaning().contains("bytes:"), "{bench:?}");
        }
    }
}
