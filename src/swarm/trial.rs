//! One world, run and judged: safety first, then liveness.

use std::panic::{AssertUnwindSafe, catch_unwind};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::draw::DrawnWorld;
use super::kinds::Kind;
use super::{Witness, alive, lowering};
use crate::check::{Case, Judgement, Line, Verdict, judge};
use crate::control::Drawn;
use crate::engine::run;
use crate::evidence::NoObserver;
use crate::record::Record;
use crate::scenario::plan::{Check, Plan};
use crate::scenario::{MemorySources, load_text};
use crate::study::draft::Draft;

/// What somebody foretells of a plan without running it: a proof, for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Can a frame of one tenant come to a place of another?
    pub may_leak: bool,
    /// What shows that whoever foretells is wrong itself: a leak that does not replay.
    pub defect: Option<String>,
}

/// Foretells, or says nothing of a plan that it cannot judge.
pub type Oracle<'o> = &'o (dyn Fn(&Plan) -> Option<Forecast> + Sync);

/// The oracle that never speaks.
pub fn foretells_nothing(_: &Plan) -> Option<Forecast> {
    None
}

/// Something that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which question: a check's name, or `panic`, `engine`, `digest`, `lowering`, `missed-leak`,
    /// `liveness`, `oracle`.
    pub question: &'static str,
    /// Of what: a tenant, a flow; empty: the whole world.
    pub subject: String,
    /// What was found.
    pub finding: String,
    /// More for who wants to know why.
    pub details: Vec<String>,
}

impl Failure {
    /// Does `trunklab run` ask this question too?
    pub fn is_of_a_check(&self) -> bool {
        !matches!(
            self.question,
            "panic" | "engine" | "digest" | "lowering" | "missed-leak" | "oracle"
        )
    }
    fn new(question: &'static str, finding: impl Into<String>) -> Self {
        Self {
            question,
            subject: String::new(),
            finding: finding.into(),
            details: Vec::new(),
        }
    }
    fn of(question: &'static str, line: &Line) -> Self {
        Self {
            question,
            subject: line.subject.clone(),
            finding: line.finding.clone(),
            details: line.details.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What a world came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trial {
    /// Why it could not be loaded, where it could not.
    pub refused: Option<String>,
    /// What did not hold; in order of weight.
    pub failures: Vec<Failure>,
    /// Of all that happened and was judged; zero where nothing ran.
    pub digest: u64,
    /// Frames at places of somebody else, by the second witness.
    pub astray: u64,
    /// Flows that had to be answered in the quiet end.
    pub claims: u64,
    /// Frames offered.
    pub frames: u64,
    /// Checks that passed with their control, by how many lines.
    pub passes: u64,
}

/// Runs and judges a drawn world. A panic on the way is a failure like others.
pub fn try_world(world: &DrawnWorld, oracle: Oracle<'_>) -> Trial {
    try_draft(&world.draft, &world.kinds, oracle)
}

/// The same of any draft, with the kinds that are on in it.
pub fn try_draft(draft: &Draft, kinds: &[Kind], oracle: Oracle<'_>) -> Trial {
    catch_unwind(AssertUnwindSafe(|| tried(draft, kinds, oracle))).unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str);
        let text = text
            .or_else(|| cause.downcast_ref::<&str>().copied())
            .unwrap_or("a panic");
        Trial {
            failures: vec![Failure::new("panic", text)],
            ..Trial::default()
        }
    })
}

fn tried(draft: &Draft, kinds: &[Kind], oracle: Oracle<'_>) -> Trial {
    let plan = match load_text("world.yaml", draft.yaml(), &MemorySources::new()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => {
            return Trial {
                refused: Some(refused.errors[0].to_string()),
                ..Trial::default()
            };
        }
    };
    let twice = run(&plan, Drawn::new(plan.seed), Witness::new(&plan))
        .and_then(|first| Ok((first, run(&plan, Drawn::new(plan.seed), NoObserver)?.0)));
    match twice {
        Ok(((run, witness), again)) => judged(&plan, &run, &witness, &again, kinds, oracle),
        Err(error) => Trial {
            failures: vec![Failure::new("engine", error.to_string())],
            ..Trial::default()
        },
    }
}

fn judged(plan: &Plan, run: &Record, witness: &Witness, again: &Record, kinds: &[Kind], oracle: Oracle<'_>) -> Trial {
    let judgement = judge(&Case { plan, record: run });
    let mut failures = broken(&judgement, kinds);
    failures.extend(leaks(&judgement, witness, plan, kinds, oracle));
    if again.digest != run.digest {
        let text = format!("{:016x} in one run, {:016x} in another", run.digest, again.digest);
        failures.push(Failure::new("digest", text));
    }
    let differences = lowering::differences(plan, run);
    if let Some(first) = differences.first() {
        let mut failure = Failure::new("lowering", first.clone());
        failure.details = differences;
        failures.push(failure);
    }
    let claims = alive::claims(plan, run);
    for flow in &claims {
        failures.extend(silent(plan, &judgement, *flow));
    }
    let accounts = (0..plan.tenants.len()).map(|t| run.evidence.tenant(crate::ident::TenantId::of(t)));
    Trial {
        refused: None,
        failures,
        digest: folded(run.digest, &judgement),
        astray: witness.astray,
        claims: claims.len() as u64,
        frames: accounts.map(|account| account.offered.frames).sum(),
        passes: judgement.lines.iter().filter(|l| l.verdict == Verdict::Pass).count() as u64,
    }
}

/// Checks that no world may fail, and further ones that no healthy world may. Where a fault of a
/// forwarder is planted, what a device lets pass or counts may be as wrong as the device.
fn broken(judgement: &Judgement, kinds: &[Kind]) -> Vec<Failure> {
    let planted = kinds.iter().any(|kind| kind.is_planted());
    let lines = judgement.lines.iter();
    lines
        .filter(|line| match line.verdict {
            Verdict::Error => true,
            Verdict::Fail => match line.check {
                "conservation" | "inheritance" => true,
                "isolation" | "gating" | "billing" | "bandwidth" => !planted,
                _ => false,
            },
            _ => false,
        })
        .map(|line| Failure::of(line.check, line))
        .collect()
}

/// The isolation check, the second witness and the oracle must tell the same story.
fn leaks(judgement: &Judgement, witness: &Witness, plan: &Plan, kinds: &[Kind], oracle: Oracle<'_>) -> Option<Failure> {
    let told = judgement.lines.iter().find(|line| line.check == "isolation");
    let told = told.is_some_and(|line| line.verdict == Verdict::Fail);
    let seen = witness.first.as_ref().map(|(whose, place, at)| {
        let whose = plan.tenants.get(whose.index()).map_or("nobody", |t| &t.name);
        format!(
            "{} frames astray, the first of {whose} at {place}, {at}",
            witness.astray
        )
    });
    let planted = kinds.iter().any(|kind| kind.is_planted());
    let forecast = oracle(plan);
    if let Some(defect) = forecast.as_ref().and_then(|forecast| forecast.defect.as_ref()) {
        return Some(Failure::new("oracle", defect.clone()));
    }
    match (seen, told) {
        (Some(seen), false) => Some(Failure::new("missed-leak", format!("{seen}; isolation saw none"))),
        (None, true) if planted => Some(Failure::new("isolation", "isolation saw a leak that nobody else did")),
        (Some(seen), _) if forecast.is_some_and(|forecast| !forecast.may_leak) => {
            Some(Failure::new("oracle", format!("foretold that nothing leaks; {seen}")))
        }
        _ => None,
    }
}

/// Was a flow that had to be answered lost?
fn silent(plan: &Plan, judgement: &Judgement, flow: crate::ident::FlowId) -> Option<Failure> {
    let asked = |line: &Line| {
        let expectation = plan.expect.iter().find(|e| e.line == line.line)?;
        matches!(expectation.check, Check::Reachability { flow: of, .. } if of == flow).then_some(())
    };
    let line = judgement.lines.iter().find(|line| asked(line).is_some())?;
    (line.verdict == Verdict::Fail).then(|| Failure::of("liveness", line))
}

/// The run's digest and every verdict with its words.
fn folded(digest: u64, judgement: &Judgement) -> u64 {
    judgement.lines.iter().fold(digest, |digest, line| {
        let text = format!(
            "{} {} {} {}",
            line.check,
            line.subject,
            line.verdict.as_str(),
            line.finding
        );
        xxh3_64_with_seed(text.as_bytes(), digest)
    })
}
