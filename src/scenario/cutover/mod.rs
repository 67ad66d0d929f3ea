//! A cutover becomes steps: who is converted, in which wave, and by which calls.
//!
//! The steps follow one another, not instants: an attach follows the acceptance of its own port and every
//! attach of the wave before.

mod break_before_make;
mod containment;
mod in_place;
mod known;
mod units;
mod waves;

pub use containment::{Containment, StopRule, VendorCase};

use super::at::{At, Span};
use super::codes::Code;
use super::file::{
    AfterItem, BoardItem, BudgetItem, CutoverItem, FaultItem, KnownCircuitItem, KnownItem, OutcomeWord, PayerWord,
    ScenarioFile, StepItem, StrategyWord,
};
use super::issues::Issues;
use super::scalars::{Name, Param};
use super::yaml::Table;
use crate::provision::{AttachEffect, OperationName};
use crate::units::{SimDuration, SimTime};

/// A cutover as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cutover {
    /// How.
    pub strategy: StrategyWord,
    /// Who pays for the ports; `None`: whom the policy `converted_port_payer` names.
    pub payer: Option<PayerWord>,
    /// VBRs that are converted, by wave and then by tenant and VBR.
    pub units: Vec<Unit>,
    /// From when to when the window is open.
    pub window: (SimTime, SimTime),
    /// When the partner begins to make ports.
    pub prepare: SimTime,
    /// The partner's own test tenant.
    pub test_tenant: Option<String>,
    /// What a tenant may notice.
    pub budget: Budget,
    /// How long an interruption is assumed to last.
    pub assumed: SimDuration,
    /// What was measured of the attach.
    pub measured: Option<AttachEffect>,
    /// What there is instead of a way back.
    pub containment: Containment,
    /// How soon tenants do what they have to do in the window.
    pub response: SimDuration,
    /// What was looked up of tenants and their VBRs.
    pub known: Vec<KnownItem>,
    /// What was looked up of circuits and of their owner.
    pub known_circuits: Vec<KnownCircuitItem>,
    /// What only people know; `None`: the file says nothing of it.
    pub board: Option<BoardItem>,
}

/// What a tenant may notice of a cutover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Frames that are lost; `None`: any number.
    pub lost_max: Option<u64>,
    /// The longest silence of a flow.
    pub longest_gap_max: SimDuration,
    /// Frames that come twice.
    pub duplicated_max: u64,
    /// Frames that are overtaken.
    pub reordered_max: u64,
}

/// A VBR that is converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Whose.
    pub tenant: String,
    /// The partner who pushed it.
    pub partner: String,
    /// The VBR's name.
    pub vbr: String,
    /// The name of its shared port.
    pub port: String,
    /// Its circuit.
    pub circuit: String,
    /// Its VLAN on the circuit.
    pub vlan: u16,
    /// The VLAN that it has afterwards.
    pub vlan_after: u16,
    /// Its bandwidth in Mbit/s; 0: it has none of its own.
    pub mbps: u64,
    /// Its data centre.
    pub idc: Option<String>,
    /// An endpoint behind its transit router, as `vpc/endpoint`.
    pub endpoint: Option<String>,
    /// Its wave, from 0.
    pub wave: usize,
    /// When its first step of the window is called, at the earliest.
    pub at: SimTime,
    /// Why it is not converted in this window; `None`: it is.
    pub carried_over: Option<Carried>,
    /// Its steps, in order.
    pub steps: Vec<UnitStep>,
}

/// Why a VBR is not converted in this window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carried {
    /// Its tenant never accepts the port.
    NeverAccepted,
    /// Its tenant accepts the port after so long, which is too late.
    AcceptedLate(SimDuration),
    /// The window is over before its wave.
    WindowOver,
    /// The plan holds it back.
    HeldBack,
}

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NeverAccepted => f.write_str("the tenant never accepts"),
            Self::AcceptedLate(after) => write!(f, "the tenant accepts {after} after it was asked, too late"),
            Self::HeldBack => f.write_str("it is held back"),
            Self::WindowOver => f.write_str("the window is over before its wave"),
        }
    }
}

/// A step of a VBR's conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitStep {
    /// The step's name in the scenario.
    pub name: String,
    /// What it calls.
    pub operation: OperationName,
    /// Who calls.
    pub by: String,
    /// Is it called in the window, not before it?
    pub in_window: bool,
}

/// In front of every name that a cutover gives to a step.
pub const STEP_PREFIX: &str = "cutover.";

/// Puts the cutover's steps, and what operators do for it, behind those that are written; `None` where it
/// cannot be, which `issues` tells. `seed`: of the run.
pub(super) fn lower(file: &mut ScenarioFile, issues: &mut Issues) -> Option<Option<Cutover>> {
    let Some(item) = file.cutover.take() else {
        return Some(None);
    };
    let seed = file.seed.as_ref().map_or(1, |seed| seed.value);
    let span = item.window.at.span;
    let measured = item
        .measured_attach_effect
        .as_ref()
        .map(|effect| super::law::attach_effect(effect, issues));
    if item.prepare.at.value > item.window.at.value {
        let text = "ports are made before the window opens, or when it does";
        issues.err(item.prepare.at.span, Code::TimeOrder, text);
    }
    let containment = containment::meant(item.containment.as_deref(), issues);
    let found = units::find(file, &item, issues);
    if issues.any() {
        return None;
    }
    if found.is_empty() && units::unreadable(file) {
        return Some(None);
    }
    if found.is_empty() {
        let text = "no partner has pushed a VBR to a tenant of this cutover";
        let help = "a step with `do: CreateVirtualBorderRouter` and a `VbrOwnerId`, or `tenants` with `legacy: true`";
        issues.err_help(item.tenants.first().map_or(span, |t| t.span), Code::Needed, text, help);
        return None;
    }
    known::names(file, &item, &found, issues);
    let mut units = waves::plan(found, &item, seed, issues);
    if issues.any() {
        return None;
    }
    let mut writer = Writer {
        span,
        steps: Vec::new(),
        faults: Vec::new(),
    };
    match strategy(&item) {
        StrategyWord::InPlace => in_place::write(&mut units, file, &item, &mut writer),
        StrategyWord::BreakBeforeMake => break_before_make::write(&mut units, file, &item, &mut writer, issues),
    }
    file.provisioning.append(&mut writer.steps);
    file.faults.append(&mut writer.faults);
    let window = item.window.at.value;
    Some(Some(Cutover {
        strategy: strategy(&item),
        payer: item.payer.as_ref().map(|payer| payer.value),
        units,
        window: (window, window.saturating_add(item.window.lasts.value)),
        prepare: item.prepare.at.value,
        test_tenant: item.window.test_tenant.as_ref().map(|tenant| tenant.0.clone()),
        budget: budget(item.budget.as_ref()),
        assumed: item
            .assumed
            .as_ref()
            .map_or(SimDuration::from_millis(50), |time| time.value),
        measured,
        containment,
        response: response(&item),
        known: item.known,
        known_circuits: item.known_circuits,
        board: item.board,
    }))
}

/// How soon tenants do what they have to do in the window where nothing is said.
const RESPONSE: SimDuration = SimDuration::from_secs(300);

fn response(item: &CutoverItem) -> SimDuration {
    item.window
        .response
        .as_ref()
        .map_or(RESPONSE, |response| response.value)
}

fn strategy(item: &CutoverItem) -> StrategyWord {
    item.strategy.as_ref().map_or(StrategyWord::InPlace, |word| word.value)
}

fn budget(item: Option<&BudgetItem>) -> Budget {
    let gap = item.and_then(|item| item.longest_gap_max.as_ref());
    Budget {
        lost_max: item.and_then(|item| item.lost_max.as_ref()).map(|max| max.value),
        longest_gap_max: gap.map_or(SimDuration::from_millis(50), |gap| gap.value),
        duplicated_max: item
            .and_then(|item| item.duplicated_max.as_ref())
            .map_or(0, |max| max.value),
        reordered_max: item
            .and_then(|item| item.reordered_max.as_ref())
            .map_or(0, |max| max.value),
    }
}

/// Writes steps, each at the place in the file that says when the window is.
struct Writer {
    span: Span,
    steps: Vec<StepItem>,
    faults: Vec<FaultItem>,
}

/// A call that a cutover makes.
struct Made<'a> {
    at: SimTime,
    by: &'a str,
    operation: OperationName,
    bind: Option<String>,
    with: Vec<(&'a str, String)>,
    /// The steps that it follows, each done.
    after: Vec<String>,
    wait: SimDuration,
    poll: Option<SimDuration>,
    vpc: Option<String>,
}

impl<'a> Made<'a> {
    fn new(at: SimTime, by: &'a str, operation: OperationName) -> Self {
        Self {
            at,
            by,
            operation,
            bind: None,
            with: Vec::new(),
            after: Vec::new(),
            wait: SimDuration::ZERO,
            poll: None,
            vpc: None,
        }
    }
    fn with(mut self, key: &'a str, value: impl Into<String>) -> Self {
        self.with.push((key, value.into()));
        self
    }
    fn after(mut self, step: Option<&str>) -> Self {
        self.after.extend(step.map(str::to_owned));
        self
    }
    fn wait(self, wait: SimDuration) -> Self {
        Self { wait, ..self }
    }
    fn bind(self, name: &str) -> Self {
        Self {
            bind: Some(name.to_owned()),
            ..self
        }
    }
}

impl Writer {
    fn here<T>(&self, value: T) -> At<T> {
        At::new(value, self.span)
    }

    /// Writes a call of a unit's under this word, and returns the step's name.
    fn step(&mut self, unit: &mut Unit, word: &str, in_window: bool, made: Made<'_>) -> String {
        let name = format!("{STEP_PREFIX}{}.{word}", unit.vbr);
        let after = made.after.iter().map(|step| AfterItem {
            step: self.here(Name(step.clone())),
            outcome: Some(self.here(OutcomeWord::Done)),
        });
        let after: Vec<AfterItem> = after.collect();
        let with = made.with.iter();
        let with = with.map(|(key, value)| ((*key).to_owned(), self.here(Param(value.clone()))));
        self.steps.push(StepItem {
            at: self.here(made.at),
            step: Some(self.here(Name(name.clone()))),
            wait: Some(self.here(made.wait)).filter(|wait| !after.is_empty() && !wait.value.is_zero()),
            poll: made.poll.filter(|_| !after.is_empty()).map(|poll| self.here(poll)),
            after,
            by: self.here(Name(made.by.to_owned())),
            operation: self.here(made.operation),
            bind: made.bind.map(|bind| self.here(Name(bind))),
            with: Table(with.collect()),
            vpc: made.vpc.map(|vpc| self.here(Name(vpc))),
            token: None,
            dry_run: None,
            because_of: None,
            expect_error: None,
        });
        unit.steps.push(UnitStep {
            name: name.clone(),
            operation: made.operation,
            by: made.by.to_owned(),
            in_window,
        });
        name
    }
}
