//! How many frames a set has on a machine: derived from its caches, with tables and outputs counted in.
//!
//! Invariant: a set is where its name says, or it is not run; none is taken for another.

use super::machine::Caches;
use super::point::{Point, Set};

/// Octets that a pass goes through for each frame: the line with its header, and its descriptor
/// twice, as it is handed over and in the list that it is written from.
const FRAME: u64 = 64 + 2 * 8;
/// And for each tenant, as passes go to and fro: a row for each end, the two entries that VIDs are
/// looked up by, its output's line, and the account of what was drained from it.
const TENANT: u64 = 2 * 64 + 2 * 8 + 64 + 16;
/// A set smaller than this says more about its beginning and end than about its frames.
const FEWEST: u64 = 1_024;
/// Sets are whole batches of the usual size.
const BATCH: u64 = 256;
/// Octets that a descriptor reaches.
const REACH: u64 = (1 << 32) - (1 << 16);

/// How many frames stand in memory for this point, on a machine with these caches.
///
/// # Errors
/// Why this machine has no such set, in a sentence without a full stop.
pub fn frames(point: &Point, caches: Caches) -> Result<u32, String> {
    let tables = u64::from(point.tenants()) * TENANT;
    let within = |octets: u64, what: &str| {
        let frames = octets.saturating_sub(tables) / FRAME / BATCH * BATCH;
        if frames >= FEWEST {
            return Ok(frames);
        }
        let (tables, octets) = (tables >> 10, octets >> 10);
        Err(format!(
            "tables and outputs take {tables} KiB, and {what} is {octets} KiB: no {FEWEST} frames fit beside them"
        ))
    };
    let frames = match point.set {
        Set::Frames(frames) => return Ok(frames),
        // The rest is for code, stack and whatever else runs.
        Set::L2 => within(caches.second / 8 * 7, "seven eighths of the level-2 cache")?,
        Set::L3 => {
            // Every core has its own level-2 cache and tables, and a share of the last cache.
            let half = caches.last / u64::from(point.cores.max(1)) / 2;
            let octets = (4 * caches.second).min(half);
            if octets < 2 * caches.second {
                return Err(
                    "half of a core's share of the last cache is less than two level-2 caches: nothing is between them"
                        .to_owned(),
                );
            }
            // Where tables alone fill that, frames come on top, as far as half of the last cache goes.
            within(octets + tables, "that")?.min(within(half, "half of the last cache")?)
        }
        Set::Dram => {
            let wanted = 4 * caches.last / 64;
            let frames = wanted.min(REACH / point.stride()) / BATCH * BATCH;
            if frames * 64 < 2 * caches.last {
                return Err(format!(
                    "descriptors reach 4 GiB, and {frames} frames there have less first lines than two last caches hold"
                ));
            }
            frames
        }
    };
    u32::try_from(frames).map_err(|_| format!("{frames} frames are more than a descriptor counts"))
}

#[cfg(test)]
mod tests {
    use super::super::point::{Layout, Size};
    use super::*;

    const KIB: u64 = 1 << 10;

    fn caches(second: u64, last: u64) -> Caches {
        Caches {
            second: second * KIB,
            last: last * KIB,
        }
    }

    fn of(set: Set, vlans: u16, caches: Caches) -> Result<u32, String> {
        let point = Point {
            set,
            vlans,
            layout: Layout::Packed,
            ..Point::BASE
        };
        frames(&point, caches)
    }

    #[test]
    fn a_set_for_the_level_2_cache_fits_it_with_tables_and_outputs_or_is_not_run() {
        for (second, vlans) in [(512, 16), (512, 1_000), (1_024, 3_000), (2_048, 4_094)] {
            let frames = u64::from(of(Set::L2, vlans, caches(second, 32_768)).expect("it fits"));
            let octets = frames * FRAME + u64::from(vlans) * TENANT;
            assert!(octets <= second * KIB / 8 * 7, "{second} {vlans}: {octets}");
            assert!(
                octets > second * KIB / 8 * 7 - (BATCH + 1) * FRAME,
                "{second} {vlans}: {octets}"
            );
        }
        let said = of(Set::L2, 3_000, caches(512, 32_768)).expect_err("656 KiB of tables");
        assert!(
            said.starts_with("tables and outputs take 656 KiB, and seven eighths"),
            "{said}"
        );
    }

    #[test]
    fn a_set_for_the_last_cache_is_four_level_2_caches_and_at_most_half_of_it() {
        let four = of(Set::L3, 1, caches(1_024, 32_768)).expect("it fits");
        assert_eq!(u64::from(four), 4_096 * KIB / FRAME / BATCH * BATCH);
        let half = of(Set::L3, 1, caches(1_024, 4_096)).expect("it fits");
        assert!(u64::from(half) * FRAME <= 2_048 * KIB && u64::from(half) * FRAME > 2_000 * KIB);
        assert!(of(Set::L3, 1, caches(1_024, 2_048)).is_err_and(|why| why.contains("nothing is between")));
        let many = Point {
            circuits: 64,
            ..Point::BASE
        };
        assert!(frames(&many, caches(1_024, 32_768)).is_err_and(|why| why.contains("half of the last cache")));
    }

    #[test]
    fn a_set_for_main_memory_is_four_last_caches_of_first_lines_as_far_as_descriptors_reach() {
        let packed = of(Set::Dram, 3_000, caches(1_024, 32_768)).expect("it fits");
        assert_eq!(packed, 2 << 20);
        let slots = Point {
            set: Set::Dram,
            ..Point::BASE
        };
        let inslots = u64::from(frames(&slots, caches(1_024, 32_768)).expect("it fits"));
        assert!(inslots * 2_112 < 1 << 32 && inslots * 64 > 3 * (32 << 20));
        assert!(frames(&slots, caches(1_024, 262_144)).is_err_and(|why| why.contains("4 GiB")));
        let long = Point {
            size: Size::Fixed(1_522),
            layout: Layout::Packed,
            ..slots
        };
        assert!(frames(&long, caches(1_024, 32_768)).is_ok_and(|n| u64::from(n) * long.stride() < 1 << 32));
    }

    #[test]
    fn a_number_is_taken_as_it_is() {
        assert_eq!(of(Set::Frames(16), 4_094, caches(1, 1)), Ok(16));
    }
}
