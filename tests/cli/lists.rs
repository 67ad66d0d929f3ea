//! `trunklab import`, `reconcile` and `rehearse --verify`, as a user meets them.

use std::fs;

use crate::{Scratch, status, stderr, stdout, trunklab};

const BEFORE: &str = "tests/data/answers/before";
const AFTER: &str = "tests/data/answers/after";
const FOUR: &str = "tests/data/lists/four.csv";

#[test]
fn twelve_tenants_are_twelve_rows_and_what_is_written_validates_and_runs() {
    let scratch = Scratch::new("import");
    let written = scratch.path().join("window.yaml").to_string_lossy().into_owned();
    let made = trunklab(&["import", "csv", "tests/data/lists/twelve.csv", "--output", &written]);
    assert_eq!((status(&made), stderr(&made)), (0, String::new()));
    let text = fs::read_to_string(&written).expect("a scenario");
    assert_eq!(text.lines().filter(|line| line.contains("vlan_id:")).count(), 12);
    let valid = trunklab(&["validate", "--strict", &written]);
    assert_eq!(status(&valid), 0, "{}", stderr(&valid));
    let ran = trunklab(&["run", &written]);
    assert_eq!(status(&ran), 0, "{}", stdout(&ran));
}

#[test]
fn a_list_that_cannot_be_used_writes_nothing_and_leaves_nothing() {
    let scratch = Scratch::new("refused");
    let written = scratch.path().join("window.yaml").to_string_lossy().into_owned();
    let refused = trunklab(&["import", "csv", "tests/data/lists/gaps.csv", "--output", &written]);
    assert_eq!((status(&refused), stdout(&refused)), (2, String::new()));
    assert!(stderr(&refused).contains("error[TL0814]"), "{}", stderr(&refused));
    assert_eq!(fs::read_dir(scratch.path()).expect("a folder").count(), 0);
    // Prefixes that overlap are found only when the whole is read.
    let overlapping =
        "tenant,uid,circuit,vlan,lan\na,1300000000000001,c-1,1,172.16.0.0/16\na,1300000000000001,c-1,2,172.16.1.0/24\n";
    let list = scratch.file("overlapping.csv", overlapping);
    let refused = trunklab(&["import", "csv", &list, "--output", &written]);
    assert_eq!(status(&refused), 2);
    assert!(stderr(&refused).contains("TL0404"), "{}", stderr(&refused));
    assert_eq!(fs::read_dir(scratch.path()).expect("a folder").count(), 1);
}

#[test]
fn checking_says_by_its_status_whether_a_list_is_whole_has_gaps_or_cannot_be_used() {
    let of = |args: &[&str]| status(&trunklab(&[&["import"], args, &["--check"]].concat()));
    assert_eq!(of(&["csv", FOUR]), 0);
    assert_eq!(
        of(&["csv", FOUR, "--map", "tag=VLAN", "--map", "vlan_id=#1"]),
        2,
        "names are no VLANs"
    );
    assert_eq!(of(&["csv", "tests/data/lists/gaps.csv"]), 2);
    assert_eq!(of(&["csv", "tests/data/lists/no-such.csv"]), 2);
    assert_eq!(of(&["api", BEFORE]), 0);
    assert_eq!(of(&["api", AFTER]), 1, "a page is missing");
    assert_eq!(of(&["api", "tests/data/lists/window.yaml"]), 2);
    assert_eq!(of(&["api", "tests/data/lists"]), 2, "no answer is below it");
    assert_eq!(of(&["csv", FOUR, "--map", "tennant=x"]), 2);
}

#[test]
fn formulas_are_inert_in_what_a_spreadsheet_reads() {
    let scratch = Scratch::new("formula");
    let list = scratch.file(
        "f.csv",
        "tenant,uid,circuit,vlan\n\"=HYPERLINK(\"\"x\"\")\",1300000000000001,pc-1,7\n",
    );
    let out = trunklab(&["reconcile", &list, BEFORE, "--format", "csv"]);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    let text = stdout(&out);
    assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{text}");
    assert!(!text.contains(",=") && !text.contains(",\"="), "{text}");
}

#[test]
fn sources_agree_disagree_or_have_nothing_in_common() {
    let of = |a: &str, b: &str| status(&trunklab(&["reconcile", a, b]));
    assert_eq!(of(FOUR, BEFORE), 0);
    assert_eq!(of(BEFORE, AFTER), 1);
    assert_eq!(of("tests/data/lists/window.yaml", "tests/data/lists/twelve.csv"), 1);
    assert_eq!(of(FOUR, "tests/data/lists/no-such.csv"), 2);
}

#[test]
fn a_window_is_verified_by_status_and_field() {
    let verify = |before: &str, after: &str| {
        trunklab(&[
            "rehearse",
            "tests/data/lists/window.yaml",
            "--verify",
            before,
            after,
            "--format",
            "csv",
        ])
    };
    let out = verify(BEFORE, AFTER);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    assert!(
        stdout(&out).contains("globex,vlan_id,not as predicted,102,112,"),
        "{}",
        stdout(&out)
    );
    let same = verify(BEFORE, BEFORE);
    assert_eq!(
        status(&same),
        3,
        "answers of before show nothing of afterwards: {}",
        stdout(&same)
    );
    assert_eq!(status(&verify(BEFORE, "tests/data/lists")), 2);
    let none = trunklab(&[
        "rehearse",
        "scenarios/migration/conversion-under-outage.yaml",
        "--verify",
        BEFORE,
        AFTER,
    ]);
    assert_eq!(status(&none), 2, "{}", stdout(&none));
}
