//! Programs of others, started with a deadline and ended when dropped.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::sys::{self, Signal};

/// Where programs are looked for.
pub(super) struct Tools {
    path: OsString,
}

impl Tools {
    pub(super) fn on(path: &OsStr) -> Self {
        Self { path: path.to_owned() }
    }

    /// The first program of this name that could be started.
    pub(super) fn find(&self, program: &str) -> Result<PathBuf, String> {
        let runs = |path: &PathBuf| {
            let meta = std::fs::metadata(path);
            meta.is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
        };
        let folders = std::env::split_paths(&self.path).filter(|folder| folder.is_absolute());
        let mut found = folders.map(|folder| folder.join(program)).filter(runs);
        found
            .next()
            .ok_or_else(|| format!("there is no `{program}` on the path"))
    }

    /// The program, to be started with the same path, alone in its process group.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", &self.path).stdin(Stdio::null());
        sys::bind(&mut command);
        command
    }
}

/// A child that ends when this is dropped, with what it started.
pub(super) struct Running(Child);

impl Running {
    pub(super) fn start(command: &mut Command) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        command
            .spawn()
            .map(Self)
            .map_err(|e| format!("{name} does not start: {e}"))
    }
    pub(super) fn tell(&self, signal: Signal) {
        sys::tell(&self.0, signal);
    }
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }
    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }
    fn wait(&mut self, deadline: Instant) -> Option<ExitStatus> {
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if Instant::now() >= deadline {
                return None;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.tell(Signal::Kill);
            let _ = self.0.wait();
        }
    }
}

/// All that comes out of a pipe, once it closes; at most a megabyte is kept.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (send, receive) = channel();
    if let Some(pipe) = pipe {
        std::thread::spawn(move || {
            let mut octets = Vec::new();
            let _ = pipe.take(1 << 20).read_to_end(&mut octets);
            let _ = send.send(String::from_utf8_lossy(&octets).into_owned());
        });
    }
    receive
}

/// The last line that says something.
pub(super) fn last_line(text: &str) -> &str {
    text.trim_end().lines().next_back().unwrap_or("it says nothing").trim()
}

/// Runs to its end, within this time, and gives what it wrote.
pub(super) fn run(command: &mut Command, within: Duration) -> Result<String, String> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    let deadline = Instant::now() + within;
    let mut child = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (out, err) = (collect(child.0.stdout.take()), collect(child.0.stderr.take()));
    let Some(status) = child.wait(deadline) else {
        return Err(format!("{name} did not end within {within:?}"));
    };
    let text = |from: Receiver<String>| from.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    let (out, err) = (text(out), text(err));
    if status.success() {
        Ok(out)
    } else {
        Err(format!("{name}: {status}: {}", last_line(&err)))
    }
}

/// A child that answers each line with a line.
pub(super) struct Talker {
    child: Running,
    questions: ChildStdin,
    answers: Receiver<String>,
    complaints: Receiver<String>,
}

impl Talker {
    pub(super) fn start(command: &mut Command) -> Result<Self, String> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = Running::start(command)?;
        let complaints = collect(child.0.stderr.take());
        let (Some(questions), Some(out)) = (child.0.stdin.take(), child.0.stdout.take()) else {
            return Err("a child has no pipes".to_owned());
        };
        let (send, answers) = channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(out.take(1 << 30)).lines();
            while let Some(Ok(line)) = lines.next() {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            questions,
            answers,
            complaints,
        })
    }

    /// The next line that it writes.
    pub(super) fn hear(&mut self, within: Duration) -> Result<String, String> {
        match self.answers.recv_timeout(within) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => {
                self.child.tell(Signal::Kill);
                Err(format!("no answer within {within:?}"))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let said = self.complaints.recv_timeout(Duration::from_secs(1));
                Err(format!("it ended: {}", last_line(&said.unwrap_or_default())))
            }
        }
    }

    /// Its answer to a line.
    pub(super) fn ask(&mut self, line: &str, within: Duration) -> Result<String, String> {
        let written = writeln!(self.questions, "{line}").and_then(|()| self.questions.flush());
        // If it has ended, hearing says why.
        match written {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("it does not listen: {e}")),
            _ => self.hear(within),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools() -> Tools {
        Tools::on(OsStr::new("/bin:/usr/bin"))
    }

    fn shell(script: &str) -> Command {
        let tools = tools();
        let mut command = tools.command(&tools.find("sh").expect("a shell"));
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_child_that_does_not_end_is_ended_with_its_children() {
        let start = Instant::now();
        let said = run(&mut shell("sleep 60 & sleep 60"), Duration::from_millis(100)).expect_err("a deadline");
        assert!(said.contains("did not end"), "{said}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_failure_is_told_with_its_last_line() {
        let said = run(&mut shell("echo one; echo two >&2; exit 3"), Duration::from_secs(5)).expect_err("status 3");
        assert!(said.contains("exit status: 3") && said.ends_with("two"), "{said}");
        assert_eq!(
            run(&mut shell("echo one"), Duration::from_secs(5)),
            Ok("one\n".to_owned())
        );
    }

    #[test]
    fn a_talker_answers_falls_silent_or_ends() {
        let mut talker = Talker::start(&mut shell("read a; echo got $a; read b; echo gone >&2")).expect("a shell");
        assert_eq!(talker.ask("x", Duration::from_secs(5)), Ok("got x".to_owned()));
        assert_eq!(
            talker.ask("y", Duration::from_secs(5)),
            Err("it ended: gone".to_owned())
        );
        let mut talker = Talker::start(&mut shell("sleep 60")).expect("a shell");
        let said = talker.ask("x", Duration::from_millis(50)).expect_err("it sleeps");
        assert!(said.contains("no answer"), "{said}");
    }

    #[test]
    fn programs_are_found_on_the_given_path_only() {
        assert!(Tools::on(OsStr::new("")).find("sh").is_err());
        assert!(Tools::on(OsStr::new("/nonexistent:bin")).find("sh").is_err());
        assert!(tools().find("sh").is_ok());
    }
}
