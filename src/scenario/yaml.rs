//! The only place that knows which YAML reader is used.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_saphyr::{Error, Location, Spanned};

use super::at::{At, Placed, Scalar, Span, Wrong};
use super::codes::Code;

/// More nodes than any scenario of 100,000 explicit tenants needs.
const NODES_MAX: usize = 8_000_000;
/// What aliases may add.
const REPLAYED_MAX: usize = 1_000_000;

/// Reads one document.
///
/// # Errors
/// The first error of syntax or shape, and where it stands.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Vec<Placed>> {
    parse(text).map_err(|mut wrong| {
        for (span, wrong) in &mut wrong {
            if wrong.code == Code::WrongType && is_first(text, span.start) {
                let none = "a scenario is a mapping, `key: value`, and this is none";
                *wrong = Wrong::new(Code::NotAMapping, none);
            }
        }
        wrong
    })
}

/// Reads one value of a scenario, as it stands behind its key.
///
/// # Errors
/// As [`read`].
pub(super) fn fragment<T: DeserializeOwned>(text: &str) -> Result<T, Vec<Placed>> {
    parse(text)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Vec<Placed>> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: NODES_MAX,
            max_events: 4 * NODES_MAX,
            max_total_scalar_bytes: 512 << 20,
            max_depth: 24,
            max_documents: 2,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: REPLAYED_MAX,
        },
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let mut wrong = explain(error.without_snippet());
        for (place, _) in &mut wrong {
            *place = located(text, *place);
        }
        wrong
    })
}

fn span(at: Location) -> Span {
    let clamp = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let start = clamp(at.span().byte_offset().unwrap_or(0));
    Span {
        edit: 0,
        start,
        end: start.saturating_add(clamp(at.span().byte_len().unwrap_or(0))),
        line: clamp(at.line()),
        column: clamp(at.column()),
    }
}

/// The place with its octets: errors of syntax come with a line and a column alone.
fn located(text: &str, place: Span) -> Span {
    if place.line <= 1 || place.start > 0 {
        return place;
    }
    let line = text.split_inclusive('\n').nth(place.line as usize - 1);
    let from = line.map_or(text.len(), |line| line.as_ptr() as usize - text.as_ptr() as usize);
    let before = line.map_or(0, |line| {
        let columns = (place.column as usize).saturating_sub(1);
        line.char_indices()
            .nth(columns)
            .map_or(line.trim_end().len(), |(at, _)| at)
    });
    let start = u32::try_from(from + before).unwrap_or(u32::MAX);
    Span {
        start,
        end: start,
        ..place
    }
}

/// The reader's error in our words.
fn explain(error: &Error) -> Vec<Placed> {
    if let Error::Message { msg, .. } = error {
        let found = unpack(msg);
        if !found.is_empty() {
            return found;
        }
    }
    if let Error::AliasError { error, .. } = error {
        return explain(error);
    }
    let place = error.location().map(span).unwrap_or_default();
    // The reader notices at the end of a mapping that a key is missing; these two are of the whole file.
    let place = match error {
        Error::SerdeMissingField {
            field: "trunklab" | "duration",
            ..
        } => Span {
            line: 1,
            column: 1,
            ..Span::default()
        },
        _ => place,
    };
    let plain = |code| Wrong::new(code, first_line(&error.to_string()));
    let wrong = match error {
        Error::InvalidUtf8Input => plain(Code::NotUtf8),
        Error::Eof { .. } => Wrong::new(Code::Empty, "there is no YAML document in this file"),
        Error::MultipleDocuments { .. } => Wrong::new(
            Code::NotAMapping,
            "a scenario is one YAML document, and here a second one begins",
        ),
        Error::SerdeUnknownField { field, expected, .. } => {
            let wrong = Wrong::new(Code::UnknownField, format!("there is no key `{field}` here"));
            match super::names::nearest(field, expected.iter().copied()) {
                Some(near) => wrong.help(format!("did you mean `{near}`?")),
                None => wrong.help(format!("the keys here are {}", expected.join(", "))),
            }
        }
        Error::SerdeMissingField { field, .. } => {
            Wrong::new(Code::MissingField, format!("the key `{field}` is missing"))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => Wrong::new(
            Code::UnknownWord,
            format!("`{variant}` is not one of the words that are known here"),
        )
        .help(format!("write one of {}", expected.join(", "))),
        Error::DuplicateMappingKey { key, .. } => Wrong::new(
            Code::DuplicateKey,
            format!(
                "the key `{}` stands twice in this mapping",
                key.as_deref().unwrap_or("?")
            ),
        ),
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => Wrong::new(
            Code::Bomb,
            "the YAML expands to more than is read: eight million nodes, a million of them by aliases, 24 levels",
        ),
        Error::SerdeInvalidType {
            unexpected, expected, ..
        }
        | Error::SerdeInvalidValue {
            unexpected, expected, ..
        } => Wrong::new(
            Code::WrongType,
            format!("found {unexpected} where {expected} is wanted"),
        ),
        Error::Unexpected { expected, .. } => Wrong::new(Code::WrongType, wanted(expected)),
        Error::NullIntoString { .. } => Wrong::new(Code::WrongType, "the key has no value"),
        Error::UnexpectedSequenceEnd { .. } | Error::UnexpectedMappingEnd { .. } => plain(Code::WrongType),
        _ => plain(Code::Syntax),
    };
    vec![(place, wrong)]
}

/// The reader's text without the place that it repeats.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.rfind(" at line ").map_or(line, |i| &line[..i]).to_owned()
}

fn wanted(expected: &str) -> String {
    match expected {
        "string scalar" => "a single value is wanted here, not a list or mapping".to_owned(),
        "mapping start" => "a mapping is wanted here (`key: value`)".to_owned(),
        "sequence start" => "a list is wanted here (`[a, b]`, or lines that begin with `- `)".to_owned(),
        other => format!("{other} is wanted here"),
    }
}

/// Is there nothing but blank lines, comments and a document mark before this octet?
fn is_first(text: &str, at: u32) -> bool {
    let before = text.get(..at as usize).unwrap_or(text);
    before
        .lines()
        .map(str::trim)
        .all(|l| l.is_empty() || l.starts_with('#') || l == "---")
}

/// Our own errors travel through the reader as text, with their place in front: the reader would
/// otherwise point at the token that comes next.
const MARK: char = '\u{1}';
/// Before each of several errors.
const NEXT: char = '\u{2}';

/// What is wrong, as the reader's own error.
pub(super) fn refuse<E: serde::de::Error>(wrong: Vec<Placed>) -> E {
    let packed: String = wrong.iter().map(|(at, wrong)| pack(*at, wrong)).collect();
    E::custom(packed)
}

fn pack(at: Span, wrong: &Wrong) -> String {
    format!(
        "{NEXT}{}{MARK}{} {} {} {}{MARK}{}{MARK}{}",
        wrong.code.as_str(),
        at.start,
        at.end,
        at.line,
        at.column,
        wrong.message,
        wrong.help.as_deref().unwrap_or_default()
    )
}

fn unpack(text: &str) -> Vec<Placed> {
    text.split(NEXT).skip(1).filter_map(unpack_one).collect()
}

fn unpack_one(text: &str) -> Option<Placed> {
    let mut parts = text.split(MARK);
    let code = Code::find(parts.next()?)?;
    let mut numbers = parts.next()?.split(' ').map(str::parse);
    let mut number = || numbers.next().and_then(Result::ok);
    let at = Span {
        edit: 0,
        start: number()?,
        end: number()?,
        line: number()?,
        column: number()?,
    };
    let message = parts.next()?.to_owned();
    let help = parts.next().filter(|h| !h.is_empty()).map(str::to_owned);
    Some((at, Wrong { code, message, help }))
}

/// A value, and where it begins.
///
/// # Errors
/// As the value's own reader.
pub(super) fn placed<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<(T, Span), D::Error> {
    let read = Spanned::<T>::deserialize(from)?;
    Ok((read.value, span(read.referenced)))
}

/// A key of a mapping, and where it stands.
pub(super) struct Key(pub At<String>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (text, at) = placed::<String, D>(from)?;
        Ok(Self(At::new(text, at)))
    }
}

impl<'de, T: Scalar> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (text, at) = placed::<String, D>(from)?;
        match T::read(&text) {
            Ok(value) => Ok(Self::new(value, at)),
            Err(wrong) => Err(refuse(vec![(at, wrong)])),
        }
    }
}

impl<T: Scalar> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::NAME.into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

/// A mapping with free keys, in the order in which it was written.
#[derive(Debug, Clone)]
pub struct Table<T>(pub Vec<(String, At<T>)>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Scalar> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Rows<T>(std::marker::PhantomData<T>);
        impl<'de, T: Scalar> Visitor<'de> for Rows<T> {
            type Value = Table<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry::<String, At<T>>()? {
                    rows.push(row);
                }
                Ok(Table(rows))
            }
        }
        from.deserialize_map(Rows(std::marker::PhantomData))
    }
}

impl<T: Scalar> JsonSchema for Table<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("TableOf{}", T::NAME).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": T::schema() })
    }
}

/// A mapping whose keys stand on a closed list, in the order in which it was written.
#[derive(Debug, Clone)]
pub struct Listed<K, T>(pub Vec<(At<K>, At<T>)>);

impl<K, T> Default for Listed<K, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, K: Scalar, T: Scalar> Deserialize<'de> for Listed<K, T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Rows<K, T>(std::marker::PhantomData<(K, T)>);
        impl<'de, K: Scalar, T: Scalar> Visitor<'de> for Rows<K, T> {
            type Value = Listed<K, T>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry::<At<K>, At<T>>()? {
                    rows.push(row);
                }
                Ok(Listed(rows))
            }
        }
        from.deserialize_map(Rows(std::marker::PhantomData))
    }
}

impl<K: Scalar, T: Scalar> JsonSchema for Listed<K, T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("TableOf{}By{}", T::NAME, K::NAME).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object", "propertyNames": K::schema(), "additionalProperties": T::schema() })
    }
}
