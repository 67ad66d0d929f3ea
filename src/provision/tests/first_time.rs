//! First-time set-up of a shared port, and of the circuit under it.

use super::bench::*;
use crate::provision::*;

#[test]
fn a_tenant_gets_a_shared_port_and_its_frames_may_pass_only_at_the_end() {
    let mut b = Bench::new();
    let port = b.made(P, b.sell(T1, 101, "200M"));
    assert_eq!(port.to_string(), "pc-2001-1");
    assert!(!b.open(101));
    b.refused(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
        "OperationFailed.PconnTrafficNotEnable",
    );
    b.ok(T1, OpenPhysicalConnectionService {});
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
    );
    assert!(!b.open(101));
    let reply = b.ok(T1, vbr_on(port.connection().unwrap()));
    assert_eq!(reply.touched, [b.key(101)]);
    assert!(b.open(101));
    let view = b.s.service(&b.key(101)).unwrap();
    let vbr = view.vbr.unwrap();
    assert_eq!((view.tenant, vbr.bandwidth.unwrap().as_bps()), (T1, 200_000_000));
    assert_eq!(vbr.name, "vbr-2001-1");
}
