//! The small checker: does a certificate prove what it says?
//!
//! Invariant: a certificate stands or falls without the prover's code; it names no other room.
//!
//! It shares no code with the prover and uses the standard library alone, so that a certificate
//! stands or falls without the prover's code. It checks that
//!
//! 1. every port has a cell for every symbol, and every link has two ends that name each other;
//! 2. whatever a tenant may send into its own ports is claimed for it;
//! 3. from every claim, every way on leads to a terminal of the same tenant, or to a claim.
//!
//! Then, by induction over the hops, no frame of a tenant reaches a terminal of anybody else.
//! Whether the ports of the certificate are those of a real network is not for it to say: it prints
//! the [digest](Checked::tables) of what it was told of them.

mod check;
mod claim;
mod parse;
mod reader;

/// What a certificate that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Of which scenario.
    pub scenario: String,
    /// For forwarders of these profiles.
    pub profile: String,
    /// How many tenants.
    pub tenants: u64,
    /// How many ports of switches.
    pub ports: u64,
    /// How many claims.
    pub claims: u64,
    /// Terminals, each with an owner or nobody's.
    pub terminals: u64,
    /// Digest of everything but the claims: what the network is said to be.
    pub tables: u64,
}

/// Why a certificate does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Line, from 1; 0 where it is none in particular.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.why),
            line => write!(f, "line {line}: {}", self.why),
        }
    }
}

impl std::error::Error for Refused {}

/// Checks a certificate.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check(bytes: &[u8]) -> Result<Checked, Refused> {
    let checked = parse::parse(bytes).and_then(|all| check::check(&all));
    checked.map_err(|wrong| *wrong)
}
