//! What holds for each tenant at the end of a run, by aspect, in words that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use super::rights;
use crate::check::{Case, Names, service_ends, thousands};
use crate::evidence::Passage;
use crate::ident::{AccountId, FlowId};
use crate::provision::money::Unit;
use crate::provision::{NextHop, Prefix, ResourceId, Route, Vbr};
use crate::record::Record;
use crate::scenario::Plan;
use crate::scenario::plan::WayPlan;
use crate::study::{Proof, Proven};
use crate::units::SimDuration;

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// What a tenant's service is, where it leads, and whether it is open.
    Reachability,
    /// What became of a flow's frames.
    Delivery,
    /// Whose places its frames reach.
    Isolation,
    /// What it was sold, and what is on its way.
    Bandwidth,
    /// Who pays what for it.
    Billing,
    /// Which calls the law grants to whom.
    Rights,
}

impl Aspect {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reachability => "reachability",
            Self::Delivery => "delivery",
            Self::Isolation => "isolation",
            Self::Bandwidth => "bandwidth",
            Self::Billing => "billing",
            Self::Rights => "rights",
        }
    }
}

/// Of whom, about what, and of which thing of theirs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// A tenant, or another account.
    pub tenant: String,
    /// About what.
    pub aspect: Aspect,
    /// Of what.
    pub subject: String,
}

/// The facts of one side.
pub(super) struct Facts<'a> {
    plan: &'a Plan,
    all: BTreeMap<Key, String>,
}

impl Facts<'_> {
    /// Adds a fact about what an account has. Where the subject has one already it is the next of its
    /// kind: `... (2)`.
    pub(super) fn add(&mut self, of: AccountId, aspect: Aspect, subject: String, value: String) {
        let account = self.plan.accounts.get(of.index());
        let tenant = account.map_or("nobody", |account| account.name.as_str());
        self.put(tenant, aspect, subject, value);
    }

    fn put(&mut self, tenant: &str, aspect: Aspect, subject: String, value: String) {
        let mut key = Key {
            tenant: tenant.to_owned(),
            aspect,
            subject,
        };
        let plain = key.subject.clone();
        let mut number = 1u32;
        while self.all.contains_key(&key) {
            number += 1;
            key.subject = format!("{plain} ({number})");
        }
        self.all.insert(key, value);
    }
}

/// Every fact of a run.
pub(super) fn of(plan: &Plan, record: &Record, proof: &Proof) -> BTreeMap<Key, String> {
    let case = Case { plan, record };
    let names = Names::new(&case);
    let mut facts = Facts {
        plan,
        all: BTreeMap::new(),
    };
    services(&case, &names, &mut facts);
    routers(&case, &names, &mut facts);
    flows(&case, &mut facts);
    isolation(plan, proof, &mut facts);
    ways(plan, &mut facts);
    bill(&case, &names, &mut facts);
    rights::add(&record.cloud.law, &names, &mut facts);
    facts.all
}

fn services(case: &Case<'_>, names: &Names<'_>, facts: &mut Facts<'_>) {
    for end in service_ends(case, names) {
        let mut put = |what: &str, value: String| {
            let subject = format!("service on {}: {what}", end.circuit);
            facts.put(end.tenant, Aspect::Reachability, subject, value);
        };
        put("VLAN", end.vlan.to_string());
        put("over", end.kind.to_owned());
        put("open", if end.open { "yes" } else { "no" }.to_owned());
        if !end.unfinished.is_empty() {
            put("unfinished", end.unfinished.clone());
        }
    }
}

fn routers(case: &Case<'_>, names: &Names<'_>, facts: &mut Facts<'_>) {
    let law = &case.record.cloud.law;
    for (_, vbr) in law.vbrs() {
        let subject = |what: &str| format!("VBR on {}: {what}", names.of(vbr.circuit));
        let reach = [
            ("addresses", addresses(vbr)),
            ("routes", routes(vbr)),
            ("attached to", attached(case, vbr)),
            ("health check", vbr.health.map_or("none", |_| "on").to_owned()),
        ];
        for (what, value) in reach {
            facts.add(vbr.owner, Aspect::Reachability, subject(what), value);
        }
        let limit = law
            .vbr_bandwidth(vbr)
            .map_or("none".to_owned(), |rate| rate.to_string());
        facts.add(vbr.owner, Aspect::Bandwidth, subject("limit"), limit);
    }
}

fn addresses(vbr: &Vbr) -> String {
    vbr.addresses.map_or("none".to_owned(), |a| {
        format!("cloud {}, customer {}, /{}", a.local, a.peer, a.prefix_len)
    })
}

fn routes(vbr: &Vbr) -> String {
    let one = |(prefix, route): (&Prefix, &Route)| match route.next_hop {
        NextHop::Circuit => format!("{prefix} to the customer"),
        NextHop::Cloud => format!("{prefix} to the cloud"),
    };
    match vbr.routes.is_empty() {
        true => "none".to_owned(),
        false => vbr.routes.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

fn attached(case: &Case<'_>, vbr: &Vbr) -> String {
    let attachment = vbr.attachment.and_then(|id| case.record.cloud.law.attachment(id));
    attachment.map_or("nothing".to_owned(), |to| format!("{} ({})", to.cen, to.status))
}

fn flows(case: &Case<'_>, facts: &mut Facts<'_>) {
    for (at, flow) in case.plan.flows.iter().enumerate() {
        let Some(tenant) = case.plan.tenants.get(flow.tenant.index()) else {
            continue;
        };
        let account = case.record.evidence.flow(FlowId::of(at));
        let told = account.map_or("nothing was sent".to_owned(), |account| {
            let way = |passage: &Passage| {
                format!(
                    "{} sent, {} arrived",
                    thousands(passage.sent.frames),
                    thousands(passage.arrived_once())
                )
            };
            match flow.answered {
                true => format!("{}; answers: {}", way(&account.forward), way(&account.answers)),
                false => way(&account.forward),
            }
        });
        facts.put(&tenant.name, Aspect::Delivery, format!("flow {}", flow.name), told);
    }
}

fn isolation(plan: &Plan, proof: &Proof, facts: &mut Facts<'_>) {
    let name = |owner: u32| plan.tenants.get(owner as usize).map_or("nobody", |t| t.name.as_str());
    for (at, tenant) in plan.tenants.iter().enumerate() {
        let reached: BTreeSet<&str> = proof
            .leaks
            .iter()
            .filter(|shown| shown.leak.from as usize == at)
            .map(|shown| name(shown.leak.to))
            .collect();
        let told = match (&proof.verdict, reached.is_empty()) {
            (_, false) => format!("reach {}", reached.into_iter().collect::<Vec<_>>().join(", ")),
            (Proven::Proved | Proven::Leaks, true) => "reach nobody else".to_owned(),
            (Proven::Undecided(why) | Proven::Broken(why), true) => format!("not decided: {why}"),
        };
        facts.put(&tenant.name, Aspect::Isolation, "its frames".to_owned(), told);
    }
}

/// What each data centre's way has on it: where it enters, and what its slowest link carries.
fn ways(plan: &Plan, facts: &mut Facts<'_>) {
    for way in &plan.ways {
        let Some(tenant) = plan.tenants.get(way.tenant.index()) else {
            continue;
        };
        let circuit = plan
            .circuits
            .get(way.circuit)
            .map_or("", |circuit| circuit.name.as_str());
        let subject = |what: &str| format!("way to {circuit}: {what}");
        let (links, slowest) = along(plan, way);
        facts.put(
            &tenant.name,
            Aspect::Reachability,
            subject("VLAN at the partner"),
            way.vlan.to_string(),
        );
        facts.put(&tenant.name, Aspect::Reachability, subject("links"), links);
        facts.put(&tenant.name, Aspect::Bandwidth, subject("slowest link"), slowest);
    }
}

fn along(plan: &Plan, way: &WayPlan) -> (String, String) {
    let links: Vec<_> = way
        .links
        .iter()
        .filter_map(|link| plan.links.get(link.index()))
        .collect();
    let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
    let slowest = links.iter().map(|link| link.config.rate).min();
    (
        names.join(" "),
        slowest.map_or("none".to_owned(), |rate| rate.to_string()),
    )
}

/// Every row of the bill, under the tenant whose port it is for; who pays is part of what is told.
fn bill(case: &Case<'_>, names: &Names<'_>, facts: &mut Facts<'_>) {
    let law = &case.record.cloud.law;
    for line in case.record.invoice(case.plan) {
        let resource = line.resource;
        let owner = match resource {
            ResourceId::Connection(id) => law.port(id).map(|port| port.owner),
            ResourceId::Vbr(id) => law.vbr(id).map(|vbr| vbr.owner),
            _ => None,
        };
        let quantity = match line.unit {
            Unit::PortTime(spec) => format!("{} at {spec}", SimDuration::from_nanos(line.quantity)),
            Unit::Octets => format!("{} octets", thousands(line.quantity)),
            Unit::Pieces => line.quantity.to_string(),
        };
        let subject = format!("{} for {}", line.row.as_str(), names.of(resource));
        let told = format!("{} pays for {quantity}", case.account(line.account));
        facts.add(owner.unwrap_or(line.account), Aspect::Billing, subject, told);
    }
}
