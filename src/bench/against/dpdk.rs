//! A demultiplexer as one writes it in C: over DPDK's mbufs, and the same loop over plain slots.
//!
//! The program is ours (`dpdk_demux.c`), compiled when asked for with the machine's own compiler at
//! `-O3 -march=native`: prefetch ahead, an array indexed by VID, bursts of 32 per tenant handed on when
//! full. It runs as a child on one processor, times its turns by the processor time of its thread, and stands
//! still between them. After each its counts per VID, and the octets of every frame, are held against the schedule.
//!
//! It leaves out every check but that of TPID and VID, all policing, and counters of octets; DPDK's ports and their
//! costs (receiving, allocating, freeing) are not in it either.

use std::fs;
use std::time::Duration;

use tempfile::TempDir;

use super::child::{Talker, Tools, run};
use super::field::frame;
use super::ledger::Ledger;
use super::{Job, cpus, leaves_out};
use crate::bench::clock::{Legs, Spent};
use crate::bench::{Contender, Timed};

const SOURCE: &str = include_str!("dpdk_demux.c");
/// How long compiling may take.
const COMPILE: Duration = Duration::from_secs(60);

/// Over DPDK's mbufs.
pub(super) fn dpdk(tools: &Tools, job: &Job) -> Result<Box<dyn Contender>, String> {
    let config = tools.find("pkg-config")?;
    let flags = |what| {
        let got = run(tools.command(&config).args([what, "libdpdk"]), Duration::from_secs(10))
            .map_err(|why| format!("libdpdk is not installed: {why}"))?;
        Ok::<Vec<String>, String>(got.split_whitespace().map(str::to_owned).collect())
    };
    let mut compile = vec!["-DWITH_DPDK".to_owned()];
    compile.extend(flags("--cflags")?);
    Ok(Box::new(Child::start(tools, job, Some((compile, flags("--libs")?)))?))
}

/// Over an array of slots.
pub(super) fn plain(tools: &Tools, job: &Job) -> Result<Box<dyn Contender>, String> {
    Ok(Box::new(Child::start(tools, job, None)?))
}

struct Child {
    name: String,
    frames: u64,
    ledger: Ledger,
    // The program ends before its folder goes.
    talker: Talker,
    _folder: TempDir,
}

impl Child {
    /// Compiles and starts it; `flags` are those before and after the source that DPDK needs.
    fn start(tools: &Tools, job: &Job, flags: Option<(Vec<String>, Vec<String>)>) -> Result<Self, String> {
        let io = |e: std::io::Error| format!("no place for the program: {e}");
        let with_dpdk = flags.is_some();
        let (before, after) = flags.unwrap_or_default();
        let compiler = tools.find("cc")?;
        let folder = tempfile::Builder::new().prefix("trunklab-c-").tempdir().map_err(io)?;
        let at = |name: &str| folder.path().join(name);
        fs::write(at("demux.c"), SOURCE).map_err(io)?;
        let order: Vec<u8> = job.order.iter().flat_map(|vid| vid.to_ne_bytes()).collect();
        fs::write(at("order"), order).map_err(io)?;
        fs::write(at("frame"), frame(job.octets, 1)).map_err(io)?;

        let mut compile = tools.command(&compiler);
        compile.arg("-O3").args(before).arg("-march=native");
        compile.arg(at("demux.c")).arg("-o").arg(at("demux")).args(after);
        run(&mut compile, COMPILE)?;

        let mut command = tools.command(&at("demux"));
        command.arg(at("order")).arg(at("frame"));
        let numbers = [job.frames, u32::from(job.vlans), u32::from(job.octets), job.slot];
        command.args(numbers.map(|n| n.to_string()));
        if with_dpdk {
            let processor = cpus::last_allowed().to_string();
            command.args([
                "--",
                "--no-huge",
                "-m",
                "64",
                "--no-pci",
                "--no-shconf",
                "--no-telemetry",
            ]);
            command.args(["--iova-mode=va", "--log-level=error", "-l", &processor]);
            // Where DPDK keeps its sockets.
            command.env("RUNTIME_DIRECTORY", folder.path());
        }
        let mut talker = Talker::start(&mut command)?;
        // It touches all its memory first.
        let ready = talker.hear(Duration::from_secs(20 + u64::from(job.frames >> 20)))?;
        let version = ready
            .strip_prefix("ready ")
            .ok_or_else(|| format!("it said `{ready}`"))?;
        Ok(Self {
            name: if with_dpdk {
                format!("C loop over DPDK mbufs ({version})")
            } else {
                format!("C loop over slots ({version})")
            },
            frames: u64::from(job.frames),
            ledger: Ledger::of(job),
            talker,
            _folder: folder,
        })
    }

    /// Holds what the child counted against the schedule.
    fn check(&self, passes: u64, account: &[u64]) -> Result<(), String> {
        let [passed, strange, wrong, counts @ ..] = account else {
            return Err("no account was given".to_owned());
        };
        if counts.len() != usize::from(self.ledger.vlans()) || *passed != passes + 1 {
            return Err(format!("an account of {passed} passes over {} VIDs", counts.len()));
        }
        if *strange > 0 || *wrong > 0 {
            return Err(format!(
                "{strange} frames had no known VID, {wrong} were rewritten wrongly"
            ));
        }
        self.ledger.balance(*passed, |vid| counts[usize::from(vid) - 1])
    }
}

fn numbers(line: &str) -> Result<Vec<u64>, String> {
    let number = |word: &str| word.parse().map_err(|_| format!("`{word}` is not a number"));
    line.split_whitespace().map(number).collect()
}

impl Contender for Child {
    fn name(&self) -> &str {
        &self.name
    }
    fn does_not(&self) -> &[&str] {
        leaves_out!["octet counters", "draining the outputs"]
    }
    fn turn(&mut self, passes: u32) -> Result<Timed, String> {
        // A microsecond a frame would be a hundred times too slow, and four times as many passes may be made.
        let most = self.frames * (u64::from(passes) + 1) * 5;
        let within = Duration::from_secs(10) + Duration::from_micros(most);
        let question = format!("turn {passes} {}", Legs::of(passes, 1));
        let timed = numbers(&self.talker.ask(&question, within)?)?;
        let account = numbers(&self.talker.ask("check", within)?)?;
        let &[made, frames, nanos, wall_nanos, all_nanos, all_wall] = timed.as_slice() else {
            return Err(format!("a turn of {timed:?}"));
        };
        self.check(made, &account)?;
        if made < u64::from(passes) || nanos == 0 || frames == 0 || frames > self.frames * made {
            return Err(format!("a turn of {timed:?}"));
        }
        Ok(Timed {
            frames,
            spent: Spent { nanos, wall_nanos },
            whole: Spent {
                nanos: all_nanos,
                wall_nanos: all_wall,
            },
            passes: u32::try_from(made).unwrap_or(u32::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_moved_other_frames_is_caught() {
        let mut job = Job {
            frames: 90,
            vlans: 9,
            octets: 60,
            slot: 128,
            order: (0..90).map(|i| 1 + i % 9).collect(),
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut child = match Child::start(&Tools::on(&path), &job, None) {
            Ok(child) => child,
            Err(why) => {
                assert!(std::env::var_os("TRUNKLAB_REQUIRE").is_none(), "{why}");
                println!("skipped: {why}");
                return;
            }
        };
        assert!(
            child
                .turn(7)
                .is_ok_and(|t| t.passes >= 7 && t.frames >= 90 && t.frames % 90 == 0)
        );
        job.order[40] = 2;
        child.ledger = Ledger::of(&job);
        let said = child.turn(7).expect_err("the schedule is another");
        assert!(said.contains("does not balance"), "{said}");
        assert!(child.check(7, &[]).is_err());
    }
}
