//! Fails where a frame copy is neither settled nor still under way, for any tenant.

use super::case::{Case, frames, thousands};
use super::{Finding, Verdict};
use crate::ident::TenantId;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let evidence = &case.run.evidence;
    let all: Vec<TenantId> = case.tenants(None).chain([TenantId::NONE]).collect();
    let details: Vec<String> = all
        .iter()
        .map(|t| (t, evidence.tenant(*t)))
        .filter(|(_, account)| !account.balances())
        .map(|(t, a)| {
            format!(
                "{}: offered {} + copies {} is not settled {} + under way {}",
                case.tenant(*t),
                a.offered.frames,
                a.copied.frames,
                a.settled.frames,
                a.held.frames
            )
        })
        .collect();
    let sum = |f: &dyn Fn(&crate::evidence::TenantAccount) -> u64| all.iter().map(|t| f(evidence.tenant(*t))).sum();
    let (offered, copied): (u64, u64) = (sum(&|a| a.offered.frames), sum(&|a| a.copied.frames));
    let (settled, held): (u64, u64) = (sum(&|a| a.settled.frames), sum(&|a| a.held.frames));
    let text = format!(
        "{} offered + {} copies and answers = {} settled + {} under way",
        frames(offered),
        thousands(copied),
        thousands(settled),
        thousands(held)
    );
    match (details.is_empty(), offered, case.plan.flows.is_empty()) {
        (false, ..) => Finding::new(Verdict::Fail, text).with(details),
        (true, 0, true) => Finding::new(Verdict::NotApplicable, "the scenario sends nothing"),
        (true, 0, false) => Finding::new(Verdict::Inconc, "nothing was sent, so nothing was shown"),
        _ => Finding::new(Verdict::Pass, text),
    }
}
