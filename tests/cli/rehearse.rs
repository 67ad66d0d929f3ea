//! `trunklab rehearse`, as a user meets it.

use crate::{status, stderr, stdout, trunklab};

#[test]
fn a_rehearsal_says_on_what_it_rests_and_exits_by_what_it_found() {
    let held = trunklab(&["rehearse", "--quick", "scenarios/migration/billing-lapses-midway.yaml"]);
    assert_eq!(
        status(&held),
        3,
        "nobody is converted: {}\n{}",
        stdout(&held),
        stderr(&held)
    );
    assert!(
        stdout(&held).contains("the tenant's outbound billing has lapsed"),
        "{}",
        stdout(&held)
    );
    let kept = trunklab(&["rehearse", "--quick", "scenarios/migration/wrong-vbr.yaml"]);
    assert_eq!(status(&kept), 0, "{}\n{}", stdout(&kept), stderr(&kept));
    let text = stdout(&kept);
    assert!(text.contains("PASS (HYPOTHETICAL)"), "{text}");
    assert!(text.contains("PASS: only if attach_effect: { kind: none }"), "{text}");
    let broken = trunklab(&["rehearse", "--quick", "scenarios/migration/spec-below-the-peak.yaml"]);
    assert_eq!(status(&broken), 1, "{}\n{}", stdout(&broken), stderr(&broken));
}

#[test]
fn a_scenario_without_a_cutover_is_nothing_to_rehearse() {
    let alone = trunklab(&["rehearse", "scenarios/migration/conversion-under-outage.yaml"]);
    assert_eq!(status(&alone), 2, "{}", stdout(&alone));
    assert!(stderr(&alone).contains("no `cutover`"), "{}", stderr(&alone));
    let among = trunklab(&["rehearse", "scenarios/service-levels", "scenarios/bandwidth"]);
    assert_eq!(status(&among), 3, "{}", stdout(&among));
}
