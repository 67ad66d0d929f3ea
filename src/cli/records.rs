//! Reads what somebody has on record: lists, saved answers, scenarios.

use std::path::Path;

use super::files::{self, FileSources};
use super::{Exit, load};
use crate::inventory::table::{self, Listed, Map};
use crate::inventory::{Fact, Inventory, Service, Trouble, answers as saved, of_plan, services};
use crate::scenario::Sources;

/// Which column of a list is for what.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct MapFlag {
    /// Which column is for what: `thing=title`, or `thing=#3` for the third, as often as needed. Things: tenant,
    /// account, partner, circuit, `vlan_id`, tag, spec, address, gateway, mask, mode, peak, `peak_interval`, lan, vbr,
    /// `shared_port`, `vbr_state`, `port_state`, acceptance.
    #[arg(
        long = "map",
        env = "TRUNKLAB_MAP",
        value_name = "THING=TITLE",
        value_delimiter = ','
    )]
    map: Vec<Column>,
}

/// One column that is named.
#[derive(Debug, Clone)]
struct Column(Fact, String);

impl std::str::FromStr for Column {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (thing, title) = text
            .split_once('=')
            .ok_or("it is a thing, `=` and a title, such as vlan_id=VLAN")?;
        let fact = Fact::ALL.iter().copied().find(|fact| fact.as_str() == thing.trim());
        let fact = fact.ok_or_else(|| {
            let all: Vec<&str> = Fact::ALL.iter().map(|fact| fact.as_str()).collect();
            format!("`{thing}` is none of {}", all.join(", "))
        })?;
        Ok(Self(fact, title.trim().to_owned()))
    }
}

impl MapFlag {
    fn map(&self) -> Map {
        self.map
            .iter()
            .map(|Column(fact, title)| (*fact, title.clone()))
            .collect()
    }
}

fn octets(path: &str) -> Result<Vec<u8>, Exit> {
    FileSources.read(path).map_err(|error| {
        eprintln!("trunklab: {path}: {error}");
        Exit::BadInput
    })
}

/// The list at a path.
///
/// # Errors
/// The exit status, after it was said.
pub(super) fn list(path: &str, map: &MapFlag) -> Result<Listed, Exit> {
    Ok(table::read(path, &octets(path)?, &map.map()))
}

/// The saved answers at a path: a file, or every `.json` file below a folder.
///
/// # Errors
/// The exit status, after it was said.
pub(super) fn answers(path: &Path) -> Result<Inventory, Exit> {
    let names = files::below(path, &["json"]);
    if names.is_empty() {
        eprintln!(
            "trunklab: {}: there is no saved answer (*.json) below it",
            path.display()
        );
        return Err(Exit::BadInput);
    }
    let mut read = Vec::with_capacity(names.len());
    for name in names {
        let octets = octets(&name)?;
        read.push((name, octets));
    }
    Ok(saved::read(&read))
}

/// The services of a source: a folder or `.json` file of saved answers, a scenario (`.yaml`, `.yml`), or a list.
///
/// # Errors
/// The exit status, after it was said.
pub(super) fn source(path: &Path, map: &MapFlag) -> Result<Vec<Service>, Exit> {
    let name = path.display().to_string();
    let ends = |ext: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ext));
    let (found, troubles) = if path.is_dir() || ends("json") {
        let inventory = answers(path)?;
        (services(&inventory), inventory.troubles)
    } else if ends("yaml") || ends("yml") {
        let loaded = load::scenario(&name).map_err(|_| Exit::BadInput)?;
        let window = loaded.cutover.as_ref().and_then(|whole| whole.file().cutover.as_ref());
        let until = window.map_or(crate::units::SimTime::MAX, |cutover| cutover.window.at.value);
        (of_plan(&name, &loaded.plan, until), Vec::new())
    } else {
        let listed = list(&name, map)?;
        (listed.services, listed.troubles)
    };
    tell(&troubles);
    match troubles.iter().any(|trouble| trouble.stops) {
        true => Err(Exit::BadInput),
        false => Ok(found),
    }
}

/// Says on stderr what is wrong, the worst first.
pub(super) fn tell(troubles: &[Trouble]) {
    // A list with a thousand gaps has one column less; the rest would scroll the first away.
    const SHOWN: usize = 20;
    let stops = troubles.iter().filter(|trouble| trouble.stops);
    let rest = troubles.iter().filter(|trouble| !trouble.stops);
    for trouble in stops.chain(rest).take(SHOWN) {
        eprintln!("{trouble}");
    }
    let more = troubles.len().saturating_sub(SHOWN);
    if more > 0 {
        eprintln!("... and {more} more: `trunklab import ... --check --format json` holds all");
    }
}
