//! A switch under questions, with or without a planted fault.

use std::collections::BTreeSet;

use super::TooManyAddresses;
use super::cell::Cell;
use super::extract::{Asking, Lab, Nature};
use super::model::{Model, PortId, SymbolRun};
use super::symbol::Symbol;
use crate::forward::{FastPath, Quirk, Service, ServiceId};
use crate::ident::PortNo;
use crate::node::{AnySwitch, AskForwarder};
use crate::wire::MacAddr;

/// What is known of a switch from questions and tables so far.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Which tags are asked for.
    pub asking: Asking,
    /// Source addresses that members are, or were, bound to, by port.
    pub bound: BTreeSet<(PortNo, MacAddr)>,
    /// VIDs that the tables name, or named.
    pub vids: BTreeSet<u16>,
    /// What was found so far.
    pub nature: Nature,
}

/// A [`Lab`], whatever the forwarder's quirk.
pub trait Questioned {
    /// [`Lab::port`].
    ///
    /// # Errors
    /// Where the model has no room.
    fn port(&mut self, port: PortNo, base: PortId, model: &mut Model) -> Result<Vec<SymbolRun>, TooManyAddresses>;
    /// [`Lab::symbol`].
    ///
    /// # Errors
    /// Where the model has no room.
    fn symbol(
        &mut self,
        port: PortNo,
        base: PortId,
        symbol: Symbol,
        model: &mut Model,
    ) -> Result<Cell, TooManyAddresses>;
    /// [`Lab::change`].
    fn change(&mut self, id: ServiceId, service: Option<Service>);
    /// What was found so far.
    fn nature(&self) -> Nature;
    /// Is a fault planted in it?
    fn is_planted(&self) -> bool;
    /// Ends the questions, and tells what is known.
    fn end(&mut self) -> Known;
}

impl<Q: Quirk> Questioned for Lab<Q> {
    fn port(&mut self, port: PortNo, base: PortId, model: &mut Model) -> Result<Vec<SymbolRun>, TooManyAddresses> {
        Lab::port(self, port, base, model)
    }
    fn symbol(
        &mut self,
        port: PortNo,
        base: PortId,
        symbol: Symbol,
        model: &mut Model,
    ) -> Result<Cell, TooManyAddresses> {
        Lab::symbol(self, port, base, symbol, model)
    }
    fn change(&mut self, id: ServiceId, service: Option<Service>) {
        Lab::change(self, id, service);
    }
    fn nature(&self) -> Nature {
        self.nature
    }
    fn is_planted(&self) -> bool {
        !Q::EXACT
    }
    fn end(&mut self) -> Known {
        self.known()
    }
}

/// The running switch as it stands now, under questions; this was known of it before.
pub fn questioned(running: &AnySwitch, known: Known) -> Box<dyn Questioned> {
    struct Begin(Known);
    impl AskForwarder for Begin {
        type Answer = Box<dyn Questioned>;
        fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Box<dyn Questioned> {
            Box::new(Lab::knowing(fast, self.0))
        }
    }
    running.ask(Begin(known))
}
