//! trunklab: a network simulator and conformance testbed for shared Ethernet circuits to a cloud.
//!
//! # The face
//!
//! Five values flow upward: what was written ([`ScenarioFile`]) becomes what was meant ([`Plan`]), a
//! run of it leaves a [`Record`], the record is judged ([`Judgement`]), and the judgement is told
//! ([`Report`]). Six functions make them: [`load`](fn@load), [`run`](fn@run), [`judge`](fn@judge),
//! [`prove`](fn@prove), [`isolate`](fn@isolate) and [`report`](fn@report).
//!
//! ```
//! use trunklab::report::{Format, run_document};
//! use trunklab::scenario::MemorySources;
//! use trunklab::{judge, load, report, run};
//!
//! let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden.yaml"));
//! let loaded = load("golden.yaml", &MemorySources::new().with("golden.yaml", text)).expect("a scenario");
//! let record = run(&loaded.plan).expect("a plan that exists can be run");
//! let judgement = judge(&loaded.plan, &record);
//! let told = report("golden.yaml", &loaded.plan, &record, judgement);
//! let text = run_document(&[told], &[], false).render(Format::Text { verbose: false });
//! assert!(text.contains("frames at another tenant's place"));
//! ```
//!
//! Everything else is public for the program, the benches and the tests alone, and may change in any
//! release.
//!
//! # The map
//!
//! A room names only rooms on floors below its own; `tests/tidy` reads the source and holds it to
//! that. From the ground up:
//!
//! | room | what it holds | its invariant |
//! |---|---|---|
//! | `units` | virtual time, bit rates, byte counts | no floats; arithmetic is checked, or saturates by name |
//! | `ident` | ids, drop reasons, fates, named random streams | closed lists; an id is an index into a list sorted by name |
//! | `wire` | addresses, tags, frames, ARP, IPv4, ICMP, UDP | what was constructed can be emitted and parses back equal |
//! | `forward` | the one fast path: classify, decide, charge, rewrite | one verdict per frame copy; an unknown (port, VID) is a drop; flooding never leaves the VID's members |
//! | `provision` | Express Connect's resources, rights, states, bills | no operation leaves a shared port with two VBRs, or a VBR with another VLAN than its port |
//! | `evidence` | tickets, and the account that they fold into | its size depends on tenants, stations and changes, never on frames |
//! | `host` | address resolution, echo, flows | nothing idle holds a timer |
//! | `session` | health checks; room for BGP and BFD | the same inputs in the same order give the same outputs |
//! | `node` | IDC, access point, fabric, access device, VBR, VPC, link | no I/O, no clock; the same code runs simulated and live |
//! | `scenario` | reading, validation, wiring, import | a plan that exists can be run |
//! | `record` | what a run leaves: account, watches, gates, meters, devices, money; its observers by name | it judges nothing; its size depends on tenants, stations and changes, never on frames |
//! | `contract` | who owes what; deviations of a scenario and its run | every obligation has one owner and one source; nothing is run |
//! | `control` | the law in time, and a plan's timeline | the data plane is what the law says, by one lowering |
//! | `inventory` | what is on record elsewhere: saved answers of the API, spreadsheets, scenarios | tells nothing but what was shown, each with its place; the rest is UNKNOWN |
//! | `engine` | virtual time: queue, world | the digest is a function of (plan, seed) alone |
//! | `check` | one judgement per question | reads a record, never mends it |
//! | `prove` | the proof that no frame leaves its owner's nodes, and leaks of it | what it proves, it proves of the way that frames take |
//! | `certificate` | the small checker of proofs | a certificate stands or falls without the prover's code |
//! | `study` | what studies share: proofs of a plan, their replay, drafts, shrinking | names its seed; the same answer on any number of threads |
//! | `why` | the experiment behind attribution: heal deviations, replay, compare frame by frame | a party is named only if healing its deviation, and nothing else, saves frames |
//! | `isolate` | the conformance suite of isolation | a negative counts only with a positive control before and after it |
//! | `swarm` | random worlds against what must always hold | a world is a function of its seed |
//! | `mutants` | real faults, injected one by one: who notices? | an engine is given a plan and nothing else |
//! | `preflight` | before a cutover: may each tenant go, and what changes for it besides frames | what no source shows is UNKNOWN, never GO |
//! | `rehearse` | cutovers: every step, half-done state, interleaving and way back | an effect that no document states is a named policy; a way back that none states is NONE |
//! | `runbook` | what goes to a change board: runbook and certificate of a cutover | what nobody has written down is a blank, never invented |
//! | `report` | one document, as text, JSON, JUnit, Markdown and CSV; captures | decides nothing; deterministic bytes |
//! | `bench` | the fast path by the wall clock | no rate without balanced books and a bound beside it |
//! | `cli` | flags, files, exit statuses | holds no rule that a test cannot reach through the library |
#![warn(missing_docs)]

pub mod bench;
pub mod certificate;
pub mod check;
pub mod cli;
pub mod contract;
pub mod control;
pub mod engine;
pub mod evidence;
pub mod forward;
pub mod host;
pub mod ident;
pub mod inventory;
pub mod isolate;
pub mod mutants;
pub mod node;
pub mod preflight;
pub mod prove;
pub mod provision;
pub mod record;
pub mod rehearse;
pub mod report;
pub mod runbook;
pub mod scenario;
pub mod session;
pub mod study;
pub mod swarm;
pub mod units;
pub mod why;
pub mod wire;

use engine::SetupError;
use evidence::NoObserver;

pub use check::Judgement;
pub use isolate::{IsolationReport, Options};
pub use record::Record;
pub use report::RunReport as Report;
pub use scenario::file::ScenarioFile;
pub use scenario::{Loaded, Plan, Refused, Sources};
pub use study::Proof;

/// Reads the scenario at `path`, and what it names, and finds out what was meant.
///
/// # Errors
/// Everything that is wrong with it, each with its place and a stable code.
pub fn load(path: &str, sources: &dyn Sources) -> Result<Loaded, Refused> {
    scenario::load(path, sources)
}

/// Runs a plan in virtual time, to its end.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn run(plan: &Plan) -> Result<Record, SetupError> {
    let (record, NoObserver) = engine::run(plan, control::Drawn::new(plan.seed), NoObserver)?;
    Ok(record)
}

/// Judges what a run left, whichever driver ran it.
pub fn judge(plan: &Plan, record: &Record) -> Judgement {
    check::judge(&check::Case { plan, record })
}

/// Proves for all frames there are, from the tables at the start and at every change, that no
/// tenant's reach anybody else; or finds those that do, and replays them.
///
/// # Errors
/// Where the prover cannot read the plan's tables.
pub fn prove(plan: &Plan) -> Result<Proof, String> {
    study::prove_plan(plan, |_, _, _| {})
}

/// Sends every vector of the isolation suite from every port.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn isolate(plan: &Plan, options: &Options) -> Result<IsolationReport, String> {
    isolate::run(plan, options, &|_, _| {})
}

/// What is told of a run; `source` is the scenario as the user named it.
pub fn report(source: &str, plan: &Plan, record: &Record, judgement: Judgement) -> Report {
    Report::new(source, plan, record, judgement)
}
