//! Who answers where an owner has many deviations.

use super::{Whom, judged};
use crate::control::Drawn;
use crate::engine::run;
use crate::evidence::NoObserver;
use crate::scenario::{Loaded, MemorySources, load_text};

/// Twenty tenants, each policed anew by the partner: all to what is enough, but for these.
fn twenty(tight: usize) -> String {
    let of = |tenant: usize| {
        let spec = if tenant == tight { "1M" } else { "40M" };
        format!("  - {{ at: 7s, police: ap, tenant: t-{tenant:04}, spec: {spec}, burst: 2kB }}\n")
    };
    let faults: String = (1..=20).map(of).collect();
    format!(
        "trunklab: 1
name: twenty
duration: 8s
accounts: [{{ name: telecom, uid: 1, role: partner }}]
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev, region: r }}]
circuits: [{{ name: c, a: ap, b: dev, rate: 100G }}]
tenants:
  - {{ name: t, count: 20, circuit: c, vlan_id: 300, spec: 50M, traffic: {{ interval: 8ms, size: 1200, start: 6500ms, stop: 7500ms }} }}
faults:
{faults}"
    )
}

#[test]
fn of_many_deviations_the_one_that_matters_is_found_by_halves() {
    for tight in [1, 9, 20] {
        let Loaded { plan, expanded, .. } =
            load_text("w.yaml", twenty(tight), &MemorySources::new()).unwrap_or_else(|e| panic!("{}", e.errors[0]));
        let (record, _) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
        let (_, answers) = judged(&expanded, &plan, &record, Whom::Everybody, 1).expect("it can be run");
        let answers = answers.expect("everybody is asked about");
        let hurt: Vec<&String> = answers.tenants.keys().collect();
        assert_eq!(hurt, [&format!("t-{tight:04}")]);
        let group = &answers.tenants[hurt[0]].groups[0];
        let causes: Vec<&str> = group.causes[0].deviations.iter().map(|d| d.what.as_str()).collect();
        assert_eq!(causes, [format!("ap is set to police t-{tight:04} to 1M at 7s")]);
        assert_eq!(group.causes[0].left, 0);
        // None, all, half and half again: not one for each of twenty.
        assert!(answers.worlds <= 14, "{tight}: {} worlds", answers.worlds);
    }
}
