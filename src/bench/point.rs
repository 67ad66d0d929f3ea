//! One row's question: a value of every dimension.
//!
//! Invariant: a value reads what it prints, so that a row can be asked for again.

use std::fmt;
use std::str::FromStr;

use crate::wire::Vid;

/// Sizes of the frames of a workload, in octets on the wire: FCS and tag are in, preamble and gap
/// are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// All alike, 64 to 1522.
    Fixed(u16),
    /// CSIT's mix: 28 of 64, 16 of 570, 4 of 1518.
    Imix,
}

impl Size {
    /// Of 48 frames of the mix: size, and how many have it.
    pub const IMIX: [(u16, usize); 3] = [(64, 28), (570, 16), (1518, 4)];
}

/// The order in which tenants' frames come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Each frame's VLAN is drawn evenly.
    Uniform,
    /// The VLAN of rank k is drawn with weight 1/k.
    Zipf,
    /// One VLAN after the other.
    RoundRobin,
}

/// How many frames stand in memory at once. What a set is made of is in `bench/set.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// As many as fit the level-2 cache together with tables and outputs.
    L2,
    /// As many as fill, with tables and outputs, several level-2 caches and a part of the last one.
    L3,
    /// So many that their first lines alone are four times the last cache.
    Dram,
    /// That many.
    Frames(u32),
}

/// Where frames stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One behind the other, each from a multiple of 64 octets on.
    Packed,
    /// In slots of 2,112 octets, as pools of buffers have them (2,048 would alias in the caches).
    Slots,
}

/// What is done to the tag of a frame that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// From trunk to trunk; another VID.
    Translate,
    /// From a trunk to the tenant's access port; the tag comes off.
    Pop,
    /// From the tenant's access port to a trunk; a tag goes on.
    Push,
}

/// How many frames the fast path is given at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// That many to each call of `process`, 1 to 512.
    Batch(u16),
    /// One to each call of `forward`, as the simulator does.
    Single,
}

/// Code of the fast path, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// Whichever the fast path takes for the best.
    Auto,
    /// No vector instructions beyond what every processor of the target has.
    Scalar,
    /// AVX2.
    Avx2,
    /// AVX-512.
    Avx512,
}

/// The most frames of one batch.
pub const MOST_BATCH: usize = 512;

impl Feed {
    /// Frames of one call.
    pub fn frames(self) -> usize {
        match self {
            Self::Batch(n) => usize::from(n),
            Self::Single => 1,
        }
    }
}

/// A row of the table before it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Octets of the frames.
    pub size: Size,
    /// VLANs of each circuit, 1 to 4094; each is one tenant.
    pub vlans: u16,
    /// In which order they come.
    pub order: Order,
    /// Circuits whose frames are mixed, for each core.
    pub circuits: u16,
    /// Frames in memory, for each core.
    pub set: Set,
    /// Where they stand.
    pub layout: Layout,
    /// Malformed or forbidden frames, in percent.
    pub bad: u8,
    /// Frames over their tenant's rate, in percent.
    pub policed: u8,
    /// What is done to the tag.
    pub operation: Operation,
    /// Code of the fast path.
    pub kernel: Kernel,
    /// Frames of one call.
    pub feed: Feed,
    /// Cores, each with its own circuits, tables and memory.
    pub cores: u8,
}

impl Point {
    /// Where the default run starts from: every other of its rows differs in one dimension.
    pub const BASE: Self = Self {
        size: Size::Fixed(64),
        vlans: 3000,
        order: Order::Uniform,
        circuits: 1,
        set: Set::L3,
        layout: Layout::Slots,
        bad: 0,
        policed: 0,
        operation: Operation::Translate,
        kernel: Kernel::Auto,
        feed: Feed::Batch(256),
        cores: 1,
    };

    /// Tenants of one core.
    pub fn tenants(&self) -> u32 {
        u32::from(self.circuits) * u32::from(self.vlans)
    }

    /// Octets of memory that a frame takes, on average, rounded up to a line.
    pub fn stride(&self) -> u64 {
        match (self.layout, self.size) {
            (Layout::Slots, _) => 2_112,
            (Layout::Packed, Size::Imix) => 384,
            (Layout::Packed, Size::Fixed(size)) => u64::from(size).next_multiple_of(64),
        }
    }

    /// Why this point cannot be measured anywhere, if so.
    ///
    /// # Errors
    /// The reason, in a sentence without a full stop.
    pub fn check(&self) -> Result<(), String> {
        if !self.kernel.is_available() {
            return Err(format!("this build has no kernel `{}` for this processor", self.kernel));
        }
        let shares = u32::from(self.bad) + u32::from(self.policed);
        if shares > 100 {
            return Err(format!(
                "{}% bad and {}% policed frames are more than all",
                self.bad, self.policed
            ));
        }
        if self.operation != Operation::Translate && self.tenants() + u32::from(self.circuits) > 60_000 {
            return Err(format!(
                "{} gives each of {} tenants an access port, and a descriptor has room for 60,000 ports",
                self.operation,
                self.tenants()
            ));
        }
        Ok(())
    }

    /// The values, in the order of the table's columns.
    pub fn values(&self) -> [String; 12] {
        [
            self.size.to_string(),
            self.vlans.to_string(),
            self.order.to_string(),
            self.circuits.to_string(),
            self.set.to_string(),
            self.layout.to_string(),
            self.bad.to_string(),
            self.policed.to_string(),
            self.operation.to_string(),
            self.kernel.to_string(),
            self.feed.to_string(),
            self.cores.to_string(),
        ]
    }

    /// Names of the dimensions, as flags, columns and JSON have them.
    pub const NAMES: [&'static str; 12] = [
        "size",
        "vlans",
        "order",
        "circuits",
        "set",
        "layout",
        "bad",
        "policed",
        "operation",
        "kernel",
        "batch",
        "cores",
    ];
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in Self::NAMES.iter().zip(self.values()).enumerate() {
            write!(f, "{}--{name} {value}", if i == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// Names for values of a closed list, read and printed alike.
macro_rules! named {
    ($type:ident { $($value:ident = $name:literal),* $(,)? } $(else $other:ident($inner:ident) $range:literal)?) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$value => f.pad($name),)*
                    $(Self::$other(n) => f.pad(&n.to_string()),)?
                }
            }
        }
        impl FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($name => return Ok(Self::$value),)*
                    _ => {}
                }
                $(if let Some(n) = text.parse::<$inner>().ok().filter(|n| $type::takes(*n)) {
                    return Ok(Self::$other(n));
                })?
                let known: &[&str] = &[$(concat!("`", $name, "`"),)* $($range)?];
                Err(format!("it is one of {}", known.join(", ")))
            }
        }
    };
}

named!(Size { Imix = "imix" } else Fixed(u16) "a number from 64 to 1522");
named!(Order { Uniform = "uniform", Zipf = "zipf", RoundRobin = "round-robin" });
named!(Set { L2 = "l2", L3 = "l3", Dram = "dram" } else Frames(u32) "a number of frames from 16 to 134217728");
named!(Layout { Packed = "packed", Slots = "slots" });
named!(Operation { Translate = "translate", Pop = "pop", Push = "push" });
named!(Kernel { Auto = "auto", Scalar = "scalar", Avx2 = "avx2", Avx512 = "avx512" });
named!(Feed { Single = "single" } else Batch(u16) "a number from 1 to 512");

impl Size {
    fn takes(n: u16) -> bool {
        (64..=1522).contains(&n)
    }
}
impl Set {
    fn takes(n: u32) -> bool {
        (16..=1 << 27).contains(&n)
    }
}
impl Feed {
    fn takes(n: u16) -> bool {
        (1..=MOST_BATCH).contains(&usize::from(n))
    }
}

/// The most VLANs of a circuit.
pub const MOST_VLANS: u16 = Vid::RESERVED.get() - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_what_it_prints() {
        assert_eq!("imix".parse(), Ok(Size::Imix));
        assert_eq!("1522".parse(), Ok(Size::Fixed(1522)));
        assert_eq!("round-robin".parse(), Ok(Order::RoundRobin));
        assert_eq!("single".parse(), Ok(Feed::Single));
        assert_eq!(Set::Frames(4096).to_string().parse(), Ok(Set::Frames(4096)));
        let wrong = "63".parse::<Size>().expect_err("too short");
        assert_eq!(wrong, "it is one of `imix`, a number from 64 to 1522");
    }

    #[test]
    fn csits_mix_has_the_mean_that_csit_prints() {
        let frames: usize = Size::IMIX.iter().map(|(_, n)| n).sum();
        let octets: usize = Size::IMIX.iter().map(|(size, n)| usize::from(*size) * n).sum();
        let mean = octets as f64 / frames as f64;
        assert_eq!((frames, format!("{mean:.2}")), (48, "353.83".to_owned()));
    }

    #[test]
    fn shares_above_the_whole_and_too_many_ports_are_refused() {
        let bad = Point {
            bad: 60,
            policed: 50,
            ..Point::BASE
        };
        assert!(bad.check().is_err());
        let ports = Point {
            circuits: 1024,
            operation: Operation::Pop,
            ..Point::BASE
        };
        assert!(ports.check().is_err_and(|why| why.contains("60,000 ports")));
        assert_eq!(Point::BASE.check(), Ok(()));
    }
}
