//! Tenants that share nothing, and tenants that contend for something.

use super::*;
use crate::rehearse::states::HalfDone;

#[test]
fn tenants_that_share_nothing_are_together_what_they_are_apart() {
    for faults in [0, 1] {
        let mut limits = bounds(faults, 1);
        limits.reduced = false;
        let world = world(2, 1_000, &[], limits);
        let apart = [0, 1].map(|i| only(explore_world(&world.only(&[i]), &TheLaw)));
        let both = together(&world, &TheLaw, &[0, 1], Vec::new());
        let n = usize::from(faults);
        for f in 0..=n {
            let product: u64 = (0..=f).map(|a| apart[0].by_faults[a] * apart[1].by_faults[f - a]).sum();
            assert_eq!(both.by_faults[f], product, "states with {f} faults");
        }
        assert!(both.violations.is_empty() && apart.iter().all(|one| one.violations.is_empty()));
        let names = |group: &Group| group.names.keys().copied().collect::<Vec<HalfDone>>();
        assert_eq!(names(&both), names(&apart[0]));
        let exploration = explore_world(&world, &TheLaw);
        assert_eq!(
            exploration.argument.len(),
            1,
            "the argument is told: {:?}",
            exploration.argument
        );
        let group = only(exploration);
        assert_eq!(
            (group.tenants, group.speaks_for),
            (vec!["tenant-1".to_owned()], vec!["tenant-2".to_owned()])
        );
        assert_eq!(group.states, apart[1].states, "the other one of its class is the same");
    }
}

#[test]
fn tenants_that_contend_for_bandwidth_are_explored_together_and_none_is_oversold() {
    // Two of 100 Mbit/s fit; with one raised by a fault, they do not.
    let exploration = explore_world(&world(2, 200, &[], bounds(1, 1)), &TheLaw);
    assert_eq!(exploration.verdict(), Verdict::Pass, "{:?}", shown(&exploration));
    let apart: Vec<_> = exploration
        .groups
        .iter()
        .map(|group| (group.tenants.clone(), group.speaks_for.clone()))
        .collect();
    let names = |n: usize| (1..=n).map(|n| format!("tenant-{n}")).collect::<Vec<_>>();
    assert_eq!(
        apart,
        [(names(1), vec!["tenant-2".to_owned()]), (names(2), vec![])],
        "alone, and together"
    );
    let told = "tenant-1, tenant-2 contend for the bandwidth of pc-1001-1 and are explored together.";
    assert_eq!(exploration.argument, [told]);
    let group = joint(exploration);
    assert!(
        matches!(group.coupled_by[..], [Shared::Bandwidth(_)]),
        "{:?}",
        group.coupled_by
    );
    assert!(group.refused.contains_key("Simulator.CircuitBandwidthExceeded"));
    let sizes = |faults| {
        let groups = coupling::groups(&world(2, 300, &[], bounds(faults, 1)));
        groups.iter().map(|(members, _)| members.len()).collect::<Vec<_>>()
    };
    assert_eq!(sizes(1), [1, 1], "300 Mbit/s suffice for one raise");
    assert_eq!(sizes(2), [2], "and do not for two");
}

#[test]
fn a_circuit_too_small_for_all_lets_one_go_on_and_says_who_waits() {
    let group = joint(explore_world(&world(2, 100, &[], bounds(0, 1)), &TheLaw));
    let waits = &group.names[&HalfDone::NotBegun];
    assert!(waits.blocked["Simulator.CircuitBandwidthExceeded"] > 0 && waits.goes_on > 0);
    assert!(
        !group
            .terminal
            .contains_key(&vec![HalfDone::Converted, HalfDone::Converted])
    );
    assert!(
        group
            .terminal
            .contains_key(&vec![HalfDone::NotBegun, HalfDone::Converted])
    );
    assert!(group.violations.is_empty());
}

#[test]
fn two_that_contend_for_a_vlan_never_both_have_it() {
    let mut world = world(2, 1_000, &[], bounds(1, 1));
    world.spares[1] = Some(world.conversions[0].began.vlan);
    let exploration = explore_world(&world, &TheLaw);
    assert_eq!(exploration.verdict(), Verdict::Pass, "{:?}", shown(&exploration));
    let group = only(exploration);
    assert!(
        matches!(group.coupled_by[..], [Shared::Vlan(_)]),
        "{:?}",
        group.coupled_by
    );
    assert!(group.refused.contains_key("InvalidVlanId.Used"));
}

#[test]
fn what_is_of_one_tenant_alone_can_be_left_out_where_tenants_contend_for_bandwidth() {
    for policies in [&[][..], &[("sum_of_specs", "unenforced")]] {
        let explored = |reduced| {
            let mut limits = bounds(1, 1);
            limits.reduced = reduced;
            explore_world(&world(2, 200, policies, limits), &TheLaw)
        };
        let (whole, less) = (explored(false), explored(true));
        assert_eq!((whole.groups.len(), less.groups.len()), (1, 2));
        assert!(
            less.states() * 2 < whole.states(),
            "{} {}",
            less.states(),
            whole.states()
        );
        let names = |exploration: &Exploration| {
            let names = exploration.groups.iter().flat_map(|group| group.names.keys().copied());
            names.collect::<std::collections::BTreeSet<HalfDone>>()
        };
        assert_eq!(names(&less), names(&whole));
        assert_eq!((shown(&less), less.verdict()), (shown(&whole), whole.verdict()));
        assert_eq!(shown(&whole).len(), policies.len(), "what there is to find");
    }
}

#[test]
fn more_coupled_tenants_than_are_explored_together_are_inconclusive() {
    let mut limits = bounds(0, 1);
    limits.together = 2;
    let exploration = explore_world(&world(3, 100, &[], limits), &TheLaw);
    assert_eq!(exploration.verdict(), Verdict::Inconclusive);
    let group = joint(exploration);
    assert_eq!((group.tenants.len(), group.reached), (2, Some(Reached::Together(3))));
}

#[test]
fn tenants_that_contend_for_the_number_of_ports_are_explored_together() {
    let quota = [("shared_ports_per_circuit", "1")];
    let exploration = explore_world(&world(2, 1_000, &quota, bounds(0, 1)), &TheLaw);
    assert_eq!(exploration.verdict(), Verdict::Pass, "{:?}", shown(&exploration));
    let group = joint(exploration);
    assert!(
        matches!(group.coupled_by[..], [Shared::Ports(_)]),
        "{:?}",
        group.coupled_by
    );
    assert!(
        !group
            .terminal
            .contains_key(&vec![HalfDone::Converted, HalfDone::Converted])
    );
    let enough = [("shared_ports_per_circuit", "2")];
    assert_eq!(coupling::groups(&world(2, 1_000, &enough, bounds(0, 1))).len(), 2);
}

#[test]
#[ignore = "20 s of processor time"]
fn three_coupled_tenants_with_two_faults_are_all_explored_within_their_bounds() {
    let exploration = explore_world(&world(3, 300, &[], Bounds::default()), &TheLaw);
    assert_eq!(exploration.verdict(), Verdict::Pass, "{:?}", shown(&exploration));
    let group = joint(exploration);
    assert_eq!(
        (group.states, &group.by_faults[..]),
        (19_546, &[1_000, 6_324, 12_222][..])
    );
    assert!(group.memory.get() < 20 << 20, "{}", group.memory);
}

#[test]
fn a_crowd_that_takes_no_part_costs_hardly_any_memory() {
    let memory = |tenants| {
        let world = world(tenants, 10_000, &[], bounds(0, 1));
        together(&world, &TheLaw, &[0], Vec::new()).memory.get()
    };
    // Its VBRs are counted on the circuit, and that is all.
    assert!(memory(40) < 2 * memory(1), "{} {}", memory(40), memory(1));
}
