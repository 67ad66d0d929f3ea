//! By which rule a node does what it does with a frame, and which line wrote it.

use std::net::Ipv4Addr;

use super::{Done, Rule, destination, dropped};
use crate::forward::{FastPath, Member, PortRole, Quirk, Service, ServiceId};
use crate::ident::{DropReason, NodeId, PortNo};
use crate::node::AskForwarder;
use crate::node::any::AnyNode;
use crate::provision::{Hole, NextHopType, Operation};
use crate::scenario::plan::{NodeKind, StepPlan};
use crate::scenario::{Key, Plan};
use crate::units::SimTime;
use crate::wire::{Frame, FrameView, Vid};

/// What a node goes by, as it was when the frame came.
#[derive(Debug)]
pub(super) enum Ground {
    /// A switch's service, and the member that the frame came in by; `None`: no service has it.
    Service(Option<(ServiceId, Box<Service>)>, Option<PortRole>),
    /// A VBR's route: the destination, the length of the prefix, and the port.
    Route(Option<Ipv4Addr>, Option<(u8, PortNo)>),
    /// A transit router's way to a destination.
    Carrier(Option<Ipv4Addr>, Option<PortNo>),
    /// A data centre.
    Edge,
    /// What had been kept.
    Released(Option<Ipv4Addr>),
}

/// What the node goes by, for this frame: asked before it is given it.
pub(super) fn ground(node: &AnyNode, port: PortNo, frame: &Frame) -> Ground {
    struct Ask<'f>(PortNo, &'f [u8]);
    impl AskForwarder for Ask<'_> {
        type Answer = Ground;
        fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Ground {
            let id = fast.service_of(self.1, self.0);
            let found = id.and_then(|id| Some((id, Box::new(fast.service(id)?))));
            let role = fast.tables().ports.get(self.0.0 as usize).map(|config| config.role);
            Ground::Service(found, role)
        }
    }
    let dst = destination(frame);
    match node {
        AnyNode::Switch(switch) => switch.ask(Ask(port, frame.bytes())),
        AnyNode::Vbr(vbr) => Ground::Route(dst, dst.and_then(|dst| vbr.route_of(dst))),
        AnyNode::Vpc(vpc) => Ground::Carrier(dst, dst.and_then(|dst| vpc.carrier_of(dst))),
        AnyNode::Idc(_) => Ground::Edge,
    }
}

impl Ground {
    /// In words, with the line that wrote it.
    pub(super) fn told(
        self,
        plan: &Plan,
        id: NodeId,
        port: Option<PortNo>,
        frame: Option<&Frame>,
        done: &[Done],
        at: SimTime,
    ) -> Option<Rule> {
        if let Some(rule) = self.turned_away(done) {
            return Some(rule);
        }
        let tags = frame.map(tags).unwrap_or_default();
        Some(match self {
            Self::Service(Some((service, of)), _) => served(plan, id, port, service, &of, at),
            Self::Service(None, role) => Rule {
                text: format!(
                    "no service has {tags} on port {}{}",
                    number(port),
                    role.map_or("", in_role)
                ),
                line: name_line(plan, id),
            },
            Self::Route(Some(dst), Some((len, to))) => route(plan, id, (dst, len), to, at),
            Self::Route(Some(dst), None) => Rule {
                text: format!("no route to {dst}"),
                line: slot_line(plan, id),
            },
            Self::Carrier(Some(dst), Some(to)) => Rule {
                text: format!("{dst} is behind {}", beyond(plan, id, to)),
                line: attach_line(plan, plan_vbr(plan, id, to), at),
            },
            Self::Carrier(Some(dst), None) => Rule {
                text: format!("{dst} is here, or nowhere that is known"),
                line: None,
            },
            Self::Route(None, _) | Self::Carrier(None, _) => Rule {
                text: "it is no IPv4 packet: address resolution, or nothing that is routed".to_owned(),
                line: None,
            },
            Self::Edge => Rule {
                text: "the data centre's own edge".to_owned(),
                line: plan
                    .origins
                    .node(&plan.nodes[id.index()].name, Key::Name)
                    .map(|span| span.line),
            },
            Self::Released(dst) => Rule {
                text: match dst {
                    Some(dst) => format!("the next hop to {dst} is resolved, or given up"),
                    None => "it had waited here".to_owned(),
                },
                line: None,
            },
        })
    }
}

impl Ground {
    /// A router that ends a frame before it asks for a route, or as its own, goes by no route.
    fn turned_away(&self, done: &[Done]) -> Option<Rule> {
        if !matches!(self, Self::Route(..) | Self::Carrier(..)) {
            return None;
        }
        let [Done::Ended(fate)] = done else { return None };
        let text = match dropped(*fate) {
            None => "it is for this box itself, or for what is behind it",
            Some(DropReason::NoRoute | DropReason::Throttled | DropReason::TtlExpired) => return None,
            Some(_) => "it ends before a route is asked for",
        };
        Some(Rule {
            text: text.to_owned(),
            line: None,
        })
    }
}

/// A service of a switch: whose, from which member to which others.
fn served(plan: &Plan, id: NodeId, port: Option<PortNo>, service: ServiceId, of: &Service, at: SimTime) -> Rule {
    let tenant = plan
        .tenants
        .get(of.tenant.index())
        .map_or("nobody", |tenant| &tenant.name);
    let place = |member: &Member| match member.vid {
        Some(vid) => format!("port {} VLAN {}", member.port.0, vid.get()),
        None => format!("port {} untagged", member.port.0),
    };
    let others = of.members.iter().filter(|member| Some(member.port) != port);
    let mut shown: Vec<String> = others.map(place).collect();
    let more = shown.len().saturating_sub(4);
    shown.truncate(4);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    Rule {
        text: format!("service {} of {tenant}, on to {}", service.0, shown.join(", ")),
        line: service_line(plan, id, service, of, at),
    }
}

/// Who wrote a service: on an access device the step that made its VBR, elsewhere the data centre's VLAN.
fn service_line(plan: &Plan, id: NodeId, service: ServiceId, of: &Service, at: SimTime) -> Option<u32> {
    let device = matches!(plan.nodes[id.index()].kind, NodeKind::AccessDevice(_));
    let circuit_vlans = |member: &Member| (member.port, member.vid.map_or(0, Vid::get));
    if device {
        let places: Vec<(PortNo, u16)> = of.members.iter().map(circuit_vlans).collect();
        let mut slots = plan.vbr_slots.iter().filter(|slot| {
            let circuit = &plan.circuits[slot.circuit];
            let here = circuit.device == id && plan.steps[slot.step].at <= at;
            here && slot
                .vlan
                .is_some_and(|vlan| places.contains(&(circuit.device_port, vlan)))
        });
        return slots.next_back().map(|slot| plan.steps[slot.step].line);
    }
    let way = plan.ways.iter().find(|way| way.service == service)?;
    let line = &plan.links[way.links.first()?.index()];
    let is_idc = |node: &NodeId| matches!(plan.nodes[node.index()].kind, NodeKind::Idc(_));
    let idc = [line.a.0, line.b.0].into_iter().find(is_idc)?;
    let name = &plan.nodes[idc.index()].name;
    plan.origins.node(name, Key::VlanId).map(|span| span.line)
}

fn route(plan: &Plan, id: NodeId, (dst, len): (Ipv4Addr, u8), to: PortNo, at: SimTime) -> Rule {
    let mask = u32::MAX.checked_shl(32 - u32::from(len)).unwrap_or(0);
    let network = Ipv4Addr::from(u32::from(dst) & mask);
    let Some(slot) = plan.vbr_slots.iter().find(|slot| slot.node == id) else {
        return Rule {
            text: format!("route {network}/{len}"),
            line: None,
        };
    };
    let towards_circuit = to == PortNo(0);
    let entry = |step: &StepPlan| match &step.operation {
        Operation::CreateRouteEntry(call) => {
            call.destination_cidr_block == format!("{network}/{len}")
                && call.next_hop_type == NextHopType::PhysicalConnection
        }
        _ => false,
    };
    let line = if towards_circuit {
        last_step(plan, &slot.name, at, entry).or(Some(plan.steps[slot.step].line))
    } else {
        attach_line(plan, Some(&slot.name), at)
    };
    Rule {
        text: format!(
            "route {network}/{len} to the {}",
            if towards_circuit { "circuit" } else { "transit router" }
        ),
        line,
    }
}

fn slot_line(plan: &Plan, id: NodeId) -> Option<u32> {
    let slot = plan.vbr_slots.iter().find(|slot| slot.node == id)?;
    Some(plan.steps[slot.step].line)
}

fn attach_line(plan: &Plan, vbr: Option<&str>, at: SimTime) -> Option<u32> {
    last_step(plan, vbr?, at, |step| {
        matches!(step.operation, Operation::CreateTransitRouterVbrAttachment(_))
    })
}

/// The line of the last step until `at` that is about the VBR of that name and is of that kind.
fn last_step(plan: &Plan, vbr: &str, at: SimTime, is: impl Fn(&StepPlan) -> bool) -> Option<u32> {
    let is_it = |hole: &Hole| matches!(hole, Hole::Binding(binding) if plan.bindings[binding.index()] == vbr);
    let about = |step: &StepPlan| step.operation.holes().iter().any(is_it);
    let steps = plan
        .steps
        .iter()
        .filter(|step| step.at <= at && is(step) && about(step));
    steps.last().map(|step| step.line)
}

/// The VBR at the other end of a transit router's port.
fn plan_vbr(plan: &Plan, id: NodeId, port: PortNo) -> Option<&str> {
    let slot = plan.vbr_slots.iter().find(|slot| slot.vpc == Some((id, port)))?;
    Some(&slot.name)
}

fn beyond(plan: &Plan, id: NodeId, port: PortNo) -> String {
    let far = super::link_at(plan, id, port).map(|link| {
        let link = &plan.links[link.index()];
        if link.a == (id, port) { link.b.0 } else { link.a.0 }
    });
    far.map_or_else(
        || format!("port {}", port.0),
        |far| plan.nodes[far.index()].name.clone(),
    )
}

fn name_line(plan: &Plan, id: NodeId) -> Option<u32> {
    let name = &plan.nodes[id.index()].name;
    plan.origins.node(name, Key::Name).map(|span| span.line)
}

fn number(port: Option<PortNo>) -> u32 {
    port.map_or(0, |port| port.0)
}

const fn in_role(role: PortRole) -> &'static str {
    match role {
        PortRole::Access => " (access)",
        PortRole::Trunk => " (trunk)",
        PortRole::Tunnel => " (tunnel)",
        PortRole::Routed => " (routed)",
    }
}

/// The tags of a frame, in words.
pub(super) fn tags(frame: &Frame) -> String {
    let Ok(view) = FrameView::new(frame.bytes()) else {
        return "a runt".to_owned();
    };
    match view.outer_tag() {
        Some(tag) => format!("VLAN {}", tag.vid().get()),
        None => "an untagged frame".to_owned(),
    }
}
