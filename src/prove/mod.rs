//! The proof: for all frames, is every receiver of a tenant's frame the tenant's own?
//!
//! Invariant: what it proves, it proves of the way that frames take; it runs no frames of its own.
//!
//! What it proves, it proves of running forwarders, and it has no twin of them: `extract` asks
//! copies of them, rows and all, by the entry that frames of a run take, what becomes of every
//! frame at every port. What they answer is the [`Model`]. `explore` follows everything that a
//! tenant may send through all switches; nothing that is on its way may come to a terminal of
//! somebody else. Policers and limits only drop, and so they are not in the model. What is learned
//! is: every address that some frame may teach is asked for.
//!
//! - `symbol`, `cell`, `model`: what a port reads, and what becomes of it.
//! - `probe`, `teach`, `ways`, `extract`: the questions and their answers. `respondent`, `questioned`, `snapshot`, `network`: of whom.
//! - `state`, `explore`: everything on its way. `witness`: a leak as frames to try.
//! - `prover`: keeps a proof through changes. `claims`: writes it down for another to check.

mod cell;
mod claims;
mod explore;
mod extract;
mod model;
mod network;
mod probe;
mod prover;
mod questioned;
mod respondent;
mod snapshot;
mod state;
mod symbol;
mod teach;
mod ways;
mod witness;

pub use cell::{Cell, Out, TooManyAddresses};
pub use claims::{Names, certificate};
pub use explore::{Explorer, Lost, MOST_STATES};
pub use extract::{Asking, Lab, Nature};
pub use model::{Far, Model, NOBODY, Owner, PortId, SymbolRun};
pub use network::{Change, Network, SwitchSeat, Terminal};
pub use probe::Kind;
pub use prover::{Prover, Standing, Starts, prove, starts, starts_of};
pub use questioned::{Known, Questioned};
pub use respondent::Question;
pub use snapshot::{Snapshot, Snapshots, quiet};
pub use state::{FrameSet, MOST_PUSHED, TooDeep, step};
pub use symbol::{Symbol, TPIDS, Tail, VIDS};
pub use witness::{Hop, Leak, leaks};
