//! What sends in the wild part, and the pings of the quiet end.

use super::{Part, QUIET, Section, Sketch, WILD};
use crate::swarm::alive::QUIET_FLOW;
use crate::swarm::dice::Dice;

/// Enough frames of a flow to fill every bucket and queue.
const MOST_FRAMES: u64 = 200;

pub(super) fn draw(sketch: &mut Sketch) {
    for tenant in 1..=sketch.tenants {
        up(sketch, tenant);
        down(sketch, tenant);
        quiet(sketch, tenant);
    }
    let checks = ["inheritance", "billing", "continuity", "bandwidth"];
    for check in &checks[..checks.len() - usize::from(sketch.narrow)] {
        sketch.add(Section::Expect, Part::new().must("check", *check));
    }
}

fn up(sketch: &mut Sketch, t: u64) {
    let mut dice = sketch.dice(&format!("up {t}"));
    let to = format!("v{t}{}", dice.of(&["/web", ""]));
    let flow = Part::of(t)
        .must("name", format!("u{t}"))
        .must("from", format!("d{t}"))
        .must("to", to);
    let flow = timing(sketch, &mut dice, flow);
    let flow = match dice.roll(8) {
        0..=3 => flow.may("size", dice.of(&[64, 512, 1_518, 1_519])),
        4 => flow.may("size", "imix"),
        _ => flow,
    };
    let flow = flow.may("start", dice.part(sketch.span, 0, 350));
    sketch.add(Section::Traffic, flow.must("stop", dice.part(sketch.span, 400, WILD)));
}

fn timing(sketch: &Sketch, dice: &mut Dice, flow: Part) -> Part {
    let flow = flow.may("count", dice.between(20, MOST_FRAMES));
    match dice.roll(5) {
        0 => flow.must("interval", sketch.at(5)),
        1 => flow.may("kind", "ping").must("interval", sketch.at(2)),
        2 => flow.must("rate", dice.of(&["20M", "60M", "300M"])),
        3 => flow.may("pattern", "poisson").must("interval", sketch.at(4)),
        _ => {
            let flow = flow
                .must("pattern", "on_off")
                .must("on", sketch.at(20))
                .must("off", sketch.at(30));
            flow.must("interval", sketch.at(2))
        }
    }
}

fn down(sketch: &mut Sketch, t: u64) {
    let mut dice = sketch.dice(&format!("down {t}"));
    let flow = Part::of(t)
        .must("name", format!("w{t}"))
        .must("from", format!("v{t}/web"));
    let flow = flow
        .must("to", format!("d{t}"))
        .must("interval", dice.part(sketch.span, 5, 30));
    let flow = flow
        .may("answered", dice.one_in(2))
        .may("start", dice.part(sketch.span, 50, 200));
    sketch.add(Section::Traffic, flow.must("stop", sketch.at(WILD - 50)));
}

/// A few pings after all is over, and the question whether they came through.
fn quiet(sketch: &mut Sketch, t: u64) {
    let name = format!("{QUIET_FLOW}{t}");
    let flow = Part::of(t)
        .must("name", name.as_str())
        .must("from", format!("d{t}"))
        .must("to", format!("v{t}/web"));
    let flow = flow
        .must("kind", "ping")
        .must("interval", sketch.at(20))
        .may("size", 64);
    let flow = flow.must("start", sketch.at(QUIET.0)).must("stop", sketch.at(QUIET.1));
    sketch.add(Section::Traffic, flow);
    let asked = Part::of(t).must("check", "reachability").must("flow", name.as_str());
    sketch.add(Section::Expect, asked);
}
