//! What was metered, as the bill takes it.

use super::gates::{CircuitVlan, Gates};
use super::{CloudRecord, Record};
use crate::evidence::{Bound, Meter, Metered};
use crate::provision::money::{InvoiceLine, Prices};
use crate::provision::{BillingPoint, OctetBasis, ServiceKey};
use crate::scenario::Plan;
use crate::units::SimTime;

impl Record {
    /// What everybody owes at the end, at the plan's prices.
    pub fn invoice(&self, plan: &Plan) -> Vec<InvoiceLine> {
        let policies = &self.cloud.law.premises().policies;
        self.cloud.ledger.invoice(self.end, &prices(plan), policies)
    }

    /// Octets that left by the circuits and are nobody's data: the routers' own ARP and probes.
    pub fn protocol_octets(&self) -> u64 {
        let basis = self.cloud.law.premises().policies.octets_billing;
        let vlans = self.numbering.vlans().len();
        let readings = self.meter.readings().into_iter();
        let left = readings.filter(|r| r.bound == Bound::Outbound && (r.service as usize) < vlans);
        left.map(|r| on(r.metered, basis) - on(r.of_flows, basis)).sum()
    }

    /// All outbound octets, at the point and by the basis that the policies name.
    pub fn outbound_octets(&self, plan: &Plan) -> u64 {
        let all = outbound(plan, &self.meter, &self.numbering, &self.cloud);
        all.iter().map(|(_, _, octets)| octets).sum()
    }
}

/// Outbound readings as the ledger takes them: service, since when, octets of flows. What a router
/// sends of its own (ARP, probes) is nobody's data.
pub fn outbound(plan: &Plan, meter: &Meter, numbering: &Gates, cloud: &CloudRecord) -> Vec<(ServiceKey, SimTime, u64)> {
    let policies = &cloud.law.premises().policies;
    let key = |(circuit, vlan): CircuitVlan| {
        let circuit = cloud.circuits[circuit].connection()?;
        Some(ServiceKey { circuit, vlan })
    };
    let at_circuit = |service: usize| numbering.vlans().get(service).copied();
    let at_vbr = |service: usize| {
        let slot = &plan.vbr_slots[service.checked_sub(numbering.vlans().len())?];
        Some((slot.circuit, slot.vlan?))
    };
    let readings = meter.readings().into_iter().filter_map(|r| {
        let service = r.service as usize;
        let place = match (policies.billing_point, r.bound) {
            (BillingPoint::CircuitEgress, Bound::Outbound) => at_circuit(service)?,
            // What arrives at the device from a VBR is on its way to the customer.
            (BillingPoint::VbrEgress, Bound::Inbound) => at_vbr(service)?,
            _ => return None,
        };
        let octets = on(r.of_flows, policies.octets_billing);
        (octets > 0).then_some((key(place)?, r.since, octets))
    });
    readings.collect()
}

fn on(metered: Metered, basis: OctetBasis) -> u64 {
    match basis {
        OctetBasis::L1 => metered.l1(),
        OctetBasis::L2Fcs => metered.l2_fcs(),
        OctetBasis::L2 => metered.l2,
        OctetBasis::L3 => metered.l3,
    }
}

/// The plan's prices as the ledger takes them.
fn prices(plan: &Plan) -> Prices {
    let Some(prices) = &plan.prices else {
        return Prices::default();
    };
    Prices {
        currency: prices.currency.clone(),
        port_month: prices.port_per_month.clone(),
        outbound_gb: prices.outbound_per_gb,
    }
}
