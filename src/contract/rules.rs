//! What the contract itself allows to be lost: limits that are documented, at their documented values.
//!
//! They are nobody's departure. Taking them away shows what was lost to them.

use super::{Deviation, Duty, Owner, Scene};
use crate::scenario::file::ArpLimitWord;
use crate::scenario::{Edit, ItemName, KeyChange, Section};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    let file = scene.expanded.file();
    for (section, list) in [
        (Section::AccessPoints, &file.access_points),
        (Section::Fabrics, &file.fabrics),
    ] {
        for switch in list {
            let name = &switch.name.0;
            let mut note = |what: String, change: KeyChange| {
                let heal = vec![Edit::Change(ItemName::new(section, name), vec![change])];
                let wrote = switch.name.span;
                found.push(Deviation::new(Duty::Allowed, Owner::Contract, name, wrote, what, heal));
            };
            let icmp = switch.icmp_per_second.as_ref().map_or(500, |rate| rate.value);
            if icmp > 0 {
                let what = format!("{name} lets {icmp} ICMP frames a second of each tenant through");
                note(what, KeyChange::set("icmp_per_second", "0"));
            }
            let shared = switch.arp_limit.as_ref().map(|limit| limit.value);
            if shared.is_none_or(|limit| limit == ArpLimitWord::PerTenant) {
                let rate = switch.arp_per_second.as_ref().map_or(1, |rate| rate.value);
                let what = format!("{name} lets {rate} ARP frames a second of each tenant through");
                note(what, KeyChange::set("arp_limit", "off"));
            }
        }
    }
}
