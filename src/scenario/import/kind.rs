//! What a file is, by its first octets: so that a file in the wrong place is told what to do with it.

use crate::scenario::at::Wrong;
use crate::scenario::codes::Code;

/// A kind of file that people hand over for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A classic capture.
    Pcap,
    /// A capture in blocks.
    Pcapng,
    /// The capture of a tool that the readers here do not know.
    OtherCapture(&'static str),
    /// Something packed: what it is, and the program that unpacks it.
    Packed(&'static str, &'static str),
    /// A graph.
    GraphMl,
}

/// First octets, and what they begin.
const KINDS: &[(&[u8], InputKind)] = &[
    (b"\xd4\xc3\xb2\xa1", InputKind::Pcap),
    (b"\xa1\xb2\xc3\xd4", InputKind::Pcap),
    (b"\x4d\x3c\xb2\xa1", InputKind::Pcap),
    (b"\xa1\xb2\x3c\x4d", InputKind::Pcap),
    (b"\x0a\x0d\x0d\x0a", InputKind::Pcapng),
    (b"\x34\xcd\xb2\xa1", InputKind::OtherCapture("a modified pcap")),
    (b"\xa1\xb2\xcd\x34", InputKind::OtherCapture("a modified pcap")),
    (b"snoop\0\0\0", InputKind::OtherCapture("a snoop capture")),
    (b"GMBU", InputKind::OtherCapture("a Network Monitor capture")),
    (b"RTSS", InputKind::OtherCapture("a Network Monitor capture")),
    (b"\x1f\x8b", InputKind::Packed("gzip", "gunzip")),
    (b"\xfd7zXZ\0", InputKind::Packed("xz", "unxz")),
    (b"\x28\xb5\x2f\xfd", InputKind::Packed("zstd", "unzstd")),
    (b"\x04\x22\x4d\x18", InputKind::Packed("lz4", "unlz4")),
    (b"BZh", InputKind::Packed("bzip2", "bunzip2")),
    (b"PK\x03\x04", InputKind::Packed("zip", "unzip")),
    (b"7z\xbc\xaf\x27\x1c", InputKind::Packed("7z", "7z x")),
];

impl InputKind {
    /// What begins with these octets; `None`: nothing that is known.
    pub fn of(octets: &[u8]) -> Option<Self> {
        let known = KINDS.iter().find(|(first, _)| octets.starts_with(first));
        known.map(|(_, kind)| *kind).or_else(|| {
            // The root element comes soon; before it stand a mark of order, a declaration, comments.
            let head = &octets[..octets.len().min(4_096)];
            let begins = head.trim_ascii_start().starts_with(b"<") || head.starts_with(b"\xef\xbb\xbf<");
            let root = head
                .windows(9)
                .any(|w| w.starts_with(b"<graphml") && !w[8].is_ascii_alphanumeric());
            (begins && root).then_some(Self::GraphMl)
        })
    }

    /// What to say where a capture is wanted and this is no capture that is read.
    pub(super) fn instead_of_a_capture(self) -> Wrong {
        let wrong = |what: &str| Wrong::new(Code::Capture, what);
        match self {
            Self::Pcap | Self::Pcapng => wrong("the capture is malformed"),
            Self::OtherCapture(what) => {
                wrong(&format!("this is {what}, not pcap or pcapng")).help("convert it: `editcap -F pcapng IN OUT`")
            }
            Self::Packed(..) => self.packed(),
            Self::GraphMl => wrong("this is a GraphML graph, not a capture")
                .help("a graph is named by `graphml` in an entry of `backbones`"),
        }
    }

    /// What to say where a graph is wanted and this is none.
    pub(super) fn instead_of_a_graph(self) -> Option<Wrong> {
        match self {
            Self::Packed(..) => Some(Wrong {
                code: Code::Graph,
                ..self.packed()
            }),
            Self::Pcap | Self::Pcapng | Self::OtherCapture(_) => Some(
                Wrong::new(Code::Graph, "this is a capture, not a GraphML graph")
                    .help("a capture is named by `capture` in a flow with `kind: replay`"),
            ),
            Self::GraphMl => None,
        }
    }

    /// What to say where a scenario is wanted.
    pub fn instead_of_a_scenario(self) -> Wrong {
        let wrong = |what: &str| Wrong::new(Code::NotAScenario, what);
        match self {
            Self::Pcap | Self::Pcapng => wrong("this is a capture, not a scenario").help(
                "name it in a scenario, in a flow that replays it: `traffic: [{ name: recorded, from: IDC, to: VPC/HOST, kind: replay, capture: FILE }]`",
            ),
            Self::OtherCapture(what) => wrong(&format!("this is {what}, not a scenario")).help(
                "convert it (`editcap -F pcapng IN OUT`), then name it in a scenario's flow: `kind: replay, capture: FILE`",
            ),
            Self::Packed(..) => Wrong { code: Code::NotAScenario, ..self.packed() },
            Self::GraphMl => wrong("this is a GraphML graph, not a scenario")
                .help("name it in a scenario: `backbones: [{ name: NET, graphml: FILE }]`"),
        }
    }

    fn packed(self) -> Wrong {
        let (what, program) = match self {
            Self::Packed(what, program) => (what, program),
            _ => ("packed", "its own program"),
        };
        Wrong::new(Code::Capture, format!("this is {what}: unpack it first"))
            .help(format!("`{program} FILE`, and name what comes out of it"))
    }
}
