//! The fields of one VBR, one by one.

use super::after::{Absent, absent, too_old, unknown};
use super::{Scene, Stands, Verified};
use crate::inventory::answers::utc;
use crate::inventory::{Fact, Field, Inventory, Kind, Known, Resource, Service};
use crate::provision::OperationName;
use crate::rehearse::result::Outcome;
use crate::scenario::{Carried, Unit};

/// What a conversion leaves as it is.
const INHERITED: [(&str, Field); 7] = [
    ("status", Field::Status),
    ("vlan_id", Field::VlanId),
    ("bandwidth", Field::Bandwidth),
    ("local_gateway_ip", Field::LocalGatewayIp),
    ("peer_gateway_ip", Field::PeerGatewayIp),
    ("peering_subnet_mask", Field::PeeringSubnetMask),
    ("cen_ids", Field::Cens),
];

/// One VBR while it is verified.
struct One<'a> {
    scene: &'a Scene<'a>,
    unit: &'a Unit,
    predicted: &'a Outcome,
    was: &'a Resource,
    is: &'a Resource,
    service: &'a Service,
}

/// Every field of a VBR. `service`: what the answers of before show.
pub(super) fn of(scene: &Scene<'_>, unit: &Unit, predicted: &Outcome, service: Option<&Service>) -> Vec<Verified> {
    let nothing = |why: String| vec![bare("vbr_id", Stands::Unknown, why)];
    let Some(service) = service else {
        return nothing(format!("no answer of before shows a VBR of {}", unit.tenant));
    };
    let Some(id) = service.text(Fact::Vbr) else {
        return nothing("the answers of before show its shared port and no VBR".to_owned());
    };
    let Some(was) = scene.before.get(Kind::Vbr, id) else {
        return nothing("no answer of before shows its VBR".to_owned());
    };
    let Some(is) = scene.after.get(Kind::Vbr, id) else {
        let mut field = match absent(scene.after, service.number(Fact::Account)) {
            Absent::Unknown(why) => bare("vbr_id", Stands::Unknown, why),
            Absent::Gone(why) => Verified {
                since: since(scene, unit, None),
                ..bare("vbr_id", Stands::NotAsPredicted, why)
            },
        };
        field.predicted = id.to_owned();
        return vec![field];
    };
    let one = One {
        scene,
        unit,
        predicted,
        was,
        is,
        service,
    };
    if let Some(why) = too_old((scene.before, was), (scene.after, is), one.last_step()) {
        return nothing(why);
    }
    let mut fields = vec![Verified {
        predicted: id.to_owned(),
        shown: id.to_owned(),
        ..bare("vbr_id", Stands::AsPredicted, String::new())
    }];
    fields.push(one.connection());
    fields.extend(INHERITED.map(|(name, field)| one.inherited(name, field)));
    fields.extend(one.acceptance());
    fields.extend(one.of_port("port_vlan_id", Field::VlanId));
    fields.extend(one.of_port("port_bandwidth", Field::Bandwidth));
    fields
}

fn bare(field: &'static str, stands: Stands, why: String) -> Verified {
    Verified {
        field,
        stands,
        predicted: String::new(),
        shown: String::new(),
        place: String::new(),
        why,
        since: String::new(),
    }
}

/// When a step was called in the real window, in seconds since 1970.
fn real(scene: &Scene<'_>, step: &str) -> Option<i64> {
    let called = scene.calls.get(step)?.at.as_nanos();
    let window = scene.window.as_nanos();
    let ahead = i64::try_from(called.saturating_sub(window) / 1_000_000_000).ok()?;
    let behind = i64::try_from(window.saturating_sub(called) / 1_000_000_000).ok()?;
    scene.opened?.checked_add(ahead)?.checked_sub(behind)
}

/// The step since which something may be: of this operation, or the first of all.
fn since(scene: &Scene<'_>, unit: &Unit, operation: Option<OperationName>) -> String {
    let mut steps = unit.steps.iter();
    let step = match operation {
        Some(operation) => steps.find(|step| step.operation == operation),
        None => steps.next(),
    };
    let Some(step) = step else { return String::new() };
    let at = match real(scene, &step.name) {
        Some(at) => format!(" at {}", utc(at)),
        None => String::new(),
    };
    format!("{} ({}){at}", step.name, step.operation.as_str())
}

fn place(known: Known<'_>) -> String {
    known.one().map_or_else(String::new, |shown| shown.place.to_string())
}

impl One<'_> {
    fn is_converted(&self) -> bool {
        *self.predicted == Outcome::Converted
    }

    /// When its last step was called in the real window.
    fn last_step(&self) -> Option<i64> {
        let called = self.unit.steps.iter().filter_map(|step| real(self.scene, &step.name));
        called.max()
    }

    /// The shared port of this id, wherever an answer shows it.
    fn port(&self, id: &str) -> Option<(&Inventory, &Resource)> {
        let of = |inventory: &'_ Inventory| inventory.get(Kind::SharedPort, id).is_some();
        let inventory = [self.scene.after, self.scene.before]
            .into_iter()
            .find(|inventory| of(inventory))?;
        Some((inventory, inventory.get(Kind::SharedPort, id)?))
    }

    /// The port that was made for its VLAN, by the answers of afterwards.
    fn own_port(&self) -> Option<&Resource> {
        let (circuit, vlan) = (self.service.text(Fact::Circuit), self.service.number(Fact::VlanId));
        let mut ports = self.scene.after.of(Kind::SharedPort).filter(|port| {
            let parent = port.text(Field::ParentId);
            parent.is_some() && parent == circuit && vlan.is_some() && port.number(Field::VlanId) == vlan
        });
        let first = ports.next();
        first.filter(|_| ports.next().is_none())
    }

    /// What it hangs on.
    fn connection(&self) -> Verified {
        let (was, is) = (self.was.known(Field::ConnectionId), self.is.known(Field::ConnectionId));
        let predicted = match self.is_converted() {
            true => "its shared port".to_owned(),
            false => format!("still {was}"),
        };
        let told = |stands, why: String, since| Verified {
            field: "physical_connection_id",
            stands,
            predicted: predicted.clone(),
            shown: is.to_string(),
            place: place(is),
            why,
            since,
        };
        let Some(now) = is.text() else {
            return told(
                Stands::Unknown,
                unknown(self.scene.after, self.is, Field::ConnectionId),
                String::new(),
            );
        };
        // A VBR that the partner pushed hung on the circuit; where no answer names that, its service does.
        let circuit = was.text().or_else(|| self.service.text(Fact::Circuit));
        if !self.is_converted() {
            return match circuit {
                Some(circuit) if circuit == now => told(Stands::AsPredicted, String::new(), String::new()),
                Some(circuit) => {
                    let since = since(self.scene, self.unit, Some(OperationName::AttachVbrToVpconn));
                    told(Stands::NotAsPredicted, format!("it hung on {circuit}"), since)
                }
                None => told(
                    Stands::Unknown,
                    "no answer of before shows what it hung on".to_owned(),
                    String::new(),
                ),
            };
        }
        if circuit == Some(now) || self.scene.after.get(Kind::Circuit, now).is_some() {
            let (why, operation) = self.stuck();
            return told(
                Stands::NotAsPredicted,
                why,
                since(self.scene, self.unit, Some(operation)),
            );
        }
        let Some((inventory, port)) = self.port(now) else {
            return told(Stands::Unknown, format!("no answer shows what {now} is"), String::new());
        };
        let parent = port.known(Field::ParentId);
        let attach = since(self.scene, self.unit, Some(OperationName::AttachVbrToVpconn));
        match (parent.text(), circuit) {
            (Some(parent), Some(circuit)) if parent == circuit => self.owned(port, told),
            (Some(parent), Some(circuit)) => told(
                Stands::NotAsPredicted,
                format!("{now} is a port of {parent}, not of {circuit}"),
                attach,
            ),
            (None, _) => told(
                Stands::Unknown,
                unknown(inventory, port, Field::ParentId),
                String::new(),
            ),
            (_, None) => told(
                Stands::Unknown,
                "no answer of before shows its circuit".to_owned(),
                String::new(),
            ),
        }
    }

    /// Is the port the tenant's own?
    fn owned(&self, port: &Resource, told: impl Fn(Stands, String, String) -> Verified) -> Verified {
        let (owner, tenant) = (port.number(Field::OwnerUid), self.service.number(Fact::Account));
        match (owner, tenant) {
            (Some(owner), Some(tenant)) if owner != tenant => {
                let since = since(self.scene, self.unit, Some(OperationName::CreateVpconnFromVbr));
                told(
                    Stands::NotAsPredicted,
                    format!("{} belongs to account {owner}, not to {tenant}", port.id),
                    since,
                )
            }
            _ => told(Stands::AsPredicted, String::new(), String::new()),
        }
    }

    /// How far a conversion came that did not come to its end.
    fn stuck(&self) -> (String, OperationName) {
        let Some(port) = self.own_port() else {
            let why = "it still hangs on the circuit, and no answer shows a shared port for its VLAN there";
            return (why.to_owned(), OperationName::CreateVpconnFromVbr);
        };
        match port.text(Field::AcceptanceStatus) {
            Some("UnConfirmed") => (
                format!("it still hangs on the circuit, and {} is not accepted", port.id),
                OperationName::ConfirmPhysicalConnection,
            ),
            _ => (
                format!("it still hangs on the circuit, and {} waits for it", port.id),
                OperationName::AttachVbrToVpconn,
            ),
        }
    }

    /// A field that no step of a conversion changes.
    fn inherited(&self, name: &'static str, field: Field) -> Verified {
        let (was, is) = (self.was.known(field), self.is.known(field));
        let told = |stands, why: String, since| Verified {
            field: name,
            stands,
            predicted: was.to_string(),
            shown: is.to_string(),
            place: place(is),
            why,
            since,
        };
        match (was.one(), is.one()) {
            (Some(old), Some(new)) if old.value == new.value => told(Stands::AsPredicted, String::new(), String::new()),
            (Some(old), Some(_)) => {
                let first = since(self.scene, self.unit, None);
                told(
                    Stands::NotAsPredicted,
                    format!("it was {}, and no step of the cutover changes it", old.value),
                    first,
                )
            }
            (None, _) => told(
                Stands::Unknown,
                format!("before: {}", unknown(self.scene.before, self.was, field)),
                String::new(),
            ),
            (_, None) => told(
                Stands::Unknown,
                unknown(self.scene.after, self.is, field),
                String::new(),
            ),
        }
    }

    /// Has the tenant accepted, where that was predicted one way or the other?
    fn acceptance(&self) -> Option<Verified> {
        let predicted = match self.predicted {
            Outcome::Converted => "Confirmed",
            Outcome::CarriedOver(Carried::NeverAccepted) => "UnConfirmed",
            Outcome::CarriedOver(_) | Outcome::Stopped { .. } | Outcome::Neighbour => return None,
        };
        let known = match self.hung_on().or_else(|| self.own_port()) {
            Some(port) => port.known(Field::AcceptanceStatus),
            None => Known::Unknown,
        };
        let told = |stands, why: &str, since| Verified {
            field: "port_acceptance",
            stands,
            predicted: predicted.to_owned(),
            shown: known.to_string(),
            place: place(known),
            why: why.to_owned(),
            since,
        };
        Some(match known.text() {
            Some(word) if word == predicted => told(Stands::AsPredicted, "", String::new()),
            Some(_) => {
                let since = since(self.scene, self.unit, Some(OperationName::ConfirmPhysicalConnection));
                told(
                    Stands::NotAsPredicted,
                    "the tenant did otherwise than was predicted",
                    since,
                )
            }
            None => told(
                Stands::Unknown,
                "no answer of ListVirtualPhysicalConnections after the window shows its port",
                String::new(),
            ),
        })
    }

    /// The port that it hangs on, by the answers of afterwards.
    fn hung_on(&self) -> Option<&Resource> {
        let id = self.is.text(Field::ConnectionId)?;
        self.scene.after.get(Kind::SharedPort, id)
    }

    /// A field of its port, which is the VBR's own; nothing where it hangs on none.
    fn of_port(&self, name: &'static str, field: Field) -> Option<Verified> {
        let id = self.is.text(Field::ConnectionId)?;
        let (inventory, port) = self.port(id)?;
        let (of_vbr, of_port) = (self.was.known(field), port.known(field));
        let told = |stands, why: String, since| Verified {
            field: name,
            stands,
            predicted: of_vbr.to_string(),
            shown: of_port.to_string(),
            place: place(of_port),
            why,
            since,
        };
        let made = || since(self.scene, self.unit, Some(OperationName::CreateVpconnFromVbr));
        Some(match (of_vbr.one(), of_port.one()) {
            (Some(old), Some(new)) if old.value == new.value => told(Stands::AsPredicted, String::new(), String::new()),
            (Some(_), Some(_)) => told(
                Stands::NotAsPredicted,
                "the port is not as its VBR was".to_owned(),
                made(),
            ),
            (None, _) => told(
                Stands::Unknown,
                format!("before: {}", unknown(self.scene.before, self.was, field)),
                String::new(),
            ),
            (_, None) => told(Stands::Unknown, unknown(inventory, port, field), String::new()),
        })
    }
}
