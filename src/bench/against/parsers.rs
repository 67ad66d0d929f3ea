//! Parsing crates of the Rust world with std's `HashMap`: what an application writes first.
//!
//! Each looks up the VID, rewrites it in the octets, appends the frame's number to the tenant's
//! bounded output, which is drained when full, and counts. They leave out every other duty.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::rc::Rc;

use etherparse::{EtherType, Ethernet2Slice, LinkExtSlice, SingleVlanSlice, SlicedPacket};
use pnet::packet::Packet;
use pnet::packet::ethernet::{EtherTypes, EthernetPacket};
use pnet::packet::vlan::{MutableVlanPacket, VlanPacket};

use super::field::Field;
use super::ledger::{Ledger, mirror};
use super::{Job, leaves_out};
use crate::bench::clock::{Legs, Stopwatch};
use crate::bench::{Contender, Timed};

/// How many frame numbers an output holds before it is drained.
const OUTPUT: usize = 32;

/// A way to read and write the VID of a frame.
trait View {
    const NAME: &'static str;
    const LEAVES_OUT: &'static [&'static str];
    fn vid(frame: &[u8]) -> Option<u16>;
    fn rewrite(frame: &mut [u8], vid: u16);
}

/// In place, leaving priority and DEI as they are.
fn rewrite_octets(frame: &mut [u8], vid: u16) {
    let tci = u16::from_be_bytes([frame[14], frame[15]]) & 0xf000 | vid;
    frame[14..16].copy_from_slice(&tci.to_be_bytes());
}

/// `SlicedPacket`: every header down to UDP is checked.
struct Whole;
impl View for Whole {
    const NAME: &'static str = "etherparse 0.21 SlicedPacket + HashMap";
    const LEAVES_OUT: &'static [&'static str] = leaves_out!["octet counters"];
    fn vid(frame: &[u8]) -> Option<u16> {
        let packet = SlicedPacket::from_ethernet(frame).ok()?;
        match packet.link_exts.first()? {
            LinkExtSlice::Vlan(vlan) => Some(vlan.vlan_identifier().value()),
            _ => None,
        }
    }
    fn rewrite(frame: &mut [u8], vid: u16) {
        rewrite_octets(frame, vid);
    }
}

/// `Ethernet2Slice`, then `SingleVlanSlice`.
struct Headers;
impl View for Headers {
    const NAME: &'static str = "etherparse 0.21 two slices + HashMap";
    const LEAVES_OUT: &'static [&'static str] = leaves_out!["octet counters"];
    fn vid(frame: &[u8]) -> Option<u16> {
        let ethernet = Ethernet2Slice::from_slice_without_fcs(frame).ok()?;
        if ethernet.ether_type() != EtherType::VLAN_TAGGED_FRAME {
            return None;
        }
        let vlan = SingleVlanSlice::from_slice(ethernet.payload_slice()).ok()?;
        Some(vlan.vlan_identifier().value())
    }
    fn rewrite(frame: &mut [u8], vid: u16) {
        rewrite_octets(frame, vid);
    }
}

/// pnet's views, for reading and for writing.
struct Views;
impl View for Views {
    const NAME: &'static str = "pnet 0.35 views + HashMap";
    const LEAVES_OUT: &'static [&'static str] = leaves_out!["octet counters"];
    fn vid(frame: &[u8]) -> Option<u16> {
        let ethernet = EthernetPacket::new(frame)?;
        if ethernet.get_ethertype() != EtherTypes::Vlan {
            return None;
        }
        Some(VlanPacket::new(ethernet.payload())?.get_vlan_identifier())
    }
    fn rewrite(frame: &mut [u8], vid: u16) {
        if let Some(mut vlan) = MutableVlanPacket::new(&mut frame[EthernetPacket::minimum_packet_size()..]) {
            vlan.set_vlan_identifier(vid);
        }
    }
}

pub(super) fn etherparse_packet(job: &Job, field: Rc<RefCell<Field>>) -> Box<dyn Contender> {
    Box::new(Parser::<Whole>::of(job, field))
}

pub(super) fn etherparse_slices(job: &Job, field: Rc<RefCell<Field>>) -> Box<dyn Contender> {
    Box::new(Parser::<Headers>::of(job, field))
}

pub(super) fn pnet(job: &Job, field: Rc<RefCell<Field>>) -> Box<dyn Contender> {
    Box::new(Parser::<Views>::of(job, field))
}

/// Where a tenant's frames go.
struct Output {
    queue: Vec<u32>,
    delivered: u64,
}

impl Output {
    fn drain(&mut self) {
        self.delivered += black_box(&self.queue).len() as u64;
        self.queue.clear();
    }
    fn push(&mut self, frame: u32) {
        self.queue.push(frame);
        if self.queue.len() == OUTPUT {
            self.drain();
        }
    }
}

struct Parser<V> {
    job: Job,
    ledger: Ledger,
    field: Rc<RefCell<Field>>,
    /// By VID: the output, and the VID to leave with.
    table: HashMap<u16, (u16, u16)>,
    outputs: Vec<Output>,
    strange: u64,
    view: std::marker::PhantomData<V>,
}

impl<V: View> Parser<V> {
    fn of(job: &Job, field: Rc<RefCell<Field>>) -> Self {
        let output = || Output {
            queue: Vec::with_capacity(OUTPUT),
            delivered: 0,
        };
        Self {
            job: job.clone(),
            ledger: Ledger::of(job),
            field,
            table: (1..=job.vlans).map(|v| (v, (v - 1, mirror(job.vlans, v)))).collect(),
            outputs: (0..job.vlans).map(|_| output()).collect(),
            strange: 0,
            view: std::marker::PhantomData,
        }
    }

    fn pass(&mut self, field: &mut Field) {
        for (i, frame) in (0..).zip(field.frames_mut()) {
            match V::vid(frame).and_then(|vid| self.table.get(&vid)) {
                Some(&(output, vid)) => {
                    V::rewrite(frame, vid);
                    self.outputs[usize::from(output)].push(i);
                }
                None => self.strange += 1,
            }
        }
    }
}

impl<V: View> Contender for Parser<V> {
    fn name(&self) -> &str {
        V::NAME
    }
    fn does_not(&self) -> &[&str] {
        V::LEAVES_OUT
    }
    fn turn(&mut self, passes: u32) -> Result<Timed, String> {
        let field = Rc::clone(&self.field);
        let mut field = field.borrow_mut();
        self.strange = 0;
        for output in &mut self.outputs {
            output.queue.clear();
            output.delivered = 0;
        }
        field.write(&self.job);
        let frames = |passes: u32| u64::from(passes) * u64::from(self.job.frames);
        let (asked, of, each) = (frames(passes), Legs::of(passes, 1), frames(1));
        let watch = Stopwatch::start();
        self.pass(&mut field);
        let (mut legs, mut made) = (Legs::begin(watch.spent()), 0);
        while legs.wants(asked) {
            let watch = Stopwatch::start();
            for _ in 0..of {
                self.pass(&mut field);
            }
            let spent = watch.spent();
            legs.add(u64::from(of) * each, spent, spent);
            made += of;
        }
        self.outputs.iter_mut().for_each(Output::drain);
        if self.strange > 0 {
            return Err(format!("{} frames had no known VID", self.strange));
        }
        self.ledger
            .balance(u64::from(made) + 1, |vid| self.outputs[usize::from(vid) - 1].delivered)?;
        field.check(&self.job, u64::from(made) + 1)?;
        Ok(Timed::of(&legs, made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        Job {
            frames: 100,
            vlans: 7,
            octets: 60,
            slot: 128,
            order: (0..100).map(|i| 1 + i % 7).collect(),
        }
    }

    #[test]
    fn a_frame_delivered_to_the_wrong_tenant_is_caught() {
        let job = job();
        let mut parser = Parser::<Headers>::of(&job, Rc::new(RefCell::new(Field::of(&job))));
        assert!(parser.turn(3).is_ok());
        parser.table.insert(3, (3, mirror(7, 3)));
        let said = parser.turn(3).expect_err("tenant 3's frames went to tenant 4");
        assert!(said.contains("VID 3 counted 0"), "{said}");
    }

    #[test]
    fn a_frame_that_was_not_rewritten_is_caught() {
        let job = job();
        let mut parser = Parser::<Views>::of(&job, Rc::new(RefCell::new(Field::of(&job))));
        // 4 mirrors to itself in 1..=7; 1 and 7 swap.
        parser.table.insert(1, (0, 1));
        assert!(parser.turn(3).is_err());
    }
}
