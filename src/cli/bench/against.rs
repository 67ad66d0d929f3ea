//! `--against`: the fast path in turns with rivals.

use super::super::{Exit, progress};
use super::{Format, trouble_said};
use crate::bench::{
    Duties, Effort, Machine, Point, against::Rival, race, race_human, race_json, race_markdown, raceable,
};

/// Which rivals.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Rivals")]
pub(super) struct RivalArgs {
    /// Instead of the table: take turns with these rivals on the frames of one row. Without names,
    /// with every one that is found; it is said which are not, and what each leaves out.
    #[arg(long, env = "TRUNKLAB_BENCH_AGAINST", value_delimiter = ',', value_name = "RIVAL", num_args = 0..)]
    against: Option<Vec<Rival>>,
}

impl RivalArgs {
    /// Who was asked for; an empty list: every one.
    pub(super) fn asked(&self) -> Option<&[Rival]> {
        self.against.as_deref()
    }

    /// Can rivals run on what is measured?
    ///
    /// # Errors
    /// The exit status, after it was said why not.
    pub(super) fn check(&self, points: &[Point]) -> Result<(), Exit> {
        match points.first().and_then(|point| raceable(point).err()) {
            Some(why) if self.against.is_some() => {
                eprintln!("trunklab: --against: {why}");
                Err(Exit::BadInput)
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Takes turns with rivals.
///
/// # Errors
/// The exit status, after it was said why there is no time.
pub(super) fn race_on(
    points: &[Point],
    effort: &Effort,
    duties: &Duties,
    machine: Machine,
    rivals: &[Rival],
    format: Format,
) -> Result<(String, Exit), Exit> {
    let (Some(point), asked) = (points.first(), points.len()) else {
        return Err(Exit::BadInput);
    };
    let rivals = if rivals.is_empty() { &Rival::ALL } else { rivals };
    let bar = progress::rows(1);
    let raced = race(point, effort, duties, machine, rivals, |what| {
        bar.set_message(what.to_owned())
    });
    bar.finish_and_clear();
    let raced = raced.map_err(|trouble| trouble_said(trouble, point, effort))?;
    if asked > 1 {
        eprintln!("trunklab: rivals run on one row: {point}");
    }
    let exit = if raced.tells() {
        Exit::Conforms
    } else {
        Exit::Inconclusive
    };
    let text = match format {
        Format::Human => race_human(&raced),
        Format::Json => race_json(&raced),
        Format::Markdown => race_markdown(&raced),
    };
    Ok((text, exit))
}
