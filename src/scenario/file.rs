//! What a scenario file may say. It judges nothing.

mod board;
mod carries;
mod cutover;
mod expect;
mod faults;
mod known;
mod pics;
mod policies;
mod steps;
mod switch_port;
mod traffic;
mod window;
mod without_steps;
mod words;

pub use board::{ActorItem, BoardItem, FreezeItem, MessageItem, RoleItem};
pub use carries::Carries;
pub use cutover::{
    AcceptanceItem, BudgetItem, CaseItem, ContainmentItem, CutoverItem, CutoverWindowItem, PrepareItem, StopItem,
    StrategyWord,
};
pub use expect::{ExpectItem, ExpectWhat};
pub use faults::{FaultItem, FaultWhat, FlapItem};
pub use known::{HealthWord, KnownCircuitItem, KnownItem, PassesWord, VbrWord};
pub use pics::PicsItem;
pub use policies::{AttachEffectItem, PolicyTable};
pub use steps::{AfterItem, ApiLimitItem, StepItem};
pub use switch_port::SwitchPortItem;
pub use traffic::{FlowFrames, FlowItem, TagItem};
pub use window::Window;
pub use words::*;

use std::net::IpAddr;

use super::at::At;
use super::lists::DedicatedPort;
use super::plan::Role;
use super::scalars::{BindMac, Money, Name, PlaceRef, Prefix, SizeText, TimeRange, VidRange};
use super::written::item;
use super::yaml::Listed;
use crate::forward::Planted;
use crate::provision::{Feature, Lead, Spec};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::MacAddr;

item! {
    /// A trunklab scenario: a topology, provisioning steps, traffic, faults, and what is expected.
    #[schemars(title = "trunklab scenario")]
    pub struct ScenarioFile {
        /// Version of the format: 1.
        pub trunklab: At<u64>,
        /// The scenario's name.
        pub name: At<Name>,
        /// What it shows, and what would refute it.
        pub about: Option<At<String>>,
        /// Root of every random stream; 1 where left out.
        pub seed: Option<At<u64>>,
        /// Virtual time that the run lasts, at most 200 years.
        pub duration: At<SimDuration>,
        /// Named policies: how to read what the documentation leaves open.
        #[serde(default)]
        pub policies: PolicyTable,
        /// Lead times of the API's asynchronous steps, by name.
        #[serde(default)]
        pub lead_times: Listed<Lead, TimeRange>,
        /// How many calls the cloud takes; any number where left out.
        pub api_limit: Option<ApiLimitItem>,
        /// Prices; without them nothing is priced.
        pub prices: Option<PricesItem>,
        /// Accounts: partners, tenants, strangers, the cloud's own.
        #[serde(default)]
        pub accounts: Vec<AccountItem>,
        /// The partner's VLAN switches.
        #[serde(default)]
        pub access_points: Vec<SwitchItem>,
        /// Exchange fabrics, between an IDC's cross-connect and the circuit.
        #[serde(default)]
        pub fabrics: Vec<SwitchItem>,
        /// Partner backbones out of GraphML files.
        #[serde(default)]
        pub backbones: Vec<BackboneItem>,
        /// The cloud's access devices.
        #[serde(default)]
        pub access_devices: Vec<DeviceItem>,
        /// What switches and access devices declare that they can do, for `trunklab isolate`; what their
        /// profile declares where left out.
        #[serde(default)]
        pub pics: Vec<PicsItem>,
        /// Links between the partner's switches and fabrics.
        #[serde(default)]
        pub links: Vec<LinkItem>,
        /// Circuits: links from a partner's switch to an access device.
        #[serde(default)]
        pub circuits: Vec<CircuitItem>,
        /// Tenants' data centres.
        #[serde(default)]
        pub idcs: Vec<IdcItem>,
        /// Transit routers with their VPC.
        #[serde(default)]
        pub vpcs: Vec<VpcItem>,
        /// Links between regions.
        #[serde(default)]
        pub cross_border: Vec<CrossBorderItem>,
        /// Whole tenants in one line: account, IDC, VPC, provisioning and traffic.
        #[serde(default)]
        pub tenants: Vec<TenantsItem>,
        /// Calls of the Express Connect API, each at its time.
        #[serde(default)]
        pub provisioning: Vec<StepItem>,
        /// A cutover of tenants from VBRs that a partner pushed to shared ports.
        pub cutover: Option<CutoverItem>,
        /// Flows.
        #[serde(default)]
        pub traffic: Vec<FlowItem>,
        /// What goes wrong, and is mended.
        #[serde(default)]
        pub faults: Vec<FaultItem>,
        /// What should come out. Conservation, isolation, gating and provisioning are always judged.
        #[serde(default)]
        pub expect: Vec<ExpectItem>,
    }
}

item! {
    /// Prices in one currency.
    pub struct PricesItem {
        /// The currency's name; `USD` where left out.
        pub currency: Option<At<String>>,
        /// Monthly fee of a shared port, by `Spec`.
        #[serde(default)]
        pub port_per_month: Listed<Spec, Money>,
        /// Monthly fee of a dedicated port, by `PortType` or rate.
        #[serde(default)]
        pub dedicated_per_month: Listed<DedicatedPort, Money>,
        /// Outbound data transfer, for 10^9 octets.
        pub outbound_per_gb: Option<At<Money>>,
        /// Initial installation of a dedicated circuit.
        pub installation: Option<At<Money>>,
    }
}

item! {
    /// An account.
    pub struct AccountItem {
        /// Its name.
        pub name: At<Name>,
        /// Its account id (`AliUid`).
        pub uid: At<u64>,
        /// What it is; `tenant` where left out.
        pub role: Option<At<Role>>,
        /// The specs that a partner sells; all where left out.
        pub sold_specs: Option<Vec<At<Spec>>>,
        /// Must first-time set-up pass its gates (contract, survey, quote, build, account id)?
        /// `false` where left out.
        pub gated: Option<At<bool>>,
        /// Is outbound data transfer billing on from the start? `false` where left out.
        pub outbound_billing: Option<At<bool>>,
        /// Which kind of account it is; `main` where left out.
        pub kind: Option<At<KindWord>>,
        /// The site that it is registered at; `cn` where left out.
        pub site: Option<At<SiteWord>>,
        /// May a partner sell 2G and more? `false` where left out.
        pub large_specs: Option<At<bool>>,
    }
}

item! {
    /// A switch of a partner.
    pub struct SwitchItem {
        /// Its name.
        pub name: At<Name>,
        /// The partner that answers for it; the only partner where left out.
        pub owner: Option<At<Name>>,
        /// How its services forward; `cross-connect` where left out.
        pub service: Option<At<ServiceWord>>,
        /// How it behaves where devices differ; `strict` where left out.
        pub profile: Option<At<ProfileWord>>,
        /// Whom its ARP limit counts; `per_tenant` where left out.
        pub arp_limit: Option<At<ArpLimitWord>>,
        /// ARP frames a second; 1 where left out.
        pub arp_per_second: Option<At<u64>>,
        /// ARP frames that may pass at once; `arp_per_second` where left out.
        pub arp_burst: Option<At<u64>>,
        /// ICMP frames a second; 500 where left out, 0: no limit.
        pub icmp_per_second: Option<At<u64>>,
        /// ICMP frames that may pass at once; `icmp_per_second` where left out.
        pub icmp_burst: Option<At<u64>>,
        /// Does it police each tenant to its spec? `true` where left out.
        pub police: Option<At<bool>>,
        /// The policers' burst; 100 ms of the rate, at least 64 kB, where left out.
        pub burst: Option<At<ByteCount>>,
        /// Which octets its policers count: `l1`, `l2_fcs`, `l2`, `l3`; as the contract, the policy
        /// `octets_policing`, where left out.
        pub octets: Option<At<OctetsWord>>,
        /// Do its policers count the octets of tags, as frames have them there? As the contract, the
        /// policy `counts_tags`, where left out.
        pub counts_tags: Option<At<bool>>,
        /// Addresses that a bridged service learns at most; 1024 where left out.
        pub mac_limit: Option<At<u64>>,
        /// How long a learned address is remembered; 300 s where left out.
        pub mac_age: Option<At<SimDuration>>,
        /// Does each VLAN of a bridged switch learn for itself, or all in one table? `independent` where
        /// left out.
        pub learning: Option<At<LearningWord>>,
        /// How many tags it reads: 1, or 2 (Open vSwitch's `other_config:vlan-limit`, at `ovs-3.1` alone); 1
        /// where left out.
        pub vlan_limit: Option<At<u64>>,
        /// The VLAN that untagged frames of its trunks belong to where their link names no `native_vid`,
        /// and that a bridged switch lets onto all of them (802.1Q's default is 1); none where left out.
        pub default_vlan: Option<At<u64>>,
        /// A planted fault of its forwarder, by name.
        pub quirk: Option<At<Planted>>,
    }
}

item! {
    /// A backbone: each point of presence becomes a switch named `backbone/label`.
    pub struct BackboneItem {
        /// Its name, in front of every point of presence.
        pub name: At<Name>,
        /// GraphML file of the Internet Topology Zoo, relative to the scenario.
        pub graphml: At<String>,
        /// The partner that answers for it; the only partner where left out.
        pub owner: Option<At<Name>>,
        /// Rate of every link; `100G` where left out.
        pub rate: Option<At<BitRate>>,
        /// Delay of a link with an end without position; `5ms` where left out.
        pub default_delay: Option<At<SimDuration>>,
        /// MTU of every link; 9000 where left out.
        pub mtu: Option<At<u64>>,
        /// Queue of every link; `10MB` where left out.
        pub queue: Option<At<ByteCount>>,
        /// As of an access point.
        pub service: Option<At<ServiceWord>>,
        /// As of an access point.
        pub profile: Option<At<ProfileWord>>,
        /// As of an access point.
        pub arp_limit: Option<At<ArpLimitWord>>,
        /// As of an access point.
        pub police: Option<At<bool>>,
    }
}

item! {
    /// An access device of the cloud.
    pub struct DeviceItem {
        /// Its name.
        pub name: At<Name>,
        /// Its access point's id (`AccessPointId`); its own name where left out.
        pub access_point_id: Option<At<String>>,
        /// Its region.
        pub region: At<String>,
        /// Its features; `SubifRateLimit` and `MPBGP` where left out.
        pub features: Option<Vec<At<Feature>>>,
        /// Which octets its policers count: `l1`, `l2_fcs`, `l2`, `l3`; as the contract, the policy
        /// `octets_policing`, where left out.
        pub octets: Option<At<OctetsWord>>,
        /// Do its policers count the octets of tags, as frames have them there? As the contract, the
        /// policy `counts_tags`, where left out.
        pub counts_tags: Option<At<bool>>,
        /// Do all its sub-interfaces share one MAC address? `true` where left out.
        pub shared_mac: Option<At<bool>>,
        /// May its access point carry shared ports? `true` where left out.
        pub shared_ports: Option<At<bool>>,
        /// How it behaves where devices differ; `strict` where left out.
        pub profile: Option<At<ProfileWord>>,
        /// How many tags it reads: 1, or 2 (Open vSwitch's `other_config:vlan-limit`, at `ovs-3.1` alone); 1
        /// where left out.
        pub vlan_limit: Option<At<u64>>,
        /// The VLAN that untagged frames of its circuits belong to where they name no `native_vid`; none
        /// where left out.
        pub default_vlan: Option<At<u64>>,
        /// A planted fault of its forwarder, by name.
        pub quirk: Option<At<Planted>>,
    }
}

item! {
    /// A link between two switches of a partner.
    pub struct LinkItem {
        /// Its name.
        pub name: At<Name>,
        /// One end.
        pub a: At<PlaceRef>,
        /// The other end.
        pub b: At<PlaceRef>,
        /// Bits a second on the wire; `100G` where left out.
        pub rate: Option<At<BitRate>>,
        /// Propagation; `1ms` where left out.
        pub delay: Option<At<SimDuration>>,
        /// Largest payload in octets; 9000 where left out.
        pub mtu: Option<At<u64>>,
        /// Octets that may wait; `10MB` where left out.
        pub queue: Option<At<ByteCount>>,
        /// The partner that answers for it; its `a` end's owner where left out.
        pub owner: Option<At<Name>>,
        /// The VLAN that goes untagged on it, at both ends; none where left out.
        pub native_vid: Option<At<u64>>,
        /// The same at the `b` end, where the two ends disagree; `native_vid` where left out.
        pub native_vid_b: Option<At<u64>>,
        /// Do the partner's bridged switches let every VLAN onto it, not only those whose way it is?
        /// `false` where left out.
        pub unpruned: Option<At<bool>>,
        /// The VLANs that are let onto it, at both ends: `[101, 200-299]`; those whose way it is where left
        /// out.
        pub allowed_vids: Option<Vec<At<VidRange>>>,
        /// The same at the `b` end, where the two ends disagree; `allowed_vids` where left out.
        pub allowed_vids_b: Option<Vec<At<VidRange>>>,
        /// How the port at its `a` end is configured beyond that.
        pub port_a: Option<SwitchPortItem>,
        /// How the port at its `b` end is configured beyond that.
        pub port_b: Option<SwitchPortItem>,
    }
}

item! {
    /// A circuit.
    pub struct CircuitItem {
        /// Its name, by which steps know it.
        pub name: At<Name>,
        /// The account that owns it: a partner, or a tenant with a circuit of its own; the only partner
        /// where left out.
        pub owner: Option<At<Name>>,
        /// The partner's switch.
        pub a: At<PlaceRef>,
        /// The cloud's access device.
        pub b: At<Name>,
        /// Bits a second on the wire; `10G` where left out.
        pub rate: Option<At<BitRate>>,
        /// What may be sold on it; its rate where left out.
        pub bandwidth: Option<At<BitRate>>,
        /// Propagation; `1ms` where left out.
        pub delay: Option<At<SimDuration>>,
        /// Largest payload in octets; 1500 where left out.
        pub mtu: Option<At<u64>>,
        /// Octets that may wait; `10MB` where left out.
        pub queue: Option<At<ByteCount>>,
        /// `enabled`, or `planned`: a step creates it; `enabled` where left out.
        pub state: Option<At<CircuitWord>>,
        /// The VLAN that goes untagged on it, at both ends; none where left out.
        pub native_vid: Option<At<u64>>,
        /// The same at the `b` end, where the two ends disagree; `native_vid` where left out.
        pub native_vid_b: Option<At<u64>>,
        /// Do the partner's bridged switches let every VLAN onto it, not only those whose way it is?
        /// `false` where left out.
        pub unpruned: Option<At<bool>>,
        /// The VLANs that are let onto it, at both ends: `[101, 200-299]`; those whose way it is where left
        /// out.
        pub allowed_vids: Option<Vec<At<VidRange>>>,
        /// The same at the `b` end, where the two ends disagree; `allowed_vids` where left out.
        pub allowed_vids_b: Option<Vec<At<VidRange>>>,
        /// How the port at its `a` end is configured beyond that.
        pub port_a: Option<SwitchPortItem>,
        /// How the port at its `b` end is configured beyond that.
        pub port_b: Option<SwitchPortItem>,
    }
}

item! {
    /// The line between an IDC and the partner's switch.
    #[derive(Default)]
    pub struct LastMileItem {
        /// Bits a second on the wire; `1G` where left out.
        pub rate: Option<At<BitRate>>,
        /// Propagation; `500us` where left out.
        pub delay: Option<At<SimDuration>>,
        /// Largest payload in octets; 1500 where left out.
        pub mtu: Option<At<u64>>,
        /// Octets that may wait; `1MB` where left out.
        pub queue: Option<At<ByteCount>>,
    }
}

item! {
    /// How a host resolves addresses.
    #[derive(Default)]
    pub struct ArpItem {
        /// Time between requests; `1s` where left out.
        pub retry: Option<At<SimDuration>>,
        /// Requests before it gives up; 3 where left out.
        pub tries: Option<At<u64>>,
        /// How long an answer holds; `4h` where left out.
        pub age: Option<At<SimDuration>>,
        /// Frames that may wait for one address; 8 where left out.
        pub queue: Option<At<u64>>,
        /// Does it announce itself? `true` where left out.
        pub gratuitous: Option<At<bool>>,
    }
}

item! {
    /// A tenant's data centre.
    pub struct IdcItem {
        /// Its name.
        pub name: At<Name>,
        /// Whose it is.
        pub tenant: At<Name>,
        /// The partner's switch that its line ends at.
        pub attach: At<PlaceRef>,
        /// The port there; `trunk` with a `tag`, else `access`.
        pub port: Option<At<PortWord>>,
        /// How that port is configured beyond that.
        pub switch_port: Option<SwitchPortItem>,
        /// The customer's own tag (A side), 1 to 4094; untagged where left out.
        pub tag: Option<At<u64>>,
        /// The circuit that its service goes to.
        pub circuit: At<Name>,
        /// The tag on the circuit (Z side) that the partner's switch is configured with; 0: untagged.
        pub vlan_id: At<u64>,
        /// The bandwidth that the partner's switch polices; what is sold on its VLAN where left out.
        pub spec: Option<At<BitRate>>,
        /// The line to the partner.
        pub last_mile: Option<LastMileItem>,
        /// Its address on the interconnect (the VBR's `PeerGatewayIp`) and prefix length.
        pub address: At<Prefix>,
        /// The VBR's address (`LocalGatewayIp`); in a /30 the other one where left out.
        pub gateway: Option<At<IpAddr>>,
        /// Its MAC address; one of ours where left out.
        pub mac: Option<At<MacAddr>>,
        /// Does the partner's switch admit one MAC address only: its own (`true`), or this one? `false`
        /// where left out.
        pub bind_mac: Option<At<BindMac>>,
        /// The network behind it.
        pub lan: Option<At<Prefix>>,
        /// Hosts behind it; the first one in `lan` where left out.
        #[serde(default)]
        pub hosts: Vec<At<IpAddr>>,
        /// Destinations routed to the gateway; the tenant's VPCs where left out.
        pub routes: Option<Vec<At<Prefix>>>,
        /// Has it the return route for health-check probes? `true` where left out.
        pub probe_return_route: Option<At<bool>>,
        /// How it resolves addresses.
        pub arp: Option<ArpItem>,
        /// What its parties agreed: read first where it is asked what is right.
        pub agreed: Option<AgreedItem>,
        /// By when its parties' calls are due; at its first frame where left out.
        pub due: Option<DueItem>,
        /// Values of it that nobody knows: what stands here is a stand-in, and checks that need it are INCONC.
        #[serde(default)]
        pub unknown: Vec<At<UnknownWord>>,
    }
}

item! {
    /// What the parties of a service agreed, whatever anybody wrote elsewhere.
    pub struct AgreedItem {
        /// The customer's own tag (A side), 1 to 4094.
        pub tag: Option<At<u64>>,
        /// The tag on the circuit (Z side); 0: untagged.
        pub vlan_id: Option<At<u64>>,
        /// The bandwidth.
        pub spec: Option<At<BitRate>>,
        /// The customer's address on the interconnect, with its prefix length.
        pub address: Option<At<Prefix>>,
        /// The VBR's address.
        pub gateway: Option<At<IpAddr>>,
        /// The MAC address of the customer's router.
        pub mac: Option<At<MacAddr>>,
        /// Octets of payload that the way carries; 1,500 where left out.
        pub mtu: Option<At<u64>>,
    }
}

item! {
    /// Dates by which a service's calls are due. What is done by then is late for nobody.
    pub struct DueItem {
        /// By when the tenant accepts its shared port (or its legacy VBR).
        pub acceptance: Option<At<SimTime>>,
        /// By when its outbound billing is on, which accepting needs.
        pub billing: Option<At<SimTime>>,
        /// By when its VBR hangs on a transit router.
        pub attach: Option<At<SimTime>>,
    }
}

item! {
    /// An endpoint in a VPC.
    pub struct EndpointItem {
        /// Its name within the VPC.
        pub name: At<Name>,
        /// What answers; `ecs` where left out.
        pub kind: Option<At<EndpointWord>>,
        /// Its address.
        pub address: At<IpAddr>,
    }
}

item! {
    /// A transit router with its VPC.
    pub struct VpcItem {
        /// Its name.
        pub name: At<Name>,
        /// Whose it is.
        pub tenant: At<Name>,
        /// Its region.
        pub region: At<String>,
        /// Its addresses.
        pub cidr: At<Prefix>,
        /// What answers in it.
        #[serde(default)]
        pub endpoints: Vec<EndpointItem>,
    }
}

item! {
    /// A link between two regions of one tenant.
    pub struct CrossBorderItem {
        /// Its name.
        pub name: At<Name>,
        /// Whose it is.
        pub tenant: At<Name>,
        /// One VPC.
        pub a: At<Name>,
        /// The other VPC.
        pub b: At<Name>,
        /// What its line carries.
        pub rate: At<BitRate>,
        /// Bandwidth that the tenant bought across this border, each way: a contract of its own. Where
        /// left out, none was sold beside the line.
        pub spec: Option<At<BitRate>>,
        /// Where the transit routers police it to something else than the `spec`.
        pub police: Option<At<BitRate>>,
        /// Propagation.
        pub delay: At<SimDuration>,
        /// Largest payload in octets; 1500 where left out.
        pub mtu: Option<At<u64>>,
        /// Octets that may wait; where left out `1MB`, or the policer's burst if that is more.
        pub queue: Option<At<ByteCount>>,
    }
}

item! {
    /// The traffic of each of `tenants`.
    pub struct TenantTrafficItem {
        /// Offered load, octets with FCS.
        pub rate: Option<At<BitRate>>,
        /// Time between frames.
        pub interval: Option<At<SimDuration>>,
        /// Octets with FCS; 512 where left out.
        pub size: Option<At<SizeText>>,
        /// Is each datagram answered? `false` where left out.
        pub answered: Option<At<bool>>,
        /// First frame; 10 s after the provisioning began where left out.
        pub start: Option<At<SimTime>>,
        /// No frame at or after this; the end where left out.
        pub stop: Option<At<SimTime>>,
        /// Frames at most.
        pub count: Option<At<u64>>,
        /// When the frames leave; `constant` where left out.
        pub pattern: Option<At<PatternWord>>,
        /// The `phase` of each flow; drawn by the flow's name where left out.
        pub phase: Option<At<SimDuration>>,
        /// The `warm_up` of each flow; `true` where left out.
        pub warm_up: Option<At<bool>>,
    }
}

item! {
    /// Whole tenants in one line.
    pub struct TenantsItem {
        /// The tenant's name; with `count`, numbers follow: `t-0001`.
        pub name: At<Name>,
        /// The id of their account; one of ours where left out. With `count` it counts up.
        pub uid: Option<At<u64>>,
        /// The account whose services these are, where another entry or `accounts` makes it; one of their own,
        /// with their name, where left out.
        pub account: Option<At<Name>>,
        /// How many; one, with `name` as it is, where left out.
        pub count: Option<At<u64>>,
        /// Their circuit.
        pub circuit: Option<At<Name>>,
        /// Their circuits, in turn.
        #[serde(default)]
        pub circuits: Vec<At<Name>>,
        /// The switch of their lines; the circuit's own where left out.
        pub attach: Option<At<PlaceRef>>,
        /// The switches of their lines, in turn; `backbone/*` means every point of presence.
        #[serde(default)]
        pub spread: Vec<At<PlaceRef>>,
        /// The first VLAN on each circuit, counting up; the first free one where left out.
        pub vlan_id: Option<At<u64>>,
        /// The port at the switch of their lines; `trunk` with a tag, else `access`, where left out.
        pub port: Option<At<PortWord>>,
        /// The first customer's own tag, counting up as VLANs do; the VLAN where left out, none on a port that is
        /// no trunk.
        pub tag: Option<At<u64>>,
        /// The customer's address on the interconnect, with its prefix length; one of ours where left out.
        pub address: Option<At<Prefix>>,
        /// The VBR's address there; in a /30 the other one where left out.
        pub gateway: Option<At<IpAddr>>,
        /// The network behind each; one of ours, a /28, where left out.
        pub lan: Option<At<Prefix>>,
        /// Hosts behind each; the first one in `lan` where left out.
        #[serde(default)]
        pub hosts: Vec<At<IpAddr>>,
        /// Values of them that nobody knows: what stands here is a stand-in, and checks that need it are INCONC.
        #[serde(default)]
        pub unknown: Vec<At<UnknownWord>>,
        /// Bandwidth of each shared port; `50M` where left out.
        pub spec: Option<At<Spec>>,
        /// Who pays for the port; `tenant` where left out.
        pub payer: Option<At<PayerWord>>,
        /// Has each the same MAC address? `false` where left out.
        pub same_mac: Option<At<bool>>,
        /// Has each the same addresses? `false` where left out.
        pub overlapping: Option<At<bool>>,
        /// Are they served by a VBR that the partner pushed on its circuit, as before there were shared
        /// ports? `false` where left out.
        pub legacy: Option<At<bool>>,
        /// Are they provisioned? `true` where left out.
        pub provision: Option<At<bool>>,
        /// When their provisioning begins; 0 s where left out.
        pub at: Option<At<SimTime>>,
        /// What each sends to its VPC.
        pub traffic: Option<TenantTrafficItem>,
        /// Their lines.
        pub last_mile: Option<LastMileItem>,
        /// How each resolves addresses.
        pub arp: Option<ArpItem>,
    }
}
