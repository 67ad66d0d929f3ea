//! From what was written to the state of provisioning before its first step.

use super::at::Span;
use super::codes::Code;
use super::file::{AccountItem, AttachEffectItem, DeviceItem, KindWord, ScenarioFile, SiteWord};
use super::issues::Issues;
use super::plan::{LeadTimePlan, PolicyPlan, Role};
use super::resolve::{Circuit, Terrain, role};
use crate::provision::{self, Account, AccountKind, Feature, LeadTimes, Policies, Premises, PresetCircuit};
use crate::provision::{AccessDevice, AccessPoint, PcId, Range, ResourceId, Site, State};
use crate::provision::{AttachDirection, AttachEffect, AttachKind, AttachScope};
use crate::units::SimDuration;

/// The answers to open questions and the modelled delays: in force, and as the file sets them.
pub(super) struct Settings {
    pub policies: Policies,
    pub policies_set: Vec<PolicyPlan>,
    pub leads: LeadTimes,
    pub leads_set: Vec<LeadTimePlan>,
}

/// What the file sets; what is wrong with a value is told with its place.
pub(super) fn settings(file: &ScenarioFile, issues: &mut Issues) -> Settings {
    let mut policies = Policies::default();
    let mut policies_set = Vec::new();
    if let Some((name, item)) = &file.policies.attach_effect {
        policies.attach_effect = attach_effect(item, issues);
        policies_set.push(PolicyPlan {
            name: name.value,
            span: name.span,
        });
    }
    for (name, value) in &file.policies.single.0 {
        if let Err(error) = policies.set(name.as_str(), &value.value.0) {
            issues.err(value.span, Code::Unlawful, error.to_string());
        }
        policies_set.push(PolicyPlan {
            name: name.value,
            span: value.span,
        });
    }
    policies_set.sort_by_key(|policy| policy.name);
    let mut leads = LeadTimes::default();
    let mut leads_set = Vec::new();
    for (lead, time) in &file.lead_times.0 {
        let range = Range {
            min: time.min,
            max: time.max,
        };
        leads.set(lead.value, range);
        leads_set.push(LeadTimePlan {
            lead: lead.value,
            range,
            span: time.span,
        });
    }
    leads_set.sort_by_key(|set| set.lead);
    Settings {
        policies,
        policies_set,
        leads,
        leads_set,
    }
}

/// What an attach does to frames; what is wrong with it is told with its place.
pub(super) fn attach_effect(item: &AttachEffectItem, issues: &mut Issues) -> AttachEffect {
    let kind = item.kind.value;
    if kind == AttachKind::None {
        let lasts = item.lasts.as_ref().map(|at| ("for", at.span));
        let direction = item.direction.as_ref().map(|at| ("direction", at.span));
        let scope = item.scope.as_ref().map(|at| ("scope", at.span));
        for (key, span) in [lasts, direction, scope].into_iter().flatten() {
            let text = format!("an attach that interrupts nothing (`kind: none`) has no `{key}`");
            issues.err(span, Code::Unlawful, text);
        }
        return AttachEffect::NONE;
    }
    let time = match &item.lasts {
        Some(lasts) if lasts.value.is_zero() => {
            let text = format!("`kind: {}` for no time is `kind: none`", kind.as_str());
            issues.err(lasts.span, Code::Zero, text);
            SimDuration::ZERO
        }
        Some(lasts) => lasts.value,
        None => {
            let text = format!("`kind: {}` needs `for`: how long nothing passes", kind.as_str());
            issues.err(item.kind.span, Code::Needed, text);
            SimDuration::ZERO
        }
    };
    AttachEffect {
        kind,
        time,
        direction: item.direction.as_ref().map_or(AttachDirection::Both, |at| at.value),
        scope: item.scope.as_ref().map_or(AttachScope::SubInterface, |at| at.value),
    }
}

/// The state before the first step, and the ids of the circuits that exist then, by index; `None`
/// where accounts or circuits are such that provisioning cannot take them, and `issues` says which.
pub(super) fn law(terrain: &Terrain, settings: &Settings, issues: &mut Issues) -> Option<(State, Vec<ResourceId>)> {
    let mut premises = Premises::new(settings.policies.clone(), settings.leads.clone());
    for item in &terrain.accounts {
        if let Err(error) = premises.add_account(account(item)) {
            issues.err(item.uid.span, Code::Unlawful, error.to_string());
        }
    }
    for (span, point) in access_points(terrain) {
        if let Err(error) = premises.add_access_point(point) {
            issues.err(span, Code::Unlawful, error.to_string());
        }
    }
    if issues.any() {
        return None;
    }
    let mut state = State::new(premises);
    let mut ids = Vec::with_capacity(terrain.circuits.len());
    for circuit in &terrain.circuits {
        let id = match circuit.planned() {
            true => Ok(ResourceId::UNBOUND),
            false => preset(&mut state, terrain, circuit).map(ResourceId::Connection),
        };
        match id {
            Ok(id) => ids.push(id),
            Err(error) => {
                let name = &circuit.item.name;
                issues.err(name.span, Code::Unlawful, format!("circuit `{}`: {error}", name.0));
            }
        }
    }
    (!issues.any()).then_some((state, ids))
}

fn preset(state: &mut State, terrain: &Terrain, circuit: &Circuit) -> Result<PcId, provision::PremisesError> {
    let device = &terrain.devices[circuit.device];
    let mbps = circuit.bandwidth.as_bps() / 1_000_000;
    state.preset_circuit(&PresetCircuit {
        owner: circuit.owner,
        access_point: access_point_id(device),
        device: device.name.0.clone(),
        bandwidth_mbps: u32::try_from(mbps).unwrap_or(u32::MAX),
        qos_policy: false,
    })
}

fn account(item: &AccountItem) -> Account {
    let yes = |flag: &Option<super::At<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    let specs = item.sold_specs.iter().flatten();
    Account {
        uid: item.uid.value,
        role: match role(item) {
            Role::Partner => provision::Role::Partner,
            Role::Tenant | Role::Stranger => provision::Role::Tenant,
            Role::System => provision::Role::System,
        },
        large_specs: yes(&item.large_specs),
        sold_specs: specs.map(|spec| spec.value).collect(),
        gated: yes(&item.gated),
        outbound_billing: yes(&item.outbound_billing),
        kind: match item.kind.as_ref().map(|kind| kind.value) {
            None | Some(KindWord::Main) => AccountKind::Main,
            Some(KindWord::Ram) => AccountKind::Ram,
            Some(KindWord::Partner) => AccountKind::Partner,
        },
        site: match item.site.as_ref().map(|site| site.value) {
            None | Some(SiteWord::Cn) => Site::Cn,
            Some(SiteWord::Intl) => Site::Intl,
        },
    }
}

/// `AccessPointId` of a device.
pub(super) fn access_point_id(device: &DeviceItem) -> String {
    let given = device.access_point_id.as_ref();
    given.map_or_else(|| device.name.0.clone(), |id| id.value.clone())
}

/// What a device can do, in order.
pub(super) fn features(device: &DeviceItem) -> Vec<Feature> {
    let mut features = match &device.features {
        Some(list) => list.iter().map(|feature| feature.value).collect(),
        None => vec![Feature::SubifRateLimit, Feature::Mpbgp],
    };
    features.sort();
    features.dedup();
    features
}

/// May a device's access point carry shared ports?
pub(super) fn shared_ports(device: &DeviceItem) -> bool {
    device.shared_ports.as_ref().is_none_or(|shared| shared.value)
}

/// Access points by their ids, each with the devices that circuits end at.
fn access_points(terrain: &Terrain) -> Vec<(Span, AccessPoint)> {
    let mut points: Vec<(Span, AccessPoint)> = Vec::new();
    for circuit in &terrain.circuits {
        let item = &terrain.devices[circuit.device];
        let id = access_point_id(item);
        let device = AccessDevice {
            name: item.name.0.clone(),
            features: features(item),
        };
        match points.iter_mut().find(|(_, point)| point.id == id) {
            Some((_, point)) => {
                point.shared_ports &= shared_ports(item);
                if !point.devices.iter().any(|known| known.name == device.name) {
                    point.devices.push(device);
                }
            }
            None => {
                let point = AccessPoint {
                    id,
                    shared_ports: shared_ports(item),
                    devices: vec![device],
                };
                points.push((item.name.span, point));
            }
        }
    }
    points
}
