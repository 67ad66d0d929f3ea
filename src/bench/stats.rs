//! Median, quartiles, fairness.
//!
//! Invariant: of no samples nothing is said: every number is 0, and the spread is too wide.

/// Where samples lie.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// How many samples.
    pub samples: usize,
    /// The smallest.
    pub min: f64,
    /// A quarter lies below.
    pub q1: f64,
    /// Half lies below.
    pub median: f64,
    /// A quarter lies above.
    pub q3: f64,
    /// The largest.
    pub max: f64,
    /// With 95 % certainty the median of all that could have been sampled is at least this.
    pub low: f64,
    /// And at most this.
    pub high: f64,
}

impl Spread {
    /// Quartiles by linear interpolation between neighbours (Hyndman and Fan's type 7).
    pub fn of(samples: &[f64]) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let place = part * (sorted.len().saturating_sub(1)) as f64;
            let below = place.floor() as usize;
            let above = (below + 1).min(sorted.len().saturating_sub(1));
            let (Some(a), Some(b)) = (sorted.get(below), sorted.get(above)) else {
                return 0.0;
            };
            a + (b - a) * (place - below as f64)
        };
        let outside = outside(sorted.len());
        let rank = |rank: usize| sorted.get(rank).copied().unwrap_or(0.0);
        Self {
            samples: sorted.len(),
            min: at(0.0),
            q1: at(0.25),
            median: at(0.5),
            q3: at(0.75),
            max: at(1.0),
            low: rank(outside),
            high: rank(sorted.len().saturating_sub(1 + outside)),
        }
    }

    /// How far apart the bounds of the median are, over the median.
    pub fn uncertainty(&self) -> f64 {
        if self.samples == 0 || self.median <= 0.0 {
            return f64::INFINITY;
        }
        (self.high - self.low) / self.median
    }

    /// The middle half's width over the median.
    pub fn relative(&self) -> f64 {
        if self.samples == 0 || self.median <= 0.0 {
            return f64::INFINITY;
        }
        (self.q3 - self.q1) / self.median
    }
}

/// How many of so many samples lie outside the bounds of their median on each side: as many as leave 95 %
/// certainty that it is within, whatever the samples' distribution. Each sample lies below the median with
/// probability one half, so the count of those below it is binomial (David and Nagaraja, Order Statistics, 7.1).
fn outside(samples: usize) -> usize {
    if samples > 1_000 {
        // Here the binomial is as good as normal, and its first term too small for a float.
        let n = samples as f64;
        return ((n - 1.96 * n.sqrt()) / 2.0) as usize;
    }
    let mut term = 0.5_f64.powi(i32::try_from(samples).unwrap_or(i32::MAX));
    let (mut below, mut ranks) = (0.0, 0);
    while ranks < samples / 2 {
        below += term;
        if below > 0.025 {
            break;
        }
        term *= (samples - ranks) as f64 / (ranks + 1) as f64;
        ranks += 1;
    }
    // `ranks` terms fit: that many samples may lie outside, less the one that is the bound itself.
    ranks.saturating_sub(1)
}

/// Medians whose bounds are further apart than this share of them tell nothing: INCONC.
pub const WIDEST: f64 = 0.15;
/// Fewer rounds than this leave no bound of 95 %, and tell nothing either.
pub const FEWEST_ROUNDS: usize = 6;

/// How evenly tenants were served: of each, the share of its offered frames that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Fairness {
    /// Tenants that were offered anything.
    pub tenants: u64,
    /// The smallest share.
    pub min: f64,
    /// The largest share.
    pub max: f64,
    sum: f64,
    squares: f64,
}

impl Fairness {
    /// Counts one tenant; one that was offered nothing does not count.
    pub fn add(&mut self, delivered: u64, offered: u64) {
        if offered == 0 {
            return;
        }
        let share = delivered as f64 / offered as f64;
        self.min = if self.tenants == 0 { share } else { self.min.min(share) };
        self.max = self.max.max(share);
        self.tenants += 1;
        self.sum += share;
        self.squares += share * share;
    }

    /// Both together.
    pub fn merge(&mut self, other: &Self) {
        if other.tenants == 0 {
            return;
        }
        self.min = if self.tenants == 0 {
            other.min
        } else {
            self.min.min(other.min)
        };
        self.max = self.max.max(other.max);
        self.tenants += other.tenants;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The worst served tenant's share over the best served one's; 1 is even.
    pub fn min_over_max(&self) -> f64 {
        if self.max > 0.0 { self.min / self.max } else { 0.0 }
    }

    /// Jain's index: 1 where all shares are equal, 1/n where one tenant has everything.
    pub fn jain(&self) -> f64 {
        if self.squares > 0.0 {
            self.sum * self.sum / (self.tenants as f64 * self.squares)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_of_known_samples() {
        let spread = Spread::of(&[4.0, 1.0, 3.0, 2.0, 5.0]);
        let all = (spread.min, spread.q1, spread.median, spread.q3, spread.max);
        assert_eq!(all, (1.0, 2.0, 3.0, 4.0, 5.0));
        let even = Spread::of(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!((even.q1, even.median, even.q3), (1.75, 2.5, 3.25));
        assert!((spread.relative() - 2.0 / 3.0).abs() < 1e-12);
    }

    /// Conover, Practical Nonparametric Statistics, and any table of the sign test: the ranks of the bounds.
    #[test]
    fn bounds_of_a_median_are_those_of_the_sign_test() {
        for (samples, low) in [
            (6, 1),
            (8, 1),
            (9, 2),
            (10, 2),
            (15, 4),
            (20, 6),
            (25, 8),
            (50, 18),
            (100, 40),
        ] {
            let ranks: Vec<f64> = (1..=samples).map(f64::from).collect();
            let spread = Spread::of(&ranks);
            let high = samples + 1 - low;
            assert_eq!(
                (spread.low, spread.high),
                (f64::from(low), f64::from(high)),
                "{samples}"
            );
        }
        let many: Vec<f64> = (1..=10_000).map(f64::from).collect();
        assert_eq!(Spread::of(&many).low, 4_903.0);
        assert!((Spread::of(&many[..1_000]).low - 469.0).abs() < 1.5);
    }

    /// Rounds far apart in a few places disagree about nothing; two camps do.
    #[test]
    fn a_few_strays_leave_a_median_certain_and_two_camps_do_not() {
        let mut strays = [vec![2.0; 19], vec![9.0; 6]].concat();
        assert!(Spread::of(&strays).uncertainty() < 0.01);
        strays[..12].fill(1.0);
        assert!(Spread::of(&strays).uncertainty() > WIDEST);
    }

    #[test]
    fn of_nothing_nothing_is_said() {
        assert!(Spread::of(&[]).relative() > WIDEST);
        assert!(Spread::of(&[]).uncertainty() > WIDEST);
        assert_eq!(Fairness::default().jain(), 0.0);
    }

    #[test]
    fn jains_index_of_known_shares() {
        let mut even = Fairness::default();
        let mut one = Fairness::default();
        for tenant in 0..4 {
            even.add(50, 100);
            one.add(if tenant == 0 { 100 } else { 0 }, 100);
        }
        one.add(7, 0);
        assert!((even.jain() - 1.0).abs() < 1e-12 && (even.min_over_max() - 1.0).abs() < 1e-12);
        assert!((one.jain() - 0.25).abs() < 1e-12 && one.min_over_max() == 0.0);
        let mut both = even;
        both.merge(&one);
        assert_eq!((both.tenants, both.min, both.max), (8, 0.0, 1.0));
    }
}
