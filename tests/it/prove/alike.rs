//! What a proof asks one frame at a time, by one kernel, a batch and every other kernel answer alike.

use std::path::{Path, PathBuf};

use trunklab::forward::{
    Count, Exit, FastPath, FrameVerdict, Group, Kernel, Planted, Quirk, ServiceCounters, ServiceKind, Sink, Slots,
    Standing, Tables,
};
use trunklab::ident::{DropReason, PortNo};
use trunklab::node::{AnySwitch, AskForwarder};
use trunklab::prove::{Lab, Model, Question};
use trunklab::scenario::{MemorySources, Plan, load_text};
use trunklab::units::SimTime;
use trunklab::wire::Frame;

use super::worlds::at_end;

/// Every shipped scenario.
fn shipped() -> Vec<(PathBuf, Plan)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "yaml") {
                let text = std::fs::read_to_string(&path).expect("a scenario");
                let loaded = load_text("shipped.yaml", text, &MemorySources::new());
                found.push((path, loaded.expect("it loads").plan));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(found.len() > 40, "{}", found.len());
    found
}

/// Every question that a proof asks a forwarder at these ports.
fn questions<Q: Quirk>(running: &FastPath<Q>, ports: impl Fn(usize) -> bool) -> Vec<Question> {
    let mut lab = Lab::of(running);
    lab.note_questions();
    let mut model = Model::new();
    for port in (0..lab.ports()).filter(|port| ports(*port)) {
        lab.port(PortNo::of(port), 0, &mut model).expect("room");
    }
    let asked = lab.noted();
    // What is asked twice is counted once.
    assert!(asked.len() as u64 >= lab.nature.asked && lab.nature.asked > 0);
    asked
}

/// What became of the frames of a batch: why one ended, where it left, or who got copies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Drop(DropReason),
    Left(PortNo, Vec<u8>),
    Copies(Group),
}

struct Verdicts(Vec<Option<Told>>);

impl Sink for Verdicts {
    fn forward(&mut self, frame: usize, exit: Exit) {
        assert_eq!(self.0[frame].replace(Told::Left(exit.port, Vec::new())), None);
    }
    fn drop(&mut self, frame: usize, reason: DropReason) {
        assert_eq!(self.0[frame].replace(Told::Drop(reason)), None);
    }
    fn replicate(&mut self, frame: usize, group: Group) {
        assert_eq!(self.0[frame].replace(Told::Copies(group)), None);
    }
}

/// Frames that arrive together, at once.
fn together<Q: Quirk>(fast: &mut FastPath<Q>, now: SimTime, frames: &[Question]) -> Vec<Told> {
    const ROOM: usize = 16;
    let mut memory = Vec::new();
    let standing = frames.iter().map(|(port, octets)| {
        memory.resize(memory.len() + ROOM, 0);
        let at = u32::try_from(memory.len()).expect("a small batch");
        memory.extend(octets);
        memory.resize(memory.len() + ROOM, 0);
        Standing::new(at, octets.len(), *port).expect("a short frame")
    });
    let standing = standing.collect();
    let mut slots = Slots::new(&mut memory, standing).expect("there is room");
    let mut verdicts = Verdicts(vec![None; frames.len()]);
    fast.process(now, &mut slots, 0..frames.len(), &mut verdicts);
    let told = verdicts.0.into_iter().enumerate();
    told.map(|(i, told)| match told.expect("a verdict for every frame") {
        Told::Left(port, _) => Told::Left(port, slots.octets(i).to_vec()),
        other => other,
    })
    .collect()
}

/// The same frames one after the other, by the entry that a run uses.
fn alone<Q: Quirk>(fast: &mut FastPath<Q>, now: SimTime, frames: &[Question]) -> Vec<Told> {
    let one = |(port, octets): &Question| match fast.forward(*port, octets, now) {
        FrameVerdict::Drop(reason) => Told::Drop(reason),
        FrameVerdict::Replicate(group) => Told::Copies(group),
        FrameVerdict::Forward(port, rewrite) => {
            let mut frame = Frame::from_octets(octets);
            fast.edit(rewrite, &mut frame);
            Told::Left(port, frame.bytes().to_vec())
        }
    };
    frames.iter().map(one).collect()
}

/// Questions of one batch.
const BATCH: usize = 200;

/// What is counted in the end.
fn counted<Q: Quirk>(fast: &FastPath<Q>) -> (Vec<ServiceCounters>, Vec<(DropReason, Count)>) {
    let of_services = fast.counted().into_iter().map(|id| fast.counters(id));
    (of_services.collect(), fast.unclaimed().iter().collect())
}

/// For each of these kernels the first question that a batch by it answers otherwise than one frame
/// at a time; what was counted counts too.
fn differs<Q: Quirk>(running: &FastPath<Q>, asked: &[Question]) -> Vec<(Kernel, String)> {
    let mut single = running.rested();
    // Far apart, so that limits have room again; within a batch they may well run dry.
    let batches = || (1..).map(SimTime::from_secs).zip(asked.chunks(BATCH));
    let expected: Vec<_> = batches().map(|(now, frames)| alone(&mut single, now, frames)).collect();
    let by = |kernel: Kernel| {
        let mut many = running.rested();
        many.use_kernel(kernel);
        for ((now, frames), expected) in batches().zip(&expected) {
            let told = together(&mut many, now, frames);
            if let Some(i) = (0..frames.len()).find(|&i| expected[i] != told[i]) {
                let (port, octets) = &frames[i];
                let (told, expected) = (&told[i], &expected[i]);
                let text = format!("port {}, {octets:02x?}: {told:02x?}, not {expected:02x?}", port.0);
                return Some((kernel, text));
            }
        }
        (counted(&single) != counted(&many)).then(|| (kernel, "counters".to_owned()))
    };
    Kernel::available().into_iter().filter_map(by).collect()
}

/// How many questions were held against batches, and what some kernel answers otherwise.
struct Held<'a>(&'a dyn Fn(usize) -> bool);

impl AskForwarder for Held<'_> {
    type Answer = (usize, Vec<(Kernel, String)>);
    fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Self::Answer {
        let asked = questions(fast, self.0);
        (asked.len(), differs(fast, &asked))
    }
}

/// Of a switch with more ports than this, ports are held by a sample.
const MANY: usize = 40;

fn held(plan: &Plan) -> (usize, Vec<(Kernel, String)>) {
    let snapshot = at_end(plan);
    let mut sum = 0;
    for (_, switch) in &snapshot.switches {
        let ports = switch.tables().ports.len();
        // The first ones are trunks.
        let sampled = |port: usize| ports <= MANY || port < 2 || port % (ports / 3) == 5;
        let (asked, wrong) = switch.ask(Held(&sampled));
        sum += asked;
        if !wrong.is_empty() {
            return (sum, wrong);
        }
    }
    (sum, Vec::new())
}

#[test]
fn a_batch_by_any_kernel_answers_what_the_proofs_of_shipped_scenarios_ask_as_one_frame_at_a_time_does() {
    let mut sum = 0;
    for (path, plan) in shipped() {
        let (asked, wrong) = held(&plan);
        assert_eq!(wrong, [], "{}", path.display());
        assert!(asked > 10_000, "{}: {asked}", path.display());
        sum += asked;
    }
    assert!(sum > 3_000_000, "{sum}");
}

/// Tables of a switch that a proof of a shipped scenario is about.
fn tables(name: &str, device: usize) -> Tables {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let text = std::fs::read_to_string(path).expect("a shipped scenario");
    let plan = load_text(name, text, &MemorySources::new()).expect("it loads").plan;
    let mut switches = at_end(&plan).switches;
    let (_, switch): (_, AnySwitch) = switches.swap_remove(device);
    switch.tables()
}

#[test]
fn a_fault_of_batches_or_of_one_kernel_answers_a_question_of_the_proof_otherwise() {
    let tables = tables("bandwidth/sum-of-specs.yaml", 0);
    for fault in Planted::BATCHES {
        let fast = FastPath::with_quirk(tables.clone(), *fault);
        let asked = questions(&fast, |port| port < 2);
        let told: Vec<Kernel> = differs(&fast, &asked).into_iter().map(|(kernel, _)| kernel).collect();
        match fault {
            Planted::ScalarKernelCutsVid => assert_eq!(told, [Kernel::SCALAR], "{fault}"),
            _ => assert_eq!(told, Kernel::available(), "{fault}"),
        }
    }
    let healthy = FastPath::new(tables);
    let asked = questions(&healthy, |port| port < 2);
    assert_eq!(differs(&healthy, &asked), []);
}

#[test]
fn a_wrong_row_is_as_wrong_in_a_batch() {
    let tables = tables("isolation/two-tenants-one-circuit.yaml", 0);
    assert!(
        tables
            .services
            .values()
            .any(|service| service.kind == ServiceKind::CrossConnect),
        "it has rows"
    );
    let healthy = FastPath::new(tables.clone());
    for fault in Planted::ROWS {
        let fast = FastPath::with_quirk(tables.clone(), *fault);
        let asked = questions(&fast, |_| true);
        assert_eq!(differs(&fast, &asked), [], "{fault}");
        let now = SimTime::from_secs(1);
        let spoilt = alone(&mut fast.rested(), now, &asked);
        assert_ne!(spoilt, alone(&mut healthy.rested(), now, &asked), "{fault}");
    }
}
