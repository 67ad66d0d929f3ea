//! From what was written to what was meant: names become indices, texts become values, and
//! what cannot be expressed is refused.

mod expect;
mod faults;
mod pics;
mod raw;
mod sites;
mod steps;
mod traffic;
mod vlans;
mod world;

pub(super) use sites::{Idc, Net};
pub(super) use steps::Steps;
pub(super) use traffic::{FlowEnd, Flows};
pub(super) use world::{Circuit, Terrain};

use super::codes::Code;
use super::expand::Written;
use super::file::{KindWord, SiteWord};
use super::issues::Issues;
use super::origins::Origins;
use super::plan::{AccountKind, AccountPlan, LeadTimePlan, Plan, PolicyPlan, Prices, Role};
use super::wiring;
use crate::ident::Party;
use crate::node::lower::policer_rule;
use crate::provision::State;
use crate::units::{SimDuration, SimTime};

/// 200 years of 365.25 days.
const LONGEST: SimDuration = SimDuration::from_secs(200 * 31_557_600);

/// `None` where something is wrong; `issues` says what.
pub(super) fn resolve(written: Written, issues: &mut Issues) -> Option<Plan> {
    let end = end(&written, issues)?;
    let Written {
        file,
        switches,
        captures,
    } = written;
    let origins = Origins::of(&file, &switches);
    let (mut rest, world) = world::resolve(file, switches, issues);
    let steps = steps::resolve(std::mem::take(&mut rest.provisioning), &world, end, issues);
    let flows = traffic::resolve(&rest.traffic, captures, &world, &steps, end, issues);
    pics::check(&rest.pics, &world, issues);
    expect::check(&rest.expect, &world, &flows, &steps, issues);
    world::check_names(&world, &steps, issues);
    faults::check(&rest.faults, &world, &steps, end, issues);
    if issues.any() {
        return None;
    }
    let expect = expect::resolve(&rest.expect, &world, &flows, &steps);
    let policies = policies(&rest);
    // What is wrong with a policy is told with the rest of the law.
    let rule = policer_rule(&super::law::policies(&policies, &mut Vec::new()));
    let wired = wiring::wire(&world, &steps, &flows, rule, issues)?;
    let faults = faults::resolve(&rest.faults, &world, &steps, &wired, end, issues);
    if issues.any() {
        return None;
    }
    let mut plan = Plan {
        name: rest.name.value.0.clone(),
        about: rest.about.as_ref().map_or_else(String::new, |a| a.value.clone()),
        seed: rest.seed.as_ref().map_or(1, |s| s.value),
        end,
        accounts: accounts(&world),
        tenants: world.tenants,
        pics: pics::resolve(&rest.pics, &wired.nodes),
        nodes: wired.nodes,
        links: wired.links,
        flows: wired.flows,
        circuits: wired.circuits,
        vbr_slots: wired.slots,
        faults,
        expect,
        steps: steps.list,
        bindings: steps.bindings,
        policies,
        lead_times: lead_times(&rest),
        prices: rest.prices.as_ref().map(prices),
        law: State::new(Default::default()),
        circuit_ids: Vec::new(),
        origins,
    };
    match super::law::law(&plan) {
        Ok((law, circuit_ids)) => {
            plan.law = law;
            plan.circuit_ids = circuit_ids;
            Some(plan)
        }
        Err(wrong) => {
            for unlawful in wrong {
                issues.err(unlawful.span, Code::Unlawful, unlawful.message);
            }
            None
        }
    }
}

/// When the run ends; a wrong end would make every other time wrong.
fn end(written: &Written, issues: &mut Issues) -> Option<SimTime> {
    let duration = &written.file.duration;
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

fn accounts(world: &Terrain) -> Vec<AccountPlan> {
    let account = |a: &super::file::AccountItem| {
        let role = world::role(a);
        AccountPlan {
            name: a.name.0.clone(),
            uid: a.uid.value,
            party: match role {
                Role::Partner => Party::Partner,
                Role::Tenant | Role::Stranger => Party::Tenant,
                Role::System => Party::Alibaba,
            },
            role,
            sold_specs: a
                .sold_specs
                .as_ref()
                .map(|specs| specs.iter().map(|s| s.value.clone()).collect()),
            gated: a.gated.as_ref().is_some_and(|g| g.value),
            outbound_billing: a.outbound_billing.as_ref().is_some_and(|o| o.value),
            kind: match a.kind.as_ref().map(|k| k.value) {
                None | Some(KindWord::Main) => AccountKind::Main,
                Some(KindWord::Ram) => AccountKind::Ram,
                Some(KindWord::Partner) => AccountKind::Partner,
            },
            international: a.site.as_ref().is_some_and(|s| s.value == SiteWord::Intl),
            large_specs: a.large_specs.as_ref().is_some_and(|l| l.value),
        }
    };
    world.accounts.iter().map(account).collect()
}

fn policies(file: &super::file::ScenarioFile) -> Vec<PolicyPlan> {
    let mut list: Vec<PolicyPlan> = file
        .policies
        .0
        .iter()
        .map(|(name, value)| PolicyPlan {
            name: name.clone(),
            value: value.value.0.clone(),
            span: value.span,
        })
        .collect();
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

fn lead_times(file: &super::file::ScenarioFile) -> Vec<LeadTimePlan> {
    let row = |(name, time): &(String, super::at::At<super::scalars::TimeRange>)| LeadTimePlan {
        name: name.clone(),
        min: time.min,
        max: time.max,
        span: time.span,
    };
    let mut list: Vec<LeadTimePlan> = file.lead_times.0.iter().map(row).collect();
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

fn prices(item: &super::file::PricesItem) -> Prices {
    let table = |t: &super::yaml::Table<super::scalars::Money>| {
        let mut rows: Vec<(String, u64)> = t.0.iter().map(|(k, v)| (k.clone(), v.value.0)).collect();
        rows.sort();
        rows
    };
    Prices {
        currency: item
            .currency
            .as_ref()
            .map_or_else(|| "USD".to_owned(), |c| c.value.clone()),
        port_per_month: table(&item.port_per_month),
        dedicated_per_month: table(&item.dedicated_per_month),
        outbound_per_gb: item.outbound_per_gb.as_ref().map(|m| m.value.0),
        installation: item.installation.as_ref().map(|m| m.value.0),
    }
}
