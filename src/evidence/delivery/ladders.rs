//! The contract's buckets, one ladder for each place that withheld frames.
//!
//! What a place lets through costs its bucket, whether or not another place behind it drops it: a policer
//! that passes all of the contract is not blamed for one that passes less.

use super::bucket::Ladder;
use crate::units::{BitRate, SimTime};

/// The ladders, by the rank of their place; the first stands before every place and is cost by all.
#[derive(Debug, Clone)]
pub(super) struct Ladders {
    all: Ladder,
    /// Sorted by rank; places that withheld nothing have none.
    places: Vec<(u32, Ladder)>,
}

impl Ladders {
    /// None is in use.
    pub(super) const fn new() -> Self {
        Self {
            all: Ladder::of_every(1),
            places: Vec::new(),
        }
    }

    fn each(&mut self) -> impl Iterator<Item = &mut Ladder> {
        std::iter::once(&mut self.all).chain(self.places.iter_mut().map(|(_, ladder)| ladder))
    }

    /// Empties every bucket.
    pub(super) fn restart(&mut self, at: SimTime, deepest: u64) {
        self.each().for_each(|ladder| ladder.restart(at, deepest));
    }

    /// Time gives back.
    pub(super) fn refill(&mut self, rate: BitRate, at: SimTime) {
        self.each().for_each(|ladder| ladder.refill(rate, at));
    }

    /// A frame passes every place.
    pub(super) fn take(&mut self, octets: u32) {
        self.each().for_each(|ladder| ladder.take(octets));
    }

    /// So many octets are gone, whether they fit or not.
    pub(super) fn spend(&mut self, octets: u32) {
        self.each().for_each(|ladder| ladder.spend(octets));
    }

    /// A frame ends at a place of this rank, and passed those before. A place that withheld nothing so far
    /// was cost by the same frames as the one before it.
    pub(super) fn take_before(&mut self, rank: u32, octets: u32) {
        if let Err(place) = self.places.binary_search_by_key(&rank, |(rank, _)| *rank) {
            let before = place.checked_sub(1).map_or(&self.all, |before| &self.places[before].1);
            self.places.insert(place, (rank, before.clone()));
        }
        self.all.take(octets);
        let before = self.places.iter_mut().take_while(|(other, _)| *other < rank);
        before.for_each(|(_, ladder)| ladder.take(octets));
    }

    /// The ladder of a place at which a frame ended.
    pub(super) fn at(&mut self, rank: u32) -> &mut Ladder {
        match self.places.binary_search_by_key(&rank, |(rank, _)| *rank) {
            Ok(place) => &mut self.places[place].1,
            Err(_) => &mut self.all,
        }
    }
}
