//! Which step of a plan is called when: at its time, or after others and what became of them, and within
//! the limit of calls that the cloud takes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::ident::AccountId;
use crate::provision::{Begun, OperationName};
use crate::record::ClientUse;
use crate::scenario::file::OutcomeWord;
use crate::scenario::plan::{ApiLimit, StepPlan};
use crate::units::SimTime;

/// What became of a step that others follow.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// It was accepted, and what it began is still to come.
    UnderWay(Begun),
    /// It was accepted, and what it began has come about.
    Done,
    /// It was refused.
    Refused,
}

impl End {
    /// Is that what somebody waits for?
    fn is(&self, wanted: OutcomeWord) -> bool {
        match wanted {
            OutcomeWord::Done => *self == Self::Done,
            OutcomeWord::Accepted => *self != Self::Refused,
            OutcomeWord::Refused => *self == Self::Refused,
            OutcomeWord::Answered => true,
        }
    }

    /// Can it still become that?
    fn may_be(&self, wanted: OutcomeWord) -> bool {
        self.is(wanted) || matches!((self, wanted), (Self::UnderWay(_), OutcomeWord::Done))
    }
}

/// The order in which steps are called.
#[derive(Debug)]
pub(super) struct Order<'p> {
    steps: &'p [StepPlan],
    /// The first step that was not looked at, of those that are called at their time.
    next_fixed: usize,
    /// Steps that are to be called.
    due: BTreeSet<(SimTime, usize)>,
    /// When somebody asks whether a step may be called.
    looks: BTreeSet<(SimTime, usize)>,
    /// The steps that follow each.
    followers: BTreeMap<usize, Vec<usize>>,
    /// What became of steps that others follow.
    ends: BTreeMap<usize, End>,
    /// Those of them of which something is still to come.
    under_way: BTreeSet<usize>,
    meter: Option<Meter>,
    used: ClientUse,
}

impl<'p> Order<'p> {
    pub(super) fn new(steps: &'p [StepPlan], limit: Option<ApiLimit>) -> Self {
        let mut followers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            for after in &step.follows.after {
                assert!(after.step < at, "a step follows earlier ones");
                followers.entry(after.step).or_default().push(at);
            }
        }
        Self {
            steps,
            next_fixed: 0,
            due: BTreeSet::new(),
            looks: BTreeSet::new(),
            followers,
            ends: BTreeMap::new(),
            under_way: BTreeSet::new(),
            meter: limit.map(Meter::new),
            used: ClientUse::default(),
        }
        .skipping()
    }

    /// The next step that is called at its time is none that follows others.
    fn skipping(mut self) -> Self {
        self.skip();
        self
    }

    fn skip(&mut self) {
        while let Some(step) = self.steps.get(self.next_fixed)
            && !step.follows.after.is_empty()
        {
            self.next_fixed += 1;
        }
    }

    /// What the callers' clients did so far.
    pub(super) const fn clients(&self) -> ClientUse {
        self.used
    }

    /// When a step is to be called, or somebody asks for an outcome.
    pub(super) fn next(&self) -> Option<SimTime> {
        let fixed = self.steps.get(self.next_fixed).map(|step| step.at);
        let due = self.due.first().map(|(at, _)| *at);
        let look = self.looks.first().map(|(at, _)| *at);
        [fixed, due, look].into_iter().flatten().min()
    }

    /// The next step to call by now, in the order of the plan. What the limit of calls refuses is tried
    /// again later.
    pub(super) fn take(&mut self, now: SimTime) -> Option<usize> {
        self.look(now);
        loop {
            let fixed = Some(self.next_fixed).filter(|at| self.steps.get(*at).is_some_and(|step| step.at <= now));
            let due = self
                .due
                .iter()
                .take_while(|(at, _)| *at <= now)
                .min_by_key(|(_, step)| *step)
                .copied();
            let step = match (fixed, due) {
                (Some(fixed), due) if due.is_none_or(|(_, step)| fixed < step) => {
                    self.next_fixed += 1;
                    self.skip();
                    fixed
                }
                (_, Some(entry)) => {
                    self.due.remove(&entry);
                    entry.1
                }
                (_, None) => return None,
            };
            let StepPlan { by, operation, .. } = &self.steps[step];
            match self.admit(*by, Some(operation.operation()), now) {
                Ok(()) => return Some(step),
                Err(again) => self.due.insert((again, step)),
            };
        }
    }

    /// Counts a call, or a question where no operation is given; or says when to try again.
    fn admit(&mut self, by: AccountId, operation: Option<OperationName>, now: SimTime) -> Result<(), SimTime> {
        let Some(meter) = &mut self.meter else { return Ok(()) };
        let admitted = meter.admit((by, operation), now);
        self.used.throttled += u64::from(admitted.is_err());
        admitted
    }

    /// A step was accepted, and began this.
    pub(super) fn accepted(&mut self, step: usize, now: SimTime, begun: Begun) {
        self.answered(step, now, End::UnderWay(begun));
    }

    /// A step was refused.
    pub(super) fn refused(&mut self, step: usize, now: SimTime) {
        self.answered(step, now, End::Refused);
    }

    fn answered(&mut self, step: usize, now: SimTime, mut end: End) {
        if !self.followers.contains_key(&step) {
            return;
        }
        if let End::UnderWay(begun) = &end {
            match *begun == Begun::default() {
                true => end = End::Done,
                false => {
                    self.under_way.insert(step);
                }
            }
        }
        self.ends.insert(step, end);
        for follower in self.followers[&step].clone() {
            match self.steps[follower].follows.poll {
                Some(poll) if self.is_answered(follower) => {
                    self.looks.insert((now.saturating_add(poll), follower));
                }
                Some(_) => {}
                None => self.free(follower, now),
            }
        }
    }

    /// Whoever waits for what has come about by now may be called.
    pub(super) fn settle(&mut self, now: SimTime, is_under_way: impl Fn(&Begun) -> bool) {
        if self.under_way.is_empty() {
            return;
        }
        let done = self.under_way.iter().copied().filter(|step| match self.ends.get(step) {
            Some(End::UnderWay(begun)) => !is_under_way(begun),
            _ => true,
        });
        for step in done.collect::<Vec<_>>() {
            self.under_way.remove(&step);
            self.ends.insert(step, End::Done);
            for follower in self.followers[&step].clone() {
                if self.steps[follower].follows.poll.is_none() {
                    self.free(follower, now);
                }
            }
        }
    }

    /// Is everything answered that this step follows?
    fn is_answered(&self, step: usize) -> bool {
        let mut after = self.steps[step].follows.after.iter();
        after.all(|after| self.ends.contains_key(&after.step))
    }

    /// The step is to be called, if all is so that it waits for.
    fn free(&mut self, step: usize, now: SimTime) {
        let StepPlan { at, follows, .. } = &self.steps[step];
        let mut after = follows.after.iter();
        let ready = after.all(|after| self.ends.get(&after.step).is_some_and(|end| end.is(after.outcome)));
        if ready {
            let due = now.saturating_add(follows.wait).max(*at);
            self.due.insert((due, step));
        }
    }

    /// Asks for every outcome that somebody wants to know of by now.
    fn look(&mut self, now: SimTime) {
        while let Some((_, step)) = self.looks.first().copied().filter(|(at, _)| *at <= now) {
            self.looks.pop_first();
            let StepPlan { by, follows, .. } = &self.steps[step];
            let (by, poll) = (*by, follows.poll.unwrap_or_default());
            let state = |may: fn(&End, OutcomeWord) -> bool| {
                let mut after = follows.after.iter();
                after.all(|after| self.ends.get(&after.step).is_some_and(|end| may(end, after.outcome)))
            };
            let (is, may_be) = (state(End::is), state(End::may_be));
            self.used.looks += 1;
            if self.admit(by, None, now).is_ok() && is {
                self.free(step, now);
            } else if may_be {
                self.looks.insert((now.saturating_add(poll), step));
            }
        }
    }
}

/// Counts calls within the span that the limit has.
#[derive(Debug)]
struct Meter {
    limit: ApiLimit,
    /// When each account called each operation, or asked for outcomes, within the span.
    taken: BTreeMap<(AccountId, Option<OperationName>), VecDeque<SimTime>>,
}

impl Meter {
    const fn new(limit: ApiLimit) -> Self {
        Self {
            limit,
            taken: BTreeMap::new(),
        }
    }

    /// Takes a call, or says when to try again. What is refused is not counted.
    fn admit(&mut self, what: (AccountId, Option<OperationName>), now: SimTime) -> Result<(), SimTime> {
        let ApiLimit { calls, per, retry } = self.limit;
        let taken = self.taken.entry(what).or_default();
        while taken.front().is_some_and(|at| at.saturating_add(per) <= now) {
            taken.pop_front();
        }
        if taken.len() as u64 >= calls {
            return Err(now.saturating_add(retry));
        }
        taken.push_back(now);
        Ok(())
    }
}
