//! What other people's tools write, as it lies in the shared folder: read or refused, and what is
//! said of it.

use trunklab::check::{Case, Verdict, judge};
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::provision::Defaults;
use trunklab::scenario::{Diagnostic, SourceError, Sources, load};

use crate::shared_inputs;

/// The shared folder.
struct Shared;

impl Sources for Shared {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        std::fs::read(shared_inputs::path(path)).map_err(|e| SourceError::Io(e.to_string()))
    }
}

/// What is said of a scenario of the shared folder, warnings or errors, and whether it was read;
/// `None`: the folder is not here.
fn said(path: &str) -> Option<(bool, Vec<String>)> {
    shared_inputs::read(path)?;
    let texts = |list: Vec<Diagnostic>| {
        list.iter()
            .map(|d| format!("{} {}", d.code.as_str(), d.message))
            .collect()
    };
    Some(match load(path, &Shared) {
        Ok(loaded) => (true, texts(loaded.warnings)),
        Err(refused) => (false, texts(refused.errors)),
    })
}

/// Each file of a folder, whether it is read, and what is said of it, one text after another.
fn hold(folder: &str, answers: &[(&str, bool, &[&str])]) {
    for (name, read, what) in answers {
        let path = format!("cases/{folder}/{name}.yaml");
        let Some((was_read, texts)) = said(&path) else {
            return;
        };
        assert_eq!((was_read, texts.len()), (*read, what.len()), "{path}: {texts:#?}");
        for (text, part) in texts.iter().zip(*what) {
            assert!(text.contains(part), "{path}: `{text}` says nothing of `{part}`");
        }
    }
}

#[test]
fn captures_of_every_tool_are_read_or_refused_in_words() {
    hold(
        "20-captures",
        &[
            (
                "cut.pcapng",
                true,
                &[
                    "TL0705 `cases/20-captures/cut.pcapng`: 4 of 4 frames were cut short when they were captured: the 3744 octets",
                ],
            ),
            (
                "simple-snap.pcapng",
                true,
                &[
                    "2 of 2 frames were cut short",
                    "TL0707 `cases/20-captures/simple-snap.pcapng`: 2 of 2 frames have no time",
                ],
            ),
            (
                "with-fcs.pcapng",
                true,
                &["the frame check sequences of 4 frames are taken off: 4 octets each"],
            ),
            (
                "link-fcs.pcap",
                true,
                &["says that 4 frames end with a check sequence, and none of 4 whole ones does"],
            ),
            (
                "binary-res.pcapng",
                true,
                &["in steps of 2^-32 s, finer than 1 ns: 0 of 4 are rounded"],
            ),
            (
                "res-12.pcapng",
                true,
                &["in steps of 10^-12 s, finer than 1 ns: 0 of 4 are rounded"],
            ),
            (
                "le-us.pcap.gz",
                false,
                &["TL0701 `cases/20-captures/le-us.pcap.gz`: this is gzip: unpack it first"],
            ),
            (
                "cut-tail.pcap",
                true,
                &["TL0708 `cases/20-captures/cut-tail.pcap`: the capture breaks off: 3 whole frames are read"],
            ),
            ("mixed-link-unused.pcapng", true, &[]),
            ("two-ifs.pcapng", true, &[]),
            ("offset.pcapng", true, &[]),
            ("odd-tags.pcap", true, &[]),
            ("le-us.pcap", true, &[]),
            ("unordered.pcapng", true, &["frames go back"]),
        ],
    );
}

#[test]
fn graphs_of_every_tool_are_read_or_told() {
    let apart = "1 of 3 points of presence have no position (Alpha)";
    hold(
        "21-graphml",
        &[
            ("bom", true, &[]),
            ("comment", true, &[]),
            ("default-values", true, &[]),
            ("directed-both", true, &["2 links are written both ways"]),
            ("dup-node", false, &["two nodes have the id `0`"]),
            ("edges-first", true, &[]),
            ("entities", true, &[]),
            ("hyper-silent", true, &["1 hyperedges of two ends are read as links"]),
            ("keys-last", true, &[]),
            ("lat-comma", true, &[apart]),
            ("lat-out", true, &[apart]),
            ("latin1", true, &[]),
            ("name-key", true, &[]),
            (
                "parallel",
                true,
                &["0 edges to themselves are left out, 2 are parallel to another"],
            ),
            ("ports", true, &[]),
            ("same-labels", true, &[]),
            ("slash-label", true, &[]),
            (
                "two-graphs-silent",
                true,
                &["1 further graphs with 2 nodes and 1 edges are left out"],
            ),
            ("utf16", true, &[]),
        ],
    );
}

/// A scenario of the shared folder, run and judged: each check's verdict by its name and subject.
fn verdicts(path: &str) -> Option<Vec<(&'static str, String, Verdict, String)>> {
    shared_inputs::read(path)?;
    let loaded = load(path, &Shared).unwrap_or_else(|r| panic!("{path}: {:?}", r.errors));
    let (record, _) = run(&loaded.plan, Defaults, NoObserver).expect("a plan that exists can be run");
    let case = Case {
        plan: &loaded.plan,
        record: &record,
    };
    let lines = judge(&case).lines.into_iter();
    Some(
        lines
            .map(|l| {
                (
                    l.check,
                    l.subject,
                    l.verdict,
                    format!("{}\n{}", l.finding, l.details.join("\n")),
                )
            })
            .collect(),
    )
}

#[test]
fn a_station_with_an_address_that_none_can_have_is_refused() {
    for path in ["cases/22-yaml/mac-group.yaml", "cases/mac-zero.yaml"] {
        let Some((read, texts)) = said(path) else { return };
        assert!(
            !read && texts.len() == 1 && texts[0].contains("is no address that a station has"),
            "{texts:?}"
        );
    }
}

#[test]
fn what_the_api_alone_refuses_runs_and_is_refused_by_its_code() {
    let Some(lines) = verdicts("cases/48-law/law1a.yaml") else {
        return;
    };
    let (_, _, verdict, finding) = lines.iter().find(|line| line.0 == "provisioning").unwrap();
    assert_eq!(*verdict, Verdict::Pass);
    assert!(finding.contains("IllegalParam.VlanId"), "{finding}");
}

#[test]
fn a_conversion_without_a_bandwidth_is_refused_in_words() {
    let Some(lines) = verdicts("cases/48-law/g2-legacy-without-bandwidth.yaml") else {
        return;
    };
    let (_, _, _, finding) = lines.iter().find(|line| line.0 == "provisioning").unwrap();
    assert!(
        finding.contains("has no bandwidth of its own: the policy `converted_spec` says which spec its port gets"),
        "{finding}"
    );
}

#[test]
fn an_interconnect_within_the_cloud_is_told() {
    let Some((read, texts)) = said("cases/48-law/law3.yaml") else {
        return;
    };
    assert!(read);
    assert!(
        texts
            .iter()
            .any(|t| t.starts_with("TL0509 the interconnect 192.168.1.0/24")),
        "{texts:?}"
    );
}

#[test]
fn delays_by_great_circle_are_whole_nanoseconds_and_a_legacy_vbr_answers() {
    let Some(octets) = shared_inputs::read("cases/70-exact-values/G2.graphml") else {
        return;
    };
    let graph = trunklab::scenario::import::graphml::read(&octets).unwrap();
    let delays: Vec<u64> = graph
        .edges
        .iter()
        .filter_map(|e| e.delay)
        .map(|d| d.as_nanos())
        .collect();
    assert_eq!(delays, [5_336_558]);
    let lines = verdicts("cases/70-exact-values/legacy-vbr-cannot-be-pinged.yaml").unwrap();
    assert!(
        lines.iter().any(|line| line.0 == "continuity"
            && line.2 != Verdict::Fail
            && line.3.starts_with("0 of 6,002 frames lost")),
        "what the legacy VBR is sent is answered: {lines:?}"
    );
}
