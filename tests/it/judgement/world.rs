//! Small scenarios as text, run and judged.

use trunklab::check::{Case, Judgement, Line, Verdict, judge};
use trunklab::engine::run;
use trunklab::evidence::{FlowAccount, NoObserver};
use trunklab::ident::FlowId;
use trunklab::provision::Defaults;
use trunklab::record::Record;
use trunklab::scenario::{Loaded, MemorySources, Plan, load_text};
use trunklab::why::{Whom, judged};

/// A tenant with one data centre, one VPC, one service.
#[derive(Clone)]
pub struct Tenant {
    pub name: &'static str,
    pub vlan: u16,
    /// More keys of its data centre, each with a comma before it.
    pub idc: &'static str,
    /// Is its VBR made? Its shared port is accepted in any case.
    pub vbr: bool,
    /// When its VBR is made, in seconds.
    pub at: u32,
    pub spec: &'static str,
}

impl Tenant {
    pub fn new(name: &'static str, vlan: u16) -> Self {
        Self {
            name,
            vlan,
            idc: "",
            vbr: true,
            at: 1,
            spec: "50M",
        }
    }
}

/// A partner's switch, one circuit, one access device.
#[derive(Clone)]
pub struct World {
    pub ap: &'static str,
    pub device: &'static str,
    pub circuit: &'static str,
    pub tenants: Vec<Tenant>,
    /// More VPCs, each on a line of its own.
    pub vpcs: &'static str,
    pub steps: &'static str,
    /// Flows; `None`: every tenant sends 100 answered frames from 4 s to 6 s.
    pub traffic: Option<String>,
    pub faults: &'static str,
    pub expect: &'static str,
    pub seconds: u32,
    pub capture: Vec<u8>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            ap: "",
            device: "",
            circuit: "",
            tenants: vec![Tenant::new("acme", 101), Tenant::new("globex", 102)],
            vpcs: "",
            steps: "",
            traffic: None,
            faults: "",
            expect: "",
            seconds: 8,
            capture: Vec::new(),
        }
    }
}

impl World {
    pub fn text(&self) -> String {
        let each = |f: &dyn Fn(usize, &Tenant) -> String| -> String {
            self.tenants.iter().enumerate().map(|(i, t)| f(i + 1, t)).collect()
        };
        let list = |key: &str, items: &str| match items.trim() {
            "" => String::new(),
            _ => format!("{key}:\n{items}\n"),
        };
        let accounts = each(&|i, t| format!("  - {{ name: {}, uid: {i}, outbound_billing: true }}\n", t.name));
        let idcs = each(&|i, t| {
            format!(
                "  - {{ name: {n}-dc, tenant: {n}, attach: ap, circuit: line, vlan_id: {v}, address: 10.255.{i}.2/30, lan: 172.16.{i}.0/24{x} }}\n",
                n = t.name,
                v = t.vlan,
                x = t.idc
            )
        });
        let vpcs = each(&|i, t| {
            format!(
                "  - {{ name: {n}-vpc, tenant: {n}, region: r, cidr: 192.168.{i}.0/24, endpoints: [{{ name: web, address: 192.168.{i}.10 }}, {{ name: db, kind: rds, address: 192.168.{i}.20 }}] }}\n",
                n = t.name
            )
        });
        let steps = each(&|i, t| {
            let (n, v, spec, at) = (t.name, t.vlan, t.spec, t.at);
            let port = format!(
                "  - {{ at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: {n}-port, with: {{ PhysicalConnectionId: line, VpconnAliUid: {n}, VlanId: {v}, Spec: {spec}, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}\n  - {{ at: 500ms, by: {n}, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: {n}-port }} }}\n"
            );
            let vbr = format!(
                "  - {{ at: {at}s, by: {n}, do: CreateVirtualBorderRouter, as: {n}-vbr, with: {{ PhysicalConnectionId: {n}-port, LocalGatewayIp: 10.255.{i}.1, PeerGatewayIp: 10.255.{i}.2, PeeringSubnetMask: 255.255.255.252 }} }}\n  - {{ at: {at}s, by: {n}, do: CreateRouteEntry, with: {{ RouteTableId: {n}-vbr, DestinationCidrBlock: 172.16.{i}.0/24, NextHopType: PhysicalConnection }} }}\n  - {{ at: {at}s, by: {n}, do: CreateTransitRouterVbrAttachment, with: {{ VbrId: {n}-vbr }} }}\n"
            );
            if t.vbr { port + &vbr } else { port }
        });
        let traffic = self.traffic.clone().unwrap_or_else(|| {
            each(&|_, t| {
                format!(
                    "  - {{ name: {n}-web, from: {n}-dc, to: {n}-vpc/web, interval: 20ms, start: 4s, stop: 6s }}\n",
                    n = t.name
                )
            })
        });
        format!(
            "trunklab: 1\nname: small\nduration: {}s\naccounts:\n  - {{ name: telecom, uid: 99, role: partner }}\n{accounts}access_points: [{{ name: ap{} }}]\naccess_devices: [{{ name: dev, region: r{} }}]\ncircuits: [{{ name: line, a: ap, b: dev, delay: 2ms{} }}]\nidcs:\n{idcs}vpcs:\n{vpcs}{}provisioning:\n{steps}{}{}{}{}",
            self.seconds,
            self.ap,
            self.device,
            self.circuit,
            self.vpcs,
            self.steps,
            list("traffic", &traffic),
            list("faults", self.faults),
            list("expect", self.expect),
        )
    }

    pub fn plan(&self) -> Plan {
        plan(&self.text(), &self.capture)
    }

    pub fn judged(&self) -> Judged {
        Judged::asked(&self.text(), &self.capture)
    }
}

pub fn loaded(text: &str, capture: &[u8]) -> Loaded {
    let sources = MemorySources::new().with("frames.pcap", capture.to_vec());
    load_text("small.yaml", text.to_owned(), &sources).unwrap_or_else(|refused| {
        let errors: String = refused.errors.iter().map(|d| format!("{d}\n")).collect();
        panic!("{errors}\n{text}")
    })
}

pub fn plan(text: &str, capture: &[u8]) -> Plan {
    loaded(text, capture).plan
}

/// A plan, its run, and what was judged of it.
pub struct Judged {
    pub plan: Plan,
    pub run: Record,
    pub judgement: Judgement,
}

impl Judged {
    pub fn of(plan: Plan) -> Self {
        let (run, _) = run(&plan, Defaults, NoObserver).expect("a plan can be run");
        let judgement = judge(&Case {
            plan: &plan,
            record: &run,
        });
        Self { plan, run, judgement }
    }

    /// Runs a scenario, and asks who answers where it expects an attribution.
    pub fn asked(text: &str, capture: &[u8]) -> Self {
        let Loaded { plan, expanded, .. } = loaded(text, capture);
        let (run, _) = run(&plan, Defaults, NoObserver).expect("a plan can be run");
        let (judgement, _) = judged(&expanded, &plan, &run, Whom::Expected, 1).expect("a plan can be run");
        Self { plan, run, judgement }
    }

    /// Judges again, after the test has edited the evidence.
    pub fn again(mut self) -> Self {
        let case = Case {
            plan: &self.plan,
            record: &self.run,
        };
        self.judgement = judge(&case);
        self
    }

    /// The only line of a check.
    pub fn line(&self, check: &str) -> &Line {
        let mut lines = self.judgement.lines.iter().filter(|l| l.check == check);
        let line = lines.next().unwrap_or_else(|| panic!("{check} was not judged"));
        assert!(lines.next().is_none(), "{check} was judged more than once");
        line
    }

    #[track_caller]
    pub fn is(&self, check: &str, verdict: Verdict) -> &Line {
        let line = self.line(check);
        assert_eq!(line.verdict, verdict, "{check}: {} {:?}", line.finding, line.details);
        line
    }

    /// The finding holds these words.
    #[track_caller]
    pub fn says(&self, check: &str, words: &str) {
        let line = self.line(check);
        let all = format!("{} {}", line.finding, line.details.join(" "));
        assert!(all.contains(words), "{check}: {all}");
    }

    /// No check raises an alarm.
    #[track_caller]
    pub fn is_healthy(&self) {
        for line in &self.judgement.lines {
            let fine = matches!(line.verdict, Verdict::Pass | Verdict::NotApplicable);
            assert!(fine, "{}: {} {:?}", line.check, line.finding, line.details);
        }
    }
}

/// An Ethernet frame with these tags (outer first, whole TCI), of 100 octets.
pub fn frame(tcis: &[u16]) -> Vec<u8> {
    let mut octets = vec![0x02, 0, 0, 0, 0, 9, 0x02, 0, 0, 0, 0, 8];
    for tci in tcis {
        octets.extend([0x81, 0x00]);
        octets.extend(tci.to_be_bytes());
    }
    octets.extend([0x88, 0xb5]);
    octets.resize(100, 7);
    octets
}

/// A capture (classic pcap, microseconds) of one frame, ten times, a millisecond apart.
pub fn capture(frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1] {
        out.extend(word.to_le_bytes());
    }
    let length = u32::try_from(frame.len()).expect("short");
    for i in 0..10 {
        for word in [1, i * 1000, length, length] {
            out.extend(word.to_le_bytes());
        }
        out.extend(frame);
    }
    out
}

/// Every flow of which something was heard: its name, its number, its account.
pub fn flows(judged: &Judged) -> impl Iterator<Item = (&str, FlowId, &FlowAccount)> {
    let flows = judged.plan.flows.iter().enumerate();
    flows.filter_map(|(i, flow)| {
        let id = FlowId::of(i);
        Some((flow.name.as_str(), id, judged.run.evidence.flow(id)?))
    })
}
