//! Calls of the API: who, when, with what; and where a VBR that one creates will run.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use super::world::Terrain;
use crate::ident::{AccountId, TenantId};
use crate::provision::{Operation, ParamKind, ParamValue};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::StepItem;
use crate::scenario::issues::Issues;
use crate::scenario::plan::{BindingId, StepPlan, StepValue};
use crate::scenario::scalars::Param;
use crate::units::{BitRate, SimTime};

/// In front of a value that is meant as it stands, though nothing has this name.
const LITERAL: &str = "literal:";
/// Steps that a scenario may have.
const STEPS_MAX: usize = 3_000_000;

/// Where a VBR will run.
pub(crate) struct PlannedVbr {
    pub name: String,
    pub span: Span,
    pub tenant: TenantId,
    pub circuit: usize,
    pub vpc: Option<usize>,
    /// Index into the steps.
    pub step: usize,
    /// Its `LocalGatewayIp`, where the step gives one.
    pub local: Option<Ipv4Addr>,
    /// Its VLAN on the circuit, where the steps name one.
    pub vlan: Option<u16>,
}

/// All steps.
pub(crate) struct Steps {
    pub list: Vec<StepPlan>,
    pub bindings: Vec<String>,
    pub slots: Vec<PlannedVbr>,
    /// Slot by name.
    pub slot_names: BTreeMap<String, usize>,
    /// `Spec` of the ports, by circuit and VLAN.
    pub specs: BTreeMap<(usize, u64), BitRate>,
}

impl Steps {
    /// The slot's index.
    pub(crate) fn slot(&self, name: &str) -> Option<usize> {
        self.slot_names.get(name).copied()
    }
}

pub(super) fn resolve(mut items: Vec<StepItem>, world: &Terrain, end: SimTime, issues: &mut Issues) -> Steps {
    if items.len() > STEPS_MAX {
        issues.err(
            items[0].at.span,
            Code::TooMany,
            format!("{} steps are more than {STEPS_MAX}", items.len()),
        );
        items.truncate(1);
    }
    items.sort_by_cached_key(|item| item.at.value);
    let names = Names::new(&items, issues);
    let mut steps = Steps {
        list: Vec::with_capacity(items.len()),
        bindings: names.bindings.keys().map(|name| (*name).to_owned()).collect(),
        slots: Vec::new(),
        slot_names: BTreeMap::new(),
        specs: BTreeMap::new(),
    };
    check_planned(&items, &names, world, issues);
    for (number, item) in items.iter().enumerate() {
        if item.at.value > end {
            issues.err(
                item.at.span,
                Code::TimeOrder,
                format!("the run ends at {end}, before this step"),
            );
        }
        let by = world.account(&item.by, issues).unwrap_or_default();
        let params: Vec<(String, StepValue)> = item
            .with
            .0
            .iter()
            .map(|(key, value)| (key.clone(), names.value(item, key, value, world, issues)))
            .collect::<Vec<_>>();
        check_operation(item, &params, issues);
        note_spec(item, &names, world, &mut steps);
        let slot = slot(number, item, by, &names, world, &mut steps, issues);
        steps.list.push(StepPlan {
            at: item.at.value,
            by,
            operation: item.operation.value.clone(),
            as_name: item.bind.as_ref().and_then(|b| names.binding(&b.0)),
            params,
            token: item.token.as_ref().map(|t| t.value.clone()),
            dry_run: item.dry_run.as_ref().is_some_and(|d| d.value),
            expect_error: item.expect_error.as_ref().map(|e| e.value.clone()),
            line: item.at.span.line,
            slot,
        });
    }
    sort_slots(&mut steps);
    steps
}

/// Can the law express this call? What it would refuse is none of our business here.
fn check_operation(item: &StepItem, params: &[(String, StepValue)], issues: &mut Issues) {
    let beside = |key: &str| matches!(key, "DryRun" | "Token" | "ClientToken");
    if let Some((key, value)) = item.with.0.iter().find(|(key, _)| beside(key)) {
        return issues.err_help(
            value.span,
            Code::StepParameter,
            format!("`{key}` stands beside `with`, not in it"),
            "write `dry_run: true` or `token: ...` in the step",
        );
    }
    let params: Vec<(String, ParamValue)> = params.iter().map(|(key, value)| (key.clone(), value.plain())).collect();
    let Err(error) = Operation::parse(&item.operation.value, &params) else {
        return;
    };
    let at = error
        .param()
        .and_then(|param| item.with.0.iter().find(|(key, _)| key == param));
    let span = at.map_or(item.operation.span, |(_, value)| value.span);
    issues.err(span, Code::StepParameter, error.to_string());
}

/// What a parameter takes, by the law.
fn kind(operation: &str, key: &str) -> Option<ParamKind> {
    let info = Operation::info(operation)?;
    info.params.iter().find(|p| p.name == key).map(|p| p.kind)
}

/// What steps bind, and by which step.
struct Names<'a> {
    items: &'a [StepItem],
    /// Name to (id, last step that binds it).
    bindings: BTreeMap<&'a str, (u32, usize)>,
}

impl<'a> Names<'a> {
    fn new(items: &'a [StepItem], issues: &mut Issues) -> Self {
        let mut bindings: BTreeMap<&str, (u32, usize)> = BTreeMap::new();
        for (i, item) in items.iter().enumerate() {
            let Some(name) = &item.bind else { continue };
            if let Some((_, before)) = bindings.insert(&name.0, (0, i)) {
                let before = &items[before];
                let made = before.expect_error.is_none() && !before.dry_run.as_ref().is_some_and(|d| d.value);
                let token = |i: &StepItem| i.token.as_ref().map(|t| t.value.clone());
                let again = item.token.is_some() && token(before) == token(item);
                if made && !again {
                    issues.err_help(
                        name.span,
                        Code::DuplicateName,
                        format!("a step binds `{}` already", name.0),
                        format!("the other one stands in line {}", before.at.span.line),
                    );
                }
            }
        }
        for (id, entry) in bindings.values_mut().enumerate() {
            entry.0 = u32::try_from(id).unwrap_or(u32::MAX);
        }
        Self { items, bindings }
    }

    fn binding(&self, name: &str) -> Option<BindingId> {
        self.bindings.get(name).map(|(id, _)| BindingId(*id))
    }

    /// A parameter's value, by what its name says of it.
    fn value(&self, item: &StepItem, key: &str, value: &At<Param>, world: &Terrain, issues: &mut Issues) -> StepValue {
        let text = value.value.0.as_str();
        let kind = kind(&item.operation.value, key);
        if text.starts_with(LITERAL) && kind == Some(ParamKind::Resource) {
            return StepValue::Nothing;
        }
        refuse_ipv6(key, value, issues);
        if kind == Some(ParamKind::Account) {
            return account(text, value.span, world, issues);
        }
        if key == "VlanId" {
            check_vlan(text, value.span, issues);
        }
        if kind != Some(ParamKind::Resource) {
            return plain(text);
        }
        if let Some(binding) = self.binding(text) {
            return StepValue::Binding(binding);
        }
        if let Some(circuit) = world.circuit_names.find(text) {
            return StepValue::Circuit(circuit);
        }
        self.dangling(item, key, text, value.span, world, issues);
        StepValue::Nothing
    }

    fn dangling(&self, item: &StepItem, key: &str, text: &str, span: Span, world: &Terrain, issues: &mut Issues) {
        let known = self
            .bindings
            .keys()
            .copied()
            .chain(world.circuits.iter().map(|c| &*c.item.name.0));
        let shown: String = text.chars().take(80).collect();
        let message = format!(
            "{key} of {}: no circuit and no step's `as` is named `{shown}`",
            item.operation.value
        );
        let help = format!("for an id that nothing has, write `{LITERAL}{shown}`");
        issues.dangling_or(span, message, text, known, Some(help));
    }

    /// The circuit behind a circuit's, port's or VBR's name.
    fn circuit(&self, name: &str, world: &Terrain) -> Option<usize> {
        let mut name = name;
        // Port of a VBR of a port ...: any chain longer than this runs in a circle.
        for _ in 0..8 {
            if let Some(circuit) = world.circuit_names.find(name) {
                return Some(circuit);
            }
            let (_, step) = self.bindings.get(name)?;
            let item = &self.items[*step];
            let key = match item.operation.value.as_str() {
                "CreateVpconnFromVbr" => "VbrId",
                _ => "PhysicalConnectionId",
            };
            name = param(item, key)?;
        }
        None
    }

    /// The VLAN that a step names for what it creates, or that it inherits from what it names.
    fn vlan(&self, item: &StepItem) -> Option<u16> {
        let mut item = item;
        for _ in 0..8 {
            if let Some(vlan) = param(item, "VlanId") {
                return vlan.parse().ok();
            }
            let key = match item.operation.value.as_str() {
                "CreateVpconnFromVbr" => "VbrId",
                _ => "PhysicalConnectionId",
            };
            item = self.tenant_of_port(param(item, key)?)?;
        }
        None
    }

    /// `VlanId` and `Spec` of the port with this name.
    fn tenant_of_port(&self, name: &str) -> Option<&'a StepItem> {
        let (_, step) = self.bindings.get(name)?;
        Some(&self.items[*step])
    }
}

fn param<'a>(item: &'a StepItem, key: &str) -> Option<&'a str> {
    item.with
        .0
        .iter()
        .find(|(k, _)| k == key)
        .map(|(_, v)| v.value.0.as_str())
}

fn plain(text: &str) -> StepValue {
    match text {
        "true" => StepValue::Bool(true),
        "false" => StepValue::Bool(false),
        _ => match text.parse::<u64>() {
            Ok(n) if n.to_string() == text => StepValue::Int(n),
            _ => StepValue::Text(text.to_owned()),
        },
    }
}

fn account(text: &str, span: Span, world: &Terrain, issues: &mut Issues) -> StepValue {
    if let Some(i) = world.account_names.find(text) {
        return StepValue::Account(AccountId::of(i));
    }
    if let Ok(uid) = text.parse::<u64>() {
        return match world.uids.get(&uid) {
            Some(i) => StepValue::Account(AccountId::of(*i)),
            None => StepValue::Int(uid),
        };
    }
    world.account_names.get(text, span, issues);
    plain(text)
}

fn check_vlan(text: &str, span: Span, issues: &mut Issues) {
    match text.parse::<u64>() {
        Ok(n) if n <= 2999 => {}
        Ok(n) => issues.err(
            span,
            Code::VidRange,
            format!("a VLAN of the cloud is 0 to 2999, not {n}"),
        ),
        Err(_) => issues.err(span, Code::StepParameter, "VlanId is a number, 0 to 2999"),
    }
}

fn refuse_ipv6(key: &str, value: &At<Param>, issues: &mut Issues) {
    let text = value.value.0.as_str();
    let asked = match key {
        "EnableIpv6" => text != "false",
        "LocalIpv6GatewayIp" | "PeerIpv6GatewayIp" | "PeeringIpv6SubnetMask" => true,
        "LocalGatewayIp" | "PeerGatewayIp" => text.parse().is_ok_and(|ip: IpAddr| ip.is_ipv6()),
        _ => false,
    };
    if asked {
        issues.err(
            value.span,
            Code::NotModelled,
            format!("{key}: IPv6 on an interconnect is not modelled yet"),
        );
    }
}

/// A planned circuit is created by exactly the steps that bind its name, and nothing else has it.
fn check_planned(items: &[StepItem], names: &Names<'_>, world: &Terrain, issues: &mut Issues) {
    for circuit in &world.circuits {
        let name = &circuit.item.name;
        let bound = names.bindings.get(&*name.0).map(|(_, i)| &items[*i]);
        match (circuit.planned(), bound) {
            (true, None) => issues.err_help(
                name.span,
                Code::Needed,
                format!("the circuit `{}` is planned, and no step creates it", name.0),
                format!("add a step with `do: CreatePhysicalConnection` and `as: {}`", name.0),
            ),
            (true, Some(item)) if item.operation.value != "CreatePhysicalConnection" => {
                issues.err(
                    item.operation.span,
                    Code::StepParameter,
                    format!("`{}` is a circuit: CreatePhysicalConnection creates it", name.0),
                );
            }
            (false, Some(item)) => {
                let span = item.bind.as_ref().map_or(item.at.span, |b| b.span);
                issues.err_help(
                    span,
                    Code::DuplicateName,
                    format!("the circuit `{}` exists from the start", name.0),
                    "give the circuit `state: planned`, or the step another name",
                );
            }
            _ => {}
        }
    }
}

/// What the partner's switch will police: the spec of the port with this VLAN on this circuit.
fn note_spec(item: &StepItem, names: &Names<'_>, world: &Terrain, steps: &mut Steps) {
    if item.operation.value != "CreateVirtualPhysicalConnection" || item.expect_error.is_some() {
        return;
    }
    let circuit = param(item, "PhysicalConnectionId").and_then(|name| names.circuit(name, world));
    let vlan = param(item, "VlanId").and_then(|v| v.parse::<u64>().ok());
    let spec = param(item, "Spec")
        .and_then(|s| s.parse::<BitRate>().ok())
        .filter(|r| r.as_bps() > 0);
    if let (Some(circuit), Some(vlan), Some(spec)) = (circuit, vlan, spec) {
        steps.specs.entry((circuit, vlan)).or_insert(spec);
    }
}

fn slot(
    number: usize,
    item: &StepItem,
    by: AccountId,
    names: &Names<'_>,
    world: &Terrain,
    steps: &mut Steps,
    issues: &mut Issues,
) -> Option<usize> {
    if item.operation.value != "CreateVirtualBorderRouter" {
        if let Some(vpc) = &item.vpc {
            issues.err(
                vpc.span,
                Code::StepParameter,
                "only CreateVirtualBorderRouter has a `vpc`",
            );
        }
        return None;
    }
    let circuit = names.circuit(param(item, "PhysicalConnectionId")?, world)?;
    let tenant = owner(item, by, names, world)?;
    let name = item
        .bind
        .as_ref()
        .map_or_else(|| format!("step/{:06}", number + 1), |b| b.0.clone());
    let vpc = vpc(item, tenant, circuit, world, issues);
    if let Some(known) = steps.slot_names.get(&name) {
        return Some(*known);
    }
    steps.slots.push(PlannedVbr {
        name: name.clone(),
        span: item.bind.as_ref().map_or(item.at.span, |b| b.span),
        tenant,
        circuit,
        vpc,
        step: number,
        local: param(item, "LocalGatewayIp").and_then(|ip| ip.parse().ok()),
        vlan: names.vlan(item),
    });
    steps.slot_names.insert(name, steps.slots.len() - 1);
    Some(steps.slots.len() - 1)
}

/// Whose VBR it will be: the one it is pushed to, or the caller; for a partner that calls on a
/// tenant's port (and will be refused), the port's tenant.
fn owner(item: &StepItem, by: AccountId, names: &Names<'_>, world: &Terrain) -> Option<TenantId> {
    let of_account = |text: &str| {
        let index = world
            .account_names
            .find(text)
            .or_else(|| world.uids.get(&text.parse().ok()?).copied())?;
        world.tenant_of[index]
    };
    if let Some(owner) = param(item, "VbrOwnerId") {
        return of_account(owner);
    }
    world.tenant_of.get(by.index()).copied().flatten().or_else(|| {
        let port = names.tenant_of_port(param(item, "PhysicalConnectionId")?)?;
        of_account(param(port, "VpconnAliUid")?)
    })
}

/// The transit router: the one that is named, or the tenant's only one, or its only one in the
/// circuit's region.
fn vpc(item: &StepItem, tenant: TenantId, circuit: usize, world: &Terrain, issues: &mut Issues) -> Option<usize> {
    if let Some(name) = &item.vpc {
        let i = world.vpc_names.get(name, name.span, issues)?;
        if world.vpcs[i].tenant != tenant {
            issues.err(
                name.span,
                Code::CrossTenant,
                format!("the VPC `{}` is another tenant's", name.0),
            );
        }
        return Some(i);
    }
    let region = world
        .circuits
        .get(circuit)
        .and_then(|c| world.devices.get(c.device))
        .map(|d| d.region.value.as_str());
    let own = world.vpcs_of(tenant);
    let mut near = own
        .iter()
        .take(1_000)
        .copied()
        .filter(|i| Some(world.vpcs[*i].item.region.value.as_str()) == region);
    match (own, near.next(), near.next()) {
        ([only], ..) => Some(*only),
        (_, Some(one), None) => Some(one),
        ([], ..) => None,
        _ => {
            issues.err(
                item.operation.span,
                Code::Needed,
                "the tenant has several VPCs: say which transit router the VBR is for with `vpc`",
            );
            None
        }
    }
}

/// Sorts the slots by name, as every list of the plan is.
fn sort_slots(steps: &mut Steps) {
    let mut order: Vec<usize> = (0..steps.slots.len()).collect();
    order.sort_by(|a, b| steps.slots[*a].name.cmp(&steps.slots[*b].name));
    let mut place = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new;
    }
    for step in &mut steps.list {
        step.slot = step.slot.map(|s| place[s]);
    }
    for slot in steps.slot_names.values_mut() {
        *slot = place[*slot];
    }
    steps.slots.sort_by(|a, b| a.name.cmp(&b.name));
}
