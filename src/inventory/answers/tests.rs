//! Answers as clients save them, whole, paged, wrapped, broken.

use proptest::prelude::*;

use super::read;
use crate::inventory::dump::{Call, Inventory, Outcome, Whole};
use crate::inventory::saved::below;
use crate::inventory::{Field, Kind, Known};

const CIRCUIT: &str = "pc-uf6c1rcu1t0001";

fn text(name: &str, text: &str) -> Inventory {
    read(&[(name.to_owned(), text.as_bytes().to_vec())])
}

fn codes(inventory: &Inventory) -> Vec<&'static str> {
    inventory.troubles.iter().map(|trouble| trouble.code.as_str()).collect()
}

#[test]
fn every_field_has_the_file_and_the_path_where_it_was_read() {
    let inventory = read(&below("answers/before"));
    let vbr = inventory.get(Kind::Vbr, "vbr-uf6acme01").expect("acme's VBR");
    let vlan = vbr
        .known(Field::VlanId)
        .one()
        .expect("one VLAN, though two calls show it");
    assert_eq!(vlan.value.to_string(), "101");
    assert_eq!(
        vlan.place.to_string(),
        "answers/before/1200000000000001/DescribeVirtualBorderRoutersForPhysicalConnection-1.json: \
         Response.VirtualBorderRouterForPhysicalConnectionSet.VirtualBorderRouterForPhysicalConnectionType[0].VlanId"
    );
    assert_eq!(vbr.number(Field::OwnerUid), Some(1_300_000_000_000_001));
    assert_eq!(vbr.text(Field::ConnectionId), Some(CIRCUIT));
    assert_eq!(vbr.text(Field::AskedOfCircuit), Some(CIRCUIT));
    assert_eq!(vbr.known(Field::Cens).list(), Some(&["cen-acme".to_owned()][..]));
    assert_eq!(vbr.known(Field::MoreConnections).list(), Some(&[][..]));
    assert_eq!(vbr.known(Field::EcrId), Known::Unknown);
    assert_eq!(vbr.answers.len(), 2);
}

#[test]
fn circuits_and_shared_ports_are_told_apart_in_the_list_that_they_share() {
    let body = r#"{"PhysicalConnectionSet":{"PhysicalConnectionType":[
        {"PhysicalConnectionId":"pc-1","ProductType":"PhysicalConnection"},
        {"PhysicalConnectionId":"pc-2","ProductType":"VirtualPhysicalConnection","VlanId":"7"},
        {"PhysicalConnectionId":"pc-3","ParentPhysicalConnectionId":"pc-1","VlanId":""}]},"TotalCount":3}"#;
    let inventory = text("a.json", body);
    assert_eq!(
        inventory.of(Kind::Circuit).map(|r| r.id.as_str()).collect::<Vec<_>>(),
        ["pc-1"]
    );
    assert_eq!(
        inventory
            .of(Kind::SharedPort)
            .map(|r| r.id.as_str())
            .collect::<Vec<_>>(),
        ["pc-2", "pc-3"]
    );
    let number = |id| {
        inventory
            .get(Kind::SharedPort, id)
            .expect("a port")
            .number(Field::VlanId)
    };
    assert_eq!((number("pc-2"), number("pc-3")), (Some(7), None));
    assert_eq!(codes(&inventory), [""; 0]);
}

#[test]
fn all_pages_of_a_list_are_counted_and_a_missing_one_is_told() {
    let whole = read(&below("answers/before"));
    let of = |inventory: &Inventory| -> Vec<Whole> {
        let lists = inventory.lists_of(Call::DescribeVirtualBorderRoutersForPhysicalConnection);
        lists.map(|list| list.whole).collect()
    };
    assert_eq!(of(&whole), [Whole::Yes]);
    assert_eq!(
        whole.lists_of(Call::DescribeVirtualBorderRouters).count(),
        4,
        "one for each account"
    );
    assert_eq!(codes(&whole), [""; 0]);
    let without: Vec<_> = below("answers/before")
        .into_iter()
        .filter(|(name, _)| !name.ends_with("-2.json"))
        .collect();
    let part = read(&without);
    assert_eq!(of(&part), [Whole::Missing { have: 2, total: 4 }]);
    assert_eq!(codes(&part), ["TL0805"]);
    // The same page twice is no second page.
    let mut twice = without.clone();
    let again = without
        .iter()
        .find(|(name, _)| name.ends_with("-1.json"))
        .expect("page 1");
    twice.push((again.0.replace("-1.json", "-3.json"), again.1.clone()));
    assert_eq!(of(&read(&twice)), [Whole::Missing { have: 2, total: 4 }]);
}

#[test]
fn a_page_number_with_two_contents_is_two_lists_mixed() {
    let page = |id: &str| {
        format!(
            r#"{{"PageNumber":1,"TotalCount":2,"VirtualBorderRouterSet":{{"VirtualBorderRouterType":[{{"VbrId":"{id}"}}]}}}}"#
        )
    };
    let inventory = text("a.json", &format!("[{},{}]", page("vbr-1"), page("vbr-2")));
    assert_eq!(inventory.lists[0].whole, Whole::Unknown);
    let none = text(
        "a.json",
        r#"{"VirtualBorderRouterSet":{"VirtualBorderRouterType":[{"VbrId":"vbr-1"}]}}"#,
    );
    assert_eq!(none.lists[0].whole, Whole::Unknown, "no page says how many there are");
}

#[test]
fn who_called_and_when_comes_from_what_is_saved_beside_an_answer() {
    let inventory = read(&below("answers/before"));
    let of = |call| inventory.answers_of(call).next().expect("an answer");
    let circuits = of(Call::DescribePhysicalConnections);
    assert_eq!(
        (circuits.caller, circuits.taken),
        (Some(1_200_000_000_000_001), Some(1_796_040_000))
    );
    let paged = of(Call::DescribeVirtualBorderRoutersForPhysicalConnection);
    assert_eq!(
        (paged.caller, paged.taken),
        (Some(1_200_000_000_000_001), Some(1_796_040_000))
    );
    let billing = of(Call::GetPhysicalConnectionServiceStatus);
    assert_eq!(
        (billing.caller, billing.taken, billing.enabled),
        (Some(1_300_000_000_000_001), None, Some(true))
    );
}

#[test]
fn a_dry_run_is_its_code() {
    let inventory = read(&below("answers/dry-run"));
    let all: Vec<_> = inventory.answers_of(Call::CreateVpconnFromVbr).collect();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].request["VbrId"], "vbr-uf6acme01");
    assert_eq!(all[0].outcome, Outcome::Answered);
    let code = |answer: &crate::inventory::Answer| match &answer.outcome {
        Outcome::Code { code, .. } => code.clone(),
        Outcome::Answered => String::new(),
    };
    assert_eq!(code(all[1]), "OperationFailed.PconnTrafficNotEnable");
    let bare = text(
        "CreateVpconnFromVbr.json",
        r#"{"Code":"DRYRUN.SUCCESS","RequestId":"A"}"#,
    );
    assert_eq!(
        (bare.answers[0].call, code(&bare.answers[0])),
        (Some(Call::CreateVpconnFromVbr), "DRYRUN.SUCCESS".to_owned())
    );
}

#[test]
fn two_answers_that_contradict_each_other_leave_a_field_unknown() {
    let vbr = |vlan: u16| {
        format!(
            r#"{{"TotalCount":1,"VirtualBorderRouterSet":{{"VirtualBorderRouterType":[{{"VbrId":"vbr-1","VlanId":{vlan}}}]}}}}"#
        )
    };
    let inventory = text("a.json", &format!("{}\n{}", vbr(1), vbr(2)));
    let vbr = inventory.get(Kind::Vbr, "vbr-1").expect("a VBR");
    assert_eq!(vbr.number(Field::VlanId), None);
    assert!(matches!(vbr.known(Field::VlanId), Known::Contradicted(all) if all.len() == 2));
    assert_eq!(codes(&inventory), ["TL0806"]);
    assert!(
        inventory.troubles[0]
            .message
            .contains("VlanId is UNKNOWN: 1 in a.json: [0]."),
        "{}",
        inventory.troubles[0]
    );
}

#[test]
fn what_cannot_be_read_is_told_and_left_unknown() {
    let value = text(
        "a.json",
        r#"{"VirtualBorderRouterSet":{"VirtualBorderRouterType":[{"VbrId":"v","VlanId":-1,"Mtu":"x"},7,{"VlanId":3}]},"TotalCount":1}"#,
    );
    assert_eq!(codes(&value), ["TL0804"; 4]);
    assert!(!value.is_refused());
    assert_eq!(codes(&text("a.json", "{\"TotalCount\":")), ["TL0802"]);
    assert_eq!(codes(&text("a.json", " \n")), ["TL0802"]);
    assert_eq!(codes(&read(&[("a.json".to_owned(), vec![0xC3, 0x28])])), ["TL0801"]);
    let strange = text("a.json", r#"{"Zones":{"Zone":[]}}"#);
    assert_eq!((codes(&strange), strange.is_refused()), (vec!["TL0803"], false));
    let deep = "[".repeat(100_000);
    assert_eq!(codes(&text("a.json", &deep)), ["TL0802"]);
}

proptest! {
    #[test]
    fn no_octets_make_the_reader_of_answers_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&[("x/1200000000000001/a.json".to_owned(), octets)]);
    }

    #[test]
    fn no_damage_to_an_answer_makes_its_reader_panic(at in 0usize..4000, octet in any::<u8>(), cut in 0usize..4000) {
        let mut all = below("answers/after");
        for (_, octets) in &mut all {
            let len = octets.len();
            octets[at % len] = octet;
            octets.truncate(cut.max(1).min(len));
        }
        let inventory = read(&all);
        prop_assert!(inventory.lists.iter().all(|list| !list.pages.is_empty()));
    }
}
