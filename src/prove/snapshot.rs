//! The running forwarders of a plan's world, read at a time of its timeline.

use crate::control::Drawn;
use crate::engine::{PlanWorld, SetupError, any_node};
use crate::evidence::NoObserver;
use crate::ident::NodeId;
use crate::node::AnySwitch;
use crate::node::any::AnyNode;
use crate::scenario::Plan;
use crate::scenario::plan::NodeKind;
use crate::units::SimTime;

/// Every switch of a world at one time.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// When.
    pub at: SimTime,
    /// Switches, in order of node.
    pub switches: Vec<(NodeId, AnySwitch)>,
}

/// The plan without its traffic: only what the control plane does matters to tables.
pub fn quiet(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for node in &mut plan.nodes {
        match &mut node.kind {
            NodeKind::Idc(config) => {
                config.flows.clear();
                config.warm_ups.clear();
            }
            NodeKind::Vpc(config) => config.flows.clear(),
            NodeKind::AccessPoint(_) | NodeKind::Fabric(_) | NodeKind::AccessDevice(_) | NodeKind::Vbr(_) => {}
        }
    }
    plan
}

/// A plan's world under its control plane, stopped wherever its tables are wanted.
pub struct Snapshots<'p> {
    plan: &'p Plan,
    world: PlanWorld<'p, AnyNode, NoObserver, Drawn>,
    generations: Vec<u64>,
}

impl<'p> Snapshots<'p> {
    /// At time zero; `plan` is a [`quiet`] one.
    ///
    /// # Errors
    /// Where the plan's names or ports collide, which its validation excludes.
    pub fn new(plan: &'p Plan) -> Result<Self, SetupError> {
        let mut snapshots = Self {
            plan,
            world: PlanWorld::quiet(plan, |id, node| any_node(plan.seed, id, node))?,
            generations: Vec::new(),
        };
        snapshots.generations = snapshots.generation();
        Ok(snapshots)
    }

    /// Runs on to `at`.
    pub fn run(&mut self, at: SimTime) {
        self.world.run(at);
        self.generations = self.generation();
    }

    /// Runs on until tables have changed; `None` where they do so no more before the plan's end.
    pub fn run_to_change(&mut self) -> Option<SimTime> {
        loop {
            self.world.run_to_act()?;
            let generations = self.generation();
            if generations != self.generations {
                self.generations = generations;
                return Some(self.world.now());
            }
        }
    }

    fn generation(&self) -> Vec<u64> {
        let nodes = (0..self.plan.nodes.len()).map(|i| match self.world.node(NodeId::of(i)) {
            AnyNode::Switch(switch) => switch.generation(),
            _ => 0,
        });
        nodes.collect()
    }

    /// The switches as they stand.
    pub fn snapshot(&self) -> Snapshot {
        let switches = (0..self.plan.nodes.len()).filter_map(|i| {
            let id = NodeId::of(i);
            match self.world.node(id) {
                AnyNode::Switch(switch) => {
                    // What is interrupted now is proved as what passes afterwards.
                    let mut switch = switch.clone();
                    switch.resume_all();
                    Some((id, switch))
                }
                _ => None,
            }
        });
        Snapshot {
            at: self.world.now(),
            switches: switches.collect(),
        }
    }

    /// Ends the world.
    pub fn finish(self) {
        self.world.finish();
    }
}
