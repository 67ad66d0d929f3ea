//! Keeps a proof: after a change it looks again at those tenants alone whose frames come by what
//! was changed.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

use super::explore::{Explorer, Lost};
use super::model::{Far, Model, Owner, PortId};
use super::network::Change;
use super::state::FrameSet;
use super::symbol::Symbol;

/// Tenants and the ports that they send into, sorted.
pub type Starts = Vec<(Owner, PortId)>;

/// How a model stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Tenants whose frames reach somebody else's terminal.
    pub leaking: BTreeSet<Owner>,
    /// Tenants whose frames could not be followed to the end, and why.
    pub lost: Vec<(Owner, Lost)>,
    /// Tenants with frames that reach a terminal of their own: the positive control.
    pub carried: u64,
    /// The other tenants that may send.
    pub stuck: BTreeSet<Owner>,
    /// Tenants that may send.
    pub tenants: u64,
    /// States that their frames may be in.
    pub states: u64,
}

impl Standing {
    /// Is every receiver of every frame its owner's?
    pub fn is_proved(&self) -> bool {
        self.leaking.is_empty() && self.lost.is_empty()
    }
}

/// Where each tenant may send, sorted by tenant.
pub fn starts(terminals: impl IntoIterator<Item = (Owner, PortId)>) -> Starts {
    let mut starts: Starts = terminals
        .into_iter()
        .filter(|(owner, _)| *owner != super::NOBODY)
        .collect();
    starts.sort_unstable();
    starts
}

/// Follows every tenant. `each` hears the states of each, once they are complete.
pub fn prove(model: &Model, starts: &[(Owner, PortId)], mut each: impl FnMut(Owner, &[FrameSet])) -> Standing {
    prove_carrying(model, starts, |owner, states, _| each(owner, states))
}

/// The same; `each` also hears whether any of the tenant's frames reaches a terminal of its own.
fn prove_carrying(
    model: &Model,
    starts: &[(Owner, PortId)],
    mut each: impl FnMut(Owner, &[FrameSet], bool),
) -> Standing {
    let mut explorer = Explorer::default();
    let mut standing = Standing::default();
    for own in starts.chunk_by(|a, b| a.0 == b.0) {
        let owner = own[0].0;
        standing.tenants += 1;
        match explorer.follow(model, owner, own.iter().map(|(_, port)| *port)) {
            Ok(true) => {}
            Ok(false) => {
                standing.leaking.insert(owner);
            }
            Err(lost) => standing.lost.push((owner, lost)),
        }
        standing.carried += u64::from(explorer.is_carried());
        if !explorer.is_carried() {
            standing.stuck.insert(owner);
        }
        standing.states += explorer.states().len() as u64;
        each(owner, explorer.states(), explorer.is_carried());
    }
    standing
}

/// The label of what the sender's own tags decide.
const OWN: u16 = u16::MAX;

/// In place of a tenant: several come by, and stand in a list.
const SEVERAL: Owner = u32::MAX;

/// Who comes by each symbol of each port. Nearly everywhere it is one tenant.
#[derive(Debug, Default)]
struct Users {
    one: HashMap<u64, Owner, FixedState>,
    several: HashMap<u64, Vec<Owner>, FixedState>,
}

impl Users {
    fn add(&mut self, key: u64, owner: Owner) {
        let user = self.one.entry(key).or_insert(owner);
        if *user == owner {
            return;
        }
        if *user != SEVERAL {
            self.several.insert(key, vec![*user]);
            *user = SEVERAL;
        }
        let all = self.several.entry(key).or_default();
        if !all.contains(&owner) {
            all.push(owner);
        }
    }

    fn remove(&mut self, key: u64, owner: Owner) {
        match self.one.get(&key) {
            Some(&SEVERAL) => {
                if let Some(all) = self.several.get_mut(&key) {
                    all.retain(|user| *user != owner);
                }
            }
            Some(user) if *user == owner => {
                self.one.remove(&key);
            }
            Some(_) | None => {}
        }
    }

    fn collect(&self, key: u64, into: &mut Vec<Owner>) {
        match self.one.get(&key) {
            Some(&SEVERAL) => into.extend(self.several.get(&key).into_iter().flatten()),
            Some(user) => into.push(*user),
            None => {}
        }
    }
}

/// A model, and a proof of it that goes on holding.
#[derive(Debug)]
pub struct Prover {
    model: Model,
    starts: Starts,
    users: Users,
    explorer: Explorer,
    leaking: BTreeSet<Owner>,
    lost: BTreeSet<Owner>,
    /// By tenant, a bit each: has a frame of it ever reached a terminal of its own?
    carried: Vec<u64>,
    affected: Vec<Owner>,
    /// Labels of the affected before a change, and of one of them after it.
    before: Vec<(Owner, u64)>,
    after: Vec<u64>,
}

fn key(port: PortId, symbol: u16) -> u64 {
    u64::from(port) << 16 | u64::from(symbol)
}

fn key_of(state: &FrameSet) -> u64 {
    key(state.port, state.pushed().first().map_or(OWN, |symbol| symbol.0))
}

impl Prover {
    /// Proves the model for the first time.
    pub fn new(model: Model, starts: Starts) -> Self {
        let mut users = Users::default();
        let most = starts.last().map_or(0, |(owner, _)| *owner as usize / 64 + 1);
        let mut carried = vec![0; most];
        let standing = prove_carrying(&model, &starts, |owner, states, is_carried| {
            states.iter().for_each(|state| users.add(key_of(state), owner));
            carried[owner as usize / 64] |= u64::from(is_carried) << (owner % 64);
        });
        Self {
            model,
            starts,
            users,
            explorer: Explorer::default(),
            leaking: standing.leaking,
            lost: standing.lost.into_iter().map(|(owner, _)| owner).collect(),
            carried,
            affected: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
        }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }
    /// The model, for making cells; what ports do changes by [`Prover::apply`] alone.
    pub fn model_mut(&mut self) -> &mut Model {
        &mut self.model
    }
    /// Where tenants send into.
    pub fn starts(&self) -> &[(Owner, PortId)] {
        &self.starts
    }
    /// Tenants whose frames reach somebody else's terminal.
    pub fn leaking(&self) -> &BTreeSet<Owner> {
        &self.leaking
    }
    /// Tenants whose frames could not be followed to the end.
    pub fn lost(&self) -> &BTreeSet<Owner> {
        &self.lost
    }
    /// Tenants of whom some frame reached a terminal of their own, now or earlier.
    pub fn ever_carried(&self) -> u64 {
        self.carried.iter().map(|word| u64::from(word.count_ones())).sum()
    }
    /// Has a frame of this tenant reached a terminal of its own, now or earlier?
    pub fn has_carried(&self, owner: Owner) -> bool {
        let word = self.carried.get(owner as usize / 64);
        word.is_some_and(|word| word >> (owner % 64) & 1 == 1)
    }
    /// Does the proof hold?
    pub fn holds(&self) -> bool {
        self.leaking.is_empty() && self.lost.is_empty()
    }

    /// Makes these changes, and proves again for whoever comes by what they changed. Returns how
    /// many tenants that were.
    pub fn apply(&mut self, changes: &[Change]) -> usize {
        let mut affected = std::mem::take(&mut self.affected);
        affected.clear();
        for change in changes {
            self.note_users(change, &mut affected);
        }
        affected.sort_unstable();
        affected.dedup();
        self.before.clear();
        for owner in &affected {
            self.look_back(*owner);
        }
        for change in changes {
            self.make(change);
        }
        for owner in &affected {
            self.follow(*owner);
        }
        let touched = affected.len();
        self.affected = affected;
        touched
    }

    fn note_users(&self, change: &Change, into: &mut Vec<Owner>) {
        self.users.collect(key(change.port, OWN), into);
        for symbol in change.first.0..=change.last.0 {
            self.users.collect(key(change.port, symbol), into);
        }
    }

    fn make(&mut self, change: &Change) {
        let symbols = change.first.0..=change.last.0;
        let other = |symbol: u16| self.model.at(change.port, Symbol(symbol)) != change.cell;
        if symbols.into_iter().any(other) {
            self.model
                .set_cells(change.port, (change.first, change.last), change.cell);
        }
    }

    /// Notes the tenant's labels, by the model that they were made from.
    fn look_back(&mut self, owner: Owner) {
        self.leaking.remove(&owner);
        self.lost.remove(&owner);
        let Self { explorer, model, .. } = self;
        let _ = explorer.follow(model, owner, of(&self.starts, owner));
        let keys = self.explorer.states().iter().map(|state| (owner, key_of(state)));
        self.before.extend(keys);
    }

    /// Follows the tenant anew; only labels that are others now are touched.
    fn follow(&mut self, owner: Owner) {
        let Self { explorer, model, .. } = self;
        match explorer.follow(model, owner, of(&self.starts, owner)) {
            Ok(true) => {}
            Ok(false) => {
                self.leaking.insert(owner);
            }
            Err(_) => {
                self.lost.insert(owner);
            }
        }
        self.carried[owner as usize / 64] |= u64::from(self.explorer.is_carried()) << (owner % 64);
        self.after.clear();
        self.after.extend(self.explorer.states().iter().map(key_of));
        self.after.sort_unstable();
        self.after.dedup();
        let from = self.before.partition_point(|(known, _)| *known < owner);
        let to = self.before.partition_point(|(known, _)| *known <= owner);
        let before = &mut self.before[from..to];
        before.sort_unstable();
        for (_, key) in before.iter().filter(|(_, key)| self.after.binary_search(key).is_err()) {
            self.users.remove(*key, owner);
        }
        for key in &self.after {
            if before.binary_search(&(owner, *key)).is_err() {
                self.users.add(*key, owner);
            }
        }
    }
}

fn of(starts: &Starts, owner: Owner) -> impl Iterator<Item = PortId> + '_ {
    let from = starts.partition_point(|(known, _)| *known < owner);
    starts[from..]
        .iter()
        .take_while(move |(known, _)| *known == owner)
        .map(|(_, port)| *port)
}

/// Ports whose terminal is somebody's, as starts take them.
pub fn starts_of(model: &Model) -> Starts {
    let ports = (0..u32::try_from(model.ports()).expect("fewer than 2^32 ports")).filter_map(|port| {
        let Far::Terminal(owner) = model.far(port) else {
            return None;
        };
        Some((owner, port))
    });
    starts(ports)
}
