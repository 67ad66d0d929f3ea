//! What AttachVbrToVpconn may do to frames: the vendor promises nothing is interrupted and says nowhere how,
//! so every effect is a hypothesis, and each is run.

use crate::provision::{AttachDirection, AttachEffect, AttachKind, AttachScope};
use crate::units::SimDuration;

/// An effect on the VBR's own sub-interface, both ways.
pub(super) const fn effect(kind: AttachKind, time: SimDuration) -> AttachEffect {
    match kind {
        AttachKind::None => AttachEffect::NONE,
        AttachKind::Outage | AttachKind::Reprogram | AttachKind::Rebuild => AttachEffect {
            kind,
            time,
            direction: AttachDirection::Both,
            scope: AttachScope::SubInterface,
        },
    }
}

/// Effects that the whole world runs: one of each kind.
pub(super) fn of_each_kind(time: SimDuration) -> Vec<AttachEffect> {
    AttachKind::ALL.iter().map(|kind| effect(*kind, time)).collect()
}

/// Effects that differ from those in scope or direction alone.
pub(super) fn wider_or_one_way(time: SimDuration) -> Vec<AttachEffect> {
    let kinds = AttachKind::ALL.iter().filter(|kind| **kind != AttachKind::None);
    let wide = kinds.flat_map(|kind| {
        let scopes = [AttachScope::Circuit, AttachScope::Device];
        scopes.map(|scope| AttachEffect {
            scope,
            ..effect(*kind, time)
        })
    });
    let one_way = [AttachDirection::Up, AttachDirection::Down];
    let one_way = one_way.map(|direction| AttachEffect {
        direction,
        ..effect(AttachKind::Outage, time)
    });
    wide.chain(one_way).collect()
}
