//! The isolation suite, held against worlds of which we know whether they leak.

mod causes;
mod classes;
mod false_alarms;
mod healthy;
mod loads;
mod planted;
mod profiles;
mod ways;

use std::fmt::Write;

use trunklab::check::Verdict;
use trunklab::isolate::{FindingReport, IsolationReport, Options, run, run_and_explain};
use trunklab::scenario::{Loaded, MemorySources, Plan, load_text};

/// A small world: tenants on one switch (untagged, or tagged where `tag` says so) and one circuit.
#[derive(Default)]
pub struct World<'a> {
    pub tenants: u32,
    /// The customers' ports are trunks.
    pub tagged: bool,
    /// Two circuits to one device; tenants take them in turn.
    pub circuits: u32,
    /// The first tenant's VID on its circuit, and by how much the next one's is higher.
    pub vids: (u32, u32),
    /// More of the access point.
    pub ap: &'a str,
    /// More of the access device.
    pub device: &'a str,
    /// More of the file.
    pub more: &'a str,
}

impl World<'_> {
    pub fn plan(&self) -> Plan {
        self.loaded().plan
    }

    pub fn loaded(&self) -> Loaded {
        let circuits = self.circuits.max(1);
        let mut w = String::from("trunklab: 1\nname: small\nseed: 11\nduration: 5s\naccounts:\n");
        w.push_str("  - { name: telecom, uid: 1, role: partner, large_specs: true }\n");
        for t in 1..=self.tenants {
            let _ = writeln!(w, "  - {{ name: t{t}, uid: {} }}", 100 + t);
        }
        let _ = writeln!(w, "access_points:\n  - {{ name: ap{} }}", self.ap);
        let _ = writeln!(w, "access_devices:\n  - {{ name: dev, region: r1{} }}", self.device);
        w.push_str("circuits:\n");
        for c in 1..=circuits {
            let _ = writeln!(w, "  - {{ name: c{c}, a: ap, b: dev, rate: 10G, delay: 1ms }}");
        }
        w.push_str("idcs:\n");
        let (first, step) = if self.vids == (0, 0) { (101, 1) } else { self.vids };
        for t in 1..=self.tenants {
            let tag = if self.tagged { ", port: trunk, tag: 50" } else { "" };
            let _ = writeln!(
                w,
                "  - {{ name: d{t}, tenant: t{t}, attach: ap, circuit: c{}, vlan_id: {}, address: 10.255.{t}.2/30, lan: 172.16.{t}.0/24{tag} }}",
                (t - 1) % circuits + 1,
                first + (t - 1) * step
            );
        }
        w.push_str("provisioning:\n");
        for t in 1..=self.tenants {
            let (circuit, vid) = ((t - 1) % circuits + 1, first + (t - 1) * step);
            let _ = writeln!(
                w,
                "  - {{ at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: p{t}, with: {{ PhysicalConnectionId: c{circuit}, VpconnAliUid: t{t}, VlanId: {vid}, Spec: 50M, OrderMode: PayByPhysicalConnectionOwner }} }}\n  - {{ at: 500ms, by: t{t}, do: OpenPhysicalConnectionService }}\n  - {{ at: 1s, by: t{t}, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: p{t} }} }}\n  - {{ at: 1500ms, by: t{t}, do: CreateVirtualBorderRouter, as: v{t}, with: {{ PhysicalConnectionId: p{t}, LocalGatewayIp: 10.255.{t}.1, PeerGatewayIp: 10.255.{t}.2, PeeringSubnetMask: 255.255.255.252 }} }}"
            );
        }
        w.push_str(self.more);
        let loaded = load_text("small.yaml", w.clone(), &MemorySources::default());
        loaded.unwrap_or_else(|refused| panic!("{:#?}\n{w}", refused.errors))
    }

    pub fn suite(&self, vectors: &[&str]) -> IsolationReport {
        suite(&self.plan(), vectors)
    }
}

/// Few random frames: these worlds are small, and many.
pub fn options(vectors: &[&str]) -> Options {
    Options {
        vectors: vectors.iter().map(|v| (*v).to_owned()).collect(),
        random: Some(200),
        ..Options::default()
    }
}

pub fn suite(plan: &Plan, vectors: &[&str]) -> IsolationReport {
    run(plan, &options(vectors), &|_, _| {}).expect("a plan that exists can be tried")
}

/// The same, with the cause of everything that is wrong.
pub fn explained(loaded: &Loaded, vectors: &[&str]) -> IsolationReport {
    let report = run_and_explain(&loaded.expanded, &loaded.plan, &options(vectors), &|_, _| {});
    report.expect("a plan that exists can be tried")
}

/// The key, the thing and the line of each change that closes a way; nothing where none does.
pub fn cause_of(report: &IsolationReport, finding: &FindingReport) -> Vec<(String, String, u32)> {
    let all = report.causes.as_ref().map_or(&[][..], |all| &all.causes);
    let cause = finding.cause.and_then(|at| all.get(at));
    let changes = cause.into_iter().flat_map(|cause| &cause.changes);
    changes
        .map(|change| (change.key().to_owned(), change.place.clone(), change.wrote.line))
        .collect()
}

/// Ids of the rows with this verdict.
pub fn rows(report: &IsolationReport, verdict: Verdict) -> Vec<&'static str> {
    report
        .verdicts()
        .filter(|(.., v)| *v == verdict)
        .map(|(id, ..)| id)
        .collect()
}
