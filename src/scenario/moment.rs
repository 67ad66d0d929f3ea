//! A moment of the calendar, as a runbook has it: `2026-12-05T22:00:00+08:00`.

use std::fmt;

use schemars::{Schema, json_schema};

use super::at::{Scalar, Wrong};
use super::codes::Code;
use super::scalars::short;
use crate::units::SimDuration;

const DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;

/// A moment, and how far from UTC the clock is that it was read on. Years 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    /// Nanoseconds of the second.
    nanos: u32,
    /// The clock's distance from UTC in minutes, east positive.
    east: i16,
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of so many days after 1970-01-01.
const fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted - era * 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// So many digits at the front of a text, and what stands behind them.
fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(count)?;
    let all = number.bytes().all(|b| b.is_ascii_digit());
    Some((number.parse().ok().filter(|_| all)?, rest))
}

/// `Z` or `+08:00`, in minutes.
fn zone(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let good = rest.is_empty() && hours <= 14 && minutes <= 59;
    i16::try_from(sign * (hours * 60 + minutes)).ok().filter(|_| good)
}

fn parse(text: &str) -> Option<Moment> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (hour, rest) = digits(rest.strip_prefix(['T', ' '])?, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    let east = zone(rest.trim_start())?;
    let at = days(year, month, day);
    let exists = year >= 1970 && (1..=12).contains(&month) && date(at) == (year, month, day);
    let good = exists && hour <= 23 && minute <= 59 && second <= 59;
    good.then_some(Moment {
        seconds: at * DAY + hour * 3_600 + minute * 60 + second - i64::from(east) * 60,
        nanos: 0,
        east,
    })
}

impl Moment {
    /// So much later, on the same clock.
    #[must_use]
    pub fn plus(self, span: SimDuration) -> Self {
        let nanos = i128::from(self.nanos) + i128::from(span.as_nanos());
        self.at(nanos)
    }

    /// So much earlier, on the same clock.
    #[must_use]
    pub fn minus(self, span: SimDuration) -> Self {
        let nanos = i128::from(self.nanos) - i128::from(span.as_nanos());
        self.at(nanos)
    }

    /// So many nanoseconds from the begin of its second.
    fn at(self, nanos: i128) -> Self {
        let whole = i64::try_from(nanos.div_euclid(i128::from(NANOS))).unwrap_or(0);
        Self {
            seconds: self.seconds.saturating_add(whole),
            nanos: u32::try_from(nanos.rem_euclid(i128::from(NANOS))).unwrap_or(0),
            east: self.east,
        }
    }

    /// Is it later than another, whatever clocks they were read on?
    pub fn is_after(self, other: Self) -> bool {
        (self.seconds, self.nanos) > (other.seconds, other.nanos)
    }
}

impl fmt::Display for Moment {
    /// As people read it: `2026-12-05 22:00:00 +08:00`, with milliseconds where it has any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds.saturating_add(i64::from(self.east) * 60);
        let (year, month, day) = date(local.div_euclid(DAY));
        let second = local.rem_euclid(DAY);
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}",
            second % 60
        )?;
        let millis = self.nanos / 1_000_000;
        if millis > 0 {
            write!(f, ".{millis:03}")?;
        }
        let sign = if self.east < 0 { '-' } else { '+' };
        let east = self.east.unsigned_abs();
        write!(f, " {sign}{:02}:{:02}", east / 60, east % 60)
    }
}

impl Scalar for Moment {
    const NAME: &'static str = "Moment";
    fn read(text: &str) -> Result<Self, Wrong> {
        parse(text.trim()).ok_or_else(|| {
            Wrong::new(
                Code::BadMoment,
                format!("`{}` is not a moment of the calendar", short(text)),
            )
            .help("write it like `2026-12-05T22:00:00+08:00`, or with `Z` for UTC")
        })
    }
    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})? ?(Z|[+-][0-9]{2}:[0-9]{2})$",
            "description": "a moment of the calendar with its distance from UTC: `2026-12-05T22:00:00+08:00`",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::read(text).unwrap_or_else(|wrong| panic!("{text}: {}", wrong.message))
    }

    #[test]
    fn a_moment_is_printed_on_the_clock_that_it_was_read_on() {
        assert_eq!(
            moment("2026-12-05T22:00+08:00").to_string(),
            "2026-12-05 22:00:00 +08:00"
        );
        assert_eq!(moment("2026-12-05T22:00:07Z").to_string(), "2026-12-05 22:00:07 +00:00");
        assert_eq!(
            moment("2024-02-29 00:00:00 -03:30").to_string(),
            "2024-02-29 00:00:00 -03:30"
        );
        assert_eq!(moment("1970-01-01T00:00Z").seconds, 0);
        assert_eq!(moment("2000-03-01T00:00Z").seconds, 951_868_800);
        assert_eq!(moment("2026-12-05T22:00+08:00").seconds, 1_796_479_200);
    }

    #[test]
    fn time_runs_over_the_ends_of_days_months_and_years() {
        let eve = moment("2027-12-31T23:59:30+08:00");
        assert_eq!(
            eve.plus(SimDuration::from_secs(31)).to_string(),
            "2028-01-01 00:00:01 +08:00"
        );
        assert_eq!(
            eve.minus(SimDuration::from_millis(30_500)).to_string(),
            "2027-12-31 23:58:59.500 +08:00"
        );
        let leap = moment("2028-02-28T12:00Z").plus(SimDuration::from_secs(86_400));
        assert_eq!(leap.to_string(), "2028-02-29 12:00:00 +00:00");
        assert!(eve.plus(SimDuration::from_nanos(1)).is_after(eve) && !eve.is_after(eve));
        assert!(moment("2026-12-05T22:00+08:00").is_after(moment("2026-12-05T13:59Z")));
        assert!(!moment("2026-12-05T22:00+08:00").is_after(moment("2026-12-05T14:00Z")));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-12-05",
            "2026-12-05T22:00",
            "2026-02-29T00:00Z",
            "2026-13-01T00:00Z",
            "2026-00-01T00:00Z",
            "1969-12-31T23:59Z",
            "2026-12-05T24:00Z",
            "2026-12-05T22:60Z",
            "2026-12-05T22:00:60Z",
            "2026-12-05T22:00+15:00",
            "2026-12-05T22:00+08:60",
            "+026-12-05T22:00Z",
            "２０２６-12-05T22:00Z",
        ] {
            assert!(Moment::read(text).is_err(), "{text}");
        }
    }
}
