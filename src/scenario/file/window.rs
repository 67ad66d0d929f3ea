//! A stretch from one value to another.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::scenario::Span;
use crate::scenario::at::{At, Scalar, Wrong};
use crate::scenario::codes::Code;
use crate::scenario::written::Written;
use crate::scenario::yaml;

/// `[from, to]`, with `from` not after `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window<T> {
    /// Its first value.
    pub from: At<T>,
    /// Its last value.
    pub to: At<T>,
}

impl<T: Copy> Window<T> {
    /// Both ends.
    pub fn ends(&self) -> (T, T) {
        (self.from.value, self.to.value)
    }
}

impl<'de, T: Scalar + PartialOrd> Deserialize<'de> for Window<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (mut list, place) = yaml::placed::<Vec<At<T>>, D>(from)?;
        let wrong = |span: Span, message: String| yaml::refuse(vec![(span, Wrong::new(Code::EmptyWindow, message))]);
        if list.len() != 2 {
            let span = list.first().map_or(place, |first| first.span);
            let message = format!("a window has two ends, `[from, to]`, not {}", list.len());
            return Err(wrong(span, message));
        }
        match (list.pop(), list.pop()) {
            (Some(to), Some(from)) if from.value <= to.value => Ok(Self { from, to }),
            (to, _) => {
                let span = to.map_or(place, |to| to.span);
                Err(wrong(span, "the window ends before it begins".to_owned()))
            }
        }
    }
}

impl<T: Scalar> JsonSchema for Window<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("WindowOf{}", T::NAME).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": T::schema(), "minItems": 2, "maxItems": 2 })
    }
}

impl<T: Scalar + PartialOrd> Written for Window<T> {
    fn place(&self) -> Option<Span> {
        Some(self.from.span)
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        each(&mut self.from.span);
        each(&mut self.to.span);
    }
}
