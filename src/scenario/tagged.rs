//! Items of which one key says what they are: a flow's `kind`, an expectation's `check`, a fault's
//! own name.
//!
//! `tagged!` states such an item once: every key with its type and meaning, and for each variant the
//! keys that it needs and takes. Out of that come the struct and its enum, the reader that makes the
//! variant or says in the same pass what is wrong and where, the schema, and the edits.

use serde_json::{Map, Value, json};

use super::at::{At, Placed, Span, Wrong};
use super::codes::Code;
use super::names::nearest;

/// Keys that go together.
#[derive(Debug, Clone, Copy)]
pub struct KeySet {
    /// Those that must be there.
    pub needs: &'static [&'static str],
    /// Those that may be there.
    pub takes: &'static [&'static str],
}

impl KeySet {
    fn all(self) -> impl Iterator<Item = &'static str> {
        self.needs.iter().chain(self.takes).copied()
    }
}

/// Which keys go together, as `tagged!` states it.
pub trait Shapes: Sized + 'static {
    /// One word for each variant.
    type Word: Copy + PartialEq + 'static;
    /// Keys of every variant.
    const COMMON: KeySet;
    /// Keys of each variant beside those.
    const VARIANTS: &'static [(Self::Word, KeySet)];
    /// Every key, and the lines that say what it means.
    const MEANINGS: &'static [(&'static str, &'static [&'static str])];
}

/// How the keys of an item choose its variant, and how that is told.
pub trait Choice: Shapes {
    /// Is a variant chosen by the key of its name, so that there is one of them at all times?
    const BY_KEY: bool;
    /// The code of a key that the variant does not have.
    const STRANGE: Code;
    /// The code of a key that the variant needs and that is not there.
    const NEEDED: Code;

    /// Which variant it is, and the place that says so.
    ///
    /// # Errors
    /// None was chosen, or several were.
    fn chosen(&self, item: Span) -> Result<At<Self::Word>, Placed>;
    /// The variant as a message names it.
    fn phrase(word: Self::Word) -> String;
    /// What holds of an item of this variant alone, for the schema.
    fn condition(word: Self::Word) -> Value;
}

/// The variant, if all its keys are there and no others; or everything that is wrong.
pub fn variant<C: Choice>(
    keys: &C,
    there: &[(&'static str, Option<Span>)],
    unknown: &[(String, Span)],
    item: Span,
) -> Result<C::Word, Vec<Placed>> {
    let mut wrong: Vec<Placed> = Vec::new();
    let written = |key: &str| there.iter().any(|(k, span)| *k == key && span.is_some());
    for key in C::COMMON.needs.iter().filter(|key| !written(key)) {
        wrong.push((
            item,
            Wrong::new(Code::MissingField, format!("the key `{key}` is missing")),
        ));
    }
    let chosen = match keys.chosen(item) {
        Ok(chosen) => Some(chosen),
        Err(error) => {
            // A key that is missing was named; one that is misspelt may be the one that was meant.
            if wrong.is_empty() && unknown.is_empty() {
                wrong.push(error);
            }
            None
        }
    };
    let shape = chosen.as_ref().map(|word| shape::<C>(word.value));
    let known: Vec<&str> = match shape {
        Some(shape) => C::COMMON.all().chain(shape.all()).collect(),
        None => there.iter().map(|(key, _)| *key).collect(),
    };
    // A key that is there already was not meant once more.
    let near = |key: &str| nearest(key, known.iter().copied().filter(|key| !written(key)));
    for (key, span) in unknown {
        let text = format!("there is no key `{key}` here");
        let advised = advised::<C>(Code::UnknownField, text, key, &known, near(key), chosen.as_ref());
        wrong.push((*span, advised));
    }
    let (Some(chosen), Some(shape)) = (chosen, shape) else {
        return Err(wrong);
    };
    let phrase = C::phrase(chosen.value);
    for (key, span) in there.iter().filter_map(|(key, span)| Some((*key, (*span)?))) {
        if !known.contains(&key) {
            let text = format!("{phrase} has no key `{key}`");
            let advised = advised::<C>(C::STRANGE, text, key, &known, near(key), Some(&chosen));
            wrong.push((span, advised));
        }
    }
    // What is missing was told where a key is a misspelling of it.
    let meant: Vec<&str> = unknown.iter().filter_map(|(key, _)| near(key)).collect();
    let missing = shape.needs.iter().copied();
    let missing: Vec<&str> = missing.filter(|key| !written(key) && !meant.contains(key)).collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
        let text = format!("{phrase} needs {}", names.join(" and "));
        let meanings: Vec<String> = missing.iter().map(|key| meaning::<C>(key)).collect();
        let wrong_here = Wrong::new(C::NEEDED, text).help(meanings.join(" "));
        wrong.push((chosen.span, wrong_here));
    }
    if wrong.is_empty() { Ok(chosen.value) } else { Err(wrong) }
}

/// A key and what it means, as a sentence.
fn meaning<C: Choice>(key: &str) -> String {
    let found = C::MEANINGS.iter().find(|(name, _)| *name == key);
    let lines = found.map_or(&[][..], |(_, lines)| lines);
    format!("`{key}`: {}", text(lines).replace('\n', " "))
}

fn shape<C: Choice>(word: C::Word) -> KeySet {
    let found = C::VARIANTS.iter().find(|(of, _)| *of == word);
    found.map_or(C::COMMON, |(_, shape)| *shape)
}

/// What would be right instead of a key: the nearest one of this variant, or all of them; and whose
/// key it is.
fn advised<C: Choice>(
    code: Code,
    message: String,
    key: &str,
    known: &[&str],
    near: Option<&str>,
    chosen: Option<&At<C::Word>>,
) -> Wrong {
    let owners: Vec<String> = C::VARIANTS
        .iter()
        .filter(|(_, shape)| shape.all().any(|k| k == key))
        .map(|(word, _)| C::phrase(*word))
        .collect();
    let mut help = Vec::new();
    if let Some(near) = near {
        help.push(format!("did you mean `{near}`?"));
    }
    if !owners.is_empty() {
        help.push(format!("it belongs to {}", owners.join(" and to ")));
    }
    if near.is_none() {
        let whose = chosen.map_or_else(|| "here".to_owned(), |word| format!("of {}", C::phrase(word.value)));
        help.push(format!("the keys {whose} are {}", known.join(", ")));
    }
    Wrong::new(code, message).help(help.join("; "))
}

/// The schema of an item: every key, and which of them go with which variant.
pub fn schema<C: Choice>(about: &[&str], takes: Vec<schemars::Schema>) -> schemars::Schema {
    let mut properties = Map::new();
    for ((key, meaning), takes) in C::MEANINGS.iter().zip(takes) {
        let mut schema = takes.to_value();
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), text(meaning).into());
        }
        properties.insert((*key).to_owned(), schema);
    }
    let variants = C::VARIANTS.iter().map(|(word, shape)| {
        let names: Vec<&str> = C::COMMON.all().chain(shape.all()).collect();
        json!({ "if": C::condition(*word), "then": { "required": shape.needs, "propertyNames": { "enum": names } } })
    });
    let mut whole = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": C::COMMON.needs,
        "allOf": variants.collect::<Vec<_>>(),
        "description": text(about),
    });
    if C::BY_KEY {
        let ways: Vec<Value> = C::VARIANTS.iter().map(|(word, _)| C::condition(*word)).collect();
        whole["oneOf"] = ways.into();
    }
    schemars::Schema::try_from(whole).unwrap_or_default()
}

/// A condition that holds only where `key` is written.
pub fn and_there(mut condition: Value, key: &str) -> Value {
    if let Value::Object(condition) = &mut condition {
        condition.insert("required".to_owned(), json!([key]));
    }
    condition
}

/// Lines of documentation as one text.
fn text(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join("\n")
}

/// An item of which one key says what it is.
macro_rules! tagged {
    (
        $(#[doc = $about:literal])*
        pub struct $item:ident needs { $($need:ident),* } takes { $($take:ident),* }

        $(#[doc = $kinds:literal])*
        pub enum $kind:ident by $word:ident {
            $(
                $(#[doc = $which:literal])*
                $variant:ident needs { $($vneed:ident),* } takes { $($vtake:ident),* }
            )*
        }

        keys {
            $( $(#[doc = $meaning:literal])* $key:ident : $ty:ty, )*
        }
    ) => {
        /// What each key takes.
        #[allow(non_camel_case_types, reason = "a type for each key, named like the key")]
        mod key {
            use super::*;
            $( $(#[doc = $meaning])* pub type $key = $ty; )*
        }

        $(#[doc = $about])*
        #[derive(Debug, Clone)]
        #[allow(missing_docs, reason = "every field is the key of its name, and `keys` says what that means")]
        pub struct $item {
            $( pub $need: key::$need, )*
            $( pub $take: Option<key::$take>, )*
            /// The variant with its own keys.
            pub what: $kind,
        }

        $(#[doc = $kinds])*
        #[derive(Debug, Clone)]
        #[allow(clippy::large_enum_variant, reason = "items are read once, and few")]
        #[allow(missing_docs, reason = "every field is the key of its name, and `keys` says what that means")]
        pub enum $kind {
            $(
                $(#[doc = $which])*
                $variant { $($vneed: key::$vneed,)* $($vtake: Option<key::$vtake>,)* },
            )*
        }

        /// All keys, whatever the variant.
        #[derive(Default)]
        struct Keys {
            $( $key: Option<key::$key>, )*
        }

        impl tagged::Shapes for Keys {
            type Word = $word;
            const COMMON: KeySet = KeySet {
                needs: &[$(stringify!($need)),*],
                takes: &[$(stringify!($take)),*],
            };
            const VARIANTS: &'static [($word, KeySet)] = &[
                $( ($word::$variant, KeySet {
                    needs: &[$(stringify!($vneed)),*],
                    takes: &[$(stringify!($vtake)),*],
                }), )*
            ];
            const MEANINGS: &'static [(&'static str, &'static [&'static str])] =
                &[$( (stringify!($key), &[$($meaning),*]) ),*];
        }

        impl Keys {
            /// The item, or everything that is wrong with its keys.
            fn make(mut self, unknown: &[(String, Span)], item: Span) -> Result<$item, Vec<Placed>> {
                let there = [$( (stringify!($key), self.$key.as_ref().map(|value| value.place().unwrap_or(item))) ),*];
                let word = tagged::variant(&self, &there, unknown, item)?;
                let mut made = || {
                    Some($item {
                        what: match word {
                            $( $word::$variant => $kind::$variant {
                                $( $vneed: self.$vneed.take()?, )*
                                $( $vtake: self.$vtake.take(), )*
                            }, )*
                        },
                        $( $need: self.$need.take()?, )*
                        $( $take: self.$take.take(), )*
                    })
                };
                Ok(made().expect("every key that is needed was looked for"))
            }

            /// The keys of an item.
            fn of(item: $item) -> Self {
                let mut keys = Self::default();
                $( keys.$need = Some(item.$need); )*
                $( keys.$take = item.$take; )*
                match item.what {
                    $( $kind::$variant { $($vneed,)* $($vtake,)* } => {
                        $( keys.$vneed = Some($vneed); )*
                        $( keys.$vtake = $vtake; )*
                    } )*
                }
                keys
            }
        }

        /// What was read of an item: its keys, and keys that nothing has.
        struct Read(Keys, Vec<(String, Span)>);

        impl<'de> serde::Deserialize<'de> for Read {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Rows;
                impl<'de> serde::de::Visitor<'de> for Rows {
                    type Value = Read;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a mapping")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
                        let mut read = Read(Keys::default(), Vec::new());
                        while let Some(yaml::KeyText(key)) = map.next_key()? {
                            match key.value.as_str() {
                                $( stringify!($key) => read.0.$key = map.next_value()?, )*
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                    read.1.push((key.value, key.span));
                                }
                            }
                        }
                        Ok(read)
                    }
                }
                from.deserialize_map(Rows)
            }
        }

        impl<'de> serde::Deserialize<'de> for $item {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let (Read(keys, unknown), place) = yaml::placed::<Read, D>(from)?;
                keys.make(&unknown, place).map_err(yaml::refuse)
            }
        }

        impl schemars::JsonSchema for $item {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($item).into()
            }
            fn json_schema(from: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let takes = vec![$(
                    match <Keys as tagged::Shapes>::COMMON.needs.contains(&stringify!($key)) {
                        true => from.subschema_for::<key::$key>(),
                        false => from.subschema_for::<Option<key::$key>>(),
                    }
                ),*];
                tagged::schema::<Keys>(&[$($about),*], takes)
            }
        }

        impl Editable for $item {
            fn place(&self) -> Option<Span> {
                let keys = Keys::of(self.clone());
                None $( .or_else(|| keys.$key.place()) )*
            }
            fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
                $( self.$need.places(each); )*
                $( self.$take.places(each); )*
                match &mut self.what {
                    $( $kind::$variant { $($vneed,)* $($vtake,)* } => {
                        $( $vneed.places(each); )*
                        $( $vtake.places(each); )*
                    } )*
                }
            }
            fn change_part(&mut self, path: &str, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
                let mut keys = Keys::of(self.clone());
                let (key, rest) = split(path);
                match key {
                    $( stringify!($key) => keys.$key.change(rest, change)?, )*
                    _ => return no_key(key, [$(stringify!($key)),*].into_iter(), change),
                }
                *self = keys.make(&[], change.place())?;
                Ok(())
            }
        }
    };
}
pub(super) use tagged;
