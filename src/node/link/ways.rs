//! The two directions of a link. Most links of a large world have never carried a frame: until then
//! there is nothing to hold but that.

use std::ops::{Index, IndexMut};

use super::Direction;

/// Both directions, by the index of the end that sends. One that is asked to be changed comes to be.
#[derive(Debug)]
pub(super) struct Ways(Option<Box<[Direction; 2]>>);

/// Of a link on which nothing has happened yet.
static UNTOUCHED: Direction = Direction::IDLE;

impl Ways {
    /// Nothing has happened yet.
    pub(super) const IDLE: Self = Self(None);

    /// Has nothing happened yet?
    pub(super) const fn are_idle(&self) -> bool {
        self.0.is_none()
    }
}

impl Index<usize> for Ways {
    type Output = Direction;
    #[inline]
    fn index(&self, way: usize) -> &Direction {
        self.0.as_ref().map_or(&UNTOUCHED, |ways| &ways[way])
    }
}

impl IndexMut<usize> for Ways {
    #[inline]
    fn index_mut(&mut self, way: usize) -> &mut Direction {
        let both = || Box::new([Direction::IDLE, Direction::IDLE]);
        &mut self.0.get_or_insert_with(both)[way]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimTime;

    #[test]
    fn a_direction_that_nobody_changed_is_idle_and_holds_no_memory() {
        let mut ways = Ways::IDLE;
        assert!(ways.are_idle() && !ways[0].down && !ways[1].down);
        assert_eq!(ways[1].free_at(), SimTime::ZERO);
        assert!(ways.are_idle(), "who reads changes nothing");
        ways[1].down = true;
        assert!(!ways.are_idle());
        assert_eq!([ways[0].down, ways[1].down], [false, true], "each for itself");
    }
}
