//! Where nodes and links stand: columns by kind, rows so that few links cross, and what is too much folded.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::document::picture::{COLUMNS, Network, Tone};

/// A box.
pub(super) const WIDTH: u64 = 136;
/// A box.
pub(super) const HEIGHT: u64 = 42;
/// Between columns.
const GAP: u64 = 76;
/// Between rows.
const PITCH: u64 = 58;
/// Above the first row.
const TOP: u64 = 30;
/// Left and right of everything.
const MARGIN: u64 = 8;
/// Boxes of a column; the last stands for all that are left.
const MOST: usize = 14;
/// How often rows are sorted by their neighbours.
const SWEEPS: usize = 6;
/// The column of circuits, which are links.
const CIRCUIT: usize = 3;

/// A box on the page: a node, a circuit, or what is left of a column.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) title: String,
    pub(super) column: usize,
    pub(super) lost: u64,
    pub(super) astray: u64,
    pub(super) x: u64,
    pub(super) y: u64,
    /// How many nodes it stands for.
    stands_for: usize,
}

/// A line on the page, for one link or for several between the same boxes.
#[derive(Debug, Default)]
pub(super) struct Edge {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) title: String,
    pub(super) lost: u64,
    pub(super) astray: u64,
    pub(super) was_down: bool,
    /// Does it lead away from a circuit towards the cloud? Then the line before it has the tags.
    is_second: bool,
}

/// Where everything stands.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) titles: Vec<(u64, &'static str)>,
    pub(super) drawn: Vec<Drawn>,
    pub(super) edges: Vec<Edge>,
    /// The edges of each link.
    pub(super) edges_of: Vec<Vec<usize>>,
}

/// What is to be drawn, before columns are folded: nodes, then circuits.
struct Item {
    drawn: Drawn,
    /// It stands in the drawing, whatever is folded.
    keeps: bool,
}

impl Layout {
    pub(super) fn new(all: &Network, first: usize) -> Self {
        let items = items(all, first);
        let (mut layout, box_of) = folded(items);
        layout.connect(all, &box_of);
        layout.place();
        layout
    }

    /// Lines for the boxes that stand for many.
    pub(super) fn told_folds(&self) -> Vec<String> {
        let folds = self.drawn.iter().filter(|drawn| drawn.stands_for > 1);
        folds
            .map(|drawn| {
                let many = crate::check::thousands(drawn.stands_for as u64);
                format!("{}: {many} of this column are drawn as one box", COLUMNS[drawn.column])
            })
            .collect()
    }

    /// Does this line carry the label of tags? The second half of a circuit does not.
    pub(super) fn says(&self, edge: usize) -> bool {
        self.edges.get(edge).is_some_and(|edge| !edge.is_second)
    }

    fn connect(&mut self, all: &Network, box_of: &[usize]) {
        let mut index: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut circuit = all.nodes.len();
        for link in &all.links {
            let ends = (box_of.get(link.ends.0), box_of.get(link.ends.1));
            let (Some(a), Some(b)) = ends else {
                self.edges_of.push(Vec::new());
                continue;
            };
            let pairs = match link.is_circuit {
                true => {
                    let middle = box_of[circuit];
                    circuit += 1;
                    vec![(*a, middle, false), (middle, *b, true)]
                }
                false => vec![(*a, *b, false)],
            };
            let mut own = Vec::new();
            for (a, b, is_second) in pairs {
                let key = (a.min(b), a.max(b));
                let at = *index.entry(key).or_insert_with(|| {
                    let (a, b) = self.left_to_right(a, b);
                    self.edges.push(Edge {
                        a,
                        b,
                        is_second,
                        ..Edge::default()
                    });
                    self.edges.len() - 1
                });
                let edge = &mut self.edges[at];
                match edge.title.is_empty() {
                    true => {
                        edge.title = std::iter::once(&link.name)
                            .chain(&link.notes)
                            .cloned()
                            .collect::<Vec<_>>()
                            .join("; ")
                    }
                    false if !edge.title.ends_with("and more") => edge.title += "; and more",
                    false => {}
                }
                edge.lost += link.lost;
                edge.astray += link.astray;
                edge.was_down |= link.was_down;
                own.push(at);
            }
            self.edges_of.push(own);
        }
    }

    fn left_to_right(&self, a: usize, b: usize) -> (usize, usize) {
        match self.drawn[a].column <= self.drawn[b].column {
            true => (a, b),
            false => (b, a),
        }
    }

    fn place(&mut self) {
        let used: BTreeSet<usize> = self.drawn.iter().map(|drawn| drawn.column).collect();
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); COLUMNS.len()];
        for (i, drawn) in self.drawn.iter().enumerate() {
            rows[drawn.column].push(i);
        }
        self.sort(&mut rows);
        let most = rows.iter().map(Vec::len).max().unwrap_or(1) as u64;
        self.height = TOP + most * PITCH;
        for (at, column) in used.iter().enumerate() {
            let x = MARGIN + at as u64 * (WIDTH + GAP);
            self.titles.push((x, COLUMNS[*column]));
            let own = &rows[*column];
            let top = TOP + (most - own.len() as u64) * PITCH / 2;
            for (row, i) in own.iter().enumerate() {
                (self.drawn[*i].x, self.drawn[*i].y) = (x, top + row as u64 * PITCH);
            }
        }
        let columns = used.len() as u64;
        self.width = 2 * MARGIN + columns * WIDTH + columns.saturating_sub(1) * GAP;
    }

    /// Sorts each column by the middle of its neighbours, to and fro, so that few lines cross.
    fn sort(&self, rows: &mut [Vec<usize>]) {
        let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); self.drawn.len()];
        for edge in &self.edges {
            neighbours[edge.a].push(edge.b);
            neighbours[edge.b].push(edge.a);
        }
        let mut place: Vec<u64> = vec![0; self.drawn.len()];
        let number = |rows: &[Vec<usize>], place: &mut [u64]| {
            for own in rows {
                let of = own.len().max(1) as u64;
                for (row, i) in own.iter().enumerate() {
                    place[*i] = (2 * row as u64 + 1) * 100_000 / of;
                }
            }
        };
        number(rows, &mut place);
        for sweep in 0..SWEEPS {
            let columns: Vec<usize> = match sweep % 2 {
                0 => (0..rows.len()).collect(),
                _ => (0..rows.len()).rev().collect(),
            };
            for column in columns {
                let side = |other: usize| match sweep % 2 {
                    0 => self.drawn[other].column < column,
                    _ => self.drawn[other].column > column,
                };
                rows[column].sort_by_key(|i| {
                    let near: Vec<u64> = neighbours[*i].iter().filter(|n| side(**n)).map(|n| place[*n]).collect();
                    let middle = match near.is_empty() {
                        true => place[*i],
                        false => near.iter().sum::<u64>() / near.len() as u64,
                    };
                    // What stands for many stands last.
                    (self.drawn[*i].stands_for > 1, middle, *i)
                });
                number(rows, &mut place);
            }
        }
    }

    /// The middle of a line.
    pub(super) fn middle(&self, edge: &Edge) -> (u64, u64) {
        let (a, b) = (&self.drawn[edge.a], &self.drawn[edge.b]);
        if a.column == b.column {
            return (a.x + WIDTH + GAP / 3, (a.y + b.y) / 2 + HEIGHT / 2);
        }
        ((a.x + WIDTH + b.x) / 2, (a.y + b.y) / 2 + HEIGHT / 2)
    }

    /// The line from the right side of one box to the left side of the other.
    pub(super) fn curve(&self, edge: &Edge) -> String {
        let (a, b) = (&self.drawn[edge.a], &self.drawn[edge.b]);
        let (ya, yb) = (a.y + HEIGHT / 2, b.y + HEIGHT / 2);
        let from = a.x + WIDTH;
        if a.column == b.column {
            let out = from + GAP / 2;
            return format!("M{from} {ya}C{out} {ya} {out} {yb} {from} {yb}");
        }
        let middle = (from + b.x) / 2;
        format!("M{from} {ya}C{middle} {ya} {middle} {yb} {} {yb}", b.x)
    }
}

fn items(all: &Network, first: usize) -> Vec<Item> {
    let chosen = all.tenants.get(first);
    let mut keeps: BTreeSet<usize> = BTreeSet::new();
    let mut circuits: BTreeSet<usize> = BTreeSet::new();
    for way in chosen
        .into_iter()
        .chain(all.tenants.iter().filter(|way| way.tone == Tone::Bad).take(MOST / 2))
    {
        for link in way.hops.iter().filter_map(|hop| all.links.get(hop.link)) {
            keeps.extend([link.ends.0, link.ends.1]);
        }
        circuits.extend(way.hops.iter().map(|hop| hop.link));
    }
    let nodes = all.nodes.iter().enumerate().map(|(i, node)| Item {
        keeps: keeps.contains(&i),
        drawn: Drawn {
            title: titled(&node.name, &node.owner, &node.notes),
            name: node.name.clone(),
            owner: node.owner.clone(),
            column: node.column.min(COLUMNS.len() - 1),
            lost: node.lost,
            astray: node.astray,
            stands_for: 1,
            ..Drawn::default()
        },
    });
    let links = all.links.iter().enumerate().filter(|(_, link)| link.is_circuit);
    let links = links.map(|(i, link)| Item {
        keeps: circuits.contains(&i),
        drawn: Drawn {
            title: titled(&link.name, &link.owner, &link.notes),
            name: link.name.clone(),
            owner: link.notes.first().map_or(String::new(), |note| {
                note.split(',').next().unwrap_or_default().to_owned()
            }),
            column: CIRCUIT,
            lost: link.lost,
            astray: link.astray,
            stands_for: 1,
            ..Drawn::default()
        },
    });
    nodes.chain(links).collect()
}

fn titled(name: &str, owner: &str, notes: &[String]) -> String {
    let lines = [format!("{name} ({owner})")];
    lines.iter().chain(notes).cloned().collect::<Vec<_>>().join("; ")
}

/// Boxes, and the box of each item: of long columns those that say most, and one for the rest.
fn folded(items: Vec<Item>) -> (Layout, Vec<usize>) {
    let mut layout = Layout::default();
    let mut box_of = vec![0; items.len()];
    let mut stays = vec![true; items.len()];
    for column in 0..COLUMNS.len() {
        let mut own: Vec<usize> = (0..items.len()).filter(|i| items[*i].drawn.column == column).collect();
        if own.len() <= MOST {
            continue;
        }
        own.sort_by_key(|i| {
            let item = &items[*i];
            (!item.keeps, std::cmp::Reverse((item.drawn.astray, item.drawn.lost)), *i)
        });
        own[MOST - 1..].iter().for_each(|i| stays[*i] = false);
    }
    let mut rest: BTreeMap<usize, Drawn> = BTreeMap::new();
    let mut late = Vec::new();
    for (i, item) in items.into_iter().enumerate() {
        if stays[i] {
            box_of[i] = layout.drawn.len();
            layout.drawn.push(item.drawn);
            continue;
        }
        late.push((i, item.drawn.column));
        let fold = rest.entry(item.drawn.column).or_default();
        fold.column = item.drawn.column;
        fold.stands_for += 1;
        fold.lost += item.drawn.lost;
        fold.astray += item.drawn.astray;
    }
    let mut at = BTreeMap::new();
    for (column, mut fold) in rest {
        fold.name = format!("and {} more", crate::check::thousands(fold.stands_for as u64));
        fold.owner = "drawn as one".to_owned();
        fold.title = format!(
            "{} of this column, drawn as one box",
            crate::check::thousands(fold.stands_for as u64)
        );
        at.insert(column, layout.drawn.len());
        layout.drawn.push(fold);
    }
    for (i, column) in late {
        box_of[i] = at[&column];
    }
    (layout, box_of)
}
