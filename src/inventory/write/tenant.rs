//! One service as a row of `tenants`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::names::{Names, comment, quoted};
use crate::inventory::service::{Fact, Service};
use crate::inventory::shown::Known;
use crate::inventory::table::spec_of;
use crate::provision::Spec;
use crate::scenario::plan::UnknownWord;

/// A peak that is an average over longer than this says nothing of its second.
const INTERVAL_MAX_MS: u64 = 1_000;

/// A row of the scenario.
pub(super) struct Row {
    pub name: String,
    pub legacy: bool,
    /// The peak in kbit/s, where it is known what it is.
    pub burst: Option<u64>,
    /// Milliseconds from one frame of its light traffic to the next.
    every: u64,
    comments: Vec<String>,
    keys: Vec<String>,
}

impl Row {
    /// The longest silence that its light traffic can be held to.
    pub(super) fn gap(&self) -> String {
        format!("{}ms", 2 * self.every)
    }

    /// Its lines of the file.
    pub(super) fn text(&self, end: usize) -> String {
        let mut out = String::new();
        for line in &self.comments {
            let _ = writeln!(out, "  # {line}");
        }
        let traffic = format!(
            "traffic: {{ interval: {}ms, start: 8s, stop: {}s, answered: true }}",
            self.every,
            end - 5
        );
        let _ = writeln!(out, "  - {{ {}, {traffic} }}", self.keys.join(", "));
        out
    }
}

/// The row of a service. `all`: how many there are; `tagged`: is the customer's own tag shown of some? `accounts`: names of accounts that rows before it have opened, by id and by tenant.
pub(super) fn row(
    service: &Service,
    circuit: &str,
    (all, tagged): (usize, bool),
    names: &mut Names,
    accounts: &mut BTreeMap<String, String>,
) -> Row {
    let mut unknown: Vec<UnknownWord> = Vec::new();
    let uid = service.number(Fact::Account);
    let called = service.text(Fact::Tenant).map(str::to_owned);
    let otherwise = uid.map_or_else(|| "tenant-unknown".to_owned(), |uid| format!("tenant-{uid}"));
    let name = names.take(called.as_deref().unwrap_or(&otherwise), &otherwise);
    let mut keys = vec![format!("name: {}", quoted(&name))];
    // A tenant that nobody names and whose account nobody knows is nobody that was met before.
    let whose = match (uid, &called) {
        (Some(uid), _) => Some(format!("#{uid}")),
        (None, Some(called)) => Some(called.clone()),
        (None, None) => None,
    };
    let opened = whose.as_ref().and_then(|whose| accounts.get(whose));
    match (opened, uid) {
        (Some(account), _) => keys.push(format!("account: {}", quoted(account))),
        (None, Some(uid)) => keys.push(format!("uid: {uid}")),
        (None, None) => {}
    }
    if uid.is_none() {
        unknown.push(UnknownWord::Account);
    }
    if let (None, Some(whose)) = (opened, whose) {
        accounts.insert(whose, name.clone());
    }
    keys.push(format!("circuit: {}", quoted(circuit)));
    if service.text(Fact::Circuit).is_none() {
        unknown.push(UnknownWord::Circuit);
    }
    let legacy = on_the_wire(service, tagged, &mut keys, &mut unknown);
    addresses(service, &mut keys, &mut unknown);
    let burst = peak(service, &mut unknown);
    if !unknown.is_empty() {
        let words: Vec<&str> = unknown.iter().map(|word| word.as_str()).collect();
        keys.push(format!("unknown: [{}]", words.join(", ")));
    }
    Row {
        name,
        legacy,
        burst,
        every: match all {
            0..=200 => 50,
            201..=2_000 => 1_000,
            _ => 5_000,
        },
        comments: comments(service),
        keys,
    }
}

/// VLAN, tag, bandwidth and how it is served.
fn on_the_wire(service: &Service, tagged: bool, keys: &mut Vec<String>, unknown: &mut Vec<UnknownWord>) -> bool {
    match service.number(Fact::VlanId) {
        Some(vlan) => keys.push(format!("vlan_id: {vlan}")),
        None => unknown.push(UnknownWord::VlanId),
    }
    match service.number(Fact::Tag) {
        Some(0) => keys.push("port: access".to_owned()),
        Some(tag) => keys.push(format!("tag: {tag}")),
        // Where nobody's is shown, that all are carried through is among the stand-ins for everybody.
        None if tagged => unknown.push(UnknownWord::Tag),
        None => {}
    }
    match service.number(Fact::Spec).and_then(spec_of) {
        Some(spec) => keys.push(format!("spec: {}", spec.name())),
        None => {
            keys.push(format!("spec: {}", Spec::SMALLEST.name()));
            unknown.push(UnknownWord::Spec);
        }
    }
    let legacy = match service.text(Fact::Mode) {
        Some(mode) => mode == "legacy",
        None => {
            unknown.push(UnknownWord::Legacy);
            true
        }
    };
    if legacy {
        keys.push("legacy: true".to_owned());
    }
    legacy
}

fn addresses(service: &Service, keys: &mut Vec<String>, unknown: &mut Vec<UnknownWord>) {
    let (peer, local) = (service.text(Fact::Address), service.text(Fact::Gateway));
    match (peer, local, service.number(Fact::Mask)) {
        (Some(peer), Some(local), Some(mask)) => keys.push(format!("address: {peer}/{mask}, gateway: {local}")),
        // In a /30 the other address is the other host's.
        (Some(peer), None, Some(30)) => keys.push(format!("address: {peer}/30")),
        _ => unknown.push(UnknownWord::Address),
    }
    if let Some(lan) = service.text(Fact::Lan) {
        keys.push(format!("lan: {lan}"));
    }
}

/// The peak, where it is one of a second at most.
fn peak(service: &Service, unknown: &mut Vec<UnknownWord>) -> Option<u64> {
    let fine = service
        .number(Fact::PeakInterval)
        .is_some_and(|ms| ms <= INTERVAL_MAX_MS);
    let peak = service.number(Fact::Peak).filter(|kbps| fine && *kbps > 0);
    if peak.is_none() {
        unknown.push(UnknownWord::Peak);
    }
    peak
}

/// Where it was read, and what it cannot say in a key.
fn comments(service: &Service) -> Vec<String> {
    let mut lines = vec![comment(&service.place.short())];
    for fact in [
        Fact::Vbr,
        Fact::SharedPort,
        Fact::VbrState,
        Fact::PortState,
        Fact::Acceptance,
    ] {
        if let Some(shown) = service.known(fact).one() {
            lines.push(comment(&format!(
                "{}: {} ({})",
                fact.what(),
                shown.value,
                shown.place.short()
            )));
        }
    }
    for fact in Fact::ALL {
        if let known @ Known::Contradicted(_) = service.known(*fact) {
            lines.push(comment(&format!("{} is {known}", fact.what())));
        }
    }
    if let Some(peak) = service.number(Fact::Peak) {
        let over = match service.number(Fact::PeakInterval) {
            Some(ms) if ms <= INTERVAL_MAX_MS => String::new(),
            Some(ms) => format!(", an average over {ms} ms: the peak of a second is UNKNOWN"),
            None => ", and over how long it is an average is UNKNOWN".to_owned(),
        };
        lines.push(format!("the peak is {peak} kbit/s{over}"));
    }
    lines
}
