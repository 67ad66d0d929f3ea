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

use super::clock::{Legs, Spent, Stopwatch};
use super::contender::{Contender, Timed};
use super::duties::Duties;
use super::floor::Floor;
use super::lane::Lane;
use super::ledger::{Balance, balance};
use super::plant::Plant;
use super::point::{Operation, Point};
use super::verify::{octets_stand, watched_pass};
use super::workload::{possible, schedule};

enum Order {
    Touch(u32, Arc<Barrier>),
    Floor(u32, Arc<Barrier>),
    Move(u32, Arc<Barrier>),
    Settle,
}

enum Answer {
    Ready {
        asked: bool,
        huge: Option<u64>,
        wire_octets: f64,
    },
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
    /// Millionths of the frames' memory that stand on huge pages, of the worker who has the fewest.
    pub on_huge_pages: Option<u64>,
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
            on_huge_pages: None,
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
            let Answer::Ready {
                asked,
                huge,
                wire_octets,
            } = answer
            else {
                continue;
            };
            crew.huge_pages_asked &= asked;
            crew.on_huge_pages = match crew.on_huge_pages {
                None => huge,
                known => known.min(huge.or(known)),
            };
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

    /// A turn of the first `workers`: all of their frames together, and the time of whoever used most.
    fn round(&self, workers: usize, order: impl Fn(Arc<Barrier>) -> Order) -> Result<Timed, String> {
        let barrier = Arc::new(Barrier::new(workers));
        for orders in &self.orders[..workers] {
            let _ = orders.send(order(barrier.clone()));
        }
        let mut turns = Vec::with_capacity(workers);
        for answer in self.gather(workers)? {
            if let Answer::Timed(one) = answer {
                turns.push(one);
            }
        }
        Ok(together(&turns))
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
    let made = made().and_then(|lane| {
        let floor = Floor::new(lane.plant.boxes(), lane.frames.len())?;
        Ok((lane, floor))
    });
    let (mut lane, mut floor) = match made {
        Ok(made) => made,
        Err(why) => {
            let _ = told.send((worker, Err(why)));
            return;
        }
    };
    let ready = Answer::Ready {
        asked: lane.huge_pages_asked(),
        huge: lane.on_huge_pages(),
        wire_octets: lane.wire_octets(),
    };
    let _ = told.send((worker, Ok(ready)));
    while let Ok(order) = orders.recv() {
        let answer = match order {
            Order::Touch(passes, barrier) => {
                barrier.wait();
                Ok(Answer::Timed(touch_turn(&lane, passes)))
            }
            Order::Floor(passes, barrier) => {
                barrier.wait();
                Ok(Answer::Timed(floor_turn(&mut lane, &mut floor, passes)))
            }
            Order::Move(passes, barrier) => {
                barrier.wait();
                Ok(Answer::Timed(move_turn(&mut lane, passes)))
            }
            Order::Settle => settle(&mut lane, &mut floor).map(|books| Answer::Settled(Box::new(books))),
        };
        let _ = told.send((worker, answer));
    }
}

/// Workers side by side: as if each had moved as many frames as the first, in the time a frame of whoever
/// used most.
fn together(turns: &[Timed]) -> Timed {
    let (mut frames, mut spent, mut whole) = (0, Spent::default(), Spent::default());
    let first = turns.first().map_or(0, |turn| turn.frames);
    let scaled = |nanos: u64, of: u64| {
        let all = u128::from(nanos) * u128::from(first) / u128::from(of.max(1));
        u64::try_from(all).unwrap_or(u64::MAX)
    };
    for one in turns {
        frames += first;
        spent.nanos = spent.nanos.max(scaled(one.spent.nanos, one.frames));
        spent.wall_nanos = spent.wall_nanos.max(scaled(one.spent.wall_nanos, one.frames));
        whole.nanos = whole.nanos.max(one.whole.nanos);
        whole.wall_nanos = whole.wall_nanos.max(one.whole.wall_nanos);
    }
    Timed {
        frames,
        spent,
        whole,
        passes: turns.iter().map(|turn| turn.passes).max().unwrap_or(0),
    }
}

/// So many passes of a loop over `each` frames, in legs, behind one that is not timed.
fn legs(passes: u32, each: usize, mut pass: impl FnMut()) -> Timed {
    let watch = Stopwatch::start();
    pass();
    let mut legs = Legs::begin(watch.spent());
    let (of, frames) = (Legs::of(passes, 1), |passes: u32| u64::from(passes) * each as u64);
    let mut made = 0;
    while legs.wants(frames(passes)) {
        let watch = Stopwatch::start();
        for _ in 0..of {
            pass();
        }
        let spent = watch.spent();
        legs.add(frames(of), spent, spent);
        made += of;
    }
    Timed::of(&legs, made)
}

fn touch_turn(lane: &Lane, passes: u32) -> Timed {
    legs(passes, lane.descriptors().len(), || {
        std::hint::black_box(lane.touch());
    })
}

/// Boxes are left as they are at the end of a turn: what is in them is drained in the next.
fn floor_turn(lane: &mut Lane, floor: &mut Floor, passes: u32) -> Timed {
    legs(passes, lane.descriptors().len(), || lane.floor(floor))
}

/// Frames that pop take turns with frames that push, and only what the point asks for is timed. Each pass is
/// timed on its own, because writing descriptors anew between them is not ours to do. What is left in the
/// outputs at the end of a turn is drained in the next.
fn move_turn(lane: &mut Lane, passes: u32) -> Timed {
    let step = least_passes(lane.operation());
    let (frames, of) = (lane.descriptors().len() as u64, Legs::of(passes, step));
    let mut leg = |passes: u32| {
        let over = Stopwatch::start();
        let (mut moved, mut took) = (0, Spent::default());
        for _ in 0..passes {
            let counts = lane.counts();
            lane.prepare();
            let watch = Stopwatch::start();
            lane.pass();
            if counts {
                took += watch.spent();
                moved += frames;
            }
        }
        (moved, took, over.spent())
    };
    let mut legs = Legs::begin(leg(step).2);
    let mut made = 0;
    while legs.wants(u64::from(passes / step) * frames) {
        let (moved, took, over) = leg(of);
        legs.add(moved, took, over);
        made += of;
    }
    Timed::of(&legs, made)
}

/// A turn has as many passes that pop as pass that push.
fn least_passes(operation: Operation) -> u32 {
    if operation == Operation::Translate { 1 } else { 2 }
}

/// Before anything was timed every verdict is compared, later only octets and books.
fn settle(lane: &mut Lane, floor: &mut Floor) -> Result<Balance, String> {
    if lane.passes == [0, 0] {
        watched_pass(lane)?;
        watched_pass(lane)?;
    } else {
        octets_stand(lane)?;
    }
    lane.flush();
    floor.balance()?;
    balance(lane)
}

/// A loop without duties, on every worker.
pub struct Bare {
    kind: Kind,
    crew: Rc<RefCell<Crew>>,
}

/// Which loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Touch,
    Floor,
}

/// The fast path with all of its duties, on the first so many workers.
pub struct Moving {
    name: String,
    crew: Rc<RefCell<Crew>>,
    workers: usize,
    step: u32,
    not: Vec<&'static str>,
}

impl Bare {
    /// The bare loop, which only reads.
    pub fn touch(crew: &Rc<RefCell<Crew>>) -> Self {
        let (kind, crew) = (Kind::Touch, crew.clone());
        Self { kind, crew }
    }

    /// What any demultiplexer has to do to memory.
    pub fn floor(crew: &Rc<RefCell<Crew>>) -> Self {
        let (kind, crew) = (Kind::Floor, crew.clone());
        Self { kind, crew }
    }
}

impl Moving {
    /// It does this to each frame.
    pub fn new(name: &str, crew: &Rc<RefCell<Crew>>, workers: usize, operation: Operation, duties: &Duties) -> Self {
        Self {
            name: name.to_owned(),
            crew: crew.clone(),
            workers,
            step: least_passes(operation),
            not: duties.off.clone(),
        }
    }
}

impl Contender for Bare {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Touch => "touch",
            Kind::Floor => "floor",
        }
    }
    fn does_not(&self) -> &[&str] {
        match self.kind {
            Kind::Touch => &["any duty: it reads a descriptor and eight octets"],
            Kind::Floor => {
                &["any duty: it reads a descriptor, writes the tag back, counts in a row, fills a box and drains it"]
            }
        }
    }
    fn turn(&mut self, passes: u32) -> Result<Timed, String> {
        let crew = self.crew.borrow();
        let workers = crew.orders.len();
        crew.round(workers, |barrier| match self.kind {
            Kind::Touch => Order::Touch(passes, barrier),
            Kind::Floor => Order::Floor(passes, barrier),
        })
    }
}

impl Contender for Moving {
    fn name(&self) -> &str {
        &self.name
    }
    fn does_not(&self) -> &[&str] {
        &self.not
    }
    fn step(&self) -> u32 {
        self.step
    }
    fn turn(&mut self, passes: u32) -> Result<Timed, String> {
        let crew = self.crew.borrow();
        crew.round(self.workers, |barrier| Order::Move(passes, barrier))
    }
}
