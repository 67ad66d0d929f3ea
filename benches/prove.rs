//! The proof at scale: circuits of 2,999 VLANs, four hops, each of which translates.
//!
//! Prints, for growing numbers of tenants, how long it takes to prove the model, to find a planted
//! leak, to prove again after one change of a service, and to check the certificate, with the peak
//! of resident memory of each. One core; times are the thread's processor time, but for changes. `BENCH_TENANTS` sets the largest number (1,000,000).
//!
//! The model is built from cells like those that forwarders answer; for a few tenants they are held
//! against what real forwarders of such tables do answer.

use std::time::{Duration, Instant};

use trunklab::certificate::check;
use trunklab::forward::{
    Admission, FastPath, Member, PortConfig, PortRole, PriorityMap, Service, ServiceId, ServiceKind, Tables, Untagged,
};
use trunklab::ident::{PortNo, TenantId};
use trunklab::prove::{
    Change, Far, Lab, Model, Names, Out, PortId, Prover, Symbol, SymbolRun, Tail, certificate, leaks, prove, starts_of,
};
use trunklab::wire::{EtherType, Vid};

mod clock;

/// VLANs of a circuit.
const VLANS: u32 = 2_999;
/// Switches on a tenant's way.
const HOPS: u32 = 4;
/// Not a tag that the next switch would read.
const UNREAD: Tail = Tail(13);

/// Where a switch of a circuit has its ports: towards the tenant, towards the cloud.
#[derive(Clone, Copy)]
struct Places {
    /// Port 0 of each of the four switches.
    base: [PortId; HOPS as usize],
}

/// One circuit's tenants, from `first` on.
#[derive(Clone, Copy)]
struct Circuit {
    first: u32,
    tenants: u32,
    at: Places,
}

/// The VID of the circuit's tenant `n` on the link behind switch `hop`: three translations.
fn vid(hop: u32, n: u32) -> u16 {
    let (by, add) = [(1, 0), (7, 11), (1_499, 1_000)][hop as usize];
    u16::try_from((n * by + add) % VLANS + 1).expect("twelve bits")
}

impl Circuit {
    /// The edge's trunk is its port 0, tenants' lines follow. The inner switches have two trunks.
    /// The access device's trunk is its port 0, VBRs follow.
    fn add(model: &mut Model, first: u32, tenants: u32) -> Self {
        let mut base = [0; HOPS as usize];
        for (hop, at) in base.iter_mut().enumerate() {
            let own = if hop == 0 || hop == 3 { tenants + 1 } else { 2 };
            *at = u32::try_from(model.ports()).expect("fewer than 2^32");
            for port in 0..own {
                let terminal = (hop == 0 || hop == 3) && port > 0;
                model.add_port(if terminal {
                    Far::Terminal(first + port - 1)
                } else {
                    Far::Nowhere
                });
            }
        }
        let at = Places { base };
        for hop in 0..3 {
            let (left, right) = (at.right(hop), at.left(hop + 1));
            model.wire(left, Far::Port(right));
            model.wire(right, Far::Port(left));
        }
        let circuit = Self { first, tenants, at };
        circuit.fill(model);
        circuit
    }

    fn fill(self, model: &mut Model) {
        for n in 0..self.tenants {
            self.edge(model, self.line(n), self.at.right(0), vid(0, n));
            self.edge(model, self.vbr(n), self.at.left(3), vid(2, n));
        }
        let trunks = (0..3).map(|hop| (self.at.right(hop), hop, hop));
        let back = (0..3).map(|hop| (self.at.left(hop + 1), hop, hop + 1));
        for (port, link, switch) in trunks.chain(back) {
            let outs = (0..self.tenants).map(|n| (vid(link, n), self.out(switch, port, n)));
            trunk(model, port, outs.collect());
        }
    }

    fn line(self, n: u32) -> PortId {
        self.at.base[0] + 1 + n
    }
    fn vbr(self, n: u32) -> PortId {
        self.at.base[3] + 1 + n
    }

    /// Where tenant `n`'s frames go that come in by a trunk.
    fn out(self, switch: u32, port: PortId, n: u32) -> Out {
        let forth = port == self.at.left(switch);
        match (switch, forth) {
            (0, _) => Out::new(self.line(n), true, None, UNREAD),
            (3, _) => Out::new(self.vbr(n), true, None, UNREAD),
            (_, true) => Out::new(self.at.right(switch), true, Some(tag(switch, n)), Tail::ANY),
            (_, false) => Out::new(self.at.left(switch), true, Some(tag(switch - 1, n)), Tail::ANY),
        }
    }

    /// An access port: untagged, priority-tagged, and what its tag protocol id does not read.
    fn edge(self, model: &mut Model, port: PortId, out: PortId, vid: u16) {
        let push = Some(Symbol::tag(0, vid));
        let bare = model.cell(&[Out::new(out, false, push, Tail::END)]);
        let priority = model.cell(&[Out::new(out, true, push, Tail::END)]);
        let unread = model.cell(&[Out::new(out, false, push, Tail::ANY)]);
        let drop = model.cell(&[]);
        let run = |cell, last| SymbolRun { cell, last };
        model.set_port(
            port,
            &[
                run(bare, Symbol::NONE),
                run(priority, Symbol::tag(0, 0)),
                run(drop, Symbol::tag(0, 4095)),
                run(unread, Symbol::LAST),
            ],
        );
    }
}

fn tag(link: u32, n: u32) -> Symbol {
    Symbol::tag(0, vid(link, n))
}

impl Places {
    /// The trunk towards the tenants; of the edge, a tenant's lines are there.
    fn left(self, switch: u32) -> PortId {
        self.base[switch as usize]
    }
    /// The trunk towards the cloud.
    fn right(self, switch: u32) -> PortId {
        self.base[switch as usize] + u32::from(switch > 0)
    }
}

fn trunk(model: &mut Model, port: PortId, mut outs: Vec<(u16, Out)>) {
    outs.sort_unstable_by_key(|(vid, _)| *vid);
    let drop = model.cell(&[]);
    let mut runs = Vec::with_capacity(outs.len() + 3);
    let mut next = 0;
    for (vid, out) in outs {
        let symbol = Symbol::tag(0, vid);
        if symbol.0 > next {
            runs.push(SymbolRun {
                cell: drop,
                last: Symbol(symbol.0 - 1),
            });
        }
        let cell = model.cell(&[out]);
        runs.push(SymbolRun { cell, last: symbol });
        next = symbol.0 + 1;
    }
    runs.push(SymbolRun {
        cell: drop,
        last: Symbol::LAST,
    });
    model.set_port(port, &runs);
}

fn build(tenants: u32) -> (Model, Vec<Circuit>) {
    let mut model = Model::new();
    let circuits = (0..tenants.div_ceil(VLANS)).map(|i| {
        let first = i * VLANS;
        Circuit::add(&mut model, first, (tenants - first).min(VLANS))
    });
    let circuits = circuits.collect();
    (model, circuits)
}

/// Real tables of a switch of one circuit.
fn tables(circuit: Circuit, switch: u32) -> Tables {
    let port = |role| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let member = |port: u32, vid: Option<u16>| Member {
        port: PortNo(port),
        vid: vid.and_then(Vid::new),
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let mut tables = Tables::default();
    let edge = switch == 0 || switch == 3;
    tables.ports.push(port(PortRole::Trunk));
    for _ in 0..if edge { circuit.tenants } else { 1 } {
        tables
            .ports
            .push(port(if edge { PortRole::Access } else { PortRole::Trunk }));
    }
    for n in 0..circuit.tenants {
        let members = match switch {
            0 => vec![member(0, Some(vid(0, n))), member(1 + n, None)],
            3 => vec![member(0, Some(vid(2, n))), member(1 + n, None)],
            _ => vec![member(0, Some(vid(switch - 1, n))), member(1, Some(vid(switch, n)))],
        };
        let service = Service {
            tenant: TenantId(circuit.first + n),
            kind: ServiceKind::CrossConnect,
            members,
        };
        tables.services.insert(ServiceId(n), service);
    }
    tables
}

/// The cells of the model are those that real forwarders answer.
fn hold_against_forwarders() {
    let (mut model, circuits) = build(5);
    let circuit = circuits[0];
    for switch in 0..HOPS {
        let base = circuit.at.base[switch as usize];
        let mut lab = Lab::of(&FastPath::new(tables(circuit, switch)));
        for port in 0..lab.ports() {
            let port = PortNo::of(port);
            let heard = lab.port(port, base, &mut model).expect("room");
            for symbol in (0..=Symbol::LAST.0).map(Symbol) {
                let heard = heard
                    .iter()
                    .find(|run| run.last >= symbol)
                    .expect("they cover all")
                    .cell;
                let ours = model.at(base + port.0, symbol);
                let (heard, ours) = (model.outs(&heard), model.outs(&ours));
                assert_eq!(heard, ours, "switch {switch} port {} symbol {}", port.0, symbol.0);
            }
        }
    }
    println!("cells of 5 tenants equal what four real forwarders answer to every symbol of every port");
}

/// Resident memory, most since the last reset, in MiB. Where the system does not tell, 0.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Processor time: what a busy machine takes away does not count.
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = clock::cpu();
    let made = work();
    (clock::cpu().saturating_sub(start), made)
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

/// Inner switches of which the forwarder itself is asked at each change: those of so many circuits.
const ASKED: usize = 8;

/// Times of a change, each sorted: of the proof alone, and with the asking of the forwarder.
struct Times {
    proof: Vec<Duration>,
    whole: Vec<Duration>,
}

/// Gives a tenant's VID behind the inner switch to its neighbour and back: times of proving anew.
fn changes(prover: &mut Prover, circuits: &[Circuit], rounds: u32) -> Times {
    let mut times = Times {
        proof: Vec::with_capacity(3 * rounds as usize),
        whole: Vec::with_capacity(3 * rounds as usize),
    };
    let mut roll: u64 = 1;
    let mut next = || {
        roll = roll
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        roll
    };
    for _ in 0..rounds {
        let roll = next();
        let circuit = circuits[(roll >> 33) as usize % circuits.len()];
        let n = (roll >> 20) as u32 % circuit.tenants;
        let other = (n + 1) % circuit.tenants;
        let (port, symbol) = (circuit.at.left(1), tag(0, n));
        let wrong = prover.model_mut().cell(&[circuit.out(1, port, other)]);
        let right = prover.model_mut().cell(&[circuit.out(1, port, n)]);
        let gone = prover.model_mut().cell(&[]);
        // The service goes, comes back for the neighbour (a leak), and is mended.
        for (cell, holds) in [(gone, true), (wrong, other == n), (right, true)] {
            let change = Change {
                port,
                first: symbol,
                last: symbol,
                cell,
            };
            // Too short for a processor's clock: on a busy machine, interruptions are in it.
            let start = Instant::now();
            let touched = prover.apply(&[change]);
            let time = start.elapsed();
            assert!(touched == 1 && prover.holds() == holds, "a change concerns its tenant");
            times.proof.push(time);
        }
    }
    // The same, told by the forwarder itself: a service goes and comes back, at both its places.
    let asked = &circuits[..circuits.len().min(ASKED)];
    let mut labs: Vec<_> = asked
        .iter()
        .map(|circuit| Lab::of(&FastPath::new(tables(*circuit, 1))))
        .collect();
    let own: Vec<_> = asked.iter().map(|circuit| tables(*circuit, 1).services).collect();
    for _ in 0..rounds.min(5_000) {
        let roll = next();
        let at = (roll >> 33) as usize % labs.len();
        let circuit = circuits[at];
        let n = (roll >> 20) as u32 % circuit.tenants;
        let base = circuit.at.base[1];
        for service in [None, Some(own[at][&ServiceId(n)].clone())] {
            let mut made = Vec::with_capacity(6);
            let start = Instant::now();
            labs[at].change(ServiceId(n), service);
            for (place, link) in [(0, 0), (1, 1)] {
                for tpid in 0..3 {
                    let symbol = Symbol::tag(tpid, vid(link, n));
                    let heard = labs[at].symbol(PortNo(place), base, symbol, prover.model_mut());
                    made.push(Change {
                        port: base + place,
                        first: symbol,
                        last: symbol,
                        cell: heard.expect("room"),
                    });
                }
            }
            let touched = prover.apply(&made);
            times.whole.push(start.elapsed());
            assert!(touched == 1 && prover.holds(), "a change concerns its tenant");
        }
    }
    times.proof.sort_unstable();
    times.whole.sort_unstable();
    times
}

fn one(tenants: u32) {
    reset_peak();
    let (mut model, circuits) = build(tenants);
    let starts = starts_of(&model);
    let (proving, standing) = timed(|| prove(&model, &starts, |_, _| {}));
    assert!(standing.is_proved() && standing.carried == u64::from(tenants));
    let proving_peak = peak();

    // The last tenant's frames come out at its neighbour's VBR.
    let circuit = *circuits.last().expect("there are tenants");
    let (victim, n) = (circuit.tenants.saturating_sub(2), circuit.tenants - 1);
    let (port, symbol) = (circuit.at.left(3), tag(2, n));
    let wrong = model.cell(&[Out::new(circuit.vbr(victim), true, None, UNREAD)]);
    let right = model.at(port, symbol);
    model.set_cells(port, (symbol, symbol), wrong);
    let (finding, found) = timed(|| {
        let standing = prove(&model, &starts, |_, _| {});
        let owner = *standing.leaking.first().expect("a leak");
        let own: Vec<PortId> = starts
            .iter()
            .filter(|(o, _)| *o == owner)
            .map(|(_, port)| *port)
            .collect();
        leaks(&model, owner, &own, 1).expect("few states")
    });
    assert_eq!(found[0].to, circuit.first + victim);
    model.set_cells(port, (symbol, symbol), right);

    reset_peak();
    let mut prover = Prover::new(model, starts);
    let times = changes(&mut prover, &circuits, 20_000.min(tenants * 10));
    let at = |times: &[Duration], percent: usize| times[times.len() * percent / 100].as_nanos();
    let (p50, p99) = (at(&times.proof, 50), at(&times.proof, 99));
    let (whole, whole99) = (at(&times.whole, 50), at(&times.whole, 99));
    let keeping_peak = peak();

    let names = Names {
        tenants: (0..tenants).map(|n| format!("t{n}")).collect(),
        ..Names::default()
    };
    let (writing, text) = timed(|| certificate(prover.model(), prover.starts(), &names).expect("it is proved"));
    drop(prover);
    let text = text.into_bytes();
    reset_peak();
    let (checking, checked) = timed(|| check(&text).expect("it holds"));
    assert_eq!(checked.tenants, u64::from(tenants));
    println!(
        "{tenants:>9} | {:>9} {proving_peak:>6} | {:>9} | {p50:>7} {p99:>7} | {whole:>7} {whole99:>7} {keeping_peak:>6} | {:>9} {:>6} | {:>9} {:>6}",
        ms(proving),
        ms(finding),
        ms(writing),
        text.len() >> 20,
        ms(checking),
        peak()
    );
}

fn main() {
    let most = std::env::var("BENCH_TENANTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    hold_against_forwarders();
    println!(
        "          |     prove   peak |      leak |      prove anew, ns  | with asking, ns    peak |     write    cert |     check   peak"
    );
    println!(
        "  tenants |        ms    MiB |        ms |     p50     p99 |     p50     p99    MiB |        ms    MiB |        ms    MiB"
    );
    let mut tenants = 1_000;
    while tenants <= most {
        one(tenants);
        tenants *= 10;
    }
}
