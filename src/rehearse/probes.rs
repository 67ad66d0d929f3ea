//! Frames that can judge a budget: probes each way, ten a budgeted gap, around every step that could touch a
//! service; and the service's full rate for 50 ms on each side of each of its own steps.

use std::collections::BTreeMap;

use crate::ident::{Direction, name_hash};
use crate::provision::OperationName;
use crate::scenario::{Cutover, Edit, Expanded, Section, Unit};
use crate::units::{SimDuration, SimTime};

/// Probes that a budgeted gap has at least, each way.
pub const PROBES_A_GAP: u64 = 10;

/// For how long the full rate runs on each side of a step.
const FULL_RATE: SimDuration = SimDuration::from_millis(50);

/// For how long probes run before a step.
const LEAD: SimDuration = SimDuration::from_millis(200);

/// For how long probes run after what a step is assumed to do, so that addresses can be resolved again.
const TAIL: SimDuration = SimDuration::from_millis(2_500);

/// Offered at full rate by who has no bandwidth of its own, in Mbit/s: the smallest port.
const NO_BANDWIDTH: u64 = 50;

/// Octets of a frame of the full rate.
const FULL_SIZE: u64 = 512;

/// No probe is sent more often.
const SHORTEST: SimDuration = SimDuration::from_micros(100);

/// From one probe to the next: ten a budgeted gap.
pub fn interval(gap: SimDuration) -> SimDuration {
    SimDuration::from_nanos(gap.as_nanos() / PROBES_A_GAP).max(SHORTEST)
}

/// A step at the time at which it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    /// When.
    pub at: SimTime,
    /// The VBR that it is about.
    pub vbr: String,
    /// The step's name.
    pub step: String,
    /// The call.
    pub operation: OperationName,
}

/// A service that is probed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Watched {
    /// Whose.
    pub tenant: String,
    /// The VBR of the cutover's that serves it; `None`: it is not converted.
    pub vbr: Option<String>,
    pub idc: String,
    endpoint: String,
    /// The access device that it ends at.
    device: String,
    mbps: u64,
}

/// The probes of one service, one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    /// Whose.
    pub tenant: String,
    /// The VBR of the cutover's, where it is one's.
    pub vbr: Option<String>,
    /// Its data centre.
    pub idc: String,
    pub way: Direction,
    /// Flows by name, in order of time; those of full rate stand apart.
    pub probes: Vec<String>,
    pub full: Vec<String>,
    /// How much longer a silence may seem than it is, to its probes and to its frames of full rate.
    pub resolution: (SimDuration, SimDuration),
}

/// How much longer a silence may seem than it is to frames that are so far apart: to probes half a probe's
/// interval, since the budget is a multiple of it; to others at most one frame more, and half a frame for
/// waiting behind others'.
fn resolution(probes: SimDuration, frames: SimDuration) -> SimDuration {
    let half = SimDuration::from_nanos(probes.as_nanos() / 2);
    SimDuration::from_nanos(frames.as_nanos().saturating_mul(3) / 2).min(half)
}

/// The same of flows whose interval nobody knows here.
pub(super) fn coarse(gap: SimDuration) -> SimDuration {
    SimDuration::from_nanos(interval(gap).as_nanos() / 2)
}

/// Every service with a data centre and an endpoint behind it: those of the cutover, and of its neighbours.
pub(super) fn watched(scenario: &Expanded, cutover: &Cutover) -> Vec<Watched> {
    let file = scenario.file();
    let mut devices: BTreeMap<&str, &str> = BTreeMap::new();
    devices.extend(file.circuits.iter().map(|circuit| (&*circuit.name.0, &*circuit.b.0)));
    let units: BTreeMap<&str, &Unit> = cutover
        .units
        .iter()
        .filter_map(|unit| Some((unit.idc.as_deref()?, unit)))
        .collect();
    let mut out = Vec::new();
    for idc in &file.idcs {
        let unit = units.get(&*idc.name.0);
        let own = file.vpcs.iter().find(|vpc| *vpc.tenant.0 == *idc.tenant.0);
        let first = own.and_then(|vpc| Some(format!("{}/{}", vpc.name.0, vpc.endpoints.first()?.name.0)));
        let Some(endpoint) = unit.and_then(|unit| unit.endpoint.clone()).or(first) else {
            continue;
        };
        out.push(Watched {
            tenant: idc.tenant.0.clone(),
            vbr: unit.map(|unit| unit.vbr.clone()),
            idc: idc.name.0.clone(),
            endpoint,
            device: devices
                .get(&*idc.circuit.0)
                .map_or_else(String::new, |device| (*device).to_owned()),
            mbps: unit.map_or(0, |unit| unit.mbps),
        });
    }
    out.sort_by(|a, b| (&a.tenant, &a.idc).cmp(&(&b.tenant, &b.idc)));
    out
}

/// May a step be felt by others at the same access device?
const fn is_wide(operation: OperationName) -> bool {
    matches!(
        operation,
        OperationName::AttachVbrToVpconn | OperationName::TerminateVirtualBorderRouter
    )
}

/// When the probes of a service run: around its own steps, and around those that others could feel.
fn spans(
    watched: &Watched,
    moments: &[Moment],
    devices: &BTreeMap<String, String>,
    after: SimDuration,
    end: SimTime,
) -> Vec<(SimTime, SimTime)> {
    let felt = |moment: &&Moment| {
        let own = watched.vbr.as_deref() == Some(moment.vbr.as_str());
        own || (is_wide(moment.operation) && devices.get(&moment.vbr) == Some(&watched.device))
    };
    let mut spans: Vec<(SimTime, SimTime)> = Vec::new();
    for moment in moments.iter().filter(felt) {
        let from = SimTime::from_nanos(moment.at.as_nanos().saturating_sub(LEAD.as_nanos()));
        let to = moment.at.saturating_add(after).saturating_add(TAIL).min(end);
        match spans.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => spans.push((from, to)),
        }
    }
    spans.retain(|(from, to)| from < to);
    spans
}

/// A name that a flow's name has room for.
fn short(name: &str) -> String {
    match name.len() {
        0..=24 => name.to_owned(),
        _ => format!("{:016x}", name_hash(name)),
    }
}

/// Of each VBR of the cutover's, the access device that it ends at: also of those that are not watched, since
/// others may feel their steps.
pub(super) fn devices(watched: &[Watched]) -> BTreeMap<String, String> {
    let all = watched.iter();
    all.filter_map(|watched| Some((watched.vbr.clone()?, watched.device.clone())))
        .collect()
}

/// The flows of these services around these moments, which are in order of time. `after`: for how long a
/// step is assumed to act.
pub(super) fn probes(
    watched: &[Watched],
    devices: &BTreeMap<String, String>,
    moments: &[Moment],
    gap: SimDuration,
    after: SimDuration,
    end: SimTime,
) -> (Vec<Edit>, Vec<Lane>) {
    let interval = interval(gap).as_nanos();
    let (mut edits, mut lanes) = (Vec::new(), Vec::new());
    for watched in watched {
        let spans = spans(watched, moments, devices, after, end);
        for (way, word) in [(Direction::Up, "up"), (Direction::Down, "down")] {
            let (from, to) = match way {
                Direction::Down => (&watched.endpoint, &watched.idc),
                Direction::Up | Direction::Neither => (&watched.idc, &watched.endpoint),
            };
            let mbps = if watched.mbps == 0 { NO_BANDWIDTH } else { watched.mbps };
            // Octets of a full-rate frame in bits, by bits a microsecond: nanoseconds.
            let frames = SimDuration::from_nanos(FULL_SIZE * 8 * 1_000 / mbps);
            let mut lane = Lane {
                resolution: (coarse(gap), resolution(SimDuration::from_nanos(interval), frames)),
                tenant: watched.tenant.clone(),
                vbr: watched.vbr.clone(),
                idc: watched.idc.clone(),
                way,
                probes: Vec::new(),
                full: Vec::new(),
            };
            let mut flow = |kind: &str, pace: String, (start, stop): (SimTime, SimTime)| {
                let (start, stop) = (start.as_nanos(), stop.as_nanos());
                let name = format!("{kind}.{word}.{}.{start}", short(&watched.idc));
                let text = format!(
                    "{{ name: {name}, from: {from}, to: {to}, {pace}, answered: false, start: {start}ns, stop: {stop}ns }}"
                );
                edits.push(Edit::Add(Section::Traffic, text));
                name
            };
            for span in &spans {
                lane.probes
                    .push(flow("probe", format!("interval: {interval}ns, size: 64"), *span));
            }
            let own = moments
                .iter()
                .filter(|moment| watched.vbr.as_deref() == Some(moment.vbr.as_str()));
            let mut last = SimTime::ZERO;
            for moment in own {
                let from = SimTime::from_nanos(moment.at.as_nanos().saturating_sub(FULL_RATE.as_nanos())).max(last);
                let to = moment.at.saturating_add(FULL_RATE).min(end);
                if from < to {
                    lane.full
                        .push(flow("full", format!("rate: {mbps}M, size: {FULL_SIZE}"), (from, to)));
                }
                last = last.max(to);
            }
            lanes.push(lane);
        }
    }
    (edits, lanes)
}
