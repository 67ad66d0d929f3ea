//! A testbed of the scenario with changes made, in which a trial of the first runs once more.
//!
//! What a trial brings of its own (tables, services that it sets) was made from the tables of the first
//! testbed. Where it has them as they were there, it has them here as they are here.

use super::attempt::attempt;
use super::drive;
use super::judge::Outcome;
use super::pics::Declared;
use super::testbed::Testbed;
use super::trial::{Hand, Trial};
use crate::forward::{Member, Service, ServiceId, Tables};
use crate::node::{AnySwitch, SwitchChange};
use crate::scenario::Plan;

/// A testbed of the changed scenario.
pub struct HealedBed {
    bed: Testbed,
    switches: Vec<AnySwitch>,
}

impl HealedBed {
    /// `None` where the changed scenario has other ports, so that the same frames cannot be sent.
    pub fn new(bed: &Testbed, plan: &Plan) -> Option<Self> {
        let healed = Testbed::new(plan).ok()?;
        let sizes = |bed: &Testbed| (bed.places.len(), bed.trunks.len(), bed.devices.len());
        let names = |bed: &Testbed| -> Vec<String> { bed.places.iter().map(|place| place.name.clone()).collect() };
        let ports = |bed: &Testbed| -> Vec<usize> { bed.devices.iter().map(|d| d.tables.ports.len()).collect() };
        let same = sizes(bed) == sizes(&healed) && names(bed) == names(&healed) && ports(bed) == ports(&healed);
        same.then(|| Self {
            switches: drive::switches(&healed),
            bed: healed,
        })
    }

    /// What the same trial comes to here.
    ///
    /// # Errors
    /// As [`drive::run`].
    pub fn tried(&self, first: &Testbed, declared: &Declared, trial: &Trial) -> Result<Outcome, String> {
        let trial = self.applied(first, trial);
        Ok(attempt(&self.bed, &self.switches, declared, &trial)?.outcome)
    }

    fn applied(&self, first: &Testbed, trial: &Trial) -> Trial {
        let mut trial = trial.clone();
        for (device, tables) in &mut trial.tables {
            self.tables(first, *device, tables);
        }
        for (_, hand) in &mut trial.hands {
            if let Hand::Switch(device, SwitchChange::Set(id, service)) = hand {
                self.service(first, *device, *id, service);
            }
        }
        trial
    }

    fn tables(&self, first: &Testbed, device: usize, tables: &mut Tables) {
        let (was, here) = (&first.devices[device].tables, &self.bed.devices[device].tables);
        if tables.profile == was.profile {
            (tables.profile, tables.vlan_limit) = (here.profile, here.vlan_limit);
        }
        for (at, port) in tables.ports.iter_mut().enumerate() {
            if let (Some(was), Some(here)) = (was.ports.get(at), here.ports.get(at))
                && *port == *was
            {
                port.clone_from(here);
            }
        }
        if tables.allowed == was.allowed {
            tables.allowed.clone_from(&here.allowed);
        }
        for (id, service) in &mut tables.services {
            self.service(first, device, *id, service);
        }
        for (id, service) in &here.services {
            if !was.services.contains_key(id) {
                tables.services.entry(*id).or_insert_with(|| service.clone());
            }
        }
    }

    /// A service that a trial sets, whatever else of it, forwards as it does here, and has the places that it has
    /// here.
    fn service(&self, first: &Testbed, device: usize, id: ServiceId, service: &mut Service) {
        let of = |bed: &'_ Testbed| bed.devices[device].tables.services.get(&id).cloned();
        let (Some(was), Some(here)) = (of(first), of(&self.bed)) else {
            return;
        };
        if *service == was {
            *service = here;
            return;
        }
        if service.kind == was.kind {
            service.kind = here.kind;
        }
        let gone = |member: &Member| here.members.iter().all(|h| h.port != member.port);
        let known = |member: &Member| was.members.iter().any(|w| (w.port, w.vid) == (member.port, member.vid));
        service.members.retain(|member| !(known(member) && gone(member)));
        for (was, here) in was.members.iter().zip(&here.members) {
            let moved = |m: &&mut Member| (m.port, m.vid) == (was.port, was.vid) && was.port == here.port;
            if let Some(member) = service.members.iter_mut().find(moved) {
                member.vid = here.vid;
                member.arp = here.arp;
                member.icmp = here.icmp;
                member.police = here.police;
            }
        }
        service.members.sort();
    }
}
