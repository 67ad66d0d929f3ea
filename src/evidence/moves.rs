//! Addresses that move between ports of a switch that learns, and those that move to and fro.

use std::collections::{BTreeMap, BTreeSet};

use super::outbox::NodeChange;
use crate::ident::{NodeId, PortNo, TenantId};
use crate::units::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// Heard again at the port that it left less than this ago, an address has returned.
const RETURN_WITHIN: SimDuration = SimDuration::from_secs(1);
/// So many returns are to and fro. A station that moves makes none, a path that fails over and back
/// makes one at most.
const RETURNS: u64 = 3;
/// So many addresses are followed; of further ones only the moves are counted.
const FOLLOWED_MAX: usize = 4096;

/// One address of one service at one switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Station {
    /// The switch.
    pub node: NodeId,
    /// The number of the service there.
    pub service: u32,
    /// The address.
    pub mac: MacAddr,
}

/// What an address did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mover {
    /// Whose service it is in.
    pub tenant: TenantId,
    /// The service's VLAN; 0: it is untagged everywhere.
    pub vlan: u16,
    /// Where it was heard.
    pub ports: BTreeSet<PortNo>,
    /// How often it moved.
    pub moves: u64,
    /// How often it was back where it had been less than a second before.
    pub returns: u64,
    /// When it first moved.
    pub first: SimTime,
    /// When it last moved.
    pub last: SimTime,
    /// Since when it counts as moving to and fro.
    pub to_and_fro: Option<SimTime>,
    /// Which port it left last, and when.
    left: Option<(PortNo, SimTime)>,
}

/// Every address that moved. Its size is bounded, whatever moves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    movers: BTreeMap<Station, Mover>,
    omitted: u64,
}

impl Moves {
    /// A node told of a change. Has an address begun to move to and fro by it?
    pub(super) fn note(&mut self, at: SimTime, node: NodeId, change: NodeChange) -> bool {
        let NodeChange::Moved {
            tenant,
            service,
            vlan,
            mac,
            from,
            to,
        } = change
        else {
            return false;
        };
        let station = Station { node, service, mac };
        if self.movers.len() >= FOLLOWED_MAX && !self.movers.contains_key(&station) {
            self.omitted += 1;
            return false;
        }
        let mover = self.movers.entry(station).or_insert_with(|| Mover {
            tenant,
            vlan,
            ports: BTreeSet::new(),
            moves: 0,
            returns: 0,
            first: at,
            last: at,
            to_and_fro: None,
            left: None,
        });
        mover.moved(at, from, to)
    }

    /// Every address that moved, in order of switch, service and address.
    pub fn all(&self) -> impl Iterator<Item = (&Station, &Mover)> {
        self.movers.iter()
    }

    /// Those that move to and fro.
    pub fn to_and_fro(&self) -> impl Iterator<Item = (&Station, &Mover)> {
        self.all().filter(|(_, mover)| mover.to_and_fro.is_some())
    }

    /// Moves of addresses that were not followed.
    pub const fn omitted(&self) -> u64 {
        self.omitted
    }
}

impl Mover {
    fn moved(&mut self, at: SimTime, from: PortNo, to: PortNo) -> bool {
        self.ports.extend([from, to]);
        self.moves += 1;
        self.last = at;
        let back = self
            .left
            .is_some_and(|(port, then)| port == to && at.saturating_since(then) < RETURN_WITHIN);
        self.returns += u64::from(back);
        self.left = Some((from, at));
        let begins = self.to_and_fro.is_none() && self.returns >= RETURNS;
        if begins {
            self.to_and_fro = Some(at);
        }
        debug_assert!(self.returns < self.moves, "who returns has gone before");
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address that is heard at port 1, then at these ports at these milliseconds.
    fn heard(at: &[(u64, u32)]) -> Moves {
        let mut moves = Moves::default();
        let mut from = PortNo(1);
        for (millis, to) in at {
            let change = NodeChange::Moved {
                tenant: TenantId(0),
                service: 7,
                vlan: 101,
                mac: MacAddr::local(1, 1),
                from,
                to: PortNo(*to),
            };
            from = PortNo(*to);
            moves.note(SimTime::from_millis(*millis), NodeId(3), change);
        }
        moves
    }

    #[test]
    fn who_moves_once_or_fails_over_and_back_does_not_move_to_and_fro() {
        let over_and_back = [(1_000, 2), (1_900, 1)];
        let each_ten_seconds: Vec<(u64, u32)> = (0..20).map(|i| (i * 10_000, 1 + (i as u32 + 1) % 2)).collect();
        for at in [&[(1_000, 2)][..], &over_and_back, &each_ten_seconds] {
            assert_eq!(heard(at).to_and_fro().count(), 0, "{at:?}");
        }
    }

    #[test]
    fn three_returns_within_a_second_are_to_and_fro_from_the_third_on() {
        let moves = heard(&[(0, 2), (10, 1), (20, 2), (30, 1), (40, 2)]);
        let (station, mover) = moves.to_and_fro().next().expect("it moves to and fro");
        assert_eq!(
            (station.node, mover.vlan, mover.moves, mover.returns),
            (NodeId(3), 101, 5, 4)
        );
        assert_eq!(mover.to_and_fro, Some(SimTime::from_millis(30)));
        assert_eq!(mover.ports, BTreeSet::from([PortNo(1), PortNo(2)]));
    }

    #[test]
    fn however_many_addresses_move_only_so_many_are_followed() {
        let mut moves = Moves::default();
        for number in 0..10_000 {
            let change = NodeChange::Moved {
                tenant: TenantId(0),
                service: 7,
                vlan: 101,
                mac: MacAddr::local(1, number),
                from: PortNo(1),
                to: PortNo(2),
            };
            moves.note(SimTime::ZERO, NodeId(0), change);
        }
        assert_eq!(
            (moves.all().count(), moves.omitted()),
            (FOLLOWED_MAX, 10_000 - FOLLOWED_MAX as u64)
        );
    }
}
