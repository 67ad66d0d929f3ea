//! Words as the page shows them: one line, nothing that turns the direction of writing, nothing endless.

use crate::check::{Field, Value, thousands};
use crate::report::document::plain;

/// A text that is longer is cut, and it is said how long it is.
const LONGEST: usize = 480;

/// A text as the page shows it.
pub(super) fn shown(text: &str) -> String {
    cut(&plain(text), LONGEST)
}

/// The same, where there is little room.
pub(super) fn brief(text: &str, longest: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= longest {
        return text;
    }
    let head: String = text.chars().take(longest.saturating_sub(1)).collect();
    format!("{head}\u{2026}")
}

fn cut(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else {
        return text.to_owned();
    };
    let all = thousands(text.chars().count() as u64);
    format!("{}\u{2026} (of {all} characters; --format json has all)", &text[..end])
}

/// The value of a key.
pub(super) fn get<'a>(fields: &'a [Field], key: &str) -> Option<&'a Value> {
    fields.iter().find(|field| field.key == key).map(|field| &field.value)
}

/// The fields of a key.
pub(super) fn inner<'a>(fields: &'a [Field], key: &str) -> &'a [Field] {
    get(fields, key).map_or(&[], fields_of)
}

/// The fields that a value is.
pub(super) fn fields_of(value: &Value) -> &[Field] {
    match value {
        Value::Fields(fields) => fields,
        _ => &[],
    }
}

/// The values of a list.
pub(super) fn list<'a>(fields: &'a [Field], key: &str) -> &'a [Value] {
    match get(fields, key) {
        Some(Value::List(all)) => all,
        _ => &[],
    }
}

/// The text of a key; empty where it has none.
pub(super) fn text(fields: &[Field], key: &str) -> String {
    match get(fields, key) {
        None | Some(Value::Nothing) => String::new(),
        Some(Value::Text(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The number of a key.
pub(super) fn number(fields: &[Field], key: &str) -> Option<u64> {
    match get(fields, key) {
        Some(Value::Number(_, number)) => *number,
        _ => None,
    }
}

/// How a verdict's word is drawn.
pub(super) fn class_of(word: &str) -> &'static str {
    let first = word.split([' ', ':']).next().unwrap_or_default();
    match (first, word) {
        (_, "FAIL (expected)" | "INCONC (expected)" | "NOT TESTABLE (expected)") => "expected",
        (_, "PASS (unexpected)" | "NOT APPLICABLE (unexpected)") => "bad",
        ("PASS" | "PROVED" | "killed", _) => "good",
        ("FAIL" | "LEAK" | "SURVIVED", _) => "bad",
        ("INCONC" | "ERROR", _) => "unknown",
        ("NOT" | "OPEN", _) => "skip",
        _ => "",
    }
}
