//! Services by index, on shelves of sixty-four: one more never moves those that are there.

use super::service::ServiceState;

const SHELF: usize = 64;

/// A place on a shelf.
#[derive(Debug, Clone, Default)]
struct ShelfPlace {
    state: Option<ServiceState>,
    /// How often the index was given away.
    era: u32,
}

/// All services of a switch. An index is used again once its service is gone, in another era.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelves {
    shelves: Vec<Vec<ShelfPlace>>,
    free: Vec<u32>,
}

impl Shelves {
    fn seat(&self, index: u32) -> Option<&ShelfPlace> {
        let index = index as usize;
        self.shelves.get(index / SHELF)?.get(index % SHELF)
    }

    fn seat_mut(&mut self, index: u32) -> Option<&mut ShelfPlace> {
        let index = index as usize;
        self.shelves.get_mut(index / SHELF)?.get_mut(index % SHELF)
    }

    /// Puts a service somewhere; returns index and era.
    pub fn put(&mut self, state: ServiceState) -> (u32, u32) {
        let index = self.free.pop().unwrap_or_else(|| self.grow());
        let seat = self.seat_mut(index).expect("free indices have seats");
        debug_assert!(seat.state.is_none(), "no service takes another's place");
        seat.state = Some(state);
        seat.era = seat.era.wrapping_add(1);
        (index, seat.era)
    }

    fn grow(&mut self) -> u32 {
        if self.shelves.last().is_none_or(|last| last.len() == SHELF) {
            // The first shelf of a small switch stays small.
            let room = if self.shelves.is_empty() { 0 } else { SHELF };
            self.shelves.push(Vec::with_capacity(room));
        }
        let at = self.shelves.len() - 1;
        self.shelves[at].push(ShelfPlace::default());
        u32::try_from(at * SHELF + self.shelves[at].len() - 1).expect("fewer than 2^32 services")
    }

    /// Takes the service at an index away.
    pub fn take(&mut self, index: u32) -> Option<ServiceState> {
        let state = self.seat_mut(index)?.state.take()?;
        debug_assert!(
            self.seat(index).is_some_and(|seat| seat.state.is_none()),
            "a free index leads nowhere"
        );
        self.free.push(index);
        Some(state)
    }

    /// In which era the index was given away last.
    pub fn era(&self, index: u32) -> u32 {
        self.seat(index).map_or(0, |seat| seat.era)
    }

    /// The service at an index.
    #[inline]
    pub fn at(&self, index: u32) -> Option<&ServiceState> {
        self.seat(index)?.state.as_ref()
    }

    /// The service at an index.
    #[inline]
    pub fn at_mut(&mut self, index: u32) -> Option<&mut ServiceState> {
        self.seat_mut(index)?.state.as_mut()
    }

    /// The service that was put at an index in that era, while it is there.
    #[inline]
    pub fn get(&self, index: u32, era: u32) -> Option<&ServiceState> {
        let seat = self.seat(index).filter(|seat| seat.era == era)?;
        seat.state.as_ref()
    }

    /// The service that was put at an index in that era, while it is there.
    #[inline]
    pub fn get_mut(&mut self, index: u32, era: u32) -> Option<&mut ServiceState> {
        let seat = self.seat_mut(index).filter(|seat| seat.era == era)?;
        seat.state.as_mut()
    }

    /// Every service, in no order that means anything.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut ServiceState> {
        self.shelves.iter_mut().flatten().filter_map(|seat| seat.state.as_mut())
    }
}
