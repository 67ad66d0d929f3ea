//! What happened in a run that could have disturbed flows: faults, and what calls and their outcomes
//! touched.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::assumed::effect;
use crate::check::case::Case;
use crate::evidence::StepRecord;
use crate::ident::{LinkId, NodeId, PortNo, StationId, TenantId};
use crate::node::{LinkChange, LinkWay, VpcChange};
use crate::provision::{AttachScope, Done, Hole, OperationName};
use crate::record::{Cause, Happening, Touched};
use crate::scenario::plan::{Fault, StepPlan};
use crate::units::{SimDuration, SimTime};

/// Something that could have disturbed flows.
#[derive(Debug, Clone)]
pub(in crate::check) struct Happened<'a> {
    /// When it began, and when its effect ended.
    pub from: SimTime,
    /// The same instant where it has no length.
    pub to: SimTime,
    /// What, for the reader.
    pub text: String,
    /// Where, if it is a place.
    pub place: StationId,
    /// By which names `over` finds it.
    pub names: BTreeSet<&'a str>,
    /// Whose services it touched; empty: a fault.
    pub touched: &'a [Touched],
    /// Where it acts on every circuit of an access device: which device.
    pub device: Option<NodeId>,
    /// Whose frames alone it concerns, where that is known of itself.
    pub whose: Option<TenantId>,
}

/// One tenant's service on one VLAN of a circuit.
pub(in crate::check) type Service = (usize, u16, TenantId);

/// From when to when a service was there.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::check) struct Life {
    /// When it could first carry frames.
    pub opened: Option<SimTime>,
    /// When its tenant ordered its end, and never took it up again.
    pub ended: Option<SimTime>,
}

/// Everything that happened, in order of time, and the life of every service.
#[derive(Debug)]
pub(in crate::check) struct Story<'a> {
    pub list: Vec<Happened<'a>>,
    pub lives: BTreeMap<Service, Life>,
}

impl<'a> Story<'a> {
    pub(in crate::check) fn of(case: &Case<'a>) -> Self {
        let accepted: Vec<&StepRecord> = case.record.cloud.steps.iter().filter(|s| s.error.is_none()).collect();
        let step = |happening: &Happening| -> Option<(&'a StepPlan, &StepRecord)> {
            let Cause::Call(call) = happening.cause else {
                return None;
            };
            let record = accepted.get(call as usize)?;
            Some((case.plan.steps.get(record.step as usize)?, record))
        };
        let mut list = faults(case);
        let mut named: BTreeMap<(usize, u16), BTreeSet<&'a str>> = BTreeMap::new();
        for happening in &case.record.cloud.happenings {
            let Some(first) = happening.touched.first() else {
                continue;
            };
            let (text, own) = match (step(happening), happening.cause) {
                (Some((plan, record)), _) => {
                    let by = case.account(record.by);
                    (
                        format!("{} by {by}", plan.operation.operation().as_str()),
                        names(case, plan),
                    )
                }
                (None, Cause::Outcome(done)) => match outcome(done) {
                    Some(text) => (text.to_owned(), BTreeSet::new()),
                    None => continue,
                },
                (None, Cause::Call(_)) => ("a call".to_owned(), BTreeSet::new()),
            };
            let mut found = own.clone();
            for touched in &happening.touched {
                let known = named.entry((touched.circuit, touched.vlan)).or_default();
                if own.is_empty() {
                    found.extend(known.iter().copied());
                } else {
                    known.extend(own.iter().copied());
                }
            }
            let attaches =
                step(happening).is_some_and(|(plan, _)| plan.operation.operation() == OperationName::AttachVbrToVpconn);
            let effect = effect(case.plan).some().filter(|_| attaches);
            let wide = effect.filter(|effect| effect.scope == AttachScope::Device);
            list.push(Happened {
                from: happening.at,
                to: happening
                    .at
                    .saturating_add(effect.map_or(SimDuration::ZERO, |effect| effect.time)),
                text,
                place: StationId::link(case.plan.circuits[first.circuit].link),
                names: found,
                touched: &happening.touched,
                whose: None,
                device: wide.map(|_| case.plan.circuits[first.circuit].device),
            });
        }
        list.extend(to_and_fro(case));
        list.sort_by_key(|happened| (happened.from, happened.to));
        let ends = |happening: &Happening, tenant: TenantId| {
            let account = case.plan.tenants.get(tenant.index()).map(|t| t.account);
            step(happening)
                .is_some_and(|(plan, record)| Some(record.by) == account && is_end(plan.operation.operation()))
        };
        Self {
            list,
            lives: lives(&case.record.cloud.happenings, ends),
        }
    }
}

/// By which names a step is found: what it binds, what it names, and its operation.
fn names<'a>(case: &Case<'a>, step: &'a StepPlan) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::from([step.operation.operation().as_str()]);
    let bound = step
        .as_name
        .iter()
        .map(|binding| case.plan.bindings[binding.index()].as_str());
    names.extend(bound);
    // What is created on a circuit is not the circuit.
    let creates = matches!(
        step.operation.operation(),
        OperationName::CreateVirtualPhysicalConnection | OperationName::CreateVirtualBorderRouter
    );
    for hole in step.operation.holes() {
        names.extend(match hole {
            Hole::Binding(binding) => case.plan.bindings.get(binding.index()).map(String::as_str),
            Hole::Circuit(_) if creates => None,
            Hole::Circuit(circuit) => case.plan.circuits.get(circuit).map(|c| c.name.as_str()),
            Hole::Nothing => None,
        });
    }
    names
}

/// From when to when each service was there; `ends`: did the tenant order its end by this?
fn lives(happenings: &[Happening], ends: impl Fn(&Happening, TenantId) -> bool) -> BTreeMap<Service, Life> {
    let mut lives: BTreeMap<Service, (Life, bool)> = BTreeMap::new();
    for happening in happenings {
        for touched in &happening.touched {
            let service = (touched.circuit, touched.vlan, touched.tenant);
            let (life, carried) = lives.entry(service).or_default();
            if touched.carries && !*carried {
                life.opened.get_or_insert(happening.at);
                life.ended = None;
            }
            *carried = touched.carries;
            if life.ended.is_none() && ends(happening, touched.tenant) {
                life.ended = Some(happening.at);
            }
        }
    }
    lives.into_iter().map(|(service, (life, _))| (service, life)).collect()
}

/// Operations by which a service is taken down in order.
const fn is_end(operation: OperationName) -> bool {
    matches!(
        operation,
        OperationName::TerminatePhysicalConnection
            | OperationName::DeletePhysicalConnection
            | OperationName::CancelPhysicalConnection
            | OperationName::TerminateVirtualBorderRouter
            | OperationName::DeleteVirtualBorderRouter
            | OperationName::DeleteTransitRouterVbrAttachment
    )
}

/// An outcome in words; `None` where it changes nothing that frames could notice.
const fn outcome(done: Done) -> Option<&'static str> {
    match done {
        Done::Enabled => Some("a connection is enabled"),
        Done::Terminated => Some("a termination is complete"),
        Done::Recovered => Some("a VBR is active again"),
        Done::RouteAvailable => Some("a route is in force"),
        Done::RouteDeleted => Some("a route is gone"),
        Done::Attached => Some("a VBR is attached to its transit router"),
        Done::Detached => Some("a VBR is detached from its transit router"),
        Done::PortExpired => Some("a shared port that nobody accepted is gone"),
        Done::Approved
        | Done::Rejected
        | Done::Allocated
        | Done::AllocationFailed
        | Done::LoaAccepted
        | Done::LoaAvailable
        | Done::LoaComplete
        | Done::VlanFreed
        | Done::LastMileBuilt => None,
    }
}

/// Addresses that began to move to and fro, each at the switch where it did.
fn to_and_fro<'a>(case: &Case<'a>) -> Vec<Happened<'a>> {
    let movers = case.record.evidence.moves().to_and_fro();
    let of = movers.filter_map(|(station, mover)| {
        let place = StationId::node(station.node);
        let switch = case.station(place);
        Some(Happened {
            from: mover.to_and_fro?,
            to: mover.to_and_fro?,
            text: format!("{} begins to move to and fro at {switch}", station.mac),
            place,
            names: BTreeSet::from([switch]),
            touched: &[],
            device: None,
            whose: Some(mover.tenant),
        })
    });
    of.collect()
}

/// What a fault does, so that its end is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cut,
    Loss,
    Corrupt,
    Duplicate,
    Police,
}

fn kind(change: LinkChange) -> (Kind, LinkWay, bool) {
    match change {
        LinkChange::Cut(way) => (Kind::Cut, way, true),
        LinkChange::Restore(way) => (Kind::Cut, way, false),
        LinkChange::Loss(way, share) => (Kind::Loss, way, share > 0),
        LinkChange::Corrupt(way, share) => (Kind::Corrupt, way, share > 0),
        LinkChange::Duplicate(way, share) => (Kind::Duplicate, way, share > 0),
        LinkChange::Police(..) => (Kind::Police, LinkWay::Both, true),
    }
}

const fn ended_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Cut => "whole again",
        Kind::Loss => "loses nothing more",
        Kind::Corrupt => "corrupts nothing more",
        Kind::Duplicate => "doubles nothing more",
        Kind::Police => "polices no more",
    }
}

const fn begun_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Cut => "cut",
        Kind::Loss => "loses frames",
        Kind::Corrupt => "corrupts frames",
        Kind::Duplicate => "doubles frames",
        Kind::Police => "polices to another rate",
    }
}

/// The plan's faults, each from its beginning to its end, where it has one.
fn faults<'a>(case: &Case<'a>) -> Vec<Happened<'a>> {
    let plan = case.plan;
    let mut list: Vec<Happened<'a>> = Vec::with_capacity(plan.faults.len());
    let mut open: Vec<(LinkId, Kind, LinkWay, usize)> = Vec::new();
    let mut detached: BTreeMap<(StationId, PortNo), usize> = BTreeMap::new();
    for fault in &plan.faults {
        let place = fault.what.station();
        let name = case.station(place);
        let mut new = |text: String, names: BTreeSet<&'a str>| {
            list.push(Happened {
                from: fault.at,
                to: fault.at,
                text,
                place,
                names,
                touched: &[],
                device: None,
                whose: None,
            });
            list.len() - 1
        };
        match &fault.what {
            Fault::Link(link, change) => {
                let (kind, way, begins) = kind(*change);
                let ended: Vec<usize> = {
                    let is_it = |(l, k, w, _): &(LinkId, Kind, LinkWay, usize)| {
                        (*l, *k) == (*link, kind) && (*w == way || way == LinkWay::Both || *w == LinkWay::Both)
                    };
                    let found = open.iter().filter(|o| is_it(o)).map(|(.., at)| *at).collect();
                    open.retain(|o| !is_it(o));
                    found
                };
                if begins {
                    let at = new(format!("{name} {}", begun_text(kind)), BTreeSet::from([name]));
                    open.push((*link, kind, way, at));
                } else if ended.is_empty() {
                    new(format!("{name} {}", ended_text(kind)), BTreeSet::from([name]));
                }
                for at in ended {
                    list[at].to = fault.at;
                }
            }
            Fault::Switch(..) => {
                new(format!("the partner's hand at {name}"), BTreeSet::from([name]));
            }
            Fault::Vpc(node, change) => {
                let (VpcChange::Attached(port, _)
                | VpcChange::RouteSet(_, _, port)
                | VpcChange::RouteRemove(_, _, port)
                | VpcChange::Usable(port, _)) = change;
                let slot = plan.vbr_slots.iter().find(|slot| slot.vpc == Some((*node, *port)));
                let vbr = slot.map_or(name, |slot| slot.name.as_str());
                let names = BTreeSet::from([name, vbr]);
                match (change, detached.remove(&(place, *port))) {
                    (VpcChange::Attached(_, true), Some(at)) => list[at].to = fault.at,
                    (VpcChange::Attached(_, false), _) => {
                        let at = new(format!("{vbr} is detached"), names);
                        detached.insert((place, *port), at);
                    }
                    _ => {
                        new(format!("{vbr} is attached again"), names);
                    }
                }
            }
        }
    }
    list
}
