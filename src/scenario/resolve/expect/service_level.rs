//! What a service level promises, as read.

use super::{Names, continuity, each};
use crate::host::FlowKind;
use crate::ident::Segment;
use crate::scenario::Span;
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::{DirectionWord, ExpectWhat, SegmentWord};
use crate::scenario::issues::Issues;
use crate::scenario::plan::{Definition, ServiceLevel, WHOLE};
use crate::scenario::resolve::traffic::FlowEnd;
use crate::scenario::scalars::{Name, Share};
use crate::units::{SimDuration, SimTime};

/// 99 %: 299 samples show it.
const PERCENTILE: u32 = 990_000_000;
const INTERVAL: SimDuration = SimDuration::from_secs(1);
/// Half of the frames.
const THRESHOLD: u32 = 500_000_000;
const COUNT: u32 = 10;
const RUN: u32 = 5;
/// A run has at most so many intervals.
const INTERVALS_MAX: u64 = 1_000_000;

/// The service level of an expectation; `None` where something of it cannot be meant.
pub(super) fn of(
    names: &Names<'_>,
    what: &ExpectWhat,
    check: Span,
    end: SimTime,
    issues: &mut Issues,
) -> Option<ServiceLevel> {
    let ExpectWhat::Sla {
        flow,
        tenant,
        direction,
        segment,
        definition,
        percentile,
        mean_delay_max,
        delay_max,
        delay_range_max,
        delay_variation_max,
        frame_loss_max,
        availability_min,
        high_loss_intervals_max,
        consecutive_high_loss_max,
        availability_interval,
        availability_threshold,
        availability_count,
        high_loss_count,
    } = what
    else {
        return None;
    };
    let subject = subject(names, flow, tenant, direction, check, issues);
    let definition = definition.as_ref().map_or(Definition::Mef104, |d| d.value);
    let percentile = each(percentile, |p| a_percentile(p, issues));
    let span = |time: &Option<At<SimDuration>>| time.as_ref().map(|t| t.value);
    let share = |share: &Option<At<Share>>| share.as_ref().map(|s| s.0);
    let number = |n: &Option<At<u64>>| n.as_ref().map(|n| n.value);
    let interval = interval(availability_interval, check, end, issues);
    let count = a_count("availability_count", availability_count, COUNT, issues);
    let run = a_count("high_loss_count", high_loss_count, RUN, issues);
    let mef_only = [
        ("delay_max", delay_max.as_ref().map(|t| t.span)),
        ("delay_variation_max", delay_variation_max.as_ref().map(|t| t.span)),
        (
            "high_loss_intervals_max",
            high_loss_intervals_max.as_ref().map(|n| n.span),
        ),
        (
            "consecutive_high_loss_max",
            consecutive_high_loss_max.as_ref().map(|n| n.span),
        ),
    ];
    if definition == Definition::Y1563 {
        for (key, span) in mef_only.iter().filter_map(|(key, span)| Some((key, (*span)?))) {
            let message = format!("`{key}` is no figure of Y.1563");
            let help = "its figures are FTD (`mean_delay_max`), FDV (`delay_range_max`), FLR (`frame_loss_max`) and PEA (`availability_min`)";
            issues.err_help(span, Code::ExpectationShape, message, help);
        }
    }
    let (flow, tenant) = subject?;
    let level = ServiceLevel {
        tenant,
        flow,
        direction: direction.as_ref().map(|d| continuity::direction(d.value)),
        segment: segment.as_ref().map_or(Segment::EndToEnd, |s| match s.value {
            SegmentWord::Partner => Segment::Partner,
            SegmentWord::Cloud => Segment::Cloud,
            SegmentWord::EndToEnd => Segment::EndToEnd,
        }),
        definition,
        percentile: percentile?.unwrap_or(PERCENTILE),
        mean_delay_max: span(mean_delay_max),
        delay_max: span(delay_max),
        delay_range_max: span(delay_range_max),
        delay_variation_max: span(delay_variation_max),
        frame_loss_max: share(frame_loss_max),
        availability_min: share(availability_min),
        high_loss_intervals_max: number(high_loss_intervals_max),
        consecutive_high_loss_max: number(consecutive_high_loss_max),
        interval: interval?,
        threshold: each(availability_threshold, |t| a_threshold(t, issues))?.unwrap_or(THRESHOLD),
        count: count?,
        run: run?,
    };
    if promises_nothing(&level) {
        let help = "write at least one of `mean_delay_max`, `delay_max`, `delay_range_max`, `delay_variation_max`, `frame_loss_max`, `availability_min`, `high_loss_intervals_max` and `consecutive_high_loss_max`";
        issues.err_help(
            check,
            Code::ExpectationShape,
            "the check `sla` asks for no figure",
            help,
        );
    }
    Some(level)
}

fn promises_nothing(level: &ServiceLevel) -> bool {
    let delays = [
        level.mean_delay_max,
        level.delay_max,
        level.delay_range_max,
        level.delay_variation_max,
    ];
    delays.iter().all(Option::is_none)
        && level.frame_loss_max.is_none()
        && level.availability_min.is_none()
        && level.high_loss_intervals_max.is_none()
        && level.consecutive_high_loss_max.is_none()
}

type Subject = (Option<crate::ident::FlowId>, Option<crate::ident::TenantId>);

/// A flow between a data centre and the cloud, or a tenant.
fn subject(
    names: &Names<'_>,
    flow: &Option<At<Name>>,
    tenant: &Option<At<Name>>,
    direction: &Option<At<DirectionWord>>,
    check: Span,
    issues: &mut Issues,
) -> Option<Subject> {
    if flow.is_some() == tenant.is_some() {
        let place = flow.as_ref().map_or(check, |flow| flow.span);
        let message = "a service level is of a `flow` or of a `tenant`: exactly one of them";
        issues.err(place, Code::ExpectationShape, message);
        return None;
    }
    let (id, of) = names.flow_or_tenant(flow, tenant, issues)?;
    // A flow that was refused has a name, and nothing more.
    let known = id.and_then(|id| names.flows.list.get(id.index()));
    if let (Some(name), Some(known)) = (flow, known) {
        let customer = |end: FlowEnd| matches!(end, FlowEnd::Idc(_));
        let up = customer(known.from);
        if matches!(known.spec.kind, FlowKind::Replay(_)) {
            let message = format!(
                "`{}` sends frames as they are written: no endpoint need take them",
                known.name
            );
            issues.err(name.span, Code::ExpectationShape, message);
        } else if up == customer(known.to) {
            let message = format!(
                "`{}` goes between places of one side: no handover is on its way",
                known.name
            );
            issues.err(name.span, Code::ExpectationShape, message);
        } else if let Some(asked) = direction
            && (asked.value == DirectionWord::Up) != up
            && !known.answered
        {
            let message = format!("`{}` goes the other way, and nothing answers it", known.name);
            issues.err(asked.span, Code::ExpectationShape, message);
        }
    }
    Some((id, of))
}

fn a_percentile(written: &At<Share>, issues: &mut Issues) -> Option<u32> {
    let share = written.0;
    let holds = 0 < share && share < WHOLE;
    if !holds {
        let message = "a percentile lies between 0% and 100%: no number of samples shows either";
        issues.err(written.span, Code::OutOfRange, message);
    }
    holds.then_some(share)
}

fn a_threshold(written: &At<Share>, issues: &mut Issues) -> Option<u32> {
    let holds = written.0 < WHOLE;
    if !holds {
        let message = "no interval loses more than all its frames: the threshold is below 100%";
        issues.err(written.span, Code::OutOfRange, message);
    }
    holds.then_some(written.0)
}

fn interval(written: &Option<At<SimDuration>>, check: Span, end: SimTime, issues: &mut Issues) -> Option<SimDuration> {
    let (span, place) = written.as_ref().map_or((INTERVAL, check), |i| (i.value, i.span));
    if span.is_zero() {
        issues.err(place, Code::Zero, "an interval of no time holds no frame");
        return None;
    }
    let intervals = end.as_nanos().div_ceil(span.as_nanos());
    if intervals > INTERVALS_MAX {
        issues.err_help(
            place,
            Code::OutOfRange,
            format!("the run would have {intervals} intervals of {span}, more than {INTERVALS_MAX}"),
            "write a longer `availability_interval`",
        );
        return None;
    }
    Some(span)
}

fn a_count(key: &str, written: &Option<At<u64>>, default: u32, issues: &mut Issues) -> Option<u32> {
    let Some(written) = written else { return Some(default) };
    let count = u32::try_from(written.value)
        .ok()
        .filter(|n| (1..=1_000_000).contains(n));
    if count.is_none() {
        let message = format!("`{key}` is between 1 and 1000000");
        issues.err(written.span, Code::OutOfRange, message);
    }
    count
}
