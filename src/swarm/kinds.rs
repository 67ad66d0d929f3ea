//! The kinds of what may go wrong in a world, and the bounds within which a world is drawn.

use std::fmt;
use std::str::FromStr;

use super::dice::Dice;
use crate::study::draft::Time;
use crate::units::SimDuration;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A kind of what may go wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $name,)* }
        impl Kind {
            /// Every kind, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The kind's stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

kinds! {
    /// Links are cut, and some made whole again.
    Cut = "cut",
    /// Links go up and down.
    Flap = "flap",
    /// Links lose frames.
    Lose = "lose",
    /// Links corrupt frames.
    Corrupt = "corrupt",
    /// Links double frames.
    Duplicate = "duplicate",
    /// Transit routers let go of VBRs.
    Detach = "detach",
    /// Calls of the API are never made.
    LostCall = "lost-call",
    /// Calls of the API are made twice.
    RepeatedCall = "repeated-call",
    /// Calls of the API are made by somebody else.
    WrongHand = "wrong-hand",
    /// Calls of the API that fit no sensible order.
    StrayCall = "stray-call",
    /// The partner's operator gives a service another VLAN. Planted: may leak.
    Misconnect = "misconnect",
    /// The partner sells a port with another VLAN than its switch has. Planted: may leak.
    Mistype = "mistype",
    /// A switch has a fault that real ones had. Planted: may leak.
    Quirk = "quirk",
}

impl Kind {
    /// Is it a mistake that an isolation check must catch, and no healthy world has?
    pub const fn is_planted(self) -> bool {
        matches!(self, Self::Misconnect | Self::Mistype | Self::Quirk)
    }
    /// The kinds of healthy worlds.
    pub fn healthy() -> Vec<Self> {
        Self::ALL.iter().copied().filter(|kind| !kind.is_planted()).collect()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            format!("`{text}` is no kind of fault; they are {}, or none", names.join(", "))
        })
    }
}

/// Within what a world is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Tenants, at least and at most, 1 to 64.
    pub tenants: (u64, u64),
    /// Kinds that may be on, sorted.
    pub kinds: Vec<Kind>,
    /// How long a world lasts, 100 ms to 1 h.
    pub duration: SimDuration,
}

impl Bounds {
    /// The most tenants of a world.
    pub const MOST_TENANTS: u64 = 64;
    /// The shortest world.
    pub const SHORTEST: SimDuration = SimDuration::from_millis(100);
    /// The longest world.
    pub const LONGEST: SimDuration = SimDuration::from_secs(3_600);

    /// The command that tries the world of a seed again.
    pub fn command(&self, seed: u64) -> String {
        let names: Vec<&str> = self.kinds.iter().map(|kind| kind.as_str()).collect();
        let kinds = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(",")
        };
        let (low, high) = self.tenants;
        let time = Time(self.duration);
        format!("trunklab swarm --seeds 1 --first {seed} --tenants {low}..{high} --duration {time} --faults {kinds}")
    }
}

impl Default for Bounds {
    /// Healthy worlds of one to four tenants that last a second.
    fn default() -> Self {
        Self {
            tenants: (1, 4),
            kinds: Kind::healthy(),
            duration: SimDuration::from_secs(1),
        }
    }
}

/// Swarm testing: first which kinds are on, each by the toss of a coin, then what happens. A kind
/// that is never off hides what only happens without it. Of planted kinds one is always on.
pub(super) fn choose(dice: &mut Dice, among: &[Kind]) -> Vec<Kind> {
    let planted: Vec<Kind> = among.iter().copied().filter(|kind| kind.is_planted()).collect();
    let one = (!planted.is_empty()).then(|| dice.of(&planted));
    let on = |kind: &Kind| dice.one_in(2) || Some(*kind) == one;
    among.iter().copied().filter(on).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_by_the_name_it_prints() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(*kind));
        }
        assert!("cuts".parse::<Kind>().unwrap_err().contains("cut, flap"));
    }

    #[test]
    fn each_kind_is_on_in_some_worlds_and_off_in_others_and_a_planted_one_is_never_missing() {
        let all = Kind::ALL;
        let mut on = vec![0; all.len()];
        for seed in 0..200 {
            let chosen = choose(&mut Dice::new(seed, "kinds"), all);
            assert!(chosen.iter().any(|kind| kind.is_planted()));
            for (count, kind) in on.iter_mut().zip(all) {
                *count += u32::from(chosen.contains(kind));
            }
        }
        assert!(on.iter().all(|n| (40..190).contains(n)), "{on:?}");
        assert!(
            choose(&mut Dice::new(1, "kinds"), &Kind::healthy())
                .iter()
                .all(|kind| !kind.is_planted())
        );
    }
}
