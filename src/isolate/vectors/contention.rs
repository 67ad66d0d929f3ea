//! Q: what one tenant's load does to the others: nothing, beyond a declared delay.

use std::collections::BTreeMap;

use crate::forward::{Octets, Policer};
use crate::ident::TenantId;
use crate::isolate::delay::{self, Load, Profile};
use crate::isolate::draft::{Draft, ether};
use crate::isolate::story::{Script, Story};
use crate::isolate::testbed::TestPortKind;
use crate::isolate::trial::{Expect, Purpose, Sender, Sending, Trial};
use crate::isolate::vectors::control_plane::arp;
use crate::node::link::LinkConfig;
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::MacAddr;

/// Frames of a load at line rate.
const LOAD: u64 = 3_000;
/// Octets of such a frame, without FCS.
const LONG: usize = 1_514;
/// Frames that each bystander sends meanwhile.
const BESIDE: u64 = 16;

const NOBODY: &str = "nobody is beside the attacker whom its load could disturb";

/// The policer of what comes in at a place.
fn policer(story: &Story<'_>, place: usize) -> Option<Policer> {
    let here = &story.bed.places[place];
    let (_, _, member) = story.bed.member(here.device, here.port, here.vid)?;
    member.police
}

/// So many frames that more is offered than the policer's bucket holds, within reason.
fn frames_of(story: &Story<'_>, place: usize, octets: usize) -> u64 {
    let burst = policer(story, place).map_or(0, |p| p.burst.get());
    (2 * burst / (octets as u64 + 4)).clamp(LOAD, 4 * LOAD)
}

/// What the policer admits of a load that takes so long: its bucket, what flows in meanwhile and
/// while the last frames are under way, and one frame. Only where it counts octets with FCS, with
/// tags or without: then two tags may come on top of each frame of so many octets.
fn most(story: &Story<'_>, place: usize, octets: usize, span: SimDuration) -> Option<u64> {
    let counts = |p: &Policer| matches!(p.octets, Octets::L2Fcs | Octets::L2FcsUntagged);
    let policer = policer(story, place).filter(|p| p.excess.is_none() && counts(p))?;
    let span = span.saturating_add(story.bed.transit());
    let admitted = policer.burst.get().saturating_add(policer.rate.octets_in(span).get());
    let octets = u128::try_from(octets.max(1)).ok()?;
    let tags = match policer.octets {
        Octets::L2FcsUntagged => u64::try_from(u128::from(admitted) * 8 / octets).ok()?,
        _ => 0,
    };
    Some(admitted.saturating_add(tags).saturating_add(9_300))
}

/// How much later a frame of others may be: behind what the attacker's profile lets through, at every trunk.
/// At its own last link it waits for what its own tenant sent, which then comes in a bunch.
fn budget(story: &Story<'_>, place: usize, trial: &Trial) -> SimDuration {
    let bed = story.bed;
    // The port's own tag is taken off, and that of the service put on.
    let tag = if bed.places[place].vid.is_some() { 0 } else { 4 };
    let attack = || trial.sendings.iter().filter(|s| s.purpose == Purpose::Attack);
    let sum = |octets: u64, sending: &Sending| octets.saturating_add(delay::on_wire(&sending.octets) + 4);
    let frames = || attack().map(|s| s.octets.as_slice());
    let load = Load {
        profile: policer(story, place).and_then(|p| Profile::of(&p, tag, frames())),
        offered: attack().fold(0, sum),
        others: trial
            .sendings
            .iter()
            .filter(|s| s.purpose != Purpose::Attack)
            .fold(0, sum),
    };
    let trunks: Vec<(BitRate, ByteCount)> = bed.trunks.iter().filter_map(|t| up(&t.config)).collect();
    load.later(&trunks).saturating_add(bunch(story, place, trial))
}

const fn up(config: &LinkConfig) -> Option<(BitRate, ByteCount)> {
    if config.rate.as_bps() > 0 {
        Some((config.rate, config.queue))
    } else {
        None
    }
}

/// How long what one of the others sends in all takes on the slowest of its own links.
fn bunch(story: &Story<'_>, place: usize, trial: &Trial) -> SimDuration {
    let mut sent: BTreeMap<TenantId, u64> = BTreeMap::new();
    for sending in trial.sendings.iter().filter(|s| s.purpose != Purpose::Attack) {
        *sent.entry(sending.tenant).or_default() += delay::on_wire(&sending.octets) + 4;
    }
    sent.remove(&story.bed.places[place].owner);
    let times = story.bed.live().filter_map(|(_, p)| {
        let (rate, _) = up(&p.link)?;
        Some(rate.time_of(sent.get(&p.owner)?.saturating_add(delay::LONGEST)))
    });
    times.max().unwrap_or_default()
}

/// Admits of a trial's load what it may do to the others' frames.
fn delayed(story: &Story<'_>, place: usize, mut trial: Trial) -> Trial {
    let delay = budget(story, place, &trial);
    if let Some(compare) = &mut trial.compare {
        (compare.delay, compare.shift) = (delay, delay);
    }
    trial
}

fn at(start: SimTime, span: SimDuration, part: u64, of: u64) -> SimDuration {
    let nanos = u128::from(span.as_nanos()) * u128::from(part) / u128::from(of.max(1));
    let here = start.saturating_add(SimDuration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)));
    here.saturating_since(start)
}

/// Each attacker's port sends a load, back to back, while the bystanders send a little.
fn loaded(
    story: &Story<'_>,
    octets: usize,
    make: &dyn Fn(&mut Script<'_>, usize) -> Vec<u8>,
) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        for place in story.places(*tenant) {
            let others = story.others(*tenant);
            if others.is_empty() {
                return Err(NOBODY);
            }
            trials.push(load(story, place, &others, octets, make));
        }
    }
    Ok(trials)
}

fn load(
    story: &Story<'_>,
    place: usize,
    others: &[usize],
    octets: usize,
    make: &dyn Fn(&mut Script<'_>, usize) -> Vec<u8>,
) -> Trial {
    let here = &story.bed.places[place];
    let mut script = story.script(Sender::TestPort(place), here.owner);
    let one = here.link.rate.time_of(octets as u64 + 24);
    let load = frames_of(story, place, octets);
    let span = one.saturating_mul(load);
    script.trial.most = most(story, place, octets, span);
    let start = script.now();
    let mut beside = 0;
    for i in 0..load {
        let octets = make(&mut script, place);
        script.burst(place, vec![octets], Expect::Own);
        while beside < BESIDE && beside * load <= i * BESIDE {
            for other in others {
                let octets = script.plain(*other, 60);
                script.bystander(*other, octets);
            }
            beside += 1;
        }
        let passed = script.now().saturating_since(start);
        script.wait(at(start, span, i + 1, load).saturating_sub(passed));
    }
    delayed(story, place, script.finish())
}

/// Q-01: line rate, long frames.
pub fn line_rate(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    loaded(story, LONG, &|script, place| script.plain(place, LONG))
}

/// from the cloud to a data centre whose line is slower, so that its queue fills: head of
/// line. The others' frames take other lines.
pub fn head_of_line(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        let others = story.others(*tenant);
        let vbrs = story.places(*tenant).into_iter();
        let vbrs: Vec<usize> = vbrs
            .filter(|p| story.bed.places[*p].kind == TestPortKind::Vbr)
            .collect();
        if others.is_empty() {
            return Err(NOBODY);
        }
        for place in vbrs {
            trials.push(load(story, place, &others, LONG, &|script, place| {
                script.plain(place, LONG)
            }));
        }
    }
    if trials.is_empty() {
        Err("no tenant sends from the cloud here")
    } else {
        Ok(trials)
    }
}

/// bursts of 16, 64 and 256 frames, at the very instants at which the bystanders send theirs.
pub fn microburst(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        let others = story.others(*tenant);
        if others.is_empty() {
            return Err(NOBODY);
        }
        for place in story.places(*tenant) {
            let mut script = story.script(Sender::TestPort(place), *tenant);
            for burst in [16, 64, 256] {
                let frames = (0..burst).map(|_| script.plain(place, LONG)).collect();
                script.burst(place, frames, Expect::Own);
                for other in &others {
                    for _ in 0..4 {
                        let octets = script.plain(*other, 60);
                        script.bystander(*other, octets);
                    }
                }
                script.wait(SimDuration::from_secs(1));
            }
            trials.push(delayed(story, place, script.finish()));
        }
    }
    Ok(trials)
}

/// broadcasts and ARP requests at line rate. Each bystander asks by ARP once.
pub fn storm(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let trials = loaded(story, 60, &|script, place| {
        let number = script.number();
        let frame = story.good(place, MacAddr::BROADCAST, number);
        let mac = frame.src;
        let mut payload = arp(1, mac, [10, 255, 1, 1]);
        payload.extend_from_slice(&frame.payload);
        let asks = number % 2 == 0;
        if asks {
            frame.carrying(ether::ARP, payload).octets()
        } else {
            frame.octets()
        }
    })?;
    let asked = |mut trial: Trial| {
        let middle = trial.sendings[trial.sendings.len() / 2].at;
        for (n, other) in story.others(trial.attacker).into_iter().enumerate() {
            let frame = story.good(other, MacAddr::BROADCAST, u32::try_from(n).unwrap_or(0));
            let payload = arp(1, frame.src, [10, 255, 2, 1]);
            let frame: Draft = frame.carrying(ether::ARP, payload);
            trial.sendings.push(Sending {
                at: middle,
                from: Sender::TestPort(other),
                tenant: story.bed.places[other].owner,
                octets: frame.octets(),
                purpose: Purpose::Bystander,
                expect: Expect::Deliver,
            });
        }
        trial.sendings.sort_by_key(|s| s.at);
        match trial.from {
            Sender::TestPort(place) => delayed(story, place, trial),
            Sender::Wire(..) => trial,
        }
    };
    Ok(trials.into_iter().map(asked).collect())
}

/// Q-05: line rate with the highest priority, as a tag within the port's own, or a priority tag.
pub fn priority(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    loaded(story, LONG, &|script, place| {
        let number = script.number();
        let mut frame = story.good(place, story.peer(place), number);
        match frame.tags.first_mut() {
            Some(tag) => tag.1 |= 0xe000,
            None => frame = frame.tagged((story.bed.places[place].tpid.0, 0xe000)),
        }
        frame.sized(LONG)
    })
}

/// So many long frames pass every policer of a place's tenant at once, however close they come: what a
/// policer behind another takes beyond its own bucket depends on how the frames were spaced on the way.
fn whole_burst(story: &Story<'_>, place: usize) -> Option<usize> {
    policer(story, place)?;
    let owner = story.bed.places[place].owner;
    let services = story.bed.devices.iter().flat_map(|d| d.tables.services.values());
    let members = services.filter(|s| s.tenant == owner).flat_map(|s| &s.members);
    // On a trunk a frame has a tag more, and what is longest is counted most.
    let len = u32::try_from(LONG + 4).ok()?;
    let at_once = |p: Policer| p.burst.get() / p.octets.count(len, len - 14).max(1);
    let least = members.filter_map(|m| Some(at_once(m.police?))).min()?;
    usize::try_from(least).ok()
}

/// the others' buckets fill up, the attacker floods, then each other sends its whole burst.
pub fn bucket(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    const MOST: usize = 2_000;
    let mut trials = Vec::new();
    for tenant in story.attackers {
        let others = story.others(*tenant);
        let policed: Vec<(usize, usize)> = others
            .iter()
            .filter_map(|p| Some((*p, whole_burst(story, *p)?)))
            .take(2)
            .collect();
        for place in story.places(*tenant).into_iter().filter(|_| !policed.is_empty()) {
            let mut script = story.script(Sender::TestPort(place), *tenant);
            script.wait(SimDuration::from_secs(60));
            let flood = (0..1_000).map(|_| script.plain(place, LONG)).collect();
            script.burst(place, flood, Expect::Own);
            // Until the last of the flood is gone: it is the buckets that are asked about, not the queues.
            script.wait(story.bed.transit());
            script.wait(budget(story, place, &script.trial));
            for (other, frames) in &policed {
                for _ in 0..(*frames).min(MOST) {
                    let octets = script.plain(*other, LONG);
                    script.bystander(*other, octets);
                }
                script.wait(SimDuration::from_secs(60));
            }
            trials.push(script.finish());
        }
    }
    if trials.is_empty() {
        Err("no policer stands before anybody beside the attacker")
    } else {
        Ok(trials)
    }
}

/// what a device counts for the attacker is what came, octet for octet.
pub fn counters(story: &Story<'_>) -> Result<Vec<Trial>, &'static str> {
    let mut trials = Vec::new();
    for tenant in story.attackers {
        for place in story.places(*tenant) {
            let mut script = story.script(Sender::TestPort(place), *tenant);
            script.trial.counted = true;
            for octets in 60..160 {
                let octets = script.plain(place, octets);
                script.attack(place, octets, Expect::Deliver);
            }
            trials.push(script.finish());
        }
    }
    if trials.is_empty() {
        Err("no tenant has a port here")
    } else {
        Ok(trials)
    }
}
