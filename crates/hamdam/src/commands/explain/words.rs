//! The answer for people.

use std::fmt::Write;

use super::answer::{Answer, Expected, Stands, Wait, Why};

pub(super) fn of(answer: &Answer) -> String {
    let user = answer.user;
    let mut text = match &answer.stands {
        Stands::Unknown => format!("{user} is unknown."),
        Stands::Idle => format!("{user} does not wait: neither searching nor in a chat."),
        Stands::Held { room } => {
            format!("{user} does not wait: a partner is found, and room {room} is being made.")
        }
        Stands::Chatting { room } => format!("{user} does not wait: they chat in room {room}."),
        Stands::Waiting(waiting) => wait(user, waiting, answer.problem.is_none()),
    };
    if let Some(problem) = &answer.problem {
        write!(text, "\nproblem: {problem}").expect("written to memory");
    }
    text
}

fn wait(user: i64, waiting: &Wait, is_fine: bool) -> String {
    let Wait { pool, waited_seconds, attempt, .. } = waiting;
    let mut text = format!("{user} waits in pool {pool} for {} (attempt {attempt}).", time(*waited_seconds));
    match &waiting.why {
        Some(why) => explain(&mut text, why),
        None if is_fine => text.push_str("\nA partner was chosen just now, and the room is being made."),
        None => {}
    }
    if let Some(watched) = waiting.watched_seconds {
        write!(text, "\n\nWatched for {}: ", time(watched)).expect("written to memory");
        match (waiting.left, &waiting.estimate) {
            (Some(state), _) => {
                write!(text, "the ticket left the pool meanwhile, the user is {state} now.")
                    .expect("written to memory");
            }
            (None, Some(expected)) => text.push_str(&estimate(expected)),
            (None, None) => {
                text.push_str("too few tickets like this one were paired to tell how long it will wait.");
            }
        }
    }
    text
}

fn explain(text: &mut String, why: &Why) {
    let Why { others, more_senior, may_meet, wishes, gave_way, later } = why;
    let mut line = |said: String| write!(text, "\n{said}").expect("written to memory");
    if *others == 0 {
        line("Nobody else waits there.".to_owned());
    } else {
        line(format!(
            "{others} others wait there, {more_senior} of them more senior. By all wishes of both sides {may_meet} may meet this user now."
        ));
        line(format!("\n{:<10} {:>16} {:>18} {:>8}", "wish", "suit the user", "the user suits", "both"));
        for passed in wishes {
            line(format!("{:<10} {:>16} {:>18} {:>8}", passed.wish, passed.suit, passed.suited, passed.both));
        }
    }
    line(String::new());
    if !gave_way.words.is_empty() {
        line(format!("Gave way already: {}.", gave_way.words.join(", ")));
    }
    // What gives way of a wish that counts for nothing here, such as other bots where bots do not mix, is no news.
    for step in later.iter().filter(|step| !step.gives.words.is_empty()) {
        let (after, words) = (time(step.after_seconds), step.gives.words.join(", "));
        line(format!("In {after}: {words}; then {} of these may meet.", step.may_meet));
    }
    if later.is_empty() {
        line("Nothing more gives way by itself.".to_owned());
    }
}

fn estimate(Expected { half_seconds, most_seconds, pairs }: &Expected) -> String {
    let by = |seconds: &Option<f64>| {
        seconds.map_or_else(|| "nobody knows when".to_owned(), |seconds| format!("within {}", time(seconds)))
    };
    let (half, most) = (by(half_seconds), by(most_seconds));
    format!("half of such tickets have a partner {half}, four of five {most} (from {pairs} pairs).")
}

/// In the two largest units.
fn time(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time between two moments")]
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3_600, whole / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_two_units() {
        let told = [0.4, 59.4, 59.6, 200.0, 7_500.0].map(time);
        assert_eq!(told, ["0 s", "59 s", "1 min 0 s", "3 min 20 s", "2 h 5 min"]);
    }
}
