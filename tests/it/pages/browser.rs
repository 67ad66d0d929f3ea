//! A headless Chromium, driven over the WebDriver protocol of its own driver.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

const PROGRAMS: [&str; 2] = ["chromium", "chromedriver"];
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// What is not here; where `TRUNKLAB_REQUIRE` is set, that is a failure.
fn missing() -> Option<&'static str> {
    let missing = PROGRAMS.into_iter().find(|program| on_path(program).is_none())?;
    let required = std::env::var_os("TRUNKLAB_REQUIRE").is_some();
    assert!(!required, "`{missing}` is not installed");
    Some(missing)
}

/// A browser with one window.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    profile: PathBuf,
}

impl Browser {
    /// Starts one; `None`, after it was said, where none is installed.
    pub fn start(name: &str) -> Option<Self> {
        if let Some(program) = missing() {
            eprintln!("skipped: `{program}` is not installed");
            return None;
        }
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(driver.stdout.take().expect("a pipe"));
        let port = loop {
            let mut line = String::new();
            assert!(
                lines.read_line(&mut line).expect("a line") > 0,
                "chromedriver names no port"
            );
            if let Some((_, port)) = line
                .trim_end()
                .trim_end_matches('.')
                .rsplit_once("successfully on port ")
                && let Ok(port) = port.parse()
            {
                break port;
            }
        };
        let profile = std::env::temp_dir().join(format!("trunklab-{}-{name}-profile", std::process::id()));
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
            profile,
        };
        let own = format!("--user-data-dir={}", browser.profile.display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([own.as_str()]).collect();
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": flags, "binary": on_path("chromium") },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let session = browser.call("POST", "/session", &wanted);
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        // What the browser shows of itself first is not ours.
        browser.ask("POST", "/url", &json!({ "url": "about:blank" }));
        browser.ask("POST", "/timeouts", &json!({ "script": 120_000 }));
        browser.console();
        browser.requests();
        Some(browser)
    }

    /// Opens a file.
    pub fn open(&self, file: &Path, behind: &str) {
        let url = format!("file://{}{behind}", file.display());
        self.ask("POST", "/url", &json!({ "url": url }));
    }

    /// What a function's body returns in the page.
    pub fn eval(&self, body: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// What a function's body hands to its last argument.
    pub fn later(&self, body: &str) -> Value {
        self.ask("POST", "/execute/async", &json!({ "script": body, "args": [] }))
    }

    /// What a call of the browser's own protocol gives.
    pub fn devtools(&self, command: &str, params: &Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.ask("POST", "/goog/cdp/execute", &body)
    }

    /// Lines of the console since the last call.
    pub fn console(&self) -> Vec<String> {
        let all = self.ask("POST", "/se/log", &json!({ "type": "browser" }));
        let all = all.as_array().into_iter().flatten();
        all.map(|line| line["message"].to_string()).collect()
    }

    /// Addresses that were asked for since the last call.
    pub fn requests(&self) -> Vec<String> {
        let all = self.ask("POST", "/se/log", &json!({ "type": "performance" }));
        let messages = all.as_array().into_iter().flatten().filter_map(|line| {
            let told: Value = serde_json::from_str(line["message"].as_str()?).ok()?;
            let of = &told["message"];
            let asked = of["method"] == "Network.requestWillBeSent";
            asked.then(|| of["params"]["request"]["url"].as_str().map(str::to_owned))?
        });
        messages.collect()
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the driver listens");
        let (port, length) = (self.port, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("the driver reads");
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a header");
            if line.trim_end().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer).expect("the answer");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        let value = &answer["value"];
        assert!(value.get("error").is_none(), "{method} {path}: {value}");
        value.clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", "", &json!({}));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
