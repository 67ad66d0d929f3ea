//! A scenario as parts: what a generator makes, a file says, and a shrinker takes apart.
//!
//! It knows the shape of a scenario file and nothing of its meaning: whether a draft can run, only
//! loading its text tells.

use std::fmt::{self, Write};

use crate::units::SimDuration;

/// A list of a scenario file, in the file's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Accounts.
    Accounts,
    /// The partner's switches.
    AccessPoints,
    /// Exchange fabrics.
    Fabrics,
    /// The cloud's access devices.
    AccessDevices,
    /// Links between the partner's switches.
    Links,
    /// Circuits.
    Circuits,
    /// Data centres.
    Idcs,
    /// Transit routers with their VPC.
    Vpcs,
    /// Links between regions.
    CrossBorder,
    /// Whole tenants in one line.
    Tenants,
    /// Calls of the API.
    Provisioning,
    /// Flows.
    Traffic,
    /// What goes wrong.
    Faults,
    /// What should come out.
    Expect,
}

impl Section {
    /// The section's key in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::AccessPoints => "access_points",
            Self::Fabrics => "fabrics",
            Self::AccessDevices => "access_devices",
            Self::Links => "links",
            Self::Circuits => "circuits",
            Self::Idcs => "idcs",
            Self::Vpcs => "vpcs",
            Self::CrossBorder => "cross_border",
            Self::Tenants => "tenants",
            Self::Provisioning => "provisioning",
            Self::Traffic => "traffic",
            Self::Faults => "faults",
            Self::Expect => "expect",
        }
    }
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A word that only another word could replace.
    Word(String),
    /// A time, or a length of time.
    Time(SimDuration),
    /// A number that may be smaller.
    Count(u64),
    /// A share in percent.
    Percent(u64),
    /// A switch.
    Flag(bool),
    /// A mapping.
    Map(Vec<Field>),
    /// A list.
    List(Vec<Value>),
}

impl From<&str> for Value {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}
impl From<String> for Value {
    fn from(word: String) -> Self {
        Self::Word(word)
    }
}
impl From<SimDuration> for Value {
    fn from(time: SimDuration) -> Self {
        Self::Time(time)
    }
}
impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
impl From<Part> for Value {
    fn from(part: Part) -> Self {
        Self::Map(part.fields)
    }
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
    /// May it be left out, for its default?
    pub optional: bool,
}

/// One entry of a section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// The tenant, by number, that it goes away with; `None`: it is everybody's.
    pub tenant: Option<u64>,
    /// What it says.
    pub fields: Vec<Field>,
}

impl Part {
    /// An entry that says nothing yet and is everybody's.
    pub fn new() -> Self {
        Self::default()
    }
    /// An entry of one tenant's.
    pub fn of(tenant: u64) -> Self {
        Self {
            tenant: Some(tenant),
            fields: Vec::new(),
        }
    }
    /// The same with a field that it needs.
    #[must_use]
    pub fn must(self, key: &'static str, value: impl Into<Value>) -> Self {
        self.with(key, value.into(), false)
    }
    /// The same with a field that has a default.
    #[must_use]
    pub fn may(self, key: &'static str, value: impl Into<Value>) -> Self {
        self.with(key, value.into(), true)
    }
    fn with(mut self, key: &'static str, value: Value, optional: bool) -> Self {
        self.fields.push(Field { key, value, optional });
        self
    }
}

/// A scenario in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Root of its random streams.
    pub seed: u64,
    /// How long it lasts.
    pub duration: SimDuration,
    /// How what the documentation leaves open is read, where not by default.
    pub policies: Vec<Field>,
    /// Lead times of the API's asynchronous steps.
    pub lead_times: Vec<Field>,
    /// Its entries, in order of section; order within a section matters.
    pub parts: Vec<(Section, Part)>,
}

impl Draft {
    /// Adds an entry at the end of its section.
    pub fn add(&mut self, section: Section, part: Part) {
        let at = self.parts.partition_point(|(other, _)| *other <= section);
        self.parts.insert(at, (section, part));
    }

    /// The text of the scenario file.
    pub fn yaml(&self) -> String {
        let mut out = format!("trunklab: 1\nname: {}\nseed: {}\nduration: ", self.name, self.seed);
        let _ = writeln!(out, "{}", Time(self.duration));
        for (key, fields) in [("policies", &self.policies), ("lead_times", &self.lead_times)] {
            if !fields.is_empty() {
                let _ = writeln!(out, "{key}: {{ {} }}", Fields(fields));
            }
        }
        let mut last = None;
        for (section, part) in &self.parts {
            if last != Some(*section) {
                let _ = writeln!(out, "{}:", section.as_str());
                last = Some(*section);
            }
            let _ = writeln!(out, "  - {{ {} }}", Fields(&part.fields));
        }
        out
    }
}

struct Fields<'a>(&'a [Field]);

impl fmt::Display for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, field) in self.0.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{}: {}", field.key, field.value)?;
        }
        Ok(())
    }
}

impl fmt::Display for Value {
    /// As it stands in the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A colon would begin another mapping.
            Self::Word(word) if word.contains(':') => write!(f, "'{word}'"),
            Self::Word(word) => f.write_str(word),
            Self::Time(time) => Time(*time).fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Percent(share) => write!(f, "{share}%"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Map(fields) => write!(f, "{{ {} }}", Fields(fields)),
            Self::List(values) => {
                f.write_str("[")?;
                for (i, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A length of time in the largest unit that leaves it whole.
pub struct Time(
    /// The length.
    pub SimDuration,
);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 4] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
        let nanos = self.0.as_nanos();
        let (size, unit) = UNITS
            .into_iter()
            .find(|(size, _)| nanos.is_multiple_of(*size))
            .unwrap_or((1, "ns"));
        write!(f, "{}{unit}", nanos / size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_written_in_the_order_of_the_file_and_each_section_once() {
        let mut draft = Draft {
            name: "d".into(),
            seed: 7,
            duration: SimDuration::from_millis(1_500),
            policies: vec![],
            lead_times: vec![],
            parts: vec![],
        };
        draft.add(Section::Traffic, Part::of(1).must("name", "u1"));
        draft.add(
            Section::Accounts,
            Part::new().must("name", "p").may("mac", "02:00:00:00:00:01"),
        );
        draft.add(
            Section::Traffic,
            Part::of(2).may("on", Part::new().must("share", Value::Percent(5)).must("flag", true)),
        );
        assert_eq!(
            draft.yaml(),
            "trunklab: 1\nname: d\nseed: 7\nduration: 1500ms\naccounts:\n  - { name: p, mac: '02:00:00:00:00:01' }\n\
             traffic:\n  - { name: u1 }\n  - { on: { share: 5%, flag: true } }\n"
        );
    }

    #[test]
    fn a_time_is_written_in_the_largest_unit_that_leaves_it_whole() {
        for (nanos, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1500ns"),
            (20_000, "20us"),
            (3_000_000_000, "3s"),
        ] {
            assert_eq!(Time(SimDuration::from_nanos(nanos)).to_string(), text);
        }
    }
}
