//! What changes for a tenant besides frames: money, rights, and who answers for the line.

use super::Case;
use super::language::{Text, texts};
use crate::provision::{ConvertedPortPayer, OutboundFrom, Spec, VbrTerminateRight, VlanUpdate};
use crate::scenario::Unit;
use crate::scenario::file::PayerWord;
use crate::scenario::plan::UnknownWord;

/// An amount of money as people write it: millionths, without zeros at the end.
pub fn amount(micros: u64) -> String {
    const WHOLE: u64 = 1_000_000;
    let part = format!("{:06}", micros % WHOLE);
    match part.trim_end_matches('0') {
        "" => (micros / WHOLE).to_string(),
        part => format!("{}.{part}", micros / WHOLE),
    }
}

/// Money, before and afterwards. Amounts are millionths of the scenario's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// The account that pays for the port.
    pub payer: String,
    /// Is it the tenant?
    pub by_tenant: bool,
    /// The port's spec; `None`: it is not known.
    pub spec: Option<Spec>,
    /// The port's fee for a billing month; `None`: the scenario has no price.
    pub port_month: Option<u64>,
    /// Outbound data, for 10^9 octets; `None`: the scenario has no price.
    pub outbound_gb: Option<u64>,
    /// From when outbound data is billed to the tenant.
    pub outbound_from: Text,
}

/// Who may do what, before and afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// What.
    pub what: Text,
    /// Who may do it on the legacy VBR.
    pub before: Text,
    /// Who may do it on the shared port.
    pub after: Text,
}

/// Everything that changes besides frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Money.
    pub money: Money,
    /// Rights.
    pub rights: Vec<Rights>,
    /// Who answers for the line before.
    pub sla_before: Text,
    /// Who answers for it afterwards.
    pub sla_after: Text,
}

texts! {
    /// From the attach on.
    from_attach() = "from the attach (AttachVbrToVpconn) on; no page names the moment", "自挂载（AttachVbrToVpconn）起；文档未明确时刻";
    /// From the acceptance on.
    from_confirm() = "from the acceptance (ConfirmPhysicalConnection) on; no page names the moment", "自接受（ConfirmPhysicalConnection）起；文档未明确时刻";
    /// The partner.
    the_partner() = "the partner", "合作伙伴";
    /// The tenant.
    the_tenant() = "the tenant", "租户";
    /// Nobody.
    nobody() = "nobody", "任何一方均不可";
    /// There is none.
    no_port() = "there is no port", "尚无端口";
    /// The end of a VBR.
    end_of_vbr() = "terminate and recover the VBR", "终止与恢复 VBR";
    /// Its bandwidth.
    bandwidth() = "order another bandwidth", "变更带宽";
    /// Its VLAN.
    vlan() = "change the VLAN", "变更 VLAN";
    /// The line.
    end_of_port() = "give the line up", "退订线路";
    /// Addresses and routes.
    routes() = "addresses, routes, attachment to the transit router", "地址、路由、转发路由器挂载";
    /// The partner orders, the payer pays.
    partner_orders() = "the partner, and whoever pays has to pay", "合作伙伴下单，由付费方付款";
    /// By the contract alone.
    sla_by_contract() = "the partner, as far as the tenant's contract with it says so; no page of the cloud's says it of this mode", "以租户与合作伙伴的合同为准；云侧文档未就该模式作出说明";
    /// By the page on shared circuits.
    sla_by_page() = "the partner, by the cloud's page on shared circuits: it answers for the SLA and for everything outside the cloud", "合作伙伴：按云侧共享专线文档，SLA 及云外问题由合作伙伴负责";
}

pub(super) fn of(case: &Case<'_>, unit: &Unit) -> Changes {
    Changes {
        money: money(case, unit),
        rights: rights(case),
        sla_before: sla_by_contract(),
        sla_after: sla_by_page(),
    }
}

fn money(case: &Case<'_>, unit: &Unit) -> Money {
    let policies = &case.law.before.premises().policies;
    let by_tenant = match case.cutover.payer {
        Some(payer) => payer == PayerWord::Tenant,
        None => policies.converted_port_payer == ConvertedPortPayer::Tenant,
    };
    let mbps = u32::try_from(unit.mbps).ok();
    let spec = mbps
        .and_then(|mbps| case.law.before.converts_to(mbps))
        .or_else(|| case.evidence.pilot(&unit.vbr));
    let spec = spec.filter(|_| !case.stand_ins(unit).contains(&UnknownWord::Spec));
    let prices = case.plan.prices.as_ref();
    Money {
        payer: if by_tenant {
            unit.tenant.clone()
        } else {
            unit.partner.clone()
        },
        by_tenant,
        spec,
        port_month: prices.and_then(|prices| prices.port_per_month.get(&spec?).copied()),
        outbound_gb: prices.and_then(|prices| prices.outbound_per_gb),
        outbound_from: match policies.outbound_from {
            OutboundFrom::Attach => from_attach(),
            OutboundFrom::Confirm => from_confirm(),
        },
    }
}

fn rights(case: &Case<'_>) -> Vec<Rights> {
    let policies = &case.law.before.premises().policies;
    let right = |what, before, after| Rights { what, before, after };
    let line = match policies.vbr_terminate_right_on_shared_port {
        VbrTerminateRight::Tenant => the_tenant(),
        VbrTerminateRight::Partner => the_partner(),
    };
    let vlan_after = match policies.vlan_update {
        VlanUpdate::Allow => the_partner(),
        VlanUpdate::RefuseOnceConfirmed | VlanUpdate::RefuseOnceVbr => nobody(),
    };
    vec![
        right(end_of_vbr(), the_partner(), line),
        right(end_of_port(), no_port(), the_tenant()),
        right(bandwidth(), the_partner(), partner_orders()),
        right(vlan(), the_partner(), vlan_after),
        right(routes(), the_tenant(), the_tenant()),
    ]
}
