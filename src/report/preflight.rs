//! The document of `trunklab rehearse --preflight`: a line for each tenant, with what is in its way, and what changes
//! for it besides frames.

use super::document::{Column, Document, Finding, Findings, For, Outcome, Part, Section, Shown, Table};
use super::{NotRun, missing};
use crate::check::{Field, Unit, Value};
use crate::preflight::{Finding as Found, Language, Preflight, Standing, TenantLine, Text, amount};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.preflight/1";

/// Rows of a table that text shows unless everything is asked for.
const SHOWN: usize = 24;

fn said(text: &Text) -> &str {
    text.said(Language::En)
}

/// What is said of pre-flights, each with its scenario as the user named it.
pub fn document(flown: &[(String, Preflight)], not_run: &[NotRun]) -> Document {
    let sections = flown.iter().map(|(source, preflight)| section(source, preflight));
    Document {
        format: FORMAT,
        title: "trunklab rehearse --preflight",
        parts: vec![
            Part::Sections {
                key: "preflights",
                shown: usize::MAX,
                sections: sections.collect(),
            },
            missing(not_run),
        ],
    }
}

fn section(source: &str, preflight: &Preflight) -> Section {
    let count = |told: &str| preflight.count(told);
    let told = preflight.standing().as_str();
    Section {
        source: source.to_owned(),
        name: preflight.name.clone(),
        subtitle: format!(": {told}"),
        properties: Vec::new(),
        parts: vec![
            Part::Fields(vec![
                Field::new("name", Value::text(&preflight.name)),
                Field::new("verdict", Value::text(told)),
                Field::new("go", Value::count(count("GO"))),
                Field::new("unknown", Value::count(count("UNKNOWN"))),
                Field::new("no_go", Value::count(count("NO-GO"))),
            ]),
            Part::Line(format!(
                "  {} GO, {} UNKNOWN, {} NO-GO",
                count("GO"),
                count("UNKNOWN"),
                count("NO-GO")
            )),
            Part::Findings(tenants(preflight)),
            Part::Table(reasons(preflight)),
            Part::Table(money(preflight)),
            Part::Table(rights(preflight)),
            Part::Table(answers(preflight)),
        ],
    }
}

const fn stands(standing: Standing) -> Outcome {
    match standing {
        Standing::Go | Standing::Caution => Outcome::Good,
        Standing::Unknown => Outcome::Unknown,
        Standing::NoGo => Outcome::Bad,
    }
}

/// A line for each tenant, the worst first: who is in the way of a window is read first.
fn tenants(preflight: &Preflight) -> Findings {
    let mut lines: Vec<&TenantLine> = preflight.lines.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.standing()));
    Findings {
        key: "tenants",
        shown: Shown::All,
        most: 0,
        findings: lines.into_iter().map(tenant).collect(),
    }
}

fn tenant(line: &TenantLine) -> Finding {
    let standing = line.standing();
    let reasons = line.reasons();
    let held = if line.planned {
        ""
    } else {
        "; not in this window, as it is planned"
    };
    let text = match reasons.first() {
        None => format!("everything that is asked is shown to be as it has to be{held}"),
        Some(first) => format!("{}{held}", told(first)),
    };
    Finding {
        outcome: stands(standing),
        verdict: standing.as_str().to_owned(),
        check: "preflight".to_owned(),
        subject: line.vbr.clone(),
        name: format!("preflight {}", line.vbr),
        text,
        details: details(&reasons),
        explains: true,
        fields: vec![
            Field::new("tenant", Value::text(&line.tenant)),
            Field::new("partner", Value::text(&line.partner)),
            Field::new("vbr", Value::text(&line.vbr)),
            Field::new("circuit", Value::text(&line.circuit)),
            Field::new("vlan_id", Value::label(line.vlan)),
            Field::new("wave", Value::count(line.wave)),
            Field::new("planned", Value::Flag(line.planned)),
            Field::new("verdict", Value::text(standing.as_str())),
            Field::new("findings", Value::List(line.findings.iter().map(fields).collect())),
        ],
        ..Finding::default()
    }
}

/// What is open beside the first reason: one line for each, and one for all that no source shows.
fn details(reasons: &[&Found]) -> Vec<String> {
    let (unshown, others): (Vec<&Found>, Vec<&Found>) =
        reasons.iter().skip(1).copied().partition(|found| found.is_unshown());
    let mut lines: Vec<String> = others
        .into_iter()
        .map(|found| format!("{}: {}", word(found.standing), told(found)))
        .collect();
    if !unshown.is_empty() {
        let titles = unshown.iter().map(|found| said(&found.item.title()).to_owned());
        let titles: Vec<String> = titles.collect();
        lines.push(format!("UNKNOWN, since no source shows it: {}", titles.join(", ")));
    }
    lines
}

/// One reason, and what is to be done about it.
fn told(found: &Found) -> String {
    let call = match found.call() {
        "" => String::new(),
        call => format!(" by {call}"),
    };
    let otherwise = match found.code() {
        "" => String::new(),
        code => format!("; otherwise {code}"),
    };
    let acts = match found.standing {
        Standing::Caution => String::new(),
        Standing::Go | Standing::Unknown | Standing::NoGo => {
            format!(" ({} acts{call}{otherwise})", found.who().as_str())
        }
    };
    format!("{}: {}{acts}", said(&found.item.title()), said(&found.why))
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Caution => "to be known",
        Standing::Go | Standing::Unknown | Standing::NoGo => standing.as_str(),
    }
}

fn or_nothing(text: &str) -> Value {
    match text {
        "" => Value::Nothing,
        text => Value::text(text),
    }
}

fn fields(found: &Found) -> Value {
    Value::Fields(vec![
        Field::new("item", Value::text(found.item.as_str())),
        Field::new("verdict", Value::text(word(found.standing))),
        Field::new("why", Value::text(said(&found.why))),
        Field::new("source", or_nothing(&found.source)),
        Field::new("who", Value::text(found.who().as_str())),
        Field::new("call", or_nothing(found.call())),
        Field::new("code", or_nothing(found.code())),
    ])
}

/// Everything that is open, row by row: what a spreadsheet is sorted by.
fn reasons(preflight: &Preflight) -> Table {
    let columns = [
        Column::new("tenant", "tenant"),
        Column::new("vbr", "VBR"),
        Column::new("verdict", "verdict"),
        Column::new("item", "question"),
        Column::new("why", "why"),
        Column::new("who", "who acts"),
        Column::new("call", "by which call"),
        Column::new("code", "otherwise"),
        Column::new("source", "source"),
    ];
    // Text has told them under their tenants.
    let mut table = Table::new("reasons", "what is in the way, or not known", &columns, 0);
    for line in &preflight.lines {
        for found in line.reasons() {
            table.push(vec![
                Value::text(&line.tenant),
                Value::text(&line.vbr),
                Value::text(word(found.standing)),
                Value::text(found.item.as_str()),
                Value::text(said(&found.why)),
                Value::text(found.who().as_str()),
                or_nothing(found.call()),
                or_nothing(found.code()),
                or_nothing(&found.source),
            ]);
        }
    }
    table
}

fn money(preflight: &Preflight) -> Table {
    let columns = [
        Column::new("tenant", "tenant"),
        Column::new("vbr", "VBR"),
        Column::new("port_before", "port fee before"),
        Column::new("payer", "port fee afterwards, paid by"),
        Column::new("spec", "spec"),
        Column::of("port_month", "a month", Unit::Micros, For::Programs),
        Column::of("month", "a month", Unit::Count, For::People),
        Column::new("currency", "currency"),
        Column::new("port_from", "from"),
        Column::of("outbound_gb", "outbound, a GB", Unit::Micros, For::Programs),
        Column::of("gb", "outbound, a GB", Unit::Count, For::People),
        Column::new("outbound_payer", "outbound paid by"),
        Column::new("outbound_from", "outbound from"),
    ];
    let mut table = Table::new("money", "what changes for the tenant: money", &columns, SHOWN);
    let currency = preflight.currency.as_deref().unwrap_or_default();
    let price = |micros: Option<u64>| micros.map_or(Value::Nothing, |micros| Value::Text(amount(micros)));
    for line in &preflight.lines {
        let money = &line.changes.money;
        table.push(vec![
            Value::text(&line.tenant),
            Value::text(&line.vbr),
            Value::text("none to the tenant"),
            Value::text(&money.payer),
            money.spec.map_or(Value::Nothing, |spec| Value::text(spec.name())),
            Value::Number(Unit::Micros, money.port_month),
            price(money.port_month),
            or_nothing(currency),
            Value::text("ConfirmPhysicalConnection"),
            Value::Number(Unit::Micros, money.outbound_gb),
            price(money.outbound_gb),
            Value::text(&line.tenant),
            Value::text(said(&money.outbound_from)),
        ]);
    }
    table
}

/// Rights are the same for every tenant of a cutover: they follow from the policies alone.
fn rights(preflight: &Preflight) -> Table {
    let columns = [
        Column::new("right", "who may"),
        Column::new("before", "before"),
        Column::new("after", "afterwards"),
    ];
    let mut table = Table::new("rights", "what changes for every tenant: rights", &columns, SHOWN);
    for right in preflight.lines.iter().take(1).flat_map(|line| &line.changes.rights) {
        table.push(vec![
            Value::text(said(&right.what)),
            Value::text(said(&right.before)),
            Value::text(said(&right.after)),
        ]);
    }
    table
}

fn answers(preflight: &Preflight) -> Table {
    let columns = [Column::new("before", "before"), Column::new("after", "afterwards")];
    let title = "who answers for the line towards the tenant";
    let mut table = Table::new("sla", title, &columns, SHOWN);
    for line in preflight.lines.iter().take(1) {
        let changes = &line.changes;
        table.push(vec![
            Value::text(said(&changes.sla_before)),
            Value::text(said(&changes.sla_after)),
        ]);
    }
    table
}
