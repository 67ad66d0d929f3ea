//! What an exploration found, as data.

use std::collections::BTreeMap;

use super::coupling::Shared;
use super::invariants::Invariant;
use crate::rehearse::states::HalfDone;
use crate::units::ByteCount;

/// How far an exploration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Faults in one sequence, over all tenants.
    pub faults: u8,
    /// How often the conversion of a tenant that is explored alone is begun: once, and again after a way
    /// back.
    pub conversions: u8,
    /// The same for each of several that are explored together.
    pub conversions_together: u8,
    /// States of one group of tenants.
    pub states: u32,
    /// Memory of one group, by the sizes of what is kept.
    pub memory: ByteCount,
    /// Coupled tenants that are explored together.
    pub together: u8,
    /// Among tenants that contend for bandwidth or the number of ports, leave out what is of one tenant
    /// alone; each of them is then explored alone as well.
    pub reduced: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            faults: 2,
            conversions: 2,
            conversions_together: 1,
            states: 4_000_000,
            memory: ByteCount::new(2 << 30),
            together: 3,
            reduced: true,
        }
    }
}

/// Which bound ended it early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// So many states.
    States(u32),
    /// So much memory.
    Memory(ByteCount),
    /// More tenants are coupled than are explored together: so many.
    Together(usize),
}

/// One deed of a sequence, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who does it.
    pub by: &'static str,
    /// In whose conversion.
    pub tenant: String,
    /// What.
    pub deed: String,
    /// Is it a fault?
    pub fault: bool,
}

/// Something that must hold and does not, with the shortest way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What must hold.
    pub invariant: Invariant,
    /// What was seen.
    pub says: String,
    /// The shortest sequence of deeds that shows it.
    pub sequence: Vec<Told>,
    /// The same as a scenario that replays it; or why no scenario can.
    pub scenario: Result<String, String>,
}

/// What was seen of one name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// States in which a conversion stands there.
    pub states: u64,
    /// In so many of them the call that leads on was accepted.
    pub goes_on: u64,
    /// In so many of them the calls that lead back ended where nothing has begun.
    pub goes_back: u64,
    /// In the others the call that leads on was refused, by these codes.
    pub blocked: BTreeMap<&'static str, u64>,
}

/// What was found of tenants that were explored together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Their names.
    pub tenants: Vec<String>,
    /// Tenants of the same class, which it speaks for too.
    pub speaks_for: Vec<String>,
    /// What couples them; nothing for one alone.
    pub coupled_by: Vec<Shared>,
    /// Distinct states.
    pub states: u64,
    /// The same by how many faults a sequence to them has.
    pub by_faults: Vec<u64>,
    /// Deeds that led from one state to another.
    pub transitions: u64,
    /// Calls that were accepted and changed nothing.
    pub idle: u64,
    /// Calls that were refused, by code.
    pub refused: BTreeMap<&'static str, u64>,
    /// Deeds of the longest of the shortest sequences.
    pub depth: u32,
    /// Where the conversions stand, by name.
    pub names: BTreeMap<HalfDone, Seen>,
    /// States in which no step leads on, only faults: by the names of all conversions of the group.
    pub terminal: BTreeMap<Vec<HalfDone>, u64>,
    /// States from which no steps lead to a point where each conversion is done or not begun: by the
    /// names, with a shortest sequence to one of them.
    pub stuck: BTreeMap<Vec<HalfDone>, (u64, Vec<Told>)>,
    /// What does not hold; the shortest of each kind.
    pub violations: Vec<Violation>,
    /// Which bound was reached; `None`: these are all.
    pub reached: Option<Reached>,
    /// Was what is of one tenant alone left out?
    pub reduced: bool,
    /// Octets of memory that the states took.
    pub memory: ByteCount,
}

/// What an exploration came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// In every state there is, everything held.
    Pass,
    /// Something does not hold.
    Fail,
    /// A bound was reached, or there was nothing to convert.
    Inconclusive,
}

/// Every interleaving of a plan's conversions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exploration {
    /// How far it went.
    pub bounds: Bounds,
    /// Tenants that were explored together, or alone.
    pub groups: Vec<Group>,
    /// Why tenants of different groups need not be explored together, in sentences.
    pub argument: Vec<String>,
}

impl Exploration {
    /// What it came to. A violation is one though a bound was reached.
    pub fn verdict(&self) -> Verdict {
        if self.groups.iter().any(|group| !group.violations.is_empty()) {
            Verdict::Fail
        } else if self.groups.is_empty() || self.groups.iter().any(|group| group.reached.is_some()) {
            Verdict::Inconclusive
        } else {
            Verdict::Pass
        }
    }

    /// States of all groups.
    pub fn states(&self) -> u64 {
        self.groups.iter().map(|group| group.states).sum()
    }
}
