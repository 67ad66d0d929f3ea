//! The rules: each reads a tree and says what departs from it.

mod fences;
mod floats;
mod hash;
mod map;
mod marks;
mod rooms;
mod scenarios;
mod unsafety;
mod words;

use crate::finding::Finding;
use crate::house::House;
use crate::tree::Tree;

type Rule = fn(&Tree, &House) -> Vec<Finding>;

/// Every rule by its name.
pub const RULES: &[(&str, Rule)] = &[
    ("map", map::rule),
    ("rooms", rooms::rule),
    ("alone", rooms::alone),
    ("fences", fences::rule),
    ("words", words::rule),
    ("floats", floats::rule),
    ("hash", hash::rule),
    ("unsafe", unsafety::fence),
    ("safety", unsafety::reasons),
    ("marks", marks::rule),
    ("scenarios", scenarios::rule),
];

/// What a tree departs in, exceptions taken out. An exception that nothing needs is a finding.
pub fn judge(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found: Vec<Finding> = RULES.iter().flat_map(|(_, rule)| rule(tree, house)).collect();
    for exception in house.exceptions {
        let before = found.len();
        found
            .retain(|f| (f.rule, f.file.as_str(), f.name.as_str()) != (exception.rule, exception.file, exception.name));
        if found.len() == before {
            found.push(Finding {
                rule: "exceptions",
                file: exception.file.to_owned(),
                line: 1,
                name: exception.name.to_owned(),
                why: format!(
                    "is excepted from `{}` ({}), and nothing needs it",
                    exception.rule, exception.why
                ),
            });
        }
    }
    found.sort();
    found.dedup();
    found
}
