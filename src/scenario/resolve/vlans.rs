//! What trunks carry, and how switches read tags.

use super::sites;
use super::world::World;
use crate::forward::VidSet;
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::ProfileWord;
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

/// The keys of a link or circuit, as they are written.
pub(super) struct Carries<'a> {
    pub native_vid: Option<&'a At<u64>>,
    pub native_vid_b: Option<&'a At<u64>>,
    pub unpruned: Option<&'a At<bool>>,
    pub allowed_vids: Option<&'a [At<VidRange>]>,
    pub allowed_vids_b: Option<&'a [At<VidRange>]>,
    /// Where the link's name stands.
    pub name: Span,
}

impl Carries<'_> {
    pub(super) fn resolve(&self, issues: &mut Issues) -> Carriage {
        let mut native = |vid: &At<u64>| sites::vid(vid, 1, issues);
        let both = self.native_vid.and_then(&mut native);
        let natives = [both, self.native_vid_b.map_or(both, native)];
        let both = self.allowed_vids.map(|list| self.list(list, issues));
        let at_b = self.allowed_vids_b.map(|list| self.list(list, issues));
        let unpruned = self.unpruned.filter(|unpruned| unpruned.value).map(|u| u.span);
        let lists = [self.allowed_vids, self.allowed_vids_b].into_iter().flatten().flatten();
        let listed = lists.map(|range| range.span).min();
        if let (Some(span), Some(list)) = (unpruned, listed) {
            issues.err_help(
                span,
                Code::VlanList,
                "every VLAN is let onto it, and a list says which",
                format!("leave out `unpruned`, or the list in line {}", list.line),
            );
        }
        Carriage {
            natives,
            unpruned,
            allowed: [both.clone(), at_b.or(both)],
            listed,
        }
    }

    fn list(&self, list: &[At<VidRange>], issues: &mut Issues) -> VidSet {
        if list.is_empty() {
            issues.err_help(
                self.name,
                Code::VlanList,
                "a trunk whose list has no VLAN carries nothing",
                "name VLANs, or leave the list out; to take a link down, use the fault `cut`",
            );
        }
        VidSet::new(list.iter().map(|range| (range.value.first, range.value.last)))
    }
}

/// How many tags are read, and which VLAN untagged frames are in: of every switch.
pub(super) fn check(world: &World, issues: &mut Issues) {
    let switches = world.switches.iter().map(|s| &s.item);
    let switches = switches.map(|s| (&s.profile, &s.vlan_limit, &s.default_vlan));
    let devices = world
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
