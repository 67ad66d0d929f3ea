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
        Self {
            samples: sorted.len(),
            min: at(0.0),
            q1: at(0.25),
            median: at(0.5),
            q3: at(0.75),
            max: at(1.0),
        }
    }

    /// The middle half's width over the median.
    pub fn relative(&self) -> f64 {
        if self.samples == 0 || self.median <= 0.0 {
            return f64::INFINITY;
        }
        (self.q3 - self.q1) / self.median
    }
}

/// Middle halves wider than this share of their median tell nothing: INCONC.
pub const WIDEST: f64 = 0.15;
/// Fewer rounds than this tell nothing either.
pub const FEWEST_ROUNDS: usize = 5;

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

    #[test]
    fn of_nothing_nothing_is_said() {
        assert!(Spread::of(&[]).relative() > WIDEST);
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
