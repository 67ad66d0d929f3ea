//! Pieces of work on several threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does every piece, on so many threads at most; what they came to, in the order of the pieces.
/// `told` hears of each piece that is done, and how many are by then, one after another.
///
/// Panics where `one` does: who wants to go on after that catches it there.
pub fn in_order<P: Sync, T: Send>(
    jobs: usize,
    pieces: &[P],
    one: impl Fn(&P) -> T + Sync,
    told: impl Fn(&P, usize) + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(pieces.len()));
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = pieces.get(at) else { break };
            let came_to = one(piece);
            let mut done = done.lock().expect("no thread panics while it holds the list");
            done.push((at, came_to));
            told(piece, done.len());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.clamp(1, pieces.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().expect("every thread has ended");
    done.sort_by_key(|(at, _)| *at);
    debug_assert!(
        done.iter().map(|(at, _)| *at).eq(0..pieces.len()),
        "every piece is done once"
    );
    done.into_iter().map(|(_, came_to)| came_to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pieces_come_to_stands_in_their_order_on_any_number_of_threads() {
        let pieces: Vec<u64> = (0..100).collect();
        for jobs in [0, 1, 3, 500] {
            let heard = Mutex::new(Vec::new());
            let squares = in_order(jobs, &pieces, |n| n * n, |_, done| heard.lock().unwrap().push(done));
            assert!(squares.iter().zip(&pieces).all(|(square, n)| *square == n * n));
            assert_eq!(heard.into_inner().unwrap(), (1..=100).collect::<Vec<_>>());
        }
        assert!(in_order(2, &[] as &[u64], |n| *n, |_, _| ()).is_empty());
    }
}
