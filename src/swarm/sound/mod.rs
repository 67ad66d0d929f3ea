//! Sound worlds: everybody keeps to what was agreed, and nothing is broken.
//!
//! Whatever fails in such a world is a false alarm, by construction. So nothing is drawn here that
//! is a mistake, however common: no VLAN is sold twice, no list lacks a VLAN, no line is slower than
//! what is sold over it, and nobody sends more than it bought, but for tenants that are told apart.
//!
//! A world's life: within its first quarter everything is provisioned; from half of it on its flows
//! run, by then resolved; in its last tenth nothing begins any more.
//!
//! - `ground`: switches, trunks, devices, circuits. `service`: how each tenant comes to its VBR.
//!   `site`: its data centre and VPC. `flows`, `asked`: what it sends, and what is asked of it.
//! - `plant`, `keys`: a fault or two, for a twin of a world. `named`: who was named for it. `known`: what devices are known to let pass. `trial`: a world and its twin, judged.
//! - `fleet`: many of them, and what they came to.

mod asked;
mod fleet;
mod flows;
mod ground;
mod keys;
mod known;
mod named;
mod plant;
mod service;
mod site;
mod trial;

pub use fleet::{BlamedWorld, Fleet, Sailed, sail};
pub use named::Named;
pub use plant::{Planting, Plants};
pub use trial::{Alarm, SoundTrial, Suite, SuiteFinding, SuiteTold, Twin, no_suite, try_sound};

use super::dice::{Dice, thousandths};
use super::draw::DrawnWorld;
use crate::study::draft::{Draft, Field, Part, Section, Value};
use crate::units::SimDuration;
use ground::Ground;
use service::Service;

/// When everything is provisioned, in thousandths of a world.
const OPEN: u64 = 230;
/// When the first flows begin, and when the last have ended, but for those without a `stop`.
const FLOWS: (u64, u64) = (520, 900);

/// Within what sound worlds are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundBounds {
    /// Tenants, at least and at most, 1 to 64.
    pub tenants: (u64, u64),
    /// How long a world lasts, 2 s to 1 h.
    pub duration: SimDuration,
}

impl SoundBounds {
    /// The shortest: addresses resolve a second before what counts.
    pub const SHORTEST: SimDuration = SimDuration::from_secs(2);
}

impl Default for SoundBounds {
    /// Worlds of one to four tenants that last four seconds.
    fn default() -> Self {
        Self {
            tenants: (1, 4),
            duration: SimDuration::from_secs(4),
        }
    }
}

/// What all parts of a drawing need.
struct Sketch {
    seed: u64,
    span: SimDuration,
    ground: Ground,
    services: Vec<Service>,
    flows: Vec<flows::Flow>,
    options: Vec<(&'static str, String)>,
    draft: Draft,
}

impl Sketch {
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
    fn chose(&mut self, what: &'static str, which: impl Into<String>) {
        self.options.push((what, which.into()));
    }
}

/// The sound world of a seed within these bounds.
pub fn draw_sound(seed: u64, bounds: &SoundBounds) -> DrawnWorld {
    let mut dice = Dice::new(seed, "sound");
    let tenants = dice.between(bounds.tenants.0, bounds.tenants.1);
    let lead = |key| field(key, Value::Time(thousandths(bounds.duration, 4)));
    let mut sketch = Sketch {
        seed,
        span: bounds.duration,
        ground: Ground::draw(seed, tenants),
        services: Vec::new(),
        flows: Vec::new(),
        options: Vec::new(),
        draft: Draft {
            name: format!("sound-{seed}"),
            seed,
            duration: bounds.duration,
            policies: policies(&mut dice),
            lead_times: vec![lead("route_entry"), lead("cen_attachment")],
            parts: Vec::new(),
        },
    };
    ground::write(&mut sketch);
    for tenant in 1..=tenants {
        service::draw(&mut sketch, tenant);
    }
    site::write(&mut sketch);
    service::write(&mut sketch);
    flows::draw(&mut sketch);
    asked::draw(&mut sketch);
    DrawnWorld {
        seed,
        tenants,
        kinds: Vec::new(),
        options: sketch.options,
        draft: sketch.draft,
    }
}

fn field(key: &'static str, value: Value) -> Field {
    Field {
        key,
        value,
        optional: true,
    }
}

/// What the documentation leaves open is read in all ways; most worlds leave it at the defaults.
fn policies(dice: &mut Dice) -> Vec<Field> {
    let mut all = Vec::new();
    let mut word = |dice: &mut Dice, key, words: &[&'static str]| {
        if dice.one_in(4) {
            all.push(field(key, Value::from(dice.of(words))));
        }
    };
    word(dice, "octets_policing", &["l1", "l2_fcs", "l2", "l3"]);
    word(dice, "counts_tags", &["yes", "no"]);
    word(dice, "policer_burst", &["50ms", "200ms"]);
    word(dice, "octets_billing", &["l1", "l2_fcs", "l2"]);
    word(dice, "billing_point", &["vbr_egress", "circuit_egress"]);
    word(dice, "outbound_from", &["confirm", "attach"]);
    word(dice, "spec_1g", &["1024000000"]);
    word(dice, "sum_of_specs", &["enforced", "unenforced"]);
    all
}
