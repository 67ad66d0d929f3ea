//! The digest: one chained hash for each node and link, folded in order of name.
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

    fn link(&mut self, at: SimTime, what: u64, who: Who, content: u64) {
        let mut words = [0; 56];
        let flow = u64::from(who.flow) | u64::from(who.lineage) << 32;
        let values = [at.as_nanos(), what, content, who.tenant, who.origin, flow, who.seq];
        for (word, value) in words.chunks_exact_mut(8).zip(values) {
            word.copy_from_slice(&value.to_le_bytes());
        }
        self.0 = xxh3_64_with_seed(&words, self.0).max(1);
    }

    /// Folds the chain of the place whose name has this hash into a digest.
    pub(super) fn fold(self, name: u64, digest: u64) -> u64 {
        if self.0 == 0 {
            return digest;
        }
        let mut words = [0; 16];
        words[..8].copy_from_slice(&name.to_le_bytes());
        words[8..].copy_from_slice(&self.0.to_le_bytes());
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
