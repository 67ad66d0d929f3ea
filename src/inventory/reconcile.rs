//! Two sources held against each other: where they disagree of one service.

use std::collections::{BTreeMap, BTreeSet};

use super::place::Place;
use super::service::{Fact, Service};
use super::shown::{Known, Value};

/// What is compared of two services: what each calls its tenant and its load is its own.
const COMPARED: [Fact; 13] = [
    Fact::Account,
    Fact::Circuit,
    Fact::VlanId,
    Fact::Spec,
    Fact::Address,
    Fact::Gateway,
    Fact::Mask,
    Fact::Mode,
    Fact::Vbr,
    Fact::SharedPort,
    Fact::VbrState,
    Fact::PortState,
    Fact::Acceptance,
];

/// How two sources stand in one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stand {
    /// They show different values.
    Disagree,
    /// One of them contradicts itself.
    Contradicted,
    /// Only the first has the service.
    OnlyFirst,
    /// Only the second has it.
    OnlySecond,
}

impl Stand {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disagree => "disagree",
            Self::Contradicted => "contradicted",
            Self::OnlyFirst => "only_in_first",
            Self::OnlySecond => "only_in_second",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which service: its tenant, or what else names it.
    pub service: String,
    /// What; `None`: the service as a whole.
    pub fact: Option<Fact>,
    /// How they stand.
    pub stand: Stand,
    /// What each shows.
    pub sides: [Side; 2],
}

/// What one of two sources shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Side {
    /// The value; empty: nothing.
    pub value: String,
    /// Where.
    pub place: Option<Place>,
}

/// What two sources come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// Differences, in order of service and fact.
    pub differences: Vec<Difference>,
    /// Services that both have.
    pub matched: usize,
    /// Values that both show and that are the same.
    pub same: u64,
    /// Values that only one of them shows: nothing is said of these.
    pub one_sided: u64,
}

/// Which service of the first is which of the second: by VBR, port, circuit and VLAN, account and VLAN, and what an
/// account or a tenant has alone. What could be two is none.
pub fn pairs(first: &[Service], second: &[Service]) -> Vec<(usize, usize)> {
    let by: [fn(&Service) -> Vec<String>; 6] = [
        |one| one.text(Fact::Vbr).map(str::to_owned).into_iter().collect(),
        |one| one.text(Fact::SharedPort).map(str::to_owned).into_iter().collect(),
        |one| {
            let vlan = one.number(Fact::VlanId);
            let names = one
                .text(Fact::Circuit)
                .into_iter()
                .chain(one.aliases.iter().map(String::as_str));
            vlan.map_or_else(Vec::new, |vlan| names.map(|name| format!("{name} {vlan}")).collect())
        },
        |one| {
            let both = one.number(Fact::Account).zip(one.number(Fact::VlanId));
            both.map(|(account, vlan)| format!("{account} {vlan}"))
                .into_iter()
                .collect()
        },
        |one| {
            one.number(Fact::Account)
                .map(|account| account.to_string())
                .into_iter()
                .collect()
        },
        |one| one.text(Fact::Tenant).map(str::to_lowercase).into_iter().collect(),
    ];
    let (mut left, mut right): (BTreeSet<usize>, BTreeSet<usize>) =
        ((0..first.len()).collect(), (0..second.len()).collect());
    let mut pairs = Vec::new();
    for keys in by {
        let index = |services: &[Service], among: &BTreeSet<usize>| {
            let mut of: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
            for at in among {
                for key in keys(&services[*at]) {
                    of.entry(key).or_default().insert(*at);
                }
            }
            of
        };
        let (of_first, of_second) = (index(first, &left), index(second, &right));
        for (key, here) in &of_first {
            let (Some(a), Some(b)) = (alone(here), of_second.get(key).and_then(alone)) else {
                continue;
            };
            if left.contains(&a) && right.contains(&b) {
                left.remove(&a);
                right.remove(&b);
                pairs.push((a, b));
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

fn alone(all: &BTreeSet<usize>) -> Option<usize> {
    all.first().copied().filter(|_| all.len() == 1)
}

/// Holds two sources against each other.
pub fn reconcile(first: &[Service], second: &[Service]) -> Reconciled {
    let pairs = pairs(first, second);
    let mut found = Reconciled {
        matched: pairs.len(),
        ..Reconciled::default()
    };
    for (a, b) in &pairs {
        compare(&first[*a], &second[*b], &mut found);
    }
    let (here, there): (BTreeSet<usize>, BTreeSet<usize>) = pairs.into_iter().unzip();
    let left = first.iter().enumerate().filter(|(at, _)| !here.contains(at));
    for (_, service) in left {
        let side = described(service);
        found
            .differences
            .push(whole(service, Stand::OnlyFirst, [side, Default::default()]));
    }
    let right = second.iter().enumerate().filter(|(at, _)| !there.contains(at));
    for (_, service) in right {
        let side = described(service);
        found
            .differences
            .push(whole(service, Stand::OnlySecond, [Default::default(), side]));
    }
    found
}

fn whole(service: &Service, stand: Stand, sides: [Side; 2]) -> Difference {
    Difference {
        service: name(service),
        fact: None,
        stand,
        sides,
    }
}

fn compare(a: &Service, b: &Service, found: &mut Reconciled) {
    for fact in COMPARED {
        let (one, other) = (a.known(fact), b.known(fact));
        let stand = match (one, other) {
            (Known::Unknown, Known::Unknown) => continue,
            (Known::Contradicted(_), _) | (_, Known::Contradicted(_)) => Stand::Contradicted,
            (Known::Unknown, _) | (_, Known::Unknown) => {
                found.one_sided += 1;
                continue;
            }
            (Known::Shown(left), Known::Shown(right)) => {
                if same(fact, (a, &left.value), (b, &right.value)) {
                    found.same += 1;
                    continue;
                }
                Stand::Disagree
            }
        };
        let side = |known: Known<'_>| {
            let value = known.to_string();
            let place = known.one().map(|shown| shown.place.clone());
            Side { value, place }
        };
        found.differences.push(Difference {
            service: if a.text(Fact::Tenant).is_some() {
                name(a)
            } else {
                name(b)
            },
            fact: Some(fact),
            stand,
            sides: [side(one), side(other)],
        });
    }
}

fn same(fact: Fact, (a, left): (&Service, &Value), (b, right): (&Service, &Value)) -> bool {
    if left == right {
        return true;
    }
    let (Value::Text(left), Value::Text(right)) = (left, right) else {
        return false;
    };
    // A circuit has an id, a name and a carrier's code: any of them is it.
    let also = fact == Fact::Circuit && (a.aliases.contains(right) || b.aliases.contains(left));
    also || left.eq_ignore_ascii_case(right)
}

/// What names a service for people.
pub fn name(service: &Service) -> String {
    let texts = [Fact::Tenant, Fact::Vbr, Fact::SharedPort].map(|fact| service.text(fact));
    match texts.into_iter().flatten().next() {
        Some(text) => text.to_owned(),
        None => service.place.to_string(),
    }
}

fn described(service: &Service) -> Side {
    let facts = [Fact::Account, Fact::Circuit, Fact::VlanId];
    let told = facts
        .iter()
        .map(|fact| format!("{} {}", fact.as_str(), service.known(*fact)));
    Side {
        value: told.collect::<Vec<_>>().join(", "),
        place: Some(service.place.clone()),
    }
}
