//! Everything that is asked of a tenant before the window: a closed list, each with who has to act where it does
//! not hold, by which call, and which of the API's errors comes otherwise.

use super::language::Text;

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// The partner, who owns the circuit.
    Partner,
    /// The tenant, who owns the VBR.
    Tenant,
    /// The cloud, or its account manager.
    Cloud,
}

impl Who {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Tenant => "tenant",
            Self::Cloud => "cloud",
        }
    }
}

macro_rules! items {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $who:ident, $call:literal, $code:literal, $en:literal, $zh:literal;)*) => {
        /// What is asked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Item { $($(#[doc = $doc])* $variant,)* }

        impl Item {
            /// Every question, in the order in which it is asked.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Its name for programs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// Who has to act where it does not hold.
            pub const fn who(self) -> Who {
                match self { $(Self::$variant => Who::$who,)* }
            }
            /// By which call, or what else is to be done; empty: no call of the API does it.
            pub const fn call(self) -> &'static str {
                match self { $(Self::$variant => $call,)* }
            }
            /// The code that a call of the conversion answers otherwise; empty: no page names one.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
            /// The question.
            pub fn title(self) -> Text {
                match self { $(Self::$variant => Text::new($en, $zh),)* }
            }
        }
    };
}

items! {
    /// The tenant's account is a main account.
    MainAccount = "main_account", Tenant, "", "Simulator.TenantNotMainAccount",
        "main account", "主账号";
    /// It is registered at the partner's site.
    SameSite = "same_site", Tenant, "", "Simulator.TenantOtherSite",
        "same site as the partner", "与合作伙伴同站点";
    /// It is no partner's.
    NotAPartner = "not_a_partner", Tenant, "", "Simulator.TenantNotMainAccount",
        "no partner account", "非合作伙伴账号";
    /// Its outbound data transfer billing is on.
    OutboundBilling = "outbound_billing", Tenant, "OpenPhysicalConnectionService", "OperationFailed.PconnTrafficNotEnable",
        "outbound billing is on", "出方向流量计费已开通";
    /// The partner may sell shared ports.
    MaySell = "may_sell", Cloud, "", "Simulator.SharedPortPermissionMissing",
        "permission to sell shared ports", "共享端口售卖权限";
    /// The quota of shared ports on the circuit is not used up.
    PortQuota = "port_quota", Cloud, "", "Simulator.QuotaSharedPortsPerCircuit",
        "quota of shared ports", "共享端口配额";
    /// The circuit is Enabled.
    CircuitEnabled = "circuit_enabled", Partner, "EnablePhysicalConnection", "IncorrectStatus.PhysicalConnection",
        "circuit Enabled", "物理专线状态为 Enabled";
    /// The circuit's business status is Normal.
    CircuitNormal = "circuit_normal", Partner, "", "OperationFailed.ResourceLockedBySystem",
        "circuit Normal", "物理专线业务状态为 Normal";
    /// The circuit does not expire before the window is over.
    CircuitUnexpired = "circuit_unexpired", Partner, "", "",
        "circuit expires after the window", "物理专线在窗口之后到期";
    /// No order of the circuit is pending.
    CircuitNoOrder = "circuit_no_order", Partner, "", "",
        "no pending order of the circuit", "物理专线无待处理订单";
    /// No QoS policy is bound to the circuit.
    NoQosPolicy = "no_qos_policy", Partner, "ModifyExpressConnectTrafficQos", "Simulator.CircuitHasQosPolicy",
        "no QoS policy on the circuit", "物理专线未绑定 QoS 策略";
    /// The access device supports MPBGP.
    Mpbgp = "mpbgp", Cloud, "", "Simulator.DeviceWithoutMpbgp",
        "access device with MPBGP", "接入设备支持 MPBGP";
    /// The access point allows shared ports.
    AccessPointAllows = "access_point_allows", Cloud, "", "Simulator.AccessPointWithoutSharedPorts",
        "access point allows shared ports", "接入点允许共享端口";
    /// No failover drill runs on the circuit.
    NoDrill = "no_drill", Partner, "StopFailoverTestJob", "",
        "no failover drill in the window", "窗口内无故障切换演练";
    /// The VBR is active.
    VbrActive = "vbr_active", Partner, "RecoverVirtualBorderRouter", "InvalidOperation.OperationNotAllowedInState",
        "VBR active", "VBR 状态为 active";
    /// The VBR is on one circuit.
    OneCircuit = "one_circuit", Tenant, "UnassociatePhysicalConnectionFromVirtualBorderRouter", "",
        "VBR on one circuit", "VBR 仅在一条物理专线上";
    /// Nothing of the VBR is pending.
    NothingPending = "nothing_pending", Tenant, "", "TaskConflict",
        "nothing of the VBR pending", "VBR 无进行中的任务";
    /// The VBR does not expire before the window is over.
    VbrUnexpired = "vbr_unexpired", Partner, "", "",
        "VBR expires after the window", "VBR 在窗口之后到期";
    /// The VBR's VLAN is not 0.
    VlanNotZero = "vlan_not_zero", Partner, "ModifyVirtualBorderRouterAttribute", "Simulator.VlanZeroIsAlone",
        "VLAN is not 0", "VLAN 不为 0";
    /// Nobody else has the VBR's VLAN, and it is not kept.
    VlanFree = "vlan_free", Partner, "DeletePhysicalConnection", "Simulator.ConversionInProgress",
        "VLAN not taken and not kept", "VLAN 未被占用或保留";
    /// There is a spec for the VBR's bandwidth.
    SpecKnown = "spec_known", Partner, "UpdateVirtualBorderBandwidth", "Simulator.VbrBandwidthNotASpec",
        "a spec for the VBR's bandwidth", "VBR 带宽有对应规格";
    /// A spec of 2G and more may be sold.
    LargeSpec = "large_spec", Cloud, "", "Simulator.SpecNeedsAccountManager",
        "permission for 2G and more", "2G 及以上规格的权限";
    /// The partner sells that spec.
    SpecSold = "spec_sold", Partner, "", "Simulator.SpecNotSold",
        "the partner sells the spec", "合作伙伴售卖该规格";
    /// The spec is not below the tenant's peak.
    SpecCoversPeak = "spec_covers_peak", Partner, "UpdateVirtualBorderBandwidth", "",
        "spec covers the peak", "规格不低于流量峰值";
    /// The specs of all do not exceed the circuit.
    CircuitHasRoom = "circuit_has_room", Partner, "ModifyPhysicalConnectionAttribute", "Simulator.CircuitBandwidthExceeded",
        "room on the circuit", "物理专线带宽充足";
    /// The MTU is 1500.
    OrdinaryMtu = "ordinary_mtu", Tenant, "ModifyVirtualBorderRouterAttribute", "",
        "MTU 1500", "MTU 为 1500";
    /// The VBR is in no ECR.
    NoEcr = "no_ecr", Tenant, "", "",
        "not in an ECR", "未加入 ECR";
    /// The VBR has no IPv6.
    NoIpv6 = "no_ipv6", Tenant, "ModifyVirtualBorderRouterAttribute", "",
        "no IPv6", "未启用 IPv6";
    /// The VBR is in no failover group.
    NoFailoverGroup = "no_failover_group", Tenant, "DeleteVbrHa", "",
        "not in a failover group", "不在故障切换组中";
    /// The health check does not switch in the window.
    HealthHolds = "health_holds", Tenant, "DisableCenVbrHealthCheck", "",
        "health check does not switch", "健康检查不会触发切换";
    /// No limit starves the health check.
    HealthFed = "health_fed", Partner, "", "",
        "health check gets through", "健康检查报文不受限速影响";
    /// Frames pass both ways before the window.
    BothWays = "both_ways", Partner, "", "",
        "frames pass both ways", "双向均有流量";
    /// The tenant has another way to the cloud.
    OtherWay = "other_way", Tenant, "", "",
        "another way to the cloud", "有备用链路";
    /// A dry run of the first call passed.
    DryRun = "dry_run", Partner, "CreateVpconnFromVbr", "",
        "dry run of CreateVpconnFromVbr", "CreateVpconnFromVbr 试运行";
    /// No step of the plan is refused.
    Steps = "steps", Partner, "", "",
        "steps of the plan are accepted", "方案步骤均被接受";
}
