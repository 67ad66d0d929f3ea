//! Every check catches a planted violation, passes its healthy twin, and is inconclusive where
//! its control is missing.

mod attach;
mod cases;
mod delivered;
mod events;
mod figures;
mod flows;
mod healthy;
mod hunt;
mod hunt_delivery;
mod isolation;
mod money;
mod policers;
mod records;
mod service_levels;
mod story;
mod tokens;
mod vouching;
mod world;

pub use world::{Judged, Tenant, World, capture, frame, loaded, plan};
