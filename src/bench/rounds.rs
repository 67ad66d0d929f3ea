//! Taking turns: everybody who is compared has a turn in every round, and all turns are of one length.
//!
//! Invariant: samples of one round stand at one index, so that a ratio compares neighbours in time.

use super::contender::{Contender, Timed};

/// What one contender did in each round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Samples {
    /// Its name.
    pub name: String,
    /// Duties of ours that it does not do.
    pub does_not: Vec<String>,
    /// Passes that it was timed for in each round.
    pub passes: u32,
    /// One entry for each round, in order.
    pub rounds: Vec<Timed>,
}

impl Samples {
    /// Of this contender nothing yet.
    pub fn of(contender: &dyn Contender, passes: u32) -> Self {
        Self {
            name: contender.name().to_owned(),
            does_not: contender.does_not().iter().map(|duty| (*duty).to_owned()).collect(),
            passes,
            rounds: Vec::new(),
        }
    }

    /// Nanoseconds of processor time a frame, round by round.
    pub fn ns_per_frame(&self) -> Vec<f64> {
        self.rounds.iter().map(|timed| timed.ns_per_frame()).collect()
    }

    /// Time by the wall over processor time, round by round.
    pub fn disturbance(&self) -> Vec<f64> {
        self.rounds.iter().map(|timed| timed.disturbance()).collect()
    }

    /// This one's time a frame over the other's, round by round.
    pub fn ratio_to(&self, other: &Self) -> Vec<f64> {
        let pairs = self.rounds.iter().zip(&other.rounds);
        pairs
            .map(|(own, other)| own.ns_per_frame() / other.ns_per_frame().max(f64::MIN_POSITIVE))
            .collect()
    }
}

/// The most passes of a turn.
const MOST_PASSES: u32 = 1 << 24;
/// Turns that are tried before any is taken for a sample: the fastest tells how long a pass takes.
const TRIALS: usize = 3;

/// Nanoseconds of processor time that one step of this contender's passes takes.
///
/// # Errors
/// Why it cannot go on.
pub fn step_nanos(contender: &mut dyn Contender) -> Result<u64, String> {
    let step = contender.step();
    // One pass may be too short for the clock: what takes less than this is asked for again, longer.
    let (mut passes, long) = (step, 50_000);
    loop {
        let mut fastest = u64::MAX;
        for _ in 0..TRIALS {
            let turn = contender.turn(passes)?;
            // One that was interrupted has made more passes than it was asked for.
            let made = u64::from((turn.passes / step).max(1));
            fastest = fastest.min(turn.whole.nanos * u64::from(passes / step) / made);
        }
        if fastest >= long || passes >= MOST_PASSES {
            return Ok((fastest / u64::from(passes / step)).max(1));
        }
        passes = passes.saturating_mul(8).min(MOST_PASSES / step * step);
    }
}

/// How many passes a contender whose step takes so long needs, so that its turn takes about `turn`.
pub fn passes_of(step: u32, step_nanos: u64, turn: u64) -> u32 {
    let steps = (turn + step_nanos / 2) / step_nanos.max(1);
    let most = u64::from(MOST_PASSES / step.max(1));
    step * u32::try_from(steps.clamp(1, most)).unwrap_or(1)
}

/// Lets everybody have a turn in each round, in the order given, for as many rounds as asked. Turns
/// take about `turn` nanoseconds of processor time, or as long as the slowest one's shortest.
///
/// # Errors
/// The first contender that cannot go on: its name and why.
pub fn interleave(contenders: &mut [&mut dyn Contender], rounds: usize, turn: u64) -> Result<Vec<Samples>, String> {
    let mut steps = Vec::with_capacity(contenders.len());
    for contender in contenders.iter_mut() {
        let nanos = step_nanos(*contender).map_err(|why| format!("{}: {why}", contender.name()))?;
        steps.push(nanos);
    }
    let turn = steps.iter().copied().fold(turn, u64::max);
    let mut all: Vec<Samples> = contenders
        .iter()
        .zip(&steps)
        .map(|(contender, nanos)| Samples::of(&**contender, passes_of(contender.step(), *nanos, turn)))
        .collect();
    for _ in 0..rounds {
        for (contender, samples) in contenders.iter_mut().zip(&mut all) {
            let timed = contender
                .turn(samples.passes)
                .map_err(|why| format!("{}: {why}", contender.name()))?;
            samples.rounds.push(timed);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::super::clock::Spent;
    use super::*;
    use std::cell::RefCell;

    /// Ten frames and so many nanoseconds a pass.
    struct Noted<'a>(&'static str, &'a RefCell<Vec<(&'static str, u32)>>, u64);

    impl Contender for Noted<'_> {
        fn name(&self) -> &str {
            self.0
        }
        fn does_not(&self) -> &[&str] {
            &["police"]
        }
        fn step(&self) -> u32 {
            2
        }
        fn turn(&mut self, passes: u32) -> Result<Timed, String> {
            self.1.borrow_mut().push((self.0, passes));
            if self.2 == 0 {
                return Err("it is tired".to_owned());
            }
            let nanos = self.2 * u64::from(passes);
            let spent = Spent {
                nanos,
                wall_nanos: 3 * nanos,
            };
            // It was interrupted, and made twice as many.
            Ok(Timed {
                frames: 10 * u64::from(passes),
                spent,
                whole: Spent {
                    nanos: 2 * nanos,
                    wall_nanos: 6 * nanos,
                },
                passes: 2 * passes,
            })
        }
    }

    #[test]
    fn everybody_has_a_turn_of_one_length_in_every_round_and_ratios_pair_rounds() {
        let seen = RefCell::new(Vec::new());
        let (mut a, mut b) = (Noted("a", &seen, 20_000), Noted("b", &seen, 50_000));
        let all = interleave(&mut [&mut a, &mut b], 3, 1_000_000).expect("nobody stops");
        let turns = seen.borrow();
        let turns = &turns[turns.len() - 6..];
        assert_eq!(turns, [("a", 50), ("b", 20)].repeat(3));
        assert_eq!((all[0].passes, all[1].passes), (50, 20));
        assert_eq!(all[1].ratio_to(&all[0]), [2.5; 3]);
        assert_eq!(all[0].ns_per_frame(), [2_000.0; 3]);
        assert_eq!(all[0].disturbance(), [3.0; 3]);
        assert_eq!(all[0].does_not, ["police"]);
    }

    #[test]
    fn the_slowest_ones_shortest_turn_is_everybodys_length() {
        let seen = RefCell::new(Vec::new());
        let (mut a, mut b) = (Noted("a", &seen, 1_000), Noted("b", &seen, 400_000));
        let all = interleave(&mut [&mut a, &mut b], 1, 10).expect("nobody stops");
        assert_eq!((all[0].passes, all[1].passes), (800, 2));
    }

    #[test]
    fn passes_are_rounded_to_whole_steps_and_never_none() {
        assert_eq!(passes_of(1, 300, 1_000), 3);
        assert_eq!(passes_of(1, 300, 1_100), 4);
        assert_eq!(passes_of(2, 300, 1_000), 6);
        assert_eq!(passes_of(2, 3_000, 10), 2);
        assert_eq!(passes_of(1, 0, 10), 10);
    }

    #[test]
    fn who_cannot_go_on_is_named() {
        let seen = RefCell::new(Vec::new());
        let mut a = Noted("a", &seen, 0);
        assert_eq!(interleave(&mut [&mut a], 1, 10), Err("a: it is tired".to_owned()));
    }
}
