use super::*;
use proptest::prelude::*;

#[test]
fn a_month_and_a_nanosecond_are_both_exact() {
    let month: SimDuration = "30d".parse().unwrap();
    assert_eq!(month.as_nanos(), 30 * 86_400 * 1_000_000_000);
    assert_eq!("1ns".parse::<SimDuration>().unwrap().as_nanos(), 1);
    assert_eq!("1.5ms".parse::<SimDuration>().unwrap().as_nanos(), 1_500_000);
}

#[test]
fn a_rate_without_a_unit_is_refused_with_the_units_named() {
    let error = "100".parse::<BitRate>().unwrap_err().to_string();
    assert_eq!(error, "`100` has no unit; the units here are bps, k, M, G, T");
}

#[test]
fn half_a_nanosecond_is_refused() {
    assert!(matches!("0.5ns".parse::<SimDuration>(), Err(UnitError::TooFine { .. })));
}

#[test]
fn minimum_frames_at_ten_gigabit_take_67_2_nanoseconds_rounded_up() {
    // 64 octets, preamble and start delimiter 8, gap 12: RFC 8238 5.3.
    assert_eq!(BitRate::from_mbps(10_000).time_of(84).as_nanos(), 68);
    assert_eq!(BitRate::from_mbps(1_000).time_of(84).as_nanos(), 672);
}

#[test]
fn long_times_are_told_in_days_hours_and_the_rest() {
    for (nanos, text) in [
        (577 * 3_600_000_000_000, "24d 1h"),
        (5_400_000_000_000, "1h 30min"),
        (5_184_000_000_022_158, "60d 22.158us"),
        (168_284, "168.284us"),
    ] {
        assert_eq!(SimDuration::from_nanos(nanos).to_string(), text);
        assert_eq!(text.parse::<SimDuration>().unwrap().as_nanos(), nanos);
    }
    assert!("1G 2M".parse::<BitRate>().is_err(), "rates are not compound");
}

#[test]
fn nonsense_never_reads_as_a_quantity() {
    for text in [
        "",
        ".",
        "1.",
        "1..2s",
        "s",
        "-1s",
        "1e3s",
        "١s",
        "99999999999999999999d",
    ] {
        assert!(text.parse::<SimDuration>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_equal(n: u64) {
        let (d, r, b) = (SimDuration::from_nanos(n), BitRate::from_bps(n), ByteCount::new(n));
        prop_assert_eq!(d.to_string().parse::<SimDuration>().unwrap(), d);
        prop_assert_eq!(r.to_string().parse::<BitRate>().unwrap(), r);
        prop_assert_eq!(b.to_string().parse::<ByteCount>().unwrap(), b);
    }

    #[test]
    fn no_text_panics_the_reader(text: String) {
        let _ = text.parse::<SimDuration>();
        let _ = text.parse::<BitRate>();
        let _ = text.parse::<ByteCount>();
    }
}
