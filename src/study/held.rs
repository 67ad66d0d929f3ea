//! A run's proof as a line of its judgement: does isolation hold for all frames, at every step?
//!
//! It fails where a frame of a tenant reaches somebody else's box at any time of the timeline, and
//! replays. Nobody knows where no tenant's frame ever gets anywhere, or the prover cannot decide.

use super::proof::{Proof, Proven, prove_plan};
use crate::check::{Detail, Line, Verdict, assumed_of_attach, thousands, unknown_of_isolation};
use crate::scenario::Plan;
use crate::scenario::plan::{Check, Expected};
use crate::units::SimTime;

/// Proves a plan's tables at the start and at every change, and judges that. `each` hears when it
/// looked.
///
/// A scenario that expects the isolation check to fail expects it of the proof as well.
pub fn held_throughout(plan: &Plan, mut each: impl FnMut(SimTime)) -> Line {
    let mut changes = 0;
    let proof = prove_plan(plan, |at, _, _| {
        changes += u64::from(at > SimTime::ZERO);
        each(at);
    });
    let (verdict, finding, details) = match &proof {
        Ok(proof) => found(plan, proof, changes),
        Err(why) => (Verdict::Inconc, why.clone(), Vec::new()),
    };
    let finding = match assumed_of_attach(plan) {
        Some(assumed) => format!("{finding}; {assumed}"),
        None => finding,
    };
    // What was proved was proved of stand-ins.
    let (verdict, finding) = match (verdict, unknown_of_isolation(plan)) {
        (Verdict::Pass, Some(unknown)) => (
            Verdict::Inconc,
            format!("{unknown}; with stand-ins it is PASS: {finding}"),
        ),
        (verdict, _) => (verdict, finding),
    };
    let leaks = |check: &Check| *check == Check::Isolation;
    let written = plan.expect.iter().find(|expected| leaks(&expected.check));
    let expected = written.map_or(Expected::Pass, |written| written.expected);
    Line {
        check: "proof",
        subject: String::new(),
        verdict,
        expected: if expected == Expected::Fail {
            Expected::Fail
        } else {
            Expected::Pass
        },
        finding,
        values: Vec::new(),
        details: details.into_iter().map(Detail::from).collect(),
        root: None,
        line: 0,
    }
}

fn found(plan: &Plan, proof: &Proof, changes: u64) -> (Verdict, String, Vec<String>) {
    let times = match changes {
        1 => "1 change of tables".to_owned(),
        many => format!("{} changes of tables", thousands(many)),
    };
    let model = format!(
        "this forwarder and this model under profile {}",
        proof.profiles.join(", ")
    );
    match &proof.verdict {
        Proven::Proved if !proof.has_control() => {
            let text = format!("at any time, {}; {times}", proof.without_control(plan));
            (Verdict::Inconc, text, Vec::new())
        }
        Proven::Proved => {
            let text = format!("no frame of a tenant can reach anybody else, at the start and after {times}; {model}");
            let control = format!(
                "control: frames of {} of {} tenants reach a terminal of their own",
                thousands(proof.carried),
                thousands(proof.standing.tenants)
            );
            (Verdict::Pass, text, vec![control])
        }
        Proven::Leaks => {
            let text = format!(
                "broken at {}, {}; {}",
                proof.at,
                step(plan, proof.at),
                first(plan, proof)
            );
            (Verdict::Fail, text, leak(plan, proof))
        }
        Proven::Undecided(why) => (Verdict::Inconc, format!("at {}: {why}", proof.at), Vec::new()),
        Proven::Broken(why) => (Verdict::Error, format!("at {}: {why}", proof.at), Vec::new()),
    }
}

/// What the scenario does at this time, or did last before it.
fn step(plan: &Plan, at: SimTime) -> String {
    if let Some(call) = plan.steps.iter().rfind(|step| step.at == at) {
        return format!("by step {} of line {}", call.operation.name(), call.line);
    }
    if plan.faults.iter().any(|fault| fault.at == at) {
        return "by a fault of the scenario".to_owned();
    }
    match plan.steps.iter().rfind(|step| step.at < at) {
        Some(call) => format!(
            "by what followed step {} of line {} ({})",
            call.operation.name(),
            call.line,
            call.at
        ),
        None if at == SimTime::ZERO => "by the tables that the scenario begins with".to_owned(),
        None => "by what happens of itself".to_owned(),
    }
}

fn first(plan: &Plan, proof: &Proof) -> String {
    let name = |owner: u32| plan.tenants.get(owner as usize).map_or("nobody", |tenant| &tenant.name);
    let shown = proof.leaks.first().expect("a leak is told with its replay");
    format!(
        "a frame of {} reaches a terminal of {}",
        name(shown.leak.from),
        name(shown.leak.to)
    )
}

/// The first leak's frame and hops.
fn leak(plan: &Plan, proof: &Proof) -> Vec<String> {
    let Some(shown) = proof.leaks.first() else {
        return Vec::new();
    };
    let hex = |bytes: &[u8]| bytes.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let before = shown.replayed.before.iter().map(|before| {
        let from = &plan.nodes[before.from.index()].name;
        format!("a second before, from {from}: {}", hex(&before.frame))
    });
    let frame = format!("{}: {}", shown.replayed.kind, hex(&shown.replayed.frame));
    let hops = shown.hops.iter().cloned();
    let more = (proof.leaks.len() > 1).then(|| format!("ways that leak: {}", thousands(proof.leaks.len() as u64)));
    before.chain([frame]).chain(hops).chain(more).collect()
}
