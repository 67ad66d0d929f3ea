//! What can be changed at a VBR, and by whom.

use crate::provision::ids::{ServiceKey, VbrId};
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::guard::{addresses, bfd, boxed, circuit_code, labels, vlan};
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{ModifyVirtualBorderRouterAttribute, UpdateVirtualBorderBandwidth};
use crate::provision::table::spec::VBR_MBPS;
use crate::provision::vbr::ops::vbr_in_state;
use crate::provision::vbr::{Vbr, VbrStatus};

const CHANGEABLE: [VbrStatus; 2] = [VbrStatus::Unconfirmed, VbrStatus::Active];

/// A throttle from the API's list, in Mbit/s.
pub(in crate::provision) fn throttle(bandwidth: Option<i64>) -> Result<Option<u32>, ApiError> {
    let Some(bandwidth) = bandwidth else { return Ok(None) };
    u32::try_from(bandwidth)
        .ok()
        .filter(|b| VBR_MBPS.contains(b))
        .map(Some)
        .ok_or_else(|| deny(c::BANDWIDTH, format!("a VBR cannot be throttled to {bandwidth} Mbit/s")))
}

/// Refuses what is not modelled, so that nothing is ignored silently.
pub(in crate::provision) fn unmodelled(
    mtu: Option<i64>,
    sitelink: Option<bool>,
    enable_ipv6: Option<bool>,
    ipv6: [&Option<String>; 3],
) -> Result<(), ApiError> {
    ensure(
        enable_ipv6 != Some(true) && ipv6.iter().all(|f| f.is_none()),
        c::IPV6,
        || "IPv6 on a VBR".to_owned(),
    )?;
    ensure(sitelink != Some(true), c::ECR, || {
        "SitelinkEnable works through an ECR".to_owned()
    })?;
    match mtu {
        None | Some(1_500) => Ok(()),
        Some(8_500) => Err(deny(c::MTU_ECR, "8500 octets need an ECR")),
        Some(other) => Err(deny(c::MTU, format!("{other} octets"))),
    }
}

impl State {
    fn move_vbr(&mut self, id: VbrId, to: ServiceKey) {
        let Some(vbr) = self.vbrs.get_mut(&id) else { return };
        let old = vbr.key();
        vbr.vlan = to.vlan;
        if let Some(slot) = self.slots.get_mut(&old) {
            slot.vbr = None;
        }
        self.prune(old);
        self.slots.entry(to).or_default().vbr = Some(id);
    }
}

impl ModifyVirtualBorderRouterAttribute {
    /// VLAN, bandwidth and circuit code belong to the line.
    fn line_fields(&self, cx: &Cx<'_>, id: VbrId, vbr: &Vbr) -> Result<(Option<ServiceKey>, Option<u32>), ApiError> {
        let s = cx.s;
        if let Some(port) = s.ports.get(&vbr.connection) {
            let vlan_differs = self.vlan_id.is_some_and(|v| v != i64::from(port.vlan));
            let rate_differs = self
                .bandwidth
                .is_some_and(|b| b != i64::from(port.mbps(s.premises.policies.spec_1g)));
            ensure(!vlan_differs && !rate_differs, c::INHERITED, || {
                format!(
                    "{id} takes VLAN {} and {} from {}",
                    port.vlan, port.spec, vbr.connection
                )
            })?;
            ensure(self.circuit_code.is_none(), c::CIRCUIT_CODE, || {
                "the circuit's owner sets it".to_owned()
            })?;
            return Ok((None, None));
        }
        if self.vlan_id.is_none() && self.bandwidth.is_none() && self.circuit_code.is_none() {
            return Ok((None, None));
        }
        let owns_line = s.circuit_owner(vbr.circuit) == Some(cx.by);
        ensure(owns_line, c::NOT_BY_USER, || {
            format!("the circuit's owner sets VLAN, bandwidth and code of {id}")
        })?;
        circuit_code(self.circuit_code.as_ref())?;
        let bandwidth = throttle(self.bandwidth)?;
        let Some(vlan_id) = self.vlan_id else {
            return Ok((None, bandwidth));
        };
        let to = ServiceKey {
            circuit: vbr.circuit,
            vlan: vlan(vlan_id, c::VLAN_MALFORMED)?,
        };
        if to.vlan == vbr.vlan {
            return Ok((None, bandwidth));
        }
        let converting = s.slots.get(&vbr.key()).is_some_and(|slot| slot.port.is_some());
        ensure(!converting, c::CONVERTING, || {
            format!("a shared port was made from {id}")
        })?;
        s.vlan_is_free(to, Some(vbr.vlan), c::VLAN_USED)?;
        Ok((Some(to), bandwidth))
    }

    fn has_owner_fields(&self) -> bool {
        let texts = [
            &self.local_gateway_ip,
            &self.peer_gateway_ip,
            &self.peering_subnet_mask,
            &self.name,
            &self.description,
        ];
        let numbers = [
            self.detect_multiplier,
            self.min_tx_interval,
            self.min_rx_interval,
            self.mtu,
        ];
        texts.iter().any(|t| t.is_some()) || numbers.iter().any(Option::is_some)
    }
}

impl Guarded for ModifyVirtualBorderRouterAttribute {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.seen_vbr(self.vbr_id)?;
        let ipv6 = [
            &self.local_ipv6_gateway_ip,
            &self.peer_ipv6_gateway_ip,
            &self.peering_ipv6_subnet_mask,
        ];
        unmodelled(self.mtu, self.sitelink_enable, self.enable_ipv6, ipv6)?;
        labels(self.name.as_ref(), self.description.as_ref())?;
        let (to, bandwidth) = self.line_fields(cx, id, vbr)?;
        ensure(!self.has_owner_fields() || vbr.owner == cx.by, c::NOT_BY_USER, || {
            format!("{id} is configured by its owner alone")
        })?;
        let ips = (
            self.local_gateway_ip.as_ref(),
            self.peer_gateway_ip.as_ref(),
            self.peering_subnet_mask.as_ref(),
        );
        let addresses = addresses(ips.0, ips.1, ips.2)?;
        let bfd = bfd(
            vbr.bfd,
            self.detect_multiplier,
            self.min_tx_interval,
            self.min_rx_interval,
        )?;
        vbr_in_state(id, vbr.status, &CHANGEABLE)?;
        let old = vbr.key();
        let (name, code) = (boxed(self.name.as_ref()), boxed(self.circuit_code.as_ref()));
        apply(move |s, fx| {
            let vbr = s.vbrs.get_mut(&id).expect("guarded");
            vbr.bfd = bfd;
            vbr.bandwidth_mbps = bandwidth.unwrap_or(vbr.bandwidth_mbps);
            vbr.name = name.or(vbr.name.take());
            vbr.circuit_code = code.or(vbr.circuit_code.take());
            if let Some(new) = addresses {
                vbr.addresses = Some(new);
                if let Some(health) = &mut vbr.health {
                    health.target = new.peer;
                }
            }
            fx.sink.touch(old);
            if let Some(to) = to {
                s.move_vbr(id, to);
                fx.sink.touch(to);
            }
        })
    }
}

impl Guarded for UpdateVirtualBorderBandwidth {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.seen_vbr(self.virtual_border_router_id)?;
        ensure(!vbr.is_on_port(), c::INHERITED, || {
            format!("{id} takes its bandwidth from {}", vbr.connection)
        })?;
        let (id, vbr) = cx.line_vbr(id.into())?;
        let bandwidth = throttle(Some(self.bandwidth))?.unwrap_or(0);
        vbr_in_state(id, vbr.status, &CHANGEABLE)?;
        let key = vbr.key();
        apply(move |s, fx| {
            s.vbrs.get_mut(&id).expect("guarded").bandwidth_mbps = bandwidth;
            fx.sink.touch(key);
        })
    }
}
