//! Lists as people have them: hostile ones, and what each row lacks.

use proptest::prelude::*;

use super::{Listed, Map, read};
use crate::inventory::{Fact, Part};

const LIST: &str = "Customer,Account ID,Circuit,VLAN,Bandwidth,Customer IP,Cloud IP,Mask,Legacy\n\
                    acme,1300000000000001,pc-1,101,100M,10.0.0.2,10.0.0.1,30,yes\n";

fn list(text: &str) -> Listed {
    read("t.csv", text.as_bytes(), &Map::new())
}

/// Code, line and column of all that stops, or of all that does not.
fn codes(listed: &Listed, stops: bool) -> Vec<(&'static str, u32, u32)> {
    let told = listed.troubles.iter().filter(|trouble| trouble.stops == stops);
    told.map(|trouble| {
        let (line, column) = trouble.place.line_and_column();
        (trouble.code.as_str(), line, column)
    })
    .collect()
}

#[test]
fn every_encoding_and_separator_shows_the_same_rows() {
    let first = list(LIST);
    assert_eq!(codes(&first, true), []);
    let shown = |listed: &Listed| -> Vec<String> {
        let one = &listed.services[0];
        Fact::ALL.iter().map(|fact| one.known(*fact).to_string()).collect()
    };
    let utf16: Vec<u8> = [0xFEFF]
        .into_iter()
        .chain(LIST.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = [&[0xEF, 0xBB, 0xBF], LIST.as_bytes()].concat();
    let crlf = LIST.replace('\n', "\r\n").into_bytes();
    let quoted = LIST.replace("acme", "\"acme\"").into_bytes();
    let said = format!("sep=;\r\n{}", LIST.replace(',', ";")).into_bytes();
    let mut all = vec![utf16, marked, crlf, quoted, said];
    all.extend([";", "\t", "|"].map(|separator| LIST.replace(',', separator).into_bytes()));
    for octets in all {
        let listed = read("t.csv", &octets, &Map::new());
        assert_eq!(shown(&listed), shown(&first), "{}", String::from_utf8_lossy(&octets));
    }
}

#[test]
fn a_value_has_the_line_and_the_column_of_its_cell() {
    let listed = list(&format!("\"Our tenants\nof 2026\",,,,,,,,\n\n{LIST}"));
    let vlan = listed.services[0].known(Fact::VlanId).one().expect("a VLAN");
    assert_eq!(vlan.place.to_string(), "t.csv:5:4 (VLAN)");
    assert!(matches!(vlan.place.part, Part::Cell { line: 5, column: 4, .. }));
}

#[test]
fn the_titles_may_stand_under_merged_ones() {
    let listed = list(&format!("Who,,Where,,,Addresses,,,\n{LIST}"));
    assert_eq!(codes(&listed, true), []);
    assert_eq!((listed.rows, listed.services[0].number(Fact::VlanId)), (1, Some(101)));
}

#[test]
fn columns_are_named_by_title_or_by_number() {
    let text = "A,B,B\nacme,7,8\n";
    let map: Map = [(Fact::Tenant, "a".to_owned()), (Fact::VlanId, "#3".to_owned())].into();
    let listed = read("t.csv", text.as_bytes(), &map);
    assert_eq!(
        (codes(&listed, true), listed.services[0].number(Fact::VlanId)),
        (vec![], Some(8))
    );
    let twice: Map = [(Fact::Tenant, "a".to_owned()), (Fact::VlanId, "b".to_owned())].into();
    assert_eq!(codes(&read("t.csv", text.as_bytes(), &twice), true), [("TL0812", 1, 3)]);
    let absent: Map = [(Fact::Tenant, "a".to_owned()), (Fact::Spec, "c".to_owned())].into();
    assert_eq!(
        codes(&read("t.csv", text.as_bytes(), &absent), true),
        [("TL0812", 1, 1)]
    );
    let both = list("tenant,vlan,VLAN ID\nacme,1,2\n");
    assert_eq!(codes(&both, true), [("TL0812", 1, 3)]);
    assert_eq!(codes(&list("x,y\n1,2\n"), true), [("TL0811", 0, 0)]);
    assert_eq!(codes(&list("tenant,vlan\n"), true), [("TL0811", 1, 1)]);
    assert_eq!(codes(&list(""), true), [("TL0811", 0, 0)]);
}

#[test]
fn what_a_row_does_not_say_is_told_by_line_and_column_and_left_unknown() {
    let listed = list("tenant,vlan,spec\nacme,,50M\n,102,50M\n");
    assert_eq!(
        codes(&listed, true),
        [("TL0813", 3, 1)],
        "nobody knows whose the second row is"
    );
    assert!(codes(&listed, false).contains(&("TL0813", 2, 2)));
    assert_eq!(listed.services.len(), 1);
    assert_eq!(listed.services[0].known(Fact::VlanId).to_string(), "UNKNOWN");
    let peak = list("tenant,peak\nacme,20M\n");
    let told: Vec<&str> = peak.troubles.iter().map(|trouble| trouble.message.as_str()).collect();
    assert!(
        told.contains(&"no column says the averaging interval of the peak: UNKNOWN in 1 row"),
        "{told:?}"
    );
}

#[test]
fn cells_that_cannot_be_read_are_told_one_by_one() {
    let listed = list(
        "tenant,uid,vlan,bandwidth,mask\nacme,1.3E+15,4095,50,30\nglobex,1300000000000002,200-299,60M,255.0.255.0\n",
    );
    let all: Vec<(u32, u32)> = codes(&listed, true)
        .iter()
        .map(|(code, line, column)| {
            assert_eq!(*code, "TL0814");
            (*line, *column)
        })
        .collect();
    assert_eq!(all, [(2, 2), (2, 3), (2, 4), (3, 3), (3, 4), (3, 5)]);
}

#[test]
fn cells_that_contradict_each_other_are_told() {
    let one = |cells: &str| {
        let listed = list(&format!("tenant,customer ip,cloud ip,mask,spec,peak\nacme,{cells}\n"));
        let of = |stops| {
            codes(&listed, stops)
                .into_iter()
                .filter(|(code, ..)| *code == "TL0815")
                .collect::<Vec<_>>()
        };
        (of(true), of(false))
    };
    assert_eq!(one("10.0.0.2,10.0.0.1,30,50M,40M"), (vec![], vec![]));
    assert_eq!(one("10.0.0.2,10.0.1.1,30,,"), (vec![("TL0815", 2, 3)], vec![]));
    assert_eq!(one("10.0.0.2,10.0.0.2,30,,"), (vec![("TL0815", 2, 3)], vec![]));
    assert_eq!(one("10.0.0.3,10.0.0.1,30,,"), (vec![("TL0815", 2, 3)], vec![]));
    assert_eq!(one("10.0.0.2/29,10.0.0.1,30,,"), (vec![("TL0815", 2, 2)], vec![]));
    assert_eq!(one("10.0.0.2,10.0.0.1,16,,"), (vec![("TL0815", 2, 4)], vec![]));
    assert_eq!(one("10.0.0.2,10.0.0.1,30,50M,51M"), (vec![], vec![("TL0815", 2, 6)]));
}

#[test]
fn rows_that_contradict_each_other_are_told() {
    let rows = |rows: &str| codes(&list(&format!("tenant,uid,circuit,vlan\n{rows}")), true);
    let uid = "130000000000000";
    assert_eq!(rows(&format!("a,{uid}1,pc-1,7\nb,{uid}2,pc-2,7\n")), []);
    assert_eq!(rows(&format!("a,{uid}1,pc-1,7\nb,{uid}2,pc-1,7\n")), [("TL0816", 3, 4)]);
    assert_eq!(rows(&format!("a,{uid}1,pc-1,7\na,{uid}2,pc-1,8\n")), [("TL0815", 3, 2)]);
    assert_eq!(rows(&format!("a,{uid}1,pc-1,7\nb,{uid}1,pc-1,8\n")), [("TL0815", 3, 2)]);
    assert_eq!(rows(&format!("a,{uid}1,pc-1,0\nb,{uid}2,pc-1,8\n")), [("TL0815", 2, 4)]);
    assert_eq!(rows(&format!("a,{uid}1,pc-1,0\nb,{uid}2,pc-2,0\n")), []);
}

#[test]
fn broken_rows_are_told() {
    let long = list("tenant,vlan\nacme,7,surplus\n");
    assert_eq!(codes(&long, true), [("TL0818", 2, 3)]);
    let open = list("tenant,vlan\n\"acme,7\nglobex,8\n");
    assert!(
        codes(&open, true).iter().any(|(code, ..)| *code == "TL0818"),
        "{:?}",
        open.troubles
    );
    let wide = format!("tenant{}\nacme\n", ",x".repeat(300));
    assert_eq!(codes(&list(&wide), true), [("TL0817", 0, 0)]);
    assert_eq!(
        codes(&read("t.csv", b"tenant\xff", &Map::new()), true),
        [("TL0801", 0, 0)]
    );
}

#[test]
fn ten_thousand_rows_are_read() {
    let mut text = String::from("tenant;circuit;vlan\n");
    for n in 0..10_000u32 {
        text.push_str(&format!("t{n};pc-{};{}\n", n % 4, n / 4 + 1));
    }
    let listed = list(&text);
    assert_eq!((listed.services.len(), codes(&listed, true)), (10_000, vec![]));
}

proptest! {
    #[test]
    fn no_octets_make_the_reader_of_lists_panic(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut all = b"tenant,vlan,spec,mask,address,peak\n".to_vec();
        all.extend(&octets);
        for octets in [&octets, &all] {
            let _ = read("t.csv", octets, &Map::new());
        }
    }

    #[test]
    fn no_cell_makes_the_reader_of_lists_panic(cells in proptest::collection::vec("\\PC{0,12}", 9)) {
        let titles = LIST.lines().next().expect("titles");
        let row: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let listed = list(&format!("{titles}\n{}\n", row.join(",")));
        prop_assert!(listed.services.len() <= 1);
    }
}
