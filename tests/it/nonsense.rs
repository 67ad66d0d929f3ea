//! Nonsense under every key of every scenario that ships, and of items made up for the keys that none
//! of them has: each is refused where it stands.

mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tree::Tree;
use trunklab::provision::{Operation, ParamKind};
use trunklab::scenario::{Diagnostic, MemorySources, Refused, load_text, schema};

/// No name, number, word, quantity or address.
const NONSENSE: &str = "no such thing!";

/// No item's key, and no parameter of an operation.
const NO_KEY: &str = "no-such-key";

/// Keys whose single value may be any text, and why. Texts among a step's parameters are free too:
/// what the API would refuse, a step may ask for.
const FREE: &[(&str, &str)] = &[
    ("ScenarioFile.about", "prose"),
    ("ExpectItem.because", "prose"),
    ("DeviceItem.region", "regions are not a closed list"),
    ("VpcItem.region", "regions are not a closed list"),
    ("DeviceItem.access_point_id", "an id that the cloud gives"),
    ("PricesItem.currency", "any currency"),
    ("StepItem.token", "any token"),
    ("ActorItem.name", "a person"),
    ("ActorItem.reach", "how somebody is reached"),
    ("BoardItem.approver", "a person"),
    ("CaseItem.reach", "how a case is opened"),
    ("KnownCircuitItem.source", "where it was looked up"),
    ("KnownItem.dry_run", "a code of the API, of which no list is whole"),
    ("KnownItem.source", "where it was looked up"),
    ("MessageItem.by", "a person"),
    ("MessageItem.how", "prose"),
    ("MessageItem.to", "prose"),
    ("MessageItem.when", "prose"),
    ("RoleItem.name", "a person"),
    ("RoleItem.reach", "how somebody is reached"),
    ("RoleItem.role", "a role, by the board's own word"),
];

/// Everything that no shipped scenario says.
const MADE_UP: &str = include_str!("nonsense/made-up.yaml");

fn corpus(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name)).expect("a file of the corpus")
}

fn sources() -> MemorySources {
    MemorySources::new()
        .with("g.graphml", corpus("graphml/two-cities.graphml"))
        .with("c.pcap", corpus("capture/two-frames.pcap"))
}

fn scenarios(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => scenarios(&path, into),
            path => into.push(path),
        }
    }
    into.sort();
}

/// Every text that is tried, by its name: what ships, the fuzzer's seeds, and what is made up.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    scenarios(&root.join("scenarios"), &mut paths);
    assert!(paths.len() > 40, "{} scenarios ship", paths.len());
    paths.push(root.join("fuzz/corpus/scenario/every-key.yaml"));
    paths.push(root.join("fuzz/corpus/scenario/imports.yaml"));
    let name = |path: &Path| path.file_name().expect("a file").to_string_lossy().into_owned();
    let read = |path: &PathBuf| (name(path), std::fs::read_to_string(path).expect("a scenario"));
    let mut texts: Vec<_> = paths.iter().map(read).collect();
    texts.push(("made-up.yaml".to_owned(), MADE_UP.to_owned()));
    texts
}

/// A step's parameter that takes any text, whatever the operation.
fn is_free_parameter(id: &str) -> bool {
    let Some(name) = id.strip_prefix("StepItem.with.") else {
        return false;
    };
    let all = Operation::TABLE.iter().flat_map(|operation| operation.params);
    let mut kinds = all
        .filter(|param| param.name == name)
        .map(|param| param.kind)
        .peekable();
    kinds.peek().is_some() && kinds.all(|kind| kind == ParamKind::Text)
}

/// A key that is there, or a mapping: its item and name, and where it is.
struct Found {
    id: String,
    path: Vec<String>,
    is_single: bool,
}

/// Each key and each mapping of a tree once, where it stands first.
#[derive(Default)]
struct Seen {
    keys: BTreeMap<String, Found>,
    maps: BTreeMap<String, Vec<String>>,
}

/// What a schema is behind its reference, and the name of that.
fn behind<'a>(schema: &'a Value, root: &'a Value) -> (Option<&'a str>, &'a Value) {
    let of = |reference: &'a str| {
        let name = reference.rsplit('/').next().expect("a reference has a name");
        (Some(name), &root["$defs"][name])
    };
    let mut ways = schema["anyOf"].as_array().into_iter().flatten();
    match (schema["$ref"].as_str(), ways.find_map(|way| way["$ref"].as_str())) {
        (Some(reference), _) | (None, Some(reference)) => of(reference),
        (None, None) => (None, schema),
    }
}

/// Every key of the schema, once.
fn every_key(root: &Value) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let defs = root["$defs"].as_object().expect("items").iter();
    let whole = ("ScenarioFile", root);
    for (item, schema) in defs.map(|(name, schema)| (name.as_str(), schema)).chain([whole]) {
        let keys = schema["properties"].as_object().expect("an item has keys").keys();
        ids.extend(keys.map(|key| format!("{item}.{key}")));
    }
    ids
}

impl Seen {
    fn walk(&mut self, tree: &Tree, item: &str, schema: &Value, root: &Value, path: &mut Vec<String>) {
        match tree {
            Tree::Nothing | Tree::Text(_) => {}
            Tree::List(list) => {
                let (name, inner) = behind(&schema["items"], root);
                for (at, value) in list.iter().enumerate() {
                    path.push(at.to_string());
                    self.walk(value, name.unwrap_or(item), inner, root, path);
                    path.pop();
                }
            }
            Tree::Map(rows) => {
                self.maps.entry(item.to_owned()).or_insert_with(|| path.clone());
                for (key, value) in rows {
                    let of_key = &schema["properties"][key.as_str()];
                    let (name, inner) = match of_key.is_null() {
                        // A mapping with free keys.
                        true => (None, &schema["additionalProperties"]),
                        false => behind(of_key, root),
                    };
                    let id = format!("{item}.{key}");
                    path.push(key.clone());
                    let found = || Found {
                        id: id.clone(),
                        path: path.clone(),
                        is_single: matches!(value, Tree::Text(_)),
                    };
                    self.keys.entry(id.clone()).or_insert_with(found);
                    self.walk(value, name.unwrap_or(&id), inner, root, path);
                    path.pop();
                }
            }
        }
    }
}

/// The same scenario with few tenants in each line of `tenants`: many show nothing more, and take
/// their time.
fn small(mut tree: Tree) -> Tree {
    let Tree::Map(rows) = &mut tree else { return tree };
    for (_, tenants) in rows.iter_mut().filter(|(key, _)| key == "tenants") {
        let Tree::List(list) = tenants else { continue };
        for item in list {
            let Tree::Map(keys) = item else { continue };
            for (_, count) in keys.iter_mut().filter(|(key, _)| key == "count") {
                if matches!(&*count, Tree::Text(many) if many.len() > 2) {
                    *count = Tree::Text("5".to_owned());
                }
            }
        }
    }
    tree
}

/// What was written instead, and what is wrong with the refusal of it.
struct Trial<'a> {
    name: &'a str,
    sources: &'a MemorySources,
    wrong: Vec<String>,
    tried: usize,
}

impl Trial<'_> {
    /// Is this text refused, with a code, at one of these places?
    fn refused(&mut self, id: &str, what: &str, text: String, places: &[(u32, u32)]) {
        self.tried += 1;
        let said = match load_text(self.name, text, self.sources) {
            Ok(_) => "it is taken".to_owned(),
            Err(Refused { errors, .. }) => {
                let here = |error: &Diagnostic| places.contains(&(error.line(), error.column()));
                if errors.iter().any(here) {
                    return;
                }
                format!("it is refused elsewhere than at {places:?}: {}", errors[0])
            }
        };
        self.wrong.push(format!("{}: {id}, {what}: {said}", self.name));
    }

    fn values(&mut self, tree: &Tree, keys: &BTreeMap<String, Found>) {
        for found in keys.values() {
            let with = |value: Tree| {
                let mut changed = tree.clone();
                *changed.at(&found.path) = value;
                changed.write(&found.path, false)
            };
            let single = Tree::Text(NONSENSE.to_owned());
            let mapping = Tree::Map(vec![("nonsense".to_owned(), single.clone())]);
            if found.is_single {
                let (text, place) = with(mapping);
                self.refused(&found.id, "a mapping in its place", text, &[place]);
            }
            let is_free = FREE.iter().any(|(free, _)| *free == found.id) || is_free_parameter(&found.id);
            if !(found.is_single && is_free) {
                let (text, place) = with(single);
                self.refused(&found.id, "nonsense in its place", text, &[place]);
            }
        }
    }

    fn keys(&mut self, tree: &Tree, maps: &BTreeMap<String, Vec<String>>) {
        for (id, path) in maps {
            let mut changed = tree.clone();
            let Tree::Map(rows) = changed.at(path) else { continue };
            rows.push((NO_KEY.to_owned(), Tree::Text("1".to_owned())));
            let mut path = path.clone();
            path.push(NO_KEY.to_owned());
            let ((text, key), (_, value)) = (changed.write(&path, true), changed.write(&path, false));
            self.refused(id, "a key that it does not have", text, &[key, value]);
        }
    }
}

#[test]
fn nonsense_under_any_key_is_refused_where_it_stands() {
    let (root, sources) = (schema(), sources());
    let mut all = BTreeSet::new();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (name, text) in texts() {
        let tree = small(Tree::read(&text));
        let (whole, _) = tree.write(&[], false);
        if let Err(refused) = load_text(&name, whole, &sources) {
            panic!("{name}, written out: {}", refused.errors[0]);
        }
        let mut trial = Trial {
            name: &name,
            sources: &sources,
            wrong: Vec::new(),
            tried: 0,
        };
        let mut seen = Seen::default();
        seen.walk(&tree, "ScenarioFile", &root, &root, &mut Vec::new());
        trial.values(&tree, &seen.keys);
        trial.keys(&tree, &seen.maps);
        all.extend(seen.keys.into_keys());
        wrong.append(&mut trial.wrong);
        tried += trial.tried;
    }
    let unseen: Vec<_> = every_key(&root).into_iter().filter(|key| !all.contains(key)).collect();
    assert!(unseen.is_empty(), "no scenario has {unseen:?}");
    let stale: Vec<_> = FREE.iter().filter(|(key, _)| !all.contains(*key)).collect();
    assert!(stale.is_empty(), "no scenario has {stale:?}");
    assert!(wrong.is_empty(), "of {tried}, {}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 5_000, "{tried} were tried");
}

/// The variant of an item: what its schema says of it.
fn variant<'a>(item: &Tree, schema: &'a Value) -> Option<&'a Value> {
    let Tree::Map(rows) = item else { return None };
    let has = |key: &str| rows.iter().any(|(k, _)| k == key);
    let says = |key: &str, word: &str| match rows.iter().find(|(k, _)| k == key) {
        Some((_, value)) => *value == Tree::Text(word.to_owned()),
        // What is left out is as every variant has it that does not ask for the key.
        None => true,
    };
    let holds = |condition: &Value| {
        let needs = condition["required"].as_array().into_iter().flatten();
        let words = condition["properties"].as_object().into_iter().flatten();
        needs.filter_map(Value::as_str).all(has)
            && words
                .filter_map(|(key, word)| Some((key, word["const"].as_str()?)))
                .all(|(key, word)| says(key, word))
    };
    let variants = schema["allOf"].as_array()?.iter();
    variants
        .clone()
        .find(|variant| holds(&variant["if"]))
        .map(|variant| &variant["then"])
}

#[test]
fn a_key_of_another_variant_is_refused_where_it_stands() {
    let (root, sources) = (schema(), sources());
    let trees: Vec<_> = texts()
        .into_iter()
        .map(|(name, text)| (name, small(Tree::read(&text))))
        .collect();
    let mut samples = BTreeMap::new();
    for (_, tree) in &trees {
        let mut seen = Seen::default();
        seen.walk(tree, "ScenarioFile", &root, &root, &mut Vec::new());
        for (id, found) in seen.keys {
            samples
                .entry(id)
                .or_insert_with(|| tree.clone().at(&found.path).clone());
        }
    }
    let (mut variants, mut wrong, mut tried) = (BTreeSet::new(), Vec::new(), 0);
    for (name, tree) in &trees {
        for (section, item) in [
            ("traffic", "FlowItem"),
            ("faults", "FaultItem"),
            ("expect", "ExpectItem"),
        ] {
            let schema = &root["$defs"][item];
            let Tree::Map(sections) = tree else { continue };
            let Some((_, Tree::List(list))) = sections.iter().find(|(key, _)| key == section) else {
                continue;
            };
            for (at, written) in list.iter().enumerate() {
                let then = variant(written, schema).unwrap_or_else(|| panic!("{name}: {written:?} is no {item}"));
                let allowed = then["propertyNames"]["enum"]
                    .as_array()
                    .expect("a variant has its keys");
                if !variants.insert(format!("{item} {allowed:?} {}", then["required"])) {
                    continue;
                }
                let keys = schema["properties"].as_object().expect("an item has keys").keys();
                for key in keys.filter(|key| !allowed.iter().any(|allowed| allowed == *key)) {
                    let mut changed = tree.clone();
                    let path = [section.to_owned(), at.to_string()];
                    let Tree::Map(rows) = changed.at(&path) else { continue };
                    rows.push((key.clone(), samples[&format!("{item}.{key}")].clone()));
                    let inside = |key: &str| [section.to_owned(), at.to_string(), key.to_owned()];
                    // A list or mapping stands where its first value does; of two faults the time is named.
                    let mut first = inside(key).to_vec();
                    first.extend(samples[&format!("{item}.{key}")].first());
                    let (text, place) = changed.write(&first, false);
                    let places = [place, changed.write(&inside("at"), false).1];
                    let mut trial = Trial {
                        name,
                        sources: &sources,
                        wrong: Vec::new(),
                        tried: 0,
                    };
                    trial.refused(item, &format!("with `{key}` at {at}"), text, &places);
                    tried += trial.tried;
                    wrong.append(&mut trial.wrong);
                }
            }
        }
    }
    assert_eq!(variants.len(), 4 + 11 + 10, "{variants:#?}");
    assert!(wrong.is_empty(), "of {tried}, {}:\n{}", wrong.len(), wrong.join("\n"));
}
