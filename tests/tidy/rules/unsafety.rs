//! Unsafe code stays in a few files, and says why it is safe.

use crate::finding::Finding;
use crate::house::House;
use crate::token::Token;
use crate::tree::Tree;

fn is_unsafe(token: &Token) -> bool {
    token.is_word() && token.text == "unsafe"
}

/// Tests are no exception.
pub fn fence(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in tree
        .sources
        .iter()
        .filter(|s| !house.unsafe_files.contains(&s.path.as_str()))
    {
        for token in source.tokens.iter().filter(|t| is_unsafe(t)) {
            found.push(finding(
                "unsafe",
                &source.path,
                token.line,
                "stands outside the files that may hold it",
            ));
        }
    }
    for file in house
        .unsafe_files
        .iter()
        .filter(|file| !tree.texts.contains_key(**file))
    {
        found.push(finding("unsafe", file, 1, "may stand in a file that is not there"));
    }
    found
}

pub fn reasons(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in tree
        .sources
        .iter()
        .filter(|s| house.unsafe_files.contains(&s.path.as_str()))
    {
        let lines: Vec<&str> = tree.texts[&source.path].lines().collect();
        // A reason serves the first unsafe line below it, not the next one too.
        let mut last = 0;
        for token in source.tokens.iter().filter(|t| is_unsafe(t)) {
            if token.line == last {
                continue;
            }
            let above = &lines[last.max(token.line.saturating_sub(4))..token.line - 1];
            last = token.line;
            if !above.iter().any(|line| line.trim_start().starts_with("// SAFETY: ")) {
                found.push(finding(
                    "safety",
                    &source.path,
                    token.line,
                    "without `// SAFETY: ` in the three lines above",
                ));
            }
        }
    }
    found
}

fn finding(rule: &'static str, file: &str, line: usize, why: &str) -> Finding {
    Finding {
        rule,
        file: file.to_owned(),
        line,
        name: "unsafe".to_owned(),
        why: why.to_owned(),
    }
}
