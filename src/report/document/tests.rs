use super::*;

/// Names that end a cell, a line, a tag or a quote somewhere.
const HOSTILE: [&str; 9] = [
    "a|b",
    "a,b",
    "a\"b",
    "a\nb",
    "a\r\nb",
    "\u{1b}[2Ja",
    "</testcase><b>&amp;",
    "[a](b)`*_#",
    "\u{202e}evil",
];

const COLUMNS: [Column; 3] = [
    Column::new("name", "name"),
    Column::unit("sent", "sent", Unit::Frames),
    Column::of("of", "", Unit::Octets, For::Programs),
];

fn document(names: &[String], shown: usize) -> Document {
    let mut table = Table::new("rows", "rows", &COLUMNS, shown);
    for (i, name) in names.iter().enumerate() {
        table.push(vec![Value::text(name), Value::frames(i as u64), Value::octets(7)]);
    }
    let finding = |name: &String| Finding {
        outcome: Outcome::Bad,
        verdict: "FAIL".to_owned(),
        check: "check".to_owned(),
        subject: name.clone(),
        name: format!("check of {name}"),
        text: name.clone(),
        details: names.to_vec(),
        explains: true,
        root: String::new(),
        fields: vec![Field::new("subject", Value::text(name))],
        ..Finding::default()
    };
    let findings = Findings {
        key: "verdicts",
        shown: Shown::All,
        most: 0,
        findings: names.iter().map(finding).collect(),
    };
    let source = names.first().cloned().unwrap_or_default();
    let section = Section {
        source: source.clone(),
        name: source,
        subtitle: " (one)".to_owned(),
        properties: vec![("command", names.join(" "))],
        parts: vec![Part::Findings(findings), Part::Table(table)],
    };
    Document {
        format: "test/1",
        title: "test",
        parts: vec![Part::Sections {
            key: "runs",
            shown: usize::MAX,
            sections: vec![section],
        }],
    }
}

fn hostile() -> Vec<String> {
    let long = "x".repeat(10_000);
    HOSTILE.iter().map(|name| (*name).to_owned()).chain([long]).collect()
}

#[test]
fn json_gives_every_hostile_name_back() {
    let names = hostile();
    let text = document(&names, 1).render(Format::Json);
    let root: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let rows = root["runs"][0]["rows"].as_array().expect("every row");
    let back: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(back, names);
    assert_eq!((&rows[2]["sent_frames"], &rows[2]["of_octets"]), (&2.into(), &7.into()));
}

/// The cells of a document by RFC 4180.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut all) = (false, text.chars().peekable());
    while let Some(c) = all.next() {
        match (c, quoted) {
            ('"', true) if all.peek() == Some(&'"') => cell.extend(all.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\r', false) => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (other, _) => cell.push(other),
        }
    }
    rows
}

#[test]
fn csv_gives_every_hostile_name_back_and_every_row_of_a_block_has_its_columns() {
    let names = hostile();
    let rows = cells(&document(&names, 1).render(Format::Csv));
    let of = |table: &str| rows.iter().filter(|row| row[0] == table).cloned().collect::<Vec<_>>();
    let back: Vec<String> = of("rows").into_iter().map(|row| row[2].clone()).collect();
    assert_eq!(back, names);
    assert!(of("rows").iter().all(|row| row.len() == 5) && of("verdicts").iter().all(|row| row.len() == 8));
}

#[test]
fn no_hostile_name_ends_a_line_of_text_or_a_cell_of_markdown() {
    let names = hostile();
    let text = document(&names, usize::MAX).render(Format::Text { verbose: true });
    let lines = 1 + names.len() * (1 + names.len()) + 2 + names.len() + 1;
    assert_eq!(text.lines().count(), lines, "{}", &text[..400]);
    let markdown = document(&names, 1).render(Format::Markdown);
    for text in [&text, &markdown] {
        assert!(text.chars().all(|c| c == '\n' || !is_hostile(c)));
    }
    for line in markdown.lines().filter(|line| line.starts_with('|')) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!(bars == 3 || bars == 5, "{line}");
    }
    assert!(!markdown.replace("\\<", "").contains('<'));
}

#[test]
fn junit_stays_well_formed_whatever_a_name_holds() {
    let text = document(&hostile(), 1).render(Format::Junit);
    let xml = roxmltree::Document::parse(&text).expect("well-formed XML");
    let cases = xml.descendants().filter(|node| node.has_tag_name("testcase"));
    assert_eq!(cases.count(), hostile().len());
}

#[test]
fn text_alone_cuts_and_says_how_much_and_how_to_see_it() {
    let names: Vec<String> = (0..39).map(|i| format!("tenant-{i:02}")).collect();
    let text = document(&names, 12).render(Format::Text { verbose: false });
    assert!(
        text.contains("and 27 more: --verbose shows all, --format json holds all"),
        "{text}"
    );
    assert_eq!(text.matches("and 27 more").count(), 1 + names.len());
    let whole = [
        Format::Text { verbose: true },
        Format::Json,
        Format::Junit,
        Format::Markdown,
        Format::Csv,
    ];
    for format in whole {
        let text = document(&names, 12).render(format);
        assert!(!text.contains(" more"), "{format:?}");
        assert!(names.iter().all(|name| text.contains(name)), "{format:?}");
    }
}

#[test]
fn what_is_urgent_is_shown_where_a_table_is_cut_and_in_its_place() {
    let mut table = Table::new("rows", "rows", &COLUMNS, 2);
    for i in 0..5u64 {
        table.push(vec![Value::count(i), Value::frames(i), Value::octets(i)]);
    }
    table.urgent.push(3);
    let shown: Vec<String> = table.chosen(2).iter().map(|row| row[0].to_string()).collect();
    assert_eq!(shown, ["0", "3"]);
}

#[test]
fn text_alone_shows_the_first_sections_and_says_how_many_more() {
    let names: Vec<String> = (0..3).map(|i| format!("world-{i}")).collect();
    let mut document = document(&names, usize::MAX);
    let Some(Part::Sections { shown, sections, .. }) = document.parts.first_mut() else {
        panic!("a document of sections");
    };
    *shown = 20;
    *sections = vec![sections[0].clone(); 23];
    let told = |text: &str| text.contains("and 3 more: --verbose shows all, --format json holds all");
    let text = document.render(Format::Text { verbose: false });
    let whole = document.render(Format::Text { verbose: true });
    assert!(told(&text) && !told(&whole), "{text}");
    let times = |text: &str| text.matches("world-2").count();
    assert!(times(&whole) > 0);
    assert_eq!(times(&whole) * 20, times(&text) * 23);
    let json: serde_json::Value = serde_json::from_str(&document.render(Format::Json)).expect("JSON");
    assert_eq!(json["runs"].as_array().map(Vec::len), Some(23));
}
