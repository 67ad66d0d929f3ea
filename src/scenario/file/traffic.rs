//! Flows, and the tags of forged frames.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{FlowWord, PatternWord, StackWord};
use crate::scenario::at::At;
use crate::scenario::scalars::{Name, PlaceRef, SizeText, VidStack};
use crate::units::{BitRate, SimDuration, SimTime};
use crate::wire::{EtherType, MacAddr};

/// A flow.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowItem {
    /// Its name.
    pub name: At<Name>,
    /// From: an IDC or VPC, or `idc/address`, `vpc/endpoint`.
    pub from: At<PlaceRef>,
    /// To: the same, or the name of a VBR (its address towards the circuit).
    pub to: At<PlaceRef>,
    /// What its frames are; `udp` where left out.
    pub kind: Option<At<FlowWord>>,
    /// UDP destination port; 443 where left out.
    pub port: Option<At<u64>>,
    /// Is each datagram answered? `true` where left out.
    pub answered: Option<At<bool>>,
    /// When the frames leave; `constant` where left out.
    pub pattern: Option<At<PatternWord>>,
    /// Offered load, octets with FCS.
    pub rate: Option<At<BitRate>>,
    /// Time between frames (the mean, for `poisson`).
    pub interval: Option<At<SimDuration>>,
    /// How long `on_off` is on.
    pub on: Option<At<SimDuration>>,
    /// How long `on_off` is off.
    pub off: Option<At<SimDuration>>,
    /// Octets of the untagged frame with FCS, or `imix`; 512 where left out.
    pub size: Option<At<SizeText>>,
    /// First frame; 0 s where left out.
    pub start: Option<At<SimTime>>,
    /// No frame at or after this; the end where left out.
    pub stop: Option<At<SimTime>>,
    /// Frames at most.
    pub count: Option<At<u64>>,
    /// The capture of a replay, relative to the scenario.
    pub capture: Option<At<String>>,
    /// Only the capture's frames with this stack: `untagged`, `42`, `10/20` (outermost first; `*`
    /// stands for any VID); all where left out. Frames keep their times since the capture's first.
    pub only_vid: Option<At<VidStack>>,
    /// What becomes of its tags; `retag` at an IDC with a `tag` of its own, else `strip`, where left out.
    pub stack: Option<At<StackWord>>,
    /// The tag of `retag`; the IDC's own where left out.
    pub tag: Option<At<u64>>,
    /// The tags of raw frames, outermost first; none where left out.
    #[serde(default)]
    pub tags: Vec<TagItem>,
    /// The destination of raw frames; broadcast where left out.
    pub dst_mac: Option<At<MacAddr>>,
    /// The source of raw frames; the IDC's own address where left out.
    pub src_mac: Option<At<MacAddr>>,
    /// How many source addresses raw frames have in turn, counting up from `src_mac`; 1 where left out.
    pub src_macs: Option<At<u64>>,
    /// The EtherType of raw frames; `0x88b5` (local experiments) where left out.
    pub ethertype: Option<At<EtherType>>,
}

impl FlowItem {
    /// A flow with nothing but its ends.
    pub(crate) const fn between(name: At<Name>, from: At<PlaceRef>, to: At<PlaceRef>) -> Self {
        Self {
            name,
            from,
            to,
            kind: None,
            port: None,
            answered: None,
            pattern: None,
            rate: None,
            interval: None,
            on: None,
            off: None,
            size: None,
            start: None,
            stop: None,
            count: None,
            capture: None,
            only_vid: None,
            stack: None,
            tag: None,
            tags: Vec::new(),
            dst_mac: None,
            src_mac: None,
            src_macs: None,
            ethertype: None,
        }
    }
}

/// A tag of a raw frame.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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
