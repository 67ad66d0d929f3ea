//! That what the boxes were told, change by change, is what lowering from scratch says.

use super::Services;
use crate::node::lower::{Lowered, lower};
use crate::provision::{ServiceKey, State};

/// So many services are lowered again in debug builds, after every change.
const FEW: usize = 24;

impl Services {
    /// What of this does not hold once everything that was due has been lowered.
    pub(in crate::control::law) fn wrong(&self, law: &State) -> Option<String> {
        let keys: Vec<ServiceKey> = law.services().take(FEW + 1).collect();
        if keys.len() > FEW {
            return None;
        }
        let stale = self.sub_interfaces.keys().find(|key| !keys.contains(key));
        if let Some(key) = stale {
            return Some(format!("{key} is no service and has a sub-interface"));
        }
        keys.into_iter().find_map(|key| self.service_wrong(law, key))
    }

    fn service_wrong(&self, law: &State, key: ServiceKey) -> Option<String> {
        let circuit = *self.circuits.get(&key.circuit)?;
        let view = law.service(&key);
        let slot = view
            .as_ref()
            .and_then(|view| self.slots.get(&view.vbr.as_ref()?.id).copied());
        let lowered = match slot {
            Some(slot) => lower(view.as_ref(), &self.sites.site(circuit, slot, self.rule)),
            None => Lowered::default(),
        };
        if self.sub_interfaces.get(&key) != lowered.sub_interface.as_ref() {
            return Some(format!("the sub-interface of {key} is not what the law says"));
        }
        if self.serving.get(&key) != slot.as_ref() {
            return Some(format!("{key} is served from elsewhere than the law says"));
        }
        let held = &self.held[slot?];
        let told = held.by == Some(key) && held.vbr == lowered.vbr && held.vpc == lowered.vpc;
        (!told).then(|| format!("the VBR of {key} is not what the law says"))
    }
}
