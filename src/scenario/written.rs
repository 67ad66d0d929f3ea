//! What stands under a key: it has a place, and an edit can write it anew or take it away.
//!
//! `item!` states an item of a scenario once: its keys, their types and what they mean. Out of that
//! come the struct, its reader, its part of the schema, and its edits.

use serde::de::DeserializeOwned;

use super::at::{At, Placed, Scalar, Span, Wrong};
use super::codes::Code;
use super::names::nearest;
use super::yaml::{self, Listed, Table};

/// The text of an edit, and which edit it is.
#[derive(Debug, Clone, Copy)]
pub struct EditText<'a> {
    /// What is written, in the language of scenario files.
    pub text: &'a str,
    /// Which edit, from 1.
    pub edit: u32,
}

impl EditText<'_> {
    /// The value that is written, every place in it that of this edit.
    pub(super) fn read<W: Editable>(&self) -> Result<W, Vec<Placed>> {
        let mut value: W = yaml::fragment(self.text).map_err(|wrong| {
            let here = |(span, wrong)| (self.here(span), wrong);
            wrong.into_iter().map(here).collect::<Vec<_>>()
        })?;
        value.places(&mut |span| *span = self.here(*span));
        Ok(value)
    }

    /// A place within this edit: the octets of its text. It is in no line of the file.
    pub(super) fn here(&self, within: Span) -> Span {
        Span {
            edit: self.edit,
            start: within.start,
            end: within.end,
            line: 0,
            column: 0,
        }
    }
}

/// What becomes of a key.
#[derive(Debug, Clone, Copy)]
pub enum KeyEdit<'a> {
    /// It is written anew.
    Set(EditText<'a>),
    /// It is left out, by this edit.
    Drop(u32),
}

impl KeyEdit<'_> {
    /// The whole text of the edit.
    pub(super) fn place(&self) -> Span {
        let (edit, end) = match self {
            Self::Set(text) => (text.edit, u32::try_from(text.text.len()).unwrap_or(u32::MAX)),
            Self::Drop(edit) => (*edit, 0),
        };
        Span {
            edit,
            end,
            ..Span::default()
        }
    }

    /// Refuses the change.
    pub(super) fn refuse(&self, wrong: Wrong) -> Result<(), Vec<Placed>> {
        Err(vec![(self.place(), wrong)])
    }
}

/// A value that was written, or the lack of one.
pub trait Editable: DeserializeOwned {
    /// Where it stands; `None` where nothing is written.
    fn place(&self) -> Option<Span>;

    /// Every place in it.
    fn places(&mut self, each: &mut dyn FnMut(&mut Span));

    /// What stands there where the key is left out; `None`: it must be there.
    fn left_out() -> Option<Self> {
        None
    }

    /// Changes it, or what `path` names in it (`with.Spec`, behind `with`).
    ///
    /// # Errors
    /// Everything that is wrong with the change; the value may then be anything.
    fn change(&mut self, path: Option<&str>, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
        match (path, change) {
            (Some(path), _) => self.change_part(path, change),
            (None, KeyEdit::Set(text)) => {
                *self = text.read()?;
                Ok(())
            }
            (None, KeyEdit::Drop(_)) => match Self::left_out() {
                Some(nothing) => {
                    *self = nothing;
                    Ok(())
                }
                None => change.refuse(Wrong::new(
                    Code::MissingField,
                    "the key has no default, and cannot be left out",
                )),
            },
        }
    }

    /// Changes what `path` names in it.
    ///
    /// # Errors
    /// As [`Editable::change`].
    fn change_part(&mut self, path: &str, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
        change.refuse(Wrong::new(
            Code::UnknownField,
            format!("there is no key `{path}` in a single value or a list"),
        ))
    }
}

impl<T: Scalar> Editable for At<T> {
    fn place(&self) -> Option<Span> {
        Some(self.span)
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        each(&mut self.span);
    }
}

impl<W: Editable> Editable for Option<W> {
    fn place(&self) -> Option<Span> {
        self.as_ref().and_then(W::place)
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        if let Some(value) = self {
            value.places(each);
        }
    }
    fn left_out() -> Option<Self> {
        Some(None)
    }
    fn change(&mut self, path: Option<&str>, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
        match (self, path, change) {
            (value, None, KeyEdit::Set(text)) => {
                *value = Some(text.read()?);
                Ok(())
            }
            (value, None, KeyEdit::Drop(_)) => {
                *value = None;
                Ok(())
            }
            (Some(value), Some(path), _) => value.change(Some(path), change),
            (None, Some(path), _) => change.refuse(Wrong::new(
                Code::MissingField,
                format!("there is nothing yet that `{path}` could be a key of"),
            )),
        }
    }
}

/// What few scenarios have and is large stands in a box.
impl<W: Editable> Editable for Box<W> {
    fn place(&self) -> Option<Span> {
        (**self).place()
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        (**self).places(each);
    }
    fn left_out() -> Option<Self> {
        W::left_out().map(Self::new)
    }
    fn change(&mut self, path: Option<&str>, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
        (**self).change(path, change)
    }
}

impl<W: Editable> Editable for Vec<W> {
    fn place(&self) -> Option<Span> {
        self.first().and_then(W::place)
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        for value in self {
            value.places(each);
        }
    }
    fn left_out() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Scalar> Editable for Table<T> {
    fn place(&self) -> Option<Span> {
        self.0.first().map(|(_, value)| value.span)
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        for (_, value) in &mut self.0 {
            each(&mut value.span);
        }
    }
    fn left_out() -> Option<Self> {
        Some(Self::default())
    }
    fn change_part(&mut self, path: &str, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
        let at = self.0.iter().position(|(key, _)| key == path);
        match (at, change) {
            (Some(at), KeyEdit::Set(text)) => self.0[at].1 = text.read()?,
            (None, KeyEdit::Set(text)) => self.0.push((path.to_owned(), text.read()?)),
            (Some(at), KeyEdit::Drop(_)) => {
                self.0.remove(at);
            }
            (None, KeyEdit::Drop(_)) => {
                return no_key(path, self.0.iter().map(|(key, _)| key.as_str()), change);
            }
        }
        Ok(())
    }
}

impl<K: Scalar + PartialEq, T: Scalar> Editable for Listed<K, T> {
    fn place(&self) -> Option<Span> {
        self.0.first().map(|(_, value)| value.span)
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        for (key, value) in &mut self.0 {
            each(&mut key.span);
            each(&mut value.span);
        }
    }
    fn left_out() -> Option<Self> {
        Some(Self::default())
    }
    fn change_part(&mut self, path: &str, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
        let key = match K::read(path) {
            Ok(key) => key,
            Err(wrong) => return change.refuse(wrong),
        };
        let at = self.0.iter().position(|(known, _)| known.value == key);
        match (at, change) {
            (Some(at), KeyEdit::Set(text)) => self.0[at].1 = text.read()?,
            (None, KeyEdit::Set(text)) => self.0.push((At::new(key, change.place()), text.read()?)),
            (Some(at), KeyEdit::Drop(_)) => {
                self.0.remove(at);
            }
            (None, KeyEdit::Drop(_)) => {
                return change.refuse(Wrong::new(Code::UnknownField, format!("`{path}` is not written here")));
            }
        }
        Ok(())
    }
}

/// Refuses a key that is not known here, with the nearest one that is.
pub(super) fn no_key<'a>(
    key: &str,
    known: impl Iterator<Item = &'a str>,
    change: &KeyEdit<'_>,
) -> Result<(), Vec<Placed>> {
    let wrong = Wrong::new(Code::UnknownField, format!("there is no key `{key}` here"));
    change.refuse(match nearest(key, known) {
        Some(near) => wrong.help(format!("did you mean `{near}`?")),
        None => wrong,
    })
}

/// The first key of a path, and what is behind it.
pub(super) fn split(path: &str) -> (&str, Option<&str>) {
    match path.split_once('.') {
        Some((key, rest)) => (key, Some(rest)),
        None => (path, None),
    }
}

/// A key as it is written: the field's name, unless another text is given.
macro_rules! key_text {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}
pub(super) use key_text;

/// An item of a scenario: the struct as it would be written without, each key that is not named
/// like its field with `= "key"` behind its type.
macro_rules! item {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$inner:meta])* pub $field:ident : $ty:ty $(= $key:literal)?, )*
        }
    ) => {
        #[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name {
            $( $(#[$inner])* $(#[serde(rename = $key)])? pub $field: $ty, )*
        }

        impl crate::scenario::written::Editable for $name {
            fn place(&self) -> Option<crate::scenario::Span> {
                None $( .or_else(|| crate::scenario::written::Editable::place(&self.$field)) )*
            }
            fn places(&mut self, each: &mut dyn FnMut(&mut crate::scenario::Span)) {
                $( crate::scenario::written::Editable::places(&mut self.$field, each); )*
            }
            fn change_part(
                &mut self,
                path: &str,
                change: &crate::scenario::written::KeyEdit<'_>,
            ) -> Result<(), Vec<crate::scenario::at::Placed>> {
                use crate::scenario::written::{Editable, key_text, no_key, split};
                const KEYS: &[&str] = &[$( key_text!($field $($key)?) ),*];
                let (key, rest) = split(path);
                $( if key == key_text!($field $($key)?) {
                    return Editable::change(&mut self.$field, rest, change);
                } )*
                no_key(key, KEYS.iter().copied(), change)
            }
        }
    };
}
pub(super) use item;
