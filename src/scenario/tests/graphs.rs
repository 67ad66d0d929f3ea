//! Graphs as several tools export them: read as meant, with everything that is lost told.

use super::*;
use crate::scenario::import::graphml::{self, Graph};

fn file(keys: &str, graphs: &str) -> String {
    format!("<graphml xmlns='http://graphml.graphdrawing.org/xmlns'>{keys}{graphs}</graphml>")
}

const LABEL: &str = "<key id='l' for='node' attr.name='label'/>";

fn graph(kind: &str, inside: &str) -> String {
    file(LABEL, &format!("<graph edgedefault='{kind}'>{inside}</graph>"))
}

fn nodes(ids: &str) -> String {
    ids.chars().map(|id| format!("<node id='{id}'/>")).collect()
}

fn read(text: impl AsRef<[u8]>) -> Graph {
    graphml::read(text.as_ref()).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

fn links(graph: &Graph) -> Vec<&str> {
    graph.edges.iter().map(|edge| edge.name.as_str()).collect()
}

fn pops(graph: &Graph) -> Vec<&str> {
    graph.pops.iter().map(|pop| pop.name.as_str()).collect()
}

fn told(graph: &Graph) -> Vec<String> {
    graph
        .told
        .iter()
        .map(|w| format!("{} {}", w.code.as_str(), w.message))
        .collect()
}

fn refused(octets: &[u8]) -> String {
    graphml::read(octets).unwrap_err().message
}

#[test]
fn a_link_that_is_written_both_ways_is_one_link() {
    let edges = "<edge source='a' target='b'/><edge source='b' target='a'/><edge source='c' target='b'/><edge source='b' target='c'/><edge source='b' target='c'/>";
    let directed = read(graph("directed", &(nodes("abc") + edges)));
    assert_eq!(links(&directed), ["a--b", "b--c", "b--c--2"]);
    assert_eq!(
        told(&directed),
        [
            "TL0715 0 edges to themselves are left out, 1 are parallel to another",
            "TL0715 2 links are written both ways, as two directed edges: each pair is one link",
            "TL0715 1 directed edges have none that leads back: their links carry both directions",
        ]
    );
    let undirected = read(graph("undirected", &(nodes("abc") + edges)));
    assert_eq!(links(&undirected), ["a--b", "a--b--2", "b--c", "b--c--2", "b--c--3"]);
    // An edge's own word goes before the graph's.
    let own = "<edge source='a' target='b' directed='true'/><edge source='b' target='a' directed='true'/>";
    assert_eq!(links(&read(graph("undirected", &(nodes("ab") + own)))), ["a--b"]);
    let own = "<edge source='a' target='b' directed='false'/><edge source='b' target='a' directed='false'/>";
    assert_eq!(links(&read(graph("directed", &(nodes("ab") + own)))).len(), 2);
}

#[test]
fn nodes_in_groups_are_points_of_presence_and_their_groups_are_not() {
    let group = "<node id='g'><data key='l'>North</data><graph edgedefault='undirected'><node id='g::1'/><node id='h'><graph><node id='g::2'/></graph></node><edge source='g::1' target='g::2'/></graph></node>";
    let outer = "<edge source='a' target='g::1'/>";
    let read_ = read(graph("undirected", &(nodes("a") + group + outer)));
    assert_eq!(pops(&read_), ["a", "g--1", "g--2"]);
    assert_eq!(links(&read_), ["a--g--1", "g--1--g--2"]);
    assert_eq!(
        told(&read_),
        ["TL0716 2 groups are left out: the nodes in them are points of presence, they are not"]
    );
    // A group at which an edge ends is somewhere.
    let ends = read(graph(
        "undirected",
        &(nodes("a") + group + outer + "<edge source='a' target='g'/>"),
    ));
    assert_eq!(pops(&ends), ["North", "a", "g--1", "g--2"]);
    assert!(told(&ends)[0].contains("1 groups are left out"));
}

#[test]
fn hyperedges_and_further_graphs_are_told_with_their_count() {
    let hyper = |ids: &str| {
        let ends: String = ids.chars().map(|id| format!("<endpoint node='{id}'/>")).collect();
        format!("<hyperedge>{ends}</hyperedge>")
    };
    let read_ = read(graph(
        "directed",
        &(nodes("abc") + &hyper("ab") + &hyper("abc") + &hyper("a")),
    ));
    assert_eq!(links(&read_), ["a--b"], "one of two ends is a link");
    assert_eq!(
        told(&read_),
        [
            "TL0715 1 hyperedges of two ends are read as links",
            "TL0716 2 hyperedges are left out: a link has two ends"
        ]
    );
    let one = format!("<graph edgedefault='undirected'>{}</graph>", nodes("ab"));
    let more = format!("<graph>{}<edge source='c' target='d'/></graph><graph/>", nodes("cd"));
    let read_ = read(file("", &(one + &more)));
    assert_eq!(pops(&read_), ["a", "b"]);
    assert_eq!(
        told(&read_),
        ["TL0716 2 further graphs with 2 nodes and 1 edges are left out: only the first is read"]
    );
}

#[test]
fn what_a_node_does_not_say_is_the_default_of_its_key() {
    let keys = "<key id='l' for='all' attr.name='label'/><key id='y' for='node' attr.name='Latitude'><default>31.2</default></key><key id='x' attr.name='Longitude'><default> 121.5 </default></key>";
    let here = "<node id='a'/>";
    let there = "<node id='b'><data key='l'>Beta</data><data key='y'>39.9</data><data key='x'>116.4</data></node>";
    let edge = "<edge source='a' target='b'/>";
    let read_ = read(file(
        keys,
        &format!("<graph edgedefault='undirected'>{here}{there}{edge}</graph>"),
    ));
    assert_eq!(pops(&read_), ["Beta", "a"]);
    assert_eq!(read_.edges[0].delay.unwrap().to_string(), "5.356436ms");
    assert_eq!(told(&read_), Vec::<String>::new());
}

#[test]
fn labels_are_read_where_other_tools_write_them() {
    let named = file(
        "<key id='n' for='node' attr.name='name'/>",
        "<graph><node id='0'><data key='n'>Gamma</data></node></graph>",
    );
    assert_eq!(pops(&read(named)), ["Gamma"]);
    let drawn = "<graph><node id='n0'><data key='d6'><y:ShapeNode xmlns:y='u'><y:NodeLabel>Delta</y:NodeLabel></y:ShapeNode></data></node></graph>";
    assert_eq!(pops(&read(file("", drawn))), ["Delta"]);
}

#[test]
fn every_encoding_that_is_read_gives_the_same_graph_and_another_is_refused_with_advice() {
    let text = graph("undirected", "<node id='0'><data key='l'>Zürich</data></node>");
    let plain = read(&text);
    assert_eq!(pops(&plain), ["Zürich"]);
    let wide = |unit: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        mark.then_some(0xfeff)
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(unit)
            .collect()
    };
    for mark in [false, true] {
        assert_eq!(read(wide(u16::to_le_bytes, mark)), plain);
        assert_eq!(read(wide(u16::to_be_bytes, mark)), plain);
    }
    assert_eq!(read(["\u{feff}", &text].concat()), plain);
    let latin = |name: &str| -> Vec<u8> {
        let text = format!("<?xml version='1.0' encoding='{name}'?>{text}");
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    };
    assert_eq!(read(latin("ISO-8859-1")), plain);
    assert_eq!(refused(&latin("utf-8")), "octet 195 is not UTF-8");
    let wrong = graphml::read(&latin("koi8-r")).unwrap_err();
    assert_eq!(
        (wrong.message.as_str(), wrong.help.as_deref()),
        (
            "the graph is written in `koi8-r`",
            Some("convert it: `iconv -f koi8-r -t UTF-8`")
        )
    );
    let mut odd = wide(u16::to_le_bytes, true);
    odd.pop();
    assert_eq!(refused(&odd), "the graph begins as UTF-16 and does not go on so");
}

#[test]
fn a_file_that_is_no_graph_says_what_it_is() {
    assert_eq!(refused(b"\x1f\x8b\x08"), "this is gzip: unpack it first");
    assert_eq!(refused(b"\xd4\xc3\xb2\xa1"), "this is a capture, not a GraphML graph");
    assert_eq!(
        refused(graph("undirected", &nodes("aa")).as_bytes()),
        "two nodes have the id `a`"
    );
}

#[test]
fn an_error_of_a_graph_breeds_no_second_one() {
    let text = "trunklab: 1\nname: backbone\nduration: 20s\naccounts: [{ name: telecom, uid: 1, role: partner }]\nbackbones: [{ name: net, graphml: g.graphml }]\naccess_devices: [{ name: dev, region: r }]\ncircuits: [{ name: c1, a: net/a, b: dev }]\ntenants: [{ name: t, count: 2, circuit: c1, spread: ['net/*'], traffic: { rate: 100k } }]\n";
    let load = |graph: &str| {
        load_text(
            "test.yaml",
            text.to_owned(),
            &MemorySources::new().with("g.graphml", graph),
        )
    };
    load(&graph("undirected", &nodes("a"))).unwrap();
    let refused = load(&graph("undirected", &nodes("aa"))).unwrap_err();
    assert_eq!(
        lines(&refused.errors),
        "test.yaml:5:35: error[TL0711]: `g.graphml`: two nodes have the id `a`\n"
    );
}

#[test]
fn no_graph_that_nests_or_repeats_takes_long() {
    let deep: String = (0..20).map(|n| format!("<node id='{n}'><graph>")).collect();
    let close = "</graph></node>".repeat(20);
    let read_ = read(graph("undirected", &format!("{deep}<node id='in'/>{close}")));
    assert_eq!(pops(&read_), ["in"]);
    let many = "<hyperedge/>".repeat(200_000);
    assert!(told(&read(graph("undirected", &(nodes("a") + &many))))[0].contains("200000 hyperedges"));
    let edges = "<edge source='a' target='b'/>".repeat(50_001);
    assert_eq!(
        refused(graph("undirected", &(nodes("ab") + &edges)).as_bytes()),
        "the graph has more than 50000 edges"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn any_pieces_of_graphs_put_together_are_read_or_refused(pieces in proptest::collection::vec(0usize..PIECES.len(), 0..24), wide: bool) {
        let inside: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        let text = file(LABEL, &format!("<graph edgedefault='directed'>{inside}</graph>"));
        let octets: Vec<u8> = if wide { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
        if let Ok(graph) = graphml::read(&octets) {
            proptest::prop_assert!(graph.pops.windows(2).all(|w| w[0].name < w[1].name));
            proptest::prop_assert!(graph.edges.windows(2).all(|w| w[0].name <= w[1].name));
            proptest::prop_assert!(graph.edges.iter().all(|e| e.a < e.b && e.b < graph.pops.len()));
            proptest::prop_assert!((1..=graph.pops.len()).contains(&graph.parts));
        }
    }
}

/// What graphs are made of, whole and broken.
const PIECES: [&str; 14] = [
    "<node id='a'/>",
    "<node id='b'><data key='l'>a</data></node>",
    "<node id='c'><data key='l'/><graph edgedefault='undirected'>",
    "</graph></node>",
    "<edge source='a' target='b'/>",
    "<edge source='b' target='a' directed='false'/>",
    "<edge source='a' target='a'/>",
    "<edge source='a'/>",
    "<hyperedge><endpoint node='a'/><endpoint node='b'/></hyperedge>",
    "<hyperedge><endpoint node='a'/><endpoint/></hyperedge>",
    "</graph><graph>",
    "<!-- <graph> -->",
    "<port name='p'/>",
    "<node id='a-b'/>",
];
