use super::*;
use crate::scenario::{MemorySources, load_text};

const TWO: &str = include_str!("../../../scenarios/isolation/two-tenants-one-circuit.yaml");

/// One ping of each, so that addresses are resolved.
fn pinged() -> String {
    let (text, _) = TWO.split_once("\ntraffic:").expect("traffic");
    let ping = |of: &str| {
        format!(
            "  - {{ name: {of}, from: {of}-dc, to: {of}-vpc/web, kind: ping, interval: 1s, start: 3s, count: 2 }}\n"
        )
    };
    format!("{text}\ntraffic:\n{}{}", ping("acme"), ping("globex"))
}

fn at(text: &str, when: Option<SimTime>) -> (Plan, Inspection) {
    let plan = match load_text("two.yaml", text.to_owned(), &MemorySources::new()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{:?}", refused.errors),
    };
    let found = inspect(&plan, when.unwrap_or(plan.end)).expect("a plan that exists can be run");
    (plan, found)
}

#[test]
fn nothing_is_sold_at_the_start_and_all_is_open_at_the_end() {
    let (_, start) = at(&pinged(), Some(SimTime::ZERO));
    assert!(start.vlans.iter().all(|vlan| !vlan.open && vlan.vbr.is_none()));
    assert!(start.sessions.iter().all(|session| session.state == "unresolved"));
    let (plan, end) = at(&pinged(), None);
    assert_eq!(end.at, plan.end);
    let open: Vec<(u16, bool, &str)> = end.vlans.iter().map(|v| (v.vlan, v.open, v.tenant.as_str())).collect();
    assert_eq!(open, [(101, true, "acme"), (102, true, "globex")]);
    let vbrs: Vec<&str> = end
        .vlans
        .iter()
        .filter_map(|v| v.vbr.as_ref())
        .map(|(name, _)| name.as_str())
        .collect();
    let slots: Vec<&str> = plan.vbr_slots.iter().map(|slot| slot.name.as_str()).collect();
    assert_eq!(vbrs, slots, "VBRs go by the names of the scenario");
    assert!(
        end.sessions.iter().all(|session| session.state != "unresolved"),
        "{:?}",
        end.sessions
    );
}

#[test]
fn an_attached_vbr_has_its_interconnect_its_own_routes_and_those_of_the_cloud() {
    let (plan, found) = at(&pinged(), None);
    let of = &plan.vbr_slots[0];
    let routes: Vec<&Route> = found.routes.iter().filter(|route| route.of == of.name).collect();
    let to = |word: &str| routes.iter().filter(|route| route.to == word).count();
    assert_eq!(to("the interconnect"), 1);
    assert_eq!(to("the transit router"), of.cloud.len());
    assert!(routes.len() > 1 + of.cloud.len(), "{routes:?}");
}

#[test]
fn a_link_that_is_cut_is_down_and_only_that() {
    let text = format!("{}\nfaults:\n  - {{ at: 9s, cut: circuit-1 }}\n", pinged());
    let (plan, found) = at(&text, None);
    let down: Vec<&str> = found
        .links
        .iter()
        .filter(|link| !link.up)
        .map(|l| plan.links[l.link.index()].name.as_str())
        .collect();
    assert_eq!(down, [plan.links[plan.circuits[0].link.index()].name.as_str()]);
    let (_, before) = at(&text, Some(SimTime::from_secs(8)));
    assert!(before.links.iter().all(|link| link.up));
}

#[test]
fn every_port_of_a_switch_knows_the_link_at_it() {
    let (plan, found) = at(&pinged(), None);
    assert!(!found.ports.is_empty());
    for port in &found.ports {
        let link = port.link.expect("every port here has a link");
        let link = &plan.links[link.index()];
        assert!([link.a, link.b].contains(&(port.node, port.port)));
    }
    assert!(found.services.iter().any(|service| service.id == ServiceId(101)));
}
