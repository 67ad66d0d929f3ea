//! What devices declare that they can do.

use std::collections::BTreeMap;

use super::terrain::Terrain;
use crate::ident::NodeId;
use crate::scenario::at::Span;
use crate::scenario::codes::Code;
use crate::scenario::file::PicsItem;
use crate::scenario::issues::Issues;
use crate::scenario::plan::{Capability, NodePlan, PicsPlan};

/// In place of a device: every one.
const EVERY: &str = "*";

/// Every device is one, every declaration says something, and says it once.
pub(super) fn check(items: &[PicsItem], terrain: &Terrain, issues: &mut Issues) {
    let switches = terrain.switches.iter().map(|s| &*s.item.name.0);
    let names: Vec<&str> = switches.chain(terrain.devices.iter().map(|d| &*d.name.0)).collect();
    let mut first: BTreeMap<(&str, Capability), Span> = BTreeMap::new();
    for item in items {
        let device = &*item.device.0;
        if device != EVERY && !names.contains(&device) {
            let message = format!("there is no switch or access device `{device}`");
            issues.dangling(item.device.span, message, device, names.iter().copied());
        }
        for (capability, value) in item.declared() {
            if let Some(other) = first.insert((device, capability), value.span) {
                issues.err_help(
                    value.span,
                    Code::DuplicateName,
                    format!("`{}` of `{device}` is declared already", capability.as_str()),
                    format!("the other declaration stands in line {}", other.line),
                );
            }
        }
        if item.declared().next().is_none() {
            issues.err_help(
                item.device.span,
                Code::Needed,
                format!("nothing is declared of `{device}`"),
                format!("declare one of {}", Capability::WORDS.join(", ")),
            );
        }
    }
}

/// Declarations of every device first, so that those of one go before them.
pub(super) fn resolve(items: &[PicsItem], nodes: &[NodePlan]) -> Vec<PicsPlan> {
    let (all, some): (Vec<_>, Vec<_>) = items.iter().partition(|item| &*item.device.0 == EVERY);
    let mut plans = Vec::new();
    for item in all.into_iter().chain(some) {
        let device = nodes
            .iter()
            .position(|node| node.name == *item.device.0)
            .map(NodeId::of);
        plans.extend(item.declared().map(|(capability, value)| PicsPlan {
            device,
            capability,
            holds: value.value,
        }));
    }
    plans
}
