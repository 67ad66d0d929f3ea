//! Rivals: other ways to take a tagged frame, find its tenant by VID, rewrite the VID and count it.
//!
//! Each runs on this machine in turns with ours, so that ratios are measured and not quoted. Each
//! leaves out duties that ours has, and says which ([`Contender::does_not`]). Each checks its own
//! account against the schedule before it tells a time: a round that lost a frame is an error.
//!
//! Frames are rewritten where they lie. VIDs are mirrored, `v` to `vlans + 1 - v`, which undoes
//! itself: so every pass finds every frame with a VID that the table knows, however often it ran.
//!
//! A turn of the rivals that own all their frames (all but XDP and Open vSwitch) writes every
//! VID afresh, makes one pass untimed, and then times as many as it is told.

mod bpf;
mod child;
mod cpus;
mod dpdk;
mod field;
mod ledger;
mod ovs;
mod parsers;
mod sys;
mod xdp;

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;

use super::Contender;
use child::Tools;
use field::Field;

/// What all are given to do.
#[derive(Debug, Clone)]
pub struct Job {
    /// How many frames lie in memory.
    pub frames: u32,
    /// How many VIDs are in use, from 1.
    pub vlans: u16,
    /// Length of a frame, without FCS.
    pub octets: u16,
    /// From the start of one frame to the start of the next, in octets.
    pub slot: u32,
    /// VID of each frame, `1..=vlans`.
    pub order: Vec<u16>,
}

impl Job {
    /// Is it one that can be run at all?
    fn check(&self) -> Result<(), String> {
        let octets = u32::from(self.octets);
        if self.frames == 0 || self.order.len() != self.frames as usize {
            return Err(format!("{} VIDs for {} frames", self.order.len(), self.frames));
        }
        if !(1..=4094).contains(&self.vlans) {
            return Err(format!("{} VLANs, where 1 to 4094 can be", self.vlans));
        }
        if octets < 18 || octets > self.slot || octets > 1518 {
            return Err(format!("frames of {octets} octets in slots of {}", self.slot));
        }
        match self.order.iter().find(|&&vid| vid == 0 || vid > self.vlans) {
            Some(vid) => Err(format!("VID {vid} is outside 1 to {}", self.vlans)),
            None => Ok(()),
        }
    }
}

/// A rival that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    /// etherparse, the whole packet, and a `HashMap`.
    EtherparsePacket,
    /// etherparse, two headers, and a `HashMap`.
    EtherparseSlices,
    /// pnet's packet views and a `HashMap`.
    Pnet,
    /// A program in the kernel's driver hook.
    Xdp,
    /// What driving any such program costs.
    XdpFloor,
    /// A loop over DPDK's mbufs.
    Dpdk,
    /// The same loop over plain slots.
    CLoop,
    /// Open vSwitch's userspace datapath.
    Ovs,
}

impl Rival {
    /// Each of them, in the order in which tables name them.
    pub const ALL: [Self; 8] = [
        Self::Dpdk,
        Self::CLoop,
        Self::XdpFloor,
        Self::Xdp,
        Self::EtherparseSlices,
        Self::EtherparsePacket,
        Self::Pnet,
        Self::Ovs,
    ];
    /// The word that asks for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EtherparsePacket => "etherparse-packet",
            Self::EtherparseSlices => "etherparse-slices",
            Self::Pnet => "pnet",
            Self::Xdp => "xdp",
            Self::XdpFloor => "xdp-floor",
            Self::Dpdk => "dpdk",
            Self::CLoop => "c-loop",
            Self::Ovs => "ovs",
        }
    }
    /// How to get what it needs.
    pub const fn how(self) -> &'static str {
        match self {
            Self::EtherparsePacket | Self::EtherparseSlices | Self::Pnet => "it is built in",
            Self::Xdp | Self::XdpFloor => "run as root (or with CAP_BPF and CAP_NET_ADMIN) on Linux 5.10 or later",
            Self::Dpdk => "apt-get install gcc pkg-config libdpdk-dev",
            Self::CLoop => "apt-get install gcc",
            Self::Ovs => "apt-get install openvswitch-switch-dpdk",
        }
    }
}

impl fmt::Display for Rival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Rival {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|rival| rival.word() == word);
        found.ok_or_else(|| {
            format!(
                "no rival is called `{word}`; there are {}",
                Self::ALL.map(Self::word).join(", ")
            )
        })
    }
}

/// A rival that was asked for.
pub enum Found {
    /// It can take its turns. Dropping it ends its processes and removes its files.
    Ready(Box<dyn Contender>),
    /// It is not to be had here.
    Absent {
        /// Which.
        name: &'static str,
        /// What is missing, or what failed.
        why: String,
        /// How to get it.
        how: &'static str,
    },
}

/// The rivals asked for, in that order, each ready or with the reason why not.
///
/// Takes seconds: two of them are compiled, one is a pair of daemons. Call it on a thread that lives as long as
/// they: their processes end with it. They stand still except in their rounds. DPDK and Open vSwitch run
/// on the last processor that the caller may use; the others run where the system puts them.
pub fn find(job: &Job, which: &[Rival]) -> Vec<Found> {
    find_on(&std::env::var_os("PATH").unwrap_or_default(), job, which)
}

/// The same with programs (a C compiler, daemons) looked for in these folders only.
pub fn find_on(path: &OsStr, job: &Job, which: &[Rival]) -> Vec<Found> {
    let tools = Tools::on(path);
    // The in-process rivals share the frames: one at a time runs.
    let mut shared = None;
    let mut field = || Rc::clone(shared.get_or_insert_with(|| Rc::new(RefCell::new(Field::of(job)))));
    let ready = |rival: &Rival| {
        let made: Result<Box<dyn Contender>, String> = job.check().and_then(|()| match rival {
            Rival::EtherparsePacket => Ok(parsers::etherparse_packet(job, field())),
            Rival::EtherparseSlices => Ok(parsers::etherparse_slices(job, field())),
            Rival::Pnet => Ok(parsers::pnet(job, field())),
            Rival::Xdp => xdp::demux(job),
            Rival::XdpFloor => xdp::floor(job),
            Rival::Dpdk => dpdk::dpdk(&tools, job),
            Rival::CLoop => dpdk::plain(&tools, job),
            Rival::Ovs => ovs::start(&tools, job),
        });
        match made {
            Ok(contender) => Found::Ready(contender),
            Err(why) => Found::Absent {
                name: rival.word(),
                why,
                how: rival.how(),
            },
        }
    };
    which.iter().map(ready).collect()
}

/// Duties that none of the rivals has.
macro_rules! leaves_out {
    ($($more:literal),* $(,)?) => {
        &[
            "reasons for drops",
            "VID 0 and 4095",
            "a second tag",
            "TPIDs other than 0x8100",
            "reserved destinations",
            "group source addresses",
            "lengths",
            "bound source addresses",
            "two-rate three-colour policing",
            $($more),*
        ]
    };
}
use leaves_out;
