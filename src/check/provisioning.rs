//! Fails where a step was refused that should not have been, or accepted, or refused by another code.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, some, thousands};
use super::story::{Names, Outcome, ServiceEnd, Step, service_ends, story};
use super::{Detail, Field, Finding, Value, Verdict};

pub(super) fn judge(case: &Case<'_>) -> Finding {
    if case.plan.steps.is_empty() {
        return Finding::new(Verdict::NotApplicable, "the scenario has no provisioning step");
    }
    let names = Names::new(case);
    let steps = story(case, &names);
    let count = |is: &dyn Fn(&Step<'_>) -> bool| steps.iter().filter(|step| is(step)).count();
    let strange = strangers(case);
    let never = count(&|s| s.outcome == Outcome::NotRun);
    let wrong = count(&|s| s.outcome != Outcome::NotRun && !s.conforms()) + strange.len();
    let refused = count(&|s| s.conforms() && matches!(s.outcome, Outcome::Refused(..)));
    let numbers = [
        ("steps", Value::count(steps.len())),
        ("ended_otherwise", Value::count(wrong)),
        ("never_ran", Value::count(never)),
        ("refused_as_expected", Value::count(refused)),
        ("settled", Value::Flag(case.record.cloud.law.is_settled())),
    ];
    if wrong > 0 {
        let text = format!("{wrong} of {} steps ended otherwise than they should", steps.len());
        let mut details = folded(&steps, &service_ends(case, &names));
        details.extend(strange.into_iter().map(Detail::from));
        return Finding::new(Verdict::Fail, text).told(details).numbers(numbers);
    }
    if never > 0 {
        let calls = steps.iter().filter(|s| s.outcome == Outcome::NotRun);
        let text = format!(
            "{never} of {} steps never ran: {}",
            steps.len(),
            some(calls.clone().map(|s| s.call))
        );
        let details = calls.map(|step| detail(step, "")).collect();
        return Finding::new(Verdict::Inconc, text).told(details).numbers(numbers);
    }
    let pending = match case.record.cloud.law.is_settled() {
        true => "",
        false => "; an outcome is still on its way when the run ends",
    };
    let s = if steps.len() == 1 { "" } else { "s" };
    let text = format!("{} step{s}{}{pending}", thousands(steps.len() as u64), codes(&steps));
    let refused = steps.iter().filter(|step| matches!(step.outcome, Outcome::Refused(..)));
    let details = refused.map(|step| detail(step, "")).collect();
    Finding::new(Verdict::Pass, text).told(details).numbers(numbers)
}

/// Codes of what was refused as it should be.
fn codes(steps: &[Step<'_>]) -> String {
    let refused = steps.iter().filter_map(|step| match &step.outcome {
        Outcome::Refused(code, _) => Some(code.as_str()),
        Outcome::Accepted | Outcome::NotRun => None,
    });
    let codes: Vec<&str> = refused.collect();
    match codes.len() {
        0 => String::new(),
        n => format!(", {n} of them refused as they should be: {}", some(codes)),
    }
}

/// Records of steps that the plan does not have.
fn strangers(case: &Case<'_>) -> Vec<String> {
    let records = case.record.cloud.steps.iter();
    let strange = records.filter(|record| record.step as usize >= case.plan.steps.len());
    strange
        .map(|record| format!("step {} is none of the plan's", record.step))
        .collect()
}

/// What ended otherwise than it should, each followed by what follows from it: later refusals, and
/// how the tenant stands at the end.
fn folded(steps: &[Step<'_>], ends: &[ServiceEnd<'_>]) -> Vec<Detail> {
    let departed = |s: &&Step<'_>| s.outcome != Outcome::NotRun && !s.conforms();
    let mut following: BTreeMap<usize, Vec<&Step<'_>>> = BTreeMap::new();
    for step in steps.iter().filter(departed) {
        if let Some(root) = step.root {
            following.entry(root).or_default().push(step);
        }
    }
    let naming = naming(ends);
    let mut out = Vec::new();
    let roots = steps.iter().enumerate().filter(|(_, step)| departed(step));
    for (at, root) in roots.filter(|(_, step)| step.root.is_none()) {
        let from = following.get(&at).map_or(&[][..], Vec::as_slice);
        out.push(detail(root, ""));
        out.extend(from.iter().map(|step| detail(step, "  so ")));
        let on = root.on.iter().chain(from.iter().flat_map(|step| &step.on));
        let touched: BTreeSet<usize> = on.filter_map(|name| naming.get(name)).flatten().copied().collect();
        for end in touched.into_iter().map(|at| &ends[at]) {
            let values = vec![
                Field::new("tenant", Value::text(end.tenant)),
                Field::new("unfinished", Value::text(&end.unfinished)),
                Field::new("follows_from_line", Value::label(root.line)),
            ];
            out.push(Detail::new(
                format!("  at the end {} is {}", end.tenant, said(end)),
                values,
            ));
        }
    }
    out
}

/// Of each name, the unfinished services that it is a name of, or that tell of it: looked up, since many
/// refusals of many tenants would otherwise each go through all of them.
fn naming<'a>(ends: &'a [ServiceEnd<'_>]) -> BTreeMap<&'a str, Vec<usize>> {
    let mut naming: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, end) in ends.iter().enumerate().filter(|(_, end)| !end.unfinished.is_empty()) {
        let own = [&end.vbr, &end.port].into_iter().flatten().map(String::as_str);
        for name in own.chain(end.unfinished.split(' ')) {
            naming.entry(name).or_default().push(at);
        }
    }
    naming
}

/// The state of a service as what its tenant is.
pub(super) fn said(end: &ServiceEnd<'_>) -> String {
    match end.unfinished.as_str() {
        "" => "open".to_owned(),
        legacy if legacy.starts_with("still legacy") => legacy.to_owned(),
        other => format!("without service: {other}"),
    }
}

fn detail(step: &Step<'_>, so: &str) -> Detail {
    let whose = step.tenant.map_or(String::new(), |tenant| format!("{tenant}: "));
    let text = format!(
        "{so}line {}: {whose}{} of {} by {} at {} was {}",
        step.line,
        step.call,
        step.on.join(", "),
        step.by,
        step.at,
        step.told()
    );
    let text = match step.outcome {
        Outcome::NotRun => text.replace(" was never ran", " never ran"),
        Outcome::Accepted | Outcome::Refused(..) => text,
    };
    Detail::new(text, step.values())
}

#[cfg(test)]
mod tests {
    use crate::control::Drawn;
    use crate::engine::run;
    use crate::evidence::NoObserver;
    use crate::scenario::{MemorySources, load_text};

    /// Four tenants written as one, on a circuit that has room for two.
    const FOUR: &str = "trunklab: 1
name: four
duration: 5s
accounts: [{ name: telecom, uid: 1, role: partner }]
access_points: [{ name: ap }]
access_devices: [{ name: dev, region: r }]
circuits: [{ name: c, a: ap, b: dev, rate: 1G }]
tenants: [{ name: t, count: 4, circuit: c, vlan_id: 100, spec: 500M }]
";

    #[test]
    fn of_tenants_of_one_line_each_refusal_is_told_with_what_follows_for_that_tenant_alone() {
        let loaded = load_text("w.yaml", FOUR.to_owned(), &MemorySources::new()).expect("a scenario");
        let (record, _) = run(&loaded.plan, Drawn::new(1), NoObserver).expect("a plan can be run");
        let judgement = crate::judge(&loaded.plan, &record);
        let line = judgement.lines.iter().find(|line| line.check == "provisioning");
        let details = &line.expect("it is always judged").details;
        let texts: Vec<String> = details.iter().map(ToString::to_string).collect();
        let (mut roots, mut own) = (Vec::new(), 0_usize);
        for text in &texts {
            let tenant = (1..=4).map(|n| format!("t-000{n}")).find(|name| text.contains(name));
            let tenant = tenant.unwrap_or_else(|| panic!("{text}"));
            match text.starts_with("  ") {
                false => roots.push(tenant),
                true => {
                    assert_eq!(roots.last(), Some(&tenant), "{text}\n{texts:#?}");
                    own += 1;
                }
            }
        }
        assert_eq!(roots, ["t-0003", "t-0004"], "{texts:#?}");
        assert!(own >= 6 && own.is_multiple_of(2), "{texts:#?}");
    }
}
