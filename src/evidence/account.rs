//! The account itself: the fold of everything that a driver tells.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::count::Count;
use super::exceptions::{Exceptions, KeptOfKind};
use super::flows::{FlowAccount, FlowEnds, Flows};
use super::moves::Moves;
use super::observer::Observer;
use super::outbox::NodeChange;
use super::ticket::Trace;
use crate::ident::{Direction, Fate, FlowId, NodeId, Station, StationId, TenantId};
use crate::units::SimTime;
use crate::wire::Frame;

/// At most so many changes of state are kept; the rest is counted.
pub const KEPT_CHANGES: usize = 1 << 20;

/// What a cell counts: frames of one tenant with one fate at one place in one epoch, that went one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// Whose frames, or [`TenantId::NONE`].
    pub tenant: TenantId,
    /// What became of them.
    pub fate: Fate,
    /// Where.
    pub station: StationId,
    /// In which epoch of the tenant, from zero.
    pub epoch: u32,
    /// Frames of flows, their answers included; else of protocols (ARP, health check).
    pub of_flow: bool,
    /// Which way they went.
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    key: CellKey,
    count: Count,
    kept: KeptOfKind,
}

/// The totals of one tenant: `offered + copied = settled + held` at the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TenantAccount {
    /// Offered to the network.
    pub offered: Count,
    /// Copies and answers that came to be.
    pub copied: Count,
    /// Settled, whatever the fate. Octets differ where a tag was pushed or popped on the way.
    pub settled: Count,
    /// Still under way at the end.
    pub held: Count,
    /// The current epoch, from zero.
    pub epoch: u32,
    /// The cell of the last frame.
    recent: u32,
}

impl TenantAccount {
    /// Is every frame accounted for?
    pub fn balances(&self) -> bool {
        self.offered.frames + self.copied.frames == self.settled.frames + self.held.frames
    }
}

/// A change of a node's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// When.
    pub at: SimTime,
    /// Which node.
    pub node: NodeId,
    /// What.
    pub change: NodeChange,
}

/// An epoch of a tenant begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochStart {
    /// When.
    pub at: SimTime,
    /// Whose.
    pub tenant: TenantId,
    /// Its number; epoch zero begins with the run and is not listed.
    pub epoch: u32,
}

/// The account of a run. Its size depends on tenants, stations and changes, never on frames.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// By tenant; the last one is for frames of no tenant.
    tenants: Vec<TenantAccount>,
    cells: Vec<Cell>,
    index: HashMap<CellKey, u32, FixedState>,
    flows: Flows,
    exceptions: Exceptions<CellKey>,
    changes: Vec<Noted>,
    changes_omitted: u64,
    moves: Moves,
    epochs: Vec<EpochStart>,
}

impl Evidence {
    /// An empty account for so many tenants and these flows, by id.
    pub fn new(tenants: usize, flows: Vec<FlowEnds>) -> Self {
        Self {
            tenants: vec![TenantAccount::default(); tenants + 1],
            cells: Vec::new(),
            index: HashMap::default(),
            flows: Flows::new(flows),
            exceptions: Exceptions::default(),
            changes: Vec::new(),
            changes_omitted: 0,
            moves: Moves::default(),
            epochs: Vec::new(),
        }
    }

    /// The totals of a tenant, or of [`TenantId::NONE`].
    pub fn tenant(&self, tenant: TenantId) -> &TenantAccount {
        &self.tenants[self.slot(tenant)]
    }

    /// How many tenants there are, frames of no tenant aside.
    pub fn tenants(&self) -> usize {
        self.tenants.len() - 1
    }

    /// Every cell, sorted.
    pub fn cells(&self) -> Vec<(CellKey, Count)> {
        let mut cells: Vec<_> = self.cells.iter().map(|c| (c.key, c.count)).collect();
        cells.sort_unstable_by_key(|(key, _)| *key);
        cells
    }

    /// What one cell counted.
    pub fn cell(&self, key: &CellKey) -> Count {
        match self.index.get(key) {
            Some(&i) => self.cells[i as usize].count,
            None => Count::default(),
        }
    }

    /// The account of a flow; `None` where nothing of it was heard.
    pub fn flow(&self, flow: FlowId) -> Option<&FlowAccount> {
        self.flows.get(flow)
    }

    /// The first dropped frames of each cell, whole. What a cell counted beyond them is the rest.
    pub fn exceptions(&self) -> &Exceptions<CellKey> {
        &self.exceptions
    }

    /// Changes of nodes' states, in order of time.
    pub fn changes(&self) -> &[Noted] {
        &self.changes
    }

    /// How many later changes were not kept.
    pub fn changes_omitted(&self) -> u64 {
        self.changes_omitted
    }

    /// Addresses that moved between ports of a switch.
    pub fn moves(&self) -> &Moves {
        &self.moves
    }

    /// When epochs began, in order of time.
    pub fn epochs(&self) -> &[EpochStart] {
        &self.epochs
    }

    /// How many values the account holds: what must not grow with the number of frames.
    pub fn size(&self) -> usize {
        self.tenants.len() + self.cells.len() + self.exceptions.all().len() + self.changes.len() + self.epochs.len()
    }

    fn slot(&self, tenant: TenantId) -> usize {
        tenant.index().min(self.tenants.len() - 1)
    }

    /// The cell with this key, which was the tenant's last one more often than not.
    fn cell_of(&mut self, slot: usize, key: CellKey) -> usize {
        let recent = self.tenants[slot].recent as usize;
        if self.cells.get(recent).is_some_and(|c| c.key == key) {
            return recent;
        }
        let cells = &mut self.cells;
        let i = *self.index.entry(key).or_insert_with(|| {
            cells.push(Cell {
                key,
                count: Count::default(),
                kept: KeptOfKind::default(),
            });
            u32::try_from(cells.len() - 1).expect("fewer than 2^32 cells")
        });
        self.tenants[slot].recent = i;
        debug_assert_eq!(self.index.len(), self.cells.len(), "every cell is found by its key");
        i as usize
    }
}

impl Observer for Evidence {
    fn needs_order(&self) -> bool {
        false
    }

    fn offered(&mut self, at: SimTime, _station: Station, trace: &Trace, octets: u32) {
        let slot = self.slot(trace.tenant);
        self.tenants[slot].offered.add(octets);
        if trace.flow.is_some() {
            self.flows.offered(at, trace, octets);
        }
    }

    fn copied(&mut self, at: SimTime, _station: Station, trace: &Trace, octets: u32) {
        let slot = self.slot(trace.tenant);
        self.tenants[slot].copied.add(octets);
        if trace.flow.is_some() {
            self.flows.copied(at, trace, octets);
        }
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        let (from_b, station) = (station.is_from_b(), station.id());
        let slot = self.slot(trace.tenant);
        let octets = frame.octets();
        let account = &mut self.tenants[slot];
        account.settled.add(octets);
        let key = CellKey {
            tenant: trace.tenant,
            fate,
            station,
            epoch: account.epoch,
            of_flow: trace.flow.is_some(),
            direction: self.flows.direction(trace),
        };
        let i = self.cell_of(slot, key);
        let cell = &mut self.cells[i];
        cell.count.add(octets);
        if let Fate::Dropped(reason) = fate {
            self.exceptions.keep(&mut cell.kept, key, from_b, at, trace, frame);
            if trace.flow.is_some() {
                self.flows.dropped(station, trace, reason);
            }
        } else if trace.flow.is_some() {
            self.flows.taken(at, station, trace, octets);
        }
    }

    fn changed(&mut self, at: SimTime, node: NodeId, change: NodeChange) {
        if matches!(change, NodeChange::Moved { .. }) {
            self.moves.note(at, node, change);
            return;
        }
        debug_assert!(
            self.changes.last().is_none_or(|last| last.at <= at),
            "changes come in order of time"
        );
        if self.changes.len() < KEPT_CHANGES {
            self.changes.push(Noted { at, node, change });
        } else {
            self.changes_omitted += 1;
        }
    }

    fn held(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        let slot = self.slot(trace.tenant);
        self.tenants[slot].held.add(octets);
        if trace.flow.is_some() {
            self.flows.held(at, station.id(), trace);
        }
    }

    fn epoch(&mut self, at: SimTime, tenant: TenantId) {
        let slot = self.slot(tenant);
        self.tenants[slot].epoch += 1;
        let epoch = self.tenants[slot].epoch;
        debug_assert!(
            self.epochs.last().is_none_or(|last| last.at <= at),
            "epochs begin in order of time"
        );
        self.epochs.push(EpochStart { at, tenant, epoch });
    }
}
