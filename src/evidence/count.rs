//! Frames and octets.

/// So many frames with so many octets, without FCS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Count {
    /// Frames.
    pub frames: u64,
    /// Their octets, tags included, without FCS.
    pub octets: u64,
}

impl Count {
    /// One more frame.
    pub fn add(&mut self, octets: u32) {
        self.frames += 1;
        self.octets += u64::from(octets);
    }
}

impl std::ops::Add for Count {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            frames: self.frames + other.frames,
            octets: self.octets + other.octets,
        }
    }
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Count {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), |a, b| a + b)
    }
}
