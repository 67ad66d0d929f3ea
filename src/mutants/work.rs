//! Every world, fault and engine is a piece of work for itself: on all cores, joined in order.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Engine, Fault, Heard, Matrix, Outcome, Share, Standing, Study, ailing};
use crate::scenario::{Loaded, Plan};
use crate::study::pool::in_order;

/// Worlds of more tenants than this are large: they get a smaller share of the suite.
pub const LARGE: usize = 64;

/// How much is tried.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Threads; nothing that is found depends on it.
    pub jobs: usize,
    /// Every world gets every fault, not only those that no world before it has killed.
    pub everywhere: bool,
}

/// How far the work is.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Pieces of work that are done.
    pub done: usize,
    /// Of so many that are known of by now.
    pub of: usize,
    /// The world that the last one was about.
    pub world: &'a str,
}

/// A piece of work.
#[derive(Clone, Copy)]
struct Piece {
    world: usize,
    /// `None`: the healthy world.
    fault: Option<usize>,
    engine: usize,
}

type Answer = Result<Heard, String>;

struct Crew<'a> {
    worlds: &'a [Loaded],
    faults: &'a [Fault],
    engines: &'a [Engine],
    jobs: usize,
    of: AtomicUsize,
    told: &'a (dyn Fn(Step<'_>) + Sync),
}

impl Crew<'_> {
    fn one(&self, piece: Piece) -> Answer {
        let world = &self.worlds[piece.world];
        let engine = &self.engines[piece.engine];
        let ask = |plan: &Plan| {
            let asked = catch_unwind(AssertUnwindSafe(|| (engine.ask)(plan, Share::of(plan))));
            asked.unwrap_or_else(|_| Err("it failed itself; please report it with the scenario".to_owned()))
        };
        match piece.fault {
            None => ask(&world.plan),
            Some(fault) => ask(&self.faults[fault].injection.apply(world)?.0),
        }
    }

    /// All of them, the answers in the order of the pieces.
    fn all(&self, pieces: &[Piece]) -> Vec<Answer> {
        // Whatever was known of before is done by now.
        let before = self.of.fetch_add(pieces.len(), Ordering::Relaxed);
        let told = |piece: &Piece, done| {
            (self.told)(Step {
                done: before + done,
                of: before + pieces.len(),
                world: &self.worlds[piece.world].plan.name,
            });
        };
        in_order(self.jobs, pieces, |piece| self.one(*piece), told)
    }
}

/// Injects each of these faults into each of these worlds and asks every engine.
///
/// Small worlds come first. Unless every world is to get every fault, each gets those that no world
/// before it has killed. A world that is not healthy by its own expectations is left out.
pub fn run(
    loaded: &[Loaded],
    faults: &[Fault],
    engines: &[Engine],
    bounds: Bounds,
    told: &(dyn Fn(Step<'_>) + Sync),
) -> Study {
    let mut study = Study {
        faults: faults.to_vec(),
        worlds: Vec::new(),
        left_out: Vec::new(),
    };
    let mut worlds = Vec::new();
    for (world, Loaded { plan, .. }) in loaded.iter().enumerate() {
        match ailing(plan) {
            Some(why) => study.left_out.push((plan.name.clone(), why)),
            None => worlds.push(world),
        }
    }
    let crew = Crew {
        worlds: loaded,
        faults,
        engines,
        jobs: bounds.jobs,
        of: AtomicUsize::new(0),
        told,
    };
    // The smallest first; where faults are spared, each world has to know of all before it.
    worlds.sort_by_key(|world| loaded[*world].plan.tenants.len());
    let waves: Vec<&[usize]> = match bounds.everywhere {
        true => vec![&worlds],
        false => worlds.chunks(1).collect(),
    };
    let mut matrices = BTreeMap::new();
    for wave in waves {
        let killed = |fault: &&Fault| matches!(study.standing(fault), Standing::Killed(_));
        let spared = faults.iter().filter(killed).map(|fault| fault.id).collect();
        let done = crew.matrices(wave, &spared);
        study.worlds.extend(done.values().cloned());
        matrices.extend(done);
    }
    study.worlds = matrices.into_values().collect();
    study
}

impl Crew<'_> {
    /// The matrices of these worlds, by their place among all.
    fn matrices(&self, worlds: &[usize], spared: &BTreeSet<&'static str>) -> BTreeMap<usize, Matrix> {
        let mut pieces = Vec::new();
        let mut blank = BTreeMap::new();
        for &world in worlds {
            let every = |fault| (0..self.engines.len()).map(move |engine| Piece { world, fault, engine });
            pieces.extend(every(None));
            let mut outcomes = Vec::new();
            for (i, fault) in self.faults.iter().enumerate() {
                let outcome = match fault.injection.apply(&self.worlds[world]) {
                    Err(why) => Outcome::NotApplicable(why),
                    Ok(_) if spared.contains(fault.id) => Outcome::Spared,
                    Ok((_, how)) => {
                        pieces.extend(every(Some(i)));
                        let (alarms, failed) = (BTreeMap::new(), BTreeMap::new());
                        Outcome::Injected { how, alarms, failed }
                    }
                };
                outcomes.push((fault.id, outcome));
            }
            let plan = &self.worlds[world].plan;
            let matrix = Matrix {
                scenario: plan.name.clone(),
                tenants: plan.tenants.len(),
                share: Share::of(plan),
                healthy: BTreeMap::new(),
                outcomes,
            };
            blank.insert(world, matrix);
        }
        for (piece, answer) in pieces.iter().zip(self.all(&pieces)) {
            let matrix = blank.get_mut(&piece.world).expect("pieces are of these worlds");
            matrix.hear(piece.fault, self.engines[piece.engine].name, answer);
        }
        blank
    }
}

impl Matrix {
    /// The healthy world is heard of before any fault.
    fn hear(&mut self, fault: Option<usize>, engine: &'static str, answer: Answer) {
        let Some(fault) = fault else {
            self.healthy.insert(engine, answer);
            return;
        };
        let before = self.healthy.get(engine).and_then(|heard| heard.as_ref().ok());
        let Outcome::Injected { alarms, failed, .. } = &mut self.outcomes[fault].1 else {
            return;
        };
        match answer {
            Ok(mut heard) => {
                heard
                    .alarms
                    .retain(|alarm| before.is_none_or(|before| !before.alarms.contains(alarm)));
                if !heard.alarms.is_empty() {
                    alarms.insert(engine, heard.alarms);
                }
            }
            Err(why) => {
                failed.insert(engine, why);
            }
        }
    }
}
