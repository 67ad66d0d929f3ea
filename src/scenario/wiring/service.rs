//! A tenant's service on one switch of its way, as the scenario's words ask for it.

use super::police::policer;
use super::{Build, idc_mac, whole};
use crate::forward::{Member, PolicerRule, Service, ServiceId, ServiceKind};
use crate::ident::PortNo;
use crate::node::access_point::{ARP_PER_SECOND, ArpLimit, ICMP_PER_SECOND, Line};
use crate::node::fabric::virtual_connection;
use crate::node::switch::service;
use crate::node::vlan_bridge::{Learning, learns};
use crate::scenario::file::{ArpLimitWord, LearningWord, ServiceWord, SwitchItem};
use crate::scenario::resolve::Idc;
use crate::scenario::scalars::BindMac;
use crate::units::{BitRate, SimDuration};

impl Build<'_> {
    pub(super) fn service(&mut self, switch: usize, id: ServiceId, idc: &Idc, a: Member, b: Member) {
        let there = &self.terrain.switches[switch];
        let made = match kind(&there.item) {
            ServiceKind::CrossConnect if there.fabric => virtual_connection(idc.tenant, a, b),
            kind => service(idc.tenant, kind, a, b),
        };
        let node = self.ids.switches[switch];
        let tables = self.tables[node.index()].as_mut().expect("a switch has tables");
        // Several lines in one VLAN: each is a member more.
        let service = tables.services.entry(id).or_insert_with(|| Service {
            members: Vec::new(),
            ..made.clone()
        });
        for member in made.members {
            if !service
                .members
                .iter()
                .any(|m| (m.port, m.vid) == (member.port, member.vid))
            {
                service.members.push(member);
            }
        }
        service.members.sort();
    }
}

pub(super) fn kind(item: &SwitchItem) -> ServiceKind {
    match item.service.as_ref().map(|s| s.value) {
        None | Some(ServiceWord::CrossConnect) => ServiceKind::CrossConnect,
        Some(ServiceWord::Bridged) => learns(
            match item.learning.as_ref().map(|l| l.value) {
                None | Some(LearningWord::Independent) => Learning::Independent,
                Some(LearningWord::Shared) => Learning::Shared,
            },
            whole(item.mac_limit.as_ref().map(|m| m.value), 1024),
            item.mac_age.as_ref().map_or(SimDuration::from_secs(300), |a| a.value),
        ),
    }
}

/// The end of an IDC's line at its switch.
pub(super) fn line(idc: &Idc, port: PortNo, item: &SwitchItem, rate: Option<BitRate>, rule: PolicerRule) -> Line {
    let arp = whole(item.arp_per_second.as_ref().map(|a| a.value), ARP_PER_SECOND);
    let bind = idc.item.bind_mac.as_ref().map_or(BindMac::Any, |bind| bind.value);
    Line {
        port,
        vid: idc.port_vid(),
        police: policer(item, rate, rule),
        arp_burst: item.arp_burst.as_ref().map(|b| whole(Some(b.value), arp)),
        arp: match item.arp_limit.as_ref().map(|a| a.value) {
            None | Some(ArpLimitWord::PerTenant) => ArpLimit::PerTenant(arp),
            Some(ArpLimitWord::Shared) => ArpLimit::Shared(arp),
            Some(ArpLimitWord::Off) => ArpLimit::Off,
        },
        icmp_per_second: whole(item.icmp_per_second.as_ref().map(|a| a.value), ICMP_PER_SECOND),
        icmp_burst: item.icmp_burst.as_ref().map(|b| whole(Some(b.value), ICMP_PER_SECOND)),
        bound_mac: match bind {
            BindMac::Any => None,
            BindMac::Own => Some(idc_mac(idc)),
            BindMac::This(mac) => Some(mac),
        },
    }
}
