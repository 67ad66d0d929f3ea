//! A window that is held against saved answers: what came as predicted, what did not, and what nobody knows.

use super::{Stands, Verification, verify};
use crate::check::Verdict;
use crate::inventory::saved::below;
use crate::inventory::{Inventory, answers};
use crate::scenario::{Expanded, MemorySources, load_text};

const OPENED: i64 = 1_796_076_000;

fn scenario() -> Expanded {
    let text = include_str!("../../../tests/data/lists/window.yaml");
    let loaded = load_text("window.yaml", text.to_owned(), &MemorySources::new()).expect("a scenario");
    loaded.cutover.expect("a cutover")
}

fn read(folder: &str) -> Inventory {
    answers::read(&below(folder))
}

/// The answers of a folder with one text of one file replaced.
fn changed(folder: &str, file: &str, from: &str, to: &str) -> Inventory {
    let mut all = below(folder);
    let (_, octets) = all.iter_mut().find(|(name, _)| name.contains(file)).expect("a file");
    let text = String::from_utf8(octets.clone()).expect("text");
    assert!(text.contains(from), "{from} is not in {file}");
    *octets = text.replace(from, to).into_bytes();
    answers::read(&all)
}

fn against(after: &Inventory, opened: Option<i64>) -> Verification {
    verify(&scenario(), &read("answers/before"), after, opened).expect("it has a cutover")
}

/// The fields of a tenant that stand so.
fn fields(of: &Verification, tenant: &str, stands: Stands) -> Vec<&'static str> {
    let of = of.tenants.iter().find(|one| one.tenant == tenant).expect("a tenant");
    of.fields
        .iter()
        .filter(|one| one.stands == stands)
        .map(|one| one.field)
        .collect()
}

fn why(of: &Verification, tenant: &str, field: &str) -> (String, String) {
    let of = of.tenants.iter().find(|one| one.tenant == tenant).expect("a tenant");
    let field = of.fields.iter().find(|one| one.field == field).expect("a field");
    (field.why.clone(), field.since.clone())
}

#[test]
fn each_field_is_as_predicted_or_not_or_unknown_with_its_reason() {
    let found = against(&read("answers/after"), Some(OPENED));
    let verdicts: Vec<(&str, Verdict)> = found
        .tenants
        .iter()
        .map(|one| (one.tenant.as_str(), one.verdict()))
        .collect();
    let mut sorted = verdicts.clone();
    sorted.sort_unstable_by_key(|(tenant, _)| *tenant);
    assert_eq!(
        sorted,
        [
            ("acme", Verdict::Pass),
            ("globex", Verdict::Fail),
            ("initech", Verdict::Pass),
            ("telecom-test", Verdict::Inconc),
        ]
    );
    assert_eq!(found.verdict(), Verdict::Fail);
    assert_eq!(fields(&found, "globex", Stands::NotAsPredicted), ["vlan_id", "cen_ids"]);
    let (text, since) = why(&found, "globex", "vlan_id");
    assert_eq!(text, "it was 102, and no step of the cutover changes it");
    assert_eq!(
        since,
        "cutover.globex-vbr.create (CreateVpconnFromVbr) at 2026-11-30T21:59:10Z"
    );
    assert_eq!(
        fields(&found, "initech", Stands::AsPredicted).len(),
        10,
        "it never accepts, and that was predicted"
    );
    let (text, _) = why(&found, "telecom-test", "vbr_id");
    assert_eq!(
        text,
        "a page is missing: 1 of 2 entries of DescribeVirtualBorderRoutersForPhysicalConnection are there; no answer \
         of DescribeVirtualBorderRouters by account 1300000000000009 was saved"
    );
}

#[test]
fn a_vbr_that_still_hangs_on_its_circuit_is_not_as_predicted_since_the_step_that_is_missing() {
    let on = |circuit: &str| format!("\"PhysicalConnectionId\": \"{circuit}\"");
    let (port, circuit) = (on("pc-uf6acmeport"), on("pc-uf6c1rcu1t0001"));
    let after = changed("answers/after", "1300000000000001/Describe", &port, &circuit);
    let found = against(&after, None);
    let (text, since) = why(&found, "acme", "physical_connection_id");
    assert_eq!(text, "it still hangs on the circuit, and pc-uf6acmeport waits for it");
    assert_eq!(since, "cutover.acme-vbr.attach (AttachVbrToVpconn)");
    let foreign = changed(
        "answers/after",
        "1300000000000001/Describe",
        &port,
        &on("pc-uf6globexport"),
    );
    let (text, _) = why(&against(&foreign, None), "acme", "physical_connection_id");
    assert_eq!(
        text,
        "pc-uf6globexport belongs to account 1300000000000002, not to 1300000000000001"
    );
    let strange = changed("answers/after", "1300000000000001/Describe", &port, &on("pc-nobody"));
    let found = against(&strange, None);
    assert_eq!(fields(&found, "acme", Stands::Unknown)[0], "physical_connection_id");
    assert_eq!(
        why(&found, "acme", "physical_connection_id").0,
        "no answer shows what pc-nobody is"
    );
}

#[test]
fn who_was_not_to_be_converted_and_is_departs() {
    let circuit = "\"PhysicalConnectionId\": \"pc-uf6c1rcu1t0001\"";
    let port = "\"PhysicalConnectionId\": \"pc-uf6initechport\"";
    let after = changed("answers/after", "1300000000000003/Describe", circuit, port);
    let found = against(&after, None);
    assert_eq!(
        fields(&found, "initech", Stands::NotAsPredicted),
        ["physical_connection_id"]
    );
    assert_eq!(
        why(&found, "initech", "physical_connection_id").0,
        "it hung on pc-uf6c1rcu1t0001"
    );
}

#[test]
fn an_answer_that_is_older_than_the_step_shows_nothing_of_it() {
    let after = changed(
        "answers/after",
        "1300000000000001/Describe",
        "23:30:00 GMT",
        "21:00:00 GMT",
    );
    let found = against(&after, Some(OPENED));
    assert_eq!(fields(&found, "acme", Stands::Unknown), ["vbr_id"]);
    let (text, _) = why(&found, "acme", "vbr_id");
    assert!(
        text.starts_with("the answer is of 2026-11-30T21:00:00Z, before the step at 2026-11-30T22:0"),
        "{text}"
    );
    assert_eq!(
        fields(&against(&after, None), "acme", Stands::Unknown),
        [""; 0],
        "nobody says when the window was"
    );
    // Older than the answers of before it shows nothing, whenever the window was.
    let older = changed(
        "answers/after",
        "1300000000000001/Describe",
        "30 Nov 2026 23:30",
        "29 Nov 2026 23:30",
    );
    assert_eq!(fields(&against(&older, None), "acme", Stands::Unknown), ["vbr_id"]);
}

#[test]
fn a_field_that_no_call_returned_is_unknown() {
    let after: Vec<_> = below("answers/after")
        .into_iter()
        .filter(|(name, _)| !name.contains("1300000000000003"))
        .collect();
    let found = against(&answers::read(&after), None);
    let unknown = fields(&found, "initech", Stands::Unknown);
    assert_eq!(unknown, ["physical_connection_id", "cen_ids"]);
    assert_eq!(
        why(&found, "initech", "cen_ids").0,
        "AssociatedCens is not returned by DescribeVirtualBorderRoutersForPhysicalConnection"
    );
}

#[test]
fn a_vbr_is_gone_only_where_all_of_its_owners_were_asked_for_and_are_there() {
    let file = "1300000000000001/Describe";
    let other = |text: &str| changed("answers/after", file, "vbr-uf6acme01", text);
    let found = against(&other("vbr-other"), None);
    assert_eq!(
        fields(&found, "acme", Stands::Unknown),
        ["vbr_id"],
        "what was asked was not saved"
    );
    let asked = |request: &str| {
        let mut all = below("answers/after");
        let (_, octets) = all.iter_mut().find(|(name, _)| name.contains(file)).expect("a file");
        let text = String::from_utf8(octets.clone())
            .expect("text")
            .replace("vbr-uf6acme01", "vbr-other");
        *octets = format!("{{\"Request\": {request}, \"Response\": {text}}}").into_bytes();
        against(&answers::read(&all), None)
    };
    let gone = asked("{\"RegionId\": \"cn-shanghai\"}");
    assert_eq!(fields(&gone, "acme", Stands::NotAsPredicted), ["vbr_id"]);
    let filtered = asked("{\"RegionId\": \"cn-shanghai\", \"Filter.1.Key\": \"Status\"}");
    assert_eq!(fields(&filtered, "acme", Stands::Unknown), ["vbr_id"]);
}

#[test]
fn nothing_saved_is_nothing_known() {
    let found = verify(&scenario(), &Inventory::default(), &Inventory::default(), None).expect("it has a cutover");
    assert_eq!(found.verdict(), Verdict::Inconc);
    assert!(
        found
            .tenants
            .iter()
            .all(|one| one.vbr.is_none() && one.verdict() == Verdict::Inconc)
    );
}
