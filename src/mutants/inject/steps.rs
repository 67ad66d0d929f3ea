//! Provisioning faults: somebody asks the cloud for what it must not give.

use crate::provision::{Operation, OperationName};
use crate::scenario::Plan;
use crate::scenario::plan::StepPlan;
use crate::units::SimDuration;

fn first(plan: &Plan, operation: OperationName) -> Result<StepPlan, String> {
    let found = plan.steps.iter().find(|step| step.operation.operation() == operation);
    found
        .cloned()
        .ok_or_else(|| format!("no step of this scenario calls {}", operation.as_str()))
}

/// A second `CreateVirtualBorderRouter` on one port.
pub fn second_vbr(plan: &mut Plan) -> Result<String, String> {
    let step = first(plan, OperationName::CreateVirtualBorderRouter)?;
    let second = StepPlan {
        at: step.at.saturating_add(SimDuration::from_millis(100)),
        as_name: None,
        slot: None,
        ..step
    };
    let at = plan.steps.partition_point(|step| step.at <= second.at);
    // Slots name their step by its place in the list.
    for slot in plan.vbr_slots.iter_mut().filter(|slot| slot.step >= at) {
        slot.step += 1;
    }
    plan.steps.insert(at, second);
    Ok("CreateVirtualBorderRouter is called a second time for one port".to_owned())
}

/// Every port is asked for with the largest spec.
pub fn oversold(plan: &mut Plan) -> Result<String, String> {
    let mut changed = 0;
    for step in &mut plan.steps {
        if let Operation::CreateVirtualPhysicalConnection(sale) = &mut step.operation {
            "10G".clone_into(&mut sale.spec);
            changed += 1;
        }
    }
    match changed {
        0 => Err("no step of this scenario sells a spec".to_owned()),
        1 => Err("one port of the largest spec fits its circuit".to_owned()),
        n => Ok(format!("{n} ports are asked for with a spec of 10G each")),
    }
}
