//! What of a scenario is the cause: asked by an experiment.
//!
//! Each thing that a scenario says of its devices and that no healthy world needs is taken away, alone,
//! and the trial that showed a flaw runs once more. What is gone then is its doing: without it the same
//! frames do no harm. It counts only where no more good frames are lost than before.

use super::attempt::attempt;
use super::drive;
use super::explain::{Explained, Written, at_link, at_node};
use super::judge::{Finding, Outcome};
use super::pics::Declared;
use super::report::FindingReport;
use super::testbed::Testbed;
use super::trial::{Hand, Trial};
use crate::forward::{Limit, Member, Profile, Service, ServiceId, Tables};
use crate::ident::{LinkId, NodeId};
use crate::node::{AnySwitch, LinkChange, LinkWay, SwitchChange};
use crate::scenario::plan::{Fault, FaultPlan, NodeKind, SwitchPlan};
use crate::scenario::{Key, Plan, closing_links};
use crate::units::SimTime;

/// So many things are taken away, one by one.
const MOST: usize = 6;

/// A testbed without one thing that the scenario says.
pub struct Remedy {
    bed: Testbed,
    switches: Vec<AnySwitch>,
    device: String,
    entry: String,
    written: Written,
}

fn switch_of(kind: &mut NodeKind) -> Option<&mut SwitchPlan> {
    match kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => Some(switch),
        NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
}

/// Every remedy that a scenario has: without planted faults, misconnected services, shared limits of ARP, loops, and with
/// `strict` in place of another profile, device by device.
///
/// # Errors
/// As [`Testbed::new`].
pub fn all(plan: &Plan, bed: &Testbed) -> Result<Vec<Remedy>, String> {
    let mut found = Vec::new();
    for (i, node) in plan.nodes.iter().enumerate() {
        let name = &node.name;
        let mut without = |key: Key, entry: &str, change: &dyn Fn(&mut Plan)| -> Result<(), String> {
            if let Some(written) = at_node(bed, name, key).filter(|_| found.len() < MOST) {
                found.extend(Remedy::new(plan, bed, name, entry.to_owned(), written, change)?);
            }
            Ok(())
        };
        let Some(switch) = switch_of(&mut node.kind.clone()).cloned() else {
            continue;
        };
        if let Some(quirk) = switch.quirk {
            let entry = format!("without the planted `{quirk}` the same trial shows none of it");
            without(Key::Quirk, &entry, &|plan| cured(plan, i, |switch| switch.quirk = None))?;
        }
        let entry = "with the service as it was sold the same trial shows none of it";
        without(Key::Misconnect, entry, &|plan| reconnect(plan, NodeId::of(i), &switch))?;
        if shares_arp(&switch) {
            let entry = "with a limit of ARP for each tenant the same trial shows none of it";
            without(Key::ArpLimit, entry, &|plan| cured(plan, i, apart))?;
        }
        let profile = switch.tables.profile;
        if profile != Profile::Strict {
            let entry =
                format!("`{profile}` lets it through: with `strict` in its place the same trial shows none of it");
            let strict = |plan: &mut Plan| cured(plan, i, |switch| switch.tables.profile = Profile::Strict);
            without(Key::Profile, &entry, &strict)?;
        }
    }
    found.extend(without_loops(plan, bed)?);
    Ok(found)
}

fn cured(plan: &mut Plan, node: usize, change: impl Fn(&mut SwitchPlan)) {
    if let Some(switch) = switch_of(&mut plan.nodes[node].kind) {
        change(switch);
    }
}

fn limits(switch: &mut SwitchPlan) -> impl Iterator<Item = &mut Limit> {
    let services = switch.tables.services.values_mut();
    services
        .flat_map(|service| &mut service.members)
        .filter_map(|member| member.arp.as_mut())
}

fn shares_arp(switch: &SwitchPlan) -> bool {
    limits(&mut switch.clone()).any(|limit| limit.shared.is_some())
}

/// Each tenant has a bucket of its own.
fn apart(switch: &mut SwitchPlan) {
    limits(switch).for_each(|limit| limit.shared = None);
}

/// Takes back what gave a service of this switch other places than it was wired with.
fn reconnect(plan: &mut Plan, node: NodeId, switch: &SwitchPlan) {
    let places = |service: &Service| -> Vec<_> { service.members.iter().map(|m| (m.port, m.vid)).collect() };
    let moves = |change: &SwitchChange| match change {
        SwitchChange::Set(id, service) => {
            let wired = switch.tables.services.get(id);
            wired.is_none_or(|wired| places(wired) != places(service))
        }
        SwitchChange::Remove(_) => true,
        _ => false,
    };
    plan.faults
        .retain(|fault| !matches!(&fault.what, Fault::Switch(at, change) if *at == node && moves(change)));
}

/// The loops of a plan, each cut at the trunk that was written last.
fn without_loops(plan: &Plan, bed: &Testbed) -> Result<Option<Remedy>, String> {
    let closing = closing_links(plan);
    let Some(last) = closing.first() else { return Ok(None) };
    let name = |link: &LinkId| plan.links[link.index()].name.as_str();
    let Some(trunk) = bed.trunks.iter().position(|trunk| trunk.name == name(last)) else {
        return Ok(None);
    };
    let Some(written) = at_link(bed, trunk, Key::Name) else {
        return Ok(None);
    };
    let cut = |plan: &mut Plan| {
        plan.faults.extend(closing.iter().map(|link| FaultPlan {
            at: SimTime::ZERO,
            what: Fault::Link(*link, LinkChange::Cut(LinkWay::Both)),
        }));
    };
    let names: Vec<&str> = closing.iter().map(name).collect();
    let entry = format!(
        "it closes a loop that floods: with {} cut the same trial shows none of it",
        names.join(", ")
    );
    Remedy::new(plan, bed, name(last), entry, written, &cut)
}

impl Remedy {
    /// `None` where the testbed without it has other ports, so that the same frames cannot be sent.
    fn new(
        plan: &Plan,
        bed: &Testbed,
        device: &str,
        entry: String,
        written: Written,
        change: &dyn Fn(&mut Plan),
    ) -> Result<Option<Self>, String> {
        let mut plan = plan.clone();
        change(&mut plan);
        let without = Testbed::new(&plan)?;
        let sizes = |bed: &Testbed| (bed.places.len(), bed.trunks.len(), bed.devices.len());
        let names = |bed: &Testbed| -> Vec<String> { bed.places.iter().map(|place| place.name.clone()).collect() };
        let same = sizes(bed) == sizes(&without) && names(bed) == names(&without);
        Ok(same.then(|| Self {
            switches: drive::switches(&without),
            bed: without,
            device: device.to_owned(),
            entry,
            written,
        }))
    }

    /// The trial with what its own tables and changes took from the testbed as it is here.
    fn applied(&self, bed: &Testbed, trial: &Trial) -> Trial {
        let mut trial = trial.clone();
        for (device, tables) in &mut trial.tables {
            self.retable(bed, *device, tables);
        }
        for (_, hand) in &mut trial.hands {
            if let Hand::Switch(device, SwitchChange::Set(id, service)) = hand {
                self.reset(bed, *device, *id, service);
            }
        }
        trial
    }

    fn retable(&self, bed: &Testbed, device: usize, tables: &mut Tables) {
        let own = &self.bed.devices[device].tables;
        tables.profile = own.profile;
        for (id, service) in &mut tables.services {
            self.reset(bed, device, *id, service);
        }
        for (id, service) in &own.services {
            if !bed.devices[device].tables.services.contains_key(id) {
                tables.services.entry(*id).or_insert_with(|| service.clone());
            }
        }
    }

    /// A service that a trial sets, whatever else of it, has the places that it has here.
    fn reset(&self, bed: &Testbed, device: usize, id: ServiceId, service: &mut Service) {
        let of = |bed: &'_ Testbed| bed.devices[device].tables.services.get(&id).map(|s| s.members.clone());
        let (Some(was), Some(here)) = (of(bed), of(&self.bed)) else {
            return;
        };
        for (was, here) in was.iter().zip(&here) {
            let moved = |m: &&mut Member| (m.port, m.vid) == (was.port, was.vid) && was.port == here.port;
            if let Some(member) = service.members.iter_mut().find(moved) {
                member.vid = here.vid;
            }
        }
        service.members.sort();
    }

    /// The same trial without what the remedy takes away.
    fn tried(&self, bed: &Testbed, declared: &Declared, trial: &Trial) -> Result<Outcome, String> {
        let trial = self.applied(bed, trial);
        Ok(attempt(&self.bed, &self.switches, declared, &trial)?.outcome)
    }

    fn explained(&self, before: Option<Explained>) -> Explained {
        Explained {
            hops: before.map_or_else(Vec::new, |before| before.hops),
            device: self.device.clone(),
            entry: self.entry.clone(),
            written: Some(self.written.clone()),
        }
    }
}

/// Notes at every finding of a trial which remedies close it.
///
/// # Errors
/// As [`drive::run`].
pub fn close(
    remedies: &[Remedy],
    bed: &Testbed,
    declared: &Declared,
    trial: &Trial,
    outcome: &mut Outcome,
) -> Result<(), String> {
    if outcome.findings.is_empty() || trial.planted {
        return Ok(());
    }
    let lost = |(sent, arrived): (u64, u64)| sent.saturating_sub(arrived);
    for (number, remedy) in remedies.iter().enumerate() {
        let without = remedy.tried(bed, declared, trial)?;
        if lost(without.controls) > lost(outcome.controls) {
            continue;
        }
        let still = |finding: &Finding| without.findings.iter().any(|left| left.way() == finding.way());
        for finding in outcome.findings.iter_mut().filter(|finding| !still(finding)) {
            finding.closed_by.push(number);
        }
    }
    Ok(())
}

/// Names the cause of what has none yet: of the remedies that close it the one that closes most. One
/// that closes everything is the cause of all.
pub fn assign<'f>(remedies: &[Remedy], findings: impl Iterator<Item = (&'f mut FindingReport, Vec<usize>)>) {
    let findings: Vec<_> = findings.collect();
    let closes = |remedy: usize| findings.iter().filter(|(_, closed)| closed.contains(&remedy)).count();
    let counts: Vec<usize> = (0..remedies.len()).map(closes).collect();
    let one = counts.iter().position(|count| *count > 0 && *count == findings.len());
    for (finding, closed) in findings {
        let most = || {
            closed
                .iter()
                .copied()
                .max_by_key(|n| (counts[*n], std::cmp::Reverse(*n)))
        };
        let cause = match (one, &finding.explained) {
            (Some(one), Some(told)) if told.written.as_ref() == Some(&remedies[one].written) => None,
            (Some(one), _) => Some(one),
            (None, Some(_)) => None,
            (None, None) => most(),
        };
        if let Some(cause) = cause {
            finding.explained = Some(remedies[cause].explained(finding.explained.take()));
        }
    }
}
