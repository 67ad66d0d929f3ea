//! What a lock does to frames: at once, once it has lasted, or nothing.

use super::bench::*;
use crate::provision::*;

fn locked(b: &mut Bench, id: PcId, to: BusinessStatus) {
    b.ok(
        SYS,
        SetBusinessStatus {
            instance_id: id.into(),
            business_status: to,
        },
    );
}

/// A service that carries frames, with its port.
fn serving(effect: &str) -> (Bench, PcId) {
    let mut b = Bench::policy("lock_effect", effect);
    let port = b.port(T1, 101, "100M");
    b.vbr(T1, port);
    assert!(b.open(101));
    (b, port)
}

#[test]
fn a_lock_stops_frames_at_once_unless_a_policy_says_otherwise() {
    use BusinessStatus::{FinancialLocked, Normal, SecurityLocked};
    for (effect, open) in [("at_once", false), ("none", true), ("after(15d)", true)] {
        let (mut b, port) = serving(effect);
        let circuit = b.circuit;
        for id in [port, circuit] {
            for lock in [FinancialLocked, SecurityLocked] {
                locked(&mut b, id, lock);
                assert_eq!(b.open(101), open, "{effect} {lock}");
                locked(&mut b, id, Normal);
                assert!(b.open(101), "{effect} {lock}");
            }
        }
    }
}

#[test]
fn a_lock_that_takes_time_stops_frames_when_it_has_lasted_so_long_and_begins_anew_with_the_next() {
    use BusinessStatus::{FinancialLocked, Normal, SecurityLocked};
    let (mut b, port) = serving("after(15d)");
    locked(&mut b, port, FinancialLocked);
    b.s.advance(days(14));
    locked(&mut b, port, SecurityLocked);
    assert!(b.open(101));
    let done = b.s.advance(days(1));
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].done.as_str(), "lock_stops");
    assert!(!b.open(101), "another kind of lock goes on with its time");
    locked(&mut b, port, FinancialLocked);
    assert!(!b.open(101), "a lock in place of one lets nothing through");
    locked(&mut b, port, Normal);
    assert!(b.open(101));
    locked(&mut b, port, FinancialLocked);
    b.s.advance(days(14));
    locked(&mut b, port, Normal);
    b.s.advance(days(2));
    assert!(b.open(101), "a lock that was lifted in time stops nothing");
}

#[test]
fn a_lock_refuses_calls_whatever_it_does_to_frames() {
    for effect in ["at_once", "none", "after(15d)"] {
        let (mut b, port) = serving(effect);
        locked(&mut b, port, BusinessStatus::FinancialLocked);
        let order = UpdateVirtualPhysicalConnection {
            instance_id: port.into(),
            vlan_id: 101,
            expect_spec: Some("200M".into()),
        };
        b.refused(P, order, "OperationFailed.ResourceLockedBySystem");
    }
}

#[test]
fn a_lock_effect_is_read_with_its_time_and_a_promise_with_its_word() {
    let mut policies = Policies::default();
    for text in ["at_once", "none", "after(15d)"] {
        policies.set("lock_effect", text).unwrap();
        let list = policies.list();
        let told = list.iter().find(|info| info.name == "lock_effect").unwrap();
        assert_eq!(told.value, text);
    }
    for wrong in ["after", "after()", "after(0s)", "after(15d", "15d", "after(never)"] {
        assert!(policies.set("lock_effect", wrong).is_err(), "{wrong}");
    }
    let promised = |policies: &Policies| {
        (
            policies.promised(Lead::PortEnable),
            policies.promised(Lead::CenAttachment),
        )
    };
    assert_eq!(promised(&policies), (secs(0), secs(1)), "as shipped");
    policies.set("async_promise", "30s").unwrap();
    assert_eq!(promised(&policies), (secs(30), secs(30)));
    assert!(policies.set("async_promise", "soon").is_err());
}
