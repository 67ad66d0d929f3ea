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
    let contradicted = answer.groups.iter().any(Group::is_contradicted);
    let verdict = if contradicted {
        Verdict::Inconc
    } else if found == expected {
        Verdict::Pass
    } else {
        Verdict::Fail
    };
    let name = |party: Option<Party>| party.map_or("not attributable", Party::as_str);
    let said = match found {
        _ if contradicted => "two records contradict each other, and nothing that was agreed decides".to_owned(),
        Some(party) => party.as_str().to_owned(),
        None => answer.in_parts(asker, answers.partners),
    };
    let wanted = if found == expected || contradicted {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Deviation, Duty};
    use crate::scenario::Span;

    fn owners(names: &[&str]) -> Vec<Owner> {
        let owner = |name: &&str| match *name {
            "partner" => Owner::Partner("telecom".into()),
            "cloud" => Owner::Cloud,
            "load" => Owner::Load("ant".into()),
            "contract" => Owner::Contract,
            tenant => Owner::Tenant(tenant.into()),
        };
        names.iter().map(owner).collect()
    }

    fn group(frames: u64, sets: &[&[&str]]) -> Group {
        Group {
            sets: sets.iter().map(|set| owners(set)).collect(),
            frames,
            flows: [("up".to_owned(), frames)].into(),
            withheld: 0,
            causes: Vec::new(),
        }
    }

    fn answer(groups: Vec<Group>) -> TenantAnswer {
        TenantAnswer {
            lost: groups.iter().map(|group| group.frames).sum(),
            astray: 0,
            groups,
            tried: owners(&["partner", "bee"]),
        }
    }

    #[test]
    fn a_party_answers_only_if_it_alone_answers_for_every_frame() {
        let party = |groups: Vec<Group>| answer(groups).party("ant");
        assert_eq!(party(vec![group(3, &[&["partner"]])]), Some(Party::Partner));
        assert_eq!(party(vec![group(3, &[&["cloud"]])]), Some(Party::Cloud));
        assert_eq!(
            party(vec![group(3, &[&["ant"]]), group(2, &[&["load"]])]),
            Some(Party::Tenant)
        );
        assert_eq!(
            party(vec![group(3, &[&["bee"]])]),
            None,
            "another tenant is no party between them"
        );
        assert_eq!(party(vec![group(3, &[&["partner"]]), group(1, &[&["cloud"]])]), None);
        assert_eq!(party(vec![group(3, &[&["partner"]]), group(1, &[])]), None);
        assert_eq!(party(vec![group(3, &[&["partner"], &["cloud"]])]), None);
        assert_eq!(party(vec![group(3, &[&["cloud", "partner"]])]), None);
        assert_eq!(party(vec![group(3, &[&["contract"]])]), None);
        assert_eq!(party(Vec::new()), None);
    }

    #[test]
    fn who_answers_is_told_in_words_and_another_tenant_by_its_name() {
        let told = |sets: &[&[&str]]| who(&group(1, sets), "ant", 1);
        assert_eq!(told(&[]), "not attributable");
        assert_eq!(told(&[&["partner"]]), "partner");
        assert_eq!(who(&group(1, &[&["partner"]]), "ant", 2), "partner telecom");
        assert_eq!(told(&[&["ant"]]), "tenant");
        assert_eq!(told(&[&["load"]]), "tenant");
        assert_eq!(told(&[&["bee"]]), "tenant bee");
        assert_eq!(told(&[&["contract"]]), "nobody: the contract allows it");
        assert_eq!(told(&[&["partner", "cloud"]]), "partner and cloud together");
        assert_eq!(told(&[&["partner"], &["cloud"]]), "either of partner or cloud");
        let parts = answer(vec![group(1_500, &[&["partner"]]), group(2, &[])]);
        assert_eq!(parts.in_parts("ant", 1), "1,500 partner, 2 not attributable");
        assert_eq!(answer(vec![group(2, &[])]).in_parts("ant", 1), "not attributable");
    }

    #[test]
    fn what_nobody_is_in_breach_for_is_by_contract() {
        let by = |sets: &[&[&str]]| group(1, sets).by_contract("ant");
        assert!(by(&[&["load"]]) && by(&[&["contract"]]));
        assert!(!by(&[&["partner"]]) && !by(&[]) && !by(&[&["load"], &["partner"]]));
        assert!(!group(1, &[&["load"]]).by_contract("bee"), "it is ant's load");
    }

    #[test]
    fn lost_and_astray_are_counted_apart() {
        let told = |lost, astray| {
            harmed(&TenantAnswer {
                lost,
                astray,
                ..TenantAnswer::default()
            })
        };
        assert_eq!(told(1, 0), "1 frame lost");
        assert_eq!(told(0, 2), "2 frames astray");
        assert_eq!(told(3, 2), "3 frames lost, 2 astray");
    }

    #[test]
    fn a_cause_is_told_with_its_line_and_what_is_lost_without_it() {
        let cause = |left, newly_lost| Cause {
            deviations: vec![Deviation {
                duty: Duty::Policer,
                owner: Owner::Partner("telecom".into()),
                tenant: None,
                place: "ap".into(),
                what: "ap polices 10M of 100M sold".into(),
                wrote: Span {
                    line: 41,
                    column: 5,
                    ..Span::default()
                },
                heal: Vec::new(),
                evident: false,
                undecided: false,
            }],
            left,
            newly_lost,
        };
        let lines = |left, newly| {
            let mut group = group(5, &[&["partner"]]);
            group.causes = vec![cause(left, newly)];
            let details = told(&answer(vec![group.clone()]), &group, "ant", 1);
            details.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let first = ["5 frames: partner", "ap polices 10M of 100M sold (line 41, column 5)"];
        assert_eq!(lines(0, 0)[..2], first);
        assert_eq!(lines(0, 0)[2], "with that put right, and nothing else: 0 lost");
        assert_eq!(
            lines(4, 3)[2],
            "with that put right, and nothing else: 7 lost, 3 of those that were not lost before"
        );
        let open = group(5, &[]);
        let tried = told(&answer(vec![open.clone()]), &open, "ant", 1);
        assert_eq!(
            tried[1].to_string(),
            "not saved by putting right what is owed by partner, tenant bee"
        );
    }
}
