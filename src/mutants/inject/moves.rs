//! Migration faults: a conversion is made in the wrong order, or not wholly.

use crate::provision::OperationName;
use crate::scenario::file::StepItem;
use crate::scenario::{Edit, Loaded, Section};
use crate::units::{SimDuration, SimTime};

/// How long before the attach something goes wrong.
const BEFORE: SimDuration = SimDuration::from_secs(2);

/// For how long it stays so.
const LASTS: SimDuration = SimDuration::from_secs(1);

type Planted = Result<(Vec<Edit>, String), String>;

/// The value of a step's parameter.
fn with<'a>(step: &'a StepItem, key: &str) -> Option<&'a str> {
    let found = step.with.0.iter().find(|(name, _)| name == key);
    found.map(|(_, value)| value.0.as_str())
}

/// The first attach that is meant to be accepted: the step, its VBR, and when something goes wrong before it.
fn attach(world: &Loaded) -> Result<(&StepItem, String, SimTime), String> {
    let meant = |step: &&StepItem| {
        step.operation.value == OperationName::AttachVbrToVpconn
            && step.expect_error.is_none()
            && !step.dry_run.as_ref().is_some_and(|dry| dry.value)
    };
    let steps = world.expanded.file().provisioning.iter().filter(meant);
    let step = steps
        .min_by_key(|step| step.at.value)
        .ok_or("no VBR of this scenario is hung on a shared port")?;
    let vbr = with(step, "VbrId").ok_or("the attach names no VBR")?;
    let at = step.at.as_nanos().checked_sub(BEFORE.as_nanos());
    let at = at.ok_or("the attach comes too early for anything to go wrong before it")?;
    Ok((step, vbr.to_owned(), SimTime::from_nanos(at)))
}

fn call(at: SimTime, by: &str, what: &str) -> Edit {
    Edit::Add(
        Section::Provisioning,
        format!("{{ at: {}ns, by: {by}, {what} }}", at.as_nanos()),
    )
}

/// The first route of a VBR: who wrote it, and its prefix.
fn route<'a>(world: &'a Loaded, vbr: &str) -> Result<(&'a str, &'a str), String> {
    let own = |step: &&StepItem| {
        step.operation.value == OperationName::CreateRouteEntry && with(step, "RouteTableId") == Some(vbr)
    };
    let step = world
        .expanded
        .file()
        .provisioning
        .iter()
        .find(own)
        .ok_or("the VBR has no route of its own")?;
    let prefix = with(step, "DestinationCidrBlock").ok_or("the route has no prefix")?;
    Ok((&step.by.0, prefix))
}

/// T01: the partner takes the VBR out of use before the port serves it.
pub fn old_path_first(world: &Loaded) -> Planted {
    let (step, vbr, at) = attach(world)?;
    let end = format!("do: TerminateVirtualBorderRouter, with: {{ VbrId: {vbr} }}");
    let back = format!("do: RecoverVirtualBorderRouter, with: {{ VbrId: {vbr} }}");
    let edits = vec![
        call(at, &step.by.0, &end),
        call(at.saturating_add(LASTS), &step.by.0, &back),
    ];
    Ok((
        edits,
        format!("{vbr} is terminated {BEFORE} before it is hung on its port, and brought back {LASTS} later"),
    ))
}

/// T02: the tenant takes a route away before the attach, and writes it again after it.
pub fn routes_too_early(world: &Loaded) -> Planted {
    let (step, vbr, at) = attach(world)?;
    let (tenant, prefix) = route(world, &vbr)?;
    let gone = format!("do: DeleteRouteEntry, with: {{ RouteTableId: {vbr}, DestinationCidrBlock: {prefix} }}");
    let back = format!(
        "do: CreateRouteEntry, with: {{ RouteTableId: {vbr}, DestinationCidrBlock: {prefix}, NextHopType: PhysicalConnection }}"
    );
    let later = step.at.saturating_add(BEFORE);
    let edits = vec![call(at, tenant, &gone), call(later, tenant, &back)];
    Ok((
        edits,
        format!("the route of {vbr} to {prefix} is gone from {BEFORE} before the attach to {BEFORE} after it"),
    ))
}

/// T04: the tenant takes its routes back after the attach, as if it would roll back, and never writes them again.
pub fn rollback_without_routes(world: &Loaded) -> Planted {
    let (step, vbr, _) = attach(world)?;
    let (tenant, prefix) = route(world, &vbr)?;
    let gone = format!("do: DeleteRouteEntry, with: {{ RouteTableId: {vbr}, DestinationCidrBlock: {prefix} }}");
    let edits = vec![call(step.at.saturating_add(LASTS), tenant, &gone)];
    Ok((
        edits,
        format!("a rollback after the attach leaves {vbr} without its route to {prefix}"),
    ))
}

/// T07: the partner gives the VBR another VLAN before the attach, and nobody sets the switch to it.
pub fn vlan_not_kept(world: &Loaded) -> Planted {
    let (step, vbr, at) = attach(world)?;
    let file = world.expanded.file();
    let used: Vec<u64> = file.idcs.iter().map(|idc| idc.vlan_id.value).collect();
    let free = (1..=2_999)
        .rev()
        .find(|vlan| !used.contains(vlan))
        .ok_or("every VLAN is used")?;
    // Before there is a port that has the VLAN too.
    let made = file
        .provisioning
        .iter()
        .filter(|step| step.operation.value == OperationName::CreateVpconnFromVbr);
    let first = made.map(|step| step.at.value).min().unwrap_or(at);
    let early = SimTime::from_nanos(first.as_nanos().saturating_sub(LASTS.as_nanos()));
    let other = format!("do: ModifyVirtualBorderRouterAttribute, with: {{ VbrId: {vbr}, VlanId: {free} }}");
    let edits = vec![call(early, &step.by.0, &other)];
    Ok((
        edits,
        format!("{vbr} gets VLAN {free} before its conversion, and the partner's switch keeps the old one"),
    ))
}
