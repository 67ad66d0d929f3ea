//! Faults and operators' hands, each at its time: first as meant, then at the wires.

mod hands;
mod wired;

use super::sites::Cross;
use super::steps::Steps;
use super::terrain::Terrain;
use crate::ident::TenantId;
use crate::node::{LinkChange, LinkWay};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{FaultItem, FaultWhat, FlapItem, WayWord};
use crate::scenario::issues::Issues;
use crate::scenario::scalars::{Name, PlaceRef, Share};
use crate::units::{BitRate, ByteCount, SimTime};
use crate::wire::{MacAddr, Vid};

pub(super) use wired::wire;

/// Faults that a plan may have; a flap counts each cut and each restore.
const FAULTS_MAX: u64 = 1_000_000;

/// Misconnections and new policers that a plan may have: each looks at every service of its switch.
const HANDS_MAX: usize = 1_000;

/// A fault of which everything is known but the wires.
pub(super) struct Meant {
    at: SimTime,
    what: Happening,
}

/// What happens.
enum Happening {
    /// A link changes.
    Link(At<PlaceRef>, LinkChange),
    /// A link goes up and down.
    Flap(FlapItem, LinkWay),
    /// The service of an IDC gets another VLAN at a switch.
    Misconnect { switch: usize, idc: usize, vid: Vid },
    /// A switch polices a tenant to another rate.
    Police {
        place: At<PlaceRef>,
        switch: usize,
        tenant: TenantId,
        rate: BitRate,
        burst: Option<ByteCount>,
    },
    /// A border polices to another rate.
    PoliceBorder(At<PlaceRef>, BitRate, Option<ByteCount>),
    /// A data centre gets another router.
    Swap { idc: usize, mac: Option<MacAddr> },
    /// A VBR is taken or let go of.
    Attached { slot: usize, vbr: At<Name>, yes: bool },
}

/// Every fault as meant, sorted by time, then as written; what cannot be meant is an issue.
pub(super) fn resolve(
    items: &[FaultItem],
    terrain: &Terrain,
    steps: &Steps,
    end: SimTime,
    issues: &mut Issues,
) -> Vec<Meant> {
    if !are_few(items, issues) {
        return Vec::new();
    }
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        if item.at.value > end {
            issues.err(
                item.at.span,
                Code::TimeOrder,
                format!("the run ends at {end}, before this fault"),
            );
        }
        let at = item.at.value;
        list.extend(what(item, terrain, steps, end, issues).map(|what| Meant { at, what }));
    }
    list.sort_by_key(|meant| meant.at);
    list
}

/// Are they no more than a plan may have?
fn are_few(items: &[FaultItem], issues: &mut Issues) -> bool {
    let by_hand = |item: &&FaultItem| matches!(item.what, FaultWhat::Misconnect { .. } | FaultWhat::Police { .. });
    if let Some(extra) = items.iter().filter(by_hand).nth(HANDS_MAX) {
        issues.err(
            extra.at.span,
            Code::TooMany,
            format!("more than {HANDS_MAX} misconnections and policers"),
        );
        return false;
    }
    let each = |item: &FaultItem| match &item.what {
        FaultWhat::Flap { flap, .. } => flap.times.value.saturating_mul(2).saturating_add(1),
        _ => 1,
    };
    let total = items.iter().map(each).fold(0, u64::saturating_add);
    if total > FAULTS_MAX {
        let span = items.first().map_or_else(Span::default, |i| i.at.span);
        issues.err(
            span,
            Code::TooMany,
            format!("{total} faults are more than {FAULTS_MAX}"),
        );
        return false;
    }
    true
}

fn what(item: &FaultItem, terrain: &Terrain, steps: &Steps, end: SimTime, issues: &mut Issues) -> Option<Happening> {
    let link = |link: &At<PlaceRef>, change| Some(Happening::Link(link.clone(), change));
    let share = |share: &At<Share>| share.value.0;
    match &item.what {
        FaultWhat::Cut { cut, way: w } => link(cut, LinkChange::Cut(way(w))),
        FaultWhat::Restore { restore, way: w } => link(restore, LinkChange::Restore(way(w))),
        FaultWhat::Lose { lose, share: s, way: w } => link(lose, LinkChange::Loss(way(w), share(s))),
        FaultWhat::Corrupt {
            corrupt,
            share: s,
            way: w,
        } => link(corrupt, LinkChange::Corrupt(way(w), share(s))),
        FaultWhat::Duplicate {
            duplicate,
            share: s,
            way: w,
        } => link(duplicate, LinkChange::Duplicate(way(w), share(s))),
        FaultWhat::Flap { flap, way: w } => {
            check_flap(item.at.value, flap, end, issues);
            Some(Happening::Flap(flap.clone(), way(w)))
        }
        FaultWhat::Misconnect {
            misconnect,
            tenant,
            vlan_id,
        } => self::misconnect(misconnect, tenant, vlan_id, terrain, issues),
        FaultWhat::Police {
            police,
            tenant,
            spec,
            burst,
        } => {
            let tenant = terrain.tenant(tenant, issues);
            if spec.as_bps() == 0 {
                issues.err(spec.span, Code::Zero, "a policer of no rate passes nothing");
            }
            let burst = burst.as_ref().map(|burst| burst.value);
            if let Some(cross) = terrain.cross.iter().find(|cross| *cross.name.0 == *police.0) {
                border(police, cross, tenant?, issues);
                return Some(Happening::PoliceBorder(police.clone(), spec.value, burst));
            }
            let switch = terrain.switch_names.get(police, police.span, issues);
            Some(Happening::Police {
                place: police.clone(),
                switch: switch?,
                tenant: tenant?,
                rate: spec.value,
                burst,
            })
        }
        FaultWhat::SwapRouter { swap_router, mac } => {
            let idc = terrain.idc_names.get(&swap_router.0, swap_router.span, issues)?;
            if let Some(mac) = mac {
                super::sites::of_a_station(mac, issues);
            }
            let mac = mac.as_ref().map(|mac| mac.value);
            Some(Happening::Swap { idc, mac })
        }
        FaultWhat::Detach { detach } => attached(detach, false, steps, issues),
        FaultWhat::Attach { attach } => attached(attach, true, steps, issues),
    }
}

/// Is there a policer of this tenant's at the border?
fn border(place: &At<PlaceRef>, cross: &Cross, tenant: TenantId, issues: &mut Issues) {
    if cross.sold.is_none() {
        let message = format!("`{}` polices nothing: it has no `spec`", place.0);
        issues.err(place.span, Code::FaultShape, message);
    } else if cross.tenant != tenant {
        issues.err(
            place.span,
            Code::CrossTenant,
            format!("`{}` is another tenant's", place.0),
        );
    }
}

fn way(word: &Option<At<WayWord>>) -> LinkWay {
    match word.as_ref().map(|word| word.value) {
        None | Some(WayWord::Both) => LinkWay::Both,
        Some(WayWord::AToB) => LinkWay::AToB,
        Some(WayWord::BToA) => LinkWay::BToA,
    }
}

fn attached(vbr: &At<Name>, yes: bool, steps: &Steps, issues: &mut Issues) -> Option<Happening> {
    let Some(slot) = steps.slot(vbr) else {
        let message = format!("there is no VBR `{}`", vbr.0);
        issues.dangling(vbr.span, message, vbr, steps.slot_names.keys().map(String::as_str));
        return None;
    };
    let vbr = vbr.clone();
    Some(Happening::Attached { slot, vbr, yes })
}

fn check_flap(at: SimTime, flap: &FlapItem, end: SimTime, issues: &mut Issues) {
    if flap.down.is_zero() || flap.times.value == 0 {
        let span = if flap.down.is_zero() {
            flap.down.span
        } else {
            flap.times.span
        };
        issues.err(span, Code::Zero, "a flap that is never down is none");
        return;
    }
    if flap.every.value <= flap.down.value {
        issues.err(
            flap.every.span,
            Code::TimeOrder,
            format!(
                "down for {} of every {}: the link would never come up",
                flap.down.value, flap.every.value
            ),
        );
    }
    let last = flap
        .every
        .saturating_mul(flap.times.value - 1)
        .saturating_add(flap.down.value);
    if at.saturating_add(last) > end {
        issues.err(
            flap.times.span,
            Code::TimeOrder,
            format!("the run ends at {end}, before the last flap"),
        );
    }
}

fn misconnect(
    switch: &At<PlaceRef>,
    tenant: &At<Name>,
    vlan_id: &At<u64>,
    terrain: &Terrain,
    issues: &mut Issues,
) -> Option<Happening> {
    let place = terrain.switch_names.get(switch, switch.span, issues);
    let vid = super::sites::vid(vlan_id, 1, issues);
    let owner = terrain.tenant(tenant, issues);
    let (place, owner) = (place?, owner?);
    let at_switch = |circuit: usize| terrain.circuits.get(circuit).is_some_and(|c| c.a == place);
    let services = terrain.idcs.iter().enumerate();
    let mut services = services.filter(|(_, idc)| idc.tenant == owner && at_switch(idc.circuit));
    match (services.next(), services.count()) {
        (Some((idc, _)), 0) => Some(Happening::Misconnect {
            switch: place,
            idc,
            vid: vid?,
        }),
        (first, more) => {
            let many = more + usize::from(first.is_some());
            issues.err(
                switch.span,
                Code::FaultShape,
                format!(
                    "`{}` has {many} services towards a circuit at `{}`; one is needed",
                    tenant.0, switch.0
                ),
            );
            None
        }
    }
}
