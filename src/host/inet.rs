//! Prefixes and longest-prefix match.

use std::cmp::Reverse;
use std::net::Ipv4Addr;

/// Does `address/len` hold `of`? A length over 32 holds only the address itself.
pub fn prefix_holds(address: Ipv4Addr, len: u8, of: Ipv4Addr) -> bool {
    mask(address.to_bits(), len) == mask(of.to_bits(), len)
}

fn mask(bits: u32, len: u8) -> u32 {
    match len {
        0 => 0,
        1..=31 => bits & (u32::MAX << (32 - len)),
        _ => bits,
    }
}

/// A small table of routes, longest prefix first.
///
/// Several values may stand under one prefix; they are found in their own order. Twelve octets or
/// so a route, nothing where it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTable<T> {
    /// Sorted by length (longest first), prefix, value; host bits are zero.
    routes: Vec<(u8, u32, T)>,
}

impl<T> Default for RouteTable<T> {
    fn default() -> Self {
        Self { routes: Vec::new() }
    }
}

impl<T: Ord + Copy> RouteTable<T> {
    /// How many routes.
    pub fn len(&self) -> usize {
        self.routes.len()
    }
    /// Is there no route?
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// Adds a value under a prefix; what is there already stays once. Lengths over 32 are 32.
    pub fn add(&mut self, address: Ipv4Addr, len: u8, to: T) {
        let key = key(address, len);
        if let Err(at) = self.position(key, to) {
            if self.routes.len() == self.routes.capacity() && self.routes.len() < 4 {
                self.routes.reserve_exact(1);
            }
            self.routes.insert(at, (key.0.0, key.1, to));
            debug_assert!(self.is_sorted_around(at), "routes stand in order, each once");
        }
    }

    /// Makes `to` the only value under a prefix.
    pub fn set(&mut self, address: Ipv4Addr, len: u8, to: T) {
        self.remove_prefix(address, len);
        self.add(address, len, to);
    }

    /// Takes one value away from under a prefix; says whether it was there.
    pub fn remove(&mut self, address: Ipv4Addr, len: u8, to: T) -> bool {
        let found = self.position(key(address, len), to);
        if let Ok(at) = found {
            self.routes.remove(at);
        }
        found.is_ok()
    }

    /// Takes everything away from under a prefix.
    pub fn remove_prefix(&mut self, address: Ipv4Addr, len: u8) {
        let key = key(address, len);
        self.routes.retain(|r| (Reverse(r.0), r.1) != key);
    }

    /// The first value under the longest prefix that holds the address.
    pub fn lookup(&self, of: Ipv4Addr) -> Option<T> {
        self.matches(of).next()
    }

    /// The longest prefix that holds the address: its length and its first value.
    pub fn longest(&self, of: Ipv4Addr) -> Option<(u8, T)> {
        let longest = self.rows(of).next().map(|r| (r.0, r.2));
        debug_assert!(
            longest.is_none_or(|(len, _)| len <= 32),
            "no prefix is longer than an address"
        );
        longest
    }

    /// Every value whose prefix holds the address: longest prefix first, then in order of value.
    /// Takes a binary search for each length in the table, whatever the number of routes.
    pub fn matches(&self, of: Ipv4Addr) -> impl Iterator<Item = T> + '_ {
        self.rows(of).map(|r| r.2)
    }

    fn rows(&self, of: Ipv4Addr) -> impl Iterator<Item = &(u8, u32, T)> + '_ {
        let mut rest = self.routes.as_slice();
        std::iter::from_fn(move || {
            let len = rest.first()?.0;
            let (group, shorter) = rest.split_at(rest.partition_point(|r| r.0 == len));
            rest = shorter;
            let prefix = mask(of.to_bits(), len);
            let from = group.partition_point(|r| r.1 < prefix);
            let upto = group.partition_point(|r| r.1 <= prefix);
            Some(&group[from..upto])
        })
        .flatten()
    }

    /// Is the route at `at` later than the one before it, and earlier than the one behind it?
    fn is_sorted_around(&self, at: usize) -> bool {
        let order = |r: &(u8, u32, T)| (Reverse(r.0), r.1, r.2);
        let around = &self.routes[at.saturating_sub(1)..self.routes.len().min(at + 2)];
        around.windows(2).all(|pair| order(&pair[0]) < order(&pair[1]))
    }

    fn position(&self, key: (Reverse<u8>, u32), to: T) -> Result<usize, usize> {
        self.routes
            .binary_search_by(|r| (Reverse(r.0), r.1, r.2).cmp(&(key.0, key.1, to)))
    }
}

fn key(address: Ipv4Addr, len: u8) -> (Reverse<u8>, u32) {
    let len = len.min(32);
    (Reverse(len), mask(address.to_bits(), len))
}

#[cfg(test)]
impl<T> RouteTable<T> {
    /// Octets on the heap.
    pub fn heap_octets(&self) -> usize {
        self.routes.capacity() * size_of::<(u8, u32, T)>()
    }
}
