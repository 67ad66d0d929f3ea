//! What a rival's counts must come to.

use super::Job;

/// How often each VID occurs in the job, and hence in any number of passes over it.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    /// By VID, from 0 to `vlans`.
    scheduled: Vec<u64>,
}

/// The VID that `vid` becomes; doing it twice undoes it.
pub(super) fn mirror(vlans: u16, vid: u16) -> u16 {
    vlans + 1 - vid
}

impl Ledger {
    pub(super) fn of(job: &Job) -> Self {
        let mut scheduled = vec![0; usize::from(job.vlans) + 1];
        for &vid in &job.order {
            scheduled[usize::from(vid)] += 1;
        }
        Self { scheduled }
    }

    pub(super) fn vlans(&self) -> u16 {
        u16::try_from(self.scheduled.len() - 1).expect("a job has at most 4094 VLANs")
    }

    /// How often a frame of one pass over the job as written carries `vid`.
    pub(super) fn once(&self, vid: u16) -> u64 {
        self.scheduled[usize::from(vid)]
    }

    /// How often a frame with `vid` comes in, in this many passes from the job as written.
    fn expected(&self, vid: u16, passes: u64) -> u64 {
        passes.div_ceil(2) * self.once(vid) + passes / 2 * self.once(mirror(self.vlans(), vid))
    }

    /// Are these the counts of that many passes?
    pub(super) fn balance(&self, passes: u64, counted: impl Fn(u16) -> u64) -> Result<(), String> {
        for vid in 1..=self.vlans() {
            let (expected, found) = (self.expected(vid, passes), counted(vid));
            if expected != found {
                return Err(format!(
                    "the account does not balance: VID {vid} counted {found} frames of {expected}"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miscount_is_caught_in_odd_and_even_passes() {
        let job = Job {
            frames: 5,
            vlans: 3,
            octets: 60,
            slot: 64,
            order: vec![1, 1, 2, 3, 1],
        };
        let ledger = Ledger::of(&job);
        // Passes 1 and 3 see 3, 1, 1; pass 2 sees them mirrored.
        let right = |vid: u16| [0, 7, 3, 5][usize::from(vid)];
        assert_eq!(ledger.balance(3, right), Ok(()));
        let short = |vid: u16| right(vid) - u64::from(vid == 2);
        let said = ledger.balance(3, short).expect_err("one frame is missing");
        assert!(said.contains("VID 2 counted 2 frames of 3"), "{said}");
        assert!(ledger.balance(2, right).is_err());
    }
}
