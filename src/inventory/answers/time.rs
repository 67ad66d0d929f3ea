//! Instants as answers and their headers have them.

/// Seconds since 1970 (UTC) of an instant such as `2026-11-30T22:00:00Z`, `2026-11-30T22:00Z` or with `+08:00`;
/// `None`: it is none. Years 1 to 9999; a fraction of a second is left out.
pub fn rfc_3339(text: &str) -> Option<i64> {
    let (date, rest) = text.trim().split_once(['T', 't', ' '])?;
    let numbers: Vec<i64> = date.split('-').map(number).collect::<Option<_>>()?;
    let [year, month, day] = numbers[..] else { return None };
    let (clock, offset) = match rest.find(['Z', 'z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => return None,
    };
    let whole = clock.split('.').next()?;
    let mut parts = whole.split(':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let (ahead, offset) = match offset.split_at(1) {
        ("+", text) => (1, text),
        ("-", text) => (-1, text),
        (_, "") => (1, "00:00"),
        _ => return None,
    };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > 23 || minutes > 59 || parts.next().is_some() {
        return None;
    }
    Some(seconds((year, month, day), (hour, minute, second))? - ahead * (hours * 3_600 + minutes * 60))
}

/// An instant, in seconds since 1970, as `2026-11-30T22:00:00Z`.
pub fn utc(seconds: i64) -> String {
    let (days, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 1 March of the year 0, in eras of 400 years (146,097 days).
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (date, month) = (
        day - (153 * month + 2) / 5 + 1,
        if month < 10 { month + 3 } else { month - 9 },
    );
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The same of a header: `Mon, 30 Nov 2026 22:00:00 GMT`.
pub(super) fn of_header(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = text.split_once(", ")?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [day, month, year, clock, "GMT"] = words[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let clock: Vec<i64> = clock.split(':').map(number).collect::<Option<_>>()?;
    let [hour, minute, second] = clock[..] else { return None };
    seconds((number(year)?, month, number(day)?), (hour, minute, second))
}

/// At most four digits, and nothing else.
fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|octet| octet.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn seconds((year, month, day): (i64, i64, i64), (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = if leap { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    // A leap second is the last of its minute.
    if year < 1 || !(1..=length).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let before = year - 1;
    let years = 365 * before + before / 4 - before / 100 + before / 400;
    let months: i64 = lengths.iter().take(usize::try_from(month - 1).ok()?).sum();
    // 1 January 1970 is day 719,162 after 1 January of the year 1.
    let days = years + months + day - 1 - 719_162;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second.min(59))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_as_its_clients_write_it() {
        assert_eq!(rfc_3339("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(rfc_3339("2026-11-30T22:00:00Z"), Some(1_796_076_000));
        assert_eq!(rfc_3339("2026-12-01T06:00:00.125+08:00"), Some(1_796_076_000));
        assert_eq!(rfc_3339("2026-11-30T22:00Z"), Some(1_796_076_000));
        assert_eq!(of_header("Mon, 30 Nov 2026 22:00:00 GMT"), Some(1_796_076_000));
        assert_eq!(rfc_3339("2000-02-29T00:00:00Z"), Some(951_782_400));
    }

    #[test]
    fn an_instant_is_told_as_it_is_read() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-30T22:00:00Z",
            "2000-02-29T23:59:59Z",
            "1999-12-31T00:00:01Z",
            "2027-03-01T12:34:56Z",
        ] {
            assert_eq!(rfc_3339(text).map(utc).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_instant_is_none() {
        for text in [
            "",
            "2026",
            "2026-11-30",
            "2026-11-30T22:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-30T24:00:00Z",
            "2026-11-30T22:00:00+99:00",
            "2026-11-30T22:00:00+8é",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(rfc_3339(text), None, "{text}");
        }
        assert_eq!(of_header("30 Nov 2026"), None);
    }
}
