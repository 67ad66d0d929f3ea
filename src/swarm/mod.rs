//! Random worlds: does what must always hold hold in worlds that nobody would draw?
//!
//! Invariant: a world is a function of its seed; it can be drawn, run and judged again.
//!
//! A world is [drawn](draw()) from its seed, run twice, and judged: first safety, then liveness.
//!
//! - `kinds`, `dice`: what may go wrong, and by what it is drawn. `draw`: the drawing.
//! - `trial`: one world, judged. `witness`, `lowering`, `alive`, `path`: what it is held against
//!   besides the checks.
//! - `sound`: worlds in which nothing is broken, and their twins with a fault.
//! - `crew`: many worlds on many cores. `minimal`: the smallest world that still fails.

mod alive;
mod crew;
mod dice;
mod draw;
mod forecast;
mod kinds;
mod lowering;
mod minimal;
mod path;
mod sound;
mod trial;
mod witness;

pub use alive::{QUIET_FLOW, claims};
pub use crew::{Flight, Flown, fly};
pub use draw::{DrawnWorld, draw};
pub use forecast::by_proof;
pub use kinds::{Bounds, Kind};
pub use minimal::{Minimal, minimal};
pub use sound::{
    Alarm, BlamedWorld, Fleet, Named, Planting, Plants, Sailed, SoundBounds, SoundTrial, Suite, SuiteFinding,
    SuiteTold, Twin, draw_sound, no_suite, sail, try_sound,
};
pub use trial::{Failure, Forecast, Oracle, Trial, foretells_nothing, try_draft, try_world};
pub use witness::Witness;
