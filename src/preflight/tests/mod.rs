//! Tests of the pre-flight: one tenant of which everything is known and good is GO; each thing that is in the way,
//! and each that no source shows, is told by its own question, and by no other.

mod changes;
mod items;
mod saved;
mod scale;
mod sources;

use super::{Evidence, Finding, Item, Preflight, Standing, TenantLine, preflight};
use crate::scenario::{MemorySources, load};

/// A world of one circuit and two tenants, of whom everything is known.
pub(super) const WORLD: &str = "
trunklab: 1
name: board
seed: 7
duration: 100s
policies: { spec_1g: 1000000000 }
prices: { currency: CNY, port_per_month: { 100M: 350, 200M: 600.5 }, outbound_per_gb: 0.5 }
accounts:
  - { name: telecom, uid: 1200000000000001, role: partner, site: cn }
access_points:
  - { name: ap, icmp_per_second: 600 }
access_devices:
  - { name: dev, region: cn-shanghai }
circuits:
  - { name: c1, a: ap, b: dev, rate: 10G, bandwidth: 1G, delay: 1ms }
tenants:
  - { name: acme, circuit: c1, vlan_id: 101, spec: 100M, legacy: true }
  - { name: globex, circuit: c1, vlan_id: 102, spec: 200M, legacy: true }
cutover:
  prepare: { at: 20s, acceptance: { median: 1s, p95: 2s, longest: 3s } }
  window: { at: 60s, lasts: 30s }
  known:
    - source: looked up
      account: main
      site: cn
      outbound_billing: true
      vbr: active
      second_circuit: false
      pending: false
      expires: 2027-12-31T16:00:00Z
      vlan_taken: false
      peak: 40M
      peak_over: 1s
      mtu: 1500
      ecr: false
      ipv6: false
      failover_group: false
      health_check: off
      other_way: true
      passes: both_ways
  known_circuits:
    - source: looked up
      enabled: true
      normal: true
      expires: 2027-12-31T16:00:00Z
      pending_order: false
      qos_policy: false
      mpbgp: true
      shared_ports: true
      may_sell: true
      ports_left: 2
      drill: false
  board: { opens: 2026-12-05T22:00:00+08:00 }
";

/// The world with some of its text replaced; each text stands in it.
pub(super) fn with(changes: &[(&str, &str)]) -> String {
    let mut text = WORLD.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "the world says `{old}`");
        text = text.replacen(old, new, 1);
    }
    text
}

/// The pre-flight of a scenario.
pub(super) fn flown(text: &str) -> Preflight {
    let sources = MemorySources::new().with("w.yaml", text);
    let loaded = load("w.yaml", &sources).unwrap_or_else(|refused| panic!("{:?}\n{text}", refused.errors));
    let written = loaded.cutover.expect("it has a cutover");
    let cutover = written
        .lowered()
        .expect("it was lowered before")
        .cutover
        .expect("a cutover");
    preflight(&loaded.plan, loaded.expanded.file(), &cutover, &Evidence::of(&cutover))
}

pub(super) fn of<'p>(preflight: &'p Preflight, tenant: &str) -> &'p TenantLine {
    preflight
        .lines
        .iter()
        .find(|line| line.tenant == tenant)
        .expect("it is asked")
}

pub(super) fn finding(line: &TenantLine, item: Item) -> &Finding {
    let found = line.findings.iter().find(|finding| finding.item == item);
    found.unwrap_or_else(|| panic!("{item:?} is asked: {:?}", line.findings))
}

/// The questions that do not stand well.
pub(super) fn open(line: &TenantLine) -> Vec<(Item, Standing)> {
    line.reasons()
        .iter()
        .map(|finding| (finding.item, finding.standing))
        .collect()
}
