//! Fails where somebody else could have saved a tenant's frames than the party that was named.
//!
//! Who could have is found by an experiment: deviations from the contract are put right, owner by owner,
//! and the same world runs again (see `why`). It comes here as data; without it nobody can know.

mod answers;
mod losses;

pub use answers::{Answers, Cause, Group, TenantAnswer};
pub use losses::{Loss, all_losses};

use super::case::{frames, thousands};
use super::index::Index;
use super::{Detail, Field, Finding, Value, Verdict};
use crate::contract::Owner;
use crate::ident::{Party, TenantId};

pub(super) fn judge(index: &Index<'_>, tenant: TenantId, expected: Option<Party>) -> Finding {
    let Some(answers) = index.answers else {
        let text = "not asked: who answers is found by running the world again with deviations put right";
        return Finding::new(Verdict::Inconc, text);
    };
    let asker = index.case.tenant(tenant);
    let Some(answer) = answers.tenants.get(asker) else {
        return Finding::new(Verdict::Inconc, "nothing was lost, so nobody answers for it");
    };
    let found = answer.party(asker);
    let verdict = if found == expected {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let name = |party: Option<Party>| party.map_or("not attributable", Party::as_str);
    let said = match found {
        Some(party) => party.as_str().to_owned(),
        None => answer.in_parts(asker, answers.partners),
    };
    let wanted = if found == expected {
        String::new()
    } else {
        format!(", not {}", name(expected))
    };
    let text = format!("{}: {said}{wanted}", harmed(answer));
    let cause = |party: Option<Party>| Value::text(party.map_or("none", Party::as_str));
    let details = answer
        .groups
        .iter()
        .flat_map(|group| told(answer, group, asker, answers.partners));
    Finding::new(verdict, text).told(details.collect()).numbers([
        ("lost", Value::frames(answer.lost)),
        ("astray", Value::frames(answer.astray)),
        ("party", cause(found)),
        ("party_expected", cause(expected)),
        ("worlds", Value::count(answers.worlds)),
    ])
}

/// What happened to a tenant's frames: `350 frames lost`, `350 frames lost, 20 astray`.
pub fn harmed(answer: &TenantAnswer) -> String {
    match (answer.lost, answer.astray) {
        (lost, 0) => format!("{} lost", frames(lost)),
        (0, astray) => format!("{} astray", frames(astray)),
        (lost, astray) => format!("{} lost, {} astray", frames(lost), thousands(astray)),
    }
}

impl TenantAnswer {
    /// The party that alone answers for every frame; `None`: there is no such party.
    pub fn party(&self, asker: &str) -> Option<Party> {
        let mut parties = self
            .groups
            .iter()
            .map(|group| group.only().and_then(|owner| owner.party(asker)));
        let first = parties.next().flatten()?;
        parties.all(|party| party == Some(first)).then_some(first)
    }

    /// Who answers for which part.
    fn in_parts(&self, asker: &str, partners: usize) -> String {
        let whole = self.groups.len() == 1;
        let part = |group: &Group| {
            let who = who(group, asker, partners);
            if whole {
                who
            } else {
                format!("{} {who}", thousands(group.frames))
            }
        };
        let parts: Vec<String> = self.groups.iter().map(part).collect();
        parts.join(", ")
    }
}

/// Who answers for a group, in words.
pub fn who(group: &Group, asker: &str, partners: usize) -> String {
    let set = |set: &Vec<Owner>| {
        let names: Vec<String> = set.iter().map(|owner| owner.told(asker, partners)).collect();
        names.join(" and ")
    };
    match group.sets.as_slice() {
        [] => "not attributable".to_owned(),
        [_] if group.is_allowed() => "nobody: the contract allows it".to_owned(),
        [only] if only.len() == 1 => set(only),
        [only] => format!("{} together", set(only)),
        several => {
            let names: Vec<String> = several.iter().map(set).collect();
            format!("either of {}", names.join(" or "))
        }
    }
}

/// A group in sentences: how many, who answers, and by what.
fn told(answer: &TenantAnswer, group: &Group, asker: &str, partners: usize) -> Vec<Detail> {
    let mut lines = vec![Detail::new(
        format!("{}: {}", frames(group.frames), who(group, asker, partners)),
        group.values(asker, partners),
    )];
    if group.sets.is_empty() {
        let tried: Vec<String> = answer.tried.iter().map(|owner| owner.told(asker, partners)).collect();
        let text = match tried.as_slice() {
            [] => "nothing in the scenario departs from the contract".to_owned(),
            tried => format!("not saved by putting right what is owed by {}", tried.join(", ")),
        };
        lines.push(Detail::from(text));
    }
    for cause in &group.causes {
        for deviation in &cause.deviations {
            let line = deviation.wrote;
            let text = format!("{} (line {}, column {})", deviation.what, line.line, line.column);
            lines.push(Detail::new(
                text,
                vec![
                    Field::new("duty", Value::text(deviation.duty.as_str())),
                    Field::new("owes", Value::text(deviation.duty.owes())),
                    Field::new("said_in", Value::text(deviation.duty.source())),
                    Field::new("line", Value::label(line.line)),
                    Field::new("column", Value::label(line.column)),
                ],
            ));
        }
        let text = match (cause.left, cause.newly_lost) {
            (left, 0) => format!("with that put right, and nothing else: {} lost", thousands(left)),
            (left, newly) => format!(
                "with that put right, and nothing else: {} lost, {} of those that were not lost before",
                thousands(left + newly),
                thousands(newly)
            ),
        };
        lines.push(Detail::from(text));
    }
    lines
}

impl Group {
    /// What a program wants to know of it.
    fn values(&self, asker: &str, partners: usize) -> Vec<Field> {
        vec![
            Field::new("harmed", Value::frames(self.frames)),
            Field::new("withheld", Value::frames(self.withheld)),
            Field::new("answer", Value::text(who(self, asker, partners))),
            Field::new("by_contract", Value::Flag(self.by_contract(asker))),
        ]
    }

    /// Is nobody in breach: did the tenant send more than it bought, or does the contract allow it?
    fn by_contract(&self, asker: &str) -> bool {
        self.is_allowed() || self.only() == Some(&Owner::Load(asker.to_owned()))
    }
}
