//! The published schemas of what commands print in JSON.

/// A command's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Report {
    /// `trunklab run`.
    Run,
    /// `trunklab isolate`.
    Isolate,
    /// `trunklab prove`.
    Prove,
    /// `trunklab prove --check`.
    Certificate,
    /// `trunklab swarm`.
    Swarm,
    /// `trunklab swarm --sound`.
    Sound,
    /// `trunklab mutants`.
    Mutants,
    /// `trunklab rehearse`.
    Rehearse,
    /// `trunklab rehearse --preflight`.
    Preflight,
    /// `trunklab rehearse --runbook OUT.json`.
    Runbook,
    /// `trunklab rehearse --check`.
    RunbookCheck,
    /// `trunklab diff`.
    Diff,
    /// `trunklab rehearse --verify`.
    Verify,
    /// `trunklab import --check`.
    Import,
    /// `trunklab reconcile`.
    Reconcile,
    /// `trunklab inspect`.
    Inspect,
    /// `trunklab trace`.
    Trace,
    /// `trunklab validate`.
    Validate,
    /// `trunklab explain`, `isolate --list` and `mutants --list`.
    Explain,
}

impl Report {
    /// Every one.
    pub const ALL: [Self; 19] = [
        Self::Run,
        Self::Isolate,
        Self::Prove,
        Self::Certificate,
        Self::Swarm,
        Self::Sound,
        Self::Mutants,
        Self::Rehearse,
        Self::Preflight,
        Self::Runbook,
        Self::RunbookCheck,
        Self::Diff,
        Self::Verify,
        Self::Import,
        Self::Reconcile,
        Self::Inspect,
        Self::Trace,
        Self::Validate,
        Self::Explain,
    ];

    /// What the command line calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Isolate => "isolate",
            Self::Prove => "prove",
            Self::Certificate => "certificate",
            Self::Swarm => "swarm",
            Self::Sound => "sound",
            Self::Mutants => "mutants",
            Self::Rehearse => "rehearse",
            Self::Preflight => "preflight",
            Self::Runbook => "runbook",
            Self::RunbookCheck => "runbook-check",
            Self::Diff => "diff",
            Self::Verify => "verify",
            Self::Import => "import",
            Self::Reconcile => "reconcile",
            Self::Inspect => "inspect",
            Self::Trace => "trace",
            Self::Validate => "validate",
            Self::Explain => "explain",
        }
    }

    /// Its JSON Schema (draft 2020-12), with a newline at its end.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Run => include_str!("schema/run.json"),
            Self::Isolate => include_str!("schema/isolate.json"),
            Self::Prove => include_str!("schema/prove.json"),
            Self::Certificate => include_str!("schema/certificate.json"),
            Self::Swarm => include_str!("schema/swarm.json"),
            Self::Sound => include_str!("schema/sound.json"),
            Self::Mutants => include_str!("schema/mutants.json"),
            Self::Rehearse => include_str!("schema/rehearse.json"),
            Self::Preflight => include_str!("schema/preflight.json"),
            Self::Runbook => include_str!("schema/runbook.json"),
            Self::RunbookCheck => include_str!("schema/runbook-check.json"),
            Self::Diff => include_str!("schema/diff.json"),
            Self::Verify => include_str!("schema/verify.json"),
            Self::Import => include_str!("schema/import.json"),
            Self::Reconcile => include_str!("schema/reconcile.json"),
            Self::Inspect => include_str!("schema/inspect.json"),
            Self::Trace => include_str!("schema/trace.json"),
            Self::Validate => include_str!("schema/validate.json"),
            Self::Explain => include_str!("schema/explain.json"),
        }
    }
}

impl std::str::FromStr for Report {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|report| report.as_str() == text);
        found.ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|report| report.as_str()).collect();
            format!("it is one of {}", all.join(", "))
        })
    }
}
