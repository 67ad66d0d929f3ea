//! Many tenants.

use super::{flown, with};

#[test]
fn every_tenant_of_many_gets_a_line_in_the_order_of_their_waves() {
    let many = "  - { name: t, count: 60, circuit: c1, vlan_id: 500, spec: 50M, legacy: true }\n";
    let text = with(&[
        ("tenants:\n", &format!("tenants:\n{many}")),
        ("ports_left: 2", "ports_left: 100"),
        ("bandwidth: 1G", "bandwidth: 4G"),
        ("lasts: 30s", "lasts: 30s, every: 1s"),
    ]);
    let preflight = flown(&text);
    assert_eq!(preflight.lines.len(), 62);
    assert_eq!(preflight.count("GO"), 62);
    assert!(preflight.lines.is_sorted_by_key(|line| line.wave));
    assert_eq!(preflight.lines.last().map(|line| line.wave), Some(3));
}
