//! Fails where a frame copy is neither settled nor still under way, for any tenant; or where frames became
//! more without end.

use super::case::{Case, counted, frames, thousands};
use super::{Detail, Field, Finding, Value, Verdict};
use crate::ident::TenantId;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let evidence = &case.record.evidence;
    let all: Vec<TenantId> = case.tenants(None).chain([TenantId::NONE]).collect();
    let mut details = unbalanced(case, &all);
    details.extend(cross_checks(case).into_iter().map(Detail::from));
    let sum = |f: &dyn Fn(&crate::evidence::TenantAccount) -> u64| all.iter().map(|t| f(evidence.tenant(*t))).sum();
    let (offered, copied): (u64, u64) = (sum(&|a| a.offered.frames), sum(&|a| a.copied.frames));
    let (settled, held): (u64, u64) = (sum(&|a| a.settled.frames), sum(&|a| a.held.frames));
    let text = format!(
        "{} offered + {} = {} settled + {} under way",
        frames(offered),
        counted(copied, "copy or answer", "copies and answers"),
        thousands(settled),
        thousands(held)
    );
    let mut told = Vec::new();
    let duplicates = duplicates(case, &mut told);
    let storm = &case.record.storm;
    let text = match duplicates {
        0 => text,
        n => format!("{text}; {} delivered more than once", frames(n)),
    };
    let found = match (details.is_empty(), offered, case.plan.flows.is_empty()) {
        (false, ..) => Finding::new(Verdict::Fail, text).told(details),
        // The books of a storm balance, and yet what was sent once is there without end.
        _ if storm.dropped > 0 => {
            let text = format!(
                "{text}; frames went in circles and became more, until {} were taken out (check: storm)",
                frames(storm.dropped)
            );
            Finding::new(Verdict::Fail, text).told(told)
        }
        (true, 0, true) => Finding::new(Verdict::NotApplicable, "the scenario sends nothing"),
        (true, 0, false) => Finding::new(Verdict::Inconc, "nothing was sent, so nothing was shown"),
        _ => Finding::new(Verdict::Pass, text).told(told),
    };
    found.numbers([
        ("duplicates", Value::frames(duplicates)),
        ("offered", Value::frames(offered)),
        ("copied", Value::frames(copied)),
        ("settled", Value::frames(settled)),
        ("under_way", Value::frames(held)),
    ])
}

/// Tenants whose books do not balance.
fn unbalanced(case: &Case<'_>, all: &[TenantId]) -> Vec<Detail> {
    let evidence = &case.record.evidence;
    all.iter()
        .map(|t| (t, evidence.tenant(*t)))
        .filter(|(_, account)| !account.balances())
        .map(|(t, a)| {
            let text = format!(
                "{}: offered {} + copies {} is not settled {} + under way {}",
                case.tenant(*t),
                a.offered.frames,
                a.copied.frames,
                a.settled.frames,
                a.held.frames
            );
            let counts = [
                ("offered", a.offered),
                ("copied", a.copied),
                ("settled", a.settled),
                ("under_way", a.held),
            ];
            let counts = counts.map(|(key, count)| Field::new(key, Value::frames(count.frames)));
            let whose = Field::new("tenant", Value::text(case.tenant(*t)));
            Detail::new(text, [whose].into_iter().chain(counts).collect())
        })
        .collect()
}

/// Copies that were delivered although another copy of the same frame had been, of all flows and
/// answers to them; `details` tells each flow.
fn duplicates(case: &Case<'_>, details: &mut Vec<Detail>) -> u64 {
    let mut sum = 0;
    for (_, plan, account) in case.flows() {
        let Some(account) = account else { continue };
        let (forward, answers) = (account.forward.duplicated, account.answers.duplicated);
        if forward + answers == 0 {
            continue;
        }
        sum += forward + answers;
        let text = format!(
            "{}: {} delivered more than once, {} of answers to it",
            plan.name,
            frames(forward),
            frames(answers)
        );
        let values = vec![
            Field::new("flow", Value::text(&plan.name)),
            Field::new("duplicates", Value::frames(forward)),
            Field::new("duplicates_of_answers", Value::frames(answers)),
        ];
        details.push(Detail::new(text, values));
    }
    sum
}

/// Sums that come by other ways: the cells of each tenant, its flows, and the world's own count.
fn cross_checks(case: &Case<'_>) -> Vec<String> {
    let evidence = &case.record.evidence;
    let mut sums = vec![[0u64; 3]; case.plan.tenants.len() + 1];
    let slot = |tenant: TenantId| tenant.index().min(case.plan.tenants.len());
    for (key, count) in evidence.cells() {
        sums[slot(key.tenant)][0] += count.frames;
    }
    for (_, plan, account) in case.flows() {
        let Some(account) = account else { continue };
        sums[slot(plan.tenant)][1] += account.forward.sent.frames;
        sums[slot(plan.tenant)][2] += account.answers.sent.frames;
    }
    let mut out = Vec::new();
    for tenant in case.tenants(None).chain([TenantId::NONE]) {
        let ([settled, sent, answers], account) = (sums[slot(tenant)], evidence.tenant(tenant));
        let name = case.tenant(tenant);
        if settled != account.settled.frames {
            out.push(format!(
                "{name}: its cells hold {settled} frames, settled are {}",
                account.settled.frames
            ));
        }
        if sent > account.offered.frames || answers > account.copied.frames {
            out.push(format!(
                "{name}: its flows hold {sent} frames and {answers} answers, more than it offered"
            ));
        }
    }
    let held: u64 = case
        .tenants(None)
        .chain([TenantId::NONE])
        .map(|t| evidence.tenant(t).held.frames)
        .sum();
    if held != case.record.stats.held {
        out.push(format!(
            "{held} frames are told as under way, the network held {}",
            case.record.stats.held
        ));
    }
    out
}
