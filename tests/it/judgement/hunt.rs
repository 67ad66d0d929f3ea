//! The hunt for false passes: for each check a world that must fail, one in which nothing could have failed,
//! which must not pass, and their healthy twin, which must.

use trunklab::check::Verdict::{self, Fail, Inconc, NotApplicable, Pass};

use super::{Judged, Tenant, World};

/// A check, what is asked, and three worlds: one that departs, one that shows nothing, a healthy one; each
/// with more keys of the switch, steps, flows and faults.
struct Row {
    check: &'static str,
    ask: &'static str,
    /// `None`: no scenario text brings it about; `records.rs` and `isolation.rs` plant it.
    fails: Option<Change>,
    shows_nothing: Option<(Change, Verdict)>,
    healthy: Change,
}

/// What is other than in the plain world: text that is put in place of another.
type Change = &'static [(&'static str, &'static str)];

const PROBES: (&str, &str) = (
    "traffic:\n",
    "  - { at: 2s, by: acme, do: EnableCenVbrHealthCheck, with: { VbrInstanceId: acme-vbr, HealthCheckSourceIp: 192.168.1.77, HealthCheckInterval: 2, HealthyThreshold: 3 } }\ntraffic:\n",
);
const LONGER: (&str, &str) = ("duration: 8s", "duration: 30s");

const ROWS: &[Row] = &[
    Row {
        check: "gating",
        ask: "",
        fails: None,
        // Nothing is ever accepted: nobody knows whether the gates would have passed anything.
        shows_nothing: Some((
            &[(
                "do: ConfirmPhysicalConnection,",
                "do: ConfirmPhysicalConnection, dry_run: true,",
            )],
            Inconc,
        )),
        healthy: &[("at: 1s, by: globex", "at: 5s, by: globex")],
    },
    Row {
        check: "isolation",
        ask: "",
        fails: Some(&[(
            "expect:\n",
            "faults:\n  - { at: 4500ms, misconnect: ap, tenant: acme, vlan_id: 102 }\nexpect:\n",
        )]),
        shows_nothing: Some((
            &[("expect:\n", "faults:\n  - { at: 0s, cut: globex-dc/uni }\nexpect:\n")],
            Inconc,
        )),
        healthy: &[],
    },
    Row {
        check: "health",
        ask: "  - { check: health, tenant: acme, unhealthy: [8s, 20s] }",
        fails: Some(&[PROBES, LONGER]),
        // Nobody probes.
        shows_nothing: Some((&[LONGER, ("unhealthy: [8s, 20s]", "healthy: [8s, 40s]")], Inconc)),
        healthy: &[
            PROBES,
            LONGER,
            ("expect:\n", "faults:\n  - { at: 9s, cut: acme-dc/uni }\nexpect:\n"),
        ],
    },
    Row {
        check: "provisioning",
        ask: "",
        fails: Some(&[("at: 500ms, by: globex, do: Confirm", "at: 500ms, by: acme, do: Confirm")]),
        // A step behind the end of the run is refused by the reader, so that each one is tried.
        shows_nothing: None,
        healthy: &[],
    },
    Row {
        check: "choice",
        ask: "  - { check: choice, vbr: acme-vbr, bandwidth_min: 50M }",
        fails: Some(&[("bandwidth_min: 50M", "bandwidth_min: 51M")]),
        shows_nothing: Some((&[(", bandwidth_min: 50M", "")], Inconc)),
        healthy: &[],
    },
    Row {
        check: "choice",
        ask: "  - { check: choice, vbr: acme-vbr, monthly_max: 100, fits: false }",
        fails: Some(&[("expect:\n", "prices: { port_per_month: { 50M: 99 } }\nexpect:\n")]),
        // There is no price: nobody knows whether it is too dear.
        shows_nothing: Some((&[], Inconc)),
        healthy: &[("expect:\n", "prices: { port_per_month: { 50M: 101 } }\nexpect:\n")],
    },
    Row {
        check: "resolution",
        ask: "  - { check: resolution, gave_up: [0, 0] }",
        fails: Some(&[
            ("at: 1s, by: globex", "at: 7900ms, by: globex"),
            ("start: 4s, stop: 6s", "start: 1s, stop: 7s"),
        ]),
        shows_nothing: Some((&[(", gave_up: [0, 0]", "")], Inconc)),
        healthy: &[("start: 4s, stop: 6s", "start: 900ms, stop: 7s")],
    },
    Row {
        check: "attribution",
        ask: "  - { check: attribution, tenant: acme, party: none }",
        fails: Some(&[("expect:\n", "faults:\n  - { at: 4500ms, cut: line }\nexpect:\n")]),
        shows_nothing: Some((&[], Inconc)),
        healthy: &[
            ("party: none", "party: partner"),
            ("expect:\n", "faults:\n  - { at: 4500ms, cut: line }\nexpect:\n"),
        ],
    },
    Row {
        check: "conservation",
        ask: "",
        // Two switches with two trunks: what is sent once is there without end.
        fails: Some(&[
            (
                "access_points: [{ name: ap }]",
                "access_points: [{ name: ap, service: bridged }, { name: far, service: bridged }]\nlinks:\n  - { name: t0, a: ap, b: far, unpruned: true }\n  - { name: t1, a: ap, b: far, unpruned: true }",
            ),
            ("tenant: acme, attach: ap", "tenant: acme, attach: far"),
        ]),
        shows_nothing: Some((
            &[
                ("lan: 172.16.1.0/24", "lan: 172.16.1.0/24, arp: { gratuitous: false }"),
                ("lan: 172.16.2.0/24", "lan: 172.16.2.0/24, arp: { gratuitous: false }"),
                (
                    "do: ConfirmPhysicalConnection,",
                    "do: ConfirmPhysicalConnection, dry_run: true,",
                ),
                (
                    "interval: 20ms, start: 4s, stop: 6s",
                    "interval: 20ms, phase: 10ms, warm_up: false, start: 4s, stop: 4001ms",
                ),
            ],
            Inconc,
        )),
        healthy: &[
            (
                "access_points: [{ name: ap }]",
                "access_points: [{ name: ap, service: bridged }, { name: far, service: bridged }]\nlinks:\n  - { name: t0, a: ap, b: far, unpruned: true }",
            ),
            ("tenant: acme, attach: ap", "tenant: acme, attach: far"),
        ],
    },
    Row {
        check: "inheritance",
        ask: "",
        fails: None,
        // No VBR is ever made.
        shows_nothing: Some((
            &[(
                "do: ConfirmPhysicalConnection,",
                "do: ConfirmPhysicalConnection, dry_run: true,",
            )],
            NotApplicable,
        )),
        healthy: &[],
    },
];

fn judged(ask: &str, change: Change) -> Judged {
    let ask: &'static str = Box::leak(ask.to_owned().into_boxed_str());
    let world = World {
        tenants: vec![Tenant::new("acme", 101), Tenant::new("globex", 102)],
        expect: if ask.is_empty() { "  - { check: storm }" } else { ask },
        ..World::default()
    };
    let mut text = world.text();
    for (from, to) in change {
        assert!(text.contains(from), "{from} stands in {text}");
        text = text.replace(from, to);
    }
    Judged::asked(&text, &[])
}

#[test]
fn no_check_passes_where_nothing_could_have_failed() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let departs = row.fails.map(|change| ("departs", change, Fail));
        let nothing = row
            .shows_nothing
            .map(|(change, right)| ("shows nothing", change, right));
        let healthy = Some(("healthy", row.healthy, Pass));
        for (name, change, right) in [departs, nothing, healthy].into_iter().flatten() {
            let judged = judged(row.ask, change);
            let line = judged.line(row.check);
            if line.verdict != right {
                let (check, found, finding) = (row.check, line.verdict, &line.finding);
                wrong.push(format!(
                    "{check}, {name}: {found:?} where {right:?} is right: {finding}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
