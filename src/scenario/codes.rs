//! Every code that a scenario can be refused with, and what it means.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $explanation:literal;)*) => {
        /// Why a scenario is refused. The list is closed and its texts are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }
        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The stable text, `TL` and four digits.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
            /// What it means and what to do, for `trunklab explain`.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation,)* }
            }
        }
    };
}

codes! {
    /// No such file.
    Missing = "TL0101", "The file does not exist. Paths inside a scenario are relative to the scenario's own folder.";
    /// A directory.
    Directory = "TL0102", "A file is wanted here, and the path names a directory.";
    /// Over 256 MiB.
    FileTooLarge = "TL0103", "No input file may be larger than 256 MiB. A scenario of 100,000 tenants has about 10 MiB; use `tenants` with `count` for more.";
    /// Cannot be read.
    Unreadable = "TL0104", "The system refuses to read the file; its own reason is in the message.";
    /// Not UTF-8.
    NotUtf8 = "TL0105", "A scenario is UTF-8 text. The message gives the first octet that is not.";
    /// Nothing in it.
    Empty = "TL0106", "The file holds no YAML document: it is empty or has only comments. The smallest scenario has `trunklab: 1`, `name` and `duration`.";
    /// Not a mapping.
    NotAMapping = "TL0107", "A scenario is one YAML mapping: `key: value` lines at the left margin. Lists, single words and several documents in one file are refused.";
    /// Too much of everything.
    Bomb = "TL0108", "The YAML expands to far more than it says (aliases of aliases), nests too deeply, or has more than eight million nodes. Nothing of it was used.";
    /// Not YAML.
    Syntax = "TL0109", "The text is not YAML. Only the first error is reported; what follows it cannot be read reliably. Common causes: a tab as indentation, a missing space after `:`, an unclosed quote or bracket.";
    /// A key twice.
    DuplicateKey = "TL0110", "A mapping has the same key twice. One of the two values would be lost without a word, so both are refused.";
    /// A capture, a graph or something packed where a scenario should be.
    NotAScenario = "TL0111", "The file is no scenario but something that a scenario can name: a capture goes into a flow with `kind: replay`, a graph into `backbones`; what is packed is unpacked first.";
    /// A key that is not known.
    UnknownField = "TL0201", "No such key is known at this place. `trunklab schema` prints every key with its meaning.";
    /// A key that must be there.
    MissingField = "TL0202", "A key that has no default is missing.";
    /// A list where a text should be, or the like.
    WrongType = "TL0203", "The value has the wrong shape: a list or mapping where one value is wanted, or the reverse.";
    /// A word that is not on the list.
    UnknownWord = "TL0204", "The value is one of a closed list of words, and this is none of them. Words are case-sensitive.";
    /// Not a quantity.
    BadQuantity = "TL0205", "Times, rates and sizes are a number and a unit without a sign: `5ms`, `30d`, `10G`, `500k`, `64kB`. Times know ns, us, ms, s, min, h, d; rates bps, k, M, G, T (powers of ten, bits a second); sizes B, kB, MB, GB, KiB, MiB, GiB.";
    /// Not an address.
    BadAddress = "TL0206", "An address is written like `10.0.0.1`, a prefix like `10.0.0.0/30`, a MAC address like `02:00:00:00:00:01`.";
    /// Not a name.
    BadName = "TL0207", "A name has 1 to 64 letters, digits, `.`, `_` or `-`, and begins with a letter or digit. `/` divides a place from a host in it (`acme-dc/172.16.0.10`), so no name holds one.";
    /// A version of the format that is not known.
    Version = "TL0208", "`trunklab:` names the version of the scenario format. This build reads version 1.";
    /// Not a number, or too large for any field.
    BadNumber = "TL0209", "A whole number without sign, point or exponent is wanted, or `true` or `false` for a switch (`yes`, `no`, `on` and `off` are texts).";
    /// Not a moment of the calendar.
    BadMoment = "TL0210", "A moment of the calendar is written with its distance from UTC: `2026-12-05T22:00:00+08:00`, or with `Z`. Years are 1970 to 9999.";
    /// A command with a name that stands for nothing.
    BadTemplate = "TL0211", "A command of your own is one line. In braces stands the name of something that is filled in, like `{vbr}`; `{{` and `}}` are braces of the command's own. The message lists the names.";
    /// A name that names nothing.
    Dangling = "TL0301", "The name refers to nothing of the kind that is wanted here. The message names the nearest one that exists.";
    /// A name twice.
    DuplicateName = "TL0302", "Two things of one kind have the same name (nodes of every kind share one list, links and circuits another), or two accounts the same uid.";
    /// An account in the wrong role.
    WrongRole = "TL0303", "The account has the wrong role: only a partner owns switches, links and circuits; only a tenant owns IDCs, VPCs and traffic.";
    /// Something else is needed too.
    Needed = "TL0304", "What is written needs a second key beside it; the message names it.";
    /// VID out of range.
    VidRange = "TL0401", "The cloud's VLANs are 0 (one untagged routed port) to 2999; the partner's own tags are 1 to 4094; 4095 is reserved.";
    /// VID in use.
    VidTaken = "TL0402", "Two services of the partner's switch would have the same VLAN on one circuit. A real switch cannot be configured so. To rehearse the mistake, let a step or a `misconnect` fault make it.";
    /// Zero where zero means nothing.
    Zero = "TL0403", "A rate, delay, size, interval or count of zero cannot run: nothing would ever pass, or everything at once.";
    /// Prefixes overlap.
    Overlap = "TL0404", "Two prefixes of one tenant overlap (interconnect, LAN or VPC), so a destination would have two places. Different tenants may overlap: their routing domains are apart.";
    /// An address outside its prefix.
    NotInPrefix = "TL0405", "The address does not belong to the prefix that should hold it, or is the prefix's network or broadcast address.";
    /// IPv6 and the like.
    NotModelled = "TL0406", "This exists in the real system and is not modelled yet: IPv6 addresses on an interconnect, host or VPC. It is refused so that nothing is ignored silently. IPv6 frames in a replayed capture are forwarded like any payload.";
    /// No way through the partner's network.
    NoPath = "TL0407", "The partner's switches and links give no way from the switch of the tenant's UNI to the switch of its circuit.";
    /// No VID is left.
    TrunkFull = "TL0408", "A trunk carries at most 4094 tenants, one VID each; a circuit at most as many.";
    /// A link to itself.
    SelfLink = "TL0409", "A link has the same switch at both ends.";
    /// Tag and port disagree.
    TagAndPort = "TL0410", "An access port takes untagged frames (leave `tag` out), a trunk port tells services apart by `tag` (give one), a tunnel port takes either as payload.";
    /// VLAN 0 is alone.
    VlanZeroShared = "TL0411", "VLAN 0 is an untagged routed port: the circuit carries that one service and nothing else.";
    /// Too many.
    TooMany = "TL0412", "The plan would have more tenants, nodes, steps or faults than is admitted (250,000 tenants; 1,000,000 faults).";
    /// Too long.
    TooLong = "TL0413", "A run lasts at most 200 years of virtual time, and at least one nanosecond.";
    /// A number out of its field's range.
    OutOfRange = "TL0414", "The number is outside the range of its field; the message gives the range.";
    /// A trunk's list of VLANs.
    VlanList = "TL0415", "A list of a trunk's VLANs has at least one VLAN or range of them (`[101, 200-299]`), each range in ascending order. It excludes `unpruned`, which lets every VLAN on, and an untagged circuit (VLAN 0) has none.";
    /// A loop between switches that flood.
    Loop = "TL0416", "Bridged switches are joined by more than one way for the same VLAN, and none of them runs a spanning tree: what is flooded goes in circles. `check: storm` fails as soon as a frame does.";
    /// Wrong order in time.
    TimeOrder = "TL0501", "A start after its stop, or a time after the end of the run.";
    /// Traffic between tenants.
    CrossTenant = "TL0502", "Both ends of a flow belong to one tenant: there is no route between tenants. Isolation is judged of every frame anyway.";
    /// An event storm.
    TooManyFrames = "TL0503", "All flows together may offer at most 2,000,000,000 frames. The message says how many these would be.";
    /// A key that this kind of flow does not have.
    FlowShape = "TL0504", "A flow has exactly one of `rate` and `interval` (a replay has neither), and only the keys of its kind and pattern.";
    /// A step's parameter.
    StepParameter = "TL0505", "A step's operation and its parameters go by their API names, and its values must be expressible. What the API would refuse is not an error of the file: the step runs and is refused; say `expect_error: CODE` where that is the point.";
    /// A fault that is none or two.
    FaultShape = "TL0506", "Each entry of `faults` has a time and exactly one of cut, restore, lose, corrupt, duplicate, flap, misconnect, police, detach, attach.";
    /// Policies, accounts or circuits that provisioning cannot take.
    Unlawful = "TL0507", "A policy, a lead time, a spec, a type of port, an account or a circuit has a name or value that provisioning does not know. The message lists what there is.";
    /// A planted fault that no run shows.
    UnseenFault = "TL0508", "The planted fault shows in batches of frames alone, and a run hands over one frame at a time: it is judged as if the switch were healthy.";
    /// A step puts an address or a route where the tenant's own cloud is.
    StepOverlap = "TL0509", "A step gives a VBR an interconnect that overlaps a prefix of the tenant's own VPC, or a route out of the cloud to a part of that prefix. The API takes it; what is sent there has two places to go.";
    /// A policer where the tenant has nothing.
    PolicesNobody = "TL0510", "The fault `police` names a switch that carries no service of the tenant, so it would police nothing. Name a switch on the way from the tenant's line to its circuit; the message names those.";
    /// Something that the contract does not allow.
    Departs = "TL0511", "The file says something that the contract between tenant, partner and cloud does not allow: two records of one thing contradict each other, or something is below what is sold. It runs, since that may be what is studied; the message names both lines, and `run --why` says whether it does harm.";
    /// Expectations that exclude each other.
    Contradiction = "TL0601", "Two expectations ask for different answers to one question, so one of them can never hold; or the same one stands twice.";
    /// A key that the check does not have.
    ExpectationShape = "TL0602", "The check has no such key, or lacks one that it needs.";
    /// A window that is none.
    EmptyWindow = "TL0603", "A window is `[from, to]` with from not after to.";
    /// A bad capture.
    Capture = "TL0701", "The capture is not a pcap or pcapng file, is packed, breaks off before its first frame ends, or contradicts itself. The message says where.";
    /// Not Ethernet.
    CaptureLink = "TL0702", "Only frames of Ethernet can be replayed (link type 1), and the capture holds none.";
    /// More than is admitted.
    CaptureTooLarge = "TL0703", "A capture may hold at most 1,000,000 frames of at most 9,280 octets each, 256 MiB together, those that it cut short made whole.";
    /// Nothing in it.
    CaptureEmpty = "TL0704", "The capture holds no frame that could be replayed.";
    /// Frames that were cut short.
    CaptureSnapped = "TL0705", "The tool that captured was told to keep only the first octets of each frame (a snap length). The frames are replayed at their length on the wire, with zeros for what was not kept.";
    /// Check sequences.
    CaptureFcs = "TL0706", "The capture says that its frames end with their check sequence (`if_fcslen`, a frame's flags, bits of the link type). It is no payload and is taken off, unless not one frame ends with the right one. Ethernet's has 4 octets.";
    /// Times that were changed.
    CaptureTimes = "TL0707", "Frames are sent at whole nanoseconds, in the order of the capture. Finer times are rounded to the nearest, one that goes back becomes the latest before it, and a frame without a time follows at once.";
    /// A file that breaks off.
    CaptureTail = "TL0708", "The file ends in the middle of a record, as one does whose writer was killed. Every whole frame before is read.";
    /// Frames that are not replayed.
    CaptureLeftOut = "TL0709", "Some frames of the capture are not replayed: they are of another link than Ethernet, have not even an Ethernet header, or come after the end of the flow or of the run.";
    /// Lengths that contradict each other.
    CaptureLengths = "TL0710", "The capture holds frames that are longer than its own snap length, or than it says they were on the wire. What it holds is replayed.";
    /// A bad graph.
    Graph = "TL0711", "The file is not GraphML as the Internet Topology Zoo writes it: XML with `key`, `graph`, `node` and `edge`.";
    /// More than is admitted.
    GraphTooLarge = "TL0712", "A graph may have at most 10,000 points of presence, 50,000 edges and 16 MiB of XML.";
    /// In parts.
    GraphParts = "TL0713", "The graph is not connected. Tenants in one part cannot reach circuits in another.";
    /// Without position.
    GraphPosition = "TL0714", "Some points of presence have no coordinates; their links get `default_delay`.";
    /// Repeated or looping edges.
    GraphEdges = "TL0715", "Edges from a point of presence to itself are left out; several edges between the same two are kept as parallel links, but two directed edges, there and back, are one link.";
    /// Parts of a graph that are not read.
    GraphLeftOut = "TL0716", "A backbone is the first graph of the file, with the nodes in its groups. Further graphs, groups themselves and hyperedges of other than two ends are left out.";
    /// Octets that are no text.
    ListNotText = "TL0801", "A list or a saved answer is UTF-8 text, with or without a byte order mark, or UTF-16 with one. Save it again as one of these.";
    /// Not JSON.
    AnswerNotJson = "TL0802", "A saved answer of the API is JSON: one answer, a list of answers, or several one behind the other. The file was cut off, or is something else.";
    /// An answer of no call that is known.
    AnswerUnknown = "TL0803", "Neither the answer's own keys, nor `Action` beside it, nor the name of its file say which call it answers. Name the file by its call, such as `CreateVpconnFromVbr.json`, or save the call beside it. Nothing was read of it.";
    /// A value that its field cannot have.
    AnswerValue = "TL0804", "A field of a saved answer has a value that it cannot have: a text where a number is wanted, or the like. It is UNKNOWN.";
    /// Pages that are missing.
    AnswerPages = "TL0805", "The pages that are there hold fewer entries than their `TotalCount` says, or do not say how many there are. Whatever is not on them is UNKNOWN, not absent.";
    /// Sources that contradict each other.
    AnswerContradicts = "TL0806", "Two answers, or two entries of one, show different values of one field of one thing. Neither is taken: the field is UNKNOWN.";
    /// No table.
    TableEmpty = "TL0811", "The file holds no table: it has no line with titles, or no row under it.";
    /// Columns.
    TableColumn = "TL0812", "A column that `--map` names is not there, two columns stand for one thing, or a title stands twice. `--map thing=title` says which column is meant.";
    /// A cell that is needed.
    CellMissing = "TL0813", "The row does not say something. What can be left UNKNOWN is a warning: the scenario gets a stand-in, and checks that need it are INCONC. Without a tenant's name a row cannot be used.";
    /// A cell that cannot be read.
    CellUnreadable = "TL0814", "The cell does not hold what its column is for: VLANs are 0 to 2999 (one for each row), bandwidths are like `50M`, `50 Mbps` or `2G`, addresses like `10.0.0.1`.";
    /// Cells that contradict each other.
    CellContradicts = "TL0815", "Two cells of a row, or two rows of one tenant or circuit, contradict each other, so that both cannot be right.";
    /// A row twice.
    RowTwice = "TL0816", "Two rows have the same VLAN on the same circuit, or the same VBR. One of them is wrong, or stands twice.";
    /// Too many rows.
    TableTooLarge = "TL0817", "A table may have at most 100,000 rows of at most 256 columns.";
    /// Cells too many or too few.
    RowRagged = "TL0818", "The row has more cells than there are titles, or breaks off: an unquoted separator, a line break without quotes, or merged cells. What is missing is UNKNOWN.";
}

impl Code {
    /// The code with this text, in either case.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_found_by_their_text() {
        assert!(Code::ALL.windows(2).all(|w| w[0].as_str() < w[1].as_str()));
        for code in Code::ALL {
            assert_eq!(Code::find(&code.as_str().to_lowercase()), Some(*code));
            assert!(code.explanation().ends_with('.') || code.explanation().ends_with(')'));
        }
        assert_eq!(Code::find("TL9999"), None);
    }
}
