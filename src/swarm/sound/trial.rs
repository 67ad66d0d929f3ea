//! A sound world, run, proved, tried and judged; and its twin with a fault.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::known::{Oddity, known, oddities};
use super::named::{Named, named};
use super::plant::{Planting, plant};
use crate::check::{Case, Judgement, Verdict, judge};
use crate::control::Drawn;
use crate::engine::run;
use crate::ident::FlowId;
use crate::record::Record;
use crate::scenario::{Expanded, Loaded, MemorySources, Plan, load_text};
use crate::study::draft::Draft;
use crate::study::{Proven, prove_plan_by_class};
use crate::swarm::draw::DrawnWorld;
use crate::swarm::{Witness, lowering};
use crate::why::ask;

/// What the suite of isolation says of a world.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SuiteTold {
    /// Each flaw of each row, and each row that failed without one.
    pub findings: Vec<SuiteFinding>,
    /// Each row that could not be told, and why.
    pub unknown: Vec<String>,
    /// Rows that passed.
    pub passes: u64,
}

/// A flaw of a row, once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SuiteFinding {
    /// The row's id; empty: the whole suite.
    pub row: &'static str,
    /// The flaw, as reports print it; empty: none was named.
    pub flaw: &'static str,
    /// The first of them.
    pub text: String,
}

/// Tries the suite on a plan, or does not.
pub type Suite<'s> = &'s (dyn Fn(&Plan) -> Option<SuiteTold> + Sync);

/// The suite that is never tried.
pub fn no_suite(_: &Plan) -> Option<SuiteTold> {
    None
}

/// Something that a sound world was blamed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// By whom: a check, `proof`, `suite`, `witness`, `lowering`, `engine`, `panic`, `twin`.
    pub by: &'static str,
    /// For what.
    pub finding: String,
    /// More for who wants to know why.
    pub details: Vec<String>,
}

/// What became of a twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Twin {
    /// The file was refused.
    Refused,
    /// A check failed.
    Caught,
    /// Somebody was hurt; no check failed, but one that passes without the fault could not tell.
    Unknown,
    /// Nobody was hurt, and no check failed.
    Harmless,
    /// Somebody was hurt, and everything is as without the fault.
    Missed,
}

impl Twin {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Caught => "caught",
            Self::Unknown => "unknown",
            Self::Harmless => "harmless",
            Self::Missed => "missed",
        }
    }
}

/// What a sound world came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoundTrial {
    /// Why it could not be loaded, where it could not.
    pub refused: Option<String>,
    /// What it was blamed for.
    pub alarms: Vec<Alarm>,
    /// What could not be told: by whom, and why.
    pub unknown: Vec<(String, String)>,
    /// What proof and suite said of devices whose profile is known to let forged frames pass.
    pub of_profile: Vec<String>,
    /// Lines of checks that passed.
    pub passes: u64,
    /// Frames that flows sent.
    pub frames: u64,
    /// Did the proof hold?
    pub proved: bool,
    /// Was the suite tried, and how many of its rows passed?
    pub suite: Option<u64>,
    /// Its twin.
    pub twin: Option<(Planting, Twin, Named)>,
    /// Of the run.
    pub digest: u64,
}

impl SoundTrial {
    fn alarm(&mut self, by: &'static str, finding: impl Into<String>) {
        self.alarms.push(Alarm {
            by,
            finding: finding.into(),
            details: Vec::new(),
        });
    }
}

/// Runs, proves, tries and judges a sound world, and its twin where one is asked for. A panic on the
/// way is an alarm like others.
pub fn try_sound(world: &DrawnWorld, suite: Suite<'_>, with_twin: bool) -> SoundTrial {
    let tried = || tried(world, suite, with_twin);
    catch_unwind(AssertUnwindSafe(tried)).unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| cause.downcast_ref::<&str>().copied());
        let mut trial = SoundTrial::default();
        trial.alarm("panic", text.unwrap_or("a panic"));
        trial
    })
}

/// A plan, run and judged.
struct Ran {
    expanded: Expanded,
    plan: Plan,
    record: Record,
    judgement: Judgement,
    witness: Witness,
}

fn ran(draft: &Draft) -> Result<Ran, String> {
    let loaded = load_text("world.yaml", draft.yaml(), &MemorySources::new());
    let Loaded { plan, expanded, .. } = loaded.map_err(|refused| refused.errors[0].to_string())?;
    let (record, witness) =
        run(&plan, Drawn::new(plan.seed), Witness::new(&plan)).map_err(|error| error.to_string())?;
    let judgement = judge(&Case {
        plan: &plan,
        record: &record,
    });
    Ok(Ran {
        expanded,
        plan,
        record,
        judgement,
        witness,
    })
}

fn tried(world: &DrawnWorld, suite: Suite<'_>, with_twin: bool) -> SoundTrial {
    let mut trial = SoundTrial::default();
    let ran = match ran(&world.draft) {
        Ok(ran) => ran,
        Err(why) => {
            trial.refused = Some(why);
            return trial;
        }
    };
    lines(&mut trial, &ran);
    if ran.witness.astray > 0 {
        let seen = format!("{} frames at places of somebody else", ran.witness.astray);
        trial.alarm("witness", seen);
    }
    if let Some(first) = lowering::differences(&ran.plan, &ran.record).first() {
        trial.alarm("lowering", first.clone());
    }
    let odd = oddities(&ran.plan);
    proof(&mut trial, &ran.plan, &odd);
    if let Some(told) = suite(&ran.plan) {
        trial.suite = Some(told.passes);
        for SuiteFinding { row, flaw, text } in told.findings {
            match known(&odd, row, flaw) {
                Some((of, why)) => trial
                    .of_profile
                    .push(format!("suite, {}: {row}: {flaw}: {why}", of.as_str())),
                None => trial.alarm("suite", format!("{row}: {flaw}: {text}")),
            }
        }
        let unknown = told.unknown.into_iter();
        trial.unknown.extend(unknown.map(|why| ("suite".to_owned(), why)));
    }
    trial.digest = ran.record.digest;
    if with_twin && let Some(planting) = plant(world.seed, &world.draft) {
        let (twin, named) = twin(&ran, &planting);
        match &named {
            Named::Wrong(text) => trial.alarm("why", format!("{}: {text}", planting.what)),
            Named::InPart(text) | Named::Unexplained(text) => {
                trial
                    .unknown
                    .push(("why".to_owned(), format!("{}: {text}", planting.what)));
            }
            Named::Nobody | Named::Right => {}
        }
        if twin == Twin::Missed {
            let what = format!("{} hurts, and nobody says so", planting.what);
            trial.alarm("twin", what);
        }
        trial.twin = Some((planting, twin, named));
    }
    trial
}

/// Every check that was judged.
fn lines(trial: &mut SoundTrial, ran: &Ran) {
    trial.frames = flows(&ran.record).map(|(_, flow)| flow.forward.sent.frames).sum();
    for line in &ran.judgement.lines {
        match line.verdict {
            Verdict::Fail | Verdict::Error => trial.alarms.push(Alarm {
                by: line.check,
                finding: format!("{}: {}", line.subject, line.finding),
                details: line.details.iter().map(ToString::to_string).collect(),
            }),
            Verdict::Pass => trial.passes += 1,
            Verdict::NotApplicable => {}
            Verdict::Inconc | Verdict::NotTestable => {
                // A detail ends with its reason; a finding without one, with its last clause.
                let detail = line.details.first().map(ToString::to_string);
                let why = match detail.as_deref().and_then(|detail| detail.rsplit_once(": ")) {
                    Some((_, why)) => why.to_owned(),
                    None => line.finding.rsplit("; ").next().unwrap_or_default().to_owned(),
                };
                trial.unknown.push((line.check.to_owned(), why));
            }
        }
    }
}

fn proof(trial: &mut SoundTrial, plan: &Plan, odd: &[Oddity]) {
    match prove_plan_by_class(plan) {
        Err(error) => trial.unknown.push(("proof".to_owned(), format!("{error:?}"))),
        Ok(proof) => match proof.verdict {
            Proven::Proved if proof.has_control() => trial.proved = true,
            Proven::Proved => trial.unknown.push(("proof".to_owned(), proof.without_control(plan))),
            // Nothing else lets a tenant's frame into another's VLAN where every list is right.
            Proven::Leaks if odd.contains(&Oddity::IeeeDefault) => {
                let of = Oddity::IeeeDefault.as_str();
                trial.of_profile.push(format!("proof, {of}: frames leak"));
            }
            Proven::Leaks => {
                let way = proof.leaks.first().map(|leak| leak.hops.join("; "));
                trial.alarm("proof", way.unwrap_or_else(|| "it leaks".to_owned()));
            }
            Proven::Broken(why) => trial.alarm("proof", why),
            Proven::Undecided(why) => trial.unknown.push(("proof".to_owned(), why)),
        },
    }
}

fn flows(record: &Record) -> impl Iterator<Item = (FlowId, &crate::evidence::FlowAccount)> {
    (0..).map_while(|n| Some((FlowId(n), record.evidence.flow(FlowId(n))?)))
}

/// What became of a twin, and who was named for it.
fn twin(sound: &Ran, planting: &Planting) -> (Twin, Named) {
    let Ok(twin) = ran(&planting.draft) else {
        return (Twin::Refused, Named::Nobody);
    };
    let answers = ask(&twin.expanded, &twin.plan, &twin.record, None, 1);
    let named = answers.map_or_else(Named::Unexplained, |answers| named(&answers, planting));
    (became(sound, &twin), named)
}

fn became(sound: &Ran, twin: &Ran) -> Twin {
    let failed = |line: &crate::check::Line| matches!(line.verdict, Verdict::Fail | Verdict::Error);
    if twin.judgement.lines.iter().any(failed) {
        return Twin::Caught;
    }
    let pairs = || sound.judgement.lines.iter().zip(&twin.judgement.lines);
    let lost_its_pass = pairs().any(|(was, is)| was.verdict == Verdict::Pass && is.verdict == Verdict::Inconc);
    match (hurts(sound, twin), lost_its_pass) {
        (true, false) => Twin::Missed,
        (true, true) => Twin::Unknown,
        (false, _) => Twin::Harmless,
    }
}

/// Did less arrive of a flow that lost nothing without the fault, or something twice, or at a place
/// of somebody else?
fn hurts(sound: &Ran, twin: &Ran) -> bool {
    let worse = |((_, was), (_, is)): (
        (FlowId, &crate::evidence::FlowAccount),
        (FlowId, &crate::evidence::FlowAccount),
    )| {
        let whole = was.forward.missing() == 0;
        let fewer = is.forward.arrived_once() < was.forward.arrived_once()
            || is.answers.arrived_once() < was.answers.arrived_once();
        let double = is.forward.duplicated + is.answers.duplicated > was.forward.duplicated + was.answers.duplicated;
        (whole && fewer) || double
    };
    twin.witness.astray > 0 || flows(&sound.record).zip(flows(&twin.record)).any(worse)
}
