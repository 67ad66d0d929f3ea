//! A circuit, a shared port, a VBR, with what was shown of each.

use std::collections::BTreeMap;

use super::field::Field;
use super::shown::{Known, Shown};

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A circuit (PhysicalConnection).
    Circuit,
    /// A shared port (VirtualPhysicalConnection).
    SharedPort,
    /// A virtual border router.
    Vbr,
    /// A router interface.
    RouterInterface,
    /// A BGP peer.
    BgpPeer,
    /// A failover group of two VBRs.
    VbrHa,
    /// A failover test (a drill).
    FailoverTest,
    /// A QoS policy.
    QosPolicy,
}

impl Kind {
    /// What people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Circuit => "circuit",
            Self::SharedPort => "shared port",
            Self::Vbr => "VBR",
            Self::RouterInterface => "router interface",
            Self::BgpPeer => "BGP peer",
            Self::VbrHa => "failover group",
            Self::FailoverTest => "failover test",
            Self::QosPolicy => "QoS policy",
        }
    }
}

/// A resource, whatever answers show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// The answers that show it, as indexes into [`super::Inventory::answers`], ascending.
    pub answers: Vec<usize>,
    /// Values that differ from one another, by field.
    fields: BTreeMap<Field, Vec<Shown>>,
}

impl Resource {
    pub(super) fn new(kind: Kind, id: String) -> Self {
        Self {
            kind,
            id,
            answers: Vec::new(),
            fields: BTreeMap::new(),
        }
    }

    pub(super) fn show(&mut self, field: Field, shown: Shown) {
        let known = self.fields.entry(field).or_default();
        if known.iter().all(|other| other.value != shown.value) {
            known.push(shown);
        }
    }

    /// What is known of a field.
    pub fn known(&self, field: Field) -> Known<'_> {
        self.fields.get(&field).map_or(Known::Unknown, |all| Known::of(all))
    }
    /// The text of a field that is known.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.known(field).text()
    }
    /// The number of a field that is known.
    pub fn number(&self, field: Field) -> Option<u64> {
        self.known(field).number()
    }
    /// Every field that some answer shows, in order.
    pub fn fields(&self) -> impl Iterator<Item = (Field, Known<'_>)> {
        self.fields.iter().map(|(field, all)| (*field, Known::of(all)))
    }
}
