//! The text of a graph, out of octets in one of the encodings that tools write.

use super::{broken, clip};
use crate::scenario::at::Wrong;

/// The text. A byte order mark goes before what the declaration says; without either it is UTF-8.
pub(super) fn decode(octets: &[u8]) -> Result<String, Wrong> {
    match octets {
        [0xff, 0xfe, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return wide(rest, u16::from_be_bytes),
        [b'<', 0, ..] => return wide(octets, u16::from_le_bytes),
        [0, b'<', ..] => return wide(octets, u16::from_be_bytes),
        _ => {}
    }
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let named = encoding(octets);
    match std::str::from_utf8(octets) {
        Ok(text) => Ok(text.to_owned()),
        // Every octet is a character of it.
        Err(_) if named.as_deref() == Some("iso-8859-1") => Ok(octets.iter().map(|o| char::from(*o)).collect()),
        Err(error) => {
            let at = error.valid_up_to();
            let message = match &named {
                Some(name) if name != "utf-8" => format!("the graph is written in `{}`", clip(name)),
                _ => format!("octet {at} is not UTF-8"),
            };
            let from = named
                .filter(|name| name != "utf-8")
                .unwrap_or_else(|| "ENCODING".to_owned());
            Err(broken(message).help(format!("convert it: `iconv -f {} -t UTF-8`", clip(&from))))
        }
    }
}

/// Text of two octets a unit.
fn wide(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Wrong> {
    let (pairs, left) = octets.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if left.is_empty() => Ok(text.trim_start_matches('\u{feff}').to_owned()),
        _ => Err(broken("the graph begins as UTF-16 and does not go on so")),
    }
}

/// The encoding that the XML declaration names, in small letters.
fn encoding(octets: &[u8]) -> Option<String> {
    let head = octets.get(..octets.len().min(200))?;
    let end = head.windows(2).position(|w| w == b"?>")?;
    let head: String = head[..end]
        .iter()
        .map(|o| char::from(*o).to_ascii_lowercase())
        .collect();
    let (_, after) = head.strip_prefix("<?xml")?.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(|name| match name {
        "latin1" | "latin-1" | "iso8859-1" | "us-ascii" => "iso-8859-1".to_owned(),
        "utf8" => "utf-8".to_owned(),
        other => other.to_owned(),
    })
}

/// A bound on the depth of elements, before anything recursive sees the text.
/// Comments and CDATA may make it too large, never too small.
pub(super) fn deeper_than(text: &str, max: usize) -> bool {
    let octets = text.as_bytes();
    let mut depth = 0usize;
    for (i, octet) in octets.iter().enumerate() {
        if *octet == b'<' {
            match octets.get(i + 1) {
                Some(b'/') => depth = depth.saturating_sub(1),
                Some(b'?' | b'!') => {}
                _ => depth += 1,
            }
        } else if *octet == b'>' && i > 0 && octets[i - 1] == b'/' {
            depth = depth.saturating_sub(1);
        }
        if depth > max {
            return true;
        }
    }
    false
}
