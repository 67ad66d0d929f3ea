//! What a law that lacks a guard would do: for doubles of the law in tests, which must be caught.

use crate::provision::ids::{PcId, VbrId};
use crate::provision::law::event::Sink;
use crate::provision::law::state::State;
use crate::provision::port::ops::NewPort;
use crate::provision::vbr::VbrStatus;

impl State {
    /// The VBR hangs on the port, whatever forbids it.
    pub(crate) fn spoil_attach(&mut self, vbr: VbrId, port: PcId) {
        self.vbrs.get_mut(&vbr).unwrap().connection = port;
        self.ports.get_mut(&port).unwrap().vbr = Some(vbr);
    }

    /// A second port is made like this one, on the same VLAN.
    pub(crate) fn spoil_port(&mut self, like: PcId) {
        let port = self.ports[&like].clone();
        let new = NewPort {
            tenant: port.owner,
            partner: port.partner,
            key: port.key(),
            spec: port.spec,
            kept_mbps: None,
            order_mode: port.order_mode,
            from_vbr: port.from_vbr,
            name: None,
        };
        self.add_port(new, &mut Sink::default());
    }

    /// The VBR has the next VLAN.
    pub(crate) fn spoil_vlan(&mut self, vbr: VbrId) {
        self.vbrs.get_mut(&vbr).unwrap().vlan += 1;
    }

    /// The VBR goes down, and nobody tells.
    pub(crate) fn spoil_status(&mut self, vbr: VbrId) {
        self.vbrs.get_mut(&vbr).unwrap().status = VbrStatus::Terminated;
    }

    /// The account's outbound billing is off.
    pub(crate) fn spoil_billing(&mut self, account: crate::ident::AccountId) {
        self.books_mut(account).outbound = false;
    }
}
