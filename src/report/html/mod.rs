//! A document as one page of HTML: it loads nothing, runs no script but its own, and reads without one.
//!
//! Invariant: the same document gives the same octets; nothing is said that the document does not say; what
//! is too much for a page is counted, with where to find it.
//!
//! - `section`: what stands in a section, in order. `cards`: verdicts. `basis`: on what they rest.
//! - `network`, `timeline`, `delays`, `charts`, `matrix`, `tables`, `frame`: its views. `svg`: shapes.
//! - `words`: text that is safe to show. `policy`: what the page may do.

mod basis;
mod cards;
mod charts;
mod delays;
mod frame;
mod matrix;
mod network;
mod policy;
mod section;
mod svg;
mod tables;
#[cfg(test)]
mod tests;
mod timeline;
mod words;

use minijinja::{Environment, context};

use super::document::{Document, Part, Section};
use crate::check::Standing;
use cards::Counted;
use section::{SectionShown, Size};
use words::shown;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be made: {0}")]
pub struct PageError(#[from] minijinja::Error);

/// The page of a document, of which all together stands so. `again` is the command that makes it, where the
/// document does not say that of each section.
///
/// # Errors
/// Where the template does not fit what it is given, which the tests exclude.
pub fn page(document: &Document, standing: Standing, again: &str) -> Result<String, PageError> {
    let (whole, sections) = apart(document);
    let size = Size::of(sections.len());
    let whole = SectionShown::new(0, &whole, size, again);
    let mut shown_sections: Vec<SectionShown> = Vec::new();
    for section in &sections {
        shown_sections.push(SectionShown::new(shown_sections.len() + 1, section, size, again));
    }
    let counts = match whole.verdicts.counts.is_empty() {
        true => together(&shown_sections),
        false => whole.verdicts.counts.clone(),
    };
    let (word, class, sentence) = stands(standing);
    let mut environment = Environment::new();
    environment.add_filter("thousands", crate::check::thousands);
    environment.add_template("page.html", PAGE)?;
    let name = match sections.as_slice() {
        [only] => shown(&only.source),
        all => format!("{} sections", all.len()),
    };
    let page = environment.get_template("page.html")?.render(context! {
        title => document.title,
        name,
        format => document.format,
        policy => policy::content(STYLE, SCRIPT),
        style => STYLE,
        script => SCRIPT,
        word,
        class,
        sentence,
        again => shown(again),
        counts,
        whole,
        sections => shown_sections,
    })?;
    Ok(page)
}

/// What is of the document as a whole, and its sections.
fn apart(document: &Document) -> (Section, Vec<&Section>) {
    let mut whole = Section::default();
    let mut sections = Vec::new();
    for part in &document.parts {
        match part {
            Part::Sections { sections: all, .. } => sections.extend(all),
            other => whole.parts.push(other.clone()),
        }
    }
    (whole, sections)
}

/// The counts of all sections.
fn together(sections: &[SectionShown]) -> Vec<Counted> {
    let mut all: Vec<Counted> = Vec::new();
    for counted in sections.iter().flat_map(|section| &section.verdicts.counts) {
        match all
            .iter_mut()
            .find(|other| other.verdict == counted.verdict && other.class == counted.class)
        {
            Some(other) => other.n += counted.n,
            None => all.push(counted.clone()),
        }
    }
    let weight = |class: &str| {
        ["bad", "unknown", "expected", "good", "skip"]
            .iter()
            .position(|c| *c == class)
    };
    all.sort_by_key(|counted| weight(counted.class));
    all
}

const fn stands(standing: Standing) -> (&'static str, &'static str, &'static str) {
    match standing {
        Standing::Conforms => ("PASS", "good", "Everything is as it was expected."),
        Standing::Departs => ("FAIL", "bad", "Something is not as it was expected."),
        Standing::Unknown => (
            "INCONC",
            "unknown",
            "It could not be told whether everything is as expected.",
        ),
        Standing::Broken => ("ERROR", "unknown", "Something could not be run or judged."),
    }
}
