//! Fails where another account pays than the one named, or where the octets billed are not the
//! octets that two independent counters saw leave.

use super::case::{Case, thousands};
use super::{Finding, Verdict};
use crate::evidence::Bound;
use crate::ident::{AccountId, TenantId};
use crate::provision::ResourceId;
use crate::provision::billing::{InvoiceLine, Row};

pub(super) fn judge(
    case: &Case<'_>,
    tenant: Option<TenantId>,
    port_payer: Option<AccountId>,
    outbound_payer: Option<AccountId>,
) -> Finding {
    let lines: Vec<InvoiceLine> = case
        .run
        .invoice(case.plan)
        .into_iter()
        .filter(|l| meant(case, l, tenant))
        .collect();
    let mut wrong = Vec::new();
    for (row, payer) in [
        (Row::PortUsage, port_payer),
        (Row::OutboundDataTransfer, outbound_payer),
    ] {
        wrong.extend(payer.and_then(|payer| wrong_payer(case, &lines, row, payer)));
    }
    wrong.extend(uneven(case));
    let octets: u64 = lines
        .iter()
        .filter(|l| l.row == Row::OutboundDataTransfer)
        .map(|l| l.quantity)
        .sum();
    let policies = case.run.cloud.law.world().policies.list();
    let value = |name: &str| {
        let policy = policies.iter().find(|p| p.name == name);
        policy.map_or("", |p| p.value.as_str())
    };
    let text = format!(
        "port fee: {}; outbound: {}, {} octets billed ({} at {})",
        payers(case, &lines, Row::PortUsage),
        payers(case, &lines, Row::OutboundDataTransfer),
        thousands(octets),
        value("octets_billing"),
        value("billing_point"),
    );
    let nothing = lines.iter().all(|l| !l.row.is_charged());
    match (
        wrong.is_empty(),
        nothing && (port_payer.is_some() || outbound_payer.is_some()),
    ) {
        (false, _) => Finding::new(Verdict::Fail, text).with(wrong),
        (true, true) => Finding::new(Verdict::Fail, "nothing is charged to anybody"),
        _ => Finding::new(Verdict::Pass, text),
    }
}

/// Is the line about a resource of this tenant?
fn meant(case: &Case<'_>, line: &InvoiceLine, tenant: Option<TenantId>) -> bool {
    let law = &case.run.cloud.law;
    let owner = match line.resource {
        ResourceId::Connection(id) => law.port(id).map(|p| p.owner),
        ResourceId::Vbr(id) => law.vbr(id).map(|v| v.owner),
        _ => None,
    };
    tenant.is_none_or(|t| owner == Some(case.plan.tenants[t.index()].account))
}

fn wrong_payer(case: &Case<'_>, lines: &[InvoiceLine], row: Row, payer: AccountId) -> Option<String> {
    let mut of_row = lines.iter().filter(|l| l.row == row).peekable();
    if of_row.peek().is_none() {
        return Some(format!(
            "nobody pays the {}; {} should",
            row.as_str(),
            case.account(payer)
        ));
    }
    let other = of_row.find(|l| l.account != payer)?;
    Some(format!(
        "{} pays the {} of {}; {} should",
        case.account(other.account),
        row.as_str(),
        other.resource,
        case.account(payer)
    ))
}

fn payers(case: &Case<'_>, lines: &[InvoiceLine], row: Row) -> String {
    let mut names: Vec<&str> = lines
        .iter()
        .filter(|l| l.row == row)
        .map(|l| case.account(l.account))
        .collect();
    names.sort_unstable();
    names.dedup();
    match names.len() {
        0 => "nobody".to_owned(),
        1 => names[0].to_owned(),
        n => format!("{n} payers"),
    }
}

/// The meter, the gate watch and the ledger count the same frames by themselves.
fn uneven(case: &Case<'_>) -> Vec<String> {
    let (run, plan) = (case.run, case.plan);
    let readings = run.meter.readings();
    let mut out = Vec::new();
    for (i, (circuit, vlan)) in run.numbering.vlans().iter().enumerate() {
        let gate = &run.gates.gates()[i];
        let watched = gate.while_open.octets + gate.while_closed.octets;
        let of_vlan = readings
            .iter()
            .filter(|r| r.service as usize == i && r.bound == Bound::Outbound);
        let metered: u64 = of_vlan.map(|r| r.metered.l2).sum();
        if watched != metered {
            let name = &plan.circuits[*circuit].name;
            out.push(format!(
                "VLAN {vlan} of {name}: the meter counted {metered} octets, the gate {watched}"
            ));
        }
    }
    let ledger = &run.cloud.ledger;
    let billed: u64 = ledger.hours().map(|(.., octets)| octets).sum();
    let unbilled: u64 = ledger.unbilled().map(|(_, u)| u.octets).sum();
    let counted = run.outbound_octets(plan);
    if billed + unbilled != counted {
        out.push(format!(
            "{billed} octets billed + {unbilled} not billed are not the {counted} that were metered"
        ));
    }
    out
}
