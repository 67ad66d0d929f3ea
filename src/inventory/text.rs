//! Octets as text: what editors and spreadsheets save.

/// Why octets are no text: the first octet that is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotText(pub usize);

/// UTF-8 with or without a byte order mark, or UTF-16 with one; without its mark.
pub(super) fn decode(octets: &[u8]) -> Result<String, NotText> {
    match octets {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => utf8(octets, 0),
    }
}

fn utf8(octets: &[u8], before: usize) -> Result<String, NotText> {
    let text = std::str::from_utf8(octets).map_err(|error| NotText(before + error.valid_up_to()))?;
    Ok(text.to_owned())
}

fn utf16(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = octets.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotText(2 + octets.len()));
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(pairs.len());
    for (at, one) in char::decode_utf16(units).enumerate() {
        text.push(one.map_err(|_| NotText(2 + 2 * at))?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_and_utf_16_with_their_marks_are_the_same_text() {
        let text = "客户,VLAN\nacme,101\n";
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(text.as_bytes());
        let little: Vec<u8> = [0xFEFF]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = [0xFEFF]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        for octets in [text.as_bytes().to_vec(), marked, little, big] {
            assert_eq!(decode(&octets), Ok(text.to_owned()));
        }
    }

    #[test]
    fn the_first_octet_that_is_no_text_is_told() {
        assert_eq!(decode(b"ab\xff"), Err(NotText(2)));
        assert_eq!(decode(b"\xef\xbb\xbfab\xff"), Err(NotText(5)));
        assert_eq!(decode(b"\xff\xfea\0b"), Err(NotText(5)));
        assert_eq!(decode(b"\xff\xfea\0\0\xd8"), Err(NotText(4)));
    }
}
