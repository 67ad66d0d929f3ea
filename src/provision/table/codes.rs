//! Every code that a call can answer, with its explanation.
//!
//! Codes without a prefix are the API's own, as found in its documentation. Where none was found,
//! the simulator names one; those begin with `Simulator.` and make no claim about the API.

use std::fmt;

/// A code and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable code.
    pub code: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What leads to it and what helps.
    pub explanation: &'static str,
    /// Which operations answer it; `*`: any.
    pub operations: &'static [&'static str],
}

impl Code {
    /// Is it one of the simulator's own?
    pub fn is_simulator(&self) -> bool {
        self.code.starts_with("Simulator.")
    }
    /// The entry of that code, in whatever case it is written.
    pub fn find(code: &str) -> Option<&'static Self> {
        CODES.iter().find(|c| c.code.eq_ignore_ascii_case(code.trim()))
    }
}

/// One of [`CODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(u16);

impl ErrorCode {
    /// Every code, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CODES.len() as u16).map(Self)
    }
    /// The code with exactly this text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|code| code.as_str() == text)
    }
    /// What it means.
    pub fn entry(self) -> &'static Code {
        &CODES[usize::from(self.0)]
    }
    /// The stable text.
    pub fn as_str(self) -> &'static str {
        self.entry().code
    }
    /// Is it what a dry run answers that would have succeeded?
    pub fn is_dry_run(self) -> bool {
        self.as_str() == DRY_RUN
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $summary:literal, $explanation:literal, [$($op:literal),*];)*) => {
        $(pub(in crate::provision) const $name: &str = $code;)*
        /// Every code, the API's own first.
        pub const CODES: &[Code] = &[$(
            Code { code: $code, summary: $summary, explanation: $explanation, operations: &[$($op),*] },
        )*];
    };
}

codes! {
    DRY_RUN = "DRYRUN.SUCCESS", "a dry run that would have succeeded",
        "The call asked with DryRun whether it would succeed. It would; nothing was changed. CreateVpconnFromVbr, AttachVbrToVpconn and UpdateVirtualPhysicalConnection answer with the request's id instead: their dry run ends like a call that is accepted.", ["*"];
    QUOTA_VPCONN = "QuotaExceeded.VPCONN", "the shared port has its one VBR",
        "The quota of VBR_COUNT_PER_VPCONN is exceeded, usage 1/1: a shared port carries exactly one VBR. Delete the VBR on it first, or use the one that is there.",
        ["AttachVbrToVpconn", "CreateVirtualBorderRouter"];
    VBR_BOUND = "OperationFailed.VbrBindedPconn", "the VBR hangs on a shared port already",
        "A legacy VBR can be converted once. This one was attached to a shared port before.",
        ["AttachVbrToVpconn", "CreateVpconnFromVbr"];
    CONNECTION_NOT_FOUND = "ResourceNotFound.PhysicalConnectionId", "no such circuit or shared port for this caller",
        "The id names nothing, or something of the wrong kind, or another account's resource: an account sees only its own.",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection", "AttachVbrToVpconn", "RecoverPhysicalConnection", "Simulator.PayOrder", "Simulator.SetBusinessStatus"];
    CONNECTION_STATUS = "IncorrectStatus.PhysicalConnection", "the circuit or shared port is not Enabled",
        "The operation needs an Enabled circuit (to sell shared ports on it, to recover a VBR) or a shared port that the tenant has confirmed and that is Enabled (to attach the VBR).",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection", "CreateVpconnFromVbr", "AttachVbrToVpconn", "RecoverVirtualBorderRouter"];
    TRAFFIC_NOT_ENABLED = "OperationFailed.PconnTrafficNotEnable", "outbound data transfer billing is off",
        "A tenant can accept a shared port only after enabling outbound data transfer billing with OpenPhysicalConnectionService.",
        ["ConfirmPhysicalConnection", "CreateVpconnFromVbr"];
    PC_NOT_FOUND = "InvalidPhysicalConnectionId.NotFound", "no such circuit or shared port for this caller",
        "The id names nothing, or another account's resource. A shared port is accepted by the account it was made for and by nobody else.",
        ["ConfirmPhysicalConnection", "EnablePhysicalConnection", "ModifyPhysicalConnectionAttribute", "CancelPhysicalConnection", "TerminatePhysicalConnection", "DeletePhysicalConnection", "CreateVirtualBorderRouter", "ApplyPhysicalConnectionLOA", "CompletePhysicalConnectionLOA", "CreatePhysicalConnectionSetupOrder", "CreatePhysicalConnectionOccupancyOrder"];
    ILLEGAL_VLAN = "IllegalParam.VlanId", "the VLAN is not 0 to 2999",
        "A shared port's VLAN is 0 (untagged) to 2999. VLANs 3000 to 4094 exist on the wire and are not offered.",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection"];
    NOT_ALLOWED_IN_STATE = "Forbidden.NotAllowedInState", "the circuit's or shared port's state forbids it",
        "Each operation is allowed from certain life-cycle states only; the message names the state that was found and the states that would do.",
        ["ConfirmPhysicalConnection", "EnablePhysicalConnection", "ModifyPhysicalConnectionAttribute", "CancelPhysicalConnection", "TerminatePhysicalConnection", "RecoverPhysicalConnection", "DeletePhysicalConnection", "CreatePhysicalConnectionSetupOrder", "ApplyPhysicalConnectionLOA", "CompletePhysicalConnectionLOA"];
    VBR_ATTACHED = "Forbidden.VbrAttached", "a VBR is still attached",
        "Delete the VBRs first: resources go from the cloud side outwards.", ["TerminatePhysicalConnection"];
    VPCONN_ATTACHED = "OperationFailed.VpconnAttached", "shared ports are still on the circuit",
        "A circuit can be terminated after every shared port on it is deleted by its owner.", ["TerminatePhysicalConnection"];
    LOCKED = "OperationFailed.ResourceLockedBySystem", "the resource is locked",
        "The circuit or shared port is FinancialLocked or SecurityLocked; it cannot be changed until the lock is lifted.",
        ["TerminatePhysicalConnection", "CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection", "ConfirmPhysicalConnection", "CreateVirtualBorderRouter", "CreateVpconnFromVbr", "AttachVbrToVpconn", "CreateRouteEntry", "RecoverVirtualBorderRouter", "RecoverPhysicalConnection"];
    VBR_EXISTS = "Forbidden.VBRExists", "a VBR is on the circuit",
        "The circuit cannot be deleted while VBRs hang on it.", ["DeletePhysicalConnection"];
    ASSOCIATE_TO_VBR = "Forbidden.AssociateToVBR", "a VBR is on the shared port",
        "The shared port cannot be deleted while its VBR hangs on it.", ["DeletePhysicalConnection"];
    NEED_VPCONN_OWNER = "OperationDenied.NeedVpconnOwner", "only the shared port's owner may do this",
        "A shared port lives in the tenant's account. The partner who made it does not own it.",
        ["DeletePhysicalConnection", "TerminatePhysicalConnection", "CancelPhysicalConnection", "RecoverPhysicalConnection"];
    ENABLE_RUNNING = "INSTANCE.STATUS.NOT.ALLOW", "the circuit is being enabled",
        "EnablePhysicalConnection answers at once and works on; a second call meanwhile is refused.", ["EnablePhysicalConnection"];
    VLAN_USED = "InvalidVlanId.Used", "the VLAN is in use on this circuit",
        "VLANs of two VBRs on one circuit must differ, shared ports count, and a terminated VBR keeps its VLAN for seven days.",
        ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    VLAN_MALFORMED = "InvalidVlanId.Malformed", "the VLAN is missing or not 0 to 2999",
        "A VBR's VLAN is 0 (untagged) to 2999, given by the circuit's owner.",
        ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    PC_NOT_ENABLED = "InvalidPhysicalConnectionId.NotEnabled", "the circuit or shared port is not enabled",
        "A VBR needs an Enabled circuit; on a shared port, one that the tenant has accepted and that is Enabled.", ["CreateVirtualBorderRouter"];
    CIRCUIT_CODE = "InvalidCircuitCode.Malformed", "the circuit code is not the caller's to set, or malformed",
        "Only the circuit's owner sets a circuit code, of 1 to 256 characters.",
        ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute", "CreatePhysicalConnection", "ModifyPhysicalConnectionAttribute"];
    IP_MALFORMED = "InvalidIp.Malformed", "the interconnect's addresses are not right",
        "LocalGatewayIp, PeerGatewayIp and PeeringSubnetMask come together: two different host addresses of one subnet, mask /24 to /30.",
        ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    VBR_NOT_FOUND = "InvalidVbrId.NotFound", "no such VBR for this caller",
        "The id names nothing, or a VBR that neither belongs to the caller nor hangs on the caller's circuit.", ["*"];
    VBR_STATE = "InvalidOperation.OperationNotAllowedInState", "the VBR's state forbids it",
        "The message names the state that was found and the states that would do.",
        ["ModifyVirtualBorderRouterAttribute", "UpdateVirtualBorderBandwidth", "TerminateVirtualBorderRouter", "RecoverVirtualBorderRouter", "DeleteVirtualBorderRouter", "CreateVpconnFromVbr", "AttachVbrToVpconn", "Simulator.ConfirmVirtualBorderRouter", "CreateTransitRouterVbrAttachment"];
    VLAN_TAKEN_MEANWHILE = "OperationFailed.VlanIdAlreadyInUse", "the VLAN was taken meanwhile",
        "The seven days in which a terminated VBR keeps its VLAN are over, and somebody else uses it now.", ["RecoverVirtualBorderRouter"];
    NOT_BY_USER = "Forbidden.OperationNotAllowedByUser", "this account may not do this",
        "VLAN, bandwidth, termination and recovery of a VBR belong to the owner of the line it hangs on; addresses, routes and attachments to the VBR's owner. Migrating to a shared port moves the former from partner to tenant.",
        ["ModifyVirtualBorderRouterAttribute", "UpdateVirtualBorderBandwidth", "TerminateVirtualBorderRouter", "RecoverVirtualBorderRouter", "DeleteVirtualBorderRouter", "CreateVirtualBorderRouter", "CreateRouteEntry", "DeleteRouteEntry", "CreateTransitRouterVbrAttachment", "DeleteTransitRouterVbrAttachment", "EnableCenVbrHealthCheck", "DisableCenVbrHealthCheck", "Simulator.ConfirmVirtualBorderRouter"];
    TASK_CONFLICT = "TaskConflict", "another task runs on this VBR",
        "Routes are written asynchronously; a call that meets another one on the same VBR is refused and can be repeated.", ["CreateRouteEntry", "DeleteRouteEntry"];
    ROUTE_IN_MIDDLE = "OperationDenied.VbrHasRouteEntryInMiddleStatus", "a route of the VBR is being written or removed",
        "Wait until the VBR's routes are settled, then delete it.", ["DeleteVirtualBorderRouter"];

    UNKNOWN_ACCOUNT = "Simulator.UnknownAccount", "the caller is no account of this world",
        "The driver called with an account that the scenario does not define.", ["*"];
    TOKEN_MISMATCH = "Simulator.TokenParameterMismatch", "the token was used for another request",
        "A token makes repeats of one request idempotent. The same token with other parameters is a mistake.", ["*"];
    NO_PERMISSION = "Simulator.SharedPortPermissionMissing", "the caller may not sell shared ports",
        "Selling shared ports takes a permission that the cloud gives to partners; the caller's role is not partner.",
        ["CreateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    SYSTEM_ONLY = "Simulator.SystemOnly", "only the cloud does this",
        "Locks and lapses are the system's doing; give the step to an account of role system.",
        ["Simulator.SetBusinessStatus", "Simulator.LapseOutboundBilling"];
    NOT_CIRCUIT_OWNER = "Simulator.NotCircuitOwner", "only the circuit's owner may do this",
        "VLAN and bandwidth of a shared port are the partner's to change, and order mode the partner's to choose; the tenant asks the partner.",
        ["UpdateVirtualPhysicalConnection"];
    VLAN_IN_USE = "Simulator.VlanIdInUse", "the VLAN is in use on this circuit",
        "No VBR and no shared port on the circuit may use the VLAN, and no retained VLAN is free before its time. The API's own code for this was not found.",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection"];
    VLAN_ZERO = "Simulator.VlanZeroIsAlone", "VLAN 0 does not share a circuit",
        "VLAN 0 makes the circuit one untagged routed port for one VBR. It can be used only on a circuit without other VLANs, and no other VLAN beside it (policy vlan0_coexists).",
        ["CreateVirtualBorderRouter", "CreateVirtualPhysicalConnection", "ModifyVirtualBorderRouterAttribute", "RecoverVirtualBorderRouter", "UpdateVirtualPhysicalConnection"];
    SPEC_UNKNOWN = "Simulator.SpecNotOffered", "there is no such spec",
        "Shared ports come in 50M, 100M, 200M, 300M, 400M, 500M, 1G, 2G, 5G, 8G and 10G.",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    SPEC_LARGE = "Simulator.SpecNeedsAccountManager", "2G and more go through the account manager",
        "The partner has not been cleared for specs of 2G, 5G, 8G and 10G.",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    SPEC_NOT_SOLD = "Simulator.SpecNotSold", "this partner does not sell that spec",
        "The scenario lists what the partner sells; the spec is not in it.",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    SPEC_SUM = "Simulator.CircuitBandwidthExceeded", "the spec is more than is left on the circuit",
        "The specs of a circuit's shared ports sum to at most its bandwidth; ordered upgrades count (policy sum_of_specs). The API's own code for this was not found.",
        ["CreateVirtualPhysicalConnection", "UpdateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    TENANT_NOT_FOUND = "Simulator.TenantNotFound", "nobody has that account id",
        "The uid given is no account of this world. A wrong uid that somebody has is not refused: the shared port lands in that stranger's account.",
        ["CreateVirtualPhysicalConnection", "CreateVirtualBorderRouter", "Simulator.LapseOutboundBilling", "Simulator.SignContract", "Simulator.SurveySite", "Simulator.IssueQuote", "Simulator.BuildLastMile", "Simulator.GiveAccountId"];
    TENANT_NOT_MAIN = "Simulator.TenantNotMainAccount", "the tenant is not a main account",
        "Shared ports are made for main accounts: no RAM user, no partner account.", ["CreateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    TENANT_OTHER_SITE = "Simulator.TenantOtherSite", "partner and tenant are registered at different sites",
        "The tenant's account must be of the partner's site (cn or intl).", ["CreateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    PORT_QUOTA = "Simulator.QuotaSharedPortsPerCircuit", "the circuit has its quota of shared ports",
        "A quota exists; its number was not found and is the policy shared_ports_per_circuit.", ["CreateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    HAS_QOS = "Simulator.CircuitHasQosPolicy", "a QoS policy is bound to the circuit",
        "Circuits with a QoS policy carry no shared ports.", ["CreateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    NO_MPBGP = "Simulator.DeviceWithoutMpbgp", "the access device lacks MPBGP",
        "Shared ports need an access device that supports multiprotocol BGP.", ["CreateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    AP_NO_PORTS = "Simulator.AccessPointWithoutSharedPorts", "the access point allows no shared ports",
        "Choose a circuit at an access point that allows them.", ["CreateVirtualPhysicalConnection", "CreateVpconnFromVbr"];
    GATE_CLOSED = "Simulator.SetupGateNotPassed", "the first-time set-up is not through",
        "This partner's tenants first pass, in order: contract, survey, quote, last mile, account id; the shared port goes to the account id that was given (policy setup_gates).",
        ["CreateVirtualPhysicalConnection"];
    GATE_ORDER = "Simulator.SetupGateOutOfOrder", "the gates of a first-time set-up come in order",
        "Contract, survey, quote, build, account id: each once, each after the one before.",
        ["Simulator.SignContract", "Simulator.SurveySite", "Simulator.IssueQuote", "Simulator.BuildLastMile", "Simulator.GiveAccountId"];
    VLAN_UPDATE = "Simulator.VlanUpdateRefused", "the shared port's VLAN is fixed by now",
        "One page says that the VLAN cannot be modified, the API takes it: the policy vlan_update decides, by default until the tenant accepts. A port that a conversion made keeps its VBR's VLAN.",
        ["UpdateVirtualPhysicalConnection"];
    INHERITED = "Simulator.InheritedFromSharedPort", "a VBR takes this from its shared port",
        "On a shared port, VLAN and bandwidth are the port's; they cannot be set or changed at the VBR.",
        ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute", "UpdateVirtualBorderBandwidth"];
    VBR_QUOTA = "Simulator.QuotaVbrsPerCircuit", "the account has its quota of VBRs on this circuit",
        "Policy vbr_per_circuit_same_account, documented default 5.", ["CreateVirtualBorderRouter"];
    CROSS_ON_PORT = "Simulator.CrossAccountOnSharedPort", "a VBR on a shared port belongs to the port's owner",
        "VbrOwnerId is for the legacy mode, on a circuit.", ["CreateVirtualBorderRouter"];
    BANDWIDTH = "Simulator.BandwidthNotOffered", "there is no such bandwidth",
        "Circuits are ordered with 50 to 10000 Mbit/s and modified to 2 to 10240; VBRs are throttled to 50, 100, ... 102400 Mbit/s, by the API's lists.",
        ["CreatePhysicalConnection", "ModifyPhysicalConnectionAttribute", "ApplyPhysicalConnectionLOA", "CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute", "UpdateVirtualBorderBandwidth"];
    BANDWIDTH_BELOW = "Simulator.BandwidthBelowAllocated", "shared ports hold more than that",
        "A circuit cannot shrink below what its shared ports hold.", ["ModifyPhysicalConnectionAttribute"];
    BFD_RANGE = "Simulator.BfdOutOfRange", "a BFD timer is out of range",
        "MinTxInterval and MinRxInterval are 200 to 1000 ms, DetectMultiplier 3 to 10.", ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    MTU = "Simulator.MtuNotOffered", "there is no such MTU",
        "1500, and with an Express Connect router 8500.", ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    MTU_ECR = "Simulator.MtuNeedsEcr", "8500 octets need an Express Connect router",
        "Jumbo frames exist only for VBRs attached to an ECR, and for all of its members at once.", ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    ECR = "Simulator.EcrNotModelled", "Express Connect routers are not modelled",
        "SitelinkEnable works through an ECR.", ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    IPV6 = "Simulator.Ipv6NotModelled", "IPv6 on a VBR is not modelled",
        "IPv6 frames are forwarded like any payload; an IPv6 address of a VBR is refused rather than ignored.", ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    RESERVED_ADDRESS = "Simulator.ReservedAddress", "100.64.0.0/10 is reserved",
        "The interconnect and the data centre must not use 100.64.0.0/10, which the cloud uses itself.", ["CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute", "CreateRouteEntry"];
    NAME = "Simulator.NameMalformed", "the name or description breaks the rules",
        "Names have 2 to 128 characters, descriptions 2 to 256; both start with a letter or a Chinese character and not with http:// or https://.",
        ["CreatePhysicalConnection", "ModifyPhysicalConnectionAttribute", "CreateVirtualPhysicalConnection", "CreateVirtualBorderRouter", "ModifyVirtualBorderRouterAttribute"];
    CONVERTING = "Simulator.ConversionInProgress", "the VBR's VLAN has a shared port already",
        "CreateVpconnFromVbr was called for this VBR before. Attach the VBR, or have the tenant delete that shared port to roll back.",
        ["CreateVpconnFromVbr", "ModifyVirtualBorderRouterAttribute"];
    NOT_CROSS_ACCOUNT = "Simulator.VbrNotCrossAccount", "the VBR is the partner's own",
        "Only a VBR that belongs to another account is converted.", ["CreateVpconnFromVbr"];
    VBR_SPEC = "Simulator.VbrBandwidthNotASpec", "no spec corresponds to the VBR's bandwidth",
        "The shared port takes the VBR's bandwidth. Give the VBR one that shared ports are sold in, or say by the policy convert_spec what it becomes; for a VBR that has none of its own, the policy converted_spec may name a spec.", ["CreateVpconnFromVbr"];
    NOT_STEP_ONE = "Simulator.VbrNotOfThisConversion", "the shared port was made from another VBR, or from none",
        "AttachVbrToVpconn takes the very VBR that was given to CreateVpconnFromVbr.", ["AttachVbrToVpconn"];
    ROUTE_VBR = "Simulator.RouteNeedsActiveVbr", "routes need an active VBR on an enabled line",
        "The VBR must be active, and its circuit (and shared port) Enabled.", ["CreateRouteEntry"];
    ROUTE_QUOTA = "Simulator.QuotaRoutesPerVbr", "the VBR has its quota of custom routes",
        "Policy routes_per_vbr, documented default 200.", ["CreateRouteEntry"];
    ROUTE_EXISTS = "Simulator.RouteExists", "the VBR has a route to this prefix",
        "One next hop per prefix: delete the route first.", ["CreateRouteEntry"];
    ROUTE_NOT_FOUND = "Simulator.RouteNotFound", "the VBR has no route to this prefix",
        "Nothing to delete, or it is not written yet.", ["DeleteRouteEntry"];
    CIDR = "Simulator.CidrMalformed", "this is not an IPv4 prefix",
        "Write it like 10.1.0.0/16, with the host bits zero.", ["CreateRouteEntry", "DeleteRouteEntry"];
    AP_NOT_FOUND = "Simulator.AccessPointNotFound", "there is no such access point",
        "Access points are defined by the scenario.", ["CreatePhysicalConnection", "CreatePhysicalConnectionSetupOrder"];
    FIELD = "Simulator.FieldNotOffered", "a field has a value that the API does not list",
        "LineOperator is CT, CU, CM, CO, Equinix or Other; PortType is 100Base-T to 100GBase-LR; PricingCycle is Month or Year, Period 1 to 9 or 1 to 5; OrderMode and LineType by their lists.",
        ["CreatePhysicalConnection", "CreatePhysicalConnectionOccupancyOrder"];
    AP_QUOTA = "Simulator.QuotaCircuitsPerAccessPoint", "the account has its quota of circuits at this access point",
        "Policy circuits_per_access_point, documented default 2.", ["CreatePhysicalConnection"];
    UNFINISHED_QUOTA = "Simulator.TooManyUnfinishedCircuits", "more than five circuits are not Enabled",
        "Enable or cancel some first.", ["CreatePhysicalConnection"];
    OVERDUE = "Simulator.AccountOverdue", "a circuit of the account is overdue",
        "Pay it first.", ["CreatePhysicalConnection"];
    REDUNDANT = "Simulator.RedundantCircuitNotUsable", "the redundant circuit will not do",
        "It must be another circuit of the same account, Allocated, Confirmed or Enabled.", ["CreatePhysicalConnection", "ModifyPhysicalConnectionAttribute"];
    LOA = "Simulator.LoaNotInPlace", "the letter of authorisation is not that far",
        "Apply, wait for it, have the carrier build, complete it; then order the port occupancy and confirm.",
        ["ApplyPhysicalConnectionLOA", "CompletePhysicalConnectionLOA", "CreatePhysicalConnectionOccupancyOrder", "ConfirmPhysicalConnection"];
    ORDER = "Simulator.OrderNotPaid", "an order waits for payment",
        "Pay it, with AutoPay or Simulator.PayOrder.", ["ConfirmPhysicalConnection", "CreatePhysicalConnectionOccupancyOrder", "EnablePhysicalConnection"];
    NOTHING_TO_PAY = "Simulator.NothingToPay", "no order of this resource waits for payment",
        "Acceptance by a paying tenant, a bandwidth change and a port occupancy order are paid; nothing else is.", ["Simulator.PayOrder"];
    NOT_PAYER = "Simulator.NotThePayer", "somebody else pays for this",
        "The payer of a shared port is the partner or the tenant by its OrderMode; of a circuit, its owner.", ["Simulator.PayOrder"];
    ONLY_SHARED = "Simulator.OnlySharedPortsRecover", "a dedicated circuit cannot be recovered",
        "Only shared Express Connect circuits can be recovered.", ["RecoverPhysicalConnection"];
    ATTACHMENT_NOT_FOUND = "Simulator.AttachmentNotFound", "no such attachment for this caller",
        "The id names nothing, or another account's attachment.", ["DeleteTransitRouterVbrAttachment"];
    ATTACHMENT_BUSY = "IncorrectStatus.Status", "the attachment is coming or going",
        "An attachment that is being made or deleted takes no other call. Clients wait and try again. Which of two codes is answered is the policy busy_attachment.",
        ["CreateTransitRouterVbrAttachment", "DeleteTransitRouterVbrAttachment"];
    ATTACHMENT_BLOCKING = "Operation.Blocking", "the attachment is coming or going",
        "The other answer that public clients take for a busy attachment, by the policy busy_attachment.",
        ["CreateTransitRouterVbrAttachment", "DeleteTransitRouterVbrAttachment"];
    ATTACHMENT_STATE = "Simulator.AttachmentStatus", "the attachment's state forbids it",
        "A VBR joins one transit router; an attachment is deleted when it is Attached and its health check is off.",
        ["CreateTransitRouterVbrAttachment", "DeleteTransitRouterVbrAttachment"];
    VBR_HAS_ATTACHMENT = "Simulator.VbrHasAttachment", "the VBR is attached to a transit router",
        "Resources go from the cloud side outwards: detach the VBR first.", ["DeleteVirtualBorderRouter"];
    NOT_ATTACHED = "Simulator.VbrNotAttached", "the VBR is not attached to a transit router",
        "Health checks belong to an attachment.", ["EnableCenVbrHealthCheck", "DisableCenVbrHealthCheck"];
    HEALTH_RANGE = "Simulator.HealthCheckOutOfRange", "a health-check field is out of range",
        "HealthCheckInterval is 2 or 3 s, HealthyThreshold 3 to 8, the source an IPv4 address.", ["EnableCenVbrHealthCheck"];
    HEALTH_TARGET = "Simulator.HealthCheckTarget", "the probes' target is not the customer's side",
        "HealthCheckTargetIp is the VBR's PeerGatewayIp, which must be set.", ["EnableCenVbrHealthCheck"];
}
