//! The ground: switches, trunks between them, access devices, circuits.

use super::{Part, Section, Sketch, Value};
use crate::swarm::dice::Dice;

/// How the partner's switches are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One after the other; one alone.
    Line,
    /// All at the first.
    Star,
    /// A circle, of which each VLAN has only its own way.
    Ring,
    /// Two trunks between the first two, and a line behind them.
    Parallel,
}

/// A circuit, as others need to know it.
#[derive(Debug, Clone)]
pub(super) struct Circuit {
    pub name: String,
    /// The switch that it begins at.
    pub at: String,
    /// Its access device, by number.
    pub device: usize,
    /// The tenant that owns it alone.
    pub owner: Option<u64>,
    /// Megabits a second that may still be sold on it.
    pub left: u64,
    /// Mbit/s on the wire.
    pub rate: u64,
    /// Largest payload in octets.
    pub mtu: u64,
    /// Does its device limit sub-interfaces?
    pub limits: bool,
}

/// What a world stands on.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub tenants: u64,
    pub switches: Vec<String>,
    pub circuits: Vec<Circuit>,
    pub devices: usize,
    shape: Shape,
    /// Trunks: ends, by number of switch.
    trunks: Vec<(usize, usize)>,
    bridged: bool,
    profiles: Vec<&'static str>,
    profile_of_devices: &'static str,
    /// Every trunk and circuit has a list that holds the VLANs of all.
    pub lists: Option<&'static str>,
    /// The smallest payload that every trunk carries.
    pub mtu: u64,
    /// Can switches look addresses up by address alone?
    pub shared_learning: bool,
    /// Do switches police, and by buckets of the default depth?
    pub deep_buckets: bool,
    /// Requests for addresses that one tenant may send at once.
    pub arp_per_second: u64,
}

/// VLANs of tenants are drawn from here, each once in a world.
pub(super) const VLANS: (u64, u64) = (100, 899);

impl Ground {
    pub fn draw(seed: u64, tenants: u64) -> Self {
        let mut dice = Dice::new(seed, "sound ground");
        let shape = dice.of(&[Shape::Line, Shape::Line, Shape::Star, Shape::Ring, Shape::Parallel]);
        let least = match shape {
            Shape::Line => 1,
            Shape::Parallel => 2,
            Shape::Star | Shape::Ring => 3,
        };
        let n = usize::try_from(dice.between(least, 4)).expect("few switches");
        let bridged = dice.one_in(2);
        let shared_learning = bridged && dice.one_in(8);
        // Where addresses are looked up by address alone, one address has one place.
        let many = if shared_learning { 1 } else { dice.between(1, 3) };
        let devices = usize::try_from(dice.between(1, many.min(2))).expect("one or two");
        // Half of the worlds have devices that let no forged frame pass, for proof and suite.
        let any = match dice.one_in(2) {
            true => ["strict", "strict", "strict", "linux-6.12", "linux-6.12"],
            false => ["strict", "strict", "ieee-default", "ovs-3.1", "linux-6.12"],
        };
        let profiles = (0..n).map(|_| dice.of(&any)).collect();
        let profile_of_devices = dice.of(&any);
        let loops = matches!(shape, Shape::Ring | Shape::Parallel);
        // A list lets a bridged switch's VLANs onto a trunk, and so closes loops.
        let lists = (!(bridged && loops) && dice.one_in(3)).then(|| dice.of(&["[100-899]", "[90-450, 451-1000]"]));
        let fabric = n > 1 && dice.one_in(4);
        let named = |i: usize| match (fabric, i) {
            (true, 0) => "fab".to_owned(),
            _ => format!("ap{i}"),
        };
        let switches: Vec<String> = (0..n).map(named).collect();
        let circuits = circuits(&mut dice, many, devices, &switches);
        Self {
            tenants,
            circuits,
            devices,
            shape,
            trunks: trunks(shape, n),
            bridged,
            profiles,
            profile_of_devices,
            lists,
            mtu: dice.of(&[1_500, 1_600, 9_000]),
            shared_learning,
            deep_buckets: !dice.one_in(4),
            arp_per_second: dice.of(&[1, 1, 100]),
            switches,
        }
    }

    /// Does a tunnel at this switch put an S-tag on, where nothing says which: Open vSwitch?
    pub fn tunnels_by_s_tags(&self, switch: &str) -> bool {
        let mut all = self.switches.iter().zip(&self.profiles);
        all.any(|(name, profile)| name == switch && *profile == "ovs-3.1")
    }

    /// Is it such that equal addresses at two places confuse nobody?
    pub fn tells_equal_addresses_apart(&self) -> bool {
        !self.shared_learning
    }
}

fn circuits(dice: &mut Dice, many: u64, devices: usize, switches: &[String]) -> Vec<Circuit> {
    let limits: Vec<bool> = (0..devices).map(|_| !dice.one_in(4)).collect();
    let one = |n: u64| {
        let rate = dice.of(&[1_000, 10_000, 10_000]);
        let at = usize::try_from(dice.roll(switches.len() as u64)).expect("few switches");
        let device = usize::try_from(n).expect("few circuits") % devices;
        Circuit {
            name: format!("c{n}"),
            at: switches[at].clone(),
            device,
            owner: None,
            left: rate * 8 / 10,
            rate,
            mtu: dice.of(&[1_500, 1_500, 1_400, 9_000]),
            limits: limits[device],
        }
    };
    (0..many).map(one).collect()
}

fn trunks(shape: Shape, n: usize) -> Vec<(usize, usize)> {
    let line = (1..n).map(|i| (i - 1, i));
    match shape {
        Shape::Line => line.collect(),
        Shape::Star => (1..n).map(|i| (0, i)).collect(),
        Shape::Ring => line.chain([(n - 1, 0)]).collect(),
        Shape::Parallel => [(0, 1)].into_iter().chain(line).collect(),
    }
}

pub(super) fn write(sketch: &mut Sketch) {
    let mut dice = sketch.dice("sound switches");
    switches(sketch, &mut dice);
    lines(sketch, &mut dice);
    devices(sketch, &mut dice);
    let ground = &sketch.ground;
    let told = [
        (
            "shape",
            format!("{:?} of {}", ground.shape, ground.switches.len()).to_lowercase(),
        ),
        (
            "service",
            if ground.bridged { "bridged" } else { "cross-connect" }.to_owned(),
        ),
        (
            "profiles",
            format!("{} {}", ground.profiles.join(" "), ground.profile_of_devices),
        ),
        ("lists", ground.lists.unwrap_or("none").to_owned()),
    ];
    for (what, which) in told {
        sketch.chose(what, which);
    }
}

fn switches(sketch: &mut Sketch, dice: &mut Dice) {
    let ground = sketch.ground.clone();
    let shared = dice.one_in(5);
    for (i, name) in ground.switches.iter().enumerate() {
        let profile = ground.profiles[i];
        let mut part = Part::new().must("name", name.as_str()).may("profile", profile);
        if ground.bridged {
            part = part
                .must("service", "bridged")
                .may("mac_limit", dice.of(&[8, 64, 1_024]));
            if ground.shared_learning {
                part = part.must("learning", "shared");
            }
        }
        // One limit for all, or none, or one for each.
        part = match (shared, dice.roll(5)) {
            (true, _) => part.must("arp_limit", "shared").must("arp_per_second", 1_000),
            (_, 0) => part.must("arp_limit", "off"),
            _ => part.may("arp_per_second", ground.arp_per_second),
        };
        if !ground.deep_buckets {
            part = part.must("burst", "130kB");
        }
        if dice.one_in(6) {
            part = part.may("default_vlan", dice.of(&[1, 2_900]));
        }
        if profile == "ovs-3.1" && dice.one_in(6) {
            part = part.may("vlan_limit", 2);
        }
        if dice.one_in(6) {
            part = part.may("icmp_per_second", dice.of(&[0, 2_000]));
        }
        let section = if name == "fab" {
            Section::Fabrics
        } else {
            Section::AccessPoints
        };
        sketch.add(section, part);
    }
}

fn lines(sketch: &mut Sketch, dice: &mut Dice) {
    let ground = sketch.ground.clone();
    let looped = matches!(ground.shape, Shape::Ring | Shape::Parallel);
    for (i, (a, b)) in ground.trunks.iter().enumerate() {
        let (a, b) = (ground.switches[*a].as_str(), ground.switches[*b].as_str());
        let link = Part::new().must("name", format!("l{i}")).must("a", a).must("b", b);
        let link = link.may("delay", delay(dice, 5_000)).may("mtu", ground.mtu);
        let link = link.may("rate", dice.of(&["10G", "100G"]));
        let link = listed(&ground, link, ground.bridged && !looped && dice.one_in(4));
        sketch.add(Section::Links, native(dice, link));
    }
    // A device that takes a VLAN by every circuit closes a loop over two of them, if both carry it.
    let admits = ground.bridged && ground.profile_of_devices == "ieee-default";
    for circuit in &ground.circuits {
        let part = Part::new().must("name", circuit.name.as_str());
        let part = part
            .must("a", circuit.at.as_str())
            .must("b", format!("dev{}", circuit.device));
        let part = part.must("rate", format!("{}M", circuit.rate));
        let part = part.may("delay", delay(dice, 20_000)).must("mtu", circuit.mtu);
        let unpruned = ground.bridged && !looped && dice.one_in(6);
        let part = if admits { part } else { listed(&ground, part, unpruned) };
        sketch.add(Section::Circuits, native(dice, part));
    }
}

/// A list that has every VLAN of the world, or no pruning at all, which is no harm in a tree.
fn listed(ground: &Ground, part: Part, unpruned: bool) -> Part {
    match ground.lists {
        Some(list) => part.must("allowed_vids", Value::from(list)),
        None if unpruned => part.must("unpruned", true),
        None => part,
    }
}

/// The VLAN that goes untagged, if any, is no tenant's.
fn native(dice: &mut Dice, part: Part) -> Part {
    match dice.roll(5) {
        0 => part.must("native_vid", dice.of(&[1_000, 2_999, 3_500])),
        _ => part,
    }
}

fn devices(sketch: &mut Sketch, dice: &mut Dice) {
    let ground = sketch.ground.clone();
    for device in 0..ground.devices {
        let region = if device == 0 { "r1" } else { "r2" };
        let part = Part::new().must("name", format!("dev{device}")).must("region", region);
        let limits = ground.circuits.iter().any(|c| c.device == device && c.limits);
        let known = ["MPBGP", "SubifRateLimit"].into_iter().take(1 + usize::from(limits));
        let part = part.must("features", Value::List(known.map(Value::from).collect()));
        let part = part.may("profile", ground.profile_of_devices);
        let part = part.may("shared_mac", !dice.one_in(3));
        let part = if dice.one_in(8) {
            part.may("default_vlan", 2_901)
        } else {
            part
        };
        sketch.add(Section::AccessDevices, part);
    }
}

/// Of at least 10 us and less than `most` us, short ones as often as long ones.
fn delay(dice: &mut Dice, most: u64) -> crate::units::SimDuration {
    let scale = dice.of(&[100, 10, 1]);
    crate::units::SimDuration::from_micros(dice.between(10, (most / scale).max(20)))
}
