//! The story of the control plane, by the file's own names, and what follows from what: in every rendering.

use trunklab::report::{Document, Format, run_document};
use trunklab::scenario::MemorySources;
use trunklab::{judge, load, report, run};

const SETUP: &str = include_str!("../../../scenarios/provisioning/first-time-setup.yaml");
const FORMATS: [Format; 6] = [
    Format::Text { verbose: false },
    Format::Text { verbose: true },
    Format::Json,
    Format::Junit,
    Format::Markdown,
    Format::Csv,
];

/// A conversion with traffic, less of it than is shipped.
fn conversion() -> String {
    let shipped = include_str!("../../../scenarios/migration/legacy-to-shared-port.yaml");
    shipped.replace("rate: 20M", "rate: 500k")
}

fn document(text: &str) -> Document {
    let loaded = load("story.yaml", &MemorySources::new().with("story.yaml", text)).expect("a scenario");
    let record = run(&loaded.plan).expect("a plan that exists can be run");
    let judgement = judge(&loaded.plan, &record);
    let told = report("story.yaml", &loaded.plan, &record, judgement);
    run_document(&[told], &[], false)
}

fn json(document: &Document) -> serde_json::Value {
    let root: serde_json::Value = serde_json::from_str(&document.render(Format::Json)).expect("JSON");
    root["runs"][0].clone()
}

fn people(document: &Document) -> String {
    document.render(Format::Text { verbose: false })
}

/// The scenario without the lines that hold this.
fn without(text: &str, part: &str) -> String {
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains(part)).collect();
    assert!(kept.len() < text.lines().count(), "{part}");
    kept.join("\n") + "\n"
}

fn rows<'v>(run: &'v serde_json::Value, table: &str) -> &'v [serde_json::Value] {
    run[table].as_array().expect("a table")
}

#[test]
fn each_call_is_told_with_its_time_its_caller_and_its_outcome_by_the_files_own_names() {
    let document = document(&conversion());
    let run = json(&document);
    let steps = rows(&run, "steps");
    let attach = steps
        .iter()
        .rfind(|s| s["call"] == "AttachVbrToVpconn")
        .expect("a call");
    assert_eq!(
        (&attach["at_ns"], &attach["by"], &attach["tenant"], &attach["outcome"]),
        (
            &20_000_000_000u64.into(),
            &"telecom".into(),
            &"acme".into(),
            &"accepted".into()
        )
    );
    assert_eq!(attach["on"], serde_json::json!(["acme-vbr", "acme-port"]));
    let early = steps
        .iter()
        .find(|s| s["at_ns"] == 14_000_000_000u64)
        .expect("an attach before the acceptance");
    assert_eq!(
        (&early["outcome"], &early["code"], &early["as_expected"]),
        (
            &"refused".into(),
            &"IncorrectStatus.PhysicalConnection".into(),
            &true.into()
        )
    );
    assert!(
        early["message"].as_str().expect("text").starts_with("acme-port is"),
        "{early}"
    );
    for format in FORMATS {
        let text = document.render(format);
        assert!(!text.contains("unbound"), "{format:?}");
    }
}

#[test]
fn an_outcome_that_comes_after_its_call_is_told_when_it_comes() {
    let run = json(&document(&conversion()));
    let attached: Vec<_> = rows(&run, "outcomes")
        .iter()
        .filter(|row| row["tenant"] == "acme" && row["outcome"] == "attached")
        .collect();
    assert_eq!(attached.len(), 1, "{}", run["outcomes"]);
    let (at, circuit) = (attached[0]["at_ns"].as_u64(), &attached[0]["circuit"]);
    assert!(at > Some(3_000_000_000) && circuit == "circuit-1", "{}", attached[0]);
}

#[test]
fn a_tenant_that_never_accepted_is_still_legacy_and_the_refused_attach_says_so_under_it() {
    let forgotten = without(&conversion(), "do: ConfirmPhysicalConnection");
    let forgotten = without(&forgotten, "at: 22s");
    let document = document(&forgotten);
    let text = people(&document);
    let refused = "acme: AttachVbrToVpconn of acme-vbr, acme-port by telecom at 20s was refused: \
                   IncorrectStatus.PhysicalConnection: acme-port is UnConfirmed and Allocated";
    let (before, after) = text.split_once(refused).expect("the refusal names tenant and step");
    let line = before.rsplit_once("line ").expect("its line").1;
    assert_eq!(
        forgotten.lines().position(|l| l.contains("at: 20s")),
        line.trim_end_matches(": ").parse::<usize>().ok().map(|n| n - 1)
    );
    let next = after.lines().nth(1).expect("what follows from it");
    assert_eq!(
        next.trim(),
        "at the end acme is still legacy: acme-port was never accepted"
    );
    let run = json(&document);
    let end = rows(&run, "services")
        .iter()
        .find(|s| s["tenant"] == "acme")
        .expect("its service");
    assert_eq!(
        (&end["kind"], &end["port"], &end["open"], &end["unfinished"]),
        (
            &"legacy".into(),
            &"acme-port".into(),
            &true.into(),
            &"still legacy: acme-port was never accepted".into()
        )
    );
}

#[test]
fn a_conversion_that_stops_half_way_is_told_although_every_call_was_accepted() {
    let half = without(&without(&conversion(), "at: 20s"), "at: 22s");
    let document = document(&half);
    let text = people(&document);
    assert!(text.contains("services at the end: 1 of 2 unfinished"), "{text}");
    assert!(
        text.contains("still legacy: acme-vbr was never attached to acme-port"),
        "{text}"
    );
    let provisioning = &json(&document)["verdicts"][3];
    assert_eq!(
        (&provisioning["check"], &provisioning["verdict"]),
        (&"provisioning".into(), &"PASS".into())
    );
}

/// Six tenants on one circuit.
fn six(faults: &str) -> String {
    let mut text = "trunklab: 1\nname: six\nseed: 3\nduration: 12s\n\
        accounts: [{ name: telecom, uid: 1200000000000001, role: partner }]\n\
        access_points: [{ name: ap }]\n\
        access_devices: [{ name: dev, region: cn-shanghai }]\n\
        circuits: [{ name: circuit-1, a: ap, b: dev, rate: 1G, delay: 2ms }]\n\
        tenants:\n"
        .to_owned();
    for at in 1..=6 {
        text += &format!(
            "  - {{ name: t{at}, circuit: circuit-1, vlan_id: {}, spec: 50M, \
             traffic: {{ interval: 20ms, start: 4s, stop: 11s, answered: true }} }}\n",
            100 + at
        );
    }
    text += faults;
    text += "expect:\n";
    for at in 1..=6 {
        text += &format!("  - {{ check: continuity, tenant: t{at} }}\n");
    }
    text
}

#[test]
fn what_follows_from_one_cut_line_is_folded_under_it_and_programs_are_told_each() {
    let cut = "faults: [{ at: 6s, cut: circuit-1 }, { at: 6500ms, restore: circuit-1 }]\n";
    let document = document(&six(cut));
    let text = people(&document);
    assert!(
        text.contains("6 verdicts follow from this: circuit-1 was cut at 6s"),
        "{text}"
    );
    assert!(text.contains("and 2 more: --verbose shows all"), "{text}");
    let told = text.lines().filter(|l| l.contains("FAIL") && l.contains("continuity"));
    assert_eq!(told.count(), 4, "the first of them: {text}");
    let run = json(&document);
    let fail: Vec<_> = rows(&run, "verdicts")
        .iter()
        .filter(|v| v["check"] == "continuity")
        .collect();
    assert_eq!(fail.len(), 6);
    for verdict in fail {
        let root = &verdict["follows_from"];
        assert_eq!(
            (&root["kind"], &root["place"], &root["reason"]),
            (&"cut".into(), &"circuit-1".into(), &"link_down".into()),
            "{verdict}"
        );
        assert!(verdict["numbers"]["lost_frames"].as_u64() > Some(0), "{verdict}");
    }
    let markdown = document.render(Format::Markdown);
    assert!(
        markdown.contains("6 follow from this: circuit-1 was cut at 6s"),
        "{markdown}"
    );
    assert_eq!(
        markdown.matches("| FAIL | continuity |").count(),
        6,
        "Markdown cuts nothing"
    );
    let junit = document.render(Format::Junit);
    assert_eq!(junit.matches("follows from: circuit-1 was cut at 6s").count(), 6);
}

#[test]
fn what_follows_from_a_refused_step_is_folded_under_it_and_nothing_is_unbound() {
    let forgotten = without(SETUP, "at: 628h");
    let document = document(&forgotten);
    let line = forgotten.lines().position(|l| l.contains("at: 629h")).expect("a line") + 1;
    let text = people(&document);
    let root = format!(
        "verdicts follow from this: line {line}: acme: CreateVirtualBorderRouter of acme-port, acme-vbr was refused"
    );
    assert!(text.contains(&root), "{text}");
    assert!(text.contains("acme-vbr was never made"), "{text}");
    let run = json(&document);
    let verdicts = rows(&run, "verdicts");
    for flow in ["ping-vbr", "web"] {
        let verdict = verdicts.iter().find(|v| v["subject"] == flow).expect("its verdict");
        let from = &verdict["follows_from"];
        assert_eq!(
            (&from["kind"], &from["line"]),
            (&"step".into(), &line.into()),
            "{verdict}"
        );
    }
    for good in verdicts.iter().filter(|v| v["verdict"] == "PASS") {
        assert!(good["follows_from"].is_null(), "{good}");
    }
    let follows = rows(&run, "steps").iter().filter(|s| s["follows_from_line"] == line);
    assert_eq!(follows.count(), 2, "its route and its attachment: {}", run["steps"]);
    for format in FORMATS {
        assert!(!document.render(format).contains("unbound"), "{format:?}");
    }
}

#[test]
fn where_all_is_well_nothing_follows_from_anything() {
    let document = document(&six(""));
    let run = json(&document);
    assert!(rows(&run, "verdicts").iter().all(|v| v["follows_from"].is_null()));
    assert!(!people(&document).contains("follow from this"));
}

#[test]
fn a_conversion_that_is_refused_leaves_a_tenant_that_is_told_as_legacy_and_names_the_step_that_made_nothing() {
    // Without outbound billing the conversion is refused; the dry run before it, too, and nothing follows from that.
    let text = without(&conversion(), "do: OpenPhysicalConnectionService");
    let at = |part: &str| text.lines().position(|line| line.contains(part)).expect("a line") + 1;
    let made = at("as: acme-port");
    let document = document(&text);
    let run = json(&document);
    let own = rows(&run, "services").iter().find(|s| s["tenant"] == "acme");
    assert_eq!(
        own.expect("a service")["unfinished"],
        "still legacy: acme-port was never made"
    );
    let text = people(&document);
    let because = format!("acme-port was never made: the step of line {made} was refused");
    assert!(text.contains(&because), "{because}: {text}");
    assert!(
        !text.contains("so line") || !text.contains(&format!("so line {made}:")),
        "{text}"
    );
}

#[test]
fn a_dry_run_that_passes_is_as_it_should_be_with_and_without_its_code_and_makes_nothing() {
    let dry = "  - { at: 6s, by: telecom, do: CreateVirtualPhysicalConnection, as: p2, dry_run: true, with: { \
               PhysicalConnectionId: circuit-1, VpconnAliUid: acme, VlanId: 201, Spec: 50M, OrderMode: \
               PayByVirtualPhysicalConnectionOwner } }\n";
    let later = "  - { at: 7s, by: acme, do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: p2 } }\n";
    let with = |steps: &str| conversion().replace("traffic:\n", &format!("{steps}traffic:\n"));
    let passed = json(&document(&with(dry)));
    let step = rows(&passed, "steps")
        .iter()
        .find(|s| s["on"] == serde_json::json!(["circuit-1", "p2"]));
    assert_eq!(step.expect("a step")["as_expected"], true);
    let text = people(&document(&with(&(dry.to_owned() + later))));
    assert!(text.contains("p2 was never made: the step of line"), "{text}");
    assert!(text.contains("was a dry run"), "{text}");
}
