//! That what the boxes were told, change by change, is what lowering from scratch says.

use super::{Held, Services};
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
        let known = self.sub_interfaces.keys().chain(self.serving.keys());
        if let Some(key) = known.into_iter().find(|key| !keys.contains(key)) {
            return Some(format!("{key} is no service and has a sub-interface, or a VBR"));
        }
        self.slot_wrong()
            .or_else(|| keys.into_iter().find_map(|key| self.service_wrong(law, key)))
    }

    /// What is held at a slot is held by the service that is served there; by nobody: nothing is.
    fn slot_wrong(&self) -> Option<String> {
        let mut slots = self.held.iter().enumerate();
        slots.find_map(|(slot, held)| match held.by {
            Some(key) if self.serving.get(&key) != Some(&slot) => {
                Some(format!("a VBR is held by {key}, which is not served there"))
            }
            Some(_) => None,
            None => (held != &Held::default()).then(|| format!("the VBR at slot {slot} is held by nobody")),
        })
    }

    fn service_wrong(&self, law: &State, key: ServiceKey) -> Option<String> {
        let view = law.service(&key);
        let vbr = view.as_ref().and_then(|view| view.vbr.as_ref());
        let slot = vbr.and_then(|vbr| self.slots.get(&vbr.id).copied());
        let Some(circuit) = self.circuits.get(&key.circuit).copied() else {
            let runs = slot.is_some() || self.sub_interfaces.contains_key(&key) || self.serving.contains_key(&key);
            return runs.then(|| format!("{key} runs on a circuit that was never placed"));
        };
        let lowered = self.lowered(view.as_ref(), circuit, slot);
        if self.sub_interfaces.get(&key) != lowered.sub_interface.as_ref() {
            return Some(format!("the sub-interface of {key} is not what the law says"));
        }
        if self.serving.get(&key) != slot.as_ref() {
            return Some(format!("{key} is served from elsewhere than the law says"));
        }
        if let Some(held) = slot.map(|slot| &self.held[slot])
            && (held.by != Some(key) || held.vbr != lowered.vbr || held.vpc != lowered.vpc)
        {
            return Some(format!("the VBR of {key} is not what the law says"));
        }
        let port = view.as_ref().and_then(|view| view.port.as_ref()).map(|port| port.id);
        self.partner.wrong(&self.sites, (circuit, key.vlan), port)
    }
}

#[cfg(test)]
impl Services {
    /// The service loses its slot, and its VBR stays as it was told to be.
    pub(in crate::control) fn spoil_slots(&mut self) {
        self.slots.clear();
        self.serving.clear();
        self.sub_interfaces.clear();
    }

    /// The slots forget whose VBR they hold.
    pub(in crate::control) fn spoil_holders(&mut self) {
        self.held.iter_mut().for_each(|held| held.by = None);
    }

    /// The partner's switches police as they did at the start.
    pub(in crate::control) fn spoil_partner(&mut self) {
        self.partner.spoil();
    }
}
