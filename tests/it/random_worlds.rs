//! Worlds that nobody would draw: random tenants, calls in no sensible order, faults, flows. What
//! always holds must hold in them too.

use trunklab::swarm::{Bounds, Kind, draw, foretells_nothing, try_world};
use trunklab::units::SimDuration;

fn number(variable: &str, default: u64) -> u64 {
    let set = std::env::var(variable).ok().and_then(|n| n.parse().ok());
    set.unwrap_or(default)
}

/// Tries every world of these bounds; returns how many leaked.
fn all_hold(bounds: &Bounds, default: u64) -> u64 {
    let count = number("TRUNKLAB_WORLDS", default);
    let from = number("TRUNKLAB_WORLDS_FROM", 1);
    let mut leaking = 0;
    for seed in from..from + count {
        let world = draw(seed, bounds);
        let trial = try_world(&world, &foretells_nothing);
        let text = world.draft.yaml();
        assert_eq!(trial.refused, None, "world {seed} cannot be loaded:\n{text}");
        let failure = trial.failures.first();
        assert!(
            failure.is_none(),
            "world {seed} ({}): {failure:#?}\n{text}",
            bounds.command(seed)
        );
        leaking += u64::from(trial.astray > 0);
    }
    leaking
}

#[test]
fn no_healthy_world_panics_loses_account_of_a_frame_leaks_opens_a_gate_early_or_stays_silent() {
    assert_eq!(all_hold(&Bounds::default(), 60), 0);
}

#[test]
fn no_healthy_world_of_six_seconds_does_either() {
    let bounds = Bounds {
        duration: SimDuration::from_secs(6),
        ..Bounds::default()
    };
    assert_eq!(all_hold(&bounds, 20), 0);
}

#[test]
fn what_leaks_in_a_world_with_planted_faults_is_caught_and_nothing_else_is() {
    let bounds = Bounds {
        tenants: (2, 4),
        kinds: Kind::ALL.to_vec(),
        ..Bounds::default()
    };
    assert!(
        all_hold(&bounds, 40) > 5,
        "too few planted faults leak: this tests too little"
    );
}
