//! What few ports have beyond their role: the words of a switch's own configuration.

use super::vids::VidSet;
use crate::wire::EtherType;

/// Does a frame that leaves without its VLAN's tag leave with a priority tag (VID 0) instead?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PriorityTags {
    /// No.
    #[default]
    Never,
    /// Where its priority is not 0.
    IfNonzero,
    /// Always. Open vSwitch's `always` gives one to no frame that had no tag, nor to one that leaves by an
    /// access port with priority 0.
    Always,
}

/// A port's mode, where it has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PortMode {
    /// A trunk's native VLAN leaves with its tag (native-tagged). Untagged frames belong to it all the same.
    pub native_tagged: bool,
    /// The customer's VIDs that a tunnel takes and lets out; VID 0 stands for frames without a tag of the
    /// customer's. `None`: whatever comes.
    pub customer_vids: Option<VidSet>,
    /// The tag protocol id that frames which came in by a tunnel leave trunks with; `None`: the trunk's own,
    /// and in Open vSwitch the tunnel's.
    pub pushes: Option<EtherType>,
    /// Priority tags on frames that leave without a VLAN's.
    pub priority_tags: PriorityTags,
    /// Tags behind the port's own count against its MTU.
    pub counts_tags: bool,
}
