//! What happened in a run that could have disturbed flows: faults, and what calls and their outcomes
//! touched.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::faults::faults;
use crate::check::assumed::effect;
use crate::check::case::Case;
use crate::evidence::StepRecord;
use crate::ident::{AccountId, LinkId, NodeId, StationId, TenantId};
use crate::provision::{AccountRef, AttachScope, Done, Hole, Operation, OperationName};
use crate::record::{Cause, Happening, Touched};
use crate::scenario::plan::StepPlan;
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
    pub touched: Cow<'a, [Touched]>,
    /// Where it acts on every circuit of an access device: which device.
    pub device: Option<NodeId>,
    /// Whose frames alone it concerns, where that is known of itself.
    pub whose: Option<TenantId>,
    /// Where it is a fault at a VBR: index into the plan's slots.
    pub slot: Option<usize>,
    /// Is it the VBR's attachment to its transit router that changes?
    pub attachment: bool,
    /// Does it act on a circuit or an account as a whole, not on one service?
    pub wide: bool,
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
    /// The slots that the VBRs of each service ran in.
    pub slots: BTreeMap<Service, BTreeSet<usize>>,
    /// The line of each slot to its transit router.
    lines: Vec<Option<LinkId>>,
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
        let happenings = &case.record.cloud.happenings;
        let ends = |happening: &Happening, tenant: TenantId| {
            let account = case.plan.tenants.get(tenant.index()).map(|t| t.account);
            step(happening)
                .is_some_and(|(plan, record)| Some(record.by) == account && is_end(plan.operation.operation()))
        };
        let lives = lives(happenings, ends);
        let mut list = faults(case);
        let mut named: BTreeMap<(usize, u16), BTreeSet<&'a str>> = BTreeMap::new();
        for happening in happenings {
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
                touched: Cow::Borrowed(&happening.touched),
                whose: None,
                device: wide.map(|_| case.plan.circuits[first.circuit].device),
                slot: None,
                attachment: match (step(happening), happening.cause) {
                    (Some((plan, _)), _) => attaches_to_cloud(plan.operation.operation()),
                    (None, cause) => matches!(cause, Cause::Outcome(Done::Attached | Done::Detached)),
                },
                wide: step(happening).is_some_and(|(plan, _)| circuit_of(plan).is_some()),
            });
        }
        list.extend(to_and_fro(case));
        let known: BTreeSet<u32> = happenings.iter().filter_map(|h| h.cause.call()).collect();
        let untold = (0..).zip(&accepted).filter(|(call, _)| !known.contains(call));
        list.extend(untold.filter_map(|(_, record)| at_large(case, &lives, record)));
        list.sort_by_key(|happened| (happened.from, happened.to));
        Self {
            list,
            lives,
            slots: slots(case),
            lines: case.plan.vbr_lines(),
        }
    }

    /// The lines from VBRs to their transit routers, by slot.
    pub(super) fn lines(&self, slots: &[usize]) -> Vec<StationId> {
        let found = slots.iter().filter_map(|slot| *self.lines.get(*slot)?);
        found.map(StationId::link).collect()
    }

    /// Every VBR of a tenant, or its line to the transit router.
    pub(super) fn vbrs_of(&self, case: &Case<'_>, tenant: TenantId, nodes: bool) -> Vec<StationId> {
        let slots = self.slots.iter().filter(|((.., whose), _)| *whose == tenant);
        let slots: Vec<usize> = slots.flat_map(|(_, slots)| slots.iter().copied()).collect();
        match nodes {
            true => slots
                .iter()
                .map(|slot| StationId::node(case.plan.vbr_slots[*slot].node))
                .collect(),
            false => self.lines(&slots),
        }
    }
}

/// The slots that the VBRs of each service ran in.
fn slots(case: &Case<'_>) -> BTreeMap<Service, BTreeSet<usize>> {
    let circuits = case.plan.circuits.iter().enumerate();
    let circuits: BTreeMap<&str, usize> = circuits.map(|(i, circuit)| (circuit.name.as_str(), i)).collect();
    let mut slots: BTreeMap<Service, BTreeSet<usize>> = BTreeMap::new();
    for (slot, fact) in &case.record.cloud.facts {
        if let (Some(slot), Some(circuit)) = (slot, circuits.get(fact.circuit.as_str())) {
            slots
                .entry((*circuit, fact.vlan, fact.tenant))
                .or_default()
                .insert(*slot);
        }
    }
    slots
}

/// An accepted call that changed no service by itself, at a circuit or an account that has services.
fn at_large<'a>(case: &Case<'a>, lives: &BTreeMap<Service, Life>, record: &StepRecord) -> Option<Happened<'a>> {
    let step = case.plan.steps.get(record.step as usize)?;
    let tenant = match &step.operation {
        Operation::LapseOutboundBilling(of) => {
            let account = match of.ali_uid {
                AccountRef::Account(account) => account,
                AccountRef::Uid(uid) => AccountId::of(case.plan.accounts.iter().position(|a| a.uid == uid)?),
            };
            Some(TenantId::of(
                case.plan.tenants.iter().position(|t| t.account == account)?,
            ))
        }
        _ => None,
    };
    let circuit = circuit_of(step).filter(|_| tenant.is_none());
    let concerned = |(of, _, whose): &&Service| Some(*of) == circuit || Some(*whose) == tenant;
    let touched: Vec<Touched> = lives
        .keys()
        .filter(concerned)
        .map(|(circuit, vlan, tenant)| Touched {
            circuit: *circuit,
            vlan: *vlan,
            tenant: *tenant,
            carries: true,
        })
        .collect();
    let first = touched.first()?.circuit;
    Some(Happened {
        from: record.at,
        to: record.at,
        text: format!("{} by {}", step.operation.operation().as_str(), case.account(record.by)),
        place: StationId::link(case.plan.circuits[first].link),
        names: names(case, step),
        touched: Cow::Owned(touched),
        device: None,
        whose: None,
        slot: None,
        attachment: false,
        wide: true,
    })
}

/// The circuit that a step acts on as a whole.
fn circuit_of(step: &StepPlan) -> Option<usize> {
    let of = |hole: Hole| match hole {
        Hole::Circuit(circuit) => Some(circuit),
        _ => None,
    };
    let creates = matches!(
        step.operation.operation(),
        OperationName::CreateVirtualPhysicalConnection | OperationName::CreateVirtualBorderRouter
    );
    step.operation.holes().into_iter().filter(|_| !creates).find_map(of)
}

/// Operations on the attachment of a VBR to its transit router.
const fn attaches_to_cloud(operation: OperationName) -> bool {
    matches!(
        operation,
        OperationName::CreateTransitRouterVbrAttachment | OperationName::DeleteTransitRouterVbrAttachment
    )
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
        Done::LockStops => Some("a lock stops frames"),
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
            touched: Cow::Borrowed(&[]),
            device: None,
            whose: Some(mover.tenant),
            slot: None,
            attachment: false,
            wide: false,
        })
    });
    of.collect()
}
