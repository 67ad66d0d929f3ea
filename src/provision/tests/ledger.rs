//! Who pays what, from when to when, to the octet.

use super::bench::*;
use crate::provision::money::*;
use crate::provision::*;
use crate::units::SimTime;

fn at(secs: u64) -> SimTime {
    SimTime::from_nanos(secs * 1_000_000_000)
}

fn fold(ledger: &mut Ledger, secs: u64, reply: &Reply) {
    for event in &reply.events {
        ledger.fold(at(secs), event);
    }
}

fn prices() -> Prices {
    let spec = |s| Spec::parse(s).unwrap();
    Prices {
        currency: "USD".into(),
        port_month: [(spec("200M"), 30_000_000), (spec("500M"), 60_000_000)].into(),
        outbound_gb: Some(80_000),
    }
}

fn charged(lines: &[InvoiceLine]) -> Vec<(crate::ident::AccountId, BillRow, u64, Option<u64>)> {
    lines
        .iter()
        .filter(|l| l.row.is_charged())
        .map(|l| (l.account, l.row, l.quantity, l.amount))
        .collect()
}

const DAY: u64 = 86_400;
const DAY_NS: u64 = DAY * 1_000_000_000;

#[test]
fn the_port_fee_runs_for_the_payer_from_acceptance_to_termination() {
    let mut b = Bench::new();
    let mut ledger = Ledger::new();
    let port = b.made(P, b.sell(T1, 101, "200M"));
    b.ok(T1, OpenPhysicalConnectionService {});
    fold(
        &mut ledger,
        0,
        &b.ok(
            T1,
            ConfirmPhysicalConnection {
                physical_connection_id: port,
            },
        ),
    );
    let update = UpdateVirtualPhysicalConnection {
        instance_id: port,
        vlan_id: 101,
        expect_spec: Some("500M".into()),
    };
    fold(&mut ledger, 5 * DAY, &b.ok(P, update));
    fold(&mut ledger, 10 * DAY, &b.ok(T1, PayOrder { instance_id: port }));
    fold(
        &mut ledger,
        25 * DAY,
        &b.ok(
            T1,
            TerminatePhysicalConnection {
                physical_connection_id: port,
            },
        ),
    );
    let lines = ledger.invoice(at(90 * DAY), &prices(), &Policies::default());
    assert_eq!(
        charged(&lines),
        [
            (T1, BillRow::PortUsage, 10 * DAY_NS, Some(10_000_000)),
            (T1, BillRow::PortUsage, 15 * DAY_NS, Some(30_000_000)),
        ]
    );
    assert!(
        lines
            .iter()
            .any(|l| l.row == BillRow::InitialInstallation && l.amount == Some(0))
    );
}

#[test]
fn the_partner_pays_the_port_fee_where_the_order_mode_says_so() {
    let mut b = Bench::new();
    let mut ledger = Ledger::new();
    let order_mode = OrderMode::PayByPhysicalConnectionOwner;
    let port = b.made(
        P,
        CreateVirtualPhysicalConnection {
            order_mode,
            ..b.sell(T1, 101, "200M")
        },
    );
    b.ok(T1, OpenPhysicalConnectionService {});
    fold(
        &mut ledger,
        0,
        &b.ok(
            T1,
            ConfirmPhysicalConnection {
                physical_connection_id: port,
            },
        ),
    );
    let lines = ledger.invoice(at(30 * DAY), &prices(), &Policies::default());
    assert_eq!(
        charged(&lines),
        [(P, BillRow::PortUsage, 30 * DAY_NS, Some(30_000_000))]
    );
    let unknown = ledger.invoice(at(30 * DAY), &Prices::default(), &Policies::default());
    assert_eq!(charged(&unknown), [(P, BillRow::PortUsage, 30 * DAY_NS, None)]);
}

#[test]
fn outbound_octets_are_billed_exactly_while_a_vbr_is_active() {
    let mut b = Bench::new();
    let mut ledger = Ledger::new();
    let port = b.made(P, b.sell(T1, 101, "200M"));
    b.ok(T1, OpenPhysicalConnectionService {});
    fold(
        &mut ledger,
        0,
        &b.ok(
            T1,
            ConfirmPhysicalConnection {
                physical_connection_id: port,
            },
        ),
    );
    let key = b.key(101);
    ledger.record(key, at(50), 111);
    assert_eq!(ledger.outbound_payer(key), None);
    let reply = b.ok(T1, vbr_on(port.connection().unwrap()));
    fold(&mut ledger, 100, &reply);
    assert_eq!(ledger.outbound_payer(key), Some(T1));
    ledger.record(key, at(100), 1_000);
    ledger.record(key, at(3_599), 500);
    ledger.record(key, at(3_600), 1_999_998_501);
    let vbr_id = reply.created.unwrap();
    fold(&mut ledger, 7_200, &b.ok(T1, TerminateVirtualBorderRouter { vbr_id }));
    ledger.record(key, at(7_200), 7);
    let id = port.connection().unwrap();
    let hours: Vec<_> = ledger.hours().collect();
    assert_eq!(hours, [(T1, id, 0, 1_500), (T1, id, 1, 1_999_998_501)]);
    assert_eq!(ledger.unbilled().collect::<Vec<_>>(), [(key, Unbilled { octets: 118 })]);
    let lines = ledger.invoice(at(7_200), &prices(), &Policies::default());
    let outbound: Vec<_> = charged(&lines)
        .into_iter()
        .filter(|l| l.1 == BillRow::OutboundDataTransfer)
        .collect();
    assert_eq!(
        outbound,
        [(T1, BillRow::OutboundDataTransfer, 2_000_000_001, Some(160_000))]
    );
}

#[test]
fn outbound_billing_can_start_at_acceptance_by_policy() {
    for (policy, expected) in [("attach", false), ("confirm", true)] {
        let mut b = Bench::policy("outbound_from", policy);
        let port = b.made(P, b.sell(T1, 101, "200M"));
        b.ok(T1, OpenPhysicalConnectionService {});
        let reply = b.ok(
            T1,
            ConfirmPhysicalConnection {
                physical_connection_id: port,
            },
        );
        let started = reply.events.iter().any(|e| matches!(e, Event::OutboundStarted { .. }));
        assert_eq!(started, expected, "{policy}");
    }
}

#[test]
fn a_legacy_tenant_pays_no_fee_until_the_port_is_accepted() {
    let mut b = Bench::new();
    let mut ledger = Ledger::new();
    let vbr = b.made(P, legacy_on(b.circuit, T1, 101, 200));
    fold(&mut ledger, 0, &b.ok(T1, ConfirmVirtualBorderRouter { vbr_id: vbr }));
    b.ok(T1, OpenPhysicalConnectionService {});
    let order_mode = OrderMode::PayByVirtualPhysicalConnectionOwner;
    let reply = b.ok(
        P,
        CreateVpconnFromVbr {
            vbr_id: vbr,
            order_mode: Some(order_mode),
        },
    );
    fold(&mut ledger, 10, &reply);
    assert!(charged(&ledger.invoice(at(20), &prices(), &Policies::default())).is_empty());
    let port = reply.created.unwrap();
    fold(
        &mut ledger,
        20,
        &b.ok(
            T1,
            ConfirmPhysicalConnection {
                physical_connection_id: port,
            },
        ),
    );
    fold(
        &mut ledger,
        30,
        &b.ok(
            P,
            AttachVbrToVpconn {
                vbr_id: vbr,
                vpconn_id: port,
            },
        ),
    );
    let rows: Vec<BillRow> = charged(&ledger.invoice(at(40), &prices(), &Policies::default()))
        .iter()
        .map(|l| l.1)
        .collect();
    assert_eq!(rows, [BillRow::PortUsage, BillRow::OutboundDataTransfer]);
}
