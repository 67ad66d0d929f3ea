//! Every outcome that the state cannot know is asked of one place.

use crate::provision::OperationName;
use crate::units::SimDuration;

/// What takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lead {
    /// The review of an application for a circuit.
    Review,
    /// The allotment of a port in the access point.
    Allocation,
    /// The review of an application for a letter of authorisation.
    LoaReview,
    /// From the accepted application to the letter itself.
    LoaIssue,
    /// The carrier builds the circuit.
    Construction,
    /// `EnablePhysicalConnection`.
    CircuitEnable,
    /// An accepted and paid shared port comes up.
    PortEnable,
    /// A circuit or shared port goes down for good.
    ConnectionTerminate,
    /// A VBR goes down for good.
    VbrTerminate,
    /// A terminated VBR comes back.
    VbrRecover,
    /// A custom route is written or removed.
    RouteEntry,
    /// A VBR joins or leaves a transit router.
    CenAttachment,
    /// The partner builds a tenant's last mile.
    LastMile,
}

/// What may or may not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chance {
    /// The review refuses the circuit.
    ReviewRejects,
    /// No port could be allotted.
    AllocationFails,
    /// A call meets another one that still runs on the same VBR.
    TaskConflict,
}

/// Which call is about to be made, for choices that are drawn by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The hash of the account's name.
    pub account: u64,
    /// The hash of what the call is about, as the caller names it: never by an id that is given out.
    pub subject: u64,
    /// The operation.
    pub operation: OperationName,
}

/// The one source of asynchronous outcomes: drawn in runs, replayed, or enumerated.
pub trait Choices {
    /// What is asked from here on is asked by this call. A source that does not draw need not know.
    fn about(&mut self, _call: About) {}
    /// How long something takes, from `min` to `max`. An answer outside is drawn to the nearer end.
    fn span(&mut self, lead: Lead, min: SimDuration, max: SimDuration) -> SimDuration;
    /// Does it happen?
    fn happens(&mut self, chance: Chance) -> bool;
}

/// The shortest time, success, and an honest conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Defaults;

impl Choices for Defaults {
    fn span(&mut self, _: Lead, min: SimDuration, _: SimDuration) -> SimDuration {
        min
    }
    fn happens(&mut self, chance: Chance) -> bool {
        matches!(chance, Chance::TaskConflict)
    }
}

/// One answer that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It took so long.
    Span(SimDuration),
    /// It happened, or not.
    Happens(bool),
}

/// Passes questions on and remembers the answers.
#[derive(Debug, Clone)]
pub struct Recorder<C> {
    inner: C,
    /// What was answered, in order.
    pub answers: Vec<Answer>,
}

impl<C: Choices> Recorder<C> {
    /// Records what `inner` answers.
    pub fn new(inner: C) -> Self {
        Self {
            inner,
            answers: Vec::new(),
        }
    }
}

impl<C: Choices> Choices for Recorder<C> {
    fn about(&mut self, call: About) {
        self.inner.about(call);
    }
    fn span(&mut self, lead: Lead, min: SimDuration, max: SimDuration) -> SimDuration {
        let span = self.inner.span(lead, min, max).clamp(min, max.max(min));
        self.answers.push(Answer::Span(span));
        span
    }
    fn happens(&mut self, chance: Chance) -> bool {
        let happens = self.inner.happens(chance);
        self.answers.push(Answer::Happens(happens));
        happens
    }
}

/// Gives recorded answers again; past their end, or where the kind differs, the default.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    answers: Vec<Answer>,
    next: usize,
}

impl Replay {
    /// Replays `answers` in order.
    pub fn new(answers: Vec<Answer>) -> Self {
        Self { answers, next: 0 }
    }
    /// Were exactly the recorded questions asked?
    pub fn is_exhausted(&self) -> bool {
        self.next == self.answers.len()
    }
    fn take(&mut self) -> Option<Answer> {
        let answer = self.answers.get(self.next).copied();
        self.next = self.next.saturating_add(1);
        answer
    }
}

impl Choices for Replay {
    fn span(&mut self, lead: Lead, min: SimDuration, max: SimDuration) -> SimDuration {
        match self.take() {
            Some(Answer::Span(span)) => span,
            _ => Defaults.span(lead, min, max),
        }
    }
    fn happens(&mut self, chance: Chance) -> bool {
        match self.take() {
            Some(Answer::Happens(happens)) => happens,
            _ => Defaults.happens(chance),
        }
    }
}
