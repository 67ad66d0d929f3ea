use super::*;
use crate::scenario::{MemorySources, load_text};

/// Three points of presence in two parts; the hub has one link, as its neighbour, and the smaller name.
const GRAPH: &str = r#"<graphml><graph edgedefault="undirected"><node id="c"/><node id="b"/><node id="a"/>
<edge source="b" target="a"/></graph></graphml>"#;

fn starter(what: Use, tenants: Option<u32>, site: Option<Site>) -> Starter {
    Starter {
        what,
        name: "first".to_owned(),
        tenants,
        site,
    }
}

fn warnings(text: &str) -> Vec<String> {
    let sources = MemorySources::new().with("net's.graphml", GRAPH);
    match load_text("first.yaml", text.to_owned(), &sources) {
        Ok(loaded) => loaded.warnings.iter().map(ToString::to_string).collect(),
        Err(refused) => panic!("{:?}\n{text}", refused.errors),
    }
}

#[test]
fn every_use_is_read_without_a_warning_for_one_tenant_and_for_more_than_one_circuit_holds() {
    for what in Use::ALL {
        for tenants in [Some(1), None, Some(PER_CIRCUIT + 1)] {
            let text = starter(what, tenants, None)
                .write()
                .expect("so many tenants are written");
            assert_eq!(warnings(&text), [""; 0], "{what:?} {tenants:?}");
        }
    }
}

#[test]
fn a_graph_in_parts_has_its_tenants_where_the_circuit_is_reached() {
    let site = Site::read("net's.graphml", GRAPH.as_bytes()).expect("a graph");
    assert_eq!((site.hub.as_str(), site.pops), ("a", 3));
    assert_eq!(site.reached, Some(vec!["a".to_owned(), "b".to_owned()]));
    let text = starter(Use::Isolation, None, Some(site)).write().expect("a starter");
    assert!(text.contains("spread: [net/a, net/b]"), "{text}");
    warnings(&text);
}

#[test]
fn the_hub_is_where_most_links_end_and_all_are_reached_in_one_part() {
    let whole = GRAPH.replace("</graph>", r#"<edge source="b" target="c"/></graph>"#);
    let site = Site::read("g", whole.as_bytes()).expect("a graph");
    assert_eq!((site.hub.as_str(), site.reached), ("b", None));
}

#[test]
fn what_is_no_graph_and_a_path_over_two_lines_are_refused() {
    assert!(matches!(Site::read("x", b"trunklab: 1"), Err(SiteError::Graph(_))));
    assert_eq!(Site::read("a\nb", GRAPH.as_bytes()), Err(SiteError::Path));
}

#[test]
fn no_tenant_and_too_many_are_refused_with_the_bounds() {
    for tenants in [0, TENANTS_MAX + 1] {
        let refused = starter(Use::Cutover, Some(tenants), None).write();
        assert_eq!(refused, Err(StarterError::Tenants(tenants)));
    }
    assert!(StarterError::Tenants(0).to_string().contains("from 1 to 10000"));
}

#[test]
fn whatever_a_file_is_called_its_scenario_has_a_name() {
    assert_eq!(name_of("my first: one", "x"), "my-first--one");
    assert_eq!(name_of("-.hidden", "x"), "hidden");
    assert_eq!(name_of("...", "isolation"), "isolation");
    assert_eq!(name_of(&"é".repeat(70), "x"), "é".repeat(64));
    let mut odd = starter(Use::Throughput, None, None);
    odd.name = "true".to_owned();
    warnings(&odd.write().expect("a starter"));
}
