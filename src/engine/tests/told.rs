use crate::control::Drawn;
use crate::engine::{run, run_told};
use crate::evidence::NoObserver;
use crate::scenario::{MemorySources, load_text};
use crate::units::SimTime;

const TWO: &str = include_str!("../../../tests/data/scenario/two-tenants.yaml");

#[test]
fn a_run_that_tells_how_far_it_is_is_the_same_run() {
    let loaded = load_text("two.yaml", TWO.replace("10M", "1M"), &MemorySources::new());
    let plan = match loaded {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{:?}", refused.errors),
    };
    let (silent, NoObserver) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a run");
    let mut heard: Vec<(SimTime, u64)> = Vec::new();
    let mut tell = |now, stats: &crate::record::Stats| heard.push((now, stats.hops));
    let (told, NoObserver) = run_told(&plan, Drawn::new(plan.seed), NoObserver, &mut tell).expect("a run");
    assert_eq!(told.digest, silent.digest);
    assert_eq!(
        (told.stats.hops, told.stats.events),
        (silent.stats.hops, silent.stats.events)
    );
    assert_eq!(heard.len(), 1_000);
    assert!(heard.is_sorted());
    assert_eq!(heard.last(), Some(&(plan.end, silent.stats.hops)));
}
