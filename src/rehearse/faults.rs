//! Faults at every step of a cutover: each kind before, during and after each step, on a representative, a
//! neighbour and who shares a limit. Damage counts against the same fault without the cutover.

use std::collections::BTreeSet;

use super::effects::effect;
use super::probes::Moment;
use super::result::{Cell, Outcome};
use super::stage::{Setting, Stage, moments};
use super::timing::time;
use super::told::{ask, outcome};
use super::world;
use crate::check::Verdict;
use crate::provision::{AttachEffect, AttachKind, OperationName};
use crate::scenario::{Budget, Edit, Expanded, ItemName, KeyChange, Section, Unit};
use crate::study::pool::in_order;
use crate::units::{SimDuration, SimTime};

/// How long a fault lasts, and how long before or after a step it is over or begins.
const LASTS: SimDuration = SimDuration::from_millis(100);

/// When a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    During,
    After,
}

impl Phase {
    const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }

    /// When the fault of a step at `at` begins.
    fn begins(self, at: SimTime) -> SimTime {
        let half = LASTS.as_nanos() / 2;
        let from = match self {
            Self::Before => at.as_nanos().saturating_sub(LASTS.as_nanos() + half),
            Self::During => at.as_nanos().saturating_sub(half),
            Self::After => at.as_nanos().saturating_add(half),
        };
        SimTime::from_nanos(from)
    }
}

/// A fault that is to be tried.
#[derive(Debug, Clone)]
struct Trial {
    fault: &'static str,
    step: String,
    phase: &'static str,
    setting: Setting,
    effect: AttachEffect,
}

/// The small world in which faults are tried.
#[derive(Debug, Clone)]
pub(super) struct Small {
    /// The scenario's edits that make it.
    pub written: Vec<Edit>,
    /// Services that are watched, by data centre.
    pub only: BTreeSet<String>,
    /// The VBR on which faults are tried.
    pub unit: Unit,
    /// Another VBR that a partner pushed, where there is one.
    pub other: Option<String>,
}

/// A fault with a time: items of the file that make it and mend it.
fn timed(fault: &'static str, unit: &Unit, switch: &str, free_vlan: u16, from: SimTime) -> Vec<Edit> {
    let ns = |at: SimTime| at.as_nanos();
    let to = from.saturating_add(LASTS);
    let line = &unit.circuit;
    let add = |text: String| Edit::Add(Section::Faults, text);
    let route = |net: &str, at: SimTime| {
        let call = format!(
            "{{ at: {}ns, by: {}, do: CreateRouteEntry, with: {{ RouteTableId: {}, DestinationCidrBlock: {net}, NextHopType: PhysicalConnection }} }}",
            ns(at),
            unit.tenant,
            unit.vbr
        );
        Edit::Add(Section::Provisioning, call)
    };
    match fault {
        CUT => vec![
            add(format!("{{ at: {}ns, cut: {line} }}", ns(from))),
            add(format!("{{ at: {}ns, restore: {line} }}", ns(to))),
        ],
        FLAP => vec![add(format!(
            "{{ at: {}ns, flap: {{ link: {line}, every: 40ms, down: 20ms, times: 3 }} }}",
            ns(from)
        ))],
        TYPO => vec![
            add(format!(
                "{{ at: {}ns, misconnect: {switch}, tenant: {}, vlan_id: {free_vlan} }}",
                ns(from),
                unit.tenant
            )),
            add(format!(
                "{{ at: {}ns, misconnect: {switch}, tenant: {}, vlan_id: {} }}",
                ns(to),
                unit.tenant,
                unit.vlan
            )),
        ],
        _ => vec![route("198.51.100.0/24", from), route("203.0.113.0/24", to)],
    }
}

const CUT: &str = "circuit cut";
const FLAP: &str = "circuit flaps";
const TYPO: &str = "VLAN typed wrong at the partner";
const CONFLICT: &str = "TaskConflict";

/// Every fault at every step of the representative's.
fn trials(scenario: &Expanded, small: &Small, placed: &[Moment], judged: AttachEffect, free_vlan: u16) -> Vec<Trial> {
    let unit = &small.unit;
    let file = scenario.file();
    let circuit = file.circuits.iter().find(|circuit| *circuit.name.0 == *unit.circuit);
    let switch = circuit.map_or_else(String::new, |circuit| circuit.a.0.clone());
    let setting = Setting {
        written: small.written.clone(),
        only: Some(small.only.clone()),
        after: LASTS,
        placed: Some(placed.to_vec()),
        ..Setting::default()
    };
    let mut trials = Vec::new();
    for moment in placed.iter().filter(|moment| moment.vbr == unit.vbr) {
        for fault in [CONFLICT, CUT, FLAP, TYPO] {
            if fault == TYPO && unit.idc.is_none() {
                continue;
            }
            for phase in Phase::ALL {
                let from = phase.begins(moment.at);
                let around = Moment {
                    at: from,
                    vbr: unit.vbr.clone(),
                    step: String::new(),
                    operation: OperationName::AttachVbrToVpconn,
                };
                let both = timed(fault, unit, &switch, free_vlan, from);
                trials.push(Trial {
                    fault,
                    step: last_word(&moment.step),
                    phase: phase.as_str(),
                    setting: Setting {
                        both,
                        moments: vec![around],
                        ..setting.clone()
                    },
                    effect: judged,
                });
            }
        }
    }
    let scenario_key = |key: &str, value: &str| Edit::set(ItemName::scenario(), key, value);
    let whole = |fault: &'static str, step: &str, edits: Vec<Edit>, effect: AttachEffect| {
        let mut written = setting.written.clone();
        written.extend(edits);
        Trial {
            fault,
            step: step.to_owned(),
            phase: "",
            setting: Setting {
                written,
                ..setting.clone()
            },
            effect,
        }
    };
    let late = "{ median: 60000d, p95: 60000d, longest: 60000d }";
    let never = format!("[{}]", unit.tenant);
    trials.push(whole(
        "acceptance too late",
        "confirm",
        vec![scenario_key("cutover.prepare.acceptance", late)],
        judged,
    ));
    trials.push(whole(
        "acceptance missing",
        "confirm",
        vec![scenario_key("cutover.prepare.never", &never)],
        judged,
    ));
    trials.push(whole(
        "window over",
        "attach",
        vec![scenario_key("cutover.window.lasts", "0s")],
        judged,
    ));
    if file.access_points.iter().any(|point| *point.name.0 == *switch) {
        let point = ItemName::new(Section::AccessPoints, &switch);
        let shared = || vec![Edit::Change(point.clone(), vec![KeyChange::set("arp_limit", "shared")])];
        let rebuild = effect(AttachKind::Rebuild, LASTS);
        trials.push(whole("ARP limit shared by tenants", "attach", shared(), judged));
        trials.push(whole("ARP limit shared by tenants", "attach", shared(), rebuild));
    }
    let attach = unit
        .steps
        .iter()
        .find(|step| step.operation == OperationName::AttachVbrToVpconn);
    if let (Some(attach), Some(other)) = (attach, &small.other) {
        let mut trial = whole("another VBR than the port was made from", "attach", Vec::new(), judged);
        trial.setting.cutover_only = vec![(attach.name.clone(), "with.VbrId", other.clone())];
        trials.push(trial);
    }
    trials
}

/// The last word of a step's name: what it does.
pub(super) fn last_word(step: &str) -> String {
    step.rsplit('.').next().unwrap_or(step).to_owned()
}

/// Tries every fault at every step. Returns what each came to, and how many worlds were run.
///
/// # Errors
/// A world cannot be run; the text says why.
pub(super) fn matrix(
    scenario: &Expanded,
    small: &Small,
    budget: &Budget,
    judged: AttachEffect,
    free_vlan: u16,
    jobs: usize,
) -> Result<(Vec<Cell>, u64), String> {
    let bare = world::with(scenario, &small.written, &[])?;
    let cutover = bare.cutover.clone().ok_or("the scenario has no cutover")?;
    let placed = moments(&cutover, &time(&bare, cutover.window.0).calls);
    let trials = trials(scenario, small, &placed, judged, free_vlan);
    let cells = in_order(jobs, &trials, |trial| cell(scenario, small, budget, trial), |_, _| ());
    let mut out = Vec::with_capacity(cells.len());
    for cell in cells {
        out.push(cell?);
    }
    let worlds = 2 * out.len() as u64;
    Ok((out, worlds))
}

fn cell(scenario: &Expanded, small: &Small, budget: &Budget, trial: &Trial) -> Result<Cell, String> {
    let stage = Stage::new(scenario, trial.setting.clone(), budget.longest_gap_max)?;
    let ran = stage.run(trial.effect)?;
    let own = stage.cutover.units.iter().find(|unit| unit.vbr == small.unit.vbr);
    let outcome = own.map_or(Outcome::Neighbour, |unit| outcome(unit, &ran.calls));
    let mut noticed = Vec::new();
    let (mut verdict, mut hurt) = (Verdict::Inconc, BTreeSet::new());
    for watched in &stage.watched {
        let damage = stage.damage(watched, &ran.with);
        verdict = match (verdict, damage.verdict(budget)) {
            (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
            (Verdict::Inconc, other) => other,
            (other, _) => other,
        };
        if damage.lost > 0 || !damage.keeps(budget) {
            hurt.insert(watched.tenant.clone());
        }
        if !damage.is_none() {
            noticed.push((watched.idc.clone(), damage));
        }
    }
    let answers = match hurt.is_empty() {
        true => Vec::new(),
        false => ask(&ran, &hurt)?,
    };
    Ok(Cell {
        representative: small.unit.tenant.clone(),
        fault: trial.fault,
        step: trial.step.clone(),
        phase: trial.phase,
        assumed: trial.effect.to_string(),
        outcome,
        noticed,
        verdict,
        answers,
    })
}
