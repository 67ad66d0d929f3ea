//! Which service a frame at a device's port belongs to, as the device sees it.

use crate::ident::{NodeId, PortNo};
use crate::wire::{Frame, Vid};

const NONE: u32 = u32::MAX;

/// A service seen at a port of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePort {
    /// The device.
    pub device: NodeId,
    /// Its port.
    pub port: PortNo,
    /// Which frames on that port.
    pub frames: ServiceFrames,
    /// The service, by the index that the driver gave it.
    pub service: u32,
}

/// Which frames of a port belong to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceFrames {
    /// All of them: the port is the service's own.
    All,
    /// Those with this outer VID.
    Vid(Vid),
    /// Those without a tag.
    Untagged,
}

/// Which nodes are devices of services: nothing is asked of frames at others.
#[derive(Debug, Clone, Default)]
pub struct Devices(Vec<bool>);

impl Devices {
    /// The devices of these.
    pub fn of(services: &[ServicePort]) -> Self {
        let count = services.iter().map(|service| service.device.index() + 1).max();
        let mut devices = vec![false; count.unwrap_or(0)];
        for service in services {
            devices[service.device.index()] = true;
        }
        Self(devices)
    }

    /// Is this node one?
    #[inline]
    pub fn has(&self, node: NodeId) -> bool {
        self.0.get(node.index()).is_some_and(|device| *device)
    }
}

#[derive(Debug, Clone, Default)]
enum At {
    #[default]
    Nothing,
    All(u32),
    /// By VID; the last one is for frames without a tag.
    Tagged(Box<[u32]>),
}

/// From (device, port, outer VID) to service. A node that is no device costs four octets.
#[derive(Debug, Clone, Default)]
pub(super) struct ServiceMap {
    devices: Vec<u32>,
    ports: Vec<Vec<At>>,
}

impl ServiceMap {
    const UNTAGGED: usize = 4096;

    pub(super) fn new(services: &[ServicePort]) -> Self {
        let mut map = Self::default();
        for service in services {
            map.insert(service);
        }
        map
    }

    fn insert(&mut self, s: &ServicePort) {
        if self.devices.len() <= s.device.index() {
            self.devices.resize(s.device.index() + 1, NONE);
        }
        let device = &mut self.devices[s.device.index()];
        if *device == NONE {
            *device = u32::try_from(self.ports.len()).expect("fewer than 2^32 devices");
            self.ports.push(Vec::new());
        }
        let ports = &mut self.ports[*device as usize];
        if ports.len() <= s.port.index() {
            ports.resize(s.port.index() + 1, At::Nothing);
        }
        let at = &mut ports[s.port.index()];
        let slot = match s.frames {
            ServiceFrames::All => {
                *at = At::All(s.service);
                return;
            }
            ServiceFrames::Vid(vid) => usize::from(vid.get()),
            ServiceFrames::Untagged => Self::UNTAGGED,
        };
        if !matches!(at, At::Tagged(_)) {
            *at = At::Tagged(vec![NONE; Self::UNTAGGED + 1].into());
        }
        if let At::Tagged(services) = at {
            services[slot] = s.service;
        }
    }

    pub(super) fn find(&self, node: NodeId, port: PortNo, frame: &Frame) -> Option<u32> {
        let device = *self.devices.get(node.index())?;
        let ports = self.ports.get(device as usize)?;
        let service = match ports.get(port.index())? {
            At::Nothing => NONE,
            At::All(service) => *service,
            At::Tagged(services) => {
                let slot = frame
                    .outer_tag()
                    .map_or(Self::UNTAGGED, |tag| usize::from(tag.vid().get()));
                services[slot]
            }
        };
        (service != NONE).then_some(service)
    }
}
