//! What steps cost Redis: commands and memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomFact};
use hamdam_domain::haste::{Counted, HasteRules};
use hamdam_domain::id::{BotId, InstanceId, MessageId, PoolId, RoomId, Shard, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Queue, UpdateRef};
use hamdam_domain::outbox::{EntryId, Notice};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Announcement;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::Claimant;
use hamdam_state::State;
use hamdam_state::redis::{RedisSettings, RedisState};
use hamdam_state::step::Holder;
use hamdam_state::step::matching::{Relayed, Seat, Seated};
use hamdam_state::step::sending::{Ack, IdPair, Keep, Turn};
use hamdam_state::step::user::{Act, Acted, Arrival, Wrote};
use hamdam_testbed::Redis;

use super::servers::{connect, single};
use crate::conformance::scene::{ANN, BEN, BOT, R, Scene, message, opened, relay, update};

/// Top-level commands since the last reset, by name.
async fn commands(redis: &Redis) -> BTreeMap<String, u64> {
    let info = redis.ask(&["INFO", "commandstats"]).await.unwrap();
    let calls = info.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        Some((name.to_owned(), rest.split(',').next()?.parse().ok()?))
    });
    calls.collect()
}

#[tokio::test]
async fn a_message_costs_three_commands_and_the_observer_sees_each() {
    let redis = Redis::start().await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let seen = Arc::clone(&seen);
        Arc::new(move |step: &'static str, took: Duration| seen.lock().unwrap().push((step, took)))
    };
    let state = connect(&RedisSettings { observer: Some(observer), ..single(&redis) }).await;
    let scene = Scene { state: Arc::clone(&state) as Arc<dyn State> };
    scene.room().await;
    let holder = scene.sender(BEN, "one", Duration::from_mins(5)).await;
    let turn = Turn { permits: vec![(BOT, 10)], sleep: true, ..scene.turn(BEN, &holder) };
    let last = state.turn(&turn).await.unwrap().held().unwrap().entries.last().unwrap().clone();
    redis.ask(&["CONFIG", "RESETSTAT"]).await.unwrap();
    seen.lock().unwrap().clear();

    // A message arrives, is relayed, is read and claimed; the turn also acknowledges the one before it.
    let bucket = HasteRules::default().flood;
    let counted = Counted { bot: BOT, update: UpdateId(101), text: Some(7), bucket };
    let wrote = Some(Wrote { bot: BOT, message: MessageId(4) });
    state.arrive(ANN, Arrival { wrote, counted: Some(counted), ..Arrival::default() }).await.unwrap();
    assert_eq!(state.relay(&relay(BEN, ANN, R, update(101))).await.unwrap(), Relayed::Queued);
    let keep = Some(Keep::Ids(IdPair { room: R, here: MessageId(5), there: MessageId(6) }));
    let ack = Ack { entry: last.id, user: BEN, bot: BOT, keep, facts: vec![opened(R)] };
    let turned = state.turn(&Turn { acks: vec![ack], after: last.id, ..turn }).await.unwrap().held().unwrap();
    assert_eq!((turned.entries.len(), turned.claimed.len()), (1, 1));
    assert_eq!(turned.entries[0].body, message(ANN, 101, R).to_json());

    let calls = commands(&redis).await;
    assert_eq!(calls.get("evalsha"), Some(&3), "{calls:?}");
    assert_eq!(calls.get("eval"), None, "{calls:?}");
    let steps: Vec<_> = seen.lock().unwrap().iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, ["arrive", "relay", "turn"]);
}

const SESSIONS: i64 = 10_000;
/// As long as real ones.
const REAL_BOT: BotId = BotId(7_123_456_789);
const REAL_MESSAGE: MessageId = MessageId(1_912_345_678);

fn real_user(n: i64) -> UserId {
    UserId(6_900_000_001 + n * 17)
}

fn real_update(id: i64, queue: Queue) -> UpdateRef {
    UpdateRef { bot: REAL_BOT, era: 0, queue, id: UpdateId(412_345_678 + id) }
}

/// Enrolled, a message and a button pressed, matched, and two messages received.
async fn chats(state: &RedisState, n: i64) {
    let (user, partner) = (real_user(n), real_user(n ^ 1));
    let room = RoomId((61_000_000_000 << 22) + (n / 2) * 1_025);
    let profile = Profile::new(Language::Fa, REAL_BOT);
    state.enroll(user, &profile, &[], &[]).await.unwrap();
    let act = |update: UpdateRef, expect: u64, session: Option<Session>| Act {
        user,
        update,
        expect,
        begins: session.is_some(),
        session,
        profile: None,
        blocks: None,
        asks: hamdam_domain::panel::Asking::AsBefore,
        asked: None,
        brakes: None,
        joined: None,
        entries: Vec::new(),
        facts: Vec::new(),
        grows: false,
    };
    let started = act(real_update(n, Queue::Message), 1, None);
    assert_eq!(state.act(&started).await.unwrap(), Acted::Done);
    let ticket = TicketId { bot: REAL_BOT, update: real_update(n, Queue::Callback).id };
    let stub = Stub {
        ticket,
        attempt: 0,
        pool: PoolId("main".to_owned()),
        waiting_since: Millis(1_764_000_000_000),
    };
    let searching = act(real_update(n, Queue::Callback), 1, Some(Session::Waiting(stub)));
    assert_eq!(state.act(&searching).await.unwrap(), Acted::Done);
    let seat = Seat {
        room,
        me: Claimant { user, ticket, attempt: 0 },
        partner,
        partner_ticket: TicketId { bot: REAL_BOT, update: real_update(n ^ 1, Queue::Callback).id },
        partner_era: 0,
    };
    let found = Notice::Found { room }.entry();
    let opened = Fact::RoomOpened(RoomFact::new(room, user, partner));
    assert_eq!(state.attach(&seat, &found, &opened).await.unwrap(), Seated::Done);
    for id in [50_000_000, 50_000_001] {
        let message = hamdam_state::step::matching::Relay {
            to: user,
            room,
            from: partner,
            update: real_update(id, Queue::Message),
            entry: message(partner, id, room),
            found: found.clone(),
            backlog_limit: 50,
        };
        assert_eq!(state.relay(&message).await.unwrap(), Relayed::Queued);
    }
}

/// Sends all that lies in a shard's outbox.
async fn sends(state: &RedisState, shard: Shard) {
    let owner = InstanceId("sender".to_owned());
    let ttl = Duration::from_mins(5);
    let epoch = state.lease(shard, &owner, ttl).await.unwrap().expect("a free lease");
    let mut turn = Turn {
        shard,
        holder: Holder { owner, epoch },
        ttl,
        acks: Vec::new(),
        claims: Vec::new(),
        after: EntryId::default(),
        limit: 1_000,
        permits: Vec::new(),
        deferred: Vec::new(),
        sleep: false,
    };
    loop {
        let turned = state.turn(&turn).await.unwrap().held().unwrap();
        let Some(last) = turned.entries.last() else { break };
        turn.after = last.id;
        let keep = |sequence| (sequence == 0).then_some(Keep::Announcement(REAL_MESSAGE));
        let acks = turned.entries.iter().map(|entry| Ack {
            entry: entry.id,
            user: entry.user,
            bot: entry.bot,
            keep: keep(entry.sequence),
            facts: Vec::new(),
        });
        turn.acks = acks.collect();
    }
}

/// Everything of a session but its id map: the record, its key and what stands in `live`, and what the tables of
/// Redis add for a key (a bucket pointer at the fullest half, and the list of a slot's keys on a Cluster).
#[tokio::test(flavor = "multi_thread")]
async fn a_chatting_session_takes_less_than_400_bytes() {
    const TABLES: f64 = 16.0 + 16.0;
    let redis = Redis::start().await.unwrap();
    let state = connect(&RedisSettings { shards: 64, ..single(&redis) }).await;
    let mut tasks = tokio::task::JoinSet::new();
    for part in 0..20 {
        let state = Arc::clone(&state);
        tasks.spawn(async move {
            for n in (0..SESSIONS).skip(part).step_by(20) {
                chats(&state, n).await;
            }
        });
    }
    tasks.join_all().await;
    // Everything was sent, and everybody has written since.
    for shard in (0..64).map(Shard) {
        sends(&state, shard).await;
    }
    for n in 0..SESSIONS {
        let told = state.read(real_user(n)).await.unwrap().record.unwrap();
        assert_eq!(told.announcement, Some(Announcement::At(REAL_MESSAGE)));
        let wrote = Wrote { bot: REAL_BOT, message: MessageId(REAL_MESSAGE.0 + 1) };
        let arrival = Arrival { wrote: Some(wrote), ..Arrival::default() };
        let record = state.arrive(real_user(n), arrival).await.unwrap().record.unwrap();
        assert_eq!(record.announcement, None);
    }
    let measure = "local bytes, users = 0, 0
        for _, pattern in ipairs({'hd:{*}:user:*', 'hd:{*}:live:*'}) do
          for _, key in ipairs(redis.call('KEYS', pattern)) do
            bytes = bytes + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0)
            local encoding = redis.call('OBJECT', 'ENCODING', key)
            if encoding ~= 'listpack' then return key .. ' is a ' .. encoding end
            if redis.call('TYPE', key).ok == 'hash' then users = users + 1 end
          end
        end
        return users .. ' ' .. bytes";
    let answer = redis.ask(&["EVAL", measure, "0"]).await.unwrap();
    let (users, bytes) = answer.split_once(' ').expect(&answer);
    assert_eq!(users, SESSIONS.to_string(), "{answer}");
    let per_session = bytes.parse::<f64>().unwrap() / f64::from(u16::try_from(SESSIONS).unwrap()) + TABLES;
    println!("a chatting session takes {per_session:.0} bytes of Redis");
    assert!(per_session < 400.0, "{per_session} bytes");
}
