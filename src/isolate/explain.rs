//! Which hop let a frame through, by which entry of its tables, and what that means.

use super::culprit::let_in;
use super::judge::{Finding, Flaw, Spot};
use super::minimise::Case;
use super::testbed::{TestPortKind, Testbed};
use crate::forward::{Service, Tables, Untagged};
use crate::ident::{PortNo, TenantId};
use crate::provision::OperationName;
use crate::scenario::Key;
use crate::wire::{EtherType, Frame, Vid};

/// A frame between two nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Who sent it.
    pub by: String,
    /// By which port, where it is a device.
    pub port: Option<u32>,
    /// On which link.
    pub link: String,
    /// Its tags there, as `8100:101`.
    pub tags: Vec<String>,
    /// How long it was.
    pub octets: usize,
}

/// The way of a leaking frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Every hop, in order.
    pub hops: Vec<Hop>,
    /// The device that let it through.
    pub device: String,
    /// By which entry of its tables.
    pub entry: String,
    /// Where that was asked for in the scenario.
    pub written: Option<Written>,
}

/// What of a scenario let a frame through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The key, as `native_vid`; for a call of the API its operation.
    pub key: &'static str,
    /// Whose key it is: a switch, a trunk, an IDC.
    pub of: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1; 0: the whole line.
    pub column: u32,
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if self.column > 0 {
            write!(f, ", column {}", self.column)?;
        }
        write!(f, ": `{}` of {}", self.key, self.of)
    }
}

fn tags(octets: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = 12;
    while let Some(&[a, b, c, d]) = octets.get(at..at + 4) {
        let tpid = EtherType(u16::from_be_bytes([a, b]));
        if !tpid.is_tag() {
            break;
        }
        out.push(format!("{:04x}:{}", tpid.0, u16::from_be_bytes([c, d]) & 0xfff));
        at += 4;
    }
    out
}

/// The case's frame, hop by hop, and who let it through.
pub fn explain(bed: &Testbed, case: &Case, finding: &Finding) -> Option<Explained> {
    let last = case.trial.sendings.len().checked_sub(1)?;
    let way: Vec<_> = case.trail.iter().filter(|c| c.number == last).collect();
    let hops = way.iter().map(|c| Hop {
        by: c.by.clone(),
        port: c.device.map(|(_, port)| port.0),
        link: case.links.get(c.link.index()).map_or(String::new(), |l| l.name.clone()),
        tags: tags(&c.octets),
        octets: c.octets.len(),
    });
    let (at, (device, port)) = way.iter().find_map(|c| {
        let sent = c.device?;
        wrong(bed, &c.octets, sent, finding.tenant).then_some((c, sent))
    })?;
    let tables = tables(bed, case, device);
    let config = tables.ports.get(port.index())?;
    let vid = Frame::from_octets(&at.octets)
        .outer_tag()
        .filter(|t| t.tpid == config.tpid);
    let vid = vid.map(|t| t.vid());
    let (entry, service) = entry(bed, &tables, device, port, vid);
    Some(Explained {
        hops: hops.collect(),
        device: bed.devices[device].name.clone(),
        entry,
        written: written(bed, (device, port), vid, finding.tenant, service),
    })
}

/// Why others' frames suffer where none went astray: a device whose VLANs share what they learn.
pub fn blame(bed: &Testbed, finding: &Finding) -> Option<Explained> {
    let device = match (finding.flaw, finding.spot) {
        (Flaw::State, Spot::Device(device, _)) => device,
        (Flaw::Disturbed | Flaw::Lost, _) => finding.dropped?,
        _ => return None,
    };
    let own = &bed.devices[device];
    let sharing = own.tables.services.values().filter(|s| s.kind.fid().is_some()).count();
    (sharing > 1).then(|| Explained {
        hops: Vec::new(),
        device: own.name.clone(),
        entry: format!("{sharing} services look addresses up in one database, whatever VLAN they were heard in"),
        written: at_node(bed, &own.name, Key::Learning),
    })
}

/// A device that takes in by a port a VID that the port is no member of: without ingress filtering
/// that alone lets a frame into another's VLAN, whatever keys its ports have besides.
pub fn admitted(bed: &Testbed, finding: &Finding, explained: Option<Explained>) -> Option<Explained> {
    let (device, port) = finding.from.enters(bed);
    let own = &bed.devices[device];
    let went_astray = matches!(finding.flaw, Flaw::Leak | Flaw::Stray | Flaw::State);
    let Some(vid) = let_in(bed, finding.from, &finding.sent).filter(|_| went_astray) else {
        return explained;
    };
    Some(Explained {
        hops: explained.map_or_else(Vec::new, |explained| explained.hops),
        device: own.name.clone(),
        entry: format!(
            "it took VID {vid} by port {}, which is no member of it: `{}` filters nothing on ingress",
            port.0, own.tables.profile
        ),
        written: at_node(bed, &own.name, Key::Profile),
    })
}

pub(super) fn at_node(bed: &Testbed, name: &str, key: Key) -> Option<Written> {
    let span = bed.origins.node(name, key)?;
    Some(Written {
        key: key.as_str(),
        of: name.to_owned(),
        line: span.line,
        column: span.column,
    })
}

pub(super) fn at_link(bed: &Testbed, trunk: usize, key: Key) -> Option<Written> {
    let name = &bed.trunks[trunk].name;
    let span = bed.origins.link(name, key)?;
    Some(Written {
        key: key.as_str(),
        of: name.clone(),
        line: span.line,
        column: span.column,
    })
}

fn trunk_at(bed: &Testbed, end: (usize, PortNo)) -> Option<usize> {
    bed.trunks.iter().position(|t| t.a == end || t.b == end)
}

/// What lets a service onto a trunk where its VID is another tenant's: the trunk that has no list, or
/// its list, or its switch's default VLAN.
fn let_on(bed: &Testbed, device: usize, service: &Service) -> Option<Written> {
    let own = &bed.devices[device];
    service.members.iter().find_map(|member| {
        let (port, vid) = (member.port, member.vid?);
        let trunk = trunk_at(bed, (device, port))?;
        if bed.owner_on(trunk, Some(vid)) == service.tenant {
            return None;
        }
        let listed = own.tables.allowed.get(&port).is_some_and(|list| list.contains(vid));
        let is_default = own.tables.ports[port.index()].untagged == Untagged::Native(vid);
        let far = bed.trunks[trunk].b == (device, port);
        at_link(bed, trunk, Key::Unpruned)
            .or_else(|| at_link(bed, trunk, Key::AllowedVidsB).filter(|_| listed && far))
            .or_else(|| at_link(bed, trunk, Key::AllowedVids).filter(|_| listed))
            .or_else(|| at_node(bed, &own.name, Key::DefaultVlan).filter(|_| is_default))
    })
}

/// The line that let a tenant's frame out by this port with this VID: the boldest reason first.
fn written(
    bed: &Testbed,
    (device, port): (usize, PortNo),
    vid: Option<Vid>,
    tenant: TenantId,
    service: Option<&Service>,
) -> Option<Written> {
    let own = &bed.devices[device];
    if own.quirk.is_some() {
        return at_node(bed, &own.name, Key::Quirk);
    }
    if let Some(trunk) = trunk_at(bed, (device, port)) {
        let of_link = |key: Key| at_link(bed, trunk, key);
        // Where the ends disagree, the second key is what makes them.
        let native = || of_link(Key::NativeVidB).or_else(|| of_link(Key::NativeVid));
        let found = match vid {
            None => native(),
            Some(_) => of_link(Key::Unpruned),
        };
        if found.is_some() {
            return found;
        }
        if vid.is_none()
            && let Some(default) = at_node(bed, &own.name, Key::DefaultVlan)
        {
            return Some(default);
        }
    }
    if let Some(let_on) = service.and_then(|service| let_on(bed, device, service)) {
        return Some(let_on);
    }
    let misconnected = || at_node(bed, &own.name, Key::Misconnect);
    let called = || {
        let service = service?;
        let mut ports = service.members.iter().map(|m| m.port);
        let line = ports.find_map(|port| bed.lines.get(&(device, port, service.tenant)))?;
        Some(Written {
            key: OperationName::CreateVirtualBorderRouter.as_str(),
            of: bed.tenant(service.tenant).to_owned(),
            line: *line,
            column: 0,
        })
    };
    let idc = || {
        let here = |p: &&super::testbed::TestPort| p.kind == TestPortKind::Idc && p.owner == tenant;
        let idc = bed.places.iter().find(here)?;
        at_node(bed, &idc.name, Key::VlanId)
    };
    misconnected()
        .or_else(called)
        .or_else(idc)
        .or_else(|| at_node(bed, &own.name, Key::Name))
}

fn tables(bed: &Testbed, case: &Case, device: usize) -> Tables {
    let given = case.trial.tables.iter().find(|(d, _)| *d == device);
    given.map_or_else(|| bed.devices[device].tables.clone(), |(_, tables)| tables.clone())
}

/// Did the device send the tenant's frame to a port, or into a VLAN, of another?
fn wrong(bed: &Testbed, octets: &[u8], (device, port): (usize, PortNo), tenant: TenantId) -> bool {
    if let Some(place) = bed.places.iter().find(|p| (p.device, p.port) == (device, port)) {
        return place.owner != tenant || !tenant.is_some();
    }
    let ends = |t: &super::testbed::Trunk| t.a == (device, port) || t.b == (device, port);
    let Some(trunk) = bed.trunks.iter().position(ends) else {
        return false;
    };
    let tpid = bed.devices[device].tables.ports[port.index()].tpid;
    let tag = Frame::from_octets(octets).outer_tag().filter(|t| t.tpid == tpid);
    bed.owner_on(trunk, tag.map(|t| t.vid())) != tenant
}

fn entry<'t>(
    bed: &Testbed,
    tables: &'t Tables,
    device: usize,
    port: PortNo,
    vid: Option<Vid>,
) -> (String, Option<&'t Service>) {
    let own = &bed.devices[device];
    let at = match vid {
        Some(vid) => format!("port {} VID {vid}", port.0),
        None => format!("port {} untagged", port.0),
    };
    let found = tables.services.iter().find_map(|(id, service)| {
        let here = |v: Option<Vid>| service.members.iter().any(|m| (m.port, m.vid) == (port, v));
        (here(vid) || (vid.is_none() && service.members.iter().any(|m| m.port == port))).then_some((id, service))
    });
    let mut text = match found {
        Some((id, service)) => {
            let members: Vec<String> = service
                .members
                .iter()
                .map(|m| match m.vid {
                    Some(vid) => format!("port {} VID {vid}", m.port.0),
                    None => format!("port {} untagged", m.port.0),
                })
                .collect();
            format!(
                "it left by {at}: service {} of {} ({})",
                id.0,
                bed.tenant(service.tenant),
                members.join(", ")
            )
        }
        None => format!("it left by {at}, which no entry of its tables has"),
    };
    if let Some(quirk) = own.quirk {
        text.push_str(&format!("; the scenario plants `{quirk}` there"));
    }
    (text, found.map(|(_, service)| service))
}

/// What a finding means, in one sentence.
pub fn consequence(bed: &Testbed, finding: &Finding) -> String {
    let who = match finding.tenant.is_some() {
        true => bed.tenant(finding.tenant).to_owned(),
        false => "nobody's VLAN".to_owned(),
    };
    match (finding.flaw, finding.spot) {
        (Flaw::Leak, Spot::TestPort(place)) => {
            let place = &bed.places[place];
            match place.kind {
                TestPortKind::Free => format!("Whoever plugs into {} reads what {who} sends.", place.name),
                _ => format!(
                    "{} reads what {who} sends, and {who} can put frames into its network.",
                    bed.tenant(place.owner)
                ),
            }
        }
        (Flaw::Stray, Spot::Port(_, _, owner)) if owner.is_some() => format!(
            "Frames of {who} travel in the VLAN of {}, and whoever listens there takes them for its own.",
            bed.tenant(owner)
        ),
        (Flaw::Stray, _) => {
            format!("Frames of {who} travel in a VLAN that is not its own: the next device decides where they end.")
        }
        (Flaw::State, Spot::Device(_, tenant)) => format!(
            "What {who} sends changes what the device keeps for {}.",
            bed.tenant(tenant)
        ),
        (Flaw::Disturbed, _) => format!("Good frames of {who} are lost because of what another sends."),
        (Flaw::Late, _) => format!("Good frames of {who} wait for what another sends."),
        (Flaw::Granted, _) => "A rule of the product is not enforced.".to_owned(),
        (Flaw::Unnoticed, _) => "The tester is blind here: its other verdicts need looking at.".to_owned(),
        (Flaw::Delivered, _) => format!("The device passes what it declares to drop; it stays with {who}."),
        (Flaw::Reflected, _) => format!("{who} hears itself: a loop, or a station that seems to move."),
        (Flaw::Doubled, _) => format!("{who} gets a frame twice."),
        (Flaw::Mangled, _) => format!("What {who} gets is not what it sent."),
        (Flaw::Lost, _) => format!("A frame that {who} may send does not arrive."),
        (Flaw::Unpoliced, _) => format!("{who} takes more bandwidth than it was sold, at the others' cost."),
        (Flaw::Exposed, _) => {
            format!("{who} can put frames into whatever VLAN the next device reads its inner tag as.")
        }
        (Flaw::Overfull, _) => format!("{who} fills a table that others need, and their frames are flooded."),
        (Flaw::Miscounted, _) => format!("{who} is billed for other octets than it sent."),
        (Flaw::Leak | Flaw::State, _) => String::new(),
    }
}
