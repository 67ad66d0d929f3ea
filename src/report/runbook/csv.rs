//! A runbook for spreadsheets (RFC 4180): a block for each table, an empty line between two. What begins like a
//! formula is made inert, so that opening the file runs nothing.

use super::text;
use crate::preflight::Language;
use crate::report::document::{plain, quoted};
use crate::runbook::{Block, Chapter, Runbook};

pub(super) fn render(runbook: &Runbook, language: Language) -> String {
    let mut blocks: Vec<Vec<Vec<String>>> = Vec::new();
    let mut words = vec![["table", "chapter", "text"].map(str::to_owned).to_vec()];
    for chapter in &runbook.chapters {
        paragraphs(&mut words, chapter, language);
    }
    blocks.push(words);
    for chapter in &runbook.chapters {
        tables(&mut blocks, chapter, language);
    }
    blocks.push(inputs(runbook));
    let blocks = blocks.into_iter().filter(|rows| rows.len() > 1);
    let each = blocks.map(|rows| rows.iter().map(|row| line(row)).collect::<String>());
    // A spreadsheet takes text for UTF-8 only where it begins with this mark.
    format!("\u{feff}{}", each.collect::<Vec<_>>().join("\r\n"))
}

fn paragraphs(rows: &mut Vec<Vec<String>>, chapter: &Chapter, language: Language) {
    let mut push = |text: &str| {
        let row = ["text", chapter.key, text].map(str::to_owned);
        rows.push(row.to_vec());
    };
    for block in &chapter.blocks {
        match block {
            Block::Para(text) => push(text.said(language)),
            Block::List(title, items) => {
                for item in items {
                    push(&format!("{}: {}", title.said(language), item.said(language)));
                }
            }
            Block::Table(_) => {}
        }
    }
}

fn tables(blocks: &mut Vec<Vec<Vec<String>>>, chapter: &Chapter, language: Language) {
    for block in &chapter.blocks {
        let Block::Table(grid) = block else { continue };
        let keys = grid.columns.iter().map(|column| column.key.to_owned());
        let titles = grid.columns.iter().map(|column| column.title.said(language).to_owned());
        let first = |kind: &str| [kind.to_owned(), chapter.key.to_owned()].into_iter();
        let mut rows = vec![
            first("table").chain(keys).collect::<Vec<_>>(),
            first("title").chain(titles).collect(),
        ];
        for cells in &grid.rows {
            let cells = cells.iter().map(|cell| text(cell, language));
            rows.push(first(grid.key).chain(cells).collect());
        }
        blocks.push(rows);
    }
}

fn inputs(runbook: &Runbook) -> Vec<Vec<String>> {
    let certificate = &runbook.certificate;
    let mut rows = vec![["table", "path", "octets", "sha256"].map(str::to_owned).to_vec()];
    for input in &certificate.inputs {
        let octets = input.octets.to_string();
        rows.push(
            ["inputs", &input.path, &octets, &input.sha256]
                .map(str::to_owned)
                .to_vec(),
        );
    }
    let seal = certificate.seal();
    rows.push(["seal", "", "", &seal].map(str::to_owned).to_vec());
    rows
}

fn line(row: &[String]) -> String {
    let cells: Vec<String> = row.iter().map(|cell| quoted(&inert(cell))).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no spreadsheet takes for a formula; lines stay lines.
fn inert(cell: &str) -> String {
    let lines: Vec<String> = cell.split('\n').map(plain).collect();
    let text = lines.join("\n");
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    match text.trim_start().starts_with(formula) {
        true => format!("'{text}"),
        false => text,
    }
}
