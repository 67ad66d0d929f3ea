//! The documentation: its examples load, and its tables say what the code says.
//!
//! `TRUNKLAB_BLESS=1` writes the generated parts of `docs/scenarios.md` and `scenario.schema.json` anew.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use trunklab::provision::{LeadTimes, Operation, ParamKind, Policies};
use trunklab::scenario::{MemorySources, load_text, schema};

const MANUAL: &str = "docs/scenarios.md";

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn blessed() -> bool {
    std::env::var_os("TRUNKLAB_BLESS").is_some()
}

fn write(path: &str, text: &str) {
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), text).unwrap();
}

/// The ```yaml blocks of a document: line of the fence, text.
fn yaml_blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (i, line) in text.lines().enumerate() {
        match (&mut open, line.trim_end()) {
            (None, "```yaml") => open = Some((i + 1, String::new())),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), line) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    assert!(open.is_none(), "a block without an end");
    blocks
}

fn is_complete(block: &str) -> bool {
    block.lines().any(|line| line.starts_with("trunklab:"))
}

/// A fragment of sections, added to a complete scenario: items of lists behind its own.
fn added(base: &str, fragment: &str) -> String {
    let mut out: Vec<String> = base.lines().map(str::to_owned).collect();
    let mut section = None;
    for line in fragment.lines() {
        let top = line.split_once(':').filter(|_| line.starts_with(char::is_alphabetic));
        if let Some((key, _)) = top {
            section = Some(format!("{key}:"));
            if !out.iter().any(|l| l.starts_with(&format!("{key}:"))) {
                out.push(line.to_owned());
            }
            continue;
        }
        let key = section.as_ref().expect("a fragment begins with a section");
        let head = out.iter().position(|l| l.starts_with(key.as_str())).expect("just made");
        let rest = out[head + 1..].iter().position(|l| l.starts_with(char::is_alphabetic));
        out.insert(rest.map_or(out.len(), |n| head + 1 + n), line.to_owned());
    }
    out.join("\n") + "\n"
}

fn sources() -> MemorySources {
    let corpus =
        |name: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name)).unwrap();
    MemorySources::new()
        .with("backbone.graphml", corpus("graphml/two-cities.graphml"))
        .with("session.pcap", corpus("capture/two-frames.pcap"))
}

fn loads(place: &str, text: &str) {
    if let Err(refused) = load_text("example.yaml", text.to_owned(), &sources()) {
        let errors: String = refused.errors.iter().map(|e| format!("{e}\n")).collect();
        panic!("{place} does not load:\n{errors}\n{text}");
    }
}

#[test]
fn every_complete_example_of_the_documents_loads_and_every_fragment_does_in_the_first_one() {
    for path in [MANUAL, "README.md"] {
        let blocks = yaml_blocks(&read(path));
        let base = blocks.iter().find(|(_, b)| is_complete(b)).map(|(_, b)| b.clone());
        for (line, block) in &blocks {
            let place = format!("{path}:{line}");
            match &base {
                _ if is_complete(block) => loads(&place, block),
                Some(base) => loads(&place, &added(base, block)),
                None => {}
            }
        }
        assert!(path != MANUAL || blocks.len() > 12, "the manual has its examples");
    }
}

#[test]
fn the_generated_tables_of_the_manual_say_what_the_code_says() {
    let text = read(MANUAL);
    let fresh = generated(&text);
    if blessed() {
        write(MANUAL, &fresh);
        return;
    }
    for (now, then) in fresh.lines().zip(text.lines()) {
        assert_eq!(now, then, "{MANUAL} is stale; TRUNKLAB_BLESS=1 writes it anew");
    }
    assert_eq!(fresh.lines().count(), text.lines().count());
}

#[test]
fn every_section_and_every_list_of_keys_is_in_the_manual() {
    let (text, schema) = (read(MANUAL), schema());
    let defs = schema["$defs"]
        .as_object()
        .unwrap()
        .keys()
        .map(|k| format!("<!-- keys {k} -->"));
    for marker in defs.chain(["<!-- keys ScenarioFile -->".to_owned()]) {
        assert!(text.contains(&marker), "the manual lacks {marker}");
    }
}

#[test]
fn the_schema_that_editors_use_is_the_one_that_the_program_prints() {
    let fresh = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if blessed() {
        write("scenario.schema.json", &fresh);
    }
    assert!(
        fresh == read("scenario.schema.json"),
        "stale; TRUNKLAB_BLESS=1 writes it anew"
    );
}

/// The document with what stands between `<!-- kind name -->` and `<!-- end -->` made anew.
fn generated(text: &str) -> String {
    let schema = schema();
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line == "<!-- end -->" {
            inside = false;
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
        let marker = line.strip_prefix("<!-- ").and_then(|l| l.strip_suffix(" -->"));
        let Some(table) = marker.and_then(|m| table(m, &schema)) else {
            continue;
        };
        out.push_str(&table);
        inside = true;
    }
    assert!(!inside, "a generated part without an end");
    out
}

fn table(marker: &str, schema: &Value) -> Option<String> {
    match marker.split_once(' ') {
        Some(("keys", "ScenarioFile")) => Some(keys(schema)),
        Some(("keys", name)) => Some(keys(&schema["$defs"][name])),
        None if marker == "operations" => Some(operations()),
        None if marker == "policies" => Some(policies()),
        None if marker == "lead_times" => Some(lead_times()),
        _ => None,
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn keys(schema: &Value) -> String {
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut out = "\n| key | takes | meaning |\n|---|---|---|\n".to_owned();
    for (key, value) in schema["properties"].as_object().expect("a mapping has keys") {
        let bold = if required.contains(&key.as_str()) { "**" } else { "" };
        let what = value["description"].as_str().unwrap_or_default();
        let _ = writeln!(out, "| {bold}`{key}`{bold} | {} | {} |", takes(value), cell(what));
    }
    out.push('\n');
    out.push_str(&variants(schema));
    out
}

/// Texts of a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Which keys go together, where a key says what an item is; those of every variant are left out.
fn variants(schema: &Value) -> String {
    let variants: Vec<&Value> = schema["allOf"].as_array().into_iter().flatten().collect();
    let Some(first) = variants.first() else {
        return String::new();
    };
    let all = |variant: &Value| texts(&variant["then"]["propertyNames"]["enum"]).join(" ");
    let of_every: Vec<&str> = texts(&first["then"]["propertyNames"]["enum"])
        .into_iter()
        .filter(|key| {
            variants
                .iter()
                .all(|variant| all(variant).split(' ').any(|k| k == *key))
        })
        .collect();
    let mut out = "| with | needs | takes |\n|---|---|---|\n".to_owned();
    for variant in &variants {
        let needs = texts(&variant["then"]["required"]);
        let allowed = texts(&variant["then"]["propertyNames"]["enum"]);
        let takes = allowed
            .iter()
            .filter(|key| !of_every.contains(key) && !needs.contains(key));
        let quoted = |key: &&str| format!("`{key}`");
        let line = |keys: Vec<String>| keys.join(", ");
        let _ = writeln!(
            out,
            "| `{}` | {} | {} |",
            condition(&variant["if"]),
            line(needs.iter().map(quoted).collect()),
            line(takes.map(quoted).collect()),
        );
    }
    out.push('\n');
    out
}

/// What chooses a variant, as it is written.
fn condition(chosen: &Value) -> String {
    let word = chosen["properties"].as_object().and_then(|keys| keys.iter().next());
    match word {
        Some((key, value)) => format!("{key}: {}", value["const"].as_str().unwrap_or_default()),
        None => texts(&chosen["required"]).join(", "),
    }
}

/// What a key takes, in a word.
fn takes(value: &Value) -> String {
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    // A list with a name of its own is told elsewhere: operations below, codes by `trunklab explain`.
    if let (Some(name), true) = (value["title"].as_str(), value["enum"].is_array()) {
        return name.to_owned();
    }
    if let Some(words) = value["enum"].as_array() {
        let words: Vec<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(|w| format!("`{w}`"))
            .collect();
        return words.join(", ");
    }
    let pattern = value["pattern"].as_str().unwrap_or_default();
    for (part, word) in [
        ("(ns|", "time"),
        ("(bps|", "rate"),
        ("(B|", "octets"),
        ("%$", "share"),
        ("untagged", "stack of VIDs"),
        ("- ?[0-9]", "VLANs"),
        ("[:-]", "MAC address"),
    ] {
        if pattern.contains(part) {
            return word.to_owned();
        }
    }
    let types: Vec<String> = match &value["type"] {
        Value::String(one) => vec![one.clone()],
        many => list(many).iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    let has = |name: &str| types.iter().any(|t| t == name);
    match () {
        () if value.get("anyOf").is_some() || value.get("oneOf").is_some() || value.get("$ref").is_some() => {
            either(value)
        }
        () if has("array") => format!("list of {}", plural(&takes(&value["items"]))),
        () if has("object") => "mapping".to_owned(),
        () if has("number") => "text or number".to_owned(),
        () if has("string") => "text".to_owned(),
        () if has("integer") => "whole number".to_owned(),
        () if has("boolean") => "`true`, `false`".to_owned(),
        () => "value".to_owned(),
    }
}

fn either(value: &Value) -> String {
    if value["$ref"].is_string() {
        return "mapping".to_owned();
    }
    let all = value["anyOf"]
        .as_array()
        .into_iter()
        .chain(value["oneOf"].as_array())
        .flatten();
    let kinds: Vec<String> = all
        .filter(|v| v["type"] != "null")
        .map(|v| v["const"].as_str().map_or_else(|| takes(v), |word| format!("`{word}`")))
        .collect();
    kinds.join(" or ")
}

fn plural(word: &str) -> String {
    match word {
        "mapping" | "text" | "time" | "rate" | "whole number" => format!("{word}s"),
        other => other.to_owned(),
    }
}

fn operations() -> String {
    let mut out = "\n| operation | called by | what it does | parameters |\n|---|---|---|---|\n".to_owned();
    for op in Operation::TABLE {
        let params: Vec<String> = op
            .params
            .iter()
            .map(|p| {
                let bold = if p.required { "**" } else { "" };
                format!("{bold}`{}`{bold} ({}): {}", p.name, kind(p.kind), cell(p.what))
            })
            .collect();
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            op.name,
            cell(op.by),
            cell(op.what.trim()),
            params.join("<br>")
        );
    }
    out.push('\n');
    out
}

fn kind(kind: ParamKind) -> String {
    match kind {
        ParamKind::Text => "text".to_owned(),
        ParamKind::Int => "number".to_owned(),
        ParamKind::Bool => "`true`, `false`".to_owned(),
        ParamKind::Account => "account".to_owned(),
        ParamKind::Resource => "resource".to_owned(),
        ParamKind::Choice(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
    }
}

fn policies() -> String {
    let mut out = "\n| policy | default | takes | question |\n|---|---|---|---|\n".to_owned();
    for policy in Policies::default().list() {
        let takes = Policies::alternatives(policy.name).unwrap_or_default();
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {} | {} |",
            policy.name,
            policy.default,
            cell(&takes),
            cell(policy.what)
        );
    }
    out.push('\n');
    out
}

fn lead_times() -> String {
    let mut out = "\n| lead time | default | of what |\n|---|---|---|\n".to_owned();
    for (name, range, what) in LeadTimes::default().list() {
        let _ = writeln!(out, "| `{name}` | `{}` | {} |", range.min, cell(what));
    }
    out.push('\n');
    out
}

#[test]
fn the_table_of_duties_says_what_the_contract_says() {
    const PAGE: &str = "docs/contract.md";
    let mut table = String::from("\n| duty | what is owed | source |\n|---|---|---|\n");
    for duty in trunklab::contract::Duty::ALL {
        let _ = writeln!(table, "| `{}` | {} | {} |", duty.as_str(), duty.owes(), duty.source());
    }
    table.push('\n');
    let text = read(PAGE);
    let (before, rest) = text.split_once("<!-- duties -->\n").expect("the page has its table");
    let (there, after) = rest.split_once("<!-- end -->").expect("the table ends");
    if blessed() {
        write(PAGE, &format!("{before}<!-- duties -->\n{table}<!-- end -->{after}"));
    } else {
        assert_eq!(there, table, "TRUNKLAB_BLESS=1 writes it anew");
    }
}
