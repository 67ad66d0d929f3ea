//! What a scenario says of a cutover: tenants on VBRs that a partner pushed come to shared ports.

use super::{AttachEffectItem, BoardItem, KnownCircuitItem, KnownItem, PayerWord};
use crate::scenario::at::At;
use crate::scenario::scalars::{Name, words};
use crate::scenario::written::item;
use crate::units::{SimDuration, SimTime};

words! {
    /// How tenants come to shared ports.
    StrategyWord {
        /// CreateVpconnFromVbr, ConfirmPhysicalConnection, AttachVbrToVpconn: the VBR stays.
        InPlace = "in_place",
        /// The VBR is terminated and deleted, and a new one made on a port that is sold for it.
        BreakBeforeMake = "break_before_make",
    }
}

item! {
    /// A cutover: its steps stand behind those of `provisioning`.
    pub struct CutoverItem {
        /// Whose VBRs: all that a partner pushed to these tenants; to any tenant where left out.
        #[serde(default)]
        pub tenants: Vec<At<Name>>,
        /// How; `in_place` where left out.
        pub strategy: Option<At<StrategyWord>>,
        /// Who pays for the ports; whom the policy `converted_port_payer` names where left out.
        pub payer: Option<At<PayerWord>>,
        /// What goes before the window.
        pub prepare: PrepareItem,
        /// When tenants are converted.
        pub window: CutoverWindowItem,
        /// What a tenant may notice.
        pub budget: Option<BudgetItem>,
        /// How long an interruption is assumed to last, where `rehearse` assumes one; `50ms` where left out.
        pub assumed: Option<At<SimDuration>>,
        /// What a trial on a test tenant's VBR has shown that AttachVbrToVpconn does to frames. Without it
        /// everything that a rehearsal says of damage is hypothetical.
        pub measured_attach_effect: Option<AttachEffectItem>,
        /// What there is instead of a way back from an attach that goes wrong.
        pub containment: Option<Box<ContainmentItem>>,
        /// What was looked up of tenants and their VBRs: what `rehearse --preflight` goes by.
        #[serde(default)]
        pub known: Vec<KnownItem>,
        /// What was looked up of circuits and of their owner.
        #[serde(default)]
        pub known_circuits: Vec<KnownCircuitItem>,
        /// What a change board wants to read beside: what `rehearse --runbook` writes down.
        pub board: Option<BoardItem>,
    }
}

item! {
    /// What contains an attach that goes wrong, since no page names a call that takes a VBR off its port.
    pub struct ContainmentItem {
        /// When the cutover stops instead of going on; it never does where left out.
        pub stop: Option<StopItem>,
        /// The case with the vendor's support, by the contract.
        pub case: Option<CaseItem>,
        /// The vendor's support is assumed to take a VBR off its port within this, and the attach has that
        /// way back; it has none where left out.
        pub support_case: Option<At<SimDuration>>,
    }
}

item! {
    /// When a cutover stops: no further wave begins once any of these is reached.
    pub struct StopItem {
        /// So many tenants have noticed more than the budget allows.
        pub tenants: Option<At<u64>>,
        /// So many octets of frames were lost.
        pub octets: Option<At<u64>>,
        /// A tenant was silent for so long.
        pub silence: Option<At<SimDuration>>,
    }
}

item! {
    /// A case with the vendor's support.
    pub struct CaseItem {
        /// Its severity, by the vendor's word.
        pub severity: At<Name>,
        /// Within which time the vendor promises to respond to it.
        pub response: At<SimDuration>,
        /// How it is opened.
        pub reach: Option<At<String>>,
    }
}

item! {
    /// What goes before the window.
    pub struct PrepareItem {
        /// When the partner begins to make ports.
        pub at: At<SimTime>,
        /// How long tenants take to accept; a minute each where left out.
        pub acceptance: Option<AcceptanceItem>,
        /// Tenants that never accept.
        #[serde(default)]
        pub never: Vec<At<Name>>,
    }
}

item! {
    /// How long tenants take to accept a port; each takes a time of its own out of this distribution.
    pub struct AcceptanceItem {
        /// Half of them take no longer.
        pub median: At<SimDuration>,
        /// 95 % of them take no longer.
        pub p95: At<SimDuration>,
        /// None takes longer.
        pub longest: At<SimDuration>,
        /// Who takes longer is carried over into the next window; the window's begin where left out.
        pub deadline: Option<At<SimDuration>>,
    }
}

item! {
    /// When tenants are converted.
    pub struct CutoverWindowItem {
        /// When the first wave begins.
        pub at: At<SimTime>,
        /// How long the window is open; who would come later is carried over.
        pub lasts: At<SimDuration>,
        /// How many VBRs go in one wave; 20 where left out.
        pub wave: Option<At<u64>>,
        /// From one wave's begin to the next; `10min` where left out. A wave begins only if every attach of
        /// the one before was accepted.
        pub every: Option<At<SimDuration>>,
        /// Wave 0: the partner's own test tenant, which goes alone.
        pub test_tenant: Option<At<Name>>,
        /// How soon tenants do what they have to do in the window; `5min` where left out.
        pub response: Option<At<SimDuration>>,
        /// VBRs that are held back: they are prepared, and not converted in this window.
        #[serde(default)]
        pub hold: Vec<At<Name>>,
        /// The partner learns of outcomes by asking this often; at once where left out.
        pub poll: Option<At<SimDuration>>,
    }
}

item! {
    /// What a tenant may notice of a cutover, beside what it would have noticed without one.
    pub struct BudgetItem {
        /// Frames that are lost, at most; any number where left out.
        pub lost_max: Option<At<u64>>,
        /// The longest silence of a flow, at most; `50ms` where left out.
        pub longest_gap_max: Option<At<SimDuration>>,
        /// Frames that come twice, at most; 0 where left out.
        pub duplicated_max: Option<At<u64>>,
        /// Frames that are overtaken, at most; 0 where left out.
        pub reordered_max: Option<At<u64>>,
    }
}
