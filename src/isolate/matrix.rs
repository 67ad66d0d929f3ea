//! From which tenant to which port: how many frames were tried of those that exist, and what leaked.

use std::collections::{BTreeMap, BTreeSet};

use crate::ident::TenantId;

/// What was seen from one tenant at one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Frames of that tenant that came there.
    pub leaks: u64,
    /// Is it the tenant's own port?
    pub own: bool,
    /// Did a good frame of the port's owner arrive there, so that a leak would have been noticed?
    /// A free port has no owner: there the tester itself is the control.
    pub controlled: bool,
}

/// The matrix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    /// Ports, by name, in order.
    pub ports: Vec<String>,
    /// Tenants and the trunks' wires, with the frames tried, those that exist, and a cell per port.
    pub rows: Vec<MatrixRow>,
}

/// A row of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatrixRow {
    /// Who sent.
    pub from: String,
    /// Frames tried.
    pub tried: u64,
    /// Frames that the generators make for it.
    pub existing: u64,
    /// By port.
    pub cells: Vec<Cell>,
}

/// What is added up for the matrix.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// Frames tried, by whose they are; nobody's are those of a trunk's wire.
    pub tried: BTreeMap<TenantId, u64>,
    /// Frames that exist.
    pub existing: BTreeMap<TenantId, u64>,
    /// Places where a good frame of their owner arrived.
    pub heard: BTreeSet<usize>,
    /// Leaks, by tenant and place.
    pub leaks: BTreeMap<(TenantId, usize), u64>,
}
