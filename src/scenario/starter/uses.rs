//! The text of each use.

use std::fmt::Write;

use super::{PER_CIRCUIT, Site};

/// Tenants share a circuit and must not see each other.
pub(super) fn isolation(name: &str, tenants: u32, site: Option<&Site>) -> String {
    let mut text = head(
        name,
        &format!(
            "  Shows: {tenants} tenants with the same addresses share the partner's circuit, a VLAN each, and none sees\n  \
             another's frames.\n  Refuted by: one frame of a tenant at another's place, or one lost frame."
        ),
        "20s",
    );
    let (count, circuits) = shares(tenants);
    text += &network(site, count);
    // So that ten thousand tenants send no more than a few hundred thousand frames in all.
    let interval = (tenants / 10).max(20);
    let _ = write!(
        text,
        "
# Each entry stands for `count` tenants: data centre, VPC, and the calls that provision them. VLANs count up from
# `vlan_id` on each circuit. `overlapping` gives all of them the same addresses: only the VLAN tells them apart.
tenants:
  - name: tenant
    count: {tenants}
    {circuits}
    vlan_id: 101
    spec: 50M
    overlapping: true{spread}
    traffic: {{ interval: {interval}ms, size: 512, start: 6s, stop: 19s, answered: true }}

# Conservation, isolation, gating and provisioning are always judged. This is judged besides:
expect:
  - {{ check: continuity }}      # no frame is lost, doubled or overtaken
  - {{ check: inheritance }}     # each VBR has the VLAN and the bandwidth of its port

# Then: `trunklab prove` for all frames that there are, `trunklab isolate` for what an attacker would send.
",
        spread = spread(site),
    );
    text
}

/// Tenants of a VBR that the partner pushed come to shared ports of their own.
pub(super) fn cutover(name: &str, tenants: u32, site: Option<&Site>) -> String {
    // A wave of 200 is attached within its 5 s: one each 20 ms.
    let wave = tenants.div_ceil(4).min(200);
    let lasts = 5 * (tenants.div_ceil(wave) + 1) + 20;
    let stop = 60 + lasts;
    let mut text = head(
        name,
        &format!(
            "  Shows: {tenants} tenants come from VBRs that the partner pushed to shared ports of their own, in waves of\n  \
             {wave}, the partner's own test tenant first, while their traffic runs.\n  Refuted by: a lost, doubled or \
             overtaken frame, or a VBR that still hangs on the partner's circuit."
        ),
        &format!("{}s", stop + 5),
    );
    let (count, circuits) = shares(tenants);
    text += &network(site, count);
    let interval = (tenants / 4).max(50);
    let _ = write!(
        text,
        "
# `legacy` tenants are served by a VBR that the partner pushed to them, as before there were shared ports.
tenants:
  - name: tenant
    count: {tenants}
    {circuits}
    vlan_id: 101
    spec: 50M
    legacy: true{spread}
    traffic: {{ interval: {interval}ms, start: 8s, stop: {stop}s, answered: true }}
  - name: test               # the partner's own, converted first and alone
    circuit: circuit-1
    vlan_id: 2990
    spec: 50M
    legacy: true
    traffic: {{ interval: 50ms, start: 8s, stop: {stop}s, answered: true }}

# The partner makes the ports, tenants accept them, and the window converts wave after wave.
cutover:
  strategy: in_place
  prepare: {{ at: 10s, acceptance: {{ median: 5s, p95: 10s, longest: 20s }} }}
  window: {{ at: 60s, lasts: {lasts}s, wave: {wave}, every: 5s, test_tenant: test }}
  budget: {{ longest_gap_max: {gap}ms }}

# Conservation, isolation, gating and provisioning are always judged. This is judged besides:
expect:
  - {{ check: continuity }}      # no frame is lost, doubled or overtaken
  - {{ check: inheritance }}     # each VBR has the VLAN and the bandwidth of its port

# This run shows one way that it can go. `trunklab rehearse` tries the others: what the attach may do to frames, every
# fault at every step, and the way back.
",
        spread = spread(site),
        gap = 2 * interval,
    );
    text
}

/// Each gets what was bought, and one that wants more takes it from nobody.
pub(super) fn throughput(name: &str, tenants: u32, site: Option<&Site>) -> String {
    let mut text = head(
        name,
        &format!(
            "  Shows: {tenants} tenants use what they bought, a noisy one asks for more than that both ways, and the excess is\n  \
             its own loss.\n  Refuted by: one lost frame of a tenant within its spec, or a noisy tenant that gets more, or\n  \
             less, than it bought."
        ),
        "9s",
    );
    let (count, circuits) = shares(tenants);
    text += &network(site, count);
    let each = (900 / tenants).clamp(1, 45);
    let _ = write!(
        text,
        "
# `spec` is what is bought; `rate` is what is sent (octets with FCS). Change the two against each other.
tenants:
  - name: tenant
    count: {tenants}
    {circuits}
    vlan_id: 101
    spec: 50M{spread}
    traffic: {{ rate: {each}M, size: 1518, start: 6s, stop: 8s, answered: true }}
  - name: noisy
    circuit: circuit-1
    vlan_id: 2990
    spec: 50M
    traffic: {{ rate: 80M, size: 1518, start: 6s, stop: 8s }}

traffic:
  # The other way, from the cloud.
  - {{ name: noisy-down, from: noisy-vpc/ecs, to: noisy-idc, rate: 80M, size: 1518, answered: false, start: 6s, stop: 8s }}

# Conservation, isolation, gating and provisioning are always judged. This is judged besides:
expect:
  - {{ check: bandwidth }}                                # each within its spec, and nobody loses for another
  - {{ check: bandwidth, tenant: noisy, full: true }}     # all of it was asked for each way, and delivered
  - {{ check: continuity, tenant: noisy, verdict: fail, because: what it sends above its spec is dropped }}
{quiet}"
        ,
        spread = spread(site),
        quiet = quiet(tenants),
    );
    text
}

/// The first tenants within their spec lose nothing.
fn quiet(tenants: u32) -> String {
    let mut text = String::new();
    for number in 1..=tenants.min(3) {
        let name = match tenants {
            0..=9_999 => format!("tenant-{number:04}"),
            _ => format!("tenant-{number:05}"),
        };
        let _ = writeln!(text, "  - {{ check: continuity, tenant: {name} }}");
    }
    text
}

fn head(name: &str, about: &str, duration: &str) -> String {
    let timed = format!("{:<29}", format!("duration: {duration}"));
    format!(
        "# yaml-language-server: $schema=scenario.schema.json
# `trunklab schema > scenario.schema.json` writes the schema, by which an editor completes and checks every key.
# `trunklab validate FILE` checks this file, `trunklab run FILE` runs and judges it. docs/scenarios.md has every key.
trunklab: 1
name: '{name}'
about: |
{about}
seed: 1                      # every chance is drawn from it: the same seed, the same run
{timed}# of virtual time

# Who there is. Accounts of `tenants` below are made for them.
accounts:
  - {{ name: telecom, uid: 1200000000000001, role: partner }}
"
    )
}

/// How many circuits there are, and the key with which tenants name them.
fn shares(tenants: u32) -> (u32, String) {
    match tenants.div_ceil(PER_CIRCUIT) {
        1 => (1, "circuit: circuit-1".to_owned()),
        count => {
            let names: Vec<String> = (1..=count).map(|n| format!("circuit-{n}")).collect();
            (count, format!("circuits: [{}]", names.join(", ")))
        }
    }
}

fn network(site: Option<&Site>, circuits: u32) -> String {
    let mut text = String::new();
    let hub = match site {
        None => {
            text += "\n# The partner's switch, where the tenants' lines end.\naccess_points:\n  - { name: ap-east }\n";
            "ap-east".to_owned()
        }
        Some(site) => {
            let _ = write!(
                text,
                "
# The partner's backbone, out of a GraphML file: {pops} points of presence become switches, edges become links.
backbones:
  - {{ name: net, graphml: '{file}' }}
",
                pops = site.pops,
                file = site.file.replace('\'', "''"),
            );
            format!("net/{}", site.hub)
        }
    };
    text +=
        "\n# The cloud's side, and the circuits to it.\naccess_devices:\n  - { name: dev-sh-a, region: cn-shanghai }\n";
    text += "circuits:\n";
    for number in 1..=circuits {
        let _ = writeln!(
            text,
            "  - {{ name: circuit-{number}, a: {hub}, b: dev-sh-a, rate: 100G, delay: 2ms }}"
        );
    }
    text
}

/// Where the tenants' lines end, where that is not at the circuit's own switch.
fn spread(site: Option<&Site>) -> String {
    match site.map(|site| &site.reached) {
        None => String::new(),
        Some(None) => "\n    spread: [net/*]".to_owned(),
        Some(Some(reached)) => {
            let places: Vec<String> = reached.iter().map(|pop| format!("net/{pop}")).collect();
            format!("\n    spread: [{}]", places.join(", "))
        }
    }
}
