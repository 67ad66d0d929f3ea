//! Fails where another account pays than the one named, or where the octets billed are not the
//! octets that left: the meter on the wire, the watch of the gates, and the access device's own
//! counters must agree to the octet, and the ledger with them. What the circuit refused (its
//! queue was full, it was cut) the device counts and nobody else: so much may its counter be ahead.

use super::case::{Case, thousands};
use super::index::Index;
use super::story::Names;
use super::{Detail, Field, Finding, Value, Verdict};
use crate::evidence::Bound;
use crate::ident::{AccountId, StationId, TenantId};
use crate::node::lower::octets;
use crate::provision::money::{BillRow, InvoiceLine};
use crate::provision::{BillingPoint, ResourceId, ServiceKey};

pub(super) fn judge(
    index: &Index<'_>,
    tenant: Option<TenantId>,
    port_payer: Option<AccountId>,
    outbound_payer: Option<AccountId>,
) -> Finding {
    let case = &index.case;
    let lines: Vec<InvoiceLine> = case
        .record
        .invoice(case.plan)
        .into_iter()
        .filter(|l| meant(case, l, tenant))
        .collect();
    let mut wrong = Vec::new();
    for (row, payer) in [
        (BillRow::PortUsage, port_payer),
        (BillRow::OutboundDataTransfer, outbound_payer),
    ] {
        wrong.extend(payer.and_then(|payer| wrong_payer(case, &lines, row, payer)));
    }
    wrong.extend_from_slice(index.uneven(uneven));
    let octets: u64 = lines
        .iter()
        .filter(|l| l.row == BillRow::OutboundDataTransfer)
        .map(|l| l.quantity)
        .sum();
    let policies = case.record.cloud.law.premises().policies.list();
    let value = |name: &str| {
        let policy = policies.iter().find(|p| p.name == name);
        policy.map_or("", |p| p.value.as_str())
    };
    let not_billed = unbilled(case, tenant);
    let text = format!(
        "port fee: {}; outbound: {}, {} octets billed{} ({} at {})",
        payers(case, &lines, BillRow::PortUsage),
        payers(case, &lines, BillRow::OutboundDataTransfer),
        thousands(octets),
        match not_billed {
            0 => String::new(),
            n => format!(", {} not billed", thousands(n)),
        },
        value("octets_billing"),
        value("billing_point"),
    );
    let payer = |row: BillRow| Value::text(payers(case, &lines, row));
    let numbers = [
        ("port_payer", payer(BillRow::PortUsage)),
        ("outbound_payer", payer(BillRow::OutboundDataTransfer)),
        ("billed", Value::octets(octets)),
        ("not_billed", Value::octets(not_billed)),
        ("counted_as", Value::text(value("octets_billing"))),
        ("billing_point", Value::text(value("billing_point"))),
    ];
    if !wrong.is_empty() {
        return Finding::new(Verdict::Fail, text).with(wrong).numbers(numbers);
    }
    let quantity = |row: BillRow| -> u64 { lines.iter().filter(|l| l.row == row).map(|l| l.quantity).sum() };
    let missing = match (quantity(BillRow::PortUsage), octets) {
        (0, 0) => Some("nothing was charged"),
        (0, _) if port_payer.is_some() => Some("no port was charged for any time"),
        (_, 0) if outbound_payer.is_some() => Some("no octet of a flow left while outbound billing was on"),
        _ => None,
    };
    match missing {
        Some(why) => Finding::new(Verdict::Inconc, format!("{text}; {why}: the control is missing")).numbers(numbers),
        None => Finding::new(Verdict::Pass, text)
            .told(hours(case, &lines))
            .numbers(numbers),
    }
}

/// What the bill of outbound data is made of, hour by hour.
fn hours(case: &Case<'_>, lines: &[InvoiceLine]) -> Vec<Detail> {
    let names = Names::new(case);
    let hours = case.record.cloud.ledger.hours();
    let billed = hours.filter(|(_, port, ..)| lines.iter().any(|line| line.resource == ResourceId::Connection(*port)));
    let row = |(account, port, hour, octets)| {
        let (account, port) = (case.account(account), names.of(port));
        let text = format!(
            "hour {hour} of {port}: {} octets, billed to {account}",
            thousands(octets)
        );
        let values = vec![
            Field::new("account", Value::text(account)),
            Field::new("port", Value::text(port)),
            Field::new("hour", Value::label(hour)),
            Field::new("billed", Value::octets(octets)),
        ];
        Detail::new(text, values)
    };
    billed.map(row).collect()
}

/// Octets that left by a tenant's VLANs, or anybody's, while nobody's outbound billing was on.
fn unbilled(case: &Case<'_>, tenant: Option<TenantId>) -> u64 {
    let names = Names::new(case);
    let facts = &case.record.cloud.facts;
    let own = |key: &ServiceKey| {
        let circuit = names.of(key.circuit);
        let of = |tenant| {
            let mut all = facts.iter().map(|(_, fact)| fact);
            all.any(|f| f.tenant == tenant && f.vlan == key.vlan && f.circuit == circuit)
        };
        tenant.is_none_or(of)
    };
    let all = case.record.cloud.ledger.unbilled();
    all.filter(|(key, _)| own(key))
        .map(|(_, unbilled)| unbilled.octets)
        .sum()
}

/// Is the line about a resource of this tenant? What is gone by the end had its owner when it
/// was shown.
fn meant(case: &Case<'_>, line: &InvoiceLine, tenant: Option<TenantId>) -> bool {
    let Some(tenant) = tenant else { return true };
    let law = &case.record.cloud.law;
    let owner = match line.resource {
        ResourceId::Connection(id) => law.port(id).map(|p| p.owner),
        ResourceId::Vbr(id) => law.vbr(id).map(|v| v.owner),
        ResourceId::Attachment(_) | ResourceId::Unbound => None,
    };
    if let Some(owner) = owner {
        return owner == case.plan.tenants[tenant.index()].account;
    }
    let id = line.resource.to_string();
    case.record.cloud.facts.iter().any(|(_, fact)| {
        let port = fact.port.as_ref().is_some_and(|p| p.id == id);
        fact.tenant == tenant && (port || fact.vbr.as_ref().is_some_and(|v| v.id == id))
    })
}

fn wrong_payer(case: &Case<'_>, lines: &[InvoiceLine], row: BillRow, payer: AccountId) -> Option<String> {
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

fn payers(case: &Case<'_>, lines: &[InvoiceLine], row: BillRow) -> String {
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

/// Three counters of every VLAN, and the ledger. The meter reads frames on the wire, the gate
/// watch by its own sums, and the device counts by its tables and sees no wire.
fn uneven(case: &Case<'_>) -> Vec<String> {
    let (record, plan) = (case.record, case.plan);
    let vlans = record.numbering.vlans();
    let mut metered = vec![(0u64, 0u64, 0u64); vlans.len()];
    for r in record.meter.readings().iter().filter(|r| r.bound == Bound::Outbound) {
        if let Some(sum) = metered.get_mut(r.service as usize) {
            *sum = (sum.0 + r.metered.frames, sum.1 + r.metered.l2, sum.2 + r.metered.l3);
        }
    }
    let mut out = Vec::new();
    let mut refused = refused(case);
    let untouched = refused.iter().all(|frames| *frames == 0);
    for (i, (circuit, vlan)) in vlans.iter().enumerate() {
        let gate = &record.gates.gates()[i];
        let watched = gate.while_open + gate.while_closed;
        let device = record.devices.get(i).map(|d| d.sent).unwrap_or_default();
        let (frames, l2, l3) = metered[i];
        let ahead = device.frames.checked_sub(frames).filter(|n| *n <= refused[*circuit]);
        let even = match ahead {
            Some(0) => (device.octets, device.payload) == (l2, l3),
            Some(_) => device.octets >= l2 && device.payload >= l3,
            None => false,
        };
        refused[*circuit] -= ahead.unwrap_or(0);
        if (watched.frames, watched.octets) != (frames, l2) || !even {
            out.push(format!(
                "VLAN {vlan} of {}: the meter counted {} octets, the gate {}, the device {}",
                plan.circuits[*circuit].name,
                thousands(l2),
                thousands(watched.octets),
                thousands(device.octets)
            ));
        }
    }
    let ledger = &record.cloud.ledger;
    let billed: u64 = ledger.hours().map(|(.., octets)| octets).sum();
    let unbilled: u64 = ledger.unbilled().map(|(_, u)| u.octets).sum();
    let counted = match record.cloud.law.premises().policies.billing_point {
        BillingPoint::CircuitEgress if untouched => by_device(case).saturating_sub(record.protocol_octets()),
        BillingPoint::CircuitEgress | BillingPoint::VbrEgress => record.outbound_octets(plan),
    };
    if billed + unbilled != counted {
        out.push(format!(
            "{} octets billed and {} not billed are not the {} that left",
            thousands(billed),
            thousands(unbilled),
            thousands(counted)
        ));
    }
    out
}

/// What left by the circuits on the basis of the bill, by the devices' own counters.
fn by_device(case: &Case<'_>) -> u64 {
    let octets = octets(case.record.cloud.law.premises().policies.octets_billing);
    case.record.devices.iter().map(|d| d.sent.on(octets)).sum()
}

/// Frames that ended on each circuit's link, at most so many of them before they had entered it.
fn refused(case: &Case<'_>) -> Vec<u64> {
    let cells = case.record.evidence.cells();
    let of = |link| {
        let here = cells.iter().filter(|(key, _)| key.station == StationId::link(link));
        here.map(|(_, count)| count.frames).sum()
    };
    case.plan.circuits.iter().map(|c| of(c.link)).collect()
}
