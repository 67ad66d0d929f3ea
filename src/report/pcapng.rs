//! Captures: what crossed each link, one pcapng interface per link, nanosecond stamps.

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption, InterfaceTsResolution,
};
use pcap_file::pcapng::blocks::opt_common::CommonOption;
use pcap_file::pcapng::{PcapNgBlock, PcapNgWriter};
use pcap_file::{DataLink, Endianness};

use crate::evidence::{Lineage, Observer, Trace, WireOrder};
use crate::ident::{DropReason, Fate, Lane, NodeId, Origin, PortNo, Station};
use crate::scenario::Plan;
use crate::units::SimTime;
use crate::wire::Frame;

/// The capture could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the capture could not be written: {0}")]
pub struct CaptureError(String);

/// A capture that is being written, block by block.
pub(super) struct Captures<W: Write>(PcapNgWriter<W>);

impl<W: Write> Captures<W> {
    pub(super) fn new(writer: W) -> Result<Self, CaptureError> {
        PcapNgWriter::with_endianness(writer, Endianness::Little)
            .map(Self)
            .map_err(|e| CaptureError(e.to_string()))
    }

    /// One more interface; they are numbered from zero.
    pub(super) fn interface(&mut self, name: &str, description: &str, bps: u64) -> Result<(), CaptureError> {
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::ETHERNET,
            snaplen: 0,
            options: vec![
                InterfaceDescriptionOption::IfName(Cow::Borrowed(name)),
                InterfaceDescriptionOption::IfDescription(Cow::Borrowed(description)),
                InterfaceDescriptionOption::IfSpeed(bps),
                InterfaceDescriptionOption::IfTsResol(InterfaceTsResolution::NANO),
            ],
        };
        self.write(&interface.into_block())
    }

    /// A frame, with a comment that says whose it is.
    pub(super) fn frame(&mut self, link: u32, at: u64, octets: &[u8], comment: String) -> Result<(), CaptureError> {
        let block = EnhancedPacketBlock {
            interface_id: link,
            timestamp: Duration::from_nanos(at),
            original_len: u32::try_from(octets.len()).unwrap_or(u32::MAX),
            data: Cow::Borrowed(octets),
            options: vec![EnhancedPacketOption::Common(CommonOption::Comment(Cow::Owned(comment)))],
        };
        self.write(&block.into_block())
    }

    fn write(&mut self, block: &pcap_file::pcapng::Block<'_>) -> Result<(), CaptureError> {
        let written = self.0.write_block(block);
        written.map(|_| ()).map_err(|e| CaptureError(e.to_string()))
    }

    pub(super) fn finish(self) -> Result<(), CaptureError> {
        self.0.into_inner().flush().map_err(|e| CaptureError(e.to_string()))
    }
}

/// Writes every frame with the instant at which its first bit enters the wire, in order of these
/// instants. Frames carry a comment that says whose they are; what a cut or the end of the run keeps
/// from the wire is not written.
pub struct LinkCapture<W: Write> {
    writer: Captures<W>,
    tenants: Vec<String>,
    nodes: Vec<String>,
    /// Frames on their way to the wire, each with who sends it.
    order: WireOrder<(NodeId, Frame)>,
    end: SimTime,
    frames: u64,
    failed: Option<CaptureError>,
}

impl<W: Write> LinkCapture<W> {
    /// Begins a capture with one interface per link of the plan.
    pub fn new(writer: W, plan: &Plan) -> Result<Self, CaptureError> {
        let mut writer = Captures::new(writer)?;
        for link in &plan.links {
            let (a, b) = (&plan.nodes[link.a.0.index()].name, &plan.nodes[link.b.0.index()].name);
            writer.interface(&link.name, &format!("{a} - {b}"), link.config.rate.as_bps())?;
        }
        Ok(Self {
            writer,
            tenants: plan.tenants.iter().map(|t| t.name.clone()).collect(),
            nodes: plan.nodes.iter().map(|n| n.name.clone()).collect(),
            order: WireOrder::default(),
            end: plan.end,
            frames: 0,
            failed: None,
        })
    }

    /// Ends the capture and returns how many frames it holds, or the first error.
    pub fn finish(mut self) -> Result<u64, CaptureError> {
        self.write_until(self.end);
        match self.failed {
            Some(error) => Err(error),
            None => self.writer.finish().map(|()| self.frames),
        }
    }

    /// Writes what has started by then: nothing that is still to come can start before.
    fn write_until(&mut self, now: SimTime) {
        while let Some((start, link, trace, (node, frame))) = self.order.next(now) {
            if self.failed.is_some() {
                continue;
            }
            let comment = self.comment(node, &trace);
            let octets = frame.bytes();
            match self.writer.frame(link.0, start.as_nanos(), octets, comment) {
                Ok(()) => self.frames += 1,
                Err(error) => self.failed = Some(error),
            }
        }
    }

    fn comment(&self, node: NodeId, trace: &Trace) -> String {
        let tenant = self
            .tenants
            .get(trace.tenant.index())
            .map_or("no tenant", String::as_str);
        let origin = match trace.origin {
            Origin::Flow(flow) => format!("flow {} seq {}", flow.0, trace.seq),
            Origin::Protocol(by) => format!("protocol of {}", self.nodes[by.index()]),
            Origin::Unknown => "unknown origin".to_owned(),
        };
        let lineage = match trace.lineage {
            Lineage::Root => "",
            Lineage::Copy => ", a copy",
            Lineage::Reply => ", a reply",
            Lineage::ReplyCopy => ", a copy of a reply",
        };
        format!("{tenant}: {origin}{lineage}, sent by {}", self.nodes[node.index()])
    }
}

impl<W: Write> Observer for LinkCapture<W> {
    fn sent(&mut self, at: SimTime, _: NodeId, _: PortNo, _: Lane, _: &Trace, _: &Frame) {
        self.write_until(at);
    }

    fn crosses(&mut self, start: SimTime, node: NodeId, lane: Lane, trace: &Trace, frame: &Frame) {
        self.order.enters(start, lane.link, trace, (node, frame.clone()));
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, _: &Frame) {
        if fate == Fate::Dropped(DropReason::LinkDown) {
            self.order.cut(at, station.id(), trace);
        }
    }
}

#[cfg(test)]
mod tests;
