//! The hunt for false passes: for each check a world that must fail, one in which nothing could have failed,
//! which must not pass, and their healthy twin, which must.

use trunklab::check::Verdict::{self, Fail, Inconc, NotApplicable, Pass};

use super::{Judged, Tenant, World, plan};

/// A check, what is asked, and three worlds: one that departs, one that shows nothing, a healthy one; each
/// with more keys of the switch, steps, flows and faults.
struct Row {
    check: &'static str,
    ask: &'static str,
    /// `None`: no scenario text brings it about; `records.rs` and `isolation.rs` plant it.
    fails: Option<Change>,
    shows_nothing: (Change, Verdict),
    healthy: Change,
}

/// What is other than in the plain world: text that is put in place of another.
type Change = &'static [(&'static str, &'static str)];

const PROBES: (&str, &str) = (
    "traffic:\n",
    "  - { at: 2s, by: acme, do: EnableCenVbrHealthCheck, with: { VbrInstanceId: acme-vbr, HealthCheckSourceIp: 192.168.1.77, HealthCheckInterval: 2, HealthyThreshold: 3 } }\ntraffic:\n",
);
const MUTE: (&str, &str) = ("start: 4s, stop: 6s", "start: 7900ms, count: 1, warm_up: false");
const LONGER: (&str, &str) = ("duration: 8s", "duration: 30s");

const ROWS: &[Row] = &[
    Row {
        check: "gating",
        ask: "",
        fails: None,
        // Frames come for one service alone, and that one is never open.
        shows_nothing: (
            &[
                ("at: 1s, by: acme", "at: 7s, by: acme"),
                ("at: 1s, by: globex", "at: 7s, by: globex"),
                ("duration: 8s", "duration: 6500ms"),
                ("at: 7s", "at: 6400ms"),
            ],
            Inconc,
        ),
        healthy: &[("at: 1s, by: globex", "at: 5s, by: globex")],
    },
    Row {
        check: "isolation",
        ask: "",
        fails: Some(&[(
            "expect:\n",
            "faults:\n  - { at: 4500ms, misconnect: ap, tenant: acme, vlan_id: 102 }\nexpect:\n",
        )]),
        shows_nothing: (
            &[("expect:\n", "faults:\n  - { at: 0s, cut: globex-dc/uni }\nexpect:\n")],
            Inconc,
        ),
        healthy: &[],
    },
    Row {
        check: "health",
        ask: "  - { check: health, tenant: acme, unhealthy: [8s, 20s] }",
        fails: Some(&[PROBES, LONGER]),
        // Nobody probes.
        shows_nothing: (&[LONGER, ("unhealthy: [8s, 20s]", "healthy: [8s, 40s]")], Inconc),
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
        shows_nothing: (&[("duration: 8s", "duration: 900ms"), MUTE], Inconc),
        healthy: &[],
    },
    Row {
        check: "choice",
        ask: "  - { check: choice, vbr: acme-vbr, bandwidth_min: 50M }",
        fails: Some(&[("bandwidth_min: 50M", "bandwidth_min: 51M")]),
        shows_nothing: (&[(", bandwidth_min: 50M", "")], Inconc),
        healthy: &[],
    },
    Row {
        check: "choice",
        ask: "  - { check: choice, vbr: acme-vbr, monthly_max: 100, fits: false }",
        fails: Some(&[("expect:\n", "prices: { port_per_month: { 50M: 99 } }\nexpect:\n")]),
        // There is no price: nobody knows whether it is too dear.
        shows_nothing: (&[], Inconc),
        healthy: &[("expect:\n", "prices: { port_per_month: { 50M: 101 } }\nexpect:\n")],
    },
    Row {
        check: "resolution",
        ask: "  - { check: resolution, gave_up: [0, 0] }",
        fails: Some(&[
            ("at: 1s, by: globex", "at: 7900ms, by: globex"),
            ("start: 4s, stop: 6s", "start: 1s, stop: 7s"),
        ]),
        shows_nothing: (&[(", gave_up: [0, 0]", "")], Inconc),
        healthy: &[("start: 4s, stop: 6s", "start: 900ms, stop: 7s")],
    },
    Row {
        check: "attribution",
        ask: "  - { check: attribution, tenant: acme, party: none }",
        fails: Some(&[("expect:\n", "faults:\n  - { at: 4500ms, cut: line }\nexpect:\n")]),
        shows_nothing: (&[], Inconc),
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
        shows_nothing: (
            &[
                ("lan: 172.16.1.0/24", "lan: 172.16.1.0/24, arp: { gratuitous: false }"),
                ("lan: 172.16.2.0/24", "lan: 172.16.2.0/24, arp: { gratuitous: false }"),
                ("duration: 8s", "duration: 300ms"),
                ("at: 500ms", "at: 200ms"),
                ("at: 1s", "at: 250ms"),
                ("start: 4s, stop: 6s", "start: 299ms, interval: 20ms, warm_up: false"),
            ],
            Inconc,
        ),
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
        shows_nothing: (&[("duration: 8s", "duration: 900ms"), MUTE], NotApplicable),
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
    Judged::of(plan(&text, &[]))
}

#[test]
fn no_check_passes_where_nothing_could_have_failed() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let (nothing, verdict) = row.shows_nothing;
        let departs = row.fails.map(|change| ("departs", change, Fail));
        let others = [("shows nothing", nothing, verdict), ("healthy", row.healthy, Pass)];
        for (name, change, right) in departs.into_iter().chain(others) {
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
