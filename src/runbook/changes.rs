//! What changes for tenants besides frames: money, rights, who answers for the line.

use super::model::{Block, Cell, Chapter, Grid};
use super::{Rehearsed, words};
use crate::preflight::amount;

pub(super) fn chapter(rehearsed: &Rehearsed<'_>) -> Chapter {
    Chapter {
        key: "changes",
        title: words::changes_title(),
        blocks: vec![
            Block::Table(money(rehearsed)),
            Block::Table(rights(rehearsed)),
            Block::Table(sla(rehearsed)),
        ],
    }
}

fn money(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("tenant", words::tenant()),
        ("before", words::money_before()),
        ("spec", words::spec()),
        ("month", words::monthly()),
        ("payer", words::payer()),
        ("from", words::fee_from()),
        ("outbound", words::outbound_price()),
        ("outbound_from", words::outbound_from()),
    ];
    let mut grid = Grid::new("money", columns);
    let currency = rehearsed.preflight.currency.as_deref().unwrap_or_default();
    let price = |micros: Option<u64>| {
        let amount = micros.map(|micros| format!("{} {currency}", amount(micros)));
        amount.map_or_else(|| words::no_price().into(), |text| Cell::same(text.trim_end()))
    };
    for line in &rehearsed.preflight.lines {
        let money = &line.changes.money;
        grid.push(vec![
            Cell::same(line.tenant.as_str()),
            words::no_fee_before().into(),
            money
                .spec
                .map_or_else(|| words::unknown().into(), |spec| Cell::same(spec.name())),
            price(money.port_month),
            Cell::same(money.payer.as_str()),
            words::from_acceptance().into(),
            price(money.outbound_gb),
            money.outbound_from.clone().into(),
        ]);
    }
    grid
}

/// Rights follow from the policies: they are the same for every tenant.
fn rights(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("right", words::right()),
        ("before", words::before()),
        ("after", words::after()),
    ];
    let mut grid = Grid::new("rights", columns);
    let first = rehearsed.preflight.lines.iter().take(1);
    for right in first.flat_map(|line| &line.changes.rights) {
        grid.push(vec![
            right.what.clone().into(),
            right.before.clone().into(),
            right.after.clone().into(),
        ]);
    }
    grid
}

fn sla(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [("before", words::sla_before()), ("after", words::sla_after())];
    let mut grid = Grid::new("sla", columns);
    for line in rehearsed.preflight.lines.iter().take(1) {
        let changes = &line.changes;
        grid.push(vec![
            changes.sla_before.clone().into(),
            changes.sla_after.clone().into(),
        ]);
    }
    grid
}
