//! Rows as services, and what is wrong with each, alone and beside the others.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use csv::StringRecord;

use super::columns::Columns;
use super::words::{self, plain, short};
use super::{Listed, Table};
use crate::inventory::place::Place;
use crate::inventory::service::{Fact, Service};
use crate::inventory::shown::{Known, Value};
use crate::inventory::trouble::Trouble;
use crate::provision::{Spec, SpecUnit};
use crate::scenario::Code;

/// What a scenario has a stand-in for where a row does not say it.
const WANTED: [Fact; 11] = [
    Fact::Account,
    Fact::Circuit,
    Fact::VlanId,
    Fact::Tag,
    Fact::Spec,
    Fact::Address,
    Fact::Gateway,
    Fact::Mask,
    Fact::Mode,
    Fact::Peak,
    Fact::PeakInterval,
];

/// `titles`: where those stand.
pub(super) fn read(table: &Table, titles: &Place, rows: &[StringRecord], columns: &Columns, listed: &mut Listed) {
    for row in rows {
        let line = table.line(row);
        if row.len() > table.titles.len() && row.iter().skip(table.titles.len()).any(|cell| plain(cell).is_some()) {
            let message = format!("the row has {} cells under {} titles", row.len(), table.titles.len());
            let place = table.cell(line, table.titles.len());
            listed.troubles.push(Trouble::error(place, Code::RowRagged, message));
        }
        let mut service = Service::new(table.cell(line, columns.of.get(&Fact::Tenant).copied().unwrap_or(0)));
        for (fact, column) in &columns.of {
            let Some(text) = row.get(*column).and_then(plain) else {
                continue;
            };
            let place = table.cell(line, *column);
            if let Err(message) = cell(&mut service, *fact, text, &table.titles[*column], &place) {
                listed
                    .troubles
                    .push(Trouble::error(place, Code::CellUnreadable, message));
            }
        }
        missing(table, row, line, columns, &service, listed);
        contradictory(&service, listed);
        if service.text(Fact::Tenant).is_some() {
            listed.services.push(service);
        }
    }
    no_column(titles, columns, listed);
    beside_each_other(listed);
}

/// Puts what a cell says into a service.
fn cell(service: &mut Service, fact: Fact, text: &str, title: &str, place: &Place) -> Result<(), String> {
    let value = match fact {
        Fact::Tenant => match text.chars().any(char::is_alphanumeric) {
            true => Value::Text(text.to_owned()),
            false => return Err(format!("`{}` names nobody", short(text))),
        },
        Fact::Circuit | Fact::Vbr | Fact::SharedPort | Fact::VbrState | Fact::PortState | Fact::Acceptance => {
            Value::Text(text.to_owned())
        }
        Fact::Account | Fact::Partner => Value::Number(words::account(text)?),
        Fact::VlanId => Value::Number(words::vlan(text)?),
        Fact::Tag => Value::Number(words::tag(text)?),
        Fact::Spec => {
            let bps = words::bandwidth(text, words::unit_of_title(title))?;
            let mbps = bps / 1_000_000;
            match bps % 1_000_000 == 0 && spec_of(mbps).is_some() {
                true => Value::Number(mbps),
                false => {
                    let all: Vec<&str> = Spec::all().map(Spec::name).collect();
                    return Err(format!(
                        "`{}` is no bandwidth that is sold: {}",
                        short(text),
                        all.join(", ")
                    ));
                }
            }
        }
        Fact::Peak => Value::Number(words::bandwidth(text, words::unit_of_title(title))?.div_ceil(1_000)),
        Fact::PeakInterval => Value::Number(words::interval(text)?),
        Fact::Mask => Value::Number(words::mask(text)?),
        Fact::Mode => Value::Text(words::mode(text, title)?.to_owned()),
        Fact::Lan => {
            let (address, len) = words::address(text)?;
            let len = len.ok_or_else(|| format!("`{}` has no prefix length", short(text)))?;
            let mask = u32::MAX.checked_shl(32 - u32::try_from(len).unwrap_or(32)).unwrap_or(0);
            let network = Ipv4Addr::from(u32::from(address) & mask);
            Value::Text(format!("{network}/{len}"))
        }
        Fact::Address | Fact::Gateway => {
            let (address, len) = words::address(text)?;
            if let Some(len) = len {
                service.put(Fact::Mask, Value::Number(len), place);
            }
            Value::Text(address.to_string())
        }
    };
    service.put(fact, value, place);
    Ok(())
}

/// The spec of so many Mbit/s: of a shared port, or of a VBR that the partner pushed (2048 for 2G).
pub(in crate::inventory) fn spec_of(mbps: u64) -> Option<Spec> {
    let same = |spec: &Spec| {
        let both = [spec.mbps(SpecUnit::Decimal), spec.vbr_mbps(SpecUnit::Decimal)];
        both.map(u64::from).contains(&mbps)
    };
    Spec::all().find(same)
}

/// What a row does not say.
fn missing(table: &Table, row: &StringRecord, line: u32, columns: &Columns, service: &Service, listed: &mut Listed) {
    let place = |fact: Fact| table.cell(line, columns.of.get(&fact).copied().unwrap_or(0));
    let unsaid = |fact: Fact| {
        let silent = columns
            .of
            .get(&fact)
            .and_then(|column| row.get(*column))
            .and_then(plain)
            .is_none();
        silent && service.known(fact) == Known::Unknown
    };
    if unsaid(Fact::Tenant) {
        let message = "the row does not say whose it is, so it cannot be used (merged cells are not filled down)";
        listed
            .troubles
            .push(Trouble::error(place(Fact::Tenant), Code::CellMissing, message));
    }
    // What no peak is has no interval.
    let idle = |fact: Fact| fact == Fact::PeakInterval && unsaid(Fact::Peak);
    for fact in WANTED
        .into_iter()
        .filter(|fact| columns.of.contains_key(fact) && unsaid(*fact) && !idle(*fact))
    {
        let message = format!("{} is UNKNOWN", fact.what());
        listed
            .troubles
            .push(Trouble::note(place(fact), Code::CellMissing, message));
    }
}

/// What no column says: told once, not row by row.
fn no_column(titles: &Place, columns: &Columns, listed: &mut Listed) {
    for fact in WANTED.into_iter().filter(|fact| !columns.of.contains_key(fact)) {
        let lacks = |service: &&Service| service.known(fact) == Known::Unknown;
        // That a customer's own tag is the VLAN is assumed of everybody, unless the list has a column for it; and
        // what no peak is has no interval.
        let idle = fact == Fact::Tag || (fact == Fact::PeakInterval && !columns.of.contains_key(&Fact::Peak));
        let rows = listed.services.iter().filter(lacks).count();
        if rows > 0 && !idle {
            let s = if rows == 1 { "" } else { "s" };
            let message = format!("no column says {}: UNKNOWN in {rows} row{s}", fact.what());
            listed
                .troubles
                .push(Trouble::note(titles.clone(), Code::CellMissing, message));
        }
    }
}

/// Cells of one row that cannot all be right.
fn contradictory(service: &Service, listed: &mut Listed) {
    let mut say = |fact: Fact, stops: bool, message: String| {
        let place = service
            .known(fact)
            .one()
            .map_or_else(|| service.place.clone(), |shown| shown.place.clone());
        let mut trouble = Trouble::error(place, Code::CellContradicts, message);
        trouble.stops = stops;
        listed.troubles.push(trouble);
    };
    let address = |fact: Fact| service.text(fact).and_then(|text| text.parse::<Ipv4Addr>().ok());
    if matches!(service.known(Fact::Mask), Known::Contradicted(_)) {
        say(
            Fact::Address,
            true,
            format!("the mask is {}", service.known(Fact::Mask)),
        );
    }
    if let Some(len) = service.number(Fact::Mask).filter(|len| !(24..=30).contains(len)) {
        say(
            Fact::Mask,
            true,
            format!("an interconnect is a /24 to /30, and this is a /{len}"),
        );
    }
    if let (Some(peer), Some(local)) = (address(Fact::Address), address(Fact::Gateway)) {
        let len = service.number(Fact::Mask).unwrap_or(30).min(32);
        let mask = u32::MAX.checked_shl(32 - u32::try_from(len).unwrap_or(32)).unwrap_or(0);
        let (one, other) = (u32::from(peer), u32::from(local));
        let ends = [0, !mask];
        if peer == local {
            say(
                Fact::Gateway,
                true,
                format!("customer and cloud have the same address, {peer}"),
            );
        } else if one & mask != other & mask {
            say(
                Fact::Gateway,
                true,
                format!("{local} and {peer} are in different /{len} networks"),
            );
        } else if ends.contains(&(one & !mask)) || ends.contains(&(other & !mask)) {
            let message = format!("{local} or {peer} is the first or the last address of its /{len} network");
            say(Fact::Gateway, true, message);
        }
    }
    if let (Some(peak), Some(mbps)) = (service.number(Fact::Peak), service.number(Fact::Spec))
        && peak > mbps * 1_000
    {
        say(
            Fact::Peak,
            false,
            format!("the peak, {peak} kbit/s, is above the bandwidth, {mbps} Mbit/s"),
        );
    }
}

/// Rows that cannot all be right.
fn beside_each_other(listed: &mut Listed) {
    let mut slots: BTreeMap<(String, u64), Place> = BTreeMap::new();
    let mut on: BTreeMap<String, Vec<(u64, Place)>> = BTreeMap::new();
    let mut vbrs: BTreeMap<String, Place> = BTreeMap::new();
    let (mut uids, mut names) = (BTreeMap::<String, u64>::new(), BTreeMap::<u64, String>::new());
    let mut found = Vec::new();
    for service in &listed.services {
        let at = |fact: Fact| {
            service
                .known(fact)
                .one()
                .map_or_else(|| service.place.clone(), |shown| shown.place.clone())
        };
        if let (Some(circuit), Some(vlan)) = (service.text(Fact::Circuit), service.number(Fact::VlanId)) {
            match slots.get(&(circuit.to_owned(), vlan)) {
                Some(first) => {
                    let message = format!("VLAN {vlan} of {} stands also in {first}", short(circuit));
                    found.push(Trouble::error(at(Fact::VlanId), Code::RowTwice, message));
                }
                None => drop(slots.insert((circuit.to_owned(), vlan), at(Fact::VlanId))),
            }
            on.entry(circuit.to_owned()).or_default().push((vlan, at(Fact::VlanId)));
        }
        if let Some(vbr) = service.text(Fact::Vbr) {
            match vbrs.get(vbr) {
                Some(first) => {
                    let message = format!("{} stands also in {first}", short(vbr));
                    found.push(Trouble::error(at(Fact::Vbr), Code::RowTwice, message));
                }
                None => drop(vbrs.insert(vbr.to_owned(), at(Fact::Vbr))),
            }
        }
        let (Some(tenant), Some(uid)) = (service.text(Fact::Tenant), service.number(Fact::Account)) else {
            continue;
        };
        let known = *uids.entry(tenant.to_owned()).or_insert(uid);
        let name = names.entry(uid).or_insert_with(|| tenant.to_owned());
        if known != uid {
            let message = format!("{} has the account id {known} in another row", short(tenant));
            found.push(Trouble::error(at(Fact::Account), Code::CellContradicts, message));
        } else if name != tenant {
            let message = format!("the account id {uid} is that of {} in another row", short(name));
            found.push(Trouble::error(at(Fact::Account), Code::CellContradicts, message));
        }
    }
    for (circuit, vlans) in &on {
        if vlans.len() > 1
            && let Some((_, place)) = vlans.iter().find(|(vlan, _)| *vlan == 0)
        {
            let message = format!(
                "VLAN 0 is the only service of its circuit, and {} has {}",
                short(circuit),
                vlans.len()
            );
            found.push(Trouble::error(place.clone(), Code::CellContradicts, message));
        }
    }
    listed.troubles.append(&mut found);
}
