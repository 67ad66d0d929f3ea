//! Workers: each on a thread of its own, with its own circuits, tables and memory.
//!
//! Invariant: who works in a round starts behind one barrier; what is not timed (making memory,
//! verifying, balancing) happens before and after.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread::JoinHandle;
use std::time::Instant;

use super::contender::{Contender, Timed};
use super::duties::Duties;
use super::lane::Lane;
use super::ledger::{Balance, balance};
use super::plant::Plant;
use super::point::Point;
use super::verify::{octets_stand, watched_pass};
use super::workload::{possible, schedule};

enum Order {
    Touch(u32, Arc<Barrier>),
    Move(u32, Arc<Barrier>),
    Settle,
}

enum Answer {
    Ready { huge: bool, wire_octets: f64 },
    Timed(Timed),
    Settled(Box<Balance>),
}

/// Threads that wait for orders.
pub struct Crew {
    orders: Vec<Sender<Order>>,
    answers: Receiver<(usize, Result<Answer, String>)>,
    threads: Vec<JoinHandle<()>>,
    /// Did the kernel take every request for huge pages?
    pub huge_pages_asked: bool,
    /// Octets of a frame on the wire on average: with tag and FCS, preamble and gap.
    pub wire_octets: f64,
}

impl Crew {
    /// The workers of a point, with `frames` each. Every frame has been moved once in each
    /// direction, every verdict and octet was compared with the schedule, and the books balance.
    ///
    /// # Errors
    /// There is not enough memory ([`super::Trouble::Environment`]), or something differs from
    /// the schedule ([`super::Trouble::Unbalanced`]).
    pub fn start(point: &Point, frames: u32, seed: u64, duties: &Duties) -> Result<Self, super::Trouble> {
        let (told, answers) = channel();
        let faults = possible(&Plant::of(point), &duties.faults());
        let mut crew = Self {
            orders: Vec::new(),
            answers,
            threads: Vec::new(),
            huge_pages_asked: true,
            wire_octets: 0.0,
        };
        for worker in 0..point.cores {
            let (order, orders) = channel();
            let (told, faults, point) = (told.clone(), faults.clone(), *point);
            let made = move || Lane::new(&point, schedule(seed, &point, worker, frames, &faults));
            let thread = std::thread::Builder::new()
                .name(format!("worker-{worker}"))
                .spawn(move || {
                    // Nobody may wait for ever for one who panicked.
                    let done = catch_unwind(AssertUnwindSafe(|| work(worker.into(), made, &orders, &told)));
                    if done.is_err() {
                        let _ = told.send((worker.into(), Err("it panicked; please report it".to_owned())));
                    }
                })
                .map_err(|e| super::Trouble::Environment(format!("no thread for worker {worker}: {e}")))?;
            crew.orders.push(order);
            crew.threads.push(thread);
        }
        drop(told);
        for answer in crew.gather(crew.threads.len()).map_err(super::Trouble::Environment)? {
            let Answer::Ready { huge, wire_octets } = answer else {
                continue;
            };
            crew.huge_pages_asked &= huge;
            crew.wire_octets += wire_octets / f64::from(point.cores);
        }
        crew.settle().map_err(super::Trouble::Unbalanced)?;
        Ok(crew)
    }

    /// Verifies every worker's octets and books, and returns what was counted since the start.
    ///
    /// # Errors
    /// The first difference.
    pub fn settle(&self) -> Result<Balance, String> {
        let mut all = Balance::default();
        for order in &self.orders {
            let _ = order.send(Order::Settle);
        }
        for answer in self.gather(self.orders.len())? {
            if let Answer::Settled(one) = answer {
                all.merge(&one);
            }
        }
        Ok(all)
    }

    /// A timed round of the first `workers`: all of their frames together, and the slowest's time.
    fn round(&self, workers: usize, order: impl Fn(Arc<Barrier>) -> Order) -> Result<Timed, String> {
        let barrier = Arc::new(Barrier::new(workers));
        for orders in &self.orders[..workers] {
            let _ = orders.send(order(barrier.clone()));
        }
        let mut all = Timed { frames: 0, nanos: 0 };
        for answer in self.gather(workers)? {
            if let Answer::Timed(one) = answer {
                all.frames += one.frames;
                all.nanos = all.nanos.max(one.nanos);
            }
        }
        Ok(all)
    }

    /// One answer of each of so many workers.
    fn gather(&self, workers: usize) -> Result<Vec<Answer>, String> {
        let one = |_| match self.answers.recv() {
            Ok((_, Ok(answer))) => Ok(answer),
            Ok((worker, Err(why))) if worker > 0 => Err(format!("worker {worker}: {why}")),
            Ok((_, Err(why))) => Err(why),
            Err(_) => Err("every worker has ended".to_owned()),
        };
        (0..workers).map(one).collect()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.orders.clear();
        for thread in self.threads.drain(..) {
            // A worker that panicked has said so on stderr, and answers no more.
            let _ = thread.join();
        }
    }
}

type Told = Sender<(usize, Result<Answer, String>)>;

fn work(worker: usize, made: impl FnOnce() -> Result<Lane, String>, orders: &Receiver<Order>, told: &Told) {
    let mut lane = match made() {
        Ok(lane) => lane,
        Err(why) => {
            let _ = told.send((worker, Err(why)));
            return;
        }
    };
    let ready = Answer::Ready {
        huge: lane.huge_pages_asked(),
        wire_octets: lane.wire_octets(),
    };
    let _ = told.send((worker, Ok(ready)));
    while let Ok(order) = orders.recv() {
        let answer = match order {
            Order::Touch(passes, barrier) => {
                barrier.wait();
                Ok(Answer::Timed(touch_round(&lane, passes)))
            }
            Order::Move(passes, barrier) => {
                barrier.wait();
                Ok(Answer::Timed(move_round(&mut lane, passes)))
            }
            Order::Settle => settle(&mut lane).map(|books| Answer::Settled(Box::new(books))),
        };
        let _ = told.send((worker, answer));
    }
}

fn nanos(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn touch_round(lane: &Lane, passes: u32) -> Timed {
    let start = Instant::now();
    for _ in 0..passes {
        std::hint::black_box(lane.touch());
    }
    Timed {
        frames: u64::from(passes) * lane.descriptors().len() as u64,
        nanos: nanos(start),
    }
}

fn move_round(lane: &mut Lane, passes: u32) -> Timed {
    let mut timed = Timed { frames: 0, nanos: 0 };
    for pass in 1..=passes {
        let counts = lane.counts();
        lane.prepare();
        let start = Instant::now();
        lane.pass();
        if pass == passes {
            lane.flush();
        }
        if counts || pass == passes {
            timed.nanos += nanos(start);
        }
        timed.frames += u64::from(counts) * lane.descriptors().len() as u64;
    }
    timed
}

/// Before anything was timed every verdict is compared, later only octets and books.
fn settle(lane: &mut Lane) -> Result<Balance, String> {
    if lane.passes == [0, 0] {
        watched_pass(lane)?;
        watched_pass(lane)?;
    } else {
        octets_stand(lane)?;
    }
    lane.flush();
    balance(lane)
}

/// The bare loop, on every worker.
pub struct Touching {
    crew: Rc<RefCell<Crew>>,
    passes: u32,
}

/// The fast path with all of its duties, on the first so many workers.
pub struct Moving {
    name: String,
    crew: Rc<RefCell<Crew>>,
    workers: usize,
    passes: u32,
    not: Vec<&'static str>,
}

impl Touching {
    /// It reads every frame `passes` times in a round.
    pub fn new(crew: &Rc<RefCell<Crew>>, passes: u32) -> Self {
        let crew = crew.clone();
        Self { crew, passes }
    }
}

impl Moving {
    /// It moves every frame `passes` times in a round.
    pub fn new(name: &str, crew: &Rc<RefCell<Crew>>, workers: usize, passes: u32, duties: &Duties) -> Self {
        Self {
            name: name.to_owned(),
            crew: crew.clone(),
            workers,
            passes,
            not: duties.off.clone(),
        }
    }
}

impl Contender for Touching {
    fn name(&self) -> &str {
        "touch"
    }
    fn does_not(&self) -> &[&str] {
        &["any duty: it reads a descriptor and eight octets"]
    }
    fn round(&mut self) -> Result<Timed, String> {
        let crew = self.crew.borrow();
        let workers = crew.orders.len();
        crew.round(workers, |barrier| Order::Touch(self.passes, barrier))
    }
}

impl Contender for Moving {
    fn name(&self) -> &str {
        &self.name
    }
    fn does_not(&self) -> &[&str] {
        &self.not
    }
    fn round(&mut self) -> Result<Timed, String> {
        let crew = self.crew.borrow();
        crew.round(self.workers, |barrier| Order::Move(self.passes, barrier))
    }
}
