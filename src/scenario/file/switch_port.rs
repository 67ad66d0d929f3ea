//! How the port of a switch at the end of a line is configured, by the words of switches.

use crate::scenario::at::At;
use crate::scenario::file::{MtuCountsWord, PriorityTagsWord, TrunkModeWord};
use crate::scenario::scalars::AnyVidRange;
use crate::scenario::written::item;
use crate::wire::EtherType;

item! {
    /// The port of a switch at an end of a line, a link or a circuit.
    #[derive(Default)]
    pub struct SwitchPortItem {
        /// What a trunk does with its native VLAN; `native-untagged` where it has one, else `trunk`, where
        /// left out.
        pub mode: Option<At<TrunkModeWord>>,
        /// The VLAN that a customer's trunk has for him, 1 to 4094, where that is not his own `tag`. With
        /// `mode` it is the native one.
        pub vid: Option<At<u64>>,
        /// The tag protocol id that it reads and writes: `0x8100`, `0x88a8` or `0x9100`; `0x8100` where left
        /// out.
        pub tpid: Option<At<EtherType>>,
        /// The tag protocol id that a tunnel's frames leave trunks with; the trunk's own where left out, at
        /// `ovs-3.1` `0x88a8`.
        pub tunnel_tpid: Option<At<EtherType>>,
        /// The customer's VIDs that a tunnel takes and lets out, 0 for untagged frames: `[0, 100-199]`; all
        /// where left out.
        pub customer_vids: Option<Vec<At<AnyVidRange>>>,
        /// VLANs that are let onto a customer's trunk beside his own, whoever has them: `[0-4095]`; none
        /// where left out.
        pub allowed_vids: Option<Vec<At<AnyVidRange>>>,
        /// Do frames that leave without a tag of a VLAN leave with a priority tag? `never` where left out.
        pub priority_tags: Option<At<PriorityTagsWord>>,
        /// What of a frame counts against its MTU; at a tunnel `payload_and_tags`, else `payload`, where left
        /// out.
        pub mtu_counts: Option<At<MtuCountsWord>>,
    }
}
