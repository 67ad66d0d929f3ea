//! Drift between the conversion and the attach, and who is carried over.

use super::{IN_PLACE, QUICK, rehearsed, text};
use crate::check::Verdict;
use crate::rehearse::{Outcome, Rehearsal};

fn with(policies: &str, step: &str) -> Rehearsal {
    rehearsed(
        &text(policies, IN_PLACE, &format!("provisioning:\n  - {step}\n")),
        QUICK,
    )
}

fn drifts(policies: &str, step: &str) -> Vec<String> {
    let rehearsal = with(policies, step);
    assert!(
        rehearsal.drifts.iter().all(|drift| drift.vbr == "acme-vbr"),
        "{:?}",
        rehearsal.drifts
    );
    let run = rehearsal.runs.iter().find(|run| run.judged).expect("one is judged");
    let of = |tenant: &str| {
        run.services
            .iter()
            .find(|service| service.tenant == tenant)
            .expect("it is watched")
    };
    let held = !rehearsal.drifts.is_empty();
    assert_eq!(
        matches!(of("acme").outcome, Outcome::CarriedOver(_)),
        held,
        "{:?}",
        of("acme")
    );
    assert_eq!(of("globex").outcome, Outcome::Converted, "who did not drift goes");
    assert_eq!(rehearsal.carried_over().len(), usize::from(held));
    rehearsal.drifts.into_iter().flat_map(|drift| drift.what).collect()
}

#[test]
fn a_freeze_check_passes_where_nothing_has_changed() {
    assert!(drifts("", "{ at: 12s, by: telecom, do: UpdateVirtualBorderBandwidth, with: { VirtualBorderRouterId: acme-vbr, Bandwidth: 50 } }").is_empty());
}

#[test]
fn a_freeze_check_finds_what_drifted_between_conversion_and_attach() {
    let raised = "{ at: 12s, by: telecom, do: UpdateVirtualBorderBandwidth, with: { VirtualBorderRouterId: acme-vbr, Bandwidth: 100 } }";
    assert_eq!(drifts("", raised), ["the port has 50M, the VBR 100M"]);
    let lapsed = "{ at: 12s, by: cloud, do: Simulator.LapseOutboundBilling, with: { AliUid: acme } }";
    assert_eq!(drifts("", lapsed), ["the tenant's outbound billing has lapsed"]);
    let second = "{ at: 12s, by: acme, do: CreateVirtualBorderRouter, with: { PhysicalConnectionId: acme-vbr-port } }";
    assert_eq!(
        drifts("new_vbr_on_converting_port: allow", second),
        ["another VBR hangs on the port"]
    );
    let locked = "{ at: 12s, by: cloud, do: Simulator.SetBusinessStatus, with: { InstanceId: acme-vbr-port, BusinessStatus: FinancialLocked } }";
    assert_eq!(drifts("", locked), ["the port is FinancialLocked"]);
}

#[test]
fn who_never_accepts_or_too_late_is_carried_over_and_says_so() {
    let never = IN_PLACE.replace("prepare: { at: 5s,", "prepare: { at: 5s, never: [acme],");
    let late = IN_PLACE.replace("longest: 3s", "longest: 3s, deadline: 1ns");
    for (cutover, carried, why, verdict) in [
        (never, vec!["acme-vbr"], "the tenant never accepts", Verdict::Pass),
        (
            late,
            vec!["acme-vbr", "globex-vbr"],
            "after it was asked, too late",
            Verdict::Inconc,
        ),
    ] {
        let rehearsal = rehearsed(&text("", &cutover, ""), QUICK);
        let told = rehearsal.carried_over();
        assert_eq!(told.iter().map(|(vbr, _)| vbr.as_str()).collect::<Vec<_>>(), carried);
        assert!(told.iter().all(|(_, reason)| reason.contains(why)), "{told:?}");
        assert_eq!(
            rehearsal.verdict(),
            verdict,
            "where nobody is converted, nothing was shown"
        );
        let run = rehearsal.runs.iter().find(|run| run.judged).expect("one is judged");
        let called = |step: &str| run.steps.iter().any(|told| told.name == step && told.at.is_some());
        assert!(!called("cutover.acme-vbr.attach"));
    }
}
