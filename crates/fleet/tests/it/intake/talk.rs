//! What people do with messages: reactions, deletions, clearing, and what copies lose.

use std::collections::VecDeque;

use hamdam_archive::{PastRoom, StoredMessage};
use hamdam_bot::Outcome;
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Notice, Reference};
use hamdam_domain::react::React;
use hamdam_state::memory::IdMap;
use serde_json::{Value, json};

use super::stage::{ANN, BEN, BOT, OTHER_BOT, ROOM, Stage, press, says, text};

fn reacts(message: i64, emoji: &str) -> Value {
    json!({"message_reaction": {
        "chat": {"id": ANN.0, "type": "private"}, "message_id": message, "date": 1,
        "user": {"id": ANN.0, "is_bot": false, "first_name": "x"},
        "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": emoji}],
    }})
}

/// In the chat of `user`, messages of the partner and what they are in the partner's chat.
fn ids(stage: &Stage, user: UserId, pairs: &[(i64, i64)]) {
    let pairs: VecDeque<_> =
        pairs.iter().map(|(here, there)| (MessageId(*here), MessageId(*there))).collect();
    stage.state.tamper(|world| {
        world.users.get_mut(&user).unwrap().ids.insert(ROOM, IdMap { pairs, until: None });
    });
}

#[tokio::test]
async fn a_reaction_finds_the_message_whoever_wrote_it() {
    let stage = Stage::chatting().await;
    ids(&stage, ANN, &[(41, 70)]);
    for (id, message, wanted) in
        [(30, 41, Reference::There(MessageId(70))), (31, 29, Reference::Own(MessageId(29)))]
    {
        assert_eq!(stage.does(id, &reacts(message, "👍")).await, Outcome::Relayed);
        let react = React { from: ANN, message: wanted, emoji: Some("👍".into()) };
        assert_eq!(stage.last(BEN), Content::React(react));
    }
    let before = stage.outbox(BEN).len();
    assert_eq!(stage.does(31, &reacts(29, "👍")).await, Outcome::Duplicate);
    assert_eq!(stage.outbox(BEN).len(), before);
}

#[tokio::test]
async fn reactions_have_a_queue_of_their_own_and_hold_up_no_message() {
    let stage = Stage::chatting().await;
    assert_eq!(stage.does(40, &reacts(29, "👍")).await, Outcome::Relayed);
    assert_eq!(stage.does(35, &text(ANN, "written before it")).await, Outcome::Relayed);
}

#[tokio::test]
async fn a_deletion_goes_to_the_partners_side_first_and_once() {
    let stage = Stage::chatting().await;
    let reply = json!({"message_id": 29, "from": {"id": ANN.0, "is_bot": false}});
    let delete = says(ANN, &json!({"text": "/delete", "reply_to_message": reply}));
    let before = stage.outbox(ANN);
    assert_eq!(stage.does(30, &delete).await, Outcome::Relayed);
    let (message, command) = (MessageId(29), MessageId(31));
    assert_eq!(stage.last(BEN), Content::Retract { from: ANN, bot: BOT, message, command });
    assert_eq!(stage.outbox(ANN), before, "what is still to be copied stays until then");
    let done = stage.world();
    assert_eq!(stage.does(30, &delete).await, Outcome::Duplicate);
    assert_eq!(stage.world(), done);
}

fn written(sender: UserId, here: i64, there: i64) -> StoredMessage {
    let (sender_message, partner_message) = (MessageId(here), Some(MessageId(there)));
    StoredMessage { sender, bot: BOT, sender_message, partner_message }
}

fn removal(ids: &[i64]) -> Content {
    Content::Remove { messages: ids.iter().copied().map(MessageId).collect() }
}

/// What lies in a user's chats from here on.
fn behind(stage: &Stage, user: UserId, before: usize) -> Vec<(BotId, Content)> {
    stage.outbox(user).split_off(before).into_iter().map(|(bot, entry)| (bot, entry.content)).collect()
}

#[tokio::test]
async fn a_finished_room_is_cleared_from_the_record_and_from_live_state() {
    let stage = Stage::chatting().await;
    ids(&stage, ANN, &[(41, 70), (42, 71)]);
    ids(&stage, BEN, &[(80, 51)]);
    let messages = vec![written(ANN, 50, 79), written(BEN, 69, 40), written(BEN, 70, 41)];
    *stage.record.past.lock().unwrap() = Some(PastRoom { room: ROOM, partner: BEN, messages });
    assert_eq!(stage.does(30, &text(ANN, "/clear")).await, Outcome::Answered);
    assert_eq!(stage.told(ANN).pop(), Some(Notice::ClearRunning), "it goes on");

    assert_eq!(stage.does(31, &text(ANN, "/stop")).await, Outcome::Moved);
    let clear = press(ANN, &format!("clear:{ROOM}"));
    let (ann, ben) = (stage.outbox(ANN).len(), stage.outbox(BEN).len());
    assert_eq!(stage.does(32, &clear).await, Outcome::Answered);
    assert_eq!(behind(&stage, BEN, ben), [(BOT, removal(&[79, 80]))], "what Ann wrote");
    let here: Vec<_> = behind(&stage, ANN, ann).into_iter().map(|(_, content)| content).collect();
    let [Content::AnswerCallback { .. }, removed, Content::Notice(Notice::Cleared { both: true })] =
        &here[..]
    else {
        panic!("{here:?}")
    };
    assert_eq!(removed, &removal(&[40, 41, 42, 50, 51]), "all of it");
    let done = stage.world();
    assert_eq!(stage.does(32, &clear).await, Outcome::Duplicate);
    assert_eq!(stage.world(), done);
}

#[tokio::test]
async fn a_room_that_is_not_ones_own_or_cannot_be_looked_up_is_left_alone() {
    let stage = Stage::new();
    stage.does(10, &text(ANN, "/start")).await;
    assert_eq!(stage.does(11, &press(ANN, "clear:77")).await, Outcome::Answered);
    assert_eq!(stage.told(ANN).pop(), Some(Notice::NothingToClear));
    *stage.record.away.lock().unwrap() = true;
    assert_eq!(stage.does(12, &press(ANN, "clear:77")).await, Outcome::Answered);
    assert_eq!(stage.told(ANN).pop(), Some(Notice::ClearLater));
}

/// Ids of one bot's chats name other messages in another's.
#[tokio::test]
async fn each_side_is_cleared_by_the_bot_it_wrote_to_and_no_other_is_guessed() {
    let stage = Stage::new();
    stage.does(10, &text(ANN, "/start")).await;
    stage.does(20, &text(BEN, "/start")).await;
    let of_other = |message| StoredMessage { bot: OTHER_BOT, ..message };
    let past = |messages| Some(PastRoom { room: RoomId(5), partner: BEN, messages });
    *stage.record.past.lock().unwrap() = past(vec![of_other(written(BEN, 90, 30)), written(ANN, 51, 80)]);
    assert_eq!(stage.does(11, &text(ANN, "/clear")).await, Outcome::Answered);
    assert_eq!(behind(&stage, BEN, 1), [(OTHER_BOT, removal(&[80]))]);
    let told = Content::Notice(Notice::Cleared { both: true });
    assert_eq!(behind(&stage, ANN, 1), [(BOT, removal(&[30, 51])), (BOT, told)]);

    // Ben never wrote, so nobody knows in which chat he was told what Ann wrote to the other bot.
    *stage.record.past.lock().unwrap() = past(vec![of_other(written(ANN, 52, 81))]);
    let (ann, ben) = (stage.outbox(ANN).len(), stage.outbox(BEN).len());
    assert_eq!(stage.does(12, &text(ANN, "/clear")).await, Outcome::Answered);
    assert_eq!(behind(&stage, BEN, ben), []);
    let told = Content::Notice(Notice::Cleared { both: false });
    assert_eq!(behind(&stage, ANN, ann), [(OTHER_BOT, removal(&[52])), (BOT, told)]);

    // Nor where Ann was, if she only read; a button of that room stands in the right chat.
    *stage.record.past.lock().unwrap() = past(vec![written(BEN, 91, 31)]);
    assert_eq!(stage.does(13, &text(ANN, "/clear")).await, Outcome::Answered);
    assert_eq!(stage.told(ANN).pop(), Some(Notice::NothingToClear));
    let ann = stage.outbox(ANN).len();
    assert_eq!(stage.does(14, &press(ANN, "clear:5")).await, Outcome::Answered);
    assert_eq!(behind(&stage, ANN, ann)[1], (BOT, removal(&[31])));
}

#[tokio::test]
async fn what_a_die_loses_is_told_once() {
    let stage = Stage::chatting().await;
    for id in [30, 31] {
        let dice = says(ANN, &json!({"dice": {"emoji": "🎲", "value": 3}}));
        assert_eq!(stage.does(id, &dice).await, Outcome::Relayed);
    }
    let told = stage.told(ANN).into_iter().filter(|notice| matches!(notice, Notice::CopiedAnew { .. }));
    assert_eq!(told.collect::<Vec<_>>(), [Notice::CopiedAnew { kind: MessageKind::Dice }]);
}
