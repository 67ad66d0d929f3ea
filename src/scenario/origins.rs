//! Where the keys were written that shape switches and trunks: what lets a frame through can then be
//! named by its line.

use std::collections::BTreeMap;

use super::at::{At, Span};
use super::file::{CircuitItem, FaultWhat, LinkItem, ScenarioFile, SwitchItem};

/// A key of a scenario that shapes a switch, a trunk or a tenant's VLAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The thing itself: its `name`.
    Name,
    /// A switch's `quirk`.
    Quirk,
    /// A switch's `profile`.
    Profile,
    /// A switch's `learning`.
    Learning,
    /// A trunk's `native_vid`, for both ends or the `a` end.
    NativeVid,
    /// A trunk's `native_vid_b`.
    NativeVidB,
    /// A trunk's `unpruned`.
    Unpruned,
    /// The first VLAN of a trunk's `allowed_vids`, for both ends or the `a` end.
    AllowedVids,
    /// The first VLAN of a trunk's `allowed_vids_b`.
    AllowedVidsB,
    /// A switch's `default_vlan`.
    DefaultVlan,
    /// A switch's `arp_limit`.
    ArpLimit,
    /// The `vlan_id` of an IDC.
    VlanId,
    /// A `misconnect` at a switch.
    Misconnect,
}

impl Key {
    /// The key as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Quirk => "quirk",
            Self::Profile => "profile",
            Self::Learning => "learning",
            Self::NativeVid => "native_vid",
            Self::NativeVidB => "native_vid_b",
            Self::Unpruned => "unpruned",
            Self::AllowedVids => "allowed_vids",
            Self::AllowedVidsB => "allowed_vids_b",
            Self::DefaultVlan => "default_vlan",
            Self::ArpLimit => "arp_limit",
            Self::VlanId => "vlan_id",
            Self::Misconnect => "misconnect",
        }
    }
}

/// Where each key of each thing was written, by the thing's name. Names of nodes and of links are
/// apart: what is a switch is no trunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    nodes: BTreeMap<(String, Key), Span>,
    links: BTreeMap<(String, Key), Span>,
}

fn note<T>(into: &mut BTreeMap<(String, Key), Span>, name: &str, key: Key, value: Option<&At<T>>) {
    if let Some(at) = value {
        into.entry((name.to_owned(), key)).or_insert(at.span);
    }
}

impl Origins {
    /// Everything that a file says of its switches, trunks and IDCs.
    pub(super) fn of(file: &ScenarioFile, switches: &[(SwitchItem, bool)]) -> Self {
        let mut origins = Self::default();
        let nodes = &mut origins.nodes;
        for (item, _) in switches {
            let name = &*item.name.0;
            note(nodes, name, Key::Name, Some(&item.name));
            note(nodes, name, Key::Quirk, item.quirk.as_ref());
            note(nodes, name, Key::Profile, item.profile.as_ref());
            note(nodes, name, Key::Learning, item.learning.as_ref());
            note(nodes, name, Key::ArpLimit, item.arp_limit.as_ref());
            note(nodes, name, Key::DefaultVlan, item.default_vlan.as_ref());
        }
        for item in &file.access_devices {
            let name = &*item.name.0;
            note(nodes, name, Key::Name, Some(&item.name));
            note(nodes, name, Key::Quirk, item.quirk.as_ref());
            note(nodes, name, Key::Profile, item.profile.as_ref());
            note(nodes, name, Key::DefaultVlan, item.default_vlan.as_ref());
        }
        for item in &file.idcs {
            let name = &*item.name.0;
            note(nodes, name, Key::Name, Some(&item.name));
            note(nodes, name, Key::VlanId, Some(&item.vlan_id));
        }
        for fault in &file.faults {
            if let FaultWhat::Misconnect { misconnect: at, .. } = &fault.what {
                note(nodes, &at.0, Key::Misconnect, Some(at));
            }
        }
        let links = &mut origins.links;
        let circuits = file.circuits.iter().map(CircuitItem::carries);
        for trunk in file.links.iter().map(LinkItem::carries).chain(circuits) {
            let name = &*trunk.name.0;
            note(links, name, Key::Name, Some(trunk.name));
            note(links, name, Key::NativeVid, trunk.native_vid);
            note(links, name, Key::NativeVidB, trunk.native_vid_b);
            note(links, name, Key::Unpruned, trunk.unpruned);
            note(links, name, Key::AllowedVids, trunk.allowed_vids.and_then(<[_]>::first));
            note(
                links,
                name,
                Key::AllowedVidsB,
                trunk.allowed_vids_b.and_then(<[_]>::first),
            );
        }
        origins
    }

    /// Where a switch's or an IDC's key was written; `None` where it was left out.
    pub fn node(&self, name: &str, key: Key) -> Option<Span> {
        self.nodes.get(&(name.to_owned(), key)).copied()
    }

    /// Where a trunk's or circuit's key was written; `None` where it was left out.
    pub fn link(&self, name: &str, key: Key) -> Option<Span> {
        self.links.get(&(name.to_owned(), key)).copied()
    }
}
