//! What a user would ask of the world, beside what is always judged.

use super::flows::{Flow, Promise};
use super::{Part, Section, Sketch};
use crate::units::SimDuration;

fn check(name: &'static str) -> Part {
    Part::new().must("check", name)
}

fn of(tenant: u64, name: &'static str) -> Part {
    Part::of(tenant).must("check", name)
}

pub(super) fn draw(sketch: &mut Sketch) {
    // Whatever is promised whole is asked for, so that no fault that hurts it goes unasked.
    let whole = sketch
        .flows
        .iter()
        .all(|flow| matches!(flow.promise, Promise::Whole(_)));
    for flow in sketch.flows.clone() {
        of_flow(sketch, &flow, whole);
    }
    if whole {
        sketch.add(Section::Expect, check("continuity"));
    }
    for name in ["bandwidth", "billing"] {
        sketch.add(Section::Expect, check(name));
    }
    for tenant in 1..=sketch.ground.tenants {
        if sketch.services.iter().any(|s| s.tenant == tenant) {
            of_tenant(sketch, tenant);
        }
    }
}

fn of_flow(sketch: &mut Sketch, flow: &Flow, together: bool) {
    let mut dice = sketch.dice(&format!("sound asked {}", flow.name));
    let reach = of(flow.tenant, "reachability").must("flow", flow.name.as_str());
    let reach = if flow.promise == Promise::Refused {
        reach.must("reachable", false)
    } else {
        reach
    };
    sketch.add(Section::Expect, reach);
    if let Promise::Whole(micros) = flow.promise
        && (dice.one_in(2) || !together)
    {
        let asked = of(flow.tenant, "continuity").must("flow", flow.name.as_str());
        let asked = match micros {
            0 => asked,
            // Three frames, and what the way varies by.
            _ => asked.must("longest_gap_max", SimDuration::from_micros(3 * micros + 20_000)),
        };
        sketch.add(Section::Expect, asked);
    }
}

fn of_tenant(sketch: &mut Sketch, tenant: u64) {
    let name = format!("t{tenant}");
    let mine: Vec<Promise> = (sketch.flows.iter().filter(|f| f.tenant == tenant))
        .map(|f| f.promise)
        .collect();
    let services: Vec<_> = sketch.services.iter().filter(|s| s.tenant == tenant).cloned().collect();
    let mut dice = sketch.dice(&format!("sound asked {name}"));
    let whole = mine.iter().all(|p| matches!(p, Promise::Whole(_)));
    if whole {
        let asked = of(tenant, "continuity").must("tenant", name.as_str());
        let asked = match dice.roll(4) {
            0 => asked.must("direction", "up"),
            1 => asked.must("direction", "down"),
            _ => asked,
        };
        sketch.add(Section::Expect, asked);
    }
    let asked = of(tenant, "bandwidth").must("tenant", name.as_str());
    let full = services.len() == 1 && mine.contains(&Promise::Some);
    let asked = if full || dice.one_in(8) {
        asked.must("full", true)
    } else {
        asked
    };
    sketch.add(Section::Expect, asked);
    let asked = of(tenant, "billing").must("tenant", name.as_str());
    let asked = match services.as_slice() {
        [only] if only.kind.is_port() => {
            let payer = if only.partner_pays {
                "telecom".to_owned()
            } else {
                name.clone()
            };
            asked.must("port_payer", payer).must("outbound_payer", name.as_str())
        }
        _ => asked,
    };
    sketch.add(Section::Expect, asked);
}
