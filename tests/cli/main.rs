//! The program as a user meets it: what it prints, how it exits, what it leaves behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

mod ask;
mod bench;
mod capture;
mod diff;
mod hostile;
mod isolate;
mod lists;
mod manners;
mod mutants;
mod new;
mod prove;
mod rehearse;
mod report;
mod schema;
mod shipped;
mod swarm;

/// The program as built with these tests.
const BUILT: &str = env!("CARGO_BIN_EXE_trunklab");

/// The program under test: as built with these tests, or the one that `TRUNKLAB_PROGRAM` names.
/// The gate names its release build, which answers in a tenth of the time.
pub fn program() -> PathBuf {
    std::env::var_os("TRUNKLAB_PROGRAM").map_or_else(|| BUILT.into(), |named| root().join(named))
}

/// Runs the program in the package's folder, with no colour and no terminal.
pub fn trunklab(args: &[&str]) -> Output {
    run(&program(), args)
}

/// The same of the program as built with these tests, whatever is named: its arithmetic is checked.
pub fn trunklab_as_built(args: &[&str]) -> Output {
    run(Path::new(BUILT), args)
}

fn run(program: &Path, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the program starts")
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8 on stdout")
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8 on stderr")
}

pub fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

/// A folder of its own for one test, gone with it.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("trunklab-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a scratch folder");
        Self(path)
    }
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a scratch file");
        path.to_string_lossy().into_owned()
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `TRYCMD=overwrite` writes the outputs in the README anew.
#[test]
fn the_readme_shows_what_the_program_prints() {
    trycmd::TestCases::new()
        .register_bin("trunklab", program())
        .case("README.md");
}

#[test]
fn help_says_what_the_exit_statuses_mean() {
    let out = trunklab(&["--help"]);
    assert_eq!(status(&out), 0);
    assert!(stdout(&out).contains("70 internal"), "{}", stdout(&out));
}

#[test]
fn an_unknown_flag_is_bad_usage() {
    let out = trunklab(&["run", "--no-such-flag"]);
    assert_eq!(status(&out), 2);
    assert_eq!(stdout(&out), "");
}

#[test]
fn a_missing_file_a_folder_without_scenarios_and_a_file_that_is_no_text_exit_as_documented() {
    let scratch = Scratch::new("bad-inputs");
    let missing = trunklab(&["run", "no/such/file.yaml"]);
    assert_eq!(status(&missing), 2);
    assert!(stderr(&missing).contains("no/such/file.yaml"), "{}", stderr(&missing));

    let empty_folder = trunklab(&["run", &scratch.path().to_string_lossy()]);
    assert_eq!(status(&empty_folder), 3, "nothing tested is inconclusive");

    let binary = scratch.file("binary.yaml", [0xff, 0xfe, 0x00, 0x80]);
    let out = trunklab(&["run", &binary]);
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("UTF-8"), "{}", stderr(&out));
}

#[test]
fn bad_input_among_good_ones_wins_over_their_verdicts() {
    let out = trunklab(&[
        "run",
        "no/such/file.yaml",
        "scenarios/isolation/two-tenants-one-circuit.yaml",
    ]);
    assert_eq!(status(&out), 2);
    assert!(stdout(&out).contains("PASS"), "the good scenario is still judged");
}

#[test]
fn validate_says_nothing_more_than_it_must() {
    let out = trunklab(&["validate", "scenarios/isolation/two-tenants-one-circuit.yaml"]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    assert_eq!(stdout(&out), "scenarios/isolation/two-tenants-one-circuit.yaml: ok\n");
}

#[test]
fn every_code_that_a_diagnostic_prints_can_be_explained() {
    let out = trunklab(&["explain", "QuotaExceeded.VPCONN"]);
    assert_eq!(status(&out), 0);
    assert!(stdout(&out).contains("one VBR"), "{}", stdout(&out));
    let out = trunklab(&["explain", "no-such-code"]);
    assert_eq!(status(&out), 2);
}
