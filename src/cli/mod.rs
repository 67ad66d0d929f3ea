//! The command line: flags, files, exit statuses. Domain rules live elsewhere.
//!
//! Invariant: it holds no rule that a test cannot reach through the library.

mod ask;
mod bench;
mod colour;
mod complete;
mod diff;
mod env;
mod exit;
mod explain;
mod files;
mod format;
mod graph;
mod import;
mod inspect;
mod isolate;
mod load;
mod mutants;
mod new;
mod page;
mod preflight;
mod progress;
mod prove;
mod reconcile;
mod records;
mod rehearse;
mod run;
mod runbook;
mod sound;
mod swarm;
mod trace;
mod validate;

pub use exit::Exit;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// A network simulator and conformance testbed for shared Ethernet circuits to a cloud.
#[derive(Debug, Parser)]
#[command(name = "trunklab", version, about, max_term_width = 100, after_help = STATUS)]
struct Args {
    /// Neither progress nor warnings on standard error; errors alone.
    #[arg(long, global = true, env = "TRUNKLAB_QUIET", value_parser = env::switch)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

const STATUS: &str = "Exit status: 0 conforms, 1 does not, 2 bad scenario or usage, 3 inconclusive or nothing \
tested, 4 environment, 70 internal error. Over several files 70 wins over 4, 2, 1, 3, 0.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a first scenario: commented, and passing as written.
    #[command(after_help = new::STATUS)]
    New(new::NewArgs),
    /// Simulate scenarios in virtual time and judge them.
    #[command(after_help = STATUS)]
    Run(run::RunArgs),
    /// Try every isolation vector on the devices of scenarios.
    #[command(after_help = STATUS)]
    Isolate(isolate::IsolateArgs),
    /// Check scenario files without running them.
    #[command(after_help = STATUS)]
    Validate(validate::ValidateArgs),
    /// Draw the network of a scenario.
    #[command(after_help = graph::STATUS)]
    Graph(graph::GraphArgs),
    /// Say what stands where at a time: ports, VBRs, VLANs, routes, sessions.
    #[command(after_help = graph::STATUS)]
    Inspect(inspect::InspectArgs),
    /// Follow one frame hop by hop: which rule did what, who wrote it, and how it ended.
    #[command(after_help = graph::STATUS)]
    Trace(trace::TraceArgs),
    /// Run random worlds and hold each against what must always hold.
    #[command(after_help = swarm::AFTER)]
    Swarm(swarm::SwarmArgs),
    /// Prove that no frame leaves its tenant's own nodes, or find one that does.
    #[command(after_help = prove::STATUS)]
    Prove(prove::ProveArgs),
    /// Time the fast path, by the processor time of its thread.
    Bench(bench::BenchArgs),
    /// Inject faults that real devices had, one by one, and say what notices them.
    #[command(after_help = STATUS)]
    Mutants(mutants::MutantsArgs),
    /// Rehearse the cutovers of scenarios: every assumption, step and fault, against the same world without them.
    #[command(after_help = STATUS)]
    Rehearse(rehearse::RehearseArgs),
    /// Hold two scenarios, or two seeds of one, against each other: what changes for whom, and where the runs part.
    #[command(after_help = diff::STATUS)]
    Diff(diff::DiffArgs),
    /// Write a scenario of a list of tenants, or of saved answers of the API; or say what they lack.
    #[command(after_help = import::STATUS)]
    Import(import::ImportArgs),
    /// Hold two sources against each other: lists, saved answers, scenarios.
    #[command(after_help = reconcile::STATUS)]
    Reconcile(reconcile::ReconcileArgs),
    /// Print completions for a shell.
    Completions(complete::CompletionsArgs),
    /// Write the manual pages: this command's, and one of each of its commands.
    Man(complete::ManArgs),
    /// Print the JSON Schema of scenario files, or of what a command prints.
    Schema(explain::SchemaArgs),
    /// Explain a code of a diagnostic, or an error code of the API.
    Explain(explain::ExplainArgs),
}

/// Parses the command line, does what it says, and returns the exit status.
pub fn main() -> ExitCode {
    let parsed = env::without_empty(Args::command())
        .try_get_matches()
        .and_then(|matches| Args::from_arg_matches(&matches));
    let args = match parsed {
        Ok(args) => args,
        Err(error) => {
            // Help and version are answers, everything else is bad usage.
            let exit = if error.use_stderr() {
                Exit::BadInput
            } else {
                Exit::Conforms
            };
            let _ = error.print();
            return ExitCode::from(exit.code());
        }
    };
    progress::set_quiet(args.quiet);
    let exit = match args.command {
        Command::New(args) => new::new(&args),
        Command::Run(args) => run::run(&args),
        Command::Isolate(args) => isolate::isolate(&args),
        Command::Validate(args) => validate::validate(&args),
        Command::Graph(args) => graph::graph(&args),
        Command::Inspect(args) => inspect::inspect(&args),
        Command::Trace(args) => trace::trace(&args),
        Command::Swarm(args) => swarm::swarm(&args),
        Command::Prove(args) => prove::prove(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Mutants(args) => mutants::mutants(&args),
        Command::Rehearse(args) => rehearse::run(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Import(args) => import::import(&args),
        Command::Reconcile(args) => reconcile::run(&args),
        Command::Completions(args) => complete::completions(&args, Args::command()),
        Command::Man(args) => complete::man(&args, Args::command()),
        Command::Schema(args) => explain::print_schema(&args),
        Command::Explain(args) => explain::explain(&args),
    };
    ExitCode::from(exit.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_of_every_command_has_a_variable_of_its_name() {
        let command = Args::command();
        let all = command.get_subcommands().chain([&command]);
        for (of, arg) in all.flat_map(|of| of.get_arguments().map(move |arg| (of.get_name(), arg))) {
            let Some(long) = arg.get_long() else { continue };
            let variable = arg.get_env().map(|name| name.to_string_lossy().into_owned());
            let named = variable.is_some_and(|name| name.starts_with("TRUNKLAB_"));
            assert!(named, "{of} --{long}");
        }
    }

    #[test]
    fn no_two_flags_collide() {
        Args::command().debug_assert();
    }
}
