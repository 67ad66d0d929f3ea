//! What came through of what was asked, as a rate.

/// Spans of 100 ms, by how much was asked in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Got {
    /// The span that is counted, octets asked in it, octets of those that came through.
    now: (u64, u64, u64),
    /// By the number of binary digits of what was asked in a span: spans, octets that came through.
    classes: Vec<(u64, u64)>,
}

impl Got {
    /// A frame was asked for in this span; spans come in order.
    pub(super) fn add(&mut self, span: u64, octets: u32, passed: bool) {
        if span != self.now.0 {
            self.close();
            self.now = (span, 0, 0);
        }
        let octets = u64::from(octets);
        self.now.1 = self.now.1.saturating_add(octets);
        self.now.2 = self.now.2.saturating_add(if passed { octets } else { 0 });
    }

    fn close(&mut self) {
        let (_, asked, passed) = self.now;
        let class = (u64::BITS - asked.leading_zeros()) as usize;
        if class == 0 {
            return;
        }
        if self.classes.len() <= class {
            self.classes.resize(class + 1, (0, 0));
        }
        let (spans, octets) = &mut self.classes[class];
        (*spans, *octets) = (*spans + 1, octets.saturating_add(passed));
    }

    /// Bits a second that came through, in the mean of the busy spans: those in which about as much was
    /// asked as in the busiest, or half of it (one binary digit less). `None`: nothing was asked.
    pub fn rate(&self) -> Option<u64> {
        let mut closed = self.clone();
        closed.close();
        let busy = closed.classes.iter().rev().take(2);
        let (spans, octets) = busy.fold((0u64, 0u64), |sum, class| (sum.0 + class.0, sum.1 + class.1));
        octets.saturating_mul(80).checked_div(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_spans_do_not_count_beside_busy_ones() {
        let mut got = Got::default();
        assert_eq!(got.rate(), None);
        got.add(0, 64, true);
        for span in 1..=10 {
            got.add(span, 1_000, true);
            got.add(span, 1_000, span % 2 == 0);
        }
        got.add(11, 64, true);
        assert_eq!(got.rate(), Some(1_500 * 80));
    }
}
