//! A scenario of what is known: complete, commented, and with a stand-in for everything that is not known.
//!
//! What a stand-in stands for is in `unknown` of its tenant, so that checks which need it are INCONC.

mod names;
mod tenant;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::dump::Inventory;
use super::field::Field;
use super::resource::Kind;
use super::service::{Fact, Service};
use names::{Names, comment, quoted};
use tenant::Row;

/// Services on one circuit, at most: VLANs 1 to 2999.
const ON_CIRCUIT_MAX: usize = 2_999;
/// VBRs in one wave.
const WAVE: usize = 20;
/// When the window opens, in seconds.
const WINDOW: usize = 60;
/// The partner's id where no source shows it.
const PARTNER: u64 = 1_200_000_000_000_001;

/// What is written beside the services.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The command that writes it.
    pub command: &'a str,
    /// The source, as the user named it.
    pub source: &'a str,
    /// Saved answers, for what they show of circuits.
    pub inventory: Option<&'a Inventory>,
}

/// A circuit of the scenario.
struct Circuit {
    name: String,
    /// As sources call it; `None`: it is a stand-in.
    known: Option<String>,
    /// In Mbit/s, where an answer shows it.
    bandwidth: Option<u64>,
    /// The sum of what is sold on it, in Mbit/s.
    sold: u64,
    services: usize,
}

/// The scenario of some services, as its file; they stand in their order.
pub fn scenario(services: &[Service], origin: &Origin<'_>) -> String {
    let mut names = Names::default();
    let mut circuits = Vec::new();
    let of: Vec<usize> = services
        .iter()
        .map(|one| circuit(one, origin, &mut names, &mut circuits))
        .collect();
    let mut accounts = BTreeMap::new();
    let all = (
        services.len(),
        services.iter().any(|one| one.number(Fact::Tag).is_some()),
    );
    let rows: Vec<Row> = services
        .iter()
        .zip(&of)
        .map(|(service, at)| tenant::row(service, &circuits[*at].name, all, &mut names, &mut accounts))
        .collect();
    let legacy = rows.iter().filter(|row| row.legacy).count();
    let end = WINDOW + legacy.div_ceil(WAVE) * 10 + 40;
    let mut out = head(services, origin, end);
    out.push_str(&premises(services, &circuits));
    out.push_str(if rows.is_empty() {
        "\ntenants: []\n"
    } else {
        "\ntenants:\n"
    });
    for row in &rows {
        out.push_str(&row.text(end));
    }
    if legacy > 0 {
        out.push_str(&cutover(legacy));
    }
    out.push_str(&flows(&rows, end));
    out
}

/// The circuit of a service, an index into `circuits`.
fn circuit(service: &Service, origin: &Origin<'_>, names: &mut Names, circuits: &mut Vec<Circuit>) -> usize {
    let known = service.text(Fact::Circuit);
    let sold = service.number(Fact::Spec).unwrap_or(50);
    let fits = |one: &&mut Circuit| one.known.as_deref() == known && (known.is_some() || one.services < ON_CIRCUIT_MAX);
    let at = circuits.iter_mut().find(fits).map(|one| one.name.clone());
    let at = at.and_then(|name| circuits.iter().position(|one| one.name == name));
    let at = at.unwrap_or_else(|| {
        let answer = origin
            .inventory
            .zip(known)
            .and_then(|(all, id)| all.get(Kind::Circuit, id));
        circuits.push(Circuit {
            name: names.take(known.unwrap_or("circuit-unknown"), "circuit"),
            known: known.map(str::to_owned),
            bandwidth: answer
                .and_then(|circuit| circuit.number(Field::Bandwidth))
                .filter(|mbps| *mbps > 0),
            sold: 0,
            services: 0,
        });
        circuits.len() - 1
    });
    circuits[at].sold += sold;
    circuits[at].services += 1;
    at
}

fn head(services: &[Service], origin: &Origin<'_>, end: usize) -> String {
    let count = services.len();
    let s = if count == 1 { "" } else { "s" };
    format!(
        "# Written by `{command}` from {source}: {count} service{s}.\n\
         #\n\
         # What a source shows stands here as it is shown, with its place behind it. What none shows has a stand-in, and\n\
         # is listed in `unknown` of its tenant: checks that need it are INCONC. Whoever learns it writes it down and\n\
         # takes its word out of `unknown`.\n\
         #\n\
         # Stand-ins for everybody, since no list and no answer shows them: lengths of lines, the switch of the partner,\n\
         # networks in the cloud, the light traffic by which an interruption is seen, and, unless a list has a column for\n\
         # it, that the customer's own tag is the VLAN.\n\
         trunklab: 1\n\
         name: {name}\n\
         about: |\n\
         \x20 Shows: every service reaches its cloud, alone, and keeps its VLAN and bandwidth.\n\
         \x20 Refuted by: one lost, doubled or overtaken frame, or a frame at a place of another tenant.\n\
         seed: 1\n\
         duration: {end}s\n",
        command = comment(origin.command),
        source = comment(origin.source),
        name = quoted(&names::name(stem(origin.source), "list")),
    )
}

/// A source's name without the word behind its last dot.
fn stem(source: &str) -> &str {
    match source.rsplit_once('.') {
        Some((stem, word)) if !stem.is_empty() && word.len() <= 4 && !word.contains('/') => stem,
        _ => source,
    }
}

/// Partner, switch, access device and circuits.
fn premises(services: &[Service], circuits: &[Circuit]) -> String {
    let mut partners: Vec<u64> = services.iter().filter_map(|one| one.number(Fact::Partner)).collect();
    partners.sort_unstable();
    partners.dedup();
    let tenants: Vec<u64> = services.iter().filter_map(|one| one.number(Fact::Account)).collect();
    let (uid, told) = match partners[..] {
        [one] => (one, String::new()),
        [] => (
            (PARTNER..).find(|uid| !tenants.contains(uid)).unwrap_or(PARTNER),
            "  # UNKNOWN: the partner's account id; this one stands in.\n".to_owned(),
        ),
        [first, ..] => {
            let all: Vec<String> = partners.iter().map(u64::to_string).collect();
            let all = all.join(", ");
            (
                first,
                format!("  # Several partners are shown ({all}); the first stands for all of them.\n"),
            )
        }
    };
    let mut out = format!(
        "\naccounts:\n{told}  - {{ name: partner, uid: {uid}, role: partner }}\naccess_points:\n  - {{ name: partner-switch }}\naccess_devices:\n  # UNKNOWN: the region; this one stands in.\n  - {{ name: access-device, region: cn-shanghai }}\n"
    );
    out.push_str(if circuits.is_empty() {
        "circuits: []\n"
    } else {
        "circuits:\n"
    });
    for circuit in circuits {
        let mbps = circuit.bandwidth.unwrap_or_else(|| circuit.sold.max(10_000));
        let told = match (&circuit.known, circuit.bandwidth) {
            (None, _) => "  # UNKNOWN: which circuit; this one stands in.\n".to_owned(),
            (Some(known), None) => format!(
                "  # {}: its bandwidth is UNKNOWN; one stands in on which everything fits.\n",
                comment(known)
            ),
            (Some(known), Some(mbps)) => format!(
                "  # {}: {mbps} Mbit/s, of which {} are sold below.\n",
                comment(known),
                circuit.sold
            ),
        };
        out.push_str(&told);
        out.push_str(&format!(
            "  - {{ name: {}, a: partner-switch, b: access-device, rate: {}, delay: 2ms }}\n",
            quoted(&circuit.name),
            if mbps % 1_000 == 0 {
                format!("{}G", mbps / 1_000)
            } else {
                format!("{mbps}M")
            },
        ));
    }
    out
}

fn cutover(legacy: usize) -> String {
    let lasts = legacy.div_ceil(WAVE) * 10 + 30;
    format!(
        "\n# Every legacy VBR above comes to a shared port of its own. `trunklab rehearse` tries it. UNKNOWN: how soon\n\
         # tenants accept, and who approves; write down what yours need, and your own test tenant as `test_tenant`.\n\
         cutover:\n\
         \x20 prepare: {{ at: 10s, acceptance: {{ median: 5s, p95: 10s, longest: 20s }} }}\n\
         \x20 window: {{ at: {WINDOW}s, lasts: {lasts}s, wave: {WAVE}, every: 10s }}\n\
         \x20 budget: {{ longest_gap_max: 50ms }}\n"
    )
}

/// A burst at each peak that is known, and what is expected.
fn flows(rows: &[Row], end: usize) -> String {
    let bursts: Vec<&Row> = rows.iter().filter(|row| row.burst.is_some()).collect();
    let mut out = String::new();
    if !bursts.is_empty() {
        out.push_str(
            "\n# A tenth of a second at each peak that is known: does the bandwidth let it through?\ntraffic:\n",
        );
    }
    for row in &bursts {
        let (Some(kbps), name) = (row.burst, &row.name) else {
            continue;
        };
        out.push_str(&format!(
            "  - {{ name: {}, from: {}, to: {}, rate: {kbps}k, size: 1518, start: 40s, stop: {end}s, count: {} }}\n",
            quoted(&format!("{name}-peak")),
            quoted(&format!("{name}-idc")),
            quoted(&format!("{name}-vpc")),
            (kbps * 100 / (1_518 * 8)).max(200),
        ));
    }
    out.push_str("\nexpect:\n  - { check: inheritance }\n");
    for row in rows {
        let flow = quoted(&format!("{}-flow", row.name));
        out.push_str(&format!(
            "  - {{ check: continuity, flow: {flow}, longest_gap_max: {} }}\n",
            row.gap()
        ));
    }
    for row in bursts {
        let flow = quoted(&format!("{}-peak", row.name));
        out.push_str(&format!(
            "  - {{ check: continuity, flow: {flow}, over: [40020ms, 40080ms] }}\n"
        ));
    }
    out
}
