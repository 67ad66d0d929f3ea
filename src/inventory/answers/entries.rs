//! The entries of an answer, each with its fields.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::envelope::{Opened, joined};
use crate::inventory::dump::{Call, Inventory};
use crate::inventory::field::{Field, Form};
use crate::inventory::place::Place;
use crate::inventory::resource::{Kind, Resource};
use crate::inventory::shown::{Shown, Value};
use crate::inventory::trouble::Trouble;
use crate::scenario::Code;

/// Where an answer has its entries.
struct Shape {
    call: Call,
    /// The key of the list, and the key inside it; empty: the list itself.
    list: (&'static str, &'static str),
    kind: Kind,
    /// The key of an entry's id.
    id: &'static str,
}

const fn shape(call: Call, list: (&'static str, &'static str), kind: Kind, id: &'static str) -> Shape {
    Shape { call, list, kind, id }
}

const SHAPES: [Shape; 8] = [
    shape(
        Call::DescribePhysicalConnections,
        ("PhysicalConnectionSet", "PhysicalConnectionType"),
        Kind::Circuit,
        "PhysicalConnectionId",
    ),
    shape(
        Call::ListVirtualPhysicalConnections,
        ("VirtualPhysicalConnections", ""),
        Kind::SharedPort,
        "PhysicalConnectionId",
    ),
    shape(
        Call::DescribeVirtualBorderRouters,
        ("VirtualBorderRouterSet", "VirtualBorderRouterType"),
        Kind::Vbr,
        "VbrId",
    ),
    shape(
        Call::DescribeVirtualBorderRoutersForPhysicalConnection,
        (
            "VirtualBorderRouterForPhysicalConnectionSet",
            "VirtualBorderRouterForPhysicalConnectionType",
        ),
        Kind::Vbr,
        "VbrId",
    ),
    shape(
        Call::DescribeRouterInterfaces,
        ("RouterInterfaceSet", "RouterInterfaceType"),
        Kind::RouterInterface,
        "RouterInterfaceId",
    ),
    shape(
        Call::DescribeBgpPeers,
        ("BgpPeers", "BgpPeer"),
        Kind::BgpPeer,
        "BgpPeerId",
    ),
    shape(
        Call::DescribeFailoverTestJobs,
        ("FailoverTestJobList", ""),
        Kind::FailoverTest,
        "JobId",
    ),
    shape(
        Call::DescribeExpressConnectTrafficQos,
        ("QosList", ""),
        Kind::QosPolicy,
        "QosId",
    ),
];

/// The entries of an answer.
pub(super) struct Found<'a> {
    pub call: Call,
    pub all: Vec<&'a Json>,
    kind: Kind,
    id: &'static str,
    /// The path of the list inside the file; `None`: the body is the one entry.
    list: Option<String>,
}

/// Finds the entries of an answer by its shape.
pub(super) fn find<'a>(opened: &Opened<'a>) -> Option<Found<'a>> {
    for Shape { call, list, kind, id } in &SHAPES {
        let (outer, inner) = list;
        let Some(set) = opened.body.get(*outer) else { continue };
        let path = joined(&opened.path, outer);
        let (all, path) = match *inner {
            "" => (set.as_array(), path),
            inner => (set.get(inner).and_then(Json::as_array), joined(&path, inner)),
        };
        return Some(Found {
            call: *call,
            all: all.map(|all| all.iter().collect()).unwrap_or_default(),
            kind: *kind,
            id,
            list: Some(path),
        });
    }
    // The one answer that is itself a resource.
    opened.body.contains_key("VbrHaId").then(|| Found {
        call: Call::DescribeVbrHa,
        all: Vec::new(),
        kind: Kind::VbrHa,
        id: "VbrHaId",
        list: None,
    })
}

/// Reads the entries of the answer that was put last into the inventory.
pub(super) fn read(inventory: &mut Inventory, file: &Arc<str>, opened: &Opened<'_>, found: &Found<'_>) {
    let Some(list) = &found.list else {
        entry(inventory, file, found, &opened.path, opened.body);
        return;
    };
    for (at, value) in found.all.iter().enumerate() {
        let path = format!("{list}[{at}]");
        match value.as_object() {
            Some(fields) => entry(inventory, file, found, &path, fields),
            None => {
                let message = "an entry is no object";
                let place = Place::json(file, path);
                inventory
                    .troubles
                    .push(Trouble::note(place, Code::AnswerValue, message));
            }
        }
    }
    of_the_circuit_asked(inventory, file, opened, found);
}

/// VBRs that were asked for by their circuit hang on it, or on a shared port of it: that the answer shows the
/// circuit is known only from the request, and is no value of the VBR's own `PhysicalConnectionId`.
fn of_the_circuit_asked(inventory: &mut Inventory, file: &Arc<str>, opened: &Opened<'_>, found: &Found<'_>) {
    if found.call != Call::DescribeVirtualBorderRoutersForPhysicalConnection {
        return;
    }
    let Some(circuit) = opened.request.get("PhysicalConnectionId") else {
        return;
    };
    for value in &found.all {
        let Some(id) = value.get(found.id).and_then(Json::as_str) else {
            continue;
        };
        if let Some(resource) = inventory.resources.get_mut(&(Kind::Vbr, id.to_owned())) {
            let shown = Shown {
                value: Value::Text(circuit.clone()),
                place: Place::json(file, "Request.PhysicalConnectionId"),
            };
            resource.show(Field::AskedOfCircuit, shown);
        }
    }
}

fn entry(inventory: &mut Inventory, file: &Arc<str>, found: &Found<'_>, path: &str, fields: &Map<String, Json>) {
    let id = match fields.get(found.id) {
        Some(Json::String(id)) if !id.is_empty() => id.clone(),
        _ => {
            let message = format!("an entry without {}: nothing is read of it", found.id);
            let place = Place::json(file, path);
            inventory
                .troubles
                .push(Trouble::note(place, Code::AnswerValue, message));
            return;
        }
    };
    let kind = match found.kind {
        Kind::Circuit if is_port(fields) => Kind::SharedPort,
        other => other,
    };
    let answer = inventory.answers.len() - 1;
    let key = (kind, id.clone());
    let resource = inventory
        .resources
        .entry(key)
        .or_insert_with(|| Resource::new(kind, id));
    if resource.answers.last() != Some(&answer) {
        resource.answers.push(answer);
    }
    for (name, value) in fields {
        if name == found.id {
            continue;
        }
        let Some(field) = Field::of_key(name) else { continue };
        let place = Place::json(file, joined(path, name));
        match read_value(field, value) {
            Ok(Some(value)) => resource.show(field, Shown { value, place }),
            Ok(None) => {}
            Err(message) => inventory
                .troubles
                .push(Trouble::note(place, Code::AnswerValue, message)),
        }
    }
}

/// Circuits and shared ports share one list.
fn is_port(fields: &Map<String, Json>) -> bool {
    let text = |key: &str| fields.get(key).and_then(Json::as_str).unwrap_or_default();
    match text("ProductType") {
        "" => !text("ParentPhysicalConnectionId").is_empty(),
        word => word == "VirtualPhysicalConnection",
    }
}

/// The value of a field; `None`: it is there and says nothing.
fn read_value(field: Field, value: &Json) -> Result<Option<Value>, String> {
    let unreadable = || Err(format!("{} is {value}, which it cannot be", field.as_str()));
    match (field.form(), value) {
        (_, Json::Null) => Ok(None),
        (Form::Text | Form::Number, Json::String(text)) if text.trim().is_empty() => Ok(None),
        (Form::Text, Json::String(text)) => Ok(Some(Value::Text(text.trim().to_owned()))),
        (Form::Text, Json::Number(number)) => Ok(Some(Value::Text(number.to_string()))),
        (Form::Text, Json::Bool(yes)) => Ok(Some(Value::Text(yes.to_string()))),
        (Form::Number, Json::Number(number)) => match number.as_u64() {
            Some(number) => Ok(Some(Value::Number(number))),
            None => unreadable(),
        },
        (Form::Number, Json::String(text)) => match text.trim().parse() {
            Ok(number) => Ok(Some(Value::Number(number))),
            Err(_) => unreadable(),
        },
        (Form::Flag, Json::Bool(yes)) => Ok(Some(Value::Flag(*yes))),
        (Form::Flag, Json::String(text)) => match text.trim() {
            "true" => Ok(Some(Value::Flag(true))),
            "false" => Ok(Some(Value::Flag(false))),
            "" => Ok(None),
            _ => unreadable(),
        },
        (Form::Nested(inner, keys), value) => match nested(inner, keys, value) {
            Some(all) => Ok(Some(Value::List(all))),
            None => unreadable(),
        },
        _ => unreadable(),
    }
}

/// The keys that are kept of each entry of something nested, in order.
fn nested(inner: &str, keys: &[&str], value: &Json) -> Option<Vec<String>> {
    let list = match inner {
        "" => value,
        // An empty set may be saved without its list.
        inner => match value.as_object()?.get(inner) {
            None => return Some(Vec::new()),
            Some(list) => list,
        },
    };
    let word = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let one = |entry: &Json| match keys {
        [] => word(entry),
        keys => {
            let words: Vec<String> = keys.iter().filter_map(|key| word(entry.get(*key)?)).collect();
            (!words.is_empty()).then(|| words.join("="))
        }
    };
    let mut all: Vec<String> = list.as_array()?.iter().map(one).collect::<Option<_>>()?;
    all.sort();
    Some(all)
}
