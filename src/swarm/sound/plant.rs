//! A fault in a sound world, or two, for its twin: does somebody say so, if it hurts?

use super::ground::VLANS;
use super::keys;
use crate::contract::Owner;
use crate::forward::Planted;
use crate::study::draft::{Draft, Field, Part, Section, Value};
use crate::swarm::dice::{Dice, thousandths};

macro_rules! plants {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A kind of fault that a twin may have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Plants { $($(#[$doc])* $name,)* }
        impl Plants {
            /// Every kind, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The kind's stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

plants! {
    /// A link is cut for good.
    Cut = "cut",
    /// A link is cut and made whole again.
    Blink = "blink",
    /// A link loses a share of its frames.
    Lose = "lose",
    /// A link corrupts a share of its frames.
    Corrupt = "corrupt",
    /// A link doubles a share of its frames.
    Duplicate = "duplicate",
    /// A line is slower than what is sold over it.
    SlowLine = "slow-line",
    /// A circuit is slower than what is sold over it.
    SlowCircuit = "slow-circuit",
    /// A circuit carries smaller frames than the tenants' lines.
    SmallCircuit = "small-circuit",
    /// A circuit's list lacks VLANs that are sold on it.
    ShortList = "short-list",
    /// The two ends of a circuit disagree about the VLAN that goes untagged.
    Native = "native",
    /// The partner's operator gives a service another VLAN.
    Misconnect = "misconnect",
    /// A port is sold with another VLAN than the partner's switch has.
    Mistype = "mistype",
    /// The partner's operator polices a service to less than is sold.
    Police = "police",
    /// The transit router lets go of a VBR.
    Detach = "detach",
    /// A call of the API is never made.
    LostCall = "lost-call",
    /// A VBR has another peer address than its data centre.
    Address = "address",
    /// A switch or device forwards as a faulty one did.
    Quirk = "quirk",
    /// A key of some item has a wrong value.
    Key = "key",
}

/// A fault that was planted, or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planting {
    /// Of which kind; of two the first.
    pub kind: Plants,
    /// Of which kind the second one is.
    pub second: Option<Plants>,
    /// What exactly.
    pub what: String,
    /// Who owes that they are not there: one, or one for each.
    pub owners: Vec<Owner>,
    /// The world with them.
    pub draft: Draft,
}

impl Planting {
    /// The kind of the only fault, or that there are two.
    pub const fn as_str(&self) -> &'static str {
        match self.second {
            None => self.kind.as_str(),
            Some(_) => "two at once",
        }
    }
}

/// Plants a fault in the sound world of a seed, and in one of three a second one; `None` where it has no place for
/// the kind drawn.
pub(super) fn plant(seed: u64, draft: &Draft) -> Option<Planting> {
    let mut planted = draft.clone();
    let first = plant_one(Dice::new(seed, "sound plant"), &mut planted)?;
    let mut dice = Dice::new(seed, "sound second plant");
    let mut both = planted.clone();
    let second = if dice.one_in(3) {
        plant_one(dice, &mut both)
    } else {
        None
    };
    Some(match second {
        None => Planting {
            kind: first.0,
            second: None,
            what: first.1,
            owners: vec![first.2],
            draft: planted,
        },
        Some((kind, what, owner)) => Planting {
            kind: first.0,
            second: Some(kind),
            what: format!("{} and {what}", first.1),
            owners: vec![first.2, owner],
            draft: both,
        },
    })
}

/// One fault: of which kind, what exactly, and whose.
fn plant_one(mut dice: Dice, draft: &mut Draft) -> Option<(Plants, String, Owner)> {
    let kind = dice.of(Plants::ALL);
    if kind == Plants::Key {
        let (what, owner) = keys::plant(draft, &mut dice)?;
        return Some((kind, what, owner));
    }
    let (what, at) = planted(draft, &mut dice, kind)?;
    let owner = owner(kind, &at, draft);
    Some((kind, what, owner))
}

/// Who owes that there is no such fault at this place.
fn owner(kind: Plants, at: &str, draft: &Draft) -> Owner {
    let is = |section: Section| {
        let of = draft.parts.iter().filter(|(s, _)| *s == section);
        of.filter_map(|(_, part)| word(part, "name")).any(|name| name == at)
    };
    match kind {
        Plants::Native | Plants::Detach => Owner::Cloud,
        Plants::Quirk if is(Section::AccessDevices) => Owner::Cloud,
        // Whoever makes the call, or should.
        Plants::LostCall | Plants::Address | Plants::Mistype => match is_partner(draft, at) {
            true => Owner::Partner(at.to_owned()),
            false => Owner::Tenant(at.to_owned()),
        },
        _ => own_circuit(draft, at).unwrap_or_else(|| Owner::Partner(partner(draft))),
    }
}

/// The tenant that owns this circuit, if one does.
pub(super) fn own_circuit(draft: &Draft, at: &str) -> Option<Owner> {
    let mut circuits = draft.parts.iter().filter(|(s, _)| *s == Section::Circuits);
    let owner = circuits.find(|(_, part)| word(part, "name").as_deref() == Some(at));
    let owner = owner.and_then(|(_, part)| word(part, "owner"))?;
    (!is_partner(draft, &owner)).then_some(Owner::Tenant(owner))
}

/// The first partner of a world; a sound world has one.
pub(super) fn partner(draft: &Draft) -> String {
    let accounts = draft.parts.iter().filter(|(s, _)| *s == Section::Accounts);
    let mut partners = accounts.filter(|(_, part)| word(part, "role").as_deref() == Some("partner"));
    partners
        .next()
        .and_then(|(_, part)| word(part, "name"))
        .unwrap_or_default()
}

fn is_partner(draft: &Draft, account: &str) -> bool {
    let accounts = draft.parts.iter().filter(|(s, _)| *s == Section::Accounts);
    let mut own = accounts.filter(|(_, part)| word(part, "name").as_deref() == Some(account));
    own.any(|(_, part)| word(part, "role").as_deref() == Some("partner"))
}

/// What was planted, and at which place, or by whose call.
fn planted(draft: &mut Draft, dice: &mut Dice, kind: Plants) -> Option<(String, String)> {
    let somewhere = |what: String| (what, String::new());
    Some(match kind {
        Plants::Key => return None,
        Plants::Cut | Plants::Blink | Plants::Lose | Plants::Corrupt | Plants::Duplicate => spoilt(draft, dice, kind)?,
        Plants::SlowLine => somewhere(slow_line(draft, dice)?),
        Plants::SlowCircuit => circuit(draft, dice, "rate", |dice| dice.of(&["2M", "8M", "30M"]).into())?,
        Plants::SmallCircuit => circuit(draft, dice, "mtu", |dice| dice.of(&[500, 900, 1_300]).into())?,
        Plants::ShortList => {
            // The lower half of the VLANs stays at home.
            let middle = dice.between(VLANS.0 + 200, VLANS.1);
            circuit(draft, dice, "allowed_vids", |_| {
                format!("[{middle}-{}]", VLANS.1 + 1).into()
            })?
        }
        Plants::Native => {
            let vlan = vlan_of_some(draft, dice)?;
            circuit(draft, dice, "native_vid_b", |_| vlan.into())?
        }
        Plants::Misconnect | Plants::Police => somewhere(at_switch(draft, dice, kind)?),
        Plants::Mistype | Plants::Address | Plants::LostCall => call(draft, dice, kind)?,
        Plants::Detach => {
            let vbr = named(draft, Section::Idcs, dice)?.replacen('d', "r", 1);
            let at = moment(draft, dice);
            let tenant = tenant_of(&vbr);
            draft.add(
                Section::Faults,
                Part::of(tenant).must("at", at).must("detach", vbr.as_str()),
            );
            somewhere(format!("{vbr} is let go"))
        }
        Plants::Quirk => {
            let has = |section: &Section| draft.parts.iter().any(|(s, _)| s == section);
            let all = [Section::AccessPoints, Section::Fabrics, Section::AccessDevices];
            let sections: Vec<Section> = all.into_iter().filter(has).collect();
            let section = dice.of(&sections);
            // A run has no batches.
            let all: Vec<Planted> = Planted::every()
                .filter(|quirk| *quirk != Planted::Nothing && !Planted::BATCHES.contains(quirk))
                .collect();
            let (name, quirk) = (named(draft, section, dice)?, dice.of(&all));
            set(
                &mut entry(draft, section, &name)?.fields,
                "quirk",
                quirk.as_str().into(),
            );
            (format!("{quirk} at {name}", quirk = quirk.as_str()), name)
        }
    })
}

/// A time at which flows run.
fn moment(draft: &Draft, dice: &mut Dice) -> crate::units::SimDuration {
    thousandths(draft.duration, dice.between(super::FLOWS.0 + 60, super::FLOWS.1 - 200))
}

fn tenant_of(name: &str) -> u64 {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn word(part: &Part, key: &str) -> Option<String> {
    let field = part.fields.iter().find(|f| f.key == key)?;
    Some(field.value.to_string())
}

/// The name of one of a section's entries.
pub(super) fn named(draft: &Draft, section: Section, dice: &mut Dice) -> Option<String> {
    let of = draft.parts.iter().filter(|(s, _)| *s == section);
    let names: Vec<String> = of.filter_map(|(_, part)| word(part, "name")).collect();
    let at = usize::try_from(dice.roll(names.len() as u64)).unwrap_or(0);
    names.into_iter().nth(at)
}

pub(super) fn entry<'d>(draft: &'d mut Draft, section: Section, name: &str) -> Option<&'d mut Part> {
    let mut of = draft
        .parts
        .iter_mut()
        .filter(|(s, _)| *s == section)
        .map(|(_, part)| part);
    of.find(|part| word(part, "name").as_deref() == Some(name))
}

pub(super) fn set(fields: &mut Vec<Field>, key: &'static str, value: Value) {
    match fields.iter_mut().find(|f| f.key == key) {
        Some(field) => field.value = value,
        None => fields.push(Field {
            key,
            value,
            optional: false,
        }),
    }
}

fn spoilt(draft: &mut Draft, dice: &mut Dice, kind: Plants) -> Option<(String, String)> {
    let link = match dice.roll(3) {
        0 => named(draft, Section::Links, dice),
        1 => named(draft, Section::Circuits, dice),
        _ => named(draft, Section::Idcs, dice).map(|idc| format!("{idc}/uni")),
    }?;
    let at = moment(draft, dice);
    let way = dice.of(&["both", "a_to_b", "b_to_a"]);
    let fault = Part::new().must("at", at).must(kind_key(kind), link.as_str());
    let fault = match kind {
        Plants::Cut | Plants::Blink => fault,
        _ => fault.must("share", Value::Percent(dice.between(5, 60))),
    };
    draft.add(Section::Faults, fault.must("way", way));
    if kind == Plants::Blink {
        let again = at.saturating_add(thousandths(draft.duration, dice.between(10, 60)));
        let fault = Part::new().must("at", again).must("restore", link.as_str());
        draft.add(Section::Faults, fault.must("way", way));
    }
    Some((format!("{} {link} {way}", kind.as_str()), link))
}

fn kind_key(kind: Plants) -> &'static str {
    match kind {
        Plants::Lose => "lose",
        Plants::Corrupt => "corrupt",
        Plants::Duplicate => "duplicate",
        _ => "cut",
    }
}

fn slow_line(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let name = named(draft, Section::Idcs, dice)?;
    let rate = dice.of(&["2M", "10M", "40M"]);
    let idc = entry(draft, Section::Idcs, &name)?;
    let line = idc.fields.iter_mut().find(|f| f.key == "last_mile")?;
    let Value::Map(fields) = &mut line.value else {
        return None;
    };
    fields.iter_mut().find(|f| f.key == "rate")?.value = rate.into();
    Some(format!("the line of {name} has {rate}"))
}

fn circuit(
    draft: &mut Draft,
    dice: &mut Dice,
    key: &'static str,
    value: impl Fn(&mut Dice) -> Value,
) -> Option<(String, String)> {
    let name = named(draft, Section::Circuits, dice)?;
    let value = value(dice);
    let circuit = entry(draft, Section::Circuits, &name)?;
    circuit.fields.retain(|f| f.key != "unpruned" || key != "allowed_vids");
    let told = format!("{name}: {key} {value}");
    set(&mut circuit.fields, key, value);
    if key == "rate" {
        // It was sold all the same.
        set(&mut circuit.fields, "bandwidth", "1G".into());
    }
    Some((told, name))
}

/// The VLAN of some data centre.
fn vlan_of_some(draft: &Draft, dice: &mut Dice) -> Option<u64> {
    let of = draft.parts.iter().filter(|(s, _)| *s == Section::Idcs);
    let vlans: Vec<u64> = of
        .filter_map(|(_, part)| word(part, "vlan_id")?.parse().ok())
        .filter(|vlan| *vlan != 0)
        .collect();
    (!vlans.is_empty()).then(|| dice.of(&vlans))
}

fn at_switch(draft: &mut Draft, dice: &mut Dice, kind: Plants) -> Option<String> {
    let idc = named(draft, Section::Idcs, dice)?;
    let (at, tenant) = {
        let part = entry(draft, Section::Idcs, &idc)?;
        (word(part, "attach")?, word(part, "tenant")?)
    };
    let fault = Part::of(tenant_of(&tenant)).must("at", moment(draft, dice));
    let fault = match kind {
        Plants::Police => {
            let spec = dice.of(&["1M", "5M", "20M"]);
            fault
                .must("police", at.as_str())
                .must("tenant", tenant.as_str())
                .must("spec", spec)
                .must("burst", "20kB")
        }
        _ => {
            let vlan = match dice.one_in(2) {
                true => vlan_of_some(draft, dice)?,
                false => dice.between(900, 940),
            };
            fault
                .must("misconnect", at.as_str())
                .must("tenant", tenant.as_str())
                .must("vlan_id", vlan)
        }
    };
    draft.add(Section::Faults, fault);
    Some(format!("{} of {tenant} at {at}", kind.as_str()))
}

/// A call that is made with another value, or not at all; and by whom.
fn call(draft: &mut Draft, dice: &mut Dice, kind: Plants) -> Option<(String, String)> {
    let fits = |part: &Part| -> bool {
        let does = word(part, "do").unwrap_or_default();
        match kind {
            Plants::Mistype => does == "CreateVirtualPhysicalConnection",
            Plants::Address => word(part, "with").is_some_and(|with| with.contains("PeerGatewayIp")),
            _ => !part.fields.iter().any(|f| f.key == "as"),
        }
    };
    let steps = draft.parts.iter().enumerate();
    let steps = steps.filter(|(_, (s, part))| *s == Section::Provisioning && fits(part));
    let all: Vec<usize> = steps.map(|(i, _)| i).collect();
    if all.is_empty() {
        return None;
    }
    let at = dice.of(&all);
    let what = word(&draft.parts[at].1, "do")?;
    let by = word(&draft.parts[at].1, "by")?;
    if kind == Plants::LostCall {
        draft.parts.remove(at);
        return Some((format!("no {what}"), by));
    }
    let with = draft.parts[at].1.fields.iter_mut().find(|f| f.key == "with")?;
    let Value::Map(fields) = &mut with.value else {
        return None;
    };
    let (key, value) = match kind {
        Plants::Mistype => ("VlanId", Value::Count(dice.between(VLANS.0, VLANS.1))),
        _ => (
            "LocalGatewayIp",
            Value::from(format!("10.255.{}.9", dice.between(200, 250))),
        ),
    };
    if kind == Plants::Address {
        // The other address has to be in the same prefix, or the call is refused.
        let peer = fields.iter_mut().find(|f| f.key == "PeerGatewayIp")?;
        let text = format!("{value}");
        peer.value = Value::from(format!("{}.10", text.trim_end_matches(".9")));
    }
    fields.iter_mut().find(|f| f.key == key)?.value = value;
    Some((format!("{what} with another {key}"), by))
}
