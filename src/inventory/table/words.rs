//! What people write into cells.

use std::net::Ipv4Addr;

use crate::provision::VLAN_MAX;

/// What stands for nothing.
const NOTHING: [&str; 9] = ["", "-", "--", "n/a", "na", "none", "null", "?", "tbd"];

/// The text of a cell, without what spreadsheets put around it: blanks (also those that do not break), the mark
/// of a text (`'`), and a formula that is only a text (`="..."`). `None`: it says nothing.
pub(super) fn plain(cell: &str) -> Option<&str> {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{a0}' | '\u{200b}' | '\u{feff}');
    let mut text = cell.trim_matches(blank);
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        text = inner.trim_matches(blank);
    }
    text = text.strip_prefix('\'').unwrap_or(text).trim_matches(blank);
    let says_nothing = NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word));
    (!says_nothing).then_some(text)
}

/// A VLAN of the cloud.
pub(super) fn vlan(text: &str) -> Result<u64, String> {
    let word = text.to_ascii_lowercase();
    let digits = match word.strip_prefix("vlan") {
        Some(rest) => rest.trim_start_matches([' ', '-', '_', '#', ':']),
        None => &word,
    };
    let digits = digits.strip_suffix(".0").unwrap_or(digits).trim();
    let untagged = matches!(word.as_str(), "untagged" | "native" | "access");
    let number: Option<u64> = match untagged {
        true => Some(0),
        false if digits.len() <= 6 && digits.bytes().all(|octet| octet.is_ascii_digit()) => digits.parse().ok(),
        false => None,
    };
    let max = u64::from(VLAN_MAX);
    match number {
        Some(vlan) if vlan <= max => Ok(vlan),
        Some(4095) => Err("VLAN 4095 is reserved".to_owned()),
        Some(vlan) => Err(format!("VLAN {vlan} is none of the cloud's, which are 0 to {max}")),
        None if word.contains(['-', ',', ';', '/', ' ']) && word.bytes().any(|octet| octet.is_ascii_digit()) => {
            Err(format!("`{}` is more than one VLAN; a row has one", short(text)))
        }
        None => Err(format!("`{}` is no VLAN", short(text))),
    }
}

/// The customer's own tag: 0 where frames come untagged.
pub(super) fn tag(text: &str) -> Result<u64, String> {
    if matches!(
        text.to_ascii_lowercase().as_str(),
        "untagged" | "native" | "access" | "0"
    ) {
        return Ok(0);
    }
    match text.parse() {
        Ok(tag @ 1..=4094) => Ok(tag),
        _ => Err(format!("`{}` is no tag, which are 1 to 4094", short(text))),
    }
}

/// An account id. A spreadsheet shows one of 16 digits as `1.3E+15`, and keeps 15 of them.
pub(super) fn account(text: &str) -> Result<u64, String> {
    let rounded = text.contains(['E', 'e']) && text.starts_with(|c: char| c.is_ascii_digit());
    if rounded {
        return Err(format!(
            "`{}` has lost digits: a spreadsheet rounded it; format the column as text and fill it in again",
            short(text)
        ));
    }
    match text.parse() {
        Ok(id) if text.len() >= 10 && id > 0 => Ok(id),
        _ => Err(format!("`{}` is no account id, which has 10 to 20 digits", short(text))),
    }
}

/// What a bare number is worth, in bit/s, where a column's title names the unit.
pub(super) fn unit_of_title(title: &str) -> Option<u64> {
    // NetBox keeps a circuit's commit rate in kbit/s and does not say so.
    let title = title.to_ascii_lowercase();
    if title.trim() == "commit_rate" {
        return Some(1_000);
    }
    let words = title.split(|c: char| !(c.is_ascii_alphanumeric() || c == '/'));
    words.filter(|word| word.len() > 1).find_map(unit)
}

/// A unit of bandwidth, in bit/s.
fn unit(word: &str) -> Option<u64> {
    let (factor, rest) = match word.chars().next()?.to_ascii_lowercase() {
        'k' => (1_000, &word[1..]),
        'm' => (1_000_000, &word[1..]),
        'g' => (1_000_000_000, &word[1..]),
        't' => (1_000_000_000_000, &word[1..]),
        '兆' => (1_000_000, &word['兆'.len_utf8()..]),
        _ => (1, word),
    };
    // `B` is an octet, and nobody knows whether it was meant.
    if rest.starts_with('B') {
        return None;
    }
    let rest = rest.to_ascii_lowercase();
    let bits = ["", "b", "bit", "bits", "bps", "bit/s", "bits/s", "b/s", "bitps"];
    let good = bits.contains(&rest.as_str()) && !(factor == 1 && rest.is_empty());
    good.then_some(factor)
}

/// A bandwidth in bit/s: `50M`, `50 Mbps`, `2G`, `1.5 Gbit/s`. `bare`: what a bare number is worth.
pub(super) fn bandwidth(text: &str, bare: Option<u64>) -> Result<u64, String> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let rest: String = rest.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let worth = match rest.is_empty() {
        true => bare.ok_or_else(|| {
            let text = short(text);
            format!("`{text}` has no unit: write `{text}M`, or say it in the title, as in `bandwidth (Mbps)`")
        })?,
        false => unit(&rest).ok_or_else(|| {
            let octets = rest.contains('B');
            let hint = if octets { ": are octets meant, or bits?" } else { "" };
            format!(
                "`{}` is no bandwidth such as `50M`, `50 Mbps` or `2G`{hint}",
                short(text)
            )
        })?,
    };
    let wrong = || format!("`{}` is no bandwidth such as `50M`, `50 Mbps` or `2G`", short(text));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let places = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    if whole.is_empty() || whole.len() > 12 || places > 9 || fraction.contains('.') {
        return Err(wrong());
    }
    let digits: u128 = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
    let (value, scale) = (digits * u128::from(worth), 10u128.pow(places));
    match u64::try_from(value / scale) {
        Ok(bps) if value % scale == 0 => Ok(bps),
        _ => Err(wrong()),
    }
}

/// A span of time in milliseconds: `5min`, `300 s`, `1s`, `100ms`.
pub(super) fn interval(text: &str) -> Result<u64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let worth = match unit.trim().to_ascii_lowercase().as_str() {
        "ms" => 1,
        "s" | "sec" | "second" | "seconds" => 1_000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        _ => 0,
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(worth)) {
        Some(ms) if ms > 0 => Ok(ms),
        _ => Err(format!(
            "`{}` is no averaging interval such as `5min`, `300s` or `1s`",
            short(text)
        )),
    }
}

/// How a service is served. `title`: a column that is called by one of them may say yes or no.
pub(super) fn mode(text: &str, title: &str) -> Result<&'static str, String> {
    let word = text.to_ascii_lowercase();
    let title = title.to_ascii_lowercase();
    let (yes, no) = match (title.contains("legacy"), title.contains("shared")) {
        (true, false) => ("legacy", "shared"),
        (false, true) => ("shared", "legacy"),
        _ => ("", ""),
    };
    let found = match word.as_str() {
        "legacy" | "vbr" | "legacy vbr" | "cross-account" | "cross-account vbr" | "pushed" | "old" => "legacy",
        "shared" | "shared port" | "hosted" | "hosted connection" | "vpconn" | "new" => "shared",
        "yes" | "y" | "true" | "1" | "x" => yes,
        "no" | "n" | "false" | "0" => no,
        _ => "",
    };
    match found {
        "" => Err(format!("`{}` is neither `legacy` nor `shared`", short(text))),
        word => Ok(word),
    }
}

/// An IPv4 address, and its prefix length where it has one: `10.0.0.2` or `10.0.0.2/30`.
pub(super) fn address(text: &str) -> Result<(Ipv4Addr, Option<u64>), String> {
    let (address, len) = match text.split_once('/') {
        Some((address, len)) => (address, Some(len)),
        None => (text, None),
    };
    let wrong = || {
        format!(
            "`{}` is no IPv4 address such as `10.0.0.2` or `10.0.0.2/30`",
            short(text)
        )
    };
    let address = address.trim().parse().map_err(|_| wrong())?;
    match len.map(mask) {
        None => Ok((address, None)),
        Some(Ok(len)) => Ok((address, Some(len))),
        Some(Err(_)) => Err(wrong()),
    }
}

/// A prefix length: `30`, `/30` or `255.255.255.252`.
pub(super) fn mask(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let bare = text.strip_prefix('/').unwrap_or(text);
    if let Some(len) = bare.parse::<u64>().ok().filter(|len| *len <= 32) {
        return Ok(len);
    }
    let wrong = || format!("`{}` is no mask such as `255.255.255.252` or `/30`", short(text));
    let bits = u32::from(bare.parse::<Ipv4Addr>().map_err(|_| wrong())?);
    match bits.leading_ones() + bits.trailing_zeros() {
        32 => Ok(u64::from(bits.leading_ones())),
        // All ones have no zeros behind them.
        _ if bits == u32::MAX => Ok(32),
        _ => Err(wrong()),
    }
}

/// At most so much of a cell that a message stays one line.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 40;
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(MOST).filter(|c| !c.is_control()).collect();
    if chars.next().is_some() {
        short.push_str("...");
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bandwidth_is_read_as_people_write_it() {
        let all = [
            "50M",
            "50 Mbps",
            "50mbps",
            "50 Mbit/s",
            "50.0M",
            "0.05 Gbps",
            "50000k",
            "50 mb/s",
            "50\u{a0}M",
            "50兆",
        ];
        for text in all {
            assert_eq!(bandwidth(text, None), Ok(50_000_000), "{text}");
        }
        assert_eq!(bandwidth("2G", None), Ok(2_000_000_000));
        assert_eq!(bandwidth("50", unit_of_title("Commit rate (Kbps)")), Ok(50_000));
        assert_eq!(bandwidth("50000", unit_of_title("commit_rate")), Ok(50_000_000));
        assert_eq!(bandwidth("50", unit_of_title("Bandwidth Mbit/s")), Ok(50_000_000));
        for text in [
            "50",
            "50MB",
            "50 MB/s",
            "1,000M",
            "M",
            "",
            "fast",
            "5..0M",
            "-5M",
            "99999999999999G",
            "0.0000000001M",
        ] {
            assert!(bandwidth(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn a_vlan_is_one_of_the_clouds() {
        for text in ["101", "VLAN 101", "vlan101", "101.0", "Vlan-101"] {
            assert_eq!(vlan(text), Ok(101), "{text}");
        }
        assert_eq!((vlan("0"), vlan("untagged"), vlan("2999")), (Ok(0), Ok(0), Ok(2999)));
        for text in [
            "3000",
            "4094",
            "4095",
            "200-299",
            "101,102",
            "-1",
            "x",
            "vlan",
            "99999999999",
        ] {
            assert!(vlan(text).is_err(), "{text}");
        }
        assert!(vlan("4095").is_err_and(|text| text.contains("reserved")));
        assert!(vlan("200-299").is_err_and(|text| text.contains("more than one")));
    }

    #[test]
    fn an_account_id_that_a_spreadsheet_rounded_is_not_taken() {
        assert_eq!(account("1300000000000001"), Ok(1_300_000_000_000_001));
        assert!(account("1.3E+15").is_err_and(|text| text.contains("lost digits")));
        for text in ["acme", "123", "0000000000", "-1300000000000001"] {
            assert!(account(text).is_err(), "{text}");
        }
    }

    #[test]
    fn masks_and_addresses_are_read() {
        assert_eq!(
            (mask("255.255.255.252"), mask("/30"), mask("24")),
            (Ok(30), Ok(30), Ok(24))
        );
        assert_eq!((mask("255.255.255.255"), mask("0.0.0.0")), (Ok(32), Ok(0)));
        assert!(mask("255.0.255.0").is_err() && mask("33").is_err());
        assert_eq!(address("10.0.0.2/30"), Ok((Ipv4Addr::new(10, 0, 0, 2), Some(30))));
        assert!(address("10.0.0.256").is_err() && address("fe80::1").is_err() && address("10.0.0.1/x").is_err());
    }

    #[test]
    fn what_spreadsheets_put_around_a_text_is_taken_off() {
        assert_eq!(plain("=\"1300\""), Some("1300"));
        assert_eq!(plain("\u{feff} 'acme\u{a0}"), Some("acme"));
        assert_eq!((plain(" - "), plain("N/A"), plain("")), (None, None, None));
        assert_eq!(plain("=1+1"), Some("=1+1"));
    }

    #[test]
    fn an_interval_and_a_mode_are_read() {
        assert_eq!(
            (interval("5min"), interval("300 s"), interval("1s")),
            (Ok(300_000), Ok(300_000), Ok(1_000))
        );
        assert!(interval("5").is_err() && interval("0s").is_err() && interval("99999999999999999999s").is_err());
        assert_eq!(
            (mode("Legacy", ""), mode("vpconn", ""), mode("yes", "Legacy?")),
            (Ok("legacy"), Ok("shared"), Ok("legacy"))
        );
        assert_eq!(mode("no", "is shared"), Ok("legacy"));
        assert!(mode("yes", "mode").is_err() && mode("maybe", "legacy").is_err());
    }
}
