//! What the documentation leaves open, as named policies with stated defaults.

use thiserror::Error;

use super::attach_effect::AttachEffect;
use super::choices::Lead;
use super::premises::LeadTimes;
use crate::provision::table::spec::Spec;
use crate::units::{ByteCount, SimDuration};

/// One policy as it stands: for reports that print what a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyInfo {
    /// The name, as scenarios write it.
    pub name: &'static str,
    /// The value in force.
    pub value: String,
    /// The value without a scenario's word.
    pub default: String,
    /// What it decides, and why it is open.
    pub what: &'static str,
}

/// A policy's text is not right.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// There is no such policy.
    #[error("there is no policy `{name}`; did you mean {near}?")]
    Unknown {
        /// What was read.
        name: String,
        /// The nearest names.
        near: String,
    },
    /// The policy has no such value.
    #[error("`{value}` is not a value of the policy `{name}`; it takes {alternatives}")]
    Value {
        /// Which policy.
        name: String,
        /// What was read.
        value: String,
        /// What would be right.
        alternatives: String,
    },
}

trait Setting: Sized {
    fn read(text: &str) -> Option<Self>;
    fn print(&self) -> String;
    fn alternatives() -> String;
}

macro_rules! setting {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        impl Setting for $name {
            fn read(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
            fn print(&self) -> String {
                match self { $(Self::$variant => $text.to_owned(),)* }
            }
            fn alternatives() -> String {
                [$(concat!("`", $text, "`")),*].join(", ")
            }
        }
    };
}

setting!(
    /// Is a rule enforced?
    Switch {
        /// It is.
        Enforced = "enforced",
        /// It is not.
        Unenforced = "unenforced",
    }
);
setting!(
    /// When a tenant's outbound data begins to be billed.
    OutboundFrom {
        /// When an active VBR hangs on the shared port.
        Attach = "attach",
        /// When the tenant accepts the shared port.
        Confirm = "confirm",
    }
);
setting!(
    /// When `UpdateVirtualPhysicalConnection` may change a VLAN.
    VlanUpdate {
        /// Not once the tenant accepted, nor once a VBR hangs on the port.
        RefuseOnceConfirmed = "refuse_once_confirmed",
        /// Not once a VBR hangs on the port.
        RefuseOnceVbr = "refuse_once_vbr",
        /// Always; the VBR moves along.
        Allow = "allow",
    }
);
setting!(
    /// What becomes of the VLAN of a deleted VBR or shared port.
    DeleteRetention {
        /// It is free at once.
        None = "none",
        /// A retention that termination began runs to its end.
        Remainder = "remainder",
        /// It is kept seven days from the deletion.
        SevenDays = "seven_days",
    }
);
setting!(
    /// Who may terminate and recover the VBR on a shared port.
    VbrTerminateRight {
        /// The tenant, who owns the shared port.
        Tenant = "tenant",
        /// The partner, who owns the circuit.
        Partner = "partner",
    }
);
setting!(
    /// Is a retained VLAN free exactly seven days after termination?
    RetentionBoundary {
        /// 6 d 23:59:59 is refused, 7 d is accepted.
        Free = "free_at_seven_days",
        /// 7 d is refused, one nanosecond later is accepted.
        Retained = "retained_at_seven_days",
    }
);
setting!(
    /// Who may delete a shared port.
    PortDeleteRight {
        /// Its owner, the tenant, alone.
        Owner = "owner",
        /// Its owner, and the partner while the tenant has not accepted.
        OwnerOrPartnerWhileUnconfirmed = "owner_or_partner_while_unconfirmed",
    }
);
setting!(
    /// A tenant's new VBR on the port that a conversion made, before the legacy VBR is attached.
    NewVbrOnConvertingPort {
        /// Refused: the VLAN is in use by the legacy VBR.
        Refuse = "refuse",
        /// Allowed; the legacy VBR keeps the traffic, and the attach meets a full port.
        Allow = "allow",
    }
);
setting!(
    /// Who pays for a port that a conversion makes, where the call names nobody.
    ConvertedPortPayer {
        /// The tenant, who owns it.
        Tenant = "tenant",
        /// The partner, who owns the circuit.
        Partner = "partner",
    }
);
setting!(
    /// What the bandwidth of a legacy VBR becomes that no spec is exactly.
    ConvertSpec {
        /// The conversion is refused: its call takes no spec.
        Refuse = "refuse",
        /// The largest spec below it.
        RoundDown = "round_down",
        /// The smallest spec above it.
        RoundUp = "round_up",
        /// The port keeps it to the bit, and is named and billed as the largest spec below it.
        KeepExact = "keep_exact",
    }
);
setting!(
    /// Who looks after something at the customer's end.
    CustomerEnd {
        /// The tenant.
        Tenant = "tenant",
        /// The partner.
        Partner = "partner",
    }
);
setting!(
    /// What a call on an attachment that is coming or going answers.
    BusyAttachment {
        /// `IncorrectStatus.Status`.
        IncorrectStatus = "incorrect_status",
        /// `Operation.Blocking`.
        Blocking = "blocking",
    }
);
setting!(
    /// Is accepting a port that the tenant pays for one step with paying?
    AcceptAndPay {
        /// "Accept and Pay" of the console.
        OneStep = "one_step",
        /// The port waits for the payment.
        TwoSteps = "two_steps",
    }
);
setting!(
    /// Do the gates of a first-time set-up bind?
    SetupGates {
        /// Where the partner's configuration says so.
        PerPartner = "per_partner",
        /// For every partner.
        Enforced = "enforced",
        /// For nobody.
        Off = "off",
    }
);
setting!(
    /// What `ConfirmPhysicalConnection` of a dedicated circuit asks for besides its state.
    CircuitBuild {
        /// The letter of authorisation is complete and the port occupancy is paid.
        LoaAndOrders = "loa_and_orders",
        /// Nothing.
        StatesOnly = "states_only",
    }
);
setting!(
    /// Which octets of a frame count.
    OctetBasis {
        /// With preamble, FCS and gap.
        L1 = "l1",
        /// With FCS.
        L2Fcs = "l2_fcs",
        /// Without FCS.
        L2 = "l2",
        /// The network layer's packet.
        L3 = "l3",
    }
);
setting!(
    /// Where outbound octets are counted.
    BillingPoint {
        /// Where the VBR hands frames to the access device: behind its throttle, before the device's policer.
        VbrEgress = "vbr_egress",
        /// What the access device sends into the circuit, after every policer.
        CircuitEgress = "circuit_egress",
    }
);
setting!(
    /// What `1G` of a spec is.
    SpecUnit {
        /// 10^9 bit/s.
        Decimal = "1000000000",
        /// 1024 Mbit/s.
        Binary = "1024000000",
    }
);
setting!(
    /// What a GB of the bill is.
    Gigabyte {
        /// 10^9 octets.
        Decimal = "1000000000",
        /// 2^30 octets.
        Binary = "1073741824",
    }
);

impl Setting for bool {
    fn read(text: &str) -> Option<Self> {
        match text {
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        }
    }
    fn print(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
    fn alternatives() -> String {
        "`yes`, `no`".to_owned()
    }
}

impl Setting for u32 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn alternatives() -> String {
        "a whole number".to_owned()
    }
}

impl Setting for ByteCount {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn alternatives() -> String {
        "an amount of octets such as `64kB`".to_owned()
    }
}

impl Setting for SimDuration {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|d: &Self| !d.is_zero())
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn alternatives() -> String {
        "a duration such as `30d`".to_owned()
    }
}

impl Setting for Option<SimDuration> {
    fn read(text: &str) -> Option<Self> {
        match text {
            "never" => Some(None),
            _ => SimDuration::read(text).map(Some),
        }
    }
    fn print(&self) -> String {
        self.map_or_else(|| "never".to_owned(), |d| d.to_string())
    }
    fn alternatives() -> String {
        "`never` or a duration such as `30d`".to_owned()
    }
}

impl Setting for Option<Spec> {
    fn read(text: &str) -> Option<Self> {
        match text {
            "refused" => Some(None),
            _ => Spec::parse(text).map(Some),
        }
    }
    fn print(&self) -> String {
        self.map_or("refused", Spec::name).to_owned()
    }
    fn alternatives() -> String {
        "`refused` or a spec such as `100M`".to_owned()
    }
}

/// What a lock does to the frames of what is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockEffect {
    /// None passes from the lock on.
    AtOnce,
    /// None passes once it has lasted so long.
    After(SimDuration),
    /// They pass; only calls are refused.
    None,
}

impl Setting for LockEffect {
    fn read(text: &str) -> Option<Self> {
        match text {
            "at_once" => Some(Self::AtOnce),
            "none" => Some(Self::None),
            _ => {
                let inner = text.strip_prefix("after(")?.strip_suffix(')')?;
                SimDuration::read(inner).map(Self::After)
            }
        }
    }
    fn print(&self) -> String {
        match self {
            Self::AtOnce => "at_once".to_owned(),
            Self::After(span) => format!("after({span})"),
            Self::None => "none".to_owned(),
        }
    }
    fn alternatives() -> String {
        "`at_once`, `none` or a time such as `after(15d)`".to_owned()
    }
}

/// How long an asynchronous step of the cloud's may take, by what it promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AsyncPromise {
    /// As long as its lead time is where no file says otherwise.
    Shipped,
    /// So long, whichever step it is.
    Within(SimDuration),
}

impl Setting for AsyncPromise {
    fn read(text: &str) -> Option<Self> {
        match text {
            "shipped" => Some(Self::Shipped),
            _ => text.parse().ok().map(Self::Within),
        }
    }
    fn print(&self) -> String {
        match self {
            Self::Shipped => "shipped".to_owned(),
            Self::Within(span) => span.to_string(),
        }
    }
    fn alternatives() -> String {
        "`shipped` or a time such as `30s`".to_owned()
    }
}

/// How long the control plane and the transit routers take to react to what they notice. It is how far
/// a simulator may look ahead of them, so it is never nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reaction(SimDuration);

impl Reaction {
    /// Where a scenario says nothing: a millisecond.
    pub const DEFAULT: Self = Self(SimDuration::from_millis(1));
    /// Nobody reacts sooner.
    pub const LEAST: SimDuration = SimDuration::from_micros(1);

    /// The time.
    pub const fn time(self) -> SimDuration {
        self.0
    }
}

impl Setting for Reaction {
    fn read(text: &str) -> Option<Self> {
        SimDuration::read(text).filter(|time| *time >= Self::LEAST).map(Self)
    }
    fn print(&self) -> String {
        self.0.to_string()
    }
    fn alternatives() -> String {
        format!("a duration of at least {}, such as `1ms`", Self::LEAST)
    }
}

/// A scenario writes it as a mapping, whose keys its reader knows; as text there is the default alone.
impl Setting for AttachEffect {
    fn read(text: &str) -> Option<Self> {
        (text == Self::NONE.to_string()).then_some(Self::NONE)
    }
    fn print(&self) -> String {
        self.to_string()
    }
    fn alternatives() -> String {
        "a mapping such as `{ kind: outage, for: 50ms }`".to_owned()
    }
}

macro_rules! policies {
    ($($name:ident : $ty:ty = $default:expr, $what:literal;)*) => {
        /// Every open question of the domain, answered.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct Policies { $(#[doc = $what] pub $name: $ty,)* }
        impl Default for Policies {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }
        impl Policies {
            /// Every policy's name.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];
            /// Sets a policy by name and text.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), PolicyError> {
                match name {
                    $(stringify!($name) => {
                        self.$name = <$ty as Setting>::read(value).ok_or_else(|| PolicyError::Value {
                            name: name.to_owned(),
                            value: value.to_owned(),
                            alternatives: <$ty as Setting>::alternatives(),
                        })?;
                        Ok(())
                    })*
                    _ => Err(PolicyError::Unknown {
                        name: name.to_owned(),
                        near: crate::provision::table::parse::nearest(name, Self::NAMES.iter().copied()),
                    }),
                }
            }
            /// Every policy as it stands.
            pub fn list(&self) -> Vec<PolicyInfo> {
                let default = Self::default();
                vec![$(PolicyInfo {
                    name: stringify!($name),
                    value: self.$name.print(),
                    default: default.$name.print(),
                    what: $what,
                },)*]
            }
            /// What a policy of that name takes, or `None` where there is none.
            pub fn alternatives(name: &str) -> Option<String> {
                match name {
                    $(stringify!($name) => Some(<$ty as Setting>::alternatives()),)*
                    _ => None,
                }
            }
        }
    };
}

const SEVEN_DAYS: SimDuration = SimDuration::from_secs(7 * 86_400);

policies! {
    sum_of_specs: Switch = Switch::Enforced,
        "Do the specs of a circuit's shared ports sum to at most its bandwidth? The operation notes say so; unenforced shows what happens otherwise.";
    outbound_from: OutboundFrom = OutboundFrom::Attach,
        "When a tenant's outbound data begins to be billed; the documentation names no instant.";
    vlan_update: VlanUpdate = VlanUpdate::RefuseOnceConfirmed,
        "May the partner change a shared port's VLAN? One page says never, the API takes it.";
    vlan_retention: SimDuration = SEVEN_DAYS,
        "How long a terminated VBR keeps its VLAN; documented as 7 days.";
    vlan_retention_on_delete: DeleteRetention = DeleteRetention::None,
        "Is the VLAN of a deleted VBR or shared port retained? Not documented.";
    retention_boundary: RetentionBoundary = RetentionBoundary::Free,
        "Is a VLAN free exactly when its retention ends? Not documented.";
    vbr_terminate_right_on_shared_port: VbrTerminateRight = VbrTerminateRight::Tenant,
        "Who counts as the circuit's owner for a VBR on a shared port? Not documented; the tenant owns the port.";
    unaccepted_port_lifetime: Option<SimDuration> = None,
        "When a shared port that nobody accepted disappears; no lifetime is documented.";
    port_delete_right: PortDeleteRight = PortDeleteRight::Owner,
        "Who may delete a shared port; `OperationDenied.NeedVpconnOwner` says its owner.";
    vlan0_coexists: bool = false,
        "Can VLAN 0 (untagged) share a circuit with other VLANs? Derived as no from `one VBR per circuit`.";
    shared_ports_per_circuit: u32 = 2_999,
        "Quota of shared ports on a circuit; a quota exists, its number is not documented.";
    vbr_per_circuit_same_account: u32 = 5,
        "Quota of VBRs of one account directly on a circuit.";
    circuits_per_access_point: u32 = 2,
        "Quota of circuits that one account orders at an access point.";
    routes_per_vbr: u32 = 200,
        "Quota of custom routes of a VBR (an older page says 48).";
    new_vbr_on_converting_port: NewVbrOnConvertingPort = NewVbrOnConvertingPort::Refuse,
        "May the tenant create a second VBR on the port that a conversion made? VLANs of two VBRs must differ, so no by default.";
    convert_needs_outbound: Switch = Switch::Enforced,
        "Does CreateVpconnFromVbr itself ask that the tenant has outbound billing? Its notes name it as a precondition.";
    converted_spec: Option<Spec> = None,
        "Which spec a shared port gets that is made from a legacy VBR without a bandwidth of its own; no page says one, so such a conversion is refused.";
    convert_spec: ConvertSpec = ConvertSpec::Refuse,
        "Which bandwidth a shared port gets that is made from a legacy VBR whose bandwidth no spec is exactly (2048 Mbit/s where 2G is 2,000); the call takes no spec, so such a conversion is refused.";
    lock_effect: LockEffect = LockEffect::AtOnce,
        "When a lock (FinancialLocked, SecurityLocked) stops the frames of what is locked; an older page says 15 days after a bill is overdue, none says so of shared ports.";
    async_promise: AsyncPromise = AsyncPromise::Shipped,
        "How long an asynchronous step of the cloud's may take before it departs from its promise: its lead time as shipped, or one time for all; apart from the `lead_times` that a file simulates.";
    converted_port_payer: ConvertedPortPayer = ConvertedPortPayer::Tenant,
        "Who pays for a shared port that a conversion makes without OrderMode, which is optional there; which payer is then taken is not said.";
    ce_managed_by: CustomerEnd = CustomerEnd::Tenant,
        "Who sets up the customer edge: addresses and routes of the data centre. Carriers sell both; no page of the cloud's says.";
    last_mile_ordered_by: CustomerEnd = CustomerEnd::Partner,
        "Who orders the line to the data centre, and so answers for its rate, size and faults; the seed gives everything outside the cloud to the partner.";
    busy_attachment: BusyAttachment = BusyAttachment::IncorrectStatus,
        "What a call on an attachment that is coming or going answers: clients retry on `IncorrectStatus.Status` and `Operation.Blocking`, and no page says which is which.";
    attach_effect: AttachEffect = AttachEffect::NONE,
        "What AttachVbrToVpconn does to the frames of its service; the vendor promises no interruption, and no page says how.";
    reaction: Reaction = Reaction::DEFAULT,
        "How long after a health check has turned the transit router switches its routes; not documented.";
    accept_and_pay: AcceptAndPay = AcceptAndPay::OneStep,
        "Does accepting pay at once? The console says `Accept and Pay`.";
    setup_gates: SetupGates = SetupGates::PerPartner,
        "Do contract, survey, quote, build and account id have to come first, in order?";
    circuit_build: CircuitBuild = CircuitBuild::LoaAndOrders,
        "Must the letter of authorisation and the occupancy order be done before a circuit is confirmed?";
    spec_1g: SpecUnit = SpecUnit::Decimal,
        "How many bit/s `1G` of a shared port's spec is; not stated.";
    octets_policing: OctetBasis = OctetBasis::L2Fcs,
        "Which octets of a frame the contract's bandwidth counts, hence policers, a flow's `rate` and the check; not documented.";
    counts_tags: bool = false,
        "Does the contract's bandwidth count the octets of VLAN tags? Not documented; with `no` a frame counts the same at every port.";
    policer_burst: SimDuration = SimDuration::from_millis(100),
        "How long a full-rate burst passes a policer (its bucket is rate x this); not documented.";
    policer_burst_min: ByteCount = ByteCount::new(64_000),
        "The smallest bucket of a policer.";
    octets_billing: OctetBasis = OctetBasis::L3,
        "Which octets of a frame the bill counts; not documented, a cloud's traffic is commonly billed by packet.";
    billing_point: BillingPoint = BillingPoint::CircuitEgress,
        "Where outbound octets are counted; not documented.";
    billing_gb: Gigabyte = Gigabyte::Decimal,
        "What a GB of the bill is; not documented.";
    billing_month: SimDuration = SimDuration::from_secs(30 * 86_400),
        "The month by which a port fee is shared out; virtual time has no calendar.";
}

impl Policies {
    /// How long a step of the cloud's may take, by its promise.
    pub fn promised(&self, lead: Lead) -> SimDuration {
        match self.async_promise {
            AsyncPromise::Shipped => LeadTimes::default().range(lead).max,
            AsyncPromise::Within(span) => span,
        }
    }

    /// The instant, after termination, at which a retained VLAN is free.
    pub(in crate::provision) fn retention_end(&self) -> SimDuration {
        match self.retention_boundary {
            RetentionBoundary::Free => self.vlan_retention,
            RetentionBoundary::Retained => self.vlan_retention.saturating_add(SimDuration::from_nanos(1)),
        }
    }
}
