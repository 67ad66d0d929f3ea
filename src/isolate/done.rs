//! What a piece of the suite's work came to.

use super::judge::{Finding, Flaw, Outcome, Spot};
use super::story::Asked;
use super::testbed::Testbed;
use super::trial::{Sender, Trial};
use crate::check::Verdict;
use crate::ident::TenantId;

/// What a unit came to.
#[derive(Default)]
pub struct Done {
    /// Outcomes of its trials; a trial that showed a flaw is kept.
    pub outcomes: Vec<(Outcome, Option<Box<Trial>>)>,
    /// Why there was nothing to try.
    pub nothing: &'static str,
    /// Refusals, where the row asks the control plane.
    pub note: String,
    /// How the tester itself failed, if so.
    pub broken: Option<String>,
}

/// Nothing to try a row at.
pub const NO_PORT: &str = "no port here has what the row is about";

impl Done {
    /// There was nothing to try, and why.
    pub fn nothing(nothing: &'static str) -> Self {
        Self {
            nothing,
            ..Self::default()
        }
    }
}

/// What a question to the control plane came to.
pub fn asked(asked: &Asked, bed: &Testbed) -> Done {
    let mut done = Done::default();
    if !asked.granted.is_empty() {
        let finding = Finding {
            flaw: Flaw::Granted,
            tenant: TenantId::NONE,
            from: Sender::TestPort(0),
            spot: Spot::Nowhere,
            number: None,
            sent: Vec::new(),
            got: Vec::new(),
            text: asked.granted.join("; "),
            count: asked.granted.len() as u64,
            dropped: None,
        };
        let outcome = Outcome {
            verdict: Some(Verdict::Fail),
            findings: vec![finding],
            ..Outcome::default()
        };
        done.outcomes.push((outcome, None));
    } else if asked.refused.is_empty() || bed.places.is_empty() {
        done.nothing = asked.reason;
    } else {
        done.note = format!("refused: {}", asked.refused.join("; "));
    }
    done
}
