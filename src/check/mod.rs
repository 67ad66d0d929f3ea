//! Judgements: one file per question; each says in its first line what would make it fail.
//!
//! Invariant: reads a record, never mends it, and names no driver. Conservation, isolation, gating, the provisioning
//! steps inheritance and storms are judged for every run; the rest where the scenario asks.

mod assumed;
mod attribution;
mod bandwidth;
mod billing;
mod case;
mod choice;
mod conservation;
mod continuity;
mod gating;
mod health;
mod index;
mod inheritance;
mod isolation;
mod network;
mod provisioning;
mod reachability;
mod resolution;
mod rests;
mod roots;
mod sla;
mod storm;
mod story;
mod unknown;
mod value;
mod verdict;

pub use assumed::assumed_of_attach;
pub use attribution::{Answers, Cause, Group, Loss, TenantAnswer, all_losses, who as who_answers};
pub use case::{Case, thousands};
pub use choice::{CloudWay, fibre_km, way};
pub use network::{NetworkEvent, network_events};
pub use roots::{Root, RootKind};
pub use story::{LaterOutcome, Names, Outcome, ServiceEnd, Step, later_outcomes, service_ends, story};
pub use unknown::unknown_of_isolation;
pub use value::{Detail, Field, Unit, Value};
pub use verdict::{Standing, Verdict, standing};

use crate::scenario::plan::{Check, Expected};
use index::Index;

/// What one judgement found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    verdict: Verdict,
    text: String,
    values: Vec<Field>,
    details: Vec<Detail>,
}

impl Finding {
    fn new(verdict: Verdict, text: impl Into<String>) -> Self {
        Self {
            verdict,
            text: text.into(),
            values: Vec::new(),
            details: Vec::new(),
        }
    }
    /// Lines under the finding, all of them: a report for people cuts what is long, and says so.
    fn with(self, details: Vec<String>) -> Self {
        self.told(details.into_iter().map(Detail::from).collect())
    }
    /// The same with the numbers that each line is made of.
    fn told(mut self, details: Vec<Detail>) -> Self {
        self.details = details;
        self
    }
    /// The numbers that carry the verdict: keys without units.
    fn numbers<const N: usize>(mut self, values: [(&'static str, Value); N]) -> Self {
        self.values = values.into_iter().map(|(key, value)| Field::new(key, value)).collect();
        self
    }
}

/// One line of a judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which check: `isolation`, `continuity`, ...
    pub check: &'static str,
    /// Of what: a tenant, a flow; empty: the whole run.
    pub subject: String,
    /// What it came to.
    pub verdict: Verdict,
    /// What was expected.
    pub expected: Expected,
    /// One sentence with the numbers that carry the verdict.
    pub finding: String,
    /// The numbers that the sentence is made of.
    pub values: Vec<Field>,
    /// More lines for who wants to know why: all of them, the worst first.
    pub details: Vec<Detail>,
    /// What it follows from, where it is not as one would wish and that is known.
    pub root: Option<Root>,
    /// Line in the scenario file that asked for it, from 1; 0: always judged.
    pub line: u32,
}

/// Everything that was judged of one run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// The lines, always-judged ones first, then as written.
    pub lines: Vec<Line>,
}

impl Judgement {
    /// How the whole run stands: broken, departs, unknown, conforms, in this order of weight.
    /// Where nothing was judged, or nothing applied, it is unknown.
    pub fn standing(&self, strict: bool) -> Standing {
        let all: Vec<Standing> = self
            .lines
            .iter()
            .map(|line| (line.verdict, standing(line.verdict, line.expected, strict)))
            .filter(|at| *at != (Verdict::NotApplicable, Standing::Conforms))
            .map(|(_, standing)| standing)
            .collect();
        [Standing::Broken, Standing::Departs, Standing::Unknown]
            .into_iter()
            .find(|s| all.contains(s))
            .unwrap_or(if all.is_empty() {
                Standing::Unknown
            } else {
                Standing::Conforms
            })
    }
}

/// Judges a run: what always is judged, then what the scenario expects, in its order. Who answers for
/// losses was not asked (see [`judge_with`]).
pub fn judge(case: &Case<'_>) -> Judgement {
    judged(case, None)
}

/// The same where it was asked who answers for losses.
pub fn judge_with(case: &Case<'_>, answers: &Answers) -> Judgement {
    judged(case, Some(answers))
}

fn judged<'a>(case: &Case<'a>, answers: Option<&'a Answers>) -> Judgement {
    const ALWAYS: [Check; 6] = [
        Check::Conservation,
        Check::Isolation,
        Check::Gating,
        Check::Provisioning,
        Check::Inheritance,
        Check::Storm,
    ];
    let expect = &case.plan.expect;
    let index = &Index::new(case).told(answers);
    let always = ALWAYS.iter().map(|check| {
        let written = expect.iter().find(|e| e.check == *check);
        line(
            index,
            check,
            written.map_or(Expected::Pass, |e| e.expected),
            written.map_or(0, |e| e.line),
        )
    });
    let asked = expect.iter().filter(|e| !ALWAYS.contains(&e.check));
    Judgement {
        lines: always
            .chain(asked.map(|e| line(index, &e.check, e.expected, e.line)))
            .collect(),
    }
}

fn line(index: &Index<'_>, check: &Check, expected: Expected, line: u32) -> Line {
    let (name, subject, mut finding) = question(index, check);
    assumed::tell(index, check, &mut finding);
    rests::tell(index, check, &mut finding);
    unknown::tell(index, check, &mut finding);
    debug_assert!(!finding.text.is_empty(), "a verdict says what carries it");
    Line {
        check: name,
        subject,
        verdict: finding.verdict,
        expected,
        finding: finding.text,
        values: finding.values,
        details: finding.details,
        root: roots::of(index, check, finding.verdict),
        line,
    }
}

/// The check's name, its subject, and what it found.
fn question(index: &Index<'_>, check: &Check) -> (&'static str, String, Finding) {
    let case = &index.case;
    let whom = |tenant: Option<_>| tenant.map_or(String::new(), |t| case.tenant(t).to_owned());
    let flow_name = |flow: crate::ident::FlowId| case.plan.flows[flow.index()].name.clone();
    match check {
        Check::Conservation => ("conservation", String::new(), conservation::judge(case)),
        Check::Isolation => ("isolation", String::new(), isolation::judge(case)),
        Check::Gating => ("gating", String::new(), gating::judge(case)),
        Check::Provisioning => ("provisioning", String::new(), provisioning::judge(case)),
        Check::Inheritance => ("inheritance", String::new(), inheritance::judge(case)),
        Check::Storm => ("storm", String::new(), storm::judge(case)),
        Check::Reachability { flow, reachable } => (
            "reachability",
            flow_name(*flow),
            reachability::judge(case, *flow, *reachable),
        ),
        Check::Continuity {
            tenant,
            flow,
            lost_max,
            duplicated_max,
            reordered_max,
            longest_gap_max,
            direction,
            over,
        } => {
            let asked = continuity::Asked {
                lost: *lost_max,
                duplicated: *duplicated_max,
                reordered: *reordered_max,
                gap: *longest_gap_max,
                direction: *direction,
                over,
            };
            let subject = flow.map_or_else(|| whom(*tenant), flow_name);
            ("continuity", subject, continuity::judge(index, *tenant, *flow, &asked))
        }
        Check::Bandwidth { tenant, full } => ("bandwidth", whom(*tenant), bandwidth::judge(index, *tenant, *full)),
        Check::Sla(level) => {
            let subject = level.flow.map_or_else(|| whom(level.tenant), flow_name);
            ("sla", subject, sla::judge(index, level))
        }
        Check::Billing {
            tenant,
            port_payer,
            outbound_payer,
        } => (
            "billing",
            whom(*tenant),
            billing::judge(index, *tenant, *port_payer, *outbound_payer),
        ),
        Check::Attribution { tenant, party } => (
            "attribution",
            whom(Some(*tenant)),
            attribution::judge(index, *tenant, *party),
        ),
        Check::Health {
            tenant,
            unhealthy,
            healthy,
        } => (
            "health",
            whom(Some(*tenant)),
            health::judge(case, *tenant, *unhealthy, *healthy),
        ),
        Check::Choice { slot, need, fits } => (
            "choice",
            case.plan.vbr_slots[*slot].name.clone(),
            choice::judge(case, *slot, need, *fits),
        ),
        Check::Resolution {
            after,
            last_resolved,
            gave_up,
        } => (
            "resolution",
            String::new(),
            resolution::judge(case, *after, *last_resolved, *gave_up),
        ),
    }
}
