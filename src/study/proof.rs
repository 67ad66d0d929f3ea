//! A scenario's proof: its tables at a time, or at every time, and every leak replayed.

use std::collections::BTreeSet;

use super::replay::{Replayed, replay};
use super::wrong_hop::{WrongHop, wrong_hop};
use crate::forward::{ServiceId, Tables};
use crate::node::AnySwitch;
use crate::prove::{
    Asking, Hop, Leak, Model, NOBODY, Names, Nature, Network, Owner, PortId, Prover, Snapshot, Snapshots, Standing,
    TooManyAddresses, certificate, leaks, prove, quiet, starts_of,
};
use crate::record::{Needed, uncontrolled};
use crate::scenario::Plan;
use crate::scenario::plan::NodeKind;
use crate::units::SimTime;

/// Leaks that are looked for, and replayed, of one snapshot.
const MOST_LEAKS: usize = 64;

/// How a proof ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proven {
    /// No frame of a tenant reaches a terminal of anybody else.
    Proved,
    /// Some do, as replaying them showed.
    Leaks,
    /// The prover could not tell, and why.
    Undecided(String),
    /// A counterexample did not replay although it should have: a defect of the prover.
    Broken(String),
}

/// A leak that was replayed.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What the model says.
    pub leak: Leak,
    /// What the simulator did.
    pub replayed: Replayed,
    /// Each hop as text: the switch, and the table entry that let the frame through.
    pub hops: Vec<String>,
    /// The foreign box that it comes to, by name.
    pub box_name: String,
    /// Where on its way the frame first went wrong by the tables themselves; `None`: every switch did as its
    /// tables say.
    pub wrong: Option<WrongHop>,
}

/// What was proved or found.
#[derive(Debug, Clone)]
pub struct Proof {
    /// When the tables stood so.
    pub at: SimTime,
    /// How it ended.
    pub verdict: Proven,
    /// Leaks, replayed.
    pub leaks: Vec<Shown>,
    /// What was followed.
    pub standing: Standing,
    /// Tenants of whom some frame reached a terminal of their own at any time that was looked at.
    pub carried: u64,
    /// Tenants that the cloud served at any of these times, and of whom no frame ever reached a
    /// terminal of their own.
    pub uncontrolled: Vec<Owner>,
    /// What the forwarders were found to do.
    pub nature: Nature,
    /// Profiles of the switches, in order.
    pub profiles: Vec<String>,
    /// Is a fault planted in one of them?
    pub planted: bool,
    /// Switches, their ports, and their services.
    pub switches: usize,
    /// Ports of switches.
    pub ports: usize,
    /// Services over all switches.
    pub services: usize,
    /// The tables, by switch.
    pub tables: Vec<(String, Tables)>,
    /// The certificate, where it is proved.
    pub certificate: Option<String>,
}

impl Proof {
    /// The verdict in a word.
    pub fn word(&self) -> &'static str {
        match &self.verdict {
            Proven::Proved if !self.has_control() => "INCONC",
            Proven::Proved => "PROVED",
            Proven::Leaks => "LEAK",
            Proven::Undecided(_) => "UNDECIDED",
            Proven::Broken(_) => "ERROR",
        }
    }

    /// Why it is not PROVED; else empty.
    pub fn why(&self, plan: &Plan) -> String {
        match &self.verdict {
            Proven::Proved if !self.has_control() => self.without_control(plan),
            Proven::Proved => String::new(),
            Proven::Leaks => {
                let (leaking, all) = (self.standing.leaking.len(), self.standing.tenants);
                format!("frames of {leaking} of {all} tenants leak at {}", self.at)
            }
            Proven::Undecided(why) | Proven::Broken(why) => why.clone(),
        }
    }

    /// Does it count that nothing leaks? A frame of some tenant has to reach a terminal of its own, and
    /// of every tenant that is served: else what does not leak may just not get anywhere, as in a run.
    pub fn has_control(&self) -> bool {
        self.uncontrolled.is_empty() && Needed::One.is_met(self.carried, self.standing.tenants)
    }

    /// Whose control is missing, in words.
    pub fn without_control(&self, plan: &Plan) -> String {
        let names: Vec<&str> = self
            .uncontrolled
            .iter()
            .map(|owner| tenant_name(plan, *owner))
            .collect();
        match names.as_slice() {
            [] => "no tenant's frame reaches a terminal of its own".to_owned(),
            [first, rest @ ..] => {
                let more = match rest.len() {
                    0 => String::new(),
                    n => format!(" and {n} more"),
                };
                format!("no frame of {first}{more} reaches a terminal of its own: the control is missing")
            }
        }
    }

    fn control(&mut self, served: &BTreeSet<Owner>, has_carried: impl Fn(Owner) -> bool) {
        let seen = served.iter().map(|owner| (*owner, has_carried(*owner)));
        self.uncontrolled = if served.is_empty() {
            Vec::new()
        } else {
            uncontrolled(Needed::Each, seen)
        };
    }
}

/// Proves the tables of one snapshot.
///
/// # Errors
/// Where the model has no room for them.
pub fn prove_snapshot(plan: &Plan, snapshot: &Snapshot) -> Result<Proof, TooManyAddresses> {
    let (network, model) = Network::read(plan, snapshot)?;
    let mut proof = conclude(plan, snapshot, &network, &model);
    let stuck = std::mem::take(&mut proof.standing.stuck);
    proof.control(&served(plan, &network), |owner| !stuck.contains(&owner));
    proof.standing.stuck = stuck;
    if proof.verdict == Proven::Proved {
        proof.certificate = certificate(&model, &starts_of(&model), &names(plan, &proof)).ok();
    }
    Ok(proof)
}

/// What the model says, with every leak replayed; without a certificate.
fn conclude(plan: &Plan, snapshot: &Snapshot, network: &Network, model: &Model) -> Proof {
    let starts = starts_of(model);
    let standing = prove(model, &starts, |_, _| {});
    let mut proof = Proof {
        at: snapshot.at,
        verdict: Proven::Proved,
        leaks: Vec::new(),
        carried: standing.carried,
        uncontrolled: Vec::new(),
        standing,
        nature: network.nature(),
        profiles: network.profiles().iter().map(ToString::to_string).collect(),
        planted: network.is_planted(),
        switches: network.seats.len(),
        ports: model.ports(),
        services: network.seats.iter().map(|seat| seat.tables.services.len()).sum(),
        tables: network
            .seats
            .iter()
            .map(|seat| (seat.name.clone(), seat.tables.clone()))
            .collect(),
        certificate: None,
    };
    proof.verdict = judge(plan, snapshot, network, model, &starts, &mut proof);
    proof
}

fn names(plan: &Plan, proof: &Proof) -> Names {
    Names {
        scenario: plan.name.clone(),
        profiles: proof.profiles.clone(),
        tenants: plan.tenants.iter().map(|tenant| tenant.name.clone()).collect(),
    }
}

fn judge(
    plan: &Plan,
    snapshot: &Snapshot,
    network: &Network,
    model: &Model,
    starts: &[(Owner, PortId)],
    proof: &mut Proof,
) -> Proven {
    if let Some(link) = network.crossed.first() {
        return Proven::Undecided(format!(
            "link {link} joins boxes of different owners past every switch: no table speaks of it"
        ));
    }
    let mut missing = Vec::new();
    for owner in &proof.standing.leaking {
        let own: Vec<PortId> = starts
            .iter()
            .filter(|(o, _)| o == owner)
            .map(|(_, port)| *port)
            .collect();
        let found = leaks(model, *owner, &own, MOST_LEAKS).unwrap_or_default();
        if found.is_empty() {
            missing.push(format!("{} reaches a foreign terminal by no way", tenant(plan, *owner)));
        }
        for leak in found {
            if proof.leaks.len() + missing.len() >= MOST_LEAKS {
                break;
            }
            match replay(plan, snapshot, network, model, &leak) {
                Some(replayed) => {
                    let hops = leak.hops.iter().map(|hop| describe(plan, network, hop)).collect();
                    let terminal = network.terminal_at(leak.end);
                    let box_name = terminal.map(|terminal| plan.nodes[terminal.end.0.index()].name.clone());
                    proof.leaks.push(Shown {
                        wrong: wrong_hop(network, &leak),
                        box_name: box_name.unwrap_or_default(),
                        leak,
                        replayed,
                        hops,
                    });
                }
                None => missing.push(format!(
                    "a frame of {} that should reach a terminal of {} does not",
                    tenant(plan, leak.from),
                    tenant(plan, leak.to)
                )),
            }
        }
    }
    if let Some(first) = missing.first() {
        // A mixed model holds what any kind of frame may do at each hop: no one frame may do it all.
        if !proof.nature.mixed {
            return Proven::Broken(format!("{first}: the counterexample does not replay"));
        }
        if proof.leaks.is_empty() && proof.standing.lost.is_empty() {
            return Proven::Undecided(format!(
                "{first}: kinds of frames differ at several switches, and no frame was found that leaks at all of them"
            ));
        }
    }
    match (&proof.leaks[..], proof.standing.lost.first()) {
        ([_, ..], _) => Proven::Leaks,
        ([], Some((owner, why))) => Proven::Undecided(format!("{}: {why}", tenant(plan, *owner))),
        ([], None) => Proven::Proved,
    }
}

/// Tenants whose frames have to get somewhere: those that the cloud serves by these tables, and those
/// with a data centre, whom the scenario means to be served. Of one that no table knows nothing is shown.
fn served(plan: &Plan, network: &Network) -> BTreeSet<Owner> {
    let served = network.seats.iter().flat_map(|seat| seat.served(plan));
    let centres = plan.nodes.iter().filter(|node| matches!(node.kind, NodeKind::Idc(_)));
    let meant = centres.filter_map(|node| Some(node.place.only?.0));
    served.chain(meant).collect()
}

fn tenant_name(plan: &Plan, owner: Owner) -> &str {
    plan.tenants.get(owner as usize).map_or("nobody", |tenant| &tenant.name)
}

/// A tenant's name.
fn tenant(plan: &Plan, owner: Owner) -> String {
    tenant_name(plan, owner).to_owned()
}

fn describe(plan: &Plan, network: &Network, hop: &Hop) -> String {
    let (seat, from) = network.place(hop.from);
    let (_, to) = network.place(hop.to);
    let vid = hop.read.parts().map(|(_, vid)| vid);
    let read = match vid {
        Some(vid) => format!("VID {vid}"),
        None => "no tag".to_owned(),
    };
    let entry = seat
        .service_at(from, vid)
        .or_else(|| seat.service_at(from, None))
        .map_or_else(
            || "no table entry of that place".to_owned(),
            |(ServiceId(id), whose)| format!("service {id} of {}", tenant(plan, whose.0)),
        );
    format!(
        "{} {}: in by port {} with {read}, out by port {} ({entry})",
        seat.kind(plan),
        seat.name,
        from.0,
        to.0
    )
}

/// Proves the tables at the start and at every change until the plan's end, anew only for whom a
/// change concerns. `each` hears when, how many tenants it concerned, and whether the proof holds.
/// Where it does not, the full verdict of that moment is returned, else that of the end; it rests
/// on every forwarder asked once more, for everything.
///
/// # Errors
/// Where the model has no room.
pub fn prove_throughout(
    plan: &Plan,
    timeline: &mut Snapshots<'_>,
    each: impl FnMut(SimTime, usize, bool),
) -> Result<Proof, TooManyAddresses> {
    let (snapshot, _, prover, served) = keep(Asking::Every, plan, timeline, each)?;
    let mut proof = prove_snapshot(plan, &snapshot)?;
    proof.carried = proof.carried.max(prover.ever_carried());
    proof.control(&served, |owner| prover.has_carried(owner));
    Ok(proof)
}

/// Keeps the proof until it breaks, or to the plan's end.
fn keep(
    asking: Asking,
    plan: &Plan,
    timeline: &mut Snapshots<'_>,
    mut each: impl FnMut(SimTime, usize, bool),
) -> Result<(Snapshot, Network, Prover, BTreeSet<Owner>), TooManyAddresses> {
    let mut snapshot = timeline.snapshot();
    let (mut network, model) = Network::read_by(asking, plan, &snapshot)?;
    let starts = starts_of(&model);
    let mut served = served(plan, &network);
    let mut prover = Prover::new(model, starts);
    each(
        snapshot.at,
        prover.starts().chunk_by(|a, b| a.0 == b.0).count(),
        prover.holds(),
    );
    while prover.holds() {
        if timeline.run_to_change().is_none() {
            break;
        }
        snapshot = timeline.snapshot();
        let mut touched = 0;
        for seat in 0..network.seats.len() {
            let (_, switch) = &snapshot.switches[seat];
            touched += change(plan, &mut network, &mut prover, seat, switch, &mut served)?;
        }
        each(snapshot.at, touched, prover.holds());
    }
    Ok((snapshot, network, prover, served))
}

/// Proves a plan's tables at every time of its run, without its traffic. `each` hears what it does in
/// [`prove_throughout`].
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes, or the model has no room.
pub fn prove_plan(plan: &Plan, each: impl FnMut(SimTime, usize, bool)) -> Result<Proof, String> {
    let quiet = quiet(plan);
    let mut timeline = Snapshots::new(&quiet).map_err(|e| e.to_string())?;
    let proof = prove_throughout(&quiet, &mut timeline, each);
    timeline.finish();
    proof.map_err(|e| e.to_string())
}

/// The same for many small plans: VIDs that tables do not name are asked for by class, nothing is
/// asked once more at the end, and there is no certificate.
///
/// # Errors
/// As [`prove_plan`].
pub fn prove_plan_by_class(plan: &Plan) -> Result<Proof, String> {
    let quiet = quiet(plan);
    let mut timeline = Snapshots::new(&quiet).map_err(|e| e.to_string())?;
    let kept = keep(Asking::ByClass, &quiet, &mut timeline, |_, _, _| {});
    timeline.finish();
    let (snapshot, network, prover, served) = kept.map_err(|e| e.to_string())?;
    let mut proof = conclude(&quiet, &snapshot, &network, prover.model());
    proof.carried = proof.carried.max(prover.ever_carried());
    proof.control(&served, |owner| prover.has_carried(owner));
    Ok(proof)
}

/// Brings one switch to where it stands now, all its services at once; returns how many tenants that
/// concerned. Whom the cloud serves here by now joins the `served`.
fn change(
    plan: &Plan,
    network: &mut Network,
    prover: &mut Prover,
    seat: usize,
    running: &AnySwitch,
    served: &mut BTreeSet<Owner>,
) -> Result<usize, TooManyAddresses> {
    let new = running.tables();
    let old = &network.seats[seat].tables.services;
    let ids: BTreeSet<ServiceId> = old.keys().chain(new.services.keys()).copied().collect();
    let changed = ids.into_iter().filter(|id| old.get(id) != new.services.get(id));
    let changed: Vec<_> = changed.map(|id| (id, new.services.get(&id).cloned())).collect();
    if changed.is_empty() {
        return Ok(0);
    }
    let kind = &plan.nodes[network.seats[seat].node.index()].kind;
    if matches!(kind, NodeKind::AccessDevice(_)) {
        let owners = changed
            .iter()
            .filter_map(|(_, service)| Some(service.as_ref()?.tenant.0));
        served.extend(owners.filter(|owner| *owner != NOBODY));
    }
    network.renew(seat, running);
    let cells = network.change(seat, changed, prover.model_mut())?;
    Ok(prover.apply(&cells))
}
