//! Everything that some saved answers show.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::resource::{Kind, Resource};
use super::trouble::Trouble;

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A call of the API whose saved answer is read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Call { $($(#[$doc])* $name,)* }
        impl Call {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The API's name of it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

calls! {
    /// Circuits, and shared ports among them.
    DescribePhysicalConnections,
    /// Shared ports.
    ListVirtualPhysicalConnections,
    /// VBRs of the caller.
    DescribeVirtualBorderRouters,
    /// VBRs on a circuit of the caller, whoever owns them.
    DescribeVirtualBorderRoutersForPhysicalConnection,
    /// Router interfaces.
    DescribeRouterInterfaces,
    /// BGP peers.
    DescribeBgpPeers,
    /// A failover group.
    DescribeVbrHa,
    /// Failover tests.
    DescribeFailoverTestJobs,
    /// QoS policies.
    DescribeExpressConnectTrafficQos,
    /// Has the caller enabled outbound billing?
    GetPhysicalConnectionServiceStatus,
    /// A shared port is made from a VBR; also as a dry run.
    CreateVpconnFromVbr,
    /// A VBR is hung on a shared port; also as a dry run.
    AttachVbrToVpconn,
    /// A shared port is made; also as a dry run.
    CreateVirtualPhysicalConnection,
    /// A shared port is accepted.
    ConfirmPhysicalConnection,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered. A dry run of some calls answers with the request's id alone.
    Answered,
    /// It was refused, or a dry run that says so by a code: `DRYRUN.SUCCESS` is the code of one that would pass.
    Code {
        /// The API's code.
        code: String,
        /// Its message; empty: none was saved.
        message: String,
    },
}

/// A saved answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The file.
    pub file: Arc<str>,
    /// The path of the answer inside the file; empty: it is all of the file.
    pub path: String,
    /// Which call it answers; `None`: neither its shape, nor what is saved beside it, nor the file's name says so.
    pub call: Option<Call>,
    /// The account that called, where it is saved beside the answer (`AccountId`) or a folder is named by it.
    pub caller: Option<u64>,
    /// When it was answered, in seconds since 1970 (UTC), where that is saved beside it (`At`, or the header `date`).
    pub taken: Option<i64>,
    /// The call's parameters, where they are saved beside the answer (`Request`); by name.
    pub request: BTreeMap<String, String>,
    /// How it ended.
    pub outcome: Outcome,
    /// `Enabled` of GetPhysicalConnectionServiceStatus.
    pub enabled: Option<bool>,
    /// The id of the shared port that the answer names.
    pub port: Option<String>,
    /// How many entries it shows.
    pub entries: u64,
    /// `TotalCount`: how many there are on all pages.
    pub total: Option<u64>,
    /// `PageNumber`, from 1.
    pub page: Option<u64>,
    /// `NextToken` of an answer with more behind it.
    pub next: Option<String>,
}

/// Are all pages of a list there?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Yes: as many entries as `TotalCount` says.
    Yes,
    /// No: this many entries of so many.
    Missing {
        /// Different entries that are there.
        have: u64,
        /// What `TotalCount` says.
        total: u64,
    },
    /// No page says how many there are, or pages of several lists are mixed.
    Unknown,
}

/// The pages of one list: one call by one caller with one set of filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The call.
    pub call: Call,
    /// The account that called, where that is known.
    pub caller: Option<u64>,
    /// Its filters: what it was asked, without paging.
    pub filters: BTreeMap<String, String>,
    /// Its pages, as indexes into [`Inventory::answers`].
    pub pages: Vec<usize>,
    /// Are all pages there?
    pub whole: Whole,
}

/// Everything that some saved answers show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Every answer, in order of file and place.
    pub answers: Vec<Answer>,
    /// Lists, in the order of their first pages.
    pub lists: Vec<List>,
    /// Resources, by kind and id.
    pub(super) resources: BTreeMap<(Kind, String), Resource>,
    /// What is wrong with the answers, or odd in them.
    pub troubles: Vec<Trouble>,
}

impl Inventory {
    /// The resource of this kind and id.
    pub fn get(&self, kind: Kind, id: &str) -> Option<&Resource> {
        self.resources.get(&(kind, id.to_owned()))
    }
    /// Every resource of a kind, by id.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Resource> {
        let of_kind = self.resources.range((kind, String::new())..);
        of_kind
            .take_while(move |((own, _), _)| *own == kind)
            .map(|(_, resource)| resource)
    }
    /// Is there an answer of this call?
    pub fn has(&self, call: Call) -> bool {
        self.answers.iter().any(|answer| answer.call == Some(call))
    }
    /// Lists of a call.
    pub fn lists_of(&self, call: Call) -> impl Iterator<Item = &List> {
        self.lists.iter().filter(move |list| list.call == call)
    }
    /// Answers of a call.
    pub fn answers_of(&self, call: Call) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(move |answer| answer.call == Some(call))
    }
    /// Does something stop these answers from being used?
    pub fn is_refused(&self) -> bool {
        self.troubles.iter().any(|trouble| trouble.stops)
    }
}
