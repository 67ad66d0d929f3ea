//! Which frames changed the state that others have: asked by an experiment.
//!
//! A changed table, bucket or counter does not say by which frame. Where an attack has frames that a
//! device takes in though their port is no member of their VLAN, it runs again without them: what
//! then is as it should be was their doing.

use super::drive::{self, Ended};
use super::judge::{Flaw, Outcome, Spot};
use super::state;
use super::testbed::Testbed;
use super::trial::{Purpose, Sending, Trial};
use crate::forward::{Profile, Service};
use crate::node::AnySwitch;
use crate::units::SimDuration;
use crate::wire::{Frame, Vid};

/// The VID that a device without ingress filtering takes in by a port that is no member of it, of a
/// frame that comes in there with these octets.
pub fn let_in(bed: &Testbed, from: super::trial::Sender, octets: &[u8]) -> Option<Vid> {
    let (device, port) = from.enters(bed);
    let own = &bed.devices[device];
    if own.tables.profile != Profile::IeeeDefault || own.quirk.is_some() {
        return None;
    }
    let tpid = own.tables.ports.get(port.index())?.tpid;
    let tag = Frame::from_octets(octets).outer_tag().filter(|tag| tag.tpid == tpid)?;
    let vid = tag.vid();
    let services = || own.tables.services.values();
    let member = |service: &Service| service.members.iter().any(|m| (m.port, m.vid) == (port, Some(vid)));
    let known = services().any(|s| s.members.iter().any(|m| m.vid == Some(vid)));
    (known && !services().any(member)).then_some(vid)
}

/// Gives every finding about state that such frames alone brought about the first of them.
/// `reference` is the run without the attack.
///
/// # Errors
/// As [`drive::run`].
pub fn find(
    bed: &Testbed,
    switches: &[AnySwitch],
    trial: &Trial,
    reference: &Ended,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let changed = outcome.findings.iter().any(|finding| finding.flaw == Flaw::State);
    let culprit =
        |sending: &Sending| sending.purpose == Purpose::Attack && let_in(bed, sending.from, &sending.octets).is_some();
    let Some(first) = trial.sendings.iter().find(|s| culprit(s)).filter(|_| changed) else {
        return Ok(());
    };
    let without = Trial {
        sendings: trial.sendings.iter().filter(|s| !culprit(s)).cloned().collect(),
        ..trial.clone()
    };
    let ended = drive::run(bed, switches, &without, false)?;
    let shift = trial.compare.map_or(SimDuration::ZERO, |c| c.shift);
    let left = state::differences(
        bed,
        &ended.devices,
        &reference.devices,
        trial.attacker,
        trial.end,
        shift,
    );
    for finding in outcome.findings.iter_mut().filter(|f| f.flaw == Flaw::State) {
        let still = |d: &state::Difference| finding.spot == Spot::Device(d.device, d.tenant);
        if !left.iter().any(still) {
            finding.from = first.from;
            finding.sent.clone_from(&first.octets);
        }
    }
    Ok(())
}
