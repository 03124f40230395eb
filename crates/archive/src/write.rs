//! Facts to rows: multi-row upserts that commute.

use std::collections::BTreeMap;

use async_trait::async_trait;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::profile::Profile;
use hamdam_domain::safety::Verdict;

use crate::archive::Archive;
use crate::database::{Database, Dialect};
use crate::driver::Value;
use crate::error::Result;
use crate::payments;
use crate::query::write::{
    ARRIVALS, BANS, BLOCKS, DECISIONS, LIFTED_BANS, MESSAGES, PAYMENTS, RATINGS, REPORTS, ROOMS, USERS,
    WISHES,
};
use crate::rows::{RatingRow, Rows, UserRow};
use crate::traits::Ledger;

/// Rows per statement: enough that a statement is cheap per row, few enough that a packet stays far below 1 MiB and
/// the parameters below the 32,766 of SQLite.
const CHUNK: usize = 1_000;

/// An upsert: what stands before the rows and what after them, in both dialects.
pub(crate) struct Upsert {
    pub(crate) name: &'static str,
    pub(crate) head: &'static str,
    pub(crate) columns: usize,
    pub(crate) mysql: &'static str,
    pub(crate) sqlite: &'static str,
}

/// A newer version brings the whole profile; the first appearance stays the oldest that was heard of.
/// MySQL assigns from left to right, so what the others compare with comes last.
const UPSERT_USERS: Upsert = Upsert {
    name: USERS,
    head: "INSERT INTO users (telegram_id, language, bot_id, unreachable, banned_until, profile_version, created_at, \
           updated_at) VALUES ",
    columns: 8,
    mysql: " ON DUPLICATE KEY UPDATE \
            language = CASE WHEN VALUES(profile_version) > profile_version THEN VALUES(language) ELSE language END, \
            bot_id = CASE WHEN VALUES(profile_version) > profile_version THEN VALUES(bot_id) ELSE bot_id END, \
            unreachable = CASE WHEN VALUES(profile_version) > profile_version THEN VALUES(unreachable) ELSE unreachable END, \
            banned_until = CASE WHEN VALUES(profile_version) > profile_version THEN VALUES(banned_until) ELSE banned_until END, \
            created_at = LEAST(created_at, VALUES(created_at)), \
            updated_at = GREATEST(updated_at, VALUES(updated_at)), \
            profile_version = GREATEST(profile_version, VALUES(profile_version))",
    sqlite: " ON CONFLICT (telegram_id) DO UPDATE SET \
            language = CASE WHEN excluded.profile_version > profile_version THEN excluded.language ELSE language END, \
            bot_id = CASE WHEN excluded.profile_version > profile_version THEN excluded.bot_id ELSE bot_id END, \
            unreachable = CASE WHEN excluded.profile_version > profile_version THEN excluded.unreachable ELSE unreachable END, \
            banned_until = CASE WHEN excluded.profile_version > profile_version THEN excluded.banned_until ELSE banned_until END, \
            created_at = MIN(created_at, excluded.created_at), \
            updated_at = MAX(updated_at, excluded.updated_at), \
            profile_version = MAX(profile_version, excluded.profile_version)",
};

/// What people are and want, of those who told anything. The newest version wins, as in [`UPSERT_USERS`]; it counts only
/// while it is the version of the profile, so that who told nothing, or takes it back, needs no row.
const UPSERT_WISHES: Upsert = Upsert {
    name: WISHES,
    head: "INSERT INTO user_wishes (telegram_id, facts, wants, profile_version) VALUES ",
    columns: 4,
    mysql: " ON DUPLICATE KEY UPDATE \
            facts = CASE WHEN VALUES(profile_version) > profile_version THEN VALUES(facts) ELSE facts END, \
            wants = CASE WHEN VALUES(profile_version) > profile_version THEN VALUES(wants) ELSE wants END, \
            profile_version = GREATEST(profile_version, VALUES(profile_version))",
    sqlite: " ON CONFLICT (telegram_id) DO UPDATE SET \
            facts = CASE WHEN excluded.profile_version > profile_version THEN excluded.facts ELSE facts END, \
            wants = CASE WHEN excluded.profile_version > profile_version THEN excluded.wants ELSE wants END, \
            profile_version = MAX(profile_version, excluded.profile_version)",
};

/// Closed wins over open, and of two endings the smaller (time, reason, who). MySQL assigns from left to right: the
/// columns come in the reverse order of the comparison, so that what is compared first is overwritten last.
const UPSERT_ROOMS: Upsert = Upsert {
    name: ROOMS,
    head: "INSERT INTO chat_rooms (id, user1_id, user2_id, is_active, started_at, ended_at, end_reason, ended_by) VALUES ",
    columns: 8,
    mysql: " ON DUPLICATE KEY UPDATE \
            is_active = LEAST(is_active, VALUES(is_active)), \
            ended_by = CASE WHEN ended_at IS NULL OR (VALUES(ended_at), VALUES(end_reason), COALESCE(VALUES(ended_by), 0)) \
              < (ended_at, end_reason, COALESCE(ended_by, 0)) THEN VALUES(ended_by) ELSE ended_by END, \
            end_reason = CASE WHEN ended_at IS NULL OR (VALUES(ended_at), VALUES(end_reason)) \
              < (ended_at, end_reason) THEN VALUES(end_reason) ELSE end_reason END, \
            ended_at = CASE WHEN ended_at IS NULL OR VALUES(ended_at) < ended_at THEN VALUES(ended_at) ELSE ended_at END",
    sqlite: " ON CONFLICT (id) DO UPDATE SET \
            is_active = MIN(is_active, excluded.is_active), \
            ended_by = CASE WHEN ended_at IS NULL OR (excluded.ended_at, excluded.end_reason, COALESCE(excluded.ended_by, 0)) \
              < (ended_at, end_reason, COALESCE(ended_by, 0)) THEN excluded.ended_by ELSE ended_by END, \
            end_reason = CASE WHEN ended_at IS NULL OR (excluded.ended_at, excluded.end_reason) \
              < (ended_at, end_reason) THEN excluded.end_reason ELSE end_reason END, \
            ended_at = CASE WHEN ended_at IS NULL OR excluded.ended_at < ended_at THEN excluded.ended_at ELSE ended_at END",
};

/// A message is the same however often it is told, except that its id in the partner's chat may be known by one telling
/// only. Unlike INSERT IGNORE, the upsert hides no error.
const UPSERT_MESSAGES: Upsert = Upsert {
    name: MESSAGES,
    head: "INSERT INTO messages (chat_room_id, bot_id, update_id, created_at, sequence, sender_id, kind, \
           sender_message_id, partner_message_id) VALUES ",
    columns: 9,
    mysql: " ON DUPLICATE KEY UPDATE \
            partner_message_id = COALESCE(partner_message_id, VALUES(partner_message_id))",
    sqlite: " ON CONFLICT (created_at, chat_room_id, bot_id, update_id) DO UPDATE SET \
            partner_message_id = COALESCE(partner_message_id, excluded.partner_message_id)",
};

/// A block stands from its newest version on; when it was made first stays.
const UPSERT_BLOCKS: Upsert = Upsert {
    name: BLOCKS,
    head: "INSERT INTO blocks (blocker_id, blocked_id, is_active, version, created_at) VALUES ",
    columns: 5,
    mysql: " ON DUPLICATE KEY UPDATE \
            is_active = CASE WHEN VALUES(version) > version THEN VALUES(is_active) ELSE is_active END, \
            created_at = LEAST(created_at, VALUES(created_at)), \
            version = GREATEST(version, VALUES(version))",
    sqlite: " ON CONFLICT (blocker_id, blocked_id) DO UPDATE SET \
            is_active = CASE WHEN excluded.version > version THEN excluded.is_active ELSE is_active END, \
            created_at = MIN(created_at, excluded.created_at), \
            version = MAX(version, excluded.version)",
};

/// A report and its settling come from two shards, in any order.
const UPSERT_REPORTS: Upsert = Upsert {
    name: REPORTS,
    head: "INSERT INTO reports (chat_room_id, bot_id, update_id, reporter_id, reported_id, reason, evidence, created_at, \
           settled_at) VALUES ",
    columns: 9,
    mysql: " ON DUPLICATE KEY UPDATE \
            evidence = COALESCE(evidence, VALUES(evidence)), \
            settled_at = CASE WHEN settled_at IS NULL OR VALUES(settled_at) > settled_at THEN VALUES(settled_at) \
              ELSE settled_at END",
    sqlite: " ON CONFLICT (chat_room_id, bot_id, update_id) DO UPDATE SET \
            evidence = COALESCE(evidence, excluded.evidence), \
            settled_at = CASE WHEN settled_at IS NULL OR excluded.settled_at > settled_at THEN excluded.settled_at \
              ELSE settled_at END",
};

/// The newest word wins, and of two at the same moment the better one. MySQL assigns from left to right, so what the other
/// compares with comes last.
const UPSERT_RATINGS: Upsert = Upsert {
    name: RATINGS,
    head: "INSERT INTO ratings (chat_room_id, rater_id, rated_id, is_good, rated_at) VALUES ",
    columns: 5,
    mysql: " ON DUPLICATE KEY UPDATE \
            is_good = CASE WHEN (VALUES(rated_at), VALUES(is_good)) > (rated_at, is_good) THEN VALUES(is_good) ELSE is_good END, \
            rated_at = GREATEST(rated_at, VALUES(rated_at))",
    sqlite: " ON CONFLICT (chat_room_id, rater_id) DO UPDATE SET \
            is_good = CASE WHEN (excluded.rated_at, excluded.is_good) > (rated_at, is_good) THEN excluded.is_good ELSE is_good END, \
            rated_at = MAX(rated_at, excluded.rated_at)",
};

/// The same decision may be told again.
const UPSERT_DECISIONS: Upsert = Upsert {
    name: DECISIONS,
    head: "INSERT INTO decisions (telegram_id, verdict, until_at, decided_by, reason, case_id, created_at) VALUES ",
    columns: 7,
    mysql: " ON DUPLICATE KEY UPDATE until_at = VALUES(until_at)",
    sqlite: " ON CONFLICT (telegram_id, created_at, verdict) DO UPDATE SET until_at = excluded.until_at",
};

/// The same ban may be told again, after it was lifted.
const UPSERT_BANS: Upsert = Upsert {
    name: BANS,
    head: "INSERT INTO bans (telegram_id, banned_until, banned_by, reason, created_at) VALUES ",
    columns: 5,
    mysql: " ON DUPLICATE KEY UPDATE banned_until = VALUES(banned_until)",
    sqlite: " ON CONFLICT (telegram_id, created_at) DO UPDATE SET banned_until = excluded.banned_until",
};

/// Decisions about a user lie in one journal, so the bans before it are there.
const LIFT_BANS: &str =
    "UPDATE bans SET lifted_at = ? WHERE telegram_id = ? AND created_at < ? AND lifted_at IS NULL";

/// The earliest arrival wins, and of two at the same moment the smaller link. MySQL assigns from left to right, so what the
/// others compare with comes last.
const UPSERT_ARRIVALS: Upsert = Upsert {
    name: ARRIVALS,
    head: "INSERT INTO arrivals (telegram_id, source, arrived_at, is_new) VALUES ",
    columns: 4,
    mysql: " ON DUPLICATE KEY UPDATE \
            is_new = CASE WHEN (VALUES(arrived_at), VALUES(source)) < (arrived_at, source) THEN VALUES(is_new) ELSE is_new END, \
            source = CASE WHEN (VALUES(arrived_at), VALUES(source)) < (arrived_at, source) THEN VALUES(source) ELSE source END, \
            arrived_at = LEAST(arrived_at, VALUES(arrived_at))",
    sqlite: " ON CONFLICT (telegram_id) DO UPDATE SET \
            is_new = CASE WHEN (excluded.arrived_at, excluded.source) < (arrived_at, source) THEN excluded.is_new ELSE is_new END, \
            source = CASE WHEN (excluded.arrived_at, excluded.source) < (arrived_at, source) THEN excluded.source ELSE source END, \
            arrived_at = MIN(arrived_at, excluded.arrived_at)",
};

/// A payment is told twice, when it is made and when it goes back, in either order; of each time the earliest stays.
const UPSERT_PAYMENTS: Upsert = Upsert {
    name: PAYMENTS,
    head: "INSERT INTO payments (charge_id, telegram_id, bot_id, stars, days, is_monthly, paid_at, returned_at) VALUES ",
    columns: 8,
    mysql: " ON DUPLICATE KEY UPDATE \
            paid_at = LEAST(COALESCE(paid_at, VALUES(paid_at)), COALESCE(VALUES(paid_at), paid_at)), \
            returned_at = LEAST(COALESCE(returned_at, VALUES(returned_at)), COALESCE(VALUES(returned_at), returned_at))",
    sqlite: " ON CONFLICT (charge_id) DO UPDATE SET \
            paid_at = MIN(COALESCE(paid_at, excluded.paid_at), COALESCE(excluded.paid_at, paid_at)), \
            returned_at = MIN(COALESCE(returned_at, excluded.returned_at), COALESCE(excluded.returned_at, returned_at))",
};

#[async_trait]
impl Ledger for Archive {
    async fn write(&self, facts: &[Fact]) -> Result<()> {
        // A database that was away at start may turn out to be another one.
        if !self.further.is_empty() {
            self.check_places().await?;
        }
        let rows = Rows::of(facts);
        self.everywhere(|database| self.write_share(database, &rows)).await.map(drop)
    }
}

impl Database {
    /// Those that are at home here.
    async fn write_rooms(&self, rows: &Rows<'_>) -> Result<()> {
        let rooms = rows.rooms.iter().filter(|(room, _)| self.place.holds(**room));
        let rooms = rooms.map(|(room, row)| -> Vec<Value> {
            vec![
                room.0.into(),
                row.users[0].0.into(),
                row.users[1].0.into(),
                i64::from(row.end.is_none()).into(),
                room.made_at().0.into(),
                row.end.map(|end| end.at.0).into(),
                row.end.map_or(Value::Null, |end| end.reason.into()),
                row.end.and_then(|end| end.by).map(|user| user.0).into(),
            ]
        });
        self.upsert(&UPSERT_ROOMS, rooms).await?;
        let messages = rows.messages.values().filter(|message| self.place.holds(message.room));
        let messages = messages.map(|message| -> Vec<Value> {
            vec![
                message.room.0.into(),
                message.bot.0.into(),
                message.update.0.into(),
                message.at.0.into(),
                i64::from(message.sequence).into(),
                message.sender.0.into(),
                message.kind.name().into(),
                message.sender_message.0.into(),
                message.partner_message.map(|id| id.0).into(),
            ]
        });
        self.upsert(&UPSERT_MESSAGES, messages).await
    }

    pub(crate) async fn upsert(&self, upsert: &Upsert, rows: impl Iterator<Item = Vec<Value>>) -> Result<()> {
        let rows: Vec<_> = rows.collect();
        for chunk in rows.chunks(CHUNK) {
            let sql = upsert.text(self.dialect, chunk.len());
            let values = chunk.concat();
            self.contend(upsert.name, sql, values).await?;
        }
        Ok(())
    }
}

impl Archive {
    /// What belongs on this database.
    async fn write_share(&self, database: &Database, rows: &Rows<'_>) -> Result<()> {
        if !database.place.is_first() {
            return database.write_rooms(rows).await;
        }
        self.write_users(&rows.users).await?;
        let arrivals = rows.arrivals.iter().map(|(user, row)| -> Vec<Value> {
            vec![
                user.0.into(),
                row.source.as_str().to_owned().into(),
                row.at.0.into(),
                i64::from(row.new).into(),
            ]
        });
        self.first.upsert(&UPSERT_ARRIVALS, arrivals).await?;
        database.write_rooms(rows).await?;
        let blocks = rows.blocks.iter().map(|((blocker, blocked), version)| -> Vec<Value> {
            vec![blocker.0.into(), blocked.0.into(), 1.into(), version.0.into(), version.0.into()]
        });
        self.first.upsert(&UPSERT_BLOCKS, blocks).await?;
        self.first.upsert(&UPSERT_PAYMENTS, rows.payments.values().map(payments::values)).await?;
        self.write_broadcasts(rows).await?;
        self.write_moderation(rows).await?;
        // Last: whoever finds somebody forgotten finds what stays of them.
        self.write_forgotten(rows).await
    }

    pub(crate) async fn write_users(&self, rows: &BTreeMap<UserId, UserRow<'_>>) -> Result<()> {
        let users = rows.iter().map(|(user, row)| -> Vec<Value> {
            let profile = row.profile;
            vec![
                user.0.into(),
                profile.language.code().into(),
                profile.bot.0.into(),
                i64::from(profile.unreachable).into(),
                profile.banned_until.map(|until| until.0).into(),
                row.version.0.into(),
                row.created_at.0.into(),
                row.version.0.into(),
            ]
        });
        self.first.upsert(&UPSERT_USERS, users).await?;
        let told = rows.iter().filter(|(_, row)| row.profile.tells());
        let wishes = told.map(|(user, row)| -> Vec<Value> {
            let Profile { facts, wants, .. } = row.profile;
            vec![user.0.into(), facts.to_json().into(), wants.to_json().into(), row.version.0.into()]
        });
        self.first.upsert(&UPSERT_WISHES, wishes).await
    }

    async fn write_moderation(&self, rows: &Rows<'_>) -> Result<()> {
        let reports = rows.reports.values().map(|row| -> Vec<Value> {
            let report = row.report;
            vec![
                report.room.0.into(),
                report.bot.0.into(),
                report.update.0.into(),
                report.reporter.0.into(),
                report.reported.0.into(),
                report.reason.word().into(),
                row.evidence.map_or(Value::Null, Into::into),
                report.at.0.into(),
                row.settled_at.map(|at| at.0).into(),
            ]
        });
        self.first.upsert(&UPSERT_REPORTS, reports).await?;
        let ratings = rows.ratings.iter().map(|((room, rater), row)| -> Vec<Value> {
            let RatingRow { at, up, rated } = *row;
            vec![room.0.into(), rater.0.into(), rated.0.into(), i64::from(up).into(), at.0.into()]
        });
        self.first.upsert(&UPSERT_RATINGS, ratings).await?;
        let decisions = rows.decisions.values().map(|decision| -> Vec<Value> {
            let case = decision.report.as_ref().map(|report| report.case().to_string());
            vec![
                decision.user.0.into(),
                decision.verdict.word().into(),
                decision.until.map(|until| until.0).into(),
                decision.by.map(|by| by.0).into(),
                decision.reason.clone().into(),
                case.map_or(Value::Null, Into::into),
                decision.at.0.into(),
            ]
        });
        self.first.upsert(&UPSERT_DECISIONS, decisions).await?;
        let bans = rows.decisions.values().filter(|decision| decision.verdict.bans());
        let bans = bans.filter_map(|decision| -> Option<Vec<Value>> {
            let (until, by) = (decision.until?, decision.by.map(|by| by.0));
            let (user, reason) = (decision.user.0.into(), decision.reason.clone().into());
            Some(vec![user, until.0.into(), by.into(), reason, decision.at.0.into()])
        });
        self.first.upsert(&UPSERT_BANS, bans).await?;
        for decision in rows.decisions.values().filter(|decision| decision.verdict == Verdict::Undo) {
            let values = vec![decision.at.0.into(), decision.user.0.into(), decision.at.0.into()];
            self.first.contend(LIFTED_BANS, LIFT_BANS.to_owned(), values).await?;
        }
        Ok(())
    }
}

impl Upsert {
    fn text(&self, dialect: Dialect, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        let tail = match dialect {
            Dialect::MySql => self.mysql,
            Dialect::Sqlite => self.sqlite,
        };
        let mut text = String::with_capacity(self.head.len() + tail.len() + rows * (row.len() + 1));
        text.push_str(self.head);
        for index in 0..rows {
            if index > 0 {
                text.push(',');
            }
            text.push_str(&row);
        }
        text.push_str(tail);
        text
    }
}
