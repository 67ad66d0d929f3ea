//! What a run leaves: the account of every frame, what watches, gates and meters saw, what devices
//! say of themselves, what the control plane did and showed.
//!
//! Invariant: it judges nothing, and its size depends on tenants, stations and changes, never on
//! frames. Any driver can fill it: nothing here knows which one did.
//!
//! - `recording`: a record in the making, told by a driver what becomes of each frame.
//! - `observers`: everyone who listens, by name. `gates`: how they number services.
//! - `deliveries`: the ways of services, as the watch of what was delivered knows them.
//! - `service_levels`: what is asked of service levels, as their watch knows it.
//! - `device`: what devices say of themselves. `cloud`: what the control plane leaves behind.
//! - `digest`: what makes two runs comparable. `stats`: what a driver counts of itself.
//! - `storm`: frames that went in circles.
//! - `money`: what was metered, as the bill takes it.
//! - `positive_control`: when "nothing of it was seen" counts.

mod cloud;
mod deliveries;
mod device;
mod digest;
mod gates;
mod money;
mod observers;
mod positive_control;
mod recording;
mod service_levels;
mod stats;
mod storm;

pub use cloud::{Cause, ClientUse, CloudRecord, Happening, SlotFact, Touched};
pub use deliveries::beside_payload;
pub use device::{DeviceRecord, device_records};
pub use gates::{CircuitVlan, Gates};
pub use observers::Observers;
pub use positive_control::{Needed, uncontrolled};
pub use recording::Recording;
pub use service_levels::level_numbers;
pub use stats::Stats;
pub use storm::Storm;

use crate::evidence::{
    CarriedWatch, DeliveryWatch, Evidence, GateWatch, IsolationWatch, LevelWatch, Meter, PassageWatch, ProfileWatch,
};
use crate::scenario::Plan;
use crate::units::SimTime;

/// Everything that a run shows.
#[derive(Debug)]
pub struct Record {
    /// The account of every frame.
    pub evidence: Evidence,
    /// Frames of one tenant at another's place.
    pub isolation: IsolationWatch,
    /// Frames that passed closed gates.
    pub gates: GateWatch,
    /// Octets by VLAN of a circuit, direction and hour, at the circuit's port.
    pub meter: Meter,
    /// Whether services and tenants kept to what was sold.
    pub profiles: ProfileWatch,
    /// Around which instants flows passed the places where something happens.
    pub passages: PassageWatch,
    /// Whether what was bought was delivered, where that is asked.
    pub deliveries: Option<DeliveryWatch>,
    /// What service levels are about, where that is asked: see [`level_numbers`].
    pub levels: Option<LevelWatch>,
    /// What each link carried.
    pub carried: CarriedWatch,
    /// How gates and meter are numbered.
    pub numbering: Gates,
    /// What the access devices themselves say at the end, by VLAN of a circuit.
    pub devices: Vec<DeviceRecord>,
    /// What the control plane did and showed.
    pub cloud: CloudRecord,
    /// The digest of everything that happened: in the network, and in the control plane.
    pub digest: u64,
    /// The digest of the network alone: what the control plane does for others leaves it as it is.
    pub network: u64,
    /// Events and hops.
    pub stats: Stats,
    /// Frames that went in circles.
    pub storm: Storm,
    /// When it ended.
    pub end: SimTime,
}

/// What a driver hands over when a run has ended, to make a record of.
#[derive(Debug)]
pub struct Handover<X> {
    /// The observers, having heard everything.
    pub observers: Observers<X>,
    /// How they number services.
    pub numbering: Gates,
    /// What the devices say.
    pub devices: Vec<DeviceRecord>,
    /// What the control plane leaves behind.
    pub cloud: CloudRecord,
    /// The digest of the network.
    pub network: u64,
    /// What the driver counted.
    pub stats: Stats,
    /// Frames that went in circles.
    pub storm: Storm,
    /// When it ended.
    pub end: SimTime,
}

impl<X> Handover<X> {
    /// The record, its ledger closed over what was metered, and whoever else has listened.
    pub fn record(self, plan: &Plan) -> (Record, X) {
        let Self {
            observers,
            numbering,
            devices,
            mut cloud,
            network,
            stats,
            storm,
            end,
        } = self;
        for (key, since, octets) in money::outbound(plan, &observers.meter, &numbering, &cloud) {
            cloud.ledger.record(key, since, octets);
        }
        let record = Record {
            evidence: observers.evidence,
            isolation: observers.isolation,
            gates: observers.gates,
            meter: observers.meter,
            profiles: observers.profiles,
            passages: observers.passages,
            deliveries: observers.deliveries,
            levels: observers.levels,
            carried: observers.carried,
            numbering,
            devices,
            digest: digest::with_cloud(network, &cloud),
            cloud,
            network,
            stats,
            storm,
            end,
        };
        (record, observers.extra.into_inner())
    }
}
