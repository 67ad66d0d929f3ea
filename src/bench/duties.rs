//! What the fast path did for each frame that was timed.
//!
//! Invariant: a check is named as on only where a frame that must fail it, did.

use super::fault::{Fault, Kind};
use super::octets::{octets_at, write};
use super::plant::Plant;
use super::workload::Scheduled;
use crate::forward::{FastPath, FrameVerdict};
use crate::ident::DropReason;
use crate::units::SimTime;

/// Duties that the ledger and the verification pass prove of every frame.
const PROVEN: [&str; 6] = ["parse", "police", "count", "rewrite", "deliver", "drain"];
/// The duty behind the policed share.
pub const COLOUR: &str = "colour";

/// Which duties are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duties {
    /// Done for every frame.
    pub on: Vec<&'static str>,
    /// Not done by this build's fast path; frames that would need it are left out.
    pub off: Vec<&'static str>,
}

impl Duties {
    /// Every duty that there is, in order.
    pub fn all() -> Vec<&'static str> {
        let checks = Fault::ALL.map(Fault::duty);
        PROVEN[..1]
            .iter()
            .chain(&checks)
            .chain(&PROVEN[1..2])
            .chain(&[COLOUR])
            .chain(&PROVEN[2..])
            .copied()
            .collect()
    }

    /// Shows one bad frame of each kind, and one over its rate, to a small switch with tables as
    /// they are timed.
    pub fn probe() -> Self {
        let plant = Plant {
            translates: true,
            vlans: 4,
            circuits: 1,
        };
        let mut fast = FastPath::new(plant.tables(true));
        let mut stops = |kind: Kind, reason: DropReason| {
            let octets = if kind == Kind::Bad(Fault::TooLong) { 1_600 } else { 60 };
            let frame = Scheduled {
                tenant: 2,
                octets,
                kind,
                pcp: 0,
            };
            let mut bytes = vec![0; octets_at(&plant, &frame, 0).into()];
            write(&plant, &frame, 1, 0, &mut bytes);
            fast.forward(plant.end(2, 0).0, &bytes, SimTime::ZERO) == FrameVerdict::Drop(reason)
        };
        let mut off: Vec<&'static str> = Vec::new();
        for fault in Fault::ALL {
            if !stops(Kind::Bad(fault), fault.reason()) {
                off.push(fault.duty());
            }
        }
        if !stops(Kind::Policed, DropReason::OverRate) {
            off.push(COLOUR);
        }
        let on = Self::all().into_iter().filter(|duty| !off.contains(duty)).collect();
        Self { on, off }
    }

    /// Kinds of bad frames that the fast path stops.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Fault::ALL.to_vec();
        faults.retain(|fault| self.on.contains(&fault.duty()));
        faults
    }

    /// Is this duty on?
    pub fn has(&self, duty: &str) -> bool {
        self.on.contains(&duty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_is_on_or_off() {
        let duties = Duties::probe();
        let mut both = [duties.on.clone(), duties.off.clone()].concat();
        let mut all = Duties::all();
        both.sort_unstable();
        all.sort_unstable();
        assert_eq!(both, all);
        assert_eq!(all.len(), 16);
        assert!(duties.off.is_empty(), "a duty is off: {:?}", duties.off);
        for duty in [
            "parse",
            "unknown VID",
            "bound source",
            "MTU",
            "group source",
            "TPID",
            "drain",
        ] {
            assert!(duties.has(duty), "{duty}");
        }
    }
}
