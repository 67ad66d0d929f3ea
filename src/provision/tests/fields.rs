//! Ranges of fields: timers, addresses, routes, MTU; and what is not modelled.

use super::bench::*;
use crate::provision::*;

fn addresses(local: &str, peer: &str, mask: &str) -> CreateVirtualBorderRouter {
    CreateVirtualBorderRouter {
        vlan_id: Some(10),
        local_gateway_ip: Some(local.into()),
        peer_gateway_ip: Some(peer.into()),
        peering_subnet_mask: Some(mask.into()),
        ..Default::default()
    }
}

#[test]
fn c16_bfd_timers_and_health_checks_keep_their_ranges() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "50M");
    let bfd = |m, tx, rx| CreateVirtualBorderRouter {
        detect_multiplier: Some(m),
        min_tx_interval: Some(tx),
        min_rx_interval: Some(rx),
        ..vbr_on(port)
    };
    for (m, tx, rx) in [
        (2, 200, 200),
        (11, 200, 200),
        (3, 199, 200),
        (3, 1_001, 200),
        (3, 200, 199),
        (3, 200, 1_001),
    ] {
        b.refused(T1, bfd(m, tx, rx), "Simulator.BfdOutOfRange");
    }
    let vbr = b.made(T1, bfd(10, 200, 1_000));
    let attach = CreateTransitRouterVbrAttachment {
        vbr_id: vbr,
        ..Default::default()
    };
    let check = |i, t| EnableCenVbrHealthCheck {
        vbr_instance_id: vbr,
        health_check_interval: Some(i),
        healthy_threshold: Some(t),
        ..Default::default()
    };
    b.refused(T1, check(2, 8), "Simulator.VbrNotAttached");
    b.ok(T1, attach.clone());
    b.refused(T1, attach, "IncorrectStatus.Status");
    b.refused(T1, check(2, 8), "Simulator.VbrNotAttached");
    b.s.advance(secs(1));
    for (i, t) in [(1, 8), (4, 8), (2, 2), (2, 9)] {
        b.refused(T1, check(i, t), "Simulator.HealthCheckOutOfRange");
    }
    let elsewhere = EnableCenVbrHealthCheck {
        health_check_target_ip: Some("10.0.0.9".into()),
        ..check(2, 8)
    };
    b.refused(T1, elsewhere, "Simulator.HealthCheckTarget");
    b.ok(T1, check(3, 3));
    let view = b.s.service(&b.key(101)).unwrap().vbr.unwrap();
    let health = view.health_check.unwrap();
    assert_eq!(
        (health.interval, health.threshold, health.target.to_string()),
        (secs(3), 3, "10.0.0.2".to_owned())
    );
    assert_eq!(health.source.to_string(), "100.96.0.1");
    assert!(view.cen_attached);
}

#[test]
fn c17_a_vbr_has_at_most_200_static_routes() {
    let mut b = Bench::with(|w| w.leads.route_entry = Range::exactly(secs(0)));
    let port = b.port(T1, 101, "50M");
    let vbr = b.vbr(T1, port);
    let route = |n: u32| CreateRouteEntry {
        route_table_id: vbr.into(),
        destination_cidr_block: format!("10.{n}.0.0/16"),
        ..Default::default()
    };
    for n in 1..=200 {
        b.ok(T1, route(n));
    }
    b.refused(T1, route(201), "Simulator.QuotaRoutesPerVbr");
    b.refused(T1, route(200), "Simulator.RouteExists");
}

#[test]
fn c18_addresses_are_two_hosts_of_one_subnet_with_a_mask_of_24_to_30() {
    let mut b = Bench::new();
    let circuit = b.circuit;
    let on = |v: CreateVirtualBorderRouter| CreateVirtualBorderRouter {
        physical_connection_id: circuit.into(),
        ..v
    };
    for (local, peer, mask) in [
        ("10.0.0.1", "10.0.0.2", "255.255.254.0"),
        ("10.0.0.1", "10.0.0.2", "255.255.255.254"),
        ("10.0.0.1", "10.0.0.2", "255.0.255.0"),
        ("10.0.0.1", "10.0.0.6", "255.255.255.252"),
        ("10.0.0.1", "10.0.0.1", "255.255.255.252"),
        ("10.0.0.0", "10.0.0.1", "255.255.255.252"),
        ("10.0.0.1", "10.0.0.3", "255.255.255.252"),
        ("10.0.0", "10.0.0.1", "255.255.255.252"),
        ("fe80::1", "10.0.0.1", "255.255.255.252"),
    ] {
        b.refused(P, on(addresses(local, peer, mask)), "InvalidIp.Malformed");
    }
    let half = CreateVirtualBorderRouter {
        peer_gateway_ip: None,
        ..on(addresses("10.0.0.1", "", "255.255.255.0"))
    };
    b.refused(P, half, "InvalidIp.Malformed");
    b.refused(
        P,
        on(addresses("100.64.0.1", "100.64.0.2", "255.255.255.0")),
        "Simulator.ReservedAddress",
    );
    b.ok(P, on(addresses("10.0.0.1", "10.0.0.254", "255.255.255.0")));
}

#[test]
fn c19_an_mtu_of_8500_needs_an_ecr() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "50M");
    b.refused(
        T1,
        CreateVirtualBorderRouter {
            mtu: Some(8_500),
            ..vbr_on(port)
        },
        "Simulator.MtuNeedsEcr",
    );
    b.refused(
        T1,
        CreateVirtualBorderRouter {
            mtu: Some(9_000),
            ..vbr_on(port)
        },
        "Simulator.MtuNotOffered",
    );
    b.refused(
        T1,
        CreateVirtualBorderRouter {
            sitelink_enable: Some(true),
            ..vbr_on(port)
        },
        "Simulator.EcrNotModelled",
    );
    b.ok(
        T1,
        CreateVirtualBorderRouter {
            mtu: Some(1_500),
            ..vbr_on(port)
        },
    );
}

#[test]
fn ipv6_on_a_vbr_is_refused_and_not_ignored() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "50M");
    b.refused(
        T1,
        CreateVirtualBorderRouter {
            enable_ipv6: Some(true),
            ..vbr_on(port)
        },
        "Simulator.Ipv6NotModelled",
    );
    let field = CreateVirtualBorderRouter {
        local_ipv6_gateway_ip: Some("2001:db8::1".into()),
        ..vbr_on(port)
    };
    b.refused(T1, field, "Simulator.Ipv6NotModelled");
    let vbr = b.vbr(T1, port);
    let modify = ModifyVirtualBorderRouterAttribute {
        vbr_id: vbr.into(),
        enable_ipv6: Some(true),
        ..Default::default()
    };
    b.refused(T1, modify, "Simulator.Ipv6NotModelled");
}
