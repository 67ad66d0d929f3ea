//! What the suite hands over: plain data, in the order in which reports print it.

use super::explain::Explained;
use super::judge::Flaw;
use super::matrix::Matrix;
use super::minimise::Minimal;
use crate::check::Verdict;
use crate::why::leaks::LeakCauses;

/// A device and what it declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceReport {
    /// Its name.
    pub name: String,
    /// `access point`, `fabric` or `access device`.
    pub kind: &'static str,
    /// The profile that it behaves as.
    pub profile: &'static str,
    /// The fault that is planted in it.
    pub quirk: Option<&'static str>,
    /// Capabilities: name, value, meaning.
    pub pics: Vec<(&'static str, bool, &'static str)>,
}

/// Tenants that are alike by the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReport {
    /// Who stands for them.
    pub representative: String,
    /// Does it attack? Where there are more classes than attackers within the budget, some do not.
    pub attacks: bool,
    /// How many tenants it stands for, itself among them.
    pub tenants: usize,
    /// And how many ports with a service.
    pub ports: usize,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingReport {
    /// What is wrong.
    pub flaw: Flaw,
    /// Whose frame it was.
    pub tenant: String,
    /// Where it was sent from.
    pub from: String,
    /// Where it showed.
    pub at: String,
    /// Frames like that.
    pub count: u64,
    /// The first one, as it was sent.
    pub sent: Vec<u8>,
    /// The same, as it came.
    pub got: Vec<u8>,
    /// What there is to say of it.
    pub text: String,
    /// What it means, in one sentence.
    pub consequence: String,
    /// The smallest frame and testbed that still show it.
    pub minimal: Option<Minimal>,
    /// The hop and the table entry that let it through.
    pub explained: Option<Explained>,
    /// What closes it, by its place among the causes; `None`: nothing that was tried, or nobody asked.
    pub cause: Option<usize>,
}

/// A row and what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReport {
    /// Its id in CONFORMANCE 3.3.
    pub id: &'static str,
    /// Its group's letter.
    pub group: &'static str,
    /// What it tries.
    pub title: &'static str,
    /// What it came to.
    pub verdict: Verdict,
    /// Why, where it is no PASS.
    pub reason: String,
    /// Frames of the vector that were sent.
    pub frames: u64,
    /// Trials.
    pub trials: u64,
    /// Controls sent, and controls that arrived.
    pub controls: (u64, u64),
    /// What was wrong, the worst first.
    pub findings: Vec<FindingReport>,
    /// With 95 % confidence, less than so many frames of a billion of this class leak.
    pub bound_ppb: Option<u64>,
}

/// What the suite came to on one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsolationReport {
    /// The scenario's name.
    pub name: String,
    /// Root of every random stream.
    pub seed: u64,
    /// Profiles of the devices, each once.
    pub profiles: Vec<&'static str>,
    /// The devices.
    pub devices: Vec<DeviceReport>,
    /// Tenants with a live port, and how many of them attacked and were controlled.
    pub tenants: (usize, usize, usize),
    /// Whom the attackers stand for, the largest class first; empty where each attacks for itself.
    pub classes: Vec<ClassReport>,
    /// Ports that were listened to.
    pub ports: usize,
    /// The rows, in order.
    pub rows: Vec<RowReport>,
    /// From tenant to port.
    pub matrix: Matrix,
    /// What this testbed cannot show: row, what, why.
    pub not_testable: Vec<(&'static str, &'static str, &'static str)>,
    /// What it rests on, where a step of the scenario hangs a VBR on a shared port.
    pub assumed: Option<String>,
    /// What closes what is wrong, where anything is and it was asked.
    pub causes: Option<LeakCauses>,
    /// All rows joined.
    pub verdict: Verdict,
    /// Digest of everything that happened in all trials.
    pub digest: u64,
}

impl IsolationReport {
    /// How many rows came to this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|r| r.verdict == verdict).count()
    }

    /// Frames of all vectors.
    pub fn frames(&self) -> u64 {
        self.rows.iter().map(|r| r.frames).sum()
    }

    /// The verdict of each row, by id, in order: what a kill matrix is made of.
    pub fn verdicts(&self) -> impl Iterator<Item = (&'static str, &'static str, Verdict)> + '_ {
        self.rows.iter().map(|r| (r.id, r.group, r.verdict))
    }

    /// Every finding with its row's id.
    pub fn findings(&self) -> impl Iterator<Item = (&'static str, &FindingReport)> {
        self.rows.iter().flat_map(|r| r.findings.iter().map(|f| (r.id, f)))
    }
}
