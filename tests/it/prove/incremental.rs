//! Proofs that are kept through changes equal proofs from scratch.

use std::collections::BTreeSet;

use trunklab::forward::{FastPath, Member, PortRole, Service, ServiceId, ServiceKind, Tables};
use trunklab::ident::{PortNo, TenantId};
use trunklab::node::switch::{member, port};
use trunklab::prove::{Asking, Lab, Network, Prover, Questioned, Symbol, prove, starts_of};
use trunklab::wire::{MacAddr, Vid};

use super::worlds::{Dice, at_start, random, service};

#[test]
fn a_switch_that_is_asked_anew_is_asked_for_what_its_tables_named_before() {
    let trunk = || port(PortRole::Trunk, 1500);
    let router = MacAddr::local(7, 1);
    let bound = Member {
        bound_mac: Some(router),
        ..member(PortNo(0), Vid::new(10))
    };
    let id = ServiceId(1);
    let service = Service {
        tenant: TenantId(0),
        kind: ServiceKind::CrossConnect,
        members: vec![bound, member(PortNo(1), Vid::new(11))],
    };
    let running = FastPath::new(Tables {
        ports: vec![trunk(), trunk()],
        services: [(id, service)].into(),
        ..Tables::default()
    });
    let mut lab = Lab::of(&running).by(Asking::default());
    Questioned::change(&mut lab, id, None);
    let known = Questioned::end(&mut lab);
    assert_eq!(known.vids, BTreeSet::from([10, 11]), "a VID that was named");
    assert_eq!(
        known.bound,
        BTreeSet::from([(PortNo(0), router)]),
        "an address that was bound"
    );
}

#[test]
fn after_any_change_the_kept_proof_is_the_one_from_scratch() {
    let mut broken = 0;
    for seed in 0..5 {
        let plan = random(1000 + seed);
        let snapshot = at_start(&plan);
        let (mut network, model) = Network::read(&plan, &snapshot).expect("room");
        let starts = starts_of(&model);
        let mut prover = Prover::new(model, starts.clone());
        let mut dice = Dice(seed);
        for _ in 0..6 {
            let seat = usize::try_from(dice.roll(network.seats.len() as u64)).expect("small");
            let id = ServiceId(u32::try_from(dice.roll(5)).expect("small"));
            let new = (!dice.one_in(3)).then(|| {
                let mut service = service(&mut dice, &network.seats[seat].tables.ports);
                service.members.sort();
                service
            });
            let cells = network.change(seat, vec![(id, new)], prover.model_mut()).expect("room");
            prover.apply(&cells);
            let scratch = prove(prover.model(), &starts, |_, _| {});
            assert_eq!(prover.leaking(), &scratch.leaking, "seed {seed}");
            broken += usize::from(!prover.holds());
            // The cells themselves are what the forwarder says as a whole now.
            assert_same_cells(&mut network, seat, &prover, seed);
        }
    }
    assert!(broken > 2, "changes did break proofs: {broken}");
}

fn assert_same_cells(network: &mut Network, seat: usize, prover: &Prover, seed: u64) {
    let mut model = prover.model().clone();
    let whole = network.whole(seat, &mut model).expect("room");
    for change in whole {
        for symbol in [change.first.0, change.last.0] {
            let (old, new) = (prover.model().at(change.port, Symbol(symbol)), change.cell);
            assert_eq!(
                prover.model().outs(&old),
                model.outs(&new),
                "seed {seed}: port {} symbol {symbol}",
                change.port
            );
        }
    }
}
