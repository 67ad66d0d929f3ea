//! Sources: dry runs, contradictions, and what the law refuses whatever was looked up.

use super::{finding, flown, of, open, with};
use crate::preflight::{Item, Language, Standing, Who};

#[test]
fn the_code_of_a_saved_dry_run_decides() {
    let dry = |code: &str| {
        let text = format!("account: main\n      dry_run: {code}");
        flown(&with(&[
            ("account: main", &text),
            ("      outbound_billing: true\n", ""),
        ]))
    };
    assert_eq!(open(of(&dry("DRYRUN.SUCCESS"), "acme")), []);
    let off = dry("OperationFailed.PconnTrafficNotEnable");
    let line = of(&off, "acme");
    assert_eq!(open(line), [(Item::OutboundBilling, Standing::NoGo)]);
    let found = finding(line, Item::OutboundBilling);
    assert_eq!(
        (found.who(), found.call()),
        (Who::Tenant, "OpenPhysicalConnectionService")
    );
    assert_eq!(found.code(), "OperationFailed.PconnTrafficNotEnable");
    let strange = dry("Throttling.User");
    let found = finding(of(&strange, "acme"), Item::DryRun);
    assert_eq!((found.standing, found.code()), (Standing::NoGo, "Throttling.User"));
}

#[test]
fn a_dry_run_that_passed_shows_what_its_guards_ask_and_nothing_else() {
    let keep = "    - source: dry run\n      dry_run: DRYRUN.SUCCESS\n";
    let from = super::WORLD.find("    - source: looked up").expect("known");
    let to = super::WORLD.find("  board:").expect("board");
    let text = format!("{}{keep}{}", &super::WORLD[..from], &super::WORLD[to..]);
    let preflight = flown(&text);
    let line = of(&preflight, "acme");
    for item in [
        Item::OutboundBilling,
        Item::MaySell,
        Item::NoQosPolicy,
        Item::VlanFree,
        Item::VbrActive,
    ] {
        assert_eq!(finding(line, item).standing, Standing::Go, "{item:?}");
        assert_eq!(finding(line, item).source, "dry run");
    }
    for item in [
        Item::CircuitUnexpired,
        Item::NoDrill,
        Item::NoEcr,
        Item::SpecCoversPeak,
        Item::HealthHolds,
    ] {
        assert_eq!(finding(line, item).standing, Standing::Unknown, "{item:?}");
    }
}

#[test]
fn the_partner_cannot_see_outbound_billing_whatever_the_scenario_assumes() {
    let tenant = "  - { name: telecom, uid: 1200000000000001, role: partner, site: cn }\n";
    let text = with(&[("      outbound_billing: true\n", "")]);
    let assumed = text.replace(
        tenant,
        &format!("{tenant}  - {{ name: other, uid: 5, outbound_billing: true }}\n"),
    );
    let preflight = flown(&assumed);
    let found = finding(of(&preflight, "acme"), Item::OutboundBilling);
    assert_eq!(found.standing, Standing::Unknown);
    assert!(found.why.said(Language::En).contains("the partner cannot see it"));
}

#[test]
fn sources_that_contradict_each_other_are_unknown_and_named() {
    let second = "  known_circuits:\n    - { source: another console, qos_policy: true }\n";
    let preflight = flown(&with(&[("  known_circuits:\n", second)]));
    let line = of(&preflight, "acme");
    assert_eq!(open(line), [(Item::NoQosPolicy, Standing::Unknown)]);
    assert_eq!(finding(line, Item::NoQosPolicy).source, "another console; looked up");
    let same = "  known_circuits:\n    - { source: another console, qos_policy: false }\n";
    assert_eq!(open(of(&flown(&with(&[("  known_circuits:\n", same)])), "acme")), []);
}

#[test]
fn what_is_known_of_one_tenant_is_told_of_no_other() {
    let text = with(&[(
        "  known:\n",
        "  known:\n    - { source: mail, tenants: [globex], ecr: true }\n",
    )]);
    let preflight = flown(&text);
    assert_eq!(open(of(&preflight, "acme")), []);
    assert_eq!(open(of(&preflight, "globex")), [(Item::NoEcr, Standing::Unknown)]);
}

fn with_step(step: &str) -> String {
    let accounts = "accounts:\n  - { name: sky, uid: 1, role: system }\n";
    let steps = format!("provisioning:\n  - {step}\ncutover:\n");
    with(&[("accounts:\n", accounts), ("cutover:\n", &steps)])
}

#[test]
fn what_the_law_refuses_is_no_go_whatever_was_looked_up() {
    let cases = [
        (
            "{ at: 15s, by: sky, do: Simulator.SetBusinessStatus, with: { InstanceId: c1, BusinessStatus: FinancialLocked } }",
            Item::CircuitNormal,
        ),
        (
            "{ at: 15s, by: telecom, do: TerminateVirtualBorderRouter, with: { VbrId: acme-vbr } }",
            Item::VbrActive,
        ),
        (
            "{ at: 15s, by: telecom, do: CreateVpconnFromVbr, as: early, with: { VbrId: acme-vbr } }",
            Item::VlanFree,
        ),
        (
            "{ at: 20500ms, by: sky, do: Simulator.LapseOutboundBilling, with: { AliUid: acme } }",
            Item::OutboundBilling,
        ),
    ];
    for (step, item) in cases {
        let opened = step.replace(
            "15s, by: telecom, do: CreateVpconn",
            "16s, by: telecom, do: CreateVpconn",
        );
        let text = with_step(&opened);
        let text = match item {
            Item::VlanFree => text.replace(
                "provisioning:\n",
                "provisioning:\n  - { at: 15s, by: acme, do: OpenPhysicalConnectionService }\n",
            ),
            _ => text,
        };
        let preflight = flown(&text);
        let line = of(&preflight, "acme");
        let found = finding(line, item);
        assert_eq!(found.standing, Standing::NoGo, "{step}: {:?}", open(line));
        assert!(!found.code().is_empty(), "{step}");
    }
}

#[test]
fn a_vlan_in_its_seven_days_is_no_go() {
    let text = with_step("{ at: 15s, by: telecom, do: TerminateVirtualBorderRouter, with: { VbrId: acme-vbr } }");
    let preflight = flown(&text);
    let found = finding(of(&preflight, "acme"), Item::VbrActive);
    assert_eq!(found.standing, Standing::NoGo);
    assert_eq!(found.why.said(Language::En), "the VBR is terminated");
    assert_eq!(
        of(&preflight, "globex").standing(),
        Standing::Go,
        "it has nothing to do with it"
    );
    assert_eq!(of(&flown(&with(&[])), "acme").standing(), Standing::Go);
}
