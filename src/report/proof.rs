//! The document of `trunklab prove`: a section for each scenario, its leaks, and the tables where they are asked for.

use std::fmt::Write as _;

use super::causes::causes;
use super::document::{Column, Document, Finding, Findings, For, Outcome, Part, Section, Shown, Table};
use super::{NotRun, Problem, missing, warned, warnings};
use crate::certificate::Checked;
use crate::check::{Field, Unit, Value, assumed_of_attach, thousands};
use crate::forward::{Service, Tables};
use crate::prove::Owner;
use crate::scenario::Plan;
use crate::study::{Arrival, Proof, Proven, Shown as Leak};
use crate::why::leaks::{LeakCause, LeakCauses};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.prove/2";
const CERTIFICATE: &str = "trunklab.certificate/1";
/// Leaks that text tells; `--verbose` tells all.
const SHOWN: usize = 8;

/// A proof of one scenario.
pub struct ProofReport {
    /// The scenario as the user named it.
    pub source: String,
    /// What gives names to what the proof says.
    pub plan: Plan,
    /// What it says.
    pub proof: Proof,
    /// What closes its leaks, where it has any.
    pub causes: Option<LeakCauses>,
    /// Changes of tables at which it was proved anew, where that was asked for.
    pub changes: Option<u64>,
    /// What was odd in the scenario.
    pub warnings: Vec<Problem>,
}

impl ProofReport {
    /// What leaks, as it is drawn: whose frames, where, how many, in words.
    pub fn astray(&self) -> Vec<(String, String, u64, String)> {
        let leaks = self.proof.leaks.iter().map(|shown| {
            let (from, to) = (name(&self.plan, shown.leak.from), &shown.box_name);
            let what = format!("frames of {from} come here ({})", shown.replayed.kind);
            (from.to_owned(), to.clone(), 1, what)
        });
        leaks.collect()
    }
}

/// What is said of proofs. `tables` prints the tables, too.
pub fn proof_document(reports: &[ProofReport], not_run: &[NotRun], tables: bool) -> Document {
    let sections = reports.iter().map(|report| section(report, tables)).collect();
    Document {
        format: FORMAT,
        title: "trunklab prove",
        parts: vec![
            Part::Sections {
                key: "proofs",
                shown: usize::MAX,
                sections,
            },
            missing(not_run),
        ],
    }
}

fn section(report: &ProofReport, with_tables: bool) -> Section {
    let ProofReport { plan, proof, .. } = report;
    let mut parts = vec![Part::Fields(head(report))];
    parts.extend(report.causes.iter().flat_map(causes));
    parts.push(Part::Findings(proved(plan, proof)));
    parts.extend(lines(report).into_iter().map(Part::Line));
    parts.extend(report.causes.iter().map(matrix).map(Part::Table));
    parts.push(Part::Findings(leaks(report)));
    if with_tables {
        parts.extend(tables(plan, proof));
    }
    parts.push(warnings(&report.warnings));
    Section {
        source: report.source.clone(),
        name: plan.name.clone(),
        subtitle: format!(": {}", proof.word()),
        properties: warned(&report.warnings).collect(),
        parts,
    }
}

fn name(plan: &Plan, owner: Owner) -> &str {
    plan.tenants.get(owner as usize).map_or("nobody", |tenant| &tenant.name)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn head(report: &ProofReport) -> Vec<Field> {
    let ProofReport { plan, proof, .. } = report;
    let why = match &proof.verdict {
        Proven::Proved if !proof.has_control() => Value::Text(proof.without_control(plan)),
        Proven::Undecided(why) | Proven::Broken(why) => Value::text(why),
        Proven::Proved | Proven::Leaks => Value::Nothing,
    };
    let names = |of: &[Owner]| Value::names(of.iter().map(|owner| name(plan, *owner)).collect::<Vec<_>>());
    vec![
        Field::new("source", Value::text(&report.source)),
        Field::new("name", Value::text(&plan.name)),
        Field::new("verdict", Value::text(proof.word())),
        Field::new("why", why),
        Field::new("at", Value::at(proof.at)),
        Field::new("changes", report.changes.map_or(Value::Nothing, Value::count)),
        Field::new("profiles", Value::names(proof.profiles.iter().map(String::as_str))),
        Field::new("planted", Value::Flag(proof.planted)),
        Field::new("switches", Value::count(proof.switches)),
        Field::new("ports", Value::count(proof.ports)),
        Field::new("services", Value::count(proof.services)),
        Field::new("questions", Value::count(proof.nature.asked)),
        Field::new("tenants", Value::count(proof.standing.tenants)),
        Field::new("carried", Value::count(proof.carried)),
        Field::new(
            "leaking",
            names(&proof.standing.leaking.iter().copied().collect::<Vec<_>>()),
        ),
        Field::new("without_control", names(&proof.uncontrolled)),
        Field::new("states", Value::count(proof.standing.states)),
        Field::new("assumed", assumed_of_attach(plan).map_or(Value::Nothing, Value::Text)),
    ]
}

/// The verdict in a sentence.
fn sentence(plan: &Plan, proof: &Proof) -> String {
    let profiles = proof.profiles.join(", ");
    match &proof.verdict {
        Proven::Proved if !proof.has_control() => proof.without_control(plan),
        Proven::Proved => format!(
            "no frame of a tenant reaches a terminal of anybody else: proved for this forwarder and this model under \
             profile {profiles}"
        ),
        Proven::Leaks => format!(
            "{} of {} tenants leak under profile {profiles}; {} replayed",
            thousands(proof.standing.leaking.len() as u64),
            thousands(proof.standing.tenants),
            ways(proof.leaks.len())
        ),
        Proven::Undecided(why) | Proven::Broken(why) => why.clone(),
    }
}

fn proved(plan: &Plan, proof: &Proof) -> Findings {
    let outcome = match proof.word() {
        "PROVED" => Outcome::Good,
        "LEAK" => Outcome::Bad,
        _ => Outcome::Unknown,
    };
    let text = sentence(plan, proof);
    // A list of names that is cut in the sentence stands whole under it.
    let names = proof.uncontrolled.iter().map(|owner| name(plan, *owner));
    let unknown = proof.word() == "INCONC" && proof.uncontrolled.len() > 1;
    let details = if unknown {
        names.map(|name| format!("without control: {name}")).collect()
    } else {
        Vec::new()
    };
    let finding = Finding {
        outcome,
        verdict: proof.word().to_owned(),
        check: "proof".to_owned(),
        name: "proof".to_owned(),
        fields: vec![
            Field::new("check", Value::text("proof")),
            Field::new("verdict", Value::text(proof.word())),
            Field::new("finding", Value::text(&text)),
        ],
        text,
        details,
        explains: unknown,
        ..Finding::default()
    };
    Findings {
        key: "verdicts",
        findings: vec![finding],
        ..Findings::default()
    }
}

fn lines(report: &ProofReport) -> Vec<String> {
    let proof = &report.proof;
    let planted = match proof.planted {
        true => ", one of them with a planted fault",
        false => "",
    };
    let mut lines = vec![
        format!(
            "  tables at {}: {} switches, {} ports, {} services; {} questions asked of the forwarders{planted}",
            proof.at,
            proof.switches,
            thousands(proof.ports as u64),
            thousands(proof.services as u64),
            thousands(proof.nature.asked),
        ),
        format!(
            "  control: frames of {} of {} tenants reach a terminal of their own; {} states",
            thousands(proof.carried),
            thousands(proof.standing.tenants),
            thousands(proof.standing.states)
        ),
    ];
    if let Some(assumed) = assumed_of_attach(&report.plan) {
        lines.push(format!("  {assumed}; tables are proved as if nothing were interrupted"));
    }
    if let Some(changes) = report.changes {
        lines.push(format!(
            "  proved at the start and after {} changes",
            thousands(changes)
        ));
    }
    lines
}

fn ways(count: usize) -> String {
    match count {
        1 => "1 way".to_owned(),
        many => format!("{} ways", thousands(many as u64)),
    }
}

const MATRIX: [Column; 2] = [
    Column::new("from", "from tenant"),
    Column::new("boxes", "foreign boxes reached"),
];

/// How many foreign boxes each tenant's frames may come to, most first.
fn matrix(causes: &LeakCauses) -> Table {
    let mut table = Table::new("leaks_by_tenant", "leaks by tenant", &MATRIX, SHOWN);
    let mut rows: Vec<(&String, u64)> = causes.by_tenant.iter().map(|(tenant, n)| (tenant, *n)).collect();
    rows.sort_by_key(|(_, boxes)| std::cmp::Reverse(*boxes));
    for (tenant, boxes) in rows {
        table.push(vec![Value::text(tenant), Value::count(boxes)]);
    }
    table
}

/// The leaks; first one of each cause, which is what text shows.
fn leaks(report: &ProofReport) -> Findings {
    let ProofReport {
        plan, proof, causes, ..
    } = report;
    let named = |shown: &Leak| format!("{} at {}", name(plan, shown.leak.from), shown.box_name);
    let of_cause = |cause: &LeakCause| proof.leaks.iter().position(|shown| cause.leaks.contains(&named(shown)));
    let causes = causes.iter().flat_map(|causes| &causes.causes);
    let mut order: Vec<usize> = Vec::new();
    for first in causes.filter_map(of_cause) {
        if !order.contains(&first) {
            order.push(first);
        }
    }
    let most = if order.is_empty() {
        SHOWN
    } else {
        order.len().min(SHOWN)
    };
    let rest = (0..proof.leaks.len())
        .filter(|at| !order.contains(at))
        .collect::<Vec<_>>();
    let all = order.iter().chain(&rest).filter_map(|at| proof.leaks.get(*at));
    Findings {
        key: "leaks",
        shown: Shown::All,
        most,
        findings: all.map(|leak| told(plan, leak)).collect(),
    }
}

fn told(plan: &Plan, shown: &Leak) -> Finding {
    let (from, to) = (name(plan, shown.leak.from), name(plan, shown.leak.to));
    let mut details = Vec::new();
    if let Some(before) = &shown.replayed.before {
        let from = &plan.nodes[before.from.index()].name;
        details.push(format!("a second before, from {from}: {}", hex(&before.frame)));
    }
    details.push(format!("frame {}", hex(&shown.replayed.frame)));
    details.extend(shown.hops.iter().cloned());
    details.extend(shown.replayed.arrivals.iter().map(|arrival| {
        format!(
            "replayed: after {} at {} port {} with {}",
            arrival.after,
            plan.nodes[arrival.node.index()].name,
            arrival.port.0,
            tags(arrival)
        )
    }));
    Finding {
        outcome: Outcome::Bad,
        verdict: "LEAK".to_owned(),
        check: "leak".to_owned(),
        subject: format!("{from} to {to}"),
        name: format!("leak of {from} to {to}, {}", shown.replayed.kind),
        text: format!(
            "a frame of {from} reaches a terminal of {to} ({}, {} octets)",
            shown.replayed.kind,
            shown.replayed.frame.len()
        ),
        details,
        explains: true,
        fields: leak_fields(plan, shown),
        ..Finding::default()
    }
}

fn tag_words(arrival: &Arrival) -> Vec<String> {
    let tags = arrival.tags.iter().map(|(tpid, vid)| format!("{tpid:04x}:{vid}"));
    tags.collect()
}

fn tags(arrival: &Arrival) -> String {
    match arrival.tags.is_empty() {
        true => "no tag".to_owned(),
        false => tag_words(arrival).join(" "),
    }
}

fn leak_fields(plan: &Plan, shown: &Leak) -> Vec<Field> {
    let node = |node: crate::ident::NodeId| Value::text(&plan.nodes[node.index()].name);
    let arrivals = shown.replayed.arrivals.iter().map(|arrival| {
        Value::Fields(vec![
            Field::new("after", Value::span(arrival.after)),
            Field::new("node", node(arrival.node)),
            Field::new("port", Value::label(arrival.port.0)),
            Field::new("tags", Value::names(tag_words(arrival))),
        ])
    });
    let before = shown.replayed.before.as_ref().map(|before| {
        Value::Fields(vec![
            Field::new("from", node(before.from)),
            Field::new("frame", Value::Text(hex(&before.frame))),
        ])
    });
    vec![
        Field::new("from", Value::text(name(plan, shown.leak.from))),
        Field::new("to", Value::text(name(plan, shown.leak.to))),
        Field::new("kind", Value::text(&shown.replayed.kind)),
        Field::new("frame", Value::Text(hex(&shown.replayed.frame))),
        Field::new("before", before.unwrap_or(Value::Nothing)),
        Field::new("hops", Value::names(shown.hops.iter().map(String::as_str))),
        Field::new("arrivals", Value::List(arrivals.collect())),
    ]
}

const PORTS: [Column; 7] = [
    programs("switch", Unit::Count),
    programs("profile", Unit::Count),
    programs("port", Unit::Label),
    programs("role", Unit::Count),
    programs("tpid", Unit::Count),
    programs("untagged", Unit::Count),
    programs("mtu", Unit::Octets),
];

const SERVICES: [Column; 5] = [
    programs("switch", Unit::Count),
    programs("service", Unit::Label),
    programs("tenant", Unit::Count),
    programs("kind", Unit::Count),
    programs("members", Unit::Count),
];

/// People read the same in lines.
const fn programs(key: &'static str, unit: Unit) -> Column {
    Column::of(key, "", unit, For::Programs)
}

/// The tables of every switch: lines for people, rows for programs.
fn tables(plan: &Plan, proof: &Proof) -> Vec<Part> {
    let mut ports = Table::new("table_ports", "ports of the tables", &PORTS, 0);
    let mut services = Table::new("table_services", "services of the tables", &SERVICES, 0);
    let mut lines = Vec::new();
    for (switch, tables) in &proof.tables {
        lines.push(Part::Line(format!("  tables of {switch}, profile {}:", tables.profile)));
        port_rows(&mut ports, &mut lines, switch, tables);
        service_rows(&mut services, &mut lines, plan, switch, tables);
    }
    lines.extend([Part::Table(ports), Part::Table(services)]);
    lines
}

fn port_rows(table: &mut Table, lines: &mut Vec<Part>, switch: &str, tables: &Tables) {
    for (i, port) in tables.ports.iter().enumerate() {
        lines.push(Part::Line(format!(
            "    port {i}: {:?}, TPID {:04x}, untagged {:?}, MTU {}",
            port.role, port.tpid.0, port.untagged, port.mtu
        )));
        table.push(vec![
            Value::text(switch),
            Value::Text(tables.profile.to_string()),
            Value::label(i as u64),
            Value::Text(format!("{:?}", port.role).to_lowercase()),
            Value::Text(format!("{:04x}", port.tpid.0)),
            Value::Text(format!("{:?}", port.untagged)),
            Value::octets(u64::from(port.mtu)),
        ]);
    }
}

fn service_rows(table: &mut Table, lines: &mut Vec<Part>, plan: &Plan, switch: &str, tables: &Tables) {
    for (id, service) in &tables.services {
        let tenant = name(plan, service.tenant.0);
        lines.push(Part::Line(format!(
            "    service {} of {tenant}, {}: {}",
            id.0,
            kind(service),
            places(service)
        )));
        let members = service.members.iter().map(|member| {
            Value::Fields(vec![
                Field::new("port", Value::label(member.port.0)),
                Field::new("vid", member.vid.map_or(Value::Nothing, |vid| Value::label(vid.get()))),
            ])
        });
        table.push(vec![
            Value::text(switch),
            Value::label(id.0),
            Value::text(tenant),
            Value::text(kind(service)),
            Value::List(members.collect()),
        ]);
    }
}

fn kind(service: &Service) -> &'static str {
    match service.kind {
        crate::forward::ServiceKind::CrossConnect => "cross-connect",
        crate::forward::ServiceKind::Bridged { .. } => "bridged",
        crate::forward::ServiceKind::Shared { .. } => "bridged, learning with others",
    }
}

fn places(service: &Service) -> String {
    let members = service.members.iter().map(|member| match member.vid {
        Some(vid) => format!("port {} VID {vid}", member.port.0),
        None => format!("port {} untagged", member.port.0),
    });
    members.collect::<Vec<_>>().join(", ")
}

/// What is said of a certificate that holds.
pub fn certificate_document(source: &str, checked: &Checked) -> Document {
    let text = format!(
        "{} under profile {}: {} claims about {} tenants at {} ports and {} terminals, each of them kept by every hop",
        checked.scenario, checked.profile, checked.claims, checked.tenants, checked.ports, checked.terminals,
    );
    let tables = format!("{:016x}", checked.tables);
    let head = vec![
        Field::new("source", Value::text(source)),
        Field::new("holds", Value::Flag(true)),
        Field::new("scenario", Value::text(&checked.scenario)),
        Field::new("profile", Value::text(&checked.profile)),
        Field::new("claims", Value::count(checked.claims)),
        Field::new("tenants", Value::count(checked.tenants)),
        Field::new("ports", Value::count(checked.ports)),
        Field::new("terminals", Value::count(checked.terminals)),
        Field::new("tables", Value::text(&tables)),
    ];
    let holds = Finding {
        verdict: "holds".to_owned(),
        check: "certificate".to_owned(),
        subject: source.to_owned(),
        name: format!("certificate {source}"),
        text,
        fields: vec![Field::new("verdict", Value::text("holds"))],
        ..Finding::default()
    };
    Document {
        format: CERTIFICATE,
        title: "trunklab prove --check",
        parts: vec![
            Part::Fields(head),
            Part::Findings(Findings {
                key: "verdicts",
                findings: vec![holds],
                ..Findings::default()
            }),
            Part::Line(format!("  tables {tables}")),
        ],
    }
}
