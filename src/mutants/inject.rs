//! How a fault comes into a world: by a quirk in every switch, or by an edit of the plan.

pub mod config;
pub mod links;
pub mod steps;

use crate::forward::{Planted, ServiceKind};
use crate::scenario::Plan;
use crate::scenario::plan::NodeKind;

/// Changes a plan, and says in a sentence what it changed; or why it has nothing to change.
pub type Edit = fn(&mut Plan) -> Result<String, String>;

/// How a fault is brought about.
#[derive(Debug, Clone, Copy)]
pub enum Injection {
    /// Every switch's forwarder has this fault, as if all ran one firmware.
    Quirk(Planted),
    /// Tables, steps or links are other than they should be.
    Edit(Edit),
    /// The same, where a switch learns addresses: elsewhere the fault has nothing to spoil.
    Learner(Planted),
    /// There is no mechanism for it here, and why.
    None(&'static str),
    /// It comes about in a rehearsed cutover alone.
    Rehearsal,
}

impl Injection {
    /// The same world with the fault, and what was done; or why it cannot be.
    ///
    /// # Errors
    /// The fault has no mechanism, or this world has no place for it.
    pub fn apply(&self, plan: &Plan) -> Result<(Plan, String), String> {
        let mut world = plan.clone();
        let how = match self {
            Self::None(why) => Err((*why).to_owned()),
            Self::Rehearsal => Err("it waits for the rehearsal of cutovers".to_owned()),
            Self::Learner(_) if !learns(plan) => Err("no switch of this scenario learns addresses".to_owned()),
            Self::Learner(quirk) => everywhere(&mut world, *quirk),
            Self::Edit(edit) => edit(&mut world),
            Self::Quirk(quirk) => everywhere(&mut world, *quirk),
        }?;
        Ok((world, how))
    }
}

/// Does a service of any switch learn addresses?
fn learns(plan: &Plan) -> bool {
    plan.nodes.iter().any(|node| match &node.kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => {
            let mut services = switch.tables.services.values();
            services.any(|service| service.kind != ServiceKind::CrossConnect)
        }
        NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => false,
    })
}

fn everywhere(plan: &mut Plan, quirk: Planted) -> Result<String, String> {
    let mut switches = 0;
    for node in &mut plan.nodes {
        if let NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) =
            &mut node.kind
        {
            switch.quirk = Some(quirk);
            switches += 1;
        }
    }
    match switches {
        0 => Err("the scenario has no switch".to_owned()),
        n => Ok(format!("{quirk} in {n} switches")),
    }
}
