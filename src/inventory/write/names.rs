//! Names and texts of a list as a scenario takes them.

use std::collections::BTreeSet;

/// Names of the scenario's own.
const OWN: [&str; 3] = ["partner", "partner-switch", "access-device"];
/// Room for what generated names have behind them.
const LONGEST: usize = 40;

/// The names that are taken.
#[derive(Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name like a text that nothing else has.
    pub(super) fn take(&mut self, text: &str, otherwise: &str) -> String {
        let plain = name(text, otherwise);
        let mut candidate = plain.clone();
        let mut number = 2u32;
        // Equal names in different cases are told apart by machines alone.
        while OWN.contains(&candidate.as_str()) || !self.taken.insert(candidate.to_lowercase()) {
            candidate = format!("{plain}-{number}");
            number += 1;
        }
        candidate
    }
}

/// A name like a text: letters, digits, `.`, `_` and `-`; `otherwise` where nothing is left of it.
pub(super) fn name(text: &str, otherwise: &str) -> String {
    let last = text.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(text);
    let mut plain = String::new();
    for c in last.chars().take(LONGEST) {
        match c.is_alphanumeric() || matches!(c, '.' | '_' | '-') {
            true => plain.push(c),
            false if plain.ends_with('-') => {}
            false => plain.push('-'),
        }
    }
    let plain = plain.trim_matches(|c: char| !c.is_alphanumeric());
    if plain.is_empty() { otherwise } else { plain }.to_owned()
}

/// A text in double quotes: whatever is in it, it is a text, and one line.
pub(super) fn quoted(text: &str) -> String {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text as part of a comment: one line, and no longer than one.
pub(super) fn comment(text: &str) -> String {
    const MOST: usize = 160;
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .take(MOST)
        .map(|c| if hostile(c) { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_a_scenario_takes_and_no_two_are_the_same() {
        let mut names = Names::default();
        let take = |names: &mut Names, text: &str| names.take(text, "tenant");
        assert_eq!(take(&mut names, "A & B, Ltd."), "A-B-Ltd");
        assert_eq!(take(&mut names, "A + B  Ltd"), "A-B-Ltd-2");
        assert_eq!(take(&mut names, "a-b-ltd"), "a-b-ltd-3");
        assert_eq!(take(&mut names, "客户一"), "客户一");
        assert_eq!(take(&mut names, "partner"), "partner-2");
        assert_eq!(take(&mut names, "=cmd|' /C calc'!A0"), "C-calc-A0");
        assert_eq!(take(&mut names, "///"), "tenant");
        assert!(take(&mut names, &"x".repeat(300)).chars().count() <= 44);
    }

    #[test]
    fn words_that_yaml_reads_as_something_else_are_quoted() {
        assert_eq!(
            (quoted("no"), quoted("123"), quoted("acme-1")),
            ("\"no\"".to_owned(), "\"123\"".to_owned(), "acme-1".to_owned())
        );
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c \"");
        assert_eq!(comment("a\nb: {"), "a b: {");
    }
}
