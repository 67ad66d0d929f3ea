//! What goes wrong, by the kinds that are on; and that all of it is mended when the wild part ends.

use std::collections::BTreeSet;

use super::{Kind, Part, Section, Sketch, Value, WILD};
use crate::swarm::dice::Dice;

/// What must be mended, and what mends it.
type Mends = BTreeSet<(&'static str, String)>;

pub(super) fn draw(sketch: &mut Sketch) {
    let mut dice = sketch.dice("faults");
    let on = [
        Kind::Cut,
        Kind::Flap,
        Kind::Lose,
        Kind::Corrupt,
        Kind::Duplicate,
        Kind::Detach,
        Kind::Misconnect,
    ];
    let on: Vec<Kind> = on.into_iter().filter(|kind| sketch.has(*kind)).collect();
    if on.is_empty() {
        return;
    }
    let mut mends = Mends::new();
    for _ in 0..dice.between(1, 6) {
        let kind = dice.of(&on);
        one(sketch, &mut dice, kind, &mut mends);
    }
    for (key, what) in mends {
        let mend = Part::new().must("at", sketch.at(WILD)).must(key, what.as_str());
        let share = matches!(key, "lose" | "corrupt" | "duplicate");
        let mend = if share {
            mend.must("share", Value::Percent(0))
        } else {
            mend
        };
        sketch.add(Section::Faults, of_line(mend, &what));
    }
}

/// A tenant's own line goes away with the tenant.
fn of_line(mut part: Part, link: &str) -> Part {
    let digits: String = link.chars().filter(char::is_ascii_digit).collect();
    if link.ends_with("/uni") || link.starts_with('r') {
        part.tenant = digits.parse().ok();
    }
    part
}

fn one(sketch: &mut Sketch, dice: &mut Dice, kind: Kind, mends: &mut Mends) {
    let at = dice.part(sketch.span, 50, WILD - 20);
    let link = sketch.links[usize::try_from(dice.roll(sketch.links.len() as u64)).expect("few links")].clone();
    let tenant = dice.between(1, sketch.tenants);
    let fault = Part::new().must("at", at);
    let way = dice.of(&["both", "a_to_b", "b_to_a"]);
    let share = |part: Part, key: &'static str, percent: u64| {
        part.must(key, link.as_str())
            .must("share", Value::Percent(percent))
            .may("way", way)
    };
    let part = match kind {
        Kind::Cut if dice.one_in(3) => fault.must("restore", link.as_str()).may("way", way),
        Kind::Cut => fault.must("cut", link.as_str()).may("way", way),
        Kind::Flap => {
            let flap = Part::new().must("link", link.as_str()).must("every", sketch.at(50));
            let flap = flap
                .must("down", dice.part(sketch.span, 1, 49))
                .must("times", dice.between(1, 4));
            // It must be over when the wild part ends.
            let at = dice.part(sketch.span, 50, WILD - 220);
            Part::new().must("at", at).must("flap", flap)
        }
        Kind::Lose => share(fault, "lose", dice.between(1, 100)),
        Kind::Corrupt => share(fault, "corrupt", dice.between(1, 30)),
        Kind::Duplicate => share(fault, "duplicate", dice.between(1, 50)),
        Kind::Misconnect => {
            let (_, circuit) = sketch.services[usize::try_from(tenant - 1).expect("few tenants")];
            let at = if circuit == "c1" { sketch.c1_at } else { "ap2" };
            let fault = fault.must("misconnect", at).must("tenant", format!("t{tenant}"));
            fault.must("vlan_id", 10 + dice.between(1, sketch.tenants + 1))
        }
        _ => fault.must("detach", format!("r{tenant}")),
    };
    let mend = match kind {
        Kind::Cut | Kind::Flap => Some(("restore", link.clone())),
        Kind::Lose => Some(("lose", link.clone())),
        Kind::Corrupt => Some(("corrupt", link.clone())),
        Kind::Duplicate => Some(("duplicate", link.clone())),
        Kind::Misconnect => None,
        _ => Some(("attach", format!("r{tenant}"))),
    };
    let part = match kind {
        Kind::Misconnect | Kind::Detach => Part {
            tenant: Some(tenant),
            ..part
        },
        _ => of_line(part, &link),
    };
    mends.extend(mend);
    sketch.add(Section::Faults, part);
}
