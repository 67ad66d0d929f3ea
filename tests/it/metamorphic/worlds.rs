//! Of whole worlds: names and numbers mean nothing, and one more tenant within contract is nobody's business.

use std::collections::BTreeMap;

use trunklab::check::{Case, judge};
use trunklab::control::Drawn;
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::scenario::{MemorySources, load_text};
use trunklab::study::draft::{Draft, Field, Part, Section, Value};
use trunklab::swarm::{Bounds, Kind, draw};
use trunklab::units::SimDuration;

/// What a world came to, by names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    /// Verdict of each check and subject.
    verdicts: BTreeMap<(String, String), &'static str>,
    /// Frames of a tenant at a place of another: whose, where, how many.
    leaks: BTreeMap<(String, String), u64>,
    /// Of each flow: sent, arrived, answers that arrived.
    flows: BTreeMap<String, [u64; 3]>,
}

fn told(draft: &Draft) -> Told {
    let loaded = load_text("world.yaml", draft.yaml(), &MemorySources::new());
    let plan = loaded
        .unwrap_or_else(|refused| panic!("{}\n{}", refused.errors[0], draft.yaml()))
        .plan;
    let (run, _) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    let lines = judge(&Case {
        plan: &plan,
        record: &run,
    })
    .lines;
    let name = |tenant: usize| plan.tenants.get(tenant).map_or("nobody", |t| &t.name).to_owned();
    let leaks = run.isolation.leaks().iter().map(|(leak, count)| {
        let node = leak.station.as_node().map(|node| plan.nodes[node.index()].name.clone());
        let place = node.unwrap_or_else(|| plan.links[leak.station.as_link().expect("a link").index()].name.clone());
        (
            (name(leak.from.index()), place),
            count.arrived.frames + count.settled.frames,
        )
    });
    let flows = plan.flows.iter().enumerate().map(|(i, flow)| {
        let account = run.evidence.flow(trunklab::ident::FlowId::of(i));
        let counts = account.map(|a| {
            [
                a.forward.sent.frames,
                a.forward.arrived_once(),
                a.answers.arrived_once(),
            ]
        });
        (flow.name.clone(), counts.unwrap_or_default())
    });
    Told {
        verdicts: lines
            .into_iter()
            .map(|l| ((l.check.to_owned(), l.subject), l.verdict.as_str()))
            .collect(),
        leaks: leaks.collect(),
        flows: flows.collect(),
    }
}

/// Applies an edit to every value of a draft, with its key.
fn edit(draft: &mut Draft, change: &dyn Fn(&str, &mut Value)) {
    fn all(fields: &mut [Field], change: &dyn Fn(&str, &mut Value)) {
        for field in fields {
            match &mut field.value {
                Value::Map(inner) => all(inner, change),
                value => change(field.key, value),
            }
        }
    }
    draft
        .parts
        .iter_mut()
        .for_each(|(_, part)| all(&mut part.fields, change));
}

fn bounds(kinds: Vec<Kind>) -> Bounds {
    Bounds {
        tenants: (2, 4),
        kinds,
        ..Bounds::default()
    }
}

/// Healthy kinds, and mistakes that look at whether numbers are equal, not at which is greater.
fn kinds() -> Vec<Kind> {
    Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Quirk).collect()
}

#[test]
fn permuting_the_tenants_permutes_the_verdict() {
    let mut leaks = 0;
    for seed in 1..=30 {
        let world = draw(seed, &bounds(kinds()));
        let n = world.tenants;
        // In the order of names the first becomes the last.
        let other = |name: &str| {
            let number = name.strip_prefix('t').and_then(|digits| digits.parse::<u64>().ok());
            number
                .filter(|t| (1..=n).contains(t))
                .map(|t| format!("t{}", n + 1 - t))
        };
        let mut permuted = world.draft.clone();
        edit(&mut permuted, &|_, value| {
            if let Value::Word(word) = value
                && let Some(name) = other(word)
            {
                *word = name;
            }
        });
        let (one, two) = (told(&world.draft), told(&permuted));
        let rename = |name: &String| other(name).unwrap_or_else(|| name.clone());
        let expected = one
            .leaks
            .iter()
            .map(|((whose, place), n)| ((rename(whose), place.clone()), *n));
        assert_eq!(two.leaks, expected.collect(), "world {seed}");
        assert_eq!((one.verdicts, one.flows), (two.verdicts, two.flows), "world {seed}");
        leaks += one.leaks.len();
    }
    assert!(leaks > 10, "{leaks} leaks: leaking worlds are compared too");
}

#[test]
fn permuting_the_vids_changes_no_verdict() {
    let mut leaks = 0;
    for seed in 1..=30 {
        let world = draw(seed, &bounds(kinds()));
        let mut permuted = world.draft.clone();
        edit(&mut permuted, &|key, value| {
            if let Value::Count(vid @ 1..) = value
                && matches!(key, "vlan_id" | "VlanId")
            {
                *vid = 2_950 - 37 * (*vid - 10);
            }
        });
        let (one, two) = (told(&world.draft), told(&permuted));
        leaks += one.leaks.len();
        assert_eq!(one, two, "world {seed}");
    }
    assert!(leaks > 10, "{leaks} leaks: leaking worlds are compared too");
}

/// A tenant of its own, provisioned after everybody else, that sends far below its spec.
fn add_newcomer(draft: &mut Draft) {
    let ms = SimDuration::from_millis;
    let new = |name: &str| Part::new().must("name", name);
    draft.add(
        Section::Accounts,
        new("zoe").must("uid", 999u64).must("outbound_billing", true),
    );
    let idc = new("zd")
        .must("tenant", "zoe")
        .must("attach", "ap1")
        .must("circuit", "c1")
        .must("vlan_id", 999u64);
    let arp = Part::new().must("retry", ms(10)).must("age", ms(50));
    let idc = idc
        .must("address", "10.255.99.2/30")
        .must("lan", "172.16.99.0/24")
        .must("arp", arp);
    draft.add(Section::Idcs, idc);
    let web = Value::List(vec![new("web").must("address", "192.168.99.10").into()]);
    let vpc = new("zv")
        .must("tenant", "zoe")
        .must("region", "r1")
        .must("cidr", "192.168.99.0/24");
    draft.add(Section::Vpcs, vpc.must("endpoints", web));
    let step = |ms: u64, by: &str, operation: &str| {
        let at = SimDuration::from_millis(ms);
        Part::new().must("at", at).must("by", by).must("do", operation)
    };
    let port = Part::new()
        .must("PhysicalConnectionId", "c1")
        .must("VpconnAliUid", "zoe")
        .must("VlanId", 999u64);
    let port = port
        .must("Spec", "50M")
        .must("OrderMode", "PayByVirtualPhysicalConnectionOwner");
    let vbr = Part::new()
        .must("PhysicalConnectionId", "zp")
        .must("LocalGatewayIp", "10.255.99.1");
    let vbr = vbr
        .must("PeerGatewayIp", "10.255.99.2")
        .must("PeeringSubnetMask", "255.255.255.252");
    let route = Part::new()
        .must("RouteTableId", "zr")
        .must("DestinationCidrBlock", "172.16.99.0/24");
    for part in [
        step(600, "telecom", "CreateVirtualPhysicalConnection")
            .must("as", "zp")
            .must("with", port),
        step(600, "zoe", "ConfirmPhysicalConnection").must("with", Part::new().must("PhysicalConnectionId", "zp")),
        step(601, "zoe", "CreateVirtualBorderRouter")
            .must("as", "zr")
            .must("with", vbr),
        step(602, "zoe", "CreateRouteEntry").must("with", route.must("NextHopType", "PhysicalConnection")),
        step(602, "zoe", "CreateTransitRouterVbrAttachment").must("with", Part::new().must("VbrId", "zr")),
    ] {
        draft.add(Section::Provisioning, part);
    }
    let flow = new("zf")
        .must("from", "zd")
        .must("to", "zv/web")
        .must("interval", ms(7));
    draft.add(Section::Traffic, flow.must("start", ms(620)).must("stop", ms(980)));
}

#[test]
fn an_unrelated_tenant_within_contract_changes_no_verdict_of_the_others() {
    let (mut compared, mut arrived) = (0, 0);
    // Lines that lose or double by chance, and a shared ARP limit, tie everybody's frames together.
    let chance = [Kind::Lose, Kind::Corrupt, Kind::Duplicate, Kind::Quirk];
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| !chance.contains(kind))
        .collect();
    for seed in 1..=40 {
        let world = draw(seed, &bounds(kinds.clone()));
        let shared = world
            .options
            .iter()
            .any(|(key, value)| *key == "arp_limit" && value.starts_with("shared"));
        if shared {
            continue;
        }
        let mut more = world.draft.clone();
        add_newcomer(&mut more);
        let (one, two) = (told(&world.draft), told(&more));
        for (subject, verdict) in one.verdicts.iter().filter(|((check, _), _)| check == "reachability") {
            assert_eq!(
                two.verdicts.get(subject),
                Some(verdict),
                "world {seed}: {subject:?}\n{}",
                more.yaml()
            );
            compared += 1;
        }
        assert_eq!(one.leaks, two.leaks, "world {seed}");
        arrived += u64::from(two.flows["zf"][2] > 0);
    }
    assert!(
        compared > 30 && arrived > 5,
        "{compared} verdicts compared; the newcomer lived in {arrived} worlds"
    );
}
