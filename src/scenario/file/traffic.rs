//! Flows, and the tags of forged frames.

use serde_json::{Value, json};

use super::{FlowWord, PatternWord, StackWord};
use crate::scenario::Span;
use crate::scenario::at::{At, Placed};
use crate::scenario::codes::Code;
use crate::scenario::scalars::{Name, PlaceRef, Share, SizeText, VidStack};
use crate::scenario::tagged::{self, Choice, KeySet, tagged};
use crate::scenario::written::{Editable, KeyEdit, item, no_key, split};
use crate::scenario::yaml;
use crate::units::{BitRate, SimDuration, SimTime};
use crate::wire::{EtherType, MacAddr};

tagged! {
    /// A flow.
    pub struct FlowItem needs { name, from, to } takes { kind, start, stop, count, sent_share }

    /// What the frames of a flow are.
    pub enum FlowFrames by FlowWord {
        /// UDP datagrams.
        Udp needs {} takes { port, answered, pattern, rate, interval, phase, on, off, size, warm_up }
        /// ICMP echo requests.
        Ping needs {} takes { pattern, rate, interval, phase, on, off, size, warm_up }
        /// Frames of a capture.
        Replay needs { capture } takes { only_vid, stack, tag }
        /// Forged frames.
        Raw needs {} takes { rate, interval, size, tags, dst_mac, src_mac, src_macs, ethertype }
    }

    keys {
        /// Its name.
        name: At<Name>,
        /// From: an IDC or VPC, or `idc/address`, `vpc/endpoint`.
        from: At<PlaceRef>,
        /// To: the same, or the name of a VBR (its address towards the circuit).
        to: At<PlaceRef>,
        /// What its frames are; `udp` where left out.
        kind: At<FlowWord>,
        /// UDP destination port; 443 where left out.
        port: At<u64>,
        /// Is each datagram answered? `true` where left out.
        answered: At<bool>,
        /// When the frames leave; `constant` where left out.
        pattern: At<PatternWord>,
        /// Offered load, in the octets of the contract (`octets_policing`, `counts_tags`).
        rate: At<BitRate>,
        /// Time between frames (the mean, for `poisson`).
        interval: At<SimDuration>,
        /// By how much the first frame of a `constant` flow leaves later than its `start`, less than the
        /// time between frames; drawn by the flow's name where left out, so that flows which start
        /// together are not in lock-step (`0s`: they are). A flow with `count: 1` has none.
        phase: At<SimDuration>,
        /// How long `on_off` is on.
        on: At<SimDuration>,
        /// How long `on_off` is off.
        off: At<SimDuration>,
        /// Octets of the untagged frame with FCS, or `imix`; 512 where left out.
        size: At<SizeText>,
        /// Do the data centres at its ends resolve their gateways a second before the `start`?
        /// `true` where left out; `false` to study how addresses resolve.
        warm_up: At<bool>,
        /// First frame, or by its `phase` later; 0 s where left out.
        start: At<SimTime>,
        /// No frame at or after this; the end where left out.
        stop: At<SimTime>,
        /// Frames at most.
        count: At<u64>,
        /// Of its frames only this share leaves, evenly; the others keep their numbers and are never sent, as if
        /// a limit at the sender withheld them. All where left out.
        sent_share: At<Share>,
        /// The capture of a replay, relative to the scenario.
        capture: At<String>,
        /// Only the capture's frames with this stack: `untagged`, `42`, `10/20` (outermost first; `*`
        /// stands for any VID); all where left out. Frames keep their times since the capture's first.
        only_vid: At<VidStack>,
        /// What becomes of its tags; `retag` at an IDC with a `tag` of its own, else `strip`, where left out.
        stack: At<StackWord>,
        /// The tag of `retag`; the IDC's own where left out.
        tag: At<u64>,
        /// The tags of raw frames, outermost first; none where left out.
        tags: Vec<TagItem>,
        /// The destination of raw frames; broadcast where left out.
        dst_mac: At<MacAddr>,
        /// The source of raw frames; the IDC's own address where left out.
        src_mac: At<MacAddr>,
        /// How many source addresses raw frames have in turn, counting up from `src_mac`; 1 where left out.
        src_macs: At<u64>,
        /// The EtherType of raw frames; `0x88b5` (local experiments) where left out.
        ethertype: At<EtherType>,
    }
}

impl Choice for Keys {
    const BY_KEY: bool = false;
    const STRANGE: Code = Code::FlowShape;
    const NEEDED: Code = Code::FlowShape;

    fn chosen(&self, item: Span) -> Result<At<FlowWord>, Placed> {
        Ok(self.kind.clone().unwrap_or(At::new(FlowWord::Udp, item)))
    }
    fn phrase(word: FlowWord) -> String {
        format!("`kind: {}`", word.as_str())
    }
    fn condition(word: FlowWord) -> Value {
        let is = json!({ "properties": { "kind": { "const": word.as_str() } } });
        match word {
            FlowWord::Udp => is,
            FlowWord::Ping | FlowWord::Replay | FlowWord::Raw => tagged::and_there(is, "kind"),
        }
    }
}

item! {
    /// A tag of a raw frame.
    pub struct TagItem {
        /// Its VID, 0 to 4095.
        pub vid: At<u64>,
        /// Its protocol id; `0x8100` where left out.
        pub tpid: Option<At<EtherType>>,
        /// Its priority, 0 to 7; 0 where left out.
        pub pcp: Option<At<u64>>,
        /// Is it drop eligible? `false` where left out.
        pub dei: Option<At<bool>>,
    }
}
