//! The cause of leaks that a proof found: the tables of changed scenarios are followed anew.

use std::collections::{BTreeMap, BTreeSet};

use super::healing::Healing;
use super::search::{Search, Seen, Set};
use super::told::{LeakCauses, OwnFault, What};
use crate::prove::{Asking, Explorer, Far, Network, Snapshots, quiet, starts_of, step};
use crate::scenario::{Expanded, Plan};
use crate::study::pool::in_order;
use crate::study::{Proof, Proven};
use crate::units::SimTime;

/// Whose frame comes to which box.
pub(super) type Pair = (String, String);

/// Times at which a proof that breaks again is looked at, at most.
const TIMES: usize = 4;

/// What closes the leaks of a proof; `throughout`: it was to hold at every time. `None`: it has none.
///
/// # Errors
/// The scenario cannot be run; the text says why.
pub fn of_proof(
    expanded: &Expanded,
    plan: &Plan,
    proof: &Proof,
    throughout: bool,
    jobs: usize,
) -> Result<Option<LeakCauses>, String> {
    if proof.verdict != Proven::Leaks {
        return Ok(None);
    }
    let healing = Healing::new(expanded, plan)?.of_ways();
    let mut times = vec![proof.at];
    loop {
        let first = look(plan, &times)?;
        let all = |sets: &[Set]| {
            let one = |set: &Set| look(&healing.plan(set)?, &times).ok();
            in_order(jobs, sets, one, |_, _| ())
        };
        let found = Search::new(healing.changes.len(), healing.settings(), first, &all).smallest();
        let at = (!throughout).then_some(proof.at);
        let broken = throughout && found.remain.is_empty() && times.len() < TIMES;
        if broken
            && let Some(next) = breaks(&healing, &found.set)
            && !times.contains(&next)
        {
            times.push(next);
            continue;
        }
        let own = |pair: &Pair| own_fault(plan, proof, pair);
        let own: BTreeSet<OwnFault> = found.remain.keys().filter_map(own).collect();
        let healed = healing.proved(&found.set, at);
        return Ok(Some(LeakCauses::new(
            What::Pairs,
            &healing.changes,
            &found,
            healed,
            own,
            Pair::clone,
        )));
    }
}

/// When the proof of a changed scenario breaks.
fn breaks(healing: &Healing<'_>, set: &Set) -> Option<SimTime> {
    let plan = healing.plan(set)?;
    let proof = crate::study::prove_plan_by_class(&plan).ok()?;
    (proof.verdict == Proven::Leaks).then_some(proof.at)
}

/// Everything that leaks by the tables at these times, and who reaches which box of its own.
fn look(plan: &Plan, times: &[SimTime]) -> Result<Seen<Pair>, String> {
    let plan = quiet(plan);
    let mut seen = Seen {
        leaks: BTreeMap::new(),
        controls: BTreeSet::new(),
        good: 0,
    };
    let mut times = times.to_vec();
    times.sort_unstable();
    let mut timeline = Snapshots::new(&plan).map_err(|e| e.to_string())?;
    for at in times {
        timeline.run(at);
        let read = Network::read_by(Asking::ByClass, &plan, &timeline.snapshot());
        let (network, model) = read.map_err(|e| e.to_string())?;
        let starts = starts_of(&model);
        let mut explorer = Explorer::default();
        for own in starts.chunk_by(|a, b| a.0 == b.0) {
            let owner = own[0].0;
            let tenant = plan.tenants.get(owner as usize).map_or("nobody", |tenant| &tenant.name);
            let followed = explorer.follow(&model, owner, own.iter().map(|(_, port)| *port));
            let mut add = |port: u32| {
                let node = network.terminal_at(port).map(|terminal| terminal.end.0);
                let name = node.map_or("", |node| plan.nodes[node.index()].name.as_str());
                seen.leaks.insert((tenant.to_owned(), name.to_owned()), 1);
            };
            explorer.foreign().iter().for_each(|port| add(*port));
            if let Err(why) = followed {
                seen.leaks.insert((tenant.to_owned(), why.to_string()), 1);
            }
            for state in explorer.states() {
                // What could not be followed was told.
                let _ = step(&model, state, |_, to| {
                    if model.far(to.port) == Far::Terminal(owner)
                        && let Some(terminal) = network.terminal_at(to.port)
                    {
                        let own = &plan.nodes[terminal.end.0.index()].name;
                        seen.controls.insert(format!("{tenant} at {own}"));
                    }
                });
            }
        }
    }
    timeline.finish();
    seen.good = seen.controls.len() as u64;
    Ok(seen)
}

/// The device that sent a frame astray by no line of the scenario, and the stage at which it did.
fn own_fault(plan: &Plan, proof: &Proof, (tenant, terminal): &Pair) -> Option<OwnFault> {
    let mut shown = proof.leaks.iter();
    let shown = shown.find(|shown| {
        let from = plan.tenants.get(shown.leak.from as usize);
        from.is_some_and(|from| from.name == *tenant) && shown.box_name == *terminal
    })?;
    let wrong = shown.wrong.as_ref()?;
    Some(OwnFault {
        device: wrong.device.clone(),
        stage: wrong.stage,
        what: wrong.what.clone(),
    })
}
