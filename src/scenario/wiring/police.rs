//! Where the partner's switches police a tenant, and to what at the start.

use super::Build;
use crate::forward::{Policer, PolicerRule, ServiceId};
use crate::ident::{NodeId, PortNo};
use crate::node::lower::at_switch;
use crate::scenario::file::SwitchItem;
use crate::scenario::plan::{PolicedPort, PolicedVlan};
use crate::scenario::resolve::Idc;
use crate::units::BitRate;

fn polices(item: &SwitchItem) -> bool {
    item.police.as_ref().is_none_or(|police| police.value)
}

/// The tenant's bandwidth as a policer, at a switch that polices.
pub(super) fn policer(item: &SwitchItem, rate: Option<BitRate>, rule: PolicerRule) -> Option<Policer> {
    let rate = rate.filter(|_| polices(item))?;
    Some(at_switch(rule.policer(rate), item.burst.as_ref().map(|b| b.value)))
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
