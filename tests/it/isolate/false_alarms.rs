//! Worlds that leak nothing and once raised an alarm: lists of VLANs, circuits that nobody pruned,
//! lines of switches, VBRs that were refused.

use trunklab::check::Verdict;
use trunklab::isolate::{Flaw, IsolationReport, run};
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

/// A line or a ring of switches from the tenants to the circuit: trunks of this delay, and what else
/// is said of switches, trunks and a second circuit.
struct Ground<'a> {
    switches: usize,
    ring: bool,
    delay: &'a str,
    switch: &'a str,
    trunk: &'a str,
    /// More of the first circuit, and a second one at the first switch, where it is not empty.
    circuits: [&'a str; 2],
    device: &'a str,
}

impl Ground<'_> {
    fn text(&self) -> String {
        use std::fmt::Write;
        let mut w = String::from(
            "trunklab: 1\nname: ground\nseed: 5\nduration: 10s\naccounts:\n  - { name: telecom, uid: 1200000000000001, role: partner }\naccess_points:\n",
        );
        for i in 0..self.switches {
            let _ = writeln!(w, "  - {{ name: ap{i}, service: bridged{} }}", self.switch);
        }
        let last = if self.ring { self.switches } else { self.switches - 1 };
        for i in 0..last {
            let head = if i == 0 { "links:\n" } else { "" };
            let next = (i + 1) % self.switches;
            let (delay, trunk) = (self.delay, self.trunk);
            let _ = writeln!(
                w,
                "{head}  - {{ name: l{i}, a: ap{i}, b: ap{next}, delay: {delay}{trunk} }}"
            );
        }
        let [first, second] = self.circuits;
        let _ = write!(
            w,
            "access_devices:\n  - {{ name: dev, region: cn-shanghai{} }}\ncircuits:\n  - {{ name: c1, a: ap0, b: dev, rate: 10G, delay: 2ms{first} }}\n",
            self.device
        );
        if !second.is_empty() {
            let _ = writeln!(w, "  - {{ name: c2, a: ap0, b: dev, rate: 10G, delay: 3ms{second} }}");
        }
        let far = self.switches / if self.ring { 2 } else { 1 };
        let at = format!("ap{}", far.min(self.switches - 1));
        let _ = write!(
            w,
            "tenants:\n  - {{ name: acme, circuit: c1, attach: {at}, vlan_id: 10, spec: 100M }}\n  - {{ name: globex, circuit: c1, attach: ap0, vlan_id: 20, spec: 100M }}\n"
        );
        if !second.is_empty() {
            let _ = writeln!(
                w,
                "  - {{ name: initech, circuit: c2, attach: {at}, vlan_id: 30, spec: 100M }}"
            );
        }
        w
    }
}

const PLAIN: Ground<'_> = Ground {
    switches: 3,
    ring: false,
    delay: "1ms",
    switch: "",
    trunk: "",
    circuits: ["", ""],
    device: "",
};

/// Rows that once blamed healthy worlds of these kinds.
const ROWS: [&str; 7] = ["F-05", "F-06", "P-06", "Q-07", "R-02", "R-05", "V-01"];

#[test]
fn lines_and_rings_of_switches_with_lists_delays_and_second_circuits_raise_no_alarm() {
    let worlds = [
        Ground {
            switches: 2,
            delay: "20us",
            ..PLAIN
        },
        Ground {
            switches: 4,
            delay: "7ms",
            circuits: ["", ", unpruned: true"],
            ..PLAIN
        },
        Ground {
            trunk: ", unpruned: true",
            switch: ", profile: linux-6.12",
            device: ", profile: linux-6.12",
            ..PLAIN
        },
        Ground {
            trunk: ", allowed_vids: [10-30, 600]",
            circuits: [", allowed_vids: [10, 20]", ", allowed_vids: [30-31]"],
            ..PLAIN
        },
        Ground {
            trunk: ", native_vid: 999",
            circuits: [", native_vid: 998", ""],
            switch: ", default_vlan: 1",
            ..PLAIN
        },
        Ground {
            switches: 4,
            ring: true,
            delay: "300us",
            ..PLAIN
        },
        Ground {
            switches: 5,
            ring: true,
            circuits: ["", ", delay: 5ms"].map(|c| if c.is_empty() { c } else { ", mtu: 1600" }),
            ..PLAIN
        },
        Ground {
            switch: ", arp_limit: shared, arp_per_second: 100",
            delay: "3ms",
            ..PLAIN
        },
        Ground {
            switch: ", arp_per_second: 1, mac_limit: 4",
            delay: "50us",
            ..PLAIN
        },
    ];
    for world in &worlds {
        let report = suite(&world.text(), &ROWS);
        let findings: Vec<String> = report.findings().map(|(id, f)| format!("{id}: {f:?}")).collect();
        assert_eq!(findings, Vec::<String>::new(), "{}", world.text());
        assert_eq!(rows(&report, Verdict::Inconc), Vec::<&str>::new(), "{}", world.text());
        assert_eq!(report.verdict, Verdict::Pass, "{}", world.text());
    }
}

/// The same worlds with a mistake: the same rows notice.
#[test]
fn the_same_worlds_with_a_mistake_fail() {
    for switch in [
        ", learning: shared",
        ", profile: ieee-default",
        ", quirk: broadcast-to-next-vid",
    ] {
        let world = Ground { switch, ..PLAIN };
        assert_eq!(suite(&world.text(), &ROWS).verdict, Verdict::Fail, "{}", world.text());
    }
}

/// A tenant with a service on each of two circuits: each port has the VID of its own service.
#[test]
fn a_tenant_of_two_services_has_the_vid_of_each_at_its_own_port() {
    let mut more = String::from("idcs:\n");
    for n in [1, 2] {
        more += &format!(
            "  - {{ name: d{n}, tenant: duo, attach: ap, circuit: c{n}, vlan_id: 4{n}, address: 10.255.{n}.2/30, lan: 172.16.{n}.0/24, routes: [192.168.{n}.0/24], last_mile: {{ delay: 4ms }} }}\n"
        );
    }
    more += "vpcs:\n";
    for n in [1, 2] {
        more += &format!("  - {{ name: v{n}, tenant: duo, region: cn-shanghai, cidr: 192.168.{n}.0/24 }}\n");
    }
    more += "provisioning:\n";
    for n in [1, 2] {
        more += &format!(
            "  - {{ at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: p{n}, with: {{ PhysicalConnectionId: c{n}, VpconnAliUid: duo, VlanId: 4{n}, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}\n  \
             - {{ at: 1s, by: duo, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: p{n} }} }}\n  \
             - {{ at: 2s, by: duo, do: CreateVirtualBorderRouter, as: r{n}, vpc: v{n}, with: {{ PhysicalConnectionId: p{n}, LocalGatewayIp: 10.255.{n}.1, PeerGatewayIp: 10.255.{n}.2, PeeringSubnetMask: 255.255.255.252 }} }}\n"
        );
    }
    let text = two_circuits("")
        .replace(
            "  - { name: ap, service: bridged }",
            "  - { name: ap, profile: linux-6.12 }",
        )
        .replace(", unpruned: true", "")
        .replace("region: cn-shanghai", "region: cn-shanghai, profile: linux-6.12")
        .replace(
            "role: partner }\n",
            "role: partner }\n  - { name: duo, uid: 1300000000000009, outbound_billing: true }\n",
        )
        + &more;
    let report = suite(&text, &["I-01", "I-04", "R-01", "R-04", "R-05"]);
    no_alarm(&report);
    assert_eq!(rows(&report, Verdict::Pass), ["I-01", "I-04", "R-01", "R-04", "R-05"]);
}

/// An untagged circuit ends at an access port, which takes its own VID on some switches.
#[test]
fn what_a_port_takes_tagged_with_its_own_vid_is_its_services() {
    let text = "trunklab: 1\nname: untagged\nseed: 5\nduration: 10s\naccounts:\n  - { name: telecom, uid: 1200000000000001, role: partner }\n\
                access_points:\n  - { name: ap, profile: linux-6.12 }\n  - { name: ap2, profile: linux-6.12 }\nlinks:\n  - { name: l, a: ap2, b: ap }\n\
                access_devices:\n  - { name: dev, region: cn-shanghai }\ncircuits:\n  - { name: c1, a: ap, b: dev }\n  - { name: c2, a: ap, b: dev }\n\
                tenants:\n  - { name: acme, circuit: c1, attach: ap2, vlan_id: 0 }\n  - { name: globex, circuit: c2, attach: ap2, vlan_id: 20 }\n";
    no_alarm(&suite(text, &["I-05", "I-06", "T-07", "S-01"]));
    let planted = text.replace(
        "{ name: ap, profile: linux-6.12 }",
        "{ name: ap, profile: linux-6.12, quirk: unknown-vid-to-first }",
    );
    assert_eq!(suite(&planted, &["I-05", "I-06"]).verdict, Verdict::Fail);
}

/// Without ingress filtering a tenant fills the others' tables: of that, too, the profile is the cause.
#[test]
fn what_changes_the_state_of_others_without_ingress_filtering_has_the_profile_as_its_cause() {
    let text = "trunklab: 1\nname: metro\nduration: 10s\naccounts:\n  - { name: telecom, uid: 1200000000000001, role: partner }\n\
                access_points:\n  - { name: ap, service: bridged, profile: ieee-default, default_vlan: 1 }\n\
                access_devices:\n  - { name: dev, region: cn-shanghai }\n\
                circuits:\n  - { name: c1, a: ap, b: dev, allowed_vids: [600-639], native_vid: 600 }\n\
                tenants:\n  - { name: cust, count: 3, circuit: c1, vlan_id: 600 }\n";
    let loaded = load_text("metro.yaml", text.to_owned(), &MemorySources::new()).expect("a scenario");
    let report = super::explained(&loaded, &["I-03", "I-07", "V-01", "P-01", "F-06"]);
    let state: Vec<_> = report.findings().filter(|(_, f)| f.flaw == Flaw::State).collect();
    assert!(!state.is_empty(), "there is something to explain");
    for (id, finding) in report.findings() {
        let cause = super::cause_of(&report, finding);
        assert_eq!(cause, [("profile".to_owned(), "ap".to_owned(), 7)], "{id}: {finding:?}");
    }
}
