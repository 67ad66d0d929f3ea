//! Saved answers as evidence, and stand-ins for what nobody knows.

use super::{finding, flown, of, with};
use crate::inventory::saved::below;
use crate::inventory::{Inventory, answers};
use crate::preflight::{Evidence, Item, Preflight, Standing, add_answers, preflight};
use crate::scenario::{MemorySources, load_text};

/// The window of `tests/data/lists`, by these answers.
fn by(inventory: &Inventory) -> Preflight {
    let text = include_str!("../../../tests/data/lists/window.yaml");
    let text = format!("{text}  board: {{ opens: \"2026-12-05T22:00:00+08:00\" }}\n");
    let loaded = load_text("window.yaml", text, &MemorySources::new()).expect("a scenario");
    let written = loaded.cutover.expect("a cutover");
    let cutover = written.lowered().expect("it was lowered").cutover.expect("a cutover");
    let mut evidence = Evidence::of(&cutover);
    add_answers(&mut evidence, &loaded.plan, &cutover, inventory);
    preflight(&loaded.plan, loaded.expanded.file(), &cutover, &evidence)
}

fn before() -> Vec<(String, Vec<u8>)> {
    let mut files = below("answers/before");
    files.extend(below("answers/dry-run"));
    files
}

/// The answers with a text replaced in every file whose name holds `file`.
fn changed(file: &str, from: &str, to: &str) -> Preflight {
    let mut found = false;
    let files = before().into_iter().map(|(name, octets)| {
        let text = String::from_utf8(octets).expect("text");
        let own = name.contains(file) && text.contains(from);
        found |= own;
        let text = if own { text.replace(from, to) } else { text };
        (name, text.into_bytes())
    });
    let files: Vec<_> = files.collect();
    assert!(found, "{from} is in {file}");
    by(&answers::read(&files))
}

#[test]
fn saved_answers_show_states_dates_and_features_with_their_places() {
    let preflight = by(&answers::read(&before()));
    let line = of(&preflight, "acme");
    for item in [
        Item::CircuitEnabled,
        Item::CircuitNormal,
        Item::CircuitUnexpired,
        Item::CircuitNoOrder,
        Item::VbrActive,
        Item::VbrUnexpired,
        Item::OneCircuit,
        Item::OrdinaryMtu,
        Item::NoIpv6,
        Item::OutboundBilling,
    ] {
        let found = finding(line, item);
        assert_eq!(found.standing, Standing::Go, "{item:?}: {found:?}");
        assert!(found.source.contains(".json"), "{item:?}: {}", found.source);
    }
    // No answer says a word of these.
    for item in [Item::NoFailoverGroup, Item::BothWays, Item::SpecCoversPeak] {
        assert_eq!(finding(line, item).standing, Standing::Unknown, "{item:?}");
    }
}

#[test]
fn a_saved_dry_run_decides_for_its_own_vbr_alone() {
    let preflight = by(&answers::read(&below("answers/dry-run")));
    assert_eq!(preflight.lines.len(), 4);
    let unshown = |tenant: &str| finding(of(&preflight, tenant), Item::OutboundBilling).standing;
    // Without the VBRs' own answers nobody knows which VBR `vbr-uf6acme01` is.
    assert_eq!(unshown("acme"), Standing::Unknown);
    let preflight = by(&answers::read(&before()));
    let initech = finding(of(&preflight, "initech"), Item::OutboundBilling);
    assert_eq!(initech.standing, Standing::NoGo);
    assert_eq!(initech.code(), "OperationFailed.PconnTrafficNotEnable");
    assert_eq!(finding(of(&preflight, "acme"), Item::DryRun).standing, Standing::Go);
    assert!(
        of(&preflight, "globex")
            .findings
            .iter()
            .all(|found| found.item != Item::DryRun)
    );
}

#[test]
fn each_field_of_an_answer_decides_its_own_question() {
    let cases = [
        (
            "DescribePhysicalConnections",
            "\"Status\": \"Enabled\"",
            "\"Status\": \"Terminated\"",
            Item::CircuitEnabled,
        ),
        (
            "DescribePhysicalConnections",
            "\"BusinessStatus\": \"Normal\"",
            "\"BusinessStatus\": \"FinancialLocked\"",
            Item::CircuitNormal,
        ),
        (
            "DescribePhysicalConnections",
            "\"HasReservationData\": \"false\"",
            "\"HasReservationData\": \"true\"",
            Item::CircuitNoOrder,
        ),
        (
            "DescribePhysicalConnections",
            "2027-03-05T16:00:00Z",
            "2026-12-05T14:00:00Z",
            Item::CircuitUnexpired,
        ),
        (
            "1300000000000001/DescribeVirtualBorderRouters",
            "\"Mtu\": 1500",
            "\"Mtu\": 8500",
            Item::OrdinaryMtu,
        ),
        ("1300000000000001/GetPhysical", "true", "false", Item::OutboundBilling),
    ];
    for (file, from, to, item) in cases {
        let found = finding(of(&changed(file, from, to), "acme"), item).clone();
        assert!(found.standing >= Standing::Unknown, "{from} -> {to}: {found:?}");
    }
}

#[test]
fn a_stand_in_shows_nothing_good_or_bad() {
    let known = flown(&with(&[(
        "vlan_id: 101, spec: 100M,",
        "vlan_id: 101, spec: 100M, unknown: [spec],",
    )]));
    let line = of(&known, "acme");
    for item in [
        Item::SpecKnown,
        Item::SpecCoversPeak,
        Item::CircuitHasRoom,
        Item::LargeSpec,
    ] {
        assert_eq!(finding(line, item).standing, Standing::Unknown, "{item:?}");
    }
    assert_eq!(line.changes.money.spec, None);
    assert_eq!(line.changes.money.port_month, None);
    assert_eq!(of(&known, "globex").standing(), Standing::Go);
    let low = flown(&with(&[
        ("peak: 40M", "peak: 900M"),
        (
            "vlan_id: 101, spec: 100M,",
            "vlan_id: 101, spec: 100M, unknown: [spec],",
        ),
    ]));
    assert_eq!(
        finding(of(&low, "acme"), Item::SpecCoversPeak).standing,
        Standing::Unknown
    );
    let vlan = flown(&with(&[(
        "spec: 100M, legacy",
        "spec: 100M, unknown: [vlan_id], legacy",
    )]));
    assert_eq!(
        finding(of(&vlan, "acme"), Item::VlanNotZero).standing,
        Standing::Unknown
    );
}
