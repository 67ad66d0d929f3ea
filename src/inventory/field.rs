//! The fields of the API's resources, by the names that its answers have.

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text; a number is taken as one.
    Text,
    /// A whole number, also one that is written as a text.
    Number,
    /// `true` or `false`.
    Flag,
    /// Something nested, of which these keys of each entry are kept: `first=second` where there are two.
    Nested(&'static str, &'static [&'static str]),
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $api:literal $(or $alias:literal)*, $form:expr;)*) => {
        /// A field of a resource. Bandwidths are in Mbit/s, intervals in milliseconds, instants as written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The API's name of it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $api,)* }
            }
            /// The field that some answer has under this key.
            pub(super) fn of_key(key: &str) -> Option<Self> {
                match key {
                    $($api $(| $alias)* => Some(Self::$name),)*
                    _ => None,
                }
            }
            pub(super) const fn form(self) -> Form {
                match self { $(Self::$name => $form,)* }
            }
        }
    };
}

use Form::{Flag, Nested, Number, Text};

fields! {
    /// The name that its owner gave it.
    Name = "Name" or "VbrName" or "QosName", Text;
    /// Its description.
    Description = "Description" or "QosDescription", Text;
    /// Life cycle of a circuit or port (`Enabled`), state of a VBR (`active`), an interface, a drill, a policy.
    Status = "Status", Text;
    /// Has the tenant accepted the shared port: `UnConfirmed`, `Confirmed`, `Deleted`.
    AcceptanceStatus = "VirtualPhysicalConnectionStatus", Text;
    /// The same as DescribePhysicalConnections names it; its words are not documented.
    VpconnStatus = "VpconnStatus", Text;
    /// Its lock: `Normal`, `FinancialLocked`, `SecurityLocked`.
    BusinessStatus = "BusinessStatus" or "PConnVbrBussinessStatus", Text;
    /// Whose it is: an account id.
    OwnerUid = "AliUid" or "VbrOwnerUid", Number;
    /// The circuit under a shared port.
    ParentId = "ParentPhysicalConnectionId", Text;
    /// The account that owns the circuit under a shared port.
    ParentOwnerUid = "ParentPhysicalConnectionAliUid", Number;
    /// What a VBR hangs on: a circuit or a shared port.
    ConnectionId = "PhysicalConnectionId", Text;
    /// The account that owns what a VBR hangs on.
    ConnectionOwnerUid = "PhysicalConnectionOwnerUid", Number;
    /// The state of what a VBR hangs on.
    ConnectionStatus = "PhysicalConnectionStatus", Text;
    /// The lock of what a VBR hangs on.
    ConnectionBusinessStatus = "PhysicalConnectionBusinessStatus", Text;
    /// The circuit that VBRs were asked for by (a parameter of the call; no answer shows it).
    AskedOfCircuit = "Request.PhysicalConnectionId", Text;
    /// Circuits that a VBR is also on, with the VLAN there: `pc-1=101`.
    MoreConnections = "AssociatedPhysicalConnections", Nested("AssociatedPhysicalConnection", &["PhysicalConnectionId", "VlanId"]);
    /// CEN instances that a VBR is attached to.
    Cens = "AssociatedCens", Nested("AssociatedCen", &["CenId"]);
    /// `PhysicalConnection` or `VirtualPhysicalConnection`.
    ProductType = "ProductType", Text;
    /// VLAN on the circuit, 0 to 2999.
    VlanId = "VlanId", Number;
    /// Bandwidth in Mbit/s.
    Bandwidth = "Bandwidth", Number;
    /// State of a change of bandwidth.
    BandwidthStatus = "BandwidthStatus", Text;
    /// Bandwidth as it was bought: `50M`.
    Spec = "Spec", Text;
    /// Bandwidth that is ordered and not yet paid.
    ExpectSpec = "ExpectSpec", Text;
    /// Who pays: `PayByPhysicalConnectionOwner`, `PayByVirtualPhysicalConnectionOwner`.
    OrderMode = "OrderMode", Text;
    /// How it is paid.
    ChargeType = "ChargeType" or "PConnVbrChargeType", Text;
    /// Is an order waiting?
    HasReservationData = "HasReservationData", Text;
    /// What is ordered.
    ReservationOrderType = "ReservationOrderType", Text;
    /// When the order takes effect.
    ReservationActiveTime = "ReservationActiveTime", Text;
    /// How what is ordered is paid.
    ReservationInternetChargeType = "ReservationInternetChargeType", Text;
    /// Bandwidth that is ordered for an interface.
    ReservationBandwidth = "ReservationBandwidth", Text;
    /// Its access point.
    AccessPointId = "AccessPointId", Text;
    /// The access point's type.
    AccessPointType = "AccessPointType", Text;
    /// Where the access device stands.
    AdLocation = "AdLocation", Text;
    /// The same in detail.
    AdDetailLocation = "AdDetailLocation", Text;
    /// Features that were chosen of the access device.
    DeviceFeatures = "DeviceFeaturesSelected", Text;
    /// The carrier's circuit id.
    CircuitCode = "CircuitCode", Text;
    /// The carrier.
    LineOperator = "LineOperator", Text;
    /// State of its letter of authorisation.
    LoaStatus = "LoaStatus", Text;
    /// Where the customer's end is.
    PeerLocation = "PeerLocation", Text;
    /// The port's number on the access device.
    PortNumber = "PortNumber", Text;
    /// The port's type.
    PortType = "PortType", Text;
    /// Its optics.
    OpticalModule = "OpticalModuleModel", Text;
    /// The redundant circuit.
    RedundantId = "RedundantPhysicalConnectionId", Text;
    /// Its QoS policy.
    QosId = "QosId", Text;
    /// Undocumented.
    DownDelayTime = "DownDelayTime", Number;
    /// How many shared ports are on the circuit.
    PortCount = "VirtualPhysicalConnectionCount", Number;
    /// Its resource group.
    ResourceGroupId = "ResourceGroupId", Text;
    /// Its type.
    Type = "Type", Text;
    /// When it was made.
    CreationTime = "CreationTime", Text;
    /// When it was enabled.
    EnabledTime = "EnabledTime", Text;
    /// When it ends.
    EndTime = "EndTime" or "PConnVbrExpireTime", Text;
    /// When a VBR was last made active.
    ActivationTime = "ActivationTime", Text;
    /// When a VBR was last terminated.
    TerminationTime = "TerminationTime", Text;
    /// When a VBR was last recovered.
    RecoveryTime = "RecoveryTime", Text;
    /// The cloud's address on the interconnect.
    LocalGatewayIp = "LocalGatewayIp", Text;
    /// The customer's address on the interconnect.
    PeerGatewayIp = "PeerGatewayIp", Text;
    /// The interconnect's mask.
    PeeringSubnetMask = "PeeringSubnetMask", Text;
    /// Has it IPv6 addresses?
    EnableIpv6 = "EnableIpv6", Flag;
    /// The cloud's IPv6 address.
    LocalIpv6GatewayIp = "LocalIpv6GatewayIp", Text;
    /// The customer's IPv6 address.
    PeerIpv6GatewayIp = "PeerIpv6GatewayIp", Text;
    /// Length of the IPv6 prefix.
    PeeringIpv6SubnetMask = "PeeringIpv6SubnetMask", Text;
    /// BFD: how many packets may be missing.
    DetectMultiplier = "DetectMultiplier", Number;
    /// BFD: milliseconds from one packet that is received to the next.
    MinRxInterval = "MinRxInterval", Number;
    /// BFD: milliseconds from one packet that is sent to the next.
    MinTxInterval = "MinTxInterval", Number;
    /// 1500 or 8500 octets.
    Mtu = "Mtu", Number;
    /// Its route table.
    RouteTableId = "RouteTableId", Text;
    /// Its interface.
    VlanInterfaceId = "VlanInterfaceId", Text;
    /// Its Express Connect Router.
    EcrId = "EcrId", Text;
    /// Who owns that.
    EcrOwnerId = "EcrOwnerId", Text;
    /// State of its attachment to that (the API's spelling).
    EcrStatus = "EcrAttatchStatus", Text;
    /// The ECC that it is of.
    EccId = "EccId", Text;
    /// The Cloud Box that it is of.
    CloudBoxId = "CloudBoxInstanceId", Text;
    /// May data centres reach one another through the ECR?
    SitelinkEnable = "SitelinkEnable", Flag;
    /// The router of an interface or a BGP peer: a VBR's id, where it is one.
    RouterId = "RouterId", Text;
    /// The router's type.
    RouterType = "RouterType", Text;
    /// The interface's role.
    Role = "Role", Text;
    /// The router at the other end.
    OppositeRouterId = "OppositeRouterId", Text;
    /// The interface at the other end.
    OppositeInterfaceId = "OppositeInterfaceId", Text;
    /// Whose that is.
    OppositeInterfaceOwnerId = "OppositeInterfaceOwnerId", Text;
    /// State of that.
    OppositeInterfaceStatus = "OppositeInterfaceStatus", Text;
    /// Health check: milliseconds from one probe to the next.
    HcRate = "HcRate", Number;
    /// Health check: how many probes may be lost.
    HcThreshold = "HcThreshold", Number;
    /// Health check: the probes' source.
    HealthCheckSourceIp = "HealthCheckSourceIp", Text;
    /// Health check: whom they probe.
    HealthCheckTargetIp = "HealthCheckTargetIp", Text;
    /// State of a BGP session.
    BgpStatus = "BgpStatus", Text;
    /// The BGP neighbour's address.
    PeerIpAddress = "PeerIpAddress", Text;
    /// The BGP neighbour's number.
    PeerAsn = "PeerAsn", Text;
    /// Our own.
    LocalAsn = "LocalAsn", Text;
    /// Does BFD guard the BGP session?
    EnableBfd = "EnableBfd", Flag;
    /// Hops of that BFD.
    BfdMultiHop = "BfdMultiHop", Number;
    /// Routes that are advertised.
    AdvertisedRouteCount = "AdvertisedRouteCount", Number;
    /// Routes that are received.
    ReceivedRouteCount = "ReceivedRouteCount", Number;
    /// What a failover test acts on.
    DrilledIds = "ResourceId", Nested("", &[]);
    /// When a failover test began.
    StartTime = "StartTime", Text;
    /// When it stops or stopped.
    StopTime = "StopTime", Text;
    /// Minutes that a failover test lasts.
    JobDuration = "JobDuration", Number;
    /// What a QoS policy is associated with.
    PolicedIds = "AssociatedInstanceList", Nested("", &["InstanceId"]);
    /// The VBR of a failover group.
    VbrId = "VbrId", Text;
    /// The other VBR of a failover group.
    PeerVbrId = "PeerVbrId", Text;
}
