//! Open vSwitch's userspace datapath over DPDK: a general switch, told to rewrite VIDs.
//!
//! A private pair of daemons with a bridge in a network namespace of its own; one flow per VID
//! (`dl_vlan=v actions=mod_vlan_vid,output`), one polling thread on one processor. DPDK's `net_pcap` feeds it
//! the same frames over and over (each is allocated and copied), and `net_null` frees
//! what comes out, so that both are in its time. At most 8,192 frames circulate, as its pool holds no more. Its
//! memory is on pages of the ordinary size, as huge ones would have to be reserved for the whole machine.
//!
//! It does more than all others here: it parses down to UDP, looks up general flows, keeps their counters.
//! It leaves out what `does_not` lists.
//!
//! Between turns its processes stand still (SIGSTOP). A turn counts what the polling thread took in
//! during half a second by the wall, over that thread's own processor time. The check: no
//! frame missed its flows; every flow rewrites as told; each has counted as many frames as the schedule says,
//! within one cycle of the frames and what passed while counters were being read, for the
//! daemon cannot be asked for all of them at once.

use std::fs;
use std::io::{BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::child::{Running, Tools, last_line, run};
use super::field::frame;
use super::ledger::{Ledger, mirror};
use super::sys::{self, Signal};
use super::{Job, cpus};
use crate::bench::clock::Spent;
use crate::bench::{Contender, Timed};

/// Most frames that circulate.
const CIRCULATING: usize = 8192;
/// How long a turn counts.
const TURN: Duration = Duration::from_millis(500);
/// How long one small program, or one answer, may take.
const SHORT: Duration = Duration::from_secs(10);
/// DPDK's memory, in megabytes.
const MEMORY: u64 = 512;
const DPDK_BUILD: &str = "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk";
const SCHEMAS: [&str; 2] = [
    "/usr/share/openvswitch/vswitch.ovsschema",
    "/usr/local/share/openvswitch/vswitch.ovsschema",
];

pub(super) fn start(tools: &Tools, job: &Job) -> Result<Box<dyn Contender>, String> {
    Ok(Box::new(Switch::start(tools, job)?))
}

struct Switch {
    name: String,
    ledger: Ledger,
    circulating: u64,
    control: PathBuf,
    // In this order: the switch ends before its database, and both before their folder goes.
    daemon: Running,
    _database: Running,
    _folder: TempDir,
}

/// The daemon that has DPDK in it, and what it says of its version.
fn daemon(tools: &Tools) -> Result<(PathBuf, String), String> {
    let candidates = [
        tools.find("ovs-vswitchd-dpdk"),
        Ok(DPDK_BUILD.into()),
        tools.find("ovs-vswitchd"),
    ];
    for program in candidates.into_iter().flatten() {
        let said = run(tools.command(&program).arg("--version"), SHORT).unwrap_or_default();
        if said.contains("DPDK") {
            let versions: Vec<&str> = said.lines().filter_map(|line| line.split_whitespace().last()).collect();
            return Ok((
                program,
                format!("{}, DPDK {}", versions[0], versions.get(1).unwrap_or(&"?")),
            ));
        }
    }
    Err("no ovs-vswitchd that is built with DPDK".to_owned())
}

/// The frames as `net_pcap` reads them.
fn capture(job: &Job, frames: usize) -> Vec<u8> {
    let mut octets = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1] {
        octets.extend(word.to_le_bytes());
    }
    for &vid in &job.order[..frames] {
        let length = u32::from(job.octets);
        for word in [0, 0, length, length] {
            octets.extend(word.to_le_bytes());
        }
        octets.extend(frame(job.octets, vid));
    }
    octets
}

/// What one megaflow has counted, and what it does.
#[derive(Debug, PartialEq, Eq)]
struct Flow<'a> {
    vid: u16,
    packets: u64,
    actions: &'a str,
}

/// A line of `dpctl/dump-flows`, if it is about tagged frames.
fn flow(line: &str) -> Option<Flow<'_>> {
    let number = |after: &str| {
        let digits = line.split_once(after)?.1;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse::<u64>().ok()
    };
    Some(Flow {
        vid: u16::try_from(number("vlan(vid=")?).ok()?,
        packets: number("packets:")?,
        actions: line.split_once("actions:")?.1.trim(),
    })
}

/// What the polling thread has taken in, and how many frames found no flow.
fn taken_in(stats: &str) -> Option<(u64, u64)> {
    let of = stats.split("pmd thread").nth(1)?.split("main thread").next()?;
    let number = |name: &str| {
        let line = of.lines().find_map(|line| line.trim().strip_prefix(name))?;
        line.trim().parse::<u64>().ok()
    };
    let missed = number("miss with success upcall:")? + number("miss with failed upcall:")?;
    Some((number("packets received:")?, missed))
}

impl Switch {
    fn start(tools: &Tools, job: &Job) -> Result<Self, String> {
        let programs = ["ovsdb-tool", "ovsdb-server", "ovs-vsctl", "ovs-ofctl"].map(|program| tools.find(program));
        let [Ok(tool), Ok(server), Ok(vsctl), Ok(ofctl)] = programs else {
            return Err(
                "Open vSwitch is not installed: no ovsdb-tool, ovsdb-server, ovs-vsctl and ovs-ofctl".to_owned(),
            );
        };
        let (daemon, version) = daemon(tools)?;
        let schema = SCHEMAS.iter().find(|path| Path::new(path).exists());
        let schema = schema.ok_or("no database schema of Open vSwitch is installed")?;

        let io = |e: std::io::Error| format!("no place for the switch: {e}");
        let folder = tempfile::Builder::new().prefix("trunklab-ovs-").tempdir().map_err(io)?;
        let home = folder.path().to_owned();
        let at = |name: &str| home.join(name).to_string_lossy().into_owned();
        let command = |program: &Path| {
            let mut command = tools.command(program);
            for name in [
                "OVS_RUNDIR",
                "OVS_LOGDIR",
                "OVS_DBDIR",
                "OVS_SYSCONFDIR",
                "RUNTIME_DIRECTORY",
            ] {
                command.env(name, &home);
            }
            command
        };
        let circulating = job.order.len().min(CIRCULATING);
        let flows: String = (1..=job.vlans)
            .map(|vid| {
                format!(
                    "dl_vlan={vid},in_port=1,actions=mod_vlan_vid:{},output:2\n",
                    mirror(job.vlans, vid)
                )
            })
            .collect();
        fs::write(at("flows"), flows).map_err(io)?;
        fs::write(at("in.pcap"), capture(job, circulating)).map_err(io)?;

        run(command(&tool).args(["create", &at("conf.db"), schema]), SHORT)?;
        let quiet = |program: &Path, log: &str| {
            let mut command = command(program);
            command.args(["--no-chdir", "-vconsole:off", &format!("--log-file={}", at(log))]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let database = Running::start(quiet(&server, "db.log").args([
            at("conf.db"),
            format!("--remote=punix:{}", at("db.sock")),
            format!("--unixctl={}", at("db.ctl")),
        ]))?;
        wait_for(Path::new(&at("db.sock")))?;
        let set = |arguments: &[&str]| {
            let mut command = command(&vsctl);
            command.args([&format!("--db=unix:{}", at("db.sock")), "--timeout=9"]);
            run(command.args(arguments), SHORT)
        };
        let extra = "--no-huge --legacy-mem --no-pci --no-shconf --no-telemetry --iova-mode=va";
        set(&["--no-wait", "init"])?;
        set(&[
            "--no-wait",
            "set",
            "Open_vSwitch",
            ".",
            "other_config:dpdk-init=true",
            &format!("other_config:dpdk-extra=\"{extra}\""),
            &format!("other_config:dpdk-alloc-mem={MEMORY}"),
            &format!("other_config:pmd-cpu-mask={}", mask(cpus::last_allowed())),
            // Standing still between rounds must not age flows out.
            "other_config:max-idle=86400000",
            // A pool of each port's own: fewer buffers, so that they stay in caches.
            "other_config:per-port-memory=true",
        ])?;
        let mut start = quiet(&daemon, "vs.log");
        start.args([format!("unix:{}", at("db.sock")), format!("--unixctl={}", at("vs.ctl"))]);
        sys::own_network(start.arg("--disable-system"));
        let mut daemon = Running::start(&mut start)?;
        let complaint = |why: String| {
            let log = fs::read_to_string(at("vs.log")).unwrap_or_default();
            let bad = log
                .lines()
                .rfind(|line| line.contains("|ERR|") || line.contains("|EMER|"));
            bad.map_or_else(|| why.clone(), |line| format!("{why}; its log: {}", last_line(line)))
        };
        wait_for(Path::new(&at("vs.ctl"))).map_err(complaint)?;
        let source = format!(
            "options:dpdk-devargs=\"net_pcap0,rx_pcap={},infinite_rx=1\"",
            at("in.pcap")
        );
        let bridge = "add-br br0 -- set bridge br0 datapath_type=netdev fail-mode=secure \
             -- add-port br0 in -- set interface in type=dpdk ofport_request=1 SOURCE \
             -- add-port br0 out -- set interface out type=dpdk ofport_request=2 options:dpdk-devargs=\"net_null0,no-rx=1\"";
        let words = bridge
            .split_whitespace()
            .map(|word| if word == "SOURCE" { &source } else { word });
        set(&words.collect::<Vec<_>>()).map_err(complaint)?;
        let socket = format!("unix:{}", at("br0.mgmt"));
        run(command(&ofctl).args(["add-flows", &socket, &at("flows")]), SHORT).map_err(complaint)?;
        if let Some(status) = daemon.ended() {
            return Err(complaint(format!("the switch ended: {status}")));
        }

        let part = Job {
            frames: circulating as u32,
            order: job.order[..circulating].to_vec(),
            ..job.clone()
        };
        let switch = Self {
            name: format!("Open vSwitch userspace, one core ({version})"),
            ledger: Ledger::of(&part),
            circulating: circulating as u64,
            control: at("vs.ctl").into(),
            daemon,
            _database: database,
            _folder: folder,
        };
        switch.settle().map_err(complaint)?;
        switch.daemon.tell(Signal::Stop);
        Ok(switch)
    }

    /// Waits until every VID has its flow in the datapath.
    fn settle(&self) -> Result<(), String> {
        let deadline = Instant::now() + SHORT;
        loop {
            let why = match self.flows() {
                Ok(_) => return Ok(()),
                Err(why) => why,
            };
            if Instant::now() > deadline {
                return Err(why);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The daemon's answer to one of the commands that ovs-appctl knows.
    fn ask(&self, method: &str, parameters: &[&str]) -> Result<String, String> {
        let io = |e: std::io::Error| format!("the switch does not answer: {e}");
        let mut stream = UnixStream::connect(&self.control).map_err(io)?;
        stream.set_read_timeout(Some(SHORT)).map_err(io)?;
        stream.set_write_timeout(Some(SHORT)).map_err(io)?;
        let question = json!({ "id": 0, "method": method, "params": parameters });
        stream.write_all(question.to_string().as_bytes()).map_err(io)?;
        let mut answers = serde_json::Deserializer::from_reader(BufReader::new(stream)).into_iter::<Value>();
        let answer = answers.next().ok_or("the switch hung up")?;
        let answer = answer.map_err(|e| format!("the switch does not answer: {e}"))?;
        match answer["result"].as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(format!("the switch refuses {method}: {}", answer["error"])),
        }
    }

    /// Frames taken in, and frames without a flow, so far.
    fn taken_in(&self) -> Result<(u64, u64), String> {
        let stats = self.ask("dpif-netdev/pmd-stats-show", &[])?;
        taken_in(&stats).ok_or_else(|| "the switch has no polling thread".to_owned())
    }

    /// What the flow of each VID has counted; every one that has frames must be there and rewrite as told.
    fn flows(&self) -> Result<Vec<u64>, String> {
        let dump = self.ask("dpctl/dump-flows", &["netdev@ovs-netdev"])?;
        let mut counts = vec![None; usize::from(self.ledger.vlans()) + 1];
        for flow in dump.lines().filter_map(flow) {
            let to = (1..=self.ledger.vlans())
                .contains(&flow.vid)
                .then(|| mirror(self.ledger.vlans(), flow.vid));
            let rewrites = to.is_some_and(|to| {
                // A VID that mirrors to itself is not rewritten.
                let output = flow.actions.rsplit(',').next().unwrap_or_default();
                let plain = flow.actions == output && to == flow.vid;
                let sent = !output.is_empty() && output.bytes().all(|b| b.is_ascii_digit());
                sent && (plain || flow.actions.contains(&format!("vlan(vid={to},")))
            });
            if !rewrites {
                return Err(format!("the flow of VID {} does `{}`", flow.vid, flow.actions));
            }
            *counts[usize::from(flow.vid)].get_or_insert(0) += flow.packets;
        }
        for (vid, count) in (1..).zip(&counts[1..]) {
            if count.is_none() && self.ledger.once(vid) > 0 {
                return Err(format!("the datapath has no flow for VID {vid}"));
            }
        }
        Ok(counts.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Processor time of the polling thread, in nanoseconds.
    fn processor_time(&self) -> Result<u64, String> {
        self.told()
            .ok_or_else(|| "the kernel tells no processor time of the polling thread".to_owned())
    }

    fn told(&self) -> Option<u64> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.daemon.id())).ok()?;
        let polls = |task: &PathBuf| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with("pmd-"));
        let task = tasks.flatten().map(|entry| entry.path()).find(polls)?;
        let text = fs::read_to_string(task.join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    }

    fn measure(&self) -> Result<Timed, String> {
        // Caches fill again.
        std::thread::sleep(TURN / 5);
        let outer = self.taken_in()?;
        let flows = self.flows()?;
        let (before, start, busy) = (self.taken_in()?, Instant::now(), self.processor_time()?);
        std::thread::sleep(TURN);
        let (after, wall) = (self.taken_in()?, start.elapsed());
        let busy = self.processor_time()?.saturating_sub(busy);
        let counted = self.flows()?;
        let end = self.taken_in()?;

        if end.1 != outer.1 {
            return Err(format!("{} frames missed their flows", end.1 - outer.1));
        }
        let cycle = self.circulating;
        let least = (after.0 - before.0) / cycle;
        let most = (end.0 - outer.0).div_ceil(cycle);
        for vid in 1..=self.ledger.vlans() {
            let once = self.ledger.once(vid);
            let got = counted[usize::from(vid)].saturating_sub(flows[usize::from(vid)]);
            if got < once * least.saturating_sub(1) || got > once * (most + 1) {
                return Err(format!(
                    "the account does not balance: VID {vid} counted {got} frames, where {least} to {most} cycles of {once} passed"
                ));
            }
        }
        let spent = Spent {
            nanos: busy,
            wall_nanos: u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX),
        };
        match after.0 - before.0 {
            0 => Err("the switch took nothing in".to_owned()),
            _ if busy == 0 => Err("the polling thread did not run".to_owned()),
            frames => Ok(Timed {
                frames,
                spent,
                whole: spent,
                passes: 1,
            }),
        }
    }
}

impl Contender for Switch {
    fn name(&self) -> &str {
        &self.name
    }
    fn does_not(&self) -> &[&str] {
        &[
            "reasons for drops",
            "a second tag",
            "reserved destinations",
            "group source addresses",
            "bound source addresses",
            "two-rate three-colour policing",
            "separate outputs for tenants (all leave by one port)",
            "more than 8,192 frames",
        ]
    }
    fn has_own_length(&self) -> bool {
        true
    }
    fn turn(&mut self, _: u32) -> Result<Timed, String> {
        if let Some(status) = self.daemon.ended() {
            return Err(format!("the switch ended: {status}"));
        }
        self.daemon.tell(Signal::Continue);
        let timed = self.measure();
        self.daemon.tell(Signal::Stop);
        timed
    }
}

/// A processor as a hexadecimal mask.
fn mask(processor: u32) -> String {
    format!("0x{:x}{}", 1 << (processor % 4), "0".repeat(processor as usize / 4))
}

/// Waits until a socket is there.
fn wait_for(socket: &Path) -> Result<(), String> {
    let deadline = Instant::now() + SHORT;
    while Instant::now() < deadline {
        if UnixStream::connect(socket).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let name = socket.file_name().unwrap_or_default().to_string_lossy();
    Err(format!("nothing listens on {name} after {SHORT:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_and_statistics_are_read_as_the_switch_writes_them() {
        let line = "recirc_id(0),in_port(1),packet_type(ns=0,id=0),eth_type(0x8100),vlan(vid=5,pcp=0),encap(eth_type(0x0800),\
                    ipv4(frag=no)), packets:271703, bytes:16302180, used:0.000s, actions:pop_vlan,push_vlan(vid=12,pcp=0),2";
        let expected = Flow {
            vid: 5,
            packets: 271_703,
            actions: "pop_vlan,push_vlan(vid=12,pcp=0),2",
        };
        assert_eq!(flow(line), Some(expected));
        assert_eq!(flow("flow-dump from pmd on cpu core: 1"), None);
        let stats = "pmd thread numa_id 0 core_id 1:\n  packets received: 4395520\n  packet recirculations: 0\n  \
                     miss with success upcall: 3\n  miss with failed upcall: 1\nmain thread:\n  packets received: 7\n";
        assert_eq!(taken_in(stats), Some((4_395_520, 4)));
        assert_eq!(taken_in("main thread:\n  packets received: 7\n"), None);
    }

    #[test]
    fn masks_name_one_processor() {
        assert_eq!([0, 1, 5, 64].map(mask), ["0x1", "0x2", "0x20", "0x10000000000000000"]);
    }
}
