//! The contracts of a plan, as the watch of what was delivered must know them.

use crate::evidence::profile::SoldRate;
use crate::ident::{LinkId, NodeId, PortNo, StationId, TenantId};
use crate::units::{BitRate, ByteCount, SimDuration};
use crate::wire::MacAddr;

/// Which contract something is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contract {
    /// A service's, by the number of its way.
    Service(usize),
    /// A border's.
    Border(LinkId),
}

/// Which burst a rate is sold with: what it carries in a time, and at least so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurstRule {
    /// So long.
    pub lasts: SimDuration,
    /// At least this.
    pub least: ByteCount,
}

impl BurstRule {
    /// The burst of this rate.
    pub fn burst(&self, rate: BitRate) -> ByteCount {
        rate.octets_in(self.lasts).max(self.least)
    }
}

/// The way of a service, as its observer must know it.
#[derive(Debug, Clone)]
pub struct DeliveryWay {
    /// Its number, as the plan counts ways.
    pub number: usize,
    /// The number under which the control plane tells what it was sold.
    pub service: u32,
    /// Whose it is.
    pub tenant: TenantId,
    /// From the customer's edge to the access device: nodes, and the ports by which frames towards the
    /// cloud and from it come in. The first takes none towards the cloud.
    pub nodes: Vec<(NodeId, Option<PortNo>, Option<PortNo>)>,
    /// The links between them, in order.
    pub links: Vec<DeliveryLink>,
    /// VBRs at its end.
    pub routers: Vec<DeliveryRouter>,
    /// Policers that frames towards the cloud meet, and those from it.
    pub policers: [Vec<DeliveryPolicer>; 2],
}

/// A link of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryLink {
    /// Which.
    pub link: LinkId,
    /// What it carries on the wire.
    pub rate: BitRate,
    /// Do the service's frames have a tag there?
    pub tagged: bool,
}

/// A policer on a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryPolicer {
    /// Where.
    pub place: StationId,
    /// Its own burst, where it is not the contract's.
    pub burst: Option<ByteCount>,
}

/// A VBR at the end of a way.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryRouter {
    /// The VBR.
    pub vbr: NodeId,
    /// The link between it and the access device, and the device's port for it.
    pub device: (LinkId, PortNo),
    /// The VBR's port for that link.
    pub port: PortNo,
    /// The link to the transit router, and the VBR's port for it.
    pub cloud: Option<(LinkId, PortNo)>,
}

/// A link between regions over which a bandwidth was sold: from where a transit router sends by it to
/// where the other one takes it.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryBorder {
    /// Which link, and what it carries.
    pub link: DeliveryLink,
    /// Who bought it.
    pub tenant: TenantId,
    /// The transit routers at its ends, their ports for it, and their addresses: what the link refuses is
    /// told without its way.
    pub ends: [(NodeId, PortNo, MacAddr); 2],
    /// What was sold, each way, from the start.
    pub sold: SoldRate,
}
