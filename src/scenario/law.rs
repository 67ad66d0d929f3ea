//! From a plan to the state of provisioning before its first step.

use crate::provision::{
    AccessDevice, AccessPoint, Account, AccountKind, Feature, LeadTimes, PcId, Policies, Premises, PresetCircuit,
    Range, ResourceId, Role, Site, Spec, State,
};

use super::at::Span;
use super::plan::{self, Plan};

/// What a policy, an account or a circuit says that provisioning cannot take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlawful {
    /// Where in the scenario file; the default: not one place.
    pub span: Span,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Unlawful {
    fn nowhere(message: impl ToString) -> Self {
        Self {
            span: Span::default(),
            message: message.to_string(),
        }
    }
}

/// The state before the first step, and the ids of the circuits that exist then, by index.
///
/// # Errors
/// Everything that is wrong with policies, accounts and circuits.
pub fn law(plan: &Plan) -> Result<(State, Vec<ResourceId>), Vec<Unlawful>> {
    let mut wrong = Vec::new();
    let policies = policies(&plan.policies, &mut wrong);
    let leads = leads(&plan.lead_times, &mut wrong);
    let mut world = Premises::new(policies, leads);
    for account in &plan.accounts {
        let account = self::account(account, &mut wrong);
        if let Err(error) = world.add_account(account) {
            wrong.push(Unlawful::nowhere(error));
        }
    }
    for ap in access_points(plan, &mut wrong) {
        if let Err(error) = world.add_access_point(ap) {
            wrong.push(Unlawful::nowhere(error));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut state = State::new(world);
    let mut ids = Vec::with_capacity(plan.circuits.len());
    for circuit in &plan.circuits {
        let id = if circuit.created_by.is_some() {
            Ok(ResourceId::UNBOUND)
        } else {
            preset(&mut state, plan, circuit).map(ResourceId::Connection)
        };
        match id {
            Ok(id) => ids.push(id),
            Err(error) => wrong.push(error),
        }
    }
    if wrong.is_empty() { Ok((state, ids)) } else { Err(wrong) }
}

fn preset(state: &mut State, plan: &Plan, circuit: &plan::CircuitPlan) -> Result<PcId, Unlawful> {
    let mbps = circuit.bandwidth.as_bps() / 1_000_000;
    state
        .preset_circuit(&PresetCircuit {
            owner: circuit.owner,
            access_point: circuit.access_point_id.clone(),
            device: plan.nodes[circuit.device.index()].name.clone(),
            bandwidth_mbps: u32::try_from(mbps).unwrap_or(u32::MAX),
            qos_policy: false,
        })
        .map_err(|e| Unlawful::nowhere(format!("circuit `{}`: {e}", circuit.name)))
}

/// Policies out of their names and values.
pub(super) fn policies(written: &[plan::PolicyPlan], wrong: &mut Vec<Unlawful>) -> Policies {
    let mut policies = Policies::default();
    for policy in written {
        if let Err(error) = policies.set(&policy.name, &policy.value) {
            wrong.push(Unlawful {
                span: policy.span,
                message: error.to_string(),
            });
        }
    }
    policies
}

fn leads(written: &[plan::LeadTimePlan], wrong: &mut Vec<Unlawful>) -> LeadTimes {
    let mut leads = LeadTimes::default();
    for lead in written {
        let range = Range {
            min: lead.min,
            max: lead.max,
        };
        match leads.named(&lead.name) {
            Some(known) => *known = range,
            None => {
                let names: Vec<&str> = leads.list().iter().map(|(name, ..)| *name).collect();
                wrong.push(Unlawful {
                    span: lead.span,
                    message: format!("`{}` is no lead time; there are {}", lead.name, names.join(", ")),
                });
            }
        }
    }
    leads
}

fn account(account: &plan::AccountPlan, wrong: &mut Vec<Unlawful>) -> Account {
    let specs = account.sold_specs.iter().flatten();
    let sold_specs: Vec<Spec> = specs
        .filter_map(|name| {
            let spec = Spec::parse(name);
            if spec.is_none() {
                let known: Vec<&str> = Spec::all().map(Spec::name).collect();
                wrong.push(Unlawful::nowhere(format!(
                    "account `{}` sells `{name}`, which is no spec; there are {}",
                    account.name,
                    known.join(", ")
                )));
            }
            spec
        })
        .collect();
    Account {
        uid: account.uid,
        role: match account.role {
            plan::Role::Partner => Role::Partner,
            plan::Role::Tenant | plan::Role::Stranger => Role::Tenant,
            plan::Role::System => Role::System,
        },
        large_specs: account.large_specs,
        sold_specs,
        gated: account.gated,
        outbound_billing: account.outbound_billing,
        kind: match account.kind {
            plan::AccountKind::Main => AccountKind::Main,
            plan::AccountKind::Ram => AccountKind::Ram,
            plan::AccountKind::Partner => AccountKind::Partner,
        },
        site: if account.international { Site::Intl } else { Site::Cn },
    }
}

/// Access points by their ids, each with the devices that circuits end at.
fn access_points(plan: &Plan, wrong: &mut Vec<Unlawful>) -> Vec<AccessPoint> {
    let mut points: Vec<AccessPoint> = Vec::new();
    for circuit in &plan.circuits {
        let mut features = Vec::new();
        for key in &circuit.features {
            match Feature::parse(key) {
                Some(feature) => features.push(feature),
                None => wrong.push(Unlawful::nowhere(format!(
                    "`{key}` is no feature of an access device; there are {}",
                    Feature::ALL.map(Feature::key).join(", ")
                ))),
            }
        }
        let device = AccessDevice {
            name: plan.nodes[circuit.device.index()].name.clone(),
            features,
        };
        match points.iter_mut().find(|p| p.id == circuit.access_point_id) {
            Some(point) => {
                point.shared_ports &= circuit.shared_ports;
                if !point.devices.iter().any(|d| d.name == device.name) {
                    point.devices.push(device);
                }
            }
            None => points.push(AccessPoint {
                id: circuit.access_point_id.clone(),
                shared_ports: circuit.shared_ports,
                devices: vec![device],
            }),
        }
    }
    points
}
