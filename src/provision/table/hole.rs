//! Holes: what a call names before it is known which resource that will be.
//!
//! A plan's call is read once, with its holes. When its time has come they are filled, by a function
//! that cannot fail: what no step has bound is [`ResourceId::UNBOUND`], which the API answers with
//! "not found".

use std::collections::BTreeMap;

use super::asked_word::AskedWord;
use super::operation::Operation;
use super::param::{AccountRef, LineType, NextHopType, OrderMode};
use super::spec::Spec;
use crate::ident::BindingId;
use crate::provision::circuit::BusinessStatus;
use crate::provision::ids::ResourceId;

/// A resource by what a plan calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Hole {
    /// A resource that does not exist.
    #[default]
    Nothing,
    /// A circuit, by its index in the plan.
    Circuit(usize),
    /// What a step bound.
    Binding(BindingId),
}

/// What names stand for by now.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    /// By binding.
    bound: Vec<ResourceId>,
    /// By the circuit's index in the plan.
    circuits: Vec<ResourceId>,
    /// Circuits that a step creates, by what it binds.
    planned: BTreeMap<BindingId, usize>,
}

impl Bindings {
    /// Before the first step: so many names that steps bind, circuits that exist already or are
    /// unbound, and which name stands for which of the latter.
    pub fn new(names: usize, circuits: Vec<ResourceId>, planned: impl Iterator<Item = (BindingId, usize)>) -> Self {
        Self {
            bound: vec![ResourceId::UNBOUND; names],
            circuits,
            planned: planned.collect(),
        }
    }

    /// What fills a hole now.
    pub fn resource(&self, hole: Hole) -> ResourceId {
        let found = match hole {
            Hole::Nothing => None,
            Hole::Circuit(circuit) => self.circuits.get(circuit),
            Hole::Binding(binding) => self.bound.get(binding.index()),
        };
        found.copied().unwrap_or(ResourceId::UNBOUND)
    }

    /// The circuit of the plan that a hole names, whether it exists by now or not.
    pub fn circuit(&self, hole: Hole) -> Option<usize> {
        match hole {
            Hole::Nothing => None,
            Hole::Circuit(circuit) => Some(circuit),
            Hole::Binding(binding) => self.planned.get(&binding).copied(),
        }
    }

    /// A step made what it binds; where that is a circuit of the plan, its index.
    pub fn bind(&mut self, binding: BindingId, made: ResourceId) -> Option<usize> {
        if let Some(bound) = self.bound.get_mut(binding.index()) {
            *bound = made;
        }
        let circuit = *self.planned.get(&binding)?;
        if made.connection().is_some() {
            *self.circuits.get_mut(circuit)? = made;
        }
        Some(circuit)
    }

    /// What steps have bound, by binding.
    pub fn bound(&self) -> &[ResourceId] {
        &self.bound
    }

    /// The cloud's ids of the plan's circuits, by index.
    pub fn circuits(&self) -> &[ResourceId] {
        &self.circuits
    }
}

/// A parameter whose holes can be filled.
pub(super) trait Bind {
    /// The parameter without holes.
    type Bound;
    fn bind(&self, found: &dyn Fn(Hole) -> ResourceId) -> Self::Bound;
}

impl Bind for Hole {
    type Bound = ResourceId;
    fn bind(&self, found: &dyn Fn(Self) -> ResourceId) -> ResourceId {
        found(*self)
    }
}

impl<T: Clone> Bind for AskedWord<T> {
    type Bound = Self;
    fn bind(&self, _: &dyn Fn(Hole) -> ResourceId) -> Self {
        self.clone()
    }
}

impl<T: Bind> Bind for Option<T> {
    type Bound = Option<T::Bound>;
    fn bind(&self, found: &dyn Fn(Hole) -> ResourceId) -> Self::Bound {
        self.as_ref().map(|value| value.bind(found))
    }
}

macro_rules! without_holes {
    ($($ty:ty),*) => { $(
        impl Bind for $ty {
            type Bound = Self;
            fn bind(&self, _: &dyn Fn(Hole) -> ResourceId) -> Self {
                self.clone()
            }
        }
    )* };
}
without_holes!(
    String,
    i64,
    bool,
    AccountRef,
    LineType,
    NextHopType,
    OrderMode,
    BusinessStatus
);

/// What a call says of the thing that it makes. The law judges it when it is called; who wires a
/// world in advance needs to know where that thing would be.
impl<R: Copy> Operation<R> {
    /// The circuit, shared port or VBR that it hangs on.
    pub fn made_on(&self) -> Option<R> {
        match self {
            Self::CreateVirtualPhysicalConnection(port) => Some(port.physical_connection_id),
            Self::CreateVirtualBorderRouter(vbr) => Some(vbr.physical_connection_id),
            Self::CreateVpconnFromVbr(port) => Some(port.vbr_id),
            _ => None,
        }
    }

    /// The VLAN that is named for it.
    pub fn made_with_vlan(&self) -> Option<i64> {
        match self {
            Self::CreateVirtualPhysicalConnection(port) => Some(port.vlan_id),
            Self::CreateVirtualBorderRouter(vbr) => vbr.vlan_id,
            _ => None,
        }
    }

    /// The spec that is asked for it, where that is one.
    pub fn made_with_spec(&self) -> Option<Spec> {
        match self {
            Self::CreateVirtualPhysicalConnection(port) => port.spec.word().ok().copied(),
            _ => None,
        }
    }

    /// The account that is named to own it.
    pub fn made_for(&self) -> Option<AccountRef> {
        match self {
            Self::CreateVirtualPhysicalConnection(port) => Some(port.vpconn_ali_uid),
            Self::CreateVirtualBorderRouter(vbr) => vbr.vbr_owner_id,
            _ => None,
        }
    }
}
