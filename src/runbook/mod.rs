//! What goes to a change board: the runbook of a cutover, from its rehearsal and its pre-flight.
//!
//! Invariant: it says nothing that rehearsal, pre-flight or scenario do not; what nobody has written down is a blank
//! to fill in, never invented.
//!
//! - `model`: chapters, tables, blanks. `words`: every sentence, in every language.
//! - `decision`, `front`: the recommendation and page one. `people`: who, and who is told what.
//! - `steps`: when who calls what. `checks`: commands of the user's own. `tenants`: impact, notice, who is left.
//! - `turning_back`: until when, and what else. `shown`: what was rehearsed. `changes`: money, rights, SLA.
//! - `certificate`: what all of it rests on, and whether an input has changed since.

mod certificate;
mod changes;
mod checks;
mod decision;
mod front;
mod model;
mod people;
mod shown;
mod steps;
mod tenants;
#[cfg(test)]
mod tests;
mod turning_back;
mod words;

pub use certificate::{Certificate, Changed, Input};
pub use decision::{Decision, Recommendation};
pub use model::{Block, Cell, Chapter, Column, Grid};
pub use words::{blank, certificate_title, legend, title};

use crate::preflight::{Preflight, TenantLine, Text};
use crate::rehearse::{Rehearsal, Run};
use crate::scenario::file::{BoardItem, ScenarioFile};
use crate::scenario::{Plan, Unit};
use crate::units::{SimDuration, SimTime};

/// What a runbook is made from.
#[derive(Clone, Copy)]
pub struct Rehearsed<'a> {
    /// The plan, its cutover's steps written out.
    pub plan: &'a Plan,
    /// The same as it was written.
    pub file: &'a ScenarioFile,
    /// What the rehearsal came to.
    pub rehearsal: &'a Rehearsal,
    /// What the pre-flight came to.
    pub preflight: &'a Preflight,
    /// The digest of a run of the plan.
    pub digest: u64,
    /// Every file that was read.
    pub inputs: &'a [Input],
}

/// A runbook, in every language.
#[derive(Debug, Clone)]
pub struct Runbook {
    /// The scenario's name.
    pub name: String,
    /// What is recommended.
    pub recommendation: Recommendation,
    /// Page one, and what stands behind it.
    pub chapters: Vec<Chapter>,
    /// What all of it rests on.
    pub certificate: Certificate,
}

impl Runbook {
    /// Writes the runbook of a cutover.
    pub fn of(rehearsed: Rehearsed<'_>) -> Self {
        let recommendation = decision::recommend(&rehearsed);
        let certificate = certificate::certify(&rehearsed, &recommendation);
        let chapters = vec![
            front::chapter(&rehearsed, &recommendation),
            people::chapter(&rehearsed),
            steps::chapter(&rehearsed),
            checks::chapter(&rehearsed),
            tenants::impact(&rehearsed),
            tenants::open(&rehearsed),
            tenants::left(&rehearsed),
            turning_back::chapter(&rehearsed),
            changes::chapter(&rehearsed),
            shown::chapter(&rehearsed),
            shown::assumptions(&rehearsed),
        ];
        Self {
            name: rehearsed.plan.name.clone(),
            recommendation,
            chapters,
            certificate,
        }
    }
}

impl<'a> Rehearsed<'a> {
    fn board(&self) -> Option<&'a BoardItem> {
        self.rehearsal.cutover.board.as_ref()
    }

    fn units(&self) -> &'a [Unit] {
        &self.rehearsal.cutover.units
    }

    /// The run by which the cutover is judged; of several the first.
    fn judged(&self) -> Option<&'a Run> {
        self.rehearsal.runs.iter().find(|run| run.judged)
    }

    fn line(&self, unit: &Unit) -> Option<&'a TenantLine> {
        self.preflight.lines.iter().find(|line| line.vbr == unit.vbr)
    }

    /// Is the VBR converted in this window: by the plan, and by the check before it?
    fn goes(&self, unit: &Unit) -> bool {
        let drifted = self.rehearsal.drifts.iter().any(|drift| drift.vbr == unit.vbr);
        unit.carried_over.is_none() && !drifted
    }

    /// When something is, on the board's clock; without one, so long before or after the window opens.
    fn when(&self, at: SimTime) -> Text {
        let from = self.rehearsal.cutover.window.0;
        let (after, before) = (at.saturating_since(from), from.saturating_since(at));
        match self.board().and_then(|board| board.opens.as_ref()) {
            Some(opens) if before.is_zero() => Text::same(opens.plus(after).to_string()),
            Some(opens) => Text::same(opens.minus(before).to_string()),
            None if before.is_zero() => Text::same(format!("T+{}", clock(after))),
            None => Text::same(format!("T-{}", clock(before))),
        }
    }
}

/// Hours, minutes and seconds, and milliseconds where there are any.
fn clock(span: SimDuration) -> String {
    let seconds = span.as_secs();
    let millis = span.as_nanos() / 1_000_000 % 1_000;
    let whole = format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match millis {
        0 => whole,
        millis => format!("{whole}.{millis:03}"),
    }
}
