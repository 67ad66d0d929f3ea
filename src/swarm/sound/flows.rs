//! What each service carries: within what was bought, unless it is told apart as greedy.

use super::service::Service;
use super::{FLOWS, Part, Section, Sketch};
use crate::swarm::dice::Dice;
use crate::units::SimDuration;

/// Frames of a flow, at most: enough to fill every bucket.
const MOST_FRAMES: u64 = 500;
/// A greedy service's: enough to empty the deepest bucket.
const GREEDY: SimDuration = SimDuration::from_millis(260);

/// What is asked of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// Every frame arrives; the time between frames, in microseconds, is never longer than this.
    Whole(u64),
    /// Most arrives: it asks for more than was bought.
    Some,
    /// Nothing does: nobody listens there.
    Refused,
}

/// A flow that was drawn.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub name: String,
    pub tenant: u64,
    pub promise: Promise,
}

impl Sketch {
    /// Sends by this name and keeps what is promised of it.
    fn send(&mut self, service: &Service, part: Part, name: String, promise: Promise) {
        self.add(Section::Traffic, part);
        self.flows.push(Flow {
            name,
            tenant: service.tenant,
            promise,
        });
    }
}

pub(super) fn draw(sketch: &mut Sketch) {
    for service in sketch.services.clone() {
        let mut dice = sketch.dice(&format!("sound flows {}", service.tag));
        if service.spec == 50 && dice.one_in(12) {
            greedy(sketch, &mut dice, &service);
            continue;
        }
        let bursts = sketch.ground.deep_buckets && dice.one_in(4);
        if bursts {
            burst(sketch, &mut dice, &service);
        }
        let load = if bursts {
            dice.between(2, 35)
        } else {
            dice.between(2, 85)
        };
        let many = dice.between(1, 4);
        let kbps = service.spec * 10 * load / many;
        for n in 0..many {
            one(sketch, &mut dice, &service, n, kbps);
        }
        if dice.one_in(3) {
            ping(sketch, &mut dice, &service);
        }
        if dice.one_in(12) {
            refused(sketch, &service);
        }
    }
}

fn begin(service: &Service, name: &str, from: &str, to: &str) -> Part {
    let flow = Part::of(service.tenant).must("name", name).must("from", from);
    flow.must("to", to)
}

/// The host in the data centre, and a place in the cloud: with a port, where it minds.
fn ends(sketch: &Sketch, dice: &mut Dice, service: &Service) -> (String, String, Option<u64>) {
    let tag = &service.tag;
    let host = match dice.roll(3) {
        0 => format!("d{tag}/{}.11", super::site::lan(sketch, service)),
        _ => format!("d{tag}"),
    };
    let (place, port) = dice.of(&[
        ("web", None),
        ("web", Some(8_443)),
        ("db", Some(3_306)),
        ("files", Some(443)),
    ]);
    let vpc = if service.border.is_some() && dice.one_in(2) {
        "w"
    } else {
        "v"
    };
    (host, format!("{vpc}{tag}/{place}"), port)
}

/// The largest frame that passes everywhere, with its check sequence.
fn largest(service: &Service) -> u64 {
    service.mtu.min(1_500) + 18
}

fn one(sketch: &mut Sketch, dice: &mut Dice, service: &Service, n: u64, kbps: u64) {
    let (host, place, port) = ends(sketch, dice, service);
    let over_border = place.starts_with('w');
    let kbps = match service.border {
        Some(border) if over_border => kbps.min(border * 1_000 / 8),
        _ => kbps,
    };
    let down = dice.one_in(3);
    let name = format!("{}{}-{n}", if down { "down" } else { "up" }, service.tag);
    let flow = match down {
        true => begin(service, &name, &place, &host),
        false => begin(service, &name, &host, &place),
    };
    let flow = match port.filter(|_| !down) {
        Some(port) => flow.must("port", port),
        None => flow,
    };
    let flow = flow.must("answered", dice.one_in(2));
    let size = dice.of(&[64, 128, 512, 1_000, largest(service), largest(service)]);
    let (mixed, poisson) = (dice.one_in(6) && service.mtu >= 1_500, dice.one_in(4));
    // All that a frame may count, with what is around it on the wire and two tags.
    let micros = (size + 28) * 8 * 1_000 / kbps.max(1) + 1;
    let flow = if mixed {
        flow.must("size", "imix")
            .must("rate", format!("{}k", (kbps * 3 / 4).max(1)))
    } else if dice.one_in(2) {
        flow.must("size", size)
            .must("rate", format!("{}k", (kbps * 9 / 10).max(1)))
    } else {
        flow.must("size", size)
            .must("interval", SimDuration::from_micros(micros))
    };
    let (flow, micros) = match (poisson, mixed) {
        (true, _) => (flow.must("pattern", "poisson"), None),
        (_, true) => (flow, None),
        _ => (flow, Some(micros * 2)),
    };
    let quick = sketch.ground.arp_per_second > 1 && !down && !over_border && micros.is_some_and(|us| us > 40_000);
    let flow = if quick && dice.one_in(3) {
        flow.must("warm_up", false)
    } else {
        flow
    };
    let flow = flow.may("count", dice.between(20, MOST_FRAMES));
    let flow = timed(sketch, dice, flow);
    sketch.send(service, flow, name, Promise::Whole(micros.unwrap_or(0)));
}

fn timed(sketch: &Sketch, dice: &mut Dice, flow: Part) -> Part {
    let flow = flow.must("start", sketch.at(FLOWS.0 + dice.roll(60)));
    match dice.roll(6) {
        // What is under way at the end is on its way.
        0 => flow,
        _ => flow.must("stop", sketch.at(dice.between(FLOWS.1 - 40, FLOWS.1))),
    }
}

/// For some milliseconds half as much again as was bought, and then long nothing: a burst that every
/// bucket takes.
fn burst(sketch: &mut Sketch, dice: &mut Dice, service: &Service) {
    let name = format!("burst{}", service.tag);
    let (here, there) = (format!("d{}", service.tag), format!("v{}/web", service.tag));
    let flow = if dice.one_in(2) {
        begin(service, &name, &here, &there)
    } else {
        begin(service, &name, &there, &here)
    };
    let flow = flow.must("answered", false).must("pattern", "on_off");
    let flow = flow.must("on", SimDuration::from_millis(dice.between(2, 12)));
    let flow = flow.must("off", SimDuration::from_millis(dice.between(60, 200)));
    let flow = flow
        .must("rate", format!("{}k", service.spec * 1_400))
        .must("size", largest(service));
    let flow = timed(sketch, dice, flow.must("count", 3 * MOST_FRAMES));
    sketch.send(service, flow, name, Promise::Whole(0));
}

fn ping(sketch: &mut Sketch, dice: &mut Dice, service: &Service) {
    let name = format!("ping{}", service.tag);
    let to = match dice.roll(3) {
        0 => format!("r{}", service.tag),
        _ => format!("v{}/web", service.tag),
    };
    let micros = dice.between(8_000, 40_000);
    let flow = begin(service, &name, &format!("d{}", service.tag), &to).must("kind", "ping");
    let flow = flow
        .must("interval", SimDuration::from_micros(micros))
        .may("size", dice.of(&[64, 512]));
    let flow = timed(sketch, dice, flow);
    sketch.send(service, flow, name, Promise::Whole(micros));
}

/// To where nobody listens.
fn refused(sketch: &mut Sketch, service: &Service) {
    let name = format!("refused{}", service.tag);
    let (here, there) = (format!("d{}", service.tag), format!("v{}/db", service.tag));
    let flow = begin(service, &name, &here, &there).must("port", 8_080);
    let flow = flow
        .must("interval", SimDuration::from_millis(20))
        .must("start", sketch.at(FLOWS.0));
    let flow = flow.must("stop", sketch.at(FLOWS.1));
    sketch.send(service, flow, name, Promise::Refused);
}

/// Three times what was bought, both ways: the partner polices it, and nobody else is the worse for it.
fn greedy(sketch: &mut Sketch, dice: &mut Dice, service: &Service) {
    let start = sketch.at(FLOWS.0 + dice.roll(100));
    let (here, there) = (format!("d{}", service.tag), format!("v{}/web", service.tag));
    for (name, from, to) in [("up", &here, &there), ("down", &there, &here)] {
        let name = format!("greedy-{name}{}", service.tag);
        let flow = begin(service, &name, from, to).must("answered", false);
        let flow = flow
            .must("rate", format!("{}M", 3 * service.spec))
            .must("size", largest(service));
        let flow = flow.must("start", start).must("stop", start.saturating_add(GREEDY));
        sketch.send(service, flow, name, Promise::Some);
    }
    sketch.chose("greedy", service.tag.clone());
}
