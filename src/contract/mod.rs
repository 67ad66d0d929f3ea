//! Who owes what, and where a scenario departs from it.
//!
//! A *duty* has one owner and one source. A *deviation* is a departure from a duty: who departs, where it
//! is written, and the edits of the scenario that put it right. Whether a deviation did any harm is not
//! asked here: that is an experiment's to find out (see `why`).
//!
//! Invariant: every obligation has one owner and one source; nothing is run.
//!
//! - `duty`: the duties, with their sources. `owner`: who owes.
//! - `outcomes`: how calls ended, or should.
//! - `deviation`: one departure. `accounts`: who owns what in a file.
//! - `service`: each data centre's way into the cloud, with the calls that it needs. `workflow`: the
//!   first of them that is not done when frames need it. `withdrawal`: calls that take away.
//! - `conversions`: what becomes of a bandwidth.
//! - `addresses`: what two records of one interconnect say. `ports`: customers' ports.
//!   `routers`: customers' routers, and which of them a port admits.
//! - `switches`, `lines`, `hands`: devices, links, and what operators and faults do to them.
//! - `sending`: what a tenant sends. `rules`: what the contract itself allows to be lost.

mod accounts;
mod addresses;
mod conversions;
mod deviation;
mod duty;
mod hands;
mod lines;
mod outcomes;
mod owner;
mod ports;
mod routers;
mod rules;
mod sending;
mod service;
mod switch_ports;
mod switches;
mod withdrawal;
mod workflow;

pub use deviation::Deviation;
pub use duty::Duty;
pub use owner::Owner;

use crate::record::Record;
use crate::scenario::{Code, Diagnostic, Expanded, Plan, Wrong};
use accounts::Accounts;
use outcomes::Outcomes;
use service::Services;

/// What is looked at: a scenario, what it means, and how its calls ended.
pub(in crate::contract) struct Scene<'a> {
    expanded: &'a Expanded,
    plan: &'a Plan,
    outcomes: Outcomes<'a>,
    accounts: Accounts<'a>,
    services: Services<'a>,
}

/// Every deviation of a scenario and its run, in the order of the file.
///
/// Some may be no fault at all: what names one has to show that putting it right, and nothing else, helps.
pub fn deviations(expanded: &Expanded, plan: &Plan, record: &Record) -> Vec<Deviation> {
    all(&Scene::new(expanded, plan, Outcomes::of(expanded, record)))
}

/// The same where it is known that frames go astray, whatever the run showed: profiles that let through what
/// `strict` does not are among them.
pub fn deviations_behind_leaks(expanded: &Expanded, plan: &Plan, record: &Record) -> Vec<Deviation> {
    all(&Scene::new(expanded, plan, Outcomes::of(expanded, record).astray()))
}

fn all(scene: &Scene<'_>) -> Vec<Deviation> {
    let mut found = Vec::new();
    switches::find(scene, &mut found);
    lines::find(scene, &mut found);
    hands::find(scene, &mut found);
    addresses::find(scene, &mut found);
    ports::find(scene, &mut found);
    routers::find(scene, &mut found);
    workflow::find(scene, &mut found);
    withdrawal::find(scene, &mut found);
    conversions::find(scene, &mut found);
    sending::find(scene, &mut found);
    rules::find(scene, &mut found);
    found.sort_by_key(|deviation| deviation.wrote);
    found
}

/// What a file shows before anything runs: records that contradict each other, and what is below what is
/// sold. In the order of the file.
pub fn evident(expanded: &Expanded, plan: &Plan) -> Vec<Deviation> {
    let scene = Scene::new(expanded, plan, Outcomes::as_meant(expanded));
    let mut found = Vec::new();
    lines::find(&scene, &mut found);
    addresses::find(&scene, &mut found);
    ports::find(&scene, &mut found);
    routers::find(&scene, &mut found);
    workflow::find(&scene, &mut found);
    found.retain(|deviation| deviation.evident);
    found.sort_by_key(|deviation| deviation.wrote);
    found
}

/// The same as warnings of the file at `path`.
pub fn warnings(path: &str, expanded: &Expanded, plan: &Plan) -> Vec<Diagnostic> {
    let found = evident(expanded, plan).into_iter();
    let told = found.map(|deviation| {
        let owes = format!("the contract: {} ({})", deviation.duty.owes(), deviation.duty.source());
        let wrong = Wrong::new(Code::Departs, deviation.what).help(owes);
        Diagnostic::warning(path, deviation.wrote, wrong)
    });
    told.collect()
}

impl<'a> Scene<'a> {
    fn new(expanded: &'a Expanded, plan: &'a Plan, outcomes: Outcomes<'a>) -> Self {
        let accounts = Accounts::new(expanded.file(), &plan.law.premises().policies);
        Self {
            expanded,
            plan,
            services: Services::new(expanded, plan, &outcomes, &accounts),
            outcomes,
            accounts,
        }
    }
}
