//! The hunt for a PASS that is none, of bandwidth and billing: worlds that must FAIL or be INCONC, each
//! beside its healthy twin, in both directions of traffic.

use trunklab::check::Verdict::{self, Fail, Inconc, Pass};

use super::{Judged, Tenant, World, plan};

/// A world that must not pass, and the one beside it that must.
struct Row {
    name: String,
    check: &'static str,
    ill: String,
    verdict: Verdict,
    /// What the finding says, where it fails.
    says: &'static str,
    healthy: String,
}

impl Row {
    fn fails(name: impl Into<String>, says: &'static str, ill: String, healthy: String) -> Self {
        Self {
            name: name.into(),
            check: "bandwidth",
            ill,
            verdict: Fail,
            says,
            healthy,
        }
    }

    fn unknown(name: impl Into<String>, check: &'static str, ill: String, healthy: String) -> Self {
        Self {
            name: name.into(),
            check,
            ill,
            verdict: Inconc,
            says: "",
            healthy,
        }
    }
}

/// Judges every row, and tells all that are wrong at once.
fn hold(rows: &[Row]) {
    let mut wrong = String::new();
    for row in rows {
        for (text, verdict, says) in [(&row.ill, row.verdict, row.says), (&row.healthy, Pass, "")] {
            let judged = Judged::of(plan(text, &[]));
            let line = judged.line(row.check);
            let all = format!("{} {}", line.finding, line.details.join(" "));
            if line.verdict != verdict || !all.contains(says) {
                let which = if verdict == Pass { "the healthy twin of " } else { "" };
                wrong += &format!(
                    "{which}{}: {:?} for {verdict:?} {says:?}: {all}\n",
                    row.name, line.verdict
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const WARM: &str = "  - { name: warm, from: acme-dc, to: acme-vpc/web, interval: 20ms, start: 3s, count: 3 }\n";

/// A flow of a tenant, towards the cloud or from it.
fn flow(tenant: &str, place: &str, up: bool, rate: &str, ms: u32) -> String {
    let (from, to) = match up {
        true => (format!("{tenant}-dc"), place.to_owned()),
        false => (place.to_owned(), format!("{tenant}-dc")),
    };
    format!(
        "  - {{ name: {tenant}-f, from: {from}, to: {to}, answered: false, rate: {rate}, size: 1518, start: 4s, stop: {}ms }}\n",
        4000 + ms
    )
}

/// One tenant with 50M, flows as said.
fn one(traffic: String) -> World {
    World {
        tenants: vec![Tenant::new("acme", 101)],
        traffic: Some(WARM.to_owned() + &traffic),
        expect: "  - { check: bandwidth }",
        ..World::default()
    }
}

fn acme(up: bool, rate: &str) -> String {
    flow("acme", "acme-vpc/web", up, rate, 600)
}

fn towards(up: bool) -> &'static str {
    if up { "to the cloud" } else { "from the cloud" }
}

const BOTH: [bool; 2] = [true, false];

#[test]
fn a_policer_below_what_was_sold() {
    let mut rows = Vec::new();
    for up in BOTH {
        let typed = |faults| {
            World {
                faults,
                ..one(acme(up, "60M"))
            }
            .text()
        };
        rows.push(Row::fails(
            format!("the partner's operator types 40M, {}", towards(up)),
            "ended in a policer at ap",
            typed("  - { at: 3500ms, police: ap, tenant: acme, spec: 40M }"),
            typed("  - { at: 3500ms, police: ap, tenant: acme, spec: 50M }"),
        ));
        let wired = |idc| {
            let mut world = one(acme(up, "60M"));
            world.tenants[0].idc = idc;
            world.text()
        };
        rows.push(Row::fails(
            format!("the partner's switch is set up to 40M, {}", towards(up)),
            "ended in a policer at ap",
            wired(", spec: 40M"),
            wired(", spec: 50M"),
        ));
        let small = acme(up, "49M").replace("1518", "64").replace("4600ms", "4250ms")
            + "policies: { policer_burst: 1ms, policer_burst_min: 3044 }\n";
        let counts = |device, ap| {
            World {
                device,
                ap,
                ..one(small.clone())
            }
            .text()
        };
        rows.push(Row::fails(
            format!("the switch counts preamble and gap, {}", towards(up)),
            "the policer of ap counts 84 for 64",
            counts("", ", octets: l1"),
            counts("", ""),
        ));
    }
    rows.push(Row::fails(
        "the device counts the tag",
        "the policer of dev counts 68 for 64",
        World {
            device: ", counts_tags: true",
            ..one(acme(true, "49M").replace("1518", "64").replace("4600ms", "4250ms")
                + "policies: { policer_burst: 1ms, policer_burst_min: 3044 }\n")
        }
        .text(),
        one(acme(true, "49M").replace("1518", "64").replace("4600ms", "4250ms")
            + "policies: { policer_burst: 1ms, policer_burst_min: 3044 }\n")
        .text(),
    ));
    hold(&rows);
}

/// The API sells more than a circuit carries.
const UNENFORCED: &str = "policies: { sum_of_specs: unenforced }\n";

/// Both tenants, 50M each, over a circuit or a trunk of this rate and queue.
fn shared(trunk: bool, rate: &str, queue: &str, up: bool, asked: &str) -> String {
    let flows = flow("acme", "acme-vpc/web", up, asked, 300) + &flow("globex", "globex-vpc/web", up, asked, 300);
    let warm = WARM.replace("warm", "warm-g").replace("acme", "globex");
    let world = World {
        traffic: Some(WARM.to_owned() + &warm + &flows + UNENFORCED),
        expect: "  - { check: bandwidth }",
        ..World::default()
    };
    slow(world.text(), trunk, rate, queue)
}

/// The same world with a circuit, or a trunk before it, of this rate and queue.
fn slow(text: String, trunk: bool, rate: &str, queue: &str) -> String {
    if !trunk {
        return text.replace(
            "a: ap, b: dev, delay: 2ms",
            &format!("a: ap, b: dev, delay: 2ms, rate: {rate}, queue: {queue}"),
        );
    }
    text.replace("[{ name: ap }]", "[{ name: ap }, { name: ap2 }]").replace(
        "circuits: [{ name: line, a: ap,",
        &format!(
            "links: [{{ name: trunk, a: ap, b: ap2, rate: {rate}, queue: {queue} }}]\ncircuits: [{{ name: line, a: ap2,"
        ),
    )
}

#[test]
fn a_link_slower_than_what_is_sold_over_it() {
    let mut rows = Vec::new();
    for up in BOTH {
        for queue in ["100kB", "900MB"] {
            let say = |what: &str| format!("{what}, a queue of {queue}, {}", towards(up));
            let line = |rate: &str| {
                let mut world = one(flow("acme", "acme-vpc/web", up, "48M", 300));
                world.tenants[0].idc = format!(", last_mile: {{ rate: {rate}, queue: {queue} }}").leak();
                world.text()
            };
            rows.push(Row::fails(
                say("a last mile"),
                "acme-dc/uni carries 35M on the wire, and 50M are sold over it",
                line("35M"),
                line("60M"),
            ));
            for (trunk, name) in [(false, "a circuit"), (true, "a trunk")] {
                let asked = flow("acme", "acme-vpc/web", up, "48M", 300) + UNENFORCED;
                let alone = |rate| slow(one(asked.clone()).text(), trunk, rate, queue);
                let says = match trunk {
                    true => "trunk carries 35M on the wire, and 50M are sold over it",
                    false => "line carries 35M on the wire, and 50M are sold over it",
                };
                rows.push(Row::fails(say(name), says, alone("35M"), alone("60M")));
                let says = match trunk {
                    true => "acme, globex, ",
                    false => "line carries 70M on the wire, and 100M are sold over it",
                };
                rows.push(Row::fails(
                    say(&format!("{name} that two share")),
                    says,
                    shared(trunk, "70M", queue, up, "48M"),
                    shared(trunk, "120M", queue, up, "48M"),
                ));
                rows.push(Row::fails(
                    say(&format!("{name} that two share and both ask for little")),
                    says,
                    shared(trunk, "70M", queue, up, "48M"),
                    shared(trunk, "70M", queue, up, "30M"),
                ));
            }
        }
    }
    hold(&rows);
}

const FAR: &str = "  - { name: far, tenant: acme, region: s, cidr: 192.168.9.0/24, endpoints: [{ name: web, address: 192.168.9.10 }] }\n";

fn across(border: &str, up: bool, faults: &'static str) -> String {
    let flows = WARM.to_owned() + &flow("acme", "far/web", up, "45M", 600);
    let border =
        format!("cross_border:\n  - {{ name: xb, tenant: acme, a: acme-vpc, b: far, delay: 30ms, {border} }}\n");
    World {
        tenants: vec![Tenant::new("acme", 101)],
        vpcs: FAR,
        traffic: Some(flows + &border),
        faults,
        expect: "  - { check: bandwidth }",
        ..World::default()
    }
    .text()
}

#[test]
fn a_border_that_carries_less_than_was_sold_across_it_and_never_the_circuit() {
    let mut rows = Vec::new();
    for up in BOTH {
        let says = match up {
            true => "acme, border xb, from acme-vpc to far: ",
            false => "acme, border xb, from far to acme-vpc: ",
        };
        let healthy = across("rate: 1G, spec: 40M", up, "");
        for (name, border) in [
            ("a policer", "rate: 1G, spec: 40M, police: 20M"),
            ("a slow line with a short queue", "rate: 30M, spec: 40M, queue: 100kB"),
            ("a slow line with a long queue", "rate: 30M, spec: 40M, queue: 900MB"),
        ] {
            let name = format!("{name} across the border, {}", towards(up));
            rows.push(Row::fails(name, says, across(border, up, ""), healthy.clone()));
        }
        rows.push(Row::fails(
            format!("an operator types too little across the border, {}", towards(up)),
            says,
            across(
                "rate: 1G, spec: 40M",
                up,
                "  - { at: 4200ms, police: xb, tenant: acme, spec: 20M }",
            ),
            across(
                "rate: 1G, spec: 40M",
                up,
                "  - { at: 4200ms, police: xb, tenant: acme, spec: 45M }",
            ),
        ));
        rows.push(Row::fails(
            format!("more passes the border than was sold, {}", towards(up)),
            "octets beyond 20M and its burst",
            across("rate: 1G, spec: 20M, police: 1G", up, ""),
            healthy,
        ));
    }
    for row in &rows {
        let judged = Judged::of(plan(&row.ill, &[]));
        let details = &judged.line("bandwidth").details;
        assert!(details.iter().all(|text| text.contains("border xb")), "{details:?}");
    }
    hold(&rows);
}

#[test]
fn a_circuit_below_what_was_sold_is_never_put_down_to_the_border() {
    for up in BOTH {
        let text = across(
            "rate: 1G, spec: 50M",
            up,
            "  - { at: 3500ms, police: ap, tenant: acme, spec: 30M }",
        );
        let judged = Judged::of(plan(&text, &[]));
        judged.is("bandwidth", Fail);
        let details = &judged.line("bandwidth").details;
        assert!(details.iter().all(|text| !text.contains("border")), "{details:?}");
        judged.says("bandwidth", "ended in a policer at ap");
    }
}

/// The spec changes at 4.3 s under load; the circuit is 40 ms long.
fn changes(from: &'static str, to: &str, up: bool, asked: &str, faults: &'static str) -> String {
    let steps = format!(
        "  - {{ at: 4200ms, by: telecom, do: UpdateVirtualPhysicalConnection, with: {{ InstanceId: acme-port, VlanId: 101, ExpectSpec: {to} }} }}\n  - {{ at: 4300ms, by: acme, do: Simulator.PayOrder, with: {{ InstanceId: acme-port }} }}\n"
    );
    let mut world = one(acme(up, asked));
    world.tenants[0].spec = from;
    world.steps = steps.leak();
    world.faults = faults;
    world.circuit = "";
    world.text().replace("delay: 2ms", "delay: 40ms")
}

#[test]
fn a_shortfall_behind_a_change_of_spec() {
    let mut rows = Vec::new();
    for up in BOTH {
        rows.push(Row::fails(
            format!("a downgrade to 50M is typed as 20M, {}", towards(up)),
            "ended in a policer at ap",
            changes(
                "100M",
                "50M",
                up,
                "120M",
                "  - { at: 4300ms, police: ap, tenant: acme, spec: 20M }",
            ),
            changes(
                "100M",
                "50M",
                up,
                "120M",
                "  - { at: 4300ms, police: ap, tenant: acme, spec: 50M }",
            ),
        ));
        rows.push(Row::fails(
            format!("an upgrade to 100M that the partner forgets, {}", towards(up)),
            "ended in a policer at ap",
            changes("50M", "100M", up, "90M", ""),
            changes(
                "50M",
                "100M",
                up,
                "90M",
                "  - { at: 4300ms, police: ap, tenant: acme, spec: 100M }",
            ),
        ));
    }
    // Frames on the circuit when the spec changes meet the partner's policer behind it: by the lesser of both
    // they may pass.
    for (from, to) in [("100M", "50M"), ("50M", "100M")] {
        let narrow = "  - { at: 4301ms, police: ap, tenant: acme, spec: 2M, burst: 3kB }\n  - { at: 4335ms, police: ap, tenant: acme, spec: 100M }";
        let wide = "  - { at: 4301ms, police: ap, tenant: acme, spec: 100M }";
        rows.push(Row::fails(
            format!("frames under way from {from} to {to} meet 2M"),
            "ended in a policer at ap",
            changes(from, to, false, "120M", narrow),
            changes(from, to, false, "120M", wide),
        ));
    }
    hold(&rows);
}

#[test]
fn who_sent_nothing_or_too_little_knows_nothing() {
    let full = |flows: String| {
        World {
            expect: "  - { check: bandwidth, full: true }",
            ..one(flows)
        }
        .text()
    };
    let second = |up, rate| acme(up, rate).replace("acme-f", "acme-g");
    let both = full(acme(true, "90M") + &second(false, "90M"));
    let bill = |flows: String| {
        World {
            expect: "  - { check: billing, tenant: acme, outbound_payer: acme }",
            ..one(flows)
        }
        .text()
        .replace(WARM, "")
    };
    let mut late = World {
        ..one(acme(true, "10M"))
    };
    late.tenants[0].vbr = false;
    hold(&[
        Row::unknown("full, only upwards", "bandwidth", full(acme(true, "90M")), both.clone()),
        Row::unknown(
            "full, only downwards",
            "bandwidth",
            full(acme(false, "90M")),
            both.clone(),
        ),
        Row::unknown(
            "full, not beyond the spec",
            "bandwidth",
            full(acme(true, "49M") + &second(false, "90M")),
            both,
        ),
        Row::unknown("no VBR", "bandwidth", late.text(), one(acme(true, "10M")).text()),
        Row::unknown(
            "a bill of inbound traffic alone",
            "billing",
            bill(acme(true, "10M")),
            bill(acme(false, "10M")),
        ),
    ]);
}

#[test]
fn a_bill_that_somebody_else_pays() {
    let bill = |payer: &str, flows: String| {
        let expect: &'static str = format!("  - {{ check: billing, tenant: acme, {payer} }}").leak();
        World { expect, ..one(flows) }.text()
    };
    let row = |name: &str, ill: &str, healthy: &str| Row {
        name: name.to_owned(),
        check: "billing",
        ill: bill(ill, acme(false, "10M")),
        verdict: Fail,
        says: "",
        healthy: bill(healthy, acme(false, "10M")),
    };
    hold(&[
        row(
            "outbound data is the partner's",
            "outbound_payer: telecom",
            "outbound_payer: acme",
        ),
        row("the port is the partner's", "port_payer: telecom", "port_payer: acme"),
    ]);
}
