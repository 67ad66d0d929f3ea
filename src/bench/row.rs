//! One row: set up, verify, race, balance, and only then say how fast.
//!
//! Invariant: a row with a rate has balanced books and a bound beside the rate; where rounds
//! differ too much, it has no ratio.

use std::cell::RefCell;
use std::rc::Rc;

use super::contender::Contender;
use super::crew::{Bare, Crew, Moving};
use super::duties::{COLOUR, Duties};
use super::ledger::Balance;
use super::machine::Caches;
use super::point::Point;
use super::rounds::{Samples, interleave};
use super::set;
use super::stats::{FEWEST_ROUNDS, Spread, WIDEST};

/// How long and how often to measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Rounds of each row.
    pub rounds: u32,
    /// Seconds of timed work for each row, about.
    pub seconds: f64,
    /// Root of every random stream.
    pub seed: u64,
    /// Caches that sets of frames are made for.
    pub caches: Caches,
    /// Octets of memory that rows may take; none where nobody knows.
    pub memory: Option<u64>,
    /// Processors.
    pub cores: usize,
}

/// Why there is no rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The books do not balance, or a frame is not as scheduled: a defect of trunklab.
    Unbalanced(String),
    /// The machine does not allow it.
    Environment(String),
    /// This row cannot be measured here, others can.
    NotRun(String),
}

/// A measured row.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What was asked.
    pub point: Point,
    /// Frames in memory of each core.
    pub frames: u32,
    /// Octets of a frame on the wire on average: with tag, FCS, preamble and gap.
    pub wire_octets: f64,
    /// Nanoseconds of processor time a frame over all cores together.
    pub ns: Spread,
    /// The same of the bare loop, and this row's over it.
    pub touch: Bound,
    /// The same of what any demultiplexer does to memory.
    pub floor: Bound,
    /// Time by the wall over processor time: how often others had the processor.
    pub disturbance: Spread,
    /// All cores' rate over one core's, round by round, where there are several.
    pub scaling: Option<Spread>,
    /// Which duties were on.
    pub duties: Duties,
    /// The books.
    pub books: Balance,
    /// Did the kernel take the request for huge pages?
    pub huge_pages_asked: bool,
    /// Millionths of the frames' memory that stand on huge pages, where the system tells.
    pub on_huge_pages: Option<u64>,
    /// Everybody who took turns, as measured.
    pub samples: Vec<Samples>,
}

/// Somebody without duties whom a row is compared with, in the same rounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Nanoseconds of processor time a frame.
    pub ns: Spread,
    /// The row's time over it, round by round.
    pub ratio: Spread,
    /// Why the ratio cannot be told, if so.
    pub inconclusive: Option<String>,
}

impl Bound {
    fn of(own: &Samples, other: &Samples) -> Self {
        let ratio = Spread::of(&own.ratio_to(other));
        Self {
            ns: Spread::of(&other.ns_per_frame()),
            inconclusive: too_wide(&ratio),
            ratio,
        }
    }
}

impl Measured {
    /// Why no ratio of the row can be told, if so.
    pub fn inconclusive(&self) -> Option<&str> {
        self.touch
            .inconclusive
            .as_deref()
            .and(self.floor.inconclusive.as_deref())
    }

    /// Million frames a second: the median, and the slowest round.
    pub fn mfps(&self) -> (f64, f64) {
        let of = |ns: f64| if ns > 0.0 { 1e3 / ns } else { 0.0 };
        (of(self.ns.median), of(self.ns.max))
    }

    /// Gbit/s on the wire, preamble and gap included: the median, and the slowest round.
    pub fn gbps(&self) -> (f64, f64) {
        let (median, least) = self.mfps();
        let of = |mfps: f64| mfps * self.wire_octets * 8.0 / 1e3;
        (of(median), of(least))
    }
}

/// Measures one row.
///
/// # Errors
/// See [`Trouble`].
pub fn measure(point: &Point, effort: &Effort, duties: &Duties) -> Result<Measured, Trouble> {
    let frames = fits(point, effort, duties)?;
    let crew = Rc::new(RefCell::new(Crew::start(point, frames, effort.seed, duties)?));
    let workers = usize::from(point.cores);
    let mut touch = Bare::touch(&crew);
    let mut floor = Bare::floor(&crew);
    let mut moving = Moving::new("trunklab", &crew, workers, point.operation, duties);
    let mut alone = Moving::new("trunklab, one core", &crew, 1, point.operation, duties);
    let mut contenders: Vec<&mut dyn Contender> = vec![&mut touch, &mut floor, &mut moving];
    if workers > 1 {
        contenders.push(&mut alone);
    }
    let turn = effort.turn(contenders.len());
    let samples = interleave(&mut contenders, effort.rounds.max(1) as usize, turn).map_err(Trouble::Environment)?;
    let crew = crew.borrow();
    let books = crew.settle().map_err(Trouble::Unbalanced)?;
    let own = &samples[2];
    Ok(Measured {
        point: *point,
        frames,
        wire_octets: crew.wire_octets,
        ns: Spread::of(&own.ns_per_frame()),
        touch: Bound::of(own, &samples[0]),
        floor: Bound::of(own, &samples[1]),
        disturbance: Spread::of(&own.disturbance()),
        scaling: samples.get(3).map(|one| Spread::of(&one.ratio_to(own))),
        duties: duties.clone(),
        books,
        huge_pages_asked: crew.huge_pages_asked,
        on_huge_pages: crew.on_huge_pages,
        samples,
    })
}

impl Effort {
    /// Nanoseconds of a turn, where so many take one in each round.
    pub fn turn(&self, contenders: usize) -> u64 {
        (self.seconds * 1e9 / f64::from(self.rounds.max(1)) / contenders.max(1) as f64) as u64
    }
}

/// Why a ratio with this spread tells nothing, if so: few rounds, or rounds that disagree so much that
/// nobody knows where their median is. That single rounds stray does not matter.
pub fn too_wide(ratio: &Spread) -> Option<String> {
    if cfg!(debug_assertions) {
        Some("a debug build's code is not what is meant".to_owned())
    } else if ratio.samples < FEWEST_ROUNDS {
        Some(format!("{} rounds, fewer than {FEWEST_ROUNDS}", ratio.samples))
    } else if ratio.uncertainty() > WIDEST {
        let widest = WIDEST * 100.0;
        Some(format!(
            "rounds disagree: the bounds of their median lie further apart than {widest:.0} % of it"
        ))
    } else {
        None
    }
}

/// Can it be measured here? How many frames then?
fn fits(point: &Point, effort: &Effort, duties: &Duties) -> Result<u32, Trouble> {
    point.check().map_err(Trouble::NotRun)?;
    if usize::from(point.cores) > effort.cores {
        return Err(Trouble::NotRun(format!("the machine has {} cores", effort.cores)));
    }
    if point.policed > 0 && !duties.has(COLOUR) {
        let why = "this build's policer is blind to colour, so no share of the frames can be put over rate";
        return Err(Trouble::NotRun(why.to_owned()));
    }
    let frames = set::frames(point, effort.caches).map_err(Trouble::NotRun)?;
    // A frame has its slot, a descriptor or three, and its line of the schedule; a tenant has its
    // service with counters and buckets, an output, its accounts, and the same without duties.
    let tenants = u64::from(point.tenants());
    let one = u64::from(frames) * (point.stride() + 40) + tenants * 1_500;
    let all = one * u64::from(point.cores);
    match effort.memory {
        Some(memory) if all > memory => Err(Trouble::NotRun(format!(
            "it takes about {} MiB of memory, and {} MiB may be used",
            all >> 20,
            memory >> 20
        ))),
        _ => Ok(frames),
    }
}

#[cfg(test)]
mod tests {
    use super::super::point::{Feed, Operation, Set};
    use super::*;

    fn effort() -> Effort {
        Effort {
            rounds: 3,
            seconds: 0.01,
            seed: 1,
            caches: Caches {
                second: 256 << 10,
                last: 2 << 20,
            },
            memory: Some(1 << 30),
            cores: 2,
        }
    }

    fn tiny() -> Point {
        Point {
            set: Set::Frames(512),
            vlans: 10,
            ..Point::BASE
        }
    }

    #[test]
    fn a_row_has_books_fairness_and_a_bound() {
        let duties = Duties::probe();
        for point in [
            tiny(),
            Point {
                cores: 2,
                bad: 10,
                ..tiny()
            },
            Point {
                operation: Operation::Push,
                feed: Feed::Single,
                ..tiny()
            },
        ] {
            let row = measure(&point, &effort(), &duties).expect("a row");
            assert_eq!(row.samples[2].name, "trunklab");
            let in_rounds: u64 = row.samples[2].rounds.iter().map(|timed| timed.frames).sum();
            assert!(row.books.offered.frames >= in_rounds && in_rounds > 0);
            assert_eq!(row.books.fairness.min_over_max(), 1.0);
            assert!((row.books.fairness.jain() - 1.0).abs() < 1e-9);
            assert!(row.mfps().1 <= row.mfps().0 && row.mfps().1 > 0.0);
            assert!(row.inconclusive().is_some(), "three rounds are too few");
            assert!(row.on_huge_pages.is_none_or(|share| share <= 1_000_000));
            assert!(row.touch.ns.min > 0.0 && row.floor.ns.min > 0.0 && row.disturbance.min > 0.9);
            assert_eq!(row.touch.ratio, Spread::of(&row.samples[2].ratio_to(&row.samples[0])));
            assert_eq!(row.floor.ratio, Spread::of(&row.samples[2].ratio_to(&row.samples[1])));
            assert_eq!(row.scaling.is_some(), point.cores == 2);
        }
    }

    #[test]
    fn every_row_of_the_usual_run_balances_and_names_every_duty() {
        let duties = Duties::probe();
        for point in super::super::grid::usual() {
            let small = Point {
                set: Set::Frames(64),
                vlans: point.vlans.min(40),
                circuits: point.circuits.min(3),
                ..point
            };
            let row = match measure(&small, &effort(), &duties) {
                Ok(row) => row,
                Err(Trouble::NotRun(_)) if small.policed > 0 => continue,
                Err(trouble) => panic!("{small}: {trouble:?}"),
            };
            let mut named = [row.duties.on, row.duties.off].concat();
            let mut all = Duties::all();
            named.sort_unstable();
            all.sort_unstable();
            assert_eq!(named, all);
        }
    }

    #[test]
    fn wide_spreads_and_few_rounds_are_inconclusive() {
        let narrow = Spread::of(&[1.0; 9]);
        assert_eq!(too_wide(&narrow).is_some(), cfg!(debug_assertions));
        let wide = Spread::of(&[1.0, 1.0, 1.5, 2.0, 2.0, 3.0]);
        assert!(too_wide(&wide).is_some());
        assert!(too_wide(&Spread::of(&[1.0; FEWEST_ROUNDS - 1])).is_some());
        let stray = Spread::of(&[vec![1.0; 19], vec![3.0; 6]].concat());
        assert_eq!(too_wide(&stray).is_some(), cfg!(debug_assertions), "most rounds agree");
    }

    #[test]
    fn what_does_not_fit_is_not_run_and_says_why() {
        let duties = Duties::probe();
        let not = |point: &Point, effort: &Effort| match measure(point, effort, &duties) {
            Err(Trouble::NotRun(why)) => why,
            other => panic!("{other:?}"),
        };
        let small = Effort {
            memory: Some(1 << 20),
            ..effort()
        };
        assert!(not(&Point { set: Set::L3, ..tiny() }, &small).contains("MiB"));
        assert!(not(&Point { cores: 3, ..tiny() }, &effort()).contains("2 cores"));
    }
}
