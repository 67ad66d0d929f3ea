//! `trunklab completions` and `trunklab man`: what packages ship beside the program.

use std::path::{Path, PathBuf};

use clap::Command;

use super::{Exit, files};

/// Flags of `completions`.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// For which shell.
    shell: clap_complete::Shell,
}

/// Flags of `man`.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The folder to write them to, which is made where it is missing: `trunklab.1`, `trunklab-run.1`, ...
    #[arg(default_value = "man")]
    folder: PathBuf,
}

/// Prints the completions.
pub(super) fn completions(args: &CompletionsArgs, mut command: Command) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "trunklab", &mut text);
    files::print(&String::from_utf8_lossy(&text))
}

/// Writes the pages.
pub(super) fn man(args: &ManArgs, command: Command) -> Exit {
    match pages(&args.folder, command) {
        Ok(count) => files::print(&format!("{count} pages in {}\n", args.folder.display())),
        Err(error) => {
            eprintln!("trunklab: cannot write to {}: {error}", args.folder.display());
            Exit::Environment
        }
    }
}

fn pages(folder: &Path, mut command: Command) -> std::io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    // Flags that hold everywhere are written out in each.
    command.build();
    let of_each = command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
        .cloned();
    let mut all: Vec<(String, Command)> = of_each
        .map(|sub| (format!("trunklab-{}", sub.get_name()), sub))
        .collect();
    all.insert(0, ("trunklab".to_owned(), command));
    for (name, page) in &all {
        let mut text = Vec::new();
        clap_mangen::Man::new(page.clone()).title(name).render(&mut text)?;
        std::fs::write(folder.join(format!("{name}.1")), text)?;
    }
    Ok(all.len())
}
