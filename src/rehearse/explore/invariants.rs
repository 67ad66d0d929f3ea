//! What must hold in every state, and in every step from one to the next.

use super::deed::{self, Act, Deed};
use super::node::{Behaviour, Enumerated, Node};
use super::world::World;
use crate::ident::{AccountId, PortNo, TenantId};
use crate::node::lower::{Lowered, Site, lower, policer_rule};
use crate::provision::{
    Acceptance, Call, ConnectionStatus, Difference, NewVbrOnConvertingPort, Operation, OperationName as O,
    OutboundFrom, PcId, Port, PortDeleteRight, ServiceKey, State, Switch, Vbr, VbrStatus,
};
use crate::rehearse::conversion::Conversion;
use crate::rehearse::hands;
use crate::rehearse::states::{HalfDone, Line};

macro_rules! invariants {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// Something that must hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Invariant { $($(#[doc = $doc])* $variant,)* }
        impl Invariant {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// What it says.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_start(),)* }
            }
        }
    };
}

invariants! {
    /// The law's own books agree with themselves.
    Books = "books",
    /// No two VBRs and no two shared ports of a circuit have one VLAN.
    VlanUnique = "vlan-unique",
    /// A shared port has one VBR at most.
    OneVbrPerPort = "one-vbr-per-port",
    /// A VBR on a shared port has its VLAN and its bandwidth.
    Inherited = "inherited",
    /// A conversion leaves the VBR as it is, but for what it hangs on.
    VbrKept = "vbr-kept",
    /// What one tenant's conversion does changes nothing of anybody else's.
    OthersUntouched = "others-untouched",
    /// The boxes are what the law says, and nothing changes in them that was not told.
    DataPlane = "data-plane",
    /// No step of a conversion changes what passes.
    Uninterrupted = "uninterrupted",
    /// What is billed is what the policies say: nothing twice, nothing without a payer, nothing missed.
    Billing = "billing",
    /// Who has the line may end a VBR, nobody else; a stranger may do nothing.
    Rights = "rights",
    /// Refused calls, dry runs and repeated tokens change nothing.
    Inert = "inert",
    /// The specs of a circuit's ports sum to its bandwidth at most.
    SpecSum = "spec-sum",
    /// A half-done state is what is said of it.
    AsTold = "as-told",
}

/// An invariant that does not hold, and how that shows.
pub(super) type Broken = (Invariant, String);

/// What does not hold in a state. `scratch` equals the state's law.
pub(super) fn of_state(world: &World, behaviour: &dyn Behaviour, node: &Node, scratch: &mut State) -> Vec<Broken> {
    let mut wrong = Vec::new();
    let policies = &node.law.premises().policies;
    for says in node.law.violations() {
        let sum = says.contains("oversold");
        wrong.push((if sum { Invariant::SpecSum } else { Invariant::Books }, says));
    }
    if policies.sum_of_specs == Switch::Unenforced {
        wrong.extend(oversold(&node.law));
    }
    wrong.extend(vlans(&node.law));
    if !wrong.is_empty() {
        // A law whose books are wrong is not asked any further.
        return wrong;
    }
    wrong.extend(bills(node));
    for one in &world.conversions {
        wrong.extend(inherited(&node.law, one));
        wrong.extend(data_plane(world, &node.law, one));
        wrong.extend(as_told(behaviour, node, one, scratch));
        wrong.extend(strangers(world, behaviour, node, one, scratch));
        wrong.extend(dry_runs(world, behaviour, node, one, scratch));
    }
    if *scratch != node.law {
        wrong.push((
            Invariant::Inert,
            "a dry run or a refused call changed the state".to_owned(),
        ));
        scratch.clone_from(&node.law);
    }
    wrong
}

fn oversold(law: &State) -> Vec<Broken> {
    let circuits = law
        .circuits()
        .filter(|(_, circuit)| circuit.allocated_mbps() > circuit.bandwidth_mbps);
    let says = circuits.map(|(id, circuit)| {
        let (sold, is) = (circuit.allocated_mbps(), circuit.bandwidth_mbps);
        (Invariant::SpecSum, format!("{id} is oversold: {sold} of {is} Mbit/s"))
    });
    says.collect()
}

fn vlans(law: &State) -> Vec<Broken> {
    let mut wrong = Vec::new();
    let holds = |vbr: &Vbr| vbr.status != VbrStatus::Terminated;
    let mut vbrs: Vec<(ServiceKey, bool)> = law
        .vbrs()
        .filter(|(_, v)| holds(v))
        .map(|(_, v)| (v.key(), v.is_on_port()))
        .collect();
    vbrs.sort_unstable();
    let beside = law.premises().policies.new_vbr_on_converting_port == NewVbrOnConvertingPort::Allow;
    for pair in vbrs.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        // The policy lets a tenant's new VBR stand beside the legacy one, without a frame.
        if !(beside && pair[0].1 != pair[1].1) {
            wrong.push((Invariant::VlanUnique, format!("two VBRs have {}", pair[0].0)));
        }
    }
    let mut ports: Vec<ServiceKey> = law.ports().map(|(_, port)| port.key()).collect();
    ports.sort_unstable();
    for pair in ports.windows(2).filter(|pair| pair[0] == pair[1]) {
        wrong.push((Invariant::VlanUnique, format!("two shared ports have {}", pair[0])));
    }
    let mut on: Vec<PcId> = law
        .vbrs()
        .filter(|(_, v)| v.is_on_port())
        .map(|(_, v)| v.connection)
        .collect();
    on.sort_unstable();
    for pair in on.windows(2).filter(|pair| pair[0] == pair[1]) {
        wrong.push((Invariant::OneVbrPerPort, format!("two VBRs hang on {}", pair[0])));
    }
    wrong
}

fn inherited(law: &State, one: &Conversion) -> Option<Broken> {
    let vbr = law.vbr(one.vbr).filter(|vbr| vbr.is_on_port())?;
    let port = law.port(vbr.connection)?;
    let rate = port.spec.rate(law.premises().policies.spec_1g);
    let same = port.key() == vbr.key() && law.vbr_bandwidth(vbr) == Some(rate);
    (!same).then(|| {
        let says = format!("{} has {} and its port {}", one.vbr, vbr.key(), port.key());
        (Invariant::Inherited, says)
    })
}

/// Does the port usage fee run, by the state alone?
pub(super) fn fee_runs(port: &Port) -> bool {
    use ConnectionStatus as S;
    port.acceptance == Acceptance::Confirmed
        && port.paid
        && matches!(port.status, S::Confirmed | S::Enabled | S::Terminating)
}

/// Is outbound data of the port's service billed, by the state alone?
pub(super) fn outbound_runs(law: &State, port: &Port) -> bool {
    use ConnectionStatus as S;
    let held =
        port.acceptance == Acceptance::Confirmed && matches!(port.status, S::Confirmed | S::Enabled | S::Terminating);
    let active = port
        .vbr
        .and_then(|id| law.vbr(id))
        .is_some_and(|vbr| vbr.status == VbrStatus::Active);
    let from_confirm = law.premises().policies.outbound_from == OutboundFrom::Confirm;
    held && (from_confirm || (active && port.status == S::Enabled))
}

fn bills(node: &Node) -> Vec<Broken> {
    let mut wrong = Vec::new();
    let mut say = |says: String| wrong.push((Invariant::Billing, says));
    let (law, bills) = (&node.law, &node.bills);
    for (id, port) in law.ports() {
        let expected: &[AccountId] = if fee_runs(port) { &[port.payer()] } else { &[] };
        let paying = bills.fees.get(&id).map_or(&[][..], Vec::as_slice);
        if paying != expected {
            say(format!(
                "the fee of {id} is paid by {} accounts, not {}",
                paying.len(),
                expected.len()
            ));
        }
        let expected: &[(PcId, AccountId)] = if outbound_runs(law, port) {
            &[(id, port.owner)]
        } else {
            &[]
        };
        let paying = bills.outbound.get(&port.key()).map_or(&[][..], Vec::as_slice);
        if paying != expected {
            say(format!(
                "outbound data of {} is billed {} times, not {}",
                port.key(),
                paying.len(),
                expected.len()
            ));
        }
    }
    for id in bills.fees.keys().filter(|id| law.port(**id).is_none()) {
        say(format!("the fee of {id} runs, which is gone"));
    }
    for (key, paying) in &bills.outbound {
        if paying
            .iter()
            .any(|(id, _)| law.port(*id).is_none_or(|port| port.key() != *key))
        {
            say(format!("outbound data of {key} is billed by a port that is gone"));
        }
    }
    wrong
}

fn lowered(law: &State, key: &ServiceKey) -> Lowered {
    let site = Site {
        tenant: TenantId(0),
        circuit_port: PortNo(0),
        vbr_port: PortNo(1),
        subif_rate_limit: true,
        subif_octets: None,
        vpc_port: Some(PortNo(0)),
        cloud: &[],
    };
    lower(
        law.service(key).as_ref(),
        policer_rule(&law.premises().policies),
        Some(&site),
    )
}

/// A sub-interface is there where, and only where, frames may pass.
fn data_plane(world: &World, law: &State, one: &Conversion) -> Vec<Broken> {
    let own = one.key(law);
    let mut keys = vec![one.began, own];
    keys.extend(
        (world.conversions.iter().zip(&world.spares))
            .filter(|(other, _)| *other == one)
            .filter_map(|(_, spare)| spare.map(|vlan| ServiceKey { vlan, ..one.began })),
    );
    keys.sort_unstable();
    keys.dedup();
    let mut wrong = Vec::new();
    for key in keys {
        let there = lowered(law, &key).sub_interface.is_some();
        let mut vbrs = law.vbrs().filter(|(_, vbr)| vbr.key() == key).map(|(_, vbr)| vbr);
        let passes = vbrs.next().is_some_and(|vbr| passes(law, vbr));
        // Which of two has the traffic is a policy's to say.
        if vbrs.next().is_none() && there != passes {
            let word = if there { "a" } else { "no" };
            let says = format!("{key} has {word} sub-interface in {}", HalfDone::of(law, one).name());
            wrong.push((Invariant::DataPlane, says));
        }
    }
    wrong
}

/// May frames pass a VBR, by the documented rule: circuit, VBR, and the port under the VBR?
fn passes(law: &State, vbr: &Vbr) -> bool {
    let up = law.circuit(vbr.circuit).is_some_and(|view| {
        view.circuit.status == ConnectionStatus::Enabled
            && view.circuit.business == crate::provision::BusinessStatus::Normal
    });
    up && vbr.status == VbrStatus::Active && (!vbr.is_on_port() || law.port(vbr.connection).is_some_and(Port::is_open))
}

/// Asks whether a call would pass, and changes nothing.
fn would(behaviour: &dyn Behaviour, scratch: &mut State, by: AccountId, op: Operation) -> Result<(), &'static str> {
    let call = Call {
        op,
        token: None,
        dry_run: true,
    };
    match behaviour.call(scratch, by, &call, &mut Enumerated::new(0)) {
        Ok(_) => Ok(()),
        Err(error) if error.is_dry_run() => Ok(()),
        Err(error) => Err(error.code),
    }
}

/// Would the call pass but for the state that the VBR is in?
fn has_line(behaviour: &dyn Behaviour, scratch: &mut State, by: AccountId, one: &Conversion) -> bool {
    let op = crate::provision::TerminateVirtualBorderRouter { vbr_id: one.vbr.into() };
    !matches!(
        would(behaviour, scratch, by, op.into()),
        Err("Forbidden.OperationNotAllowedByUser" | "InvalidVbrId.NotFound")
    )
}

fn as_told(behaviour: &dyn Behaviour, node: &Node, one: &Conversion, scratch: &mut State) -> Vec<Broken> {
    let here = HalfDone::of(&node.law, one);
    let told = here.standing(&node.law.premises().policies);
    let mut wrong = Vec::new();
    let passes = node.law.service(&one.key(&node.law)).is_some_and(|view| view.open);
    if told.frames.is_some_and(|frames| frames != passes) {
        wrong.push((Invariant::AsTold, format!("frames pass: {passes}, in {}", here.name())));
    }
    let fee = one.port(&node.law).is_some_and(|(_, port)| fee_runs(port));
    if told.fee.is_some_and(|runs| runs != fee) {
        wrong.push((Invariant::AsTold, format!("the fee runs: {fee}, in {}", here.name())));
    }
    let partner = has_line(behaviour, scratch, one.partner, one);
    let tenant = has_line(behaviour, scratch, one.tenant, one);
    let expected = match told.line {
        None => return wrong,
        Some(Line::Nobody) => (false, false),
        Some(Line::Partner) => (true, false),
        Some(Line::Tenant) => (false, true),
    };
    if (partner, tenant) != expected {
        let says = format!("partner {partner}, tenant {tenant} may end the VBR in {}", here.name());
        wrong.push((Invariant::Rights, says));
    }
    wrong
}

/// Another tenant, and the partner where only the owner may, are refused.
fn strangers(
    world: &World,
    behaviour: &dyn Behaviour,
    node: &Node,
    one: &Conversion,
    scratch: &mut State,
) -> Vec<Broken> {
    let mut wrong = Vec::new();
    let others = world.conversions.iter().map(|other| other.tenant);
    if let Some(stranger) = others.into_iter().find(|tenant| *tenant != one.tenant) {
        for name in [
            O::ConfirmPhysicalConnection,
            O::DeletePhysicalConnection,
            O::TerminateVirtualBorderRouter,
        ] {
            let op = hands::call(&node.law, one, name);
            if op.is_some_and(|op| would(behaviour, scratch, stranger, op).is_ok()) {
                wrong.push((Invariant::Rights, format!("another tenant may call {}", name.as_str())));
            }
        }
    }
    let Some((_, port)) = one.port(&node.law) else {
        return wrong;
    };
    let policy = node.law.premises().policies.port_delete_right;
    let may = policy == PortDeleteRight::OwnerOrPartnerWhileUnconfirmed && port.acceptance == Acceptance::UnConfirmed;
    let op = hands::call(&node.law, one, O::DeletePhysicalConnection);
    if !may && op.is_some_and(|op| would(behaviour, scratch, one.partner, op).is_ok()) {
        wrong.push((Invariant::Rights, "the partner may delete the tenant's port".to_owned()));
    }
    wrong
}

/// A dry run says what the call then does, and a token that was used makes nothing again.
fn dry_runs(
    world: &World,
    behaviour: &dyn Behaviour,
    node: &Node,
    one: &Conversion,
    scratch: &mut State,
) -> Vec<Broken> {
    let mut wrong = Vec::new();
    for (name, by) in [
        (O::CreateVpconnFromVbr, one.partner),
        (O::ConfirmPhysicalConnection, one.tenant),
        (O::AttachVbrToVpconn, one.partner),
    ] {
        let Some(op) = hands::call(&node.law, one, name) else {
            continue;
        };
        let dry = would(behaviour, scratch, by, op.clone());
        if *scratch != node.law {
            wrong.push((
                Invariant::Inert,
                format!("a dry run of {} changed the state", name.as_str()),
            ));
            scratch.clone_from(&node.law);
        }
        let real = behaviour.call(scratch, by, &Call::from(op), &mut Enumerated::new(0));
        if real.is_ok() != dry.is_ok() {
            wrong.push((
                Invariant::Inert,
                format!("a dry run of {} says otherwise than the call", name.as_str()),
            ));
        }
        if real.is_ok() {
            scratch.clone_from(&node.law);
        }
    }
    let index = world
        .conversions
        .iter()
        .position(|other| other == one)
        .unwrap_or_default();
    for nth in 0..node.begun[index] {
        let Some(op) = hands::call(&node.law, one, O::CreateVpconnFromVbr) else {
            continue;
        };
        let call = Call {
            op,
            token: Some(deed::token(one, nth)),
            dry_run: false,
        };
        let again = behaviour.call(scratch, one.partner, &call, &mut Enumerated::new(0));
        if again.is_ok_and(|reply| !reply.replayed) || *scratch != node.law {
            wrong.push((Invariant::Inert, "a repeated token made something again".to_owned()));
            scratch.clone_from(&node.law);
        }
    }
    wrong
}

/// What does not hold of the step from one state to the next.
pub(super) fn of_step(world: &World, before: &Node, act: Act, after: &Node, touched: &[ServiceKey]) -> Vec<Broken> {
    let one = &world.conversions[usize::from(act.of)];
    let mut wrong = Vec::new();
    let differences = after.law.differences(&before.law);
    let uid = before
        .law
        .premises()
        .account(one.tenant)
        .map_or(0, |account| account.uid);
    let spare = world.spares[usize::from(act.of)];
    for difference in &differences {
        let own = match difference {
            Difference::Port(id) => id.uid == uid,
            Difference::Vbr(id) => id.uid == uid,
            Difference::Attachment(id) => id.uid == uid,
            Difference::Vlan(key) => {
                key.circuit == one.began.circuit && (key.vlan == one.began.vlan || Some(key.vlan) == spare)
            }
            Difference::Count(id) => *id == one.began.circuit,
            Difference::OutboundBilling(account) | Difference::Numbers(account) => *account == one.tenant,
            Difference::Tokens(account) => *account == one.tenant || *account == one.partner,
            Difference::Pending => true,
            Difference::Circuit(_) | Difference::Project(..) => false,
        };
        if !own {
            wrong.push((
                Invariant::OthersUntouched,
                format!("{} changed {difference}", act.deed.name()),
            ));
        }
    }
    wrong.extend(untold(before, after, &differences, touched, act));
    wrong.extend(kept(before, after, one, act));
    wrong.extend(uninterrupted(before, after, one, act));
    wrong
}

/// Boxes change only where the law told of it.
fn untold(before: &Node, after: &Node, differences: &[Difference], touched: &[ServiceKey], act: Act) -> Vec<Broken> {
    let mut keys: Vec<ServiceKey> = Vec::new();
    for difference in differences {
        for law in [&before.law, &after.law] {
            match difference {
                Difference::Port(id) => keys.extend(law.port(*id).map(Port::key)),
                Difference::Vbr(id) => keys.extend(law.vbr(*id).map(Vbr::key)),
                Difference::Vlan(key) => keys.push(*key),
                _ => {}
            }
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| !touched.contains(key) && lowered(&before.law, key) != lowered(&after.law, key));
    let says = keys.into_iter().map(|key| {
        (
            Invariant::DataPlane,
            format!("{} changed {key} and did not tell", act.deed.name()),
        )
    });
    says.collect()
}

/// Deeds of a conversion that are not about the VBR leave it as it is; the attach changes what it hangs on.
fn kept(before: &Node, after: &Node, one: &Conversion, act: Act) -> Option<Broken> {
    let about_the_vbr = matches!(
        act.deed,
        Deed::RaiseVbr
            | Deed::RestoreVbr
            | Deed::MoveVlan
            | Deed::PartnerEndsVbr
            | Deed::TenantEndsVbr
            | Deed::PartnerRecoversVbr
            | Deed::TenantRecoversVbr
            | Deed::AddRoute
            | Deed::AddOtherRoute
            | Deed::Outcome
    );
    let was = before.law.vbr(one.vbr)?;
    let same = after.law.vbr(one.vbr).is_some_and(|is| {
        let mut expected = was.clone();
        if act.deed == Deed::Attach {
            expected.connection = is.connection;
        }
        *is == expected
    });
    (!about_the_vbr && !same).then(|| (Invariant::VbrKept, format!("{} changed {}", act.deed.name(), one.vbr)))
}

/// "Does not affect your services": the boxes beyond the circuit are the same after each step of a
/// conversion as before it. The attach of a VBR that has drifted gives it the port's bandwidth, and the
/// payment of an order is there to change it.
fn uninterrupted(before: &Node, after: &Node, one: &Conversion, act: Act) -> Option<Broken> {
    let step = matches!(
        act.deed,
        Deed::OpenBilling | Deed::Convert | Deed::Accept | Deed::Pay | Deed::PartnerPays | Deed::Attach
    );
    let vbr = before.law.vbr(one.vbr)?;
    let rate = |port: &Port| vbr.bandwidth_mbps != 0 && before.law.converts_to(vbr.bandwidth_mbps) != Some(port.spec);
    let departs = one
        .port(&before.law)
        .is_some_and(|(_, port)| port.expect_spec.is_some() || rate(port));
    if !step || departs {
        return None;
    }
    let no_rate = vbr.bandwidth_mbps == 0;
    let key = one.key(&before.law);
    let beyond = |law: &State| Lowered {
        partner: None,
        ..lowered(law, &key)
    };
    let (was, is) = (beyond(&before.law), beyond(&after.law));
    let same = was == is || (no_rate && was.vpc == is.vpc && was.sub_interface.is_some() == is.sub_interface.is_some());
    (!same).then(|| {
        (
            Invariant::Uninterrupted,
            format!("{} changed what passes on {key}", act.deed.name()),
        )
    })
}
