//! A user in every state, and plans told in a line.

use hamdam_bot::{
    Answer, Button, First, Heard, Incoming, Input, Membership, Move, Plan, Reveals, Scene, Settings,
    Understood, decide,
};
use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::haste::Brakes;
use hamdam_domain::id::{BotId, MessageId, PoolId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since, UpdateRef};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Entry, Notice, Toast};
use hamdam_domain::panel::Asking;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Record;
use hamdam_domain::repeats::Repeats;
use hamdam_domain::session::{Session, Stub};

pub(crate) const NOW: Millis = Millis(1_800_000_000_000);
pub(crate) const ME: UserId = UserId(7);
pub(crate) const PARTNER: UserId = UserId(8);
pub(crate) const BOT: BotId = BotId(100);
pub(crate) const OTHER_BOT: BotId = BotId(200);
pub(crate) const ROOM: RoomId = RoomId(55);
/// The update that began the present state.
pub(crate) const BEGAN: UpdateId = UpdateId(1_000);
/// The update that comes in.
pub(crate) const NEXT: UpdateId = UpdateId(1_010);
pub(crate) const MESSAGE: MessageId = MessageId(31);
/// The message whose button is pressed.
pub(crate) const PRESSED: MessageId = MessageId(29);

pub(crate) fn ticket() -> TicketId {
    TicketId { bot: BOT, update: BEGAN }
}

pub(crate) fn stub() -> Stub {
    Stub { ticket: ticket(), attempt: 2, pool: PoolId("main".into()), waiting_since: Millis(NOW.0 - 5_000) }
}

pub(crate) fn idle() -> Session {
    Session::Idle
}

pub(crate) fn waiting() -> Session {
    Session::Waiting(stub())
}

pub(crate) fn held() -> Session {
    Session::Held { room: ROOM, partner: PARTNER, stub: stub() }
}

pub(crate) fn chatting() -> Session {
    Session::Chatting { room: ROOM, partner: PARTNER, ticket: ticket() }
}

pub(crate) fn record(session: Session) -> Record {
    Record {
        announcement: None,
        search_notice: None,
        across: None,
        last_room: None,
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
        version: 3,
        session,
        since: Some(Since { bot: BOT, mark: Mark { update: BEGAN, hour: NOW.hour(), era: 1 } }),
        marks: Vec::new(),
        profile: Profile::new(Language::En, BOT),
        blocked: vec![UserId(66)],
        recent: Vec::new(),
        active_at: NOW,
    }
}

pub(crate) fn update(queue: Queue, bot: BotId, id: UpdateId) -> UpdateRef {
    UpdateRef { bot, era: 1, queue, id }
}

pub(crate) fn queue_of(input: &Input) -> Queue {
    match input {
        Input::Press { .. } => Queue::Callback,
        Input::Reaction { .. } => Queue::Reaction,
        Input::Blocked | Input::Unblocked => Queue::Member,
        Input::Command { .. } | Input::Message(_) | Input::Edit { .. } => Queue::Message,
    }
}

pub(crate) fn said(input: Input) -> Understood {
    Understood { user: ME, queue: queue_of(&input), language: Some(Language::En), input, quoted: None }
}

pub(crate) fn message(kind: MessageKind) -> Input {
    Input::Message(Incoming {
        message: MESSAGE,
        kind,
        reply: None,
        answer: None,
        reveals: Reveals::default(),
    })
}

/// Presses a button.
pub(crate) fn press(button: Button) -> Input {
    Input::Press { query: "q".into(), message: PRESSED, button: Some(button), about: None }
}

/// Writes a text.
pub(crate) fn text(text: &str) -> Input {
    let answer = Some(Answer::Text(text.into()));
    Input::Message(Incoming {
        message: MESSAGE,
        kind: MessageKind::Text,
        reply: None,
        answer,
        reveals: Reveals::default(),
    })
}

/// Decides about `input`, coming through `bot` as update `id`.
pub(crate) fn plan_by(record: &Record, input: Input, bot: BotId, id: UpdateId) -> Plan {
    plan_under(record, input, bot, id, &Settings::default())
}

/// The same in a house with rules of its own.
pub(crate) fn plan_under(
    record: &Record,
    input: Input,
    bot: BotId,
    id: UpdateId,
    settings: &Settings,
) -> Plan {
    let said = said(input);
    let update = update(said.queue, bot, id);
    let invited = Some(3);
    decide(&Scene {
        said: &said,
        message: None,
        heard: Heard::default(),
        membership: Membership::default(),
        update: &update,
        record,
        now: NOW,
        settings,
        invited,
        elsewhere: None,
        link: Some("https://t.me/$link"),
        maintenance: None,
    })
}

/// Decides about the next update of the user's own bot.
pub(crate) fn plan(record: &Record, input: Input) -> Plan {
    plan_by(record, input, BOT, NEXT)
}

/// A plan in a line: `first > session: entries > then`. A `*` behind the session: the update becomes `since`; a `?`
/// in front of it: refused when full; a `~` before a notice: said about the message; a `=`: in place of the one whose
/// button was pressed; `@` another bot's chat. Behind all, what the next text answers, if that changes.
pub(crate) fn line(plan: &Plan) -> String {
    match plan {
        Plan::Nothing => "nothing".into(),
        Plan::Readd(ticket) => format!("readd n={}", ticket.claimant.attempt),
        Plan::Relay(relaying) => match &relaying.entry.content {
            Content::Copy(_) => "relay copy".into(),
            Content::Edit(_) => "relay edit".into(),
            Content::React(_) => "relay reaction".into(),
            Content::Retract { .. } => "relay retraction".into(),
            other => panic!("relays {other:?}"),
        },
        Plan::Clear(room) => format!("clear {}", room.map_or(0, |room| room.0)),
        Plan::Act { first, act, then } => {
            let add = if then.is_some() { " > add ticket" } else { "" };
            format!("{}{}{add}", of_first(first.as_ref()), of_move(act))
        }
        Plan::Forget { first, act, .. } => format!("{}forget {}", of_first(first.as_ref()), of_move(act)),
    }
}

fn of_first(first: Option<&First>) -> &'static str {
    match first {
        None => "",
        Some(First::EndPartner { .. }) => "end partner > ",
        Some(First::RemoveTicket { .. }) => "remove ticket > ",
        Some(First::Report(_)) => "report > ",
        Some(First::Judge(..)) => "judge > ",
    }
}

pub(crate) fn of_move(act: &Move) -> String {
    let session = act.session.as_ref().map_or("stay", Session::name);
    let entries: Vec<_> = act.entries.iter().map(|(bot, entry)| of_entry(*bot, entry)).collect();
    let mark = |yes: bool, mark: &'static str| if yes { mark } else { "" };
    let asks = match act.asks {
        Asking::AsBefore => String::new(),
        Asking::Nothing => " asks nothing".into(),
        Asking::For(dialogue) => format!(" asks {dialogue:?}"),
    };
    format!(
        "{}{session}{}: {}{asks}",
        mark(act.if_full.is_some(), "?"),
        mark(act.begins, "*"),
        if entries.is_empty() { "-".into() } else { entries.join(" ") },
    )
}

fn of_entry(bot: BotId, entry: &Entry) -> String {
    assert_eq!(entry.room, None, "a notice belongs to no room");
    let said = match &entry.content {
        Content::AnswerCallback { toast: None, .. } => "press".into(),
        Content::AnswerCallback { toast: Some(Toast::Over), .. } => "over".into(),
        Content::AnswerCallback { toast: Some(Toast::Refused(_)), .. } => "refused".into(),
        Content::AnswerCallback { toast: Some(Toast::Rated { .. }), .. } => "rated".into(),
        Content::AnswerCallback { toast: Some(Toast::NotJoined), .. } => "not joined".into(),
        Content::Redraw { message, notice } => {
            assert_eq!(*message, PRESSED);
            format!("={}", said_by(notice))
        }
        Content::Notice(notice) => said_by(notice),
        Content::Invoice { offer } => format!("Invoice({offer})"),
        Content::Answer { message, notice } => {
            assert_eq!(*message, MESSAGE);
            format!("~{}", name(&format!("{notice:?}")))
        }
        Content::MyData => "my data".into(),
        other => panic!("says {other:?}"),
    };
    format!("{said}{}", if bot == BOT { "" } else { "@" })
}

/// The variant's name; of a page of the settings its own.
fn said_by(notice: &Notice) -> String {
    match notice {
        Notice::Settings(panel) => format!("{:?}", panel.page),
        Notice::Sale(sale) => name(&format!("{sale:?}")),
        notice => name(&format!("{notice:?}")),
    }
}

/// The variant's name.
fn name(debug: &str) -> String {
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}
