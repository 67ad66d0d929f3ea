//! Small worlds with tables that nobody would write.

use trunklab::forward::{
    Admission, Member, Planted, PortConfig, PortRole, PriorityMap, Profile, Service, ServiceId, ServiceKind, Tables,
    Untagged,
};
use trunklab::ident::{PortNo, TenantId};
use trunklab::prove::{Snapshot, Snapshots, quiet};
use trunklab::scenario::plan::{NodeKind, SwitchPlan};
use trunklab::scenario::{MemorySources, Plan, load_text};
use trunklab::units::SimDuration;
use trunklab::wire::{EtherType, MacAddr, Vid};

/// A generator of our own (splitmix64), so that a seed means the same world for ever.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
    pub fn one_in(&mut self, n: u64) -> bool {
        self.roll(n) == 0
    }
    pub fn of<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).expect("small")]
    }
}

/// The VIDs that services have.
pub const VIDS: [u16; 4] = [10, 11, 26, 266];

/// Two partner's switches and an access device, three tenants.
pub fn base() -> Plan {
    let text = "trunklab: 1
name: small
seed: 1
duration: 20s
accounts:
  - { name: telecom, uid: 1, role: partner }
access_points:
  - { name: ap1 }
  - { name: ap2 }
access_devices:
  - { name: dev, region: cn-shanghai }
links:
  - { name: l1, a: ap1, b: ap2, delay: 1ms }
circuits:
  - { name: c1, a: ap1, b: dev, delay: 1ms }
  - { name: c2, a: ap2, b: dev, delay: 1ms }
tenants:
  - { name: t, count: 3, circuits: [c1, c2], spread: [ap1, ap2], vlan_id: 10, spec: 50M }
";
    load(text)
}

/// The plan of a scenario's text.
pub fn load(text: &str) -> Plan {
    match load_text("small.yaml", text.to_owned(), &MemorySources::new()) {
        Ok(loaded) => quiet(&loaded.plan),
        Err(refused) => panic!("{:?}\n{text}", refused.errors),
    }
}

/// A plan's switches at time zero.
pub fn at_start(plan: &Plan) -> Snapshot {
    let timeline = Snapshots::new(plan).expect("a plan has a world");
    let snapshot = timeline.snapshot();
    timeline.finish();
    snapshot
}

/// A plan's switches at its end.
pub fn at_end(plan: &Plan) -> Snapshot {
    let mut timeline = Snapshots::new(plan).expect("a plan has a world");
    timeline.run(plan.end);
    let snapshot = timeline.snapshot();
    timeline.finish();
    snapshot
}

/// Every switch of the plan, to be changed.
pub fn switches(plan: &mut Plan) -> Vec<&mut SwitchPlan> {
    plan.nodes
        .iter_mut()
        .filter_map(|node| match &mut node.kind {
            NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => Some(switch),
            _ => None,
        })
        .collect()
}

/// A plan whose switches begin with these tables.
fn beginning_with(mut plan: Plan, snapshot: &Snapshot) -> Plan {
    let tables = snapshot.switches.iter().map(|(_, forwarder)| forwarder.tables());
    for (switch, tables) in switches(&mut plan).into_iter().zip(tables) {
        switch.tables = tables;
    }
    plan
}

/// The base, with random tables in one world of two and slightly spoilt ones in the others; in one
/// of four with a planted fault.
pub fn random(seed: u64) -> Plan {
    let mut dice = Dice(seed);
    let mut plan = base();
    let sensible = dice.one_in(2);
    if sensible {
        let snapshot = at_end(&plan);
        plan = beginning_with(plan, &snapshot);
    }
    let planted = dice.one_in(4);
    let which = dice.roll(3);
    for (i, switch) in (0..).zip(switches(&mut plan)) {
        if sensible {
            spoil(&mut dice, &mut switch.tables);
        } else {
            switch.tables = tables(&mut dice, switch.tables.ports.len());
        }
        if planted && i == which {
            switch.quirk = Some(dice.of(Planted::ALL));
        }
    }
    plan
}

/// Another profile, other kinds of services, and now and then a member somewhere else.
fn spoil(dice: &mut Dice, tables: &mut Tables) {
    tables.profile = dice.of(Profile::ALL);
    for service in tables.services.values_mut() {
        if dice.one_in(3) {
            service.kind = ServiceKind::Bridged {
                mac_limit: 4,
                age: SimDuration::from_secs(300),
            };
        }
        for member in &mut service.members {
            (member.police, member.arp, member.icmp) = (None, None, None);
            if member.vid.is_some() && dice.one_in(12) {
                member.vid = Some(vid(dice));
            }
        }
        service.members.sort();
    }
}

pub fn tables(dice: &mut Dice, ports: usize) -> Tables {
    let wild = dice.one_in(2);
    let profile = dice.of(Profile::ALL);
    let ports: Vec<PortConfig> = (0..ports).map(|_| port(dice, wild)).collect();
    let mut tables = Tables {
        profile,
        ports,
        ..Tables::default()
    };
    for id in 0..2 + dice.roll(3) {
        let service = service(dice, &tables.ports);
        tables
            .services
            .insert(ServiceId(u32::try_from(id).expect("small")), service);
    }
    tables
}

fn port(dice: &mut Dice, wild: bool) -> PortConfig {
    let tame = [PortRole::Access, PortRole::Trunk, PortRole::Trunk];
    let all = [
        PortRole::Access,
        PortRole::Trunk,
        PortRole::Trunk,
        PortRole::Tunnel,
        PortRole::Routed,
    ];
    let tpids = [
        EtherType::CTAG,
        EtherType::CTAG,
        EtherType::CTAG,
        EtherType::STAG,
        EtherType::QINQ,
    ];
    PortConfig {
        role: if wild { dice.of(&all) } else { dice.of(&tame) },
        tpid: if wild { dice.of(&tpids) } else { EtherType::CTAG },
        untagged: if dice.one_in(4) {
            Untagged::Native(vid(dice))
        } else {
            Untagged::Drop
        },
        mtu: 1500,
        admit: Admission {
            drops_priority_tagged: dice.one_in(4),
            drops_second_tag: dice.one_in(4),
            ..Admission::BY_PROFILE
        },
    }
}

fn vid(dice: &mut Dice) -> Vid {
    Vid::new(dice.of(&VIDS)).expect("twelve bits")
}

pub fn service(dice: &mut Dice, ports: &[PortConfig]) -> Service {
    let kind = if dice.one_in(3) {
        ServiceKind::Bridged {
            mac_limit: 4,
            age: SimDuration::from_secs(300),
        }
    } else {
        ServiceKind::CrossConnect
    };
    let count = if kind == ServiceKind::CrossConnect {
        2
    } else {
        2 + dice.roll(2)
    };
    let members = (0..count).map(|_| member(dice, ports)).collect();
    Service {
        tenant: TenantId(u32::try_from(dice.roll(3)).expect("small")),
        kind,
        members,
    }
}

fn member(dice: &mut Dice, ports: &[PortConfig]) -> Member {
    let port = usize::try_from(dice.roll(ports.len() as u64)).expect("small");
    let tagged = ports[port].role == PortRole::Trunk && !dice.one_in(5);
    Member {
        port: PortNo::of(port),
        vid: tagged.then(|| vid(dice)),
        police: None,
        arp: None,
        icmp: None,
        bound_mac: dice
            .one_in(6)
            .then(|| MacAddr::local(7, u32::try_from(dice.roll(2)).expect("small"))),
        priority: PriorityMap::KEEP,
    }
}
