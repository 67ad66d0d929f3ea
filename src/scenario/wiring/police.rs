//! Where the partner's switches police a tenant, and to what at the start.

use super::Build;
use crate::forward::{Octets, Policer, PolicerRule, ServiceId};
use crate::ident::{NodeId, PortNo};
use crate::node::lower::{at_switch, policed_octets};
use crate::provision::OctetBasis;
use crate::scenario::at::At;
use crate::scenario::file::{OctetsWord, SwitchItem};
use crate::scenario::plan::{OwnPolicing, PolicedPort, PolicedVlan};
use crate::scenario::resolve::Idc;
use crate::units::BitRate;

fn polices(item: &SwitchItem) -> bool {
    item.police.as_ref().is_none_or(|police| police.value)
}

/// Which octets a switch counts, where it says so itself.
fn own(item: &SwitchItem, rule: PolicerRule) -> Option<Octets> {
    own_octets(rule.octets, item.octets.as_ref(), item.counts_tags.as_ref())
}

/// Which octets a policer of its own words counts; what it leaves out is the contract's.
pub(super) fn own_octets(
    contract: Octets,
    octets: Option<&At<OctetsWord>>,
    counts_tags: Option<&At<bool>>,
) -> Option<Octets> {
    if octets.is_none() && counts_tags.is_none() {
        return None;
    }
    let (basis, tags) = match contract {
        Octets::L1 => (OctetBasis::L1, true),
        Octets::L2Fcs => (OctetBasis::L2Fcs, true),
        Octets::L2 => (OctetBasis::L2, true),
        Octets::L3 => (OctetBasis::L3, false),
        Octets::L1Untagged => (OctetBasis::L1, false),
        Octets::L2FcsUntagged => (OctetBasis::L2Fcs, false),
        Octets::L2Untagged => (OctetBasis::L2, false),
    };
    let basis = octets.map_or(basis, |word| match word.value {
        OctetsWord::L1 => OctetBasis::L1,
        OctetsWord::L2Fcs => OctetBasis::L2Fcs,
        OctetsWord::L2 => OctetBasis::L2,
        OctetsWord::L3 => OctetBasis::L3,
    });
    Some(policed_octets(basis, counts_tags.map_or(tags, |tags| tags.value)))
}

/// What a switch's policers have of their own.
pub(super) fn own_policing(item: &SwitchItem, rule: PolicerRule) -> OwnPolicing {
    OwnPolicing {
        burst: item.burst.as_ref().map(|burst| burst.value),
        octets: own(item, rule),
    }
}

/// The tenant's bandwidth as a policer, at a switch that polices.
pub(super) fn policer(item: &SwitchItem, rate: Option<BitRate>, rule: PolicerRule) -> Option<Policer> {
    let rate = rate.filter(|_| polices(item))?;
    let own = own_policing(item, rule);
    Some(at_switch(rule.policer(rate), own.burst, own.octets))
}

impl Build<'_> {
    /// The bandwidth that an IDC's VLAN is policed to at the start: its own `spec`, or what is sold.
    pub(super) fn policed_to(&self, idc: &Idc) -> Option<BitRate> {
        let own = idc.item.spec.as_ref().map(|spec| spec.value);
        own.or_else(|| self.sales.first(idc.circuit, idc.vlan.get()))
    }

    /// Notes at which ports an IDC's VLAN is policed to what is sold: not where it has a `spec` of its
    /// own, nor at a switch that polices nobody.
    pub(super) fn note_policed(&mut self, service: ServiceId, idc: &Idc, ends: [(usize, PortNo); 2]) {
        if idc.item.spec.is_some() {
            return;
        }
        let port = |(switch, port): (usize, PortNo)| {
            let item = &self.terrain.switches[switch].item;
            polices(item).then(|| PolicedPort {
                node: self.node(switch),
                port,
                burst: item.burst.as_ref().map(|b| b.value),
                octets: own(item, self.rule),
            })
        };
        let ports: Vec<PolicedPort> = ends.into_iter().filter_map(port).collect();
        if !ports.is_empty() {
            self.policed.push(PolicedVlan {
                circuit: idc.circuit,
                vlan: idc.vlan.get(),
                service,
                sold: self.policed_to(idc),
                ports,
            });
        }
    }

    fn node(&self, switch: usize) -> NodeId {
        self.ids.switches[switch]
    }
}
