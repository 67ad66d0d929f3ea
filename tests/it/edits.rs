//! A scenario that was expanded is a value: it resolves to its plan, and is edited and resolved again.

use std::path::{Path, PathBuf};

use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::provision::Defaults;
use trunklab::scenario::{
    Code, Diagnostic, Edit, Expanded, ItemName, KeyChange, Loaded, MemorySources, Plan, Section, load_text,
};
use trunklab::units::SimTime;

const TWO: &str = include_str!("../data/scenario/two-tenants.yaml");

pub fn loaded(text: &str) -> Loaded {
    load_text("w.yaml", text.to_owned(), &MemorySources::new())
        .unwrap_or_else(|refused| panic!("{}", refused.errors[0]))
}

fn two() -> Expanded {
    loaded(TWO).expanded
}

/// Everything that a plan says, but for where it was written.
fn meaning(plan: &Plan) -> String {
    let mut plan = plan.clone();
    plan.origins = Default::default();
    for step in &mut plan.steps {
        step.line = 0;
    }
    for expectation in &mut plan.expect {
        expectation.line = 0;
    }
    for flow in &mut plan.flows {
        flow.line = 0;
    }
    format!("{plan:?}")
}

fn digest(plan: &Plan) -> String {
    let (run, _) = run(plan, Defaults, NoObserver).unwrap_or_else(|error| panic!("{error}"));
    format!("{:?}", run.digest)
}

fn edited(scenario: &Expanded, edits: &[Edit]) -> Expanded {
    scenario.edit(edits).unwrap_or_else(|error| panic!("{error}"))
}

fn resolved(scenario: &Expanded) -> Plan {
    scenario.resolve().unwrap_or_else(|errors| panic!("{}", errors[0]))
}

fn lines(errors: &[Diagnostic]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn item(section: Section, name: &str) -> ItemName {
    ItemName::new(section, name)
}

pub fn shipped(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => shipped(&path, into),
            path => into.push(path),
        }
    }
    into.sort();
}

#[test]
fn every_shipped_scenario_resolves_to_its_plan_once_more() {
    let mut paths = Vec::new();
    shipped(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut paths);
    assert!(paths.len() > 40, "{}", paths.len());
    for path in paths {
        let loaded = loaded(&std::fs::read_to_string(&path).expect("a scenario"));
        let again = resolved(&loaded.expanded);
        assert!(
            format!("{again:?}") == format!("{:?}", loaded.plan),
            "{}",
            path.display()
        );
    }
}

#[test]
fn what_is_added_and_taken_away_again_leaves_the_very_plan() {
    let healthy = two();
    let plan = format!("{:?}", resolved(&healthy));
    let more = [
        Edit::Add(Section::Faults, "{ at: 6s, cut: c1 }".to_owned()),
        Edit::Add(Section::AccessPoints, "{ name: another }".to_owned()),
        Edit::Copy(
            item(Section::Provisioning, "#1"),
            vec![KeyChange::drop("as"), KeyChange::set("with.VlanId", "105")],
        ),
    ];
    let ill = edited(&healthy, &more);
    assert!(format!("{:?}", resolved(&ill)) != plan);
    let number = |section| ill.names(section).last().expect("what was added").clone();
    let less = [
        Edit::Remove(number(Section::Faults)),
        Edit::Remove(item(Section::AccessPoints, "another")),
        Edit::Remove(number(Section::Provisioning)),
    ];
    assert!(format!("{:?}", resolved(&edited(&ill, &less))) == plan);
}

#[test]
fn a_key_that_is_changed_and_changed_back_means_and_runs_the_same() {
    let healthy = two();
    let plan = resolved(&healthy);
    let circuit = item(Section::Circuits, "c1");
    let step = healthy.names(Section::Provisioning)[0].clone();
    let pairs = [
        (Edit::set(circuit.clone(), "delay", "7ms"), Edit::drop(circuit, "delay")),
        (
            Edit::set(item(Section::Traffic, "web-acme"), "rate", "20M"),
            Edit::set(item(Section::Traffic, "web-acme"), "rate", "10M"),
        ),
        (
            Edit::set(ItemName::scenario(), "seed", "8"),
            Edit::set(ItemName::scenario(), "seed", "7"),
        ),
        (
            Edit::Move(item(Section::Traffic, "web-acme"), SimTime::from_nanos(6_000_000_000)),
            Edit::Move(item(Section::Traffic, "web-acme"), SimTime::from_nanos(5_000_000_000)),
        ),
        (
            Edit::set(step.clone(), "with.Spec", "50M"),
            Edit::set(step, "with.Spec", "100M"),
        ),
    ];
    for (there, back) in pairs {
        let away = edited(&healthy, std::slice::from_ref(&there));
        assert!(meaning(&resolved(&away)) != meaning(&plan), "{there} changes nothing");
        let home = resolved(&edited(&away, std::slice::from_ref(&back)));
        assert!(meaning(&home) == meaning(&plan), "{there}, then {back}");
        assert_eq!(digest(&home), digest(&plan), "{there}, then {back}");
    }
}

#[test]
fn an_edit_means_what_the_same_words_in_the_file_mean() {
    let by_edit = |edit| meaning(&resolved(&edited(&two(), &[edit])));
    let by_file = |from: &str, to: &str| {
        assert!(TWO.contains(from), "{from}");
        meaning(&loaded(&TWO.replacen(from, to, 1)).plan)
    };
    let idc = item(Section::Idcs, "acme-dc");
    assert!(
        by_edit(Edit::set(idc, "arp", "{ tries: 9 }")) == by_file("name: acme-dc", "name: acme-dc, arp: { tries: 9 }")
    );
    let faults = format!("{TWO}faults: [{{ at: 2s, lose: c1, share: 3%, way: a_to_b }}]\n");
    let added = Edit::Add(
        Section::Faults,
        "{ at: 2s, lose: c1, share: 3%, way: a_to_b }".to_owned(),
    );
    assert!(by_edit(added) == meaning(&loaded(&faults).plan));
}

#[test]
fn the_place_of_a_value_says_which_edit_wrote_it() {
    let flow = item(Section::Traffic, "web-acme");
    let edits = [
        Edit::set(flow.clone(), "count", "9"),
        Edit::set(item(Section::Circuits, "c1"), "delay", "7ms"),
    ];
    let scenario = edited(&two(), &edits);
    assert_eq!(scenario.edits(), edits);
    let written = &scenario.file().traffic[0];
    assert_eq!(
        written.count.as_ref().map(|count| (count.span.edit, count.span.line)),
        Some((1, 0))
    );
    assert_eq!(written.name.span.edit, 0);
    let delay = scenario.file().circuits[0].delay.as_ref().expect("it was set");
    assert_eq!((delay.span.edit, delay.span.start, delay.span.end), (2, 0, 3));
    let wrong = edited(&scenario, &[Edit::set(flow, "to", "acme-vpc/wed")]);
    let errors = wrong.resolve().expect_err("there is no such endpoint");
    assert_eq!(
        lines(&errors),
        ["w.yaml, edit 3: error[TL0301]: the VPC `acme-vpc` has no endpoint `wed` (did you mean `web`?)"]
    );
}

#[test]
fn a_step_that_is_dropped_leaves_its_name_dangling() {
    let scenario = two();
    let gone = edited(&scenario, &[Edit::Remove(item(Section::Provisioning, "port-acme"))]);
    let errors = gone.resolve().expect_err("nothing binds the name");
    let lines = lines(&errors);
    assert!(
        lines
            .iter()
            .all(|line| line.contains("no circuit and no step's `as` is named `port-acme`")),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        errors
            .iter()
            .all(|error| error.span.line > 0 && error.code == Code::Dangling)
    );
}

/// Each with the first thing that is said of it.
#[test]
fn an_edit_to_nonsense_is_refused_where_it_stands() {
    let flow = || item(Section::Traffic, "web-acme");
    let add = |section, text: &str| Edit::Add(section, text.to_owned());
    let cases = [
        (
            Edit::set(item(Section::Circuits, "c9"), "delay", "1ms"),
            "there is no item `c9` of circuits (did you mean `c1`?)",
        ),
        (
            Edit::set(flow(), "rte", "1M"),
            "there is no key `rte` here (did you mean `rate`?)",
        ),
        (Edit::set(flow(), "rate", "fast"), "error[TL0205]"),
        (Edit::set(flow(), "rate", "{ a: 1 }"), "error[TL0203]"),
        (Edit::set(flow(), "rate", ""), "error[TL"),
        (Edit::set(flow(), "rate", "[unclosed"), "error[TL"),
        (Edit::set(flow(), "kind", "png"), "did you mean `ping`?"),
        (
            Edit::set(flow(), "capture", "c.pcap"),
            "`kind: udp` has no key `capture` (it belongs to `kind: replay`",
        ),
        (Edit::set(flow(), "rate.unit", "M"), "there is no key `unit`"),
        (Edit::drop(flow(), "from"), "the key `from` is missing"),
        (Edit::drop(item(Section::Circuits, "c1"), "a"), "the key has no default"),
        (
            Edit::drop(item(Section::Provisioning, "#1"), "with.Specs"),
            "did you mean `Spec`?",
        ),
        (Edit::set(ItemName::scenario(), "traffic", "[]"), "`traffic` is a list"),
        (
            Edit::set(ItemName::scenario(), "trunklab", "2"),
            "an edit changes no version",
        ),
        (
            Edit::Move(item(Section::Circuits, "c1"), SimTime::ZERO),
            "such an item has no time",
        ),
        (
            Edit::Move(ItemName::scenario(), SimTime::ZERO),
            "there is no item the scenario",
        ),
        (
            Edit::Remove(item(Section::Faults, "#1")),
            "there is no item `#1` of faults",
        ),
        (
            Edit::Remove(item(Section::Faults, "#x")),
            "there is no item `#x` of faults",
        ),
        (add(Section::Scenario, "{}"), "the scenario itself is no item of a list"),
        (add(Section::Faults, "{ at: 1s, cat: c1 }"), "did you mean `cut`?"),
        (add(Section::Faults, "cut"), "error[TL0203]"),
        (
            add(Section::Expect, "{ check: isolation, flow: web-acme }"),
            "the check `isolation` has no key `flow`",
        ),
        (
            add(Section::Pics, "{ device: ap-sh, ends-bdpu: true }"),
            "did you mean `ends-bpdu`?",
        ),
    ];
    let mut other = Vec::new();
    for (edit, said) in cases {
        let Err(error) = two().edit(std::slice::from_ref(&edit)) else {
            panic!("{edit} can be made");
        };
        assert_eq!(error.edit, edit);
        let first = error.errors[0].to_string();
        assert!(first.starts_with("w.yaml, edit 1: error[TL"), "{first}");
        if !first.contains(said) {
            other.push(format!("{edit}: {first}"));
        }
    }
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn an_edit_that_can_be_made_and_means_nothing_is_a_diagnostic_of_the_edit() {
    let cases = [
        (
            Edit::set(item(Section::Idcs, "acme-dc"), "circuit", "c2"),
            Code::Dangling,
        ),
        (
            Edit::set(item(Section::Idcs, "globex-dc"), "vlan_id", "101"),
            Code::VidTaken,
        ),
        (
            Edit::set(item(Section::Traffic, "web-acme"), "start", "50s"),
            Code::TimeOrder,
        ),
        (
            Edit::set(item(Section::Traffic, "web-acme"), "to", "globex-vpc/web"),
            Code::CrossTenant,
        ),
        (
            Edit::set(item(Section::Accounts, "globex"), "name", "acme"),
            Code::DuplicateName,
        ),
        (
            Edit::Add(Section::Faults, "{ at: 1s, cut: c9 }".to_owned()),
            Code::Dangling,
        ),
        (
            Edit::Add(Section::Expect, "{ check: choice, vbr: vbr-acm }".to_owned()),
            Code::Dangling,
        ),
        (
            Edit::Add(
                Section::Traffic,
                "{ name: r, from: acme-dc, to: acme-vpc, kind: replay, capture: no.pcap }".to_owned(),
            ),
            Code::Missing,
        ),
        (Edit::set(ItemName::scenario(), "duration", "0s"), Code::Zero),
        (
            Edit::set(ItemName::scenario(), "policies.sum_of_specs", "maybe"),
            Code::Unlawful,
        ),
    ];
    for (edit, code) in cases {
        let errors = edited(&two(), std::slice::from_ref(&edit))
            .resolve()
            .expect_err("it means nothing");
        let found = errors.iter().find(|error| error.code == code);
        let found = found.unwrap_or_else(|| panic!("{edit}: {:?}", lines(&errors)));
        assert_eq!(found.span.edit, 1, "{edit}: {found}");
    }
}

#[test]
fn numbers_stay_with_their_items() {
    let scenario = edited(
        &two(),
        &[
            Edit::Add(Section::Faults, "{ at: 1s, cut: c1 }".to_owned()),
            Edit::Add(Section::Faults, "{ at: 2s, restore: c1 }".to_owned()),
            Edit::Remove(item(Section::Faults, "#1")),
            Edit::Add(Section::Faults, "{ at: 3s, cut: c1 }".to_owned()),
            Edit::Move(item(Section::Faults, "#2"), SimTime::from_nanos(4)),
        ],
    );
    let names: Vec<String> = scenario
        .names(Section::Faults)
        .iter()
        .map(|name| name.name.clone())
        .collect();
    assert_eq!(names, ["#2", "#3"]);
    let times: Vec<u64> = scenario.faults().map(|(_, fault)| fault.at.as_nanos()).collect();
    assert_eq!(times, [4, 3_000_000_000]);
}
