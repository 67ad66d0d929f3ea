//! Where on its way a leaking frame first went otherwise than the tables say.
//!
//! A switch whose tables are wrong does what they say, and is not found here: what wrote the tables is.

use crate::forward::{Member, PortRole, Service, Untagged};
use crate::ident::PortNo;
use crate::prove::{Hop, Leak, Network, SwitchSeat, Symbol};

/// A switch that did otherwise than its tables say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongHop {
    /// Its name.
    pub device: String,
    /// The stage of its forwarder: `admit`, `decide` or `rewrite`.
    pub stage: &'static str,
    /// What it did. No row of its profile is named: that a row is the cause would have to be tried, and whole
    /// profiles alone can be.
    pub what: String,
}

/// The first hop of a leak at which a switch did otherwise than its tables say.
pub fn wrong_hop(network: &Network, leak: &Leak) -> Option<WrongHop> {
    let next = |at: usize| leak.hops.get(at + 1).map(|hop| hop.read);
    let mut hops = leak.hops.iter().enumerate();
    hops.find_map(|(at, hop)| wrong(network, hop, next(at)))
}

fn wrong(network: &Network, hop: &Hop, next: Option<Symbol>) -> Option<WrongHop> {
    let (seat, from) = network.place(hop.from);
    let found = |stage, what| {
        Some(WrongHop {
            device: seat.name.clone(),
            stage,
            what,
        })
    };
    let vid = hop.read.parts().map(|(_, vid)| vid);
    let Some(service) = service(seat, from, vid) else {
        let read = vid.map_or("a frame without a tag".to_owned(), |vid| format!("VID {vid}"));
        return found(
            "admit",
            format!("it took {read} by port {}, which is no member of it", from.0),
        );
    };
    let (_, to) = network.place(hop.to);
    let mut members = service.members.iter().filter(|member| member.port == to).peekable();
    if members.peek().is_none() {
        return found(
            "decide",
            format!("it sent a frame out by port {}, which its service has not", to.0),
        );
    }
    let sent = next.map(|symbol| symbol.parts().map(|(_, vid)| vid));
    match sent {
        Some(sent) if !members.any(|member| leaves_as(seat, member) == sent) => {
            let tag = sent.map_or("without a tag".to_owned(), |vid| format!("with VID {vid}"));
            found(
                "rewrite",
                format!(
                    "it sent a frame out by port {} {tag}, which its service has not there",
                    to.0
                ),
            )
        }
        _ => None,
    }
}

/// The VID that frames of a member leave with; `None`: without a tag.
fn leaves_as(seat: &SwitchSeat, member: &Member) -> Option<u16> {
    let native = seat.tables.ports.get(member.port.index()).map(|port| port.untagged);
    let vid = member.vid.filter(|vid| native != Some(Untagged::Native(*vid)));
    vid.map(|vid| vid.get())
}

/// The service that the tables have for what comes in here.
fn service(seat: &SwitchSeat, port: PortNo, vid: Option<u16>) -> Option<&Service> {
    let config = seat.tables.ports.get(port.index())?;
    let native = match config.untagged {
        Untagged::Native(native) if matches!(vid, None | Some(0)) => Some(native.get()),
        Untagged::Native(_) | Untagged::Drop => None,
    };
    let at = |wanted: Option<u16>| {
        let here = move |member: &Member| member.port == port && member.vid.map(|vid| vid.get()) == wanted;
        let mut services = seat.tables.services.values();
        services.find(|service| service.members.iter().any(here))
    };
    // Whatever a customer tagged is payload at a tunnel, and a priority tag names no VLAN.
    let whole = matches!(config.role, PortRole::Tunnel) || matches!(vid, None | Some(0));
    let by_native = || native.and_then(|native| at(Some(native)));
    at(vid).or_else(by_native).or_else(|| at(None).filter(|_| whole))
}
