//! The plan: what was meant. Lists are sorted by name and ids are indices into them.

mod steps;

use std::collections::BTreeMap;

pub use super::file::UnknownWord;
use super::lists::{DedicatedPort, PolicyName};
use super::scalars::words;
pub use steps::{AfterPlan, ApiLimit, Following, StepPlan};

pub use super::service_level::{Definition, ServiceLevel, WHOLE};
use super::{Origins, Span};
use crate::forward::{Octets, Planted, ServiceId, Tables};
pub use crate::ident::BindingId;
use crate::ident::{AccountId, Direction, FlowId, LinkId, NodeId, Party, PortNo, StationId, TenantId};
use crate::node::idc::IdcConfig;
use crate::node::link::LinkConfig;
use crate::node::vbr::VbrConfig;
use crate::node::vpc::VpcConfig;
use crate::node::{LinkChange, SwitchChange, VpcChange};
use crate::provision::{Feature, Lead, Range, ResourceId, Spec, State};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::{MacAddr, Vid};

/// Everything that a run needs.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The scenario's name.
    pub name: String,
    /// What it shows and what would refute it, as written.
    pub about: String,
    /// Root of every random stream.
    pub seed: u64,
    /// No event happens after this time.
    pub end: SimTime,
    /// Accounts, sorted by name.
    pub accounts: Vec<AccountPlan>,
    /// Tenants: the accounts that own frames, sorted by name.
    pub tenants: Vec<TenantPlan>,
    /// Nodes, sorted by name.
    pub nodes: Vec<NodePlan>,
    /// Links, sorted by name.
    pub links: Vec<LinkPlan>,
    /// Flows; the specs stand in the nodes.
    pub flows: Vec<FlowPlan>,
    /// Circuits, sorted by name: links that the cloud knows.
    pub circuits: Vec<CircuitPlan>,
    /// VLANs that the partner's switches police to what is sold there, by circuit and VLAN.
    pub policed: Vec<PolicedVlan>,
    /// The way of each data centre to its circuit, in order of data centres as written.
    pub ways: Vec<WayPlan>,
    /// Bandwidths sold across borders, in order of their links.
    pub borders: Vec<BorderPlan>,
    /// Places where a VBR that a step creates will run.
    pub vbr_slots: Vec<VbrSlot>,
    /// Changes at fixed times: faults and operators' hands. Sorted by time, then as written.
    pub faults: Vec<FaultPlan>,
    /// What is expected, as written.
    pub expect: Vec<Expectation>,
    /// Calls of the API, sorted by time, then as written.
    pub steps: Vec<StepPlan>,
    /// How many calls the cloud takes; `None`: any number.
    pub api_limit: Option<ApiLimit>,
    /// Names that steps bind (`as`), sorted; a [`BindingId`] is an index into it.
    pub bindings: Vec<String>,
    /// Policies that the file sets, sorted by name.
    pub policies: Vec<PolicyPlan>,
    /// Lead times of asynchronous steps that the file sets, in order.
    pub lead_times: Vec<LeadTimePlan>,
    /// Values that nobody knows, by tenant, in order: what was run is a stand-in for them.
    pub unknown: Vec<(TenantId, UnknownWord)>,
    /// Prices; `None`: nothing is priced.
    pub prices: Option<Prices>,
    /// What devices declare beside their profile; what stands later goes before what stands earlier.
    pub pics: Vec<PicsPlan>,
    /// Provisioning before its first step.
    pub law: State,
    /// The cloud's ids of [`Plan::circuits`], by index; unbound where a step creates the circuit.
    pub circuit_ids: Vec<ResourceId>,
    /// Where the keys that shape switches and trunks were written.
    pub origins: Origins,
}

/// What a device declares that it can do, for the isolation suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PicsPlan {
    /// Which device; `None`: every one.
    pub device: Option<NodeId>,
    /// What.
    pub capability: Capability,
    /// Has it that?
    pub holds: bool,
}

words! {
    /// A capability that devices differ in.
    Capability {
        /// A port takes only VIDs that it is a member of.
        IngressFiltering = "ingress-filtering",
        /// An access port takes frames tagged with its own VID.
        TakesOwnTag = "takes-own-tag",
        /// Priority-tagged frames are taken as untagged ones.
        TakesPriorityTag = "takes-priority-tag",
        /// Frames with a group source address end at the device.
        DropsGroupSource = "drops-group-source",
        /// Frames to 01-80-C2-00-00-00 end at the device.
        EndsBpdu = "ends-bpdu",
        /// A tag behind the service's own is payload and arrives.
        Stacks = "stacks",
        /// Addresses are learned in each VLAN for itself.
        IndependentLearning = "independent-learning",
        /// No frame leaves untagged that begins with a tag which the port's neighbour reads.
        HidesInnerTags = "hides-inner-tags",
        /// A tag's drop eligibility arrives as it was sent.
        KeepsDropEligible = "keeps-drop-eligible",
    }
}

/// A policy that the file sets; its value is in force in [`Plan::law`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyPlan {
    /// Its name.
    pub name: PolicyName,
    /// Where its value stands in the scenario file.
    pub span: Span,
}

/// A lead time that the file sets; it is in force in [`Plan::law`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadTimePlan {
    /// Of what.
    pub lead: Lead,
    /// At least and at most.
    pub range: Range,
    /// Where it stands in the scenario file.
    pub span: Span,
}

/// Prices, in millionths of the currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices {
    /// The currency's name.
    pub currency: String,
    /// Monthly fee of a shared port, by `Spec`.
    pub port_per_month: BTreeMap<Spec, u64>,
    /// Monthly fee of a dedicated port, by type or rate.
    pub dedicated_per_month: BTreeMap<DedicatedPort, u64>,
    /// Outbound data transfer, for 10^9 octets.
    pub outbound_per_gb: Option<u64>,
    /// Initial installation of a dedicated circuit.
    pub installation: Option<u64>,
}

words! {
    /// What an account is.
    Role {
        /// Owns circuits and switches.
        Partner = "partner",
        /// Owns IDCs, VPCs, VBRs and traffic.
        Tenant = "tenant",
        /// Anybody else.
        Stranger = "stranger",
        /// The cloud itself, which locks resources and lets billing lapse.
        System = "system",
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPlan {
    /// Its name in the scenario.
    pub name: String,
    /// The account id.
    pub uid: u64,
    /// Which party of the service-level agreement it is.
    pub party: Party,
    /// What it is.
    pub role: Role,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantPlan {
    /// Its account's name.
    pub name: String,
    /// Its account.
    pub account: AccountId,
}

/// Who owns a place, and whether one tenant has it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The party that answers for it.
    pub party: Party,
    /// The only tenant whose frames may be here; `None`: shared.
    pub only: Option<TenantId>,
}

/// A node.
#[derive(Debug, Clone)]
pub struct NodePlan {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub place: Place,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// A tenant's data centre.
    Idc(Box<IdcConfig>),
    /// A partner's VLAN switch.
    AccessPoint(SwitchPlan),
    /// An exchange fabric.
    Fabric(SwitchPlan),
    /// The cloud's access device.
    AccessDevice(SwitchPlan),
    /// A virtual border router.
    Vbr(Box<VbrConfig>),
    /// Transit router with a VPC.
    Vpc(Box<VpcConfig>),
}

/// A switch.
#[derive(Debug, Clone)]
pub struct SwitchPlan {
    /// Its tables at the start.
    pub tables: Tables,
    /// A planted fault of its forwarder.
    pub quirk: Option<Planted>,
    /// The VLAN that its ports are in, untagged, where nobody set them up: unused ones too.
    pub default_vlan: Option<Vid>,
    /// How its policers differ from the contract's: those that operators type in too.
    pub policing: OwnPolicing,
}

/// What a partner's switch has of its own for its policers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnPolicing {
    /// Its own burst.
    pub burst: Option<ByteCount>,
    /// Which octets it counts, where not those of the contract.
    pub octets: Option<Octets>,
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkRole {
    /// IDC to the partner's switch.
    LastMile,
    /// Between the partner's switches or fabrics.
    Trunk,
    /// The circuit to the cloud.
    Circuit,
    /// Between an access device and a VBR.
    Vbr,
    /// Between a VBR and a transit router.
    Cloud,
    /// Between regions.
    CrossBorder,
}

/// A link.
#[derive(Debug, Clone)]
pub struct LinkPlan {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub place: Place,
    /// What it is for.
    pub role: LinkRole,
    /// One end.
    pub a: (NodeId, PortNo),
    /// The other end.
    pub b: (NodeId, PortNo),
    /// Rate, delay, MTU, queue.
    pub config: LinkConfig,
}

/// A flow, for reports and checks.
#[derive(Debug, Clone)]
pub struct FlowPlan {
    /// Its name.
    pub name: String,
    /// Whose frames they are.
    pub tenant: TenantId,
    /// Where it starts.
    pub from: NodeId,
    /// Where it should end.
    pub to: NodeId,
    /// Does it want answers (ping, answered UDP)?
    pub answered: bool,
    /// Are its frames sent octet by octet as written: a capture's, or forged ones?
    pub raw: bool,
    /// When it starts and stops.
    pub start: SimTime,
    /// No frame at or after this.
    pub stop: SimTime,
    /// Line in the scenario file, from 1.
    pub line: u32,
}

impl FlowPlan {
    /// Which way its frames go, if one end is a data centre and the other is none.
    pub fn direction(&self, plan: &Plan) -> Direction {
        let customer = |node: NodeId| matches!(plan.nodes[node.index()].kind, NodeKind::Idc(_));
        match (customer(self.from), customer(self.to)) {
            (true, false) => Direction::Up,
            (false, true) => Direction::Down,
            (true, true) | (false, false) => Direction::Neither,
        }
    }
}

/// A circuit.
#[derive(Debug, Clone)]
pub struct CircuitPlan {
    /// Its name.
    pub name: String,
    /// Its link.
    pub link: LinkId,
    /// Its owner.
    pub owner: AccountId,
    /// The access device at its far end.
    pub device: NodeId,
    /// The device's port for it.
    pub device_port: PortNo,
    /// What may be sold on it.
    pub bandwidth: BitRate,
    /// Does the access device limit the rate of a sub-interface (`SubifRateLimit`)?
    pub subif_rate_limit: bool,
    /// Which octets it counts for that, where not those of the contract.
    pub subif_octets: Option<Octets>,
    /// Features of the access device, in order.
    pub features: Vec<Feature>,
    /// `AccessPointId` of the access device.
    pub access_point_id: String,
    /// Its region.
    pub region: String,
    /// May its access point carry shared ports?
    pub shared_ports: bool,
    /// The step's name that creates it; `None`: it is `Enabled` when the run begins.
    pub created_by: Option<BindingId>,
}

/// A VLAN of a circuit that the partner's switches police to what is sold there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicedVlan {
    /// Index into [`Plan::circuits`].
    pub circuit: usize,
    /// Which VLAN.
    pub vlan: u16,
    /// Its service on every switch of its way.
    pub service: ServiceId,
    /// The bandwidth that the tables have at the start.
    pub sold: Option<BitRate>,
    /// Where it is policed.
    pub ports: Vec<PolicedPort>,
}

/// The way of a data centre's frames to the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayPlan {
    /// Whose it is.
    pub tenant: TenantId,
    /// Index into [`Plan::circuits`].
    pub circuit: usize,
    /// The VLAN on the circuit.
    pub vlan: u16,
    /// Its service on every switch of its way.
    pub service: ServiceId,
    /// Its links in order: its line, trunks, the circuit.
    pub links: Vec<LinkId>,
}

/// A bandwidth that was sold between two regions, each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BorderPlan {
    /// The link across the border.
    pub link: LinkId,
    /// Who bought it.
    pub tenant: TenantId,
    /// How much.
    pub spec: BitRate,
}

/// A port where a switch polices a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicedPort {
    /// The switch.
    pub node: NodeId,
    /// Its port.
    pub port: PortNo,
    /// The switch's own burst, where it has one.
    pub burst: Option<ByteCount>,
    /// Which octets the switch counts, where not those of the contract.
    pub octets: Option<Octets>,
}

/// Where a VBR will run, wired in advance and idle until the API makes it active.
#[derive(Debug, Clone)]
pub struct VbrSlot {
    /// The name that the creating step binds (`as`).
    pub name: String,
    /// The VBR's node.
    pub node: NodeId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Index into [`Plan::circuits`].
    pub circuit: usize,
    /// The access device's port towards it.
    pub device_port: PortNo,
    /// Transit router and its port towards the VBR, where the tenant has one.
    pub vpc: Option<(NodeId, PortNo)>,
    /// Index into [`Plan::steps`] of the step that creates it.
    pub step: usize,
    /// The VLAN on the circuit that the steps name for it, where they name one.
    pub vlan: Option<u16>,
    /// What the VBR learns from the cloud once it is attached: networks behind its transit router.
    pub cloud: Vec<(std::net::Ipv4Addr, u8)>,
}

impl Plan {
    /// The line of each VBR slot to its transit router, where the tenant has one.
    pub fn vbr_lines(&self) -> Vec<Option<LinkId>> {
        let routers: std::collections::BTreeSet<(NodeId, PortNo)> =
            self.vbr_slots.iter().filter_map(|slot| slot.vpc).collect();
        let links = self.links.iter().enumerate();
        let lines: std::collections::BTreeMap<(NodeId, PortNo), LinkId> = links
            .flat_map(|(i, link)| [link.a, link.b].map(|end| (end, LinkId::of(i))))
            .filter(|(end, _)| routers.contains(end))
            .collect();
        let slots = self.vbr_slots.iter();
        slots.map(|slot| lines.get(&slot.vpc?).copied()).collect()
    }
}

/// A fault, or an operator's hand.
#[derive(Debug, Clone)]
pub struct FaultPlan {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: Fault,
}

/// What goes wrong, or is mended.
#[derive(Debug, Clone)]
pub enum Fault {
    /// At a link.
    Link(LinkId, LinkChange),
    /// In a switch's tables.
    Switch(NodeId, SwitchChange),
    /// In a transit router.
    Vpc(NodeId, VpcChange),
    /// A data centre's router is another from now on, with this address.
    Router(NodeId, MacAddr),
}

impl Fault {
    /// Where.
    pub const fn station(&self) -> StationId {
        match self {
            Self::Link(link, _) => StationId::link(*link),
            Self::Switch(node, _) | Self::Vpc(node, _) | Self::Router(node, _) => StationId::node(*node),
        }
    }
}

/// A verdict that an expectation may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Expected {
    /// It holds.
    #[default]
    Pass,
    /// It is expected to fail: "FAIL (expected)".
    Fail,
    /// The tester cannot know.
    Inconc,
}

/// One line of `expect`.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Which check, with its parameters.
    pub check: Check,
    /// What it should come to.
    pub expected: Expected,
    /// Line in the scenario file, from 1; 0 for checks that always run.
    pub line: u32,
}

/// What is asked of a way to the cloud. What is `None` is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Need {
    /// Its VBR is active and its gate open by then.
    pub ready_by: Option<SimTime>,
    /// At least this bandwidth.
    pub bandwidth_min: Option<BitRate>,
    /// At most this a month, in millionths of the currency.
    pub monthly_max: Option<u64>,
    /// At most this far from the IDC to the access device, in km of fibre.
    pub distance_max_km: Option<u64>,
}

/// What has to be shown of a continuity: around what frames were in flight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Over {
    /// Everything that happened on their way since their service was opened.
    #[default]
    Everything,
    /// Only what happened to these: names of steps (`as`), circuits, links, switches and VBRs, or of
    /// operations.
    Named(Vec<String>),
    /// One stretch of time, whatever happened in it.
    Window(SimTime, SimTime),
}

impl Over {
    /// Times that have to be marked though nothing may happen at them.
    pub fn times(&self) -> impl Iterator<Item = SimTime> + use<> {
        let ends = match self {
            Self::Window(from, to) => [Some(*from), Some(*to)],
            Self::Everything | Self::Named(_) => [None, None],
        };
        ends.into_iter().flatten()
    }
}

/// A check and its parameters. `None` for a tenant means every tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Per tenant, offered + copies = settled + in flight; at the stations, octets too.
    Conservation,
    /// No frame of one tenant at another's place.
    Isolation,
    /// No frame passes before Confirmed, Enabled and VBR active.
    Gating,
    /// Every step ended as it said it would.
    Provisioning,
    /// A VBR's VLAN and bandwidth are its port's; one VBR per port.
    Inheritance,
    /// No frame goes in circles between switches.
    Storm,
    /// Frames of the flow arrive (and are answered), or none does.
    Reachability {
        /// Which flow.
        flow: FlowId,
        /// Should it arrive?
        reachable: bool,
    },
    /// What a flow lost, and for how long it was silent.
    Continuity {
        /// Whose flows.
        tenant: Option<TenantId>,
        /// Only this flow.
        flow: Option<FlowId>,
        /// Frames lost at most.
        lost_max: u64,
        /// Frames duplicated at most.
        duplicated_max: u64,
        /// Frames out of order at most.
        reordered_max: u64,
        /// Longest silence between two arrivals; `None`: not judged.
        longest_gap_max: Option<SimDuration>,
        /// Only what goes this way; `None`: both.
        direction: Option<Direction>,
        /// Around what frames have to be in flight.
        over: Over,
    },
    /// Each tenant within its spec, and whoever stays within loses nothing to others.
    Bandwidth {
        /// Which tenant.
        tenant: Option<TenantId>,
        /// Must all of it have been asked for, each way?
        full: bool,
    },
    /// Delay, loss and availability as promised.
    Sla(Box<ServiceLevel>),
    /// Who pays what, and that the octets billed are the octets sent.
    Billing {
        /// Which tenant.
        tenant: Option<TenantId>,
        /// Who should pay the port fee.
        port_payer: Option<AccountId>,
        /// Who should pay outbound traffic.
        outbound_payer: Option<AccountId>,
    },
    /// Who answers for what was lost.
    Attribution {
        /// Which tenant's losses.
        tenant: TenantId,
        /// The party that owns the cause; `None`: "not attributable".
        party: Option<Party>,
    },
    /// The health check notices a fault, and its end.
    Health {
        /// Whose VBR.
        tenant: TenantId,
        /// Unhealthy within this window of virtual time; `None`: never unhealthy.
        unhealthy: Option<(SimTime, SimTime)>,
        /// Healthy again within this window.
        healthy: Option<(SimTime, SimTime)>,
    },
    /// Does a way to the cloud fit what is needed of it?
    Choice {
        /// The VBR at its end: an index into [`Plan::vbr_slots`].
        slot: usize,
        /// What is needed.
        need: Need,
        /// Should it fit?
        fits: bool,
    },
    /// Address resolution after a time.
    Resolution {
        /// Only what happens after this.
        after: SimTime,
        /// The last tenant resolved within this window.
        last_resolved: Option<(SimTime, SimTime)>,
        /// How many tenants gave up.
        gave_up: Option<(u32, u32)>,
    },
}
