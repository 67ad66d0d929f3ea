//! Rivals: each that is to be had runs a round that balances; each that is not says why.

use std::ffi::OsString;

use trunklab::bench::Contender;
use trunklab::bench::against::{Found, Job, Rival, find, find_on};

fn job(frames: u32, vlans: u16) -> Job {
    let vid = |i: u32| u16::try_from(i * 7 % u32::from(vlans)).expect("below 4096") + 1;
    Job {
        frames,
        vlans,
        octets: 60,
        slot: 128,
        order: (0..frames).map(vid).collect(),
    }
}

/// Passes of a turn.
const PASSES: u32 = 3;

/// Rivals whose needs our continuous integration installs: there they must be found.
const REQUIRED: [Rival; 3] = [Rival::Xdp, Rival::XdpFloor, Rival::CLoop];

/// The rival, or nothing with a message where it is not to be had.
fn ready(rival: Rival, job: &Job) -> Option<Box<dyn Contender>> {
    let found = find(job, &[rival]).pop().expect("one was asked for");
    match found {
        Found::Ready(contender) => Some(contender),
        Found::Absent { name, why, how } => {
            let required = std::env::var_os("TRUNKLAB_REQUIRE").is_some() && REQUIRED.contains(&rival);
            assert!(!required, "{name} is required here: {why}");
            println!("skipped: {name}: {why} ({how})");
            None
        }
    }
}

/// Two rounds, with plausible times.
fn two_rounds(rival: Rival, job: &Job) {
    let Some(mut contender) = ready(rival, job) else { return };
    for _ in 0..2 {
        let timed = contender.turn(PASSES).unwrap_or_else(|why| panic!("{rival}: {why}"));
        assert!(
            timed.frames >= u64::from(job.frames),
            "{rival}: {} frames",
            timed.frames
        );
        let each = timed.spent.nanos / timed.frames;
        assert!(timed.spent.nanos > 0 && each < 1_000_000, "{rival}: {each} ns a frame");
    }
    println!("{} leaves out {}", contender.name(), contender.does_not().join(", "));
    assert!(!contender.does_not().is_empty());
}

#[test]
fn parsers_balance_and_share_their_frames() {
    let job = job(1000, 12);
    let which = [Rival::EtherparsePacket, Rival::EtherparseSlices, Rival::Pnet];
    let mut found = find(&job, &which);
    for _ in 0..2 {
        for found in &mut found {
            let Found::Ready(contender) = found else {
                panic!("they are built in")
            };
            let timed = contender.turn(PASSES).expect("it balances");
            assert!(timed.passes >= PASSES && timed.frames % u64::from(job.frames) == 0);
        }
    }
}

#[test]
fn names_tell_the_versions_that_are_built_in() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).expect("Cargo.lock");
    for (rival, package) in [
        (Rival::EtherparsePacket, "etherparse"),
        (Rival::EtherparseSlices, "etherparse"),
        (Rival::Pnet, "pnet"),
    ] {
        let at = lock.split(&format!("name = \"{package}\"\nversion = \"")).nth(1);
        let version = at.and_then(|rest| rest.split('"').next()).expect("it is locked");
        let minor = version.rsplit_once('.').expect("three numbers").0;
        let contender = ready(rival, &job(1, 1)).expect("it is built in");
        assert!(
            contender.name().contains(&format!("{package} {minor} ")),
            "{}",
            contender.name()
        );
    }
}

#[test]
fn the_kernel_balances() {
    two_rounds(Rival::XdpFloor, &job(500, 5));
    two_rounds(Rival::Xdp, &job(500, 5));
    two_rounds(Rival::Xdp, &job(8000, 4094));
}

#[test]
fn the_loop_in_c_balances() {
    two_rounds(Rival::CLoop, &job(500, 5));
}

#[test]
fn dpdk_balances() {
    two_rounds(Rival::Dpdk, &job(500, 5));
}

#[test]
fn open_vswitch_balances() {
    two_rounds(Rival::Ovs, &job(64, 5));
}

#[test]
fn what_is_missing_is_told_with_how_to_get_it() {
    let which = [Rival::CLoop, Rival::Dpdk, Rival::Ovs];
    let found = find_on(&OsString::new(), &job(10, 2), &which);
    assert_eq!(found.len(), which.len());
    for (found, (rival, missing)) in
        found
            .into_iter()
            .zip(which.into_iter().zip(["`cc`", "`pkg-config`", "ovsdb-tool"]))
    {
        let Found::Absent { name, why, how } = found else {
            panic!("{rival} was found on an empty path")
        };
        assert_eq!(name, rival.word());
        assert!(why.contains(missing), "{why}");
        assert!(how.starts_with("apt-get install "), "{how}");
    }
}

#[test]
fn a_job_that_cannot_be_is_told() {
    let wrong = [
        Job {
            frames: 9,
            ..job(10, 2)
        },
        Job { vlans: 1, ..job(10, 2) },
        Job {
            vlans: 4095,
            ..job(10, 2)
        },
        Job {
            octets: 17,
            ..job(10, 2)
        },
        Job { slot: 59, ..job(10, 2) },
    ];
    for job in wrong {
        for found in find(&job, &Rival::ALL) {
            assert!(matches!(found, Found::Absent { .. }), "{job:?}");
        }
    }
}

#[test]
fn every_rival_has_a_word() {
    for rival in Rival::ALL {
        assert_eq!(rival.word().parse(), Ok(rival));
    }
    let said = "quagga".parse::<Rival>().expect_err("not among them");
    assert!(said.contains("`quagga`") && said.contains("c-loop"), "{said}");
}
