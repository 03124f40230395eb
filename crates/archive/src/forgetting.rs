//! Who had themselves forgotten: nothing older about them stays but what the safety of others needs, and that under their
//! pseudonym.
//!
//! Facts commute, so one from before may come later, from another shard's journal. Rows are therefore not kept from being
//! written, but swept behind: whoever has written facts asks who of those they name is forgotten, and sweeps. Either the
//! writer sees the forgetting, or it was noted after these rows were there, and then its own sweep sees them. A writer that
//! dies in between has not dropped its facts yet, and the next one sweeps.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, Forgotten};
use hamdam_domain::id::{BotId, RoomId, UpdateId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::pseudonym::{NOBODY, is_pseudonym};
use hamdam_domain::safety::{CaseId, Report};

use crate::archive::Archive;
use crate::driver::Value;
use crate::error::Result;
use crate::query::{BLOCKERS, FORGOTTEN, TRACES_BLOCKERS, TRACES_REPORTS, write};
use crate::rows::{Rows, UserRow};
use crate::write::Upsert;

/// A room's id tells when it was made by the clock of whoever led its pool, which may be wrong by so much.
pub(crate) const SLACK: Duration = Duration::from_mins(5);
/// Live state knows of no room that ended longer ago.
const LIVE: Duration = Duration::from_hours(31 * 24);

/// Where people are forgotten.
#[async_trait]
pub trait Forgetting: Send + Sync + 'static {
    /// Where live state may still name `user`, who is forgotten since `at`, as far as the record knows. To be asked before
    /// their [`Fact::Forgotten`] is written: behind it the record does not know any more.
    async fn traces(&self, user: UserId, at: Millis) -> Result<Traces>;

    /// Deletes what these facts, which are written, and others say about those of their users who are forgotten; answers
    /// who that is, and since when. Also behind the fact that somebody is forgotten.
    async fn sweep_behind(&self, facts: &[Fact]) -> Result<Vec<(UserId, Millis)>>;

    /// Who blocked somebody before they were forgotten.
    async fn blockers(&self, user: UserId) -> Result<Vec<UserId>>;
}

/// Where live state may name somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Rooms they were in.
    pub rooms: BTreeSet<RoomId>,
    /// Others whose records may name them: they met, or blocked them.
    pub others: BTreeSet<UserId>,
    /// Cases that report them, or that they opened.
    pub cases: BTreeSet<CaseId>,
}

impl Traces {
    /// What facts tell of somebody's traces.
    #[must_use]
    pub fn in_facts(user: UserId, facts: &[Fact]) -> Self {
        let mut traces = Self::default();
        for fact in facts {
            match fact {
                Fact::RoomOpened(room) | Fact::RoomClosed { room, .. } if room.users.contains(&user) => {
                    traces.rooms.insert(room.room);
                    traces.others.extend(room.users);
                }
                Fact::Message(message) if message.sender == user => {
                    traces.rooms.insert(message.room);
                }
                Fact::Block { blocker, blocked, .. } if *blocked == user => {
                    traces.others.insert(*blocker);
                }
                Fact::Report { report, .. } if [report.reporter, report.reported].contains(&user) => {
                    traces.cases.insert(report.case());
                    traces.others.extend([report.reporter, report.reported]);
                }
                Fact::Forgotten(forgotten) if forgotten.user == user => {
                    traces.others.extend(forgotten.met.iter().copied());
                }
                _ => {}
            }
        }
        traces.others.remove(&user);
        traces
    }
}

/// Not later than the room was made.
fn made(room: RoomId) -> Millis {
    room.made_at().before(SLACK)
}

/// Who reported whom. It is about a room, and as old.
fn reported(report: &Report) -> [(UserId, Millis); 2] {
    [report.reporter, report.reported].map(|user| (user, report.at.min(made(report.room))))
}

/// Users whom a fact names, each with the time from which on a forgetting covers it.
fn named(fact: &Fact) -> Vec<(UserId, Millis)> {
    match fact {
        Fact::RoomOpened(room) => room.users.map(|user| (user, made(room.room))).into(),
        Fact::RoomClosed { room, ended_at, .. } => {
            room.users.map(|user| (user, made(room.room).min(*ended_at))).into()
        }
        Fact::Message(message) => vec![(message.sender, message.at)],
        Fact::Block { blocker, blocked, version } => vec![(*blocker, *version), (*blocked, *version)],
        Fact::Report { report, .. } => reported(report).into(),
        Fact::Decision(decision) => {
            let about = [Some(decision.user), decision.by].into_iter().flatten();
            let about = about.map(|user| (user, decision.at));
            about.chain(decision.report.iter().flat_map(reported)).collect()
        }
        Fact::Unreachable { user, at, .. } | Fact::Arrived { user, at, .. } => vec![(*user, *at)],
        Fact::Broadcast(broadcast) => broadcast.by.iter().map(|by| (*by, broadcast.begun_at)).collect(),
        Fact::Paid { payment, at } | Fact::Returned { payment, at } => vec![(payment.user, *at)],
        Fact::Rated { rater, rated, at, .. } => vec![(*rater, *at), (*rated, *at)],
        Fact::Profile { user, version, .. } => vec![(*user, *version)],
        Fact::Forgotten(forgotten) => vec![(forgotten.user, forgotten.at)],
    }
}

#[async_trait]
impl Forgetting for Archive {
    async fn traces(&self, user: UserId, at: Millis) -> Result<Traces> {
        let id: Value = user.0.into();
        let mut traces = Traces::default();
        let first = RoomId::first_at(at.before(LIVE));
        let rooms = self.everywhere(|database| database.rooms_of(user, first)).await?;
        for row in rooms.iter().flatten() {
            let [room, one, other] = row.as_slice() else { continue };
            traces.rooms.extend(room.int().map(RoomId));
            traces.others.extend([one, other].into_iter().filter_map(Value::int).map(UserId));
        }
        for row in self.first.read(&TRACES_BLOCKERS, [id.clone()]).await? {
            traces.others.extend(row.first().and_then(Value::int).map(UserId));
        }
        for row in self.first.read(&TRACES_REPORTS, [id.clone(), id]).await? {
            let [bot, update] = row.as_slice() else { continue };
            let report = bot.int().zip(update.int());
            traces.cases.extend(report.map(|(bot, update)| CaseId::of(BotId(bot), UpdateId(update))));
        }
        traces.others.retain(|other| *other != user && !is_pseudonym(*other) && *other != NOBODY);
        Ok(traces)
    }

    async fn sweep_behind(&self, facts: &[Fact]) -> Result<Vec<(UserId, Millis)>> {
        let somebody = |(user, _): &(UserId, Millis)| *user != NOBODY && !is_pseudonym(*user);
        let named: Vec<_> = facts.iter().flat_map(named).filter(somebody).collect();
        let Some(oldest) = named.iter().map(|(_, at)| *at).min() else { return Ok(Vec::new()) };
        let rows = self.first.read(&FORGOTTEN, [oldest.0.into()]).await?;
        let forgotten: BTreeMap<UserId, Millis> = rows
            .iter()
            .filter_map(|row| Some((UserId(row.first()?.int()?), Millis(row.get(1)?.int()?))))
            .collect();
        if forgotten.is_empty() {
            return Ok(Vec::new());
        }
        let since = |(user, from): (UserId, Millis)| {
            let at = forgotten.get(&self.pseudonyms.of(user)).filter(|at| **at >= from)?;
            Some((user, *at))
        };
        let covered: BTreeMap<UserId, Millis> = named.into_iter().filter_map(since).collect();
        for (user, at) in &covered {
            let rooms = Traces::in_facts(*user, facts).rooms;
            let invitation = facts.iter().find_map(|fact| match fact {
                Fact::Forgotten(forgotten) if forgotten.user == *user => {
                    Some(forgotten.invitation.to_string())
                }
                _ => None,
            });
            self.sweep(*user, *at, rooms).await?;
            if let Some(link) = invitation {
                self.first.contend(write::SWEEP, UNLINK.to_owned(), vec![link.into()]).await?;
            }
        }
        Ok(covered.into_iter().collect())
    }

    async fn blockers(&self, user: UserId) -> Result<Vec<UserId>> {
        let rows = self.first.read(&BLOCKERS, [self.pseudonyms.of(user).0.into()]).await?;
        Ok(rows.iter().flatten().filter_map(Value::int).map(UserId).collect())
    }
}

impl Archive {
    /// Notes who is forgotten, and what stays of them: under their pseudonym, somebody who is banned or muted, or whom others
    /// blocked. Newer versions win, as with everybody.
    pub(crate) async fn write_forgotten(&self, rows: &Rows<'_>) -> Result<()> {
        let nobody = Profile::new(Language::default(), BotId::NONE);
        let left: Vec<_> = rows
            .forgotten
            .values()
            .map(|Forgotten { user, at, left, .. }| {
                let mut profile = nobody.clone();
                profile.banned_until = left.banned_until;
                profile.facts.muted_until = left.facts.muted_until;
                (self.pseudonyms.of(*user), profile, *at)
            })
            .collect();
        let row = |profile, version| UserRow { profile, version, created_at: version };
        let blocked = rows.blocks.keys().map(|(_, blocked)| *blocked).filter(|user| is_pseudonym(*user));
        let mut users: BTreeMap<_, _> = blocked.map(|user| (user, row(&nobody, Millis(0)))).collect();
        users.extend(left.iter().map(|(user, profile, at)| (*user, row(profile, *at))));
        self.write_users(&users).await?;
        let noted = rows.forgotten.values().map(|forgotten| -> Vec<Value> {
            vec![self.pseudonyms.of(forgotten.user).0.into(), forgotten.at.0.into()]
        });
        self.first.upsert(&UPSERT_FORGOTTEN, noted).await
    }
}

/// The newest forgetting counts.
const UPSERT_FORGOTTEN: Upsert = Upsert {
    name: write::FORGOTTEN,
    head: "INSERT INTO forgotten (pseudonym, forgotten_at) VALUES ",
    columns: 2,
    mysql: " ON DUPLICATE KEY UPDATE forgotten_at = GREATEST(forgotten_at, VALUES(forgotten_at))",
    sqlite: " ON CONFLICT (pseudonym) DO UPDATE SET forgotten_at = MAX(forgotten_at, excluded.forgotten_at)",
};

/// Whose link it was that others came by is forgotten as well.
const UNLINK: &str = "UPDATE arrivals SET source = 'r_forgotten' WHERE source = ?";
