//! What `trunklab trace` says: what becomes of one frame, hop by hop.

use super::document::{Column, Document, For, Part, Section, Table};
use crate::check::{Field, Unit, Value};
use crate::ident::{Fate, Lane, NodeId, PortNo};
use crate::scenario::Plan;
use crate::study::journey::{Done, Entry, Hop, Journey, Place, link_at};
use crate::wire::{EtherType, Frame};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.trace/1";
/// Rows that text shows.
const SHOWN: usize = 60;

const HOPS: [Column; 10] = [
    Column::unit("at", "at", Unit::Instant),
    Column::new("place", "place"),
    Column::new("came_by", "came by"),
    Column::new("tags", "as"),
    Column::new("rule", "rule"),
    Column::unit("line", "line", Unit::Label),
    Column::of("told", "what became of it", Unit::Count, For::People),
    Column::of("done", "done", Unit::Count, For::Programs),
    Column::of("frame", "octets", Unit::Count, For::Programs),
    Column::of("sent", "octets sent", Unit::Count, For::Programs),
];

/// The journey of a frame.
pub fn journey_document(source: &str, plan: &Plan, entry: &Entry, journey: &Journey) -> Document {
    let ends: Vec<String> = journey
        .ends()
        .map(|(hop, fate)| format!("{} at {}", fate_word(fate), place(plan, hop.place)))
        .collect();
    let came_in = format!("{}.{}", node_name(plan, entry.node), entry.port.0);
    let head = vec![
        Field::new("source", Value::text(source)),
        Field::new("name", Value::text(&plan.name)),
        Field::new("seed", Value::label(plan.seed)),
        Field::new("came_in", Value::text(&came_in)),
        Field::new("at", Value::at(entry.at)),
        Field::new("frame", Value::text(hex(&entry.frame))),
        Field::new("ends", Value::names(ends.iter().cloned())),
        Field::new("under_way", Value::count(journey.under_way)),
        Field::new("cut", Value::Flag(journey.cut)),
    ];
    let mut table = Table::new("hops", "hop by hop", &HOPS, SHOWN);
    for hop in &journey.hops {
        table.push(row(plan, hop));
    }
    let mut parts = vec![Part::Fields(head), Part::Table(table)];
    parts.extend(ends.iter().take(SHOWN).map(|end| Part::Line(format!("  {end}"))));
    if ends.len() > SHOWN {
        parts.push(Part::Line(format!("  and {} more ends", ends.len() - SHOWN)));
    }
    if journey.under_way > 0 {
        let count = journey.under_way;
        parts.push(Part::Line(format!("  {count} still under way when it was left")));
    }
    if journey.cut {
        parts.push(Part::Line("  there were more hops than are told".to_owned()));
    }
    let section = Section {
        source: source.to_owned(),
        name: plan.name.clone(),
        subtitle: format!(
            "  ({} octets come in at {came_in} at {}, {})",
            entry.frame.octets(),
            entry.at,
            tags(&entry.frame)
        ),
        properties: Vec::new(),
        parts,
    };
    Document {
        format: FORMAT,
        title: "trunklab trace",
        parts: vec![Part::Sections {
            key: "journeys",
            shown: usize::MAX,
            sections: vec![section],
        }],
    }
}

fn row(plan: &Plan, hop: &Hop) -> Vec<Value> {
    let sent = hop.done.iter().filter_map(|done| match done {
        Done::Sent(_, frame) => Some(hex(frame)),
        Done::Ended(_) | Done::Kept => None,
    });
    let done: Vec<String> = hop.done.iter().map(|done| told(plan, hop.place, done)).collect();
    let came_by = match hop.place {
        Place::Node(node, Some(port)) => Value::text(port_name(plan, node, port)),
        Place::Node(_, None) | Place::Link(_) => Value::Nothing,
    };
    vec![
        Value::at(hop.at),
        Value::text(place(plan, hop.place)),
        came_by,
        hop.frame
            .as_ref()
            .map_or(Value::Nothing, |frame| Value::text(tags(frame))),
        hop.rule.as_ref().map_or(Value::Nothing, |rule| Value::text(&rule.text)),
        match hop.rule.as_ref().and_then(|rule| rule.line) {
            Some(line) => Value::label(line),
            None => Value::Nothing,
        },
        Value::text(done.join("; ")),
        Value::names(done),
        hop.frame
            .as_ref()
            .map_or(Value::Nothing, |frame| Value::text(hex(frame))),
        Value::names(sent),
    ]
}

fn told(plan: &Plan, place: Place, done: &Done) -> String {
    match (done, place) {
        (Done::Sent(port, frame), Place::Node(node, _)) => {
            format!("leaves by {} as {}", port_name(plan, node, *port), tags(frame))
        }
        (Done::Sent(port, frame), Place::Link(_)) => format!("leaves by {} as {}", port.0, tags(frame)),
        (Done::Ended(fate), _) => fate_word(*fate),
        (Done::Kept, _) => "waits until its next hop's address is known".to_owned(),
    }
}

/// A fate in words: with the reason, where it was dropped.
fn fate_word(fate: Fate) -> String {
    match fate {
        Fate::Delivered => "delivered".to_owned(),
        Fate::Consumed => "consumed".to_owned(),
        Fate::Dropped(reason) => format!("dropped: {}", reason.as_str()),
    }
}

fn place(plan: &Plan, place: Place) -> String {
    match place {
        Place::Node(node, _) => node_name(plan, node).to_owned(),
        Place::Link(Lane { link, from_b }) => {
            let link = &plan.links[link.index()];
            let (from, to) = if from_b { (link.b, link.a) } else { (link.a, link.b) };
            format!(
                "{} ({} to {})",
                link.name,
                node_name(plan, from.0),
                node_name(plan, to.0)
            )
        }
    }
}

/// A port by its number, and the link that is at it.
fn port_name(plan: &Plan, node: NodeId, port: PortNo) -> String {
    match link_at(plan, node, port) {
        Some(link) => format!("{} ({})", port.0, plan.links[link.index()].name),
        None => port.0.to_string(),
    }
}

fn node_name(plan: &Plan, node: NodeId) -> &str {
    &plan.nodes[node.index()].name
}

/// The tags of a frame, outermost first: those that are no C-tag with their type.
fn tags(frame: &Frame) -> String {
    let mut words: Vec<String> = Vec::new();
    let octets = frame.bytes();
    let mut at = 12;
    while let Some(&[a, b, c, d]) = octets.get(at..at + 4) {
        let tpid = u16::from_be_bytes([a, b]);
        if !EtherType(tpid).is_tag() {
            break;
        }
        let tci = u16::from_be_bytes([c, d]);
        let kind = if EtherType(tpid) == EtherType::CTAG {
            String::new()
        } else {
            format!("{tpid:#06x} ")
        };
        words.push(format!("{kind}VLAN {}", tci & 0xfff));
        at += 4;
    }
    match words.is_empty() {
        true => "untagged".to_owned(),
        false => words.join(", "),
    }
}

fn hex(frame: &Frame) -> String {
    use std::fmt::Write;
    let octets = frame.bytes();
    octets
        .iter()
        .fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
            let _ = write!(text, "{octet:02x}");
            text
        })
}
