//! The plan's faults, each from its beginning to its end.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::happened::Happened;
use crate::check::case::Case;
use crate::ident::{LinkId, PortNo, StationId};
use crate::node::{LinkChange, LinkWay, VpcChange};
use crate::scenario::plan::Fault;

/// What a fault does, so that its end is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cut,
    Loss,
    Corrupt,
    Duplicate,
    Police,
}

fn kind(change: LinkChange) -> (Kind, LinkWay, bool) {
    match change {
        LinkChange::Cut(way) => (Kind::Cut, way, true),
        LinkChange::Restore(way) => (Kind::Cut, way, false),
        LinkChange::Loss(way, share) => (Kind::Loss, way, share > 0),
        LinkChange::Corrupt(way, share) => (Kind::Corrupt, way, share > 0),
        LinkChange::Duplicate(way, share) => (Kind::Duplicate, way, share > 0),
        LinkChange::Police(..) => (Kind::Police, LinkWay::Both, true),
    }
}

const fn ended_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Cut => "whole again",
        Kind::Loss => "loses nothing more",
        Kind::Corrupt => "corrupts nothing more",
        Kind::Duplicate => "doubles nothing more",
        Kind::Police => "polices no more",
    }
}

const fn begun_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Cut => "cut",
        Kind::Loss => "loses frames",
        Kind::Corrupt => "corrupts frames",
        Kind::Duplicate => "doubles frames",
        Kind::Police => "polices to another rate",
    }
}

/// The plan's faults, each from its beginning to its end, where it has one.
pub(super) fn faults<'a>(case: &Case<'a>) -> Vec<Happened<'a>> {
    let plan = case.plan;
    let mut list: Vec<Happened<'a>> = Vec::with_capacity(plan.faults.len());
    let mut open: Vec<(LinkId, Kind, LinkWay, usize)> = Vec::new();
    let mut detached: BTreeMap<(StationId, PortNo), usize> = BTreeMap::new();
    for fault in &plan.faults {
        let place = fault.what.station();
        let name = case.station(place);
        let mut new = |text: String, names: BTreeSet<&'a str>| {
            list.push(Happened {
                from: fault.at,
                to: fault.at,
                text,
                place,
                names,
                touched: Cow::Borrowed(&[]),
                device: None,
                whose: None,
                slot: None,
                attachment: false,
                wide: false,
            });
            list.len() - 1
        };
        match &fault.what {
            Fault::Link(link, change) => {
                let (kind, way, begins) = kind(*change);
                let ended: Vec<usize> = {
                    let is_it = |(l, k, w, _): &(LinkId, Kind, LinkWay, usize)| {
                        (*l, *k) == (*link, kind) && (*w == way || way == LinkWay::Both || *w == LinkWay::Both)
                    };
                    let found = open.iter().filter(|o| is_it(o)).map(|(.., at)| *at).collect();
                    open.retain(|o| !is_it(o));
                    found
                };
                if begins {
                    let at = new(format!("{name} {}", begun_text(kind)), BTreeSet::from([name]));
                    open.push((*link, kind, way, at));
                } else if ended.is_empty() {
                    new(format!("{name} {}", ended_text(kind)), BTreeSet::from([name]));
                }
                for at in ended {
                    list[at].to = fault.at;
                }
            }
            Fault::Router(..) => {
                new(format!("{name} has another router"), BTreeSet::from([name]));
            }
            Fault::Switch(..) => {
                new(format!("the partner's hand at {name}"), BTreeSet::from([name]));
            }
            Fault::Vpc(node, change) => {
                let (VpcChange::Attached(port, _)
                | VpcChange::RouteSet(_, _, port)
                | VpcChange::RouteRemove(_, _, port)
                | VpcChange::Usable(port, _)) = change;
                let slot = plan.vbr_slots.iter().position(|slot| slot.vpc == Some((*node, *port)));
                let vbr = slot.map_or(name, |slot| plan.vbr_slots[slot].name.as_str());
                let names = BTreeSet::from([name, vbr]);
                let made = match (change, detached.remove(&(place, *port))) {
                    (VpcChange::Attached(_, true), Some(at)) => {
                        list[at].to = fault.at;
                        at
                    }
                    (VpcChange::Attached(_, false), _) => {
                        let at = new(format!("{vbr} is detached"), names);
                        detached.insert((place, *port), at);
                        at
                    }
                    _ => new(format!("{vbr} is attached again"), names),
                };
                list[made].slot = slot;
            }
        }
    }
    list
}
