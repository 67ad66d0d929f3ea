//! What is drawn of a run: the network, its time line, delays, and frames on their way.
//!
//! Only HTML draws it. Everything here is a plain value: a picture knows no room but this one.

/// A picture of a section.
#[derive(Debug, Clone)]
pub enum Picture {
    /// Nodes and links in columns, and the way of each tenant.
    Network(Network),
    /// What happened when, and what each tenant got.
    Timeline(Timeline),
    /// How long frames took.
    Delays(Vec<Delays>),
    /// On what the verdicts rest.
    Basis(Vec<(&'static str, Vec<String>)>),
}

/// How something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Neither good nor bad.
    #[default]
    Plain,
    /// Nobody knows.
    Unknown,
    /// Not as it should be.
    Bad,
}

/// The columns of the network, from the data centre to the cloud.
pub const COLUMNS: [&str; 7] = [
    "data centre",
    "fabric",
    "access point",
    "circuit",
    "access device",
    "VBR",
    "VPC",
];

/// A network.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Nodes.
    pub nodes: Vec<NodeDrawn>,
    /// Links.
    pub links: Vec<LinkDrawn>,
    /// Tenants, in order of name, each with its way.
    pub tenants: Vec<TenantWay>,
}

/// A node.
#[derive(Debug, Clone, Default)]
pub struct NodeDrawn {
    /// Its name.
    pub name: String,
    /// Index into [`COLUMNS`].
    pub column: usize,
    /// Whose it is, in words.
    pub owner: String,
    /// What was seen there, in lines.
    pub notes: Vec<String>,
    /// Frames that were lost there.
    pub lost: u64,
    /// Frames of somebody else that were seen there.
    pub astray: u64,
}

/// A link.
#[derive(Debug, Clone, Default)]
pub struct LinkDrawn {
    /// Its name.
    pub name: String,
    /// Indices of the nodes at its ends.
    pub ends: (usize, usize),
    /// Is it a circuit, which has a column of its own?
    pub is_circuit: bool,
    /// Whose it is, in words.
    pub owner: String,
    /// Rate and delay, what was seen on it, and when it was down, in lines.
    pub notes: Vec<String>,
    /// Frames that were lost there.
    pub lost: u64,
    /// Frames of somebody else that were seen there.
    pub astray: u64,
    /// Was it down for some time?
    pub was_down: bool,
}

/// Where a tenant's frames went.
#[derive(Debug, Clone, Default)]
pub struct TenantWay {
    /// Its name.
    pub name: String,
    /// Links that its frames crossed; where none was seen, the links as they were built.
    pub hops: Vec<Crossing>,
    /// Was it seen, or only built?
    pub was_seen: bool,
    /// How the verdicts about it stand.
    pub tone: Tone,
}

/// Frames of a tenant that crossed a link one way.
#[derive(Debug, Clone, Default)]
pub struct Crossing {
    /// Index of the link.
    pub link: usize,
    /// From its `b` end?
    pub from_b: bool,
    /// The tags that they had: `untagged`, `8100:101`, with how many frames had them and since when.
    pub tags: Vec<TagsSeen>,
}

/// Tags that frames had on a link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagsSeen {
    /// In words.
    pub tags: String,
    /// Frames.
    pub frames: u64,
    /// When the first of them crossed, in nanoseconds.
    pub since_ns: u64,
}

/// What happened when.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// How long the run was, in nanoseconds.
    pub end_ns: u64,
    /// Rows of what was done and what happened, in order.
    pub lanes: Vec<LaneDrawn>,
    /// Tenants, in order of name.
    pub tenants: Vec<Strip>,
}

/// A row of what was done or what happened.
#[derive(Debug, Clone, Default)]
pub struct LaneDrawn {
    /// Under which heading it stands.
    pub group: &'static str,
    /// Whose it is, or where.
    pub name: String,
    /// What happened, in order of time.
    pub marks: Vec<Mark>,
}

/// Something that happened.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// When, in nanoseconds.
    pub at_ns: u64,
    /// Until when, if it lasted.
    pub until_ns: Option<u64>,
    /// What.
    pub text: String,
    /// How it is drawn.
    pub tone: Tone,
}

/// A tenant along the time.
#[derive(Debug, Clone, Default)]
pub struct Strip {
    /// Its name.
    pub name: String,
    /// Its services: from when they were open, until when.
    pub open: Vec<Mark>,
    /// Octets that arrived in each slot; slots are equal parts of the run.
    pub arrived: Vec<u64>,
    /// Octets that were offered in each slot.
    pub offered: Vec<u64>,
    /// Frames that were lost in each slot.
    pub lost: Vec<u64>,
    /// What is to be said of it at a glance.
    pub says: String,
    /// Under which assumptions, and where it was hurt, in words.
    pub because: Vec<String>,
    /// How it is drawn.
    pub tone: Tone,
}

/// How long frames of one tenant took, one way.
#[derive(Debug, Clone, Default)]
pub struct Delays {
    /// Whose.
    pub tenant: String,
    /// Which way, in words.
    pub direction: &'static str,
    /// Frames by class of delay: at most so many nanoseconds, and how many; sorted, without empty ones.
    pub classes: Vec<(u64, u64)>,
    /// The shortest and the longest, in nanoseconds.
    pub range_ns: (u64, u64),
}

/// A frame that something was found out about.
#[derive(Debug, Clone, Default)]
pub struct FrameTold {
    /// Whose it was, and which of its flow.
    pub whose: String,
    /// What became of it, and where.
    pub fate: String,
    /// Who answers for the place.
    pub party: String,
    /// Its first octets.
    pub octets: Vec<u8>,
    /// How long it was, without FCS; 0: as many as there are octets.
    pub length: u64,
    /// The way that it went.
    pub hops: Vec<HopTold>,
}

/// A hop of a frame.
#[derive(Debug, Clone, Default)]
pub struct HopTold {
    /// When its first bit was on the wire, in nanoseconds, where that is known.
    pub at_ns: Option<u64>,
    /// Who sent it on, and over which link.
    pub from: String,
    /// The link.
    pub link: String,
    /// Its tags there.
    pub tags: String,
    /// Its number in a capture of the run, from 1.
    pub captured: Option<u64>,
}
