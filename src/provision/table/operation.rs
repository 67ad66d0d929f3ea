//! Every operation, with its parameters by their API names: the table that parsing, dispatch,
//! schema and documentation share.

use crate::provision::circuit::BusinessStatus;
use crate::provision::ids::ResourceId;
use crate::provision::law::error::ApiError;
use crate::provision::law::state::{Apply, Cx, Guarded};
use crate::provision::table::param::{AccountRef, Field, LineType, NextHopType, OrderMode};
use crate::provision::table::parse::{OperationInfo, ParamError, ParamInfo, Params};

macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident = $api:literal by $by:literal {
            $($field:ident: $ty:ty = $param:literal, $what:literal;)*
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
            pub struct $name { $(#[doc = $what] pub $field: $ty,)* }

            impl From<$name> for Operation {
                fn from(params: $name) -> Self {
                    Self::$name(Box::new(params))
                }
            }
        )*

        /// An operation with its parameters, not yet judged.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $(#[doc = concat!("`", $api, "`.")] $name(Box<$name>),)*
        }

        impl Operation {
            /// Every operation, for the schema and the documentation.
            pub const TABLE: &'static [OperationInfo] = &[$(
                OperationInfo {
                    name: $api,
                    by: $by,
                    what: concat!($($doc),*),
                    params: &[$(
                        ParamInfo {
                            name: $param,
                            required: <$ty as Field>::REQUIRED,
                            kind: <$ty as Field>::KIND,
                            what: $what,
                        },
                    )*],
                },
            )*];

            /// The API's name of the operation.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $api,)* }
            }

            pub(in crate::provision) fn build(params: &Params<'_>) -> Result<Self, ParamError> {
                match params.operation {
                    $($api => Ok($name { $($field: params.take($param)?,)* }.into()),)*
                    other => Err(ParamError::UnknownOperation { name: other.to_owned(), near: String::new() }),
                }
            }

            pub(in crate::provision) fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
                match self { $(Self::$name(params) => params.plan(cx),)* }
            }
        }
    };
}

operations! {
    /// Applies for a circuit at an access point.
    CreatePhysicalConnection = "CreatePhysicalConnection" by "circuit owner" {
        access_point_id: String = "AccessPointId", "The access point, ap-...";
        line_operator: Option<String> = "LineOperator", "CT, CU, CM or CO in China; Equinix or Other abroad";
        port_type: Option<String> = "PortType", "100Base-T, 1000Base-T (default), 1000Base-LX, 10GBase-T, 10GBase-LR, 40GBase-LR, 100GBase-LR";
        bandwidth: i64 = "bandwidth", "Mbit/s: 50 to 10000, from the API's list";
        redundant_physical_connection_id: Option<ResourceId> = "RedundantPhysicalConnectionId", "Another circuit of the same account, Allocated, Confirmed or Enabled";
        circuit_code: Option<String> = "CircuitCode", "The carrier's circuit id";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// Orders the initial installation (no fee is charged); the access point then allots a port.
    CreatePhysicalConnectionSetupOrder = "CreatePhysicalConnectionSetupOrder" by "circuit owner" {
        access_point_id: Option<String> = "AccessPointId", "The access point, as in the application";
        physical_connection_id: ResourceId = "PhysicalConnectionId", "An Approved circuit";
    }
    /// Applies for the letter of authorisation that lets the carrier build.
    ApplyPhysicalConnectionLOA = "ApplyPhysicalConnectionLOA" by "circuit owner" {
        instance_id: ResourceId = "InstanceId", "The circuit";
        line_type: LineType = "LineType", "What the carrier lays";
        bandwidth: Option<i64> = "Bandwidth", "Mbit/s, 2 to 10240";
        company_name: Option<String> = "CompanyName", "Who builds";
        si: Option<String> = "Si", "The system integrator";
        construction_time: Option<String> = "ConstructionTime", "When they build";
    }
    /// Declares that the carrier builds; the letter is complete when the building is.
    CompletePhysicalConnectionLOA = "CompletePhysicalConnectionLOA" by "circuit owner" {
        instance_id: ResourceId = "InstanceId", "The circuit";
        line_code: Option<String> = "LineCode", "The carrier's code";
        line_label: Option<String> = "LineLabel", "The carrier's label";
    }
    /// Orders the port occupancy of a built circuit.
    CreatePhysicalConnectionOccupancyOrder = "CreatePhysicalConnectionOccupancyOrder" by "circuit owner" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "A circuit whose letter of authorisation is Complete";
        period: Option<i64> = "Period", "1 to 9 months or 1 to 5 years";
        pricing_cycle: Option<String> = "PricingCycle", "Month or Year";
        auto_pay: Option<bool> = "AutoPay", "Pay at once; otherwise the order waits for payment";
    }
    /// A tenant accepts a shared port ("Accept and Pay"); an owner confirms a dedicated circuit.
    ConfirmPhysicalConnection = "ConfirmPhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "The circuit or shared port";
    }
    /// Enables a confirmed circuit: success first, the state later.
    EnablePhysicalConnection = "EnablePhysicalConnection" by "circuit owner" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "A Confirmed circuit";
    }
    /// Changes a circuit's bandwidth, redundant circuit, code, name or description.
    ModifyPhysicalConnectionAttribute = "ModifyPhysicalConnectionAttribute" by "circuit owner" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "The circuit";
        bandwidth: Option<i64> = "bandwidth", "Mbit/s, 2 to 10240; in Initial, Enabled and Rejected only";
        redundant_physical_connection_id: Option<ResourceId> = "RedundantPhysicalConnectionId", "In Initial, Enabled and Rejected only";
        circuit_code: Option<String> = "CircuitCode", "The carrier's circuit id";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// Cancels a circuit or shared port before it is enabled.
    CancelPhysicalConnection = "CancelPhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "In Initial, Approved, Allocated or Confirmed";
    }
    /// Takes an enabled circuit or shared port out of use, after its VBRs and shared ports are gone.
    TerminatePhysicalConnection = "TerminatePhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "In Enabled";
    }
    /// Brings a terminated shared port back; dedicated circuits cannot be recovered.
    RecoverPhysicalConnection = "RecoverPhysicalConnection" by "owner of the shared port" {
        instance_id: ResourceId = "InstanceId", "A Terminated shared port";
    }
    /// Deletes a circuit or shared port that is not in use.
    DeletePhysicalConnection = "DeletePhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "In Allocated, Confirmed, Rejected, Canceled, AllocationFailed or Terminated";
    }
    /// Enables outbound data transfer billing for the caller's account.
    OpenPhysicalConnectionService = "OpenPhysicalConnectionService" by "tenant" {
    }
    /// Reads whether outbound data transfer billing is enabled for the caller's account.
    GetPhysicalConnectionServiceStatus = "GetPhysicalConnectionServiceStatus" by "tenant" {
    }
    /// Sells a tenant a shared port on an enabled circuit.
    CreateVirtualPhysicalConnection = "CreateVirtualPhysicalConnection" by "partner" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "The partner's Enabled circuit";
        vpconn_ali_uid: AccountRef = "VpconnAliUid", "The tenant's account";
        vlan_id: i64 = "VlanId", "0 (untagged) to 2999, free on the circuit";
        spec: String = "Spec", "50M 100M 200M 300M 400M 500M 1G; 2G 5G 8G 10G through an account manager";
        order_mode: OrderMode = "OrderMode", "Who pays the port usage fee";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// Changes a shared port's VLAN (by policy) or orders another bandwidth, effective once paid.
    UpdateVirtualPhysicalConnection = "UpdateVirtualPhysicalConnection" by "partner" {
        instance_id: ResourceId = "InstanceId", "The shared port";
        vlan_id: i64 = "VlanId", "0 to 2999; the VLAN it has, or another one where the policy admits it";
        expect_spec: Option<String> = "ExpectSpec", "The bandwidth to order";
    }
    /// Creates a VBR: on an own circuit, for another account (legacy), or on an accepted shared port.
    CreateVirtualBorderRouter = "CreateVirtualBorderRouter" by "circuit owner, or tenant on a shared port" {
        physical_connection_id: ResourceId = "PhysicalConnectionId", "The circuit or shared port";
        vlan_id: Option<i64> = "VlanId", "0 to 2999; on a shared port inherited";
        vbr_owner_id: Option<AccountRef> = "VbrOwnerId", "Another account that shall own it (legacy mode)";
        local_gateway_ip: Option<String> = "LocalGatewayIp", "Alibaba's side";
        peer_gateway_ip: Option<String> = "PeerGatewayIp", "The customer's side";
        peering_subnet_mask: Option<String> = "PeeringSubnetMask", "255.255.255.0 to 255.255.255.252";
        bandwidth: Option<i64> = "Bandwidth", "Mbit/s from the API's list; on a shared port inherited";
        circuit_code: Option<String> = "CircuitCode", "Circuit owner only";
        detect_multiplier: Option<i64> = "DetectMultiplier", "BFD, 3 to 10";
        min_tx_interval: Option<i64> = "MinTxInterval", "BFD, 200 to 1000 ms";
        min_rx_interval: Option<i64> = "MinRxInterval", "BFD, 200 to 1000 ms";
        mtu: Option<i64> = "Mtu", "1500; 8500 needs an ECR";
        enable_ipv6: Option<bool> = "EnableIpv6", "Not modelled: refused";
        local_ipv6_gateway_ip: Option<String> = "LocalIpv6GatewayIp", "Not modelled: refused";
        peer_ipv6_gateway_ip: Option<String> = "PeerIpv6GatewayIp", "Not modelled: refused";
        peering_ipv6_subnet_mask: Option<String> = "PeeringIpv6SubnetMask", "Not modelled: refused";
        sitelink_enable: Option<bool> = "SitelinkEnable", "Needs an ECR: refused";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// The tenant confirms a VBR that a partner pushed. The legacy console's step; the API names none.
    ConfirmVirtualBorderRouter = "Simulator.ConfirmVirtualBorderRouter" by "tenant" {
        vbr_id: ResourceId = "VbrId", "An unconfirmed VBR";
    }
    /// Changes a VBR: VLAN and circuit code by the circuit's owner, addresses and BFD by its own.
    ModifyVirtualBorderRouterAttribute = "ModifyVirtualBorderRouterAttribute" by "VBR owner, or circuit owner" {
        vbr_id: ResourceId = "VbrId", "The VBR";
        vlan_id: Option<i64> = "VlanId", "Circuit owner only; not on a shared port";
        local_gateway_ip: Option<String> = "LocalGatewayIp", "Alibaba's side";
        peer_gateway_ip: Option<String> = "PeerGatewayIp", "The customer's side";
        peering_subnet_mask: Option<String> = "PeeringSubnetMask", "255.255.255.0 to 255.255.255.252";
        bandwidth: Option<i64> = "Bandwidth", "Circuit owner only; not on a shared port";
        circuit_code: Option<String> = "CircuitCode", "Circuit owner only";
        detect_multiplier: Option<i64> = "DetectMultiplier", "BFD, 3 to 10";
        min_tx_interval: Option<i64> = "MinTxInterval", "BFD, 200 to 1000 ms";
        min_rx_interval: Option<i64> = "MinRxInterval", "BFD, 200 to 1000 ms";
        mtu: Option<i64> = "Mtu", "1500; 8500 needs an ECR";
        enable_ipv6: Option<bool> = "EnableIpv6", "Not modelled: refused";
        local_ipv6_gateway_ip: Option<String> = "LocalIpv6GatewayIp", "Not modelled: refused";
        peer_ipv6_gateway_ip: Option<String> = "PeerIpv6GatewayIp", "Not modelled: refused";
        peering_ipv6_subnet_mask: Option<String> = "PeeringIpv6SubnetMask", "Not modelled: refused";
        sitelink_enable: Option<bool> = "SitelinkEnable", "Needs an ECR: refused";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// Changes a VBR's throttle, for both directions.
    UpdateVirtualBorderBandwidth = "UpdateVirtualBorderBandwidth" by "circuit owner" {
        virtual_border_router_id: ResourceId = "VirtualBorderRouterId", "A VBR directly on a circuit";
        bandwidth: i64 = "Bandwidth", "Mbit/s from the API's list";
    }
    /// Takes a VBR out of use; its VLAN stays reserved for seven days.
    TerminateVirtualBorderRouter = "TerminateVirtualBorderRouter" by "circuit owner" {
        vbr_id: ResourceId = "VbrId", "An active VBR";
    }
    /// Brings a terminated VBR back, if its VLAN was not taken meanwhile.
    RecoverVirtualBorderRouter = "RecoverVirtualBorderRouter" by "circuit owner" {
        vbr_id: ResourceId = "VbrId", "A terminated VBR";
    }
    /// Deletes a VBR that nothing depends on.
    DeleteVirtualBorderRouter = "DeleteVirtualBorderRouter" by "VBR owner; the circuit owner while it is unconfirmed" {
        vbr_id: ResourceId = "VbrId", "Unconfirmed, active or terminated";
    }
    /// Starts a migration: makes a shared port for the tenant from a legacy VBR.
    CreateVpconnFromVbr = "CreateVpconnFromVbr" by "partner" {
        vbr_id: ResourceId = "VbrId", "An active cross-account VBR on the caller's circuit";
        order_mode: OrderMode = "OrderMode", "Who pays the port usage fee";
    }
    /// Ends a migration: hangs the legacy VBR on the accepted shared port.
    AttachVbrToVpconn = "AttachVbrToVpconn" by "partner" {
        vbr_id: ResourceId = "VbrId", "The VBR that was given to CreateVpconnFromVbr";
        vpconn_id: ResourceId = "VpconnId", "The shared port, Confirmed and Enabled";
    }
    /// Adds a custom route to a VBR's route table, asynchronously.
    CreateRouteEntry = "CreateRouteEntry" by "VBR owner" {
        route_table_id: ResourceId = "RouteTableId", "The VBR: it has one route table";
        destination_cidr_block: String = "DestinationCidrBlock", "An IPv4 prefix such as 10.1.0.0/16";
        next_hop_type: NextHopType = "NextHopType", "The circuit or the cloud";
    }
    /// Removes a custom route, asynchronously.
    DeleteRouteEntry = "DeleteRouteEntry" by "VBR owner" {
        route_table_id: ResourceId = "RouteTableId", "The VBR: it has one route table";
        destination_cidr_block: String = "DestinationCidrBlock", "The route's prefix";
    }
    /// Attaches a VBR to a transit router, asynchronously.
    CreateTransitRouterVbrAttachment = "CreateTransitRouterVbrAttachment" by "VBR owner" {
        vbr_id: ResourceId = "VbrId", "An active VBR";
        cen_id: Option<String> = "CenId", "The CEN instance";
        transit_router_id: Option<String> = "TransitRouterId", "The transit router";
    }
    /// Detaches a VBR from its transit router, asynchronously.
    DeleteTransitRouterVbrAttachment = "DeleteTransitRouterVbrAttachment" by "VBR owner" {
        transit_router_attachment_id: ResourceId = "TransitRouterAttachmentId", "The attachment";
    }
    /// Probes the customer's side of an attached VBR.
    EnableCenVbrHealthCheck = "EnableCenVbrHealthCheck" by "VBR owner" {
        vbr_instance_id: ResourceId = "VbrInstanceId", "A VBR that is attached to a transit router";
        cen_id: Option<String> = "CenId", "The CEN instance";
        health_check_source_ip: Option<String> = "HealthCheckSourceIp", "By default one of 100.96.0.0/16";
        health_check_target_ip: Option<String> = "HealthCheckTargetIp", "The VBR's PeerGatewayIp";
        health_check_interval: Option<i64> = "HealthCheckInterval", "2 or 3 s, default 2";
        healthy_threshold: Option<i64> = "HealthyThreshold", "3 to 8, default 8";
        health_check_only: Option<bool> = "HealthCheckOnly", "Probe without switching routes";
    }
    /// Stops the probes.
    DisableCenVbrHealthCheck = "DisableCenVbrHealthCheck" by "VBR owner" {
        vbr_instance_id: ResourceId = "VbrInstanceId", "The VBR";
        cen_id: Option<String> = "CenId", "The CEN instance";
    }
    /// Pays what is due on a shared port or circuit: acceptance, bandwidth change, occupancy.
    PayOrder = "Simulator.PayOrder" by "payer" {
        instance_id: ResourceId = "InstanceId", "The shared port or circuit";
    }
    /// The cloud locks or unlocks a circuit or shared port.
    SetBusinessStatus = "Simulator.SetBusinessStatus" by "system" {
        instance_id: ResourceId = "InstanceId", "The circuit or shared port";
        business_status: BusinessStatus = "BusinessStatus", "The lock state";
    }
    /// Outbound data transfer billing of an account lapses.
    LapseOutboundBilling = "Simulator.LapseOutboundBilling" by "system" {
        ali_uid: AccountRef = "AliUid", "Whose billing lapses";
    }
    /// First-time set-up, gate 1: the tenant signs with a partner.
    SignContract = "Simulator.SignContract" by "tenant" {
        partner: AccountRef = "Partner", "With whom";
    }
    /// First-time set-up, gate 2: the partner surveys the tenant's site.
    SurveySite = "Simulator.SurveySite" by "partner" {
        tenant: AccountRef = "Tenant", "Whose site";
    }
    /// First-time set-up, gate 3: the partner quotes.
    IssueQuote = "Simulator.IssueQuote" by "partner" {
        tenant: AccountRef = "Tenant", "For whom";
    }
    /// First-time set-up, gate 4: the partner builds the last mile, asynchronously.
    BuildLastMile = "Simulator.BuildLastMile" by "partner" {
        tenant: AccountRef = "Tenant", "For whom";
    }
    /// First-time set-up, gate 5: the tenant gives the partner its account id.
    GiveAccountId = "Simulator.GiveAccountId" by "tenant" {
        partner: AccountRef = "Partner", "To whom";
        ali_uid: Option<AccountRef> = "AliUid", "The id that is given; by default the right one";
    }
}
