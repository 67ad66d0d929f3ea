//! Who: approver and roles, who makes whose calls, who is told what, when nothing else is changed.

use super::model::{Block, Cell, Chapter, Grid};
use super::{Rehearsed, words};
use crate::scenario::At;

fn written(text: &Option<At<String>>) -> Cell {
    Cell::or_blank(text.as_ref().map(|text| text.value.as_str()))
}

pub(super) fn chapter(rehearsed: &Rehearsed<'_>) -> Chapter {
    Chapter {
        key: "people",
        title: words::people_title(),
        blocks: vec![
            Block::Table(roles(rehearsed)),
            Block::Table(actors(rehearsed)),
            Block::Table(messages(rehearsed)),
            Block::Table(freeze(rehearsed)),
        ],
    }
}

fn roles(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("role", words::role()),
        ("name", words::name()),
        ("reach", words::reach()),
    ];
    let mut grid = Grid::new("roles", columns);
    let board = rehearsed.board();
    let approver = board.and_then(|board| board.approver.as_ref());
    grid.push(vec![
        words::approver().into(),
        Cell::or_blank(approver.map(|name| name.value.as_str())),
        Cell::Blank,
    ]);
    let roles = board.map_or(&[][..], |board| &board.roles);
    for role in roles {
        grid.push(vec![
            Cell::same(role.role.value.as_str()),
            Cell::same(role.name.value.as_str()),
            written(&role.reach),
        ]);
    }
    if roles.is_empty() {
        for role in words::usual_roles() {
            grid.push(vec![role.into(), Cell::Blank, Cell::Blank]);
        }
    }
    grid
}

/// Every account that makes a call, whether the file names somebody for it or not.
fn actors(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("account", words::account()),
        ("name", words::name()),
        ("reach", words::reach()),
        ("from", words::there_from()),
        ("to", words::there_to()),
    ];
    let mut grid = Grid::new("actors", columns);
    let mut accounts: Vec<&str> = Vec::new();
    for unit in rehearsed.units() {
        for account in [unit.partner.as_str(), unit.tenant.as_str()] {
            if !accounts.contains(&account) {
                accounts.push(account);
            }
        }
    }
    let board = rehearsed.board();
    for account in accounts {
        let actor = board.and_then(|board| board.actors.iter().find(|actor| *actor.account.0 == *account));
        let moment = |at: Option<&At<crate::scenario::Moment>>| Cell::or_blank(at.map(|at| at.value.to_string()));
        grid.push(vec![
            Cell::same(account),
            Cell::or_blank(actor.map(|actor| actor.name.value.as_str())),
            actor.map_or(Cell::Blank, |actor| written(&actor.reach)),
            moment(actor.and_then(|actor| actor.from.as_ref())),
            moment(actor.and_then(|actor| actor.to.as_ref())),
        ]);
    }
    grid
}

fn messages(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("when", words::when()),
        ("to", words::told()),
        ("by", words::teller()),
        ("how", words::how()),
    ];
    let mut grid = Grid::new("communication", columns);
    let messages = rehearsed.board().map_or(&[][..], |board| &board.communication);
    for message in messages {
        grid.push(vec![
            Cell::same(message.when.value.as_str()),
            Cell::same(message.to.value.as_str()),
            written(&message.by),
            written(&message.how),
        ]);
    }
    if messages.is_empty() {
        for when in words::usual_messages() {
            grid.push(vec![when.into(), Cell::Blank, Cell::Blank, Cell::Blank]);
        }
    }
    grid
}

fn freeze(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [("from", words::freeze_from()), ("to", words::freeze_to())];
    let mut grid = Grid::new("freeze", columns);
    let freeze = rehearsed.board().and_then(|board| board.freeze.as_ref());
    grid.push(vec![
        Cell::or_blank(freeze.map(|freeze| freeze.from.value.to_string())),
        Cell::or_blank(freeze.map(|freeze| freeze.to.value.to_string())),
    ]);
    grid
}
