//! Draws a world: topology, tenants, calls of the API, traffic, faults, and a quiet end.
//!
//! The first six tenths of a world are wild. Then every fault is mended, whatever sends stops, and
//! from three quarters on each tenant pings its VPC: who could be reached must be ([`alive`]).
//!
//! [`alive`]: super::alive

mod calls;
mod faults;
mod topology;
mod traffic;

use super::dice::{Dice, thousandths};
use super::kinds::{Bounds, Kind, choose};
use crate::study::draft::{Draft, Field, Part, Section, Value};
use crate::units::SimDuration;

/// When the wild part ends, in thousandths of a world.
const WILD: u64 = 600;
/// When the quiet pings start and stop.
const QUIET: (u64, u64) = (750, 950);

/// A drawn world.
#[derive(Debug, Clone)]
pub struct DrawnWorld {
    /// Its seed.
    pub seed: u64,
    /// How many tenants it has.
    pub tenants: u64,
    /// The kinds that are on; what a kind may do it need not have done.
    pub kinds: Vec<Kind>,
    /// What else was chosen, as words: key and value.
    pub options: Vec<(&'static str, String)>,
    /// What it is.
    pub draft: Draft,
}

/// What all parts of a drawing need.
struct Sketch {
    seed: u64,
    tenants: u64,
    kinds: Vec<Kind>,
    span: SimDuration,
    options: Vec<(&'static str, String)>,
    /// Each tenant's service: its VLAN at the partner and the circuit, from tenant 1.
    services: Vec<(u64, &'static str)>,
    links: Vec<String>,
    /// The switch that circuit `c1` begins at.
    c1_at: &'static str,
    /// Is there a queue that a burst within its spec overflows?
    narrow: bool,
    draft: Draft,
}

impl Sketch {
    fn has(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }
    fn dice(&self, purpose: &str) -> Dice {
        Dice::new(self.seed, purpose)
    }
    /// So many thousandths of the world's time.
    fn at(&self, thousandth: u64) -> SimDuration {
        thousandths(self.span, thousandth)
    }
    fn add(&mut self, section: Section, part: Part) {
        self.draft.add(section, part);
    }
}

/// The world of a seed within these bounds.
pub fn draw(seed: u64, bounds: &Bounds) -> DrawnWorld {
    let mut dice = Dice::new(seed, "kinds");
    let tenants = dice.between(bounds.tenants.0, bounds.tenants.1);
    let lead = |key| Field {
        key,
        value: Value::Time(thousandths(bounds.duration, 4)),
        optional: false,
    };
    let mut sketch = Sketch {
        seed,
        tenants,
        kinds: choose(&mut dice, &bounds.kinds),
        span: bounds.duration,
        options: Vec::new(),
        services: Vec::new(),
        links: Vec::new(),
        c1_at: "ap1",
        narrow: false,
        draft: Draft {
            name: format!("world-{seed}"),
            seed,
            duration: bounds.duration,
            policies: vec![],
            lead_times: vec![lead("route_entry"), lead("cen_attachment")],
            parts: Vec::new(),
        },
    };
    topology::draw(&mut sketch);
    calls::draw(&mut sketch);
    traffic::draw(&mut sketch);
    faults::draw(&mut sketch);
    DrawnWorld {
        seed,
        tenants,
        kinds: sketch.kinds,
        options: sketch.options,
        draft: sketch.draft,
    }
}
