//! Payments: what is known of each user's.

use std::collections::BTreeMap;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::premium::{Charge, Credit, Grant, lasts_until};

use super::world::World;
use crate::step::premium::Credited;

/// So long behind the end of premium, or behind the last word about it, payments are known.
pub(super) const PAYMENTS_KEPT: Duration = Duration::from_hours(90 * 24);

/// What is known of a user's payments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Payments {
    /// What each gave; nothing if it went back.
    pub grants: BTreeMap<Charge, Option<Grant>>,
    /// They are known until then.
    pub kept_until: Millis,
}

impl Payments {
    /// Until when premium lasts.
    pub(super) fn until(&self) -> Option<Millis> {
        lasts_until(self.grants.values().flatten().copied())
    }
}

impl World {
    pub(super) fn credit(&mut self, user: UserId, credit: &Credit, facts: &[Fact], now: Millis) -> Credited {
        if self.payments.get(&user).is_some_and(|payments| payments.kept_until <= now) {
            self.payments.remove(&user);
        }
        let payments = self.payments.entry(user).or_default();
        let had = payments.grants.get(&credit.charge);
        let news = match (had, credit.grant) {
            (None, _) | (Some(Some(_)), None) => true,
            (Some(Some(_)), Some(_)) | (Some(None), _) => false,
        };
        if news {
            payments.grants.insert(credit.charge.clone(), credit.grant);
        }
        let until = payments.until();
        payments.kept_until = until.unwrap_or(now).max(now).after(PAYMENTS_KEPT);
        for fact in facts.iter().filter(|_| news) {
            self.note(user, fact, now);
        }
        Credited { until, news }
    }

    /// Until when this user has premium, by what is known of their payments.
    pub(super) fn premium_until(&self, user: UserId) -> Option<Millis> {
        self.payments.get(&user).and_then(Payments::until)
    }
}
