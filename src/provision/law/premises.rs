//! What does not change while a state lives: accounts, access points, lead times, policies.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use crate::ident::AccountId;
use crate::provision::law::choices::Lead;
use crate::provision::law::policy::Policies;
use crate::provision::table::spec::Spec;
use crate::units::SimDuration;

/// What an account does in the business of shared circuits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// Owns circuits and sells shared ports on them.
    Partner,
    /// Buys.
    #[default]
    Tenant,
    /// The cloud itself: locks accounts, lets billing lapse.
    System,
}

/// Which kind of account it is; shared ports go to main accounts only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum AccountKind {
    /// A main account.
    #[default]
    Main,
    /// A user under a main account.
    Ram,
    /// An account of the partner programme.
    Partner,
}

/// Which site the account is registered at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Site {
    /// aliyun.com.
    #[default]
    Cn,
    /// alibabacloud.com.
    Intl,
}

/// An account as the scenario describes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Account {
    /// The Alibaba Cloud account id.
    pub uid: u64,
    /// Partner, tenant or the cloud.
    pub role: Role,
    /// Main account, RAM user or partner account.
    pub kind: AccountKind,
    /// Registered where.
    pub site: Site,
    /// What a partner sells; empty: everything.
    pub sold_specs: Vec<Spec>,
    /// May a partner sell 2G and more?
    pub large_specs: bool,
    /// Do the gates of a first-time set-up bind this partner's tenants?
    pub gated: bool,
    /// Is outbound billing open from the start?
    pub outbound_billing: bool,
}

/// What an access device can do (`ListPhysicalConnectionFeatures`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Rate limit per sub-interface.
    SubifRateLimit,
    /// Bidirectional forwarding detection.
    Bfd,
    /// IPv4 and IPv6 side by side.
    DualStack,
    /// Carries AS path and community into CEN.
    Cen,
    /// The same for IPv6.
    CenV6,
    /// Traffic classes.
    Qos,
    /// Fast fail-over between two VBRs.
    Msha,
    /// Fail-over among up to eight VBRs of one ECR.
    MultiMsHa,
    /// Multiprotocol BGP: a condition of shared ports.
    Mpbgp,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 9] = [
        Self::SubifRateLimit,
        Self::Bfd,
        Self::DualStack,
        Self::Cen,
        Self::CenV6,
        Self::Qos,
        Self::Msha,
        Self::MultiMsHa,
        Self::Mpbgp,
    ];
    /// The API's key of the feature.
    pub const fn key(self) -> &'static str {
        match self {
            Self::SubifRateLimit => "SubifRateLimit",
            Self::Bfd => "BFD",
            Self::DualStack => "DualStack",
            Self::Cen => "CEN",
            Self::CenV6 => "CENv6",
            Self::Qos => "QOS",
            Self::Msha => "MSHA",
            Self::MultiMsHa => "MULTI_MS_HA",
            Self::Mpbgp => "MPBGP",
        }
    }
    /// The feature of that key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.key() == key)
    }
}

/// An access device of an access point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessDevice {
    /// Its name.
    pub name: String,
    /// What it can do.
    pub features: Vec<Feature>,
}

/// An access point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessPoint {
    /// Its id, `ap-...`.
    pub id: String,
    /// Does it allow shared ports?
    pub shared_ports: bool,
    /// Its access devices, at least one.
    pub devices: Vec<AccessDevice>,
}

/// A circuit that exists and is enabled before the first step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresetCircuit {
    /// Its owner.
    pub owner: AccountId,
    /// The access point's id.
    pub access_point: String,
    /// The access device's name; empty: the access point's first.
    pub device: String,
    /// Mbit/s.
    pub bandwidth_mbps: u32,
    /// Is a QoS policy bound to it (then no shared port can be sold on it)?
    pub qos_policy: bool,
}

/// How long something takes at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// At least.
    pub min: SimDuration,
    /// At most; below `min` it counts as `min`.
    pub max: SimDuration,
}

impl Range {
    /// Exactly that long.
    pub const fn exactly(span: SimDuration) -> Self {
        Self { min: span, max: span }
    }
}

macro_rules! leads {
    ($($field:ident: $lead:ident = $secs:expr, $what:literal;)*) => {
        /// Modelled delays. The documentation gives none of them exactly; the defaults are ours.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct LeadTimes { $(#[doc = $what] pub $field: Range,)* }
        impl Default for LeadTimes {
            fn default() -> Self {
                Self { $($field: Range::exactly(SimDuration::from_secs($secs)),)* }
            }
        }
        impl LeadTimes {
            /// The range of one lead.
            pub fn range(&self, lead: Lead) -> Range {
                match lead { $(Lead::$lead => self.$field,)* }
            }
            /// Sets the range of one lead.
            pub fn set(&mut self, lead: Lead, range: Range) {
                match lead { $(Lead::$lead => self.$field = range,)* }
            }
            /// Name, range and meaning of every lead.
            pub fn list(&self) -> Vec<(&'static str, Range, &'static str)> {
                vec![$((stringify!($field), self.$field, $what),)*]
            }
        }
        impl Lead {
            /// Every lead, in order.
            pub const ALL: [Self; [$(stringify!($field)),*].len()] = [$(Self::$lead,)*];
            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$lead => stringify!($field),)* }
            }
        }
    };
}

const DAY: u64 = 86_400;

leads! {
    review: Review = DAY, "Review of an application for a circuit.";
    allocation: Allocation = 2 * DAY, "Allotment of a port in the access point.";
    loa_review: LoaReview = DAY, "Review of an application for a letter of authorisation.";
    loa_issue: LoaIssue = DAY, "From the accepted application to the letter.";
    construction: Construction = 40 * DAY, "The carrier builds the circuit (1 to 3 months are named for dedicated circuits).";
    circuit_enable: CircuitEnable = 60, "EnablePhysicalConnection.";
    port_enable: PortEnable = 0, "An accepted and paid shared port comes up.";
    connection_terminate: ConnectionTerminate = 0, "A circuit or shared port terminates.";
    vbr_terminate: VbrTerminate = 0, "A VBR terminates.";
    vbr_recover: VbrRecover = 0, "A VBR recovers.";
    route_entry: RouteEntry = 1, "A custom route of a VBR is written or removed.";
    cen_attachment: CenAttachment = 1, "A VBR joins or leaves a transit router.";
    last_mile: LastMile = 20 * DAY, "The partner builds a tenant's last mile (typically under a month).";
}

/// The premises do not hold together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PremisesError {
    /// Two accounts with one uid.
    #[error("the uid {0} belongs to two accounts")]
    DuplicateUid(u64),
    /// Two access points with one id.
    #[error("the access point `{0}` exists twice")]
    DuplicateAccessPoint(String),
    /// An access point without devices.
    #[error("the access point `{0}` has no access device")]
    NoDevice(String),
    /// No such access point.
    #[error("there is no access point `{0}`")]
    NoAccessPoint(String),
    /// No such access device there.
    #[error("the access point `{0}` has no access device `{1}`")]
    NoSuchDevice(String, String),
    /// No such account.
    #[error("there is no account number {0}")]
    NoAccount(u32),
    /// A bandwidth of nothing.
    #[error("a circuit needs a bandwidth of at least 1 Mbit/s")]
    NoBandwidth,
}

/// Accounts, access points, lead times and policies.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Premises {
    accounts: Vec<Account>,
    by_uid: BTreeMap<u64, AccountId>,
    access_points: Vec<AccessPoint>,
    by_ap: BTreeMap<String, usize>,
    /// The answers to what is open.
    pub policies: Policies,
    /// Modelled delays.
    pub leads: LeadTimes,
}

impl fmt::Debug for Premises {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("accounts", &self.accounts.len())
            .field("access_points", &self.access_points.len())
            .finish_non_exhaustive()
    }
}

impl Premises {
    /// Premises without accounts.
    pub fn new(policies: Policies, leads: LeadTimes) -> Self {
        Self {
            policies,
            leads,
            ..Self::default()
        }
    }

    /// Adds an account; ids count from zero in the order of adding.
    pub fn add_account(&mut self, account: Account) -> Result<AccountId, PremisesError> {
        let id = AccountId::of(self.accounts.len());
        if self.by_uid.contains_key(&account.uid) {
            return Err(PremisesError::DuplicateUid(account.uid));
        }
        self.by_uid.insert(account.uid, id);
        self.accounts.push(account);
        Ok(id)
    }

    /// Adds an access point.
    pub fn add_access_point(&mut self, ap: AccessPoint) -> Result<(), PremisesError> {
        if ap.devices.is_empty() {
            return Err(PremisesError::NoDevice(ap.id));
        }
        if self.by_ap.contains_key(&ap.id) {
            return Err(PremisesError::DuplicateAccessPoint(ap.id));
        }
        self.by_ap.insert(ap.id.clone(), self.access_points.len());
        self.access_points.push(ap);
        Ok(())
    }

    /// The account, or `None` for an id that these premises never gave out.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(id.index())
    }
    /// All accounts, by id.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }
    /// The account of that uid.
    pub fn by_uid(&self, uid: u64) -> Option<AccountId> {
        self.by_uid.get(&uid).copied()
    }
    /// All access points, in the order of adding.
    pub fn access_points(&self) -> &[AccessPoint] {
        &self.access_points
    }
    /// The number of the access point of that id.
    pub fn access_point_index(&self, id: &str) -> Option<usize> {
        self.by_ap.get(id).copied()
    }
    pub(in crate::provision) fn device(&self, ap: u32, device: u32) -> &AccessDevice {
        &self.access_points[ap as usize].devices[device as usize]
    }
}
