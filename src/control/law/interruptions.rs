//! Interruptions that a scenario assumes where a VBR is hung on a shared port (policy `attach_effect`).

use super::services::{Services, sub_interface_id};
use crate::control::command::Commands;
use crate::ident::{Direction, NodeId};
use crate::node::{Change, IngressPlace, InterruptionId, SwitchChange, VbrChange};
use crate::provision::{AttachEffect, AttachKind, AttachScope, ServiceKey};
use crate::units::SimTime;
use crate::wire::Vid;

/// One that is in force.
#[derive(Debug, Clone, Copy)]
struct Running {
    id: InterruptionId,
    until: SimTime,
    /// The service whose VBR was hung on its port.
    key: ServiceKey,
    /// Do the boxes know?
    told: bool,
}

/// All that are in force.
#[derive(Debug, Default)]
pub(super) struct Interruptions {
    running: Vec<Running>,
    begun: u32,
    ended: usize,
}

impl Interruptions {
    /// An attach was accepted: it acts from now on.
    pub(super) fn begin(&mut self, effect: AttachEffect, now: SimTime, key: ServiceKey) {
        if effect.some().is_none() {
            return;
        }
        self.running.push(Running {
            id: InterruptionId(self.begun),
            until: now.saturating_add(effect.time),
            key,
            told: false,
        });
        self.begun += 1;
    }

    /// When the next one is over.
    pub(super) fn next(&self) -> Option<SimTime> {
        self.running.iter().map(|running| running.until).min()
    }

    /// How many are over.
    pub(super) const fn ended(&self) -> usize {
        self.ended
    }

    /// What the boxes have to do for those that begin or end by now.
    pub(super) fn lower(&mut self, effect: AttachEffect, services: &Services, now: SimTime, commands: &mut Commands) {
        for at in 0..self.running.len() {
            let running = self.running[at];
            let Some(scope) = Scope::of(services, running.key, effect.scope) else {
                continue;
            };
            if !running.told {
                self.running[at].told = true;
                let change = SwitchChange::Interrupt(running.id, scope.places(services, effect));
                commands.node(scope.device, Change::Switch(change));
            }
            if running.until <= now {
                commands.node(scope.device, Change::Switch(SwitchChange::Resume(running.id)));
                if effect.renews() {
                    renew(effect, services, &scope, commands);
                }
            }
        }
        let before = self.running.len();
        self.running.retain(|running| running.until > now);
        self.ended += before - self.running.len();
    }
}

/// Sub-interfaces come back as new.
fn renew(effect: AttachEffect, services: &Services, scope: &Scope, commands: &mut Commands) {
    for (circuit, key, slot) in scope.served(services) {
        let change = SwitchChange::Renew(sub_interface_id(circuit, key.vlan));
        commands.node(scope.device, Change::Switch(change));
        services.renew_sold(key, slot, circuit, commands);
        let node = services.sites.vbrs[slot].node;
        let change = match effect.kind {
            AttachKind::Rebuild => VbrChange::Rebuild,
            AttachKind::None | AttachKind::Outage | AttachKind::Reprogram => VbrChange::Renew,
        };
        commands.node(node, Change::Vbr(change));
    }
}

/// What an attach acts on.
struct Scope {
    device: NodeId,
    /// Indices of circuits.
    circuits: Vec<usize>,
    /// The only service, unless it is all of these circuits.
    only: Option<ServiceKey>,
}

impl Scope {
    fn of(services: &Services, key: ServiceKey, scope: AttachScope) -> Option<Self> {
        let circuit = *services.circuits.get(&key.circuit)?;
        let device = services.sites.circuits[circuit].device;
        let all = services.sites.circuits.iter().enumerate();
        let circuits = match scope {
            AttachScope::SubInterface | AttachScope::Circuit => vec![circuit],
            AttachScope::Device => all.filter(|(_, c)| c.device == device).map(|(i, _)| i).collect(),
        };
        Some(Self {
            device,
            circuits,
            only: (scope == AttachScope::SubInterface).then_some(key),
        })
    }

    /// Services that are served here, each with its circuit and its slot.
    fn served(&self, services: &Services) -> Vec<(usize, ServiceKey, usize)> {
        let served = services.serving.iter().filter_map(|(key, slot)| {
            let circuit = *services.circuits.get(&key.circuit)?;
            let here = self.circuits.contains(&circuit) && self.only.is_none_or(|only| only == *key);
            here.then_some((circuit, *key, *slot))
        });
        served.collect()
    }

    /// Where nothing comes in: up by the circuits, down from the VBRs.
    fn places(&self, services: &Services, effect: AttachEffect) -> Vec<IngressPlace> {
        let mut places = Vec::new();
        if effect.stops(Direction::Up) {
            places.extend(self.circuits.iter().map(|circuit| {
                let port = services.sites.circuits[*circuit].device_port;
                match self.only {
                    Some(key) => IngressPlace::Vlan(port, Vid::new(key.vlan).filter(|_| key.vlan != 0)),
                    None => IngressPlace::Port(port),
                }
            }));
        }
        if effect.stops(Direction::Down) {
            let own = self.only.map(|key| services.serving.get(&key).copied());
            let slots = services.sites.vbrs.iter().enumerate();
            let here = slots.filter(|(slot, vbr)| match own {
                Some(own) => own == Some(*slot),
                None => self.circuits.contains(&vbr.circuit),
            });
            places.extend(here.map(|(_, vbr)| IngressPlace::Port(vbr.device_port)));
        }
        places
    }
}
