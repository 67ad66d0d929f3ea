//! From (port, VID) to the member of a service.

use super::tables::{PortConfig, PortRole};
use crate::ident::PortNo;
use crate::wire::Vid;

/// A member of a service, by index; or a service alone, for a frame that came in by none of
/// its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    pub(super) service: u32,
    pub(super) member: u32,
}

impl Slot {
    const NONE: Self = Self {
        service: u32::MAX,
        member: u32::MAX,
    };

    /// The same service, entered by none of its members.
    pub const fn stray(self) -> Self {
        Self {
            service: self.service,
            member: u32::MAX,
        }
    }
    /// Does it name a member, or the service alone?
    pub const fn is_stray(self) -> bool {
        self.member == u32::MAX
    }
    #[inline]
    fn some(self) -> Option<Self> {
        (self.service != u32::MAX).then_some(self)
    }
}

const PAGE: usize = 64;
type Page = Option<Box<[Slot; PAGE]>>;

/// The VIDs of a trunk.
#[derive(Debug, Clone)]
enum Lane {
    Empty,
    /// A customer's own trunk has one: it needs no pages.
    One(Vid, Slot),
    /// 64 pages of 64, each there once it is used.
    Pages(Box<[Page; PAGE]>),
}

impl Lane {
    #[inline]
    fn get(&self, vid: Vid) -> Option<Slot> {
        match self {
            Self::Empty => None,
            Self::One(own, slot) => slot.some().filter(|_| *own == vid),
            Self::Pages(pages) => {
                let vid = usize::from(vid.get());
                pages[vid / PAGE].as_ref()?[vid % PAGE].some()
            }
        }
    }

    fn put(&mut self, vid: Vid, slot: Slot) {
        match self {
            Self::Empty => *self = Self::One(vid, slot),
            Self::One(own, there) if *own == vid => *there = slot,
            Self::One(own, there) => {
                let (own, there) = (*own, *there);
                *self = Self::Pages(Box::new([const { None }; PAGE]));
                self.put(own, there);
                self.put(vid, slot);
            }
            Self::Pages(pages) => {
                let vid = usize::from(vid.get());
                pages[vid / PAGE].get_or_insert_with(|| Box::new([Slot::NONE; PAGE]))[vid % PAGE] = slot;
            }
        }
    }
}

#[derive(Debug, Clone)]
struct Port {
    config: PortConfig,
    /// The member of the whole port, or of its untagged frames.
    direct: Slot,
    lane: Lane,
}

/// The ports of a switch with the members on them.
#[derive(Debug, Clone)]
pub struct Lookup {
    ports: Vec<Port>,
    /// Ports that have had a VID, in order.
    tagged: Vec<PortNo>,
}

impl Lookup {
    pub(super) fn new(ports: Vec<PortConfig>) -> Self {
        let port = |config| Port {
            config,
            direct: Slot::NONE,
            lane: Lane::Empty,
        };
        Self {
            ports: ports.into_iter().map(port).collect(),
            tagged: Vec::new(),
        }
    }

    pub(super) fn configs(&self) -> impl Iterator<Item = &PortConfig> {
        self.ports.iter().map(|port| &port.config)
    }

    /// How the port is configured, where there is one.
    #[inline]
    pub fn config(&self, port: PortNo) -> Option<&PortConfig> {
        self.ports.get(port.index()).map(|port| &port.config)
    }

    /// Can a member at (port, VID) carry frames at all: a usable VID or none on a trunk, none on
    /// another port?
    pub fn is_place(&self, port: PortNo, vid: Option<Vid>) -> bool {
        match (self.config(port).map(|config| config.role), vid) {
            (None, _) => false,
            (Some(PortRole::Trunk), Some(vid)) => vid.is_usable(),
            (Some(_), vid) => vid.is_none(),
        }
    }

    /// The member at (port, VID).
    #[inline]
    pub fn member(&self, port: PortNo, vid: Option<Vid>) -> Option<Slot> {
        let port = self.ports.get(port.index())?;
        let Some(vid) = vid else { return port.direct.some() };
        port.lane.get(vid)
    }

    /// The service that has this VID on any trunk; the lowest port decides.
    pub fn anywhere(&self, vid: Vid) -> Option<Slot> {
        self.tagged.iter().find_map(|port| self.member(*port, Some(vid)))
    }

    pub(super) fn put(&mut self, port: PortNo, vid: Option<Vid>, slot: Option<Slot>) {
        let Some(entry) = self.ports.get_mut(port.index()) else {
            return;
        };
        let slot = slot.unwrap_or(Slot::NONE);
        let Some(vid) = vid else {
            entry.direct = slot;
            return;
        };
        if matches!(entry.lane, Lane::Empty)
            && let Err(at) = self.tagged.binary_search(&port)
        {
            self.tagged.insert(at, port);
        }
        entry.lane.put(vid, slot);
    }
}
