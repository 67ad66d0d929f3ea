//! The fast path beside its rivals, in turns, on the same machine in the same run.
//!
//! Invariant: whoever fails its own account, or is not there, is named with the reason and has no
//! time; nothing is compared across runs.

use std::cell::RefCell;
use std::rc::Rc;

use super::against::{Found, Job, Rival, find, passes};
use super::contender::{Contender, Timed};
use super::crew::{Crew, Moving, Touching};
use super::duties::Duties;
use super::machine::Machine;
use super::point::{Operation, Point, Size};
use super::rounds::Samples;
use super::row::{Effort, Trouble, too_wide};
use super::stats::Spread;
use super::workload::schedule;

/// How one contender did.
#[derive(Debug, Clone, PartialEq)]
pub struct RaceResult {
    /// Its name.
    pub name: String,
    /// Duties of ours that it does not do.
    pub does_not: Vec<String>,
    /// Nanoseconds a frame.
    pub ns: Spread,
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
    /// Whoever did not take part.
    pub missing: Vec<Missing>,
}

impl Race {
    /// Was there any rival whose ratio could be told?
    pub fn tells(&self) -> bool {
        self.places.iter().skip(1).any(|place| place.inconclusive.is_none())
    }
}

/// Does one round that is not timed before each that is, so that whoever ran before leaves no
/// cold caches to it.
struct Warmed<'a>(&'a mut dyn Contender);

impl Contender for Warmed<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn does_not(&self) -> &[&str] {
        self.0.does_not()
    }
    fn round(&mut self) -> Result<Timed, String> {
        self.0.round()?;
        self.0.round()
    }
}

/// One contender's rounds, until it failed.
struct Runner<'a> {
    who: &'a mut dyn Contender,
    rounds: Vec<Timed>,
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
    let frames = point.set.frames(effort.l3, point.stride());
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
    let mut moving = Moving::new("trunklab", &crew, 1, passes(&job), duties);
    let mut touching = Touching::new(&crew, passes(&job));
    let mut ours = [Warmed(&mut moving), Warmed(&mut touching)];
    let all = ours.iter_mut().map(|who| who as &mut dyn Contender);
    let all = all.chain(ready.iter_mut().map(|who| &mut **who as &mut dyn Contender));
    let mut runners: Vec<Runner<'_>> = all
        .map(|who| Runner {
            who,
            rounds: Vec::new(),
            failed: None,
        })
        .collect();
    for round in 1..=effort.rounds {
        for runner in &mut runners {
            if runner.failed.is_none() {
                told(&format!("round {round} of {}: {}", effort.rounds, runner.who.name()));
                match runner.who.round() {
                    Ok(timed) => runner.rounds.push(timed),
                    Err(why) => runner.failed = Some(why),
                }
            }
        }
    }
    let samples = |runner: &Runner<'_>| Samples {
        name: runner.who.name().to_owned(),
        does_not: runner.who.does_not().iter().map(|duty| (*duty).to_owned()).collect(),
        rounds: runner.rounds.clone(),
    };
    if let Some(why) = runners[..2].iter().find_map(|runner| runner.failed.clone()) {
        return Err(Trouble::Environment(why));
    }
    let own = samples(&runners[0]).ns_per_frame();
    let mut places = Vec::new();
    for runner in &runners {
        let samples = samples(runner);
        match &runner.failed {
            Some(why) => missing.push(Missing {
                name: samples.name,
                why: why.clone(),
                how: None,
            }),
            None => places.push(place(
                samples.name.clone(),
                samples.does_not.clone(),
                &samples.ns_per_frame(),
                &own,
            )),
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
        missing,
    })
}

fn place(name: String, does_not: Vec<String>, ns: &[f64], own: &[f64]) -> RaceResult {
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
        inconclusive: too_wide(&ratio),
        ratio,
    }
}

/// The kernel's program once more, without what driving any program costs.
fn net_of_floor(places: &mut Vec<RaceResult>, runners: &[Runner<'_>], own: &[f64]) {
    let rounds = |part: &str| {
        let runner = runners
            .iter()
            .find(|r| r.failed.is_none() && r.who.name().contains(part))?;
        let ns = runner.rounds.iter().map(|timed| timed.ns_per_frame());
        Some((runner.who.name().to_owned(), ns.collect::<Vec<_>>()))
    };
    let (Some((_, floor)), Some((name, gross))) = (rounds("XDP harness"), rounds("XDP array map")) else {
        return;
    };
    let net: Vec<f64> = gross
        .iter()
        .zip(&floor)
        .map(|(gross, floor)| (gross - floor).max(0.0))
        .collect();
    let at = places
        .iter()
        .position(|place| place.name == name)
        .map_or(places.len(), |at| at + 1);
    let does_not = places
        .get(at - 1)
        .map(|place| place.does_not.clone())
        .unwrap_or_default();
    places.insert(at, place(format!("{name}, less its floor"), does_not, &net, own));
}
