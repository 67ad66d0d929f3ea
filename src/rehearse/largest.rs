//! The longest interruption that keeps a tenant's budget, by bisection.

use crate::units::SimDuration;

/// No interruption is tried that lasts longer.
const LONGEST: SimDuration = SimDuration::from_secs(60);

/// Worlds that one search runs at most.
const WORLDS_MAX: u32 = 48;

/// Where a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bracket {
    /// The longest that was found to keep the budget.
    pub keeps: SimDuration,
    /// The shortest that was tried and does not; `None`: even the longest that was tried keeps it.
    pub breaks: Option<SimDuration>,
    /// How many worlds were run.
    pub worlds: u32,
}

/// Searches to the `step`; `first`: what is tried first. `keeps`: does so long keep the budget?
///
/// # Errors
/// As `keeps`.
pub(super) fn search(
    first: SimDuration,
    step: SimDuration,
    mut keeps: impl FnMut(SimDuration) -> Result<bool, String>,
) -> Result<Bracket, String> {
    let step = step.as_nanos().max(1);
    let units = |span: SimDuration| span.as_nanos() / step;
    let span = |units: u64| SimDuration::from_nanos(units.saturating_mul(step));
    let (mut low, mut high) = (0, units(first).max(1));
    let mut worlds = 0;
    // Up, until one breaks it.
    loop {
        worlds += 1;
        if !keeps(span(high))? {
            break;
        }
        low = high;
        if span(high) >= LONGEST || worlds >= WORLDS_MAX {
            return Ok(Bracket {
                keeps: span(low),
                breaks: None,
                worlds,
            });
        }
        high = high.saturating_mul(2).min(units(LONGEST).max(high + 1));
    }
    while high - low > 1 && worlds < WORLDS_MAX {
        let middle = low + (high - low) / 2;
        worlds += 1;
        match keeps(span(middle))? {
            true => low = middle,
            false => high = middle,
        }
    }
    Ok(Bracket {
        keeps: span(low),
        breaks: Some(span(high)),
        worlds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> SimDuration {
        SimDuration::from_millis(n)
    }

    fn found(limit: SimDuration) -> Bracket {
        search(ms(50), ms(1), |time| Ok(time <= limit)).unwrap()
    }

    #[test]
    fn a_search_ends_at_the_last_that_keeps_and_the_first_that_breaks() {
        for limit in [0, 1, 7, 49, 50, 51, 333, 12_345] {
            let bracket = found(ms(limit));
            assert_eq!(
                (bracket.keeps, bracket.breaks),
                (ms(limit), Some(ms(limit + 1))),
                "{limit}"
            );
            assert!(bracket.worlds < 30, "{bracket:?}");
        }
    }

    #[test]
    fn what_nothing_breaks_is_tried_up_to_a_minute() {
        let bracket = found(SimDuration::from_secs(1_000));
        assert_eq!(bracket.breaks, None);
        assert!(bracket.keeps >= LONGEST, "{bracket:?}");
        assert_eq!(search(ms(50), ms(1), |_| Err("why".to_owned())), Err("why".to_owned()));
    }
}
