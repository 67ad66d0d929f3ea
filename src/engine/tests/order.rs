//! The queue's order, against the plainest queue there is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proptest::prelude::*;

use super::*;

fn event(time: u64, phase: u8, node: u32, seq: u64) -> Event {
    Event {
        key: EventKey {
            time: SimTime::from_nanos(time),
            phase: [Phase::Control, Phase::Arrival, Phase::Timer][usize::from(phase % 3)],
            node: NodeId(node),
            seq,
        },
        what: 0,
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// Pushes so many events so long after the last popped one.
    Push(u64, u8),
    Pop(u8),
    First,
    /// Puts an event so long after the first into its place.
    Replace(u64),
    Cancel(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let delay = prop_oneof![
        Just(0),
        0..70u64,
        0..10_000u64,
        0..10_000_000u64,
        (0u32..45).prop_map(|b| 1u64 << b),
        Just(30 * 86_400 * 1_000_000_000),
        0..1u64 << 50,
    ];
    let after = prop_oneof![Just(0), 0..10_000u64, 0..1u64 << 50];
    let step = prop_oneof![
        4 => (delay, 1..4u8).prop_map(|(d, n)| Step::Push(d, n)),
        1 => Just(Step::Push(5_000, 60)),
        3 => (1..8u8).prop_map(Step::Pop),
        1 => Just(Step::First),
        2 => after.prop_map(Step::Replace),
        1 => any::<u16>().prop_map(Step::Cancel),
    ];
    proptest::collection::vec(step, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn events_are_ordered_by_their_keys(a: (u64, u8, u32, u64), b: (u64, u8, u32, u64), like: u8) {
        // Some fields alike, so that every field gets to decide.
        let b = (
            if like & 1 == 0 { a.0 } else { b.0 },
            if like & 2 == 0 { a.1 } else { b.1 },
            if like & 4 == 0 { a.2 } else { b.2 },
            if like & 8 == 0 { a.3 } else { b.3 },
        );
        let [a, b] = [a, b].map(|(t, p, n, s)| event(t, p, n, s));
        prop_assert_eq!(a.cmp(&b), a.key.cmp(&b.key));
        prop_assert_eq!((a < b, a <= b, a > b, a >= b), (a.key < b.key, a.key <= b.key, a.key > b.key, a.key >= b.key));
    }

    #[test]
    fn the_wheel_gives_the_order_of_a_heap(steps in steps()) {
        let (mut wheel, mut heap) = (Wheel::new(), BinaryHeap::new());
        let (mut now, mut seq) = (0u64, 0u64);
        let mut handles = Vec::new();
        for step in steps {
            match step {
                Step::Push(delay, count) => for i in 0..count {
                    seq += 1;
                    let e = event(now + delay, i, u32::from(i / 2 % 5), seq);
                    handles.push((wheel.push(e), e));
                    heap.push(Reverse(e));
                },
                Step::Pop(count) => for _ in 0..count {
                    let got = wheel.pop();
                    prop_assert_eq!(got, heap.pop().map(|Reverse(e)| e));
                    now = got.map_or(now, |e| e.key.time.as_nanos());
                },
                Step::First => prop_assert_eq!(wheel.first(), heap.peek().map(|Reverse(e)| *e)),
                Step::Replace(after) => {
                    let first = heap.pop().map_or(now, |Reverse(e)| e.key.time.as_nanos());
                    (now, seq) = (first, seq + 1);
                    let e = event(first + after, 2, 9, seq);
                    wheel.replace(e);
                    heap.push(Reverse(e));
                },
                Step::Cancel(which) => if let Some((handle, e)) = handles.get(usize::from(which) % handles.len().max(1))
                    && wheel.cancel(*handle, e)
                {
                    heap.retain(|Reverse(x)| x != e);
                },
            }
            prop_assert_eq!(wheel.len(), heap.len());
        }
        while let Some(got) = wheel.pop() {
            prop_assert_eq!(Some(got), heap.pop().map(|Reverse(e)| e));
        }
        prop_assert!(heap.is_empty());
    }
}

#[test]
fn the_wheel_reaches_the_end_of_time() {
    let mut wheel = Wheel::new();
    for time in [u64::MAX, u64::MAX - 1, 0, 1 << 63, 1 << 60] {
        wheel.push(event(time, 0, 0, 0));
    }
    let order: Vec<u64> = std::iter::from_fn(|| wheel.pop())
        .map(|e| e.key.time.as_nanos())
        .collect();
    assert_eq!(order, [0, 1 << 60, 1 << 63, u64::MAX - 1, u64::MAX]);
}

#[test]
fn an_event_that_is_taken_out_is_not_popped_and_its_place_is_used_again() {
    let mut wheel = Wheel::new();
    let first = event(1_000, 0, 0, 1);
    let handle = wheel.push(first);
    assert!(wheel.cancel(handle, &first));
    assert!(!wheel.cancel(handle, &first));
    let second = event(2_000, 0, 0, 2);
    let again = wheel.push(second);
    assert_eq!(again, handle);
    assert!(!wheel.cancel(handle, &first));
    assert_eq!(wheel.pop(), Some(second));
    assert_eq!(wheel.pop(), None);
}

#[test]
fn control_comes_before_arrivals_and_arrivals_before_timers() {
    let mut keys = [event(5, 2, 0, 0).key, event(5, 1, 9, 9).key, event(5, 0, 9, 9).key];
    keys.sort();
    assert_eq!(keys.map(|k| k.phase), [Phase::Control, Phase::Arrival, Phase::Timer]);
}
