//! What links of less than is sold over them would have had to carry: of all contracts together.

use crate::evidence::profile::Shadow;
use crate::ident::{LinkId, TenantId};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};

/// Octets of one contract that may come at once at a link that carries its rate.
pub(super) const TOGETHER: ByteCount = ByteCount::new(32_768);
/// What comes at once may wait so long for a slow link.
const WAIT: SimDuration = SimDuration::from_secs(1);
/// The longest frame, for what may come together.
const LONGEST: u64 = 9_238;

/// One direction of a link.
#[derive(Debug, Clone)]
pub(super) struct Load {
    link: LinkId,
    to_cloud: bool,
    rate: BitRate,
    /// Bits a second that are sold over it now, and at most.
    sold: u64,
    sold_most: u64,
    /// Contracts of which something was asked that conforms.
    asking: Vec<(TenantId, u32)>,
    behind: Shadow,
}

/// A link that fell behind what conformed and was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowLink {
    /// Which.
    pub link: LinkId,
    /// Towards the cloud, or across a border from its `a` to its `b` end?
    pub to_cloud: bool,
    /// The most that was sold over it.
    pub sold: BitRate,
    /// Whose contracts asked for something there, one entry for each, in order.
    pub tenants: Vec<TenantId>,
    /// How far it fell behind, in octets on the wire.
    pub behind: u64,
    /// When first.
    pub first: SimTime,
}

impl Load {
    pub(super) fn new(link: LinkId, to_cloud: bool, rate: BitRate) -> Self {
        Self {
            link,
            to_cloud,
            rate,
            sold: 0,
            sold_most: 0,
            asking: Vec::new(),
            behind: Shadow::default(),
        }
    }

    pub(super) const fn link(&self) -> LinkId {
        self.link
    }

    /// What a contract over this link was sold changes.
    pub(super) fn sold(&mut self, old: Option<BitRate>, new: Option<BitRate>) {
        let bps = |rate: Option<BitRate>| rate.map_or(0, BitRate::as_bps);
        self.sold = self.sold.saturating_sub(bps(old)).saturating_add(bps(new));
        self.sold_most = self.sold_most.max(self.sold);
    }

    /// A frame is asked for that conforms to its contract, of so many octets on the wire here. Frames take
    /// less than twice as much on the wire as they count: a link of twice what is sold is not looked at.
    pub(super) fn ask(&mut self, at: SimTime, who: (TenantId, u32), wire: u32) {
        if self.rate.as_bps() / 2 >= self.sold {
            return;
        }
        if let Err(place) = self.asking.binary_search(&who) {
            self.asking.insert(place, who);
        }
        let asking = self.asking.len() as u64;
        // What comes at once may wait, on a slow line, for a second and no longer.
        let second = self.rate.octets_in(WAIT).get();
        let together = (2 * TOGETHER.get() * asking).min(second) + 2 * LONGEST * asking;
        self.behind
            .add(self.rate, ByteCount::new(together), u64::from(wire), at);
    }

    pub(super) fn told(&self) -> Option<SlowLink> {
        Some(SlowLink {
            link: self.link,
            to_cloud: self.to_cloud,
            sold: BitRate::from_bps(self.sold_most),
            tenants: self.asking.iter().map(|(tenant, _)| *tenant).collect(),
            behind: self.behind.excess,
            first: self.behind.first_over?,
        })
    }
}
