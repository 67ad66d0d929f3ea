//! Follows everything that one tenant may send, through every switch, to its end.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::model::{Far, Model, Owner, PortId};
use super::state::{FrameSet, TooDeep, step};
use super::symbol::{Symbol, Tail};

/// So many states are searched one by one, more by a hash.
const FEW: usize = 48;
/// A tenant whose frames may be in more states than this is not followed to the end.
pub const MOST_STATES: usize = 1 << 22;

/// Why a tenant's frames were not followed to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Tags stand too high.
    #[error(transparent)]
    Deep(#[from] TooDeep),
    /// There are too many states.
    #[error("one tenant's frames may be in more than {MOST_STATES} states")]
    Many,
}

type StateKey = (PortId, [Symbol; super::state::MOST_PUSHED], Option<u32>);

/// The states that one tenant's frames may be in. Kept between tenants for its memory alone.
#[derive(Debug, Default)]
pub struct Explorer {
    states: Vec<FrameSet>,
    /// What of each state's tail was not followed yet.
    open: Vec<Tail>,
    queue: Vec<u32>,
    index: HashMap<StateKey, u32, FixedState>,
    /// Ports towards terminals of others, in the order in which they were found.
    foreign: Vec<PortId>,
    carried: bool,
}

impl Explorer {
    /// Follows whatever `owner` may send into these ports. Returns whether all of it stays among
    /// its own terminals.
    ///
    /// # Errors
    /// Where it cannot be followed to the end.
    pub fn follow(
        &mut self,
        model: &Model,
        owner: Owner,
        starts: impl IntoIterator<Item = PortId>,
    ) -> Result<bool, Lost> {
        self.clear();
        for port in starts {
            self.add(FrameSet::all(port));
        }
        // A leak is one, whatever else cannot be followed.
        let mut deep = None;
        let mut next = 0;
        while let Some(at) = self.queue.get(next) {
            let at = *at as usize;
            next += 1;
            let tail = std::mem::replace(&mut self.open[at], Tail::EMPTY);
            if tail.is_empty() {
                continue;
            }
            let mut from = self.states[at];
            from.tail = tail;
            let followed = step(model, &from, |_, to| match model.far(to.port) {
                Far::Nowhere => {}
                Far::Terminal(whose) if whose == owner => self.carried = true,
                Far::Terminal(_) => self.foreign.push(to.port),
                Far::Port(port) => self.add(to.at(port)),
            });
            deep = deep.or(followed.err());
            if self.states.len() > MOST_STATES {
                return Err(Lost::Many);
            }
        }
        debug_assert!(
            self.open.iter().all(|tail| tail.is_empty()),
            "what may be sent is followed to its end"
        );
        debug_assert_eq!(
            self.states.len(),
            self.open.len(),
            "of every state it is known what is open"
        );
        match deep {
            Some(deep) if self.foreign.is_empty() => Err(deep.into()),
            _ => Ok(self.foreign.is_empty()),
        }
    }

    /// The states, in the order in which they were found.
    pub fn states(&self) -> &[FrameSet] {
        &self.states
    }

    /// Ports towards terminals of others that the frames may leave by.
    pub fn foreign(&self) -> &[PortId] {
        &self.foreign
    }

    /// Does any of the frames reach a terminal of its owner?
    pub fn is_carried(&self) -> bool {
        self.carried
    }

    fn clear(&mut self) {
        self.carried = false;
        self.states.clear();
        self.open.clear();
        self.queue.clear();
        self.foreign.clear();
        if !self.index.is_empty() {
            self.index.clear();
        }
    }

    fn add(&mut self, state: FrameSet) {
        let known = if self.states.len() <= FEW {
            self.states.iter().position(|known| known.is_beside(&state))
        } else {
            self.by_hash(&state)
        };
        let Some(at) = known else {
            let at = u32::try_from(self.states.len()).expect("fewer than MOST_STATES");
            self.states.push(state);
            self.open.push(state.tail);
            self.queue.push(at);
            return;
        };
        debug_assert!(
            self.states[at].is_beside(&state),
            "a state is found again by all that tells it apart"
        );
        let more = state.tail.without(self.states[at].tail);
        if more.is_empty() {
            return;
        }
        self.states[at].tail = self.states[at].tail.or(more);
        if self.open[at].is_empty() {
            self.queue.push(u32::try_from(at).expect("fewer than MOST_STATES"));
        }
        self.open[at] = self.open[at].or(more);
    }

    fn by_hash(&mut self, state: &FrameSet) -> Option<usize> {
        for at in self.index.len()..self.states.len() {
            let number = u32::try_from(at).expect("fewer than MOST_STATES");
            self.index.insert(place(&self.states[at]), number);
        }
        self.index.get(&place(state)).map(|at| *at as usize)
    }
}

fn place(state: &FrameSet) -> StateKey {
    let mut pushed = [Symbol::NONE; super::state::MOST_PUSHED];
    pushed[..state.pushed().len()].copy_from_slice(state.pushed());
    (state.port, pushed, state.mac())
}
