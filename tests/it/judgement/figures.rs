//! The figures of service levels, held against a slow and obvious reference that hears the same run.

use std::collections::BTreeMap;

use trunklab::check::{Case, Field, Value, judge};
use trunklab::engine::run;
use trunklab::evidence::{Observer, Trace};
use trunklab::ident::{Fate, FlowId, Lane, LinkId, NodeId, PortNo, Station, StationId};
use trunklab::provision::Defaults;
use trunklab::scenario::Plan;
use trunklab::units::SimTime;
use trunklab::wire::{Frame, wire_octets};

use super::service_levels::text;

/// What happened to one frame: instants in nanoseconds.
#[derive(Debug, Default, Clone)]
struct Life {
    offered: Option<u64>,
    on_line: Option<u64>,
    /// First bit at the far end of the circuit; last bit there.
    circuit: (Option<u64>, Option<u64>),
    /// Handed to the circuit by the device; how long it is on its wire.
    back: Option<(u64, u64)>,
    delivered: Option<u64>,
    lost: Option<StationId>,
}

/// Hears everything and keeps it.
struct Reference {
    lives: BTreeMap<(FlowId, u64), Life>,
    edge: NodeId,
    line: LinkId,
    circuit: LinkId,
    device: NodeId,
    rate: u64,
    delay: u64,
}

impl Reference {
    fn new(plan: &Plan) -> Self {
        let node = |name: &str| NodeId::of(plan.nodes.iter().position(|n| n.name == name).expect("a node"));
        let link = |name: &str| LinkId::of(plan.links.iter().position(|l| l.name == name).expect("a link"));
        let config = &plan.links[link("line").index()].config;
        Self {
            lives: BTreeMap::new(),
            edge: node("acme-dc"),
            line: link("acme-dc/uni"),
            circuit: link("line"),
            device: node("dev"),
            rate: config.rate.as_bps(),
            delay: config.delay.as_nanos(),
        }
    }

    fn life(&mut self, trace: &Trace) -> Option<&mut Life> {
        (trace.flow != FlowId::NONE).then(|| self.lives.entry((trace.flow, trace.seq)).or_default())
    }
}

impl Observer for Reference {
    fn offered(&mut self, at: SimTime, _: Station, trace: &Trace, _: u32) {
        if let Some(life) = self.life(trace) {
            life.offered = Some(at.as_nanos());
        }
    }
    fn sent(&mut self, at: SimTime, node: NodeId, _: PortNo, lane: Lane, trace: &Trace, frame: &Frame) {
        let link = lane.link;
        let (edge, line, circuit, device, rate) = (self.edge, self.line, self.circuit, self.device, self.rate);
        let Some(life) = self.life(trace) else { return };
        if (node, link) == (edge, line) {
            life.on_line = Some(at.as_nanos());
        }
        if (node, link) == (device, circuit) {
            let wire = u128::from(wire_octets(frame.octets())) * 8_000_000_000;
            let wire = u64::try_from(wire.div_ceil(u128::from(rate))).expect("short");
            life.back = Some((at.as_nanos(), wire));
        }
    }
    fn crosses(&mut self, start: SimTime, node: NodeId, lane: Lane, trace: &Trace, _: &Frame) {
        let link = lane.link;
        let (circuit, device, delay) = (self.circuit, self.device, self.delay);
        if let Some(life) = self.life(trace).filter(|_| link == circuit && node != device) {
            life.circuit.0 = Some(start.as_nanos() + delay);
        }
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, _: PortNo, trace: &Trace, _: &Frame) {
        let device = self.device;
        if let Some(life) = self.life(trace).filter(|life| node == device && life.back.is_none()) {
            life.circuit.1 = life.circuit.1.or(Some(at.as_nanos()));
        }
    }
    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, _: &Frame) {
        let station = station.id();
        let (line, circuit) = (StationId::link(self.line), StationId::link(self.circuit));
        let Some(life) = self.life(trace) else { return };
        if !matches!(fate, Fate::Dropped(_)) {
            life.delivered = Some(at.as_nanos());
            return;
        }
        life.lost = Some(station);
        if station == line && life.on_line.is_none() {
            life.on_line = Some(at.as_nanos());
        }
        // The queue in front of the circuit is the circuit's, from either end.
        if station == circuit && life.back.is_none() {
            life.back = Some((at.as_nanos(), 0));
        }
    }
}

/// Entered, came out or was lost, of each frame in a segment, in order of its flow.
fn passages(reference: &Reference, flow: FlowId, up: bool, segment: &str) -> Vec<(u64, u64, Option<u64>)> {
    let mut out = Vec::new();
    for ((_, seq), life) in reference.lives.iter().filter(|((of, _), _)| *of == flow) {
        let whole = if up { life.on_line } else { life.offered };
        let Some(entered) = whole else { continue };
        let handed = if up {
            life.circuit.1
        } else {
            life.back.map(|(at, wire)| at + wire)
        };
        let second = if up {
            life.circuit.0
        } else {
            life.back.map(|(at, _)| at)
        };
        let first_half = (segment == "partner") == up;
        let passage = match segment {
            "end_to_end" => Some((entered, life.delivered)),
            _ if first_half => Some((entered, handed)),
            _ => second.filter(|_| handed.is_some()).map(|into| (into, life.delivered)),
        };
        let Some((into, came)) = passage else { continue };
        if came.is_some() || life.lost.is_some() {
            out.push((*seq, into, came));
        }
    }
    out
}

struct Params {
    interval: u64,
    threshold: f64,
    count: usize,
    run: usize,
    percentile: f64,
}

fn nth(sorted: &[u64], share: f64) -> u64 {
    let rank = (share / 100.0 * sorted.len() as f64 - 1e-9).ceil().max(1.0);
    sorted[rank as usize - 1]
}

/// Every figure, by its name; delays in nanoseconds, shares in parts of a billion.
fn figures(all: &[(u64, u64, Option<u64>)], params: &Params) -> BTreeMap<String, u64> {
    let mut intervals: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for (_, into, came) in all {
        let counts = intervals.entry(into / params.interval).or_default();
        counts.0 += 1;
        counts.1 += u64::from(came.is_none());
    }
    let numbers: Vec<u64> = intervals.keys().copied().collect();
    let high: Vec<bool> = intervals
        .values()
        .map(|(sent, lost)| *lost as f64 / *sent as f64 > params.threshold / 100.0)
        .collect();
    let mut available = Vec::new();
    let mut state = true;
    for k in 0..high.len() {
        let window = high.get(k..k + params.count);
        if window.is_some_and(|window| window.iter().all(|h| *h == state)) {
            state = !state;
        }
        available.push(state);
    }
    let is_available = |into: u64| {
        let k = numbers
            .binary_search(&(into / params.interval))
            .expect("it was counted");
        available[k]
    };
    let counted: Vec<_> = all.iter().filter(|(_, into, _)| is_available(*into)).collect();
    let mut delays: Vec<u64> = counted
        .iter()
        .filter_map(|(_, into, came)| Some((*came)? - into))
        .collect();
    let sum: u128 = delays.iter().map(|d| u128::from(*d)).sum();
    let came: Vec<_> = all
        .iter()
        .filter_map(|(seq, into, came)| Some((*seq, *into, (*came)? - into)))
        .collect();
    let pairs = came.windows(2).filter(|w| w[1].0 == w[0].0 + 1 && is_available(w[1].1));
    let mut variations: Vec<u64> = pairs.map(|w| w[0].2.abs_diff(w[1].2)).collect();
    delays.sort_unstable();
    variations.sort_unstable();
    let mut runs = 0;
    let mut length = 0;
    for (high, available) in high.iter().zip(&available) {
        length = if *high && *available { length + 1 } else { 0 };
        runs += u64::from(length == params.run);
    }
    let share = |part: usize, whole: usize| part as u64 * 1_000_000_000 / whole as u64;
    let lost = counted.iter().filter(|(.., came)| came.is_none()).count();
    let high_available = high.iter().zip(&available).filter(|(h, a)| **h && **a).count();
    let p = format!("P{}", params.percentile);
    let mut out = BTreeMap::new();
    if !delays.is_empty() {
        let mean = sum / delays.len() as u128;
        out.insert("mean FD".to_owned(), u64::try_from(mean).expect("short"));
        out.insert(format!("FD {p}"), nth(&delays, params.percentile));
        out.insert(format!("FD range {p}"), nth(&delays, params.percentile) - delays[0]);
        out.insert("FLR".to_owned(), share(lost, counted.len()));
    }
    if !variations.is_empty() {
        out.insert(
            format!("inter-frame delay variation {p}"),
            nth(&variations, params.percentile),
        );
    }
    let yes = available.iter().filter(|a| **a).count();
    out.insert("availability".to_owned(), share(yes, available.len()));
    out.insert("HLI".to_owned(), high_available as u64);
    out.insert("CHLI".to_owned(), runs);
    out
}

fn number(fields: &[Field], key: &str) -> Option<u64> {
    let field = fields.iter().find(|field| field.key == key)?;
    match field.value {
        Value::Number(_, n) => n,
        _ => None,
    }
}

fn word(fields: &[Field], key: &str) -> String {
    let field = fields.iter().find(|field| field.key == key).expect("a field");
    field.value.to_string()
}

/// The next number below `n` of a stream.
fn below(state: &mut u64, n: u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % n
}

#[test]
fn every_figure_is_what_a_slow_reference_makes_of_the_same_run() {
    let mut state = 47;
    let mut held = 0;
    for world in 0..10 {
        let mut draw = |n: u64| below(&mut state, n);
        let params = Params {
            interval: [250_000_000, 500_000_000, 1_000_000_000][draw(3) as usize],
            threshold: [0.0, 5.0, 10.0, 50.0][draw(4) as usize],
            count: 2 + draw(5) as usize,
            run: 1 + draw(3) as usize,
            percentile: [50.0, 90.0, 99.0, 37.5][draw(4) as usize],
        };
        let mut faults = String::from("faults:\n");
        for link in ["line", "acme-dc/uni", "border"] {
            let way = ["both", "a_to_b", "b_to_a"][draw(3) as usize];
            let from = 4 + draw(12);
            match draw(3) {
                0 => {
                    faults += &format!(
                        "  - {{ at: {from}s, lose: {link}, share: {}%, way: {way} }}\n",
                        1 + draw(60)
                    )
                }
                1 => {
                    // Not the customer's own line in both directions: then his edge has to resolve again.
                    let way = if way == "both" { "b_to_a" } else { way };
                    let to = from + 1 + draw(9);
                    faults += &format!(
                        "  - {{ at: {from}s, cut: {link}, way: {way} }}\n  - {{ at: {to}s, restore: {link}, way: {way} }}\n"
                    );
                }
                _ => faults += &format!("  - {{ at: {from}s, lose: {link}, share: 0%, way: {way} }}\n"),
            }
        }
        faults += "expect:";
        let crowd = ["acme-dc, to: far/ecs", "far/ecs, to: acme-dc"][draw(2) as usize];
        let crowd = format!(
            "  - {{ name: crowd, from: {crowd}, answered: false, pattern: on_off, on: 50ms, off: 200ms, interval: 300us, size: 1518, start: 4s, stop: 34s }}\nfaults:"
        );
        let mut asked = Vec::new();
        for (flow, segment) in ["up", "down"]
            .into_iter()
            .flat_map(|f| ["partner", "cloud", "end_to_end"].map(|s| (f, s)))
        {
            let Params {
                interval,
                threshold,
                count,
                run,
                percentile,
            } = &params;
            asked.push(format!(
                "  - {{ check: sla, flow: {flow}, segment: {segment}, percentile: {percentile}%, mean_delay_max: 1s, delay_max: 1s, delay_range_max: 1s, delay_variation_max: 1s, frame_loss_max: 100%, availability_min: 0%, high_loss_intervals_max: 99, consecutive_high_loss_max: 99, availability_interval: {interval}ns, availability_threshold: {threshold}%, availability_count: {count}, high_loss_count: {run} }}"
            ));
        }
        let changes = [
            ("rate: 20M", "rate: 20M, queue: 4MB"),
            (
                "lan: 172.16.1.0/24",
                "lan: 172.16.1.0/24, last_mile: { rate: 25M, queue: 4MB }",
            ),
            ("expect:", faults.as_str()),
            ("faults:", crowd.as_str()),
        ];
        let plan = super::plan(&text(&changes, &asked.join("\n")), &[]);
        let (record, reference) = run(&plan, Defaults, Reference::new(&plan)).expect("it runs");
        let judgement = judge(&Case {
            plan: &plan,
            record: &record,
        });
        for line in judgement.lines.iter().filter(|line| line.check == "sla") {
            let flow = plan.flows.iter().position(|f| f.name == line.subject).expect("a flow");
            let first = &line.details.first().expect("figures").values;
            let segment = word(first, "segment");
            let all = passages(&reference, FlowId::of(flow), line.subject == "up", &segment);
            let right = figures(&all, &params);
            for detail in &line.details {
                let figure = word(&detail.values, "figure");
                let measured = number(&detail.values, "measured");
                let name = format!("world {world}, {} {segment}: {figure}", line.subject);
                assert_eq!(measured, right.get(&figure).copied(), "{name}: {}", line.finding);
                held += 1;
            }
        }
    }
    assert_eq!(held, 10 * 6 * 8, "every figure of every world");
}
