//! Sources held against each other.

use super::reconcile::{Stand, pairs, reconcile};
use super::saved::below;
use super::table::{self, Map};
use super::{Fact, Kind, Service, answers, of_plan, services};
use crate::scenario::{MemorySources, load_text};
use crate::units::SimTime;

fn listed(text: &str) -> Vec<Service> {
    table::read("t.csv", text.as_bytes(), &Map::new()).services
}

/// Service, fact and stand of each difference.
fn told(first: &[Service], second: &[Service]) -> Vec<(String, &'static str, Stand)> {
    let found = reconcile(first, second);
    let one = |one: super::reconcile::Difference| (one.service, one.fact.map_or("", Fact::as_str), one.stand);
    found.differences.into_iter().map(one).collect()
}

#[test]
fn a_list_and_answers_agree_where_they_do_and_every_disagreement_is_told() {
    let all = services(&answers::read(&below("answers/before")));
    let list = listed(
        "tenant,uid,circuit,vlan,bandwidth,mode\nacme,1300000000000001,circuit-1,101,100M,legacy\n\
         globex,1300000000000002,longtel001,102,200M,shared\ninitech,1300000000000003,pc-uf6c1rcu1t0001,113,100M,legacy\n\
         hooli,1300000000000077,circuit-1,500,50M,legacy\n",
    );
    assert_eq!(
        told(&list, &all),
        [
            ("globex".to_owned(), "mode", Stand::Disagree),
            ("initech".to_owned(), "vlan_id", Stand::Disagree),
            ("initech".to_owned(), "spec", Stand::Disagree),
            ("hooli".to_owned(), "", Stand::OnlyFirst),
            ("vbr-uf6telecomtest01".to_owned(), "", Stand::OnlySecond),
        ]
    );
    assert_eq!(told(&all, &all), []);
    assert_eq!(told(&list, &[]).len(), 4);
}

#[test]
fn what_could_be_two_services_is_paired_with_neither() {
    let one = listed("tenant,uid\nacme,1300000000000001\n");
    let two = listed("tenant,uid,circuit,vlan\nacme,1300000000000001,pc-1,7\nacme,1300000000000001,pc-2,7\n");
    assert_eq!(pairs(&one, &two), []);
    assert_eq!(pairs(&one, &two[..1]), [(0, 0)]);
    assert_eq!(pairs(&two, &two), [(0, 0), (1, 1)]);
}

#[test]
fn a_port_that_was_made_from_a_vbr_is_its_and_one_without_says_nothing_of_a_mode() {
    let before = services(&answers::read(&below("answers/before")));
    let acme = before
        .iter()
        .find(|one| one.text(Fact::Vbr) == Some("vbr-uf6acme01"))
        .expect("acme's");
    assert_eq!(
        (acme.text(Fact::Mode), acme.text(Fact::SharedPort)),
        (Some("legacy"), Some("pc-uf6acmeport"))
    );
    let after = answers::read(&below("answers/after"));
    let all = services(&after);
    let acme = all
        .iter()
        .find(|one| one.text(Fact::Vbr) == Some("vbr-uf6acme01"))
        .expect("acme's");
    assert_eq!(
        (acme.text(Fact::Mode), acme.text(Fact::Circuit)),
        (Some("shared"), Some("pc-uf6c1rcu1t0001"))
    );
    let alone = all
        .iter()
        .find(|one| one.text(Fact::Vbr).is_none())
        .expect("the test tenant's port");
    assert_eq!((alone.text(Fact::Mode), alone.number(Fact::VlanId)), (None, Some(2000)));
    assert!(after.get(Kind::SharedPort, "pc-uf6telecomtestport").is_some());
}

#[test]
fn who_lists_a_vbr_on_somebody_elses_circuit_owns_it() {
    let own: Vec<_> = below("answers/before")
        .into_iter()
        .filter(|(name, _)| name.contains("1300000000000001/"))
        .collect();
    let all = services(&answers::read(&own));
    assert_eq!(all[0].number(Fact::Account), Some(1_300_000_000_000_001));
    assert_eq!(
        all[0].text(Fact::Circuit),
        None,
        "no answer shows whether it is a circuit or a port"
    );
}

#[test]
fn a_scenario_is_what_its_calls_have_made_before_the_window() {
    let text = include_str!("../../tests/data/lists/window.yaml");
    let loaded = load_text("window.yaml", text.to_owned(), &MemorySources::new()).expect("a scenario");
    let mode = |until| -> Vec<Option<String>> {
        let all = of_plan("window.yaml", &loaded.plan, until);
        all.iter().map(|one| one.text(Fact::Mode).map(str::to_owned)).collect()
    };
    let word = |text: &str| Some(text.to_owned());
    let before = SimTime::ZERO.saturating_add(crate::units::SimDuration::from_secs(60));
    assert_eq!(mode(before), vec![word("legacy"); 4]);
    let after = mode(SimTime::MAX);
    assert_eq!(
        after.iter().filter(|one| **one == word("shared")).count(),
        3,
        "initech never accepts"
    );
    let all = of_plan("window.yaml", &loaded.plan, before);
    assert_eq!(
        told(&all, &services(&answers::read(&below("answers/before"))))
            .iter()
            .filter(|(_, fact, _)| *fact != "address" && *fact != "gateway")
            .count(),
        0
    );
}
