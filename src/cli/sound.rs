//! `trunklab swarm --sound`: random worlds in which nothing is broken, and their twins with a fault.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::swarm::{SwarmArgs, Tenants};
use super::{Exit, files, progress};
use crate::check::Verdict;
use crate::isolate::{Options, RowReport, run};
use crate::report::{SoundReport, sound_document};
use crate::scenario::Plan;
use crate::swarm::{Fleet, Sailed, SoundBounds, SuiteFinding, SuiteTold, draw_sound, sail};

/// Random frames that each port of a small world sends.
const RANDOM: u32 = 40;

/// Sails through the worlds, prints what came out, and returns how it stands.
pub(super) fn sound(args: &SwarmArgs) -> Exit {
    let bounds = match bounds(args) {
        Ok(bounds) => bounds,
        Err(why) => {
            eprintln!("trunklab: {why}");
            return Exit::BadInput;
        }
    };
    let began = Instant::now();
    let jobs = args.jobs();
    let sailed = fleet(args, bounds, jobs, began);
    let mut exit = standing(&sailed);
    let report = SoundReport {
        bounds: &bounds,
        first: args.first,
        asked: args.seeds,
        sailed: &sailed,
    };
    // A world that is alone is written whatever it came to.
    let alone = (args.seeds == 1).then_some(args.first);
    let first = sailed.worlds_blamed.keys().next().copied().or(alone);
    if let (Some(path), Some(seed)) = (&args.shrink_to, first)
        && let Err(error) = super::swarm::write(path, &draw_sound(seed, &bounds).draft.yaml())
    {
        eprintln!("trunklab: cannot write {}: {error}", path.display());
        exit = exit.and(Exit::Environment);
    }
    let document = sound_document(&report);
    exit = exit.and(args.page.write(&document, exit, ""));
    let text = document.render(args.format.told(args.verbose));
    super::swarm::pace(sailed.worlds, began.elapsed(), jobs, args.seeds);
    exit.and(files::print(&text))
}

fn bounds(args: &SwarmArgs) -> Result<SoundBounds, String> {
    let usual = SoundBounds::default();
    let duration = args.duration.unwrap_or(usual.duration);
    if !(SoundBounds::SHORTEST..=crate::swarm::Bounds::LONGEST).contains(&duration) {
        return Err(format!("--duration of sound worlds is 2s to 1h, not {duration}"));
    }
    if args.faults.is_some() || args.all {
        return Err(
            "--faults and --all go with worlds that are not --sound; --twins plants faults beside these".to_owned(),
        );
    }
    args.leaves_room()?;
    let Tenants(low, high) = args.tenants;
    Ok(SoundBounds {
        tenants: (low, high),
        duration,
    })
}

fn fleet(args: &SwarmArgs, bounds: SoundBounds, jobs: usize, began: Instant) -> Sailed {
    let limit = args.time.map(|time| std::time::Duration::from_nanos(time.as_nanos()));
    let blamed = AtomicUsize::new(0);
    let bar = progress::worlds(usize::try_from(args.seeds).unwrap_or(usize::MAX));
    let sailed = sail(&Fleet {
        first: args.first,
        seeds: args.seeds,
        jobs,
        bounds,
        suite: &suite,
        suite_each: args.suites,
        twin_each: args.twins,
        go_on: &|| limit.is_none_or(|limit| began.elapsed() < limit),
        told: &|trial| {
            if !trial.alarms.is_empty() {
                let n = blamed.fetch_add(1, Ordering::Relaxed) + 1;
                bar.set_message(format!("{n} blamed"));
            }
            bar.inc(1);
        },
    });
    bar.finish_and_clear();
    sailed
}

/// The suite of isolation, small enough for many worlds: two tenants attack, few frames are random.
fn suite(plan: &Plan) -> Option<SuiteTold> {
    let options = Options {
        random: Some(RANDOM),
        attackers: Some(2),
        controlled: 4,
        minimised: 0,
        ..Options::default()
    };
    let report = match run(plan, &options, &|_, _| {}) {
        Ok(report) => report,
        Err(why) => {
            let findings = vec![SuiteFinding {
                text: why,
                ..SuiteFinding::default()
            }];
            return Some(SuiteTold {
                findings,
                ..SuiteTold::default()
            });
        }
    };
    let mut told = SuiteTold::default();
    for row in &report.rows {
        match row.verdict {
            Verdict::Pass => told.passes += 1,
            Verdict::NotApplicable | Verdict::NotTestable => {}
            Verdict::Inconc => told.unknown.push(format!("{}: {}", row.id, row.reason)),
            Verdict::Fail | Verdict::Error => {
                told.findings.extend(flaws(row));
            }
        }
    }
    Some(told)
}

/// Each flaw of a row once, with the first of them.
fn flaws(row: &RowReport) -> Vec<SuiteFinding> {
    let mut all: Vec<SuiteFinding> = Vec::new();
    for finding in &row.findings {
        let flaw = finding.flaw.as_str();
        if all.iter().all(|known| known.flaw != flaw) {
            all.push(SuiteFinding {
                row: row.id,
                flaw,
                text: format!(
                    "{} from {} at {}: {}",
                    finding.tenant, finding.from, finding.at, finding.text
                ),
            });
        }
    }
    if all.is_empty() {
        all.push(SuiteFinding {
            row: row.id,
            flaw: "",
            text: row.reason.clone(),
        });
    }
    all
}

fn standing(sailed: &Sailed) -> Exit {
    let alarms = sailed.worlds_blamed.values().flat_map(|world| &world.alarms);
    let broken = alarms.into_iter().any(|alarm| matches!(alarm.by, "panic" | "engine"));
    match (
        broken,
        !sailed.worlds_blamed.is_empty(),
        sailed.worlds > sailed.refused.0,
    ) {
        (true, ..) => Exit::Internal,
        (_, true, _) => Exit::Departs,
        (_, _, false) => Exit::Inconclusive,
        _ => Exit::Conforms,
    }
}
