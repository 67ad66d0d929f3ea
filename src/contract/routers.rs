//! A customer's router, and the one address that its port may admit.
//!
//! A port that admits a router's address departs from nothing, and neither does a router that has it. Where
//! they differ, what was agreed is right; where nothing was, two records contradict each other, and nobody
//! can say whose is wrong.

use super::ports::item;
use super::service::Service;
use super::{Deviation, Duty, Scene};
use crate::scenario::file::FaultWhat;
use crate::scenario::{At, BindMac, Edit, ItemName, Span};
use crate::wire::MacAddr;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for service in &scene.services.list {
        let routers = Routers::of(scene, service);
        routers.locked(found);
        routers.others(found);
    }
}

/// A router's address; `None`: one that the file does not write, and nothing else has.
type Mac = Option<MacAddr>;

/// The routers of a data centre, and which of them its port admits.
struct Routers<'a> {
    scene: &'a Scene<'a>,
    service: &'a Service<'a>,
    first: Mac,
    /// Those that took its place, with the fault.
    later: Vec<(ItemName, Span, Mac)>,
    /// The port's own record: where it is written, and which address it admits.
    bound: Option<(Span, Mac)>,
    agreed: Option<&'a At<MacAddr>>,
}

impl<'a> Routers<'a> {
    fn of(scene: &'a Scene<'a>, service: &'a Service<'a>) -> Self {
        let idc = service.idc;
        let first = idc.mac.as_ref().map(|mac| mac.value);
        let later = scene.expanded.faults().filter_map(|(name, fault)| match &fault.what {
            FaultWhat::SwapRouter { swap_router, mac } if *swap_router.0 == *idc.name.0 => {
                Some((name, swap_router.span, mac.as_ref().map(|mac| mac.value)))
            }
            _ => None,
        });
        let bound = idc.bind_mac.as_ref().and_then(|bind| match bind.value {
            BindMac::Any => None,
            BindMac::Own => Some((bind.span, first)),
            BindMac::This(mac) => Some((bind.span, Some(mac))),
        });
        Self {
            scene,
            service,
            first,
            later: later.collect(),
            bound,
            agreed: service.agreed().and_then(|agreed| agreed.mac.as_ref()),
        }
    }

    /// Does the port's record stand against that of some router?
    fn contradicts(&self) -> bool {
        // A new router's address that nobody writes is nobody's else.
        let swapped = |(_, _, mac): &(ItemName, Span, Mac)| mac.is_none() || self.bound.is_some_and(|b| b.1 != *mac);
        self.bound.is_some_and(|(_, mac)| mac != self.first) || (self.bound.is_some() && self.later.iter().any(swapped))
    }

    /// The port admits an address that is not the agreed one, or, where none was agreed, not every router's.
    fn locked(&self, found: &mut Vec<Deviation>) {
        let Some((wrote, mac)) = self.bound else { return };
        let idc = self.service.idc;
        let told = mac.map_or("the first router's address".to_owned(), |mac| mac.to_string());
        let (heal, by) = match self.agreed {
            Some(agreed) if mac == Some(agreed.value) => return,
            Some(agreed) => (
                Edit::drop(item(idc), "bind_mac"),
                format!("{} was agreed (line {})", agreed.value, agreed.span.line),
            ),
            None if !self.contradicts() => return,
            None => {
                let line = self.later.first().map_or_else(
                    || idc.mac.as_ref().map_or(idc.name.span, |mac| mac.span),
                    |(_, span, _)| *span,
                );
                let text = format!("its router has another (line {})", line.line);
                (Edit::drop(item(idc), "bind_mac"), text)
            }
        };
        let what = format!("{} admits {told} alone at {}, and {by}", idc.attach.value, &*idc.name.0);
        let owner = self.scene.accounts.of_port(&idc.attach);
        let deviation = Deviation::new(Duty::Operation, owner, &idc.attach.0, wrote, what, vec![heal]);
        found.push(self.judged(deviation));
    }

    /// Routers that have another address than was agreed, or, where none was agreed, than the port admits.
    fn others(&self, found: &mut Vec<Deviation>) {
        let idc = self.service.idc;
        let right: Option<(Mac, String)> = match (self.agreed, self.bound) {
            (Some(agreed), _) => {
                let text = format!("{} was agreed (line {})", agreed.value, agreed.span.line);
                Some((Some(agreed.value), text))
            }
            (None, Some((span, mac))) => {
                let told = mac.map_or("the first one's".to_owned(), |mac| mac.to_string());
                Some((
                    mac,
                    format!("{} admits {told} alone (line {})", idc.attach.value, span.line),
                ))
            }
            (None, None) => None,
        };
        let owner = || self.scene.accounts.of_edge(idc);
        let name = &*idc.name.0;
        // A router that was changed to the agreed one is wrong no more than the change.
        let changed = |mac: &Mac| self.agreed.is_some() && self.later.iter().any(|(_, _, later)| later == mac);
        let wrong = |(mac, _): &&(Mac, String)| *mac != self.first && !changed(mac);
        if let Some((Some(mac), by)) = right.as_ref().filter(wrong) {
            let what = format!("the router of {name} has another address, and {by}");
            let wrote = idc.mac.as_ref().map_or(idc.name.span, |mac| mac.span);
            let heal = Edit::set(item(idc), "mac", &format!("\"{mac}\""));
            let deviation = Deviation::new(Duty::Agreed, owner(), name, wrote, what, vec![heal]);
            found.push(self.judged(deviation));
        }
        for (fault, span, mac) in &self.later {
            let by = match &right {
                Some((right, _)) if right.is_some() && right == mac => continue,
                Some((_, by)) => format!(", and {by}"),
                None => String::new(),
            };
            let what = format!("{name} gets another router{by}");
            let heal = vec![Edit::Remove(fault.clone())];
            let deviation = Deviation::new(Duty::Agreed, owner(), name, *span, what, heal);
            found.push(self.judged(deviation));
        }
    }

    /// Of this service; undecided where nothing was agreed and the records stand against each other.
    fn judged(&self, deviation: Deviation) -> Deviation {
        let undecided = self.agreed.is_none() && self.contradicts();
        Deviation {
            undecided,
            evident: undecided,
            ..deviation.of(self.service.tenant)
        }
    }
}
