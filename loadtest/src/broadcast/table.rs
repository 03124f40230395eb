//! The rounds for the eye.

use std::fmt::Write;

use super::Broadcasted;

/// A row for each round.
pub(super) fn of(broadcasted: &Broadcasted) -> String {
    let Broadcasted { users, chatting, rate, rounds } = broadcasted;
    let mut text = format!("  {users} users, {chatting} chatting, {rate} broadcasts a second at most\n\n");
    let mut row = |cells: [&str; 8]| {
        let [name, rest @ ..] = cells;
        let rest = rest.map(|cell| format!("{cell:>13}")).concat();
        writeln!(text, "  {name:<22}{rest}").expect("a string takes all");
    };
    row(["", "relay p50", "relay p99", "part p50", "part p99", "a second", "told", "again"]);
    row(["", "ms", "ms", "ms, up to", "ms, up to", "", "of", "may be"]);
    for round in rounds {
        let relay = round.relay_ms();
        let ms = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.1}"));
        let told = round.told.as_ref();
        #[expect(clippy::cast_precision_loss, reason = "some hundred thousands")]
        let per_second = told.map(|told| told.heard.people as f64 / told.seconds.max(0.001));
        let pair = |one: u64, other: u64| format!("{one}/{other}");
        row([
            round.happened.words(),
            &ms(relay.map(|relay| relay.p50)),
            &ms(relay.map(|relay| relay.p99)),
            &ms(told.map(|told| told.p50_ms)),
            &ms(told.map(|told| told.p99_ms)),
            &per_second.map_or_else(String::new, |rate| format!("{rate:.0}")),
            &told.map_or_else(String::new, |told| pair(told.heard.people, told.people)),
            &told.map_or_else(String::new, |told| pair(told.heard.again, told.in_flight_at_kill)),
        ]);
    }
    let overtakes: f64 = rounds.iter().map(|round| round.overtakes).sum();
    writeln!(text, "\n  entries of conversations that waited behind a broadcast's: {overtakes:.0}")
        .expect("a string takes all");
    text
}
