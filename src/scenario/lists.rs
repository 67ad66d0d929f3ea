//! Closed lists that other rooms state, as words of a scenario: what stands on a list becomes a value
//! of it where it is read, and whatever does not is refused with its place and the nearest name.

use schemars::{Schema, json_schema};

use super::at::{Scalar, Wrong};
use super::codes::Code;
use super::names::nearest;
use super::scalars::short;
use crate::forward::Planted;
use crate::provision::nearest as nearest_three;
use crate::provision::{AttachDirection, AttachKind, AttachScope};
use crate::provision::{ErrorCode, Feature, Lead, OperationName, Policies, PortType, Spec};
use crate::units::BitRate;

macro_rules! listed {
    ($($ty:ty, $name:literal, $code:ident $what:literal, $all:expr, $text:path;)*) => { $(
        impl Scalar for $ty {
            const NAME: &'static str = $name;
            fn read(text: &str) -> Result<Self, Wrong> {
                let found = $all.into_iter().find(|one: &Self| $text(*one) == text);
                found.ok_or_else(|| unknown(Code::$code, $what, text, &$all.into_iter().map($text).collect::<Vec<_>>()))
            }
            fn schema() -> Schema {
                let words: Vec<&str> = $all.into_iter().map($text).collect();
                json_schema!({ "type": "string", "enum": words })
            }
        }
    )* };
}

listed! {
    Planted, "Quirk", UnknownWord "planted fault", Planted::every(), Planted::as_str;
    AttachKind, "AttachKind", UnknownWord "effect of an attach", AttachKind::ALL, AttachKind::as_str;
    AttachDirection, "AttachDirection", UnknownWord "direction", AttachDirection::ALL, AttachDirection::as_str;
    AttachScope, "AttachScope", UnknownWord "scope", AttachScope::ALL, AttachScope::as_str;
    Feature, "Feature", UnknownWord "feature of an access device", Feature::ALL, Feature::key;
    Spec, "Spec", Unlawful "spec", Spec::all(), Spec::name;
    Lead, "LeadTime", Unlawful "lead time", Lead::ALL, Lead::name;
    PolicyName, "Policy", Unlawful "policy", Policies::NAMES.iter().map(|name| PolicyName(name)), PolicyName::as_str;
}

/// A list that is shown whole.
const SHOWN_MAX: usize = 16;

/// What stands on no list: with the nearest names that do, and with all of them where they are few.
fn unknown(code: Code, what: &str, text: &str, known: &[&'static str]) -> Wrong {
    let other_case = known.iter().copied().find(|one| one.eq_ignore_ascii_case(text));
    let help = match other_case.or_else(|| nearest(text, known.iter().copied())) {
        _ if known.len() > SHOWN_MAX => format!("did you mean {}?", nearest_three(text, known.iter().copied())),
        Some(near) => format!("did you mean `{near}`? There are {}", known.join(", ")),
        None => format!("there are {}", known.join(", ")),
    };
    Wrong::new(code, format!("there is no {what} `{}`", short(text))).help(help)
}

/// The name of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName(&'static str);

impl PolicyName {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// What the price of a dedicated port goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DedicatedPort {
    /// The bandwidth of its circuit.
    Rate(BitRate),
    /// Its type.
    Type(PortType),
}

impl Scalar for DedicatedPort {
    const NAME: &'static str = "DedicatedPort";
    fn read(text: &str) -> Result<Self, Wrong> {
        let rate = || text.parse().ok().filter(|rate: &BitRate| rate.as_bps() > 0);
        PortType::parse(text)
            .map(Self::Type)
            .or_else(|| rate().map(Self::Rate))
            .ok_or_else(|| {
                let wrong = unknown(Code::Unlawful, "type of a dedicated port", text, &PortType::NAMES);
                let help = wrong.help.clone().unwrap_or_default();
                wrong.help(format!("{help}, and rates such as `10G`"))
            })
    }
    fn schema() -> Schema {
        json_schema!({ "type": "string", "description": "a `PortType`, or a rate: `1000Base-LX`, `10G`" })
    }
}

impl Scalar for OperationName {
    const NAME: &'static str = "Operation";
    fn read(text: &str) -> Result<Self, Wrong> {
        Self::read(text).map_err(|error| Wrong::new(Code::StepParameter, error.to_string()))
    }
    fn schema() -> Schema {
        let words: Vec<&str> = Self::ALL.iter().map(|one| one.as_str()).collect();
        json_schema!({ "type": "string", "title": "an operation", "enum": words })
    }
}

impl Scalar for ErrorCode {
    const NAME: &'static str = "ErrorCode";
    fn read(text: &str) -> Result<Self, Wrong> {
        Self::read(text).map_err(|near| {
            let message = format!("no operation answers the error code `{}`", short(text));
            Wrong::new(Code::UnknownWord, message)
                .help(format!("did you mean {near}? `trunklab explain` lists them all"))
        })
    }
    fn schema() -> Schema {
        let words: Vec<&str> = Self::all().map(Self::as_str).collect();
        json_schema!({ "type": "string", "title": "an error code", "enum": words })
    }
}
