//! What a tenant sends that the contract does not carry: other tags, other addresses, longer frames, more
//! than was bought.

use super::lines::agreed_payload;
use super::service::{Kind, Service, base};
use super::{Deviation, Duty, Owner, Scene};
use crate::scenario::file::{FlowFrames, FlowItem, PortWord, TagItem};
use crate::scenario::{Edit, ItemName, KeyChange, Section, Share, SizeText, Span};
use crate::units::{BitRate, SimTime};
use crate::wire::EtherType;

/// Octets of an untagged frame around its payload, FCS among them.
const AROUND: u64 = 18;
/// Octets of an untagged frame with FCS whose IP packet has 1,500.
const FRAME: u64 = 1_500 + AROUND;
/// The same with a customer's own tag, where the port takes that as payload.
const FRAME_OF_TUNNEL: u64 = 1_522;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for flow in &scene.expanded.file().traffic {
        let sender = Sender::new(scene, flow);
        found.extend(sender.too_long());
        found.extend(sender.other_tags());
        found.extend(sender.other_address());
        found.extend(sender.too_much());
    }
}

/// Which way the frames of a flow go over a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// A flow, with the service that it uses.
struct Sender<'a> {
    scene: &'a Scene<'a>,
    flow: &'a FlowItem,
    service: Option<&'a Service<'a>>,
    tenant: Option<&'a str>,
}

impl<'a> Sender<'a> {
    fn new(scene: &'a Scene<'a>, flow: &'a FlowItem) -> Self {
        let service = [&flow.from, &flow.to]
            .into_iter()
            .find_map(|end| scene.services.of(base(end)));
        let vpcs = || scene.expanded.file().vpcs.iter();
        let of_vpc = || {
            vpcs()
                .find(|vpc| *vpc.name.0 == *base(&flow.from))
                .map(|vpc| vpc.tenant.0.as_str())
        };
        Self {
            scene,
            flow,
            service,
            tenant: service.map(|service| service.tenant).or_else(of_vpc),
        }
    }

    fn item(&self) -> ItemName {
        ItemName::new(Section::Traffic, &self.flow.name.0)
    }

    fn deviation(&self, duty: Duty, what: String, wrote: Span, heal: Vec<Edit>) -> Option<Deviation> {
        let tenant = self.tenant?;
        let owner = match duty {
            Duty::Load => Owner::Load(tenant.to_owned()),
            _ => Owner::Tenant(tenant.to_owned()),
        };
        Some(Deviation::new(duty, owner, &self.flow.name.0, wrote, what, heal).of(tenant))
    }

    fn port(&self) -> PortWord {
        let idc = self.service.map(|service| service.idc);
        let written = idc.and_then(|idc| idc.port.as_ref()).map(|port| port.value);
        let tagged = idc.is_some_and(|idc| idc.tag.is_some());
        written.unwrap_or(if tagged { PortWord::Trunk } else { PortWord::Access })
    }

    /// Frames whose packets have more than 1,500 octets.
    fn too_long(&self) -> Option<Deviation> {
        let size = match &self.flow.what {
            FlowFrames::Udp { size, .. } | FlowFrames::Ping { size, .. } | FlowFrames::Raw { size, .. } => {
                size.as_ref()?
            }
            FlowFrames::Replay { .. } => return None,
        };
        let SizeText::Octets(octets) = size.value else {
            return None;
        };
        let raw = matches!(self.flow.what, FlowFrames::Raw { .. });
        let agreed = self
            .service
            .map_or(FRAME, |service| agreed_payload(service.idc) + AROUND);
        let most = if raw && self.port() == PortWord::Tunnel {
            FRAME_OF_TUNNEL
        } else {
            agreed
        };
        if octets <= most {
            return None;
        }
        let name = &*self.flow.name.0;
        let what = format!("{name} sends packets of {} octets", octets.saturating_sub(AROUND));
        let mut changes = vec![KeyChange::set("size", &most.to_string())];
        // As many frames as before, so that each is sent again.
        if let (Some(rate), false) = (self.written_rate(), raw) {
            let scaled = u128::from(rate) * u128::from(most) / u128::from(octets.max(1));
            changes.push(KeyChange::set("rate", &format!("{scaled}bps")));
        }
        self.deviation(Duty::Size, what, size.span, vec![Edit::Change(self.item(), changes)])
    }

    fn written_rate(&self) -> Option<u64> {
        match &self.flow.what {
            FlowFrames::Udp { rate, .. } | FlowFrames::Ping { rate, .. } | FlowFrames::Raw { rate, .. } => {
                rate.as_ref().map(|rate| rate.value.as_bps())
            }
            FlowFrames::Replay { .. } => None,
        }
    }

    /// Forged frames whose tags are not those that were agreed for the port.
    fn other_tags(&self) -> Option<Deviation> {
        let service = self
            .service
            .filter(|service| base(&self.flow.from) == service.idc.name.0.as_str())?;
        let name = &*self.flow.name.0;
        match &self.flow.what {
            FlowFrames::Raw { tags, .. } => {
                let tags: &[TagItem] = tags.as_deref().unwrap_or(&[]);
                let stack: Vec<u64> = tags.iter().map(|tag| tag.vid.value).collect();
                let plain = tags
                    .iter()
                    .all(|tag| tag.tpid.as_ref().is_none_or(|tpid| tpid.value == EtherType::CTAG));
                let own = service.agreed_tag();
                let agreed = match (self.port(), own) {
                    (PortWord::Tunnel, _) => true,
                    (PortWord::Trunk, Some(tag)) => stack == [tag],
                    // A priority tag is no VLAN's.
                    (PortWord::Trunk | PortWord::Access, _) => stack.is_empty() || stack == [0],
                };
                if agreed && plain {
                    return None;
                }
                let right = match (self.port(), own) {
                    (PortWord::Trunk, Some(tag)) => KeyChange::set("tags", &format!("[{{ vid: {tag} }}]")),
                    _ => KeyChange::drop("tags"),
                };
                let wrote = tags.first().map_or(self.flow.name.span, |tag| tag.vid.span);
                let what = format!("{name} sends tags that were not agreed for its port");
                self.deviation(Duty::Agreed, what, wrote, vec![Edit::Change(self.item(), vec![right])])
            }
            FlowFrames::Replay { stack: Some(stack), .. } => {
                let what = format!("{name} keeps the tags of its capture");
                self.deviation(Duty::Agreed, what, stack.span, vec![Edit::drop(self.item(), "stack")])
            }
            FlowFrames::Udp { .. } | FlowFrames::Ping { .. } | FlowFrames::Replay { .. } => None,
        }
    }

    /// Forged frames with another station's source address.
    fn other_address(&self) -> Option<Deviation> {
        let FlowFrames::Raw { src_mac, src_macs, .. } = &self.flow.what else {
            return None;
        };
        let name = &*self.flow.name.0;
        let wrote = src_mac
            .as_ref()
            .map(|mac| mac.span)
            .or(src_macs.as_ref().map(|many| many.span))?;
        let mut changes = Vec::new();
        changes.extend(src_mac.as_ref().map(|_| KeyChange::drop("src_mac")));
        changes.extend(src_macs.as_ref().map(|_| KeyChange::drop("src_macs")));
        let what = format!("{name} sends from addresses that are not its own");
        self.deviation(Duty::Agreed, what, wrote, vec![Edit::Change(self.item(), changes)])
    }

    /// More than was bought, together with what else the tenant sends the same way at that time.
    fn too_much(&self) -> Option<Deviation> {
        rate_of(self.flow)?;
        let way = self.way()?;
        let window = window(self.flow, self.scene);
        let mut worst: Option<(u64, u64, String)> = None;
        let mut hold = |bought: Option<u64>, all: u64, place: &str| {
            let Some(bought) = bought.filter(|bought| *bought < all) else {
                return;
            };
            let tighter =
                |(b, a, _): &(u64, u64, String)| u128::from(bought) * u128::from(*a) < u128::from(*b) * u128::from(all);
            if worst.as_ref().is_none_or(tighter) {
                worst = Some((bought, all, place.to_owned()));
            }
        };
        if let Some(service) = self.service {
            hold(
                self.bought(service, window),
                self.load(way, window, None),
                &service.idc.name.0,
            );
        }
        for border in &self.scene.expanded.file().cross_border {
            if self.crosses(&border.name.0) {
                let bought = border.spec.as_ref().map_or(border.rate.value, |spec| spec.value);
                hold(
                    Some(bought.as_bps()),
                    self.load(way, window, Some(&border.name.0)),
                    &border.name.0,
                );
            }
        }
        let (bought, all, place) = worst?;
        let what = format!(
            "{} sends {} over {place}, where {} was bought",
            &*self.flow.name.0,
            BitRate::from_bps(all),
            BitRate::from_bps(bought)
        );
        let share = u128::from(bought) * 1_000_000_000 / u128::from(all.max(1));
        let share = Share(u32::try_from(share).ok()?);
        let heal = vec![Edit::set(self.item(), "sent_share", &share.to_string())];
        self.deviation(Duty::Load, what, self.flow.name.span, heal)
    }

    fn way(&self) -> Option<Way> {
        let idc = self.service.map(|service| service.idc.name.0.as_str());
        Some(match (idc, base(&self.flow.from)) {
            (Some(idc), from) if from == idc => Way::Up,
            (Some(_), _) => Way::Down,
            // Between regions the ends of a border stand for up and down.
            (None, from) => {
                let mut borders = self.scene.expanded.file().cross_border.iter();
                let border = borders.find(|border| *border.a.0 == *from || *border.b.0 == *from)?;
                if *border.a.0 == *from { Way::Up } else { Way::Down }
            }
        })
    }

    /// What all flows send this way, of this service (or across this border) while `window` lasts.
    fn load(&self, way: Way, window: (SimTime, SimTime), border: Option<&str>) -> u64 {
        let flows = self.scene.expanded.file().traffic.iter();
        let mut sum = 0u64;
        for flow in flows {
            let other = Sender::new(self.scene, flow);
            let (from, to) = self::window(flow, self.scene);
            let together = from < window.1 && window.0 < to;
            let same = match border {
                Some(border) => other.crosses(border) && other.tenant == self.tenant,
                None => match (other.service, self.service) {
                    (Some(a), Some(b)) => std::ptr::eq(a, b),
                    _ => false,
                },
            };
            if together && same && (other.way() == Some(way) || answers(flow)) {
                sum = sum.saturating_add(rate_of(flow).unwrap_or(0));
            }
        }
        sum
    }

    /// Does the flow go over this border: has it an end in the VPC that its VBR is not attached to?
    fn crosses(&self, border: &str) -> bool {
        let file = self.scene.expanded.file();
        let Some(border) = file.cross_border.iter().find(|item| *item.name.0 == *border) else {
            return false;
        };
        let ends = [base(&self.flow.from), base(&self.flow.to)];
        let at = |vpc: &str| ends.contains(&vpc);
        let (a, b) = (border.a.0.as_str(), border.b.0.as_str());
        match self.service {
            None => at(a) && at(b),
            Some(service) => {
                let near = self.attached(service);
                (at(a) || at(b)) && ends.iter().all(|end| near != Some(*end))
            }
        }
    }

    /// The VPC whose transit router a service's VBR is attached to.
    fn attached(&self, service: &'a Service<'a>) -> Option<&'a str> {
        let maker = match service.kind {
            Kind::Legacy => service.sale.as_ref(),
            Kind::Shared | Kind::Own => service.router.as_ref(),
        };
        let written = maker.and_then(|call| call.item.vpc.as_ref()).map(|vpc| vpc.0.as_str());
        let only = || match service.vpcs.as_slice() {
            [only] => Some(only.name.0.as_str()),
            _ => None,
        };
        written.or_else(only)
    }

    /// What was bought of a service while the window lasts, the least of it. What a conversion makes less is
    /// nobody's choice, and does not count.
    fn bought(&self, service: &Service<'_>, (from, to): (SimTime, SimTime)) -> Option<u64> {
        let plan = self.scene.plan;
        let tenant = plan.tenants.iter().position(|tenant| tenant.name == service.tenant)?;
        let facts = self.scene.outcomes.facts();
        let mut own = facts.filter(|fact| {
            fact.tenant.index() == tenant
                && fact.circuit == service.idc.circuit.0
                && u64::from(fact.vlan) == service.idc.vlan_id.value
        });
        // What holds now, and what the port itself says.
        let mut now: Option<(u64, Option<u64>)> = None;
        let mut least: Option<u64> = None;
        let mut take = |value: u64| least = Some(least.map_or(value, |least| least.min(value)));
        for fact in &mut own {
            let port = fact.port.as_ref().map(|port| port.bandwidth);
            // A VBR without a bandwidth of its own has its circuit's.
            let whole = || {
                plan.circuits
                    .iter()
                    .find(|circuit| circuit.name == fact.circuit)
                    .map(|c| c.bandwidth)
            };
            let of_vbr = || fact.vbr.as_ref().and_then(|vbr| vbr.bandwidth.or_else(whole));
            let rate = port.or_else(of_vbr).map(BitRate::as_bps);
            let Some(rate) = rate else { continue };
            if fact.at > from
                && let Some((before, _)) = now
            {
                take(before);
            }
            if fact.at >= to {
                break;
            }
            let of_port = port.map(|_| rate);
            now = Some(match now {
                Some((before, None)) if of_port.is_some() => (before.max(rate), of_port),
                Some((before, was)) if was == of_port && was.is_some() => (before, was),
                _ => (rate, of_port),
            });
        }
        if let Some((rate, _)) = now {
            take(rate);
        }
        let agreed = service.agreed().and_then(|agreed| agreed.spec.as_ref());
        let agreed = agreed.map_or(0, |spec| spec.value.as_bps());
        let least = least.map(|least| least.max(agreed));
        least.or_else(|| self.scene.services.sold(&service.idc.name.0).map(BitRate::as_bps))
    }
}

/// Is each frame of the flow answered by one of the same size?
fn answers(flow: &FlowItem) -> bool {
    match &flow.what {
        FlowFrames::Udp { answered, .. } => answered.as_ref().is_none_or(|answered| answered.value),
        FlowFrames::Ping { .. } => true,
        FlowFrames::Replay { .. } | FlowFrames::Raw { .. } => false,
    }
}

/// When a flow sends.
fn window(flow: &FlowItem, scene: &Scene<'_>) -> (SimTime, SimTime) {
    let start = flow.start.as_ref().map_or(SimTime::ZERO, |start| start.value);
    (start, flow.stop.as_ref().map_or(scene.plan.end, |stop| stop.value))
}

/// What a flow offers on average, in bits a second; `None`: it is not known from the file.
fn rate_of(flow: &FlowItem) -> Option<u64> {
    let (rate, interval, size, count) = match &flow.what {
        FlowFrames::Udp {
            rate, interval, size, ..
        }
        | FlowFrames::Ping {
            rate, interval, size, ..
        } => (rate, interval, size, &flow.count),
        FlowFrames::Raw {
            rate, interval, size, ..
        } => (rate, interval, size, &flow.count),
        FlowFrames::Replay { .. } => return None,
    };
    if count.as_ref().is_some_and(|count| count.value <= 1) {
        return None;
    }
    if let Some(rate) = rate {
        return Some(rate.value.as_bps());
    }
    let octets = match size.as_ref().map(|size| size.value) {
        Some(SizeText::Octets(octets)) => octets,
        Some(SizeText::Imix) => return None,
        None => 512,
    };
    let nanos = interval
        .as_ref()
        .map(|interval| interval.value.as_nanos())
        .filter(|nanos| *nanos > 0)?;
    let bits = u128::from(octets) * 8 * 1_000_000_000;
    u64::try_from(bits / u128::from(nanos)).ok()
}
