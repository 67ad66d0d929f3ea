//! Colour on verdicts, for people at a terminal. `NO_COLOR` takes it away: what writes strips it then.

use std::borrow::Cow;

const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

/// Verdicts as text begins a line with them, the longer before what they begin with.
const WORDS: [(&str, &str); 9] = [
    ("FAIL (expected)", GREEN),
    ("PASS", GREEN),
    ("PROVED", GREEN),
    ("FAIL", RED),
    ("LEAK", RED),
    ("ERROR", RED),
    ("INCONC", YELLOW),
    ("UNKNOWN", YELLOW),
    ("NOT TESTABLE", YELLOW),
];

/// The same text with a colour on each verdict that begins an indented line.
pub(super) fn verdicts(text: &str) -> Cow<'_, str> {
    if !text.lines().any(|line| found(line).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        match found(line) {
            Some((word, colour)) => {
                let (before, rest) = line.split_at(line.len() - line.trim_start().len());
                out.push_str(&format!("{before}{colour}{word}{PLAIN}{}", &rest[word.len()..]));
            }
            None => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// The verdict that a line begins with: behind two blanks, and with a blank or nothing behind it.
fn found(line: &str) -> Option<(&'static str, &'static str)> {
    let rest = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?;
    WORDS.into_iter().find(|(word, _)| {
        let behind = rest.strip_prefix(word).map(|behind| behind.chars().next());
        behind.is_some_and(|next| next.is_none_or(char::is_whitespace))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_that_begins_an_indented_line_has_its_colour_and_nothing_else_has() {
        let text = "a.yaml\n  PASS  isolation\n  FAIL (expected)  x\n  FAIL  y\n  INCONC\n";
        let shown = verdicts(text);
        assert_eq!(
            shown,
            format!(
                "a.yaml\n  {GREEN}PASS{PLAIN}  isolation\n  {GREEN}FAIL (expected){PLAIN}  x\n  {RED}FAIL{PLAIN}  y\n  \
                 {YELLOW}INCONC{PLAIN}\n"
            )
        );
        for other in ["PASS\n", "    PASS  deeper\n", "  PASSED on\n", "  bypass PASS\n", ""] {
            assert_eq!(verdicts(other), other);
        }
    }
}
