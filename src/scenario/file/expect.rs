//! What should come out.

use serde_json::{Value, json};

use super::window::Window;
use super::words::{CheckWord, DirectionWord, PartyWord, SegmentWord, VerdictWord};
use crate::scenario::Span;
use crate::scenario::at::{At, Placed, Wrong};
use crate::scenario::codes::Code;
use crate::scenario::plan::Definition;
use crate::scenario::scalars::{Money, Name, PlaceRef, Share};
use crate::scenario::tagged::{self, Choice, KeySet, tagged};
use crate::scenario::written::{Editable, KeyEdit, no_key, split};
use crate::scenario::yaml;
use crate::units::{BitRate, SimDuration, SimTime};

tagged! {
    /// An expectation.
    pub struct ExpectItem needs { check } takes { verdict, because }

    /// What is expected, by the check that is asked.
    pub enum ExpectWhat by CheckWord {
        /// Every frame is accounted for.
        Conservation needs {} takes {}
        /// No frame at another tenant's place.
        Isolation needs {} takes {}
        /// No frame before the gate is open.
        Gating needs {} takes {}
        /// Every step ended as it said.
        Provisioning needs {} takes {}
        /// A VBR has its port's VLAN and bandwidth.
        Inheritance needs {} takes {}
        /// No frame goes in circles between switches.
        Storm needs {} takes {}
        /// Frames arrive, or do not.
        Reachability needs { flow } takes { reachable }
        /// Loss, duplicates, order, gaps.
        Continuity needs {} takes { flow, tenant, lost_max, duplicated_max, reordered_max, longest_gap_max, direction, over }
        /// Within spec.
        Bandwidth needs {} takes { tenant, full }
        /// Delay, loss and availability.
        Sla needs {} takes {
            flow, tenant, direction, segment, definition, percentile, mean_delay_max, delay_max, delay_range_max, delay_variation_max,
            frame_loss_max, availability_min, high_loss_intervals_max, consecutive_high_loss_max, availability_interval,
            availability_threshold, availability_count, high_loss_count
        }
        /// Who pays.
        Billing needs {} takes { tenant, port_payer, outbound_payer }
        /// Who answers for the loss.
        Attribution needs { tenant, party } takes {}
        /// The health check notices.
        Health needs { tenant } takes { unhealthy, healthy }
        /// Address resolution after a time.
        Resolution needs {} takes { after, last_resolved, gave_up }
        /// A way to the cloud fits the need.
        Choice needs { vbr } takes { ready_by, bandwidth_min, monthly_max, distance_max_km, fits }
    }

    keys {
        /// The check.
        check: At<CheckWord>,
        /// The verdict; `pass` where left out.
        verdict: At<VerdictWord>,
        /// Why, for the reader.
        because: At<String>,
        /// Which flow.
        flow: At<Name>,
        /// Which tenant; every one where left out and the check allows it.
        tenant: At<Name>,
        /// Should frames arrive? `true` where left out.
        reachable: At<bool>,
        /// Frames lost at most; 0 where left out.
        lost_max: At<u64>,
        /// Frames duplicated at most; 0 where left out.
        duplicated_max: At<u64>,
        /// Frames out of order at most; 0 where left out.
        reordered_max: At<u64>,
        /// Longest silence between two arrivals; not judged where left out.
        longest_gap_max: At<SimDuration>,
        /// Only what goes this way; both where left out.
        direction: At<DirectionWord>,
        /// Which part of the way: `partner` from the customer's port to the handover, where the circuit
        /// ends at the access device; `cloud` from there to the endpoint; `end_to_end` where left out.
        segment: At<SegmentWord>,
        /// By whose definitions; `mef-10.4` where left out.
        definition: At<Definition>,
        /// Which percentile of delays and variations; `99%` where left out.
        percentile: At<Share>,
        /// Mean one-way delay at most.
        mean_delay_max: At<SimDuration>,
        /// The percentile of the one-way delays at most.
        delay_max: At<SimDuration>,
        /// The percentile of the one-way delays, less the least of them, at most.
        delay_range_max: At<SimDuration>,
        /// The percentile of differences of delay between frames sent one behind the other, at most.
        delay_variation_max: At<SimDuration>,
        /// Frames lost of those sent, over available time, at most.
        frame_loss_max: At<Share>,
        /// Intervals available of those in which anything was sent, at least.
        availability_min: At<Share>,
        /// Available intervals with a loss above the threshold, at most.
        high_loss_intervals_max: At<u64>,
        /// Runs of such intervals at most.
        consecutive_high_loss_max: At<u64>,
        /// Length of an interval; 1 s where left out.
        availability_interval: At<SimDuration>,
        /// Loss within an interval above which it counts as high; `50%` where left out.
        availability_threshold: At<Share>,
        /// So many intervals of high loss in a row are unavailable, and so many others available again;
        /// 10 where left out.
        availability_count: At<u64>,
        /// So many intervals of high loss in a row are a run; 5 where left out.
        high_loss_count: At<u64>,
        /// Around what frames have to be in flight: names of what happened, or one stretch of time
        /// `[from, to]`; everything on their way where left out. What is lost and silent counts at all times.
        over: Vec<At<PlaceRef>>,
        /// Must the whole bandwidth have been asked for, each way? `false` where left out.
        full: At<bool>,
        /// The account that pays the port fee.
        port_payer: At<Name>,
        /// The account that pays outbound traffic.
        outbound_payer: At<Name>,
        /// The party that owns the cause; `alibaba`, as files of earlier versions have it, is `cloud`.
        party: At<PartyWord>,
        /// Turns unhealthy within this window `[from, to]`; never where left out.
        unhealthy: Window<SimTime>,
        /// Healthy again within this window `[from, to]`.
        healthy: Window<SimTime>,
        /// Only what happens after this; 0 s where left out.
        after: At<SimTime>,
        /// The last tenant resolves within this window `[from, to]`.
        last_resolved: Window<SimTime>,
        /// How many tenants give up, `[at least, at most]`.
        gave_up: Window<u64>,
        /// The VBR at the end of the way to the cloud, by the name that its step binds.
        vbr: At<Name>,
        /// Ready by then.
        ready_by: At<SimTime>,
        /// At least this bandwidth.
        bandwidth_min: At<BitRate>,
        /// At most this a month, at the scenario's prices.
        monthly_max: At<Money>,
        /// At most this far from the IDC to the access device, in km of fibre.
        distance_max_km: At<u64>,
        /// Should it fit? `true` where left out.
        fits: At<bool>,
    }
}

impl Choice for Keys {
    const BY_KEY: bool = false;
    const STRANGE: Code = Code::ExpectationShape;
    const NEEDED: Code = Code::ExpectationShape;

    fn chosen(&self, item: Span) -> Result<At<CheckWord>, Placed> {
        let missing = || (item, Wrong::new(Code::MissingField, "the key `check` is missing"));
        self.check.clone().ok_or_else(missing)
    }
    fn phrase(word: CheckWord) -> String {
        format!("the check `{}`", word.as_str())
    }
    fn condition(word: CheckWord) -> Value {
        tagged::and_there(
            json!({ "properties": { "check": { "const": word.as_str() } } }),
            "check",
        )
    }
}
