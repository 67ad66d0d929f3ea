//! Faults at every step.

use super::{IN_PLACE, QUICK, rehearsed, text};
use crate::check::Verdict;
use crate::rehearse::{Cell, Options, Outcome};

#[test]
fn every_fault_is_tried_before_during_and_after_every_step_and_against_the_same_fault_without_the_cutover() {
    let short = IN_PLACE.replace("window: { at: 20s", "window: { at: 12s");
    let rehearsal = rehearsed(&text("", &short, ""), Options { faults: true, ..QUICK });
    let of = |fault: &str| -> Vec<&Cell> { rehearsal.faults.iter().filter(|cell| cell.fault == fault).collect() };
    for fault in [
        "TaskConflict",
        "circuit cut",
        "circuit flaps",
        "VLAN typed wrong at the partner",
    ] {
        let places: Vec<(&str, &str)> = of(fault).iter().map(|cell| (cell.step.as_str(), cell.phase)).collect();
        let mut all = Vec::new();
        for step in ["create", "confirm", "attach"] {
            all.extend(["before", "during", "after"].map(|phase| (step, phase)));
        }
        assert_eq!(places, all, "{fault}");
        for cell in of(fault) {
            assert_eq!(cell.outcome, Outcome::Converted, "{cell:?}");
            assert_eq!((cell.verdict, &cell.noticed[..]), (Verdict::Pass, &[][..]), "{cell:?}");
        }
    }
    for fault in ["acceptance too late", "acceptance missing", "window over"] {
        assert!(matches!(
            of(fault)[..],
            [Cell {
                outcome: Outcome::CarriedOver(_),
                verdict: Verdict::Pass,
                ..
            }]
        ));
    }
    let wrong = of("another VBR than the port was made from");
    let [
        Cell {
            outcome: Outcome::Stopped {
                step,
                why: Some((code, _)),
            },
            verdict: Verdict::Pass,
            ..
        },
    ] = wrong[..]
    else {
        panic!("{wrong:?}");
    };
    assert_eq!(
        (step.as_str(), code.as_str()),
        ("cutover.acme-vbr.attach", "Simulator.VbrNotOfThisConversion")
    );
    let shared = of("ARP limit shared by tenants");
    assert_eq!(
        shared.iter().map(|cell| cell.verdict).collect::<Vec<_>>(),
        [Verdict::Pass, Verdict::Fail]
    );
    assert!(shared[1].noticed.iter().any(|(idc, _)| idc == "acme-idc"), "{shared:?}");
    assert!(!shared[1].answers.is_empty(), "{shared:?}");
}
