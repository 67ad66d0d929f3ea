//! Chance is coupled: what is changed for one moves nobody else's luck.

use std::collections::BTreeMap;

use trunklab::control::Drawn;
use trunklab::engine::run;
use trunklab::evidence::{Observer, Trace};
use trunklab::ident::{Fate, Origin, Station, TenantId};
use trunklab::scenario::{MemorySources, Plan, load_text};
use trunklab::study::draft::{Draft, Part, Section, Value};
use trunklab::swarm::{Bounds, Kind, draw};
use trunklab::units::{SimDuration, SimTime};
use trunklab::wire::Frame;

/// A frame copy, by names: whose, its number, and how it came to be.
type Copy = (String, u64, String);

/// When each frame of a flow was offered, and what became of every frame copy where.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    offered: BTreeMap<Copy, SimTime>,
    fates: BTreeMap<Copy, Vec<(String, &'static str)>>,
}

struct Listener<'p> {
    plan: &'p Plan,
    /// Of this tenant nothing is told.
    but: Option<TenantId>,
    told: Told,
}

impl Listener<'_> {
    fn copy(&self, trace: &Trace) -> Copy {
        let who = match trace.origin {
            Origin::Flow(flow) => self.plan.flows[flow.index()].name.clone(),
            Origin::Protocol(node) => format!("protocol of {}", self.plan.nodes[node.index()].name),
            Origin::Unknown => "unknown".to_owned(),
        };
        (who, trace.seq, format!("{:?} {}", trace.lineage, trace.doubled))
    }
}

impl Observer for Listener<'_> {
    fn offered(&mut self, at: SimTime, _: Station, trace: &Trace, _: u32) {
        if trace.flow.is_some() && Some(trace.tenant) != self.but {
            let copy = self.copy(trace);
            self.told.offered.insert(copy, at);
        }
    }
    fn settled(&mut self, _: SimTime, station: Station, trace: &Trace, fate: Fate, _: &Frame) {
        let station = station.id();
        if Some(trace.tenant) == self.but {
            return;
        }
        let place = match (station.as_node(), station.as_link()) {
            (Some(node), _) => self.plan.nodes[node.index()].name.clone(),
            (_, Some(link)) => self.plan.links[link.index()].name.clone(),
            (None, None) => String::new(),
        };
        let copy = self.copy(trace);
        self.told.fates.entry(copy).or_default().push((place, fate.as_str()));
    }
}

fn told(draft: &Draft, but: &str) -> Told {
    let loaded = load_text("world.yaml", draft.yaml(), &MemorySources::new());
    let plan = loaded
        .unwrap_or_else(|refused| panic!("{}\n{}", refused.errors[0], draft.yaml()))
        .plan;
    let but = plan.tenants.iter().position(|tenant| tenant.name == but);
    let listener = Listener {
        plan: &plan,
        but: but.map(TenantId::of),
        told: Told::default(),
    };
    let (_, listener) = run(&plan, Drawn::new(plan.seed), listener).expect("a plan can be run");
    listener.told
}

/// Frames of others that were lost, spoilt or doubled by chance.
fn by_chance(told: &Told) -> usize {
    let struck = |(copy, fates): (&Copy, &Vec<(String, &str)>)| {
        let drawn = fates
            .iter()
            .filter(|(_, fate)| matches!(*fate, "link_loss" | "bad_fcs"));
        drawn.count() + usize::from(!copy.2.ends_with(" 0"))
    };
    told.fates.iter().map(struck).sum()
}

/// A newcomer of a name before all others, so that every number moves: on a lossy line of its own
/// it sends frames that get nowhere.
fn newcomer(draft: &mut Draft) {
    let part = |fields: &[(&'static str, &str)]| {
        fields
            .iter()
            .fold(Part::new(), |part, (key, value)| part.must(key, *value))
    };
    let account = part(&[("name", "a0"), ("role", "tenant")]);
    draft.add(Section::Accounts, account.must("uid", 900));
    let idc = part(&[("name", "a0d"), ("tenant", "a0"), ("attach", "ap1"), ("circuit", "c1")]);
    let idc = idc.must("vlan_id", 900).must("address", "10.254.0.2/30");
    draft.add(Section::Idcs, idc.must("lan", "172.30.0.0/24"));
    let web = part(&[("name", "web"), ("address", "192.168.200.10")]);
    let vpc = part(&[("name", "a0v"), ("tenant", "a0"), ("region", "r1")]);
    let vpc = vpc.must("cidr", "192.168.200.0/24");
    draft.add(Section::Vpcs, vpc.must("endpoints", Value::List(vec![web.into()])));
    let flow = part(&[
        ("name", "a0f"),
        ("from", "a0d"),
        ("to", "a0v/web"),
        ("pattern", "poisson"),
    ]);
    let flow = flow.must("interval", SimDuration::from_millis(9)).must("count", 20);
    draft.add(Section::Traffic, flow);
    lossy_line(draft, "a0d/uni");
}

/// Takes out what tenants share but luck: one ARP limit for all, and a queue that their bursts fill.
fn share_nothing(draft: &mut Draft) {
    for (_, part) in &mut draft.parts {
        for field in &mut part.fields {
            match (field.key, &mut field.value) {
                ("arp_limit", Value::Word(word)) if word == "shared" => *word = "per_tenant".to_owned(),
                ("queue", Value::Word(word)) if word == "20kB" => *word = "2MB".to_owned(),
                _ => {}
            }
        }
    }
}

/// A line loses, spoils and doubles frames from the start.
fn lossy_line(draft: &mut Draft, line: &str) {
    for key in ["lose", "corrupt", "duplicate"] {
        let fault = Part::new().must("at", SimDuration::ZERO).must(key, line);
        draft.add(Section::Faults, fault.must("share", Value::Percent(21)));
    }
}

/// One more flow of a tenant, of a name before all others.
fn one_more_flow(draft: &mut Draft) {
    let flow = Part::new()
        .must("name", "a-more")
        .must("from", "d1")
        .must("to", "v1/web");
    let flow = flow
        .must("pattern", "poisson")
        .must("interval", SimDuration::from_millis(100));
    draft.add(Section::Traffic, flow.must("count", 3).must("size", 64));
}

/// Changes a lossy world of each seed in some way, and looks at everybody else's frames: when they
/// were offered, and what became of each copy. Answers how many of them chance struck.
fn no_luck_moves(seeds: std::ops::RangeInclusive<u64>) -> usize {
    let bounds = Bounds {
        tenants: (2, 4),
        kinds: vec![Kind::Lose, Kind::Corrupt, Kind::Duplicate],
        ..Bounds::default()
    };
    let mut struck = 0;
    for seed in seeds {
        let mut world = draw(seed, &bounds).draft;
        share_nothing(&mut world);
        let mut changed = world.clone();
        let but = match seed % 3 {
            0 => {
                newcomer(&mut changed);
                "a0"
            }
            1 => {
                lossy_line(&mut changed, "d1/uni");
                "t1"
            }
            _ => {
                one_more_flow(&mut changed);
                "t1"
            }
        };
        let (before, after) = (told(&world, but), told(&changed, but));
        assert!(before == after, "world {seed}: {:?}", first_moved(&before, &after));
        let own = told(&changed, "");
        assert!(own != told(&world, ""), "world {seed}: the change does something");
        struck += by_chance(&before);
    }
    struck
}

/// The first frame that fared otherwise.
fn first_moved(before: &Told, after: &Told) -> Option<String> {
    let other = |(copy, fates): (&Copy, &Vec<(String, &str)>)| {
        let now = after.fates.get(copy);
        (now != Some(fates)).then(|| format!("{copy:?}: {fates:?}, then {now:?}"))
    };
    before.fates.iter().find_map(other)
}

/// When something happened to the service of tenant `b`, among these tenants.
fn of_b(tenants: &[&str]) -> Vec<SimTime> {
    let entries = tenants.iter().map(|name| {
        let vlan = 100 + u64::from(name.as_bytes()[0]);
        format!("  - {{ name: {name}, circuit: line, vlan_id: {vlan} }}\n")
    });
    let text = format!(
        "trunklab: 1
name: leads
seed: 5
duration: 30s
lead_times: {{ route_entry: 1s..9s, cen_attachment: 1s..9s }}
accounts: [{{ name: telecom, uid: 1, role: partner }}]
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev, region: r1 }}]
circuits: [{{ name: line, a: ap, b: dev, rate: 10G, delay: 1ms }}]
tenants:
{}",
        entries.collect::<String>()
    );
    let loaded = load_text("leads.yaml", text, &MemorySources::new());
    let plan = loaded.unwrap_or_else(|refused| panic!("{}", refused.errors[0])).plan;
    let (record, _) = run(&plan, Drawn::new(plan.seed), trunklab::evidence::NoObserver).expect("it runs");
    let vlan = 100 + u16::from(b'b');
    let happenings = record.cloud.happenings.iter();
    let of_b = happenings.filter(|happening| happening.touched.iter().any(|touched| touched.vlan == vlan));
    of_b.map(|happening| happening.at).collect()
}

#[test]
fn calls_of_others_change_no_lead_time() {
    let alone = of_b(&["b"]);
    let late = alone.iter().filter(|at| **at > SimTime::from_secs(1)).count();
    assert!(late >= 2, "route and attachment come later: {alone:?}");
    assert_eq!(of_b(&["a", "b", "c"]), alone);
    assert_eq!(of_b(&["a", "b"]), alone);
}

#[test]
fn no_irrelevant_change_moves_the_luck_of_anybody_else() {
    let struck = no_luck_moves(1..=30);
    assert!(
        struck > 300,
        "{struck} frames were struck by chance: this tests too little"
    );
}

#[test]
#[ignore = "a minute: run by .ci/long"]
fn no_irrelevant_change_moves_the_luck_of_anybody_else_in_a_thousand_worlds() {
    let struck = no_luck_moves(31..=1_030);
    assert!(
        struck > 15_000,
        "{struck} frames were struck by chance: this tests too little"
    );
}
