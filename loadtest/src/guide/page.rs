//! The page of plots.

use std::fmt::Write;

use crate::chaos::{Outcome, Suffered};
use crate::gauge::parts::Part;
use crate::plot::{self, Curve, Mark, Titles};
use crate::profile::Measured;
use crate::pulse::Pulse;

/// One section per profile, and one for the run with faults: throughput, latency, queues, memory.
pub(super) fn of(all: &[Measured], faults: Option<&Outcome>) -> anyhow::Result<String> {
    let mut html = plot::page("Hamdam under load");
    for measured in all {
        writeln!(html, "<h2>{} users</h2>", measured.users)?;
        let pulses: Vec<&Pulse> = measured.samples.iter().map(|sample| &sample.pulse).collect();
        plots(&mut html, &pulses, &resident(measured), &[])?;
    }
    for staged in faults.iter().flat_map(|outcome| &outcome.stages) {
        writeln!(html, "<h2>With faults: {:?}</h2>\n<ol>", staged.stage)?;
        staged.faults.iter().try_for_each(|suffered| item(&mut html, suffered))?;
        writeln!(html, "</ol>")?;
        let pulses: Vec<&Pulse> = staged.series.iter().collect();
        let instances = curve("instances, resident", &pulses, |pulse| Some(mb(pulse.instances_bytes)));
        let marks: Vec<Mark> = staged.faults.iter().map(mark).collect();
        plots(&mut html, &pulses, &[instances], &marks)?;
    }
    Ok(html)
}

fn item(html: &mut String, suffered: &Suffered) -> std::fmt::Result {
    let recovered = suffered.recovered_after.map_or_else(
        || "never recovered".to_owned(),
        |seconds| format!("recovered {seconds:.1} s after its end"),
    );
    let (name, at, lasted) = (suffered.fault.name(), suffered.at_seconds, suffered.lasted);
    writeln!(html, "<li>{name} at {at:.0} s for {lasted:.1} s, {recovered}</li>")
}

fn mark(suffered: &Suffered) -> Mark {
    Mark { from: suffered.at_seconds, until: suffered.at_seconds + suffered.lasted }
}

fn curve(name: &str, pulses: &[&Pulse], of: impl Fn(&Pulse) -> Option<f64>) -> Curve {
    let point =
        |pulse: &&Pulse| of(pulse).filter(|value| value.is_finite()).map(|value| (pulse.at_seconds, value));
    Curve { name: name.to_owned(), points: pulses.iter().filter_map(point).collect() }
}

fn plots(html: &mut String, pulses: &[&Pulse], resident: &[Curve], marks: &[Mark]) -> anyhow::Result<()> {
    let mut memory = resident.to_vec();
    memory.push(curve("Redis, used", pulses, |pulse| Some(mb(pulse.redis_bytes))));
    let plots = [
        ("Messages", "a second", vec![curve("relayed", pulses, |pulse| Some(pulse.relayed_per_second))]),
        (
            "Latency (upper bounds of buckets)",
            "ms",
            vec![
                curve("relay p50", pulses, |pulse| pulse.relay_p50_ms),
                curve("relay p99", pulses, |pulse| pulse.relay_p99_ms),
                curve("webhook p99", pulses, |pulse| pulse.webhook_p99_ms),
            ],
        ),
        (
            "Queues",
            "entries",
            vec![
                curve("waiting for a partner", pulses, |pulse| Some(pulse.waiting)),
                curve("waiting to be sent", pulses, |pulse| Some(pulse.outbox)),
            ],
        ),
        ("Memory", "MB", memory),
    ];
    for (title, unit, curves) in plots {
        html.push_str(&plot::plot(Titles { plot: title, across: "seconds", up: unit }, &curves, marks)?);
    }
    Ok(())
}

/// What parts of the stack held.
fn resident(measured: &Measured) -> [Curve; 2] {
    let of_part = |name: &str, part: Part| {
        let place = Part::ALL.iter().position(|known| *known == part).expect("every part is measured");
        let points =
            measured.samples.iter().map(|sample| (sample.pulse.at_seconds, mb(sample.resident_bytes[place])));
        Curve { name: name.to_owned(), points: points.collect() }
    };
    [of_part("instances, resident", Part::Instances), of_part("Redis, resident", Part::Redis)]
}

#[expect(clippy::cast_precision_loss, reason = "shown in megabytes")]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
