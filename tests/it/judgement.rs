//! Every check catches a planted violation, passes its healthy twin, and is inconclusive where
//! its control is missing.

mod cases;
mod delivered;
mod events;
mod figures;
mod flows;
mod healthy;
mod isolation;
mod money;
mod records;
mod service_levels;
mod world;

pub use world::{Judged, Tenant, World, capture, frame, plan};
