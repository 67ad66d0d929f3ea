//! Every question with its positive control: the same tenant with that one thing put right is GO.

use super::{finding, flown, of, open, with};
use crate::preflight::{Item, Language, Standing};
use crate::provision::codes::CODES;

#[test]
fn a_tenant_of_whom_everything_is_known_and_good_is_go() {
    let preflight = flown(&with(&[]));
    for tenant in ["acme", "globex"] {
        let line = of(&preflight, tenant);
        assert_eq!(open(line), [], "{tenant}");
        assert_eq!(line.standing(), Standing::Go);
    }
    assert_eq!((preflight.count("GO"), preflight.standing()), (2, Standing::Go));
}

/// What is changed, and which question alone then stands in acme's way.
const IN_THE_WAY: &[(&[(&str, &str)], Item)] = &[
    (&[("account: main", "account: ram")], Item::MainAccount),
    (&[("account: main", "account: partner")], Item::NotAPartner),
    (&[("      site: cn", "      site: intl")], Item::SameSite),
    (
        &[("outbound_billing: true", "outbound_billing: false")],
        Item::OutboundBilling,
    ),
    (&[("may_sell: true", "may_sell: false")], Item::MaySell),
    (&[("ports_left: 2", "ports_left: 0")], Item::PortQuota),
    (&[("enabled: true", "enabled: false")], Item::CircuitEnabled),
    (&[("normal: true", "normal: false")], Item::CircuitNormal),
    (&[("pending_order: false", "pending_order: true")], Item::CircuitNoOrder),
    (&[("qos_policy: false", "qos_policy: true")], Item::NoQosPolicy),
    (&[("mpbgp: true", "mpbgp: false")], Item::Mpbgp),
    (
        &[("shared_ports: true", "shared_ports: false")],
        Item::AccessPointAllows,
    ),
    (&[("drill: false", "drill: true")], Item::NoDrill),
    (&[("vbr: active", "vbr: terminated")], Item::VbrActive),
    (&[("second_circuit: false", "second_circuit: true")], Item::OneCircuit),
    (&[("      pending: false", "      pending: true")], Item::NothingPending),
    (&[("vlan_taken: false", "vlan_taken: true")], Item::VlanFree),
    (&[("passes: both_ways", "passes: up_only")], Item::BothWays),
    (&[("passes: both_ways", "passes: down_only")], Item::BothWays),
    (&[("peak: 40M", "peak: 101M")], Item::SpecCoversPeak),
    (
        // The window is over at 22:00:30 on the clock of Beijing: what expires then is too early.
        &[(
            "      expires: 2027-12-31T16:00:00Z\n      vlan",
            "      expires: 2026-12-05T14:00:30Z\n      vlan",
        )],
        Item::VbrUnexpired,
    ),
    (
        &[(
            "      expires: 2027-12-31T16:00:00Z\n      pending_order",
            "      expires: 2026-12-05T14:00:30Z\n      pending_order",
        )],
        Item::CircuitUnexpired,
    ),
];

#[test]
fn each_thing_in_the_way_is_no_go_by_its_own_question_alone() {
    for (changes, item) in IN_THE_WAY {
        let preflight = flown(&with(changes));
        let line = of(&preflight, "acme");
        assert_eq!(open(line), [(*item, Standing::NoGo)], "{changes:?}");
        assert_eq!(line.standing().as_str(), "NO-GO");
        assert_eq!(finding(line, *item).source, "looked up");
    }
}

#[test]
fn what_expires_a_second_after_the_window_is_in_nobodys_way() {
    let later = "      expires: 2026-12-05T14:00:31Z\n      vlan";
    let preflight = flown(&with(&[("      expires: 2027-12-31T16:00:00Z\n      vlan", later)]));
    assert_eq!(open(of(&preflight, "acme")), []);
}

/// Lines without which a question is open: what no source shows is UNKNOWN.
const UNSHOWN: &[(&str, &[Item])] = &[
    ("      account: main\n", &[Item::MainAccount, Item::NotAPartner]),
    ("      site: cn\n", &[Item::SameSite]),
    ("      outbound_billing: true\n", &[Item::OutboundBilling]),
    ("      vbr: active\n", &[Item::VbrActive]),
    ("      second_circuit: false\n", &[Item::OneCircuit]),
    ("      pending: false\n", &[Item::NothingPending]),
    ("      expires: 2027-12-31T16:00:00Z\n", &[Item::VbrUnexpired]),
    ("      vlan_taken: false\n", &[Item::VlanFree]),
    ("      peak: 40M\n", &[Item::SpecCoversPeak]),
    ("      peak_over: 1s\n", &[Item::SpecCoversPeak]),
    ("      mtu: 1500\n", &[Item::OrdinaryMtu]),
    ("      ecr: false\n", &[Item::NoEcr]),
    ("      ipv6: false\n", &[Item::NoIpv6]),
    ("      failover_group: false\n", &[Item::NoFailoverGroup]),
    ("      health_check: off\n", &[Item::HealthHolds, Item::HealthFed]),
    ("      passes: both_ways\n", &[Item::BothWays]),
    ("      enabled: true\n", &[Item::CircuitEnabled]),
    ("      normal: true\n", &[Item::CircuitNormal]),
    ("      pending_order: false\n", &[Item::CircuitNoOrder]),
    ("      qos_policy: false\n", &[Item::NoQosPolicy]),
    ("      mpbgp: true\n", &[Item::Mpbgp]),
    ("      shared_ports: true\n", &[Item::AccessPointAllows]),
    ("      may_sell: true\n", &[Item::MaySell]),
    ("      ports_left: 2\n", &[Item::PortQuota]),
    ("      drill: false\n", &[Item::NoDrill]),
    (
        "  board: { opens: 2026-12-05T22:00:00+08:00 }\n",
        &[Item::CircuitUnexpired, Item::VbrUnexpired],
    ),
    (", rate: 10G, bandwidth: 1G", &[Item::CircuitHasRoom]),
    (", role: partner, site: cn", &[Item::SameSite]),
];

#[test]
fn what_no_source_shows_is_unknown_and_never_go() {
    for (line, items) in UNSHOWN {
        let instead = if line.starts_with(", role") {
            ", role: partner"
        } else {
            ""
        };
        let preflight = flown(&with(&[(line, instead)]));
        let wanted: Vec<_> = items.iter().map(|item| (*item, Standing::Unknown)).collect();
        assert_eq!(open(of(&preflight, "acme")), wanted, "without `{line}`");
        assert_eq!(of(&preflight, "acme").standing().as_str(), "UNKNOWN");
    }
}

#[test]
fn what_no_page_says_of_a_conversion_is_unknown() {
    let odd = [
        ("mtu: 1500", "mtu: 8500", Item::OrdinaryMtu),
        ("ecr: false", "ecr: true", Item::NoEcr),
        ("ipv6: false", "ipv6: true", Item::NoIpv6),
        ("failover_group: false", "failover_group: true", Item::NoFailoverGroup),
        ("passes: both_ways", "passes: nothing", Item::BothWays),
    ];
    for (good, bad, item) in odd {
        let preflight = flown(&with(&[(good, bad)]));
        assert_eq!(open(of(&preflight, "acme")), [(item, Standing::Unknown)], "{bad}");
    }
}

#[test]
fn one_way_only_is_told_and_stops_nobody() {
    for (old, new) in [("other_way: true", "other_way: false"), ("      other_way: true\n", "")] {
        let preflight = flown(&with(&[(old, new)]));
        let line = of(&preflight, "acme");
        assert_eq!(open(line), [(Item::OtherWay, Standing::Caution)]);
        assert_eq!(line.standing().as_str(), "GO");
    }
}

#[test]
fn an_untagged_vbr_is_unknown_alone_and_no_go_where_the_law_has_others_on_the_circuit() {
    let alone = (
        "  - { name: globex, circuit: c1, vlan_id: 102, spec: 200M, legacy: true }\n",
        "",
    );
    let zero = ("vlan_id: 101", "vlan_id: 0");
    let preflight = flown(&with(&[zero, alone]));
    assert_eq!(open(of(&preflight, "acme")), [(Item::VlanNotZero, Standing::Unknown)]);
    let dry = ("account: main", "account: main\n      dry_run: DRYRUN.SUCCESS");
    assert_eq!(open(of(&flown(&with(&[zero, alone, dry])), "acme")), []);
}

#[test]
fn a_bandwidth_without_a_spec_is_no_go_until_a_mapping_or_a_pilot_is_shown() {
    let odd = (
        "vlan_id: 101, spec: 100M, legacy: true }",
        "vlan_id: 101, spec: 2G, legacy: true }",
    );
    let rich = ("site: cn }", "site: cn, large_specs: true }");
    let wide = ("bandwidth: 1G", "bandwidth: 10G");
    // A VBR of 2,048 Mbit/s, the next that VBRs have, is exactly no spec where 2G is 2,000.
    let preflight = flown(&with(&[odd, rich, wide]));
    let line = of(&preflight, "acme");
    assert_eq!(finding(line, Item::SpecKnown).standing, Standing::NoGo);
    assert_eq!(finding(line, Item::SpecKnown).code(), "Simulator.VbrBandwidthNotASpec");
    for mapped in [
        ("spec_1g: 1000000000", "spec_1g: 1000000000, convert_spec: round_down"),
        ("spec_1g: 1000000000", "spec_1g: 1024000000"),
        ("account: main", "account: main\n      pilot_spec: 2G"),
    ] {
        let text = with(&[odd, rich, wide, mapped]).replace("spec: 200M", "spec: 2G");
        assert_eq!(open(of(&flown(&text), "acme")), [], "{mapped:?}");
    }
}

#[test]
fn two_gigabit_and_more_go_by_permission() {
    let large = ("vlan_id: 101, spec: 100M", "vlan_id: 101, spec: 2G");
    let both = [
        large,
        ("bandwidth: 1G", "bandwidth: 10G"),
        ("spec_1g: 1000000000", "spec_1g: 1024000000"),
    ];
    let with_permission = |allowed: &str| {
        let site = ("role: partner, site: cn", allowed);
        flown(&with(&[large, both[1], both[2], site]))
    };
    let refused = with_permission("role: partner, site: cn, large_specs: false");
    let line = of(&refused, "acme");
    assert_eq!(finding(line, Item::LargeSpec).standing, Standing::NoGo);
    assert_eq!(
        finding(line, Item::LargeSpec).code(),
        "Simulator.SpecNeedsAccountManager"
    );
    assert_eq!(open(of(&refused, "globex")), []);
    assert_eq!(
        open(of(
            &with_permission("role: partner, site: cn, large_specs: true"),
            "acme"
        )),
        []
    );
}

#[test]
fn the_first_tenant_who_finds_no_room_is_named_and_who_came_before_goes() {
    let preflight = flown(&with(&[("bandwidth: 1G", "bandwidth: 200M")]));
    assert_eq!(open(of(&preflight, "acme")), []);
    let line = of(&preflight, "globex");
    assert_eq!(open(line), [(Item::CircuitHasRoom, Standing::NoGo)]);
    let why = finding(line, Item::CircuitHasRoom).why.said(Language::En);
    assert_eq!(
        why,
        "the first to be refused: 200 Mbit/s asked, 100 of 200 left on the circuit"
    );
    assert_eq!(
        open(of(&flown(&with(&[("bandwidth: 1G", "bandwidth: 300M")])), "globex")),
        []
    );
}

#[test]
fn a_quota_counts_the_ports_of_this_plan_on_the_circuit() {
    let preflight = flown(&with(&[("ports_left: 2", "ports_left: 1")]));
    assert_eq!(open(of(&preflight, "acme")), []);
    assert_eq!(open(of(&preflight, "globex")), [(Item::PortQuota, Standing::NoGo)]);
}

#[test]
fn a_peak_over_more_than_a_second_is_unknown_with_its_headroom() {
    let why = |over: &str, peak: &str| {
        let preflight = flown(&with(&[("peak_over: 1s", over), ("peak: 40M", peak)]));
        let found = finding(of(&preflight, "acme"), Item::SpecCoversPeak).clone();
        (found.standing, found.why.said(Language::En).to_owned())
    };
    assert_eq!(why("peak_over: 1s", "peak: 100M").0, Standing::Go);
    let (standing, text) = why("peak_over: 5min", "peak: 40M");
    assert_eq!(standing, Standing::Unknown);
    assert!(text.contains("60 % left"), "{text}");
    assert_eq!(why("peak_over: 1001ms", "peak: 40M").0, Standing::Unknown);
    assert_eq!(why("peak_over: 5min", "peak: 101M").0, Standing::NoGo);
}

#[test]
fn a_health_check_is_held_against_what_was_measured_of_the_attach() {
    let switches = (
        "health_check: off",
        "health_check: switches\n      health_interval: 2s\n      health_threshold: 3",
    );
    let route = |standing| {
        move |measured: &str| {
            let window = format!("  window: {{ at: 60s, lasts: 30s }}\n{measured}");
            let text = with(&[switches, ("  window: { at: 60s, lasts: 30s }\n", &window)]);
            let preflight = flown(&text);
            assert_eq!(
                finding(of(&preflight, "acme"), Item::HealthHolds).standing,
                standing,
                "{measured}"
            );
        }
    };
    route(Standing::Unknown)("");
    route(Standing::Go)("  measured_attach_effect: { kind: outage, for: 5999ms }\n");
    route(Standing::NoGo)("  measured_attach_effect: { kind: outage, for: 6s }\n");
    let quiet = flown(&with(&[("health_check: off", "health_check: probe_only")]));
    assert_eq!(finding(of(&quiet, "acme"), Item::HealthHolds).standing, Standing::Go);
}

#[test]
fn a_limit_or_a_missing_route_starves_a_health_check() {
    let on = ("health_check: off", "health_check: switches");
    let fed = |changes: &[(&str, &str)]| {
        let preflight = flown(&with(&[&[on], changes].concat()));
        finding(of(&preflight, "acme"), Item::HealthFed).standing
    };
    // The shorthand's data centres do not say whether they have the route back.
    assert_eq!(fed(&[]), Standing::Unknown);
    assert_eq!(fed(&[("icmp_per_second: 600", "icmp_per_second: 499")]), Standing::NoGo);
    assert_eq!(
        fed(&[("icmp_per_second: 600", "icmp_per_second: 500")]),
        Standing::Unknown
    );
    let shared = "icmp_per_second: 600, arp_limit: shared";
    let slow = (
        "health_check: switches",
        "health_check: switches\n      health_interval: 1s\n      health_threshold: 2",
    );
    assert_eq!(fed(&[("icmp_per_second: 600", shared), slow]), Standing::NoGo);
    assert_eq!(fed(&[("icmp_per_second: 600", shared)]), Standing::Unknown);
    let measured = "  window: { at: 60s, lasts: 30s }\n  measured_attach_effect: { kind: outage, for: 50ms }\n";
    let known = ("  window: { at: 60s, lasts: 30s }\n", measured);
    assert_eq!(fed(&[("icmp_per_second: 600", shared), slow, known]), Standing::Unknown);
}

#[test]
fn every_code_is_one_that_a_call_answers_and_every_question_has_both_languages() {
    let mut names = std::collections::BTreeSet::new();
    for item in Item::ALL {
        let code = item.code();
        assert!(
            code.is_empty() || CODES.iter().any(|known| known.code == code),
            "{code}"
        );
        let title = item.title();
        assert!(
            Language::ALL.iter().all(|language| !title.said(*language).is_empty()),
            "{item:?}"
        );
        assert!(names.insert(item.as_str()), "{item:?}");
    }
}
