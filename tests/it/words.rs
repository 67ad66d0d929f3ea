//! Closed lists: a word that stands on none is refused with its place, its code and the nearest name,
//! and no plan comes of it.

use trunklab::scenario::{MemorySources, load_text};

const BASE: &str = include_str!("../data/scenario/two-tenants.yaml");

/// Each list, with a place in the scenario where one of its words stands or could stand, a word that
/// is none, the code, and the name that is offered.
const LISTS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "quirk of a switch",
        "profile: strict",
        "profile: strict, quirk: last-tag-win",
        "TL0204",
        "`last-tag-wins`",
    ),
    (
        "quirk of a device",
        "region: cn-shanghai",
        "region: cn-shanghai, quirk: no-such-fault",
        "TL0204",
        "`none`",
    ),
    ("profile", "profile: strict", "profile: stirct", "TL0204", "`strict`"),
    (
        "feature",
        "region: cn-shanghai",
        "region: cn-shanghai, features: [MPBPG]",
        "TL0204",
        "`MPBGP`",
    ),
    ("role", "role: partner", "role: partnr", "TL0204", "`partner`"),
    (
        "spec that is sold",
        "role: partner",
        "role: partner, sold_specs: [50M, 51M]",
        "TL0507",
        "`50M`",
    ),
    (
        "spec with a price",
        "seed: 7\n",
        "seed: 7\nprices: { port_per_month: { 51M: 60 } }\n",
        "TL0507",
        "`50M`",
    ),
    (
        "type of port",
        "seed: 7\n",
        "seed: 7\nprices: { dedicated_per_month: { 10GBase-LX: 60 } }\n",
        "TL0507",
        "`10GBase-LR`",
    ),
    (
        "policy",
        "seed: 7\n",
        "seed: 7\npolicies: { vlan_updat: allow }\n",
        "TL0507",
        "`vlan_update`",
    ),
    (
        "lead time",
        "seed: 7\n",
        "seed: 7\nlead_times: { constuction: 40d }\n",
        "TL0507",
        "`construction`",
    ),
    (
        "operation",
        "do: ConfirmPhysicalConnection",
        "do: ConfirmPhysicalConection",
        "TL0505",
        "`ConfirmPhysicalConnection`",
    ),
    (
        "error code",
        "do: ConfirmPhysicalConnection",
        "expect_error: QuotaExceeded.VPCON, do: ConfirmPhysicalConnection",
        "TL0204",
        "`QuotaExceeded.VPCONN`",
    ),
    (
        "check",
        "check: reachability",
        "check: reachabilty",
        "TL0204",
        "`reachability`",
    ),
];

#[test]
fn a_word_that_stands_on_no_list_is_refused_with_its_place_its_code_and_the_nearest_name() {
    for (what, from, to, code, near) in LISTS {
        let base = match *what {
            // There is one mapping of policies, and it stands in the scenario already.
            "policy" => BASE.replace("policies: { sum_of_specs: enforced }\n", ""),
            _ => BASE.to_owned(),
        };
        assert!(base.contains(from), "{what}: `{from}` is not in the scenario");
        let text = base.replacen(from, to, 1);
        let refused = load_text("w.yaml", text.clone(), &MemorySources::new()).err();
        let refused = refused.unwrap_or_else(|| panic!("{what}: it is accepted"));
        let [error] = refused.errors.as_slice() else {
            panic!("{what}: one fault, and {} errors", refused.errors.len());
        };
        assert_eq!(error.code.as_str(), *code, "{what}: {error}");
        assert!(error.to_string().contains(near), "{what}: {error}");
        let word = &text[error.span.start as usize..error.span.end as usize];
        assert!(
            to.contains(word) && !from.contains(word),
            "{what}: the place shows `{word}`"
        );
        let line = text.lines().nth(error.line() as usize - 1).expect("a line of the file");
        let shown: String = line.chars().skip(error.column() as usize - 1).collect();
        assert!(shown.starts_with(word), "{what}: the column shows `{shown}`");
    }
}

#[test]
fn every_word_of_every_list_is_taken() {
    use trunklab::forward::Planted;
    use trunklab::provision::{ErrorCode, Feature, Lead, PortType, Spec};
    let accepted = |text: String| {
        let loaded = load_text("w.yaml", text, &MemorySources::new());
        loaded.unwrap_or_else(|refused| panic!("{}", refused.errors[0])).plan
    };
    let with = |from: &str, to: String| accepted(BASE.replacen(from, &to, 1));
    for quirk in Planted::every() {
        with("profile: strict", format!("profile: strict, quirk: {quirk}"));
    }
    let features: Vec<&str> = Feature::ALL.into_iter().map(Feature::key).collect();
    with(
        "region: cn-shanghai",
        format!("region: cn-shanghai, features: [{}]", features.join(", ")),
    );
    let prices = |names: Vec<&str>| names.iter().map(|name| format!("{name}: 1, ")).collect::<String>();
    let shared = prices(Spec::all().map(Spec::name).collect());
    let dedicated = prices(PortType::NAMES.to_vec());
    let prices =
        format!("prices: {{ port_per_month: {{ {shared} }}, dedicated_per_month: {{ {dedicated} 10G: 2 }} }}\n");
    let plan = with("seed: 7\n", format!("seed: 7\n{prices}"));
    let prices = plan.prices.expect("prices");
    assert_eq!((prices.port_per_month.len(), prices.dedicated_per_month.len()), (11, 8));
    let leads: String = Lead::ALL.iter().map(|lead| format!("{}: 1s, ", lead.name())).collect();
    assert_eq!(
        with("seed: 7\n", format!("seed: 7\nlead_times: {{ {leads} }}\n"))
            .lead_times
            .len(),
        13
    );
    for code in ErrorCode::all() {
        let plan = with(
            "do: ConfirmPhysicalConnection",
            format!("expect_error: {code}, do: ConfirmPhysicalConnection"),
        );
        assert!(plan.steps.iter().any(|step| step.expect_error == Some(code)), "{code}");
    }
}
