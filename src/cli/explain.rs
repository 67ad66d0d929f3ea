//! `trunklab explain` and `trunklab schema`.

use super::{Exit, files};
use crate::provision::codes as api;
use crate::scenario::Code;

/// Flags of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A code, such as TL0301 or QuotaExceeded.VPCONN; without one, all are listed.
    code: Option<String>,
}

/// Explains one code, or lists all of them.
pub(super) fn explain(args: &ExplainArgs) -> Exit {
    let Some(code) = &args.code else {
        return files::print(&list());
    };
    let text = Code::find(code)
        .map(|c| format!("{}\n\n{}\n", c.as_str(), c.explanation()))
        .or_else(|| api::Code::find(code).map(|c| format!("{}: {}\n\n{}\n", c.code, c.summary, c.explanation)));
    match text {
        Some(text) => files::print(&text),
        None => {
            eprintln!("trunklab: there is no code `{code}`; `trunklab explain` lists them all");
            Exit::BadInput
        }
    }
}

fn list() -> String {
    let ours = Code::ALL.iter().map(|c| {
        (
            c.as_str(),
            c.explanation().split_inclusive(". ").next().unwrap_or_default().trim(),
        )
    });
    let theirs = api::CODES.iter().map(|c| (c.code, c.summary));
    let all: Vec<(&str, &str)> = ours.chain(theirs).collect();
    let width = all.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
    all.iter()
        .map(|(code, summary)| format!("{code:width$}  {summary}\n"))
        .collect()
}

/// Prints the JSON Schema of scenario files.
pub(super) fn schema() -> Exit {
    let mut text = serde_json::to_string_pretty(&crate::scenario::schema()).expect("a schema is JSON");
    text.push('\n');
    files::print(&text)
}
