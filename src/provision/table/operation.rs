//! Every operation, with its parameters by their API names: the table that parsing, dispatch,
//! schema and documentation share.

use super::asked_word::{AskedWord, LineOperator, PricingCycle};
use super::hole::{Bind, Hole};
use super::param::{AccountRef, Field, LineType, NextHopType, OrderMode, Reference};
use super::parse::{OperationInfo, ParamError, ParamInfo, Params};
use super::port_type::PortType;
use super::spec::Spec;
use crate::provision::circuit::BusinessStatus;
use crate::provision::ids::ResourceId;
use crate::provision::law::error::ApiError;
use crate::provision::law::state::{Apply, Cx, Guarded};

macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident $(<$r:ident>)? = $api:literal by $by:literal {
            $($field:ident: $ty:ty = $param:literal, $what:literal;)*
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
            pub struct $name $(<$r = ResourceId>)? { $(#[doc = $what] pub $field: $ty,)* }

            impl<R> From<$name $(<$r>)?> for Operation<R> {
                fn from(params: $name $(<$r>)?) -> Self {
                    Self::$name(Box::new(params))
                }
            }
        )*

        /// An operation with its parameters, not yet judged; `R` is how it names resources.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation<R = ResourceId> {
            $(#[doc = concat!("`", $api, "`.")] $name(Box<$name $(<$r>)?>),)*
        }

        /// Which operation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OperationName {
            $(#[doc = concat!("`", $api, "`.")] $name,)*
        }

        impl OperationName {
            /// Every operation, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The API's name of the operation.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $api,)* }
            }
        }

        impl Operation {
            /// Every operation, for the schema and the documentation.
            pub const TABLE: &'static [OperationInfo] = {
                type R = ResourceId;
                &[$(
                    OperationInfo {
                        name: $api,
                        by: $by,
                        what: concat!($($doc),*),
                        params: &[$(
                            ParamInfo {
                                name: $param,
                                required: <$ty as Field<R>>::REQUIRED,
                                kind: <$ty as Field<R>>::KIND,
                                what: $what,
                            },
                        )*],
                    },
                )*]
            };

            pub(in crate::provision) fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
                match self { $(Self::$name(params) => params.plan(cx),)* }
            }
        }

        impl<R> Operation<R> {
            /// Which operation it is.
            pub const fn operation(&self) -> OperationName {
                match self { $(Self::$name(_) => OperationName::$name,)* }
            }
        }

        impl<R: Reference> Operation<R> {
            pub(super) fn build(params: &Params<'_, R>) -> Result<Self, ParamError> {
                match params.operation {
                    $(OperationName::$name => Ok($name { $($field: params.take($param)?,)* }.into()),)*
                }
            }
        }

        impl Operation<Hole> {
            /// Every hole, in the order of the parameters.
            pub fn holes(&self) -> Vec<Hole> {
                let found = std::cell::RefCell::new(Vec::new());
                self.bind(&|hole| {
                    found.borrow_mut().push(hole);
                    ResourceId::UNBOUND
                });
                found.into_inner()
            }

            /// The operation with its holes filled. Every hole is given to `found`, which knows what a
            /// name stands for by now.
            pub fn bind(&self, found: &dyn Fn(Hole) -> ResourceId) -> Operation {
                match self {
                    $(Self::$name(params) => {
                        let _ = params;
                        $name { $($field: params.$field.bind(found),)* }.into()
                    })*
                }
            }
        }
    };
}

operations! {
    /// Applies for a circuit at an access point.
    CreatePhysicalConnection<R> = "CreatePhysicalConnection" by "circuit owner" {
        access_point_id: String = "AccessPointId", "The access point, ap-...";
        line_operator: Option<AskedWord<LineOperator>> = "LineOperator", "CT, CU, CM or CO in China; Equinix or Other abroad";
        port_type: Option<AskedWord<PortType>> = "PortType", "100Base-T, 1000Base-T (default), 1000Base-LX, 10GBase-T, 10GBase-LR, 40GBase-LR, 100GBase-LR";
        bandwidth: i64 = "bandwidth", "Mbit/s: 50 to 10000, from the API's list";
        redundant_physical_connection_id: Option<R> = "RedundantPhysicalConnectionId", "Another circuit of the same account, Allocated, Confirmed or Enabled";
        circuit_code: Option<String> = "CircuitCode", "The carrier's circuit id";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// Orders the initial installation (no fee is charged); the access point then allots a port.
    CreatePhysicalConnectionSetupOrder<R> = "CreatePhysicalConnectionSetupOrder" by "circuit owner" {
        access_point_id: Option<String> = "AccessPointId", "The access point, as in the application";
        physical_connection_id: R = "PhysicalConnectionId", "An Approved circuit";
    }
    /// Applies for the letter of authorisation that lets the carrier build.
    ApplyPhysicalConnectionLOA<R> = "ApplyPhysicalConnectionLOA" by "circuit owner" {
        instance_id: R = "InstanceId", "The circuit";
        line_type: LineType = "LineType", "What the carrier lays";
        bandwidth: Option<i64> = "Bandwidth", "Mbit/s, 2 to 10240";
        company_name: Option<String> = "CompanyName", "Who builds";
        si: Option<String> = "Si", "The system integrator";
        construction_time: Option<String> = "ConstructionTime", "When they build";
    }
    /// Declares that the carrier builds; the letter is complete when the building is.
    CompletePhysicalConnectionLOA<R> = "CompletePhysicalConnectionLOA" by "circuit owner" {
        instance_id: R = "InstanceId", "The circuit";
        line_code: Option<String> = "LineCode", "The carrier's code";
        line_label: Option<String> = "LineLabel", "The carrier's label";
    }
    /// Orders the port occupancy of a built circuit.
    CreatePhysicalConnectionOccupancyOrder<R> = "CreatePhysicalConnectionOccupancyOrder" by "circuit owner" {
        physical_connection_id: R = "PhysicalConnectionId", "A circuit whose letter of authorisation is Complete";
        period: Option<i64> = "Period", "1 to 9 months or 1 to 5 years";
        pricing_cycle: Option<AskedWord<PricingCycle>> = "PricingCycle", "Month or Year";
        auto_pay: Option<bool> = "AutoPay", "Pay at once; otherwise the order waits for payment";
    }
    /// A tenant accepts a shared port ("Accept and Pay"); an owner confirms a dedicated circuit.
    ConfirmPhysicalConnection<R> = "ConfirmPhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: R = "PhysicalConnectionId", "The circuit or shared port";
    }
    /// Enables a confirmed circuit: success first, the state later.
    EnablePhysicalConnection<R> = "EnablePhysicalConnection" by "circuit owner" {
        physical_connection_id: R = "PhysicalConnectionId", "A Confirmed circuit";
    }
    /// Changes a circuit's bandwidth, redundant circuit, code, name or description.
    ModifyPhysicalConnectionAttribute<R> = "ModifyPhysicalConnectionAttribute" by "circuit owner" {
        physical_connection_id: R = "PhysicalConnectionId", "The circuit";
        bandwidth: Option<i64> = "bandwidth", "Mbit/s, 2 to 10240; in Initial, Enabled and Rejected only";
        redundant_physical_connection_id: Option<R> = "RedundantPhysicalConnectionId", "In Initial, Enabled and Rejected only";
        circuit_code: Option<String> = "CircuitCode", "The carrier's circuit id";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// Cancels a circuit or shared port before it is enabled.
    CancelPhysicalConnection<R> = "CancelPhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: R = "PhysicalConnectionId", "In Initial, Approved, Allocated or Confirmed";
    }
    /// Takes an enabled circuit or shared port out of use, after its VBRs and shared ports are gone.
    TerminatePhysicalConnection<R> = "TerminatePhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: R = "PhysicalConnectionId", "In Enabled";
    }
    /// Brings a terminated shared port back; dedicated circuits cannot be recovered.
    RecoverPhysicalConnection<R> = "RecoverPhysicalConnection" by "owner of the shared port" {
        instance_id: R = "InstanceId", "A Terminated shared port";
    }
    /// Deletes a circuit or shared port that is not in use.
    DeletePhysicalConnection<R> = "DeletePhysicalConnection" by "owner of the circuit or shared port" {
        physical_connection_id: R = "PhysicalConnectionId", "In Allocated, Confirmed, Rejected, Canceled, AllocationFailed or Terminated";
    }
    /// Enables outbound data transfer billing for the caller's account.
    OpenPhysicalConnectionService = "OpenPhysicalConnectionService" by "tenant" {
    }
    /// Reads whether outbound data transfer billing is enabled for the caller's account.
    GetPhysicalConnectionServiceStatus = "GetPhysicalConnectionServiceStatus" by "tenant" {
    }
    /// Sells a tenant a shared port on an enabled circuit.
    CreateVirtualPhysicalConnection<R> = "CreateVirtualPhysicalConnection" by "partner" {
        physical_connection_id: R = "PhysicalConnectionId", "The partner's Enabled circuit";
        vpconn_ali_uid: AccountRef = "VpconnAliUid", "The tenant's account";
        vlan_id: i64 = "VlanId", "0 (untagged) to 2999, free on the circuit";
        spec: AskedWord<Spec> = "Spec", "50M 100M 200M 300M 400M 500M 1G; 2G 5G 8G 10G through an account manager";
        order_mode: OrderMode = "OrderMode", "Who pays the port usage fee";
        name: Option<String> = "Name", "2 to 128 characters";
        description: Option<String> = "Description", "2 to 256 characters";
    }
    /// Changes a shared port's VLAN (by policy) or orders another bandwidth, effective once paid.
    UpdateVirtualPhysicalConnection<R> = "UpdateVirtualPhysicalConnection" by "partner" {
        instance_id: R = "InstanceId", "The shared port";
        vlan_id: i64 = "VlanId", "0 to 2999; the VLAN it has, or another one where the policy admits it";
        expect_spec: Option<AskedWord<Spec>> = "ExpectSpec", "The bandwidth to order";
    }
    /// Creates a VBR: on an own circuit, for another account (legacy), or on an accepted shared port.
    CreateVirtualBorderRouter<R> = "CreateVirtualBorderRouter" by "circuit owner, or tenant on a shared port" {
        physical_connection_id: R = "PhysicalConnectionId", "The circuit or shared port";
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
    ConfirmVirtualBorderRouter<R> = "Simulator.ConfirmVirtualBorderRouter" by "tenant" {
        vbr_id: R = "VbrId", "An unconfirmed VBR";
    }
    /// Changes a VBR: VLAN and circuit code by the circuit's owner, addresses and BFD by its own.
    ModifyVirtualBorderRouterAttribute<R> = "ModifyVirtualBorderRouterAttribute" by "VBR owner, or circuit owner" {
        vbr_id: R = "VbrId", "The VBR";
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
    UpdateVirtualBorderBandwidth<R> = "UpdateVirtualBorderBandwidth" by "circuit owner" {
        virtual_border_router_id: R = "VirtualBorderRouterId", "A VBR directly on a circuit";
        bandwidth: i64 = "Bandwidth", "Mbit/s from the API's list";
    }
    /// Takes a VBR out of use; its VLAN stays reserved for seven days.
    TerminateVirtualBorderRouter<R> = "TerminateVirtualBorderRouter" by "circuit owner" {
        vbr_id: R = "VbrId", "An active VBR";
    }
    /// Brings a terminated VBR back, if its VLAN was not taken meanwhile.
    RecoverVirtualBorderRouter<R> = "RecoverVirtualBorderRouter" by "circuit owner" {
        vbr_id: R = "VbrId", "A terminated VBR";
    }
    /// Deletes a VBR that nothing depends on.
    DeleteVirtualBorderRouter<R> = "DeleteVirtualBorderRouter" by "VBR owner; the circuit owner while it is unconfirmed" {
        vbr_id: R = "VbrId", "Unconfirmed, active or terminated";
    }
    /// Starts a migration: makes a shared port for the tenant from a legacy VBR.
    CreateVpconnFromVbr<R> = "CreateVpconnFromVbr" by "partner" {
        vbr_id: R = "VbrId", "An active cross-account VBR on the caller's circuit";
        order_mode: Option<OrderMode> = "OrderMode", "Who pays the port usage fee; without it the policy `converted_port_payer` says";
    }
    /// Ends a migration: hangs the legacy VBR on the accepted shared port.
    AttachVbrToVpconn<R> = "AttachVbrToVpconn" by "partner" {
        vbr_id: R = "VbrId", "The VBR that was given to CreateVpconnFromVbr";
        vpconn_id: R = "VpconnId", "The shared port, Confirmed and Enabled";
    }
    /// Adds a custom route to a VBR's route table, asynchronously.
    CreateRouteEntry<R> = "CreateRouteEntry" by "VBR owner" {
        route_table_id: R = "RouteTableId", "The VBR: it has one route table";
        destination_cidr_block: String = "DestinationCidrBlock", "An IPv4 prefix such as 10.1.0.0/16";
        next_hop_type: NextHopType = "NextHopType", "The circuit or the cloud";
    }
    /// Removes a custom route, asynchronously.
    DeleteRouteEntry<R> = "DeleteRouteEntry" by "VBR owner" {
        route_table_id: R = "RouteTableId", "The VBR: it has one route table";
        destination_cidr_block: String = "DestinationCidrBlock", "The route's prefix";
    }
    /// Attaches a VBR to a transit router, asynchronously.
    CreateTransitRouterVbrAttachment<R> = "CreateTransitRouterVbrAttachment" by "VBR owner" {
        vbr_id: R = "VbrId", "An active VBR";
        cen_id: Option<String> = "CenId", "The CEN instance";
        transit_router_id: Option<String> = "TransitRouterId", "The transit router";
    }
    /// Detaches a VBR from its transit router, asynchronously.
    DeleteTransitRouterVbrAttachment<R> = "DeleteTransitRouterVbrAttachment" by "VBR owner" {
        transit_router_attachment_id: R = "TransitRouterAttachmentId", "The attachment";
    }
    /// Probes the customer's side of an attached VBR.
    EnableCenVbrHealthCheck<R> = "EnableCenVbrHealthCheck" by "VBR owner" {
        vbr_instance_id: R = "VbrInstanceId", "A VBR that is attached to a transit router";
        cen_id: Option<String> = "CenId", "The CEN instance";
        health_check_source_ip: Option<String> = "HealthCheckSourceIp", "By default one of 100.96.0.0/16";
        health_check_target_ip: Option<String> = "HealthCheckTargetIp", "The VBR's PeerGatewayIp";
        health_check_interval: Option<i64> = "HealthCheckInterval", "2 or 3 s, default 2";
        healthy_threshold: Option<i64> = "HealthyThreshold", "3 to 8, default 8";
        health_check_only: Option<bool> = "HealthCheckOnly", "Probe without switching routes";
    }
    /// Stops the probes.
    DisableCenVbrHealthCheck<R> = "DisableCenVbrHealthCheck" by "VBR owner" {
        vbr_instance_id: R = "VbrInstanceId", "The VBR";
        cen_id: Option<String> = "CenId", "The CEN instance";
    }
    /// Pays what is due on a shared port or circuit: acceptance, bandwidth change, occupancy.
    PayOrder<R> = "Simulator.PayOrder" by "payer" {
        instance_id: R = "InstanceId", "The shared port or circuit";
    }
    /// The cloud locks or unlocks a circuit or shared port.
    SetBusinessStatus<R> = "Simulator.SetBusinessStatus" by "system" {
        instance_id: R = "InstanceId", "The circuit or shared port";
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
