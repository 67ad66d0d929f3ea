//! What every judgement may look at: the plan and its run, with names for what they number.

use crate::evidence::FlowAccount;
use crate::ident::{AccountId, FlowId, StationId, TenantId};
use crate::record::Record;
use crate::scenario::Plan;
use crate::scenario::plan::{FlowPlan, Place};

/// A run and what it was meant to be.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What was meant.
    pub plan: &'a Plan,
    /// What happened.
    pub record: &'a Record,
}

impl<'a> Case<'a> {
    pub(super) fn tenant(&self, tenant: TenantId) -> &'a str {
        self.plan
            .tenants
            .get(tenant.index())
            .map_or("no tenant", |t| t.name.as_str())
    }

    /// What the scenario calls an account.
    pub fn account(&self, account: AccountId) -> &'a str {
        self.plan
            .accounts
            .get(account.index())
            .map_or("nobody", |a| a.name.as_str())
    }

    pub(super) fn station(&self, station: StationId) -> &'a str {
        match (station.as_node(), station.as_link()) {
            (Some(node), _) => &self.plan.nodes[node.index()].name,
            (_, Some(link)) => &self.plan.links[link.index()].name,
            _ => "nowhere",
        }
    }

    pub(super) fn place(&self, station: StationId) -> Option<&'a Place> {
        match (station.as_node(), station.as_link()) {
            (Some(node), _) => Some(&self.plan.nodes[node.index()].place),
            (_, Some(link)) => Some(&self.plan.links[link.index()].place),
            _ => None,
        }
    }

    /// All tenants, or the one that is named.
    pub(super) fn tenants(&self, only: Option<TenantId>) -> impl Iterator<Item = TenantId> + use<> {
        let all = 0..self.plan.tenants.len();
        all.map(TenantId::of).filter(move |t| only.is_none_or(|o| o == *t))
    }

    /// Flows with their accounts; `None` where nothing of the flow was heard.
    pub(super) fn flows(&self) -> impl Iterator<Item = (FlowId, &'a FlowPlan, Option<&'a FlowAccount>)> + use<'a> {
        let evidence = &self.record.evidence;
        let flows = self.plan.flows.iter().enumerate();
        flows.map(move |(i, flow)| (FlowId::of(i), flow, evidence.flow(FlowId::of(i))))
    }

    /// Frames that all tenants and nobody offered.
    pub(crate) fn offered(&self) -> u64 {
        let all = self.tenants(None).chain([TenantId::NONE]);
        all.map(|t| self.record.evidence.tenant(t).offered.frames).sum()
    }
}

/// `1 frame`, `2 frames`, `1,234 frames`.
pub(super) fn frames(n: u64) -> String {
    format!("{} frame{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// So many of something: `1 pair`, `1,234 pairs`.
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// `1234567` as `1,234,567`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// At most so many names, then how many more.
pub(super) fn some<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const SHOWN: usize = 4;
    let names: Vec<&str> = names.into_iter().collect();
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_grouped_by_three() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::thousands(n), text);
        }
    }
}
