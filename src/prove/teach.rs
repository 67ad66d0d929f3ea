//! What a forwarder may have learned before a question: one frame from each place that teaches.

use std::collections::{BTreeMap, BTreeSet};

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
/// Of so many places of other services is the memory asked for, where each has its own; and of so
/// many frames that were dropped or came in beside every service, where what they left behind is asked for by class.
const SAMPLE: usize = 64;

/// The lessons that were taught, each with the service that the forwarder says it came in by.
#[derive(Debug, Default)]
pub struct Taught {
    /// What was taught.
    pub lessons: Vec<Lesson>,
    /// By lesson. `None`: of none, or of one that shares its database: it may matter to all.
    pub of: Vec<Option<MemberRef>>,
    /// By lesson: was its frame dropped, or does it come in at no member's place, whatever became of it?
    pub beside: Vec<bool>,
    /// By port and VID: the VIDs of every service that has a member there.
    pub vids: BTreeMap<(PortNo, Option<u16>), BTreeSet<u16>>,
}

/// [`Taught::vids`] of these tables.
pub fn vids(tables: &Tables) -> BTreeMap<(PortNo, Option<u16>), BTreeSet<u16>> {
    let mut vids: BTreeMap<_, BTreeSet<u16>> = BTreeMap::new();
    for service in tables.services.values() {
        let own = || service.members.iter().filter_map(|member| Some(member.vid?.get()));
        for member in &service.members {
            let place = (member.port, member.vid.map(|vid| vid.get()));
            vids.entry(place).or_default().extend(own());
        }
    }
    vids
}

/// Does a lesson come in at a member's place, of these?
pub fn is_at_home(vids: &BTreeMap<(PortNo, Option<u16>), BTreeSet<u16>>, lesson: &Lesson) -> bool {
    let vid = lesson.symbol.parts().map(|(_, vid)| vid);
    vids.contains_key(&(lesson.port, vid))
}

impl Taught {
    /// Does this lesson lie in another service's memory, for who comes in by `own`?
    fn is_apart(&self, number: usize, own: Option<MemberRef>) -> bool {
        let apart = |(taught, own): (MemberRef, MemberRef)| !taught.same_service(own);
        self.of[number].zip(own).is_some_and(apart)
    }

    /// Is it a frame that was dropped, or came in at no member's place, with none of these VIDs? Of such frames
    /// one stands for many.
    fn is_idle(&self, number: usize, vids: &BTreeSet<u16>) -> bool {
        let named = self.lessons[number]
            .symbol
            .parts()
            .is_some_and(|(_, vid)| vids.contains(&vid));
        self.beside[number] && !named
    }

    /// VIDs that say anything of what comes in by this port with this tag: its own, and those of the
    /// services that have a member there.
    fn vids_at(&self, (port, symbol): (PortNo, Symbol)) -> BTreeSet<u16> {
        let own = symbol.parts().map(|(_, vid)| vid);
        let places = match own {
            Some(vid) => self.vids.range((port, Some(vid))..=(port, Some(vid))),
            None => self.vids.range((port, None)..=(port, Some(u16::MAX))),
        };
        places.flat_map(|(_, vids)| vids).copied().chain(own).collect()
    }

    /// Lessons to be asked for by who comes in by `own`, by this port with this tag, at the place of
    /// this number: all that may matter by what the forwarder says of its memories, and of those every
    /// frame that passed at a member's place or has a VID of the services there; and a sample of the others,
    /// another one at each place.
    pub fn near(&self, own: Option<MemberRef>, at: (PortNo, Symbol), place: usize) -> Vec<usize> {
        let step = self.lessons.len() / SAMPLE;
        let vids = self.vids_at(at);
        let asked = |number: &usize| {
            self.lessons.len() < FEW
                || (!self.is_apart(*number, own) && !self.is_idle(*number, &vids))
                || (number + place).is_multiple_of(step)
        };
        (0..self.lessons.len()).filter(asked).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lessons on 16 ports with VIDs 0 to `vids`; only that of port 3 with VID 5 has passed.
    fn taught(vids: u16) -> Taught {
        let lesson = |port, vid| Lesson {
            port: PortNo(port),
            symbol: Symbol::tag(0, vid),
            bound: None,
        };
        let lessons: Vec<Lesson> = (0..16)
            .flat_map(|port| (0..vids).map(move |vid| lesson(port, vid)))
            .collect();
        // A service has port 0 with VID 100, and port 2 with VIDs 7 and none.
        let vids = [(0, Some(100)), (2, Some(7)), (2, None)];
        Taught {
            of: vec![None; lessons.len()],
            beside: lessons.iter().map(|one| *one != lesson(3, 5)).collect(),
            lessons,
            vids: vids
                .map(|(port, vid)| ((PortNo(port), vid), BTreeSet::from([7, 100])))
                .into(),
        }
    }

    #[test]
    fn of_few_lessons_all_are_asked_for() {
        let few = taught(15);
        assert_eq!(few.lessons.len(), 240);
        assert_eq!(few.near(None, (PortNo(1), Symbol::NONE), 0).len(), 240);
    }

    #[test]
    fn of_many_dropped_ones_a_sample_is_and_whoever_passed_or_has_a_vid_of_the_place() {
        let many = taught(64);
        let passed = 3 * 64 + 5;
        let nobody = (PortNo(1), Symbol::NONE);
        for place in 0..40 {
            let near = many.near(None, nobody, place);
            assert!(near.contains(&passed), "{place}");
            // 1,024 lessons, each sixteenth: 64; and the one that passed.
            assert!((64..=65).contains(&near.len()), "{place}: {}", near.len());
        }
        let all: BTreeSet<usize> = (0..16).flat_map(|place| many.near(None, nobody, place)).collect();
        assert_eq!(all.len(), many.lessons.len(), "each has its turn at some place");
        let every = |vid: u16, at| {
            let near = many.near(None, at, 0);
            (0..16).all(|port| near.contains(&(port * 64 + usize::from(vid))))
        };
        for (at, vids) in [
            ((PortNo(2), Symbol::NONE), &[7][..]),
            ((PortNo(2), Symbol::tag(0, 7)), &[7]),
            ((PortNo(0), Symbol::tag(0, 100)), &[7]),
            ((PortNo(1), Symbol::tag(2, 9)), &[9]),
        ] {
            assert!(vids.iter().all(|vid| every(*vid, at)), "{at:?}");
        }
        assert!(!every(7, nobody) && !every(7, (PortNo(2), Symbol::tag(0, 8))));
    }

    #[test]
    fn vids_of_a_place_are_those_of_its_services() {
        use crate::forward::{Service, ServiceId, ServiceKind};
        use crate::ident::TenantId;
        use crate::node::switch::member;
        use crate::wire::Vid;
        let service = |members: &[(u32, Option<u16>)]| Service {
            tenant: TenantId(0),
            kind: ServiceKind::CrossConnect,
            members: members
                .iter()
                .map(|(port, vid)| member(PortNo(*port), vid.and_then(Vid::new)))
                .collect(),
        };
        let tables = Tables {
            services: [
                (ServiceId(1), service(&[(0, None), (2, Some(20))])),
                (ServiceId(2), service(&[(1, Some(30)), (2, Some(21))])),
            ]
            .into(),
            ..Tables::default()
        };
        let vids = vids(&tables);
        assert_eq!(vids.len(), 4);
        let home = |port, symbol| {
            let bound = None;
            is_at_home(
                &vids,
                &Lesson {
                    port: PortNo(port),
                    symbol,
                    bound,
                },
            )
        };
        assert!(home(0, Symbol::NONE) && home(2, Symbol::tag(0, 20)));
        assert!(!home(0, Symbol::tag(0, 20)) && !home(2, Symbol::NONE) && !home(3, Symbol::NONE));
        assert_eq!(vids[&(PortNo(0), None)], BTreeSet::from([20]));
        assert_eq!(vids[&(PortNo(2), Some(21))], BTreeSet::from([21, 30]));
    }
}
