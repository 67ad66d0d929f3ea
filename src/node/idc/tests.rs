use crate::host::FlowKind;
use crate::node::lab::*;
use crate::units::SimTime;

#[test]
fn a_constant_flow_crosses_idc_vbr_and_vpc_and_every_frame_is_accounted_for() {
    let mut lab = line_with(vec![flow(0, HOST, ECS, udp(9000))], vec![]);
    lab.run_until(SimTime::from_secs(10));
    // Both ends announce themselves at time zero, and learn from that: no request is needed.
    assert_eq!(
        lab.account(),
        ["flow 0 delivered: 10", "node 0 consumed: 1", "node 1 consumed: 1"]
    );
}

#[test]
fn a_ping_and_an_answered_flow_come_back_to_their_hosts() {
    let flows = vec![
        flow(0, HOST, ECS, FlowKind::Ping),
        flow(1, HOST, RDS, answered(3306)),
        flow(2, EDGE, GATEWAY, FlowKind::Ping),
    ];
    let mut lab = line_with(flows, vec![flow(3, ECS, HOST, FlowKind::Ping)]);
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 consumed: 10",
            "flow 0 reply delivered: 10",
            "flow 1 delivered: 10",
            "flow 1 reply delivered: 10",
            "flow 2 consumed: 10",
            "flow 2 reply delivered: 10",
            "flow 3 consumed: 10",
            "flow 3 reply delivered: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
        ]
    );
}
