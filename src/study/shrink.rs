//! Takes a draft apart as far as it still shows what it showed.
//!
//! Whole tenants go first, then entries, many at once and fewer with each round (delta debugging,
//! Zeller and Hildebrandt 2002), then fields that have defaults, then times and numbers. It begins
//! again until a whole round changes nothing, or its trials are used up.

use super::draft::{Draft, Field, Value};
use crate::units::SimDuration;

/// What is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shrunk {
    /// The smallest draft found that still shows it.
    pub draft: Draft,
    /// How many drafts were tried.
    pub tried: u64,
    /// Nothing more could be taken away by any step that this file knows.
    pub is_least: bool,
}

struct Shrinker<F> {
    best: Draft,
    tried: u64,
    most: u64,
    shows: F,
}

/// Shrinks a draft that `shows` something, within so many trials.
pub fn shrink(draft: &Draft, most_trials: u64, shows: impl FnMut(&Draft) -> bool) -> Shrunk {
    let mut shrinker = Shrinker {
        best: draft.clone(),
        tried: 0,
        most: most_trials,
        shows,
    };
    let mut changed = true;
    while changed && shrinker.tried < shrinker.most {
        changed = shrinker.drop_tenants();
        changed |= shrinker.drop_parts();
        changed |= shrinker.simplify();
        changed |= shrinker.shorten();
    }
    debug_assert!(shrinker.tried <= most_trials, "no more is tried than was allowed");
    debug_assert!(
        shrinker.best.parts.len() <= draft.parts.len(),
        "what is left is no more than there was"
    );
    Shrunk {
        is_least: !changed && shrinker.tried < shrinker.most,
        draft: shrinker.best,
        tried: shrinker.tried,
    }
}

impl<F: FnMut(&Draft) -> bool> Shrinker<F> {
    /// Keeps a draft that still shows it.
    fn keeps(&mut self, draft: Draft) -> bool {
        if draft == self.best || self.tried >= self.most {
            return false;
        }
        self.tried += 1;
        let shown = (self.shows)(&draft);
        if shown {
            self.best = draft;
        }
        shown
    }

    fn drop_tenants(&mut self) -> bool {
        let mut tenants: Vec<u64> = self.best.parts.iter().filter_map(|(_, part)| part.tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        let mut changed = false;
        for tenant in tenants {
            let mut smaller = self.best.clone();
            smaller.parts.retain(|(_, part)| part.tenant != Some(tenant));
            changed |= self.keeps(smaller);
        }
        changed
    }

    /// Entries from the end on: what came last matters least.
    fn drop_parts(&mut self) -> bool {
        let mut changed = false;
        let mut size = self.best.parts.len() / 2;
        while size > 0 {
            let mut end = self.best.parts.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                let mut smaller = self.best.clone();
                smaller.parts.drain(start..end);
                changed |= self.keeps(smaller);
                end = start;
            }
            size /= 2;
        }
        changed
    }

    /// Leaves out fields that have defaults, then makes what is left smaller.
    fn simplify(&mut self) -> bool {
        let mut changed = false;
        for at in 0..self.best.parts.len() {
            let mut which = 0;
            loop {
                let mut smaller = self.best.clone();
                let Some(edits) = edits(&mut smaller.parts[at].1.fields, which) else {
                    break;
                };
                if edits && self.keeps(smaller) {
                    changed = true; // The same place again: it may be made smaller still.
                } else {
                    which += 1;
                }
            }
        }
        changed
    }

    fn shorten(&mut self) -> bool {
        let mut changed = false;
        while let Some(less) = halved(self.best.duration) {
            let smaller = Draft {
                duration: less,
                ..self.best.clone()
            };
            if !self.keeps(smaller) {
                break;
            }
            changed = true;
        }
        changed
    }
}

/// Makes the `which`th edit to these fields: `None` where there are not so many, `Some(false)`
/// where it changes nothing.
fn edits(fields: &mut Vec<Field>, mut which: usize) -> Option<bool> {
    for at in 0..fields.len() {
        if which == 0 {
            let goes = fields[at].optional;
            if goes {
                fields.remove(at);
            }
            return Some(goes);
        }
        which -= 1;
        let value = &mut fields[at].value;
        if let Value::Map(inner) = value {
            let inside = places(inner);
            if which < inside {
                return edits(inner, which);
            }
            which -= inside;
        } else {
            if which == 0 {
                let smaller = smaller(value);
                let changed = smaller.is_some();
                if let Some(smaller) = smaller {
                    *value = smaller;
                }
                return Some(changed);
            }
            which -= 1;
        }
    }
    None
}

/// How many edits there are to these fields.
fn places(fields: &[Field]) -> usize {
    let of = |field: &Field| match &field.value {
        Value::Map(inner) => 1 + places(inner),
        _ => 2,
    };
    fields.iter().map(of).sum()
}

fn smaller(value: &Value) -> Option<Value> {
    match value {
        Value::Time(time) => halved(*time).map(Value::Time),
        Value::Count(n) => (*n > 1).then(|| Value::Count(n / 2)),
        Value::Percent(n) => (*n > 0 && *n < 100).then_some(Value::Percent(100)),
        _ => None,
    }
}

/// Half of a time, in units that keep it readable; `None` where it is a millisecond or less.
fn halved(time: SimDuration) -> Option<SimDuration> {
    const UNITS: [u64; 4] = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000];
    let half = time.as_nanos() / 2;
    let unit = UNITS.into_iter().find(|unit| *unit <= half)?;
    Some(SimDuration::from_nanos(half / unit * unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::draft::{Part, Section};

    fn draft() -> Draft {
        let mut draft = Draft {
            name: "d".into(),
            seed: 1,
            duration: SimDuration::from_secs(8),
            policies: vec![],
            lead_times: vec![],
            parts: vec![],
        };
        for t in 1..=5 {
            draft.add(Section::Accounts, Part::of(t).must("name", format!("t{t}")));
            for f in 0..6 {
                let flow = Part::of(t).must("name", format!("f{t}{f}")).may("size", 1_518u64);
                draft.add(Section::Traffic, flow.must("count", 1_000u64));
            }
        }
        draft.add(Section::Faults, Part::new().must("cut", "c1"));
        draft
    }

    fn has(draft: &Draft, name: &str) -> bool {
        draft.yaml().contains(&format!("name: {name} ")) || draft.yaml().contains(&format!("name: {name},"))
    }

    #[test]
    fn what_does_not_matter_goes_and_what_matters_stays() {
        let shows = |draft: &Draft| {
            let many = draft
                .yaml()
                .split("count: ")
                .nth(1)
                .and_then(|rest| rest.split(' ').next()?.parse().ok());
            has(draft, "f32") && has(draft, "t3") && many.is_some_and(|n: u64| n >= 20)
        };
        let shrunk = shrink(&draft(), 10_000, shows);
        assert!(shrunk.is_least);
        assert_eq!(
            shrunk.draft.yaml(),
            "trunklab: 1\nname: d\nseed: 1\nduration: 1ms\naccounts:\n  - { name: t3 }\ntraffic:\n  - { name: f32, count: 31 }\n"
        );
    }

    #[test]
    fn it_stops_when_its_trials_are_used_up_and_says_so() {
        let shrunk = shrink(&draft(), 3, |_| true);
        assert_eq!((shrunk.tried, shrunk.is_least), (3, false));
        assert!(!shrink(&draft(), 0, |_| true).is_least);
    }

    #[test]
    fn what_shows_nothing_without_any_part_stays_whole() {
        let whole = draft();
        let shrunk = shrink(&whole, 10_000, |draft| *draft == whole);
        assert_eq!((&shrunk.draft, shrunk.is_least), (&whole, true));
    }
}
