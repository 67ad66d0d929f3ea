//! Inside the cloud: how VBR and transit router address each other.

use crate::evidence::{Outbox, Packet};
use crate::ident::{DropReason, PortNo};
use crate::wire::{EtherType, FrameView, MacAddr, WireError};

/// The well-known address of "the neighbour at the other end" inside the cloud. There is no ARP
/// between VBR and transit router, nor between transit routers: the overlay knows both ends, and
/// each frame goes to this address from its sender's own.
pub const NEIGHBOUR: MacAddr = MacAddr::local(0xc1, 0);

/// Takes a frame off a cloud port: it must be untagged IPv4 for [`NEIGHBOUR`]. Anything else is
/// dropped here.
pub(super) fn admit(packet: Packet, out: &mut Outbox) -> Option<Packet> {
    match judge(packet.frame.bytes()) {
        Ok(()) => Some(packet),
        Err(reason) => {
            out.drop(packet, reason);
            None
        }
    }
}

fn judge(octets: &[u8]) -> Result<(), DropReason> {
    let view = FrameView::new(octets).map_err(|error| match error {
        WireError::Runt => DropReason::RuntFrame,
        _ => DropReason::TruncatedTag,
    })?;
    if view.tag_count() > 0 {
        Err(DropReason::VlanTagMismatch)
    } else if view.src().is_group() {
        Err(DropReason::SourceMacIsMulticast)
    } else if view.dst() != NEIGHBOUR {
        Err(DropReason::NotForMe)
    } else if view.ethertype() != EtherType::IPV4 {
        Err(DropReason::UnsupportedProtocol)
    } else {
        Ok(())
    }
}

/// Sends an untagged frame to the neighbour at `port`, from `src`.
pub(super) fn send(port: PortNo, mut packet: Packet, src: MacAddr, out: &mut Outbox) {
    packet.frame.set_addresses(NEIGHBOUR, src);
    out.send(port, packet);
}
