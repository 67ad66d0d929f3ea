//! trunklab: a network simulator and conformance testbed for shared Ethernet circuits to a cloud.
//!
//! # The map
//!
//! Five values flow upward: what was written ([`scenario`]) becomes a [`Plan`](scenario::Plan),
//! a run of it becomes evidence, evidence is judged, and the judgement is reported.
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
//! | `control` | the law in time, and a plan's timeline | the data plane is what the law says, by one lowering |
//! | `engine` | virtual time: queue, world | the digest is a function of (plan, seed) alone |
//! | `check` | one judgement per question | reads evidence, never mends it |
//! | `prove` | the proof that no frame leaves its owner's nodes, and leaks of it | what it proves, it proves of the tables read back out of the forwarders |
//! | `certificate` | the small checker of proofs | a certificate stands or falls without the prover's code |
//! | `study` | what studies share: proofs of a plan, their replay, drafts, shrinking | names its seed; the same answer on any number of threads |
//! | `isolate` | the conformance suite of isolation | a negative counts only with a positive control before and after it |
//! | `swarm` | random worlds against what must always hold | a world is a function of its seed |
//! | `mutants` | real faults, injected one by one: who notices? | an engine is given a plan and nothing else |
//! | `report` | text, JSON, JUnit, captures | decides nothing; deterministic bytes |
//! | `bench` | the fast path by the wall clock | no rate without balanced books and a bound beside it |
//! | `cli` | flags, files, exit statuses | holds no rule that a test cannot reach through the library |
#![warn(missing_docs)]

pub mod bench;
pub mod certificate;
pub mod check;
pub mod cli;
pub mod control;
pub mod engine;
pub mod evidence;
pub mod forward;
pub mod host;
pub mod ident;
pub mod isolate;
pub mod mutants;
pub mod node;
pub mod prove;
pub mod provision;
pub mod record;
pub mod report;
pub mod scenario;
pub mod session;
pub mod study;
pub mod swarm;
pub mod units;
pub mod wire;
