//! Ids of the law as the names that the scenario gives to what they stand for.

use crate::provision::ResourceId;
use crate::scenario::Plan;

/// What each id is called.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoken {
    /// Ids and their names; an id before those that begin it.
    names: Vec<(String, String)>,
}

impl Spoken {
    /// The names of a plan's circuits, of what its steps made, and of its accounts.
    pub(super) fn new(plan: &Plan, circuits: &[ResourceId], bound: &[ResourceId]) -> Self {
        let circuits = circuits.iter().zip(plan.circuits.iter().map(|circuit| &circuit.name));
        let made = bound.iter().zip(&plan.bindings);
        let resources = circuits.chain(made).filter(|(id, _)| **id != ResourceId::UNBOUND);
        let accounts = plan.accounts.iter().enumerate();
        let accounts = accounts.map(|(n, account)| (format!("account number {n}"), account.name.clone()));
        let mut names: Vec<(String, String)> = resources
            .map(|(id, name)| (id.to_string(), name.clone()))
            .chain(accounts)
            .collect();
        names.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then(a.cmp(b)));
        names.dedup_by(|(a, _), (b, _)| a == b);
        Self { names }
    }

    /// The text with names instead of ids.
    pub(super) fn say(&self, text: &str) -> String {
        let mut said = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let known = self.names.iter().find(|(id, _)| {
                rest.strip_prefix(id.as_str())
                    .is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_digit()))
            });
            match known {
                Some((id, name)) => {
                    said.push_str(name);
                    rest = &rest[id.len()..];
                }
                None => {
                    said.push(next);
                    rest = &rest[next.len_utf8()..];
                }
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_said_by_its_name_and_one_that_only_begins_like_it_is_not() {
        let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        let spoken = Spoken {
            names: vec![pair("account number 1", "telecom"), pair("pc-99-1", "circuit-1")],
        };
        for (text, said) in [
            ("the bandwidth of pc-99-1", "the bandwidth of circuit-1"),
            ("pc-99-1 VLAN 7, pc-99-12", "circuit-1 VLAN 7, pc-99-12"),
            ("account number 1; account number 10", "telecom; account number 10"),
            ("nothing – at all", "nothing – at all"),
        ] {
            assert_eq!(spoken.say(text), said);
        }
    }
}
