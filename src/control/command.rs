//! The control plane's side of a run: provisioning, faults, operators' hands.

use crate::evidence::{NodeChange, SoldRate};
use crate::ident::{LinkId, NodeId, TenantId};
use crate::node::{Change, LinkChange};
use crate::units::{SimDuration, SimTime};

/// One thing that the control plane does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A node is changed.
    Node(NodeId, Change),
    /// A link is changed; its ends learn of a new carrier.
    Link(LinkId, LinkChange),
    /// The observers hear that a tenant's epoch ends.
    Epoch(TenantId),
    /// The observers hear that a service opened or closed.
    Gate(u32, bool),
    /// The observers hear what an open service was sold.
    SoldRate(u32, Option<SoldRate>),
    /// The observers hear that something happened that could disturb flows.
    Mark,
}

/// What the control plane does at one instant, in order.
#[derive(Debug, Default)]
pub struct Commands {
    list: Vec<Command>,
}

impl Commands {
    /// Changes a node.
    pub fn node(&mut self, node: NodeId, change: Change) {
        self.list.push(Command::Node(node, change));
    }
    /// Changes a link.
    pub fn link(&mut self, link: LinkId, change: LinkChange) {
        self.list.push(Command::Link(link, change));
    }
    /// Tells the observers that this tenant's epoch ends.
    pub fn epoch(&mut self, tenant: TenantId) {
        self.list.push(Command::Epoch(tenant));
    }
    /// Tells the observers that a service opened or closed.
    pub fn gate(&mut self, service: u32, open: bool) {
        self.list.push(Command::Gate(service, open));
    }
    /// Tells the observers what an open service was sold.
    pub fn sold_rate(&mut self, service: u32, sold_rate: Option<SoldRate>) {
        self.list.push(Command::SoldRate(service, sold_rate));
    }
    /// Tells the observers, before all that is done at this instant, that something happened that
    /// could disturb flows.
    pub fn mark(&mut self) {
        self.list.insert(0, Command::Mark);
    }
}

impl IntoIterator for Commands {
    type Item = Command;
    type IntoIter = std::vec::IntoIter<Command>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

/// Who changes the world while it runs. It acts before all other events of an instant.
pub trait Controller {
    /// When it next wants to act. Asked again after every [`Controller::act`] and
    /// [`Controller::noticed`]; at other times its answer must not change.
    fn next(&self) -> Option<SimTime>;

    /// Does everything that is due at `now`. It acts once at an instant at most: what it still
    /// wants at `now` or before, it does one nanosecond later.
    fn act(&mut self, now: SimTime, commands: &mut Commands);

    /// A node changed its state. Whatever is done about it is done [`Controller::reaction`] later or
    /// after that, so that until then nobody need ask.
    fn noticed(&mut self, now: SimTime, node: NodeId, change: NodeChange) {
        let _ = (now, node, change);
    }

    /// How long a reaction to what was noticed takes at least: a nanosecond or more, and the same at all
    /// times. Nothing that a node tells at `t` moves [`Controller::next`] to before `t` and this.
    fn reaction(&self) -> SimDuration {
        SimDuration::from_nanos(1)
    }
}

/// Changes nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoController;

impl Controller for NoController {
    fn next(&self) -> Option<SimTime> {
        None
    }
    fn act(&mut self, _now: SimTime, _commands: &mut Commands) {}
}

/// A list of commands at fixed times.
#[derive(Debug, Default)]
pub struct Schedule {
    list: Vec<(SimTime, Command)>,
    done: usize,
}

impl Schedule {
    /// Commands that are carried out in order of time, and in the given order at one time.
    pub fn new(mut list: Vec<(SimTime, Command)>) -> Self {
        list.sort_by_key(|(at, _)| *at);
        Self { list, done: 0 }
    }
}

impl Controller for Schedule {
    fn next(&self) -> Option<SimTime> {
        self.list.get(self.done).map(|(at, _)| *at)
    }

    fn act(&mut self, now: SimTime, commands: &mut Commands) {
        while let Some((at, command)) = self.list.get(self.done) {
            if *at > now {
                break;
            }
            commands.list.push(command.clone());
            self.done += 1;
        }
    }
}
