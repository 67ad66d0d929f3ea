//! Keys with wrong values, for a twin: what files get wrong, and who owes that it is right.

use super::plant::{entry, named, own_circuit, partner, set};
use crate::contract::Owner;
use crate::study::draft::{Draft, Section, Value};
use crate::swarm::dice::Dice;

/// Who owes that a key is right.
#[derive(Clone, Copy)]
enum Whose {
    /// The partner.
    Partner,
    /// The cloud.
    Cloud,
    /// Whoever has the circuit.
    CircuitOwner,
    /// The tenant whose account it is.
    Account,
}

/// A value that is wrong.
#[derive(Clone, Copy)]
enum Wrong {
    Word(&'static str),
    Count(u64),
    Off,
}

impl From<Wrong> for Value {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Word(word) => Self::from(word),
            Wrong::Count(count) => Self::from(count),
            Wrong::Off => Self::from(false),
        }
    }
}

/// A key, of a mapping within the item where that is named, and the values that are wrong there.
struct WrongKey {
    section: Section,
    within: Option<&'static str>,
    key: &'static str,
    whose: Whose,
    values: &'static [Wrong],
}

const fn wrong(section: Section, key: &'static str, whose: Whose, values: &'static [Wrong]) -> WrongKey {
    WrongKey {
        section,
        within: None,
        key,
        whose,
        values,
    }
}

const KEYS: &[WrongKey] = &[
    wrong(
        Section::AccessPoints,
        "arp_per_second",
        Whose::Partner,
        &[Wrong::Count(0)],
    ),
    wrong(
        Section::AccessPoints,
        "icmp_per_second",
        Whose::Partner,
        &[Wrong::Count(1), Wrong::Count(20)],
    ),
    wrong(Section::AccessPoints, "icmp_burst", Whose::Partner, &[Wrong::Count(1)]),
    wrong(
        Section::AccessPoints,
        "burst",
        Whose::Partner,
        &[Wrong::Word("1600B"), Wrong::Word("5kB")],
    ),
    wrong(
        Section::AccessPoints,
        "arp_limit",
        Whose::Partner,
        &[Wrong::Word("shared")],
    ),
    wrong(
        Section::AccessPoints,
        "octets",
        Whose::Partner,
        &[Wrong::Word("l1"), Wrong::Word("l3")],
    ),
    wrong(Section::Fabrics, "arp_per_second", Whose::Partner, &[Wrong::Count(0)]),
    wrong(
        Section::AccessDevices,
        "octets",
        Whose::Cloud,
        &[Wrong::Word("l1"), Wrong::Word("l3")],
    ),
    wrong(
        Section::Links,
        "mtu",
        Whose::Partner,
        &[Wrong::Count(400), Wrong::Count(1_200)],
    ),
    wrong(
        Section::Links,
        "rate",
        Whose::Partner,
        &[Wrong::Word("1M"), Wrong::Word("9M")],
    ),
    wrong(Section::Links, "queue", Whose::Partner, &[Wrong::Word("2kB")]),
    wrong(Section::Links, "allowed_vids", Whose::Partner, &[Wrong::Word("[2-9]")]),
    wrong(
        Section::Links,
        "allowed_vids_b",
        Whose::Partner,
        &[Wrong::Word("[2-9]")],
    ),
    wrong(Section::Circuits, "queue", Whose::CircuitOwner, &[Wrong::Word("2kB")]),
    wrong(
        Section::Circuits,
        "allowed_vids",
        Whose::CircuitOwner,
        &[Wrong::Word("[2-9]")],
    ),
    wrong(
        Section::Circuits,
        "allowed_vids_b",
        Whose::Cloud,
        &[Wrong::Word("[2-9]")],
    ),
    wrong(Section::Circuits, "mtu", Whose::CircuitOwner, &[Wrong::Count(300)]),
    wrong(
        Section::Idcs,
        "spec",
        Whose::Partner,
        &[Wrong::Word("1M"), Wrong::Word("3M")],
    ),
    WrongKey {
        within: Some("last_mile"),
        ..wrong(
            Section::Idcs,
            "mtu",
            Whose::Partner,
            &[Wrong::Count(400), Wrong::Count(1_200)],
        )
    },
    WrongKey {
        within: Some("last_mile"),
        ..wrong(Section::Idcs, "queue", Whose::Partner, &[Wrong::Word("2kB")])
    },
    wrong(Section::CrossBorder, "rate", Whose::Cloud, &[Wrong::Word("1M")]),
    wrong(Section::CrossBorder, "mtu", Whose::Cloud, &[Wrong::Count(400)]),
    wrong(Section::Accounts, "outbound_billing", Whose::Account, &[Wrong::Off]),
];

/// Plants a wrong value of some key; `None` where the world has no such item.
pub(super) fn plant(draft: &mut Draft, dice: &mut Dice) -> Option<(String, Owner)> {
    let at = usize::try_from(dice.roll(KEYS.len() as u64)).unwrap_or(0);
    let wrong = KEYS.get(at)?;
    let name = named(draft, wrong.section, dice)?;
    let owner = match wrong.whose {
        Whose::Partner => Owner::Partner(partner(draft)),
        Whose::Cloud => Owner::Cloud,
        Whose::CircuitOwner => own_circuit(draft, &name).unwrap_or_else(|| Owner::Partner(partner(draft))),
        Whose::Account if name == partner(draft) => return None,
        Whose::Account => Owner::Tenant(name.clone()),
    };
    let value = Value::from(dice.of(wrong.values));
    let (key, told) = (wrong.key, format!("{name}: {} {value}", wrong.key));
    let item = entry(draft, wrong.section, &name)?;
    if key.starts_with("allowed_vids") {
        item.fields.retain(|field| field.key != "unpruned");
    }
    match wrong.within {
        None => set(&mut item.fields, key, value),
        Some(around) => {
            let map = item.fields.iter_mut().find(|field| field.key == around)?;
            let Value::Map(fields) = &mut map.value else {
                return None;
            };
            set(fields, key, value);
        }
    }
    Some((told, owner))
}
