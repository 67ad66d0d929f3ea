//! First scenarios: commented text that validates, runs and passes as written, to be changed by hand.
//!
//! A starter is text and nothing else: what is in it is read again like any other scenario.

mod site;
mod uses;

use thiserror::Error;

use super::import::graphml;
pub use site::{Site, SiteError};

/// Tenants that a starter may have.
pub const TENANTS_MAX: u32 = 10_000;
/// Tenants of 50M that go on one circuit of 100G, with some of it left.
const PER_CIRCUIT: u32 = 1_990;

/// What a first scenario is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Tenants share a circuit and must not see each other.
    Isolation,
    /// Tenants of a VBR that the partner pushed come to shared ports of their own.
    Cutover,
    /// Each gets what was bought, and one that wants more takes it from nobody.
    Throughput,
}

impl Use {
    /// Every use, in order.
    pub const ALL: [Self; 3] = [Self::Isolation, Self::Cutover, Self::Throughput];

    /// Its word on the command line, and the name of its scenario.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Isolation => "isolation",
            Self::Cutover => "cutover",
            Self::Throughput => "throughput",
        }
    }

    /// Tenants where nobody says how many.
    pub const fn tenants(self) -> u32 {
        match self {
            Self::Isolation => 3,
            Self::Cutover => 4,
            Self::Throughput => 2,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starter {
    /// What it is for.
    pub what: Use,
    /// The scenario's name: what no name may hold becomes `-`.
    pub name: String,
    /// How many tenants, 1 to [`TENANTS_MAX`]; the use's own number where `None`.
    pub tenants: Option<u32>,
    /// The partner's backbone; one access point where `None`.
    pub site: Option<Site>,
}

/// Why there is no such starter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StarterError {
    /// None, or more than [`TENANTS_MAX`].
    #[error("{0} tenants: from 1 to {TENANTS_MAX} are written")]
    Tenants(u32),
}

impl Starter {
    /// The scenario, as text.
    ///
    /// # Errors
    /// More tenants than are written, or none.
    pub fn write(&self) -> Result<String, StarterError> {
        let tenants = self.tenants.unwrap_or(self.what.tenants());
        if !(1..=TENANTS_MAX).contains(&tenants) {
            return Err(StarterError::Tenants(tenants));
        }
        let name = name_of(&self.name, self.what.word());
        Ok(match self.what {
            Use::Isolation => uses::isolation(&name, tenants, self.site.as_ref()),
            Use::Cutover => uses::cutover(&name, tenants, self.site.as_ref()),
            Use::Throughput => uses::throughput(&name, tenants, self.site.as_ref()),
        })
    }
}

/// What was written as a scenario's name, where a letter, a digit, `.`, `_` and `-` are all that stands in one.
fn name_of(text: &str, instead: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let spelt: String = text.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let begins = spelt.trim_start_matches(['.', '_', '-']);
    let name: String = begins.chars().take(64).collect();
    match name.is_empty() {
        true => instead.to_owned(),
        false => name,
    }
}

#[cfg(test)]
mod tests;
