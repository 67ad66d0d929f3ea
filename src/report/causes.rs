//! The causes of leaks as they are told: first of all, in a few lines whatever their number.

use super::document::Part;
use crate::check::{Field, Value, thousands};
use crate::scenario::Edit;
use crate::why::leaks::{Change, LeakCause, LeakCauses, What};

/// Causes that text tells.
const SHOWN: usize = 6;
/// Lines of one cause that text names.
const LINES: usize = 4;
/// Devices at fault themselves that text names.
const DEVICES: usize = 4;

/// So many leaks, in words.
fn counted(what: What, n: u64) -> String {
    let one = match what {
        What::Frames => "frame",
        What::Pairs => "pair",
        What::Ways => "way",
    };
    let s = if n == 1 { "" } else { "s" };
    let behind = match what {
        What::Frames => " astray",
        What::Pairs => " of a tenant and a foreign box",
        What::Ways => "",
    };
    format!("{} {one}{s}{behind}", thousands(n))
}

/// What programs and people are told.
pub(super) fn causes(all: &LeakCauses) -> Vec<Part> {
    let mut parts: Vec<Part> = lines(all).into_iter().map(Part::Line).collect();
    parts.push(Part::Fields(vec![Field::new("causes", fields(all))]));
    parts
}

/// The lines for people.
fn lines(all: &LeakCauses) -> Vec<String> {
    let mut lines = Vec::new();
    let total = counted(all.counted, all.total);
    for cause in all.causes.iter().take(SHOWN) {
        lines.extend(cause_lines(all, cause, &total));
    }
    if let Some(more) = all.causes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more causes: --format json holds all"));
    }
    lines.extend(remainder(all));
    lines
}

fn cause_lines(all: &LeakCauses, cause: &LeakCause, total: &str) -> Vec<String> {
    let of = match cause.closes == all.total {
        true => format!("all {total}"),
        false => format!("{} of {total}", thousands(cause.closes)),
    };
    let mut lines = match cause.changes.as_slice() {
        [only] => vec![format!("  cause of {of}: {}", told(only))],
        several => {
            let mut lines = vec![format!("  cause of {of}, {} lines together:", several.len())];
            lines.extend(several.iter().take(LINES).map(|change| format!("    {}", told(change))));
            if let Some(more) = several.len().checked_sub(LINES).filter(|more| *more > 0) {
                lines.push(format!("    and {more} more: --format json holds all"));
            }
            lines
        }
    };
    let edits = || {
        cause
            .changes
            .iter()
            .flat_map(|change| change.heal.iter().map(move |edit| (change, edit)))
    };
    let shown: Vec<String> = edits()
        .take(LINES)
        .map(|(change, edit)| put_right(change, edit))
        .collect();
    let more = edits().count().saturating_sub(LINES);
    let more = if more == 0 {
        String::new()
    } else {
        format!("; and {more} more")
    };
    lines.push(format!("    put right by: {}{more}", shown.join("; ")));
    lines
}

/// `line 25, column 27: ap-east gives acme VLAN 102 at 5s`.
fn told(change: &Change) -> String {
    let stage = change
        .stage
        .map_or(String::new(), |stage| format!(" (stage `{stage}`)"));
    format!(
        "line {}, column {}: {}{stage}",
        change.wrote.line, change.wrote.column, change.what
    )
}

/// An edit in words: what is taken away has no name of its own, but a line.
fn put_right(change: &Change, edit: &Edit) -> String {
    match edit {
        Edit::Remove(item) if item.name.starts_with('#') => {
            format!(
                "taking what line {} says out of {}",
                change.wrote.line,
                item.section.as_str()
            )
        }
        _ => edit.to_string(),
    }
}

/// What remains with all causes put right, what the proof then says, and what no line made.
fn remainder(all: &LeakCauses) -> Vec<String> {
    let tried = format!(
        "found by trying {} made of {}",
        plural(all.worlds, "world"),
        plural(all.changes, "change")
    );
    if all.causes.is_empty() {
        let mut lines = vec![format!(
            "  no change of a line closes any of {}: {tried}",
            counted(all.counted, all.total)
        )];
        lines.extend(own(all));
        return lines;
    }
    let that = if all.causes.len() == 1 { "that" } else { "all of that" };
    let remains = match all.remains {
        0 => "none remains".to_owned(),
        1 => "1 remains".to_owned(),
        n => format!("{} remain", thousands(n)),
    };
    let proof = match all.healed.why.as_str() {
        "" => all.healed.verdict.to_owned(),
        why => format!("{} ({why})", all.healed.verdict),
    };
    let smallest = if all.is_smallest { "" } else { "; not shown smallest" };
    let mut lines = vec![format!(
        "    with {that} put right, and nothing else: {remains}; the proof: {proof}; {tried}{smallest}"
    )];
    if let Some(beside) = &all.healed.beside {
        lines.push(format!(
            "    no leak needs it, but with this put right too the proof: PROVED: {}",
            told(beside)
        ));
    }
    if all.remains > 0 {
        lines.extend(own(all));
    }
    lines
}

/// Devices that are at fault themselves.
fn own(all: &LeakCauses) -> Vec<String> {
    let devices = all.own.iter().take(DEVICES).map(|own| {
        format!(
            "  a fault of {} itself, which no line made, at the stage `{}`: {}",
            own.device, own.stage, own.what
        )
    });
    devices.collect()
}

fn plural(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{} {what}s", thousands(n as u64)),
    }
}

/// What programs read.
fn fields(all: &LeakCauses) -> Value {
    let counted = match all.counted {
        What::Frames => "frames",
        What::Pairs => "pairs",
        What::Ways => "ways",
    };
    let own = all.own.iter().map(|own| {
        let texts = [
            ("device", own.device.as_str()),
            ("stage", own.stage),
            ("what", &own.what),
        ];
        Value::Fields(texts.map(|(key, text)| Field::new(key, Value::text(text))).to_vec())
    });
    let maybe = |text: &str| {
        if text.is_empty() {
            Value::Nothing
        } else {
            Value::text(text)
        }
    };
    Value::Fields(vec![
        Field::new("counted", Value::text(counted)),
        Field::new("total", Value::count(all.total)),
        Field::new("found", Value::List(all.causes.iter().map(cause_fields).collect())),
        Field::new("remain", Value::count(all.remains)),
        Field::new("remaining", Value::names(all.remaining.iter().map(String::as_str))),
        Field::new("changes", Value::count(all.changes)),
        Field::new("worlds", Value::count(all.worlds)),
        Field::new("smallest", Value::Flag(all.is_smallest)),
        Field::new("proof", Value::text(all.healed.verdict)),
        Field::new("proof_why", maybe(&all.healed.why)),
        Field::new(
            "proved_with",
            maybe(&all.healed.beside.as_ref().map_or(String::new(), told)),
        ),
        Field::new("of_devices", Value::List(own.collect())),
    ])
}

fn cause_fields(cause: &LeakCause) -> Value {
    Value::Fields(vec![
        Field::new("closes", Value::count(cause.closes)),
        Field::new(
            "changes",
            Value::List(cause.changes.iter().map(change_fields).collect()),
        ),
        Field::new("leaks", Value::names(cause.leaks.iter().map(String::as_str))),
    ])
}

fn change_fields(change: &Change) -> Value {
    let heal: Vec<String> = change.heal.iter().map(ToString::to_string).collect();
    let owner = change.owner.as_ref().map(|owner| owner.told("", 2));
    Value::Fields(vec![
        Field::new("what", Value::text(&change.what)),
        Field::new("place", Value::text(&change.place)),
        Field::new("line", Value::label(change.wrote.line)),
        Field::new("column", Value::label(change.wrote.column)),
        Field::new("owner", owner.map_or(Value::Nothing, Value::Text)),
        Field::new("stage", change.stage.map_or(Value::Nothing, Value::text)),
        Field::new("heal", Value::names(heal.iter().map(String::as_str))),
    ])
}
