//! What judgements look up again and again, by tenant; each list is made once, when first asked for.
//!
//! A plan may have as many expectations as tenants: none of them may walk everything.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::assumed::attaches;
use super::attribution::Answers;
use super::case::Case;
use super::continuity::Story;
use super::rests::{Rests, touched};
use super::roots::Roots;
use crate::evidence::{CellKey, Count};
use crate::ident::{Direction, FlowId, TenantId};
use crate::record::{Touched, level_numbers};
use crate::scenario::plan::ServiceLevel;

/// Rows with the tenant they are about, sorted by tenant, else in the order they came in.
struct ByTenant<T>(Vec<(TenantId, T)>);

impl<T> ByTenant<T> {
    fn new(rows: impl Iterator<Item = (TenantId, T)>) -> Self {
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|(tenant, _)| *tenant);
        Self(rows)
    }

    fn of(&self, tenant: TenantId) -> &[(TenantId, T)] {
        let from = self.0.partition_point(|(t, _)| *t < tenant);
        let len = self.0[from..].partition_point(|(t, _)| *t == tenant);
        &self.0[from..from + len]
    }
}

/// A case, with its lists.
pub(super) struct Index<'a> {
    pub case: Case<'a>,
    /// Who answers for what was lost, if that was asked.
    pub answers: Option<&'a Answers>,
    cells: OnceCell<Vec<(CellKey, Count)>>,
    flows: OnceCell<ByTenant<FlowId>>,
    slots: OnceCell<ByTenant<usize>>,
    uneven: OnceCell<Vec<String>>,
    story: OnceCell<Story<'a>>,
    levels: OnceCell<BTreeMap<&'a ServiceLevel, [usize; 2]>>,
    roots: OnceCell<Roots>,
    attaches: OnceCell<Vec<Touched>>,
    rests: OnceCell<Vec<(Rests, TenantId)>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(case: &Case<'a>) -> Self {
        Self {
            case: *case,
            answers: None,
            cells: OnceCell::new(),
            flows: OnceCell::new(),
            slots: OnceCell::new(),
            uneven: OnceCell::new(),
            story: OnceCell::new(),
            levels: OnceCell::new(),
            roots: OnceCell::new(),
            attaches: OnceCell::new(),
            rests: OnceCell::new(),
        }
    }

    /// The same with who answers for losses.
    pub(super) fn told(self, answers: Option<&'a Answers>) -> Self {
        Self { answers, ..self }
    }

    /// The cells of a tenant, sorted.
    pub(super) fn cells(&self, tenant: TenantId) -> &[(CellKey, Count)] {
        let all = self.cells.get_or_init(|| self.case.record.evidence.cells());
        let from = all.partition_point(|(key, _)| key.tenant < tenant);
        let len = all[from..].partition_point(|(key, _)| key.tenant == tenant);
        &all[from..from + len]
    }

    /// The flows of a tenant, by id.
    pub(super) fn flows_of(&self, tenant: TenantId) -> impl Iterator<Item = FlowId> + '_ {
        let all = self.flows.get_or_init(|| {
            let flows = self.case.plan.flows.iter().enumerate();
            ByTenant::new(flows.map(|(i, flow)| (flow.tenant, FlowId::of(i))))
        });
        all.of(tenant).iter().map(|(_, flow)| *flow)
    }

    /// The places where a tenant's VBRs run, by index.
    pub(super) fn slots_of(&self, tenant: TenantId) -> impl Iterator<Item = usize> + '_ {
        let all = self.slots.get_or_init(|| {
            let slots = self.case.plan.vbr_slots.iter().enumerate();
            ByTenant::new(slots.map(|(i, slot)| (slot.tenant, i)))
        });
        all.of(tenant).iter().map(|(_, slot)| *slot)
    }

    /// What happened that could have disturbed flows.
    pub(super) fn story(&self) -> &Story<'a> {
        self.story.get_or_init(|| Story::of(&self.case))
    }

    /// The number under which the record knows one direction of a service level.
    pub(super) fn level_number(&self, level: &ServiceLevel, direction: Direction) -> Option<usize> {
        let all = self.levels.get_or_init(|| level_numbers(self.case.plan));
        let [up, down] = *all.get(level)?;
        match direction {
            Direction::Up => Some(up),
            Direction::Down => Some(down),
            Direction::Neither => None,
        }
    }

    /// Whom a refused step left without service.
    pub(super) fn roots(&self) -> &Roots {
        self.roots.get_or_init(|| Roots::new(self))
    }

    /// Whose services calls were about that a policy reads.
    pub(super) fn rests(&self) -> &[(Rests, TenantId)] {
        self.rests.get_or_init(|| touched(&self.case))
    }

    /// Of every VBR that was hung on a shared port, its service.
    pub(super) fn attaches(&self) -> &[Touched] {
        self.attaches.get_or_init(|| attaches(&self.case))
    }

    /// Where counters of octets disagree, by whoever compares them first.
    pub(super) fn uneven(&self, compare: impl FnOnce(&Case<'a>) -> Vec<String>) -> &[String] {
        self.uneven.get_or_init(|| compare(&self.case))
    }
}
