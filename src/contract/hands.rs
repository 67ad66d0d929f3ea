//! What operators and faults do to a network while it runs.

use super::{Deviation, Duty, Owner, Scene};
use crate::scenario::file::{FaultItem, FaultWhat};
use crate::scenario::{Edit, Span};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for (name, fault) in scene.expanded.faults() {
        let Some((duty, place, what)) = told(fault) else {
            continue;
        };
        let owner = match &fault.what {
            FaultWhat::Detach { .. } => Owner::Cloud,
            _ => of_place(scene, &place),
        };
        let at = fault.at.value;
        let what = format!("{what} at {at}");
        let heal = vec![Edit::Remove(name)];
        found.push(Deviation::new(duty, owner, &place, span(fault), what, heal));
    }
}

/// Which duty a fault departs from, where, and in words. What mends departs from none.
fn told(fault: &FaultItem) -> Option<(Duty, String, String)> {
    let place = |place: &str| place.to_owned();
    Some(match &fault.what {
        FaultWhat::Cut { cut, .. } => (Duty::Carriage, place(cut), format!("{} is cut", cut.value)),
        FaultWhat::Lose { share, .. } | FaultWhat::Corrupt { share, .. } | FaultWhat::Duplicate { share, .. }
            if share.value.0 == 0 =>
        {
            return None;
        }
        FaultWhat::Lose { lose, share, .. } => {
            let what = format!("{} loses {} of its frames", lose.value, share.value);
            (Duty::Carriage, place(lose), what)
        }
        FaultWhat::Corrupt { corrupt, share, .. } => {
            let what = format!("{} corrupts {} of its frames", corrupt.value, share.value);
            (Duty::Carriage, place(corrupt), what)
        }
        FaultWhat::Duplicate { duplicate, share, .. } => {
            let what = format!("{} doubles {} of its frames", duplicate.value, share.value);
            (Duty::Carriage, place(duplicate), what)
        }
        FaultWhat::Flap { flap, .. } => (
            Duty::Carriage,
            place(&flap.link),
            format!("{} goes up and down", flap.link.value),
        ),
        FaultWhat::Misconnect {
            misconnect,
            tenant,
            vlan_id,
        } => {
            let what = format!("{} gives {} VLAN {}", misconnect.value, &*tenant.0, vlan_id.value);
            (Duty::Operation, place(misconnect), what)
        }
        FaultWhat::Police {
            police, tenant, spec, ..
        } => {
            let what = format!("{} is set to police {} to {}", police.value, &*tenant.0, spec.value);
            (Duty::Policer, place(police), what)
        }
        FaultWhat::Detach { detach } => {
            let what = format!("the transit router lets go of {}", &*detach.0);
            (Duty::Attachment, detach.0.clone(), what)
        }
        // What a router's address has to be is asked of the port (see `ports`).
        FaultWhat::Restore { .. } | FaultWhat::Attach { .. } | FaultWhat::SwapRouter { .. } => return None,
    })
}

/// Where the fault's own key stands.
fn span(fault: &FaultItem) -> Span {
    match &fault.what {
        FaultWhat::Cut { cut, .. } => cut.span,
        FaultWhat::Restore { restore, .. } => restore.span,
        FaultWhat::Lose { lose, .. } => lose.span,
        FaultWhat::Corrupt { corrupt, .. } => corrupt.span,
        FaultWhat::Duplicate { duplicate, .. } => duplicate.span,
        FaultWhat::Flap { flap, .. } => flap.link.span,
        FaultWhat::Misconnect { misconnect, .. } => misconnect.span,
        FaultWhat::Police { police, .. } => police.span,
        FaultWhat::Detach { detach } => detach.span,
        FaultWhat::Attach { attach } => attach.span,
        FaultWhat::SwapRouter { swap_router, .. } => swap_router.span,
    }
}

/// Who answers for a switch, a circuit, a trunk, a line or a border.
fn of_place(scene: &Scene<'_>, place: &str) -> Owner {
    let file = scene.expanded.file();
    if let Some(owner) = scene.accounts.of_device(place) {
        return owner;
    }
    if let Some(circuit) = scene.accounts.circuit(place) {
        return scene.accounts.of_circuit(circuit);
    }
    if let Some(link) = file.links.iter().find(|link| *link.name.0 == *place) {
        return scene.accounts.of_link(link);
    }
    let line = place.strip_suffix("/uni");
    match line.and_then(|name| file.idcs.iter().find(|idc| *idc.name.0 == *name)) {
        Some(idc) => scene.accounts.of_line(idc),
        // Between a VBR and its neighbours, and between regions.
        None => Owner::Cloud,
    }
}
