//! Commands of the user's own before and after each attach, with the names of each VBR filled in.

use std::net::{IpAddr, Ipv4Addr};

use super::model::{Block, Cell, Chapter, Grid};
use super::{Rehearsed, words};
use crate::scenario::file::IdcItem;
use crate::scenario::{At, Blank, Template, Unit};

pub(super) fn chapter(rehearsed: &Rehearsed<'_>) -> Chapter {
    let columns = [
        ("tenant", words::tenant()),
        ("wave", words::wave()),
        ("when", words::when()),
        ("command", words::command()),
        ("result", words::result()),
    ];
    let mut grid = Grid::new("checks", columns);
    let (pre, post) = match rehearsed.board() {
        Some(board) => (&board.pre_checks[..], &board.post_checks[..]),
        None => (&[][..], &[][..]),
    };
    for unit in rehearsed.units().iter().filter(|unit| rehearsed.goes(unit)) {
        let values = Values::of(rehearsed, unit);
        for (when, templates) in [(words::before_attach(), pre), (words::after_attach(), post)] {
            let mut push = |command: Cell| {
                grid.push(vec![
                    Cell::same(unit.tenant.as_str()),
                    Cell::same(unit.wave.to_string()),
                    when.clone().into(),
                    command,
                    Cell::Blank,
                ]);
            };
            let filled = |template: &At<Template>| Cell::same(template.fill(|blank| values.get(blank)));
            templates.iter().map(filled).for_each(&mut push);
            if templates.is_empty() {
                push(Cell::Blank);
            }
        }
    }
    Chapter {
        key: "checks",
        title: words::checks_title(),
        blocks: vec![Block::Para(words::checks_note()), Block::Table(grid)],
    }
}

/// What the names in braces stand for, for one VBR.
struct Values<'a> {
    unit: &'a Unit,
    idc: Option<&'a IdcItem>,
}

impl<'a> Values<'a> {
    fn of(rehearsed: &Rehearsed<'a>, unit: &'a Unit) -> Self {
        let name = unit.idc.as_deref();
        let idcs = rehearsed.file.idcs.iter();
        Self {
            unit,
            idc: name.and_then(|name| idcs.into_iter().find(|idc| *idc.name.0 == *name)),
        }
    }

    fn get(&self, blank: Blank) -> Option<String> {
        let unit = self.unit;
        match blank {
            Blank::Tenant => Some(unit.tenant.clone()),
            Blank::Partner => Some(unit.partner.clone()),
            Blank::Vbr => Some(unit.vbr.clone()),
            Blank::Port => Some(unit.port.clone()),
            Blank::Circuit => Some(unit.circuit.clone()),
            Blank::Vlan => Some(unit.vlan.to_string()),
            Blank::Idc => unit.idc.clone(),
            Blank::Wave => Some(unit.wave.to_string()),
            Blank::Peer => self.idc.map(|idc| idc.address.address.to_string()),
            Blank::Local => self.local(),
        }
    }

    /// The VBR's address: as it is written; in a /30 the other one.
    fn local(&self) -> Option<String> {
        let idc = self.idc?;
        if let Some(gateway) = &idc.gateway {
            return Some(gateway.value.to_string());
        }
        let IpAddr::V4(peer) = idc.address.address else {
            return None;
        };
        let other = Ipv4Addr::from(u32::from(peer) ^ 3);
        (idc.address.len == 30).then(|| other.to_string())
    }
}
