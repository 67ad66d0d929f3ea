//! Cases from the field, held against their right answers.

use trunklab::scenario::MemorySources;
use trunklab::study::prove_plan;

use super::Judged;
use crate::shared_inputs;

fn text(path: &str) -> Option<String> {
    let octets = shared_inputs::read(&format!("cases/{path}"))?;
    Some(String::from_utf8(octets).expect("a case is text"))
}

fn judged(path: &str) -> Option<Judged> {
    let loaded = trunklab::scenario::load_text(path, text(path)?, &MemorySources::new());
    let loaded = loaded.unwrap_or_else(|refused| panic!("{path}: {:?}", refused.errors));
    Some(Judged::of(loaded.plan))
}

#[test]
fn each_continuity_of_a_conversion_without_traffic_names_its_steps() {
    let Some(run) = judged("41-nothing-in-flight/f17-migration-without-traffic.yaml") else {
        return;
    };
    for line in run.judgement.lines.iter().filter(|l| l.check == "continuity") {
        let told = line.details.join("; ");
        for step in [
            "CreateVpconnFromVbr by telecom at 13s",
            "AttachVbrToVpconn by telecom at 20s",
        ] {
            assert!(told.contains(step), "{}: {told}", line.subject);
        }
        assert!(line.finding.contains("assumed: AttachVbrToVpconn"), "{}", line.finding);
    }
}

#[test]
fn a_proof_asks_for_the_control_of_each_tenant_that_is_served() {
    let Some(run) = judged("45-controls/f1-vlan-typo-unused.yaml") else {
        return;
    };
    let proof = prove_plan(&run.plan, |_, _, _| {}).expect("it can be read");
    assert!(!proof.has_control());
    assert!(proof.without_control(&run.plan).contains("acme"));
}

/// Two tenants, and fifty with random gaps between their frames, all within their spec.
#[test]
fn every_check_that_the_healthy_cases_ask_for_passes() {
    for (path, asked) in [("46-healthy/h0-healthy.yaml", 2), ("46-healthy/h11-50-poisson.yaml", 2)] {
        let Some(judged) = judged(path) else { return };
        let wrong: Vec<String> = (judged.judgement.lines.iter())
            .filter(|line| !matches!(line.verdict.as_str(), "PASS" | "NOT APPLICABLE"))
            .map(|line| format!("{} {}: {}", line.check, line.subject, line.finding))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{path}");
        let lines = judged.judgement.lines.iter();
        assert_eq!(lines.filter(|line| line.line > 0).count(), asked, "{path}");
    }
}
