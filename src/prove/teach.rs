//! What a forwarder may have learned before a question: one frame from each place that teaches.

use std::collections::BTreeSet;

use super::symbol::{Symbol, TPIDS};
use crate::forward::{MemberRef, PortRole, ServiceKind, Tables};
use crate::ident::PortNo;
use crate::wire::MacAddr;

/// A place where a frame comes in from which a forwarder may learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lesson {
    /// By which port.
    pub port: PortNo,
    /// With which tag; [`Symbol::NONE`]: with none.
    pub symbol: Symbol,
    /// The only source address that is taken there.
    pub bound: Option<MacAddr>,
}

impl Lesson {
    /// The frame's tags.
    pub fn tags(&self) -> &[Symbol] {
        if self.symbol == Symbol::NONE {
            &[]
        } else {
            std::slice::from_ref(&self.symbol)
        }
    }
}

/// From and to which address the lesson of this number goes: addresses of its own, so that each is
/// taught at one place, unless the place takes one source alone.
pub fn address(number: usize, lesson: &Lesson) -> (MacAddr, MacAddr) {
    let number = u32::try_from(number).expect("fewer than 2^32 places");
    let own = MacAddr::local(0xfb, number);
    (lesson.bound.unwrap_or(own), MacAddr::local(0xfa, number))
}

/// The places of services that learn. Where the forwarder is not known to be healthy: every port,
/// untagged and with every VID that the tables name.
pub fn lessons(tables: &Tables, vids: &BTreeSet<u16>, healthy: bool) -> Vec<Lesson> {
    let mut all = BTreeSet::new();
    for service in tables.services.values() {
        if healthy && service.kind == ServiceKind::CrossConnect {
            continue;
        }
        for member in &service.members {
            let Some(config) = tables.ports.get(member.port.index()) else {
                continue;
            };
            // A native VLAN's frames come with its tag as well as without.
            let tpid = TPIDS.iter().position(|tpid| *tpid == config.tpid);
            let tagged = member.vid.zip(tpid).filter(|_| config.role == PortRole::Trunk);
            all.insert(Lesson {
                port: member.port,
                symbol: tagged.map_or(Symbol::NONE, |(vid, tpid)| Symbol::tag(tpid, vid.get())),
                bound: member.bound_mac,
            });
        }
    }
    if !healthy {
        for (port, config) in tables.ports.iter().enumerate() {
            let tpid = TPIDS.iter().position(|tpid| *tpid == config.tpid).unwrap_or(0);
            let tags = vids.iter().map(|vid| Symbol::tag(tpid, *vid));
            all.extend(tags.chain([Symbol::NONE]).map(|symbol| Lesson {
                port: PortNo::of(port),
                symbol,
                bound: None,
            }));
        }
    }
    all.into_iter().collect()
}

/// Fewer places than this, and every memory is asked for from everywhere.
const FEW: usize = 256;
/// Of so many places of other services is the memory asked for, where each has its own.
const SAMPLE: usize = 64;

/// The lessons that were taught, each with the service that the forwarder says it came in by.
#[derive(Debug, Default)]
pub struct Taught {
    /// What was taught.
    pub lessons: Vec<Lesson>,
    /// By lesson. `None`: of none, or of one that shares its database: it may matter to all.
    pub of: Vec<Option<MemberRef>>,
}

impl Taught {
    /// Does this lesson lie in another service's memory, for who comes in by `own`?
    fn is_apart(&self, number: usize, own: Option<MemberRef>) -> bool {
        let apart = |(taught, own): (MemberRef, MemberRef)| !taught.same_service(own);
        self.of[number].zip(own).is_some_and(apart)
    }

    /// Lessons to be asked for by who comes in by `own`, at the place of this number: all that may
    /// matter by what the forwarder says of its memories, and a sample of the others, another one at
    /// each place.
    pub fn near(&self, own: Option<MemberRef>, place: usize) -> Vec<usize> {
        let step = self.lessons.len() / SAMPLE;
        let asked = |number: &usize| {
            self.lessons.len() < FEW || !self.is_apart(*number, own) || (number + place).is_multiple_of(step)
        };
        (0..self.lessons.len()).filter(asked).collect()
    }
}
