//! Outcomes that the law leaves open, drawn for a run.

use std::collections::BTreeMap;

use crate::ident::{Luck, name_hash};
use crate::provision::{About, Chance, Choices, Lead};
use crate::units::SimDuration;

/// Draws lead times evenly within their ranges, each by what it is for: the run's seed, the account,
/// what the call is about as the file names it, the operation, what takes time, and how often that was
/// asked before. So a call more or less changes no other call's lead time. Nothing is refused or fails
/// by chance; calls that meet on one VBR conflict, as they do with the API.
#[derive(Debug, Clone)]
pub struct Drawn {
    seed: u64,
    about: [u64; 3],
    /// How often what was asked.
    asked: BTreeMap<([u64; 3], Lead), u64>,
}

impl Drawn {
    /// The choices of a run with this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            about: [0; 3],
            asked: BTreeMap::new(),
        }
    }
}

impl Choices for Drawn {
    fn about(&mut self, call: About) {
        self.about = [call.account, call.subject, name_hash(call.operation.as_str())];
    }
    fn span(&mut self, lead: Lead, min: SimDuration, max: SimDuration) -> SimDuration {
        let times = self.asked.entry((self.about, lead)).or_default();
        let [account, subject, operation] = self.about;
        let luck = Luck::of(self.seed, &[account, subject, operation, *times]);
        *times += 1;
        let width = max.saturating_sub(min).as_nanos();
        let drawn = luck.stream(lead.name()).below(width.saturating_add(1));
        min.saturating_add(SimDuration::from_nanos(drawn))
    }
    fn happens(&mut self, chance: Chance) -> bool {
        matches!(chance, Chance::TaskConflict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provision::OperationName;

    const RANGE: (SimDuration, SimDuration) = (SimDuration::from_secs(20), SimDuration::from_secs(30));

    fn call(subject: u64, operation: OperationName) -> About {
        About {
            account: 1,
            subject,
            operation,
        }
    }

    #[test]
    fn a_lead_time_is_drawn_within_its_range_and_again_the_same_from_the_same_seed() {
        let (min, max) = RANGE;
        let draw = |seed| {
            let mut drawn = Drawn::new(seed);
            [(); 8].map(|()| drawn.span(Lead::LastMile, min, max))
        };
        assert!(draw(1).iter().all(|d| (min..=max).contains(d)));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1)[0], draw(1)[1], "asked again, it is drawn again");
        assert_eq!(Drawn::new(1).span(Lead::LastMile, min, min), min);
    }

    #[test]
    fn calls_about_other_things_change_no_lead_time_and_have_their_own() {
        let (min, max) = RANGE;
        let mine = call(7, OperationName::CreateRouteEntry);
        let others = [
            call(8, OperationName::CreateRouteEntry),
            call(7, OperationName::DeleteRouteEntry),
            About { account: 2, ..mine },
        ];
        let span = |drawn: &mut Drawn, about| {
            drawn.about(about);
            drawn.span(Lead::RouteEntry, min, max)
        };
        let (mut alone, mut among) = (Drawn::new(1), Drawn::new(1));
        for _ in 0..8 {
            let expected = span(&mut alone, mine);
            for other in others {
                assert_ne!(span(&mut among, other), expected);
            }
            assert_eq!(span(&mut among, mine), expected);
        }
        among.about(mine);
        alone.about(mine);
        among.span(Lead::LoaIssue, min, max);
        let next = alone.span(Lead::RouteEntry, min, max);
        assert_eq!(
            among.span(Lead::RouteEntry, min, max),
            next,
            "each lead time is its own"
        );
    }
}
