//! Who may do what: calls that were accepted before the cutover and are refused after it, and the reverse. The
//! law itself is asked, on a copy of its state.

use crate::ident::AccountId;
use crate::provision::{
    Call, Defaults, DeleteVirtualBorderRouter, ModifyVirtualBorderRouterAttribute, Operation, OperationName,
    RecoverVirtualBorderRouter, ResourceId, State, TerminatePhysicalConnection, TerminateVirtualBorderRouter,
    UpdateVirtualBorderBandwidth,
};
use crate::units::SimDuration;

/// A call that one account may make before or after, and not both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Who calls.
    pub by: String,
    /// What.
    pub call: String,
    /// How it is answered before: nothing is accepted, else the code.
    pub before: Option<String>,
    /// How it is answered afterwards.
    pub after: Option<String>,
}

/// Long enough for a termination to be complete.
const LATER: SimDuration = SimDuration::from_secs(3_600);

/// What is tried: a call as it is told, and the calls by which it comes to it.
fn calls(vbr: ResourceId, port: ResourceId, free_vlan: i64) -> Vec<(&'static str, Vec<Operation>)> {
    let terminate = || Operation::from(TerminateVirtualBorderRouter { vbr_id: vbr });
    let vlan = ModifyVirtualBorderRouterAttribute {
        vbr_id: vbr,
        vlan_id: Some(free_vlan),
        ..ModifyVirtualBorderRouterAttribute::default()
    };
    let bandwidth = UpdateVirtualBorderBandwidth {
        virtual_border_router_id: vbr,
        bandwidth: 50,
    };
    let recover = RecoverVirtualBorderRouter { vbr_id: vbr };
    let end = TerminatePhysicalConnection {
        physical_connection_id: port,
    };
    vec![
        (OperationName::TerminateVirtualBorderRouter.as_str(), vec![terminate()]),
        (
            OperationName::RecoverVirtualBorderRouter.as_str(),
            vec![terminate(), recover.into()],
        ),
        ("ModifyVirtualBorderRouterAttribute (VlanId)", vec![vlan.into()]),
        (
            OperationName::UpdateVirtualBorderBandwidth.as_str(),
            vec![bandwidth.into()],
        ),
        (
            OperationName::DeleteVirtualBorderRouter.as_str(),
            vec![DeleteVirtualBorderRouter { vbr_id: vbr }.into()],
        ),
        (
            "TerminatePhysicalConnection (the shared port)",
            vec![terminate(), end.into()],
        ),
    ]
}

/// How a call is answered, the ones before it made by whoever may make them.
fn answered(state: &State, by: AccountId, others: &[AccountId], calls: &[Operation]) -> Option<String> {
    let mut state = state.clone();
    let (last, first) = calls.split_last()?;
    for call in first {
        for account in others {
            if state.call(*account, &Call::from(call.clone()), &mut Defaults).is_ok() {
                break;
            }
        }
        state.advance(LATER);
    }
    let answer = state.call(by, &Call::from(last.clone()), &mut Defaults);
    answer.err().map(|error| error.code.to_owned())
}

/// Calls on a VBR and its port by its tenant and its partner that are answered otherwise afterwards.
/// `resources`: the VBR before, and VBR and port afterwards.
pub(super) fn changed(
    before: &State,
    after: &State,
    accounts: [(&str, AccountId); 2],
    (vbr, vbr_after, port): (ResourceId, ResourceId, ResourceId),
    free_vlan: u16,
) -> Vec<Right> {
    let ids = accounts.map(|(_, id)| id);
    let (old, new) = (
        calls(vbr, port, free_vlan.into()),
        calls(vbr_after, port, free_vlan.into()),
    );
    let mut rights = Vec::new();
    for ((name, old), (_, new)) in old.iter().zip(&new) {
        for (by, id) in accounts {
            let was = answered(before, id, &ids, old);
            let is = answered(after, id, &ids, new);
            if was.is_none() != is.is_none() {
                rights.push(Right {
                    by: by.to_owned(),
                    call: (*name).to_owned(),
                    before: was,
                    after: is,
                });
            }
        }
    }
    rights
}
