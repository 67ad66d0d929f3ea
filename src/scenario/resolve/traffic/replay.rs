//! Replayed traffic: frames of a capture, as an IDC sends them.

use super::raw::Times;
use super::{Captures, FlowEnd};
use crate::scenario::at::{At, Wrong};
use crate::scenario::codes::Code;
use crate::scenario::expand::Capture;
use crate::scenario::file::{FlowItem, StackWord};
use crate::scenario::import::capture::{Stack, restack};
use crate::scenario::issues::Issues;
use crate::scenario::resolve::{Terrain, sites};
use crate::scenario::scalars::VidStack;
use crate::units::SimTime;
use crate::wire::{Tag, Vid};

/// What a replay says of its frames.
pub(super) struct ReplayKeys<'a> {
    pub capture: &'a At<String>,
    pub only_vid: &'a Option<At<VidStack>>,
    pub stack: &'a Option<At<StackWord>>,
    pub tag: &'a Option<At<u64>>,
}

/// The frames of a flow with `kind: replay`, each with its time since the capture's first.
pub(super) fn frames(
    item: &FlowItem,
    replayed: &ReplayKeys<'_>,
    from: FlowEnd,
    times: &Times,
    captures: &Captures,
    terrain: &Terrain,
    issues: &mut Issues,
) -> Option<Capture> {
    let FlowEnd::Idc(idc) = from else {
        issues.err(item.from.span, Code::FlowShape, "a capture is replayed from an IDC");
        return None;
    };
    let stack = stack(item, replayed, terrain.idcs[idc].tag, issues)?;
    let name = replayed.capture;
    let Some(read) = captures.get(&name.value) else {
        // Captures are read with the file; an edit brings none.
        let message = format!("the capture `{}` was not read with this scenario", name.value);
        issues.err(name.span, Code::Missing, message);
        return None;
    };
    // A capture that could not be read has its own error already.
    let frames = read.as_ref()?;
    let most = item
        .count
        .as_ref()
        .map_or(usize::MAX, |c| usize::try_from(c.value).unwrap_or(usize::MAX));
    // Times stay those since the capture's first frame, so that flows out of one capture keep step.
    let chosen: Capture = frames
        .iter()
        .filter(|(_, frame)| replayed.only_vid.as_ref().is_none_or(|only| only.is_of(frame)))
        .take(most)
        .map(|(at, frame)| (*at, restack(frame, stack)))
        .collect();
    if let (Some(only), true) = (replayed.only_vid, chosen.is_empty()) {
        issues.err(
            only.span,
            Code::CaptureEmpty,
            "no frame of the capture has this stack of tags",
        );
        return None;
    }
    let beyond = chosen.iter().filter(|(at, _)| !times.sends(*at)).count();
    if beyond > 0 {
        let message = format!(
            "{beyond} of {} frames of the capture are not sent: they come at or after the end of the flow, {}",
            chosen.len(),
            times.stop
        );
        let last = chosen
            .last()
            .map_or(SimTime::ZERO, |(at, _)| times.start.saturating_add(*at));
        issues.warn(
            name.span,
            Wrong::new(Code::CaptureLeftOut, message).help(format!(
                "the last of them would leave at {last}: lengthen `duration` (and `stop`)"
            )),
        );
    }
    Some(chosen)
}

/// What becomes of the tags of its frames, at an IDC with this tag of its own.
fn stack(item: &FlowItem, replayed: &ReplayKeys<'_>, own: Option<Vid>, issues: &mut Issues) -> Option<Stack> {
    let word = match (replayed.stack, own) {
        (Some(word), _) => word.value,
        (None, Some(_)) => StackWord::Retag,
        (None, None) => StackWord::Strip,
    };
    if let (Some(tag), true) = (replayed.tag, word != StackWord::Retag) {
        issues.err(tag.span, Code::FlowShape, "`tag` belongs to `stack: retag`");
    }
    Some(match word {
        StackWord::Keep => Stack::Keep,
        StackWord::Strip => Stack::Strip,
        StackWord::Retag => {
            let tag = match replayed.tag {
                Some(tag) => sites::vid(tag, 1, issues),
                None => own,
            };
            if tag.is_none() && replayed.tag.is_none() {
                issues.err(
                    item.name.span,
                    Code::Needed,
                    "`stack: retag` needs a `tag`: the IDC has none of its own",
                );
            }
            Stack::Retag(Tag::ctag(tag?))
        }
    })
}
