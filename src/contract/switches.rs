//! What a file says of switches and access devices that no healthy one needs.

use super::{Deviation, Duty, Owner, Scene};
use crate::scenario::file::{ArpLimitWord, DeviceItem, LearningWord, ProfileWord, SwitchItem};
use crate::scenario::{At, Edit, ItemName, KeyChange, Section, Span};

/// ICMP frames a second that have to pass: what is documented.
const ICMP_LEAST: u64 = 500;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    let file = scene.expanded.file();
    let leaks = scene.outcomes.leaks();
    for (section, list) in [
        (Section::AccessPoints, &file.access_points),
        (Section::Fabrics, &file.fabrics),
    ] {
        for switch in list {
            let owner = scene.accounts.of_switch(switch);
            let device = Device::new(section, &switch.name.0, owner);
            device.of_both(&Both::from(switch), leaks, found);
            device.of_switch(switch, found);
        }
    }
    for item in &file.access_devices {
        let device = Device::new(Section::AccessDevices, &item.name.0, Owner::Cloud);
        device.of_both(&Both::from(item), leaks, found);
    }
}

/// A switch, and who answers for it.
struct Device<'a> {
    item: ItemName,
    name: &'a str,
    owner: Owner,
}

/// The keys that switches and access devices share.
struct Both<'a> {
    quirk: Option<(&'static str, Span)>,
    profile: Option<&'a At<ProfileWord>>,
    default_vlan: Option<&'a At<u64>>,
    vlan_limit: Option<&'a At<u64>>,
    octets: Option<Span>,
    counts_tags: Option<Span>,
}

macro_rules! reads_both {
    ($($item:ident),*) => {
        $(impl<'a> From<&'a $item> for Both<'a> {
            fn from(item: &'a $item) -> Self {
                Self {
                    quirk: item.quirk.as_ref().map(|quirk| (quirk.value.as_str(), quirk.span)),
                    profile: item.profile.as_ref(),
                    default_vlan: item.default_vlan.as_ref(),
                    vlan_limit: item.vlan_limit.as_ref(),
                    octets: item.octets.as_ref().map(|octets| octets.span),
                    counts_tags: item.counts_tags.as_ref().map(|counts| counts.span),
                }
            }
        })*
    };
}
reads_both!(SwitchItem, DeviceItem);

impl<'a> Device<'a> {
    fn new(section: Section, name: &'a str, owner: Owner) -> Self {
        Self {
            item: ItemName::new(section, name),
            name,
            owner,
        }
    }

    fn note(&self, duty: Duty, wrote: Span, what: String, heal: Vec<Edit>, found: &mut Vec<Deviation>) {
        found.push(Deviation::new(duty, self.owner.clone(), self.name, wrote, what, heal));
    }

    fn without(&self, key: &str) -> Vec<Edit> {
        vec![Edit::drop(self.item.clone(), key)]
    }

    /// A profile that lets through what `strict` does not is a matter of separation: it is looked at where
    /// frames went astray.
    fn of_both(&self, keys: &Both<'_>, leaks: bool, found: &mut Vec<Deviation>) {
        let name = self.name;
        if let Some((quirk, span)) = keys.quirk {
            let what = format!("{name} does not do what its tables say: `{quirk}` is planted in it");
            self.note(Duty::Forwarding, span, what, self.without("quirk"), found);
        }
        let odd = keys
            .profile
            .filter(|profile| leaks && profile.value != ProfileWord::Strict);
        if let Some(profile) = odd {
            let what = format!(
                "{name} lets through what it should not (profile `{}`)",
                profile.value.as_str()
            );
            // A limit of tags goes with the only profile that has one.
            let limit = keys.vlan_limit.map(|_| KeyChange::drop("vlan_limit"));
            let changes = [KeyChange::drop("profile")].into_iter().chain(limit).collect();
            let heal = vec![Edit::Change(self.item.clone(), changes)];
            self.note(Duty::Separation, profile.span, what, heal, found);
        }
        if let Some(vlan) = keys.default_vlan {
            let what = format!("{name} puts untagged frames into VLAN {}", vlan.value);
            self.note(Duty::Tagging, vlan.span, what, self.without("default_vlan"), found);
        }
        if let Some(limit) = keys.vlan_limit.filter(|limit| limit.value > 1) {
            let what = format!("{name} reads {} tags of a frame", limit.value);
            self.note(Duty::Tagging, limit.span, what, self.without("vlan_limit"), found);
        }
        for (key, span) in [("octets", keys.octets), ("counts_tags", keys.counts_tags)] {
            if let Some(span) = span {
                let what = format!("{name} counts other octets than the contract (`{key}`)");
                self.note(Duty::Policer, span, what, self.without(key), found);
            }
        }
    }

    fn of_switch(&self, item: &SwitchItem, found: &mut Vec<Deviation>) {
        let name = self.name;
        if let Some(police) = item.police.as_ref().filter(|police| !police.value) {
            let what = format!("{name} limits nobody to what was sold");
            self.note(Duty::Limit, police.span, what, self.without("police"), found);
        }
        if let Some(burst) = &item.burst {
            let what = format!("{name} has policers with a burst of its own ({})", burst.value);
            self.note(Duty::Policer, burst.span, what, self.without("burst"), found);
        }
        if let Some(limit) = item
            .arp_limit
            .as_ref()
            .filter(|limit| limit.value == ArpLimitWord::Shared)
        {
            let what = format!("{name} limits ARP for all tenants together");
            self.note(Duty::ArpLimit, limit.span, what, self.without("arp_limit"), found);
        }
        if let Some(rate) = item.arp_per_second.as_ref().filter(|rate| rate.value == 0) {
            let what = format!("{name} lets no ARP frame through");
            self.note(Duty::ArpLimit, rate.span, what, self.without("arp_per_second"), found);
        }
        let tight = |rate: &&At<u64>| (1..ICMP_LEAST).contains(&rate.value);
        if let Some(rate) = item.icmp_per_second.as_ref().filter(tight) {
            let what = format!("{name} lets {} ICMP frames a second through", rate.value);
            let heal = vec![Edit::set(self.item.clone(), "icmp_per_second", &ICMP_LEAST.to_string())];
            self.note(Duty::IcmpLimit, rate.span, what, heal, found);
        }
        if let Some(burst) = &item.icmp_burst {
            let what = format!("{name} lets {} ICMP frames through at once", burst.value);
            self.note(Duty::IcmpLimit, burst.span, what, self.without("icmp_burst"), found);
        }
        if let Some(limit) = &item.mac_limit {
            let what = format!("{name} learns {} addresses of a service at most", limit.value);
            self.note(Duty::Forwarding, limit.span, what, self.without("mac_limit"), found);
        }
        let shared = |learning: &&At<LearningWord>| learning.value == LearningWord::Shared;
        if let Some(learning) = item.learning.as_ref().filter(shared) {
            let what = format!("{name} learns the addresses of all VLANs in one table");
            self.note(Duty::Separation, learning.span, what, self.without("learning"), found);
        }
    }
}
