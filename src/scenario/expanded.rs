//! A scenario between what was written and what was meant: without shorthands, every value with the
//! place that wrote it, and names not yet looked up. A program edits it and resolves it again; the
//! plan itself is never patched.

mod apply;
mod edit;
mod section;

use std::sync::Arc;

use super::cutover::{self, Cutover};
use super::diagnostic::Diagnostic;
use super::expand::Captures;
use super::file::{FaultItem, ScenarioFile, StepItem};
use super::issues::Issues;
use super::plan::Plan;
use super::resolve;
pub use edit::{Edit, EditError, ItemName, KeyChange};
use section::Numbers;
pub use section::Section;

/// A scenario without shorthands, as a value.
#[derive(Debug, Clone)]
pub struct Expanded {
    path: String,
    file: ScenarioFile,
    numbers: Numbers,
    captures: Arc<Captures>,
    edits: Vec<Edit>,
}

/// A scenario with the steps of its cutover written out.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// The scenario.
    pub expanded: Expanded,
    /// Its cutover, where it has one.
    pub cutover: Option<Cutover>,
}

impl Expanded {
    pub(super) fn new(path: &str, file: ScenarioFile, captures: Captures) -> Self {
        Self {
            path: path.to_owned(),
            numbers: Numbers::of(&file),
            file,
            captures: Arc::new(captures),
            edits: Vec::new(),
        }
    }

    /// Everything that is written, shorthands as what they stand for.
    pub fn file(&self) -> &ScenarioFile {
        &self.file
    }

    /// The edits so far, in order; a [`Span`](super::Span) names them from 1.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// The names of a section's items, in the order in which they stand.
    pub fn names(&self, section: Section) -> Vec<ItemName> {
        let named = section.names(&self.file).into_iter().zip(self.numbers.list(section));
        let name = |(name, number): (Option<String>, &u32)| ItemName {
            section,
            name: name.unwrap_or_else(|| format!("#{number}")),
        };
        named.map(name).collect()
    }

    /// Steps of provisioning, each with a name that stays: its number.
    pub fn steps(&self) -> impl Iterator<Item = (ItemName, &StepItem)> {
        let numbers = self.numbers.list(Section::Provisioning);
        let name = |number: &u32| ItemName::new(Section::Provisioning, &format!("#{number}"));
        numbers.iter().map(name).zip(&self.file.provisioning)
    }

    /// Faults, each with its name: its number.
    pub fn faults(&self) -> impl Iterator<Item = (ItemName, &FaultItem)> {
        let numbers = self.numbers.list(Section::Faults);
        let name = |number: &u32| ItemName::new(Section::Faults, &format!("#{number}"));
        numbers.iter().map(name).zip(&self.file.faults)
    }

    /// The same scenario after these edits, one after the other.
    ///
    /// # Errors
    /// The first edit that cannot be made, and why. Whether what is left means anything is told by
    /// [`Expanded::resolve`].
    pub fn edit(&self, edits: &[Edit]) -> Result<Self, EditError> {
        let mut edited = self.clone();
        for edit in edits {
            edited.edits.push(edit.clone());
            let number = u32::try_from(edited.edits.len()).unwrap_or(u32::MAX);
            apply::apply(edit, number, &mut edited.file, &mut edited.numbers).map_err(|wrong| EditError {
                edit: edit.clone(),
                errors: wrong
                    .into_iter()
                    .map(|(span, wrong)| Diagnostic::error(&self.path, span, wrong))
                    .collect(),
            })?;
        }
        Ok(edited)
    }

    /// The same scenario with the steps of its cutover written out, where it has one.
    ///
    /// # Errors
    /// Everything that is wrong with the cutover, sorted by place; at least one.
    pub fn lowered(&self) -> Result<Lowered, Vec<Diagnostic>> {
        let mut issues = Issues::new(&self.path);
        let lowered = self.lower(&mut issues);
        let (errors, _) = issues.finish();
        match lowered {
            Some(lowered) if errors.is_empty() => Ok(lowered),
            _ => {
                debug_assert!(!errors.is_empty(), "a refusal says why");
                Err(errors)
            }
        }
    }

    /// The same, beside what is wrong already.
    pub(super) fn lower(&self, issues: &mut Issues) -> Option<Lowered> {
        let mut expanded = self.clone();
        let (steps, faults) = (expanded.file.provisioning.len(), expanded.file.faults.len());
        let cutover = cutover::lower(&mut expanded.file, issues)?;
        for _ in steps..expanded.file.provisioning.len() {
            expanded.numbers.add(Section::Provisioning);
        }
        for _ in faults..expanded.file.faults.len() {
            expanded.numbers.add(Section::Faults);
        }
        Some(Lowered { expanded, cutover })
    }

    /// The same with the steps of its cutover written out and, where it has one, itself beside. Without one it is
    /// what it was: of many tenants a copy is as much as all else that loading holds.
    pub(super) fn whole(self, issues: &mut Issues) -> Option<(Self, Option<Self>)> {
        if self.file.cutover.is_none() {
            return Some((self, None));
        }
        let lowered = self.lower(issues)?;
        let written = lowered.cutover.is_some().then_some(self);
        Some((lowered.expanded, written))
    }

    /// What it means.
    ///
    /// # Errors
    /// Everything that is wrong with it, sorted by place; at least one.
    pub fn resolve(&self) -> Result<Plan, Vec<Diagnostic>> {
        let mut issues = Issues::new(&self.path);
        let plan = self.plan(&mut issues);
        let (errors, _) = issues.finish();
        match plan {
            Some(plan) if errors.is_empty() => Ok(plan),
            _ => {
                debug_assert!(!errors.is_empty(), "a refusal says why");
                Err(errors)
            }
        }
    }

    /// The same, beside what is wrong already.
    pub(super) fn plan(&self, issues: &mut Issues) -> Option<Plan> {
        resolve::resolve(&self.file, &self.captures, issues)
    }
}
