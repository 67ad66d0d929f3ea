//! From (port, VID) to the member of a service, and to the row that serves it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kernel::four::RowSpot;
use super::kernel::{Action, Actions};
use super::modes::PortMode;
use super::row::{Beside, Row, RowBeside};
use super::store::{BlockId, PAGE, Store, TRUNK};
use super::tables::{PortConfig, PortRole};
use super::vids::VidSet;
use crate::ident::PortNo;
use crate::wire::Vid;

/// A member of a service, by index; or a service alone, for a frame that came in by none of
/// its members. It goes stale when the service goes, even where another takes its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemberRef {
    pub(super) service: u32,
    pub(super) member: u32,
    /// How often the index had been given away when the slot was made.
    pub(super) era: u32,
}

impl MemberRef {
    /// Are both of the same service?
    pub const fn same_service(self, other: Self) -> bool {
        self.service == other.service && self.era == other.era
    }
}

impl MemberRef {
    pub(super) const NONE: Self = Self {
        service: u32::MAX,
        member: u32::MAX,
        era: 0,
    };

    /// The same service, entered by none of its members.
    pub const fn stray(self) -> Self {
        Self {
            member: u32::MAX,
            ..self
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

/// The pages of a trunk: of 64 VIDs each, there once one is used.
type Pages = [BlockId; TRUNK / PAGE];

/// From so many pages on a trunk has a row for every VID: at most a quarter of them is there yet.
const MANY: usize = TRUNK / PAGE / 4;

/// Where a VID is: its page, and its row in that.
#[inline(always)]
fn in_page(vid: Vid) -> (usize, usize) {
    let vid = usize::from(vid.get());
    (vid / PAGE % (TRUNK / PAGE), vid % PAGE)
}

/// The VIDs of a trunk.
#[derive(Debug, Clone)]
enum Lane {
    Empty,
    /// A customer's own trunk has one: it needs no pages.
    One(Vid, Box<RowBeside>),
    Pages(Box<Pages>),
    /// A row for every VID.
    All(BlockId),
}

impl Lane {
    #[inline]
    fn parts<'a>(&'a self, store: &'a Store, vid: Vid) -> Option<(&'a Row, &'a Beside)> {
        match self {
            Self::All(trunk) => store.trunks.parts(*trunk, usize::from(vid.get())),
            Self::Pages(pages) => {
                let (page, row) = in_page(vid);
                store.pages.parts(pages[page], row)
            }
            Self::One(own, one) => (*own == vid).then_some((&one.row, &one.beside)),
            Self::Empty => None,
        }
    }

    #[inline]
    fn parts_mut<'a>(&'a mut self, store: &'a mut Store, vid: Vid) -> Option<(&'a mut Row, &'a mut Beside)> {
        match self {
            Self::All(trunk) => store.trunks.parts_mut(*trunk, usize::from(vid.get())),
            Self::Pages(pages) => {
                let (page, row) = in_page(vid);
                store.pages.parts_mut(pages[page], row)
            }
            Self::One(own, one) => (*own == vid).then_some((&mut one.row, &mut one.beside)),
            Self::Empty => None,
        }
    }

    /// The place of a VID, made where it is not there yet.
    fn make<'a>(&'a mut self, store: &'a mut Store, vid: Vid) -> (&'a mut Row, &'a mut Beside) {
        match self {
            Self::Empty => *self = Self::One(vid, Box::new(RowBeside::empty())),
            Self::One(own, one) if *own != vid => {
                let (own, place) = (*own, one.clone());
                *self = Self::Pages(Box::new([BlockId::NONE; TRUNK / PAGE]));
                let (row, beside) = self.make(store, own);
                (*row, *beside) = (place.row, place.beside);
            }
            Self::One(..) | Self::Pages(_) | Self::All(_) => {}
        }
        if let Self::Pages(pages) = self {
            let page = &mut pages[in_page(vid).0];
            if *page == BlockId::NONE {
                *page = store.pages.make();
                if pages.iter().filter(|page| **page != BlockId::NONE).count() >= MANY {
                    *self = Self::All(spread(pages, store));
                }
            }
        }
        self.parts_mut(store, vid).expect("it was made")
    }
}

/// Moves the rows of some pages to a trunk's own block.
fn spread(pages: &Pages, store: &mut Store) -> BlockId {
    let trunk = store.trunks.make();
    for (i, &page) in pages.iter().enumerate().filter(|(_, page)| **page != BlockId::NONE) {
        for row in 0..PAGE {
            let old = store.pages.parts(page, row).expect("a page that is there");
            let new = store.trunks.parts_mut(trunk, i * PAGE + row).expect("it was made");
            (*new.0, *new.1) = (*old.0, *old.1);
        }
        store.pages.free(page);
    }
    trunk
}

#[derive(Debug, Clone)]
struct Port {
    config: PortConfig,
    /// What becomes of each class of frames here.
    actions: Arc<Actions>,
    lane: Lane,
    /// The member of the whole port, or of its untagged frames.
    direct: Option<Box<RowBeside>>,
}

/// The ports of a switch with the members on them.
#[derive(Debug, Clone)]
pub struct Lookup {
    ports: Vec<Port>,
    /// Trunks with a list of their VLANs.
    allowed: BTreeMap<PortNo, VidSet>,
    /// Ports with a mode.
    modes: BTreeMap<PortNo, PortMode>,
    store: Store,
    /// Ports that have had a VID, in order.
    tagged: Vec<PortNo>,
}

impl Lookup {
    /// Ports without members. `actions` says what becomes of frames at a port.
    pub(super) fn new(
        ports: Vec<PortConfig>,
        allowed: BTreeMap<PortNo, VidSet>,
        modes: BTreeMap<PortNo, PortMode>,
        mut actions: impl FnMut(&PortConfig) -> Arc<Actions>,
    ) -> Self {
        let port = |(at, config)| Port {
            actions: match modes.contains_key(&PortNo::of(at)) {
                true => Arc::new(Actions::new(|_| Action::General)),
                false => actions(&config),
            },
            config,
            direct: None,
            lane: Lane::Empty,
        };
        Self {
            ports: ports.into_iter().enumerate().map(port).collect(),
            allowed,
            modes,
            store: Store::default(),
            tagged: Vec::new(),
        }
    }

    pub(super) fn configs(&self) -> impl Iterator<Item = &PortConfig> {
        self.ports.iter().map(|port| &port.config)
    }

    /// Trunks with a list of their VLANs.
    pub(super) fn allowed(&self) -> &BTreeMap<PortNo, VidSet> {
        &self.allowed
    }

    /// Ports with a mode.
    pub(super) fn modes(&self) -> &BTreeMap<PortNo, PortMode> {
        &self.modes
    }

    /// The port's mode, where it has one.
    #[inline]
    pub fn mode(&self, port: PortNo) -> Option<&PortMode> {
        if self.modes.is_empty() {
            return None;
        }
        self.modes.get(&port)
    }

    /// Does a tunnel take and let out this VID of the customer's?
    #[inline]
    pub fn takes_customer_vid(&self, port: PortNo, vid: Vid) -> bool {
        let list = self.mode(port).and_then(|mode| mode.customer_vids.as_ref());
        list.is_none_or(|list| list.contains(vid))
    }

    /// How the port is configured, where there is one.
    #[inline]
    pub fn config(&self, port: PortNo) -> Option<&PortConfig> {
        self.ports.get(port.index()).map(|port| &port.config)
    }

    /// Can a member at (port, VID) carry frames at all: a usable VID that the trunk lets on, or none,
    /// on a trunk; none on another port?
    pub fn is_place(&self, port: PortNo, vid: Option<Vid>) -> bool {
        match (self.config(port), vid) {
            (None, _) => false,
            (Some(config), Some(vid)) if config.role == PortRole::Trunk => {
                let usable = vid.is_usable() || vid == Vid::RESERVED && config.admit.takes_vid_4095;
                usable && self.allowed.get(&port).is_none_or(|list| list.contains(vid))
            }
            (Some(_), vid) => vid.is_none(),
        }
    }

    /// The member at (port, VID).
    #[inline]
    pub fn member(&self, port: PortNo, vid: Option<Vid>) -> Option<MemberRef> {
        self.parts(port, vid)?.1.slot.some()
    }

    /// The service that has this VID on any trunk; the lowest port decides.
    pub fn anywhere(&self, vid: Vid) -> Option<MemberRef> {
        self.tagged.iter().find_map(|port| self.member(*port, Some(vid)))
    }

    /// What becomes of a class of frames at a port.
    #[inline(always)]
    pub(super) fn actions(&self, port: PortNo) -> Option<&Actions> {
        self.ports.get(port.index()).map(|port| &*port.actions)
    }

    /// The row that a frame comes to first: of the VID where the port has VIDs, else of the whole
    /// port. Whether it is the right one the row's terms say. Also whether it is by VID.
    #[inline(always)]
    pub(super) fn first_row(&mut self, port: PortNo, vid: Vid) -> Option<(&mut Row, bool)> {
        let port = self.ports.get_mut(port.index())?;
        match &mut port.lane {
            Lane::Empty => port.direct.as_mut().map(|place| (&mut place.row, false)),
            Lane::All(trunk) => {
                let rows = self.store.trunks.rows_mut(*trunk)?;
                Some((&mut rows[usize::from(vid.get()) % TRUNK], true))
            }
            Lane::Pages(pages) => {
                let (page, row) = in_page(vid);
                Some((&mut self.store.pages.rows_mut(pages[page])?[row], true))
            }
            Lane::One(own, one) => (*own == vid).then_some((&mut one.row, true)),
        }
    }

    /// The row of a VID on a trunk that has more than one, for four at once.
    #[inline(always)]
    pub(super) fn spot(&mut self, port: PortNo, vid: Vid) -> RowSpot {
        match self.ports.get(port.index()).map(|port| &port.lane) {
            Some(Lane::All(trunk)) => self.store.trunks.spot(*trunk, usize::from(vid.get())),
            Some(Lane::Pages(pages)) => {
                let (page, row) = in_page(vid);
                self.store.pages.spot(pages[page], row)
            }
            Some(Lane::Empty | Lane::One(..)) | None => RowSpot::NONE,
        }
    }

    #[inline]
    pub(super) fn parts(&self, port: PortNo, vid: Option<Vid>) -> Option<(&Row, &Beside)> {
        let port = self.ports.get(port.index())?;
        match vid {
            Some(vid) => port.lane.parts(&self.store, vid),
            None => port.direct.as_ref().map(|place| (&place.row, &place.beside)),
        }
    }

    #[inline]
    pub(super) fn parts_mut(&mut self, port: PortNo, vid: Option<Vid>) -> Option<(&mut Row, &mut Beside)> {
        let port = self.ports.get_mut(port.index())?;
        match vid {
            Some(vid) => port.lane.parts_mut(&mut self.store, vid),
            None => port.direct.as_mut().map(|place| (&mut place.row, &mut place.beside)),
        }
    }

    /// The rows of a trunk of many VIDs, by VID.
    #[inline(always)]
    pub(super) fn all_rows(&mut self, port: PortNo) -> Option<&mut [Row; TRUNK]> {
        match self.ports.get(port.index())?.lane {
            Lane::All(trunk) => self.store.trunks.rows_mut(trunk),
            Lane::Empty | Lane::One(..) | Lane::Pages(_) => None,
        }
    }

    /// Gives a place to a member, or to nobody.
    pub(super) fn put(&mut self, port: PortNo, vid: Option<Vid>, slot: MemberRef) {
        let Some(entry) = self.ports.get_mut(port.index()) else {
            return;
        };
        let beside = match vid {
            None => &mut entry.direct.get_or_insert_with(|| Box::new(RowBeside::empty())).beside,
            Some(vid) => {
                if matches!(entry.lane, Lane::Empty)
                    && let Err(at) = self.tagged.binary_search(&port)
                {
                    self.tagged.insert(at, port);
                }
                entry.lane.make(&mut self.store, vid).1
            }
        };
        beside.slot = slot;
    }
}
