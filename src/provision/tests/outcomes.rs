//! What is on its way can be brought about one by one, and what differs between two states has a name.

use super::bench::*;
use crate::provision::*;

/// A port that is coming up and a VBR that is going down, both under way.
fn under_way() -> (Bench, PcId, VbrId) {
    let mut b = Bench::with(|w| {
        w.leads.port_enable = Range::exactly(secs(5));
        w.leads.vbr_terminate = Range::exactly(secs(9));
    });
    let vbr = b.legacy(T2, 2, 50);
    let port = b.port(T1, 1, "50M");
    b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
    (b, port, vbr)
}

#[test]
fn outcomes_come_about_in_any_order_and_end_where_time_ends() {
    let (b, port, vbr) = under_way();
    let told: Vec<_> = b.s.outcomes().iter().map(|o| (o.done(), o.resource())).collect();
    assert_eq!(
        told,
        [(Done::Enabled, Some(port.into())), (Done::Terminated, Some(vbr.into()))]
    );
    let mut by_time = b.s.clone();
    by_time.advance(secs(9));
    for order in [[0, 1], [1, 0]] {
        let mut law = b.s.clone();
        let outcomes = law.outcomes();
        for i in order {
            let done = law.bring_about(outcomes[i]).unwrap();
            assert_eq!((done.done, done.resource, done.after), (told[i].0, told[i].1, secs(0)));
            assert!(!done.touched.is_empty());
            assert_eq!(law.bring_about(outcomes[i]), None, "it comes about once");
        }
        assert_eq!(law, by_time);
        let retention = law.outcomes();
        assert_eq!(retention.len(), 1);
        assert_eq!(retention[0].freed(), Some(b.key(2)));
        assert_eq!(outcomes[0].freed(), None);
    }
}

#[test]
fn what_differs_between_two_states_is_named_and_nothing_else() {
    let mut b = Bench::new();
    let before = b.s.clone();
    assert_eq!(b.s.differences(&before), []);
    b.ok(T1, OpenPhysicalConnectionService {});
    assert_eq!(b.s.differences(&before), [Difference::OutboundBilling(T1)]);
    let before = b.s.clone();
    let sold = b.made(P, b.sell(T1, 1, "50M")).connection().unwrap();
    let expected = [
        Difference::Count(b.circuit),
        Difference::Port(sold),
        Difference::Vlan(b.key(1)),
        Difference::Numbers(T1),
    ];
    assert_eq!(b.s.differences(&before), expected);
    assert_eq!(before.differences(&b.s), expected, "either way");
    let traces: Vec<bool> = expected.iter().map(|difference| difference.is_a_trace()).collect();
    assert_eq!(traces, [false, false, false, true]);

    let before = b.s.clone();
    let business_status = BusinessStatus::FinancialLocked;
    let lock = SetBusinessStatus {
        instance_id: b.circuit.into(),
        business_status,
    };
    b.ok(SYS, lock);
    assert_eq!(b.s.differences(&before), [Difference::Circuit(b.circuit)]);
    let call = Call {
        token: Some("once".to_owned()),
        ..Call::from(Operation::from(GetPhysicalConnectionServiceStatus {}))
    };
    let before = b.s.clone();
    b.s.call(T1, &call, &mut Defaults).unwrap();
    assert_eq!(b.s.differences(&before), [Difference::Tokens(T1)]);
    assert!(Difference::Tokens(T1).is_a_trace() && !Difference::Pending.is_a_trace());
}

#[test]
fn a_state_under_other_policies_has_the_same_resources_and_another_account_changes_none() {
    let (b, ..) = under_way();
    let mut policies = b.s.premises().policies.clone();
    policies.set("sum_of_specs", "unenforced").unwrap();
    let loose = b.s.clone().under(policies.clone(), b.s.premises().leads.clone());
    assert_eq!(loose.premises().policies, policies);
    assert_eq!(loose.differences(&b.s), []);
    let account = Account {
        uid: 77,
        role: Role::System,
        ..Account::default()
    };
    let (more, id) = b.s.clone().with_account(account.clone()).unwrap();
    assert_eq!(more.premises().by_uid(77), Some(id));
    assert_eq!(more.differences(&b.s), []);
    assert!(more.with_account(account).is_err(), "a uid is one account's");
}
