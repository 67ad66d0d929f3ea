//! One tenant's service on one circuit, whatever shows it: a row of a list, a VBR with its port, a data centre.

use std::collections::BTreeMap;

use super::place::Place;
use super::shown::{Known, Shown, Value};

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $what:literal;)*) => {
        /// What is asked of a service.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fact { $($(#[$doc])* $name,)* }
        impl Fact {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// What `--map` and reports call it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
            /// What it is, for people.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)* }
            }
        }
    };
}

facts! {
    /// The tenant's name; a text.
    Tenant = "tenant", "the tenant";
    /// The tenant's account id; a number.
    Account = "account", "the tenant's account id";
    /// The partner's account id; a number.
    Partner = "partner", "the partner's account id";
    /// The circuit: its id or name; a text.
    Circuit = "circuit", "the circuit";
    /// The VLAN on the circuit; a number, 0 to 2999.
    VlanId = "vlan_id", "the VLAN";
    /// The customer's own tag; a number, 0 where frames come untagged.
    Tag = "tag", "the customer's own tag";
    /// The bandwidth; a number, in Mbit/s.
    Spec = "spec", "the bandwidth";
    /// The customer's address on the interconnect; a text.
    Address = "address", "the customer's address";
    /// The cloud's address on the interconnect; a text.
    Gateway = "gateway", "the cloud's address";
    /// The interconnect's prefix length; a number.
    Mask = "mask", "the interconnect's mask";
    /// `legacy`: a VBR that the partner pushed on its circuit; `shared`: a shared port; a text.
    Mode = "mode", "legacy VBR or shared port";
    /// The load at its peak; a number, in kbit/s.
    Peak = "peak", "the load at its peak";
    /// Over how long the peak is an average; a number, in milliseconds.
    PeakInterval = "peak_interval", "the averaging interval of the peak";
    /// The network behind the data centre: a text such as `172.16.1.0/24`.
    Lan = "lan", "the network behind the data centre";
    /// The VBR's id; a text.
    Vbr = "vbr", "the VBR";
    /// The shared port's id; a text.
    SharedPort = "shared_port", "the shared port";
    /// The VBR's state; a text.
    VbrState = "vbr_state", "the VBR's state";
    /// The shared port's state; a text.
    PortState = "port_state", "the shared port's state";
    /// Has the tenant accepted the shared port? A text.
    Acceptance = "acceptance", "the shared port's acceptance";
}

/// A tenant's service on a circuit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Where it was read.
    pub place: Place,
    /// Other names of its circuit: the one that its owner gave it, and the carrier's.
    pub aliases: Vec<String>,
    facts: BTreeMap<Fact, Vec<Shown>>,
}

impl Service {
    /// A service of which nothing is known yet.
    pub fn new(place: Place) -> Self {
        Self {
            place,
            aliases: Vec::new(),
            facts: BTreeMap::new(),
        }
    }
    /// Something is shown of it.
    pub fn show(&mut self, fact: Fact, shown: Shown) {
        let known = self.facts.entry(fact).or_default();
        if known.iter().all(|other| other.value != shown.value) {
            known.push(shown);
        }
    }
    /// The same, of a value and its place.
    pub(super) fn put(&mut self, fact: Fact, value: Value, place: &Place) {
        let place = place.clone();
        self.show(fact, Shown { value, place });
    }
    /// What else is shown of it wherever that is known of something else.
    pub(super) fn copy(&mut self, fact: Fact, known: Known<'_>) {
        let all = match known {
            Known::Shown(shown) => std::slice::from_ref(shown),
            Known::Contradicted(all) => all,
            Known::Unknown => &[],
        };
        for shown in all {
            self.show(fact, shown.clone());
        }
    }
    /// What is known of a fact.
    pub fn known(&self, fact: Fact) -> Known<'_> {
        self.facts.get(&fact).map_or(Known::Unknown, |all| Known::of(all))
    }
    /// The text of a fact that is known.
    pub fn text(&self, fact: Fact) -> Option<&str> {
        self.known(fact).text()
    }
    /// The number of a fact that is known.
    pub fn number(&self, fact: Fact) -> Option<u64> {
        self.known(fact).number()
    }
}
