//! Which data centre resolves the way to whom, and when, before a flow starts.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::super::resolve::{FlowEnd, Flows};
use crate::host::WARM_UP;
use crate::units::SimTime;

/// By number of the data centre: when, and the far end of the flow. Both ends of a flow that warms up
/// do so: what comes down needs the data centre's address at the VBR, which learns it from being asked.
pub(super) fn warm_ups(flows: &Flows) -> BTreeMap<usize, Vec<(SimTime, Ipv4Addr)>> {
    let mut all: BTreeMap<usize, Vec<(SimTime, Ipv4Addr)>> = BTreeMap::new();
    for flow in flows.list.iter().filter(|flow| flow.warms_up) {
        let at = SimTime::from_nanos(flow.spec.start.as_nanos().saturating_sub(WARM_UP.as_nanos()));
        for (end, far) in [(flow.from, flow.spec.dst), (flow.to, flow.spec.src)] {
            if let FlowEnd::Idc(idc) = end {
                all.entry(idc).or_default().push((at, far));
            }
        }
    }
    all
}
