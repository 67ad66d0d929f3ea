//! A runbook for programs. A cell that is to be filled in is `null`.

use serde_json::{Value as Json, json};

use super::certificate;
use crate::preflight::{Language, Text};
use crate::runbook::{Block, Cell, Chapter, Runbook, title};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.runbook/1";

pub(super) fn render(runbook: &Runbook, language: Language) -> String {
    let said = |text: &Text| text.said(language).to_owned();
    let recommendation = &runbook.recommendation;
    let document = json!({
        "format": FORMAT,
        "language": language.as_str(),
        "name": runbook.name,
        "title": said(&title(&runbook.name)),
        "decision": recommendation.decision.as_str(),
        "reasons": recommendation.reasons.iter().map(said).collect::<Vec<_>>(),
        "chapters": runbook.chapters.iter().map(|one| chapter(one, language)).collect::<Vec<_>>(),
        "certificate": certificate::json(&runbook.certificate),
    });
    let mut text = serde_json::to_string_pretty(&document).expect("strings and integers always serialise");
    text.push('\n');
    text
}

fn chapter(chapter: &Chapter, language: Language) -> Json {
    let said = |text: &Text| text.said(language).to_owned();
    let cell = |cell: &Cell| match cell {
        Cell::Said(text) => Json::from(said(text)),
        Cell::Blank => Json::Null,
    };
    let block = |block: &Block| match block {
        Block::Para(text) => json!({ "kind": "paragraph", "text": said(text) }),
        Block::List(title, items) => {
            json!({ "kind": "list", "title": said(title), "items": items.iter().map(said).collect::<Vec<_>>() })
        }
        Block::Table(grid) => {
            let columns = grid.columns.iter();
            let columns = columns.map(|column| json!({ "key": column.key, "title": said(&column.title) }));
            let rows = grid.rows.iter().map(|row| row.iter().map(cell).collect::<Json>());
            json!({
                "kind": "table",
                "key": grid.key,
                "columns": columns.collect::<Vec<_>>(),
                "rows": rows.collect::<Vec<_>>(),
            })
        }
    };
    json!({
        "key": chapter.key,
        "title": said(&chapter.title),
        "blocks": chapter.blocks.iter().map(block).collect::<Vec<_>>(),
    })
}
