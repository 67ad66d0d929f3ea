//! Taking turns: everybody who is compared runs in every round.
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
    /// One entry for each round, in order.
    pub rounds: Vec<Timed>,
}

impl Samples {
    /// Nanoseconds a frame, round by round.
    pub fn ns_per_frame(&self) -> Vec<f64> {
        self.rounds.iter().map(|timed| timed.ns_per_frame()).collect()
    }

    /// This one's time a frame over the other's, round by round.
    pub fn ratio_to(&self, other: &Self) -> Vec<f64> {
        let pairs = self.rounds.iter().zip(&other.rounds);
        pairs
            .map(|(own, other)| own.ns_per_frame() / other.ns_per_frame().max(f64::MIN_POSITIVE))
            .collect()
    }
}

/// Lets everybody run once in each round, in the order given, for as many rounds as asked.
///
/// # Errors
/// The first contender that cannot go on: its name and why.
pub fn interleave(contenders: &mut [&mut dyn Contender], rounds: usize) -> Result<Vec<Samples>, String> {
    let mut all: Vec<Samples> = contenders
        .iter()
        .map(|contender| Samples {
            name: contender.name().to_owned(),
            does_not: contender.does_not().iter().map(|duty| (*duty).to_owned()).collect(),
            rounds: Vec::with_capacity(rounds),
        })
        .collect();
    for _ in 0..rounds {
        for (contender, samples) in contenders.iter_mut().zip(&mut all) {
            let timed = contender
                .round()
                .map_err(|why| format!("{}: {why}", contender.name()))?;
            samples.rounds.push(timed);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    struct Noted<'a>(&'static str, &'a RefCell<Vec<&'static str>>, u64);

    impl Contender for Noted<'_> {
        fn name(&self) -> &str {
            self.0
        }
        fn does_not(&self) -> &[&str] {
            &["police"]
        }
        fn round(&mut self) -> Result<Timed, String> {
            self.1.borrow_mut().push(self.0);
            if self.2 == 0 {
                return Err("it is tired".to_owned());
            }
            Ok(Timed {
                frames: 10,
                nanos: self.2,
            })
        }
    }

    #[test]
    fn everybody_runs_in_every_round_and_ratios_pair_rounds() {
        let seen = RefCell::new(Vec::new());
        let (mut a, mut b) = (Noted("a", &seen, 20), Noted("b", &seen, 50));
        let all = interleave(&mut [&mut a, &mut b], 3).expect("nobody stops");
        assert_eq!(*seen.borrow(), ["a", "b", "a", "b", "a", "b"]);
        assert_eq!(all[1].ratio_to(&all[0]), [2.5; 3]);
        assert_eq!(all[0].ns_per_frame(), [2.0; 3]);
        assert_eq!(all[0].does_not, ["police"]);
    }

    #[test]
    fn who_cannot_go_on_is_named() {
        let seen = RefCell::new(Vec::new());
        let mut a = Noted("a", &seen, 0);
        assert_eq!(interleave(&mut [&mut a], 1), Err("a: it is tired".to_owned()));
    }
}
