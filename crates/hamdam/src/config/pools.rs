//! Pools by region: `ir=IR>asia@10; asia=IR,AF,TJ@30`.

use std::time::Duration;

use hamdam_domain::id::PoolId;
use hamdam_domain::pools::{Pools, Region};
use hamdam_domain::wish::Country;

use super::Settings;

const NAME: &str = "MATCHMAKING_POOLS";
/// How long people wait in a pool for which no time is given.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads the pools; one for everybody if none are given.
pub(super) fn read(settings: &mut Settings) -> Pools {
    let text = settings.text(NAME).unwrap_or_default();
    let parts = text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let (mut regions, mut wrong) = (Vec::new(), false);
    for part in parts {
        match region(part) {
            Ok(region) => regions.push(region),
            Err((found, mend)) => {
                settings.mistake(NAME, format!("has the part {part:?}: {found}"), mend);
                wrong = true;
            }
        }
    }
    if regions.len() >= Pools::MOST {
        let most = Pools::MOST - 1;
        settings.mistake(NAME, format!("names {} pools", regions.len()), format!("Name {most} at most."));
    }
    let widest = Pools::default().all().next().cloned().expect("there is a pool for everybody");
    match Pools::new(regions, widest) {
        Ok(pools) => pools,
        // What a part lacks that cannot be read is no mistake of the others.
        Err(_) if wrong => Pools::default(),
        Err(error) => {
            settings.mistake(NAME, error, "Write NAME=CC,CC>WIDER@SECONDS for each, wider pools last.");
            Pools::default()
        }
    }
}

/// `name=countries[>wider][@seconds]`, or what is wrong and its mend.
fn region(part: &str) -> Result<Region, (String, &'static str)> {
    let (name, rest) = part.split_once('=').ok_or((
        "it has no =".to_owned(),
        "Write NAME=CC,CC>WIDER@SECONDS; >WIDER and @SECONDS may be left out.",
    ))?;
    let (rest, seconds) = rest.split_once('@').map_or((rest, None), |(rest, seconds)| (rest, Some(seconds)));
    let (countries, wider) = rest.split_once('>').map_or((rest, "main"), |(rest, wider)| (rest, wider));
    let after = match seconds.map(str::trim) {
        None => PATIENCE,
        Some(text) => {
            let seconds = text.parse().ok().filter(|seconds| (1..=3_600).contains(seconds));
            let wrong = || (format!("{text:?} are no seconds"), "Give a whole number from 1 to 3600.");
            Duration::from_secs(seconds.ok_or_else(wrong)?)
        }
    };
    let code = |code: &str| {
        let wrong = |error: hamdam_domain::wish::WishError| (error.to_string(), "Give codes of ISO 3166.");
        Country::new(code.trim()).map_err(wrong)
    };
    let countries = countries.split(',').map(code).collect::<Result<_, _>>()?;
    Ok(Region { pool: pool(name)?, countries, wider: pool(wider)?, after })
}

fn pool(name: &str) -> Result<PoolId, (String, &'static str)> {
    let name = name.trim();
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if name.is_empty() || name.len() > 12 || !name.chars().all(fits) {
        let mend = "Use small letters, digits and -, 12 at most.";
        return Err((format!("{name:?} is no name of a pool"), mend));
    }
    Ok(PoolId(name.to_owned()))
}
