//! Numbers of a judgement with what they are measured in: what reports print and programs read.
//!
//! A [`Field`] has a key without its unit; the unit is part of the name that programs see
//! ([`Field::name`]), so that no number goes without one.

use std::borrow::Cow;
use std::fmt;

use super::case::thousands;
use crate::units::{BitRate, SimDuration, SimTime};

/// What a number counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Things that the key names.
    Count,
    /// A number that is a name: a VLAN, a line, a seed.
    Label,
    /// Frames.
    Frames,
    /// Octets; which ones, the documentation of the table says.
    Octets,
    /// Nanoseconds of virtual time, a span.
    Span,
    /// Nanoseconds of virtual time since the run began.
    Instant,
    /// Bits a second.
    Rate,
    /// Millionths of the currency of the prices.
    Micros,
    /// A share of a whole, in billionths.
    Share,
}

impl Unit {
    /// What stands behind a key in the names that programs see.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Count | Self::Label => "",
            Self::Frames => "_frames",
            Self::Octets => "_octets",
            Self::Span | Self::Instant => "_ns",
            Self::Rate => "_bps",
            Self::Micros => "_micros",
            Self::Share => "_ppb",
        }
    }
}

/// A value of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A name, a word of a closed list, a sentence.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A number; `None`: there is none.
    Number(Unit, Option<u64>),
    /// Several.
    List(Vec<Value>),
    /// Values with names.
    Fields(Vec<Field>),
    /// There is nothing.
    Nothing,
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
    /// Things that the key names.
    pub fn count(n: impl TryInto<u64>) -> Self {
        Self::Number(Unit::Count, Some(n.try_into().unwrap_or(u64::MAX)))
    }
    /// A number that is a name.
    pub fn label(n: impl Into<u64>) -> Self {
        Self::Number(Unit::Label, Some(n.into()))
    }
    /// Frames.
    pub const fn frames(n: u64) -> Self {
        Self::Number(Unit::Frames, Some(n))
    }
    /// Octets.
    pub const fn octets(n: u64) -> Self {
        Self::Number(Unit::Octets, Some(n))
    }
    /// A span of time.
    pub fn span(span: impl Into<Option<SimDuration>>) -> Self {
        Self::Number(Unit::Span, span.into().map(SimDuration::as_nanos))
    }
    /// An instant.
    pub fn at(at: impl Into<Option<SimTime>>) -> Self {
        Self::Number(Unit::Instant, at.into().map(SimTime::as_nanos))
    }
    /// A rate.
    pub fn rate(rate: impl Into<Option<BitRate>>) -> Self {
        Self::Number(Unit::Rate, rate.into().map(BitRate::as_bps))
    }
    /// Names.
    pub fn names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::List(names.into_iter().map(Self::text).collect())
    }
    /// Its unit, if it is a number.
    pub const fn unit(&self) -> Unit {
        match self {
            Self::Number(unit, _) => *unit,
            _ => Unit::Count,
        }
    }
}

impl fmt::Display for Value {
    /// As people read it: numbers in groups of three, times and rates with their units.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Flag(yes) => f.pad(if *yes { "yes" } else { "no" }),
            Self::Number(_, None) | Self::Nothing => f.pad("-"),
            Self::Number(Unit::Span, Some(n)) => f.pad(&SimDuration::from_nanos(*n).to_string()),
            Self::Number(Unit::Instant, Some(n)) => f.pad(&SimTime::from_nanos(*n).to_string()),
            Self::Number(Unit::Rate, Some(n)) => f.pad(&BitRate::from_bps(*n).to_string()),
            Self::Number(Unit::Label, Some(n)) => f.pad(&n.to_string()),
            Self::Number(Unit::Share, Some(n)) => f.pad(&percent(*n)),
            Self::Number(_, Some(n)) => f.pad(&thousands(*n)),
            Self::List(all) => {
                let all: Vec<String> = all.iter().map(ToString::to_string).collect();
                f.pad(&all.join(" "))
            }
            Self::Fields(all) => {
                let all: Vec<String> = all
                    .iter()
                    .map(|field| format!("{} {}", field.name(), field.value))
                    .collect();
                f.pad(&all.join(", "))
            }
        }
    }
}

/// A share in percent, without zeros at the end.
fn percent(ppb: u64) -> String {
    const PERCENT: u64 = 10_000_000;
    let (whole, part) = (ppb / PERCENT, ppb % PERCENT);
    let text = format!("{whole}.{part:07}");
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A value with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key, without its unit.
    pub key: Cow<'static, str>,
    /// The value.
    pub value: Value,
}

impl Field {
    /// A value and its key.
    pub fn new(key: impl Into<Cow<'static, str>>, value: Value) -> Self {
        Self { key: key.into(), value }
    }

    /// The name that programs see: the key with its unit.
    pub fn name(&self) -> String {
        format!("{}{}", self.key, self.value.unit().suffix())
    }
}

/// One line more under a finding, and the numbers that it was made of. It reads as its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The line.
    pub text: String,
    /// Its numbers; empty where a check has not told them.
    pub values: Vec<Field>,
}

impl Detail {
    /// A line and its numbers.
    pub fn new(text: impl Into<String>, values: Vec<Field>) -> Self {
        Self {
            text: text.into(),
            values,
        }
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::new(text, Vec::new())
    }
}

impl std::ops::Deref for Detail {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl std::borrow::Borrow<str> for Detail {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_goes_without_its_unit() {
        let at = SimTime::from_nanos(1_500_000_000);
        for (value, name, shown) in [
            (Value::frames(1_234), "x_frames", "1,234"),
            (Value::octets(5), "x_octets", "5"),
            (Value::at(at), "x_ns", "1.5s"),
            (Value::span(None), "x_ns", "-"),
            (Value::rate(BitRate::from_bps(50_000_000)), "x_bps", "50M"),
            (Value::count(3usize), "x", "3"),
            (Value::Number(Unit::Share, Some(999_000_000)), "x_ppb", "99.9%"),
            (Value::Number(Unit::Share, Some(0)), "x_ppb", "0%"),
            (Value::Number(Unit::Share, Some(1)), "x_ppb", "0.0000001%"),
            (Value::text("a"), "x", "a"),
        ] {
            assert_eq!(Field::new("x", value.clone()).name(), name);
            assert_eq!(value.to_string(), shown);
        }
    }

    #[test]
    fn a_detail_reads_as_its_text() {
        let details = [
            Detail::from("a b".to_owned()),
            Detail::new("c", vec![Field::new("n", Value::count(1u64))]),
        ];
        assert!(details[0].contains("a b"));
        assert_eq!(details.join("; "), "a b; c");
    }
}
