//! A report out of a run and its judgement.

use super::{RunReport, Section};
use crate::check::{Case, CloudWay, fibre_km, way};
use crate::check::{Judgement, losses_table};
use crate::provision::money::{BillRow, InvoiceLine, Unit};
use crate::record::Record;
use crate::scenario::Plan;
use crate::scenario::plan::Check;
use crate::units::SimDuration;

impl RunReport {
    /// The report of the run of a plan that was read from `source`.
    pub fn new(source: &str, plan: &Plan, record: &Record, judgement: Judgement) -> Self {
        let case = Case { plan, record };
        Self {
            source: source.to_owned(),
            name: plan.name.clone(),
            seed: plan.seed,
            digest: record.digest,
            command: format!("trunklab run {} --seed {}", quoted(source), plan.seed),
            end: record.end,
            counts: vec![
                ("tenants", plan.tenants.len() as u64),
                ("nodes", plan.nodes.len() as u64),
                ("links", plan.links.len() as u64),
                ("frames", case.offered()),
                ("hops", record.stats.hops),
            ],
            policies: policies(record, &judgement),
            sections: sections(&case, &judgement),
            judgement,
        }
    }
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// Policies that are not at their default, and those that a verdict rests on.
fn policies(record: &Record, judgement: &Judgement) -> Vec<(String, String, String)> {
    let judged = |check: &str| judgement.lines.iter().any(|l| l.check == check);
    let touched = |name: &str| match name {
        "octets_billing" | "billing_point" | "outbound_from" => judged("billing"),
        "octets_policing" => judged("bandwidth"),
        _ => false,
    };
    let list = record.cloud.law.premises().policies.list();
    let told = list.into_iter().filter(|p| p.value != p.default || touched(p.name));
    told.map(|p| (p.name.to_owned(), p.value.clone(), p.what.to_owned()))
        .collect()
}

fn sections(case: &Case<'_>, judgement: &Judgement) -> Vec<Section> {
    // A table of a thousand tenants is no table; the JSON of a check's details has what is needed.
    const ROWS: usize = 24;
    let judged = |check: &str| judgement.lines.iter().any(|l| l.check == check);
    let mut out = Vec::new();
    if judged("billing") {
        let lines = case.record.invoice(case.plan);
        out.push(Section {
            title: "bill".to_owned(),
            columns: ["account", "row", "resource", "quantity", "amount"]
                .map(str::to_owned)
                .to_vec(),
            rows: lines.iter().take(ROWS).map(|l| bill_row(case, l)).collect(),
        });
    }
    out.extend(choices(case));
    if !(judged("attribution") || judged("continuity")) {
        return out;
    }
    let losses = losses_table(case);
    if !losses.is_empty() {
        out.push(Section {
            title: "frames lost, by place and reason".to_owned(),
            columns: ["tenant", "frames", "reason", "place", "answers for it"]
                .map(str::to_owned)
                .to_vec(),
            rows: losses.into_iter().take(ROWS).collect(),
        });
    }
    out
}

/// The ways to the cloud that the scenario compares.
fn choices(case: &Case<'_>) -> Option<Section> {
    let ways: Vec<CloudWay> = case
        .plan
        .expect
        .iter()
        .filter_map(|e| match e.check {
            Check::Choice { slot, .. } => Some(way(case, slot)),
            _ => None,
        })
        .collect();
    let price = |micros: Option<u64>| micros.map_or("no price given".to_owned(), |m| money(m, case.plan));
    let km = |delay: SimDuration| format!("{} km", fibre_km(delay));
    let row = |way: &CloudWay| {
        vec![
            way.name.clone(),
            if way.shared { "shared port" } else { "own circuit" }.to_owned(),
            way.ready.map_or("never".to_owned(), |at| at.to_string()),
            way.bandwidth.map_or("-".to_owned(), |b| b.to_string()),
            way.delay.map_or("-".to_owned(), |(near, _)| km(near)),
            way.delay
                .map_or("-".to_owned(), |(near, far)| km(near.saturating_add(far))),
            price(way.monthly),
            price(way.once),
        ]
    };
    (!ways.is_empty()).then(|| Section {
        title: "ways to the cloud".to_owned(),
        columns: [
            "VBR",
            "over",
            "ready after",
            "bandwidth",
            "last mile",
            "in all",
            "port a month",
            "once",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: ways.iter().map(row).collect(),
    })
}

fn bill_row(case: &Case<'_>, line: &InvoiceLine) -> Vec<String> {
    let quantity = match line.unit {
        Unit::PortTime(spec) => format!("{} at {spec}", SimDuration::from_nanos(line.quantity)),
        Unit::Octets => format!("{} octets", crate::check::thousands(line.quantity)),
        Unit::Pieces => format!("{} ", line.quantity).trim_end().to_owned(),
    };
    let amount = match (line.row, line.amount) {
        (BillRow::InitialInstallation | BillRow::VbrInstance, _) => "not charged".to_owned(),
        (_, None) => "no price given".to_owned(),
        (_, Some(micros)) => money(micros, case.plan),
    };
    vec![
        case.plan.accounts[line.account.index()].name.clone(),
        line.row.as_str().to_owned(),
        line.resource.to_string(),
        quantity,
        amount,
    ]
}

/// Millionths as an amount: `12.345678 USD`, without needless zeros behind the second digit.
pub(super) fn money(micros: u64, plan: &Plan) -> String {
    let currency = plan.prices.as_ref().map_or("", |p| p.currency.as_str());
    let mut part = format!("{:06}", micros % 1_000_000);
    while part.len() > 2 && part.ends_with('0') {
        part.pop();
    }
    format!("{}.{part} {currency}", micros / 1_000_000)
}
