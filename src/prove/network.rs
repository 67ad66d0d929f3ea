//! The switches of a world as the prover sees them: their forwarders under questions, and what
//! their ports are called.

use std::collections::BTreeMap;

use super::extract::{Asking, Nature};
use super::model::{Far, Model, NOBODY, Owner, PortId, SymbolRun};
use super::questioned::{Known, Questioned, questioned};
use super::snapshot::Snapshot;
use super::symbol::{Symbol, TPIDS};
use super::{Cell, TooManyAddresses};
use crate::forward::{PortRole, Profile, Service, ServiceId, Tables};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::node::AnySwitch;
use crate::scenario::Plan;
use crate::scenario::plan::NodeKind;

/// A switch.
pub struct SwitchSeat {
    /// Its node.
    pub node: NodeId,
    /// Its node's name.
    pub name: String,
    /// Its port 0 among the model's ports.
    pub base: PortId,
    /// Its tables, as they were read back last.
    pub tables: Tables,
    lab: Box<dyn Questioned>,
}

/// A box at the edge: whose it is, and at which switch's port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// The switch's port that it is at.
    pub port: PortId,
    /// Whose it is.
    pub owner: Owner,
    /// The box, and its own port.
    pub end: (NodeId, PortNo),
}

/// The switches and the boxes at the edge.
pub struct Network {
    /// Switches, in order of node.
    pub seats: Vec<SwitchSeat>,
    /// Boxes at the edge, in order of port.
    pub terminals: Vec<Terminal>,
    /// Links between two boxes of different owners, past every switch.
    pub crossed: Vec<String>,
}

/// One symbol of a port has another cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which port.
    pub port: PortId,
    /// The first symbol.
    pub first: Symbol,
    /// The last symbol.
    pub last: Symbol,
    /// What becomes of them.
    pub cell: Cell,
}

impl Network {
    /// Asks every forwarder of the snapshot for every port; the plan's links lie between them.
    ///
    /// # Errors
    /// Where the model has no room for them.
    pub fn read(plan: &Plan, snapshot: &Snapshot) -> Result<(Self, Model), TooManyAddresses> {
        Self::read_by(Asking::Every, plan, snapshot)
    }

    /// The same, asked in this way, and so from now on.
    ///
    /// # Errors
    /// Where the model has no room for them.
    pub fn read_by(asking: Asking, plan: &Plan, snapshot: &Snapshot) -> Result<(Self, Model), TooManyAddresses> {
        let mut model = Model::new();
        let mut seats = Vec::with_capacity(snapshot.switches.len());
        for (node, switch) in &snapshot.switches {
            let tables = switch.tables();
            let base = u32::try_from(model.ports()).expect("fewer than 2^32 ports");
            tables.ports.iter().for_each(|_| {
                model.add_port(Far::Nowhere);
            });
            let known = Known {
                asking,
                ..Known::default()
            };
            seats.push(SwitchSeat {
                node: *node,
                name: plan.nodes[node.index()].name.clone(),
                base,
                tables,
                lab: questioned(switch, known),
            });
        }
        let mut network = Self {
            seats,
            terminals: Vec::new(),
            crossed: Vec::new(),
        };
        network.wire(plan, &mut model);
        for seat in &mut network.seats {
            seat.extract(&mut model)?;
        }
        Ok((network, model))
    }

    fn wire(&mut self, plan: &Plan, model: &mut Model) {
        let bases: BTreeMap<NodeId, PortId> = self.seats.iter().map(|seat| (seat.node, seat.base)).collect();
        let place = |(node, port): (NodeId, PortNo)| bases.get(&node).map(|base| base + port.0);
        let owner = |(node, _): (NodeId, PortNo)| plan.nodes[node.index()].place.only.map_or(NOBODY, |t| t.0);
        for link in &plan.links {
            match (place(link.a), place(link.b)) {
                (Some(a), Some(b)) => {
                    model.wire(a, Far::Port(b));
                    model.wire(b, Far::Port(a));
                }
                (Some(port), None) => self.terminal(model, port, owner(link.b), link.b),
                (None, Some(port)) => self.terminal(model, port, owner(link.a), link.a),
                (None, None) if owner(link.a) != owner(link.b) => self.crossed.push(link.name.clone()),
                (None, None) => {}
            }
        }
        self.terminals.sort_by_key(|terminal| terminal.port);
    }

    fn terminal(&mut self, model: &mut Model, port: PortId, owner: Owner, end: (NodeId, PortNo)) {
        model.wire(port, Far::Terminal(owner));
        self.terminals.push(Terminal { port, owner, end });
    }

    /// The switch that a port belongs to, and the port's own number there.
    pub fn place(&self, port: PortId) -> (&SwitchSeat, PortNo) {
        let at = self.seats.partition_point(|seat| seat.base <= port) - 1;
        let seat = &self.seats[at];
        (seat, PortNo(port - seat.base))
    }

    /// The box at a switch's port.
    pub fn terminal_at(&self, port: PortId) -> Option<&Terminal> {
        let at = self.terminals.binary_search_by_key(&port, |terminal| terminal.port);
        at.ok().map(|at| &self.terminals[at])
    }

    /// Profiles of the switches, each once, in order.
    pub fn profiles(&self) -> Vec<Profile> {
        let mut all: Vec<_> = self.seats.iter().map(|seat| seat.tables.profile).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What was found beyond the tables, over all switches.
    pub fn nature(&self) -> Nature {
        let all = self.seats.iter().map(|seat| seat.lab.nature());
        all.fold(Nature::default(), |sum, one| Nature {
            mixed: sum.mixed || one.mixed,
            taught: sum.taught || one.taught,
            sampled: sum.sampled || one.sampled,
            asked: sum.asked + one.asked,
        })
    }

    /// Is a fault planted in one of the switches?
    pub fn is_planted(&self) -> bool {
        self.seats.iter().any(|seat| seat.lab.is_planted())
    }

    /// Every cell of every port of a switch, asked anew.
    ///
    /// # Errors
    /// Where the model has no room.
    pub fn whole(&mut self, seat: usize, model: &mut Model) -> Result<Vec<Change>, TooManyAddresses> {
        let seat = &mut self.seats[seat];
        let mut changes = Vec::new();
        for port in 0..seat.tables.ports.len() {
            seat.whole_port(PortNo::of(port), model, &mut changes)?;
        }
        Ok(changes)
    }

    /// A switch is asked as it stands now. What [`Network::change`] says of it next is so in this
    /// one already, by the running one's own doing.
    pub fn renew(&mut self, seat: usize, running: &AnySwitch) {
        let lab = &mut self.seats[seat].lab;
        let known = lab.end();
        *lab = questioned(running, known);
    }

    /// Services of a switch are now as given, or gone, all at once: asks anew what that may have changed,
    /// and returns the cells that are now others. The model itself is left as it was.
    ///
    /// Where a VID's service anywhere may matter everywhere, the whole switch is asked, once for all of them.
    ///
    /// # Errors
    /// Where the model has no room.
    pub fn change(
        &mut self,
        seat: usize,
        services: Vec<(ServiceId, Option<Service>)>,
        model: &mut Model,
    ) -> Result<Vec<Change>, TooManyAddresses> {
        if services.is_empty() {
            return Ok(Vec::new());
        }
        let seat = &mut self.seats[seat];
        let mut places = Vec::new();
        for (id, service) in services {
            let old = match &service {
                Some(service) => seat.tables.services.insert(id, service.clone()),
                None => seat.tables.services.remove(&id),
            };
            let both = [old.as_ref(), service.as_ref()].into_iter().flatten();
            places.extend(both.flat_map(|service| service.members.iter().map(|member| (member.port, member.vid))));
            seat.lab.change(id, service);
        }
        places.sort_unstable();
        places.dedup();
        let local = matches!(seat.tables.profile, Profile::Strict | Profile::Ovs31);
        let mut changes = Vec::new();
        if !local || seat.lab.is_planted() {
            for port in 0..seat.tables.ports.len() {
                seat.whole_port(PortNo::of(port), model, &mut changes)?;
            }
            return Ok(changes);
        }
        let mut whole = None;
        for (port, vid) in places {
            let Some(config) = seat.tables.ports.get(port.index()) else {
                continue;
            };
            match (vid, config.role, config.untagged) {
                (Some(vid), PortRole::Trunk, crate::forward::Untagged::Drop) => {
                    for tpid in 0..TPIDS.len() {
                        seat.one_symbol(port, Symbol::tag(tpid, vid.get()), model, &mut changes)?;
                    }
                }
                // Places stand in order of port.
                _ if whole == Some(port) => {}
                _ => {
                    seat.whole_port(port, model, &mut changes)?;
                    whole = Some(port);
                }
            }
        }
        Ok(changes)
    }
}

impl SwitchSeat {
    fn extract(&mut self, model: &mut Model) -> Result<(), TooManyAddresses> {
        let base = self.base;
        for port in 0..self.tables.ports.len() {
            let port = PortNo::of(port);
            let runs: Vec<SymbolRun> = self.lab.port(port, base, model)?;
            model.set_port(base + port.0, &runs);
        }
        Ok(())
    }

    fn whole_port(
        &mut self,
        port: PortNo,
        model: &mut Model,
        changes: &mut Vec<Change>,
    ) -> Result<(), TooManyAddresses> {
        let base = self.base;
        let runs: Vec<SymbolRun> = self.lab.port(port, base, model)?;
        let mut first = Symbol::NONE;
        for run in runs {
            changes.push(Change {
                port: base + port.0,
                first,
                last: run.last,
                cell: run.cell,
            });
            first = Symbol(run.last.0 + 1);
        }
        Ok(())
    }

    fn one_symbol(
        &mut self,
        port: PortNo,
        symbol: Symbol,
        model: &mut Model,
        changes: &mut Vec<Change>,
    ) -> Result<(), TooManyAddresses> {
        let base = self.base;
        let cell = self.lab.symbol(port, base, symbol, model)?;
        changes.push(Change {
            port: base + port.0,
            first: symbol,
            last: symbol,
            cell,
        });
        Ok(())
    }

    /// The service whose member is at a place, and the tenant that it is of.
    pub fn service_at(&self, port: PortNo, vid: Option<u16>) -> Option<(ServiceId, TenantId)> {
        let at = |service: &Service| {
            let mut members = service.members.iter();
            members.any(|member| member.port == port && member.vid.map(|vid| vid.get()) == vid)
        };
        let found = self.tables.services.iter().find(|(_, service)| at(service));
        found.map(|(id, service)| (*id, service.tenant))
    }

    /// Tenants that the cloud serves here: those with a sub-interface, where it is an access device.
    pub fn served(&self, plan: &Plan) -> impl Iterator<Item = Owner> {
        let is_device = matches!(plan.nodes[self.node.index()].kind, NodeKind::AccessDevice(_));
        let services = self.tables.services.values().filter(move |_| is_device);
        services
            .map(|service| service.tenant.0)
            .filter(|owner| *owner != super::NOBODY)
    }

    /// Is it one of the partner's, or the cloud's?
    pub fn kind(&self, plan: &Plan) -> &'static str {
        match plan.nodes[self.node.index()].kind {
            NodeKind::AccessPoint(_) => "access point",
            NodeKind::Fabric(_) => "fabric",
            NodeKind::AccessDevice(_) => "access device",
            NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => "box",
        }
    }
}
