//! What a file says of lines, trunks, circuits and borders that carries less than what is sold over them.

use std::collections::{BTreeMap, BTreeSet};

use super::switch_ports::Port;
use super::{Deviation, Duty, Owner, Scene};
use crate::scenario::file::{CircuitItem, IdcItem, LinkItem, PortWord, SwitchPortItem};
use crate::scenario::{At, Edit, ItemName, Section, Span, VidRange};
use crate::units::{BitRate, ByteCount};

/// Octets of payload that a link carries by contract.
const PAYLOAD: u64 = 1_500;
/// The same where a port takes a customer's own tags as payload: two of them.
const PAYLOAD_OF_TUNNEL: u64 = 1_508;
/// A link between switches carries this much where nothing is written.
const PAYLOAD_OF_TRUNKS: u64 = 9_000;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    let file = scene.expanded.file();
    let asked = Asked::new(scene);
    for link in &file.links {
        Line::of_link(scene, link).find(&asked, found);
    }
    for circuit in &file.circuits {
        Line::of_circuit(scene, circuit).find(&asked, found);
    }
    for idc in &file.idcs {
        Line::of_idc(scene, idc).find(&asked, found);
    }
    borders(scene, found);
}

/// What is asked of links, by their names.
#[derive(Default)]
struct Asked {
    /// The bandwidth that is sold over each.
    sold: BTreeMap<String, u64>,
    /// The VLANs that are sold on each circuit.
    vlans: BTreeMap<String, BTreeSet<u64>>,
    /// Those that a port's frames with tags of their own go over.
    tunnels: BTreeSet<String>,
    /// Octets of payload that were agreed over each, the most of them; 1,500 of a service that agreed none.
    payload: BTreeMap<String, u64>,
}

impl Asked {
    fn new(scene: &Scene<'_>) -> Self {
        let mut asked = Self::default();
        // The plan has them by name.
        let mut idcs: Vec<&IdcItem> = scene.expanded.file().idcs.iter().collect();
        idcs.sort_by(|a, b| a.name.value.cmp(&b.name.value));
        for (idc, way) in idcs.into_iter().zip(&scene.plan.ways) {
            let tunnel = idc.port.as_ref().is_some_and(|port| port.value == PortWord::Tunnel);
            let circuit = asked.vlans.entry(idc.circuit.0.clone()).or_default();
            circuit.extend(Some(idc.vlan_id.value).filter(|vlan| *vlan > 0));
            let sold = scene.services.sold(&idc.name.0).map_or(0, BitRate::as_bps);
            let payload = agreed_payload(idc);
            for link in &way.links {
                let name = &scene.plan.links[link.index()].name;
                *asked.sold.entry(name.clone()).or_default() += sold;
                let most = asked.payload.entry(name.clone()).or_default();
                *most = payload.max(*most);
                if tunnel {
                    asked.tunnels.insert(name.clone());
                }
            }
        }
        asked
    }
}

/// Octets of payload that a service's way has to carry.
pub(super) fn agreed_payload(idc: &IdcItem) -> u64 {
    let agreed = idc.agreed.as_ref().and_then(|agreed| agreed.mtu.as_ref());
    agreed.map_or(PAYLOAD, |mtu| mtu.value)
}

/// The keys of a link of any kind.
struct Line<'a> {
    item: ItemName,
    /// In front of a key: `last_mile.`, or nothing.
    prefix: &'static str,
    /// Does the file leave out the mapping that its keys stand in?
    is_bare: bool,
    name: String,
    wrote: Span,
    owner: Owner,
    /// Who answers for its `b` end.
    owner_b: Owner,
    mtu: Option<&'a At<u64>>,
    mtu_default: u64,
    rate: Option<&'a At<BitRate>>,
    queue: Option<&'a At<ByteCount>>,
    native: [Option<&'a At<u64>>; 2],
    allowed: [Option<&'a Vec<At<VidRange>>>; 2],
    unpruned: Option<&'a At<bool>>,
    ports: [Option<&'a SwitchPortItem>; 2],
}

impl<'a> Line<'a> {
    fn of_link(scene: &Scene<'a>, link: &'a LinkItem) -> Self {
        let owner = scene.accounts.of_link(link);
        Self {
            item: ItemName::new(Section::Links, &link.name.0),
            prefix: "",
            is_bare: false,
            name: link.name.0.clone(),
            wrote: link.name.span,
            owner_b: scene.accounts.of_device(&link.b).unwrap_or_else(|| owner.clone()),
            owner,
            mtu: link.mtu.as_ref(),
            mtu_default: PAYLOAD_OF_TRUNKS,
            rate: link.rate.as_ref(),
            queue: link.queue.as_ref(),
            native: [link.native_vid.as_ref(), link.native_vid_b.as_ref()],
            allowed: [link.allowed_vids.as_ref(), link.allowed_vids_b.as_ref()],
            unpruned: link.unpruned.as_ref(),
            ports: [link.port_a.as_ref(), link.port_b.as_ref()],
        }
    }

    fn of_circuit(scene: &Scene<'a>, circuit: &'a CircuitItem) -> Self {
        Self {
            item: ItemName::new(Section::Circuits, &circuit.name.0),
            prefix: "",
            is_bare: false,
            name: circuit.name.0.clone(),
            wrote: circuit.name.span,
            owner: scene.accounts.of_circuit(circuit),
            owner_b: Owner::Cloud,
            mtu: circuit.mtu.as_ref(),
            mtu_default: PAYLOAD,
            rate: circuit.rate.as_ref(),
            queue: circuit.queue.as_ref(),
            native: [circuit.native_vid.as_ref(), circuit.native_vid_b.as_ref()],
            allowed: [circuit.allowed_vids.as_ref(), circuit.allowed_vids_b.as_ref()],
            unpruned: circuit.unpruned.as_ref(),
            ports: [circuit.port_a.as_ref(), circuit.port_b.as_ref()],
        }
    }

    fn of_idc(scene: &Scene<'a>, idc: &'a IdcItem) -> Self {
        let line = idc.last_mile.as_ref();
        let owner = scene.accounts.of_line(idc);
        Self {
            item: ItemName::new(Section::Idcs, &idc.name.0),
            prefix: "last_mile.",
            is_bare: line.is_none(),
            name: format!("{}/uni", &*idc.name.0),
            wrote: idc.name.span,
            owner_b: owner.clone(),
            owner,
            mtu: line.and_then(|line| line.mtu.as_ref()),
            mtu_default: PAYLOAD,
            rate: line.and_then(|line| line.rate.as_ref()),
            queue: line.and_then(|line| line.queue.as_ref()),
            native: [None, None],
            allowed: [None, None],
            unpruned: None,
            ports: [None, None],
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// A key is written anew; with the mapping around it, where the file has none.
    fn set(&self, key: &str, value: &str) -> Edit {
        match self.prefix.strip_suffix('.').filter(|_| self.is_bare) {
            Some(around) => Edit::set(self.item.clone(), around, &format!("{{ {key}: {value} }}")),
            None => Edit::set(self.item.clone(), &self.key(key), value),
        }
    }

    fn note(&self, duty: Duty, owner: &Owner, (wrote, what): (Span, String), heal: Edit) -> Deviation {
        Deviation::new(duty, owner.clone(), &self.name, wrote, what, vec![heal])
    }

    fn find(&self, asked: &Asked, found: &mut Vec<Deviation>) {
        self.size(asked, found);
        self.speed(asked, found);
        self.tags(asked, found);
        let ends = [("port_a", &self.owner), ("port_b", &self.owner_b)];
        for ((under, owner), keys) in ends.into_iter().zip(self.ports) {
            let item = self.item.clone();
            let name = &self.name;
            let port = Port {
                item,
                under,
                name,
                owner,
                keys,
            };
            found.extend(port.find());
        }
    }

    fn size(&self, asked: &Asked, found: &mut Vec<Deviation>) {
        let needed = match asked.tunnels.contains(&self.name) {
            true => PAYLOAD_OF_TUNNEL,
            false => asked.payload.get(&self.name).copied().unwrap_or(PAYLOAD),
        };
        let carries = self.mtu.map_or(self.mtu_default, |mtu| mtu.value);
        if carries < needed {
            let wrote = self.mtu.map_or(self.wrote, |mtu| mtu.span);
            let what = format!("{} carries {carries} octets of payload, not {needed}", self.name);
            let heal = self.set("mtu", &needed.to_string());
            let least = needed.min(PAYLOAD.max(asked.payload.get(&self.name).copied().unwrap_or(0)));
            let evident = self.mtu.is_some_and(|mtu| mtu.value < least);
            found.push(Deviation {
                evident,
                ..self.note(Duty::Mtu, &self.owner, (wrote, what), heal)
            });
        }
    }

    fn speed(&self, asked: &Asked, found: &mut Vec<Deviation>) {
        let sold = asked.sold.get(&self.name).copied().unwrap_or(0);
        // On the wire a frame has up to 24 octets more than the contract counts: 64 become 88.
        let needed = sold.saturating_add(sold / 2);
        if let Some(rate) = self.rate.filter(|rate| rate.value.as_bps() < needed) {
            let evident = rate.value.as_bps() < sold;
            let sold = BitRate::from_bps(sold);
            let what = format!("{} has {} for {sold} that is sold over it", self.name, rate.value);
            let rate_needed = BitRate::from_bps(needed).to_string();
            let heal = Edit::set(self.item.clone(), &self.key("rate"), &rate_needed);
            found.push(Deviation {
                evident,
                ..self.note(Duty::LineRate, &self.owner, (rate.span, what), heal)
            });
        }
        if let Some(queue) = self.queue {
            let what = format!("{} has a queue of {}", self.name, queue.value);
            let heal = Edit::drop(self.item.clone(), &self.key("queue"));
            found.push(self.note(Duty::LineRate, &self.owner, (queue.span, what), heal));
        }
    }

    fn tags(&self, asked: &Asked, found: &mut Vec<Deviation>) {
        let ends = [("", &self.owner), ("_b", &self.owner_b)];
        for ((suffix, owner), native) in ends.into_iter().zip(self.native) {
            if let Some(native) = native {
                let what = format!("{} has the native VLAN {} at {}", self.name, native.value, end(suffix));
                let heal = Edit::drop(self.item.clone(), &format!("native_vid{suffix}"));
                let other = self.native[usize::from(suffix.is_empty())].or(self.native[0]);
                found.push(Deviation {
                    evident: !suffix.is_empty() && other.is_none_or(|other| other.value != native.value),
                    ..self.note(Duty::Tagging, owner, (native.span, what), heal)
                });
            }
        }
        for ((suffix, owner), allowed) in ends.into_iter().zip(self.allowed) {
            if let Some(first) = allowed.and_then(|list| list.first()) {
                let lacks = asked.vlans.get(&self.name).and_then(|vlans| {
                    let listed = |vlan: &&u64| allowed.into_iter().flatten().any(|range| range.value.contains(**vlan));
                    vlans.iter().find(|vlan| !listed(vlan))
                });
                let what = match lacks {
                    Some(vlan) => format!("the list of {} at {} lacks VLAN {vlan}", self.name, end(suffix)),
                    None => format!("{} has a list of VLANs at {}", self.name, end(suffix)),
                };
                let heal = Edit::drop(self.item.clone(), &format!("allowed_vids{suffix}"));
                found.push(Deviation {
                    evident: lacks.is_some(),
                    ..self.note(Duty::VlanList, owner, (first.span, what), heal)
                });
            }
        }
        if let Some(unpruned) = self.unpruned.filter(|unpruned| unpruned.value) {
            let what = format!("every VLAN is let onto {}", self.name);
            let heal = Edit::drop(self.item.clone(), "unpruned");
            found.push(self.note(Duty::Separation, &self.owner, (unpruned.span, what), heal));
        }
    }
}

fn end(suffix: &str) -> &'static str {
    match suffix {
        "" => "its `a` end",
        _ => "its `b` end",
    }
}

/// What transit routers do between regions.
fn borders(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for border in &scene.expanded.file().cross_border {
        let name = &border.name.0;
        let item = ItemName::new(Section::CrossBorder, name);
        let mut note = |duty, wrote, what, heal| {
            found.push(Deviation::new(duty, Owner::Cloud, name, wrote, what, vec![heal]).of(&border.tenant.0));
        };
        let sold = border.spec.as_ref().map(|spec| spec.value);
        if let (Some(police), Some(spec)) = (&border.police, sold)
            && police.value < spec
        {
            let what = format!("the transit routers police {name} to {} of {spec} sold", police.value);
            note(Duty::Policer, police.span, what, Edit::drop(item.clone(), "police"));
        }
        let needed = sold.map_or(0, |spec| spec.as_bps().saturating_add(spec.as_bps() / 2));
        if border.rate.value.as_bps() < needed {
            let what = format!("{name} has {} for what is sold over it", border.rate.value);
            let rate = BitRate::from_bps(needed).to_string();
            note(
                Duty::LineRate,
                border.rate.span,
                what,
                Edit::set(item.clone(), "rate", &rate),
            );
        }
        if let Some(mtu) = border.mtu.as_ref().filter(|mtu| mtu.value < PAYLOAD) {
            let what = format!("{name} carries {} octets of payload, not {PAYLOAD}", mtu.value);
            note(
                Duty::Mtu,
                mtu.span,
                what,
                Edit::set(item.clone(), "mtu", &PAYLOAD.to_string()),
            );
        }
        if let Some(queue) = &border.queue {
            let what = format!("{name} has a queue of {}", queue.value);
            note(Duty::LineRate, queue.span, what, Edit::drop(item, "queue"));
        }
    }
}
