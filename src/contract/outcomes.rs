//! How the calls of a file ended, or should.

use std::collections::BTreeMap;

use crate::evidence::ServiceFact;
use crate::record::Record;
use crate::scenario::Expanded;
use crate::units::SimTime;

/// How calls ended, and what the cloud showed of services.
pub(super) struct Outcomes<'a> {
    /// When each call of the file was accepted, by its place there.
    accepted: BTreeMap<usize, SimTime>,
    record: Option<&'a Record>,
    /// Frames go astray, whatever the record says.
    astray: bool,
}

impl<'a> Outcomes<'a> {
    /// As a run had them.
    pub(super) fn of(expanded: &Expanded, record: &'a Record) -> Self {
        // The plan has them in order of time, those of one time as written.
        let mut order: Vec<usize> = (0..expanded.file().provisioning.len()).collect();
        order.sort_by_key(|at| expanded.file().provisioning[*at].at.value);
        let mut accepted: BTreeMap<usize, SimTime> = BTreeMap::new();
        for step in record.cloud.steps.iter().filter(|step| step.error.is_none()) {
            if let Some(at) = order.get(step.step as usize) {
                accepted.insert(*at, step.at);
            }
        }
        Self {
            accepted,
            record: Some(record),
            astray: !record.isolation.leaks().is_empty(),
        }
    }

    /// The same, knowing that frames go astray.
    pub(super) fn astray(self) -> Self {
        Self { astray: true, ..self }
    }

    /// As they are meant: every call is accepted at its time.
    pub(super) fn as_meant(expanded: &Expanded) -> Self {
        let calls = expanded.file().provisioning.iter().enumerate();
        Self {
            accepted: calls.map(|(at, call)| (at, call.at.value)).collect(),
            record: None,
            astray: false,
        }
    }

    /// When a call was accepted; `None`: it was refused, or never ran.
    pub(super) fn accepted(&self, call: usize) -> Option<SimTime> {
        self.accepted.get(&call).copied()
    }

    /// Did a frame come to a foreign place?
    pub(super) const fn leaks(&self) -> bool {
        self.astray
    }

    /// What was shown of services whenever that changed, in order.
    pub(super) fn facts(&self) -> impl Iterator<Item = &'a ServiceFact> + use<'a> {
        let facts = self.record.map_or(&[][..], |record| &record.cloud.facts);
        facts.iter().map(|(_, fact)| fact)
    }
}
