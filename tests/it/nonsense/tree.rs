//! A scenario as a tree of texts, written out again with one value changed and its place told.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// A value as it is written; single values as text.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Nothing,
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// What is read: single values as where they stand.
enum Shape {
    Nothing,
    Text,
    List(Vec<Spanned<Shape>>),
    Map(Vec<(String, Spanned<Shape>)>),
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Shape;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("anything")
            }
            fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
                Ok(Shape::Text)
            }
            fn visit_unit<E>(self) -> Result<Shape, E> {
                Ok(Shape::Nothing)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
                let mut list = Vec::new();
                while let Some(value) = seq.next_element()? {
                    list.push(value);
                }
                Ok(Shape::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry()? {
                    rows.push(row);
                }
                Ok(Shape::Map(rows))
            }
        }
        from.deserialize_any(Any)
    }
}

impl Tree {
    pub fn read(text: &str) -> Self {
        let shape: Spanned<Shape> = serde_saphyr::from_str(text).expect("it is YAML");
        Self::of(&shape, text)
    }

    fn of(shape: &Spanned<Shape>, text: &str) -> Self {
        match &shape.value {
            Shape::Nothing => Self::Nothing,
            Shape::Text => {
                let span = shape.defined.span();
                let from = usize::try_from(span.byte_offset().expect("a text has octets")).expect("a short file");
                let len = usize::try_from(span.byte_len().expect("a text has octets")).expect("a short file");
                let written = text[from..from + len].trim();
                // Of a block of lines no test needs the lines.
                let plain = written.trim_start_matches(['|', '>']).trim_matches(['"', '\'']);
                Self::Text(plain.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            Shape::List(list) => Self::List(list.iter().map(|value| Self::of(value, text)).collect()),
            Shape::Map(rows) => Self::Map(
                rows.iter()
                    .map(|(key, value)| (key.clone(), Self::of(value, text)))
                    .collect(),
            ),
        }
    }

    /// The value at a path of keys and of places in lists.
    pub fn at(&mut self, path: &[String]) -> &mut Self {
        let Some((first, rest)) = path.split_first() else {
            return self;
        };
        match self {
            Self::List(list) => list[first.parse::<usize>().expect("a place in a list")].at(rest),
            Self::Map(rows) => {
                let row = rows.iter_mut().find(|(key, _)| key == first);
                row.expect("a key of the mapping").1.at(rest)
            }
            Self::Nothing | Self::Text(_) => panic!("there is nothing in a single value"),
        }
    }

    /// The way to its first single value.
    pub fn first(&self) -> Vec<String> {
        let (step, value) = match self {
            Self::List(list) => ("0".to_owned(), list.first()),
            Self::Map(rows) => match rows.first() {
                Some((key, value)) => (key.clone(), Some(value)),
                None => return Vec::new(),
            },
            Self::Nothing | Self::Text(_) => return Vec::new(),
        };
        let mut way = vec![step];
        way.extend(value.map(Self::first).unwrap_or_default());
        way
    }

    /// The scenario's text, and line and column of the value (or of its key) at `path`.
    pub fn write(&self, path: &[String], of_key: bool) -> (String, (u32, u32)) {
        let mut out = Writer {
            text: String::new(),
            wanted: path.join("/"),
            of_key,
            place: (0, 0),
        };
        out.value(self, &mut Vec::new());
        (out.text, out.place)
    }
}

struct Writer {
    text: String,
    wanted: String,
    of_key: bool,
    place: (u32, u32),
}

impl Writer {
    fn here(&self) -> (u32, u32) {
        let line = self.text.matches('\n').count() + 1;
        let column = self.text.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (
            u32::try_from(line).expect("few lines"),
            u32::try_from(column).expect("short lines"),
        )
    }

    fn note(&mut self, path: &[String], key: bool) {
        if key == self.of_key && path.join("/") == self.wanted {
            self.place = self.here();
        }
    }

    fn quoted(&mut self, text: &str) {
        self.text.push_str(&serde_json::to_string(text).expect("a text"));
    }

    fn line(&mut self, depth: usize) {
        self.text.push('\n');
        self.text.push_str(&" ".repeat(depth));
    }

    fn value(&mut self, value: &Tree, path: &mut Vec<String>) {
        self.note(path, false);
        let depth = path.len() + 1;
        match value {
            Tree::Nothing => self.text.push_str("null"),
            Tree::Text(text) => self.quoted(text),
            Tree::List(list) => {
                self.text.push('[');
                for (at, value) in list.iter().enumerate() {
                    self.line(depth);
                    path.push(at.to_string());
                    self.value(value, path);
                    path.pop();
                    self.text.push(',');
                }
                self.text.push(']');
            }
            Tree::Map(rows) => {
                self.text.push('{');
                for (key, value) in rows {
                    self.line(depth);
                    path.push(key.clone());
                    self.note(path, true);
                    self.quoted(key);
                    self.text.push_str(": ");
                    self.value(value, path);
                    path.pop();
                    self.text.push(',');
                }
                self.text.push('}');
            }
        }
    }
}
