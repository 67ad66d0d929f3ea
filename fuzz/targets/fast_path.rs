//! Any tables and frames: one verdict each, no copy outside the service, tables read back as set.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use trunklab::forward::{
    Admission, FastPath, Limit, Member, Octets, Planted, Policer, PortConfig, PortRole, PriorityMap, Profile, Service,
    ServiceId, ServiceKind, Tables, Untagged, Verdict,
};
use trunklab::ident::{PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimDuration, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Vid};

/// Takes values off the front of the input; zeros once it is used up.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }
    fn word(&mut self) -> u32 {
        u32::from_be_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }
    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.byte()) % list.len()]
    }
    fn maybe<T>(&mut self, make: impl Fn(&mut Self) -> T) -> Option<T> {
        (self.byte() & 1 == 1).then(|| make(self))
    }
    fn vid(&mut self) -> Vid {
        Vid::new(self.of(&[10, 20, 0, 1, 4094, 4095, 256 + 10])).expect("twelve bits")
    }
}

const ROLES: [PortRole; 4] = [PortRole::Trunk, PortRole::Access, PortRole::Tunnel, PortRole::Routed];

fn port(input: &mut Input<'_>) -> PortConfig {
    PortConfig {
        role: input.of(&ROLES),
        tpid: EtherType(input.of(&[0x8100, 0x88a8, 0x9100, 0x0800])),
        untagged: input.maybe(Input::vid).map_or(Untagged::Drop, Untagged::Native),
        mtu: input.of(&[1500, 46, 0, u32::MAX]),
        admit: Admission::BY_PROFILE,
    }
}

fn limit(input: &mut Input<'_>) -> Limit {
    Limit {
        per_second: input.word(),
        burst: input.word(),
        shared: input.maybe(|i| u32::from(i.byte() % 3)),
    }
}

fn member(input: &mut Input<'_>) -> Member {
    Member {
        port: PortNo(u32::from(input.byte() % 6)),
        vid: input.maybe(Input::vid),
        police: input.maybe(|i| {
            Policer::single(
                BitRate::from_bps(u64::from(i.word()) << (i.byte() % 32)),
                ByteCount::new(u64::from(i.word())),
                i.of(&[Octets::L1, Octets::L2Fcs, Octets::L2, Octets::L3]),
            )
        }),
        arp: input.maybe(limit),
        icmp: input.maybe(limit),
        bound_mac: input.maybe(|i| MacAddr([2, 0, 0, 0, 0, i.byte() % 4])),
        priority: PriorityMap::KEEP,
    }
}

fn service(input: &mut Input<'_>) -> Service {
    let kind = if input.byte() & 1 == 0 {
        ServiceKind::CrossConnect
    } else {
        ServiceKind::Bridged {
            mac_limit: input.of(&[1, 0, 4, u32::MAX]),
            age: SimDuration::from_nanos(u64::from(input.word())),
        }
    };
    let members = 2 + input.byte() % 3;
    Service {
        tenant: TenantId(u32::from(input.byte() % 3)),
        kind,
        members: (0..members).map(|_| member(input)).collect(),
    }
}

fuzz_target!(|octets: &[u8]| {
    let mut input = Input(octets);
    let ports = (0..3 + input.byte() % 3).map(|_| port(&mut input)).collect();
    let services: BTreeMap<_, _> = (0..1 + input.byte() % 4)
        .map(|_| (ServiceId(u32::from(input.byte() % 5)), service(&mut input)))
        .collect();
    let tables = Tables {
        profile: input.of(Profile::ALL),
        ports,
        services,
    };
    let quirk = input.of(Planted::ALL);
    let mut spoilt = FastPath::with_quirk(tables.clone(), quirk);
    let mut fast = FastPath::new(tables);
    let read_back = fast.tables();
    assert_eq!(
        FastPath::new(read_back.clone()).tables(),
        read_back,
        "tables are not canonical"
    );
    let mut now = SimTime::ZERO;
    while !input.0.is_empty() {
        match input.byte() % 16 {
            0 => drop(fast.remove(ServiceId(u32::from(input.byte() % 5)))),
            1 => drop(fast.set(ServiceId(u32::from(input.byte() % 5)), service(&mut input))),
            2 => fast.flush_port(PortNo(u32::from(input.byte() % 6))),
            3 => now = now.saturating_add(SimDuration::from_nanos(u64::from(input.word()) << (input.byte() % 32))),
            _ => {
                let from = PortNo(u32::from(input.byte() % 6));
                let len = usize::from(input.byte()).min(input.0.len());
                let (frame, rest) = input.0.split_at(len);
                input.0 = rest;
                let verdict = fast.forward(from, frame, now);
                check(&fast, frame, verdict);
                let _ = spoilt.forward(from, frame, now);
            }
        }
    }
});

/// What leaves goes to ports that exist, changed as the rewrite says.
fn check(fast: &FastPath, octets: &[u8], verdict: Verdict) {
    let tables = fast.tables();
    let mut leave = |port: PortNo, rewrite: trunklab::forward::Rewrite| {
        assert!(port.index() < tables.ports.len(), "a port that does not exist");
        let member = |m: &Member| m.port == port;
        assert!(
            tables.services.values().any(|s| s.members.iter().any(member)),
            "a port of no service"
        );
        let mut frame = Frame::from_octets(octets);
        rewrite.apply(&mut frame);
        assert_eq!(frame.octets(), rewrite.octets_after(octets.len() as u32));
    };
    match verdict {
        Verdict::Drop(_) => {}
        Verdict::Forward(port, rewrite) => leave(port, rewrite),
        Verdict::Replicate(group) => {
            let copies: Vec<_> = fast.copies(group).collect();
            assert!(!copies.is_empty(), "a flood to nobody");
            copies.into_iter().for_each(|(port, rewrite)| leave(port, rewrite));
        }
    }
}
