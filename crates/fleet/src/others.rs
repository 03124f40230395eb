//! Effects on others' shards, which come before the step on the own one: each conditional on a room or ticket that never
//! comes twice, so whatever it answers, the own step follows.

use hamdam_bot::plan::First;
use hamdam_domain::conduct::{Complaint, Judgement};
use hamdam_domain::id::UserId;
use hamdam_domain::outbox::{Content, Entry, Notice};
use hamdam_domain::safety::Report;
use hamdam_state::State;
use hamdam_state::step::matching::End;

/// Messages of a room that a report shows, if it names none.
const SHOWN: usize = 5;

/// Does for others what `user`'s leaving or report comes to.
pub(crate) async fn act(
    state: &dyn State,
    user: UserId,
    first: First,
    moderators: &[UserId],
) -> hamdam_state::Result<()> {
    match first {
        First::EndPartner { partner, room, notice, fact } => {
            let end =
                End { user: partner, room, notice, fact, unless_active_since: None, unreachable: false };
            state.end(&end).await.map(drop)
        }
        First::RemoveTicket { pool, ticket } => state.remove_ticket(&pool, user, ticket).await,
        First::Judge(user, judgement) => state.judge(user, &judgement).await,
        First::Report(report) => {
            if !moderators.is_empty() {
                bring(state, &report, moderators).await?;
            }
            let against = Judgement::Against(Complaint::of_report(&report));
            state.judge(report.reported, &against).await
        }
    }
}

/// Opens a case and shows it to the moderators: what was written, by reference, and what they can decide.
async fn bring(state: &dyn State, report: &Report, moderators: &[UserId]) -> hamdam_state::Result<()> {
    state.open_case(report).await?;
    let received = state.ids(report.reporter, report.room).await?.into_iter().map(|pair| pair.here);
    let received: Vec<_> = received.collect();
    let about = report.message.filter(|message| received.contains(message));
    let shown = if let Some(message) = about {
        vec![message]
    } else {
        let skip = received.len().saturating_sub(SHOWN);
        received[skip..].to_vec()
    };
    let case = report.case();
    let card = Notice::Case { case, reason: report.reason, message: about.is_some(), verdict: None };
    for chat in moderators {
        for (place, message) in shown.iter().enumerate() {
            let entry =
                Entry { room: None, content: Content::Show { from: report.reporter, message: *message } };
            state.post(*chat, report.bot, &entry, &format!("case:{case}:{place}")).await?;
        }
        state.post(*chat, report.bot, &card.clone().entry(), &format!("case:{case}")).await?;
    }
    Ok(())
}
