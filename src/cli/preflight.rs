//! `trunklab rehearse --preflight`: may each tenant go?

use super::format::Format;
use super::{Exit, files, load};
use crate::preflight::{Evidence, Preflight, Standing, preflight};
use crate::report::preflight::document;
use crate::report::{NotRun, Problem};
use crate::scenario::{Code, Diagnostic, Loaded, Span, Wrong};

/// Asks everything of every tenant of every cutover, prints what it came to, and returns the worst standing.
pub(super) fn run(paths: &[String], format: Format, verbose: bool) -> Exit {
    let alone = paths.len() == 1;
    let (mut exit, mut flown, mut not_run) = (Exit::Conforms, Vec::new(), Vec::new());
    for path in paths {
        match one(path, alone) {
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

fn one(path: &str, alone: bool) -> Result<Option<Preflight>, Vec<Problem>> {
    let loaded = load::scenario(path)?;
    let refuse = |text: &str| {
        let error = Diagnostic::error(path, Span::default(), Wrong::new(Code::Needed, text));
        eprintln!("trunklab: {path}: {text}");
        vec![Problem::from(&error)]
    };
    match flown(&loaded) {
        Ok(None) if alone => Err(refuse("the scenario has no `cutover` to rehearse")),
        Ok(found) => Ok(found),
        Err(why) => Err(refuse(&why)),
    }
}

/// The pre-flight of a scenario that has a cutover.
///
/// # Errors
/// Its cutover cannot be written out, which loading it excludes.
fn flown(loaded: &Loaded) -> Result<Option<Preflight>, String> {
    let Some(written) = &loaded.cutover else {
        return Ok(None);
    };
    let lowered = written
        .lowered()
        .map_err(|errors| errors.first().map_or_else(String::new, |error| error.message.clone()))?;
    let found = lowered.cutover.map(|cutover| {
        let evidence = Evidence::of(&cutover);
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
