//! Services out of saved answers: each VBR with what it hangs on, and ports that wait for one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::dump::{Call, Inventory};
use super::field::Field;
use super::place::Place;
use super::resource::{Kind, Resource};
use super::service::{Fact, Service};
use super::shown::{Known, Shown, Value};

/// Facts of a service that are a field of its VBR, as it is.
const OF_VBR: [(Fact, Field); 5] = [
    (Fact::VlanId, Field::VlanId),
    (Fact::Address, Field::PeerGatewayIp),
    (Fact::Gateway, Field::LocalGatewayIp),
    (Fact::VbrState, Field::Status),
    (Fact::Spec, Field::Bandwidth),
];

/// The services that saved answers show, in order of VBR and then of port.
pub fn services(inventory: &Inventory) -> Vec<Service> {
    let mut on_port: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: BTreeMap<(String, u64), Vec<&Resource>> = BTreeMap::new();
    for vbr in inventory.of(Kind::Vbr) {
        if let Some(port) = vbr
            .text(Field::ConnectionId)
            .filter(|id| inventory.get(Kind::SharedPort, id).is_some())
        {
            on_port.insert(port);
        }
    }
    for port in inventory
        .of(Kind::SharedPort)
        .filter(|port| !on_port.contains(port.id.as_str()))
    {
        if let (Some(circuit), Some(vlan)) = (port.text(Field::ParentId), port.number(Field::VlanId)) {
            waiting.entry((circuit.to_owned(), vlan)).or_default().push(port);
        }
    }
    let mut paired: BTreeSet<&str> = BTreeSet::new();
    let mut all = Vec::new();
    for vbr in inventory.of(Kind::Vbr) {
        let mut service = of_vbr(inventory, vbr);
        let slot = service
            .text(Fact::Circuit)
            .map(str::to_owned)
            .zip(service.number(Fact::VlanId));
        // The port that was made from a VBR has its VLAN, on its circuit.
        if let Some([port]) = slot.and_then(|slot| waiting.get(&slot)).map(Vec::as_slice) {
            of_port(&mut service, port);
            paired.insert(&port.id);
        }
        all.push(service);
    }
    for port in inventory.of(Kind::SharedPort) {
        if on_port.contains(port.id.as_str()) || paired.contains(port.id.as_str()) {
            continue;
        }
        let mut service = Service::new(place_of(inventory, port));
        of_port(&mut service, port);
        service.copy(Fact::VlanId, port.known(Field::VlanId));
        service.copy(Fact::Account, port.known(Field::OwnerUid));
        service.copy(Fact::Spec, port.known(Field::Bandwidth));
        circuit(inventory, &mut service, port.known(Field::ParentId));
        // How its VBR is served, if there is one, no answer shows.
        all.push(service);
    }
    all
}

/// Where a resource was read first.
fn place_of(inventory: &Inventory, resource: &Resource) -> Place {
    match resource
        .answers
        .first()
        .and_then(|answer| inventory.answers.get(*answer))
    {
        Some(answer) => Place::json(&answer.file, answer.path.clone()),
        None => Place::whole(&std::sync::Arc::from("")),
    }
}

/// What a port shows of its service, beside what its VBR shows.
fn of_port(service: &mut Service, port: &Resource) {
    let place = port
        .known(Field::Status)
        .one()
        .map_or_else(|| service.place.clone(), |shown| shown.place.clone());
    service.put(Fact::SharedPort, Value::Text(port.id.clone()), &place);
    service.copy(Fact::PortState, port.known(Field::Status));
    service.copy(Fact::Acceptance, port.known(Field::AcceptanceStatus));
    service.copy(Fact::Partner, port.known(Field::ParentOwnerUid));
}

fn of_vbr(inventory: &Inventory, vbr: &Resource) -> Service {
    let place = place_of(inventory, vbr);
    let mut service = Service::new(place.clone());
    service.put(Fact::Vbr, Value::Text(vbr.id.clone()), &place);
    for (fact, field) in OF_VBR {
        service.copy(fact, vbr.known(field));
    }
    if let Some((shown, len)) = vbr.known(Field::PeeringSubnetMask).one().and_then(prefix_len) {
        service.put(Fact::Mask, Value::Number(len), &shown.place);
    }
    let connection = vbr.known(Field::ConnectionId);
    let hangs_on = connection.text();
    let port = hangs_on.and_then(|id| inventory.get(Kind::SharedPort, id));
    match (port, hangs_on) {
        (Some(port), _) => {
            of_port(&mut service, port);
            service.copy(Fact::Account, port.known(Field::OwnerUid));
            circuit(inventory, &mut service, port.known(Field::ParentId));
            mode(&mut service, "shared", connection);
        }
        (None, Some(id)) if inventory.get(Kind::Circuit, id).is_some() => {
            circuit(inventory, &mut service, connection);
            service.copy(Fact::Partner, vbr.known(Field::ConnectionOwnerUid));
        }
        // Whether it is a circuit or a shared port no answer shows.
        (None, Some(_)) => {}
        (None, None) => circuit(inventory, &mut service, vbr.known(Field::AskedOfCircuit)),
    }
    service.copy(Fact::Account, vbr.known(Field::OwnerUid));
    owner(inventory, vbr, &mut service);
    let pushed = service.number(Fact::Account).zip(service.number(Fact::Partner));
    if port.is_none() && service.text(Fact::Circuit).is_some() && pushed.is_some_and(|(own, other)| own != other) {
        mode(&mut service, "legacy", connection);
    }
    service
}

fn mode(service: &mut Service, word: &str, because: Known<'_>) {
    let place = because
        .one()
        .map_or_else(|| service.place.clone(), |shown| shown.place.clone());
    service.put(Fact::Mode, Value::Text(word.to_owned()), &place);
}

/// Who lists a VBR that hangs on somebody else's circuit is its owner.
fn owner(inventory: &Inventory, vbr: &Resource, service: &mut Service) {
    if service.known(Fact::Account) != Known::Unknown {
        return;
    }
    let Some(partner) = vbr.number(Field::ConnectionOwnerUid) else {
        return;
    };
    for answer in vbr.answers.iter().filter_map(|at| inventory.answers.get(*at)) {
        let caller = answer.caller.filter(|caller| *caller != partner);
        if let (Some(Call::DescribeVirtualBorderRouters), Some(caller)) = (answer.call, caller) {
            let place = Place::whole(&answer.file);
            service.put(Fact::Account, Value::Number(caller), &place);
        }
    }
}

/// The circuit of a service, with the other names that it has.
fn circuit(inventory: &Inventory, service: &mut Service, known: Known<'_>) {
    service.copy(Fact::Circuit, known);
    let Some(circuit) = known.text().and_then(|id| inventory.get(Kind::Circuit, id)) else {
        return;
    };
    let names = [Field::Name, Field::CircuitCode]
        .into_iter()
        .filter_map(|field| circuit.text(field));
    service.aliases = names.map(str::to_owned).collect();
}

fn prefix_len(shown: &Shown) -> Option<(&Shown, u64)> {
    let Value::Text(text) = &shown.value else { return None };
    let bits = u32::from(text.parse::<Ipv4Addr>().ok()?);
    let whole = bits.leading_ones() + bits.trailing_zeros() >= 32;
    whole.then(|| (shown, u64::from(bits.leading_ones())))
}
