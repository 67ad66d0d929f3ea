//! Values of parameters, and how a field takes its type from them.

use super::hole::Hole;
use crate::ident::AccountId;
use crate::provision::circuit::{BusinessStatus, named};
use crate::provision::ids::ResourceId;

/// A parameter's value as a scenario or an API front end hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamValue<R = ResourceId> {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// An account of the premises.
    Account(AccountId),
    /// A resource that an earlier step made, or that is not there.
    Resource(R),
}

impl<R> ParamValue<R> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Int(_) => "a number",
            Self::Bool(_) => "yes or no",
            Self::Account(_) => "an account",
            Self::Resource(_) => "a resource",
        }
    }
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// Yes or no.
    Bool,
    /// An account: its name, or a uid.
    Account,
    /// A resource: the name that an earlier step bound.
    Resource,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// An account by its id in the premises, or by a uid that may be nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountRef {
    /// An account of the premises.
    Account(AccountId),
    /// A uid.
    Uid(u64),
}

impl Default for AccountRef {
    fn default() -> Self {
        Self::Uid(0)
    }
}

impl From<AccountId> for AccountRef {
    fn from(id: AccountId) -> Self {
        Self::Account(id)
    }
}

/// A type that a parameter's value can become: a field of an operation, or an option of one.
pub trait Field<R>: Sized {
    /// Must it be given?
    const REQUIRED: bool = true;
    /// What it takes.
    const KIND: ParamKind;
    /// The value, where it is of that kind.
    fn from_param(value: &ParamValue<R>) -> Option<Self>;
    /// What stands for a parameter that is not given, where it may be left out.
    fn missing() -> Option<Self> {
        None
    }
}

/// How a call names resources: by their ids, or by holes that are filled when its time has come.
pub trait Reference: Field<Self> + Copy {}
impl Reference for ResourceId {}
impl Reference for Hole {}

/// A field out of a parameter. The error says what would be right.
pub(super) fn field<R, T: Field<R>>(value: Option<&ParamValue<R>>) -> Result<T, String> {
    match value {
        None => T::missing().ok_or_else(|| "is missing".to_owned()),
        Some(value) => T::from_param(value).ok_or_else(|| mismatch(T::KIND, value)),
    }
}

impl<R, T: Field<R>> Field<R> for Option<T> {
    const REQUIRED: bool = false;
    const KIND: ParamKind = T::KIND;
    fn from_param(value: &ParamValue<R>) -> Option<Self> {
        T::from_param(value).map(Some)
    }
    fn missing() -> Option<Self> {
        Some(None)
    }
}

fn mismatch<R>(kind: ParamKind, value: &ParamValue<R>) -> String {
    let shown = match value {
        ParamValue::Text(text) => format!("`{}`", text.chars().take(40).collect::<String>()),
        ParamValue::Int(n) => format!("`{n}`"),
        other => other.kind().to_owned(),
    };
    match kind {
        ParamKind::Text => format!("is {shown}, and takes text"),
        ParamKind::Int => format!("is {shown}, and takes a whole number"),
        ParamKind::Bool => format!("is {shown}, and takes `true` or `false`"),
        ParamKind::Account => format!("is {shown}, and takes the name of an account or a uid"),
        ParamKind::Resource => format!("is {shown}, and takes the name that an earlier step bound"),
        ParamKind::Choice(words) => format!("is {shown}, and takes {}", words.join(" or ")),
    }
}

impl<R> Field<R> for String {
    const KIND: ParamKind = ParamKind::Text;
    fn from_param(value: &ParamValue<R>) -> Option<Self> {
        match value {
            ParamValue::Text(text) => Some(text.clone()),
            ParamValue::Int(n) => Some(n.to_string()),
            _ => None,
        }
    }
}

impl<R> Field<R> for i64 {
    const KIND: ParamKind = ParamKind::Int;
    fn from_param(value: &ParamValue<R>) -> Option<Self> {
        match value {
            ParamValue::Int(n) => Some(*n),
            ParamValue::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl<R> Field<R> for bool {
    const KIND: ParamKind = ParamKind::Bool;
    fn from_param(value: &ParamValue<R>) -> Option<Self> {
        match value {
            ParamValue::Bool(b) => Some(*b),
            ParamValue::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl<R> Field<R> for AccountRef {
    const KIND: ParamKind = ParamKind::Account;
    fn from_param(value: &ParamValue<R>) -> Option<Self> {
        match value {
            ParamValue::Account(id) => Some(Self::Account(*id)),
            ParamValue::Int(n) => u64::try_from(*n).ok().map(Self::Uid),
            ParamValue::Text(text) => text.parse().ok().map(Self::Uid),
            _ => None,
        }
    }
}

impl Field<Self> for ResourceId {
    const KIND: ParamKind = ParamKind::Resource;
    fn from_param(value: &ParamValue) -> Option<Self> {
        match value {
            ParamValue::Resource(id) => Some(*id),
            ParamValue::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl Field<Self> for Hole {
    const KIND: ParamKind = ParamKind::Resource;
    fn from_param(value: &ParamValue<Self>) -> Option<Self> {
        match value {
            ParamValue::Resource(hole) => Some(*hole),
            _ => None,
        }
    }
}

macro_rules! word {
    ($name:ty, [$($variant:ident),*]) => {
        impl<R> Field<R> for $name {
            const KIND: ParamKind = ParamKind::Choice(&[$(stringify!($variant)),*]);
            fn from_param(value: &ParamValue<R>) -> Option<Self> {
                match value {
                    ParamValue::Text(text) => Self::ALL.iter().copied().find(|v| v.as_str() == text),
                    _ => None,
                }
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }
    };
}

named!(
    /// Who pays the port usage fee.
    OrderMode {
        /// The partner.
        PayByPhysicalConnectionOwner,
        /// The tenant.
        PayByVirtualPhysicalConnectionOwner,
    }
);
named!(
    /// What the carrier lays.
    LineType {
        /// Multi-service transport platform.
        MSTP,
        /// MPLS VPN.
        MPLSVPN,
        /// Dark fibre.
        FIBRE,
        /// Something else.
        Other,
    }
);
named!(
    /// What a VBR's custom route points to.
    NextHopType {
        /// The circuit: the customer's gateway.
        PhysicalConnection,
        /// The cloud: a VPC or transit router.
        VPC,
    }
);

word!(
    OrderMode,
    [PayByPhysicalConnectionOwner, PayByVirtualPhysicalConnectionOwner]
);
word!(LineType, [MSTP, MPLSVPN, FIBRE, Other]);
word!(NextHopType, [PhysicalConnection, VPC]);
word!(BusinessStatus, [Normal, FinancialLocked, SecurityLocked]);
