//! Shorthands and imports become what could have been written out.

mod addresses;
mod imports;
mod tenant;
mod tenants;

use std::collections::BTreeMap;

use super::codes::Code;
use super::expanded::Expanded;
use super::file::ScenarioFile;
use super::issues::Issues;
use super::source::Sources;
use crate::units::SimDuration;
use crate::wire::Frame;
use tenants::Tenants;

/// Tenants that a scenario may have.
const TENANTS_MAX: u64 = 250_000;

/// Backbones that a scenario may have.
const BACKBONES_MAX: usize = 32;

/// The frames of a capture, each so long after the first.
pub(super) type Capture = Vec<(SimDuration, Frame)>;

/// Captures by the path as written; `None`: it could not be read, which was said.
pub(super) type Captures = BTreeMap<String, Option<Capture>>;

/// `None`: so much is wrong that nothing more can be said.
pub(super) fn expand(mut file: ScenarioFile, sources: &dyn Sources, issues: &mut Issues) -> Option<Expanded> {
    if file.trunklab.value != 1 {
        issues.err_help(
            file.trunklab.span,
            Code::Version,
            format!("version {} of the scenario format is not known", file.trunklab.value),
            "write `trunklab: 1`",
        );
        return None;
    }
    let mut unread = false;
    let mut pops: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (i, backbone) in std::mem::take(&mut file.backbones).into_iter().enumerate() {
        if i >= BACKBONES_MAX {
            issues.err(
                backbone.name.span,
                Code::TooMany,
                format!("more than {BACKBONES_MAX} backbones"),
            );
            break;
        }
        match imports::backbone(&backbone, sources, issues, &mut file.access_points, &mut file.links) {
            Some(names) => drop(pops.insert(backbone.name.0.clone(), names)),
            None => unread = true,
        }
    }
    // What names a place in a graph that could not be read is not wrong for that.
    if unread {
        return None;
    }
    let captures = imports::captures(&file.traffic, sources, issues);
    Tenants::new(&file, &pops).expand(&mut file, issues)?;
    Some(Expanded::new(issues.path(), file, captures))
}
