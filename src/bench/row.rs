//! One row: set up, verify, race, balance, and only then say how fast.
//!
//! Invariant: a row with a rate has balanced books and a bound beside the rate; where rounds
//! differ too much, it has no ratio.

use std::cell::RefCell;
use std::rc::Rc;

use super::contender::Contender;
use super::crew::{Crew, Moving, Touching};
use super::duties::{COLOUR, Duties};
use super::ledger::Balance;
use super::point::{Operation, Point};
use super::rounds::{Samples, interleave};
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
    /// Octets of the last cache, and of memory that may be used.
    pub l3: u64,
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
    /// Nanoseconds a frame over all cores together.
    pub ns: Spread,
    /// The same of the bare loop.
    pub touch: Spread,
    /// The one over the other, round by round.
    pub ratio: Spread,
    /// All cores' rate over one core's, round by round, where there are several.
    pub scaling: Option<Spread>,
    /// Why no ratio can be told, if so.
    pub inconclusive: Option<String>,
    /// Which duties were on.
    pub duties: Duties,
    /// The books.
    pub books: Balance,
    /// Times that every frame was moved in a round.
    pub passes: u32,
    /// Did the kernel take the request for huge pages?
    pub huge_pages_asked: bool,
    /// Everybody who took turns, as measured.
    pub samples: Vec<Samples>,
}

impl Measured {
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
    let (passes, rounds) = calibrate(point, effort, &crew, duties)?;
    let mut touching = Touching::new(&crew, passes);
    let mut moving = Moving::new("trunklab", &crew, workers, passes, duties);
    let mut alone = Moving::new("trunklab, one core", &crew, 1, passes, duties);
    let mut contenders: Vec<&mut dyn Contender> = vec![&mut touching, &mut moving];
    if workers > 1 {
        contenders.push(&mut alone);
    }
    let samples = interleave(&mut contenders, rounds).map_err(Trouble::Environment)?;
    let crew = crew.borrow();
    let books = crew.settle().map_err(Trouble::Unbalanced)?;
    let ratio = Spread::of(&samples[1].ratio_to(&samples[0]));
    let scaling = samples.get(2).map(|one| Spread::of(&one.ratio_to(&samples[1])));
    Ok(Measured {
        point: *point,
        frames,
        wire_octets: crew.wire_octets,
        ns: Spread::of(&samples[1].ns_per_frame()),
        touch: Spread::of(&samples[0].ns_per_frame()),
        inconclusive: too_wide(&ratio),
        ratio,
        scaling,
        duties: duties.clone(),
        books,
        passes,
        huge_pages_asked: crew.huge_pages_asked,
        samples,
    })
}

/// Why a ratio with this spread tells nothing, if so.
pub fn too_wide(ratio: &Spread) -> Option<String> {
    if cfg!(debug_assertions) {
        Some("a debug build's code is not what is meant".to_owned())
    } else if ratio.samples < FEWEST_ROUNDS {
        Some(format!("{} rounds, fewer than {FEWEST_ROUNDS}", ratio.samples))
    } else if ratio.relative() > WIDEST {
        let widest = WIDEST * 100.0;
        Some(format!(
            "the middle half of the rounds lies further apart than {widest:.0} % of the median"
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
    let frames = point.set.frames(effort.l3, point.stride());
    // A frame has its slot, a descriptor or two, and its line of the schedule; a tenant has its
    // service with counters and buckets, an output, and its accounts.
    let tenants = u64::from(point.tenants());
    let one = u64::from(frames) * (point.stride() + 32) + tenants * 1_200;
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

/// How often frames are moved in a round, and how many rounds, so that all rounds take the time
/// that was asked for. Where even one pass a round takes four times as long, there are fewer
/// rounds, but enough to tell.
fn calibrate(
    point: &Point,
    effort: &Effort,
    crew: &Rc<RefCell<Crew>>,
    duties: &Duties,
) -> Result<(u32, usize), Trouble> {
    let workers = usize::from(point.cores);
    let mut all = 0;
    for contender in [
        &mut Touching::new(crew, 2) as &mut dyn Contender,
        &mut Moving::new("", crew, workers, 2, duties),
    ] {
        all += contender.round().map_err(Trouble::Environment)?.nanos;
    }
    if workers > 1 {
        // The one that runs alone must move its frames as often as the others.
        all *= 2;
    }
    let pass = (all as f64 / 2e9).max(1e-9);
    // Popping takes turns with pushing: a round has as many of one as of the other.
    let least = if point.operation == Operation::Translate { 1 } else { 2 };
    let passes = (effort.seconds / f64::from(effort.rounds.max(1)) / pass) as u32;
    let passes = (passes / least * least).clamp(least, 1 << 20);
    let affordable = (4.0 * effort.seconds / (pass * f64::from(passes))) as usize;
    let rounds = effort.rounds.max(1) as usize;
    Ok((passes, rounds.min(affordable.max(FEWEST_ROUNDS))))
}

#[cfg(test)]
mod tests {
    use super::super::point::{Feed, Set};
    use super::*;

    fn effort() -> Effort {
        Effort {
            rounds: 3,
            seconds: 0.01,
            seed: 1,
            l3: 1 << 20,
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
            let in_rounds: u64 = row.samples[1].rounds.iter().map(|timed| timed.frames).sum();
            assert!(row.books.offered.frames >= in_rounds && in_rounds > 0);
            assert_eq!(row.books.fairness.min_over_max(), 1.0);
            assert!((row.books.fairness.jain() - 1.0).abs() < 1e-9);
            assert!(row.mfps().1 <= row.mfps().0 && row.mfps().1 > 0.0);
            assert!(row.inconclusive.is_some(), "three rounds are too few");
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
        assert!(too_wide(&Spread::of(&[1.0; 4])).is_some());
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
