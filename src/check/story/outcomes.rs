//! What became of calls later: outcomes that the cloud works at after it has answered.

use super::names::Names;
use crate::check::case::Case;
use crate::provision::Done;
use crate::record::Cause;
use crate::units::SimTime;

/// An outcome of an earlier call, for one service that it touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterOutcome<'a> {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: Done,
    /// Whose service it is.
    pub tenant: &'a str,
    /// Its circuit, by the file's name.
    pub circuit: String,
    /// Its VLAN on the circuit.
    pub vlan: u16,
    /// Can the service carry frames from then on?
    pub carries: bool,
}

impl LaterOutcome<'_> {
    /// Is it one that nobody wishes for?
    pub const fn is_failure(&self) -> bool {
        matches!(self.what, Done::Rejected | Done::AllocationFailed | Done::PortExpired)
    }
}

/// Every outcome that touched a service, in order of time.
pub fn later_outcomes<'a>(case: &Case<'a>, names: &Names<'_>) -> Vec<LaterOutcome<'a>> {
    let mut out = Vec::new();
    for happening in &case.record.cloud.happenings {
        let Cause::Outcome(what) = happening.cause else {
            continue;
        };
        for touched in &happening.touched {
            let circuit = case.record.cloud.circuits.get(touched.circuit);
            out.push(LaterOutcome {
                at: happening.at,
                what,
                tenant: case.tenant(touched.tenant),
                circuit: circuit.map_or(String::new(), |id| names.of(id)),
                vlan: touched.vlan,
                carries: touched.carries,
            });
        }
    }
    out
}
