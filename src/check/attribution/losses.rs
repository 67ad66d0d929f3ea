//! What was lost, by place and reason: facts, without anybody's name.

use std::collections::BTreeMap;

use crate::check::case::Case;
use crate::check::index::Index;
use crate::check::{Field, Value};
use crate::evidence::Count;
use crate::ident::{Direction, DropReason, Fate, TenantId};

/// A tenant's losses at one place for one reason.
pub struct Loss<'a> {
    /// Frames of flows, else of protocols.
    pub of_flow: bool,
    /// Which way they went.
    pub direction: Direction,
    /// Why.
    pub reason: DropReason,
    /// Where.
    pub station: &'a str,
    /// How many, and with how many octets.
    pub count: Count,
}

impl Loss<'_> {
    /// What a program wants to know of it.
    pub fn values(&self) -> Vec<Field> {
        vec![
            Field::new("direction", Value::text(self.direction.as_str())),
            Field::new("reason", Value::text(self.reason.as_str())),
            Field::new("place", Value::text(self.station)),
            Field::new("of", Value::text(if self.of_flow { "flow" } else { "protocol" })),
            Field::new("lost", Value::frames(self.count.frames)),
            Field::new("lost", Value::octets(self.count.octets)),
        ]
    }
}

/// What was lost of a tenant, most first, flows before protocols.
pub(super) fn losses<'a>(index: &Index<'a>, tenant: TenantId) -> Vec<Loss<'a>> {
    let case = &index.case;
    let mut sums: BTreeMap<(bool, DropReason, &'a str, Direction), Count> = BTreeMap::new();
    for (key, count) in index.cells(tenant) {
        let Fate::Dropped(reason) = key.fate else { continue };
        let key = (key.of_flow, reason, case.station(key.station), key.direction);
        *sums.entry(key).or_default() += *count;
    }
    let each = sums.into_iter();
    let mut losses: Vec<Loss<'a>> = each
        .map(|((of_flow, reason, station, direction), count)| Loss {
            of_flow,
            direction,
            reason,
            station,
            count,
        })
        .collect();
    losses.sort_by_key(|l| (!l.of_flow, std::cmp::Reverse(l.count.frames)));
    losses
}

/// Everything that was lost, of every tenant and of nobody: frames of flows first, most first.
pub fn all_losses<'a>(case: &Case<'a>) -> Vec<(&'a str, Loss<'a>)> {
    let index = Index::new(case);
    let whose = case.tenants(None).chain([TenantId::NONE]);
    let mut rows: Vec<(&str, Loss<'_>)> = whose
        .flat_map(|tenant| losses(&index, tenant).into_iter().map(move |loss| (tenant, loss)))
        .map(|(tenant, loss)| (case.tenant(tenant), loss))
        .collect();
    rows.sort_by_key(|(_, loss)| (!loss.of_flow, std::cmp::Reverse(loss.count.frames)));
    rows
}
