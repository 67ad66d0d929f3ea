//! Steps and addresses: what only the API refuses is no error of the file, what nobody can have is.

use super::*;

/// The scenario with these steps more.
fn with_steps(steps: &str) -> String {
    with("traffic:\n", &format!("{steps}\ntraffic:\n"))
}

fn warnings(text: &str) -> Vec<String> {
    let loaded = read(text).unwrap_or_else(|refused| panic!("{}", lines(&refused.errors)));
    loaded
        .warnings
        .iter()
        .map(|w| format!("{} {}", w.code.as_str(), w.message))
        .collect()
}

#[test]
fn a_vlan_that_the_api_refuses_is_no_error_of_the_file() {
    for vlan in ["3000", "4095", "70000", "9000000000000000000"] {
        let text = with(", VlanId: 101,", &format!(", VlanId: {vlan},"));
        assert!(read(&text).is_ok(), "{vlan}");
        let pushed = format!(
            "  - {{ at: 3s, by: telecom, do: CreateVirtualBorderRouter, as: wide, with: {{ PhysicalConnectionId: c1, VbrOwnerId: acme, VlanId: {vlan} }} }}"
        );
        assert!(read(&with_steps(&pushed)).is_ok(), "{vlan}");
    }
    let word = read(&with(", VlanId: 101,", ", VlanId: many,")).unwrap_err();
    assert_eq!(word.errors[0].code, Code::StepParameter);
}

#[test]
fn a_vbr_that_has_its_addresses_from_a_later_step_is_the_end_of_a_flow() {
    let push = "  - { at: 3s, by: telecom, do: CreateVirtualBorderRouter, as: legacy, with: { PhysicalConnectionId: c1, VbrOwnerId: acme, VlanId: 300 } }";
    let modify = "  - { at: 4s, by: acme, do: ModifyVirtualBorderRouterAttribute, with: { VbrId: legacy, LocalGatewayIp: 10.7.0.1, PeerGatewayIp: 10.7.0.2, PeeringSubnetMask: 255.255.255.252 } }";
    let ping = |steps: &str| {
        with_steps(steps).replace(
            "traffic:\n",
            "traffic:\n  - { name: ping, from: acme-dc, to: legacy, kind: ping, interval: 1s, start: 8s }\n",
        )
    };
    let plan = plan(&ping(&format!("{push}\n{modify}")));
    let flow = plan.flows.iter().find(|flow| flow.name == "ping").unwrap();
    assert_eq!(plan.nodes[flow.to.index()].name, "legacy");
    let refused = read(&ping(push)).unwrap_err();
    assert_eq!(refused.errors[0].message, "no step gives `legacy` a LocalGatewayIp");
}

#[test]
fn an_interconnect_or_a_route_inside_the_tenants_own_cloud_is_told() {
    let modify = |local: &str, mask: &str| {
        with_steps(&format!(
            "  - {{ at: 3s, by: acme, do: ModifyVirtualBorderRouterAttribute, with: {{ VbrId: vbr-acme, LocalGatewayIp: {local}, PeerGatewayIp: {local}, PeeringSubnetMask: {mask} }} }}"
        ))
    };
    assert_eq!(
        warnings(&modify("192.168.1.1", "255.255.255.0")),
        [
            "TL0509 the interconnect 192.168.1.0/24 of the VBR `vbr-acme` and the prefix 192.168.0.0/16 of the VPC `acme-vpc` overlap"
        ]
    );
    assert_eq!(warnings(&modify("10.0.0.1", "255.255.255.252")), Vec::<String>::new());
    // What is no mask, the law refuses.
    assert_eq!(warnings(&modify("192.168.1.1", "255.0.255.0")), Vec::<String>::new());
    let route = |to: &str| {
        warnings(&with_steps(&format!(
            "  - {{ at: 3s, by: acme, do: CreateRouteEntry, with: {{ RouteTableId: vbr-acme, DestinationCidrBlock: {to}, NextHopType: PhysicalConnection }} }}"
        )))
    };
    assert_eq!(
        route("192.168.7.0/24"),
        [
            "TL0509 the route to 192.168.7.0/24 leads out of the cloud, and the prefix 192.168.0.0/16 of the VPC `acme-vpc` holds it"
        ]
    );
    for beside in ["172.16.0.0/24", "0.0.0.0/0", "192.169.0.0/16"] {
        assert_eq!(route(beside), Vec::<String>::new(), "{beside}");
    }
}

#[test]
fn a_station_has_an_address_of_its_own() {
    let mac = |text: &str| {
        read(&with(
            "vlan_id: 101, address",
            &format!("vlan_id: 101, mac: \"{text}\", address"),
        ))
    };
    for good in ["02:00:00:00:00:01", "00:00:00:00:00:01", "fe:ff:ff:ff:ff:ff"] {
        assert!(mac(good).is_ok(), "{good}");
    }
    for bad in [
        "00:00:00:00:00:00",
        "01:00:5e:00:00:01",
        "03:00:00:00:00:01",
        "ff:ff:ff:ff:ff:ff",
    ] {
        let refused = mac(bad).unwrap_err();
        assert_eq!(
            refused.errors[0].message,
            format!("`{bad}` is no address that a station has")
        );
        assert_eq!(refused.errors[0].code, Code::BadAddress);
    }
}
