//! What is told of runs: the report of each, and the document of all.

mod document;
mod drawn;
mod money;
mod tables;

pub use document::run_document;
pub use drawn::{Noticed, built, noticed, samples};

use std::collections::BTreeMap;

use crate::check::{Answers, Case, Judgement};
use crate::evidence::{Family, Hop, Samples};
use crate::record::Record;
use crate::report::Problem;
use crate::report::document::Table;
use crate::report::document::picture::{FrameTold, Picture};
use crate::scenario::Plan;
use crate::units::SimTime;
use crate::why::leaks::LeakCauses;

/// What is told of one scenario's run.
#[derive(Debug, Clone, Default)]
pub struct RunReport {
    /// The scenario as the user named it.
    pub source: String,
    /// The scenario's own name.
    pub name: String,
    /// Root of its random streams.
    pub seed: u64,
    /// Digest of everything that happened.
    pub digest: u64,
    /// The command that runs it again.
    pub command: String,
    /// How much virtual time passed.
    pub end: SimTime,
    /// Counts of the run: tenants, nodes, links, frames offered, frame-hops.
    pub counts: Vec<(&'static str, u64)>,
    /// Policies that differ from their default, or that a verdict rests on: name, value, what it decides.
    pub policies: Vec<(String, String, String)>,
    /// What happened, in numbers: steps, services, losses, bills, ways, tenants, flows, links.
    pub tables: Vec<Table>,
    /// What was odd in the scenario.
    pub warnings: Vec<Problem>,
    /// The verdicts.
    pub judgement: Judgement,
    /// What closes its leaks, where there are any and it was asked.
    pub causes: Option<LeakCauses>,
    /// What is drawn of it, where that was asked for.
    pub pictures: Vec<Picture>,
    /// Frames that its verdicts are about, by line of the judgement, where that was asked for.
    pub frames: BTreeMap<usize, Vec<FrameTold>>,
}

impl RunReport {
    /// The report of the run of a plan that was read from `source`.
    pub fn new(source: &str, plan: &Plan, record: &Record, judgement: Judgement) -> Self {
        let case = Case { plan, record };
        Self {
            source: source.to_owned(),
            name: plan.name.clone(),
            seed: plan.seed,
            digest: record.digest,
            command: format!("trunklab run {} --seed {}", super::quoted(source), plan.seed),
            end: record.end,
            counts: vec![
                ("tenants", plan.tenants.len() as u64),
                ("nodes", plan.nodes.len() as u64),
                ("links", plan.links.len() as u64),
                ("frames", case.offered()),
                ("hops", record.stats.hops),
            ],
            policies: policies(record, &judgement),
            tables: tables::tables(&case, &judgement),
            warnings: Vec::new(),
            judgement,
            causes: None,
            pictures: Vec::new(),
            frames: BTreeMap::new(),
        }
    }

    /// The same with pictures, from what was sampled in the run, and with the frames that its verdicts are
    /// about, from what was followed in a second one.
    #[must_use]
    pub fn drawn(
        mut self,
        plan: &Plan,
        record: &Record,
        samples: &Samples,
        noticed: Vec<Noticed>,
        followed: &BTreeMap<Family, Vec<Hop>>,
    ) -> Self {
        self.pictures = drawn::pictures(&Case { plan, record }, &self.judgement, samples);
        self.frames = drawn::told(plan, noticed, followed);
        self
    }

    /// The same with who answers for what was lost.
    #[must_use]
    pub fn answered(mut self, answers: &Answers) -> Self {
        self.tables.insert(0, tables::answers(answers));
        self
    }
}

/// Policies that are not at their default, and those that a verdict rests on.
fn policies(record: &Record, judgement: &Judgement) -> Vec<(String, String, String)> {
    let judged = |check: &str| judgement.lines.iter().any(|l| l.check == check);
    let touched = |name: &str| match name {
        "octets_billing" | "billing_point" | "outbound_from" => judged("billing"),
        "octets_policing" => judged("bandwidth"),
        _ => false,
    };
    let list = record.cloud.law.premises().policies.list();
    let told = list.into_iter().filter(|p| p.value != p.default || touched(p.name));
    told.map(|p| (p.name.to_owned(), p.value.clone(), p.what.to_owned()))
        .collect()
}
