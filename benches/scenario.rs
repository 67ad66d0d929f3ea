//! Whole scenarios: time for each simulated second, memory for each idle tenant, many tenants.
//!
//! Prints three tables. Times are the thread's processor time, the best of `BENCH_ROUNDS` (3);
//! octets are those asked of the allocator. `BENCH_TENANTS` sets the tenants of the large
//! scenario, each written out (100,000); with `BENCH_IN_ORDER` no node looks ahead. With `scenarios`,
//! `memory` or `large` as an argument
//! only that table is made.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use trunklab::check::{Case, Judgement, judge};
use trunklab::engine::{self, World};
use trunklab::evidence::NoObserver;
use trunklab::provision::Defaults;
use trunklab::record::Record;
use trunklab::scenario::{self, Plan, SourceError, Sources};

mod clock;

/// The system's allocator, counted.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn took(octets: usize) {
    let held = HELD.fetch_add(octets, Ordering::Relaxed) + octets;
    MOST.fetch_max(held, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came; only sizes are counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        took(size);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn held() -> usize {
    HELD.load(Ordering::Relaxed)
}

/// Files under the package's folder.
struct Files;

impl Sources for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        std::fs::read(root().join(path)).map_err(|e| SourceError::Io(e.to_string()))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn number(variable: &str, default: usize) -> usize {
    let written = std::env::var(variable).ok().and_then(|v| v.parse().ok());
    written.unwrap_or(default)
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = clock::cpu();
    let made = work();
    (clock::cpu().saturating_sub(start), made)
}

fn simulate(plan: &Plan) -> Record {
    let run = match std::env::var_os("BENCH_IN_ORDER") {
        Some(_) => engine::run_in_order(plan, Defaults, NoObserver),
        None => engine::run(plan, Defaults, NoObserver),
    };
    let (record, NoObserver) = run.expect("a plan that exists can be run");
    record
}

fn judged(plan: &Plan, run: &Record) -> Judgement {
    judge(&Case { plan, record: run })
}

fn shipped(folder: &Path, into: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).expect("the scenarios' folder");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            shipped(&path, into);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            let within = path.strip_prefix(root()).expect("it is below the package's folder");
            into.push(within.to_string_lossy().into_owned());
        }
    }
}

fn scenarios() {
    let rounds = number("BENCH_ROUNDS", 3).max(1);
    let mut paths = Vec::new();
    shipped(&root().join("scenarios"), &mut paths);
    paths.sort();
    println!(
        "scenario                                               virtual s   load ms    run ms  judge ms  ms/virtual s      hops  hops/s"
    );
    let mut all = 0.0;
    for path in &paths {
        let mut best: Option<[Duration; 3]> = None;
        let mut told = (0.0, 0);
        for _ in 0..rounds {
            let (load, loaded) = timed(|| scenario::load(path, &Files).expect("a shipped scenario is right"));
            let (run, ran) = timed(|| simulate(&loaded.plan));
            let (judge, _) = timed(|| judged(&loaded.plan, &ran));
            let times = [load, run, judge];
            if best.is_none_or(|b| times.iter().sum::<Duration>() < b.iter().sum()) {
                best = Some(times);
            }
            told = (ran.end.as_nanos() as f64 / 1e9, ran.stats.hops);
        }
        let [load, run, judge] = best.expect("at least one round").map(|t| t.as_secs_f64() * 1e3);
        let (virtual_s, hops) = told;
        let total = load + run + judge;
        all += total;
        println!(
            "{path:<55} {virtual_s:>8.1} {load:>9.2} {run:>9.2} {judge:>9.2} {:>13.3} {hops:>9} {:>9.0}",
            total / virtual_s,
            hops as f64 / (run / 1e3)
        );
    }
    println!("all of them: {all:.0} ms\n");
}

/// So many tenants, one written entry each or one entry for all on each circuit.
fn many(tenants: usize, explicit: bool, details: &str) -> String {
    const PER_CIRCUIT: usize = 2_900;
    let circuits = tenants.div_ceil(PER_CIRCUIT);
    let mut text = String::from(
        "trunklab: 1\nname: many\nseed: 5\nduration: 4s\n\
         policies: { sum_of_specs: unenforced, shared_ports_per_circuit: 2999 }\n\
         accounts:\n  - { name: telecom, uid: 1200000000000001, role: partner }\n",
    );
    let mut list = |head: &str, row: &dyn Fn(usize) -> String, count: usize| {
        writeln!(text, "{head}:").expect("a string takes everything");
        (0..count).for_each(|i| writeln!(text, "  - {{ {} }}", row(i)).expect("a string takes everything"));
    };
    list("access_points", &|i| format!("name: ap-{i:03}"), circuits);
    list(
        "access_devices",
        &|i| format!("name: dev-{i:03}, region: cn-shanghai"),
        circuits,
    );
    let circuit = |i| format!("name: circuit-{i:03}, a: ap-{i:03}, b: dev-{i:03}, rate: 10G, delay: 1ms");
    list("circuits", &circuit, circuits);
    if explicit {
        let tenant = |i| {
            let (circuit, vlan) = (i / PER_CIRCUIT, 1 + i % PER_CIRCUIT);
            format!("name: t-{i:06}, circuit: circuit-{circuit:03}, vlan_id: {vlan}, spec: 50M{details}")
        };
        list("tenants", &tenant, tenants);
    } else {
        let entry = |i| {
            let count = PER_CIRCUIT.min(tenants - i * PER_CIRCUIT);
            format!("name: t{i:03}, count: {count}, circuit: circuit-{i:03}, vlan_id: 1{details}")
        };
        list("tenants", &entry, circuits);
    }
    text
}

/// What an idle tenant holds: in the plan (with its five calls of the API to come), and in the
/// IDC, VBR and VPC, their three links and its services on two switches that are made of it.
fn memory() {
    println!("octets per idle tenant     plan    world (nodes, links, queue)");
    for tenants in [1_000, 100_000] {
        let before = held();
        let plan = {
            let text = many(tenants, false, "");
            scenario::load_text("many", text, &Files).expect("it is right").plan
        };
        let planned = held();
        let world = World::new(engine::setup(&plan), NoObserver).expect("it is well wired");
        let built = held();
        println!(
            "{tenants:>7} tenants       {:>10} {:>8}",
            (planned - before) / tenants,
            (built - planned) / tenants
        );
        let _ = world.finish();
    }
    println!();
}

/// All tenants provisioned at time zero, then a datagram each, which is answered.
fn large() {
    let tenants = number("BENCH_TENANTS", 100_000);
    let traffic = ", traffic: { interval: 1s, size: 128, start: 3s, count: 1, answered: true }";
    let mut text = many(tenants, true, traffic);
    text.push_str("expect:\n  - { check: continuity }\n  - { check: inheritance }\n  - { check: bandwidth }\n  - { check: billing }\n");
    let octets = text.len();
    let base = held();
    MOST.store(base, Ordering::Relaxed);
    let peak = || (MOST.load(Ordering::Relaxed) - base) >> 20;
    let (load, loaded) = timed(|| scenario::load_text("many", text, &Files).expect("it is right"));
    println!("{tenants} tenants, each written out ({} KiB)", octets >> 10);
    println!("  load   {:>8.2} s   peak {:>6} MiB", load.as_secs_f64(), peak());
    let (run, ran) = timed(|| simulate(&loaded.plan));
    println!("  run    {:>8.2} s   peak {:>6} MiB", run.as_secs_f64(), peak());
    let (judge, judgement) = timed(|| judged(&loaded.plan, &ran));
    println!("  judge  {:>8.2} s   peak {:>6} MiB", judge.as_secs_f64(), peak());
    for line in &judgement.lines {
        println!("    {:<14} {:<15} {}", line.verdict.as_str(), line.check, line.finding);
    }
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let tables: [(&str, fn()); 3] = [("scenarios", scenarios), ("memory", memory), ("large", large)];
    for (name, make) in tables {
        if asked.is_empty() || asked.iter().any(|a| a == name) {
            make();
        }
    }
}
