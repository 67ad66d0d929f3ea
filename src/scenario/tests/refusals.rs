//! Every refusal: code, line, column, message, help. The snapshot is the golden list.

use super::*;

/// One character changed, or one line more; in order of the codes.
fn mutations() -> Vec<(&'static str, String)> {
    let more = |section: &str, line: &str| with(&format!("{section}:\n"), &format!("{section}:\n  - {{ {line} }}\n"));
    let end = |text: &str| format!("{TWO}{text}\n");
    let board = |keys: &str| {
        let cutover = format!("prepare: {{ at: 1s }}, window: {{ at: 2s, lasts: 1s }}, board: {{ {keys} }}");
        with("seed: 7\n", &format!("seed: 7\ncutover: {{ {cutover} }}\n"))
    };
    vec![
        ("an empty file", String::new()),
        ("comments only", "# nothing\n---\n".into()),
        ("a list", "- a\n- b\n".into()),
        ("a word", "hello\n".into()),
        ("two documents", end("---\ntrunklab: 1")),
        ("an alias bomb", bomb()),
        (
            "nested too deeply",
            format!("trunklab: {}1{}\n", "[".repeat(100), "]".repeat(100)),
        ),
        ("a tab", with("  - { name: acme, uid", "\t- { name: acme, uid")),
        (
            "an unclosed quote",
            with("name: two-tenants-one-circuit", "name: \"two-tenants"),
        ),
        ("a key twice", with("seed: 7\n", "seed: 7\nseed: 8\n")),
        ("an unknown key", with("seed: 7", "sead: 7")),
        ("an unknown key in a list", with("vlan_id: 101", "vlanid: 101")),
        ("a missing key", with("duration: 10s\n", "")),
        ("a missing key in a list", with("attach: ap-sh, ", "")),
        ("a mapping for a value", with("seed: 7", "seed: { a: 7 }")),
        ("a list for a value", with("duration: 10s", "duration: [10s]")),
        ("a value for a list", with("hosts: [172.16.0.10]", "hosts: 172.16.0.10")),
        ("null for a value", with("duration: 10s", "duration:")),
        ("a word off the list", with("profile: strict", "profile: stirct")),
        ("an unknown quirk", with("profile: strict", "quirk: last-tag-win")),
        (
            "a quirk that no device has",
            with("region: cn-shanghai", "region: cn-shanghai, quirk: no-such-fault"),
        ),
        ("a role that is none", with("role: partner", "role: owner")),
        (
            "a feature of no device",
            with("region: cn-shanghai", "region: cn-shanghai, features: [Bfd]"),
        ),
        (
            "a spec that nobody sells",
            with("sold_specs: [50M,", "sold_specs: [60M,"),
        ),
        (
            "a price of no spec",
            with(
                "seed: 7\n",
                "seed: 7\nprices: { port_per_month: { 50M: 1, 150M: 2 } }\n",
            ),
        ),
        (
            "a price of no type of port",
            with(
                "seed: 7\n",
                "seed: 7\nprices: { dedicated_per_month: { 10GBase-RL: 2 } }\n",
            ),
        ),
        (
            "an unknown error code",
            with(
                "do: ConfirmPhysicalConnection",
                "expect_error: QuotaExceeded, do: ConfirmPhysicalConnection",
            ),
        ),
        (
            "an operation that is not modelled",
            with("do: ConfirmPhysicalConnection", "do: CreateBgpGroup"),
        ),
        ("a number without its unit", with("duration: 10s", "duration: 10")),
        ("an unknown unit", with("rate: 10M", "rate: 10X")),
        ("no address", with("172.16.0.10]", "172.16.0.300]")),
        ("no prefix length", with("10.0.0.2/30", "10.0.0.2")),
        (
            "no such policy",
            with("sum_of_specs: enforced", "sum_of_spec: enforced"),
        ),
        (
            "no such value of a policy",
            with("sum_of_specs: enforced", "sum_of_specs: maybe"),
        ),
        (
            "no such lead time",
            with("seed: 7\n", "seed: 7\nlead_times: { constuction: 40d }\n"),
        ),
        ("no name", with("name: acme-dc", "name: acme dc!")),
        ("another version", with("trunklab: 1", "trunklab: 2")),
        ("a negative number", with("seed: 7", "seed: -7")),
        (
            "no for a switch",
            with("outbound_billing: true", "outbound_billing: no"),
        ),
        (
            "a moment without its distance from UTC",
            board("opens: 2026-12-05T22:00"),
        ),
        (
            "a command with a name that stands for nothing",
            board("pre_checks: ['ping {host}']"),
        ),
        (
            "a dangling circuit",
            with("circuit: c1, vlan_id: 101", "circuit: c2, vlan_id: 101"),
        ),
        ("a dangling account", with("tenant: acme,", "tenant: acne,")),
        ("a dangling switch", with("attach: ap-sh", "attach: ap-hs")),
        (
            "a dangling resource",
            with(
                "{ PhysicalConnectionId: port-acme }",
                "{ PhysicalConnectionId: port-acne }",
            ),
        ),
        ("a dangling flow", with("flow: web-acme", "flow: web-acne")),
        ("a dangling host", with("acme-dc/172.16.0.10", "acme-dc/172.16.0.11")),
        ("a dangling endpoint", with("acme-vpc/web", "acme-vpc/wed")),
        ("a name twice", with("name: globex-dc", "name: acme-dc")),
        ("a node twice over kinds", with("name: globex-dc", "name: dev-sh-1")),
        ("a uid twice", with("1300000000000002", "1300000000000001")),
        ("a binding twice", with("as: port-globex", "as: port-acme")),
        (
            "a tenant as owner of a switch",
            with("name: ap-sh,", "name: ap-sh, owner: acme,"),
        ),
        ("a partner as tenant", with("tenant: acme,", "tenant: telecom,")),
        ("no gateway", with("10.0.0.2/30", "10.0.0.2/29")),
        ("a partner's VID too large", with("vlan_id: 101", "vlan_id: 4095")),
        ("a tag of zero", with("tag: 50", "tag: 0")),
        (
            "a group's address for a station",
            with("vlan_id: 101, address", "vlan_id: 101, mac: 03:00:00:00:00:01, address"),
        ),
        ("a VLAN twice", with("vlan_id: 102", "vlan_id: 101")),
        ("VLAN 0 beside another", with("vlan_id: 102", "vlan_id: 0")),
        ("a rate of zero", with("b: dev-sh-1", "b: dev-sh-1, rate: 0G")),
        ("a delay of zero", with("b: dev-sh-1", "b: dev-sh-1, delay: 0s")),
        ("a traffic rate of zero", with("rate: 10M", "rate: 0M")),
        (
            "overlapping prefixes",
            with("cidr: 192.168.0.0/16", "cidr: 172.16.0.0/12"),
        ),
        (
            "a host outside its LAN",
            with("hosts: [172.16.0.10]", "hosts: [172.16.1.10]"),
        ),
        ("host bits", with("lan: 172.16.0.0/24", "lan: 172.16.0.1/24")),
        ("a broadcast address", with("10.0.0.2/30", "10.0.0.3/30")),
        ("IPv6 on an interconnect", with("10.0.0.2/30", "fd00::2/126")),
        (
            "IPv6 on a VBR",
            with("LocalGatewayIp: 10.0.0.1,", "LocalGatewayIp: 'fd00::1',"),
        ),
        (
            "IPv6 enabled",
            with(
                "LocalGatewayIp: 10.0.0.1,",
                "LocalGatewayIp: 10.0.0.1, EnableIpv6: true,",
            ),
        ),
        (
            "no way",
            with("access_points:\n", "access_points:\n  - { name: island }\n").replacen(
                "attach: ap-sh",
                "attach: island",
                1,
            ),
        ),
        (
            "a link to itself",
            with(
                "circuits:\n",
                "links:\n  - { name: l, a: ap-sh, b: ap-sh }\ncircuits:\n",
            ),
        ),
        ("a tag on an access port", with("tag: 50", "port: access, tag: 50")),
        ("a trunk without a tag", with("tag: 50", "port: trunk")),
        (
            "too many tenants",
            end("tenants: [{ name: t, count: 1000000, circuit: c1 }]"),
        ),
        (
            "too many VLANs",
            end("tenants: [{ name: t, count: 3000, circuit: c1 }]"),
        ),
        ("too long", with("duration: 10s", "duration: 90000d")),
        ("no duration", with("duration: 10s", "duration: 0s")),
        ("an MTU of nothing", with("b: dev-sh-1", "b: dev-sh-1, mtu: 20")),
        ("start after stop", with("start: 5s, stop: 9s", "start: 9s, stop: 5s")),
        ("start after the end", with("start: 5s, stop: 9s", "start: 50s")),
        ("a step after the end", with("at: 2s, by: acme", "at: 20s, by: acme")),
        (
            "traffic between tenants",
            with("to: acme-vpc/web", "to: globex-vpc/web"),
        ),
        ("an event storm", with("rate: 10M", "interval: 1ns")),
        ("rate and interval", with("rate: 10M", "rate: 10M, interval: 1ms")),
        ("a port for a ping", with("rate: 10M", "kind: ping, port: 80")),
        ("a replay without a capture", with("rate: 10M", "kind: replay")),
        ("on_off without times", with("rate: 10M", "rate: 10M, pattern: on_off")),
        (
            "an unknown operation",
            with("do: ConfirmPhysicalConnection", "do: ConfirmPhysicalConection"),
        ),
        ("a VLAN that is no number", with("VlanId: 101", "VlanId: ten")),
        ("no fault", end("faults: [{ at: 1s }]")),
        ("two faults", end("faults: [{ at: 1s, cut: c1, restore: c1 }]")),
        ("a fault of no link", end("faults: [{ at: 1s, cut: c9 }]")),
        ("a loss of no share", end("faults: [{ at: 1s, lose: c1 }]")),
        ("a share over one", end("faults: [{ at: 1s, lose: c1, share: 101% }]")),
        ("a fault after the end", end("faults: [{ at: 11s, cut: c1 }]")),
        (
            "an endless flap",
            end("faults: [{ at: 1s, flap: { link: c1, every: 1s, down: 1s, times: 3 } }]"),
        ),
        (
            "a misconnection of nobody",
            end("faults: [{ at: 1s, misconnect: ap-sh, vlan_id: 102 }]"),
        ),
        (
            "a misconnection with two wrong names",
            end("faults: [{ at: 1s, misconnect: c1, tenant: nobody, vlan_id: 102 }]"),
        ),
        (
            "a needed key that is misspelt",
            more("expect", "check: reachability, flows: web-acme"),
        ),
        (
            "a contradiction",
            more("expect", "check: reachability, flow: web-acme, reachable: false"),
        ),
        (
            "an expectation twice",
            more("expect", "check: reachability, flow: web-acme"),
        ),
        (
            "a key of another check",
            more("expect", "check: isolation, flow: web-acme"),
        ),
        (
            "a check without its key",
            more("expect", "check: attribution, tenant: acme"),
        ),
        (
            "a window that is none",
            more("expect", "check: health, tenant: acme, unhealthy: [5s]"),
        ),
        (
            "a window backwards",
            more("expect", "check: health, tenant: acme, unhealthy: [5s, 4s]"),
        ),
        ("a missing capture", with("rate: 10M", "kind: replay, capture: no.pcap")),
        ("a missing graph", end("backbones: [{ name: b, graphml: no.graphml }]")),
        (
            "a planned circuit that nobody creates",
            with("b: dev-sh-1", "b: dev-sh-1, state: planned"),
        ),
        (
            "three tags read",
            with("profile: strict", "profile: ovs-3.1, vlan_limit: 3"),
        ),
        (
            "two tags read by no Open vSwitch",
            with("profile: strict", "profile: strict, vlan_limit: 2"),
        ),
        (
            "a default VLAN that no tag names",
            with("profile: strict", "profile: strict, default_vlan: 0"),
        ),
        (
            "a list without a VLAN",
            with("b: dev-sh-1", "b: dev-sh-1, allowed_vids: []"),
        ),
        (
            "a list that is none",
            with("b: dev-sh-1", "b: dev-sh-1, allowed_vids: 101"),
        ),
        (
            "a range backwards",
            with("b: dev-sh-1", "b: dev-sh-1, allowed_vids: [101, 300-200]"),
        ),
        (
            "a range beyond all VLANs",
            with("b: dev-sh-1", "b: dev-sh-1, allowed_vids_b: [4000-5000]"),
        ),
        (
            "a range of words",
            with("b: dev-sh-1", "b: dev-sh-1, allowed_vids: [all]"),
        ),
        (
            "a list of every VLAN",
            with("b: dev-sh-1", "b: dev-sh-1, unpruned: true, allowed_vids: [101]"),
        ),
        (
            "a list on an untagged circuit",
            with(
                "b: dev-sh-1 }",
                "b: dev-sh-1 }\n  - { name: c0, a: ap-sh, b: dev-sh-1, allowed_vids: [101] }",
            )
            .replacen("circuit: c1, vlan_id: 102", "circuit: c0, vlan_id: 0", 1),
        ),
        (
            "an unknown capability",
            end("pics: [{ device: ap-sh, ends-bdpu: true }]"),
        ),
        (
            "a capability of no device",
            end("pics: [{ device: ap-hs, ends-bpdu: true }]"),
        ),
        ("a capability of nobody", end("pics: [{ ends-bpdu: true }]")),
        (
            "a capability that is neither there nor not",
            end("pics: [{ device: \"*\", ends-bpdu: maybe }]"),
        ),
        (
            "a capability twice",
            end("pics: [{ device: ap-sh, stacks: true }, { device: ap-sh, stacks: false }]"),
        ),
        (
            "a policer at a switch that carries nothing of the tenant",
            end("faults: [{ at: 1s, police: aside, tenant: acme, spec: 20M }]").replacen(
                "access_points:\n",
                "access_points:\n  - { name: aside }\n",
                1,
            ),
        ),
        ("no capability", end("pics: [{ device: ap-sh }]")),
        (
            "three errors, sorted",
            with("tag: 50", "tag: 0")
                .replacen("circuit: c1, vlan_id: 102", "circuit: cc, vlan_id: 102", 1)
                .replacen("flow: web-globex", "flow: w", 1),
        ),
    ]
}

/// One large step, and two thousand aliases of it.
fn bomb() -> String {
    let keys: Vec<String> = (0..1000).map(|i| format!("k{i}: v")).collect();
    let step = format!(
        "&s {{ at: 1s, by: a, do: ConfirmPhysicalConnection, with: {{ {} }} }}",
        keys.join(", ")
    );
    let aliases = "  - *s\n".repeat(2000);
    format!("trunklab: 1\nname: bomb\nduration: 1s\nprovisioning:\n  - {step}\n{aliases}")
}

#[test]
fn every_refusal_has_its_line_column_code_and_advice() {
    let mut golden = String::new();
    for (what, text) in mutations() {
        let refused = read(&text).err().unwrap_or_else(|| panic!("{what}: it was accepted"));
        assert!(!refused.errors.is_empty(), "{what}");
        golden.push_str(&format!("# {what}\n{}", lines(&refused.errors)));
    }
    insta::assert_snapshot!("refusals", golden);
}

/// Codes that need a file, a clock or a size that a test does not have; other tests here and in
/// `imports` show them.
const ELSEWHERE: &[&str] = &[
    "TL0416", "TL0508", "TL0509", "TL0511", "TL0101", "TL0102", "TL0103", "TL0104", "TL0105", "TL0408", "TL0701",
    "TL0702", "TL0703", "TL0704", "TL0111", "TL0705", "TL0706", "TL0707", "TL0708", "TL0709", "TL0710", "TL0711",
    "TL0712", "TL0713", "TL0714", "TL0715", "TL0716", "TL0801", "TL0802", "TL0803", "TL0804", "TL0805", "TL0806",
    "TL0811", "TL0812", "TL0813", "TL0814", "TL0815", "TL0816", "TL0817", "TL0818",
];

#[test]
fn every_code_is_shown_by_a_refusal() {
    let shown: String = mutations()
        .iter()
        .filter_map(|(_, t)| read(t).err())
        .map(|r| lines(&r.errors))
        .collect();
    let missing: Vec<&str> = Code::ALL
        .iter()
        .map(|c| c.as_str())
        .filter(|c| !ELSEWHERE.contains(c) && !shown.contains(c))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn a_trunk_carries_4094_tenants_and_no_more() {
    let circuits = "circuits: [{ name: c1, a: ap, b: dev, rate: 400G }, { name: c2, a: ap, b: dev, rate: 400G }]\n";
    let text = format!(
        "trunklab: 1\nname: full\nduration: 20s\naccounts: [{{ name: p, uid: 1, role: partner }}]\naccess_points: [{{ name: ap }}, {{ name: far }}]\nlinks: [{{ name: l, a: far, b: ap }}]\naccess_devices: [{{ name: dev, region: r }}]\n{circuits}"
    );
    let tenants = |n: usize| {
        format!("{text}tenants: [{{ name: t, count: {n}, circuits: [c1, c2], attach: far, provision: false }}]\n")
    };
    assert_eq!(plan(&tenants(4094)).tenants.len(), 4094);
    let refused = read(&tenants(4095)).unwrap_err();
    assert_eq!(
        refused.errors[0].to_string(),
        "test.yaml:9:63: error[TL0408]: trunk `l` carries 4094 tenants already"
    );
}

#[test]
fn the_unchanged_scenario_is_accepted() {
    assert!(read(TWO).is_ok());
}

#[test]
fn reading_errors_have_their_codes() {
    struct Failing(SourceError);
    impl Sources for Failing {
        fn read(&self, _: &str) -> Result<Vec<u8>, SourceError> {
            Err(self.0.clone())
        }
    }
    let code = |e: SourceError| load("s.yaml", &Failing(e)).unwrap_err().errors[0].to_string();
    assert_eq!(
        code(SourceError::Missing),
        "s.yaml: error[TL0101]: there is no such file"
    );
    assert_eq!(
        code(SourceError::Directory),
        "s.yaml: error[TL0102]: it is a directory, not a file"
    );
    assert_eq!(
        code(SourceError::TooLarge(1 << 40)),
        "s.yaml: error[TL0103]: it is larger than 256 MiB"
    );
    assert_eq!(
        code(SourceError::Io("permission denied".into())),
        "s.yaml: error[TL0104]: permission denied"
    );
    let sources = MemorySources::new().with("s.yaml", b"name: \xff".to_vec());
    assert_eq!(
        load("s.yaml", &sources).unwrap_err().errors[0].to_string(),
        "s.yaml: error[TL0105]: octet 6 is not UTF-8 text"
    );
}

#[test]
fn a_diagnostic_shows_the_line_that_it_is_about() {
    let text = with("tag: 50", "tag: 0");
    let refused = read(&text).unwrap_err();
    let shown = refused.errors[0].render(&refused.source, false);
    assert!(
        shown.starts_with("error[TL0401]: a VLAN of the partner's is 1 to 4094, not 0"),
        "{shown}"
    );
    assert!(shown.contains("test.yaml:20:56"), "{shown}");
    assert!(shown.contains("tag: 0,"), "{shown}");
    assert!(refused.errors[0].render(&refused.source, true).contains('\u{1b}'));
}

#[test]
fn columns_count_characters_and_spans_count_octets() {
    let text = with("about: |\n", "about: |\n  上海 北京\n").replacen("attach: ap-sh", "attach: 上海", 1);
    let refused = read(&text).unwrap_err();
    let error = &refused.errors[0];
    assert_eq!((error.line(), error.column()), (21, 44));
    assert_eq!(
        &refused.source[error.span.start as usize..error.span.end as usize],
        "上海"
    );
}

#[test]
fn what_the_api_would_refuse_is_not_refused_here() {
    plan(&with("Spec: 100M", "Spec: 333M"));
    plan(&with("VpconnAliUid: acme", "VpconnAliUid: 999"));
    plan(&with(
        "{ PhysicalConnectionId: port-acme }",
        "{ PhysicalConnectionId: 'literal:pc-none' }",
    ));
    plan(&with("by: acme, do: Confirm", "by: globex, do: Confirm"));
    plan(&with("VlanId: 102", "VlanId: 101"));
}
