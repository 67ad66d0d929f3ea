//! The exact key of a state: everything that its equality sees, written down octet by octet.
//!
//! A derived `Hash` feeds every field of a value to a hasher, each list with its length and each variant
//! with its number. A hasher that keeps what it is fed holds the value itself. States of one exploration
//! hardly differ from its first, and only what differs is kept.

use std::hash::{Hash, Hasher};

use super::node::Node;
use crate::provision::State;

/// Keeps what it is fed. Whole numbers take as many octets as they need.
#[derive(Debug, Default)]
struct Kept(Vec<u8>);

impl Kept {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }
}

impl Hasher for Kept {
    fn finish(&self) -> u64 {
        0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    fn write_u8(&mut self, n: u8) {
        self.0.push(n);
    }
    fn write_u16(&mut self, n: u16) {
        self.number(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.number(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.number(n);
    }
    fn write_usize(&mut self, n: usize) {
        self.number(n as u64);
    }
    fn write_isize(&mut self, n: isize) {
        self.number(n as u64);
    }
}

/// The key of a state in the world that begins with `start`: what is not as it was there. How many faults
/// led to it is no part of what it is.
pub(super) fn of_node(node: &Node, start: &State) -> Box<[u8]> {
    let Node {
        law,
        bills,
        edges,
        begun,
        faults: _,
    } = node;
    let mut kept = Kept(Vec::with_capacity(1_024));
    law.hash_since(start, &mut kept);
    (bills, edges, begun).hash(&mut kept);
    kept.0.into_boxed_slice()
}

/// How many octets a value feeds in all.
pub(super) fn length(value: &impl Hash) -> u64 {
    let mut kept = Kept::default();
    value.hash(&mut kept);
    kept.0.len() as u64
}

#[cfg(test)]
mod tests {
    use super::Kept;
    use std::hash::Hash;

    fn key(value: &impl Hash) -> Vec<u8> {
        let mut kept = Kept::default();
        value.hash(&mut kept);
        kept.0
    }

    #[test]
    fn equal_values_have_one_key_and_others_another() {
        let lists: [(Vec<u64>, &str); 6] = [
            (vec![], ""),
            (vec![0], ""),
            (vec![128], ""),
            (vec![1, 0], ""),
            (vec![], "a"),
            (vec![1], "a"),
        ];
        for (i, a) in lists.iter().enumerate() {
            for (j, b) in lists.iter().enumerate() {
                assert_eq!(key(a) == key(b), i == j, "{a:?} {b:?}");
            }
        }
        assert_ne!(key(&Some(0u32)), key(&None::<u32>));
        assert_ne!(key(&("ab", "c")), key(&("a", "bc")));
        assert_eq!(key(&300u64).len(), 2, "a small number takes few octets");
    }
}
