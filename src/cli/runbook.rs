//! `trunklab rehearse --runbook` and `--check`: writes what goes to a board, and says whether it still rests on the same.

use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use clap::ValueEnum;

use super::files::{self, FileSources, WholeFile};
use super::format::Format;
use super::{Exit, load, progress};
use crate::control::Drawn;
use crate::engine::run as simulate;
use crate::evidence::NoObserver;
use crate::inventory::Inventory;
use crate::preflight::{Evidence, Language, add_answers, preflight};
use crate::rehearse::{Options, rehearse};
use crate::report::runbook::{Paper, checked_document, read_certificate, render};
use crate::runbook::{Decision, Input, Rehearsed, Runbook};
use crate::scenario::{Loaded, SourceError, Sources};

/// The languages of runbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Tongue {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::En,
            Tongue::Zh => Self::Zh,
        }
    }
}

/// The file system, which remembers what was read.
#[derive(Default)]
struct Remembered(Mutex<Vec<Input>>);

impl Sources for Remembered {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        let octets = FileSources.read(path)?;
        let input = Input::of(path, &octets);
        let mut inputs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !inputs.contains(&input) {
            inputs.push(input);
        }
        Ok(octets)
    }
}

fn say(text: &str) {
    eprintln!("trunklab: {text}");
}

/// Rehearses one scenario and writes its runbook.
pub(super) fn write(
    paths: &[String],
    saved: Option<&Path>,
    (out, language): (&Path, Language),
    options: &Options,
) -> Exit {
    let [path] = paths else {
        say("a runbook is of one scenario: name one file");
        return Exit::BadInput;
    };
    let Some(paper) = Paper::of_name(&out.to_string_lossy()) else {
        say("a runbook is Markdown, JSON or CSV: let its name end in .md, .json or .csv");
        return Exit::BadInput;
    };
    if path == files::STDIN {
        say("a runbook names the files that it rests on: name the scenario's, not `-`");
        return Exit::BadInput;
    }
    let sources = Remembered::default();
    let Ok(loaded) = load::scenario_from(path, &sources) else {
        return Exit::BadInput;
    };
    let answered = match saved.map(super::preflight::answers).transpose() {
        Ok(answered) => answered,
        Err(exit) => return exit,
    };
    for name in saved.map_or_else(Vec::new, |path| files::below(path, &["json"])) {
        // What could be read a moment ago is read once more, to be remembered.
        let _ = sources.read(&name);
    }
    let inputs = sources.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    let runbook = match made(path, &loaded, (&inputs, answered.as_ref()), options) {
        Ok(runbook) => runbook,
        Err(why) => {
            say(&format!("{path}: {why}"));
            return Exit::BadInput;
        }
    };
    let written = WholeFile::create(out).and_then(|(whole, mut to)| {
        to.write_all(render(&runbook, paper, language).as_bytes())?;
        to.flush()?;
        whole.keep()
    });
    if let Err(error) = written {
        say(&format!("cannot write {}: {error}", out.display()));
        return Exit::Environment;
    }
    let decision = runbook.recommendation.decision;
    let mut told = format!("{}: {}\n", out.display(), decision.as_str());
    for reason in &runbook.recommendation.reasons {
        told.push_str(&format!("  {}\n", reason.said(Language::En)));
    }
    standing(decision).and(files::print(&told))
}

fn made(
    path: &str,
    loaded: &Loaded,
    (inputs, answered): (&[Input], Option<&Inventory>),
    options: &Options,
) -> Result<Runbook, String> {
    let scenario = loaded
        .cutover
        .as_ref()
        .ok_or("the scenario has no `cutover` to rehearse")?;
    let lines = progress::Lines::start();
    let told = |what: &str| lines.tell(&format!("{path}: {what}"), 0, 1, "rehearsals");
    let rehearsal = rehearse(scenario, options, &told)?;
    let file = loaded.expanded.file();
    let mut evidence = Evidence::of(&rehearsal.cutover);
    if let Some(inventory) = answered {
        add_answers(&mut evidence, &loaded.plan, &rehearsal.cutover, inventory);
    }
    let preflight = preflight(&loaded.plan, file, &rehearsal.cutover, &evidence);
    let drawn = Drawn::new(loaded.plan.seed);
    let (record, NoObserver) = simulate(&loaded.plan, drawn, NoObserver).map_err(|error| error.to_string())?;
    Ok(Runbook::of(Rehearsed {
        plan: &loaded.plan,
        file,
        rehearsal: &rehearsal,
        preflight: &preflight,
        digest: record.digest,
        inputs,
    }))
}

const fn standing(decision: Decision) -> Exit {
    match decision {
        Decision::Go => Exit::Conforms,
        Decision::WaveZero | Decision::NotYet => Exit::Inconclusive,
        Decision::NoGo => Exit::Departs,
    }
}

/// Has an input of a certificate changed?
pub(super) fn check(path: &Path, format: Format, verbose: bool) -> Exit {
    let name = path.to_string_lossy();
    let text = match FileSources.read(&name) {
        Ok(octets) => String::from_utf8_lossy(&octets).into_owned(),
        Err(why) => {
            say(&format!("{name}: {why}"));
            return Exit::BadInput;
        }
    };
    let certificate = match read_certificate(&text) {
        Ok(certificate) => certificate,
        Err(why) => {
            say(&format!("{name}: {why}"));
            return Exit::BadInput;
        }
    };
    let changed = certificate.changed(|input| FileSources.read(input).ok());
    let exit = match changed.is_empty() {
        true => Exit::Conforms,
        false => Exit::Departs,
    };
    let document = checked_document(&name, &certificate, &changed);
    exit.and(files::print(&document.render(format.told(verbose))))
}
