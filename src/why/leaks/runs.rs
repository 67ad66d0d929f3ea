//! The cause of leaks that a run showed: changed scenarios are run anew.

use std::collections::{BTreeMap, BTreeSet};

use super::healing::Healing;
use super::proofs::Pair;
use super::search::{Search, Seen, Set};
use super::told::{LeakCauses, What};
use crate::control::Drawn;
use crate::engine::run;
use crate::evidence::NoObserver;
use crate::ident::{FlowId, TenantId};
use crate::record::Record;
use crate::scenario::{Expanded, Plan};
use crate::study::pool::in_order;

/// What closes the leaks that a run showed. `None`: it showed none.
///
/// # Errors
/// The scenario cannot be run; the text says why.
pub fn of_run(expanded: &Expanded, plan: &Plan, record: &Record, jobs: usize) -> Result<Option<LeakCauses>, String> {
    if record.isolation.leaks().is_empty() {
        return Ok(None);
    }
    let healing = Healing::new(expanded, plan)?.of_ways();
    let all = |sets: &[Set]| {
        let one = |set: &Set| {
            let plan = healing.plan(set)?;
            let (record, NoObserver) = run(&plan, Drawn::new(plan.seed), NoObserver).ok()?;
            Some(seen(&plan, &record))
        };
        in_order(jobs, sets, one, |_, _| ())
    };
    let found = Search::new(healing.changes.len(), healing.settings(), seen(plan, record), &all).smallest();
    let healed = healing.proved(&found.set, None);
    let own = BTreeSet::new();
    Ok(Some(LeakCauses::new(
        What::Frames,
        &healing.changes,
        &found,
        healed,
        own,
        Pair::clone,
    )))
}

/// Frames at places of others, and the flows of which frames, or answers, came where they should. Forged frames
/// are no control.
fn seen(plan: &Plan, record: &Record) -> Seen<Pair> {
    let tenant = |tenant: TenantId| match plan.tenants.get(tenant.index()) {
        Some(tenant) => tenant.name.clone(),
        None => "nobody".to_owned(),
    };
    let mut leaks: BTreeMap<Pair, u64> = BTreeMap::new();
    for (leak, count) in record.isolation.leaks() {
        let place = match (leak.station.as_node(), leak.station.as_link()) {
            (Some(node), _) => plan.nodes[node.index()].name.clone(),
            (_, Some(link)) => plan.links[link.index()].name.clone(),
            (None, None) => String::new(),
        };
        let frames = count.arrived.frames.max(count.settled.frames);
        *leaks.entry((tenant(leak.from), place)).or_default() += frames;
    }
    let (mut controls, mut good) = (BTreeSet::new(), 0);
    for (at, flow) in plan.flows.iter().enumerate().filter(|(_, flow)| !flow.raw) {
        let Some(account) = record.evidence.flow(FlowId::of(at)) else {
            continue;
        };
        for (way, passage) in [("frames", &account.forward), ("answers", &account.answers)] {
            good += passage.arrived.frames;
            if passage.arrived.frames > 0 {
                controls.insert(format!("{way} of {}", flow.name));
            }
        }
    }
    Seen { leaks, controls, good }
}
