//! What trunks carry, and how switches read tags.

use super::sites;
use super::terrain::Terrain;
use crate::forward::VidSet;
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{Carries, ProfileWord};
use crate::scenario::issues::Issues;
use crate::scenario::scalars::VidRange;
use crate::wire::Vid;

/// What a trunk carries beside the services whose way it is.
#[derive(Default)]
pub(crate) struct Carriage {
    /// The native VLAN of each end.
    pub natives: [Option<Vid>; 2],
    /// Where the key stands that lets every VLAN onto it.
    pub unpruned: Option<Span>,
    /// The list of its VLANs at each end.
    pub allowed: [Option<VidSet>; 2],
    /// Where the first list stands.
    pub listed: Option<Span>,
}

impl Carriage {
    pub(super) fn of(written: Carries<'_>, issues: &mut Issues) -> Self {
        let mut native = |vid: &At<u64>| sites::vid(vid, 1, issues);
        let both = written.native_vid.and_then(&mut native);
        let natives = [both, written.native_vid_b.map_or(both, native)];
        let mut read = |ranges| list(ranges, written.name.span, issues);
        let both = written.allowed_vids.map(&mut read);
        let at_b = written.allowed_vids_b.map(read);
        let unpruned = written.unpruned.map(|u| u.span);
        let lists = [written.allowed_vids, written.allowed_vids_b]
            .into_iter()
            .flatten()
            .flatten();
        let listed = lists.map(|range| range.span).min();
        if let (Some(span), Some(list)) = (unpruned, listed) {
            issues.err_help(
                span,
                Code::VlanList,
                "every VLAN is let onto it, and a list says which",
                format!("leave out `unpruned`, or the list in line {}", list.line),
            );
        }
        Self {
            natives,
            unpruned,
            allowed: [both.clone(), at_b.or(both)],
            listed,
        }
    }
}

fn list(ranges: &[At<VidRange>], name: Span, issues: &mut Issues) -> VidSet {
    if ranges.is_empty() {
        issues.err_help(
            name,
            Code::VlanList,
            "a trunk whose list has no VLAN carries nothing",
            "name VLANs, or leave the list out; to take a link down, use the fault `cut`",
        );
    }
    VidSet::new(ranges.iter().map(|range| (range.value.first, range.value.last)))
}

/// How many tags are read, and which VLAN untagged frames are in: of every switch.
pub(super) fn check(terrain: &Terrain, issues: &mut Issues) {
    let switches = terrain.switches.iter().map(|s| &s.item);
    let switches = switches.map(|s| (&s.profile, &s.vlan_limit, &s.default_vlan));
    let devices = terrain
        .devices
        .iter()
        .map(|d| (&d.profile, &d.vlan_limit, &d.default_vlan));
    for (profile, limit, default) in switches.chain(devices) {
        if let Some(vid) = default {
            sites::vid(vid, 1, issues);
        }
        let Some(limit) = limit else { continue };
        if !(1..=2).contains(&limit.value) {
            issues.err_help(
                limit.span,
                Code::OutOfRange,
                format!("a switch reads 1 or 2 tags, not {}", limit.value),
                "Open vSwitch's 0 (no limit) is 2 here",
            );
        }
        if profile.as_ref().map(|profile| profile.value) != Some(ProfileWord::Ovs31) {
            issues.err_help(
                limit.span,
                Code::Needed,
                "`vlan_limit` is Open vSwitch's",
                "give the switch `profile: ovs-3.1`, or leave it out",
            );
        }
    }
}
