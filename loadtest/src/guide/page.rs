//! The page of plots.

use std::fmt::Write;

use super::plot::{Curve, over_time};
use crate::gauge::parts::Part;
use crate::profile::{Measured, Sample};

/// One section per profile: throughput, latency, queues, memory.
pub(super) fn of(all: &[Measured]) -> anyhow::Result<String> {
    let mut html = String::from(
        "<!doctype html><meta charset=\"utf-8\"><title>Hamdam under load</title>\n\
         <style>body{font-family:sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}svg{max-width:100%}</style>\n\
         <h1>Hamdam under load</h1>\n",
    );
    for measured in all {
        section(&mut html, measured)?;
    }
    Ok(html)
}

fn section(html: &mut String, measured: &Measured) -> anyhow::Result<()> {
    writeln!(html, "<h2>{} users</h2>", measured.users)?;
    let curve = |name, of: fn(&Sample) -> Option<f64>| Curve {
        name,
        points: measured
            .samples
            .iter()
            .filter_map(|sample| {
                of(sample).filter(|value| value.is_finite()).map(|value| (sample.at_seconds, value))
            })
            .collect(),
    };
    let plots = [
        over_time("Messages", "a second", &[curve("relayed", |sample| Some(sample.relayed_per_second))])?,
        over_time(
            "Latency (upper bounds of buckets)",
            "ms",
            &[
                curve("relay p50", |sample| sample.relay_p50_ms),
                curve("relay p99", |sample| sample.relay_p99_ms),
                curve("webhook p99", |sample| sample.webhook_p99_ms),
            ],
        )?,
        over_time(
            "Queues",
            "entries",
            &[
                curve("waiting for a partner", |sample| Some(sample.waiting)),
                curve("waiting to be sent", |sample| Some(sample.outbox)),
            ],
        )?,
        over_time("Memory", "MB", &memory(measured))?,
    ];
    for plot in plots {
        html.push_str(&plot);
    }
    Ok(())
}

fn memory(measured: &Measured) -> Vec<Curve> {
    #[expect(clippy::cast_precision_loss, reason = "shown in megabytes")]
    let mb = |bytes: u64| bytes as f64 / 1e6;
    let of_part = |name, part: Part| {
        let place = Part::ALL.iter().position(|known| *known == part).expect("every part is measured");
        let points =
            measured.samples.iter().map(|sample| (sample.at_seconds, mb(sample.resident_bytes[place])));
        Curve { name, points: points.collect() }
    };
    vec![
        of_part("instances, resident", Part::Instances),
        of_part("Redis, resident", Part::Redis),
        Curve {
            name: "Redis, used",
            points: measured
                .samples
                .iter()
                .map(|sample| (sample.at_seconds, mb(sample.redis_bytes)))
                .collect(),
        },
    ]
}
