//! `trunklab explain` and `trunklab schema`.

use super::format::Format;
use super::{Exit, files};
use crate::provision::codes as api;
use crate::report::{Explanation, explanations, schema};
use crate::scenario::Code;

/// Flags of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A code, such as TL0301 or QuotaExceeded.VPCONN; without one, all are listed.
    code: Option<String>,
    /// How to print it.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
}

/// Flags of `schema`.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArgs {
    /// Print the JSON Schema of what this command prints in JSON, instead of that of scenario files: `run`,
    /// `isolate`, `prove`, `certificate` (`prove --check`), `swarm`, `sound`, `mutants`, `rehearse`, `preflight`
    /// (`rehearse --preflight`), `verify` (`rehearse --verify`), `diff`, `import` (`import --check`), `reconcile`,
    /// `inspect`, `trace`, `validate`, `explain` (and lists).
    #[arg(long, env = "TRUNKLAB_SCHEMA_REPORT", value_name = "COMMAND")]
    report: Option<schema::Report>,
}

/// Explains one code, or lists all of them.
pub(super) fn explain(args: &ExplainArgs) -> Exit {
    let all = all();
    let (entries, lines) = match &args.code {
        None => {
            let width = all.iter().map(|one| one.code.len()).max().unwrap_or(0);
            let line = |one: &Explanation| format!("{:width$}  {}", one.code, one.summary);
            let lines = all.iter().map(line).collect();
            (all, lines)
        }
        Some(code) => match all.into_iter().find(|one| one.code.eq_ignore_ascii_case(code)) {
            Some(one) => {
                let lines = whole(&one);
                (vec![one], lines)
            }
            None => {
                eprintln!("trunklab: there is no code `{code}`; `trunklab explain` lists them all");
                return Exit::BadInput;
            }
        },
    };
    let document = explanations("trunklab.explain/1", "trunklab explain", &entries, lines);
    files::print(&document.render(args.format.told(false)))
}

/// Every code, ours first.
fn all() -> Vec<Explanation> {
    let ours = Code::ALL.iter().map(|code| Explanation {
        code: code.as_str().to_owned(),
        of: OURS.to_owned(),
        summary: first_sentence(code.explanation()),
        explanation: code.explanation().to_owned(),
    });
    let theirs = api::CODES.iter().map(|code| Explanation {
        code: code.code.to_owned(),
        of: "api".to_owned(),
        summary: code.summary.to_owned(),
        explanation: code.explanation.to_owned(),
    });
    ours.chain(theirs).collect()
}

const OURS: &str = "trunklab";

fn first_sentence(text: &str) -> String {
    let first = text.split_inclusive(". ").next().unwrap_or_default();
    first.trim().to_owned()
}

/// One code, in lines.
fn whole(one: &Explanation) -> Vec<String> {
    let head = match one.of == OURS {
        true => one.code.clone(),
        false => format!("{}: {}", one.code, one.summary),
    };
    let text = one.explanation.lines().map(str::to_owned);
    [head, String::new()].into_iter().chain(text).collect()
}

/// Prints the JSON Schema of scenario files, or of what a command prints.
pub(super) fn print_schema(args: &SchemaArgs) -> Exit {
    if let Some(report) = args.report {
        return files::print(report.schema());
    }
    let mut text = serde_json::to_string_pretty(&crate::scenario::schema()).expect("a schema is JSON");
    text.push('\n');
    files::print(&text)
}
