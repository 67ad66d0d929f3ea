//! Health checks and ways: may the check switch in the window, does a limit starve it, is there another way?

use super::Case;
use super::asked::{Asked, SCENARIO};
use super::evidence::Looked;
use super::item::Item;
use super::language::Text;
use super::result::Standing;
use super::said;
use crate::provision::AttachKind;
use crate::scenario::Unit;
use crate::scenario::file::{ArpLimitWord, HealthWord, IdcItem, PassesWord, SwitchItem};
use crate::units::SimDuration;

/// ICMP frames a second that the cloud asks a partner's limit to be above.
const ICMP_LEAST: u64 = 500;
/// From one probe of a health check to the next, where nobody says otherwise: the API's default.
const INTERVAL: SimDuration = SimDuration::from_secs(2);
/// Lost probes after which it switches, where nobody says otherwise: the API's default.
const THRESHOLD: u64 = 8;

pub(super) fn ask(asked: &mut Asked<'_>) {
    let word = check(asked);
    let after = after(asked);
    holds(asked, &word, after);
    fed(asked, &word, after);
    both_ways(asked);
    other_way(asked);
}

/// What the health check does: as it was looked up, and as a step of the scenario sets it.
fn check(asked: &Asked<'_>) -> Looked<HealthWord> {
    let looked = asked.known(|item| item.health_check.as_ref().map(|word| word.value));
    let set = vbr_check(asked).map(|(only, ..)| match only {
        true => HealthWord::ProbeOnly,
        false => HealthWord::Switches,
    });
    looked.and(Looked::of(set.into_iter().map(|word| (word, SCENARIO))))
}

fn vbr_check(asked: &Asked<'_>) -> Option<(bool, SimDuration, u64)> {
    let law = &asked.case.law.before;
    let check = law.vbr(asked.case.law.vbr(&asked.unit.vbr)?)?.health?;
    Some((check.only, check.interval, u64::from(check.threshold)))
}

/// How long after the first lost probe it switches.
fn after(asked: &Asked<'_>) -> SimDuration {
    let set = vbr_check(asked);
    let interval = asked.known(|item| item.health_interval.as_ref().map(|span| span.value));
    let threshold = asked.known(|item| item.health_threshold.as_ref().map(|count| count.value));
    let interval = interval.value().copied().or(set.map(|(_, interval, _)| interval));
    let threshold = threshold.value().copied().or(set.map(|(.., threshold)| threshold));
    interval
        .unwrap_or(INTERVAL)
        .saturating_mul(threshold.unwrap_or(THRESHOLD))
}

fn holds(asked: &mut Asked<'_>, word: &Looked<HealthWord>, after: SimDuration) {
    let Looked::Shown(word, source) = word else {
        return asked.by(Item::HealthHolds, word.clone(), |_| None);
    };
    let (standing, why) = match (word, asked.case.cutover.measured) {
        (HealthWord::Off | HealthWord::ProbeOnly, _) => (Standing::Go, said::check_quiet()),
        (HealthWord::Switches, None) => (Standing::Unknown, said::check_unmeasured(&after.to_string())),
        (HealthWord::Switches, Some(effect)) => {
            let gap = effect.time.to_string();
            match effect.time < after {
                true => (Standing::Go, said::check_waits(&after.to_string(), &gap)),
                false => (Standing::NoGo, said::check_switches(&after.to_string(), &gap)),
            }
        }
    };
    asked.tell(Item::HealthHolds, standing, why, source);
}

/// The tenant's data centre on this VBR.
fn idc<'c>(case: &Case<'c>, unit: &Unit) -> Option<&'c IdcItem> {
    let name = unit.idc.as_ref()?;
    case.file.idcs.iter().find(|idc| *idc.name.0 == **name)
}

/// The partner's switches at both ends of the tenant's way; `None`: one of them is none that the file lists.
fn switches<'c>(case: &Case<'c>, unit: &Unit) -> Option<Vec<&'c SwitchItem>> {
    let all = || case.file.access_points.iter().chain(&case.file.fabrics);
    let find = |name: &str| all().find(|switch| *switch.name.0 == *name);
    let circuit = case
        .file
        .circuits
        .iter()
        .find(|circuit| *circuit.name.0 == *unit.circuit)?;
    let near = find(&idc(case, unit)?.attach.0)?;
    let far = find(&circuit.a.0)?;
    Some(if near.name.0 == far.name.0 {
        vec![near]
    } else {
        vec![near, far]
    })
}

fn fed(asked: &mut Asked<'_>, word: &Looked<HealthWord>, after: SimDuration) {
    if let Looked::Shown(HealthWord::Off, source) = word {
        return asked.tell(Item::HealthFed, Standing::Go, said::check_quiet(), source);
    }
    let (case, unit) = (asked.case, asked.unit);
    let on_the_way = switches(case, unit);
    let listed = on_the_way.iter().flatten();
    let starved: Option<Text> = listed.clone().find_map(|switch| starves(case, unit, switch, after));
    let back = idc(case, unit).and_then(|idc| idc.probe_return_route.as_ref().map(|route| route.value));
    let shown = on_the_way.is_some() && listed.into_iter().all(|switch| switch.icmp_per_second.is_some());
    match (starved, back, shown) {
        (Some(why), ..) => asked.tell(Item::HealthFed, Standing::NoGo, why, SCENARIO),
        (None, Some(false), _) => asked.tell(Item::HealthFed, Standing::NoGo, said::no_return_route(), SCENARIO),
        (None, Some(true), true) => asked.tell(Item::HealthFed, Standing::Go, said::holds(), SCENARIO),
        (None, ..) => asked.unshown(Item::HealthFed, said::limits_unshown()),
    }
}

/// Why a switch starves the health check, where it does.
fn starves(case: &Case<'_>, unit: &Unit, switch: &SwitchItem, after: SimDuration) -> Option<Text> {
    let icmp = switch.icmp_per_second.as_ref().map(|limit| limit.value);
    if let Some(limit) = icmp.filter(|limit| (1..ICMP_LEAST).contains(limit)) {
        return Some(said::icmp_starves(&switch.name.0, limit));
    }
    // Addresses are resolved again only where the VBR comes back with another MAC address.
    let stays = case
        .cutover
        .measured
        .is_some_and(|effect| effect.kind != AttachKind::Rebuild);
    let shared = switch
        .arp_limit
        .as_ref()
        .is_some_and(|word| word.value == ArpLimitWord::Shared);
    if stays || !shared {
        return None;
    }
    let limit = switch.arp_per_second.as_ref().map_or(1, |limit| limit.value).max(1);
    let with = |other: &&Unit| {
        let near = idc(case, other).is_some_and(|idc| *idc.attach.0 == *switch.name.0);
        other.wave == unit.wave && other.carried_over.is_none() && near
    };
    let tenants = case.cutover.units.iter().filter(with).count() as u64;
    (tenants / limit >= after.as_secs()).then(|| said::arp_starves(&switch.name.0, tenants, limit))
}

fn both_ways(asked: &mut Asked<'_>) {
    let looked = asked.known(|item| item.passes.as_ref().map(|word| word.value));
    if let Looked::Shown(PassesWord::Nothing, source) = &looked {
        let source = source.clone();
        return asked.tell(Item::BothWays, Standing::Unknown, said::nothing_passes(), &source);
    }
    asked.by(Item::BothWays, looked, |word| match word {
        PassesWord::UpOnly => Some(said::one_way("up")),
        PassesWord::DownOnly => Some(said::one_way("down")),
        PassesWord::BothWays | PassesWord::Nothing => None,
    });
}

/// A tenant with one way alone may go; whoever decides has to know it.
fn other_way(asked: &mut Asked<'_>) {
    let looked = asked.known(|item| item.other_way.as_ref().map(|other| other.value));
    let law = &asked.case.law.before;
    let own = asked.case.law.vbr(&asked.unit.vbr).and_then(|id| law.vbr(id));
    let second = own.is_some_and(|own| {
        let mut others = law.vbrs();
        others.any(|(_, other)| other.owner == own.owner && other.circuit != own.circuit)
    });
    match (looked, second) {
        (Looked::Shown(true, source), _) => asked.tell(Item::OtherWay, Standing::Go, said::holds(), &source),
        (Looked::Shown(false, source), _) => asked.tell(Item::OtherWay, Standing::Caution, said::only_way(), &source),
        (_, true) => asked.tell(Item::OtherWay, Standing::Go, said::holds(), SCENARIO),
        _ => asked.tell(Item::OtherWay, Standing::Caution, said::other_way_unshown(), ""),
    }
}
