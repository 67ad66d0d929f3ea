//! The document of `trunklab run`: a section for each scenario, what did not run, and the sums.

use super::RunReport;
use crate::check::{Field, Line, Standing, Value, Verdict, standing, thousands};
use crate::report::causes::causes;
use crate::report::document::{Document, Finding, Findings, Outcome, Part, Section, Shown};
use crate::report::{NotRun, Tally, missing, verdict_text, warned, warnings};
use crate::scenario::plan::Expected;

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.run/2";

/// What is said of runs, of what did not run, and of all together.
pub fn run_document(runs: &[RunReport], not_run: &[NotRun], strict: bool) -> Document {
    let mut parts = vec![
        Part::Sections {
            key: "runs",
            shown: usize::MAX,
            sections: runs.iter().map(|run| section(run, strict)).collect(),
        },
        missing(not_run),
    ];
    parts.extend(summary(runs, not_run, strict));
    Document {
        format: FORMAT,
        title: "trunklab",
        parts,
    }
}

fn section(run: &RunReport, strict: bool) -> Section {
    let digest = format!("{:016x}", run.digest);
    let head = vec![
        Field::new("source", Value::text(&run.source)),
        Field::new("name", Value::text(&run.name)),
        Field::new("seed", Value::label(run.seed)),
        Field::new("digest", Value::text(&digest)),
        Field::new("command", Value::text(&run.command)),
        Field::new("virtual_time", Value::at(run.end)),
        Field::new("counts", Value::Fields(counts(run))),
        Field::new("policies", policies(run)),
    ];
    let lines = run.judgement.lines.iter().enumerate();
    let findings = lines.map(|(at, line)| Finding {
        frames: run.frames.get(&at).cloned().unwrap_or_default(),
        ..finding(line, strict)
    });
    let mut parts = vec![Part::Fields(head)];
    let pictures = run.pictures.iter().cloned();
    parts.extend(pictures.map(|picture| Part::Picture(Box::new(picture))));
    parts.extend(run.causes.iter().flat_map(causes));
    parts.push(Part::Findings(Findings {
        key: "verdicts",
        shown: Shown::All,
        most: 0,
        findings: findings.collect(),
    }));
    for table in &run.tables {
        match (table.key, table.rows.is_empty()) {
            ("losses", true) => parts.push(Part::Line("  no frame was lost".to_owned())),
            ("services", false) if table.shown == 0 => {
                parts.push(Part::Line(match table.rows.len() {
                    1 => "  1 service, open at the end".to_owned(),
                    n => format!("  {} services, all open at the end", thousands(n as u64)),
                }));
            }
            _ => {}
        }
        parts.push(Part::Table(table.clone()));
    }
    let policies = run.policies.iter();
    parts.extend(policies.map(|(name, value, what)| Part::Line(format!("  policy {name}: {value} ({what})"))));
    parts.push(warnings(&run.warnings));
    parts.push(Part::Line(format!("  seed {}  digest {digest}", run.seed)));
    parts.push(Part::Line(format!("  again: {}", run.command)));
    let standing = Value::text(word(run.judgement.standing(strict)));
    parts.push(Part::Fields(vec![Field::new("standing", standing)]));
    Section {
        source: run.source.clone(),
        name: run.name.clone(),
        subtitle: format!("  ({} of virtual time; {})", run.end, counted(run)),
        properties: [
            ("seed", run.seed.to_string()),
            ("digest", digest),
            ("command", run.command.clone()),
        ]
        .into_iter()
        .chain(warned(&run.warnings))
        .collect(),
        parts,
    }
}

fn counts(run: &RunReport) -> Vec<Field> {
    let each = run.counts.iter();
    each.map(|(key, n)| Field::new(*key, Value::count(*n))).collect()
}

fn counted(run: &RunReport) -> String {
    let each = run.counts.iter().map(|(what, n)| match what.strip_suffix('s') {
        Some(one) if *n == 1 => format!("1 {one}"),
        _ => format!("{} {what}", thousands(*n)),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn policies(run: &RunReport) -> Value {
    let each = run.policies.iter().map(|(name, value, what)| {
        let all = [("name", name), ("value", value), ("decides", what)];
        Value::Fields(all.map(|(key, text)| Field::new(key, Value::text(text))).to_vec())
    });
    Value::List(each.collect())
}

fn finding(line: &Line, strict: bool) -> Finding {
    let shown = verdict_text(line, strict);
    let stands = standing(line.verdict, line.expected, strict);
    let outcome = match (stands, line.verdict) {
        (Standing::Conforms, Verdict::NotApplicable) => Outcome::Skipped,
        (Standing::Conforms, _) => Outcome::Good,
        (Standing::Departs, _) => Outcome::Bad,
        (Standing::Unknown | Standing::Broken, _) => Outcome::Unknown,
    };
    let name = match (line.subject.is_empty(), line.line) {
        (true, 0) => line.check.to_owned(),
        (true, n) => format!("{} (line {n})", line.check),
        (false, 0) => format!("{} of {}", line.check, line.subject),
        (false, n) => format!("{} of {} (line {n})", line.check, line.subject),
    };
    let expected = match line.expected {
        Expected::Pass => "pass",
        Expected::Fail => "fail",
        Expected::Inconc => "inconc",
    };
    let mut fields = vec![
        Field::new("check", Value::text(line.check)),
        Field::new("subject", Value::text(&line.subject)),
        Field::new("verdict", Value::text(line.verdict.as_str())),
        Field::new("shown", Value::text(&shown)),
        Field::new("expected", Value::text(expected)),
        Field::new("standing", Value::text(word(stands))),
        Field::new("finding", Value::text(&line.finding)),
        Field::new("numbers", Value::Fields(line.values.clone())),
    ];
    if !line.details.is_empty() {
        let lines = line.details.iter().map(|detail| detail.text.as_str());
        fields.push(Field::new("details", Value::names(lines)));
    }
    let items = line.details.iter().filter(|detail| !detail.values.is_empty());
    let items: Vec<Value> = items.map(|detail| Value::Fields(detail.values.clone())).collect();
    if !items.is_empty() {
        fields.push(Field::new("items", Value::List(items)));
    }
    let root = line.root.as_ref().map(|root| Value::Fields(root.values()));
    fields.push(Field::new("follows_from", root.unwrap_or(Value::Nothing)));
    fields.push(Field::new("line", Value::label(line.line)));
    Finding {
        outcome,
        verdict: shown,
        check: line.check.to_owned(),
        subject: line.subject.clone(),
        name,
        text: line.finding.clone(),
        details: line.details.iter().map(ToString::to_string).collect(),
        explains: matches!(line.verdict, Verdict::Fail | Verdict::Inconc | Verdict::Error),
        root: line.root.as_ref().map_or(String::new(), |root| root.text.clone()),
        fields,
        ..Finding::default()
    }
}

fn summary(runs: &[RunReport], not_run: &[NotRun], strict: bool) -> Vec<Part> {
    let tally = Tally::of(runs, strict);
    let fields = [
        ("scenarios", runs.len()),
        ("not_run", not_run.len()),
        ("passed", tally.pass),
        ("failed_as_expected", tally.expected_fail),
        ("not_as_expected", tally.departs),
        ("inconclusive", tally.inconc),
        ("not_applicable", tally.not_applicable),
        ("errors", tally.error),
    ];
    let fields = fields.map(|(key, n)| Field::new(key, Value::count(n))).to_vec();
    let mut parts = vec![Part::Fields(vec![Field::new("summary", Value::Fields(fields))])];
    let missing = match not_run.len() {
        0 => String::new(),
        1 => "1 file did not run".to_owned(),
        n => format!("{n} files did not run"),
    };
    if runs.is_empty() {
        parts.extend((!missing.is_empty()).then_some(Part::Line(missing)));
        return parts;
    }
    let total = tally.pass + tally.expected_fail + tally.departs + tally.inconc + tally.not_applicable + tally.error;
    let s = if runs.len() == 1 { "" } else { "s" };
    let mut line = format!("{} scenario{s}, {total} verdicts: {} passed", runs.len(), tally.pass);
    for (n, what) in [
        (tally.expected_fail, "failed as expected"),
        (tally.departs, "not as expected"),
        (tally.inconc, "inconclusive"),
        (tally.not_applicable, "not applicable"),
        (tally.error, "errors"),
    ] {
        if n > 0 {
            line += &format!(", {n} {what}");
        }
    }
    if !missing.is_empty() {
        line += &format!("; {missing}");
    }
    parts.push(Part::Line(line));
    for run in runs {
        let word = match run.judgement.standing(strict) {
            Standing::Conforms => continue,
            Standing::Departs => "does not conform",
            Standing::Unknown => "is inconclusive",
            Standing::Broken => "could not be judged",
        };
        parts.push(Part::Line(format!("{} {word}", run.source)));
    }
    parts
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Conforms => "conforms",
        Standing::Departs => "does_not_conform",
        Standing::Unknown => "inconclusive",
        Standing::Broken => "error",
    }
}
