//! What should come out.

use schemars::JsonSchema;
use serde::Deserialize;

use super::words::{CheckWord, PartyWord, VerdictWord};
use crate::scenario::at::At;
use crate::scenario::scalars::{Money, Name};
use crate::units::{BitRate, SimDuration, SimTime};

/// An expectation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectItem {
    /// The check.
    pub check: At<CheckWord>,
    /// The verdict; `pass` where left out.
    pub verdict: Option<At<VerdictWord>>,
    /// Why, for the reader.
    pub because: Option<At<String>>,
    /// reachability, continuity: which flow.
    pub flow: Option<At<Name>>,
    /// Which tenant; every one where left out and the check allows it.
    pub tenant: Option<At<Name>>,
    /// reachability: should frames arrive? `true` where left out.
    pub reachable: Option<At<bool>>,
    /// continuity: frames lost at most; 0 where left out.
    pub lost_max: Option<At<u64>>,
    /// continuity: frames duplicated at most; 0 where left out.
    pub duplicated_max: Option<At<u64>>,
    /// continuity: frames out of order at most; 0 where left out.
    pub reordered_max: Option<At<u64>>,
    /// continuity: longest silence between two arrivals; not judged where left out.
    pub longest_gap_max: Option<At<SimDuration>>,
    /// billing: the account that pays the port fee.
    pub port_payer: Option<At<Name>>,
    /// billing: the account that pays outbound traffic.
    pub outbound_payer: Option<At<Name>>,
    /// attribution: the party that owns the cause.
    pub party: Option<At<PartyWord>>,
    /// health: turns unhealthy within this window `[from, to]`; never where left out.
    pub unhealthy: Option<Vec<At<SimTime>>>,
    /// health: healthy again within this window `[from, to]`.
    pub healthy: Option<Vec<At<SimTime>>>,
    /// resolution: only what happens after this; 0 s where left out.
    pub after: Option<At<SimTime>>,
    /// resolution: the last tenant resolves within this window `[from, to]`.
    pub last_resolved: Option<Vec<At<SimTime>>>,
    /// resolution: how many tenants give up, `[at least, at most]`.
    pub gave_up: Option<Vec<At<u64>>>,
    /// choice: the VBR at the end of the way to the cloud, by the name that its step binds.
    pub vbr: Option<At<Name>>,
    /// choice: ready by then.
    pub ready_by: Option<At<SimTime>>,
    /// choice: at least this bandwidth.
    pub bandwidth_min: Option<At<BitRate>>,
    /// choice: at most this a month, at the scenario's prices.
    pub monthly_max: Option<At<Money>>,
    /// choice: at most this far from the IDC to the access device, in km of fibre.
    pub distance_max_km: Option<At<u64>>,
    /// choice: should it fit? `true` where left out.
    pub fits: Option<At<bool>>,
}
