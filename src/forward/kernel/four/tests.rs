//! Four at once against one after the other: rows, what leaves, and where it ends, over random rows of every
//! kind and frames that are mostly for them.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::forward::kernel::{Slots, Standing};
use crate::forward::row::{Charged, Ordinary, RowExit};
use crate::ident::PortNo;

/// Rows that frames come to; few, so that two of four often have one.
const ROWS: usize = 24;

/// Numbers around those where something happens.
fn a_number() -> impl Strategy<Value = u64> {
    let power = (0..64_u32, -2..3_i64).prop_map(|(power, off)| (1_u64 << power).wrapping_add_signed(off));
    prop_oneof![2 => power, 1 => any::<u64>(), 1 => 0..100_000_u64]
}

/// A row as tables might make it or not: what is beyond the ranges of four at once is marked so.
fn a_row() -> impl Strategy<Value = Row> {
    let numbers = (a_number(), a_number(), a_number(), 0..4_u64, 0..70_u16);
    let kind = (any::<bool>(), 0..64_u8, 0..4_u8, any::<u32>(), any::<u16>());
    let class = prop_oneof![4 => Just(0_u16), 1 => (0..16_u32).prop_map(|bit| 1 << bit)];
    (
        numbers,
        kind,
        class,
        prop_oneof![9 => Just(1_u64), 1 => 16_380..16_384_u64],
    )
        .prop_map(
            |((rate, depth, spent, what, served), (bound, more, flags, tag, port), class, frames)| {
                let (rate, depth) = (rate >> 20, depth >> 1);
                let mut row = Row::default();
                row.guard = u64::from_le_bytes([0, 0, 2, 0, 0, 0, 0, 1]) | u64::from(class);
                (0..frames).for_each(|_| row.green.add(60, 4));
                row.committed.spend_to(
                    if depth == 0 { 0 } else { spent % (depth + 1) },
                    SimTime::from_nanos(1_000),
                );
                (row.rate, row.depth) = (rate, depth);
                row.way = RowExit(u64::from(tag) & 0xff0f_ffff | u64::from(port) << 32 | what << 62);
                row.watch = 0xfff0 & !(1 << 7);
                row.port = port;
                (row.served, row.bound) = (served, if bound { 0xff } else { 0 });
                let exact = rate < row::FASTEST && depth < row::DEEPEST && what < 2 && flags & 1 == 0;
                row.more = more | if exact { 0 } else { row::ALONE };
                row
            },
        )
}

/// Which row, the octets, priority, and what of its class is another.
fn a_frame() -> impl Strategy<Value = (usize, usize, u16, u64)> {
    let octets = prop_oneof![3 => 60..70_usize, 1 => 58..140_usize];
    let other = prop_oneof![20 => Just(0_u64), 1 => (0..64_u32).prop_map(|bit| 1 << bit)];
    (0..ROWS, octets, 0..16_u16, other)
}

/// One after the other, until one is not ordinary or its row wants more.
fn alone(rows: &mut [Row; TRUNK], read: Read<'_>, now: SimTime, leaving: &mut Leaving) -> usize {
    alone_from(0, rows, read, now, leaving)
}

fn alone_from(first: usize, rows: &mut [Row; TRUNK], read: Read<'_>, now: SimTime, leaving: &mut Leaving) -> usize {
    for (i, frame) in read.frames.iter().enumerate().skip(first) {
        let vid = read.reading.vid(i);
        let row = &mut rows[usize::from(vid.get())];
        let asked = Ordinary {
            word: read.reading.word(i),
            tci: read.reading.kept(i),
            len: frame.octets(),
        };
        let before = *row;
        match row.charge(asked, now) {
            Charged::Yes(way) => leaving.put(i, way, row),
            Charged::More(_) | Charged::Declined => {
                *row = before;
                return i;
            }
        }
    }
    read.frames.len()
}

fn seen(rows: &[Row]) -> Vec<String> {
    rows[..ROWS].iter().map(|row| format!("{row:?}")).collect()
}

fn left(leaving: &Leaving) -> Vec<(RowExit, PortNo, usize)> {
    leaving.iter().map(|left| (left.way, left.port, left.at)).collect()
}

fn a_trunk(made: &[Row]) -> Vec<Row> {
    let mut rows = vec![Row::default(); TRUNK];
    rows[..made.len()].copy_from_slice(made);
    rows
}

fn whole(rows: &mut [Row]) -> &mut [Row; TRUNK] {
    rows.try_into().expect("as many as a trunk has")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn four_at_once_do_to_rows_what_four_after_one_another_do_or_nothing(
        made in vec(a_row(), ROWS), frames in vec(a_frame(), 0..CHUNK + 1), after in a_number(), spread: bool,
    ) {
        let after = after >> 30;
        let now = SimTime::from_nanos(1_000 + after);
        let mut memory = vec![0; frames.len() * 160 + 160];
        let mut reading = Reading::default();
        let mut standing = Vec::new();
        for (i, (row, octets, priority, other)) in frames.iter().enumerate() {
            // With every frame in a row of its own, four at once seldom fail.
            let row = if spread { i % ROWS } else { *row };
            standing.push(Standing::new(i as u32 * 160 + 8, *octets, PortNo(3)).unwrap());
            reading.set_tci(i, priority << 12 | row as u16);
            reading.words[i].0 = made[row].guard ^ other;
        }
        let slots = Slots::new(&mut memory, standing).unwrap();
        let read = Read { reading: &reading, frames: slots.some(0..frames.len()).1 };
        for kernel in Kernel::available().into_iter().filter(|kernel| kernel.has_four()) {
            let (mut four, mut one) = (a_trunk(&made), a_trunk(&made));
            let (mut together, mut single) = (Leaving::default(), Leaving::default());
            let told = std::cell::RefCell::new(Vec::new());
            let end = charge(kernel, whole(&mut four), (read, 0), now, &mut together, |name| told.borrow_mut().push(name));
            prop_assert!(end % 4 == 0 && end <= frames.len());
            let part = Read { frames: &read.frames[..end], ..read };
            prop_assert_eq!(alone(whole(&mut one), part, now, &mut single), end, "each of them is ordinary alone, too");
            prop_assert_eq!(seen(&four), seen(&one));
            prop_assert_eq!(left(&together), left(&single));
            prop_assert_eq!(together.edits, single.edits);
            let names: Vec<_> = single.iter().map(|left| left.way.name()).collect();
            prop_assert_eq!(told.into_inner(), names);
            // Where it ended there is a reason: a row of two, a row for one at a time, long ago, or not ordinary.
            let next = end..(end + 4).min(frames.len());
            let rows: BTreeSet<_> = next.clone().map(|i| usize::from(reading.vid(i).get())).collect();
            if rows.len() == 4 && after < 1 << row::INTERVAL && rows.iter().all(|row| one[*row].more & row::ALONE == 0) {
                let part = Read { frames: &read.frames[..next.end], ..read };
                prop_assert!(alone_from(next.start, whole(&mut one), part, now, &mut single) < next.end);
            }
        }
    }
}

#[test]
fn a_spot_is_a_row_that_is_there_or_none() {
    let mut rows = vec![Row::default(); 3];
    let first = rows.as_mut_ptr();
    assert_eq!(
        (0..3).map(|at| RowSpot::of(&mut rows, at).0).collect::<Vec<_>>(),
        [0, 1, 2].map(|at| first.wrapping_add(at))
    );
    assert!(
        [3, 4, usize::MAX]
            .into_iter()
            .all(|at| RowSpot::of(&mut rows, at).0.is_null())
    );
}
