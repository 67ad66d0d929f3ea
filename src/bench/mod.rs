//! The fast path by the clock of its own thread: `trunklab bench demux`.
//!
//! Invariant: no rate without balanced books. Every timed frame had every duty done to it: parsed,
//! admitted or dropped by reason, policed, its source checked, counted, rewritten in memory, put in
//! its tenant's own output and drained from there; before and after, every verdict and octet is
//! compared with the schedule. Rates are compared with bare loops over the same memory in the same
//! rounds, never with numbers of another run, and everybody is timed by `clock` alone.
//!
//! A row's way: `point` says what is asked, `grid` which, `set` how many frames that is here;
//! `workload` draws the schedule, `plant` makes the switch, `octets` the frames; `lane` moves them
//! through the fast path into `outbox`; `crew` has a lane on each core; `race` lets it take turns with
//! the rivals of `against`, and `race_text` tells of it; `row` verifies (`verify`), races (`rounds`,
//! `contender`, `touch`, `floor`), balances (`ledger`), and `report` is printed by `text` and `json`.

#[cfg(feature = "rivals")]
pub mod against;
pub mod clock;
mod contender;
mod crew;
mod duties;
mod fault;
mod floor;
mod grid;
mod json;
mod kernel;
mod lane;
mod ledger;
mod machine;
mod octets;
mod outbox;
mod plant;
mod point;
#[cfg(feature = "rivals")]
mod race;
#[cfg(feature = "rivals")]
mod race_text;
mod report;
mod rounds;
mod row;
mod set;
mod slab;
mod stats;
mod text;
mod touch;
mod verify;
mod workload;

pub use contender::{Contender, Timed};
pub use crew::{Bare, Crew, Moving};
pub use duties::{COLOUR, Duties};
pub use fault::{Fault, Kind};
pub use floor::Floor;
pub use grid::{Axes, usual};
pub use json::{FORMAT, json};
pub use lane::{Lane, Window};
pub use ledger::{Balance, Tally, balance};
pub use machine::{Caches, Machine, Reader};
pub use octets::{octets_at, stands_at, write};
pub use outbox::{Open, Outboxes, Taken};
pub use plant::{MTU, Placing, Plant};
pub use point::{Feed, Kernel, Layout, MOST_BATCH, MOST_VLANS, Operation, Order, Point, Set, Size};
#[cfg(feature = "rivals")]
pub use race::{Missing, Race, RaceResult, race, raceable};
#[cfg(feature = "rivals")]
pub use race_text::{RACE_FORMAT, race_human, race_json, race_markdown};
pub use report::{HEADS, LEGEND, PointResult, Report};
pub use rounds::{Samples, interleave, passes_of, step_nanos};
pub use row::{Bound, Effort, Measured, Trouble, measure, too_wide};
pub use slab::Slab;
pub use stats::{FEWEST_ROUNDS, Fairness, Spread, WIDEST};
pub use text::{human, markdown};
pub use touch::touch;
pub use verify::{Told, octets_stand, watched_pass};
pub use workload::{Scheduled, possible, schedule};
