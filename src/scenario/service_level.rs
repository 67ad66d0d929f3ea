//! What a service level promises, as meant.

use super::scalars::words;
use crate::ident::{Direction, FlowId, Segment, TenantId};
use crate::units::SimDuration;

words! {
    /// By whose definitions figures are called and computed.
    Definition {
        /// MEF 10.4, section 8.8.
        Mef104 = "mef-10.4",
        /// ITU-T Y.1563, clauses 8 and 9.
        Y1563 = "y.1563",
    }
}

/// Shares are parts of so many.
pub const WHOLE: u32 = 1_000_000_000;

/// A service level: of whom, over which part of the way, and what is promised. What is `None` is not
/// promised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceLevel {
    /// Whose flows.
    pub tenant: Option<TenantId>,
    /// Only this flow.
    pub flow: Option<FlowId>,
    /// Only what goes this way; `None`: both.
    pub direction: Option<Direction>,
    /// Which part of the way.
    pub segment: Segment,
    /// By whose definitions.
    pub definition: Definition,
    /// The percentile of delays and variations, in parts of [`WHOLE`].
    pub percentile: u32,
    /// The mean delay.
    pub mean_delay_max: Option<SimDuration>,
    /// That percentile of the delays.
    pub delay_max: Option<SimDuration>,
    /// That percentile of the delays, less the least of them.
    pub delay_range_max: Option<SimDuration>,
    /// That percentile of differences of delay between frames sent one behind the other.
    pub delay_variation_max: Option<SimDuration>,
    /// Frames lost of those sent, in parts of [`WHOLE`].
    pub frame_loss_max: Option<u32>,
    /// Intervals available of those sampled, in parts of [`WHOLE`].
    pub availability_min: Option<u32>,
    /// Available intervals with a loss above the threshold.
    pub high_loss_intervals_max: Option<u64>,
    /// Runs of such intervals.
    pub consecutive_high_loss_max: Option<u64>,
    /// Length of an interval.
    pub interval: SimDuration,
    /// Loss within an interval above which it counts as high, in parts of [`WHOLE`].
    pub threshold: u32,
    /// So many intervals in a row change from available to unavailable, and back.
    pub count: u32,
    /// So many intervals of high loss in a row are a run.
    pub run: u32,
}

impl ServiceLevel {
    /// Is what goes this way judged?
    pub fn asks(&self, direction: Direction) -> bool {
        self.direction.is_none_or(|only| only == direction)
    }
}
