//! All that is kept about somebody, as a document for themselves. Nobody else is named in it: not whom they met, not whom
//! they blocked, not who reported them or decided about them.

use hamdam_archive::{Dossier, StoredTalk};
use hamdam_bot::date;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::UserId;
use hamdam_domain::record::Record;
use hamdam_domain::session::Session;
use serde_json::{Value, json};

/// The document, as JSON for people to read. Without a record there is nothing in live state.
pub(crate) fn document(user: UserId, record: Option<&Record>, dossier: &Dossier, now: Millis) -> Vec<u8> {
    let document = json!({
        "made_at": date(now),
        "times_are": "UTC",
        "telegram_id": user,
        "came_first_at": dossier.known_since.map(|(first, _)| date(first)),
        "changed_last_at": dossier.known_since.map(|(_, last)| date(last)),
        "came_by": dossier.arrival.as_ref().map(|(link, at)| json!({"link": link_kind(link), "at": date(*at)})),
        "you": record.map(you),
        "blocked_at": times(&dossier.blocks),
        "chats": dossier.rooms.iter().map(talk).collect::<Vec<_>>(),
        "reports_by_you": dossier.reports.iter().map(|(why, at)| json!({"why": why, "at": date(*at)})).collect::<Vec<_>>(),
        "ratings_by_you": dossier.ratings.iter().map(|(good, at)| json!({"good": good, "at": date(*at)})).collect::<Vec<_>>(),
        "payments": dossier.payments.iter().map(|credit| {
            let given = credit.grant.map(|grant| json!({"days": grant.days, "at": date(grant.at)}));
            json!({"charge": credit.charge.as_str(), "gave": given})
        }).collect::<Vec<_>>(),
        "reports_about_you": dossier.reported,
        "decisions_about_you": dossier.decisions.iter().map(|decision| {
            json!({"what": decision.verdict, "at": date(decision.at), "until": decision.until.map(date)})
        }).collect::<Vec<_>>(),
        "bans": dossier.bans.iter().map(|(from, until, lifted)| {
            json!({"from": date(*from), "until": date(*until), "lifted_at": lifted.map(date)})
        }).collect::<Vec<_>>(),
    });
    let mut text =
        serde_json::to_vec_pretty(&document).expect("JSON has string keys and no failing serializer");
    text.push(b'\n');
    text
}

/// What live state knows.
fn you(record: &Record) -> Value {
    let profile = &record.profile;
    let slowed = record.brakes.quiet_until.max(record.brakes.search_from);
    json!({
        "are": stands(&record.session),
        "language": profile.language,
        "bot": profile.bot,
        "told": profile.facts,
        "wishes": profile.wants,
        "banned_until": profile.banned_until.map(date),
        "premium_until": record.premium_until.map(date),
        "seen_last_at": date(record.active_at),
        "slowed_down_until": slowed.map(date),
        "people_not_to_meet_again_yet": record.recent.len(),
        "people_blocked": record.blocked.len(),
    })
}

/// A campaign by its name; whose invitation it was is for them to tell.
fn link_kind(link: &str) -> &str {
    if link.starts_with("r_") { "an invitation" } else { link }
}

fn stands(session: &Session) -> &'static str {
    match session {
        Session::Idle => "idle",
        Session::Waiting(_) | Session::Held { .. } => "searching",
        Session::Chatting { .. } => "chatting",
    }
}

fn talk(talk: &StoredTalk) -> Value {
    let messages =
        talk.messages.iter().map(|(at, kind, id)| json!({"at": date(*at), "kind": kind, "id": id}));
    json!({
        "began_at": date(talk.started_at),
        "ended_at": talk.ended_at.map(date),
        "ended_by_you": talk.own_end,
        "messages_by_you": messages.collect::<Vec<_>>(),
    })
}

fn times(times: &[Millis]) -> Vec<String> {
    times.iter().copied().map(date).collect()
}

#[cfg(test)]
mod tests {
    use hamdam_archive::StoredDecision;
    use hamdam_domain::conduct::Conduct;
    use hamdam_domain::haste::Brakes;
    use hamdam_domain::id::{BotId, RoomId, TicketId, UpdateId};
    use hamdam_domain::profile::{Language, Profile};
    use hamdam_domain::repeats::Repeats;
    use hamdam_domain::ticket::Met;
    use hamdam_domain::wish::Gender;

    use super::*;

    const ME: UserId = UserId(7_000_000_007);
    const AT: Millis = Millis(1_800_000_000_000);

    /// Somebody who knows others in every way there is.
    fn record(others: [i64; 3]) -> Record {
        let [partner, met, blocked] = others.map(UserId);
        let mut profile = Profile::new(Language::Fa, BotId(5));
        profile.facts.gender = Some(Gender::Female);
        let ticket = TicketId { bot: BotId(5), update: UpdateId(9) };
        Record {
            version: 3,
            session: Session::Chatting { room: RoomId(1), partner, ticket },
            since: None,
            marks: Vec::new(),
            profile,
            blocked: vec![blocked],
            recent: vec![Met { user: met, at: AT }],
            last_room: None,
            active_at: AT,
            announcement: None,
            search_notice: None,
            across: None,
            dialogue: None,
            asked: None,
            forgotten: None,
            new_since: None,
            conduct: Conduct::default(),
            pace: None,
            brakes: Brakes::default(),
            repeats: Repeats::default(),
            joined: None,
            premium_until: None,
        }
    }

    fn dossier(moderator: i64) -> Dossier {
        Dossier {
            known_since: Some((AT, AT)),
            blocks: vec![AT],
            arrival: Some(("r_AbCdEfGhIjKl".to_owned(), AT)),
            rooms: vec![StoredTalk {
                started_at: AT,
                ended_at: None,
                own_end: false,
                messages: vec![(AT, "voice".to_owned(), 31)],
            }],
            reports: vec![("spam".to_owned(), AT)],
            ratings: vec![(true, AT)],
            payments: Vec::new(),
            reported: 2,
            bans: vec![(AT, AT, None)],
            decisions: vec![StoredDecision {
                verdict: "ban1".to_owned(),
                until: Some(AT),
                by: Some(UserId(moderator)),
                reason: format!("{moderator} says so"),
                case: Some("0123abcd".to_owned()),
                at: AT,
            }],
        }
    }

    #[test]
    fn a_document_tells_all_of_its_reader_and_nothing_of_anybody_else() {
        let others = [7_000_000_011, 7_000_000_012, 7_000_000_013];
        let text =
            String::from_utf8(document(ME, Some(&record(others)), &dossier(7_000_000_014), AT)).unwrap();
        for other in others.into_iter().chain([7_000_000_014]) {
            assert!(!text.contains(&other.to_string()), "{text}");
        }
        assert!(!text.contains("AbCdEfGhIjKl") && !text.contains("0123abcd"), "{text}");
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["telegram_id"], ME.0);
        assert_eq!(
            (&read["you"]["told"]["gender"], &read["you"]["are"]),
            (&json!("female"), &json!("chatting"))
        );
        assert_eq!(read["came_by"]["link"], "an invitation");
        assert_eq!(read["chats"][0]["messages_by_you"][0]["kind"], "voice");
        assert_eq!(read["chats"][0]["began_at"], "2027-01-15 08:00");
        assert_eq!(
            (&read["reports_by_you"][0]["why"], &read["reports_about_you"]),
            (&json!("spam"), &json!(2))
        );
        assert_eq!(read["decisions_about_you"][0]["what"], "ban1");
        assert_eq!(read["bans"][0]["lifted_at"], Value::Null);
    }
}
