//! From a path, or a text, to a plan.

use super::at::{Span, Wrong};
use super::codes::Code;
use super::diagnostic::Diagnostic;
use super::expanded::Expanded;
use super::file::ScenarioFile;
use super::import::kind::InputKind;
use super::issues::Issues;
use super::plan::Plan;
use super::source::{FILE_MAX, SourceError, Sources};
use super::{expand, yaml};

/// A scenario that can run.
#[derive(Debug)]
pub struct Loaded {
    /// What was meant.
    pub plan: Plan,
    /// What was written, without shorthands: to be edited, and resolved again.
    pub expanded: Expanded,
    /// The same with its cutover as it was written, where it has one: to be edited, lowered and resolved again.
    pub cutover: Option<Expanded>,
    /// What its author should know, sorted by place.
    pub warnings: Vec<Diagnostic>,
    /// The text, for rendering.
    pub source: String,
}

/// A scenario that cannot run.
#[derive(Debug)]
pub struct Refused {
    /// Why, sorted by place; at least one.
    pub errors: Vec<Diagnostic>,
    /// The text, for rendering; empty where it could not be read.
    pub source: String,
}

/// Reads the scenario at `path`, and what it names.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(path: &str, sources: &dyn Sources) -> Result<Loaded, Refused> {
    let refuse = |wrong: Wrong| Refused {
        errors: vec![Diagnostic::error(path, Span::default(), wrong)],
        source: String::new(),
    };
    let octets = sources.read(path).map_err(|e| refuse(unreadable(&e)))?;
    if octets.len() as u64 > FILE_MAX {
        return Err(refuse(unreadable(&SourceError::TooLarge(octets.len() as u64))));
    }
    if let Some(kind) = InputKind::of(&octets) {
        return Err(refuse(kind.instead_of_a_scenario()));
    }
    let text = String::from_utf8(octets).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        refuse(Wrong::new(Code::NotUtf8, format!("octet {at} is not UTF-8 text")))
    })?;
    load_text(path, text, sources)
}

/// The same for a text that is already here (standard input); `path` is its name in messages
/// and the place that paths inside it are relative to.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load_text(path: &str, text: String, sources: &dyn Sources) -> Result<Loaded, Refused> {
    let parsed = if is_blank(&text) {
        let wrong = Wrong::new(Code::Empty, "there is no YAML document in this file");
        Err(vec![(Span::default(), wrong)])
    } else {
        yaml::read::<ScenarioFile>(&text)
    };
    let file = match parsed {
        Ok(file) => file,
        Err(wrong) => {
            let error = |(span, wrong)| Diagnostic::error(path, span, wrong);
            let mut errors: Vec<Diagnostic> = wrong.into_iter().map(error).collect();
            errors.sort_by_key(|error| error.span);
            return Err(Refused { errors, source: text });
        }
    };
    let mut issues = Issues::new(path);
    let expanded = expand::expand(file, sources, &mut issues);
    let whole = expanded.and_then(|written| written.whole(&mut issues));
    let plan = whole.and_then(|(expanded, cutover)| Some((expanded.plan(&mut issues)?, expanded, cutover)));
    let (errors, warnings) = issues.finish();
    match plan {
        Some((plan, expanded, cutover)) if errors.is_empty() => Ok(Loaded {
            plan,
            expanded,
            cutover,
            warnings,
            source: text,
        }),
        _ => {
            debug_assert!(!errors.is_empty(), "a refusal says why");
            Err(Refused { errors, source: text })
        }
    }
}

/// Only blank lines, comments and document marks?
fn is_blank(text: &str) -> bool {
    text.lines().all(|line| {
        let line = line.trim_start_matches('\u{feff}').trim();
        line.is_empty() || line.starts_with('#') || line == "---" || line == "..."
    })
}

/// A reading error in our words.
pub(super) fn unreadable(error: &SourceError) -> Wrong {
    let code = match error {
        SourceError::Missing => Code::Missing,
        SourceError::Directory => Code::Directory,
        SourceError::TooLarge(_) => Code::FileTooLarge,
        SourceError::Io(_) => Code::Unreadable,
    };
    Wrong::new(code, error.to_string())
}

/// The JSON Schema of scenario files, for editors.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(ScenarioFile).to_value()
}
