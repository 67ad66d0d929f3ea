//! Rows brought in line with the tables: who is served from where, and what was counted there.
//!
//! A change touches the places of one service, and of those that claim the same places; what it
//! costs does not grow with the number of services.

use super::counters::{Count, ServiceCounters};
use super::decide::Decision;
use super::fastpath::{FastPath, Where};
use super::kernel::Brief;
use super::key::{Class, Key, Shape, TagKey};
use super::lookup::MemberRef;
use super::police::{Buckets, Meter};
use super::profile::ordinary_class;
use super::quirk::{Quirk, Served};
use super::row::{Beside, Exit, Row, Tally, buckets_of};
use super::service::{MemberState, ServiceState};
use super::tables::{Octets, ServiceKind};
use super::terms::{Offer, Terms};
use crate::ident::DropReason;
use crate::wire::{EtherType, MacAddr, Vid};

/// What a row serves.
pub(super) struct Memo {
    pub terms: Terms,
    pub bound: Option<MacAddr>,
    pub exit: Exit,
}

/// What a row has counted and its service does not know yet.
struct Tallied {
    came: Count,
    red: Count,
    left: Count,
}

impl Tallied {
    fn of(row: &Row, beside: &Beside, terms: &Terms) -> Self {
        let (green, yellow, red) = (row.green, beside.yellow, beside.red);
        let mut left = green.left(terms);
        left.merge(yellow.left(terms));
        let red = red.came(terms.header());
        let mut came = green.came(terms.header());
        came.merge(yellow.came(terms.header()));
        came.merge(red);
        Self { came, red, left }
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// Makes a member the one that frames at this place belong to.
    pub(super) fn occupy(&mut self, place: Where, service: u32, member: u32) {
        self.vacate(place);
        let era = self.services.era(service);
        let slot = MemberRef { service, member, era };
        self.lookup.put(place.0, place.1, slot);
        let parked = self.member_mut(slot).and_then(|member| member.police.as_deref());
        let buckets = parked.map_or(Buckets::default(), |policed| policed.parked);
        let memo = self.memo(place, slot);
        let (row, beside) = self.lookup.parts_mut(place.0, place.1).expect("it was put there");
        (row.committed, beside.excess) = (buckets.committed, buckets.excess);
        if let Some(memo) = memo
            && let Some(terms) = self.terms.hold(memo.terms)
        {
            beside.terms = terms;
            row.serve(&memo.terms, memo.bound, &memo.exit);
            debug_assert!(
                row.committed.spent() <= row.depth,
                "of no bucket more is spent than it holds"
            );
        }
    }

    /// Leaves a place to nobody. What was spent and counted there goes with its member.
    pub(super) fn vacate(&mut self, place: Where) {
        self.fold(place);
        let Some((row, beside)) = self.lookup.parts_mut(place.0, place.1) else {
            return;
        };
        let (slot, buckets, terms) = (beside.slot, buckets_of(row, beside), beside.terms);
        (*row, *beside) = (Row::default(), Beside::NONE);
        if terms != 0 {
            self.terms.release(terms);
        }
        if self.exists(slot)
            && let Some(policed) = self.member_mut(slot).and_then(|member| member.police.as_deref_mut())
        {
            policed.parked = buckets;
        }
    }

    /// What [`FastPath::decide`] says of an ordinary frame at a place, where it says that the frame
    /// leaves at once: the row then says so itself.
    pub(super) fn memo(&self, (port, vid): Where, slot: MemberRef) -> Option<Memo> {
        if !self.quirk.by_rows() {
            return None;
        }
        let config = self.lookup.config(port)?;
        if self.lookup.mode(port).is_some() {
            return None;
        }
        let member = self.at(slot.service).members.get(slot.member as usize)?;
        let header: u8 = if vid.is_some() { 18 } else { 14 };
        let key = Key {
            port,
            shape: Shape::Whole,
            dst: MacAddr::local(0, 0),
            src: member.bound_mac.unwrap_or(MacAddr::local(0, 0)),
            outer: vid.map(|vid| TagKey { tpid: config.tpid, vid }),
            eligible: false,
            pcp: 0,
            inner: None,
            inner_pcp: 0,
            ethertype: EtherType(0),
            class: Class::Other,
            octets: u32::from(header),
            payload: 0,
        };
        let Decision::Connect(entry, Ok((_, out, rewrite))) = self.decide(&key) else {
            return None;
        };
        if entry.slot != slot || entry.pop != vid.is_some() {
            return None;
        }
        if self.lookup.mode(out).is_some() {
            return None;
        }
        let (wary, expect) = ordinary_class(self.profile, config, vid.is_some())?;
        let mtu = config.mtu.min(self.lookup.config(out)?.mtu);
        let served = Served {
            port: out,
            vid: rewrite.push.map(|tag| tag.vid),
            heeds_second_tag: true,
        };
        let served = self.quirk.row(served, &self.lookup);
        let put_on = served.vid.unwrap_or(Vid::PRIORITY);
        let exit = Exit {
            name: self.exit_name(served.port, put_on),
            port: u16::try_from(served.port.0).ok()?,
            vid: served.vid,
            longest: mtu.saturating_add(u32::from(header)),
        };
        let unheeded = if served.heeds_second_tag { 0 } else { Brief::SECOND };
        Some(Memo {
            terms: Terms::new(Offer {
                meter: meter(member),
                more: more(member, header),
                watch: (watch(member) | wary) & !unheeded,
                expect,
                header,
                rewrite,
            }),
            bound: member.bound_mac,
            exit,
        })
    }

    /// Tells the service what the row at one of its places has counted, and empties the row.
    #[cold]
    pub(super) fn fold(&mut self, place: Where) {
        let Some((row, beside)) = self.lookup.parts_mut(place.0, place.1) else {
            return;
        };
        let tallied = Tallied::of(row, beside, self.terms.get(beside.terms));
        (row.green, beside.red, beside.yellow) = (Tally::EMPTY, Tally::EMPTY, Tally::EMPTY);
        let slot = beside.slot;
        debug_assert!(
            tallied.came.frames == 0 || self.exists(slot),
            "what a row counted is somebody's"
        );
        debug_assert!(
            tallied.came.frames == tallied.left.frames + tallied.red.frames,
            "what came left, or was red"
        );
        if tallied.came.frames == 0 || !self.exists(slot) {
            return;
        }
        let state = self.at_mut(slot.service);
        let member = slot.member as usize;
        state.members[member].counters.received.merge(tallied.came);
        state.drops.merge(DropReason::OverRate, tallied.red);
        if tallied.left.frames > 0 {
            state.members[1 - member].counters.sent.merge(tallied.left);
        }
    }

    /// Adds what the rows of a service still hold.
    pub(super) fn add_tallied(&self, state: &ServiceState, all: &mut ServiceCounters) {
        if state.kind != ServiceKind::CrossConnect {
            return;
        }
        for (i, member) in state.members.iter().enumerate() {
            let Some((row, beside)) = self.lookup.parts(member.port, member.vid) else {
                continue;
            };
            if !self.exists(beside.slot) || self.at(beside.slot.service).id != state.id {
                continue;
            }
            let tallied = Tallied::of(row, beside, self.terms.get(beside.terms));
            if tallied.came.frames == 0 {
                continue;
            }
            all.member_mut(member.port, member.vid).received.merge(tallied.came);
            let other = &state.members[1 - i];
            all.member_mut(other.port, other.vid).sent.merge(tallied.left);
            all.drops.merge(DropReason::OverRate, tallied.red);
        }
    }
}

/// Which classes of frames are not ordinary for a member.
fn watch(member: &MemberState) -> u64 {
    let limited = if member.limits().next().is_some() {
        Brief::LIMITED
    } else {
        0
    };
    let meter = meter(member).unwrap_or(Meter::FREE);
    let coloured = if meter.colour_aware { Brief::ELIGIBLE } else { 0 };
    // Committed tokens that are left over have to be passed on at every frame.
    let coupled = if meter.coupled { Brief::ALWAYS } else { 0 };
    limited | coloured | coupled
}

fn meter(member: &MemberState) -> Option<Meter> {
    member.police.as_ref().map(|policed| Meter::of(&policed.policer))
}

/// What counts of a frame beside its octets without FCS.
fn more(member: &MemberState, header: u8) -> i8 {
    let octets = |octets: Octets| octets.count(u32::from(header), 0) as i64 - i64::from(header);
    let more = member
        .police
        .as_ref()
        .map_or(0, |policed| octets(policed.policer.octets));
    i8::try_from(more).expect("24 at most")
}
