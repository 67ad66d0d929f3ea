//! Which burst a contract comes with: read from the policers that stand in the way.

use crate::evidence::SoldRate;
use crate::forward::{Policer, PolicerRule};
use crate::ident::TenantId;
use crate::node::lower::policer_rule;
use crate::scenario::Plan;
use crate::scenario::plan::{LinkRole, NodeKind};
use crate::units::{BitRate, ByteCount, SimDuration};

/// The partners' policers by tenant, and how long frames that passed them may wait behind others.
#[derive(Debug, Default)]
pub(super) struct Bursts {
    /// The least and the largest burst, where a partner polices the tenant.
    partner: Vec<Option<(ByteCount, ByteCount)>>,
    wait: SimDuration,
    rule: PolicerRule,
}

impl Bursts {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut partner: Vec<Option<(ByteCount, ByteCount)>> = vec![None; plan.tenants.len()];
        for (tenant, policer) in plan.nodes.iter().flat_map(|node| policers(&node.kind)) {
            if let Some(bursts) = partner.get_mut(tenant.index()) {
                widen(bursts, policer);
            }
        }
        let shared = plan
            .links
            .iter()
            .filter(|l| matches!(l.role, LinkRole::Trunk | LinkRole::Circuit));
        let wait = shared.fold(SimDuration::ZERO, |sum, link| {
            let bits = u128::from(link.config.queue.get()) * 8_000_000_000;
            let nanos = bits / u128::from(link.config.rate.as_bps().max(1));
            sum.saturating_add(SimDuration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
        });
        Self {
            partner,
            wait,
            rule: policer_rule(&plan.law.world().policies),
        }
    }

    /// A partner's switch polices the tenant by this policer too from now on.
    pub(super) fn widen(&mut self, tenant: TenantId, policer: &Policer) {
        if let Some(bursts) = self.partner.get_mut(tenant.index()) {
            widen(bursts, policer);
        }
    }

    /// Where the access device limits the sub-interface, its burst is exact. Where only others
    /// police, theirs counts, and what may gather in the queues behind them.
    pub(super) fn contract(&self, plan: &Plan, circuit: usize, tenant: TenantId, rate: BitRate) -> SoldRate {
        let device = self.rule.policer(rate).burst;
        let partner = self.partner.get(tenant.index()).copied().flatten();
        let (least, most) = partner.unwrap_or((device, device));
        let limited = plan.circuits[circuit].subif_rate_limit;
        let gathered = device.max(most).get().saturating_add(rate.octets_in(self.wait).get());
        // The VBR's throttle is made by the same rule as the device's limit.
        let kept = device.min(least);
        SoldRate {
            rate,
            burst: if limited { device } else { ByteCount::new(gathered) },
            burst_kept: kept,
        }
    }
}

fn widen(bursts: &mut Option<(ByteCount, ByteCount)>, policer: &Policer) {
    let (least, most) = bursts.unwrap_or((policer.burst, policer.burst));
    *bursts = Some((least.min(policer.burst), most.max(policer.burst)));
}

fn policers(kind: &NodeKind) -> impl Iterator<Item = (TenantId, &Policer)> {
    let tables = match kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => Some(&switch.tables),
        _ => None,
    };
    let services = tables.into_iter().flat_map(|t| t.services.values());
    services.flat_map(|s| s.members.iter().filter_map(|m| Some((s.tenant, m.police.as_ref()?))))
}
