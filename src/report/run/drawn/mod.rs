//! The pictures of a run: its network, its time line, its delays, and on what its verdicts rest.

mod frames;
mod network;
mod timeline;

pub use frames::{Noticed, noticed, told};
pub use network::built;

use std::collections::BTreeMap;

use crate::check::{Case, Judgement, Standing, Verdict, assumed_of_attach, standing};
use crate::evidence::Samples;
use crate::ident::{Direction, FlowId, TenantId};
use crate::report::document::picture::{Delays, Picture, Tone};
use crate::scenario::Plan;
use crate::scenario::plan::NodeKind;

/// What samples a run of this plan.
pub fn samples(plan: &Plan) -> Samples {
    let directions = plan.flows.iter().map(|flow| flow.direction(plan));
    Samples::new(plan.tenants.len(), directions.collect(), plan.end)
}

/// Every picture of a run.
pub fn pictures(case: &Case<'_>, judgement: &Judgement, samples: &Samples) -> Vec<Picture> {
    let tones = Tones::new(case.plan, judgement);
    vec![
        Picture::Basis(basis(case.plan)),
        Picture::Network(network::network(case, &tones, samples)),
        Picture::Timeline(timeline::timeline(case, judgement, &tones, samples)),
        Picture::Delays(delays(case.plan, samples)),
    ]
}

/// How the verdicts about each tenant stand.
struct Tones(BTreeMap<TenantId, Tone>);

impl Tones {
    fn new(plan: &Plan, judgement: &Judgement) -> Self {
        let names = Named::new(plan);
        let mut tones = BTreeMap::new();
        for line in &judgement.lines {
            let Some(tenant) = names.tenant(&line.subject) else {
                continue;
            };
            let tone = match line.verdict {
                Verdict::Fail | Verdict::Error => Tone::Bad,
                Verdict::Inconc => Tone::Unknown,
                Verdict::Pass => Tone::Good,
                Verdict::NotApplicable | Verdict::NotTestable => continue,
            };
            let of = tones.entry(tenant).or_insert(tone);
            *of = tone.max(*of);
        }
        Self(tones)
    }

    fn of(&self, tenant: TenantId) -> Option<Tone> {
        self.0.get(&tenant).copied()
    }
}

/// Whom a verdict is about, by the name of a tenant or of a flow.
struct Named<'a>(BTreeMap<&'a str, TenantId>, BTreeMap<&'a str, (FlowId, TenantId)>);

impl<'a> Named<'a> {
    fn new(plan: &'a Plan) -> Self {
        let tenants = plan.tenants.iter().enumerate();
        let flows = plan.flows.iter().enumerate();
        Self(
            tenants.map(|(i, t)| (t.name.as_str(), TenantId::of(i))).collect(),
            flows
                .map(|(i, f)| (f.name.as_str(), (FlowId::of(i), f.tenant)))
                .collect(),
        )
    }

    /// Whose frames it is about; a tenant's name goes before a flow's.
    fn tenant(&self, subject: &str) -> Option<TenantId> {
        let flow = || self.1.get(subject).map(|(_, tenant)| *tenant);
        self.0
            .get(subject)
            .copied()
            .or_else(flow)
            .filter(|tenant| tenant.is_some())
    }

    /// Which flow it is about, if it is about one alone.
    fn flow(&self, subject: &str) -> Option<FlowId> {
        match self.0.contains_key(subject) {
            true => None,
            false => self.1.get(subject).map(|(flow, _)| *flow),
        }
    }
}

/// On what the verdicts rest: profiles of the devices, planted faults, what is assumed.
fn basis(plan: &Plan) -> Vec<(&'static str, Vec<String>)> {
    let mut profiles: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut planted = Vec::new();
    for node in &plan.nodes {
        let (NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch)) = &node.kind
        else {
            continue;
        };
        profiles
            .entry(switch.tables.profile.to_string())
            .or_default()
            .push(&node.name);
        if let Some(quirk) = switch.quirk {
            planted.push(format!("{}: {quirk}", node.name));
        }
    }
    const NAMED: usize = 4;
    let profiles = profiles.into_iter().map(|(profile, of)| match of.len() {
        n if n > NAMED => format!("{profile}: {n} switches"),
        _ => format!("{profile}: {}", of.join(", ")),
    });
    let mut rows = vec![("profiles of devices", profiles.collect())];
    if !planted.is_empty() {
        rows.push(("planted faults", planted));
    }
    let assumed = assumed_of_attach(plan).map(|text| match text.strip_prefix("assumed: ") {
        Some(text) => text.to_owned(),
        None => text,
    });
    rows.push(("assumptions", assumed.into_iter().collect()));
    rows.retain(|(_, lines): &(&str, Vec<String>)| !lines.is_empty());
    rows
}

/// How long the frames of each tenant took, each way.
fn delays(plan: &Plan, samples: &Samples) -> Vec<Delays> {
    let all = samples.took().iter().filter_map(|((tenant, way), took)| {
        Some(Delays {
            tenant: plan.tenants.get(tenant.index())?.name.clone(),
            direction: match way {
                Direction::Up => "to the cloud",
                Direction::Down => "from the cloud",
                Direction::Neither => "within one side",
            },
            classes: took.classes().collect(),
            range_ns: took.range(),
        })
    });
    all.collect()
}

/// Is the line not as one would wish, expected or not?
fn is_wrong(line: &crate::check::Line) -> bool {
    matches!(line.verdict, Verdict::Fail | Verdict::Inconc | Verdict::Error)
        || standing(line.verdict, line.expected, false) != Standing::Conforms
}
