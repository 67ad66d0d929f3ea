//! What a pre-flight came to.

use super::changes::Changes;
use super::item::{Item, Who};
use super::language::Text;
use super::said;
use crate::scenario::Unit;

/// How something stands, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is shown to be as it has to be.
    Go,
    /// It may go, and has to be known.
    Caution,
    /// No source shows it, or sources contradict each other.
    Unknown,
    /// It is in the way.
    NoGo,
}

impl Standing {
    /// As it is told: what has to be known does not stop a tenant.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Go | Self::Caution => "GO",
            Self::Unknown => "UNKNOWN",
            Self::NoGo => "NO-GO",
        }
    }
}

/// What came of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The question.
    pub item: Item,
    /// How it stands.
    pub standing: Standing,
    /// Why.
    pub why: Text,
    /// The sources that show it; empty: none does.
    pub source: String,
    /// The code that a call was answered with; `None`: none was.
    pub answered: Option<String>,
}

impl Finding {
    /// Who has to act.
    pub const fn who(&self) -> Who {
        self.item.who()
    }
    /// By which call; empty: no call of the API does it.
    pub const fn call(&self) -> &'static str {
        self.item.call()
    }
    /// Is it open for no other reason than that no source shows it?
    pub fn is_unshown(&self) -> bool {
        self.why == said::not_shown()
    }
    /// The error that comes otherwise; empty: no page names one.
    pub fn code(&self) -> &str {
        self.answered.as_deref().unwrap_or(self.item.code())
    }
}

/// One VBR of the cutover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantLine {
    /// Whose.
    pub tenant: String,
    /// The partner who pushed it.
    pub partner: String,
    /// The VBR.
    pub vbr: String,
    /// Its circuit.
    pub circuit: String,
    /// Its VLAN.
    pub vlan: u16,
    /// Its wave.
    pub wave: usize,
    /// Is it converted in this window, as it is planned?
    pub planned: bool,
    /// What came of each question, in order of [`Item`].
    pub findings: Vec<Finding>,
    /// What changes besides frames.
    pub changes: Changes,
}

impl TenantLine {
    pub(super) fn new(unit: &Unit, findings: Vec<Finding>, changes: Changes) -> Self {
        Self {
            tenant: unit.tenant.clone(),
            partner: unit.partner.clone(),
            vbr: unit.vbr.clone(),
            circuit: unit.circuit.clone(),
            vlan: unit.vlan,
            wave: unit.wave,
            planned: unit.carried_over.is_none(),
            findings,
            changes,
        }
    }

    /// How it stands: as its worst finding.
    pub fn standing(&self) -> Standing {
        let worst = self.findings.iter().map(|finding| finding.standing).max();
        worst.unwrap_or(Standing::Unknown)
    }

    /// What stands in its way or is not known, the worst first, and then what has to be known.
    pub fn reasons(&self) -> Vec<&Finding> {
        let open = self.findings.iter().filter(|finding| finding.standing != Standing::Go);
        let mut reasons: Vec<&Finding> = open.collect();
        reasons.sort_by_key(|finding| (std::cmp::Reverse(finding.standing), finding.item));
        reasons
    }
}

/// A whole pre-flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    /// The scenario's name.
    pub name: String,
    /// The currency of its prices; `None`: it has none.
    pub currency: Option<String>,
    /// A line for each VBR, by wave, tenant and VBR.
    pub lines: Vec<TenantLine>,
}

impl Preflight {
    /// How the worst of them stands; nobody is UNKNOWN.
    pub fn standing(&self) -> Standing {
        let worst = self.lines.iter().map(TenantLine::standing).max();
        worst.unwrap_or(Standing::Unknown)
    }

    /// How many are told as this.
    pub fn count(&self, told: &str) -> usize {
        self.lines
            .iter()
            .filter(|line| line.standing().as_str() == told)
            .count()
    }
}
