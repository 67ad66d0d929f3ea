//! Tests of the words: every sentence of both languages, and that neither is the other's.

use super::words;
use crate::preflight::{Language, Text};

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn a_chinese_text_has_chinese_in_it_and_an_english_one_has_none() {
    let some: Vec<Text> = vec![
        words::decision_title(),
        words::steps_note(),
        words::hypothetical(),
        words::notice_keep(),
        words::assumptions_note(),
        words::latest_unknown(),
    ];
    for text in some.iter().chain(&words::containment()).chain(&words::usual_roles()) {
        assert!(is_chinese(text.said(Language::Zh)), "{text:?}");
        assert!(!is_chinese(text.said(Language::En)), "{text:?}");
    }
}

#[test]
fn a_value_stands_in_both_languages() {
    let text = words::latest(&Text::new("then", "那时"), "AttachVbrToVpconn", "acme");
    assert!(
        text.said(Language::En)
            .starts_with("then, before the first AttachVbrToVpconn (acme)")
    );
    assert!(
        text.said(Language::Zh)
            .starts_with("那时，即首次 AttachVbrToVpconn（acme）")
    );
}

#[test]
fn a_clock_tells_hours_minutes_seconds_and_milliseconds_where_there_are_any() {
    use crate::units::SimDuration;
    assert_eq!(super::clock(SimDuration::from_secs(3_661)), "1:01:01");
    assert_eq!(super::clock(SimDuration::from_millis(59_007)), "0:00:59.007");
}
