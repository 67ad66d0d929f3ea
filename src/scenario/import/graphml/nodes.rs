//! Points of presence: the nodes of a graph, those in groups too.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;

use super::globe::Position;
use super::{POPS_MAX, Pop, Told, broken, children, clip};
use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;

/// Which point of presence a node's id means.
pub(super) type Ids = BTreeMap<String, usize>;

/// What a `key` says: its id, and the value of nodes that have none.
#[derive(Clone, Copy)]
struct Key<'a> {
    id: &'a str,
    default: Option<&'a str>,
}

/// Which keys mean label, latitude and longitude.
pub(super) struct Keys<'a> {
    label: Option<Key<'a>>,
    latitude: Option<Key<'a>>,
    longitude: Option<Key<'a>>,
}

impl<'a> Keys<'a> {
    pub fn read(root: &Node<'a, '_>) -> Self {
        let key = |name: &str| {
            let of_nodes = |k: &Node<'_, '_>| matches!(k.attribute("for"), Some("node" | "all") | None);
            let key = children(root, "key").find(|k| of_nodes(k) && k.attribute("attr.name") == Some(name))?;
            let default = children(&key, "default").next().and_then(|d| d.text());
            key.attribute("id").map(|id| Key { id, default })
        };
        Self {
            label: key("label").or_else(|| key("name")),
            latitude: key("Latitude"),
            longitude: key("Longitude"),
        }
    }
}

/// The value of this key at a node; its default where the node says nothing.
fn data<'a>(node: &Node<'a, '_>, key: Option<Key<'a>>) -> Option<&'a str> {
    let key = key?;
    match children(node, "data").find(|d| d.attribute("key") == Some(key.id)) {
        Some(data) => data.text(),
        None => key.default,
    }
}

/// The label that a drawing tool gives a node (yEd's `NodeLabel`).
fn drawn<'a>(node: &Node<'a, '_>) -> Option<&'a str> {
    children(node, "data")
        .flat_map(|data| data.descendants())
        .find(|n| n.tag_name().name() == "NodeLabel")
        .and_then(|n| n.text())
}

/// The points of presence of these graphs, sorted by name. A node that holds nodes is a group, and
/// a point of presence only if an edge ends at it.
pub(super) fn pops(
    graphs: &[Node<'_, '_>],
    keys: &Keys<'_>,
    ends: &BTreeSet<&str>,
    told: &mut Told,
) -> Result<(Vec<Pop>, Ids), Wrong> {
    let mut found: Vec<(String, Pop)> = Vec::new();
    let mut groups = 0u64;
    for node in graphs.iter().flat_map(|graph| children(graph, "node")) {
        if found.len() >= POPS_MAX {
            return Err(Wrong::new(
                Code::GraphTooLarge,
                format!("the graph has more than {POPS_MAX} points of presence"),
            ));
        }
        let id = node.attribute("id").ok_or_else(|| broken("a node has no id"))?;
        if children(&node, "graph").next().is_some() && !ends.contains(id) {
            groups += 1;
            continue;
        }
        let label = data(&node, keys.label).filter(|l| !l.trim().is_empty());
        let label = label
            .or_else(|| drawn(&node).filter(|l| !l.trim().is_empty()))
            .unwrap_or(id);
        let position = Position::read(data(&node, keys.latitude), data(&node, keys.longitude));
        let name = slug(label);
        found.push((id.to_owned(), Pop { name, position }));
    }
    if groups > 0 {
        told.left_out(format!(
            "{groups} groups are left out: the nodes in them are points of presence, they are not"
        ));
    }
    if found.is_empty() {
        return Err(broken("the graph has no node"));
    }
    named(found)
}

/// Sorts by name, equal labels told apart by their ids.
fn named(mut found: Vec<(String, Pop)>) -> Result<(Vec<Pop>, Ids), Wrong> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    if let Some((id, _)) = found.iter().find(|(id, _)| !seen.insert(id)) {
        return Err(broken(format!("two nodes have the id `{}`", clip(id))));
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (_, pop) in &found {
        *times.entry(pop.name.clone()).or_default() += 1;
    }
    for (id, pop) in &mut found {
        if times.get(&pop.name).is_some_and(|n| *n > 1) {
            pop.name = format!("{}-{}", pop.name, slug(id));
        }
    }
    found.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    if let Some(pair) = found.windows(2).find(|w| w[0].1.name == w[1].1.name) {
        return Err(broken(format!(
            "two points of presence are named `{}`",
            clip(&pair[0].1.name)
        )));
    }
    let ids: Ids = found.iter().enumerate().map(|(i, (id, _))| (id.clone(), i)).collect();
    Ok((found.into_iter().map(|(_, pop)| pop).collect(), ids))
}

/// A label as a name: letters, digits, `.`, `_` and `-`; anything else becomes `-`.
fn slug(label: &str) -> String {
    let mut name: String = label
        .trim()
        .chars()
        .take(48)
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '-'
            }
        })
        .collect();
    if !name.chars().next().is_some_and(char::is_alphanumeric) {
        name.insert(0, 'p');
    }
    name
}
