//! Ids of resources: integers allotted per owner, strings only at the edge.
//!
//! An id names the owner's uid and a number that the owner's account allots, so that what one
//! account does never renumbers another's resources.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A text is not a resource id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a resource id; ids look like pc-1001-3, vbr-2001-1 or tr-attach-2001-1")]
pub struct IdError(pub String);

macro_rules! owned_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            /// The uid of the account that owns the resource.
            pub uid: u64,
            /// The account's running number, from one.
            pub n: u32,
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!(concat!($prefix, "-{}-{}"), self.uid, self.n))
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let bad = || IdError(text.to_owned());
                let rest = text.strip_prefix(concat!($prefix, "-")).ok_or_else(bad)?;
                let (uid, n) = rest.split_once('-').ok_or_else(bad)?;
                Ok(Self { uid: uid.parse().map_err(|_| bad())?, n: n.parse().map_err(|_| bad())? })
            }
        }
    };
}

owned_id!(
    /// A physical connection: a circuit, or a shared port on one. The API lists both together.
    PcId,
    "pc"
);
owned_id!(
    /// A virtual border router.
    VbrId,
    "vbr"
);
owned_id!(
    /// A VBR's attachment to a transit router.
    AttachmentId,
    "tr-attach"
);

/// Any resource that a parameter can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ResourceId {
    /// A name that no earlier step bound: the API answers "not found".
    #[default]
    Unbound,
    /// A circuit or a shared port.
    Connection(PcId),
    /// A virtual border router.
    Vbr(VbrId),
    /// An attachment to a transit router.
    Attachment(AttachmentId),
}

impl ResourceId {
    /// What a name stands for that nothing was bound to.
    pub const UNBOUND: Self = Self::Unbound;

    /// The circuit or shared port, where it is one.
    pub const fn connection(self) -> Option<PcId> {
        match self {
            Self::Connection(id) => Some(id),
            _ => None,
        }
    }
    /// The VBR, where it is one.
    pub const fn vbr(self) -> Option<VbrId> {
        match self {
            Self::Vbr(id) => Some(id),
            _ => None,
        }
    }
    /// The attachment, where it is one.
    pub const fn attachment(self) -> Option<AttachmentId> {
        match self {
            Self::Attachment(id) => Some(id),
            _ => None,
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbound => f.pad("unbound"),
            Self::Connection(id) => id.fmt(f),
            Self::Vbr(id) => id.fmt(f),
            Self::Attachment(id) => id.fmt(f),
        }
    }
}

impl FromStr for ResourceId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        PcId::from_str(text)
            .map(Self::Connection)
            .or_else(|_| VbrId::from_str(text).map(Self::Vbr))
            .or_else(|_| AttachmentId::from_str(text).map(Self::Attachment))
    }
}

impl From<PcId> for ResourceId {
    fn from(id: PcId) -> Self {
        Self::Connection(id)
    }
}

impl From<VbrId> for ResourceId {
    fn from(id: VbrId) -> Self {
        Self::Vbr(id)
    }
}

impl From<AttachmentId> for ResourceId {
    fn from(id: AttachmentId) -> Self {
        Self::Attachment(id)
    }
}

/// A VLAN of a circuit: what the data plane knows as one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceKey {
    /// The circuit.
    pub circuit: PcId,
    /// The VLAN, 0 (untagged) to 2999.
    pub vlan: u16,
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} VLAN {}", self.circuit, self.vlan))
    }
}
