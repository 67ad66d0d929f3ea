//! The fast path beside its rivals, in turns, on the same machine in the same run.
//!
//! Invariant: whoever fails its own account, or is not there, is named with the reason and has no
//! time; nothing is compared across runs.

use std::cell::RefCell;
use std::rc::Rc;

use super::against::{Found, Job, Rival, find};
use super::contender::Contender;
use super::crew::{Bare, Crew, Moving};
use super::duties::Duties;
use super::machine::Machine;
use super::point::{Operation, Point, Size};
use super::rounds::{Samples, passes_of, step_nanos};
use super::row::{Effort, Trouble, too_wide};
use super::set;
use super::stats::Spread;
use super::workload::schedule;

/// How one contender did.
#[derive(Debug, Clone, PartialEq)]
pub struct RaceResult {
    /// Its name.
    pub name: String,
    /// Duties of ours that it does not do.
    pub does_not: Vec<String>,
    /// Nanoseconds of processor time a frame.
    pub ns: Spread,
    /// Time by the wall over processor time.
    pub disturbance: Spread,
    /// Its time a frame over ours, round by round: how many times as fast ours is.
    pub ratio: Spread,
    /// Why the ratio cannot be told, if so.
    pub inconclusive: Option<String>,
}

/// Somebody who was asked for and has no time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// What is missing, or what failed.
    pub why: String,
    /// How to get it, where that would help.
    pub how: Option<String>,
}

/// A whole race.
#[derive(Debug, Clone, PartialEq)]
pub struct Race {
    /// Where it was run.
    pub machine: Machine,
    /// How.
    pub effort: Effort,
    /// On which frames.
    pub point: Point,
    /// What ours did for every frame.
    pub duties: Duties,
    /// Ours first, then in the order asked.
    pub places: Vec<RaceResult>,
    /// Millionths of our frames' memory that stand on huge pages, where the system tells.
    pub on_huge_pages: Option<u64>,
    /// Whoever did not take part.
    pub missing: Vec<Missing>,
}

impl Race {
    /// Was there any rival whose ratio could be told?
    pub fn tells(&self) -> bool {
        self.places.iter().skip(1).any(|place| place.inconclusive.is_none())
    }
}

/// One contender's turns, until it failed.
struct Runner<'a> {
    who: &'a mut dyn Contender,
    samples: Samples,
    failed: Option<String>,
}

/// Can rivals run on the frames of this point?
///
/// # Errors
/// What a point has to be, in a sentence.
pub fn raceable(point: &Point) -> Result<(), String> {
    let plain = point.operation == Operation::Translate
        && matches!(point.size, Size::Fixed(_))
        && (point.bad, point.policed, point.circuits, point.cores) == (0, 0, 1, 1);
    if plain {
        return Ok(());
    }
    Err("rivals only translate good frames of one size, from one circuit, on one core".to_owned())
}

/// Lets the fast path and these rivals take turns on the frames of a point.
///
/// # Errors
/// See [`Trouble`]; a rival that fails is no error but a [`Missing`].
pub fn race(
    point: &Point,
    effort: &Effort,
    duties: &Duties,
    machine: Machine,
    rivals: &[Rival],
    told: impl Fn(&str),
) -> Result<Race, Trouble> {
    raceable(point).map_err(Trouble::NotRun)?;
    point.check().map_err(Trouble::NotRun)?;
    let frames = set::frames(point, effort.caches).map_err(Trouble::NotRun)?;
    let scheduled = schedule(effort.seed, point, 0, frames, &[]);
    let octets = scheduled.first().map_or(60, |frame| frame.octets);
    let job = Job {
        frames,
        vlans: point.vlans,
        octets,
        slot: u32::try_from(point.stride()).unwrap_or(2_112),
        order: scheduled
            .iter()
            .map(|frame| frame.tenant as u16 % point.vlans + 1)
            .collect(),
    };
    told("setting up: rivals are compiled and started");
    let (mut ready, mut missing) = (Vec::new(), Vec::new());
    for found in find(&job, rivals) {
        match found {
            Found::Ready(contender) => ready.push(contender),
            Found::Absent { name, why, how } => missing.push(Missing {
                name: name.to_owned(),
                why,
                how: Some(how.to_owned()),
            }),
        }
    }
    let crew = Rc::new(RefCell::new(Crew::start(point, frames, effort.seed, duties)?));
    let mut moving = Moving::new("trunklab", &crew, 1, point.operation, duties);
    let (mut touch, mut floor) = (Bare::touch(&crew), Bare::floor(&crew));
    let own: [&mut dyn Contender; OWN] = [&mut moving, &mut touch, &mut floor];
    let all = own
        .into_iter()
        .chain(ready.iter_mut().map(|who| &mut **who as &mut dyn Contender));
    let runners = take_turns(all, effort, &told);
    if let Some(why) = runners[..OWN].iter().find_map(|runner| runner.failed.clone()) {
        return Err(Trouble::Environment(why));
    }
    let own = runners[0].samples.ns_per_frame();
    let mut places = Vec::new();
    for runner in &runners {
        match &runner.failed {
            Some(why) => missing.push(Missing {
                name: runner.samples.name.clone(),
                why: why.clone(),
                how: None,
            }),
            None => places.push(place(&runner.samples, &own)),
        }
    }
    net_of_floor(&mut places, &runners, &own);
    drop(runners);
    crew.borrow().settle().map_err(Trouble::Unbalanced)?;
    Ok(Race {
        machine,
        effort: *effort,
        point: *point,
        duties: duties.clone(),
        places,
        on_huge_pages: crew.borrow().on_huge_pages,
        missing,
    })
}

/// Ours, and the two bare loops.
const OWN: usize = 3;

/// Everybody's turns are of one length; whoever fails has none from then on.
fn take_turns<'a>(
    all: impl Iterator<Item = &'a mut dyn Contender>,
    effort: &Effort,
    told: &impl Fn(&str),
) -> Vec<Runner<'a>> {
    let mut runners = Vec::new();
    let mut steps = Vec::new();
    for who in all {
        told(&format!("how long a turn has to be: {}", who.name()));
        let step = if who.has_own_length() { Ok(1) } else { step_nanos(who) };
        let samples = Samples::of(who, who.step());
        steps.push(step.as_ref().copied().unwrap_or(1));
        let failed = step.err();
        runners.push(Runner { who, samples, failed });
    }
    let turn = steps.iter().copied().fold(effort.turn(OWN), u64::max);
    for (runner, step) in runners.iter_mut().zip(&steps) {
        runner.samples.passes = passes_of(runner.who.step(), *step, turn);
    }
    for round in 1..=effort.rounds {
        for runner in runners.iter_mut().filter(|runner| runner.failed.is_none()) {
            told(&format!("round {round} of {}: {}", effort.rounds, runner.samples.name));
            match runner.who.turn(runner.samples.passes) {
                Ok(timed) => runner.samples.rounds.push(timed),
                Err(why) => runner.failed = Some(why),
            }
        }
    }
    runners
}

fn place(samples: &Samples, own: &[f64]) -> RaceResult {
    placed(
        samples.name.clone(),
        samples.does_not.clone(),
        &samples.ns_per_frame(),
        Spread::of(&samples.disturbance()),
        own,
    )
}

fn placed(name: String, does_not: Vec<String>, ns: &[f64], disturbance: Spread, own: &[f64]) -> RaceResult {
    let ratios: Vec<f64> = ns
        .iter()
        .zip(own)
        .map(|(ns, own)| ns / own.max(f64::MIN_POSITIVE))
        .collect();
    let ratio = Spread::of(&ratios);
    RaceResult {
        name,
        does_not,
        ns: Spread::of(ns),
        disturbance,
        inconclusive: too_wide(&ratio),
        ratio,
    }
}

/// The kernel's program once more, without what driving any program costs.
fn net_of_floor(places: &mut Vec<RaceResult>, runners: &[Runner<'_>], own: &[f64]) {
    let found = |part: &str| {
        let mut ran = runners.iter().filter(|runner| runner.failed.is_none());
        ran.find(|runner| runner.samples.name.contains(part))
            .map(|runner| &runner.samples)
    };
    let (Some(floor), Some(gross)) = (found("XDP harness"), found("XDP array map")) else {
        return;
    };
    let pairs = gross.ns_per_frame().into_iter().zip(floor.ns_per_frame());
    let net: Vec<f64> = pairs.map(|(gross, floor)| (gross - floor).max(0.0)).collect();
    let at = places.iter().position(|place| place.name == gross.name);
    places.insert(
        at.map_or(places.len(), |at| at + 1),
        placed(
            format!("{}, less its floor", gross.name),
            gross.does_not.clone(),
            &net,
            Spread::of(&gross.disturbance()),
            own,
        ),
    );
}
