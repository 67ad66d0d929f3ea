//! X: real leaks sit at crossings: every pair of values of stack, destination, source, size and
//! payload is sent from every port.

use super::stacks::fill;
use crate::isolate::ctx::{Ctx, MULTICAST, UNKNOWN};
use crate::isolate::draft::{Draft, RawTag, ether, snap};
use crate::isolate::trial::Expect;
use crate::wire::MacAddr;

/// A table in which every pair of values of any two dimensions meets; `sizes` are the numbers of
/// values. Greedy: each row takes, one dimension after the other, the value that meets most pairs
/// not met yet, the lowest of equals.
pub fn table(sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut left: Vec<Vec<Vec<bool>>> = Vec::new();
    let pairs: Vec<(usize, usize)> = (0..sizes.len())
        .flat_map(|a| (a + 1..sizes.len()).map(move |b| (a, b)))
        .collect();
    for (a, b) in &pairs {
        left.push(vec![vec![true; sizes[*b]]; sizes[*a]]);
    }
    let mut rows = Vec::new();
    while let Some((at, first)) = pairs.iter().enumerate().find_map(|(i, _)| Some((i, open(&left[i])?))) {
        let mut row: Vec<Option<usize>> = vec![None; sizes.len()];
        (row[pairs[at].0], row[pairs[at].1]) = (Some(first.0), Some(first.1));
        for dimension in 0..sizes.len() {
            if row[dimension].is_none() {
                row[dimension] = Some(best(&row, dimension, sizes[dimension], &pairs, &left));
            }
        }
        let row: Vec<usize> = row.into_iter().flatten().collect();
        for (i, (a, b)) in pairs.iter().enumerate() {
            left[i][row[*a]][row[*b]] = false;
        }
        rows.push(row);
    }
    rows
}

fn open(left: &[Vec<bool>]) -> Option<(usize, usize)> {
    left.iter()
        .enumerate()
        .find_map(|(a, row)| Some((a, row.iter().position(|open| *open)?)))
}

fn best(
    row: &[Option<usize>],
    dimension: usize,
    values: usize,
    pairs: &[(usize, usize)],
    left: &[Vec<Vec<bool>>],
) -> usize {
    let met = |value: usize| {
        let meets = pairs.iter().zip(left).filter(|((a, b), left)| match (*a, *b) {
            (a, b) if a == dimension => row[b].is_some_and(|other| left[value][other]),
            (a, b) if b == dimension => row[a].is_some_and(|other| left[other][value]),
            _ => false,
        });
        meets.count()
    };
    (0..values).rev().max_by_key(|value| met(*value)).unwrap_or(0)
}

fn stacks(ctx: &Ctx<'_>) -> Vec<Vec<RawTag>> {
    let foreign = ctx.foreign.first().copied().unwrap_or(ctx.free_vid);
    let own = ctx.own_vid.unwrap_or(ctx.free_vid);
    let (t, o) = (ctx.tpid, ctx.other_tpid);
    vec![
        vec![],
        vec![(t, 0)],
        vec![(t, 0xe000)],
        vec![(t, own)],
        vec![(t, foreign)],
        vec![(t, 0x5000 | foreign)],
        vec![(t, 0xfff)],
        vec![(t, 1)],
        vec![(o, foreign)],
        vec![(o, 0)],
        vec![(ether::QINQ, foreign)],
        vec![(t, own), (t, foreign)],
        vec![(t, 0), (t, foreign)],
        vec![(t, 0), (t, 0), (t, foreign)],
        vec![(o, foreign), (t, own)],
        vec![(t, own), (o, foreign)],
        vec![(t, 0), (o, foreign)],
        vec![(t, 0xfff), (t, foreign)],
        vec![(t, own), (t, foreign), (t, foreign)],
        vec![(t, 0), (t, 0), (t, 0), (t, 0), (t, foreign)],
    ]
}

///
pub fn frames(ctx: &mut Ctx<'_>) {
    let stacks = stacks(ctx);
    let destinations = [
        ctx.peer,
        ctx.victim,
        UNKNOWN,
        MULTICAST,
        MacAddr::BROADCAST,
        MacAddr([0x01, 0x80, 0xc2, 0, 0, 0]),
        MacAddr([0x01, 0x80, 0xc2, 0, 0, 0x0e]),
        MacAddr([0x01, 0x80, 0xc2, 0, 0, 0x21]),
        MacAddr([0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd]),
        ctx.src,
    ];
    let sources = [
        ctx.src,
        ctx.victim,
        ctx.peer,
        MacAddr([0; 6]),
        MacAddr::BROADCAST,
        MacAddr([0x01, 0, 0x5e, 0, 0, 1]),
    ];
    let sizes = [0, 60, 64, 128, 1_000, 1_514];
    let kinds = [ether::LOCAL, ether::IPV4, ether::ARP, ether::IPV6, 0, ether::CONTROL];
    let all = [
        stacks.len(),
        destinations.len(),
        sources.len(),
        sizes.len(),
        kinds.len(),
    ];
    for row in table(&all) {
        let frame = ctx.bare(destinations[row[1]]).stack(&stacks[row[0]]);
        let kind = kinds[row[4]];
        let mut payload = frame.payload.clone();
        if kind == 0 {
            payload = snap([0, 0, 0], ether::IPV4);
            payload.extend_from_slice(&frame.payload);
        }
        let kind = if kind == 0 {
            u16::try_from(payload.len()).unwrap_or(0)
        } else {
            kind
        };
        let frame = Draft {
            src: sources[row[2]],
            ..frame.carrying(kind, payload)
        };
        let mut octets = frame.sized(sizes[row[3]]);
        let from = frame.bare().len();
        fill(&mut octets[from..]);
        ctx.shoot(octets, Expect::Own);
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn every_pair_of_values_stands_in_some_row() {
        let sizes = [20, 10, 6, 6, 6];
        let rows = table(&sizes);
        for a in 0..sizes.len() {
            for b in a + 1..sizes.len() {
                for x in 0..sizes[a] {
                    for y in 0..sizes[b] {
                        assert!(rows.iter().any(|r| r[a] == x && r[b] == y), "{a}={x}, {b}={y}");
                    }
                }
            }
        }
        assert!(rows.len() < 300, "{} rows are few", rows.len());
    }
}
