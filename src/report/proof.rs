//! What a proof says, as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::check::{assumed_of_attach, thousands};
use crate::forward::{Service, Tables};
use crate::prove::Owner;
use crate::scenario::Plan;
use crate::study::{Arrival, Proof, Proven, Shown};

/// The version of the JSON.
const FORMAT: &str = "trunklab.prove/1";
/// Leaks that are told whole; more are counted.
const SHOWN: usize = 8;

/// A proof of one scenario, or why there is none.
pub struct ProofReport {
    /// The scenario as the user named it.
    pub source: String,
    /// What it says, and the plan that gives names to it; else what is wrong.
    pub proof: Result<(Plan, Proof), Vec<String>>,
    /// Changes of tables at which it was proved anew, where that was asked for.
    pub changes: Option<u64>,
}

fn verdict(proof: &Proof) -> &'static str {
    match &proof.verdict {
        Proven::Proved if !proof.has_control() => "INCONC",
        Proven::Proved => "PROVED",
        Proven::Leaks => "LEAK",
        Proven::Undecided(_) => "UNDECIDED",
        Proven::Broken(_) => "ERROR",
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

/// For people. `tables` prints the tables, too.
pub fn proof_human(reports: &[ProofReport], tables: bool) -> String {
    let mut out = String::new();
    for report in reports {
        match &report.proof {
            Ok((plan, proof)) => one(&mut out, report, plan, proof, tables),
            Err(problems) => {
                let _ = writeln!(out, "{}: not proved: {}", report.source, problems.join("; "));
            }
        }
    }
    out
}

fn one(out: &mut String, report: &ProofReport, plan: &Plan, proof: &Proof, tables: bool) {
    let profiles = proof.profiles.join(", ");
    let _ = writeln!(out, "{}: {}", report.source, verdict(proof));
    let _ = match &proof.verdict {
        Proven::Proved if !proof.has_control() => writeln!(out, "  {}", proof.without_control(plan)),
        Proven::Proved => writeln!(
            out,
            "  no frame of a tenant reaches a terminal of anybody else: proved for this forwarder and this model \
             under profile {profiles}"
        ),
        Proven::Leaks => writeln!(
            out,
            "  {} of {} tenants leak under profile {profiles}; {} replayed",
            thousands(proof.standing.leaking.len() as u64),
            thousands(proof.standing.tenants),
            ways(proof.leaks.len())
        ),
        Proven::Undecided(why) | Proven::Broken(why) => writeln!(out, "  {why}"),
    };
    let _ = writeln!(
        out,
        "  tables at {}: {} switches, {} ports, {} services; {} questions asked of the forwarders{}",
        proof.at,
        proof.switches,
        thousands(proof.ports as u64),
        thousands(proof.services as u64),
        thousands(proof.nature.asked),
        if proof.planted {
            ", one of them with a planted fault"
        } else {
            ""
        }
    );
    let _ = writeln!(
        out,
        "  control: frames of {} of {} tenants reach a terminal of their own; {} states",
        thousands(proof.carried),
        thousands(proof.standing.tenants),
        thousands(proof.standing.states)
    );
    if let Some(assumed) = assumed_of_attach(plan) {
        let _ = writeln!(out, "  {assumed}; tables are proved as if nothing were interrupted");
    }
    if let Some(changes) = report.changes {
        let _ = writeln!(out, "  proved at the start and after {} changes", thousands(changes));
    }
    for shown in proof.leaks.iter().take(SHOWN) {
        leak(out, plan, shown);
    }
    if let Some(more) = proof.leaks.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(out, "  ... and {} more", ways(more));
    }
    if tables {
        proof
            .tables
            .iter()
            .for_each(|(switch, tables)| print_tables(out, plan, switch, tables));
    }
}

fn ways(count: usize) -> String {
    match count {
        1 => "1 way".to_owned(),
        many => format!("{} ways", thousands(many as u64)),
    }
}

fn leak(out: &mut String, plan: &Plan, shown: &Shown) {
    let _ = writeln!(
        out,
        "  leak: a frame of {} reaches a terminal of {} ({}, {} octets)",
        name(plan, shown.leak.from),
        name(plan, shown.leak.to),
        shown.replayed.kind,
        shown.replayed.frame.len()
    );
    if let Some(before) = &shown.replayed.before {
        let from = &plan.nodes[before.from.index()].name;
        let _ = writeln!(out, "    a second before, from {from}: {}", hex(&before.frame));
    }
    let _ = writeln!(out, "    frame {}", hex(&shown.replayed.frame));
    shown.hops.iter().for_each(|hop| {
        let _ = writeln!(out, "    {hop}");
    });
    for arrival in &shown.replayed.arrivals {
        let _ = writeln!(
            out,
            "    replayed: after {} at {} port {} with {}",
            arrival.after,
            plan.nodes[arrival.node.index()].name,
            arrival.port.0,
            tags(arrival)
        );
    }
}

fn tags(arrival: &Arrival) -> String {
    if arrival.tags.is_empty() {
        return "no tag".to_owned();
    }
    let tags = arrival.tags.iter().map(|(tpid, vid)| format!("{tpid:04x}:{vid}"));
    tags.collect::<Vec<_>>().join(" ")
}

fn print_tables(out: &mut String, plan: &Plan, switch: &str, tables: &Tables) {
    let _ = writeln!(out, "  tables of {switch}, profile {}:", tables.profile);
    for (i, port) in tables.ports.iter().enumerate() {
        let _ = writeln!(
            out,
            "    port {i}: {:?}, TPID {:04x}, untagged {:?}, MTU {}",
            port.role, port.tpid.0, port.untagged, port.mtu
        );
    }
    for (id, service) in &tables.services {
        let _ = writeln!(
            out,
            "    service {} of {}, {}: {}",
            id.0,
            name(plan, service.tenant.0),
            kind(service),
            places(service)
        );
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

/// For programs: stable, versioned.
pub fn proof_json(reports: &[ProofReport], tables: bool) -> String {
    let runs: Vec<Value> = reports.iter().map(|report| value(report, tables)).collect();
    let mut text = serde_json::to_string_pretty(&json!({ "format": FORMAT, "proofs": runs })).expect("plain values");
    text.push('\n');
    text
}

fn value(report: &ProofReport, tables: bool) -> Value {
    let (plan, proof) = match &report.proof {
        Ok(both) => both,
        Err(problems) => return json!({ "source": report.source, "problems": problems }),
    };
    let why = match &proof.verdict {
        Proven::Proved if !proof.has_control() => Some(proof.without_control(plan)),
        Proven::Undecided(why) | Proven::Broken(why) => Some(why.clone()),
        Proven::Proved | Proven::Leaks => None,
    };
    let mut value = json!({
        "source": report.source,
        "name": plan.name,
        "verdict": verdict(proof),
        "why": why,
        "at_ns": proof.at.as_nanos(),
        "changes": report.changes,
        "profiles": proof.profiles,
        "planted": proof.planted,
        "switches": proof.switches,
        "ports": proof.ports,
        "services": proof.services,
        "questions": proof.nature.asked,
        "tenants": proof.standing.tenants,
        "carried": proof.carried,
        "leaking": proof.standing.leaking.iter().map(|owner| name(plan, *owner)).collect::<Vec<_>>(),
        "states": proof.standing.states,
        "leaks": proof.leaks.iter().map(|shown| leak_value(plan, shown)).collect::<Vec<_>>(),
    });
    if let Some(assumed) = assumed_of_attach(plan) {
        value["assumed"] = assumed.into();
    }
    if tables {
        value["tables"] = proof
            .tables
            .iter()
            .map(|(switch, tables)| table_value(plan, switch, tables))
            .collect();
    }
    value
}

fn leak_value(plan: &Plan, shown: &Shown) -> Value {
    let arrivals = shown.replayed.arrivals.iter().map(|arrival| {
        json!({
            "after_ns": arrival.after.as_nanos(),
            "node": plan.nodes[arrival.node.index()].name,
            "port": arrival.port.0,
            "tags": arrival.tags.iter().map(|(tpid, vid)| format!("{tpid:04x}:{vid}")).collect::<Vec<_>>(),
        })
    });
    json!({
        "from": name(plan, shown.leak.from),
        "to": name(plan, shown.leak.to),
        "kind": shown.replayed.kind,
        "frame": hex(&shown.replayed.frame),
        "before": shown.replayed.before.as_ref().map(|before| json!({
            "from": plan.nodes[before.from.index()].name,
            "frame": hex(&before.frame),
        })),
        "hops": shown.hops,
        "arrivals": arrivals.collect::<Vec<_>>(),
    })
}

fn table_value(plan: &Plan, switch: &str, tables: &Tables) -> Value {
    let services = tables.services.iter().map(|(id, service)| {
        json!({
            "id": id.0,
            "tenant": name(plan, service.tenant.0),
            "kind": kind(service),
            "members": service.members.iter().map(|m| json!({
                "port": m.port.0,
                "vid": m.vid.map(|vid| vid.get()),
            })).collect::<Vec<_>>(),
        })
    });
    json!({
        "switch": switch,
        "profile": tables.profile.to_string(),
        "ports": tables.ports.iter().map(|port| format!("{:?}", port.role).to_lowercase()).collect::<Vec<_>>(),
        "services": services.collect::<Vec<_>>(),
    })
}
