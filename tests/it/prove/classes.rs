//! Asking by class hears what asking for every tag hears.

use trunklab::prove::{Asking, Model, Network, Out, Symbol};

use super::worlds::{at_end, at_start, load, random};

/// Every port's runs with their ways out.
pub(super) fn heard(model: &Model) -> Vec<Vec<(Symbol, Symbol, Vec<Out>)>> {
    let ports = 0..u32::try_from(model.ports()).expect("few");
    let runs = |port| {
        let runs = model.runs_of(port).into_iter();
        let runs = runs.map(|(first, last, cell)| (first, last, model.outs(&cell).to_vec()));
        let mut joined: Vec<(Symbol, Symbol, Vec<Out>)> = Vec::new();
        for run in runs {
            match joined.last_mut().filter(|before| before.2 == run.2) {
                Some(before) => before.1 = run.1,
                None => joined.push(run),
            }
        }
        joined
    };
    ports.map(runs).collect()
}

#[test]
fn asking_by_class_makes_the_same_model_as_asking_for_every_tag() {
    let (mut healthy, mut planted) = ((0, 0), (0, 0));
    for seed in 0..24 {
        let plan = random(5000 + seed);
        let snapshot = at_start(&plan);
        let (network, whole) = Network::read_by(Asking::Every, &plan, &snapshot).expect("room");
        let (quick, classes) = Network::read_by(Asking::ByClass, &plan, &snapshot).expect("room");
        assert_eq!(heard(&whole), heard(&classes), "seed {seed}");
        assert_eq!(network.nature().mixed, quick.nature().mixed, "seed {seed}");
        let asked = if network.is_planted() {
            &mut planted
        } else {
            &mut healthy
        };
        *asked = (asked.0 + network.nature().asked, asked.1 + quick.nature().asked);
    }
    assert!(
        healthy.1 * 4 < healthy.0,
        "asked {} of {} questions",
        healthy.1,
        healthy.0
    );
    assert!(planted.0 > 0, "some worlds had a planted fault");
}

#[test]
fn a_forwarder_with_a_planted_fault_is_asked_for_every_tag_even_by_class() {
    let text = include_str!("../../../scenarios/isolation/planted-leak.yaml");
    let mut plan = load(text);
    for switch in super::worlds::switches(&mut plan) {
        switch.quirk = Some(trunklab::forward::Planted::VidLowByte);
    }
    let snapshot = at_end(&plan);
    let asked = [Asking::Every, Asking::ByClass].map(|asking| {
        let (network, _) = Network::read_by(asking, &plan, &snapshot).expect("room");
        network.nature().asked
    });
    assert_eq!(asked[0], asked[1]);
    assert!(asked[0] > 3 * 4096);
}
