//! The bill of a run, and the ways to the cloud that a scenario compares.

use crate::check::{Case, CloudWay, Names, Unit as Of, Value, fibre_km, thousands, way};
use crate::provision::money::{BillRow, InvoiceLine, Unit};
use crate::report::document::{Column, For, Table};
use crate::scenario::Plan;
use crate::scenario::plan::Check;
use crate::units::SimDuration;

const BILL: [Column; 12] = [
    Column::new("account", "account"),
    Column::new("row", "row"),
    Column::new("resource", "resource"),
    Column::of("resource_id", "", Of::Count, For::Programs),
    Column::of("", "quantity", Of::Count, For::People),
    Column::of("port_time", "", Of::Span, For::Programs),
    Column::of("spec", "", Of::Rate, For::Programs),
    Column::of("billed", "", Of::Octets, For::Programs),
    Column::of("pieces", "", Of::Count, For::Programs),
    Column::of("", "amount", Of::Count, For::People),
    Column::of("amount", "", Of::Micros, For::Programs),
    Column::of("currency", "", Of::Count, For::Programs),
];

/// Every row of the bill of everybody.
pub(super) fn bill(case: &Case<'_>) -> Table {
    let mut table = Table::new("bill", "bill", &BILL, 24);
    let names = Names::new(case);
    for line in case.record.invoice(case.plan) {
        table.push(bill_row(case, &names, &line));
    }
    table
}

fn bill_row(case: &Case<'_>, names: &Names<'_>, line: &InvoiceLine) -> Vec<Value> {
    let unit = case.record.cloud.law.premises().policies.spec_1g;
    let (quantity, time, spec, octets, pieces) = match line.unit {
        Unit::PortTime(spec) => {
            let time = SimDuration::from_nanos(line.quantity);
            (
                format!("{time} at {spec}"),
                Some(time),
                Some(spec.rate(unit)),
                None,
                None,
            )
        }
        Unit::Octets => {
            let text = format!("{} octets", thousands(line.quantity));
            (text, None, None, Some(line.quantity), None)
        }
        Unit::Pieces => (line.quantity.to_string(), None, None, None, Some(line.quantity)),
    };
    let amount = match (line.row, line.amount) {
        (BillRow::InitialInstallation | BillRow::VbrInstance, _) => "not charged".to_owned(),
        (_, None) => "no price given".to_owned(),
        (_, Some(micros)) => money(micros, case.plan),
    };
    vec![
        Value::text(case.plan.accounts[line.account.index()].name.as_str()),
        Value::text(line.row.as_str()),
        Value::text(names.of(line.resource)),
        Value::text(line.resource.to_string()),
        Value::Text(quantity),
        Value::span(time),
        Value::rate(spec),
        Value::Number(Of::Octets, octets),
        Value::Number(Of::Count, pieces),
        Value::Text(amount),
        Value::Number(Of::Micros, line.amount),
        Value::text(currency(case.plan)),
    ]
}

const HOURS: [Column; 5] = [
    Column::new("account", "account"),
    Column::new("port", "port"),
    Column::of("port_id", "", Of::Count, For::Programs),
    Column::unit("hour", "hour", Of::Label),
    Column::unit("billed", "octets", Of::Octets),
];

/// The outbound data of each port by the hour of the run, from 0; an hour without any has no row.
pub(super) fn bill_hours(case: &Case<'_>) -> Table {
    let mut table = Table::new("bill_hours", "outbound data by the hour", &HOURS, 0);
    let names = Names::new(case);
    for (account, port, hour, octets) in case.record.cloud.ledger.hours() {
        table.push(vec![
            Value::text(case.account(account)),
            Value::text(names.of(port)),
            Value::text(port.to_string()),
            Value::label(hour),
            Value::octets(octets),
        ]);
    }
    table
}

fn currency(plan: &Plan) -> &str {
    plan.prices.as_ref().map_or("", |prices| prices.currency.as_str())
}

/// Millionths as an amount: `12.345678 USD`, without needless zeros behind the second digit.
fn money(micros: u64, plan: &Plan) -> String {
    let mut part = format!("{:06}", micros % 1_000_000);
    while part.len() > 2 && part.ends_with('0') {
        part.pop();
    }
    format!("{}.{part} {}", micros / 1_000_000, currency(plan))
}

const WAYS: [Column; 14] = [
    Column::new("vbr", "VBR"),
    Column::of("shared", "", Of::Count, For::Programs),
    Column::of("", "over", Of::Count, For::People),
    Column::of("ready_after", "", Of::Instant, For::Programs),
    Column::of("", "ready after", Of::Count, For::People),
    Column::unit("bandwidth", "bandwidth", Of::Rate),
    Column::of("", "last mile", Of::Count, For::People),
    Column::of("last_mile", "", Of::Span, For::Programs),
    Column::of("", "in all", Of::Count, For::People),
    Column::of("further", "", Of::Span, For::Programs),
    Column::of("", "port a month", Of::Count, For::People),
    Column::of("port_a_month", "", Of::Micros, For::Programs),
    Column::of("", "once", Of::Count, For::People),
    Column::of("once", "", Of::Micros, For::Programs),
];

/// The ways to the cloud that the scenario compares.
pub(super) fn ways(case: &Case<'_>) -> Table {
    let mut table = Table::new("ways", "ways to the cloud", &WAYS, 24);
    for expected in &case.plan.expect {
        if let Check::Choice { slot, .. } = expected.check {
            table.push(way_row(case, &way(case, slot)));
        }
    }
    table
}

fn way_row(case: &Case<'_>, way: &CloudWay) -> Vec<Value> {
    let price = |micros: Option<u64>| micros.map_or("no price given".to_owned(), |m| money(m, case.plan));
    let km = |delay: Option<SimDuration>| delay.map_or("-".to_owned(), |delay| format!("{} km", fibre_km(delay)));
    let whole = way.delay.map(|(near, far)| near.saturating_add(far));
    vec![
        Value::text(way.name.as_str()),
        Value::Flag(way.shared),
        Value::text(if way.shared { "shared port" } else { "own circuit" }),
        Value::at(way.ready),
        Value::Text(way.ready.map_or("never".to_owned(), |at| at.to_string())),
        Value::rate(way.bandwidth),
        Value::Text(km(way.delay.map(|(near, _)| near))),
        Value::span(way.delay.map(|(near, _)| near)),
        Value::Text(km(whole)),
        Value::span(way.delay.map(|(_, far)| far)),
        Value::Text(price(way.monthly)),
        Value::Number(Of::Micros, way.monthly),
        Value::Text(price(way.once)),
        Value::Number(Of::Micros, way.once),
    ]
}
