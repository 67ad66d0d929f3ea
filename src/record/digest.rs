//! The digest: one chained hash for each node, and four for each link, folded in order of name. A link
//! has one in each direction for what enters it, in the order of its sender, and one for what is lost
//! on it, in the order of its receiver: each chain belongs to one node's order, whatever the order of
//! the rest of the world is.
//!
//! What is hashed names nodes, links and tenants, never their numbers or ports, so that one more
//! idle node, link or tenant changes nothing. A place where nothing happened is left out of the fold.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::cloud::CloudRecord;
use crate::evidence::{Lineage, Trace};
use crate::ident::{Fate, NodeId, Origin, name_hash};
use crate::units::SimTime;
use crate::wire::Frame;

/// The hash chain of one place; zero while nothing happened there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Chain(u64);

/// The first digits of pi behind the point, in binary: nothing stands behind them.
const SALT: [u64; 8] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7344,
    0xa409_3822_299f_31d0,
    0x082e_fa98_ec4e_6c89,
    0x4528_21e6_38d0_1377,
    0xbe54_66cf_34e9_0c6c,
    0xc0ac_29b7_c97c_50dd,
    0x3f84_d5b5_b547_0917,
];

/// Both halves of a product, one upon the other.
const fn product(a: u64, b: u64) -> u64 {
    let wide = a as u128 * b as u128;
    (wide as u64) ^ (wide >> 64) as u64
}

/// What a trace says, free of ids that another node or tenant could shift.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who {
    tenant: u64,
    origin: u64,
    flow: u32,
    seq: u64,
    lineage: u8,
}

impl Who {
    /// Of a trace, for the hashes of the tenants' names and of a node's.
    pub(super) fn of(trace: &Trace, tenants: &[u64], name: impl Fn(NodeId) -> u64) -> Self {
        Self {
            tenant: match tenants.get(trace.tenant.index()) {
                Some(hash) => *hash,
                None => u64::from(trace.tenant.0),
            },
            origin: match trace.origin {
                Origin::Flow(_) => 1,
                Origin::Protocol(node) => name(node),
                Origin::Unknown => 0,
            },
            flow: trace.flow.0,
            seq: trace.seq,
            lineage: match trace.lineage {
                Lineage::Root => 0,
                Lineage::Copy | Lineage::ReplyCopy => 1,
                Lineage::Reply => 2,
            },
        }
    }
}

impl Chain {
    /// A frame arrived over a link, given by the hash of its name.
    pub(super) fn arrived(&mut self, at: SimTime, link: u64, who: Who, frame: &Frame) {
        self.link(at, link, who, xxh3_64(frame.bytes()));
    }

    /// A frame's fate was settled.
    pub(super) fn settled(&mut self, at: SimTime, fate: Fate, who: Who, octets: u32) {
        self.link(at, 1 << 32 | u64::from(octets), who, name_hash(fate.as_str()));
    }

    /// One xxh3 a visit, of the frame's octets or its fate; the rest is multiplied in, in five products
    /// of which three wait for nothing: 15 ns where two xxh3 take 18 (64 octets).
    fn link(&mut self, at: SimTime, what: u64, who: Who, content: u64) {
        let flow = u64::from(who.flow) | u64::from(who.lineage) << 32;
        let times = product(at.as_nanos() ^ SALT[0], what ^ SALT[1]);
        let whose = product(who.tenant ^ SALT[2], who.origin ^ SALT[3]);
        let which = product(flow ^ SALT[4], who.seq ^ SALT[5]);
        let chained = product(content ^ SALT[6], self.0 ^ SALT[7]);
        let (left, right) = (times ^ whose.rotate_left(21), which ^ chained.rotate_left(42));
        self.0 = product(left ^ SALT[1], right ^ SALT[0]).max(1);
    }

    /// Folds the chain into a digest: `name` is the hash of the place's, `part` which of the place's
    /// chains it is.
    pub(super) fn fold(self, name: u64, part: u64, digest: u64) -> u64 {
        if self.0 == 0 {
            return digest;
        }
        let mut words = [0; 24];
        for (octets, word) in words.chunks_exact_mut(8).zip([name, part, self.0]) {
            octets.copy_from_slice(&word.to_le_bytes());
        }
        xxh3_64_with_seed(&words, digest)
    }
}

/// The network's digest, and on it what the control plane answered and showed.
pub(super) fn with_cloud(network: u64, cloud: &CloudRecord) -> u64 {
    let answers = cloud.steps.iter().map(|step| {
        let code = step.error.as_ref().map_or("accepted", |(code, _)| code.as_str());
        format!("{} {code}", step.at.as_nanos())
    });
    let shown = cloud.facts.iter().map(|(_, fact)| {
        let vbr = fact.vbr.as_ref().map_or("", |v| v.id.as_str());
        let port = fact.port.as_ref().map_or("", |p| p.id.as_str());
        let (at, open) = (fact.at.as_nanos(), u8::from(fact.open));
        format!("{at} {} {} {open} {vbr} {port}", fact.circuit, fact.vlan)
    });
    let lines = answers.chain(shown);
    lines.fold(network, |digest, line| xxh3_64_with_seed(line.as_bytes(), digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::DropReason;

    const WHO: Who = Who {
        tenant: 3,
        origin: 4,
        flow: 5,
        seq: 6,
        lineage: 1,
    };

    fn chained(at: u64, what: u64, who: Who, content: u64, before: u64) -> u64 {
        let mut chain = Chain(before);
        chain.link(SimTime::from_nanos(at), what, who, content);
        chain.0
    }

    #[test]
    fn every_bit_of_every_word_moves_about_half_of_a_chain() {
        let of = chained(1, 2, WHO, 7, 8);
        assert_eq!(of, 3_772_226_089_643_487_565, "frozen by a golden vector");
        for bit in 0..64 {
            let one = 1u64 << bit;
            let who = |change: &dyn Fn(&mut Who)| {
                let mut who = WHO;
                change(&mut who);
                chained(1, 2, who, 7, 8)
            };
            let mut all = vec![
                chained(1 ^ one, 2, WHO, 7, 8),
                chained(1, 2 ^ one, WHO, 7, 8),
                chained(1, 2, WHO, 7 ^ one, 8),
                chained(1, 2, WHO, 7, 8 ^ one),
                who(&|who| who.tenant ^= one),
                who(&|who| who.origin ^= one),
                who(&|who| who.seq ^= one),
            ];
            if bit < 32 {
                all.push(who(&|who| who.flow ^= 1 << bit));
            }
            if bit < 2 {
                all.push(who(&|who| who.lineage ^= 1 << bit));
            }
            for (which, other) in all.into_iter().enumerate() {
                let moved = (of ^ other).count_ones();
                assert!((12..=52).contains(&moved), "word {which}, bit {bit}: {moved} bits");
            }
        }
    }

    #[test]
    fn a_fold_tells_places_and_their_parts_apart_and_leaves_out_where_nothing_happened() {
        let mut chain = Chain::default();
        assert_eq!(chain.fold(1, 2, 3), 3);
        chain.settled(SimTime::ZERO, Fate::Dropped(DropReason::LinkLoss), WHO, 60);
        let folds = [
            chain.fold(1, 2, 3),
            chain.fold(2, 2, 3),
            chain.fold(1, 1, 3),
            chain.fold(1, 2, 4),
        ];
        for (i, fold) in folds.iter().enumerate() {
            assert!(!folds[..i].contains(fold));
        }
    }
}
