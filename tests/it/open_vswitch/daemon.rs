//! A running Open vSwitch: its own database and its own daemon in a folder of their own, over its dummy
//! datapath, so that neither root nor a kernel module is needed.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long its parts are waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where Debian's package has the schema of its database.
const SCHEMA: &str = "/usr/share/openvswitch/vswitch.ovsschema";
/// Frames that its dummy ports hold for the daemon: more at once are lost.
const AT_ONCE: usize = 50;

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A bridge `br0` of it, with the ports that were asked for.
pub struct OpenVswitch {
    ports: Vec<String>,
    /// How far each port's capture has been read.
    read: Vec<usize>,
    control: UnixStream,
    asked: u64,
    version: String,
    _daemons: [Process; 2],
    folder: tempfile::TempDir,
}

/// Is it installed? Where `TRUNKLAB_REQUIRE` is set, it has to be.
pub fn is_there() -> bool {
    let found = Command::new("ovs-vswitchd").arg("--version").output().is_ok();
    let required = std::env::var_os("TRUNKLAB_REQUIRE").is_some();
    assert!(found || !required, "openvswitch-switch is required");
    if !found {
        eprintln!("SKIPPED: there is no ovs-vswitchd; openvswitch-switch has it");
    }
    found
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "{what} does not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    for name in ["OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR"] {
        command.env(name, folder);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn done(mut command: Command) {
    command.stderr(Stdio::piped());
    let out = command.output().expect("it is installed");
    assert!(
        out.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
}

impl OpenVswitch {
    /// Starts one. Each port has a name and what `ovs-vsctl add-port` takes behind it. The flow cache is
    /// off: with it, some answers depend on earlier frames.
    pub fn start(vlan_limit: u32, ports: &[(&str, &[&str])]) -> Self {
        let folder = tempfile::TempDir::new().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let (conf, socket, control) = (at("conf.db"), at("db.sock"), at("vs.ctl"));
        let mut create = command("ovsdb-tool", folder.path());
        create.arg("create").arg(&conf).arg(SCHEMA);
        done(create);
        let mut database = command("ovsdb-server", folder.path());
        database.arg(&conf).arg(format!("--remote=punix:{}", socket.display()));
        database
            .arg(format!("--unixctl={}", at("db.ctl").display()))
            .arg("--no-chdir");
        let database = Process(database.spawn().expect("it starts"));
        wait_for("the database", || socket.exists());
        let vsctl = |args: &[&str]| {
            let mut command = command("ovs-vsctl", folder.path());
            command.arg(format!("--db=unix:{}", socket.display())).args(args);
            done(command);
        };
        vsctl(&["--no-wait", "init"]);
        vsctl(&[
            "--no-wait",
            "set",
            "Open_vSwitch",
            ".",
            &format!("other_config:vlan-limit={vlan_limit}"),
        ]);
        let mut daemon = command("ovs-vswitchd", folder.path());
        daemon.arg(format!("unix:{}", socket.display()));
        daemon.args(["--enable-dummy=override", "--disable-system", "--no-chdir"]);
        daemon.arg(format!("--unixctl={}", control.display()));
        let daemon = Process(daemon.spawn().expect("it starts"));
        wait_for("the daemon", || UnixStream::connect(&control).is_ok());
        vsctl(&[
            "add-br",
            "br0",
            "--",
            "set",
            "Bridge",
            "br0",
            "datapath_type=dummy",
            "fail-mode=standalone",
        ]);
        for (name, how) in ports {
            let capture = format!("options:tx_pcap={}", at(&format!("{name}.pcap")).display());
            let add = [&["add-port", "br0", name][..], how];
            let set = ["--", "set", "Interface", name, "type=dummy", &capture];
            vsctl(&[&add.concat()[..], &set].concat());
        }
        let control = UnixStream::connect(&control).expect("it listens");
        let mut new = Self {
            ports: ports.iter().map(|(name, _)| (*name).to_owned()).collect(),
            read: vec![24; ports.len()],
            control,
            asked: 0,
            version: String::new(),
            _daemons: [daemon, database],
            folder,
        };
        new.ask("upcall/disable-megaflows", &[]);
        new.version = new.ask("version", &[]);
        new
    }

    /// What it says that it is.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A command of `ovs-appctl`, over its socket (JSON-RPC 1.0).
    fn ask(&mut self, method: &str, params: &[&str]) -> String {
        self.asked += 1;
        let asked = json!({ "method": method, "params": params, "id": self.asked });
        self.control
            .write_all(asked.to_string().as_bytes())
            .expect("it listens");
        let mut answers = serde_json::Deserializer::from_reader(&self.control).into_iter::<Value>();
        let answer = answers.next().expect("an answer").expect("JSON");
        assert!(answer["error"].is_null(), "{method} {params:?}: {answer}");
        answer["result"].as_str().unwrap_or_default().to_owned()
    }

    fn capture(&self, port: usize) -> PathBuf {
        self.folder.path().join(format!("{}.pcap", self.ports[port]))
    }

    /// What has left by a port since the last call: frames of a capture of microseconds, little-endian.
    fn left(&mut self, port: usize) -> Vec<Vec<u8>> {
        let octets = std::fs::read(self.capture(port)).unwrap_or_default();
        let mut frames = Vec::new();
        while let Some(head) = octets.get(self.read[port]..self.read[port] + 16) {
            let length = u32::from_le_bytes(head[8..12].try_into().expect("four octets")) as usize;
            let begins = self.read[port] + 16;
            let Some(frame) = octets.get(begins..begins + length) else {
                break;
            };
            frames.push(frame.to_vec());
            self.read[port] = begins + length;
        }
        frames
    }

    /// Sends these frames, each in at a port (by index), and returns the copies of each by port. Every frame
    /// ends in four octets that no other has.
    ///
    /// Some at a time; behind each lot a marker goes through, in at `marker.0` and out at `marker.1`.
    pub fn forward(&mut self, frames: &[(usize, Vec<u8>)], marker: (usize, usize)) -> Vec<BTreeMap<usize, Vec<u8>>> {
        let number = |frame: &[u8]| frame.last_chunk::<4>().copied();
        let places: BTreeMap<_, usize> = frames
            .iter()
            .zip(0..)
            .map(|((_, frame), at)| (number(frame), at))
            .collect();
        assert_eq!(places.len(), frames.len(), "each frame has a number of its own");
        let mut copies = vec![BTreeMap::new(); frames.len()];
        for (lot, some) in frames.chunks(AT_ONCE).enumerate() {
            for (port, frame) in some {
                let name = self.ports[*port].clone();
                self.ask("netdev-dummy/receive", &[&name, &hex(frame)]);
            }
            let mut last = MARKER.to_vec();
            last.extend((lot as u64).to_be_bytes());
            let name = self.ports[marker.0].clone();
            // Ports are served in turn: one round later all that waited before it is through.
            for _ in 0..2 {
                let (mut seen, mut read_since) = (false, false);
                self.ask("netdev-dummy/receive", &[&name, &hex(&last)]);
                wait_for("the marker", || {
                    read_since = seen;
                    for port in 0..self.ports.len() {
                        for copy in self.left(port) {
                            if copy == last {
                                seen |= port == marker.1;
                            } else if let Some(at) = places.get(&number(&copy)) {
                                let twice = copies[*at].insert(port, copy);
                                assert!(twice.is_none(), "two copies by one port");
                            }
                        }
                    }
                    read_since
                });
            }
        }
        copies
    }
}

/// Broadcast, untagged, of an EtherType that no other frame has; a number stands behind it.
const MARKER: [u8; 60] = {
    let mut octets = [0x5a; 60];
    let mut at = 0;
    while at < 6 {
        octets[at] = 0xff;
        octets[6 + at] = [0x02, 0xee, 0, 0, 0, 1][at];
        at += 1;
    }
    octets[12] = 0x88;
    octets[13] = 0xb6;
    octets
};

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
