//! Reads by account: what one account has, sells and owes, and nothing of anybody else's.

use crate::ident::AccountId;
use crate::provision::money::{InvoiceLine, Ledger, Prices};
use crate::provision::{CircuitView, PcId, Port, ServiceView, State, Vbr, VbrId};
use crate::units::SimTime;

/// What one account may see of the law.
#[derive(Debug, Clone, Copy)]
pub struct Holdings<'a> {
    pub(super) state: &'a State,
    pub(super) ledger: &'a Ledger,
    pub(super) account: AccountId,
}

impl<'a> Holdings<'a> {
    /// Its circuits, by id.
    pub fn circuits(&self) -> impl Iterator<Item = CircuitView<'a>> + use<'a> {
        let Self { state, account, .. } = *self;
        let own = state.circuits().filter(move |(_, circuit)| circuit.owner == account);
        own.filter_map(move |(id, _)| state.circuit(id))
    }

    /// Shared ports that it was sold, by id.
    pub fn ports(&self) -> impl Iterator<Item = (PcId, &'a Port)> + use<'a> {
        let account = self.account;
        self.state.ports().filter(move |(_, port)| port.owner == account)
    }

    /// Shared ports that it sold on circuits of its own, by id.
    pub fn sold(&self) -> impl Iterator<Item = (PcId, &'a Port)> + use<'a> {
        let account = self.account;
        self.state.ports().filter(move |(_, port)| port.partner == account)
    }

    /// Its VBRs, by id.
    pub fn vbrs(&self) -> impl Iterator<Item = (VbrId, &'a Vbr)> + use<'a> {
        let account = self.account;
        self.state.vbrs().filter(move |(_, vbr)| vbr.owner == account)
    }

    /// VLANs of circuits where its frames pass, or may come to.
    pub fn services(&self) -> impl Iterator<Item = ServiceView> + use<'a> {
        let Self { state, account, .. } = *self;
        let all = state.services().filter_map(|key| state.service(&key));
        all.filter(move |view| view.tenant == account)
    }

    /// What it owes as of `at`.
    pub fn invoice(&self, at: SimTime, prices: &Prices) -> Vec<InvoiceLine> {
        let mut lines = self.ledger.invoice(at, prices, &self.state.premises().policies);
        lines.retain(|line| line.account == self.account);
        lines
    }
}
