//! What was looked up, and what several sources make of one thing.

use std::collections::BTreeMap;

use crate::provision::Spec;
use crate::scenario::Cutover;
use crate::scenario::file::{KnownCircuitItem, KnownItem};

/// What was looked up, by VBR and by circuit, as the cutover names them.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    vbrs: BTreeMap<String, Vec<KnownItem>>,
    circuits: BTreeMap<String, Vec<KnownCircuitItem>>,
}

impl Evidence {
    /// What a cutover says itself.
    pub fn of(cutover: &Cutover) -> Self {
        let mut evidence = Self::default();
        for unit in &cutover.units {
            let own = |item: &&KnownItem| {
                item.tenants.is_empty() || item.tenants.iter().any(|tenant| *tenant.0 == *unit.tenant)
            };
            let known = cutover.known.iter().filter(own).cloned();
            evidence.vbrs.insert(unit.vbr.clone(), known.collect());
            let on = |item: &&KnownCircuitItem| {
                item.circuits.is_empty() || item.circuits.iter().any(|circuit| *circuit.0 == *unit.circuit)
            };
            let circuit = evidence.circuits.entry(unit.circuit.clone());
            circuit.or_insert_with(|| cutover.known_circuits.iter().filter(on).cloned().collect());
        }
        evidence
    }

    /// One thing more that was looked up of a VBR.
    pub fn add(&mut self, vbr: &str, item: KnownItem) {
        self.vbrs.entry(vbr.to_owned()).or_default().push(item);
    }

    /// One thing more that was looked up of a circuit.
    pub fn add_circuit(&mut self, circuit: &str, item: KnownCircuitItem) {
        self.circuits.entry(circuit.to_owned()).or_default().push(item);
    }

    /// The spec that a converted pilot has shown for a VBR.
    pub(super) fn pilot(&self, vbr: &str) -> Option<Spec> {
        let looked = self.vbr(vbr, |item| item.pilot_spec.as_ref().map(|spec| spec.value));
        looked.value().copied()
    }

    /// A key of everything that was looked up of a VBR, each with its source.
    pub(super) fn vbr<T: PartialEq + Clone>(&self, vbr: &str, key: impl Fn(&KnownItem) -> Option<T>) -> Looked<T> {
        let all = self.vbrs.get(vbr).into_iter().flatten();
        Looked::of(all.filter_map(|item| Some((key(item)?, item.source.value.as_str()))))
    }

    /// The same of a circuit.
    pub(super) fn circuit<T: PartialEq + Clone>(
        &self,
        circuit: &str,
        key: impl Fn(&KnownCircuitItem) -> Option<T>,
    ) -> Looked<T> {
        let all = self.circuits.get(circuit).into_iter().flatten();
        Looked::of(all.filter_map(|item| Some((key(item)?, item.source.value.as_str()))))
    }
}

/// What all sources together show of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Looked<T> {
    /// No source shows it.
    Nothing,
    /// This, and where.
    Shown(T, String),
    /// They contradict each other: which.
    Disagree(Vec<String>),
}

impl<T: PartialEq + Clone> Looked<T> {
    pub(super) fn of<'a>(all: impl Iterator<Item = (T, &'a str)>) -> Self {
        let mut looked = Self::Nothing;
        for (value, source) in all {
            looked = looked.and(Self::Shown(value, source.to_owned()));
        }
        looked
    }

    /// What this and other sources show together.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Shown(a, from), Self::Shown(b, _)) if a == b => Self::Shown(a, from),
            (first, second) => Self::Disagree([first.sources(), second.sources()].concat()),
        }
    }

    /// The value that is shown and not contradicted.
    pub(super) fn value(&self) -> Option<&T> {
        match self {
            Self::Shown(value, _) => Some(value),
            Self::Nothing | Self::Disagree(_) => None,
        }
    }

    fn sources(self) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Shown(_, source) => vec![source],
            Self::Disagree(sources) => sources,
        }
    }
}
