//! Guards that several operations share.

use std::net::Ipv4Addr;

use crate::ident::AccountId;
use crate::provision::circuit::{BusinessStatus, Circuit, ConnectionStatus};
use crate::provision::ids::{PcId, ResourceId, ServiceKey, VbrId};
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::policy::{SetupGates, Switch};
use crate::provision::law::premises::{AccountKind, Feature, Role};
use crate::provision::law::state::{Cx, State};
use crate::provision::port::Port;
use crate::provision::table::asked_word::AskedWord;
use crate::provision::table::codes as c;
use crate::provision::table::param::AccountRef;
use crate::provision::table::spec::Spec;
use crate::provision::vbr::{Addresses, Bfd, Prefix, Vbr};

/// The highest VLAN that the cloud offers.
pub const VLAN_MAX: u16 = 2_999;

impl<'a> Cx<'a> {
    /// The caller's own circuit.
    pub(in crate::provision) fn own_circuit(
        &self,
        id: ResourceId,
        code: &'static str,
    ) -> Result<(PcId, &'a Circuit), ApiError> {
        let found = id
            .connection()
            .and_then(|pc| self.s.circuits.get(&pc).map(|circuit| (pc, circuit)));
        match found {
            Some((pc, circuit)) if circuit.owner == self.by => Ok((pc, circuit)),
            _ => Err(deny(code, format!("{id} is no circuit of the caller"))),
        }
    }

    /// A shared port that the caller owns, or whose circuit the caller owns.
    pub(in crate::provision) fn seen_port(
        &self,
        id: ResourceId,
        code: &'static str,
    ) -> Result<(PcId, &'a Port), ApiError> {
        let found = id
            .connection()
            .and_then(|pc| self.s.ports.get(&pc).map(|port| (pc, port)));
        match found {
            Some((pc, port)) if port.owner == self.by || port.partner == self.by => Ok((pc, port)),
            _ => Err(deny(code, format!("{id} is no shared port of the caller"))),
        }
    }

    /// A VBR that the caller owns, or whose circuit the caller owns.
    pub(in crate::provision) fn seen_vbr(&self, id: ResourceId) -> Result<(VbrId, &'a Vbr), ApiError> {
        let found = id.vbr().and_then(|v| self.s.vbrs.get(&v).map(|vbr| (v, vbr)));
        match found {
            Some((v, vbr)) if vbr.owner == self.by || self.s.circuit_owner(vbr.circuit) == Some(self.by) => {
                Ok((v, vbr))
            }
            _ => Err(deny(
                c::VBR_NOT_FOUND,
                format!("{id} is no VBR that the caller can see"),
            )),
        }
    }

    /// A VBR that the caller owns; the circuit's owner sees it and may not.
    pub(in crate::provision) fn own_vbr(&self, id: ResourceId) -> Result<(VbrId, &'a Vbr), ApiError> {
        let (v, vbr) = self.seen_vbr(id)?;
        ensure(vbr.owner == self.by, c::NOT_BY_USER, || {
            format!("{v} is configured by its owner alone")
        })?;
        Ok((v, vbr))
    }

    /// A VBR whose line the caller owns: VLAN, bandwidth, termination, recovery.
    pub(in crate::provision) fn line_vbr(&self, id: ResourceId) -> Result<(VbrId, &'a Vbr), ApiError> {
        let (v, vbr) = self.seen_vbr(id)?;
        ensure(self.s.line_owner(vbr) == Some(self.by), c::NOT_BY_USER, || {
            format!("only the owner of the line under {v} may do this")
        })?;
        Ok((v, vbr))
    }

    pub(in crate::provision) fn system(&self) -> Result<(), ApiError> {
        let ok = self.s.premises.account(self.by).is_some_and(|a| a.role == Role::System);
        ensure(ok, c::SYSTEM_ONLY, || "the caller is not the cloud".to_owned())
    }

    /// The account that a parameter names.
    pub(in crate::provision) fn account(&self, account: AccountRef) -> Result<AccountId, ApiError> {
        let found = match account {
            AccountRef::Account(id) => self.s.premises.account(id).map(|_| id),
            AccountRef::Uid(uid) => self.s.premises.by_uid(uid),
        };
        found.ok_or_else(|| deny(c::TENANT_NOT_FOUND, "no account has that id"))
    }
}

impl State {
    pub(in crate::provision) fn circuit_owner(&self, circuit: PcId) -> Option<AccountId> {
        self.circuits.get(&circuit).map(|circuit| circuit.owner)
    }

    /// Who may terminate, recover and re-dimension a VBR.
    pub(in crate::provision) fn line_owner(&self, vbr: &Vbr) -> Option<AccountId> {
        use crate::provision::law::policy::VbrTerminateRight as Right;
        match (
            vbr.is_on_port(),
            self.premises.policies.vbr_terminate_right_on_shared_port,
        ) {
            (true, Right::Tenant) => self.ports.get(&vbr.connection).map(|port| port.owner),
            _ => self.circuit_owner(vbr.circuit),
        }
    }

    /// Nobody uses the VLAN, nobody retains it, and VLAN 0 stays alone. `but`: a VLAN that is given up.
    pub(in crate::provision) fn vlan_is_free(
        &self,
        key: ServiceKey,
        but: Option<u16>,
        used: &'static str,
    ) -> Result<(), ApiError> {
        ensure(!self.slots.contains_key(&key) || but == Some(key.vlan), used, || {
            format!("{key} is in use or retained")
        })?;
        if self.premises.policies.vlan0_coexists {
            return Ok(());
        }
        let zero = ServiceKey {
            circuit: key.circuit,
            vlan: 0,
        };
        let last = ServiceKey {
            circuit: key.circuit,
            vlan: u16::MAX,
        };
        let alone = if key.vlan == 0 {
            self.slots.range(zero..=last).all(|(k, _)| but == Some(k.vlan))
        } else {
            but == Some(0) || !self.slots.contains_key(&zero)
        };
        ensure(alone, c::VLAN_ZERO, || {
            format!("VLAN 0 and others do not share {}", key.circuit)
        })
    }

    /// The guards of a new shared port that do not depend on its VLAN.
    pub(in crate::provision) fn may_sell(
        &self,
        id: PcId,
        circuit: &Circuit,
        tenant: AccountId,
        spec: Spec,
    ) -> Result<(), ApiError> {
        ensure(
            circuit.status == ConnectionStatus::Enabled,
            c::CONNECTION_STATUS,
            || format!("{id} is {}, not Enabled", circuit.status),
        )?;
        unlocked(circuit.business, id)?;
        self.is_partner(circuit.owner)?;
        self.may_have_port(circuit.owner, tenant)?;
        self.spec_is_sold(circuit.owner, spec)?;
        let quota = self.premises.policies.shared_ports_per_circuit;
        ensure(circuit.ports < quota, c::PORT_QUOTA, || {
            format!("{id} has {} of {quota} shared ports", circuit.ports)
        })?;
        ensure(!circuit.qos_policy, c::HAS_QOS, || {
            format!("a QoS policy is bound to {id}")
        })?;
        let ap = &self.premises.access_points()[circuit.access_point as usize];
        let device = self.premises.device(circuit.access_point, circuit.device);
        ensure(device.features.contains(&Feature::Mpbgp), c::NO_MPBGP, || {
            format!("the access device {} of {id} does not support MPBGP", device.name)
        })?;
        ensure(ap.shared_ports, c::AP_NO_PORTS, || {
            format!("{} allows no shared ports", ap.id)
        })?;
        Ok(())
    }

    /// Are there `more` Mbit/s left on the circuit?
    pub(in crate::provision) fn fits(&self, id: PcId, circuit: &Circuit, more: u32) -> Result<(), ApiError> {
        let enforced = self.premises.policies.sum_of_specs == Switch::Enforced;
        ensure(!enforced || more <= circuit.free_mbps(), c::SPEC_SUM, || {
            format!(
                "{more} Mbit/s asked, {} of {} left on {id}",
                circuit.free_mbps(),
                circuit.bandwidth_mbps
            )
        })
    }

    fn is_partner(&self, account: AccountId) -> Result<(), ApiError> {
        let ok = self.premises.account(account).is_some_and(|a| a.role == Role::Partner);
        ensure(ok, c::NO_PERMISSION, || {
            "the caller has no permission to sell shared ports".to_owned()
        })
    }

    fn may_have_port(&self, partner: AccountId, tenant: AccountId) -> Result<(), ApiError> {
        let (Some(seller), Some(buyer)) = (self.premises.account(partner), self.premises.account(tenant)) else {
            return Err(deny(c::TENANT_NOT_FOUND, "no such account"));
        };
        let main = buyer.kind == AccountKind::Main && buyer.role == Role::Tenant;
        ensure(main, c::TENANT_NOT_MAIN, || {
            format!("{} is not a tenant's main account", buyer.uid)
        })?;
        ensure(seller.site == buyer.site, c::TENANT_OTHER_SITE, || {
            format!("{} is registered at another site than the partner", buyer.uid)
        })
    }

    pub(in crate::provision) fn spec_is_sold(&self, partner: AccountId, spec: Spec) -> Result<(), ApiError> {
        let seller = self
            .premises
            .account(partner)
            .ok_or_else(|| deny(c::TENANT_NOT_FOUND, "no such account"))?;
        ensure(!spec.is_large() || seller.large_specs, c::SPEC_LARGE, || {
            format!("{spec} goes through the account manager")
        })?;
        let sold = &seller.sold_specs;
        ensure(sold.is_empty() || sold.contains(&spec), c::SPEC_NOT_SOLD, || {
            format!("the partner does not sell {spec}")
        })
    }

    /// Is the first-time set-up through, where it binds?
    pub(in crate::provision) fn gates_are_passed(&self, partner: AccountId, tenant: AccountId) -> Result<(), ApiError> {
        let binds = match self.premises.policies.setup_gates {
            SetupGates::Enforced => true,
            SetupGates::Off => false,
            SetupGates::PerPartner => self.premises.account(partner).is_some_and(|a| a.gated),
        };
        ensure(
            !binds || self.cleared.contains_key(&(partner, self.uid(tenant))),
            c::GATE_CLOSED,
            || {
                format!(
                    "no tenant of this partner has passed every gate and given the account id {}",
                    self.uid(tenant)
                )
            },
        )
    }

    /// Mbit/s of a spec under the policy in force.
    pub(in crate::provision) fn mbps(&self, spec: Spec) -> u32 {
        spec.mbps(self.premises.policies.spec_1g)
    }

    /// Is the line under a VBR (circuit, and shared port where it hangs on one) in use and unlocked?
    pub(in crate::provision) fn line_is_open(&self, vbr: &Vbr) -> bool {
        let circuit = self.circuits.get(&vbr.circuit);
        let up = circuit.is_some_and(|l| l.status == ConnectionStatus::Enabled && !l.stopped);
        up && (!vbr.is_on_port() || self.ports.get(&vbr.connection).is_some_and(Port::is_open))
    }
}

pub(in crate::provision) fn unlocked(business: BusinessStatus, id: PcId) -> Result<(), ApiError> {
    ensure(business == BusinessStatus::Normal, c::LOCKED, || {
        format!("{id} is {business}")
    })
}

/// A VLAN in 0 to 2999.
pub(in crate::provision) fn vlan(id: i64, code: &'static str) -> Result<u16, ApiError> {
    u16::try_from(id)
        .ok()
        .filter(|v| *v <= VLAN_MAX)
        .ok_or_else(|| deny(code, format!("VlanId {id} is not 0 to {VLAN_MAX}")))
}

pub(in crate::provision) fn spec(asked: &AskedWord<Spec>) -> Result<Spec, ApiError> {
    let unknown = |text| deny(c::SPEC_UNKNOWN, format!("there is no spec `{}`", clip(text)));
    asked.word().copied().map_err(unknown)
}

/// A name or description by the API's rules.
pub(in crate::provision) fn label(text: Option<&String>, max: usize) -> Result<(), ApiError> {
    let Some(text) = text else { return Ok(()) };
    let count = text.chars().count();
    let starts = text.chars().next().is_some_and(char::is_alphabetic);
    let link = text.starts_with("http://") || text.starts_with("https://");
    ensure((2..=max).contains(&count) && starts && !link, c::NAME, || {
        format!("`{}` will not do", clip(text))
    })
}

/// Name and description together.
pub(in crate::provision) fn labels(name: Option<&String>, description: Option<&String>) -> Result<(), ApiError> {
    label(name, 128)?;
    label(description, 256)
}

pub(in crate::provision) fn boxed(text: Option<&String>) -> Option<Box<str>> {
    text.map(|t| t.as_str().into())
}

pub(in crate::provision) fn circuit_code(code: Option<&String>) -> Result<(), ApiError> {
    let ok = code.is_none_or(|t| (1..=256).contains(&t.chars().count()));
    ensure(ok, c::CIRCUIT_CODE, || {
        "a circuit code has 1 to 256 characters".to_owned()
    })
}

/// The beginning of a text that somebody else wrote.
pub(in crate::provision) fn clip(text: &str) -> String {
    text.chars().take(64).collect()
}

/// The interconnect's three fields: all or none, two hosts of one subnet, /24 to /30.
pub(in crate::provision) fn addresses(
    local: Option<&String>,
    peer: Option<&String>,
    mask: Option<&String>,
) -> Result<Option<Addresses>, ApiError> {
    let (local, peer, mask) = match (local, peer, mask) {
        (None, None, None) => return Ok(None),
        (Some(local), Some(peer), Some(mask)) => (ip(local)?, ip(peer)?, ip(mask)?),
        _ => {
            return Err(deny(
                c::IP_MALFORMED,
                "LocalGatewayIp, PeerGatewayIp and PeeringSubnetMask come together",
            ));
        }
    };
    let bits = u32::from(mask);
    let prefix_len = bits.leading_ones();
    let contiguous = bits.checked_shl(prefix_len).unwrap_or(0) == 0;
    ensure(contiguous && (24..=30).contains(&prefix_len), c::IP_MALFORMED, || {
        format!("{mask} is not /24 to /30")
    })?;
    let subnet = u32::from(local) & bits;
    ensure(subnet == u32::from(peer) & bits, c::IP_MALFORMED, || {
        format!("{local} and {peer} share no {mask} subnet")
    })?;
    ensure(local != peer, c::IP_MALFORMED, || {
        "both sides have one address".to_owned()
    })?;
    for side in [local, peer] {
        let host = u32::from(side) & !bits;
        ensure(host != 0 && host != !bits, c::IP_MALFORMED, || {
            format!("{side} is no host of its subnet")
        })?;
        ensure(!is_reserved(side), c::RESERVED_ADDRESS, || {
            format!("{side} is in 100.64.0.0/10")
        })?;
    }
    Ok(Some(Addresses {
        local,
        peer,
        prefix_len: prefix_len as u8,
    }))
}

fn ip(text: &str) -> Result<Ipv4Addr, ApiError> {
    text.parse()
        .map_err(|_| deny(c::IP_MALFORMED, format!("`{}` is not an IPv4 address", clip(text))))
}

/// Is the address in 100.64.0.0/10, which the cloud uses itself?
pub(in crate::provision) fn is_reserved(address: Ipv4Addr) -> bool {
    u32::from(address) & 0xffc0_0000 == u32::from(Ipv4Addr::new(100, 64, 0, 0))
}

/// A prefix with its host bits zero.
pub(in crate::provision) fn prefix(text: &str) -> Result<Prefix, ApiError> {
    let bad = || deny(c::CIDR, format!("`{}` is not a prefix like 10.1.0.0/16", clip(text)));
    let (address, len) = text.split_once('/').ok_or_else(bad)?;
    let address: Ipv4Addr = address.parse().map_err(|_| bad())?;
    let len: u8 = len.parse().ok().filter(|len| *len <= 32).ok_or_else(bad)?;
    let host_mask = u32::MAX.checked_shr(u32::from(len)).unwrap_or(0);
    ensure(u32::from(address) & host_mask == 0, c::CIDR, || {
        format!("{text} has host bits")
    })?;
    Ok(Prefix { address, len })
}

/// BFD fields over what is in force.
pub(in crate::provision) fn bfd(
    was: Bfd,
    mult: Option<i64>,
    tx: Option<i64>,
    rx: Option<i64>,
) -> Result<Bfd, ApiError> {
    let timer = |value: Option<i64>, was: u16| match value {
        None => Ok(was),
        Some(ms) => u16::try_from(ms)
            .ok()
            .filter(|ms| (200..=1_000).contains(ms))
            .ok_or_else(|| deny(c::BFD_RANGE, format!("{ms} ms is not 200 to 1000"))),
    };
    let detect_multiplier = match mult {
        None => was.detect_multiplier,
        Some(n) => u8::try_from(n)
            .ok()
            .filter(|n| (3..=10).contains(n))
            .ok_or_else(|| deny(c::BFD_RANGE, format!("DetectMultiplier {n} is not 3 to 10")))?,
    };
    Ok(Bfd {
        min_tx_ms: timer(tx, was.min_tx_ms)?,
        min_rx_ms: timer(rx, was.min_rx_ms)?,
        detect_multiplier,
    })
}
