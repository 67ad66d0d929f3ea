//! A program in the kernel's driver hook (XDP), as one would attach it to a network card.
//!
//! It takes one 0x8100 tag, looks the VID up in an array map, counts frames and octets per VID and processor,
//! rewrites the VID and sends the frame back out; an unknown VID is dropped and counted. It is
//! attached to nothing: the kernel runs it by `BPF_PROG_TEST_RUN`, many times over one frame, which
//! therefore is always in the nearest cache; a turn visits up to 16 VIDs spread over those in use.
//! No other contender has it so easy. Most of what a run costs is the harness itself: an empty program
//! ([`floor`]) tells how much.
//!
//! The kernel runs it in the thread that asks, so the time is that thread's processor time around the call,
//! less the call itself (measured with one repetition); and no more than what the kernel says of the loop
//! alone, by the wall and in whole nanoseconds a frame, rounded down: making and freeing the frame's page is
//! in the call, and differs from one to the next.

use std::fs;

use super::bpf::{Assembler, If, LOOKUP, Label, Op, R0, R1, R2, R3, R4, R5, R6, R7, R8, R10, Reg, Size};
use super::field::frame;
use super::ledger::mirror;
use super::sys::{Map, Program};
use super::{Job, cpus, leaves_out};
use crate::bench::clock::{Spent, Stopwatch};
use crate::bench::{Contender, Timed};

const XDP_DROP: i32 = 1;
const XDP_TX: i32 = 3;
/// The counter of frames without a known VID.
const UNKNOWN: u32 = 4096;
/// Most VIDs that one turn visits.
const VISITED: usize = 16;
/// Frames of each VID in one pass; even, so that the frame ends with the VID that it began with.
const REPEAT: u32 = 32_768;
/// The most that one call takes.
const MOST_REPEAT: u32 = REPEAT << 9;
/// A table entry that is in use.
const KNOWN: u64 = 0x8000;

/// The demultiplexer.
fn program(table: &Map, counters: &Map) -> Result<Vec<u64>, String> {
    let (drop, end) = (Label("drop"), Label("end"));
    let (frame, octets, tci, key) = (R6, R7, R8, -4);
    let lookup = |a: &mut Assembler, map: &Map| {
        a.map(R1, map.number())
            .reg(Op::Mov, R2, R10)
            .imm(Op::Add, R2, i32::from(key))
            .call(LOOKUP);
    };
    // One frame and its octets more, where R0 points.
    let count = |a: &mut Assembler| {
        for (off, add) in [(0, None), (8, Some(octets))] {
            a.load(Size::Double, R1, R0, off);
            match add {
                Some(by) => a.reg(Op::Add, R1, by),
                None => a.imm(Op::Add, R1, 1),
            };
            a.store(Size::Double, R0, off, R1);
        }
    };
    let mut a = Assembler::default();
    a.load(Size::Word, frame, R1, 0)
        .load(Size::Word, R3, R1, 4)
        .reg(Op::Mov, octets, R3)
        .reg(Op::Sub, octets, frame)
        .reg(Op::Mov, R4, frame)
        .imm(Op::Add, R4, 18)
        .jump_reg(If::Greater, R4, R3, drop)
        .load(Size::Half, R5, frame, 12)
        .jump(If::NotEqual, R5, i32::from(u16::from_ne_bytes([0x81, 0x00])), drop)
        .load(Size::Half, tci, frame, 14)
        .network16(tci)
        .reg(Op::Mov, R5, tci)
        .imm(Op::And, R5, 0xfff)
        .store(Size::Word, R10, key, R5);
    lookup(&mut a, table);
    let new: Reg = R1;
    a.jump(If::Equal, R0, 0, drop)
        .load(Size::Double, new, R0, 0)
        .jump(If::Equal, new, 0, drop)
        .imm(Op::And, new, 0xfff)
        .imm(Op::And, tci, 0xf000)
        .reg(Op::Or, tci, new)
        .network16(tci)
        .store(Size::Half, frame, 14, tci);
    lookup(&mut a, counters);
    a.jump(If::Equal, R0, 0, drop);
    count(&mut a);
    a.imm(Op::Mov, R0, XDP_TX).exit();
    a.label(drop).store_imm(R10, key, UNKNOWN.cast_signed());
    lookup(&mut a, counters);
    a.jump(If::Equal, R0, 0, end);
    count(&mut a);
    a.label(end).imm(Op::Mov, R0, XDP_DROP).exit();
    a.finish()
}

fn named(what: &str) -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let jit = match read("/proc/sys/net/core/bpf_jit_enable").as_str() {
        "0" => ", interpreted",
        _ => "",
    };
    format!(
        "XDP {what}, one hot frame (Linux {}{jit})",
        read("/proc/sys/kernel/osrelease")
    )
}

/// Up to [`VISITED`] VIDs of the job, spread evenly.
fn visited(job: &Job) -> Vec<u16> {
    let mut vids = job.order.clone();
    vids.sort_unstable();
    vids.dedup();
    let step = vids.len().div_ceil(VISITED).max(1);
    vids.into_iter().step_by(step).collect()
}

/// The demultiplexer as a contender.
pub(super) fn demux(job: &Job) -> Result<Box<dyn Contender>, String> {
    Ok(Box::new(Demux::load(job)?))
}

/// An empty program, run by the same harness.
pub(super) fn floor(job: &Job) -> Result<Box<dyn Contender>, String> {
    let mut empty = Assembler::default();
    empty.imm(Op::Mov, R0, XDP_TX).exit();
    Ok(Box::new(Floor {
        name: named("harness, empty program"),
        octets: job.octets,
        vids: visited(job),
        program: Program::load(&empty.finish()?)?,
    }))
}

/// Frames of each VID that are not timed first; even, too.
const WARM: u32 = 1_024;

/// Frames of each VID that a turn of so many passes times, and those that it does not: the first ones, and
/// one each of two calls.
fn repeats(passes: u32) -> (u32, u32) {
    (REPEAT.saturating_mul(passes).min(MOST_REPEAT), WARM + 2)
}

/// Runs `program` over one frame with each VID; the frame must come back with it, having been sent.
fn drive(program: &Program, octets: u16, vids: &[u16], passes: u32) -> Result<Timed, String> {
    let (repeat, _) = repeats(passes);
    let (mut frames, mut spent) = (0, Spent::default());
    for &vid in vids {
        let sent = frame(octets, vid);
        let mut got = sent.clone();
        let mut run = |repeat| {
            let watch = Stopwatch::start();
            let run = program.run(&mut got, repeat).map_err(|e| format!("no test run: {e}"))?;
            Ok::<_, String>((run, watch.spent()))
        };
        run(WARM)?;
        // The call itself: twice one frame, so that the VID is back where it was.
        let call = run(1)?.1.nanos.min(run(1)?.1.nanos);
        let (told, mut took) = run(repeat)?;
        if told.returned != XDP_TX.cast_unsigned() {
            return Err(format!("the frame with VID {vid} was not sent: {}", told.returned));
        }
        if got != sent {
            return Err(format!("the frame with VID {vid} came back changed"));
        }
        let most = (u64::from(told.nanos) + 1) * u64::from(repeat);
        took.nanos = took.nanos.saturating_sub(call).min(most);
        spent += took;
        frames += u64::from(repeat);
    }
    Ok(Timed {
        frames,
        spent,
        whole: spent,
        passes: repeat / REPEAT,
    })
}

struct Demux {
    name: String,
    octets: u16,
    vlans: u16,
    vids: Vec<u16>,
    /// Held, as the program refers to it.
    _table: Map,
    counters: Map,
    program: Program,
}

impl Demux {
    fn load(job: &Job) -> Result<Self, String> {
        let refused = |e: std::io::Error| format!("the kernel refuses bpf(2): {e}");
        let processors = cpus::possible().ok_or("the kernel does not say how many processors it has")?;
        let table = Map::array(8, 4096, None).map_err(refused)?;
        let counters = Map::array(16, UNKNOWN + 1, Some(processors)).map_err(refused)?;
        for vid in 1..=job.vlans {
            let entry = KNOWN | u64::from(mirror(job.vlans, vid));
            table.put(u32::from(vid), &[entry]).map_err(refused)?;
        }
        let program = Program::load(&program(&table, &counters)?)?;
        Ok(Self {
            name: named("array map"),
            octets: job.octets,
            vlans: job.vlans,
            vids: visited(job),
            _table: table,
            counters,
            program,
        })
    }

    /// Frames and octets of each counter.
    fn counted(&self) -> Result<Vec<(u64, u64)>, String> {
        let one = |key| {
            let value = self.counters.get(key).map_err(|e| format!("no counters: {e}"))?;
            let sum = |at| value.iter().skip(at).step_by(2).sum();
            Ok((sum(0), sum(1)))
        };
        (0..=u32::from(self.vlans)).chain([UNKNOWN]).map(one).collect()
    }
}

impl Contender for Demux {
    fn name(&self) -> &str {
        &self.name
    }
    fn does_not(&self) -> &[&str] {
        leaves_out!["frames other than one hot one", "delivery to tenants' outputs"]
    }
    fn turn(&mut self, passes: u32) -> Result<Timed, String> {
        let before = self.counted()?;
        let timed = drive(&self.program, self.octets, &self.vids, passes)?;
        let after = self.counted()?;
        // The frames of a visit have alternately the VID and its mirror image.
        let (timed_frames, more) = repeats(passes);
        let half = u64::from(timed_frames + more) / 2;
        let mut expected = vec![0; before.len()];
        for &vid in &self.vids {
            expected[usize::from(vid)] += half;
            expected[usize::from(mirror(self.vlans, vid))] += half;
        }
        for (vid, expected) in expected.into_iter().enumerate() {
            let frames = after[vid].0 - before[vid].0;
            let octets = after[vid].1 - before[vid].1;
            if frames != expected || octets != expected * u64::from(self.octets) {
                return Err(format!(
                    "the account does not balance: entry {vid} counted {frames} frames of {expected}, {octets} octets"
                ));
            }
        }
        Ok(timed)
    }
}

struct Floor {
    name: String,
    octets: u16,
    vids: Vec<u16>,
    program: Program,
}

impl Contender for Floor {
    fn name(&self) -> &str {
        &self.name
    }
    fn does_not(&self) -> &[&str] {
        &["anything: what other XDP times contain besides their program"]
    }
    fn turn(&mut self, passes: u32) -> Result<Timed, String> {
        drive(&self.program, self.octets, &self.vids, passes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_are_gone_or_wrong_are_caught() {
        let job = Job {
            frames: 30,
            vlans: 5,
            octets: 60,
            slot: 64,
            order: (0..30).map(|i| 1 + i % 5).collect(),
        };
        let mut demux = match Demux::load(&job) {
            Ok(demux) => demux,
            Err(why) => {
                assert!(std::env::var_os("TRUNKLAB_REQUIRE").is_none(), "{why}");
                println!("skipped: {why}");
                return;
            }
        };
        let timed = demux.turn(2).expect("all five VIDs are known");
        assert_eq!(timed.frames, 5 * 2 * u64::from(REPEAT));
        // 1 goes to 2 instead of 5, and 2 to 4: the frame comes back with another VID.
        demux._table.put(1, &[KNOWN | 2]).expect("a table");
        assert!(demux.turn(2).is_err());
        demux._table.put(1, &[0]).expect("a table");
        let said = demux.turn(2).expect_err("VID 1 is unknown");
        assert!(said.contains("was not sent"), "{said}");
    }
}
