//! The stamp at the front of every payload that a flow sends, so that a live run can count too.

/// Which flow a payload belongs to, which frame of it this is, and what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The flow's number.
    pub flow: u32,
    /// The frame's number within the flow, from zero.
    pub seq: u64,
    /// Does the sender want an answer of the same size?
    pub wants_answer: bool,
    /// Is this such an answer?
    pub is_answer: bool,
}

impl Stamp {
    /// Octets of a stamp. The payload of a 64-octet UDP or echo frame has 18.
    pub const LEN: usize = 17;
    /// "TKLB": a payload without it has no stamp.
    pub const MAGIC: [u8; 4] = *b"TKLB";

    /// Reads a stamp at the front of a payload. `None`: too short, no magic, or unknown flags.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let o = payload.first_chunk::<17>()?;
        if o[..4] != Self::MAGIC || o[16] > 3 {
            return None;
        }
        let mut seq = [0; 8];
        seq.copy_from_slice(&o[8..16]);
        Some(Self {
            flow: u32::from_be_bytes([o[4], o[5], o[6], o[7]]),
            seq: u64::from_be_bytes(seq),
            wants_answer: o[16] & 1 != 0,
            is_answer: o[16] & 2 != 0,
        })
    }

    /// The stamp's octets: magic 4, flow 4, seq 8, flags 1.
    pub fn emit(&self) -> [u8; Self::LEN] {
        let mut o = [0; Self::LEN];
        o[..4].copy_from_slice(&Self::MAGIC);
        o[4..8].copy_from_slice(&self.flow.to_be_bytes());
        o[8..16].copy_from_slice(&self.seq.to_be_bytes());
        o[16] = u8::from(self.wants_answer) | u8::from(self.is_answer) << 1;
        debug_assert_eq!(
            Self::parse(&o).as_ref(),
            Some(self),
            "what is emitted parses back equal"
        );
        o
    }
}
