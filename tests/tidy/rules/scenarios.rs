//! Every shipped scenario is run by a test, names its schema, and says what it shows.

use crate::finding::Finding;
use crate::house::House;
use crate::tree::Tree;

pub fn rule(tree: &Tree, _: &House) -> Vec<Finding> {
    let golden = tree.texts.get("tests/cli/digests.txt").map_or("", String::as_str);
    let mut found = Vec::new();
    for (path, text) in tree.below("scenarios/").filter(|(path, _)| path.ends_with(".yaml")) {
        let mut add = |why: &str| {
            let name = path.clone();
            found.push(Finding {
                rule: "scenarios",
                file: path.clone(),
                line: 1,
                name,
                why: why.to_owned(),
            });
        };
        if !golden.split_whitespace().any(|word| word == path) {
            add("has no digest in tests/cli/digests.txt, so no test runs it");
        }
        if !text.starts_with("# yaml-language-server: $schema=") {
            add("does not begin with its schema for editors");
        }
        if !text.contains("Shows:") || !text.contains("Refuted by:") {
            add("does not say what it shows and what would refute it");
        }
    }
    found
}
