//! Frames that go in circles: where, whose, since when.

use std::collections::BTreeSet;

use crate::evidence::Ticket;
use crate::ident::{Lane, TenantId};
use crate::units::SimTime;

/// What a run saw of frames that passed a switch a second time without a router between.
///
/// Its size is bounded by the ports of the switches, never by frames.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Storm {
    /// The most links that a frame crossed without a router between them.
    pub longest: u16,
    /// Links beyond which a copy has passed some switch twice, which is no circle yet: it may be in
    /// another VLAN there.
    pub circle_from: u16,
    /// Links beyond which it is a storm.
    pub storm_from: u16,
    /// When a copy of what became a storm first passed a switch twice.
    pub first: Option<SimTime>,
    /// Links that copies crossed after they had passed a switch twice.
    pub rounds: u64,
    /// Copies that were taken out of the network for it.
    pub dropped: u64,
    /// Whose frames did.
    pub tenants: BTreeSet<TenantId>,
    /// From which lane to which, at the switch between them, such copies went.
    pub steps: BTreeSet<(Lane, Lane)>,
}

impl Storm {
    /// A copy goes on from one lane to the next, having crossed so many links since a router.
    pub(super) fn passed(&mut self, at: SimTime, ticket: &Ticket, step: Option<(Lane, Lane)>) {
        self.longest = self.longest.max(ticket.hops());
        if ticket.hops() <= self.circle_from {
            return;
        }
        self.first.get_or_insert(at);
        self.rounds += 1;
        self.tenants.insert(ticket.trace().tenant);
        self.steps.extend(step);
    }

    /// Was it a storm, of frames of this tenant or of nobody's?
    pub fn stormed(&self, tenant: TenantId) -> bool {
        self.dropped > 0 && (self.tenants.contains(&tenant) || self.tenants.contains(&TenantId::NONE))
    }

    /// The circles, each from its first lane on, in order: of lanes that lead to one another the
    /// shortest way round through the first of them.
    pub fn circles(&self) -> Vec<Vec<Lane>> {
        let mut circles: Vec<Vec<Lane>> = Vec::new();
        let lanes: BTreeSet<Lane> = self.steps.iter().map(|(from, _)| *from).collect();
        for lane in lanes {
            if circles.iter().flatten().any(|on| on.link == lane.link) {
                continue; // Of a circle that was told, or the same one the other way round.
            }
            circles.extend(self.way_back(lane));
        }
        circles
    }

    /// The shortest way from a lane back to itself.
    fn way_back(&self, start: Lane) -> Option<Vec<Lane>> {
        let mut ways = vec![vec![start]];
        let mut seen = BTreeSet::from([start]);
        while !ways.is_empty() {
            let mut longer = Vec::new();
            for way in ways {
                let last = *way.last().expect("a way has a lane");
                let next = self
                    .steps
                    .range((last, Lane::FIRST)..)
                    .take_while(|step| step.0 == last);
                for (_, to) in next {
                    if *to == start {
                        return Some(way);
                    }
                    if seen.insert(*to) {
                        longer.push(way.iter().copied().chain([*to]).collect());
                    }
                }
            }
            ways = longer;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Lineage, Trace};
    use crate::ident::{FlowId, LinkId, Origin};

    fn lane(link: u32, from_b: bool) -> Lane {
        Lane {
            link: LinkId(link),
            from_b,
        }
    }

    fn storm(steps: &[(Lane, Lane)]) -> Storm {
        let mut storm = Storm {
            circle_from: 3,
            ..Storm::default()
        };
        for step in steps {
            let trace = Trace {
                tenant: TenantId(1),
                origin: Origin::Flow(FlowId(0)),
                flow: FlowId(0),
                seq: 0,
                lineage: Lineage::Root,
                doubled: 0,
            };
            let mut ticket = Ticket::open(trace);
            while ticket.hop() < 4 {}
            storm.passed(SimTime::from_secs(1), &ticket, Some(*step));
            ticket.close();
        }
        storm
    }

    #[test]
    fn a_circle_of_two_trunks_is_told_once_whichever_way_round_frames_went() {
        let (up, back) = ((lane(1, false), lane(2, true)), (lane(2, true), lane(1, false)));
        let (other, way) = ((lane(2, false), lane(1, true)), (lane(1, true), lane(2, false)));
        assert_eq!(
            storm(&[up, back, other, way]).circles(),
            [vec![lane(1, false), lane(2, true)]]
        );
    }

    #[test]
    fn a_way_that_does_not_lead_back_is_no_circle() {
        let step = (lane(1, false), lane(2, true));
        let storm = storm(&[step]);
        assert!(storm.circles().is_empty());
        assert_eq!((storm.rounds, storm.first), (1, Some(SimTime::from_secs(1))));
    }

    #[test]
    fn two_circles_apart_are_two() {
        let ring = |a, b| [(lane(a, false), lane(b, true)), (lane(b, true), lane(a, false))];
        let steps: Vec<_> = ring(1, 2).into_iter().chain(ring(5, 7)).collect();
        assert_eq!(storm(&steps).circles().len(), 2);
    }
}
