//! Steps follow one another, and the cloud takes so many calls.

use crate::control::{Commands, Controller, Timeline};
use crate::provision::Defaults;
use crate::record::{CloudRecord, Gates};
use crate::scenario::{MemorySources, load_text};
use crate::units::SimTime;

const HEAD: &str = "
trunklab: 1
name: following
duration: 1000s
lead_times: { port_enable: 7s }
accounts:
  - { name: telecom, uid: 99, role: partner }
  - { name: acme, uid: 1, outbound_billing: true }
access_points: [{ name: ap }]
access_devices: [{ name: dev, region: r }]
circuits: [{ name: line, a: ap, b: dev }]
";

const SOLD: &str = "do: CreateVirtualPhysicalConnection, as: port, with: { PhysicalConnectionId: line, VpconnAliUid: acme, VlanId: 101, Spec: 50M, OrderMode: PayByPhysicalConnectionOwner }";
const ACCEPTED: &str = "do: ConfirmPhysicalConnection, with: { PhysicalConnectionId: port }";
const MADE: &str = "do: CreateVirtualBorderRouter, with: { PhysicalConnectionId: port }";

/// When each step was called, in seconds, in their order; `None`: never.
fn called(rest: &str) -> (Vec<Option<u64>>, CloudRecord) {
    let loaded = load_text("following.yaml", format!("{HEAD}{rest}"), &MemorySources::new());
    let plan = loaded.unwrap_or_else(|refused| panic!("{:?}", refused.errors)).plan;
    let mut timeline = Timeline::new(&plan, Defaults, Gates::new(&plan));
    while let Some(now) = timeline.next().filter(|now| *now <= plan.end) {
        timeline.act(now, &mut Commands::default());
    }
    let left = timeline.finish(plan.end);
    let at = |step: usize| {
        let record = left.steps.iter().find(|record| record.step as usize == step);
        record.map(|record| record.at.saturating_since(SimTime::ZERO).as_nanos() / 1_000_000_000)
    };
    ((0..plan.steps.len()).map(at).collect(), left)
}

#[test]
fn a_step_follows_another_one_and_its_outcome_after_its_wait_and_not_before_its_time() {
    let steps = |outcome: &str, made: &str| {
        format!(
            "provisioning:\n  - {{ at: 1s, step: sold, by: telecom, {SOLD} }}\n  \
             - {{ at: 1s, step: accepted, after: [{{ step: sold }}], wait: 20s, by: acme, {ACCEPTED} }}\n  \
             - {{ at: {made}, after: [{{ step: accepted, outcome: {outcome} }}], wait: 2s, by: acme, {MADE} }}\n"
        )
    };
    assert_eq!(called(&steps("accepted", "1s")).0, [Some(1), Some(21), Some(23)]);
    assert_eq!(called(&steps("answered", "1s")).0, [Some(1), Some(21), Some(23)]);
    let (at, left) = called(&steps("done", "1s"));
    assert_eq!(
        at,
        [Some(1), Some(21), Some(30)],
        "the port comes up seven seconds after it is accepted"
    );
    assert!(left.steps.iter().all(|step| step.error.is_none()), "{:?}", left.steps);
    assert_eq!(called(&steps("done", "100s")).0, [Some(1), Some(21), Some(100)]);
    assert_eq!(called(&steps("refused", "1s")).0, [Some(1), Some(21), None]);
}

#[test]
fn a_step_that_follows_a_refusal_is_called_after_one_and_only_then() {
    let again = SOLD.replace("as: port", "as: other");
    let steps = |outcome: &str| {
        format!(
            "provisioning:\n  - {{ at: 1s, step: sold, by: acme, {SOLD} }}\n  \
             - {{ at: 1s, after: [{{ step: sold, outcome: {outcome} }}], by: telecom, {again} }}\n"
        )
    };
    assert_eq!(called(&steps("refused")).0, [Some(1), Some(1)]);
    assert_eq!(called(&steps("answered")).0, [Some(1), Some(1)]);
    assert_eq!(called(&steps("done")).0, [Some(1), None]);
    assert_eq!(called(&steps("accepted")).0, [Some(1), None]);
}

#[test]
fn a_step_waits_for_all_that_it_follows() {
    let (at, _) = called(&format!(
        "provisioning:\n  - {{ at: 1s, step: sold, by: telecom, {SOLD} }}\n  \
         - {{ at: 5s, step: accepted, by: acme, {ACCEPTED} }}\n  \
         - {{ at: 9s, step: late, by: acme, do: OpenPhysicalConnectionService }}\n  \
         - {{ at: 9s, after: [{{ step: sold }}, {{ step: late }}, {{ step: accepted }}], by: acme, {MADE} }}\n"
    ));
    assert_eq!(at, [Some(1), Some(5), Some(9), Some(12)]);
}

#[test]
fn who_asks_for_an_outcome_learns_of_it_at_its_next_question() {
    let steps = |poll: &str, outcome: &str| {
        format!(
            "provisioning:\n  - {{ at: 1s, by: telecom, {SOLD} }}\n  \
             - {{ at: 2s, step: accepted, by: acme, {ACCEPTED} }}\n  \
             - {{ at: 2s, after: [{{ step: accepted, outcome: {outcome} }}], wait: 1s, poll: {poll}, by: acme, {MADE} }}\n"
        )
    };
    let (at, left) = called(&steps("5s", "done"));
    assert_eq!(
        at,
        [Some(1), Some(2), Some(13)],
        "up at 9 s, seen at 12 s, called a second later"
    );
    assert_eq!((left.clients.looks, left.clients.throttled), (2, 0));
    let (at, left) = called(&steps("5s", "refused"));
    assert_eq!(at, [Some(1), Some(2), None]);
    assert_eq!(
        left.clients.looks, 1,
        "what cannot come about any more is not asked after"
    );
}

#[test]
fn calls_and_questions_over_the_limit_are_tried_again_later() {
    let open = "do: OpenPhysicalConnectionService";
    let steps: String = (0..5)
        .map(|_| format!("  - {{ at: 1s, by: acme, {open} }}\n"))
        .collect();
    let limit = "api_limit: { calls: 2, per: 10s, retry: 3s }\n";
    let (at, left) = called(&format!(
        "{limit}provisioning:\n{steps}  - {{ at: 1s, by: telecom, {open} }}\n"
    ));
    assert_eq!(at, [Some(1), Some(1), Some(13), Some(13), Some(25), Some(1)]);
    assert_eq!(left.clients.throttled, 3 * 4 + 4, "each tries every three seconds");
    // Every question counts, in a count of its own.
    let asks = format!(
        "  - {{ at: 1s, by: telecom, {SOLD} }}\n  - {{ at: 2s, step: accepted, by: acme, {ACCEPTED} }}\n  \
         - {{ at: 2s, after: [{{ step: accepted }}], poll: 2s, by: acme, {MADE} }}\n"
    );
    let (at, left) = called(&format!("{limit}provisioning:\n{asks}"));
    assert_eq!(
        at,
        [Some(1), Some(2), Some(14)],
        "asked at 4 s and 6 s, refused at 8 s to 12 s, asked at 14 s"
    );
    assert_eq!((left.clients.looks, left.clients.throttled), (6, 3));
}

#[test]
fn what_time_alone_brings_is_no_outcome_of_a_call() {
    let text = format!(
        "policies: {{ unaccepted_port_lifetime: 500s }}\nprovisioning:\n  - {{ at: 1s, step: sold, by: telecom, {SOLD} }}\n  \
         - {{ at: 1s, after: [{{ step: sold }}], wait: 1s, by: acme, {ACCEPTED} }}\n"
    );
    assert_eq!(called(&text).0, [Some(1), Some(2)]);
}
