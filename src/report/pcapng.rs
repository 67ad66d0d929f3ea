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

use crate::evidence::{Lineage, Observer, Trace};
use crate::ident::{LinkId, NodeId, Origin, PortNo};
use crate::scenario::Plan;
use crate::units::SimTime;
use crate::wire::Frame;

/// The capture could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the capture could not be written: {0}")]
pub struct CaptureError(String);

/// Writes every frame as it enters a link. Frames carry a comment that says whose they are.
pub struct LinkCapture<W: Write> {
    writer: PcapNgWriter<W>,
    tenants: Vec<String>,
    nodes: Vec<String>,
    frames: u64,
    failed: Option<String>,
}

impl<W: Write> LinkCapture<W> {
    /// Begins a capture with one interface per link of the plan.
    pub fn new(writer: W, plan: &Plan) -> Result<Self, CaptureError> {
        let mut writer =
            PcapNgWriter::with_endianness(writer, Endianness::Little).map_err(|e| CaptureError(e.to_string()))?;
        for link in &plan.links {
            let (a, b) = (&plan.nodes[link.a.0.index()].name, &plan.nodes[link.b.0.index()].name);
            let interface = InterfaceDescriptionBlock {
                linktype: DataLink::ETHERNET,
                snaplen: 0,
                options: vec![
                    InterfaceDescriptionOption::IfName(Cow::Borrowed(link.name.as_str())),
                    InterfaceDescriptionOption::IfDescription(Cow::Owned(format!("{a} - {b}"))),
                    InterfaceDescriptionOption::IfSpeed(link.config.rate.as_bps()),
                    InterfaceDescriptionOption::IfTsResol(InterfaceTsResolution::NANO),
                ],
            };
            writer
                .write_block(&interface.into_block())
                .map_err(|e| CaptureError(e.to_string()))?;
        }
        Ok(Self {
            writer,
            tenants: plan.tenants.iter().map(|t| t.name.clone()).collect(),
            nodes: plan.nodes.iter().map(|n| n.name.clone()).collect(),
            frames: 0,
            failed: None,
        })
    }

    /// Ends the capture and returns how many frames it holds, or the first error.
    pub fn finish(self) -> Result<u64, CaptureError> {
        let mut writer = self.writer.into_inner();
        match self.failed {
            Some(error) => Err(CaptureError(error)),
            None => writer
                .flush()
                .map_err(|e| CaptureError(e.to_string()))
                .map(|()| self.frames),
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
        };
        format!("{tenant}: {origin}{lineage}, sent by {}", self.nodes[node.index()])
    }
}

impl<W: Write> Observer for LinkCapture<W> {
    fn sent(&mut self, at: SimTime, node: NodeId, _port: PortNo, link: LinkId, trace: &Trace, frame: &Frame) {
        if self.failed.is_some() {
            return;
        }
        let block = EnhancedPacketBlock {
            interface_id: link.0,
            timestamp: Duration::from_nanos(at.as_nanos()),
            original_len: frame.octets(),
            data: Cow::Borrowed(frame.bytes()),
            options: vec![EnhancedPacketOption::Common(CommonOption::Comment(Cow::Owned(
                self.comment(node, trace),
            )))],
        };
        match self.writer.write_block(&block.into_block()) {
            Ok(_) => self.frames += 1,
            Err(error) => self.failed = Some(error.to_string()),
        }
    }
}
