//! How runbooks are written: goldens of a small one in both languages, cells that no spreadsheet runs, hostile names,
//! certificates that were changed.

use super::{Paper, read_certificate, render};
use crate::check::Verdict;
use crate::preflight::{Evidence, Language, preflight};
use crate::provision::{AttachEffect, Policies};
use crate::record::ClientUse;
use crate::rehearse::{Damage, Outcome, Rehearsal, Run, ServiceTold, StepTold};
use crate::runbook::{Decision, Input, Rehearsed, Runbook};
use crate::scenario::{Cutover, MemorySources, Unit, load};
use crate::units::{SimDuration, SimTime};

/// Two tenants: one goes, one never accepts; nobody has written down who approves.
const SMALL: &str = "
trunklab: 1
name: small
seed: 7
duration: 100s
prices: { currency: CNY, port_per_month: { 100M: 350 } }
accounts: [{ name: telecom, uid: 1200000000000001, role: partner, site: cn }]
access_points: [{ name: ap }]
access_devices: [{ name: dev, region: cn-shanghai }]
circuits: [{ name: c1, a: ap, b: dev, bandwidth: 1G }]
tenants:
  - { name: acme, circuit: c1, vlan_id: 101, spec: 100M, legacy: true }
  - { name: globex, circuit: c1, vlan_id: 102, spec: 100M, legacy: true }
cutover:
  prepare: { at: 20s, acceptance: { median: 1s, p95: 2s, longest: 3s }, never: [globex] }
  window: { at: 60s, lasts: 30s }
  containment: { stop: { tenants: 1 } }
  known: [{ source: a mail, tenants: [acme], outbound_billing: true, peak: 120M, peak_over: 1s }]
  board:
    opens: \"2026-12-05T22:00:00+08:00\"
    actors: [{ account: telecom, name: Li Wei, reach: \"+86 21 5555 0100\" }]
    pre_checks: [\"ping -c 5 -I {local} {peer}\"]
";

/// What a rehearsal of it could have come to: nothing lost, where nothing is interrupted.
fn rehearsal(cutover: &Cutover) -> Rehearsal {
    let steps = cutover.units.iter().flat_map(|unit| {
        let never = unit.carried_over.is_some();
        unit.steps.iter().enumerate().map(move |(at, step)| StepTold {
            name: step.name.clone(),
            at: (!never || at == 0).then(|| match step.in_window {
                true => SimTime::from_secs(60),
                false => SimTime::from_secs(20 + at as u64),
            }),
            by: step.by.clone(),
            operation: step.operation.as_str(),
            refused: None,
        })
    });
    let service = |unit: &Unit| ServiceTold {
        tenant: unit.tenant.clone(),
        idc: unit.idc.clone().unwrap_or_default(),
        vbr: Some(unit.vbr.clone()),
        wave: Some(unit.wave),
        is_test: false,
        outcome: match unit.carried_over {
            Some(carried) => Outcome::CarriedOver(carried),
            None => Outcome::Converted,
        },
        damage: Damage {
            offered: 1_000,
            ..Damage::default()
        },
        verdict: Verdict::Pass,
        unseen: Vec::new(),
        changed: Vec::new(),
        unknown: Vec::new(),
        billed: Vec::new(),
    };
    let run = Run {
        assumed: format!("attach_effect: {}", AttachEffect::NONE),
        effect: AttachEffect::NONE,
        judged: true,
        whole: true,
        services: cutover.units.iter().map(service).collect(),
        steps: steps.collect(),
        leaks: 0,
        answers: Vec::new(),
        clients: ClientUse::default(),
        lines: Vec::new(),
    };
    Rehearsal {
        name: "small".to_owned(),
        seed: 7,
        cutover: cutover.clone(),
        hypothetical: cutover.measured.is_none(),
        interval: SimDuration::from_millis(5),
        drifts: Vec::new(),
        runs: vec![run],
        largest: Vec::new(),
        standings: Vec::new(),
        policies: Policies::default(),
        currency: String::new(),
        ways_back: Vec::new(),
        anew: Vec::new(),
        explored: None,
        faults: Vec::new(),
        rights: Vec::new(),
        proof: None,
        worlds: 2,
    }
}

fn runbook(text: &str) -> Runbook {
    let loaded = load("small.yaml", &MemorySources::new().with("small.yaml", text));
    let loaded = loaded.unwrap_or_else(|refused| panic!("{:?}", refused.errors));
    let written = loaded.cutover.as_ref().expect("it has a cutover");
    let cutover = written
        .lowered()
        .expect("it was lowered before")
        .cutover
        .expect("a cutover");
    let file = loaded.expanded.file();
    let preflight = preflight(&loaded.plan, file, &cutover, &Evidence::of(&cutover));
    Runbook::of(Rehearsed {
        plan: &loaded.plan,
        file,
        rehearsal: &rehearsal(&cutover),
        preflight: &preflight,
        digest: 0x2a,
        inputs: &[Input::of("small.yaml", b"abc")],
    })
}

#[test]
fn a_small_runbook_reads_like_this_in_english_and_in_chinese() {
    let runbook = runbook(SMALL);
    for language in Language::ALL {
        let text = render(&runbook, Paper::Markdown, language);
        insta::assert_snapshot!(format!("small-{}", language.as_str()), text);
    }
}

#[test]
fn a_small_runbook_is_this_as_csv_and_json() {
    let runbook = runbook(SMALL);
    insta::assert_snapshot!(
        "small-csv",
        render(&runbook, Paper::Csv, Language::Zh).replace("\r\n", "\n")
    );
    insta::assert_snapshot!("small-json", render(&runbook, Paper::Json, Language::En));
}

#[test]
fn page_one_recommends_what_the_worst_of_its_reasons_says() {
    let of = |changes: &[(&str, &str)]| {
        let mut text = SMALL.to_owned();
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replace(old, new);
        }
        runbook(&text).recommendation.decision
    };
    assert_eq!(of(&[]), Decision::NoGo, "the peak is above the spec");
    assert_eq!(
        of(&[("peak: 120M", "peak: 20M")]),
        Decision::NotYet,
        "most of it is not known"
    );
}

#[test]
fn whatever_begins_like_a_formula_is_inert_in_a_spreadsheet() {
    let hostile = SMALL
        .replace("ping -c 5 -I {local} {peer}", "=HYPERLINK(1)")
        .replace("Li Wei", "\"@SUM(A1)\"");
    let text = render(&runbook(&hostile), Paper::Csv, Language::En);
    assert!(text.contains("'=HYPERLINK(1)") && text.contains("'@SUM(A1)"), "{text}");
    for line in text.lines() {
        for cell in line.split(',') {
            let cell = cell.trim_start_matches('"').trim_start();
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{line}");
        }
    }
    assert!(text.contains("'+86 21 5555 0100"), "a telephone number is text");
}

#[test]
fn what_people_wrote_opens_no_markup_and_ends_no_table() {
    let name = "\"<script>|**x**`\\u202e\\n# y\"";
    let hostile = SMALL.replace("name: Li Wei", &format!("name: {name}"));
    let text = render(&runbook(&hostile), Paper::Markdown, Language::En);
    let line = text
        .lines()
        .find(|line| line.contains("script"))
        .expect("the name is told");
    assert!(
        line.starts_with("| telecom | \\<script\\>\\|\\*\\*x\\*\\*\\`"),
        "{line}"
    );
    assert!(!text.contains('\u{202e}') && !text.contains("\n# y"), "{text}");
    let json = render(&runbook(&hostile), Paper::Json, Language::En);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert!(
        value.to_string().contains("<script>"),
        "JSON holds it as it was written"
    );
}

#[test]
fn a_certificate_reads_back_from_markdown_and_json_and_not_from_anything_else() {
    let runbook = runbook(&SMALL.replace("name: small", "name: small-1"));
    for language in Language::ALL {
        for paper in [Paper::Markdown, Paper::Json] {
            let text = render(&runbook, paper, language);
            assert_eq!(read_certificate(&text).as_ref(), Ok(&runbook.certificate), "{paper:?}");
        }
    }
    for text in [
        "",
        "{}",
        "[1]",
        "# A runbook\n",
        "```json\n{\"format\": 1}\n```\n",
        &render(&runbook, Paper::Csv, Language::En),
    ] {
        let why = read_certificate(text).expect_err("there is none");
        assert!(why.contains("no certificate"), "{why}");
    }
}

#[test]
fn whoever_changes_a_word_of_a_certificate_breaks_its_seal() {
    let text = render(&runbook(SMALL), Paper::Markdown, Language::En);
    let changes = [
        ("\"recommendation\": \"NO-GO\"", "\"recommendation\": \"GO\""),
        ("\"hypothetical\": true", "\"hypothetical\": false"),
        ("\"frames\": 2000", "\"frames\": 2001"),
        ("\"path\": \"small.yaml\"", "\"path\": \"other.yaml\""),
        ("\"vlan_retention\": \"7d\"", "\"vlan_retention\": \"8d\""),
        ("\"ap\": \"strict\"", "\"ap\": \"ovs-3.1\""),
        ("\"octets\": 3", "\"octets\": 4"),
    ];
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        let why = read_certificate(&text.replace(old, new)).expect_err(new);
        assert!(why.contains("seal"), "{why}");
    }
}

#[test]
fn an_input_that_changed_and_one_that_is_gone_are_told_apart() {
    let certificate = runbook(SMALL).certificate;
    // The digest of `abc`, from FIPS 180-2.
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(certificate.inputs[0].sha256, known);
    assert_eq!(certificate.changed(|_| Some(b"abc".to_vec())), []);
    let changed = certificate.changed(|_| Some(b"abd".to_vec()));
    assert_eq!(changed.len(), 1);
    assert!(
        changed[0]
            .now
            .as_ref()
            .is_some_and(|now| now.octets == 3 && now.sha256 != known)
    );
    assert_eq!(certificate.changed(|_| None)[0].now, None);
}

#[test]
fn a_runbook_is_written_as_the_end_of_its_name_says() {
    assert_eq!(Paper::of_name("a.b/out.MD"), Some(Paper::Markdown));
    assert_eq!(Paper::of_name("out.json"), Some(Paper::Json));
    assert_eq!(Paper::of_name("out.csv"), Some(Paper::Csv));
    assert_eq!(Paper::of_name("out.pdf"), None);
    assert_eq!(Paper::of_name("out"), None);
}
