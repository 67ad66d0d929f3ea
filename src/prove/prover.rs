//! Keeps a proof: after a change it looks again at those tenants alone whose frames come by what
//! was changed.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

use super::explore::{Explorer, Lost};
use super::model::{Far, Model, Owner, PortId};
use super::network::Change;
use super::state::State;
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
pub fn prove(model: &Model, starts: &[(Owner, PortId)], mut each: impl FnMut(Owner, &[State])) -> Standing {
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
        standing.states += explorer.states().len() as u64;
        each(owner, explorer.states());
    }
    standing
}

/// The label of what the sender's own tags decide.
const OWN: u16 = u16::MAX;

/// Who comes by a symbol of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Users {
    One(Owner),
    Many(Vec<Owner>),
}

/// A model, and a proof of it that goes on holding.
#[derive(Debug)]
pub struct Prover {
    model: Model,
    starts: Starts,
    users: HashMap<u64, Users, FixedState>,
    explorer: Explorer,
    leaking: BTreeSet<Owner>,
    lost: BTreeSet<Owner>,
    affected: Vec<Owner>,
}

fn key(port: PortId, symbol: u16) -> u64 {
    u64::from(port) << 16 | u64::from(symbol)
}

fn key_of(state: &State) -> u64 {
    key(state.port, state.pushed().first().map_or(OWN, |symbol| symbol.0))
}

impl Prover {
    /// Proves the model for the first time.
    pub fn new(model: Model, starts: Starts) -> Self {
        let mut users = HashMap::default();
        let standing = prove(&model, &starts, |owner, states| label(&mut users, owner, states));
        Self {
            model,
            starts,
            users,
            explorer: Explorer::default(),
            leaking: standing.leaking,
            lost: standing.lost.into_iter().map(|(owner, _)| owner).collect(),
            affected: Vec::new(),
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
        for owner in &affected {
            self.forget(*owner);
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
        let mut all = |symbol| match self.users.get(&key(change.port, symbol)) {
            Some(Users::One(owner)) => into.push(*owner),
            Some(Users::Many(owners)) => into.extend(owners),
            None => {}
        };
        all(OWN);
        (change.first.0..=change.last.0).for_each(all);
    }

    fn make(&mut self, change: &Change) {
        let symbols = change.first.0..=change.last.0;
        let other = |symbol: u16| self.model.at(change.port, Symbol(symbol)) != change.cell;
        if symbols.into_iter().any(other) {
            self.model
                .set_cells(change.port, (change.first, change.last), change.cell);
        }
    }

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
        label(&mut self.users, owner, self.explorer.states());
    }

    /// Takes the tenant's labels away, by the model that they were made from.
    fn forget(&mut self, owner: Owner) {
        self.leaking.remove(&owner);
        self.lost.remove(&owner);
        let Self { explorer, model, .. } = self;
        let _ = explorer.follow(model, owner, of(&self.starts, owner));
        for state in self.explorer.states() {
            let key = key_of(state);
            match self.users.get_mut(&key) {
                Some(Users::One(user)) if *user == owner => {
                    self.users.remove(&key);
                }
                Some(Users::Many(users)) => users.retain(|user| *user != owner),
                Some(Users::One(_)) | None => {}
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

fn label(users: &mut HashMap<u64, Users, FixedState>, owner: Owner, states: &[State]) {
    for state in states {
        match users.entry(key_of(state)) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(Users::One(owner));
            }
            std::collections::hash_map::Entry::Occupied(mut taken) => match taken.get_mut() {
                Users::One(user) if *user == owner => {}
                Users::One(user) => {
                    let both = vec![*user, owner];
                    taken.insert(Users::Many(both));
                }
                Users::Many(users) if users.contains(&owner) => {}
                Users::Many(users) => users.push(owner),
            },
        }
    }
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
