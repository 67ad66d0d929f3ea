//! What the actors of a conversion may do, rightly or wrongly: the alphabet of the exploration.

use super::node::Node;
use super::world::World;
use crate::ident::AccountId;
use crate::provision::{
    AttachVbrToVpconn, BusinessStatus, Call, CreateRouteEntry, LapseOutboundBilling,
    ModifyVirtualBorderRouterAttribute, NextHopType, Operation, OperationName as O, SetBusinessStatus,
    UpdateVirtualBorderBandwidth, UpdateVirtualPhysicalConnection,
};
use crate::rehearse::conversion::{Actor, Conversion};
use crate::rehearse::hands;

macro_rules! deeds {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal by $by:ident $kind:ident,)*) => {
        /// One thing that somebody may do in a conversion.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Deed { $($(#[doc = $doc])* $variant,)* }

        impl Deed {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// Who does it.
            pub const fn by(self) -> Actor {
                match self { $(Self::$variant => Actor::$by,)* }
            }
            /// What it is to the conversion.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }
        }
    };
}

/// What a deed is to the conversion, and to what tenants contend for: bandwidth and the number of ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A step of it, a way back or a repair.
    Step,
    /// A fault: so many at most in one sequence.
    Fault,
    /// A fault that changes nothing that tenants contend for, and takes nothing but steps from its own
    /// tenant, as if they were never taken.
    OwnFault,
    /// The repair of such a fault: it gives the steps back.
    OwnStep,
}

deeds! {
    /// The tenant enables outbound data transfer billing.
    OpenBilling = "open billing" by Tenant Step,
    /// The partner makes the shared port from the VBR.
    Convert = "create the port" by Partner Step,
    /// The tenant accepts it.
    Accept = "accept" by Tenant Step,
    /// The tenant pays.
    Pay = "pay" by Tenant Step,
    /// The partner pays.
    PartnerPays = "partner pays" by Partner Step,
    /// The partner hangs the VBR on the port.
    Attach = "attach" by Partner Step,
    /// The partner hangs another tenant's VBR on the port.
    AttachWrongVbr = "attach the wrong VBR" by Partner Fault,
    /// The tenant cancels the port.
    Cancel = "cancel the port" by Tenant Step,
    /// The tenant terminates the port.
    TerminatePort = "terminate the port" by Tenant Step,
    /// The tenant deletes the port.
    DeletePort = "delete the port" by Tenant Step,
    /// The partner deletes the port.
    PartnerDeletesPort = "partner deletes the port" by Partner Step,
    /// The tenant brings a terminated port back.
    RecoverPort = "recover the port" by Tenant Step,
    /// The tenant makes a VBR of its own on the port.
    OwnVbr = "make a VBR of its own" by Tenant OwnFault,
    /// The tenant deletes that VBR.
    DropOwnVbr = "delete the VBR of its own" by Tenant OwnStep,
    /// The tenant's outbound billing lapses.
    LapseBilling = "billing lapses" by Cloud OwnFault,
    /// The cloud locks the port.
    Lock = "lock the port" by Cloud OwnFault,
    /// The cloud unlocks the port.
    Unlock = "unlock the port" by Cloud OwnStep,
    /// The partner gives the VBR a larger bandwidth.
    RaiseVbr = "raise the VBR's bandwidth" by Partner Fault,
    /// The partner gives the VBR the port's bandwidth.
    RestoreVbr = "give the VBR the port's bandwidth" by Partner Step,
    /// The partner orders a larger bandwidth for the port.
    OrderMore = "order more bandwidth" by Partner Fault,
    /// The partner moves the VBR to another VLAN.
    MoveVlan = "move the VBR to another VLAN" by Partner OwnFault,
    /// The partner terminates the VBR.
    PartnerEndsVbr = "partner terminates the VBR" by Partner OwnFault,
    /// The tenant terminates the VBR.
    TenantEndsVbr = "tenant terminates the VBR" by Tenant OwnFault,
    /// The partner recovers the VBR.
    PartnerRecoversVbr = "partner recovers the VBR" by Partner OwnStep,
    /// The tenant recovers the VBR.
    TenantRecoversVbr = "tenant recovers the VBR" by Tenant OwnStep,
    /// The partner mistypes the tenant's VLAN in its own switch.
    Mistag = "mistype the VLAN in the partner's switch" by Partner OwnFault,
    /// The partner sets the tenant up in its own switch as the law says.
    MendEdge = "mend the partner's switch" by Partner OwnStep,
    /// The tenant adds a route.
    AddRoute = "add a route" by Tenant OwnFault,
    /// The tenant adds another route: it may meet the first, which answers `TaskConflict`.
    AddOtherRoute = "add another route" by Tenant OwnFault,
    /// An outcome of an earlier call comes about.
    Outcome = "outcome" by Cloud Step,
}

impl Deed {
    /// Does it count against the number of faults?
    pub const fn is_fault(self) -> bool {
        matches!(self.kind(), Kind::Fault | Kind::OwnFault)
    }

    /// Is it of its own tenant alone, where tenants contend for bandwidth or the number of ports?
    pub const fn is_own(self) -> bool {
        matches!(self.kind(), Kind::OwnFault | Kind::OwnStep)
    }
}

/// A deed in one of the conversions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Act {
    /// Index of the conversion in its world.
    pub of: u8,
    /// What.
    pub deed: Deed,
    /// Which one, where there are several: the outcome in order of when it is due, or the conversion whose
    /// VBR is the wrong one.
    pub which: u8,
    /// What was answered where the law left something open, from the lowest bit on.
    pub answers: u8,
}

impl Act {
    pub(super) const fn new(of: u8, deed: Deed, which: u8) -> Self {
        Self {
            of,
            deed,
            which,
            answers: 0,
        }
    }
}

/// The call that an act is in this state, with its token; `None` where there is nothing to call.
pub(super) fn call(world: &World, node: &Node, act: Act) -> Option<(AccountId, Call)> {
    let one = &world.conversions[usize::from(act.of)];
    let op = operation(world, node, one, act)?;
    let by = hands::account(&node.law, one, act.deed.by())?;
    let token = (act.deed == Deed::Convert).then(|| token(one, node.begun[usize::from(act.of)]));
    let dry_run = false;
    Some((by, Call { op, token, dry_run }))
}

/// The token of a tenant's n-th conversion: each time another one, since a token that was used answers
/// with what it made the first time, were it gone by now.
pub(super) fn token(one: &Conversion, nth: u8) -> String {
    format!("convert-{}-{nth}", one.vbr)
}

fn operation(world: &World, node: &Node, one: &Conversion, act: Act) -> Option<Operation> {
    let law = &node.law;
    let port = one.port(law);
    let named = |name| hands::call(law, one, name);
    let own = port.and_then(|(_, port)| port.vbr).is_some_and(|vbr| vbr != one.vbr);
    let vbr_id = one.vbr.into();
    Some(match act.deed {
        Deed::OpenBilling => return named(O::OpenPhysicalConnectionService),
        Deed::Convert => return named(O::CreateVpconnFromVbr),
        Deed::Accept => return named(O::ConfirmPhysicalConnection),
        Deed::Pay | Deed::PartnerPays => return named(O::PayOrder),
        Deed::Attach => return named(O::AttachVbrToVpconn),
        Deed::Cancel => return named(O::CancelPhysicalConnection),
        Deed::TerminatePort => return named(O::TerminatePhysicalConnection),
        Deed::DeletePort | Deed::PartnerDeletesPort => return named(O::DeletePhysicalConnection),
        Deed::RecoverPort => return named(O::RecoverPhysicalConnection),
        Deed::OwnVbr => return named(O::CreateVirtualBorderRouter),
        Deed::DropOwnVbr => return own.then(|| named(O::DeleteVirtualBorderRouter)).flatten(),
        Deed::Unlock => return named(O::SetBusinessStatus),
        Deed::RestoreVbr => return named(O::UpdateVirtualBorderBandwidth),
        Deed::PartnerEndsVbr | Deed::TenantEndsVbr => return named(O::TerminateVirtualBorderRouter),
        Deed::PartnerRecoversVbr | Deed::TenantRecoversVbr => return named(O::RecoverVirtualBorderRouter),
        Deed::AttachWrongVbr => AttachVbrToVpconn {
            vbr_id: world.conversions.get(usize::from(act.which))?.vbr.into(),
            vpconn_id: port?.0.into(),
        }
        .into(),
        Deed::LapseBilling => LapseOutboundBilling {
            ali_uid: one.tenant.into(),
        }
        .into(),
        Deed::Lock => SetBusinessStatus {
            instance_id: port?.0.into(),
            business_status: BusinessStatus::FinancialLocked,
        }
        .into(),
        Deed::RaiseVbr => UpdateVirtualBorderBandwidth {
            virtual_border_router_id: vbr_id,
            bandwidth: i64::from(world.larger[usize::from(act.of)]?.vbr_mbps(law.premises().policies.spec_1g)),
        }
        .into(),
        Deed::OrderMore => UpdateVirtualPhysicalConnection {
            instance_id: port?.0.into(),
            vlan_id: i64::from(port?.1.vlan),
            expect_spec: Some(world.larger[usize::from(act.of)]?.name().into()),
        }
        .into(),
        Deed::MoveVlan => ModifyVirtualBorderRouterAttribute {
            vbr_id,
            vlan_id: Some(i64::from(world.spares[usize::from(act.of)]?)),
            ..ModifyVirtualBorderRouterAttribute::default()
        }
        .into(),
        Deed::AddRoute | Deed::AddOtherRoute => CreateRouteEntry {
            route_table_id: vbr_id,
            destination_cidr_block: if act.deed == Deed::AddRoute {
                "192.0.2.0/25"
            } else {
                "192.0.2.128/25"
            }
            .to_owned(),
            next_hop_type: NextHopType::PhysicalConnection,
        }
        .into(),
        Deed::Mistag | Deed::MendEdge | Deed::Outcome => return None,
    })
}
