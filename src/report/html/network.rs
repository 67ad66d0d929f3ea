//! The network, drawn: columns from the data centre to the cloud; the way of a chosen tenant lights up.

mod layout;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::svg::Svg;
use super::words::{brief, shown};
use crate::check::thousands;
use crate::report::document::picture::{COLUMNS, Crossing, Network, TagsSeen, Tone};
use crate::units::SimTime;
use layout::{Drawn, HEIGHT, Layout, WIDTH};

/// Characters of a name that fit in a box.
const NAME: usize = 19;
/// Characters of a label of tags, and labels of a line.
const LABEL: usize = 13;
const LABELS: usize = 3;
/// Tenants whose ways are told in tables, for who has no script.
const TOLD: usize = 24;

/// The network on the page.
#[derive(Debug, Serialize)]
pub(super) struct NetworkShown {
    svg: String,
    /// The tenant whose way is lit.
    chosen: String,
    ways: Vec<WayShown>,
    more: usize,
    places: Vec<(String, String, Vec<String>)>,
    folded: Vec<String>,
    #[serde(skip)]
    pub(super) data: Json,
    #[serde(skip)]
    pub(super) names: Vec<String>,
    #[serde(skip)]
    pub(super) first: usize,
}

#[derive(Debug, Serialize)]
struct WayShown {
    tenant: String,
    class: &'static str,
    seen: bool,
    hops: Vec<[String; 5]>,
}

/// Draws it. `None`: there is nothing to draw.
pub(super) fn network(all: &Network) -> Option<NetworkShown> {
    if all.nodes.is_empty() {
        return None;
    }
    let first = first(all);
    let layout = Layout::new(all, first);
    let lit = all
        .tenants
        .get(first)
        .map(|way| lit(all, &layout, &way.hops))
        .unwrap_or_default();
    let ways = std::iter::once(first).chain((0..all.tenants.len()).filter(|i| *i != first));
    let ways = ways.filter_map(|i| all.tenants.get(i)).take(TOLD);
    Some(NetworkShown {
        svg: svg(all, &layout, &lit),
        chosen: all.tenants.get(first).map_or(String::new(), |way| shown(&way.name)),
        ways: ways
            .map(|way| WayShown {
                tenant: shown(&way.name),
                class: class(way.tone),
                seen: way.was_seen,
                hops: way.hops.iter().flat_map(|hop| told(all, hop)).collect(),
            })
            .collect(),
        more: all.tenants.len().saturating_sub(TOLD),
        places: places(all),
        folded: layout.told_folds(),
        data: data(all, &layout),
        names: all.tenants.iter().map(|way| shown(&way.name)).collect(),
        first,
    })
}

pub(super) const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Plain => "",
        Tone::Unknown => "unknown",
        Tone::Bad => "bad",
    }
}

/// The tenant that is lit at first: one that is hurt, else the first.
fn first(all: &Network) -> usize {
    let worst = |tone: Tone| all.tenants.iter().position(|way| way.tone == tone);
    worst(Tone::Bad).or_else(|| worst(Tone::Unknown)).unwrap_or(0)
}

/// Edges that a way takes, each with the tags there.
fn lit(all: &Network, layout: &Layout, hops: &[Crossing]) -> BTreeMap<usize, Vec<String>> {
    let mut tags: BTreeMap<usize, Vec<&TagsSeen>> = BTreeMap::new();
    for hop in hops.iter().filter(|hop| hop.link < all.links.len()) {
        for edge in &layout.edges_of[hop.link] {
            tags.entry(*edge).or_default().extend(&hop.tags);
        }
    }
    let told = tags.into_iter().map(|(edge, tags)| {
        let says = layout.says(edge);
        (edge, if says { labels(&tags) } else { Vec::new() })
    });
    told.collect()
}

/// `VLAN 101`, `untagged`: tags in order of the first frame that had them, a line each.
fn labels(tags: &[&TagsSeen]) -> Vec<String> {
    let mut sorted: Vec<&&TagsSeen> = tags.iter().collect();
    sorted.sort_by_key(|seen| (seen.since_ns, &seen.tags));
    let mut words: Vec<String> = Vec::new();
    for seen in sorted {
        let word = word(&seen.tags);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > LABELS {
        words.truncate(LABELS - 1);
        words.push("\u{2026}".to_owned());
    }
    words.iter().map(|word| brief(word, LABEL)).collect()
}

fn word(tags: &str) -> String {
    match tags.strip_prefix("8100:") {
        Some(vid) if !vid.contains(' ') => format!("VLAN {vid}"),
        _ => tags.to_owned(),
    }
}

fn told(all: &Network, hop: &Crossing) -> Vec<[String; 5]> {
    let Some(link) = all.links.get(hop.link) else {
        return Vec::new();
    };
    let name = |node: usize| all.nodes.get(node).map_or(String::new(), |node| shown(&node.name));
    let (from, to) = match hop.from_b {
        true => (link.ends.1, link.ends.0),
        false => link.ends,
    };
    let way = format!("{} \u{2192} {}", name(from), name(to));
    let row = |tags: String, frames: String, since: String| [way.clone(), shown(&link.name), tags, frames, since];
    if hop.tags.is_empty() {
        return vec![row("no frame was seen".to_owned(), "0".to_owned(), String::new())];
    }
    let rows = hop.tags.iter().map(|seen| {
        let since = SimTime::from_nanos(seen.since_ns).to_string();
        row(word(&seen.tags), thousands(seen.frames), since)
    });
    rows.collect()
}

/// Places where something was seen, the worst first: name, what it is, what was seen.
fn places(all: &Network) -> Vec<(String, String, Vec<String>)> {
    const MOST: usize = 60;
    let mut rows = Vec::new();
    for node in all.nodes.iter().filter(|node| !node.notes.is_empty()) {
        let what = format!("{} ({})", COLUMNS[node.column], node.owner);
        rows.push(((node.astray, node.lost), &node.name, what, node.notes.as_slice()));
    }
    for link in all.links.iter().filter(|link| link.notes.len() > 1) {
        let what = format!("link, {} ({})", link.notes[0], link.owner);
        rows.push(((link.astray, link.lost), &link.name, what, &link.notes[1..]));
    }
    rows.sort_by_key(|(weight, ..)| std::cmp::Reverse(*weight));
    let rows = rows.into_iter().take(MOST);
    rows.map(|(_, name, what, notes)| (shown(name), shown(&what), notes.iter().map(|n| shown(n)).collect()))
        .collect()
}

fn svg(all: &Network, layout: &Layout, lit: &BTreeMap<usize, Vec<String>>) -> String {
    let label = format!(
        "The network: {} nodes and {} links, from the data centre on the left to the cloud on the right. What it \
         shows stands in the tables below.",
        all.nodes.len(),
        all.links.len()
    );
    let mut svg = Svg::new(layout.width, layout.height, "network", &label);
    for (x, title) in &layout.titles {
        svg.text((x + WIDTH / 2, 16), "column", title);
    }
    for (i, edge) in layout.edges.iter().enumerate() {
        let is_lit = if lit.contains_key(&i) { " lit" } else { "" };
        let bad = if edge.astray > 0 { " astray" } else { "" };
        let lossy = if edge.lost > 0 { " lossy" } else { "" };
        let down = if edge.was_down { " down" } else { "" };
        svg.group(&format!("edge{is_lit}{bad}{lossy}{down}"), "e", i, &edge.title);
        svg.path(&layout.curve(edge), "");
        svg.end();
    }
    let nodes: BTreeSet<usize> = lit
        .keys()
        .flat_map(|e| [layout.edges[*e].a, layout.edges[*e].b])
        .collect();
    for (i, node) in layout.drawn.iter().enumerate() {
        self::node(&mut svg, i, node, nodes.contains(&i));
    }
    for (edge, tags) in lit {
        let (x, y) = layout.middle(&layout.edges[*edge]);
        // The first stands above the line, the others below it.
        for (row, tag) in (0..).zip(tags) {
            let below = if row == 0 { 0 } else { 6 + 12 * row };
            svg.text((x, y.saturating_sub(6) + below), "tag", tag);
        }
    }
    svg.finish()
}

fn node(svg: &mut Svg, i: usize, node: &Drawn, is_lit: bool) {
    let bad = match (node.astray > 0, node.lost > 0) {
        (true, _) => " astray",
        (_, true) => " lossy",
        _ => "",
    };
    let kind = if node.column == 3 { " circuit" } else { "" };
    let is_lit = if is_lit { " lit" } else { "" };
    svg.group(&format!("node{kind}{is_lit}{bad}"), "n", i, &node.title);
    svg.pill(
        (node.x, node.y),
        (WIDTH, HEIGHT),
        if node.column == 3 { HEIGHT / 2 } else { 5 },
    );
    svg.text((node.x + WIDTH / 2, node.y + 17), "name", &brief(&node.name, NAME));
    let second = match (node.astray, node.lost) {
        (0, 0) => brief(&node.owner, 22),
        (0, lost) => format!("{} lost", thousands(lost)),
        (astray, _) => format!("{} astray", thousands(astray)),
    };
    svg.text((node.x + WIDTH / 2, node.y + 32), "note", &second);
    svg.end();
}

/// What a script needs to light another way: edges of links, ends of edges, and each tenant's hops.
fn data(all: &Network, layout: &Layout) -> Json {
    let mut labels: Vec<String> = Vec::new();
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    let mut number = |text: &str| {
        *index.entry(text.to_owned()).or_insert_with(|| {
            labels.push(word(text));
            labels.len() - 1
        })
    };
    let ways = all.tenants.iter().map(|way| {
        let hops = way.hops.iter().filter(|hop| hop.link < all.links.len()).map(|hop| {
            let tags = hop.tags.iter().flat_map(|seen| {
                [
                    json!(number(&seen.tags)),
                    json!(seen.frames),
                    json!(seen.since_ns / 1_000),
                ]
            });
            let head = [json!(hop.link), json!(u8::from(hop.from_b))];
            Json::Array(head.into_iter().chain(tags).collect())
        });
        Json::Array(hops.collect())
    });
    let ways: Vec<Json> = ways.collect();
    let links = all
        .links
        .iter()
        .enumerate()
        .map(|(i, link)| json!([shown(&link.name), link.ends.0, link.ends.1, layout.edges_of[i]]));
    let edges = layout.edges.iter().enumerate().map(|(i, edge)| {
        let (x, y) = layout.middle(edge);
        json!([edge.a, edge.b, x, y.saturating_sub(6), u8::from(layout.says(i))])
    });
    json!({
        "tenants": all.tenants.iter().map(|way| shown(&way.name)).collect::<Vec<_>>(),
        "nodes": all.nodes.iter().map(|node| shown(&node.name)).collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
        "labels": labels,
        "ways": ways,
    })
}
