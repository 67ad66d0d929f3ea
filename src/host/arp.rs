//! Address resolution (RFC 826): asks, retries, gives up; learns, answers, announces.

mod pending;

use std::net::Ipv4Addr;

use super::{ArpConfig, Interface, Protocol};
use crate::evidence::{Lineage, NodeChange, Outbox, Packet};
use crate::ident::{DropReason, Fate};
use crate::units::{SimDuration, SimTime};
use crate::wire::{Arp, ArpOperation, FrameView, MacAddr};

/// The addresses that one interface has resolved, and the frames that wait for the rest.
///
/// - Frames wait while an address is asked for, at most `queue` of them; the next is dropped as
///   `ArpQueueFull`. After `tries` requests, `retry` apart, and one more `retry` without an answer, the
///   waiting frames are dropped as `ArpFailed`.
/// - An entry ages on read: `age` after it was last confirmed it counts as absent. No timer runs
///   unless a request is out.
/// - It learns from requests to the interface, from replies to it and from gratuitous ARP, where the
///   sender is on the interface's own prefix; other packets only refresh what is known. It never
///   learns its own address from somebody else.
#[derive(Debug)]
pub struct ArpCache {
    config: ArpConfig,
    entries: Vec<Neighbour>,
    /// Requests sent so far.
    asked: u32,
}

#[derive(Debug)]
struct Neighbour {
    ip: Ipv4Addr,
    state: Resolution,
}

#[derive(Debug)]
enum Resolution {
    /// `heard`: it has answered a request from here, so that it knows this interface in turn.
    Known {
        mac: MacAddr,
        since: SimTime,
        heard: bool,
    },
    Asking(Box<Asking>),
}

#[derive(Debug)]
struct Asking {
    asked: u8,
    due: SimTime,
    waiting: Vec<Packet>,
    /// Asked before any frame needed it: if none does until it is due, nobody gave up.
    ahead: bool,
}

impl ArpCache {
    /// How many addresses it knows or asks for at most; the one confirmed longest ago goes first.
    pub const ENTRIES_MAX: usize = 256;

    /// An empty cache. Zero tries count as one, a retry of zero as one nanosecond.
    pub fn new(mut config: ArpConfig) -> Self {
        config.tries = config.tries.max(1);
        config.retry = config.retry.max(SimDuration::from_nanos(1));
        Self {
            config,
            entries: Vec::new(),
            asked: 0,
        }
    }

    /// Does the interface announce itself when it comes up?
    pub fn announces(&self) -> bool {
        self.config.gratuitous
    }

    /// The MAC of `ip`, where it is known and not too old at `now`.
    pub fn lookup(&self, ip: Ipv4Addr, now: SimTime) -> Option<MacAddr> {
        match self.entries.iter().find(|e| e.ip == ip)?.state {
            Resolution::Known { mac, since, .. } if now.saturating_since(since) < self.config.age => Some(mac),
            _ => None,
        }
    }

    /// Sends an untagged frame to the next hop `ip`: at once where its MAC is known, else after
    /// it has been resolved.
    pub fn send(&mut self, ip: Ipv4Addr, packet: Packet, iface: &Interface, now: SimTime, out: &mut Outbox) {
        if let Some(mac) = self.lookup(ip, now) {
            return iface.send(packet, mac, out);
        }
        let Some(own) = iface.own() else {
            return out.drop(packet, DropReason::InterfaceDown);
        };
        let Some(at) = self.slot(ip) else {
            return out.drop(packet, DropReason::ArpQueueFull);
        };
        if self.is_idle(at, now) {
            self.begin(at, false, now);
            ask(&mut self.asked, ip, own, iface, out);
        }
        if let Resolution::Asking(asking) = &mut self.entries[at].state {
            asking.ahead = false;
            if asking.waiting.len() < usize::from(self.config.queue) {
                asking.waiting.push(packet);
            } else {
                out.drop(packet, DropReason::ArpQueueFull);
            }
        }
        debug_assert_eq!(self.wrong(), None, "requests that are out are few and end");
    }

    /// Asks for `ip` before any frame needs it, once, unless it has answered before or is asked for
    /// already: an announcement that was heard says nothing of whether the other end knows this one.
    /// If no answer comes, frames are sent and lost all the same: those that come soon wait for this
    /// request, those that come later than half a retry ask anew.
    pub fn resolve_ahead(&mut self, ip: Ipv4Addr, iface: &Interface, now: SimTime, out: &mut Outbox) {
        let known = self.lookup(ip, now).is_some();
        let (Some(own), Some(at)) = (iface.own(), self.slot(ip)) else {
            return;
        };
        match self.entries[at].state {
            Resolution::Known { heard: true, .. } if known => {}
            Resolution::Known { .. } => {
                if !known {
                    self.begin(at, true, now);
                }
                ask(&mut self.asked, ip, own, iface, out);
            }
            Resolution::Asking(_) => {}
        }
        debug_assert_eq!(self.wrong(), None, "requests that are out are few and end");
    }

    /// Asks for `ip` on a line that has come back: what was asked on the dead line is asked anew.
    pub fn resolve_again(&mut self, ip: Ipv4Addr, iface: &Interface, now: SimTime, out: &mut Outbox) {
        let due = now.saturating_add(self.config.retry);
        let entry = self.entries.iter_mut().find(|e| e.ip == ip);
        match (entry.map(|e| &mut e.state), iface.own()) {
            (Some(Resolution::Asking(asking)), Some(own)) => {
                (asking.asked, asking.due) = (1, due);
                ask(&mut self.asked, ip, own, iface, out);
            }
            _ => self.resolve_ahead(ip, iface, now, out),
        }
    }

    /// An address has answered.
    fn was_heard(&mut self, ip: Ipv4Addr) {
        let entry = self.entries.iter_mut().find(|e| e.ip == ip);
        if let Some(Resolution::Known { heard, .. }) = entry.map(|e| &mut e.state) {
            *heard = true;
        }
    }

    /// Must a frame that needs this entry, which is not known, ask itself?
    fn is_idle(&self, at: usize, now: SimTime) -> bool {
        match &self.entries[at].state {
            Resolution::Known { .. } => true,
            Resolution::Asking(asking) if asking.ahead => {
                let left = asking.due.saturating_since(now).as_nanos();
                left <= self.config.retry.as_nanos() / 2
            }
            Resolution::Asking(_) => false,
        }
    }

    fn begin(&mut self, at: usize, ahead: bool, now: SimTime) {
        self.entries[at].state = Resolution::Asking(Box::new(Asking {
            asked: 1,
            due: now.saturating_add(self.config.retry),
            waiting: Vec::new(),
            ahead,
        }));
    }

    /// Takes an ARP frame that the interface admitted, and answers it where it asks for the
    /// interface's address. Requests for others are dropped as `NotForMe`.
    pub fn receive(&mut self, packet: Packet, iface: &Interface, now: SimTime, out: &mut Outbox) {
        let parsed = FrameView::new(packet.frame.bytes()).and_then(|view| Arp::parse(view.payload()));
        let arp = match parsed {
            Ok(arp) if !arp.sender_mac.is_group() => arp,
            _ => return out.drop(packet, DropReason::BadHeader),
        };
        let Some(own) = iface.own() else {
            return out.drop(packet, DropReason::InterfaceDown);
        };
        let for_us = arp.target_ip == own;
        let add = (for_us || arp.is_gratuitous()) && iface.is_on_link(arp.sender_ip);
        let learned = arp.sender_ip != own && self.learn(arp.sender_ip, arp.sender_mac, add, iface, now, out);
        if learned && for_us && arp.operation == ArpOperation::Reply {
            self.was_heard(arp.sender_ip);
        }
        if !for_us && !learned {
            return out.drop(packet, DropReason::NotForMe);
        }
        let trace = *packet.ticket.trace();
        out.settle(packet, Fate::Consumed);
        if for_us && arp.operation == ArpOperation::Request && arp.sender_ip != own {
            let reply = arp.reply_from(iface.mac).frame(arp.sender_mac);
            let reply = out.child(&trace, Lineage::Reply, reply);
            iface.send(reply, arp.sender_mac, out);
        }
    }

    /// Announces the interface's own address by gratuitous ARP, where it has one.
    pub fn announce(&mut self, iface: &Interface, out: &mut Outbox) {
        if let Some(own) = iface.own() {
            ask(&mut self.asked, own, own, iface, out);
        }
    }

    /// Asks again, or gives up, wherever that is due.
    pub fn timeout(&mut self, iface: &Interface, now: SimTime, out: &mut Outbox) {
        let mut at = 0;
        while at < self.entries.len() {
            if self.retry_one(at, iface, now, out) {
                at += 1;
            } else {
                self.entries.remove(at);
            }
        }
        debug_assert_eq!(self.wrong(), None, "requests that are out are few and end");
        debug_assert!(self.is_done_by(now), "what is due has been done");
    }

    /// When a request is next due; `None` while nothing is asked for.
    pub fn next_timeout(&self) -> Option<SimTime> {
        let due = |e: &Neighbour| match &e.state {
            Resolution::Asking(asking) => Some(asking.due),
            Resolution::Known { .. } => None,
        };
        self.entries.iter().filter_map(due).min()
    }

    /// Forgets what is known, as a host does when its carrier goes; requests go on.
    pub fn forget_known(&mut self) {
        self.entries.retain(|e| matches!(e.state, Resolution::Asking(_)));
        debug_assert_eq!(self.wrong(), None, "requests that are out are few and end");
    }

    /// Forgets everything and hands back the frames that waited.
    pub fn drain(&mut self) -> Vec<Packet> {
        let mut waiting = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            if let Resolution::Asking(asking) = entry.state {
                waiting.extend(asking.waiting);
            }
        }
        debug_assert!(self.next_timeout().is_none(), "nothing idle holds a timer");
        waiting
    }

    /// Asks again for one entry as often as that is due. `false`: it gave up.
    fn retry_one(&mut self, at: usize, iface: &Interface, now: SimTime, out: &mut Outbox) -> bool {
        let Neighbour { ip, state } = &mut self.entries[at];
        let Resolution::Asking(asking) = state else {
            return true;
        };
        if asking.ahead && asking.due <= now {
            return false;
        }
        while asking.due <= now {
            match iface.own() {
                Some(own) if asking.asked < self.config.tries => {
                    asking.asked += 1;
                    asking.due = asking.due.saturating_add(self.config.retry);
                    ask(&mut self.asked, *ip, own, iface, out);
                }
                _ => {
                    for packet in asking.waiting.drain(..) {
                        out.drop(packet, DropReason::ArpFailed);
                    }
                    out.changed(NodeChange::Arp {
                        tenant: iface.tenant,
                        address: ip.octets(),
                        resolved: false,
                    });
                    return false;
                }
            }
        }
        true
    }

    /// Learns, where `add` allows it or the address is known already; sends what waited for it.
    /// Says whether anything was learned.
    fn learn(
        &mut self,
        ip: Ipv4Addr,
        mac: MacAddr,
        add: bool,
        iface: &Interface,
        now: SimTime,
        out: &mut Outbox,
    ) -> bool {
        let found = self.entries.iter().position(|e| e.ip == ip);
        let Some(at) = found.or_else(|| if add { self.slot(ip) } else { None }) else {
            return false;
        };
        let heard = matches!(self.entries[at].state, Resolution::Known { mac: old, heard: true, .. } if old == mac);
        let known = Resolution::Known { mac, since: now, heard };
        let before = std::mem::replace(&mut self.entries[at].state, known);
        if let Resolution::Asking(asking) = before {
            out.changed(NodeChange::Arp {
                tenant: iface.tenant,
                address: ip.octets(),
                resolved: true,
            });
            for packet in asking.waiting {
                iface.send(packet, mac, out);
            }
        }
        debug_assert_eq!(self.wrong(), None, "requests that are out are few and end");
        debug_assert_eq!(
            self.lookup(ip, now).is_some(),
            !self.config.age.is_zero(),
            "what was learned is known"
        );
        true
    }

    /// The entry for `ip`: the one that exists, or a new one that is too old to use. `None`
    /// where the cache is full of open requests.
    fn slot(&mut self, ip: Ipv4Addr) -> Option<usize> {
        if let Some(at) = self.entries.iter().position(|e| e.ip == ip) {
            // An aged entry is left as `Known`: whoever asks has looked it up before.
            return Some(at);
        }
        let stale = Resolution::Known {
            mac: MacAddr::default(),
            since: SimTime::ZERO,
            heard: false,
        };
        let entry = Neighbour { ip, state: stale };
        if self.entries.len() < Self::ENTRIES_MAX {
            if self.entries.is_empty() {
                // Most interfaces have one neighbour, and there are very many interfaces.
                self.entries.reserve_exact(1);
            }
            self.entries.push(entry);
            return Some(self.entries.len() - 1);
        }
        let known = |(at, e): (usize, &Neighbour)| match e.state {
            Resolution::Known { since, .. } => Some((since, at)),
            Resolution::Asking(_) => None,
        };
        let (_, at) = self.entries.iter().enumerate().filter_map(known).min()?;
        self.entries[at] = entry;
        Some(at)
    }
}

/// Sends a request; `asked` counts those of the interface.
fn ask(asked: &mut u32, ip: Ipv4Addr, own: Ipv4Addr, iface: &Interface, out: &mut Outbox) {
    let frame = Arp::request(iface.mac, own, ip).frame(MacAddr::BROADCAST);
    let packet = iface.offer(Protocol::Arp, *asked, frame, out);
    *asked = asked.wrapping_add(1);
    iface.send(packet, MacAddr::BROADCAST, out);
}

#[cfg(test)]
impl ArpCache {
    /// Octets on the heap, frames that wait not counted.
    pub fn heap_octets(&self) -> usize {
        let asking = |e: &&Neighbour| matches!(e.state, Resolution::Asking(_));
        self.entries.capacity() * size_of::<Neighbour>()
            + self.entries.iter().filter(asking).count() * size_of::<Asking>()
    }
}
