//! Who owes a duty.

use crate::ident::Party;

/// Whoever may answer for a loss.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A partner, by its account.
    Partner(String),
    /// A tenant, by its account.
    Tenant(String),
    /// The cloud.
    Cloud,
    /// A tenant that sent more than it bought. Nobody is in breach; it explains the tenant's own loss and
    /// nobody else's.
    Load(String),
    /// Nobody: the contract allows it.
    Contract,
}

impl Owner {
    /// The party that it is, for `asker`, a tenant's account; `None`: no party of the agreement between
    /// them (nobody, or another tenant).
    pub fn party(&self, asker: &str) -> Option<Party> {
        match self {
            Self::Partner(_) => Some(Party::Partner),
            Self::Cloud => Some(Party::Cloud),
            Self::Tenant(account) | Self::Load(account) => (account == asker).then_some(Party::Tenant),
            Self::Contract => None,
        }
    }

    /// Its name as `asker` reads it: `partner`, `partner carrier` where there are several, `tenant`,
    /// `tenant bee`, `cloud`, `nobody`.
    pub fn told(&self, asker: &str, partners: usize) -> String {
        match self {
            Self::Partner(account) if partners > 1 => format!("partner {account}"),
            Self::Partner(_) => "partner".to_owned(),
            Self::Cloud => "cloud".to_owned(),
            Self::Tenant(account) | Self::Load(account) if account == asker => "tenant".to_owned(),
            Self::Tenant(account) | Self::Load(account) => format!("tenant {account}"),
            Self::Contract => "nobody".to_owned(),
        }
    }

    /// May it explain a loss of this tenant's? Load over what was bought explains the sender's own alone.
    pub fn concerns(&self, asker: &str) -> bool {
        match self {
            Self::Load(account) => account == asker,
            Self::Partner(_) | Self::Tenant(_) | Self::Cloud | Self::Contract => true,
        }
    }
}
