//! What judgements look up again and again, by tenant; each list is made once, when first asked for.
//!
//! A plan may have as many expectations as tenants: none of them may walk everything.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::case::Case;
use crate::evidence::{CellKey, Count, FlowAccount, NodeChange, Reading, ServiceFact};
use crate::ident::{AccountId, FlowId, TenantId};
use crate::provision::ResourceId;
use crate::provision::billing::InvoiceLine;
use crate::scenario::plan::FlowPlan;
use crate::units::SimTime;

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
    cells: OnceCell<Vec<(CellKey, Count)>>,
    flows: OnceCell<ByTenant<FlowId>>,
    facts: OnceCell<ByTenant<&'a ServiceFact>>,
    turns: OnceCell<ByTenant<(SimTime, bool)>>,
    arrived: OnceCell<Vec<FlowId>>,
    metered: OnceCell<ByTenant<(u16, Reading)>>,
    invoice: OnceCell<Invoice>,
    uneven: OnceCell<Vec<String>>,
}

struct Invoice {
    lines: Vec<InvoiceLine>,
    /// Lines by the owner of what they are about.
    owned: BTreeMap<AccountId, Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(case: &Case<'a>) -> Self {
        Self {
            case: *case,
            cells: OnceCell::new(),
            flows: OnceCell::new(),
            facts: OnceCell::new(),
            turns: OnceCell::new(),
            arrived: OnceCell::new(),
            metered: OnceCell::new(),
            invoice: OnceCell::new(),
            uneven: OnceCell::new(),
        }
    }

    /// The cells of a tenant, sorted.
    pub(super) fn cells(&self, tenant: TenantId) -> &[(CellKey, Count)] {
        let all = self.cells.get_or_init(|| self.case.run.evidence.cells());
        let from = all.partition_point(|(key, _)| key.tenant < tenant);
        let len = all[from..].partition_point(|(key, _)| key.tenant == tenant);
        &all[from..from + len]
    }

    /// One flow with its account; `None` where nothing of it was heard.
    pub(super) fn flow(&self, flow: FlowId) -> (&'a FlowPlan, Option<&'a FlowAccount>) {
        (&self.case.plan.flows[flow.index()], self.case.run.evidence.flow(flow))
    }

    /// The flows of a tenant, by id.
    pub(super) fn flows_of(&self, tenant: TenantId) -> impl Iterator<Item = FlowId> + '_ {
        let all = self.flows.get_or_init(|| {
            let flows = self.case.plan.flows.iter().enumerate();
            ByTenant::new(flows.map(|(i, flow)| (flow.tenant, FlowId::of(i))))
        });
        all.of(tenant).iter().map(|(_, flow)| *flow)
    }

    /// What was shown of a tenant's services, in order of time.
    pub(super) fn facts(&self, tenant: TenantId) -> impl Iterator<Item = &'a ServiceFact> + '_ {
        let all = self.facts.get_or_init(|| {
            let facts = self.case.run.cloud.facts.iter();
            ByTenant::new(facts.map(|(_, fact)| (fact.tenant, fact)))
        });
        all.of(tenant).iter().map(|(_, fact)| *fact)
    }

    /// When a tenant's health checks turned healthy or unhealthy, in order of time.
    pub(super) fn turns(&self, tenant: TenantId) -> Vec<(SimTime, bool)> {
        let all = self.turns.get_or_init(|| {
            let changes = self.case.run.evidence.changes().iter();
            ByTenant::new(changes.filter_map(|noted| match noted.change {
                NodeChange::Health { tenant, healthy } => Some((tenant, (noted.at, healthy))),
                NodeChange::Arp { .. } => None,
            }))
        });
        all.of(tenant).iter().map(|(_, turn)| *turn).collect()
    }

    /// The first flow of which something arrived that is of another tenant than this one.
    pub(super) fn arrived_of_another(&self, tenant: TenantId) -> Option<FlowId> {
        let first = self.arrived.get_or_init(|| {
            let flows = &self.case.plan.flows;
            let mut arrived = (0..flows.len()).map(FlowId::of).filter(|f| self.has_arrived(*f));
            let first = arrived.next();
            let other =
                first.and_then(|first| arrived.find(|f| flows[f.index()].tenant != flows[first.index()].tenant));
            first.into_iter().chain(other).collect()
        });
        let mut first = first.iter().copied();
        first.find(|f| self.case.plan.flows[f.index()].tenant != tenant)
    }

    pub(super) fn has_arrived(&self, flow: FlowId) -> bool {
        let account = self.case.run.evidence.flow(flow);
        account.is_some_and(|a| a.forward.arrived_once() > 0)
    }

    /// What the meter read at circuits' ports, with the VLAN, of the services of a tenant.
    pub(super) fn metered(&self, tenant: TenantId) -> impl Iterator<Item = &(u16, Reading)> + '_ {
        let all = self
            .metered
            .get_or_init(|| ByTenant::new(self.readings_by_tenant().into_iter()));
        all.of(tenant).iter().map(|(_, reading)| reading)
    }

    /// Readings by tenant; one of a VLAN that several had, in turn, is each one's.
    fn readings_by_tenant(&self) -> Vec<(TenantId, (u16, Reading))> {
        let Case { plan, run } = self.case;
        let mut tenants: Vec<((usize, u16), TenantId)> = plan
            .vbr_slots
            .iter()
            .filter_map(|slot| Some(((slot.circuit, slot.vlan?), slot.tenant)))
            .collect();
        tenants.sort_unstable();
        tenants.dedup();
        let mut rows = Vec::new();
        for reading in run.meter.readings() {
            let Some(place) = run.numbering.vlans().get(reading.service as usize) else {
                continue;
            };
            let from = tenants.partition_point(|(p, _)| p < place);
            let here = tenants[from..].iter().take_while(|(p, _)| p == place);
            rows.extend(here.map(|(_, tenant)| (*tenant, (place.1, reading))));
        }
        rows
    }

    /// Lines of the bill about resources of this tenant, or all.
    pub(super) fn invoice(&self, tenant: Option<TenantId>) -> Vec<&InvoiceLine> {
        let invoice = self.invoice.get_or_init(|| self.make_invoice());
        match tenant {
            None => invoice.lines.iter().collect(),
            Some(tenant) => {
                let owned = invoice.owned.get(&self.case.plan.tenants[tenant.index()].account);
                owned.into_iter().flatten().map(|i| &invoice.lines[*i]).collect()
            }
        }
    }

    fn make_invoice(&self) -> Invoice {
        let law = &self.case.run.cloud.law;
        let lines = self.case.run.invoice(self.case.plan);
        let mut owned: BTreeMap<AccountId, Vec<usize>> = BTreeMap::new();
        for (i, line) in lines.iter().enumerate() {
            let owner = match line.resource {
                ResourceId::Connection(id) => law.port(id).map(|p| p.owner),
                ResourceId::Vbr(id) => law.vbr(id).map(|v| v.owner),
                _ => None,
            };
            if let Some(owner) = owner {
                owned.entry(owner).or_default().push(i);
            }
        }
        Invoice { lines, owned }
    }

    /// Where counters of octets disagree, by whoever compares them.
    pub(super) fn uneven(&self, compare: impl FnOnce(&Case<'a>) -> Vec<String>) -> &[String] {
        self.uneven.get_or_init(|| compare(&self.case))
    }
}
