//! What a cutover adds, and by what it is judged.

use std::collections::BTreeSet;

use super::{IN_PLACE, QUICK, rehearsed, scenario, text};
use crate::check::Verdict;
use crate::provision::{AttachEffect, AttachKind};
use crate::rehearse::effects::{effect, of_each_kind, wider_or_one_way};
use crate::rehearse::fates::{FlowStory, Stories};
use crate::rehearse::probes::{PROBES_A_GAP, interval};
use crate::rehearse::stage::{Setting, Stage};
use crate::rehearse::{Damage, Options, Outcome, Run};
use crate::units::SimDuration;

const GAP: SimDuration = SimDuration::from_millis(50);

fn of<'a>(run: &'a Run, tenant: &str) -> &'a crate::rehearse::ServiceTold {
    run.services
        .iter()
        .find(|service| service.tenant == tenant)
        .expect("it is watched")
}

#[test]
fn in_place_loses_nothing_if_the_attach_does_nothing_and_every_interruption_is_caught() {
    let cutover = format!("{IN_PLACE}  budget: {{ lost_max: 0 }}\n");
    let rehearsal = rehearsed(&text("", &cutover, ""), Options { effects: true, ..QUICK });
    assert_eq!(rehearsal.verdict(), Verdict::Pass);
    assert!(rehearsal.hypothetical, "nobody has measured anything");
    let judged: Vec<&Run> = rehearsal.runs.iter().filter(|run| run.judged).collect();
    assert!(
        matches!(judged[..], [run] if run.effect == AttachEffect::NONE && run.whole),
        "{judged:?}"
    );
    for tenant in ["acme", "globex"] {
        let service = of(judged[0], tenant);
        assert_eq!(
            (&service.outcome, service.verdict),
            (&Outcome::Converted, Verdict::Pass)
        );
        assert!(
            service.damage.is_none() && service.damage.offered > 3_000,
            "{service:?}"
        );
        assert!(service.unseen.is_empty() && service.changed.is_empty(), "{service:?}");
        assert_eq!(service.billed.len(), 1, "{service:?}");
        assert_eq!(
            service.billed[0].0, tenant,
            "who has the port pays for what leaves by it"
        );
        assert!(service.billed[0].1 > 0);
    }
    let initech = of(judged[0], "initech");
    assert_eq!(initech.outcome, Outcome::Neighbour);
    assert!(
        initech.damage.offered > 0 && initech.damage.is_none(),
        "a neighbour at the device is probed: {initech:?}"
    );
    let harmful = rehearsal.runs.iter().filter(|run| run.effect != AttachEffect::NONE);
    for run in harmful.clone() {
        assert_eq!(run.verdict(), Verdict::Fail, "{}", run.assumed);
        assert!(
            run.services.iter().any(|service| service.damage.lost > 0),
            "{}",
            run.assumed
        );
        if !run.whole && !run.assumed.contains("withdraws") {
            assert!(!run.answers.is_empty(), "{}", run.assumed);
            assert!(
                run.answers.iter().all(|(_, who)| who.starts_with("the cloud for ")),
                "{:?}",
                run.answers
            );
        }
    }
    assert_eq!(
        harmful.count(),
        3 + 6 + 8,
        "three whole, three small with and without routes, eight wider or one way"
    );
    let none = rehearsal
        .runs
        .iter()
        .filter(|run| run.effect == AttachEffect::NONE && !run.judged);
    let verdicts: Vec<(bool, Verdict)> = none
        .map(|run| (run.assumed.contains("withdraws"), run.verdict()))
        .collect();
    assert_eq!(
        verdicts,
        [(false, Verdict::Pass), (true, Verdict::Fail)],
        "routes that go for 50 ms are noticed"
    );
}

#[test]
fn an_effect_hurts_whom_its_scope_holds_the_way_it_stops_and_for_as_long() {
    let scenario = scenario(&text("", &IN_PLACE.replace("[acme, globex]", "[acme]"), ""));
    let setting = Setting {
        after: GAP,
        ..Setting::default()
    };
    let stage = Stage::new(&scenario, setting, GAP).unwrap();
    let damage = |effect: AttachEffect| {
        let ran = stage.run(effect).unwrap();
        ["acme", "globex", "initech"].map(|tenant| {
            let watched = stage.watched.iter().find(|watched| watched.tenant == tenant);
            stage.damage(watched.expect("it is watched"), &ran.with)
        })
    };
    let lasts = |damage: Damage| damage.gap.as_nanos() / 1_000_000;
    for effect in of_each_kind(GAP).into_iter().skip(1).chain(wider_or_one_way(GAP)) {
        let [own, same, other] = damage(effect);
        assert!((45..=60).contains(&lasts(own)), "{effect}: {own:?}");
        assert_eq!(
            own.gap_up.is_zero(),
            !effect.stops(crate::ident::Direction::Up),
            "{effect}: {own:?}"
        );
        assert_eq!(
            own.gap_down.is_zero(),
            !effect.stops(crate::ident::Direction::Down),
            "{effect}: {own:?}"
        );
        let scope = effect.scope.as_str();
        assert_eq!(same.is_none(), scope == "sub_interface", "{effect}: {same:?}");
        assert_eq!(other.is_none(), scope != "device", "{effect}: {other:?}");
    }
    assert!(damage(AttachEffect::NONE).iter().all(Damage::is_none));
}

#[test]
fn a_measured_effect_takes_the_place_of_what_is_assumed() {
    let measured = |time: u64| {
        let cutover = format!("{IN_PLACE}  measured_attach_effect: {{ kind: outage, for: {time}ms }}\n");
        let rehearsal = rehearsed(&text("", &cutover, ""), QUICK);
        assert!(!rehearsal.hypothetical);
        rehearsal.verdict()
    };
    assert_eq!(measured(20), Verdict::Pass);
    assert_eq!(measured(80), Verdict::Fail);
}

#[test]
fn the_longest_interruption_that_keeps_the_budget_is_bracketed_by_two_runs() {
    let rehearsal = rehearsed(
        &text("", &IN_PLACE.replace("[acme, globex]", "[acme]"), ""),
        Options { search: true, ..QUICK },
    );
    let kinds: Vec<&str> = rehearsal.largest.iter().map(|largest| largest.kind).collect();
    assert_eq!(kinds, ["outage", "reprogram", "rebuild"]);
    for largest in &rehearsal.largest {
        let (keeps, breaks) = (
            largest.bracket.keeps,
            largest.bracket.breaks.expect("something breaks it"),
        );
        assert_eq!(breaks.saturating_sub(keeps), interval(GAP), "to one probe: {largest:?}");
        assert!(keeps <= GAP && breaks >= SimDuration::from_millis(35), "{largest:?}");
        assert_eq!(largest.class, ["acme-vbr"]);
    }
}

#[test]
fn there_are_ten_probes_a_budgeted_gap() {
    for gap in [1, 50, 333, 10_000] {
        let gap = SimDuration::from_millis(gap);
        assert!(gap.as_nanos() / interval(gap).as_nanos() >= PROBES_A_GAP, "{gap}");
    }
}

#[test]
fn break_before_make_never_keeps_the_budget_and_takes_another_vlan_where_the_old_one_is_held() {
    let cutover = "  tenants: [acme]\n  strategy: break_before_make\n  prepare: { at: 5s }\n  window: { at: 10s, lasts: 15s, response: 2s }\n";
    let rehearsal = rehearsed(&text("", cutover, ""), QUICK);
    assert_eq!(rehearsal.verdict(), Verdict::Fail);
    assert_eq!(rehearsal.runs.len(), 3);
    for run in &rehearsal.runs {
        let acme = of(run, "acme");
        assert_eq!(
            (&acme.outcome, acme.verdict),
            (&Outcome::Converted, Verdict::Fail),
            "{}",
            run.assumed
        );
        assert!(
            acme.damage.gap > SimDuration::from_secs(4),
            "two answers of two seconds: {:?}",
            acme.damage
        );
        assert!(of(run, "globex").damage.is_none() && of(run, "initech").damage.is_none());
        assert!(acme.changed.contains(&"the VBR's id".to_owned()), "{:?}", acme.changed);
        let moved = acme.changed.iter().any(|what| what.starts_with("VLAN 101 became "));
        assert_eq!(
            moved,
            run.assumed != "vlan_retention_on_delete: none",
            "{}: {:?}",
            run.assumed,
            acme.changed
        );
        assert!(!run.answers.is_empty());
    }
}

#[test]
fn a_step_at_which_no_frame_is_on_its_way_is_inconclusive() {
    let scenario = scenario(&text("", &IN_PLACE.replace("[acme, globex]", "[acme]"), ""));
    let stage = Stage::new(&scenario, Setting::default(), GAP).unwrap();
    assert_eq!(stage.unseen("acme-vbr"), Vec::<String>::new());
    // Nobody sends for globex: nothing of it is known.
    let only: BTreeSet<String> = ["globex-idc".to_owned()].into();
    let blind = Stage::new(
        &scenario,
        Setting {
            only: Some(only),
            ..Setting::default()
        },
        GAP,
    )
    .unwrap();
    let unseen = blind.unseen("acme-vbr");
    let all = ["create", "confirm", "attach"].map(|word| format!("cutover.acme-vbr.{word}"));
    assert_eq!(unseen, all);
}

#[test]
fn a_small_world_gives_the_representative_what_the_whole_one_gives_it_and_tenants_of_a_class_are_alike() {
    let scenario = scenario(&text("", IN_PLACE, ""));
    let whole = Stage::new(
        &scenario,
        Setting {
            after: GAP,
            ..Setting::default()
        },
        GAP,
    )
    .unwrap();
    let only: BTreeSet<String> = ["acme-idc".to_owned(), "initech-idc".to_owned()].into();
    let small = Stage::new(
        &scenario,
        Setting {
            after: GAP,
            only: Some(only),
            ..Setting::default()
        },
        GAP,
    )
    .unwrap();
    for effect in [
        AttachEffect::NONE,
        effect(AttachKind::Outage, GAP),
        effect(AttachKind::Rebuild, SimDuration::from_millis(100)),
    ] {
        let (all, few) = (whole.run(effect).unwrap(), small.run(effect).unwrap());
        for (one, other) in [(&all.with, &few.with), (&whole.without, &small.without)] {
            same_fates(one, other);
        }
        let of = |stage: &Stage<'_>, with: &Stories, tenant: &str| {
            let watched = stage.watched.iter().find(|watched| watched.tenant == tenant);
            stage.damage(watched.expect("it is watched"), with)
        };
        let budget = whole.cutover.budget;
        for tenant in ["acme", "initech"] {
            let (there, here) = (of(&whole, &all.with, tenant), of(&small, &few.with, tenant));
            let counted = |d: &Damage| (d.offered, d.lost, d.saved, d.duplicated, d.reordered, d.astray);
            assert_eq!(counted(&here), counted(&there), "{effect}: {tenant}");
            assert_eq!(here.verdict(&budget), there.verdict(&budget), "{effect}: {tenant}");
        }
        let (acme, globex) = (of(&whole, &all.with, "acme"), of(&whole, &all.with, "globex"));
        assert_eq!(
            acme.verdict(&budget),
            globex.verdict(&budget),
            "{effect}: {acme:?} {globex:?}"
        );
        let allowed = effect.time <= budget.longest_gap_max;
        assert_eq!(acme.verdict(&budget) == Verdict::Pass, allowed, "{effect}: {acme:?}");
    }
}

/// Every flow of the smaller world is in the larger one, and each of its frames is sent at the same instant and
/// comes, or does not.
fn same_fates(larger: &Stories, smaller: &Stories) {
    assert!(!smaller.is_empty() && smaller.len() < larger.len());
    for (name, flow) in smaller {
        let fates = |story: &FlowStory| -> Vec<_> {
            let frames = story.frames();
            frames.map(|(n, sent, came)| (n, sent, came.is_some())).collect()
        };
        let there = larger.get(name).unwrap_or_else(|| panic!("{name} is in both"));
        assert_eq!(fates(flow), fates(there), "{name}");
    }
}

#[test]
fn calls_that_are_refused_afterwards_are_told_by_name() {
    let rehearsal = rehearsed(&text("", &IN_PLACE.replace("[acme, globex]", "[acme]"), ""), QUICK);
    let right = |by: &str, call: &str| {
        let found = rehearsal
            .rights
            .iter()
            .find(|right| right.by == by && right.call == call);
        found.map(|right| (right.before.as_deref(), right.after.as_deref()))
    };
    let refused = Some("Forbidden.OperationNotAllowedByUser");
    assert_eq!(right("telecom", "TerminateVirtualBorderRouter"), Some((None, refused)));
    assert_eq!(right("acme", "TerminateVirtualBorderRouter"), Some((refused, None)));
    assert_eq!(right("telecom", "RecoverVirtualBorderRouter"), Some((None, refused)));
    let inherited = Some((None, Some("Simulator.InheritedFromSharedPort")));
    assert_eq!(
        right("telecom", "ModifyVirtualBorderRouterAttribute (VlanId)"),
        inherited
    );
    assert_eq!(right("telecom", "UpdateVirtualBorderBandwidth"), inherited);
    assert_eq!(right("acme", "DeleteVirtualBorderRouter"), None, "it may as before");
}
