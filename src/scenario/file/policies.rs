//! Named policies: single values, and the one that has keys of its own.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::provision::{AttachDirection, AttachKind, AttachScope};
use crate::scenario::Span;
use crate::scenario::at::{At, Placed, Scalar};
use crate::scenario::lists::PolicyName;
use crate::scenario::scalars::Param;
use crate::scenario::written::{Editable, KeyEdit, item, split};
use crate::scenario::yaml::Listed;
use crate::units::SimDuration;

item! {
    /// What `AttachVbrToVpconn` does to the frames of its service.
    pub struct AttachEffectItem {
        /// Nothing; or nothing passes for a time (`outage`), also with new buckets and counters behind
        /// it (`reprogram`), also with a new MAC address of the VBR, so that its neighbours resolve
        /// again (`rebuild`).
        pub kind: At<AttachKind>,
        /// For how long nothing passes; needed unless the kind is `none`.
        pub lasts: Option<At<SimDuration>> = "for",
        /// Which way nothing passes; `both` where left out.
        pub direction: Option<At<AttachDirection>>,
        /// Whose frames: those of the VBR's own sub-interface, of all on its circuit, of all on its
        /// access device; `sub_interface` where left out.
        pub scope: Option<At<AttachScope>>,
    }
}

/// The policy that has keys of its own.
const ATTACH_EFFECT: &str = "attach_effect";

/// The policies that a scenario sets.
#[derive(Debug, Clone, Default)]
pub struct PolicyTable {
    /// Those with a single value, in the order in which they were written.
    pub single: Listed<PolicyName, Param>,
    /// `attach_effect`, with the place of its name.
    pub attach_effect: Option<(At<PolicyName>, AttachEffectItem)>,
}

impl<'de> Deserialize<'de> for PolicyTable {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = PolicyTable;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PolicyTable, A::Error> {
                let mut table = PolicyTable::default();
                while let Some(name) = map.next_key::<At<PolicyName>>()? {
                    if name.value.as_str() == ATTACH_EFFECT {
                        table.attach_effect = Some((name, map.next_value()?));
                    } else {
                        table.single.0.push((name, map.next_value()?));
                    }
                }
                Ok(table)
            }
        }
        from.deserialize_map(Rows)
    }
}

impl JsonSchema for PolicyTable {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Policies".into()
    }
    fn json_schema(from: &mut SchemaGenerator) -> Schema {
        let effect = from.subschema_for::<AttachEffectItem>();
        schemars::json_schema!({
            "type": "object",
            "properties": { ATTACH_EFFECT: effect },
            "propertyNames": PolicyName::schema(),
            "additionalProperties": Param::schema(),
        })
    }
}

impl Editable for PolicyTable {
    fn place(&self) -> Option<Span> {
        let effect = self.attach_effect.as_ref().map(|(name, _)| name.span);
        self.single.place().or(effect)
    }
    fn places(&mut self, each: &mut dyn FnMut(&mut Span)) {
        self.single.places(each);
        if let Some((name, effect)) = &mut self.attach_effect {
            each(&mut name.span);
            effect.places(each);
        }
    }
    fn left_out() -> Option<Self> {
        Some(Self::default())
    }
    fn change_part(&mut self, path: &str, change: &KeyEdit<'_>) -> Result<(), Vec<Placed>> {
        let (key, rest) = split(path);
        if key != ATTACH_EFFECT {
            return self.single.change_part(path, change);
        }
        let (name, mut effect) = match self.attach_effect.take() {
            Some((name, effect)) => (Some(name), Some(effect)),
            None => (None, None),
        };
        effect.change(rest, change)?;
        if let Some(effect) = effect {
            let here = || PolicyName::read(key).map(|name| At::new(name, change.place()));
            let name = match name {
                Some(name) => name,
                None => here().map_err(|wrong| vec![(change.place(), wrong)])?,
            };
            self.attach_effect = Some((name, effect));
        }
        Ok(())
    }
}
