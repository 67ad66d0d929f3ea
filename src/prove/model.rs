//! The model: for each port of each switch, what becomes of every frame that comes in there.
//!
//! It is what [`extract`](super::extract) heard from a running forwarder, packed: a port's cells
//! stand in order of what the port reads, a trunk of many VIDs has a table by VID.

use super::cell::{Cell, Out};
use super::symbol::{Symbol, TPIDS, VIDS};
use crate::wire::MacAddr;

/// A port of a switch, counted over all switches.
pub type PortId = u32;

/// Who owns a terminal, by tenant; [`NOBODY`] where no tenant does.
pub type Owner = u32;

/// The owner of what no tenant owns: nobody's frames may come there.
pub const NOBODY: Owner = u32::MAX;

/// What is at the other end of a port's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Far {
    /// Nothing.
    Nowhere,
    /// Another switch's port.
    Port(PortId),
    /// A box that is no switch, of this owner.
    Terminal(Owner),
}

/// One cell for the symbols up to `last`, from where the run before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SymbolRun {
    /// What becomes of them.
    pub cell: Cell,
    /// The last symbol.
    pub last: Symbol,
}

/// Fewer runs than this are searched, more are indexed by VID.
const LANE_FROM: usize = 48;
const NO_LANE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Port {
    far: Far,
    first: u32,
    runs: u16,
    /// Tag protocol id that the lane is of.
    tpid: u8,
    lane: u32,
}

/// All switches, their links, and what is at the ends.
#[derive(Debug, Clone, Default)]
pub struct Model {
    ports: Vec<Port>,
    runs: Vec<SymbolRun>,
    lanes: Vec<Box<[Cell]>>,
    lists: Vec<Box<[Out]>>,
    macs: Vec<MacAddr>,
}

impl Model {
    /// No ports yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A further port, at which every frame ends.
    pub fn add_port(&mut self, far: Far) -> PortId {
        let port = Port {
            far,
            first: 0,
            runs: 0,
            tpid: 0,
            lane: NO_LANE,
        };
        self.ports.push(port);
        u32::try_from(self.ports.len() - 1).expect("fewer than 2^32 ports")
    }

    /// How many ports there are.
    pub fn ports(&self) -> usize {
        self.ports.len()
    }

    /// Says what is at the other end.
    pub fn wire(&mut self, port: PortId, far: Far) {
        self.ports[port as usize].far = far;
    }

    /// What is at the other end.
    #[inline]
    pub fn far(&self, port: PortId) -> Far {
        self.ports[port as usize].far
    }

    /// The number of a source address that members are bound to.
    pub fn mac(&mut self, mac: MacAddr) -> u32 {
        let at = self.macs.iter().position(|known| *known == mac).unwrap_or_else(|| {
            self.macs.push(mac);
            self.macs.len() - 1
        });
        u32::try_from(at).expect("fewer addresses than ports")
    }

    /// Source addresses that members are bound to, by number.
    pub fn macs(&self) -> &[MacAddr] {
        &self.macs
    }

    /// The cell of these ways out.
    pub fn cell(&mut self, outs: &[Out]) -> Cell {
        match outs {
            [] => Cell::DROP,
            [out] => Cell::one(*out),
            many => {
                if self.lists.last().is_none_or(|last| **last != *many) {
                    self.lists.push(many.into());
                }
                Cell::many(self.lists.len() - 1)
            }
        }
    }

    /// The ways out of a cell.
    #[inline]
    pub fn outs<'a>(&'a self, cell: &'a Cell) -> &'a [Out] {
        cell.outs(&self.lists)
    }

    /// Makes a port's cells: runs in order, that cover every symbol.
    pub fn set_port(&mut self, port: PortId, runs: &[SymbolRun]) {
        assert_eq!(
            runs.last().map(|run| run.last),
            Some(Symbol::LAST),
            "every symbol has a cell"
        );
        let tpid = (0..TPIDS.len()).max_by_key(|tpid| count_of(runs, *tpid)).unwrap_or(0);
        let index = count_of(runs, tpid) >= LANE_FROM;
        let lane = self.ports[port as usize].lane;
        let kept: Vec<SymbolRun> = if index { outside(runs, tpid) } else { runs.to_vec() };
        let at = &mut self.ports[port as usize];
        // Runs that fit where the old ones were take their place.
        if kept.len() > usize::from(at.runs) {
            at.first = u32::try_from(self.runs.len()).expect("fewer than 2^32 runs");
            self.runs.extend_from_slice(&kept);
        } else {
            self.runs[at.first as usize..][..kept.len()].copy_from_slice(&kept);
        }
        at.runs = u16::try_from(kept.len()).expect("at most one run a symbol");
        if !index {
            at.lane = NO_LANE;
            return;
        }
        if lane == NO_LANE {
            at.lane = u32::try_from(self.lanes.len()).expect("fewer lanes than ports");
            self.lanes.push(vec![Cell::DROP; usize::from(VIDS)].into());
        }
        at.tpid = u8::try_from(tpid).expect("three");
        let cells = &mut self.lanes[at.lane as usize];
        for (vid, cell) in cells.iter_mut().enumerate() {
            *cell = find(runs, Symbol::tag(tpid, u16::try_from(vid).expect("twelve bits")));
        }
    }

    /// Makes the cell of the symbols from `first` to `last` of a port.
    pub fn set_cells(&mut self, port: PortId, (first, last): (Symbol, Symbol), cell: Cell) {
        let at = self.ports[port as usize];
        if first == last
            && let Some((tpid, vid)) = first.parts()
            && at.lane != NO_LANE
            && usize::from(at.tpid) == tpid
        {
            self.lanes[at.lane as usize][usize::from(vid)] = cell;
            return;
        }
        let mut cells = Vec::new();
        let mut done = false;
        for (from, to, old) in self.runs_of(port) {
            if from < first {
                push_run(&mut cells, Symbol(to.0.min(first.0 - 1)), old);
            }
            if to >= first && !done {
                push_run(&mut cells, last, cell);
                done = true;
            }
            if to > last {
                push_run(&mut cells, to, old);
            }
        }
        self.set_port(port, &cells);
    }

    /// What becomes of a frame that begins with `symbol`.
    #[inline]
    pub fn at(&self, port: PortId, symbol: Symbol) -> Cell {
        let at = &self.ports[port as usize];
        if at.lane != NO_LANE
            && let Some((tpid, vid)) = symbol.parts()
            && tpid == usize::from(at.tpid)
        {
            return self.lanes[at.lane as usize][usize::from(vid)];
        }
        find(self.stored(at), symbol)
    }

    fn stored(&self, port: &Port) -> &[SymbolRun] {
        &self.runs[port.first as usize..][..usize::from(port.runs)]
    }

    /// Every run of equal cells: first symbol, last symbol, cell. Together they cover all symbols.
    pub fn runs_of(&self, port: PortId) -> Vec<(Symbol, Symbol, Cell)> {
        let mut out: Vec<SymbolRun> = Vec::new();
        let at = &self.ports[port as usize];
        let lane = (at.lane != NO_LANE).then(|| usize::from(at.tpid));
        let mut from = 0;
        let stored = match self.stored(at) {
            [] => &[SymbolRun {
                cell: Cell::DROP,
                last: Symbol::LAST,
            }][..],
            runs => runs,
        };
        for run in stored {
            match lane {
                // The lane's own symbols are one run among the stored ones.
                Some(tpid) if from == Symbol::tag(tpid, 0).0 => {
                    for vid in 0..VIDS {
                        let cell = self.lanes[at.lane as usize][usize::from(vid)];
                        push_run(&mut out, Symbol::tag(tpid, vid), cell);
                    }
                }
                _ => push_run(&mut out, run.last, run.cell),
            }
            from = run.last.0 + 1;
        }
        let mut first = Symbol::NONE;
        let all = out.into_iter().map(|run| {
            let run = (
                std::mem::replace(&mut first, Symbol(run.last.0 + 1)),
                run.last,
                run.cell,
            );
            debug_assert!(run.0 <= run.1, "runs are in order");
            run
        });
        all.collect()
    }

    /// Hands every run of `TPIDS[tpid]` that leads anywhere to `visit`: its first symbol and cell.
    #[inline]
    pub fn each_tagged(&self, port: PortId, tpid: usize, mut visit: impl FnMut(Symbol, &Cell)) {
        let at = &self.ports[port as usize];
        let (low, high) = (Symbol::tag(tpid, 0), Symbol::tag(tpid, VIDS - 1));
        if at.lane != NO_LANE && usize::from(at.tpid) == tpid {
            for (vid, cell) in (0..VIDS).zip(&self.lanes[at.lane as usize]) {
                if *cell != Cell::DROP {
                    visit(Symbol::tag(tpid, vid), cell);
                }
            }
            return;
        }
        let mut first = 0;
        for run in self.stored(at) {
            if run.cell != Cell::DROP && first <= high.0 && run.last >= low {
                visit(Symbol(first.max(low.0)), &run.cell);
            }
            first = run.last.0 + 1;
        }
    }
}

/// Puts a run behind the others; equal neighbours become one.
pub(super) fn push_run(runs: &mut Vec<SymbolRun>, last: Symbol, cell: Cell) {
    match runs.last_mut() {
        Some(run) if run.cell == cell => run.last = last,
        _ => runs.push(SymbolRun { cell, last }),
    }
}

fn find(runs: &[SymbolRun], symbol: Symbol) -> Cell {
    let at = if runs.len() <= 8 {
        runs.iter().position(|run| run.last >= symbol).unwrap_or(runs.len())
    } else {
        runs.partition_point(|run| run.last < symbol)
    };
    runs.get(at).map_or(Cell::DROP, |run| run.cell)
}

fn count_of(runs: &[SymbolRun], tpid: usize) -> usize {
    let (low, high) = (Symbol::tag(tpid, 0), Symbol::tag(tpid, VIDS - 1));
    runs.iter().filter(|run| run.last >= low && run.last <= high).count()
}

/// The runs, with those of one tag protocol id made one that drops.
fn outside(runs: &[SymbolRun], tpid: usize) -> Vec<SymbolRun> {
    let (low, high) = (Symbol::tag(tpid, 0), Symbol::tag(tpid, VIDS - 1));
    let mut out: Vec<SymbolRun> = Vec::new();
    let mut first = 0;
    for run in runs {
        if first < low.0 {
            let last = Symbol(run.last.0.min(low.0 - 1));
            out.push(SymbolRun { cell: run.cell, last });
        }
        if run.last >= high && first <= high.0 {
            out.push(SymbolRun {
                cell: Cell::DROP,
                last: high,
            });
        }
        if run.last > high {
            out.push(*run);
        }
        first = run.last.0 + 1;
    }
    out
}
