//! Which burst a sold rate comes with: of the policers that stand in the way.

use crate::evidence::SoldRate;
use crate::forward::PolicerRule;
use crate::ident::TenantId;
use crate::units::{BitRate, ByteCount, SimDuration};

/// The partners' policers by tenant, and how long frames that passed them may wait behind others.
#[derive(Debug, Clone, Default)]
pub struct Bursts {
    /// The least and the largest burst, where a partner polices the tenant.
    partner: Vec<Option<(ByteCount, ByteCount)>>,
    wait: SimDuration,
}

impl Bursts {
    /// A partner polices this tenant, with this burst.
    pub fn add_policer(&mut self, tenant: TenantId, burst: ByteCount) {
        if self.partner.len() <= tenant.index() {
            self.partner.resize(tenant.index() + 1, None);
        }
        let bursts = &mut self.partner[tenant.index()];
        let (least, most) = bursts.unwrap_or((burst, burst));
        *bursts = Some((least.min(burst), most.max(burst)));
    }

    /// All tenants' frames may wait in this queue, which runs dry at this rate.
    pub fn add_queue(&mut self, queue: ByteCount, rate: BitRate) {
        let bits = u128::from(queue.get()) * 8_000_000_000;
        let nanos = bits / u128::from(rate.as_bps().max(1));
        let wait = SimDuration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        self.wait = self.wait.saturating_add(wait);
    }

    /// What a tenant was sold at this rate. Where the access device limits the sub-interface
    /// (`limited`), its burst is exact. Where only others police, theirs counts, and what may gather
    /// in the queues behind them.
    pub(super) fn sold(&self, limited: bool, tenant: TenantId, rate: BitRate, rule: PolicerRule) -> SoldRate {
        let device = rule.policer(rate).burst;
        let partner = self.partner.get(tenant.index()).copied().flatten();
        let (least, most) = partner.unwrap_or((device, device));
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
