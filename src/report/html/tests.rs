//! The page as a whole, without a browser.

use super::page;
use crate::check::{Field, Standing, Value};
use crate::report::document::picture::{
    Crossing, LinkDrawn, Network, NodeDrawn, Picture, Strip, TagsSeen, TenantWay, Timeline, Tone,
};
use crate::report::document::{Column, Document, Finding, Findings, Outcome, Part, Section, Table};

/// A network of one tenant for each name, over one access point, circuit and access device.
fn network(tenants: &[String]) -> Network {
    let node = |name: String, column, lost| NodeDrawn {
        name,
        column,
        owner: "partner".to_owned(),
        lost,
        ..NodeDrawn::default()
    };
    let mut all = Network {
        nodes: vec![node("ap".to_owned(), 2, 0), node("device".to_owned(), 4, 0)],
        ..Network::default()
    };
    let link = |name: String, ends, is_circuit| LinkDrawn {
        name,
        ends,
        is_circuit,
        notes: vec!["1G, 1ms one way".to_owned()],
        ..LinkDrawn::default()
    };
    all.links.push(link("circuit".to_owned(), (0, 1), true));
    for (i, name) in tenants.iter().enumerate() {
        let (idc, vbr) = (all.nodes.len(), all.nodes.len() + 1);
        all.nodes.push(node(format!("{name}-idc"), 0, 0));
        all.nodes.push(node(format!("{name}-vbr"), 5, i as u64 % 7));
        let first = all.links.len();
        all.links.push(link(format!("{name}/uni"), (idc, 0), false));
        all.links.push(link(format!("{name}/device"), (1, vbr), false));
        let tags = |tags: &str, since_ns| TagsSeen {
            tags: tags.to_owned(),
            frames: 10,
            since_ns,
        };
        let hop = |link, tags| Crossing {
            link,
            from_b: false,
            tags,
        };
        all.tenants.push(TenantWay {
            name: name.clone(),
            was_seen: true,
            hops: vec![
                hop(first, vec![tags("untagged", 0)]),
                hop(0, vec![tags("8100:102", 9), tags("8100:101", 5)]),
                hop(first + 1, vec![tags("untagged", 7)]),
            ],
            tone: Tone::Good,
        });
    }
    all
}

fn timeline(tenants: &[String]) -> Timeline {
    let strip = |name: &String| Strip {
        name: name.clone(),
        arrived: (0..120).map(|i| i * 1_000).collect(),
        offered: (0..120).map(|i| i * 1_100).collect(),
        lost: (0..120).map(|i| u64::from(i == 60)).collect(),
        says: "not affected".to_owned(),
        tone: Tone::Good,
        ..Strip::default()
    };
    Timeline {
        end_ns: 10_000_000_000,
        lanes: Vec::new(),
        tenants: tenants.iter().map(strip).collect(),
    }
}

fn finding(outcome: Outcome, verdict: &str, subject: &str) -> Finding {
    Finding {
        outcome,
        verdict: verdict.to_owned(),
        check: "continuity".to_owned(),
        subject: subject.to_owned(),
        text: format!("what was found of {subject}"),
        details: vec![format!("a detail of {subject}")],
        fields: vec![
            Field::new("expected", Value::text("pass")),
            Field::new("line", Value::label(7u64)),
        ],
        ..Finding::default()
    }
}

fn document(tenants: &[String], findings: Vec<Finding>) -> Document {
    let columns = [Column::new("tenant", "tenant"), Column::new("lost", "lost")];
    let mut table = Table::new("tenants", "tenants", &columns, 4);
    for name in tenants {
        table.push(vec![Value::text(name), Value::count(1u64)]);
    }
    let first = tenants.first().cloned().unwrap_or_default();
    Document {
        format: "trunklab.run/2",
        title: "trunklab",
        parts: vec![Part::Sections {
            key: "runs",
            shown: 1,
            sections: vec![Section {
                source: first.clone(),
                name: first.clone(),
                subtitle: first.clone(),
                properties: vec![("command", format!("trunklab run {first}")), ("seed", "7".to_owned())],
                parts: vec![
                    Part::Picture(Box::new(Picture::Network(network(tenants)))),
                    Part::Picture(Box::new(Picture::Timeline(timeline(tenants)))),
                    Part::Findings(Findings {
                        key: "verdicts",
                        findings,
                        ..Findings::default()
                    }),
                    Part::Table(table),
                    Part::Line(first),
                ],
            }],
        }],
    }
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("tenant-{i:04}")).collect()
}

fn told(document: &Document, standing: Standing) -> String {
    page(document, standing, "").expect("a page")
}

#[test]
fn the_same_document_gives_the_same_octets() {
    let document = document(&names(3), vec![finding(Outcome::Good, "PASS", "tenant-0001")]);
    assert_eq!(told(&document, Standing::Conforms), told(&document, Standing::Conforms));
}

#[test]
fn what_is_wrong_stands_first_with_what_was_expected_its_line_and_the_command() {
    let findings = vec![
        finding(Outcome::Good, "PASS", "tenant-0000"),
        finding(Outcome::Unknown, "INCONC", "tenant-0002"),
        finding(Outcome::Bad, "FAIL", "tenant-0001"),
        finding(Outcome::Good, "FAIL (expected)", "tenant-0003"),
    ];
    let text = told(&document(&names(4), findings), Standing::Departs);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is not there"));
    let (fail, inconc) = (at("what was found of tenant-0001"), at("what was found of tenant-0002"));
    let (expected, pass) = (at("what was found of tenant-0003"), at("what was found of tenant-0000"));
    assert!(fail < inconc && inconc < expected && expected < pass);
    assert!(text.contains("<title>FAIL:"), "the verdict stands in the title");
    let card = &text[fail - 400..fail + 600];
    assert!(card.contains("line 7 of the scenario"), "{card}");
    assert!(card.contains("trunklab run tenant-0000"), "{card}");
}

#[test]
fn each_standing_has_its_word() {
    let document = document(&names(1), Vec::new());
    for (standing, word) in [
        (Standing::Conforms, "PASS"),
        (Standing::Departs, "FAIL"),
        (Standing::Unknown, "INCONC"),
        (Standing::Broken, "ERROR"),
    ] {
        let text = told(&document, standing);
        assert!(text.contains(&format!("<span class=\"word\">{word}</span>")), "{word}");
    }
}

#[test]
fn no_name_is_markup_and_none_turns_the_direction_of_writing() {
    let hostile = [
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{ 7 * 7 }}{% raw %}",
        "]]><!-- -->",
        "\u{202e}gnp.exe\u{2066}",
        "line\none\u{1b}[31m",
    ];
    let mut all: Vec<String> = hostile.iter().map(|name| (*name).to_owned()).collect();
    all.push("x".repeat(10_240));
    for first in [0, 6] {
        let mut names = all.clone();
        names.rotate_left(first);
        let findings = names.iter().map(|name| finding(Outcome::Bad, "FAIL", name)).collect();
        let text = told(&document(&names, findings), Standing::Departs);
        assert_eq!(
            text.matches("<script").count(),
            2,
            "the data and the script, and no other"
        );
        assert_eq!(text.matches("</script").count(), 2);
        assert!(!text.contains("<img"), "no element out of a name");
        assert!(!text.contains("<!--"), "no comment out of a name");
        assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{1b}']), "no mark is left");
        assert!(!text.contains(&"x".repeat(600)), "no endless text");
        assert!(text.contains("of 10,240 characters"), "what is cut is said");
    }
}

#[test]
fn a_page_of_three_thousand_tenants_stays_small_and_says_what_it_leaves_out() {
    let names = names(3_000);
    let findings = names.iter().map(|name| finding(Outcome::Good, "PASS", name)).collect();
    let text = told(&document(&names, findings), Standing::Conforms);
    assert!(text.len() < 5_000_000, "{} octets", text.len());
    assert!(text.contains("and 2,987 more"), "nodes are folded");
    assert!(text.contains("and 2,800 more rows"), "rows of the table");
    assert!(text.contains("and 2,600 more"), "verdicts");
    assert!(text.contains("tenant-2999"), "everybody can be chosen");
}

#[test]
fn the_way_of_a_tenant_is_lit_with_its_tags_in_order_of_time() {
    let text = told(&document(&names(2), Vec::new()), Standing::Conforms);
    let (first, then) = (text.find(">VLAN 101</text>"), text.find(">VLAN 102</text>"));
    assert!(first.is_some() && first < then, "{first:?} {then:?}");
    assert_eq!(
        text.matches("class=\"edge lit\"").count(),
        4,
        "last mile, two halves of the circuit, the VBR's"
    );
}

#[test]
fn nothing_outside_the_page_is_named_in_it() {
    let text = told(&document(&names(2), Vec::new()), Standing::Conforms);
    let text = text.replace("http://www.w3.org/2000/svg", "");
    for outside in ["http:", "https:", "src=", "url(", "@import", "style=\""] {
        assert!(!text.contains(outside), "{outside}");
    }
    assert!(text.contains("default-src 'none'"));
}
