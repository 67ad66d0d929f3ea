//! From what was written to what was meant: names become indices, texts become values, and
//! what cannot be expressed is refused.

mod circuit_vlans;
mod expect;
mod faults;
mod pics;
mod sales;
mod sites;
mod steps;
mod switch_ports;
mod terrain;
mod traffic;
mod vlans;

pub(super) use sales::Sales;
pub(super) use sites::{Cross, Idc, Net};
pub(super) use steps::Steps;
pub(super) use switch_ports::PortKeys;
pub(super) use terrain::{Circuit, Terrain, role};
pub(super) use traffic::{FlowEnd, Flows};

use std::collections::{BTreeMap, BTreeSet};

use super::at::Wrong;
use super::codes::Code;
use super::expand::Captures;
use super::file::{ScenarioFile, SwitchItem};
use super::issues::Issues;
use super::loops;
use super::origins::Origins;
use super::plan::{AccountPlan, Plan, Prices, Role};
use super::scalars::Money;
use super::wiring;
use super::yaml::Listed;
use crate::forward::Planted;
use crate::ident::Party;
use crate::node::lower::policer_rule;
use crate::provision::{Bindings, ResourceId};
use crate::units::{SimDuration, SimTime};

/// 200 years of 365.25 days.
const LONGEST: SimDuration = SimDuration::from_secs(200 * 31_557_600);

/// `None` where something is wrong; `issues` says what.
pub(super) fn resolve(written: &ScenarioFile, captures: &Captures, issues: &mut Issues) -> Option<Plan> {
    let end = end(written, issues)?;
    let mut file = written.without_steps();
    let mut switches: Vec<(SwitchItem, bool)> = Vec::new();
    switches.extend(file.access_points.drain(..).map(|s| (s, false)));
    switches.extend(file.fabrics.drain(..).map(|s| (s, true)));
    let origins = Origins::of(&file, &switches);
    let (rest, terrain) = terrain::resolve(file, switches, issues);
    tell_unseen_faults(&terrain, issues);
    let settings = super::law::settings(&rest, issues);
    let steps = steps::resolve(&written.provisioning, &terrain, end, issues);
    let rule = policer_rule(&settings.policies);
    let times = traffic::Basis {
        end,
        octets: rule.octets,
    };
    let flows = traffic::resolve(&rest.traffic, captures, &terrain, &steps, times, issues);
    pics::check(&rest.pics, &terrain, issues);
    let expect = expect::resolve(&rest.expect, &rest.faults, &terrain, &flows, &steps, end, issues);
    terrain::check_names(&terrain, &steps, issues);
    let faults = faults::resolve(&rest.faults, &terrain, &steps, end, issues);
    if issues.any() {
        return None;
    }
    let (law, circuit_ids) = super::law::law(&terrain, &settings, issues)?;
    let sales = sales::rehearse(&law, &circuit_ids, &steps, &terrain);
    let wired = wiring::wire(&terrain, &steps, &sales, &flows, rule, issues)?;
    let faults = faults::wire(faults, &terrain, &wired, rule, end, issues);
    if issues.any() {
        return None;
    }
    let unknown: BTreeSet<_> = terrain
        .idcs
        .iter()
        .flat_map(|idc| idc.item.unknown.iter().map(|word| (idc.tenant, word.value)))
        .collect();
    let plan = Plan {
        unknown: unknown.into_iter().collect(),
        name: rest.name.value.0.clone(),
        about: rest.about.as_ref().map_or_else(String::new, |a| a.value.clone()),
        seed: rest.seed.as_ref().map_or(1, |s| s.value),
        end,
        accounts: accounts(&terrain),
        tenants: terrain.tenants,
        pics: pics::resolve(&rest.pics, &wired.nodes),
        nodes: wired.nodes,
        links: wired.links,
        flows: wired.flows,
        circuits: wired.circuits,
        policed: wired.policed,
        ways: wired.ways,
        borders: wired.borders,
        vbr_slots: wired.slots,
        faults,
        expect,
        steps: steps.list,
        api_limit: rest.api_limit.as_ref().map(|limit| steps::api_limit(limit, issues)),
        bindings: steps.bindings,
        policies: settings.policies_set,
        lead_times: settings.leads_set,
        prices: rest.prices.as_ref().map(prices),
        law,
        circuit_ids,
        origins,
    };
    if issues.any() {
        return None;
    }
    debug_assert_eq!(plan.wrong(), None, "a plan that exists can be run");
    loops::warn(&plan.nodes, &plan.links, &plan.origins, issues);
    Some(plan)
}

/// What names stand for before the first step.
fn bindings(steps: &Steps, terrain: &Terrain, circuits: &[ResourceId]) -> Bindings {
    let planned = terrain
        .circuits
        .iter()
        .enumerate()
        .filter(|(_, circuit)| circuit.planned());
    let planned = planned.filter_map(|(i, circuit)| Some((steps.binding(&circuit.item.name.0)?, i)));
    Bindings::new(steps.bindings.len(), circuits.to_vec(), planned)
}

/// Warns of planted faults that no run, proof or suite of this scenario can show.
fn tell_unseen_faults(terrain: &Terrain, issues: &mut Issues) {
    let switches = terrain.switches.iter().map(|switch| &switch.item.quirk);
    let devices = terrain.devices.iter().map(|device| &device.quirk);
    for quirk in switches
        .chain(devices)
        .flatten()
        .filter(|quirk| Planted::BATCHES.contains(&quirk.value))
    {
        issues.warn(
            quirk.span,
            Wrong::new(
                Code::UnseenFault,
                format!("the planted fault `{}` shows in batches of frames alone", quirk.value),
            )
            .help("`run`, `prove`, `isolate` and `mutants` hand over one frame at a time and see a healthy switch; the tests of the forwarder catch it"),
        );
    }
}

/// When the run ends; a wrong end would make every other time wrong.
fn end(file: &ScenarioFile, issues: &mut Issues) -> Option<SimTime> {
    let duration = &file.duration;
    if duration.is_zero() {
        issues.err(duration.span, Code::Zero, "a run of no time shows nothing");
        return None;
    }
    if duration.value > LONGEST {
        issues.err(
            duration.span,
            Code::TooLong,
            format!("`{}` is longer than 200 years", duration.value),
        );
        return None;
    }
    Some(SimTime::ZERO.saturating_add(duration.value))
}

fn accounts(terrain: &Terrain) -> Vec<AccountPlan> {
    let account = |a: &super::file::AccountItem| {
        let role = role(a);
        AccountPlan {
            name: a.name.0.clone(),
            uid: a.uid.value,
            party: match role {
                Role::Partner => Party::Partner,
                Role::Tenant | Role::Stranger => Party::Tenant,
                Role::System => Party::Cloud,
            },
            role,
        }
    };
    terrain.accounts.iter().map(account).collect()
}

fn prices(item: &super::file::PricesItem) -> Prices {
    Prices {
        currency: item
            .currency
            .as_ref()
            .map_or_else(|| "USD".to_owned(), |c| c.value.clone()),
        port_per_month: by_key(&item.port_per_month),
        dedicated_per_month: by_key(&item.dedicated_per_month),
        outbound_per_gb: item.outbound_per_gb.as_ref().map(|m| m.value.0),
        installation: item.installation.as_ref().map(|m| m.value.0),
    }
}

fn by_key<K: Copy + Ord>(table: &Listed<K, Money>) -> BTreeMap<K, u64> {
    table.0.iter().map(|(key, price)| (key.value, price.value.0)).collect()
}
