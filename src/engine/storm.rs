//! The guard against storms: ends copies that go in circles, by the links that they crossed.

use super::world::World;
use crate::evidence::{Lineage, Observer, Packet, Ticket};
use crate::ident::Lane;
use crate::node::Node;

/// Of how many times as many links as there are switches a copy may cross without a router.
const ROUNDS: u16 = 4;
/// When copies of a world have crossed so many links in circles, each ends where it certainly goes
/// in one: what a storm does has been seen by then.
const PATIENCE: u64 = 1_000_000;
/// When they have crossed so many, no switch's copies are carried, so that they become no more.
const END_OF_PATIENCE: u64 = 20_000_000;

/// How long copies may be under way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StormGuard {
    /// Links beyond which a copy has passed some switch twice: of `n` switches in a row, `n + 1`
    /// links lead past all of them.
    circle_from: u16,
    /// Links beyond which it is a storm.
    storm_from: u16,
    /// The lane by which a frame came that is being dealt with.
    pub(super) came_by: Option<u32>,
}

impl StormGuard {
    pub(super) fn new<'n, N: Node + 'n>(nodes: impl IntoIterator<Item = &'n N>) -> Self {
        let switches = nodes.into_iter().filter(|node| node.bridges()).count();
        let switches = u16::try_from(switches).unwrap_or(u16::MAX);
        let circle_from = switches.saturating_add(1);
        Self {
            circle_from,
            storm_from: switches.saturating_mul(ROUNDS).max(circle_from),
            came_by: None,
        }
    }

    /// Will a copy that crosses one more link still have passed no switch twice?
    pub(super) const fn goes_straight(self, ticket: &Ticket) -> bool {
        ticket.hops() < self.circle_from
    }

    /// Links beyond which it is a storm.
    pub(super) const fn storm_from(self) -> u16 {
        self.storm_from
    }

    /// Links beyond which a copy has passed some switch twice.
    pub(super) const fn circle_from(self) -> u16 {
        self.circle_from
    }
}

impl<N: Node, O: Observer> World<N, O> {
    /// A copy is about to enter a lane: is it part of a storm?
    pub(super) fn storms(&mut self, lane: u32, packet: &mut Packet) -> bool {
        let hops = packet.ticket.hop();
        let lineage = packet.ticket.trace().lineage;
        let step = self.guard.came_by.map(|from| (Lane::of(from), Lane::of(lane)));
        self.recording.passed(self.now, &packet.ticket, step);
        let rounds = self.recording.storm().rounds;
        hops > self.guard.storm_from
            || (hops > self.guard.circle_from && rounds > PATIENCE)
            || (matches!(lineage, Lineage::Copy | Lineage::ReplyCopy) && rounds > END_OF_PATIENCE)
    }
}
