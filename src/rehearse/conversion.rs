//! What is converted: one tenant's legacy VBR, and who has a hand in it.

use std::fmt;

use crate::ident::AccountId;
use crate::provision::{PcId, Port, Role, ServiceKey, State, VbrId};

/// Who does something in a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The partner, who owns the circuit.
    Partner,
    /// The tenant, who owns the VBR.
    Tenant,
    /// The cloud: outcomes of earlier calls, locks, lapses.
    Cloud,
}

impl Actor {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Tenant => "tenant",
            Self::Cloud => "cloud",
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The conversion of one tenant's legacy VBR: which VBR, whose, and where it was when all began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conversion {
    /// Whose VBR it is.
    pub tenant: AccountId,
    /// Whose circuit it hangs on.
    pub partner: AccountId,
    /// The VBR.
    pub vbr: VbrId,
    /// The circuit, and the VLAN that the VBR had there before the first step.
    pub began: ServiceKey,
}

impl Conversion {
    /// The conversion of this VBR; `None` where there is nothing to convert: no such VBR, one on a shared
    /// port, or one on a circuit of its owner's.
    pub fn of(state: &State, vbr: VbrId) -> Option<Self> {
        let found = state.vbr(vbr)?;
        let partner = state.circuit(found.circuit)?.circuit.owner;
        let sells = (state.premises().account(partner)).is_some_and(|account| account.role == Role::Partner);
        (!found.is_on_port() && partner != found.owner && sells).then_some(Self {
            tenant: found.owner,
            partner,
            vbr,
            began: found.key(),
        })
    }

    /// Every VBR that can be converted, by id.
    pub fn all(state: &State) -> Vec<Self> {
        state.vbrs().filter_map(|(id, _)| Self::of(state, id)).collect()
    }

    /// The VLAN of the circuit where the VBR is by now; where it is gone, the one it had.
    pub fn key(&self, state: &State) -> ServiceKey {
        state.vbr(self.vbr).map_or(self.began, crate::provision::Vbr::key)
    }

    /// The shared port on its VLAN: the one that it hangs on, or that was made from it.
    pub fn port<'s>(&self, state: &'s State) -> Option<(PcId, &'s Port)> {
        let id = state.service(&self.key(state))?.port?.id;
        state.port(id).map(|port| (id, port))
    }

    /// Who is meant by an actor; the cloud is `None`.
    pub const fn account(&self, actor: Actor) -> Option<AccountId> {
        match actor {
            Actor::Partner => Some(self.partner),
            Actor::Tenant => Some(self.tenant),
            Actor::Cloud => None,
        }
    }
}
