//! `trunklab rehearse --verify BEFORE AFTER`: what really happened.

use std::path::PathBuf;

use super::standing;
use crate::cli::{Exit, files, load, records};
use crate::rehearse::verify::verify;
use crate::report::{Format, verified};

/// Holds the saved answers below two paths against the cutover of one scenario.
pub(super) fn run(paths: &[String], [before, after]: [&PathBuf; 2], opened: Option<i64>, format: Format) -> Exit {
    let [path] = paths else {
        eprintln!("trunklab: --verify takes one scenario");
        return Exit::BadInput;
    };
    let Ok(loaded) = load::scenario(path) else {
        return Exit::BadInput;
    };
    let Some(scenario) = &loaded.cutover else {
        eprintln!("trunklab: {path}: the scenario has no `cutover` to verify");
        return Exit::BadInput;
    };
    let (was, is) = match (records::answers(before), records::answers(after)) {
        (Ok(was), Ok(is)) => (was, is),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    for inventory in [&was, &is] {
        records::tell(&inventory.troubles);
        if inventory.is_refused() {
            return Exit::BadInput;
        }
    }
    let found = match verify(scenario, &was, &is, opened) {
        Ok(found) => found,
        Err(why) => {
            eprintln!("trunklab: {path}: {why}");
            return Exit::BadInput;
        }
    };
    let (before, after) = (before.display().to_string(), after.display().to_string());
    let document = verified([path, &before, &after], &found);
    standing(found.verdict()).and(files::print(&document.render(format)))
}
