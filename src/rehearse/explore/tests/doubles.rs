//! Doubles of the law that lack a guard: each must be found, by the invariant that it breaks.

use super::*;
use crate::ident::AccountId;
use crate::provision::*;
use crate::rehearse::tests::world::{PARTNER, tenant};

/// What a double does otherwise than the law.
#[derive(Debug, Clone, Copy)]
enum Double {
    AttachTakesAnyVbr,
    AttachTakesAFullPort,
    ConvertsTwice,
    SellsMoreThanThereIs,
    TellsNothing,
    BillsTwice,
    ForgetsOutbound,
    BillsOn,
    LetsStrangersAccept,
    LeavesThePartnerTheLine,
    LetsThePartnerDelete,
    DryRunActs,
    ForgetsTokens,
    ChangesWhenRefused,
    AttachMovesTheVlan,
    ConvertHarmsAnother,
    AttachInterrupts,
    OutcomeTellsNothing,
}

fn accepted() -> Result<Reply, ApiError> {
    Ok(Reply::default())
}

impl Double {
    /// The account on whose behalf a double calls though another one asked.
    fn instead(self, law: &State, by: AccountId, op: &Operation) -> Option<AccountId> {
        let owner = |id: ResourceId| id.connection().and_then(|id| law.port(id)).map(|port| port.owner);
        match (self, op) {
            (Self::LetsStrangersAccept, Operation::ConfirmPhysicalConnection(p)) => owner(p.physical_connection_id),
            (Self::LetsThePartnerDelete, Operation::DeletePhysicalConnection(p)) if by == PARTNER => {
                owner(p.physical_connection_id)
            }
            (Self::LeavesThePartnerTheLine, Operation::TerminateVirtualBorderRouter(p)) if by == PARTNER => p
                .vbr_id
                .vbr()
                .and_then(|id| law.vbr(id))
                .filter(|vbr| vbr.is_on_port())
                .map(|vbr| vbr.owner),
            _ => None,
        }
    }

    /// What becomes of a refused call all the same.
    fn all_the_same(self, law: &mut State, call: &Call, error: &ApiError) -> bool {
        match (self, &call.op, error.code) {
            (Self::AttachTakesAnyVbr, Operation::AttachVbrToVpconn(p), "Simulator.VbrNotOfThisConversion")
            | (Self::AttachTakesAFullPort, Operation::AttachVbrToVpconn(p), "QuotaExceeded.VPCONN") => {
                if !call.dry_run {
                    law.spoil_attach(p.vbr_id.vbr().unwrap(), p.vpconn_id.connection().unwrap());
                }
                true
            }
            (Self::ConvertsTwice, Operation::CreateVpconnFromVbr(p), "Simulator.ConversionInProgress") => {
                let like = law
                    .ports()
                    .find(|(_, port)| port.from_vbr == p.vbr_id.vbr())
                    .map(|(id, _)| id);
                if !call.dry_run {
                    law.spoil_port(like.unwrap());
                }
                true
            }
            (Self::ChangesWhenRefused, Operation::AttachVbrToVpconn(_), _) => {
                law.spoil_billing(tenant(0));
                false
            }
            _ => false,
        }
    }

    fn after(self, law: &mut State, call: &Call, reply: &mut Reply) {
        if matches!(self, Self::TellsNothing) {
            reply.touched.clear();
        }
        match (self, &call.op) {
            (Self::BillsTwice, _) => {
                let again: Vec<Event> = reply
                    .events
                    .iter()
                    .filter(|e| matches!(e, Event::PortFeeStarted { .. }))
                    .cloned()
                    .collect();
                reply.events.extend(again);
            }
            (Self::ForgetsOutbound, _) => reply.events.retain(|e| !matches!(e, Event::OutboundStarted { .. })),
            (Self::BillsOn, _) => reply.events.retain(|e| !matches!(e, Event::PortFeeStopped { .. })),
            (Self::AttachMovesTheVlan, Operation::AttachVbrToVpconn(p)) if !call.dry_run => {
                law.spoil_vlan(p.vbr_id.vbr().unwrap())
            }
            (Self::AttachInterrupts, Operation::AttachVbrToVpconn(p)) if !call.dry_run => {
                law.spoil_status(p.vbr_id.vbr().unwrap())
            }
            (Self::ConvertHarmsAnother, Operation::CreateVpconnFromVbr(_)) if !call.dry_run => {
                law.spoil_billing(tenant(1))
            }
            _ => {}
        }
    }
}

impl Behaviour for Double {
    fn call(&self, law: &mut State, by: AccountId, call: &Call, choices: &mut dyn Choices) -> Result<Reply, ApiError> {
        let by = self.instead(law, by, &call.op).unwrap_or(by);
        let call = &Call {
            token: call.token.clone().filter(|_| !matches!(self, Self::ForgetsTokens)),
            dry_run: call.dry_run && !matches!((self, &call.op), (Self::DryRunActs, Operation::CreateVpconnFromVbr(_))),
            op: call.op.clone(),
        };
        let result = if matches!(self, Self::SellsMoreThanThereIs) {
            let premises = law.premises().clone();
            let mut loose = premises.policies.clone();
            loose.set("sum_of_specs", "unenforced").unwrap();
            let mut other = law.clone().under(loose, premises.leads.clone());
            let result = other.call(by, call, choices);
            *law = other.under(premises.policies, premises.leads);
            result
        } else {
            law.call(by, call, choices)
        };
        match result {
            Err(error) if self.all_the_same(law, call, &error) => accepted(),
            Err(error) => Err(error),
            Ok(mut reply) => {
                self.after(law, call, &mut reply);
                Ok(reply)
            }
        }
    }

    fn bring_about(&self, law: &mut State, outcome: Outcome) -> Option<Completion> {
        let mut done = law.bring_about(outcome)?;
        if matches!(self, Self::OutcomeTellsNothing) {
            done.events.clear();
        }
        Some(done)
    }
}

/// A double, so many tenants, policies, faults; the invariant that it breaks, and how that shows.
type Case<'a> = (Double, usize, &'a [(&'a str, &'a str)], u8, Invariant, &'a str);

fn found(double: Double, tenants: usize, policies: &[(&str, &str)], faults: u8) -> Vec<(Invariant, String)> {
    let world = world(tenants, 100 * tenants as u32, policies, bounds(faults, 2));
    let world = World {
        bounds: Bounds {
            conversions_together: 2,
            ..world.bounds
        },
        ..world
    };
    let all: Vec<usize> = (0..tenants).collect();
    let group = together(&world, &double, &all, Vec::new());
    group
        .violations
        .iter()
        .map(|v| (v.invariant, line(&v.sequence)))
        .collect()
}

#[test]
fn each_guard_that_is_missing_is_found_by_its_shortest_sequence() {
    use Double as D;
    use Invariant as I;
    let cases: &[Case] = &[
        (
            D::AttachTakesAnyVbr,
            2,
            &[],
            1,
            I::OthersUntouched,
            "create the port, accept, outcome: enabled pc-2001-1, attach the wrong VBR: tenant-2's",
        ),
        (
            D::AttachTakesAFullPort,
            1,
            &[("new_vbr_on_converting_port", "allow")],
            1,
            I::OneVbrPerPort,
            "create the port, accept, outcome: enabled pc-2001-1, make a VBR of its own, attach",
        ),
        (
            D::ConvertsTwice,
            1,
            &[],
            0,
            I::VlanUnique,
            "create the port, create the port",
        ),
        (D::TellsNothing, 1, &[], 0, I::DataPlane, "create the port"),
        (D::BillsTwice, 1, &[], 0, I::Billing, "create the port, accept"),
        (
            D::ForgetsOutbound,
            1,
            &[],
            0,
            I::Billing,
            "create the port, accept, outcome: enabled pc-2001-1, attach",
        ),
        (
            D::BillsOn,
            1,
            &[],
            0,
            I::Billing,
            "create the port, accept, cancel the port",
        ),
        (D::LetsStrangersAccept, 2, &[], 0, I::Rights, "create the port"),
        (
            D::LeavesThePartnerTheLine,
            1,
            &[],
            0,
            I::Rights,
            "create the port, accept, outcome: enabled pc-2001-1, attach",
        ),
        (D::LetsThePartnerDelete, 1, &[], 0, I::Rights, "create the port"),
        (D::DryRunActs, 1, &[], 0, I::Inert, ""),
        (
            D::ForgetsTokens,
            1,
            &[],
            0,
            I::Inert,
            "create the port, delete the port",
        ),
        (D::ChangesWhenRefused, 1, &[], 0, I::Inert, "create the port"),
        (
            D::AttachMovesTheVlan,
            1,
            &[],
            0,
            I::VbrKept,
            "create the port, accept, outcome: enabled pc-2001-1, attach",
        ),
        (D::ConvertHarmsAnother, 2, &[], 0, I::OthersUntouched, "create the port"),
        (
            D::AttachInterrupts,
            1,
            &[],
            0,
            I::Uninterrupted,
            "create the port, accept, outcome: enabled pc-2001-1, attach",
        ),
        (
            D::OutcomeTellsNothing,
            1,
            &[],
            1,
            I::Billing,
            "create the port, accept, outcome: enabled pc-2001-1, terminate the port, outcome: terminated pc-2001-1",
        ),
        (
            D::SellsMoreThanThereIs,
            1,
            &[],
            1,
            I::SpecSum,
            "create the port, order more bandwidth",
        ),
    ];
    let mut missed = Vec::new();
    for (double, tenants, policies, faults, invariant, sequence) in cases {
        let found = found(*double, *tenants, policies, *faults);
        if !found.iter().any(|(broken, by)| broken == invariant && by == sequence) {
            missed.push(format!("{double:?} {invariant:?}: {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
