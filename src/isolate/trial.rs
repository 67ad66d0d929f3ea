//! A trial: which frames are sent where and when, what changes meanwhile, and what should be seen.

use super::testbed::Testbed;
use crate::forward::Tables;
use crate::ident::{PortNo, TenantId};
use crate::node::{LinkChange, SwitchChange};
use crate::units::{SimDuration, SimTime};

/// Where a tester sends from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sender {
    /// A port where a tester stands in for an end station: index into [`Testbed::places`].
    TestPort(usize),
    /// Spliced into a trunk (index into [`Testbed::trunks`]), towards its `b` end or its `a` end.
    Wire(usize, bool),
}

impl Sender {
    /// The device that hears it, and its port.
    pub fn enters(self, bed: &Testbed) -> (usize, PortNo) {
        match self {
            Self::TestPort(i) => (bed.places[i].device, bed.places[i].port),
            Self::Wire(i, true) => bed.trunks[i].b,
            Self::Wire(i, false) => bed.trunks[i].a,
        }
    }

    /// As reports name it.
    pub fn name(self, bed: &Testbed) -> String {
        match self {
            Self::TestPort(i) => bed.places[i].name.clone(),
            Self::Wire(i, _) => {
                let (device, _) = self.enters(bed);
                format!("{} towards {}", bed.trunks[i].name, bed.devices[device].name)
            }
        }
    }
}

/// What should become of a frame. At a place of another it must never be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expect {
    /// It arrives, whole and once, at another place of its tenant.
    Deliver,
    /// It may arrive, whole and once, at other places of its tenant.
    Own,
    /// It arrives, whole and once, at this place of its tenant and at no other.
    Only(usize),
    /// It arrives nowhere.
    Nobody,
}

/// Why a frame is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// It is the vector's.
    Attack,
    /// A good frame of its tenant, in this round: it shows that the tester would have noticed.
    Control(u16),
    /// Good traffic of somebody else, which should fare as it does without the attack.
    Bystander,
}

/// A frame of a trial.
#[derive(Debug, Clone)]
pub struct Sending {
    /// When.
    pub at: SimTime,
    /// Where.
    pub from: Sender,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its octets, without FCS.
    pub octets: Vec<u8>,
    /// Why.
    pub purpose: Purpose,
    /// What should become of it.
    pub expect: Expect,
}

/// Something that changes while a trial runs.
#[derive(Debug, Clone)]
pub enum Hand {
    /// A device's service is set or removed.
    Switch(usize, SwitchChange),
    /// A place's link changes.
    PlaceLink(usize, LinkChange),
    /// A trunk changes.
    TrunkLink(usize, LinkChange),
}

/// How much of what is others' must be as without the attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compare {
    /// Tables, addresses, buckets and counters of the others.
    pub state: bool,
    /// By how much a bystander's frame may be later than without the attack.
    pub delay: SimDuration,
    /// Without the changes too: they are part of what the others must not feel.
    pub hands: bool,
    /// By how much later frames of the others may come to their policers, which then hold so much less.
    pub shift: SimDuration,
}

/// A trial.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Where the attack comes from, for the matrix.
    pub from: Sender,
    /// Whose the attack is; [`TenantId::NONE`]: the wire's.
    pub attacker: TenantId,
    /// Frames, in order of time.
    pub sendings: Vec<Sending>,
    /// Changes, in order of time.
    pub hands: Vec<(SimTime, Hand)>,
    /// Tables in place of the testbed's own, by device.
    pub tables: Vec<(usize, Tables)>,
    /// Nothing is listened to after this.
    pub end: SimTime,
    /// Is the run repeated without the attack, and compared?
    pub compare: Option<Compare>,
    /// Do the tables here plant a fault that the tester has to notice?
    pub planted: bool,
    /// Must counters of the attacker's services equal what came?
    pub counted: bool,
    /// Octets of the attack, FCS included, that may come to any place at most.
    pub most: Option<u64>,
    /// A VLAN has two owners, one after the other: in whose VLAN a frame is says nothing.
    pub recycled: bool,
    /// Places that belong to another in this trial.
    pub owners: Vec<(usize, TenantId)>,
}

impl Trial {
    /// The same trial without the attack.
    #[must_use]
    pub fn without_attack(&self) -> Self {
        let kept = self.sendings.iter().filter(|s| s.purpose != Purpose::Attack);
        let hands = match self.compare {
            Some(compare) if compare.hands => Vec::new(),
            _ => self.hands.clone(),
        };
        Self {
            sendings: kept.cloned().collect(),
            hands,
            ..self.clone()
        }
    }

    /// How many frames of the vector it sends.
    pub fn attacks(&self) -> usize {
        self.sendings.iter().filter(|s| s.purpose == Purpose::Attack).count()
    }
}
