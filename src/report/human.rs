//! The report for a terminal: one aligned line per verdict.

use std::fmt::Write;

use super::{NotRun, RunReport, Section, Tally, verdict_text};
use crate::check::{Standing, Verdict, thousands};

/// Renders runs and their summary. `verbose` adds the details under every line.
pub fn human(runs: &[RunReport], not_run: &[NotRun], strict: bool, verbose: bool) -> String {
    let mut out = String::new();
    for run in runs {
        render_run(&mut out, run, strict, verbose);
        out.push('\n');
    }
    summary(&mut out, runs, not_run, strict);
    out
}

fn render_run(out: &mut String, run: &RunReport, strict: bool, verbose: bool) {
    let counts: Vec<String> = run
        .counts
        .iter()
        .map(|(what, n)| match what.strip_suffix('s') {
            Some(one) if *n == 1 => format!("1 {one}"),
            _ => format!("{} {what}", thousands(*n)),
        })
        .collect();
    let _ = writeln!(
        out,
        "{}  ({} of virtual time; {})",
        run.source,
        run.end,
        counts.join(", ")
    );
    let lines = &run.judgement.lines;
    let width = |f: &dyn Fn(&crate::check::Line) -> usize| lines.iter().map(f).max().unwrap_or(0);
    let verdicts = width(&|l| verdict_text(l, strict).len());
    let checks = width(&|l| l.check.len());
    let subjects = width(&|l| l.subject.chars().count()).min(40);
    for line in lines {
        let text = format!(
            "  {:verdicts$}  {:checks$}  {:subjects$}  {}",
            verdict_text(line, strict),
            line.check,
            line.subject,
            line.finding
        );
        let _ = writeln!(out, "{}", text.trim_end());
        let explain = verbose || matches!(line.verdict, Verdict::Fail | Verdict::Inconc | Verdict::Error);
        for detail in line.details.iter().filter(|_| explain) {
            let _ = writeln!(out, "  {:verdicts$}    {detail}", "");
        }
    }
    for section in &run.sections {
        render_section(out, section);
    }
    for (name, value, what) in &run.policies {
        let _ = writeln!(out, "  policy {name}: {value} ({what})");
    }
    let _ = writeln!(out, "  seed {}  digest {:016x}", run.seed, run.digest);
    let _ = writeln!(out, "  again: {}", run.command);
}

fn render_section(out: &mut String, section: &Section) {
    let _ = writeln!(out, "  {}", section.title);
    let mut widths: Vec<usize> = section.columns.iter().map(|c| c.chars().count()).collect();
    for row in &section.rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut line = |cells: &[String]| {
        let text: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(c, w)| format!("{c:w$}", w = *w))
            .collect();
        let _ = writeln!(out, "    {}", text.join("  ").trim_end());
    };
    line(&section.columns);
    section.rows.iter().for_each(|row| line(row));
}

fn summary(out: &mut String, runs: &[RunReport], not_run: &[NotRun], strict: bool) {
    for refused in not_run {
        let _ = writeln!(out, "{} did not run", refused.source);
    }
    if runs.is_empty() {
        return;
    }
    let tally = Tally::of(runs, strict);
    let total = tally.pass + tally.expected_fail + tally.departs + tally.inconc + tally.not_applicable + tally.error;
    let _ = write!(
        out,
        "{} scenario{}, {total} verdicts: {} passed",
        runs.len(),
        plural(runs.len()),
        tally.pass
    );
    for (n, what) in [
        (tally.expected_fail, "failed as expected"),
        (tally.departs, "not as expected"),
        (tally.inconc, "inconclusive"),
        (tally.not_applicable, "not applicable"),
        (tally.error, "errors"),
    ] {
        if n > 0 {
            let _ = write!(out, ", {n} {what}");
        }
    }
    out.push('\n');
    for run in runs {
        let word = match run.judgement.standing(strict) {
            Standing::Conforms => continue,
            Standing::Departs => "does not conform",
            Standing::Unknown => "is inconclusive",
            Standing::Broken => "could not be judged",
        };
        let _ = writeln!(out, "{} {word}", run.source);
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}
