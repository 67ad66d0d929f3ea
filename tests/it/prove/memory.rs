//! What a forwarder keeps between frames is asked for: a frame may go further after another one.

use std::cell::RefCell;
use std::collections::BTreeMap;

use trunklab::forward::{
    Admission, FastPath, FrameVerdict, Ingress, Key, Limit, Lookup, Octets, Policer, PortConfig, PortRole, Profile,
    Quirk, Service, ServiceId, ServiceKind, Tables, Untagged,
};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::node::switch;
use trunklab::prove::{Far, Kind, Lab, Model, Nature, Standing, Symbol, leaks, prove, starts_of};
use trunklab::study::{Proven, prove_throughout};
use trunklab::units::{BitRate, ByteCount, SimDuration, SimTime};
use trunklab::wire::{EtherType, MacAddr, Vid};

use super::classes::heard;
use super::worlds::load;

/// Whatever address was heard, in whatever VLAN, decides of every VLAN's frames to it: what M22 of
/// the faults list is about.
#[derive(Debug, Clone, Default)]
struct LearnsForAll(RefCell<BTreeMap<MacAddr, (PortNo, Option<Vid>)>>);

impl Quirk for LearnsForAll {
    type Memory = ();
    fn admit(&self, key: &Key, found: Result<Ingress, DropReason>, lookup: &Lookup) -> Result<Ingress, DropReason> {
        let vid = key.outer.map(|tag| tag.vid);
        let known = self.0.borrow().get(&key.dst).copied();
        if found.is_ok() {
            self.0.borrow_mut().insert(key.src, (key.port, vid));
        }
        let pop = vid.is_some();
        let wrong = known.and_then(|(port, vid)| lookup.member(port, vid));
        wrong.map_or(found, |slot| {
            Ok(Ingress {
                slot: slot.stray(),
                pop,
            })
        })
    }
}

/// Two tenants at ports 0 and 1, their VLANs 10 and 11 on the trunk at port 2.
fn tables(kind: impl Fn(u32) -> ServiceKind) -> Tables {
    let port = |role| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let member = |port, vid| switch::member(PortNo(port), vid);
    let service = |tenant: u32| Service {
        tenant: TenantId(tenant),
        kind: kind(tenant),
        members: vec![member(tenant, None), member(2, Vid::new(10 + tenant as u16))],
    };
    Tables {
        profile: Profile::Strict,
        ports: vec![port(PortRole::Access), port(PortRole::Access), port(PortRole::Trunk)],
        services: (0..2).map(|tenant| (ServiceId(tenant), service(tenant))).collect(),
        ..Tables::default()
    }
}

const AGE: SimDuration = SimDuration::from_secs(300);

fn independent(_: u32) -> ServiceKind {
    ServiceKind::Bridged { mac_limit: 4, age: AGE }
}

fn shared(_: u32) -> ServiceKind {
    ServiceKind::Shared {
        fid: 1,
        mac_limit: 4,
        age: AGE,
    }
}

/// The model of a forwarder with a box of each tenant at its port and one of tenant 0 behind the trunk.
fn asked<Q: Quirk>(fast: &FastPath<Q>) -> (Model, Standing, Nature) {
    let mut model = Model::new();
    for far in [Far::Terminal(0), Far::Terminal(1), Far::Nowhere] {
        model.add_port(far);
    }
    let mut lab = Lab::of(fast);
    for port in 0..3 {
        let runs = lab.port(PortNo(port), 0, &mut model).expect("room");
        model.set_port(port, &runs);
    }
    let standing = prove(&model, &starts_of(&model), |_, _| {});
    (model, standing, lab.nature)
}

fn ports<Q: Quirk>(fast: &mut FastPath<Q>, port: u32, frame: &[u8]) -> Vec<u32> {
    match fast.forward(PortNo(port), frame, SimTime::ZERO) {
        FrameVerdict::Drop(_) => Vec::new(),
        FrameVerdict::Forward(port, _) => vec![port.0],
        FrameVerdict::Replicate(group) => fast.copies(group).map(|(port, _)| port.0).collect(),
    }
}

#[test]
fn an_address_learned_in_one_vlan_and_used_in_another_is_a_leak_of_two_frames_that_replays() {
    for kind in [independent, shared] {
        let fast = FastPath::with_quirk(tables(kind), LearnsForAll::default());
        let (model, standing, nature) = asked(&fast);
        assert!(nature.taught, "a frame goes further after another one");
        assert_eq!(standing.leaking.into_iter().collect::<Vec<_>>(), [0, 1]);
        let found = leaks(&model, 0, &[0], 8).expect("few states");
        let leak = found
            .iter()
            .find(|leak| leak.end == 1)
            .expect("it leads to the other tenant");
        assert!(leak.tags.is_empty());

        let taught = MacAddr::local(9, 1);
        let lesson = Kind::plain().frame(&[], Some(taught));
        let mut leaking = Kind::plain().frame(&leak.tags, None);
        leaking[..6].copy_from_slice(&taught.0);
        let mut alone = fast.clone();
        assert_eq!(ports(&mut alone, 0, &leaking), [2], "alone it stays where it should");
        let mut both = fast.clone();
        assert_eq!(ports(&mut both, 1, &lesson), [2]);
        assert!(
            ports(&mut both, 0, &leaking).contains(&1),
            "after the other frame it leaks"
        );
    }
}

#[test]
fn healthy_learning_independent_or_shared_is_proved_with_what_it_learned() {
    let questions = |kind: fn(u32) -> ServiceKind| {
        let (_, standing, nature) = asked(&FastPath::new(tables(kind)));
        assert!(standing.is_proved(), "{standing:?}");
        assert!(!nature.taught && !nature.mixed);
        nature.asked
    };
    let without = questions(|_| ServiceKind::CrossConnect);
    assert!(questions(independent) > without, "memories were asked for");
    assert!(questions(shared) > without, "memories were asked for");
}

#[test]
fn what_a_shared_database_learned_leads_out_of_a_member_of_the_own_service_alone() {
    let mut fast = FastPath::new(tables(shared));
    let taught = MacAddr::local(9, 2);
    let mut to = Kind::plain().frame(&[], None);
    to[..6].copy_from_slice(&taught.0);
    assert_eq!(ports(&mut fast, 0, &to), [2], "unknown: to every member");
    ports(&mut fast, 1, &Kind::plain().frame(&[], Some(taught)));
    assert_eq!(
        ports(&mut fast, 0, &to),
        [] as [u32; 0],
        "known at a port of the other tenant's"
    );
    let tagged = Kind::plain().frame(&[Symbol::tag(0, 11)], Some(taught));
    ports(&mut fast, 2, &tagged);
    assert_eq!(
        ports(&mut fast, 0, &to),
        [2],
        "known at the trunk, which is its own too"
    );
}

#[test]
fn the_shipped_scenario_of_shared_learning_loses_frames_and_is_proved_to_leak_none() {
    let plan = load(include_str!("../../../scenarios/isolation/shared-learning.yaml"));
    let mut timeline = trunklab::prove::Snapshots::new(&plan).expect("a world");
    let proof = prove_throughout(&plan, &mut timeline, |_, _, _| {}).expect("room");
    timeline.finish();
    assert_eq!(proof.verdict, Proven::Proved);
    assert!(proof.carried > 0 && !proof.nature.taught);
}

/// The same as [`LearnsForAll`], in a forwarder that says of itself that nothing is planted in it.
#[derive(Debug, Clone, Default)]
struct SecretlyForAll(LearnsForAll);

impl Quirk for SecretlyForAll {
    const EXACT: bool = true;
    const HELD: bool = false;
    type Memory = ();
    fn admit(&self, key: &Key, found: Result<Ingress, DropReason>, lookup: &Lookup) -> Result<Ingress, DropReason> {
        self.0.admit(key, found, lookup)
    }
}

/// So many tenants, each with a port and a VLAN on one trunk.
fn many(tenants: u32, kind: ServiceKind) -> Tables {
    let few = tables(|_| kind);
    let service = |tenant: u32| {
        let mut service = few.services[&ServiceId(0)].clone();
        service.tenant = TenantId(tenant);
        service.members[0].port = PortNo(tenant + 1);
        service.members[1].port = PortNo(0);
        service.members[1].vid = Vid::new(2 + tenant as u16);
        service.members.sort_by_key(|member| member.port);
        service
    };
    let mut ports = vec![few.ports[2].clone()];
    ports.resize(tenants as usize + 1, few.ports[0].clone());
    Tables {
        ports,
        services: (0..tenants)
            .map(|tenant| (ServiceId(tenant), service(tenant)))
            .collect(),
        ..few
    }
}

/// Asks for the frames of every place of [`many`], and for no others.
fn asked_at_places<Q: Quirk>(fast: &FastPath<Q>, tenants: u32) -> Nature {
    let mut model = Model::new();
    let mut lab = Lab::of(fast);
    for tenant in 0..tenants {
        let trunk = Symbol::tag(0, 2 + tenant as u16);
        for (port, symbol) in [(tenant + 1, Symbol::NONE), (0, trunk)] {
            lab.symbol(PortNo(port), 0, symbol, &mut model).expect("room");
        }
    }
    lab.nature
}

#[test]
fn many_services_that_learn_apart_are_asked_of_by_a_sample_that_finds_one_memory_of_all() {
    let tables = |kind| many(160, kind);
    let apart = asked_at_places(&FastPath::new(tables(independent(0))), 160);
    let without = asked_at_places(&FastPath::new(tables(ServiceKind::CrossConnect)), 160);
    let together = asked_at_places(&FastPath::new(tables(shared(0))), 160);
    let memory = |nature: Nature| nature.asked - without.asked;
    assert!(
        memory(together) > 160 * 320,
        "who shares a memory is asked for every place of it"
    );
    assert!(
        memory(apart) * 2 < memory(together),
        "{} of {}",
        memory(apart),
        memory(together)
    );
    assert!(!apart.taught && !together.taught);
    let wrong = asked_at_places(
        &FastPath::with_quirk(tables(independent(0)), SecretlyForAll::default()),
        2,
    );
    assert!(wrong.taught, "the sample meets a memory that is everybody's");
}

#[test]
fn a_policer_and_limits_that_let_one_frame_through_for_ever_answer_as_none_do() {
    let free = tables(|_| ServiceKind::CrossConnect);
    let mut metered = free.clone();
    for member in metered.services.values_mut().flat_map(|service| &mut service.members) {
        let (none, one) = (BitRate::from_bps(0), ByteCount::new(60));
        member.police = Some(Policer::single(none, one, Octets::L2));
        let limit = Limit {
            per_second: 0,
            burst: 1,
            shared: None,
        };
        (member.arp, member.icmp) = (Some(limit), Some(limit));
    }
    let (free, _, questions) = asked(&FastPath::new(free));
    let (metered, _, answered) = asked(&FastPath::new(metered));
    assert_eq!(heard(&free), heard(&metered));
    assert_eq!(questions, answered);
    let ways = |(_, _, outs): &(Symbol, Symbol, Vec<_>)| !outs.is_empty();
    assert!(
        heard(&free).iter().all(|runs| runs.iter().any(ways)),
        "each port leads somewhere"
    );
}
