//! The reader: any text, the schema, and a hundred thousand tenants.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_text_panics_the_reader(text in "\\PC{0,200}") {
        prop_assert!(read(&text).is_err());
    }

    #[test]
    fn a_scenario_with_a_piece_changed_is_read_or_refused(which: bool, at in 0usize..8000, len in 0usize..12, to in "[ -~\n]{0,8}") {
        let whole = if which { TWO } else { include_str!("../../../tests/data/scenario/equinix.yaml") };
        let at = at % whole.len();
        let end = (at + len).min(whole.len());
        let text = format!("{}{to}{}", &whole[..at], &whole[end..]);
        if let Err(refused) = read(&text) {
            prop_assert!(!refused.errors.is_empty());
            for error in &refused.errors {
                let _ = error.render(&refused.source, false);
                prop_assert!(error.span.end as usize <= text.len() + 1);
            }
        }
    }

    #[test]
    fn a_scenario_with_a_line_twice_or_missing_is_read_or_refused(line in 0usize..60, twice: bool) {
        let mut lines: Vec<&str> = TWO.lines().collect();
        let line = line % lines.len();
        if twice { lines.insert(line, lines[line]); } else { lines.remove(line); }
        let _ = read(&lines.join("\n"));
    }
}

fn undocumented(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    if let Some(properties) = value.get("properties").and_then(|p| p.as_object()) {
        for (key, property) in properties {
            let text = property.get("description").and_then(|d| d.as_str()).unwrap_or_default();
            if text.is_empty() {
                found.push(format!("{path}.{key}"));
            }
        }
    }
    if let Some(defs) = value.get("$defs").and_then(|d| d.as_object()) {
        for (key, def) in defs {
            undocumented(def, key, found);
        }
    }
}

#[test]
fn the_schema_documents_every_key_and_refuses_others() {
    let schema = schema();
    let mut found = Vec::new();
    undocumented(&schema, "", &mut found);
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["$defs"]["IdcItem"]["additionalProperties"], false);
    let required: Vec<&str> = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|v| v.as_str())
        .collect();
    assert_eq!(required, ["trunklab", "name", "duration"]);
    assert_eq!(schema["$defs"]["IdcItem"]["properties"]["port"]["enum"][0], "access");
}

#[test]
fn no_and_on_stay_texts_and_numbers_may_be_names() {
    let text = with("name: acme-dc,", "name: no,").replacen("from: acme-dc/172.16.0.10", "from: no", 1);
    assert!(plan(&text).nodes.iter().any(|n| n.name == "no"));
    let text = with("name: acme-dc,", "name: 007,").replacen("from: acme-dc/172.16.0.10", "from: 007", 1);
    assert!(plan(&text).nodes.iter().any(|n| n.name == "007"));
}

#[test]
fn anchors_and_aliases_save_typing() {
    let text = with("b: dev-sh-1", "b: dev-sh-1, rate: &r 10G, bandwidth: *r");
    assert_eq!(plan(&text).circuits[0].bandwidth.to_string(), "10G");
}

/// A scenario with `n` tenants written out one by one.
fn written_out(n: usize) -> String {
    let circuits = n.div_ceil(2500);
    let mut text = String::from(
        "trunklab: 1\nname: big\nduration: 20s\naccounts: [{ name: telecom, uid: 1, role: partner }]\naccess_points: [{ name: ap }]\naccess_devices: [{ name: dev, region: r }]\ncircuits:\n",
    );
    for c in 0..circuits {
        writeln!(text, "  - {{ name: c{c}, a: ap, b: dev, rate: 100G }}").unwrap();
    }
    text.push_str("tenants:\n");
    for i in 0..n {
        let (c, vlan) = (i % circuits, i / circuits + 1);
        writeln!(
            text,
            "  - {{ name: t{i:06}, circuit: c{c}, vlan_id: {vlan}, spec: 50M, payer: tenant, traffic: {{ rate: 1M, size: 512, count: 10 }} }}"
        )
        .unwrap();
    }
    text
}

#[test]
fn ten_thousand_tenants_written_out_give_their_plan() {
    let plan = plan(&written_out(10_000));
    assert_eq!(
        (plan.tenants.len(), plan.vbr_slots.len(), plan.flows.len()),
        (10_000, 10_000, 10_000)
    );
}

/// Run with `--ignored --nocapture`, and `--release` for the figure that counts.
#[test]
#[ignore = "a measurement of a hundred thousand tenants"]
fn a_hundred_thousand_tenants_load_in_seconds() {
    let text = written_out(100_000);
    let octets = text.len();
    let begun = std::time::Instant::now();
    let plan = plan(&text);
    eprintln!(
        "{octets} octets, {} nodes, {} steps: {:?}",
        plan.nodes.len(),
        plan.steps.len(),
        begun.elapsed()
    );
    assert_eq!(plan.tenants.len(), 100_000);
    assert!(begun.elapsed().as_secs() < 60);
}
