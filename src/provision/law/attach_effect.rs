//! What hanging a VBR on a shared port does to the frames of its service: nothing, as the vendor
//! promises, or something that a rehearsal assumes.

use std::fmt;

use crate::ident::Direction;
use crate::units::SimDuration;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        impl $name {
            /// All of them, in order.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$variant),*];
            /// As scenarios write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

words! {
    /// How an attach acts on the data plane.
    AttachKind {
        /// Not at all.
        None = "none",
        /// Nothing passes for a time.
        Outage = "outage",
        /// The sub-interface goes and comes back, with new buckets and counters and its old MAC address.
        Reprogram = "reprogram",
        /// As reprogrammed, and the VBR has another MAC address: its neighbours resolve again.
        Rebuild = "rebuild",
    }
}
words! {
    /// Which way nothing passes.
    AttachDirection {
        /// Both.
        Both = "both",
        /// To the cloud.
        Up = "up",
        /// From the cloud.
        Down = "down",
    }
}
words! {
    /// Whose frames do not pass.
    AttachScope {
        /// Those of the VBR's own sub-interface.
        SubInterface = "sub_interface",
        /// Those of every sub-interface of its circuit.
        Circuit = "circuit",
        /// Those of every sub-interface of its access device.
        Device = "device",
    }
}

/// How `AttachVbrToVpconn` acts on the data plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachEffect {
    /// How.
    pub kind: AttachKind,
    /// For how long nothing passes; nothing where it has no effect.
    pub time: SimDuration,
    /// Which way.
    pub direction: AttachDirection,
    /// Whose frames.
    pub scope: AttachScope,
}

impl AttachEffect {
    /// Nothing is interrupted.
    pub const NONE: Self = Self {
        kind: AttachKind::None,
        time: SimDuration::ZERO,
        direction: AttachDirection::Both,
        scope: AttachScope::SubInterface,
    };

    /// The effect, if there is one.
    pub fn some(self) -> Option<Self> {
        (self.kind != AttachKind::None).then_some(self)
    }

    /// Does nothing pass that way?
    pub const fn stops(self, way: Direction) -> bool {
        matches!(
            (self.direction, way),
            (AttachDirection::Both, Direction::Up | Direction::Down)
                | (AttachDirection::Up, Direction::Up)
                | (AttachDirection::Down, Direction::Down)
        )
    }

    /// Are buckets and counters new afterwards?
    pub const fn renews(self) -> bool {
        matches!(self.kind, AttachKind::Reprogram | AttachKind::Rebuild)
    }
}

impl fmt::Display for AttachEffect {
    /// As a scenario writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.some() {
            None => f.write_str("{ kind: none }"),
            Some(effect) => write!(
                f,
                "{{ kind: {}, for: {}, direction: {}, scope: {} }}",
                effect.kind.as_str(),
                effect.time,
                effect.direction.as_str(),
                effect.scope.as_str()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_says_what_stands_in_the_file() {
        let effect = AttachEffect {
            kind: AttachKind::Outage,
            time: SimDuration::from_millis(50),
            direction: AttachDirection::Up,
            scope: AttachScope::Circuit,
        };
        assert_eq!(
            effect.to_string(),
            "{ kind: outage, for: 50ms, direction: up, scope: circuit }"
        );
        assert!(effect.stops(Direction::Up) && !effect.stops(Direction::Down) && !effect.renews());
        assert_eq!(
            (AttachEffect::NONE.to_string().as_str(), AttachEffect::NONE.some()),
            ("{ kind: none }", None)
        );
    }
}
