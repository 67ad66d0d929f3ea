//! Outcomes that the law leaves open, drawn for a run.

use crate::ident::Stream;
use crate::provision::{Chance, Choices, Lead};
use crate::units::SimDuration;

/// Draws lead times evenly within their ranges from the run's seed. Nothing is refused or fails by
/// chance; calls that meet on one VBR conflict, as they do with the API.
#[derive(Debug, Clone)]
pub struct Drawn(Stream);

impl Drawn {
    /// The choices of a run with this seed.
    pub fn new(seed: u64) -> Self {
        Self(Stream::new(seed, "the cloud", "choices"))
    }
}

impl Choices for Drawn {
    fn span(&mut self, _: Lead, min: SimDuration, max: SimDuration) -> SimDuration {
        let width = max.saturating_sub(min).as_nanos();
        min.saturating_add(SimDuration::from_nanos(self.0.below(width.saturating_add(1))))
    }
    fn happens(&mut self, chance: Chance) -> bool {
        matches!(chance, Chance::TaskConflict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_time_is_drawn_within_its_range_and_again_the_same_from_the_same_seed() {
        let (min, max) = (SimDuration::from_secs(20), SimDuration::from_secs(30));
        let draw = |seed| {
            let mut drawn = Drawn::new(seed);
            [(); 8].map(|()| drawn.span(Lead::LastMile, min, max))
        };
        assert!(draw(1).iter().all(|d| (min..=max).contains(d)));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_eq!(Drawn::new(1).span(Lead::LastMile, min, min), min);
    }
}
