//! What single values of a scenario file may be.

use std::net::IpAddr;

use schemars::{Schema, json_schema};

use super::at::{Scalar, Wrong};
use super::codes::Code;
use super::names::nearest;
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::{EtherType, Frame, FrameView, MacAddr, Tag, Vid};

/// A name of something, or a reference to one; may hold one `/` where a generated thing
/// (a point of presence, a host) is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(pub String);

impl std::ops::Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Scalar for Name {
    const NAME: &'static str = "Name";
    fn read(text: &str) -> Result<Self, Wrong> {
        let good = text.chars().count() <= 64
            && text.chars().next().is_some_and(char::is_alphanumeric)
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if good {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text.chars().take(70).collect();
        Err(Wrong::new(Code::BadName, format!("`{shown}` is not a name"))
            .help("1 to 64 letters, digits, `.`, `_` or `-`, beginning with a letter or digit"))
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["string", "integer"], "description": "a name: 1 to 64 letters, digits, `.`, `_` or `-`" })
    }
}

/// A reference to a place: a name, `idc/host`, `vpc/endpoint`, `backbone/place`, `backbone/*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceRef(pub String);

impl std::ops::Deref for PlaceRef {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PlaceRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Scalar for PlaceRef {
    const NAME: &'static str = "PlaceRef";
    fn read(text: &str) -> Result<Self, Wrong> {
        if text.is_empty() || text.len() > 200 || text.chars().any(char::is_control) {
            return Err(Wrong::new(Code::BadName, "a place is a name, or `name/part`"));
        }
        Ok(Self(text.to_owned()))
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["string", "integer"], "description": "a name, or `name/part`" })
    }
}

impl Scalar for String {
    const NAME: &'static str = "Text";
    fn read(text: &str) -> Result<Self, Wrong> {
        Ok(text.to_owned())
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl Scalar for u64 {
    const NAME: &'static str = "Whole";
    fn read(text: &str) -> Result<Self, Wrong> {
        let digits: String = text.chars().filter(|c| *c != '_').collect();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Wrong::new(
                Code::BadNumber,
                format!("`{}` is not a whole number", short(text)),
            ));
        }
        digits.parse().map_err(|_| {
            Wrong::new(
                Code::BadNumber,
                format!("`{}` is larger than 64 bits hold", short(text)),
            )
        })
    }
    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 0 })
    }
}

impl Scalar for bool {
    const NAME: &'static str = "Flag";
    fn read(text: &str) -> Result<Self, Wrong> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(
                Wrong::new(Code::BadNumber, format!("`{}` is neither true nor false", short(text)))
                    .help("write `true` or `false`"),
            ),
        }
    }
    fn schema() -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

pub(super) fn short(text: &str) -> String {
    const MOST: usize = 40;
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(MOST).collect();
    if chars.next().is_some() {
        short.push_str("...");
    }
    short
}

macro_rules! quantities {
    ($($ty:ident $name:literal $pattern:literal $what:literal;)*) => { $(
        impl Scalar for $ty {
            const NAME: &'static str = $name;
            fn read(text: &str) -> Result<Self, Wrong> {
                if text.len() > 60 {
                    return Err(Wrong::new(Code::BadQuantity, format!("`{}` is not {}", short(text), $what)));
                }
                text.parse().map_err(|e: crate::units::UnitError| Wrong::new(Code::BadQuantity, e.to_string()))
            }
            fn schema() -> Schema {
                json_schema!({ "type": ["string", "integer"], "pattern": $pattern, "description": $what })
            }
        }
    )* };
}

quantities! {
    SimDuration "Duration" r"^[0-9][0-9_]*(\.[0-9]+)? ?(ns|us|µs|ms|s|m|min|h|d)$" "a length of time: `5ms`, `2s`, `30d`";
    SimTime "Time" r"^[0-9][0-9_]*(\.[0-9]+)? ?(ns|us|µs|ms|s|m|min|h|d)$" "a time since the run began: `5ms`, `2s`, `30d`";
    BitRate "Rate" r"^[0-9][0-9_]*(\.[0-9]+)? ?(bps|k|M|G|T|kbps|Mbps|Gbps|Tbps)$" "bits a second: `500k`, `50M`, `10G`";
    ByteCount "Size" r"^[0-9][0-9_]*(\.[0-9]+)? ?(B|kB|KB|MB|GB|KiB|MiB|GiB)?$" "octets: `1500`, `64kB`, `1MB`";
}

impl Scalar for IpAddr {
    const NAME: &'static str = "Address";
    fn read(text: &str) -> Result<Self, Wrong> {
        text.parse().map_err(|_| {
            Wrong::new(Code::BadAddress, format!("`{}` is not an IP address", short(text)))
                .help("write it like `10.0.0.1`")
        })
    }
    fn schema() -> Schema {
        json_schema!({ "type": "string", "description": "an IPv4 address: `10.0.0.1`" })
    }
}

impl Scalar for MacAddr {
    const NAME: &'static str = "Mac";
    fn read(text: &str) -> Result<Self, Wrong> {
        text.parse().map_err(|_| {
            Wrong::new(Code::BadAddress, format!("`{}` is not a MAC address", short(text)))
                .help("write it like `02:00:00:00:00:01`")
        })
    }
    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$" })
    }
}

/// Which MAC address a port admits: any, the data centre's own, or this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindMac {
    /// Any.
    Any,
    /// That of the data centre at its port.
    Own,
    /// This one.
    This(MacAddr),
}

impl Scalar for BindMac {
    const NAME: &'static str = "BindMac";
    fn read(text: &str) -> Result<Self, Wrong> {
        match text {
            "true" => Ok(Self::Own),
            "false" => Ok(Self::Any),
            _ => MacAddr::read(text)
                .map(Self::This)
                .map_err(|wrong| wrong.help("write `true`, `false`, or an address like `02:00:00:00:00:01`")),
        }
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["boolean", "string"], "description": "`true`, `false`, or a MAC address" })
    }
}

impl Scalar for EtherType {
    const NAME: &'static str = "EtherType";
    fn read(text: &str) -> Result<Self, Wrong> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 4);
        let number = digits
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        number.map(EtherType).ok_or_else(|| {
            Wrong::new(Code::BadNumber, format!("`{}` is no EtherType", short(text)))
                .help("write it in four hexadecimal digits, like `0x8100`")
        })
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["string", "integer"], "description": "an EtherType, like `0x8100`" })
    }
}

/// An address with a prefix length, `10.0.0.2/30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    /// The address as written; its host bits may be set.
    pub address: IpAddr,
    /// 0 to 32 (or 128).
    pub len: u8,
}

impl Scalar for Prefix {
    const NAME: &'static str = "Prefix";
    fn read(text: &str) -> Result<Self, Wrong> {
        let wrong = || {
            Wrong::new(
                Code::BadAddress,
                format!("`{}` is not an address with a prefix length", short(text)),
            )
            .help("write it like `10.0.0.0/30`")
        };
        let (address, len) = text.split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let max = if address.is_ipv4() { 32 } else { 128 };
        let digits = !len.is_empty() && len.bytes().all(|b| b.is_ascii_digit());
        let len = len.parse().ok().filter(|l| digits && *l <= max).ok_or_else(wrong)?;
        Ok(Self { address, len })
    }
    fn schema() -> Schema {
        json_schema!({ "type": "string", "description": "an address with a prefix length: `10.0.0.0/30`" })
    }
}

/// A share of all frames, in parts of a billion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(pub u32);

impl std::fmt::Display for Share {
    /// As a file writes it: `0.1%`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const PERCENT: u32 = 10_000_000;
        let (whole, part) = (self.0 / PERCENT, self.0 % PERCENT);
        let digits = format!("{part:07}");
        match digits.trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            part => write!(f, "{whole}.{part}%"),
        }
    }
}

impl Scalar for Share {
    const NAME: &'static str = "Share";
    fn read(text: &str) -> Result<Self, Wrong> {
        let wrong = || {
            Wrong::new(Code::BadQuantity, format!("`{}` is not a share of frames", short(text)))
                .help("write a percentage between `0%` and `100%`, with at most seven decimals, like `0.1%`")
        };
        let number = text.trim().strip_suffix('%').ok_or_else(wrong)?.trim_end();
        let ppb = decimal(number, 7).filter(|n| *n <= 1_000_000_000).ok_or_else(wrong)?;
        u32::try_from(ppb).map(Self).map_err(|_| wrong())
    }
    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,7})?%$", "description": "a share of all frames: `0.1%`" })
    }
}

/// An amount of money in millionths of the scenario's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money(pub u64);

impl Scalar for Money {
    const NAME: &'static str = "Money";
    fn read(text: &str) -> Result<Self, Wrong> {
        decimal(text.trim(), 6).map(Self).ok_or_else(|| {
            Wrong::new(
                Code::BadQuantity,
                format!("`{}` is not an amount of money", short(text)),
            )
            .help("write a number without sign, with at most six decimals, like `85` or `0.05`")
        })
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["number", "string"], "minimum": 0, "description": "an amount in the scenario's currency, at most six decimals" })
    }
}

/// `text` times 10^`places`, exactly.
fn decimal(text: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > places || text.ends_with('.') {
        return None;
    }
    let scale = 10u64.pow(u32::try_from(places).ok()?);
    let rest: u64 = format!("{fraction:0<places$}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(scale)?.checked_add(rest)
}

/// How long something takes: `30d`, or at least and at most: `20d..30d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// At least.
    pub min: SimDuration,
    /// At most.
    pub max: SimDuration,
}

impl Scalar for TimeRange {
    const NAME: &'static str = "TimeRange";
    fn read(text: &str) -> Result<Self, Wrong> {
        let (min, max) = text.split_once("..").unwrap_or((text, text));
        let (min, max) = (SimDuration::read(min)?, SimDuration::read(max)?);
        if min > max {
            return Err(Wrong::new(
                Code::BadQuantity,
                format!("`{}` ends before it begins", short(text)),
            ));
        }
        Ok(Self { min, max })
    }
    fn schema() -> Schema {
        json_schema!({ "type": "string", "description": "a length of time, `30d`, or a range of it, `20d..30d`" })
    }
}

/// A VLAN of a trunk's list, or a range of them: `101`, `200-299`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VidRange {
    /// The first.
    pub first: Vid,
    /// The last.
    pub last: Vid,
}

impl VidRange {
    /// Is this VLAN in it?
    pub fn contains(self, vlan: u64) -> bool {
        (u64::from(self.first.get())..=u64::from(self.last.get())).contains(&vlan)
    }
}

impl VidRange {
    /// Two ends, both among these numbers.
    fn within(text: &str, all: std::ops::RangeInclusive<u64>, what: &str) -> Result<Self, Wrong> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (u64::read(first.trim())?, u64::read(last.trim())?);
        let within = |n: u64| Some(n).filter(|n| all.contains(n));
        let vid = |n: u64| within(n).and_then(|n| u16::try_from(n).ok()).and_then(Vid::new);
        match (vid(first), vid(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            (Some(_), Some(_)) => Err(Wrong::new(
                Code::VlanList,
                format!("`{}` ends before it begins", short(text)),
            )),
            _ => Err(Wrong::new(Code::VidRange, format!("{what}, not {}", short(text)))),
        }
    }
}

impl Scalar for VidRange {
    const NAME: &'static str = "VidRange";
    fn read(text: &str) -> Result<Self, Wrong> {
        Self::within(text, 1..=4094, "a VLAN of the partner's is 1 to 4094")
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["integer", "string"], "pattern": r"^[0-9]+ ?(- ?[0-9]+)?$", "description": "a VLAN, `101`, or a range of them, `200-299`" })
    }
}

/// A VID that a tag can have, or a range of them: `0`, `100-199`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyVidRange(pub VidRange);

impl Scalar for AnyVidRange {
    const NAME: &'static str = "AnyVidRange";
    fn read(text: &str) -> Result<Self, Wrong> {
        VidRange::within(text, 0..=4095, "a VID is 0 to 4095").map(Self)
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["integer", "string"], "pattern": r"^[0-9]+ ?(- ?[0-9]+)?$", "description": "a VID of a tag, `101`, or a range of them, `200-299`" })
    }
}

/// Which tags a captured frame carries: none, or these VIDs, outermost first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VidStack(Vec<Option<Vid>>);

impl VidStack {
    /// Tags that a stack may name.
    const DEEPEST: usize = 8;

    /// Has the frame this stack, no tag more and none less? A broken header has no stack.
    pub fn is_of(&self, frame: &Frame) -> bool {
        let Ok(view) = FrameView::new(frame.bytes()) else {
            return false;
        };
        let fits = |(wanted, tag): (&Option<Vid>, Tag)| wanted.is_none_or(|vid| vid == tag.vid());
        view.tag_count() == self.0.len() && self.0.iter().zip(view.tags()).all(fits)
    }
}

impl Scalar for VidStack {
    const NAME: &'static str = "VidStack";
    fn read(text: &str) -> Result<Self, Wrong> {
        if text == "untagged" {
            return Ok(Self(Vec::new()));
        }
        let tag = |part: &str| match part {
            "*" => Some(None),
            _ if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) => None,
            digits => digits.parse().ok().and_then(Vid::new).map(Some),
        };
        let tags: Option<Vec<_>> = text.split('/').take(Self::DEEPEST + 1).map(tag).collect();
        tags.filter(|tags| tags.len() <= Self::DEEPEST)
            .map(Self)
            .ok_or_else(|| {
                Wrong::new(Code::BadNumber, format!("`{}` is not a stack of VIDs", short(text))).help(
                    "write `untagged`, `42`, `10/20` or `10/*`: VIDs from 0 to 4095, outermost first, at most eight",
                )
            })
    }
    fn schema() -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "pattern": r"^(untagged|([0-9]{1,4}|\*)(/([0-9]{1,4}|\*)){0,7})$",
            "minimum": 0,
            "maximum": 4095,
            "description": "the tags of a captured frame: `untagged`, `42`, `10/20` (outermost first), `10/*`"
        })
    }
}

/// How large the frames of a flow are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeText {
    /// The mix of RFC 6985 that CSIT uses.
    Imix,
    /// All alike, in octets.
    Octets(u64),
}

impl Scalar for SizeText {
    const NAME: &'static str = "FrameSize";
    fn read(text: &str) -> Result<Self, Wrong> {
        if text == "imix" {
            return Ok(Self::Imix);
        }
        u64::read(text)
            .map(Self::Octets)
            .map_err(|e| e.help("write a number of octets, or `imix`"))
    }
    fn schema() -> Schema {
        json_schema!({ "oneOf": [{ "const": "imix" }, { "type": "integer", "minimum": 64, "maximum": 9216 }] })
    }
}

/// A value of an API parameter, or of a policy: any single value, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param(pub String);

impl Scalar for Param {
    const NAME: &'static str = "Param";
    fn read(text: &str) -> Result<Self, Wrong> {
        Ok(Self(text.to_owned()))
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

/// One word of a closed list.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        impl $name {
            /// The words, in order.
            pub const WORDS: &'static [&'static str] = &[$($text,)*];
            /// The word as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
        impl crate::scenario::at::Scalar for $name {
            const NAME: &'static str = stringify!($name);
            fn read(text: &str) -> Result<Self, crate::scenario::at::Wrong> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => match crate::scenario::scalars::renamed(text, Self::WORDS) {
                        Some(new) => Self::read(new),
                        None => Err(crate::scenario::scalars::unknown_word(text, Self::WORDS)),
                    },
                }
            }
            fn schema() -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": Self::WORDS })
            }
        }
    };
}
pub(super) use words;

/// Words that have another name now: the old one, which files of earlier versions hold, and the new.
const RENAMED: &[(&str, &str)] = &[("alibaba", "cloud")];

/// What a word of earlier versions is called now, if it is one of `words`.
pub(super) fn renamed(text: &str, words: &[&str]) -> Option<&'static str> {
    let found = RENAMED.iter().find(|(old, new)| *old == text && words.contains(new));
    found.map(|(_, new)| *new)
}

pub(super) fn unknown_word(text: &str, words: &[&str]) -> Wrong {
    let wrong = Wrong::new(
        Code::UnknownWord,
        format!("`{}` is not one of the words that are known here", short(text)),
    );
    let list = words.join(", ");
    match nearest(text, words.iter().copied()) {
        Some(near) => wrong.help(format!("did you mean `{near}`? The words are {list}")),
        None => wrong.help(format!("write one of {list}")),
    }
}
