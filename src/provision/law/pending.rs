//! What completes later, sorted by when.
//!
//! Deadlines are kept against a private tick so that passing time costs nothing per task;
//! equality, order and hash see only how far away each deadline is.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use crate::ident::AccountId;
use crate::provision::ids::{AttachmentId, PcId, ServiceKey, VbrId};
use crate::provision::vbr::Prefix;
use crate::units::SimDuration;

/// Something that will complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::provision) enum Task {
    Review(PcId, bool),
    Allocate(PcId, bool),
    LoaAccept(PcId),
    LoaAvailable(PcId),
    Construct(PcId),
    EnableCircuit(PcId),
    EnablePort(PcId),
    TerminateConnection(PcId),
    TerminateVbr(VbrId),
    RecoverVbr(VbrId),
    FreeVlan(ServiceKey),
    RouteUp(VbrId, Prefix),
    RouteGone(VbrId, Prefix),
    Attach(AttachmentId),
    Detach(AttachmentId),
    PortExpires(PcId),
    LockStops(PcId),
    LastMile { partner: AccountId, tenant: AccountId },
}

#[derive(Debug, Clone, Default)]
pub(in crate::provision) struct Pending {
    now: u64,
    queue: BTreeSet<(u64, Task)>,
    due: BTreeMap<Task, u64>,
    /// What the last call has set going.
    begun: Vec<Task>,
}

impl Pending {
    /// Sets (or resets) a task to come due in `span`.
    pub(in crate::provision) fn schedule(&mut self, span: SimDuration, task: Task) {
        self.cancel(task);
        let due = self.now.saturating_add(span.as_nanos());
        self.queue.insert((due, task));
        self.due.insert(task, due);
        self.begun.push(task);
        debug_assert_eq!(self.queue.len(), self.due.len(), "a task is pending once");
    }

    /// What was set going since this was asked last.
    pub(in crate::provision) fn take_begun(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.begun)
    }

    pub(in crate::provision) fn cancel(&mut self, task: Task) -> bool {
        let was = match self.due.remove(&task) {
            Some(due) => self.queue.remove(&(due, task)),
            None => false,
        };
        debug_assert_eq!(self.queue.len(), self.due.len(), "a task is pending once");
        was
    }

    pub(in crate::provision) fn is_pending(&self, task: Task) -> bool {
        self.due.contains_key(&task)
    }

    /// How long until the first task is due.
    pub(in crate::provision) fn next(&self) -> Option<SimDuration> {
        self.queue
            .first()
            .map(|(due, _)| SimDuration::from_nanos(due - self.now))
    }

    /// Takes the first task that is due within `span`, and lets time pass up to it.
    pub(in crate::provision) fn pop_within(&mut self, span: SimDuration) -> Option<(SimDuration, Task)> {
        let wait = self.next().filter(|wait| *wait <= span)?;
        let (due, task) = self.queue.pop_first().expect("there is a next one");
        self.due.remove(&task);
        debug_assert!(due >= self.now, "nothing is due in the past");
        debug_assert_eq!(self.queue.len(), self.due.len(), "a task is pending once");
        self.now = due;
        Some((wait, task))
    }

    /// Lets time pass in which nothing is due.
    pub(in crate::provision) fn pass(&mut self, span: SimDuration) {
        debug_assert!(
            self.next().is_none_or(|wait| wait > span),
            "nothing is due in time that is let pass"
        );
        self.begun.clear();
        self.now = self.now.saturating_add(span.as_nanos());
        if self.queue.is_empty() {
            self.now = 0;
        }
    }

    /// Every pending task, in order of when it is due.
    pub(in crate::provision) fn tasks(&self) -> impl Iterator<Item = Task> + '_ {
        self.queue.iter().map(|(_, task)| *task)
    }

    fn relative(&self) -> impl Iterator<Item = (u64, Task)> + '_ {
        self.queue.iter().map(|(due, task)| (due - self.now, *task))
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.queue.len() == other.queue.len() && self.relative().eq(other.relative())
    }
}

impl Eq for Pending {}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        self.relative().cmp(other.relative())
    }
}

impl Hash for Pending {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.queue.len().hash(state);
        for entry in self.relative() {
            entry.hash(state);
        }
    }
}
