//! `trunklab rehearse --preflight`: may each tenant go?

use std::path::Path;

use super::format::Format;
use super::{Exit, files, load, records};
use crate::inventory::Inventory;
use crate::preflight::{Evidence, Preflight, Standing, add_answers, preflight};
use crate::report::preflight::document;
use crate::report::{NotRun, Problem};
use crate::scenario::{Code, Diagnostic, Loaded, Span, Wrong};

/// Asks everything of every tenant of every cutover, prints what it came to, and returns the worst standing.
pub(super) fn run(paths: &[String], saved: Option<&Path>, format: Format, verbose: bool) -> Exit {
    let inventory = match saved.map(answers).transpose() {
        Ok(inventory) => inventory,
        Err(exit) => return exit,
    };
    let alone = paths.len() == 1;
    let (mut exit, mut flown, mut not_run) = (Exit::Conforms, Vec::new(), Vec::new());
    for path in paths {
        match one(path, inventory.as_ref(), alone) {
            Ok(Some(preflight)) => {
                exit = exit.and(standing(preflight.standing()));
                flown.push((path.clone(), preflight));
            }
            Ok(None) => {}
            Err(problems) => {
                exit = exit.and(Exit::BadInput);
                not_run.push(NotRun {
                    source: path.clone(),
                    problems,
                });
            }
        }
    }
    if flown.is_empty() && not_run.is_empty() {
        eprintln!("trunklab: no scenario here has a cutover, so nobody was asked");
        return Exit::Inconclusive;
    }
    exit.and(files::print(&document(&flown, &not_run).render(format.told(verbose))))
}

/// Saved answers that can be used.
///
/// # Errors
/// The exit status, after it was said.
pub(super) fn answers(path: &Path) -> Result<Inventory, Exit> {
    let inventory = records::answers(path)?;
    records::tell(&inventory.troubles);
    match inventory.is_refused() {
        true => Err(Exit::BadInput),
        false => Ok(inventory),
    }
}

fn one(path: &str, saved: Option<&Inventory>, alone: bool) -> Result<Option<Preflight>, Vec<Problem>> {
    let loaded = load::scenario(path)?;
    let refuse = |text: &str| {
        let error = Diagnostic::error(path, Span::default(), Wrong::new(Code::Needed, text));
        eprintln!("trunklab: {path}: {text}");
        vec![Problem::from(&error)]
    };
    match flown(&loaded, saved) {
        Ok(None) if alone => Err(refuse("the scenario has no `cutover` to rehearse")),
        Ok(found) => Ok(found),
        Err(why) => Err(refuse(&why)),
    }
}

/// The pre-flight of a scenario that has a cutover.
///
/// # Errors
/// Its cutover cannot be written out, which loading it excludes.
fn flown(loaded: &Loaded, saved: Option<&Inventory>) -> Result<Option<Preflight>, String> {
    let Some(written) = &loaded.cutover else {
        return Ok(None);
    };
    let lowered = written
        .lowered()
        .map_err(|errors| errors.first().map_or_else(String::new, |error| error.message.clone()))?;
    let found = lowered.cutover.map(|cutover| {
        let mut evidence = Evidence::of(&cutover);
        if let Some(inventory) = saved {
            add_answers(&mut evidence, &loaded.plan, &cutover, inventory);
        }
        preflight(&loaded.plan, loaded.expanded.file(), &cutover, &evidence)
    });
    Ok(found)
}

pub(super) const fn standing(standing: Standing) -> Exit {
    match standing {
        Standing::Go | Standing::Caution => Exit::Conforms,
        Standing::Unknown => Exit::Inconclusive,
        Standing::NoGo => Exit::Departs,
    }
}
