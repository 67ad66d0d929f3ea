//! Nothing is left unfinished: no macro that says so in code, no word that says so in a remark.

use crate::finding::Finding;
use crate::house::House;
use crate::names::calls;
use crate::tree::Tree;

const MACROS: &[&str] = &["todo", "unimplemented", "dbg"];

/// In two halves, so that this file is not found by itself.
const WORDS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("HA", "CK"),
];

pub fn rule(tree: &Tree, _: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |file: &str, line: usize, name: &str| {
        let why = "is a mark of something unfinished".to_owned();
        found.push(Finding {
            rule: "marks",
            file: file.to_owned(),
            line,
            name: name.to_owned(),
            why,
        });
    };
    for source in &tree.sources {
        for (i, token) in source.tokens.iter().enumerate() {
            for name in MACROS.iter().filter(|name| calls(&source.tokens, i, name)) {
                add(&source.path, token.line, name);
            }
        }
    }
    for (path, text) in tree.texts.iter().filter(|(path, _)| path.ends_with(".rs")) {
        for (i, line) in text.lines().enumerate() {
            for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
                if WORDS.contains(&word) {
                    add(path, i + 1, word);
                }
            }
        }
    }
    found
}
