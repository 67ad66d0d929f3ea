//! How ports are configured beyond their role: what was written, checked.

use super::sites;
use crate::forward::{PortMode, PortRole, PriorityTags, VidSet};
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::{MtuCountsWord, PriorityTagsWord, SwitchPortItem, TrunkModeWord};
use crate::scenario::issues::Issues;
use crate::scenario::scalars::AnyVidRange;
use crate::wire::{EtherType, Vid};

/// A port's configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct PortKeys {
    /// The tag protocol id that it reads and writes.
    pub tpid: Option<EtherType>,
    /// Its mode.
    pub mode: PortMode,
    /// A customer's trunk has this VLAN for him.
    pub vid: Option<Vid>,
    /// That is its native one.
    pub native: bool,
    /// It has no native VLAN, whatever its link has.
    pub only_tagged: bool,
    /// VLANs that are let onto it beside his own.
    pub allowed: Option<VidSet>,
}

/// Where a port is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// At a customer's line.
    Customer(PortRole),
    /// At a link or a circuit.
    Network,
}

impl PortKeys {
    pub(super) fn of(item: Option<&SwitchPortItem>, side: Side, issues: &mut Issues) -> Self {
        let tunnel = side == Side::Customer(PortRole::Tunnel);
        let nothing = SwitchPortItem::default();
        let item = item.unwrap_or(&nothing);
        refuse(item, side, issues);
        let mode = item.mode.as_ref().map(|mode| mode.value);
        let counts = item.mtu_counts.as_ref().map(|counts| counts.value);
        Self {
            tpid: item.tpid.as_ref().and_then(|tpid| tag_type(tpid, issues)),
            mode: PortMode {
                native_tagged: mode == Some(TrunkModeWord::NativeTagged),
                customer_vids: item.customer_vids.as_deref().map(set),
                pushes: item.tunnel_tpid.as_ref().and_then(|tpid| tag_type(tpid, issues)),
                priority_tags: match item.priority_tags.as_ref().map(|tags| tags.value) {
                    None | Some(PriorityTagsWord::Never) => PriorityTags::Never,
                    Some(PriorityTagsWord::IfNonzero) => PriorityTags::IfNonzero,
                    Some(PriorityTagsWord::Always) => PriorityTags::Always,
                },
                counts_tags: match counts {
                    None => tunnel,
                    Some(MtuCountsWord::Payload) => false,
                    Some(MtuCountsWord::PayloadAndTags) => true,
                },
            },
            vid: item.vid.as_ref().and_then(|vid| sites::vid(vid, 1, issues)),
            native: matches!(mode, Some(TrunkModeWord::NativeTagged | TrunkModeWord::NativeUntagged)),
            only_tagged: mode == Some(TrunkModeWord::Trunk),
            allowed: item.allowed_vids.as_deref().map(set),
        }
    }
}

/// Keys that mean nothing where they stand.
fn refuse(item: &SwitchPortItem, side: Side, issues: &mut Issues) {
    let first =
        |list: &Option<Vec<At<AnyVidRange>>>| list.as_ref().and_then(|list| list.first()).map(|range| range.span);
    let trunk = side == Side::Customer(PortRole::Trunk);
    let tunnel = side == Side::Customer(PortRole::Tunnel);
    let network = side == Side::Network;
    let strange = [
        (
            "vid",
            item.vid.as_ref().map(|vid| vid.span),
            trunk,
            "a customer's trunk",
        ),
        ("allowed_vids", first(&item.allowed_vids), trunk, "a customer's trunk"),
        (
            "tunnel_tpid",
            item.tunnel_tpid.as_ref().map(|tpid| tpid.span),
            tunnel,
            "a customer's tunnel",
        ),
        (
            "customer_vids",
            first(&item.customer_vids),
            tunnel,
            "a customer's tunnel",
        ),
        (
            "mode",
            item.mode.as_ref().map(|mode| mode.span),
            trunk || network,
            "a trunk",
        ),
        (
            "tpid",
            item.tpid.as_ref().map(|tpid| tpid.span),
            !tunnel,
            "a port that reads tags",
        ),
    ];
    for (key, span, fits, whose) in strange {
        if let Some(span) = span.filter(|_| !fits) {
            issues.err(
                span,
                Code::TagAndPort,
                format!("`{key}` is of {whose}, and this port is none"),
            );
        }
    }
}

fn tag_type(tpid: &At<EtherType>, issues: &mut Issues) -> Option<EtherType> {
    if tpid.value.is_tag() {
        return Some(tpid.value);
    }
    issues.err(
        tpid.span,
        Code::OutOfRange,
        format!(
            "a tag's protocol id is 0x8100, 0x88a8 or 0x9100, not 0x{:04x}",
            tpid.value.0
        ),
    );
    None
}

fn set(list: &[At<AnyVidRange>]) -> VidSet {
    VidSet::new(list.iter().map(|range| (range.value.0.first, range.value.0.last)))
}
