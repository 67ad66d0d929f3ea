//! What changes besides frames.

use super::{flown, of, with};
use crate::preflight::Language;

#[test]
fn money_is_told_at_the_scenarios_prices_and_by_who_pays() {
    let preflight = flown(&with(&[]));
    let money = &of(&preflight, "globex").changes.money;
    assert_eq!((money.payer.as_str(), money.by_tenant), ("globex", true));
    assert_eq!(
        (money.port_month, money.outbound_gb),
        (Some(600_500_000), Some(500_000))
    );
    assert!(money.outbound_from.said(Language::En).contains("AttachVbrToVpconn"));
    assert_eq!(preflight.currency.as_deref(), Some("CNY"));
    let partner = flown(&with(&[("cutover:\n", "cutover:\n  payer: partner\n")]));
    let money = &of(&partner, "globex").changes.money;
    assert_eq!((money.payer.as_str(), money.by_tenant), ("telecom", false));
    let confirm = flown(&with(&[(
        "spec_1g: 1000000000",
        "spec_1g: 1000000000, outbound_from: confirm",
    )]));
    let from = &of(&confirm, "acme").changes.money.outbound_from;
    assert!(from.said(Language::En).contains("ConfirmPhysicalConnection"));
}

#[test]
fn without_a_price_there_is_no_number() {
    let prices = "prices: { currency: CNY, port_per_month: { 100M: 350, 200M: 600.5 }, outbound_per_gb: 0.5 }\n";
    let preflight = flown(&with(&[(prices, "")]));
    let money = &of(&preflight, "acme").changes.money;
    assert_eq!(
        (money.port_month, money.outbound_gb, &preflight.currency),
        (None, None, &None)
    );
    let other = flown(&with(&[("100M: 350, ", "")]));
    assert_eq!(of(&other, "acme").changes.money.port_month, None);
    assert_eq!(of(&other, "globex").changes.money.port_month, Some(600_500_000));
}

#[test]
fn the_right_to_end_a_vbr_goes_from_partner_to_tenant_unless_a_policy_says_otherwise() {
    let after = |text: &str| {
        let preflight = flown(text);
        let right = of(&preflight, "acme").changes.rights[0].clone();
        assert_eq!(right.before.said(Language::En), "the partner");
        right.after.said(Language::En).to_owned()
    };
    assert_eq!(after(&with(&[])), "the tenant");
    let kept = "spec_1g: 1000000000, vbr_terminate_right_on_shared_port: partner";
    assert_eq!(after(&with(&[("spec_1g: 1000000000", kept)])), "the partner");
}

#[test]
fn the_vlan_is_nobodys_to_change_afterwards_unless_a_policy_allows_it() {
    let vlan = |text: &str| {
        of(&flown(text), "acme").changes.rights[3]
            .after
            .said(Language::Zh)
            .to_owned()
    };
    assert_eq!(vlan(&with(&[])), "任何一方均不可");
    assert_eq!(
        vlan(&with(&[(
            "spec_1g: 1000000000",
            "spec_1g: 1000000000, vlan_update: allow"
        )])),
        "合作伙伴"
    );
}
