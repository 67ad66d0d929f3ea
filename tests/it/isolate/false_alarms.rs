//! Worlds that leak nothing and once raised an alarm: lists of VLANs, circuits that nobody pruned,
//! lines of switches, VBRs that were refused.

use trunklab::check::Verdict;
use trunklab::isolate::{IsolationReport, run};
use trunklab::scenario::{MemorySources, load_text};

use super::{options, rows};
use crate::shared_inputs;

fn suite(text: &str, vectors: &[&str]) -> IsolationReport {
    let loaded = load_text("healthy.yaml", text.to_owned(), &MemorySources::new()).expect("a scenario");
    run(&loaded.plan, &options(vectors), &|_, _| {}).expect("a testbed")
}

fn no_alarm(report: &IsolationReport) {
    let findings: Vec<String> = report.findings().map(|(id, f)| format!("{id}: {f:?}")).collect();
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!(rows(report, Verdict::Inconc), Vec::<&str>::new());
}

#[test]
fn the_false_alarms_of_the_shared_cases_are_none() {
    let cases: [(&str, &[&str]); 4] = [
        ("R-02", &["R-02", "R-05"]),
        ("Q-07", &["Q-07"]),
        ("F-05-line", &["F-05", "F-06", "P-06", "X-01"]),
        ("F-05-square", &["F-05", "F-06", "P-06", "X-01"]),
    ];
    for (case, vectors) in cases {
        let name = format!("cases/50-lists-and-causes/false-alarm-of-{case}.yaml");
        let Some(text) = shared_inputs::read(&name) else {
            return;
        };
        let report = suite(&String::from_utf8(text).expect("text"), vectors);
        no_alarm(&report);
        assert_eq!(report.verdict, Verdict::Pass, "{case}");
    }
}

#[test]
fn a_vbr_that_was_refused_is_nobodys_peer() {
    let text = include_str!("../../../scenarios/isolation/same-mac.yaml").replace(
        "expect:\n",
        "provisioning:\n  - { at: 4s, by: twin-0001, do: CreateVirtualBorderRouter, as: second, with: { PhysicalConnectionId: \
         twin-0001-port, LocalGatewayIp: 10.255.9.1, PeerGatewayIp: 10.255.9.2, PeeringSubnetMask: 255.255.255.252 }, \
         expect_error: QuotaExceeded.VPCONN }\nexpect:\n",
    );
    let report = suite(&text, &["I-01", "V-01", "T-11", "S-02"]);
    no_alarm(&report);
    assert_eq!(rows(&report, Verdict::Pass), ["I-01", "V-01", "T-11", "S-02"]);
}

/// Two circuits of a bridged switch, of which nobody pruned the second; the first tenant has a VLAN
/// on each, and the second circuit has a list where `list` says so.
fn two_circuits(list: &str) -> String {
    format!(
        "trunklab: 1\nname: two\nseed: 5\nduration: 10s\naccounts:\n  - {{ name: telecom, uid: 1200000000000001, role: partner }}\n\
         access_points:\n  - {{ name: ap, service: bridged }}\naccess_devices:\n  - {{ name: dev, region: cn-shanghai }}\n\
         circuits:\n  - {{ name: c1, a: ap, b: dev, rate: 10G, delay: 2ms{list} }}\n  - {{ name: c2, a: ap, b: dev, rate: 10G, delay: 3ms, unpruned: true }}\n\
         tenants:\n  - {{ name: acme, circuit: c1, vlan_id: 10, spec: 100M }}\n  - {{ name: globex, circuit: c2, vlan_id: 20, spec: 100M }}\n\
         \x20 - {{ name: initech, circuit: c2, vlan_id: 30, spec: 100M }}\n"
    )
}

#[test]
fn what_a_circuit_floods_that_nobody_pruned_is_no_service_s_to_count() {
    let report = suite(&two_circuits(""), &["Q-07"]);
    no_alarm(&report);
    assert_eq!(rows(&report, Verdict::Pass), ["Q-07"]);
}

#[test]
fn a_circuit_whose_list_has_no_vlan_free_has_no_legacy_vlan_to_cut_over() {
    let full = suite(&two_circuits(", allowed_vids: [10]"), &["R-02"]);
    no_alarm(&full);
    let row = &full.rows[0];
    // The other circuit carries every VID: its tenants are tried.
    assert_eq!(row.verdict, Verdict::Pass, "{}", row.reason);
    let roomy = suite(&two_circuits(", allowed_vids: [10, 77]"), &["R-02"]);
    no_alarm(&roomy);
    assert!(
        roomy.rows[0].frames > row.frames,
        "the VLAN that is free on the list is tried"
    );
}
