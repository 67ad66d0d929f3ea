//! Words that some rooms and files do without.

use crate::finding::Finding;
use crate::house::House;
use crate::rules::rooms::under;
use crate::tree::Tree;

pub fn rule(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in &tree.sources {
        let below = source.path.trim_start_matches("src/");
        for (place, words) in house.words.iter().filter(|(place, _)| under(below, place)) {
            for token in source.tokens.iter().filter(|t| t.is_word() && !t.test) {
                if words.contains(&token.text.as_str()) {
                    found.push(Finding {
                        rule: "words",
                        file: source.path.clone(),
                        line: token.line,
                        name: token.text.clone(),
                        why: format!("is a word that `{place}` does without"),
                    });
                }
            }
        }
    }
    found
}
