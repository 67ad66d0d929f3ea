//! The rehearsal of cutovers: legacy VBRs become shared ports here before they do in production.
//!
//! Invariant: an effect, or a way back, that no document states is a named policy or NONE; zero loss
//! is claimed only under the assumption that it rests on.
//!
//! - `rehearsal`: the whole of it. `result`: what it came to. `told`: what one world came to.
//! - `world`, `timing`: the scenario with its cutover and without; when its steps are called.
//! - `probes`, `fates`, `damage`: frames that can judge a budget, what became of them, and what was added.
//! - `stage`: a world against the same without the cutover. `effects`, `faults`: what is assumed, what goes wrong.
//! - `largest`: the longest interruption that keeps a budget. `freeze`, `rights`: may it be attached, who may what.
//! - `conversion`: what is converted, and who has a hand in it.
//! - `before`: the law where a cutover begins. `spoken`: ids as the scenario's names.
//! - `hands`: the calls of a conversion.
//! - `verify`: what saved answers of before and after the real window show, against what was predicted.
//! - `explore`: every interleaving, over exact states.
//! - `states`: every half-done state by name. `ways_back`: how each step is undone, or that it is not. `undone`: a
//!   cutover's own steps, undone.

mod before;
mod conversion;
mod damage;
mod effects;
pub mod explore;
mod fates;
mod faults;
mod freeze;
pub mod hands;
mod largest;
mod probes;
mod rehearsal;
mod result;
mod rights;
mod spoken;
mod stage;
pub mod states;
#[cfg(test)]
mod tests;
mod timing;
mod told;
#[cfg(test)]
mod trials;
mod undone;
pub mod verify;
pub mod ways_back;
mod world;

pub use before::Stands;
pub use conversion::{Actor, Conversion};
pub use damage::Damage;
pub use freeze::Drift;
pub use largest::Bracket;
pub use probes::PROBES_A_GAP;
pub use rehearsal::{Options, rehearse};
pub use result::{Cell, Largest, Outcome, Rehearsal, Run, ServiceTold, StepTold};
pub use rights::Right;
pub use timing::Called;
pub use undone::{AnewTold, CallTold, WayTold};
