//! What can be wrong with a frame, and why it must end.
//!
//! Invariant: a bad frame has one fault, and comes in by its owner's end 0 in every pass.

use crate::ident::DropReason;

/// A kind of bad frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Fault {
    /// A VID that no service of the port has.
    UnknownVid,
    /// A tag with VID 0.
    PriorityTag,
    /// A tag with VID 4095.
    ReservedVid,
    /// A second tag behind the first, where the port's policy takes one.
    SecondTag,
    /// To 01-80-C2-00-00-0x.
    ReservedDestination,
    /// From a group address.
    GroupSource,
    /// Longer than the port's MTU.
    TooLong,
    /// From another address than the one bound to its tenant.
    SourceNotBound,
    /// A tag with another protocol id than the port's.
    WrongTpid,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::UnknownVid,
        Self::PriorityTag,
        Self::ReservedVid,
        Self::SecondTag,
        Self::ReservedDestination,
        Self::GroupSource,
        Self::TooLong,
        Self::SourceNotBound,
        Self::WrongTpid,
    ];

    /// Why such a frame is dropped.
    pub const fn reason(self) -> DropReason {
        match self {
            Self::UnknownVid => DropReason::UnknownVid,
            Self::PriorityTag | Self::WrongTpid => DropReason::VlanTagMismatch,
            Self::ReservedVid => DropReason::ReservedVid,
            Self::SecondTag => DropReason::SecondTag,
            Self::ReservedDestination => DropReason::ReservedDestination,
            Self::GroupSource => DropReason::SourceMacIsMulticast,
            Self::TooLong => DropReason::MtuExceeded,
            Self::SourceNotBound => DropReason::SourceMacNotBound,
        }
    }

    /// The duty of the fast path that stops such a frame.
    pub const fn duty(self) -> &'static str {
        match self {
            Self::UnknownVid => "unknown VID",
            Self::PriorityTag => "VID 0",
            Self::ReservedVid => "VID 4095",
            Self::SecondTag => "second tag",
            Self::ReservedDestination => "reserved destination",
            Self::GroupSource => "group source",
            Self::TooLong => "MTU",
            Self::SourceNotBound => "bound source",
            Self::WrongTpid => "TPID",
        }
    }
}

/// What a frame of a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It passes.
    Good,
    /// It is over its tenant's rate: drop-eligible, where the tenant bought no excess.
    Policed,
    /// It is bad.
    Bad(Fault),
}

impl Kind {
    /// Why it ends, if it does.
    pub const fn reason(self) -> Option<DropReason> {
        match self {
            Self::Good => None,
            Self::Policed => Some(DropReason::OverRate),
            Self::Bad(fault) => Some(fault.reason()),
        }
    }
}
