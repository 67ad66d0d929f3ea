//! No hash map is walked: its order would get out. Asking it for a key is all that one may do.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::house::House;
use crate::token::{Kind, Token};
use crate::tree::{Source, Tree};

/// Methods that show an order.
const WALKS: &[&str] = &[
    "iter",
    "iter_mut",
    "keys",
    "values",
    "values_mut",
    "drain",
    "retain",
    "into_iter",
    "into_keys",
    "into_values",
    "extract_if",
    "union",
    "intersection",
    "difference",
    "symmetric_difference",
];

/// Methods that walk what they are given.
const TAKERS: &[&str] = &["extend", "from_iter", "chain", "zip"];

/// Types that hold another and lend it.
const WRAPPERS: &[&str] = &[
    "Option", "Box", "Rc", "Arc", "RefCell", "Cell", "Mutex", "RwLock", "OnceCell", "OnceLock", "LazyCell", "LazyLock",
    "Cow",
];

pub fn rule(tree: &Tree, _: &House) -> Vec<Finding> {
    let mut rooms: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in &tree.sources {
        rooms.entry(&source.room).or_default().push(source);
    }
    let mut found = Vec::new();
    for sources in rooms.values() {
        let types = types(sources);
        let held: Vec<BTreeSet<String>> = sources.iter().map(|s| held(&s.tokens, &types)).collect();
        let in_room: BTreeSet<String> = held.iter().flatten().cloned().collect();
        for (source, in_file) in sources.iter().zip(&held) {
            found.extend(walks(source, in_file, &in_room));
        }
    }
    found
}

/// The names of hash maps and sets in a room: the library's, and those that the room gives them.
fn types(sources: &[&Source]) -> BTreeSet<String> {
    let mut types: BTreeSet<String> = ["HashMap", "HashSet"].map(str::to_owned).into();
    loop {
        let before = types.len();
        for source in sources {
            let t = &source.tokens;
            for i in 0..t.len().saturating_sub(2) {
                if types.contains(&t[i].text) && t[i + 1].is("as") {
                    types.insert(t[i + 2].text.clone());
                }
                if t[i].is("type")
                    && let Some(equals) = (i..t.len().min(i + 24)).find(|j| t[*j].is("="))
                    && hash_type(t, equals + 1, &types)
                {
                    types.insert(t[i + 1].text.clone());
                }
            }
        }
        if types.len() == before {
            return types;
        }
    }
}

/// Whether the type that begins at `i` is a hash map, lent or wrapped as it may be.
fn hash_type(t: &[Token], mut i: usize, types: &BTreeSet<String>) -> bool {
    while let Some(token) = t.get(i) {
        let next = t.get(i + 1);
        if types.contains(&token.text) && token.is_word() {
            return true;
        }
        let path = token.is_word() && next.is_some_and(|n| n.is("::"));
        let wrapper = WRAPPERS.contains(&token.text.as_str()) && next.is_some_and(|n| n.is("<"));
        if path || wrapper {
            i += 2;
        } else if token.is("&") || token.is("&&") || token.is("mut") || token.is("::") || token.kind == Kind::Lifetime {
            i += 1;
        } else {
            return false;
        }
    }
    false
}

/// Fields, bindings, parameters and functions of a file that hold or return a hash map.
fn held(t: &[Token], types: &BTreeSet<String>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for i in 0..t.len() {
        let name = t.get(i + 1);
        let colon = t[i].is_word() && name.is_some_and(|n| n.is(":"));
        if colon && hash_type(t, i + 2, types) {
            out.insert(t[i].text.clone());
        }
        if t[i].is("fn") {
            let end = (i..t.len()).find(|j| t[*j].is("{") || t[*j].is(";")).unwrap_or(t.len());
            if let Some(arrow) = (i..end).rev().find(|j| t[*j].is("->"))
                && hash_type(t, arrow + 1, types)
            {
                out.extend(name.map(|n| n.text.clone()));
            }
        }
        if t[i].is("let") {
            let at = i + 1 + usize::from(name.is_some_and(|n| n.is("mut")));
            let end = (i..t.len()).find(|j| t[*j].is(";")).unwrap_or(t.len());
            let made = t.get(at + 1).is_some_and(|e| e.is("=")) && hash_type(t, at + 2, types);
            let collected = (at..end.saturating_sub(3))
                .any(|j| t[j].is("collect") && t[j + 1].is("::") && t[j + 2].is("<") && hash_type(t, j + 3, types));
            if made || collected {
                out.extend(t.get(at).map(|n| n.text.clone()));
            }
        }
        // `struct Seen(HashMap<..>)`: the field is called 0.
        if t[i].is("struct") && t.get(i + 2).is_some_and(|p| p.is("(")) {
            let at = i + 3 + usize::from(t.get(i + 3).is_some_and(|p| p.is("pub")));
            if hash_type(t, at, types) {
                out.insert("0".to_owned());
            }
        }
    }
    out
}

fn walks(source: &Source, in_file: &BTreeSet<String>, in_room: &BTreeSet<String>) -> Vec<Finding> {
    let t = &source.tokens;
    let mut found = Vec::new();
    for i in 0..t.len() {
        let field = i > 0 && t[i - 1].is(".");
        let known = if field && t[i].text != "0" { in_room } else { in_file };
        if t[i].test || !known.contains(&t[i].text) || !(t[i].is_word() || field) {
            continue;
        }
        let end = past_groups(t, i + 1);
        let walked = t.get(end).is_some_and(|d| d.is("."))
            && t.get(end + 1).is_some_and(|m| WALKS.contains(&m.text.as_str()))
            && t.get(end + 2).is_some_and(|p| p.is("("));
        let start = start_of(t, i);
        let before = |n: usize| start.checked_sub(n).map(|j| &t[j]);
        let looped = before(1).is_some_and(|b| b.is("in")) && t.get(end).is_some_and(|b| b.is("{"));
        let given = before(1).is_some_and(|b| b.is("("))
            && before(2).is_some_and(|b| TAKERS.contains(&b.text.as_str()))
            && (t.get(end).is_some_and(|b| b.is(")")) || t.get(end + 1).is_some_and(|b| b.is("clone")));
        if walked || looped || given {
            found.push(Finding {
                rule: "hash",
                file: source.path.clone(),
                line: t[i].line,
                name: t[i].text.clone(),
                why: "is a hash map or set, and is walked".to_owned(),
            });
        }
    }
    found
}

/// Past the brackets of a call or an index.
fn past_groups(t: &[Token], mut i: usize) -> usize {
    while t.get(i).is_some_and(|open| open.is("(") || open.is("[")) {
        let mut depth = 0;
        while let Some(token) = t.get(i) {
            depth += i32::from(token.kind == Kind::Open) - i32::from(token.kind == Kind::Close);
            i += 1;
            if depth == 0 {
                break;
            }
        }
    }
    i
}

/// Where the place that ends in a field begins: `&mut self.table.by_mac` at its `&`.
fn start_of(t: &[Token], mut i: usize) -> usize {
    while i >= 2 && t[i - 1].is(".") && (t[i - 2].is_word() || t[i - 2].kind == Kind::Literal) {
        i -= 2;
    }
    while i >= 1 && (t[i - 1].is("&") || t[i - 1].is("mut") || t[i - 1].is("*")) {
        i -= 1;
    }
    i
}
