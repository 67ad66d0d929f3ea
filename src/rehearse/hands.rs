//! The calls of a conversion, with what they are about filled in from the state as it stands.

use crate::ident::AccountId;
use crate::provision::{
    AttachVbrToVpconn, BusinessStatus, CancelPhysicalConnection, ConfirmPhysicalConnection, ConfirmVirtualBorderRouter,
    CreateVirtualBorderRouter, CreateVpconnFromVbr, DeletePhysicalConnection, DeleteVirtualBorderRouter,
    OpenPhysicalConnectionService, Operation, OperationName, PayOrder, RecoverPhysicalConnection,
    RecoverVirtualBorderRouter, Role, SetBusinessStatus, State, TerminatePhysicalConnection,
    TerminateVirtualBorderRouter, UpdateVirtualBorderBandwidth,
};

use super::conversion::{Actor, Conversion};

/// The account that plays an actor; `None` where the premises have none for the cloud.
pub fn account(state: &State, conversion: &Conversion, actor: Actor) -> Option<AccountId> {
    conversion.account(actor).or_else(|| {
        let accounts = state.premises().accounts();
        let index = accounts.iter().position(|account| account.role == Role::System)?;
        Some(AccountId::of(index))
    })
}

/// Such a call as this conversion would make it now; `None` where there is nothing that it could be
/// about, or the conversion knows no such call. Deleting a VBR means the tenant's own one on the port,
/// where there is one.
pub fn call(state: &State, conversion: &Conversion, name: OperationName) -> Option<Operation> {
    use OperationName as O;
    let vbr_id = conversion.vbr.into();
    let port = conversion.port(state);
    let pc = || port.map(|(id, _)| id.into());
    Some(match name {
        O::OpenPhysicalConnectionService => OpenPhysicalConnectionService {}.into(),
        O::ConfirmVirtualBorderRouter => ConfirmVirtualBorderRouter { vbr_id }.into(),
        O::CreateVpconnFromVbr => CreateVpconnFromVbr {
            vbr_id,
            order_mode: None,
        }
        .into(),
        O::AttachVbrToVpconn => AttachVbrToVpconn {
            vbr_id,
            vpconn_id: pc()?,
        }
        .into(),
        O::ConfirmPhysicalConnection => ConfirmPhysicalConnection {
            physical_connection_id: pc()?,
        }
        .into(),
        O::CancelPhysicalConnection => CancelPhysicalConnection {
            physical_connection_id: pc()?,
        }
        .into(),
        O::TerminatePhysicalConnection => TerminatePhysicalConnection {
            physical_connection_id: pc()?,
        }
        .into(),
        O::RecoverPhysicalConnection => RecoverPhysicalConnection { instance_id: pc()? }.into(),
        O::DeletePhysicalConnection => DeletePhysicalConnection {
            physical_connection_id: pc()?,
        }
        .into(),
        O::PayOrder => PayOrder { instance_id: pc()? }.into(),
        O::SetBusinessStatus => SetBusinessStatus {
            instance_id: pc()?,
            business_status: BusinessStatus::Normal,
        }
        .into(),
        O::CreateVirtualBorderRouter => CreateVirtualBorderRouter {
            physical_connection_id: pc()?,
            ..CreateVirtualBorderRouter::default()
        }
        .into(),
        O::DeleteVirtualBorderRouter => DeleteVirtualBorderRouter {
            vbr_id: (port.and_then(|(_, port)| port.vbr)).map_or(vbr_id, Into::into),
        }
        .into(),
        O::TerminateVirtualBorderRouter => TerminateVirtualBorderRouter { vbr_id }.into(),
        O::RecoverVirtualBorderRouter => RecoverVirtualBorderRouter { vbr_id }.into(),
        O::UpdateVirtualBorderBandwidth => UpdateVirtualBorderBandwidth {
            virtual_border_router_id: vbr_id,
            bandwidth: i64::from(port?.1.spec.vbr_mbps(state.premises().policies.spec_1g)),
        }
        .into(),
        _ => return None,
    })
}
