//! A plan's world under its control plane, set up in one place for whoever lets it run: a run with
//! its observers, a proof that stops at every change, a testbed that wants the switches alone.

use super::build::setup_with;
use super::setup::SetupError;
use super::world::{Outcome, World};
use crate::control::{Controller, Drawn, Timeline};
use crate::evidence::{NoObserver, Observer};
use crate::ident::{LinkId, NodeId, PortNo};
use crate::node::Node;
use crate::node::link::Link;
use crate::provision::Choices;
use crate::record::{CloudRecord, Gates, Stats};
use crate::scenario::Plan;
use crate::scenario::plan::NodePlan;
use crate::units::{SimDuration, SimTime};
use crate::wire::Frame;

/// The nodes and links of a plan, and the timeline that changes them.
pub struct PlanWorld<'p, N, O, C> {
    plan: &'p Plan,
    world: World<N, O>,
    timeline: Timeline<'p, C>,
}

impl<'p, N: Node, O: Observer, C: Choices> PlanWorld<'p, N, O, C> {
    /// The plan's world at time zero. `node` makes each node; `gates` says how the observers number
    /// services.
    ///
    /// # Errors
    /// Where the plan's names or ports collide, which its validation excludes.
    pub fn new(
        plan: &'p Plan,
        node: impl FnMut(NodeId, &NodePlan) -> N,
        observer: O,
        gates: Gates,
        choices: C,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            plan,
            world: World::new(setup_with(plan, node), observer)?,
            timeline: Timeline::new(plan, choices, gates),
        })
    }

    /// The same, but that every event happens in the one order of keys: no node looks ahead.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.world = self.world.in_order();
        self
    }

    /// The time of the last event, or the end of the last run.
    pub fn now(&self) -> SimTime {
        self.world.now()
    }

    /// A node, to ask it questions.
    pub fn node(&self, node: NodeId) -> &N {
        self.world.node(node)
    }

    /// A link, to ask it questions.
    pub fn link(&self, link: LinkId) -> &Link {
        self.world.link(link)
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.world.stats()
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        self.world.observer()
    }

    /// A frame that nobody here sent arrives at a node's port now.
    pub fn inject(&mut self, node: NodeId, port: PortNo, frame: Frame) {
        self.world.inject(node, port, frame);
    }

    /// Every event up to and at `to` happens.
    pub fn run(&mut self, to: SimTime) {
        self.world.run(to, &mut self.timeline);
    }

    /// Runs on until the control plane has acted again; `None` where it does so no more before the
    /// plan's end.
    pub fn run_to_act(&mut self) -> Option<SimTime> {
        const NANOSECOND: SimDuration = SimDuration::from_nanos(1);
        let next = self.timeline.next()?.max(self.now().saturating_add(NANOSECOND));
        if next > self.plan.end {
            return None;
        }
        self.run(next);
        Some(next)
    }

    /// Ends the world; what the control plane leaves behind is of the time that it has come to.
    pub fn finish(self) -> (Outcome<N, O>, CloudRecord) {
        let outcome = self.world.finish();
        let cloud = self.timeline.finish(outcome.end);
        (outcome, cloud)
    }
}

impl<'p, N: Node> PlanWorld<'p, N, NoObserver, Drawn> {
    /// The same in quiet: nobody listens, no digest is made, and what the law leaves open is drawn
    /// from the plan's seed.
    ///
    /// # Errors
    /// As [`PlanWorld::new`].
    pub fn quiet(plan: &'p Plan, node: impl FnMut(NodeId, &NodePlan) -> N) -> Result<Self, SetupError> {
        let mut quiet = Self::new(plan, node, NoObserver, Gates::new(plan), Drawn::new(plan.seed))?;
        quiet.world = quiet.world.with_digest(false);
        Ok(quiet)
    }
}
