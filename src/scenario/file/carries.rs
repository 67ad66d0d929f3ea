//! What a link or a circuit says of the VLANs that it carries.

use super::{CircuitItem, LinkItem};
use crate::scenario::at::At;
use crate::scenario::scalars::{Name, VidRange};

/// The keys of a trunk, as they are written.
#[derive(Debug, Clone, Copy)]
pub struct Carries<'a> {
    /// The link's or circuit's name.
    pub name: &'a At<Name>,
    /// The native VLAN of both ends, or of the `a` end.
    pub native_vid: Option<&'a At<u64>>,
    /// That of the `b` end.
    pub native_vid_b: Option<&'a At<u64>>,
    /// Is every VLAN let onto it?
    pub unpruned: Option<&'a At<bool>>,
    /// The list of both ends, or of the `a` end.
    pub allowed_vids: Option<&'a [At<VidRange>]>,
    /// That of the `b` end.
    pub allowed_vids_b: Option<&'a [At<VidRange>]>,
}

macro_rules! carries {
    ($($item:ident)*) => {
        $(impl $item {
            /// What it carries, as written.
            pub fn carries(&self) -> Carries<'_> {
                Carries {
                    name: &self.name,
                    native_vid: self.native_vid.as_ref(),
                    native_vid_b: self.native_vid_b.as_ref(),
                    unpruned: self.unpruned.as_ref().filter(|unpruned| unpruned.value),
                    allowed_vids: self.allowed_vids.as_deref(),
                    allowed_vids_b: self.allowed_vids_b.as_deref(),
                }
            }
        })*
    };
}
carries!(LinkItem CircuitItem);
