//! Bandwidth: is there a spec for the VBR's, may it be sold, does it cover the peak, is there room on the circuit?

use super::asked::{Asked, SCENARIO};
use super::evidence::Looked;
use super::item::Item;
use super::result::Standing;
use super::said;
use crate::provision::Spec;
use crate::units::{BitRate, SimDuration};

/// A peak is one only as an average over no longer than this.
const SHORT: SimDuration = SimDuration::from_secs(1);

pub(super) fn ask(asked: &mut Asked<'_>) {
    let spec = spec(asked);
    permission(asked, spec);
    peak(asked, spec);
    room(asked, spec);
}

/// The spec that the port gets: by the policies, or as a converted pilot has shown.
fn spec(asked: &mut Asked<'_>) -> Option<Spec> {
    let mbps = asked.unit.mbps;
    let has = BitRate::from_mbps(mbps).to_string();
    let by_policy = u32::try_from(mbps)
        .ok()
        .and_then(|mbps| asked.case.law.before.converts_to(mbps));
    let told = |spec: Spec| match mbps {
        0 => said::holds(),
        _ => said::becomes(&has, spec.name()),
    };
    if let Some(spec) = by_policy {
        asked.tell(Item::SpecKnown, Standing::Go, told(spec), SCENARIO);
        return Some(spec);
    }
    let pilot = asked.known(|item| item.pilot_spec.as_ref().map(|spec| spec.value));
    match &pilot {
        Looked::Shown(spec, source) => {
            asked.tell(Item::SpecKnown, Standing::Go, told(*spec), source);
            Some(*spec)
        }
        Looked::Disagree(_) => {
            asked.by(Item::SpecKnown, pilot, |_| None);
            None
        }
        Looked::Nothing => {
            let why = match mbps {
                0 => said::no_bandwidth(),
                _ => said::no_spec(&has),
            };
            asked.tell(Item::SpecKnown, Standing::NoGo, why, SCENARIO);
            None
        }
    }
}

fn permission(asked: &mut Asked<'_>, spec: Option<Spec>) {
    let Some(spec) = spec else {
        return asked.tell(Item::LargeSpec, Standing::Unknown, said::no_spec_yet(), "");
    };
    if !spec.is_large() {
        return asked.tell(Item::LargeSpec, Standing::Go, said::holds(), SCENARIO);
    }
    let partner = asked.unit.partner.clone();
    let looked = asked.written(&partner, |item| item.large_specs.as_ref().map(|may| may.value));
    let looked = looked.and(asked.known_circuit(|item| item.large_specs.as_ref().map(|may| may.value)));
    asked.by(Item::LargeSpec, looked, |may| (!may).then(|| said::large(spec.name())));
}

/// Percent of the spec that the peak leaves.
fn headroom(spec: BitRate, peak: BitRate) -> u64 {
    let left = u128::from(spec.as_bps().saturating_sub(peak.as_bps()));
    u64::try_from(left * 100 / u128::from(spec.as_bps().max(1))).unwrap_or(0)
}

fn peak(asked: &mut Asked<'_>, spec: Option<Spec>) {
    let looked = asked.known(|item| {
        let over = item.peak_over.as_ref().map(|over| over.value);
        item.peak.as_ref().map(|peak| (peak.value, over))
    });
    let (Looked::Shown((peak, over), source), Some(spec)) = (&looked, spec) else {
        return match spec {
            None => asked.tell(Item::SpecCoversPeak, Standing::Unknown, said::no_spec_yet(), ""),
            Some(_) => asked.by(Item::SpecCoversPeak, looked, |_| None),
        };
    };
    let unit = asked.case.law.before.premises().policies.spec_1g;
    let rate = spec.rate(unit);
    let told = peak.to_string();
    let (standing, why) = match over {
        _ if *peak > rate => (Standing::NoGo, said::below_peak(spec.name(), &told)),
        None => (Standing::Unknown, said::peak_undated(&told, headroom(rate, *peak))),
        Some(over) if *over > SHORT => {
            let why = said::peak_averaged(&told, &over.to_string(), headroom(rate, *peak));
            (Standing::Unknown, why)
        }
        Some(_) => (Standing::Go, said::covers(&told, headroom(rate, *peak))),
    };
    let source = source.clone();
    asked.tell(Item::SpecCoversPeak, standing, why, &source);
}

fn room(asked: &mut Asked<'_>, spec: Option<Spec>) {
    let case = asked.case;
    let Some(answered) = case.law.answered.get(&asked.unit.vbr) else {
        return asked.tell(Item::CircuitHasRoom, Standing::Unknown, said::not_shown(), "");
    };
    let (left, all) = answered.room;
    if answered.create.as_deref() == Some(Item::CircuitHasRoom.code()) {
        let needed = spec.map_or(0, |spec| spec.mbps(case.law.before.premises().policies.spec_1g));
        let first = case
            .places
            .get(asked.unit.vbr.as_str())
            .is_some_and(|(_, first)| *first);
        let why = match first {
            true => said::first_refused(needed, left, all),
            false => said::no_room(needed, left, all),
        };
        return asked.tell(Item::CircuitHasRoom, Standing::NoGo, why, SCENARIO);
    }
    if answered.create.is_some() || spec.is_none() {
        return asked.tell(Item::CircuitHasRoom, Standing::Unknown, said::no_spec_yet(), "");
    }
    let circuits = case.file.circuits.iter();
    let own = circuits.filter(|circuit| *circuit.name.0 == *asked.unit.circuit);
    let sized = own
        .into_iter()
        .any(|circuit| circuit.bandwidth.is_some() || circuit.rate.is_some());
    match sized {
        true => asked.tell(Item::CircuitHasRoom, Standing::Go, said::room(answered.after), SCENARIO),
        false => asked.tell(Item::CircuitHasRoom, Standing::Unknown, said::circuit_unsized(), ""),
    }
}
