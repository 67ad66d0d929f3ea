//! Which VBRs a cutover converts: those that a partner pushed to its tenants.

use std::collections::{BTreeMap, BTreeSet};

use super::Unit;
use crate::provision::OperationName;
use crate::scenario::codes::Code;
use crate::scenario::file::{AccountItem, CutoverItem, ScenarioFile, StepItem};
use crate::scenario::issues::Issues;
use crate::units::SimTime;

/// The value of a step's parameter.
pub(super) fn with<'a>(step: &'a StepItem, key: &str) -> Option<&'a str> {
    let found = step.with.0.iter().find(|(name, _)| name == key);
    found.map(|(_, value)| value.0.as_str())
}

/// Is there a VBR that is pushed to nobody who is known, or at no VLAN? Then it is that which is wrong.
pub(super) fn unreadable(file: &ScenarioFile) -> bool {
    let known = |owner: &str| {
        let named = |account: &AccountItem| *account.name.0 == *owner || account.uid.value.to_string() == owner;
        file.accounts.iter().any(named)
    };
    file.provisioning.iter().any(|step| {
        let made = step.operation.value == OperationName::CreateVirtualBorderRouter;
        let owner = with(step, "VbrOwnerId").filter(|_| made);
        let vlan = with(step, "VlanId").map(str::parse::<u16>);
        owner.is_some_and(|owner| !known(owner) || matches!(vlan, Some(Err(_))))
    })
}

/// VBRs that a partner pushed to the cutover's tenants, by tenant and VBR.
pub(super) fn find(file: &ScenarioFile, item: &CutoverItem, issues: &mut Issues) -> Vec<Unit> {
    let accounts: BTreeMap<u64, &str> = file.accounts.iter().map(|a| (a.uid.value, &*a.name.0)).collect();
    let known: BTreeSet<&str> = accounts.values().copied().collect();
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    let named = item
        .tenants
        .iter()
        .chain(&item.prepare.never)
        .chain(&item.window.test_tenant);
    for tenant in named {
        if !known.contains(&*tenant.0) {
            let message = format!("there is no account `{}`", tenant.0);
            issues.dangling(tenant.span, message, &tenant.0, known.iter().copied());
        }
    }
    for tenant in &item.tenants {
        if !wanted.insert(&tenant.0) {
            issues.err(
                tenant.span,
                Code::DuplicateName,
                format!("`{}` stands here already", tenant.0),
            );
        }
    }
    let mut units: Vec<Unit> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let pushed = |step: &&StepItem| {
        let made = step.operation.value == OperationName::CreateVirtualBorderRouter && step.expect_error.is_none();
        made && !step.dry_run.as_ref().is_some_and(|dry| dry.value)
    };
    for step in file.provisioning.iter().filter(pushed) {
        let (Some(owner), Some(bind)) = (with(step, "VbrOwnerId"), &step.bind) else {
            continue;
        };
        let by_uid = owner.parse().ok().and_then(|uid: u64| accounts.get(&uid).copied());
        let tenant = by_uid.unwrap_or(owner);
        let meant = wanted.is_empty() || wanted.contains(tenant);
        if meant && known.contains(tenant) && tenant != &*step.by.0 && seen.insert(&bind.0) {
            units.extend(unit(file, step, tenant, &bind.0));
        }
    }
    let read = !unreadable(file);
    for tenant in item.tenants.iter().filter(|_| read) {
        if known.contains(&*tenant.0) && !units.iter().any(|unit| unit.tenant == *tenant.0) {
            let text = format!("no partner has pushed a VBR to `{}`", tenant.0);
            issues.err(tenant.span, Code::Needed, text);
        }
    }
    for held in &item.window.hold {
        if !units.iter().any(|unit| unit.vbr == *held.0) {
            let message = format!("the cutover converts no VBR `{}`", held.0);
            issues.dangling(held.span, message, &held.0, units.iter().map(|unit| unit.vbr.as_str()));
        }
    }
    units.sort_by(|a, b| (&a.tenant, &a.vbr).cmp(&(&b.tenant, &b.vbr)));
    units
}

fn unit(file: &ScenarioFile, step: &StepItem, tenant: &str, vbr: &str) -> Option<Unit> {
    let circuit = with(step, "PhysicalConnectionId")?;
    let vlan: u16 = with(step, "VlanId")?.parse().ok()?;
    let own = |idc: &&crate::scenario::file::IdcItem| {
        *idc.tenant.0 == *tenant && *idc.circuit.0 == *circuit && idc.vlan_id.value == u64::from(vlan)
    };
    Some(Unit {
        tenant: tenant.to_owned(),
        partner: step.by.0.clone(),
        vbr: vbr.to_owned(),
        port: format!("{vbr}-port"),
        circuit: circuit.to_owned(),
        vlan,
        vlan_after: vlan,
        mbps: with(step, "Bandwidth").and_then(|mbps| mbps.parse().ok()).unwrap_or(0),
        idc: file.idcs.iter().find(own).map(|idc| idc.name.0.clone()),
        endpoint: endpoint(file, step, tenant, circuit),
        wave: 0,
        at: SimTime::ZERO,
        carried_over: None,
        steps: Vec::new(),
    })
}

/// The first endpoint behind the VBR's transit router: the one that is named, or the tenant's only one, or
/// its only one in the circuit's region.
fn endpoint(file: &ScenarioFile, step: &StepItem, tenant: &str, circuit: &str) -> Option<String> {
    let own: Vec<_> = file.vpcs.iter().filter(|vpc| *vpc.tenant.0 == *tenant).collect();
    let device = file.circuits.iter().find(|c| *c.name.0 == *circuit).map(|c| &*c.b.0);
    let device = file
        .access_devices
        .iter()
        .find(|d| Some(&*d.name.0) == device.map(|d| d as &str));
    let near = |vpc: &&&crate::scenario::file::VpcItem| device.is_some_and(|d| d.region.value == vpc.region.value);
    let vpc = match (&step.vpc, &own[..]) {
        (Some(name), _) => own.iter().find(|vpc| *vpc.name.0 == *name.0),
        (None, [only]) => Some(only),
        (None, _) => own.iter().find(near),
    }?;
    let endpoint = vpc.endpoints.first()?;
    Some(format!("{}/{}", vpc.name.0, endpoint.name.0))
}
