//! A state of the exploration, and the transition: one deed, with every answer that the law leaves open.

use std::collections::BTreeMap;

use super::deed::{self, Act, Deed};
use super::invariants::{fee_runs, outbound_runs};
use super::world::World;
use crate::ident::AccountId;
use crate::provision::{
    ApiError, Call, Chance, Choices, Completion, Event, Lead, Outcome, PcId, Reply, ServiceKey, Spec, State,
};
use crate::units::SimDuration;

/// What the partner's own switch has of a tenant, by an operator's hand and by sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The VLAN that it puts the tenant's frames on.
    pub vlan: u16,
    /// The shared port that it polices to, with the spec that the port had when it was sold; `None`: none
    /// was sold yet.
    pub policed: Option<(PcId, Spec)>,
}

/// What is billed just now, by the events that were told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Bills {
    /// Who pays the usage of a port; twice, where it began twice.
    pub fees: BTreeMap<PcId, Vec<AccountId>>,
    /// Who pays outbound data of a service, by which port.
    pub outbound: BTreeMap<ServiceKey, Vec<(PcId, AccountId)>>,
}

impl Bills {
    /// What runs in a state for what was sold before.
    fn running(law: &State) -> Self {
        let mut bills = Self::default();
        for (id, port) in law.ports() {
            if fee_runs(port) {
                bills.fees.entry(id).or_default().push(port.payer());
            }
            if outbound_runs(law, port) {
                bills.outbound.entry(port.key()).or_default().push((id, port.owner));
            }
        }
        bills
    }

    fn fold(&mut self, event: &Event) {
        match *event {
            Event::PortFeeStarted { port, payer, .. } => self.fees.entry(port).or_default().push(payer),
            Event::PortFeeStopped { port } => {
                self.fees.remove(&port);
            }
            Event::OutboundStarted { port, service, tenant } => {
                self.outbound.entry(service).or_default().push((port, tenant));
            }
            Event::OutboundStopped { port, service } => {
                if let Some(paying) = self.outbound.get_mut(&service) {
                    paying.retain(|(by, _)| *by != port);
                    if paying.is_empty() {
                        self.outbound.remove(&service);
                    }
                }
            }
            Event::PortAccepted { .. }
            | Event::PortFeeChanged { .. }
            | Event::VbrActivated { .. }
            | Event::VbrStopped { .. }
            | Event::VlanFreed { .. } => {}
        }
    }
}

/// Everything that decides what can happen from here on: the law with what is on its way, what the
/// partner's switch has beside it, and how much of the bounds is used up. What the boxes of the cloud
/// hold is a function of the law, which is checked at every transition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Node {
    /// The law.
    pub law: State,
    /// What is billed.
    pub bills: Bills,
    /// The partner's switch, by conversion.
    pub edges: Vec<Edge>,
    /// How often each conversion was begun.
    pub begun: Vec<u8>,
    /// Faults in each conversion.
    pub faults: Vec<u8>,
}

impl Node {
    pub(super) fn start(world: &World) -> Self {
        let edge = |one: &crate::rehearse::Conversion| Edge {
            vlan: one.began.vlan,
            policed: None,
        };
        Self {
            law: world.start.clone(),
            bills: Bills::running(&world.start),
            edges: world.conversions.iter().map(edge).collect(),
            begun: vec![0; world.conversions.len()],
            faults: vec![0; world.conversions.len()],
        }
    }

    /// Faults in all conversions together.
    pub fn fault_count(&self) -> u32 {
        self.faults.iter().map(|n| u32::from(*n)).sum()
    }
}

/// How the law behaves: the law itself, or a double of it that lacks a guard.
pub trait Behaviour {
    /// A call.
    ///
    /// # Errors
    /// Where it is refused; then nothing has changed.
    fn call(&self, law: &mut State, by: AccountId, call: &Call, choices: &mut dyn Choices) -> Result<Reply, ApiError> {
        law.call(by, call, choices)
    }
    /// An outcome of an earlier call.
    fn bring_about(&self, law: &mut State, outcome: Outcome) -> Option<Completion> {
        law.bring_about(outcome)
    }
}

/// The law itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct TheLaw;

impl Behaviour for TheLaw {}

/// Answers what the law leaves open by the bits of a number, and counts the questions. How long
/// something takes is not asked here: whatever takes time comes about at any later point of a sequence.
#[derive(Debug, Default)]
pub(super) struct Enumerated {
    bits: u8,
    asked: u8,
}

impl Enumerated {
    pub(super) fn new(bits: u8) -> Self {
        Self { bits, asked: 0 }
    }
    /// The next number that answers otherwise; `None` once each combination was given.
    pub(super) fn next(&self) -> Option<u8> {
        let asked = u32::from(self.asked.min(7));
        let next = self.bits.checked_add(1)?;
        (u32::from(next) < 1 << asked).then_some(next)
    }
}

impl Choices for Enumerated {
    fn span(&mut self, _: Lead, _: SimDuration, max: SimDuration) -> SimDuration {
        max
    }
    fn happens(&mut self, _: Chance) -> bool {
        let answer = self.bits >> self.asked.min(7) & 1 == 1;
        self.asked = self.asked.saturating_add(1);
        answer
    }
}

/// What became of a deed.
#[derive(Debug)]
pub(super) enum Stepped {
    /// There was nothing to call.
    NoCall,
    /// The bounds are used up.
    Spent,
    /// It was refused by this code.
    Refused(&'static str),
    /// It was accepted and changed nothing.
    Same,
    /// It led to another state, and these services may have changed.
    To(Box<Node>, Vec<ServiceKey>),
}

/// One deed. `scratch` equals `node.law` before and after.
pub(super) fn step(
    world: &World,
    behaviour: &dyn Behaviour,
    node: &Node,
    scratch: &mut State,
    act: Act,
) -> (Stepped, Option<u8>) {
    let mut choices = Enumerated::new(act.answers);
    let stepped = stepped(world, behaviour, node, scratch, act, &mut choices);
    (stepped, choices.next())
}

fn stepped(
    world: &World,
    behaviour: &dyn Behaviour,
    node: &Node,
    scratch: &mut State,
    act: Act,
    choices: &mut Enumerated,
) -> Stepped {
    let of = usize::from(act.of);
    let spent = act.deed.is_fault() && node.fault_count() >= u32::from(world.bounds.faults);
    if spent || (act.deed == Deed::Convert && node.begun[of] >= world.bounds.conversions) {
        return Stepped::Spent;
    }
    match act.deed {
        Deed::Mistag | Deed::MendEdge => by_hand(world, node, act),
        Deed::Outcome => {
            let Some(outcome) = node.law.outcomes().get(usize::from(act.which)).copied() else {
                return Stepped::NoCall;
            };
            let Some(done) = behaviour.bring_about(scratch, outcome) else {
                return Stepped::NoCall;
            };
            let law = std::mem::replace(scratch, node.law.clone());
            to(world, node, law, act, &done.events, done.touched)
        }
        _ => {
            let Some((by, call)) = deed::call(world, node, act) else {
                return Stepped::NoCall;
            };
            match behaviour.call(scratch, by, &call, choices) {
                Err(error) => Stepped::Refused(error.code),
                Ok(reply) => {
                    let law = std::mem::replace(scratch, node.law.clone());
                    to(world, node, law, act, &reply.events, reply.touched)
                }
            }
        }
    }
}

/// The partner's operator types into its own switch.
fn by_hand(world: &World, node: &Node, act: Act) -> Stepped {
    let of = usize::from(act.of);
    let mut next = node.clone();
    let one = &world.conversions[of];
    let edge = &mut next.edges[of];
    if act.deed == Deed::Mistag {
        let Some(wrong) = world.mistyped[of] else {
            return Stepped::NoCall;
        };
        edge.vlan = wrong;
    } else {
        edge.vlan = one.key(&node.law).vlan;
        edge.policed = one.port(&node.law).map(|(id, port)| (id, port.spec));
    }
    ended(node, next, act, Vec::new())
}

fn to(world: &World, node: &Node, law: State, act: Act, events: &[Event], touched: Vec<ServiceKey>) -> Stepped {
    let mut next = Node {
        law,
        bills: node.bills.clone(),
        edges: node.edges.clone(),
        begun: node.begun.clone(),
        faults: node.faults.clone(),
    };
    for event in events {
        next.bills.fold(event);
    }
    for (one, edge) in world.conversions.iter().zip(&mut next.edges) {
        let sold = one.port(&next.law).map(|(id, port)| (id, port.spec));
        let known = edge.policed.map(|(id, _)| id);
        if let Some(sold) = sold.filter(|(id, _)| touched.contains(&one.key(&next.law)) && Some(*id) != known) {
            edge.policed = Some(sold);
        }
    }
    if act.deed == Deed::Convert {
        next.begun[usize::from(act.of)] += 1;
    }
    ended(node, next, act, touched)
}

/// A fault that changes nothing is not spent.
fn ended(node: &Node, mut next: Node, act: Act, touched: Vec<ServiceKey>) -> Stepped {
    if next == *node {
        return Stepped::Same;
    }
    if act.deed.is_fault() {
        next.faults[usize::from(act.of)] += 1;
    }
    Stepped::To(Box::new(next), touched)
}
