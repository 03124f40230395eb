//! Wishes that come with premium.

use hamdam_domain::filter::Filters;
use hamdam_domain::panel::Refusal;
use hamdam_domain::profile::Profile;

use super::Premium;
use crate::decide::Scene;

impl Premium {
    /// The wishes that are kept for those who have premium: none where nobody can buy it.
    #[must_use]
    pub fn kept(&self) -> Filters {
        if self.is_on() { self.filters } else { Filters::default() }
    }
}

impl Scene<'_> {
    /// The changed profile, unless it asks for what comes with premium and its user has none.
    pub(crate) fn allowed(&self, profile: Profile) -> Result<Profile, Refusal> {
        let asks = self.settings.premium.kept().asked_for(&self.record.profile, &profile);
        if asks && self.record.premium(self.now).is_none() { Err(Refusal::ForPremium) } else { Ok(profile) }
    }

    /// At a search that begins now, what came with premium that is over is off: so nothing has to watch for the end of
    /// premium. Answers whether something was.
    pub(crate) fn lapse(&self, profile: &mut Profile) -> bool {
        if self.record.premium(self.now).is_some() {
            return false;
        }
        let free = self.settings.premium.kept().without(profile);
        std::mem::replace(profile, free) != *profile
    }
}
