//! Which hop let a frame through, by which entry of its tables, and what that means.

use super::culprit::let_in;
use super::judge::{Finding, Flaw, Spot};
use super::minimise::Case;
use super::testbed::{TestPortKind, Testbed};
use crate::forward::{Service, Tables};
use crate::ident::{PortNo, TenantId};
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
    /// At which stage of its forwarder.
    pub stage: &'static str,
    /// By which entry of its tables.
    pub entry: String,
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
        stage: stage(&tables, finding.tenant, port, service),
        entry,
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
        stage: "learn",
        entry: format!("{sharing} services look addresses up in one database, whatever VLAN they were heard in"),
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
        stage: "admit",
    })
}

/// The stage that sent a tenant's frame out where it should not: `rewrite` where its own service is at that port
/// with another tag, else `decide`.
fn stage(tables: &Tables, tenant: TenantId, port: PortNo, service: Option<&Service>) -> &'static str {
    let here = |service: &Service| service.members.iter().any(|member| member.port == port);
    let own = tables
        .services
        .values()
        .any(|service| service.tenant == tenant && here(service));
    match service {
        Some(service) if service.tenant == tenant => "decide",
        _ if own => "rewrite",
        _ => "decide",
    }
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
