//! What the matching engine does, as a table and by criterion: `cargo bench -p hamdam-domain --bench engine`.
//!
//! `-- --table` prints the table and stops, `-- --no-table` leaves it out. The table counts time on a core, criterion
//! time on the wall.

#[path = "../../tests/it/optimum.rs"]
mod optimum;
#[path = "../../tests/it/population.rs"]
mod population;
mod table;
#[path = "../../tests/it/threads.rs"]
mod threads;
mod town;

use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use hamdam_domain::engine::{Alone, Engine};

use population::{MIXED, NOW, OPEN};
use town::Town;

fn main() {
    let asked = |flag| std::env::args().any(|argument| argument == flag);
    // `cargo test` runs benches to see that they run.
    if !asked("--test") && !asked("--no-table") {
        table::print();
    }
    if !asked("--table") {
        let mut criterion = Criterion::default()
            .sample_size(10)
            .warm_up_time(Duration::from_secs(1))
            .measurement_time(Duration::from_secs(10));
        if !asked("--test") {
            measure(&mut criterion);
        }
        criterion.final_summary();
    }
}

fn measure(criterion: &mut Criterion) {
    for skew in [OPEN, MIXED] {
        let people = population::people(&skew, 100_000, 1);
        criterion.bench_function(&format!("pair 100,000 {}", skew.name), |bench| {
            let full = || town::engine_with(&people);
            bench.iter_batched(full, |mut engine| engine.pair(&town::rules(), NOW), BatchSize::PerIteration);
        });
    }
    let mut town = Town::crowded(200_000, Arc::new(Alone));
    criterion.bench_function("a batch of 1,000 changes among 200,000", |bench| {
        bench.iter_custom(|times| (0..times).map(|_| town.batch_of_changes(1_000)).sum());
    });
}
