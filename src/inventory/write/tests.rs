//! What is written validates and says what nobody knows.

use proptest::prelude::*;

use super::{Origin, scenario};
use crate::inventory::answers;
use crate::inventory::saved::below;
use crate::inventory::table::{self, Map};
use crate::inventory::{Service, services};
use crate::scenario::plan::UnknownWord;
use crate::scenario::{Loaded, MemorySources, load_text};

fn origin(source: &str) -> Origin<'_> {
    Origin {
        command: "trunklab import csv",
        source,
        inventory: None,
    }
}

fn loaded(services: &[Service], source: &str) -> Loaded {
    let text = scenario(services, &origin(source));
    load_text("written.yaml", text.clone(), &MemorySources::new())
        .unwrap_or_else(|refused| panic!("{}\n{text}", refused.errors[0]))
}

fn listed(text: &str) -> Vec<Service> {
    let listed = table::read("t.csv", text.as_bytes(), &Map::new());
    assert!(!listed.is_refused(), "{:?}", listed.troubles);
    listed.services
}

const FULL: &str = "tenant,uid,circuit,vlan,tag,spec,customer ip,cloud ip,mask,mode,peak,peak interval\n\
                    acme,1300000000000001,pc-1,101,50,100M,10.9.0.2,10.9.0.1,30,legacy,40M,1s\n\
                    globex,1300000000000002,pc-1,102,untagged,50M,10.9.0.6,10.9.0.5,30,shared,10M,1s\n";

#[test]
fn a_full_list_leaves_nothing_unknown_and_keeps_what_it_says() {
    let loaded = loaded(&listed(FULL), "t.csv");
    assert_eq!(loaded.plan.unknown, []);
    let uids: Vec<u64> = loaded.plan.accounts.iter().map(|account| account.uid).collect();
    assert!(uids.contains(&1_300_000_000_000_001) && uids.contains(&1_300_000_000_000_002));
    assert_eq!(loaded.plan.circuits[0].name, "pc-1");
    let file = loaded.expanded.file();
    let acme = file
        .idcs
        .iter()
        .find(|idc| idc.name.0 == "acme-idc")
        .expect("acme's data centre");
    assert_eq!(
        (acme.vlan_id.value, acme.tag.as_ref().map(|tag| tag.value)),
        (101, Some(50))
    );
    assert_eq!(acme.address.value.address.to_string(), "10.9.0.2");
    let globex = file
        .idcs
        .iter()
        .find(|idc| idc.name.0 == "globex-idc")
        .expect("globex's");
    assert!(globex.tag.is_none(), "its frames come untagged");
    let written = loaded.cutover.as_ref().and_then(|whole| whole.file().cutover.as_ref());
    assert_eq!(
        written.map(|cutover| cutover.window.at.value.as_nanos()),
        Some(60_000_000_000)
    );
}

#[test]
fn what_no_row_says_has_a_stand_in_and_is_unknown() {
    let loaded = loaded(&listed("tenant,vlan,tag\nacme,,\nglobex,7,\ninitech,8,9\n"), "t.csv");
    let of = |tenant: &str| -> Vec<UnknownWord> {
        let at = loaded
            .plan
            .tenants
            .iter()
            .position(|known| known.name == tenant)
            .expect("a tenant");
        let own = loaded.plan.unknown.iter().filter(|(of, _)| of.index() == at);
        own.map(|(_, word)| *word).collect()
    };
    use UnknownWord::{Account, Address, Circuit, Legacy, Peak, Spec, Tag, VlanId};
    assert_eq!(of("acme"), [Account, Circuit, VlanId, Tag, Spec, Address, Legacy, Peak]);
    assert_eq!(of("globex"), [Account, Circuit, Tag, Spec, Address, Legacy, Peak]);
}

#[test]
fn a_peak_over_minutes_is_no_peak_of_a_second() {
    let text = FULL.replace("40M,1s", "40M,5min");
    let loaded = loaded(&listed(&text), "t.csv");
    assert_eq!(
        loaded.plan.unknown.iter().map(|(_, word)| *word).collect::<Vec<_>>(),
        [UnknownWord::Peak]
    );
    let bursts = loaded.plan.flows.iter().filter(|flow| flow.name.ends_with("-peak"));
    assert_eq!(
        bursts.map(|flow| flow.name.as_str()).collect::<Vec<_>>(),
        ["globex-peak"]
    );
}

#[test]
fn two_rows_of_one_tenant_are_two_services_of_one_account() {
    let text = "tenant,uid,circuit,vlan\nacme,1300000000000001,pc-1,101\nacme,1300000000000001,pc-2,101\n";
    let loaded = loaded(&listed(text), "t.csv");
    assert_eq!(loaded.plan.tenants.len(), 1);
    assert_eq!(loaded.plan.vbr_slots.len(), 2);
}

#[test]
fn saved_answers_become_a_scenario_with_their_ids() {
    let inventory = answers::read(&below("answers/before"));
    let all = services(&inventory);
    assert_eq!(all.len(), 4);
    let origin = Origin {
        inventory: Some(&inventory),
        ..origin("answers/before")
    };
    let text = scenario(&all, &origin);
    let loaded = load_text("written.yaml", text.clone(), &MemorySources::new())
        .unwrap_or_else(|refused| panic!("{}\n{text}", refused.errors[0]));
    assert_eq!(loaded.plan.tenants.len(), 4);
    assert!(
        text.contains("pc-uf6c1rcu1t0001: 1000 Mbit/s, of which 400 are sold below."),
        "{text}"
    );
    assert!(text.contains("uid: 1200000000000001, role: partner"), "{text}");
    assert!(text.contains("# the VBR: vbr-uf6acme01 ("), "{text}");
    // The load is in no answer.
    assert_eq!(loaded.plan.unknown.len(), 4, "{:?}", loaded.plan.unknown);
}

#[test]
fn three_thousand_rows_become_a_scenario() {
    let mut text = String::from("tenant,circuit,vlan,spec,mode\n");
    for n in 0..3_000u32 {
        text.push_str(&format!("t{n},pc-{},{},50M,legacy\n", n % 3, n / 3 + 1));
    }
    let loaded = loaded(&listed(&text), "t.csv");
    assert_eq!(loaded.plan.tenants.len(), 3_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_a_list_says_what_is_written_of_it_can_be_read(
        names in proptest::collection::vec("[\\PC&&[^\"]]{1,12}", 1..5),
        cells in proptest::collection::vec(("[0-9]{1,4}", "[0-9]{1,3}[MG]", "legacy|shared|", "[0-9]{16}|"), 5),
    ) {
        let mut text = String::from("tenant,circuit,vlan,spec,mode,uid\n");
        for (name, (vlan, spec, mode, uid)) in names.iter().zip(&cells) {
            text.push_str(&format!("\"{name}\",\"{name}\",{vlan},{spec},{mode},{uid}\n"));
        }
        let listed = table::read("t.csv", text.as_bytes(), &Map::new());
        if let Err(refused) = load_text("w.yaml", scenario(&listed.services, &origin("t.csv")), &MemorySources::new()) {
            let codes: Vec<&str> = refused.errors.iter().map(|error| error.code.as_str()).collect();
            prop_assert!(codes.iter().all(|code| *code > "TL0300"), "{:?}", refused.errors[0]);
        }
    }
}
