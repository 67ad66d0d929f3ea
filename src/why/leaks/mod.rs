//! The cause of leaks: the smallest change of the scenario that closes them, found by trying.
//!
//! What is tried are the deviations from the contract that may matter to where frames go, and settings of
//! devices. Each is made in the expanded scenario, which is resolved anew; then the proof is held, or the
//! run is done, or vectors are sent, once more. No line is named that was not tried.
//!
//! - `change`: what may be changed. `search`: the smallest set of changes that closes leaks.
//! - `healing`: a scenario with changes made. `proofs`, `runs`: what its proof and its run show.
//! - `told`: what is told of it.

mod change;
mod healing;
mod proofs;
mod runs;
mod search;
mod told;

pub use change::{Change, changes};
pub use healing::{Healed, Healing};
pub use proofs::of_proof;
pub use runs::of_run;
pub use search::{Closes, Found, Search, Seen, Set};
pub use told::{LeakCause, LeakCauses, OwnFault, What};
