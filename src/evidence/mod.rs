//! The account of a run: what became of every frame copy, and every change of state.
//!
//! Invariant: its size depends on tenants, stations and changes, never on frames; and it judges
//! nothing. Every frame copy carries a [`Ticket`], which can only be settled; per tenant,
//! `offered + copies = settled + in flight`.

mod account;
mod carried;
mod count;
mod delivery;
mod event_key;
mod exceptions;
mod facts;
mod flows;
mod followed;
mod in_order;
mod meter;
mod moves;
mod observer;
mod outbox;
mod passages;
mod places;
mod profile;
mod samples;
mod sent_times;
mod service_level;
mod ticket;
mod under_way;
mod watch;
mod window;
mod wire_order;

pub use account::{CellKey, EpochStart, Evidence, KEPT_CHANGES, Noted, TenantAccount};
pub use carried::{Carried, CarriedWatch};
pub use count::Count;
pub use delivery::{
    BurstRule, Contract, Delivered, DeliveryBorder, DeliveryLink, DeliveryPolicer, DeliveryRouter, DeliveryWatch,
    DeliveryWay, Ending, Got, SlowLink, Spot, Supposed, octets_in, rung_octets,
};
pub use event_key::{EventKey, Phase};
pub use exceptions::{Exception, Exceptions, KEPT_IN_ALL, KEPT_OCTETS, KEPT_PER_KIND};
pub use facts::{PortFact, ServiceFact, StepRecord, VbrFact};
pub use flows::{FlowAccount, FlowEnd, FlowEnds, Gap, Passage};
pub use followed::{Family, Followed, Hop};
pub use in_order::InOrder;
pub use meter::{Bound, Meter, Metered, Reading};
pub use moves::{Mover, Moves, Station};
pub use observer::{NoObserver, Observer};
pub use outbox::{AccountLine, NodeChange, Outbox, Packet};
pub use passages::{Around, PassageWatch};
pub use places::{Devices, ServiceFrames, ServicePort};
pub use profile::{ProfileWatch, Shadow, SoldRate};
pub use samples::{SLOTS, Samples, Slots, Tagged, Tags, Took};
pub use service_level::{
    Counts, EIGHTHS, Handover, LaneFacts, LevelAsked, LevelFlow, LevelPlaces, LevelRouter, LevelSeen, LevelWatch,
    LevelWay, LossPlace, Part, Row, Site, Uncounted,
};
pub use ticket::{Lineage, Parent, Ticket, Trace};
pub use watch::{GateCount, GateWatch, IsolationWatch, Leak, LeakCount, OwnCount};
pub use wire_order::WireOrder;

#[cfg(test)]
mod tests;
