//! The row of CONFORMANCE 3.2 that is of Open vSwitch alone: `other_config:vlan-limit=2`.

use super::*;

const Q: u16 = 0x9100;

/// Open vSwitch with `other_config:vlan-limit=2`.
fn reading_two_tags() -> Both {
    let bridge = VlanBridge {
        vlan_limit: VlanLimit::Two,
        ..set_up(Profile::Ovs31)
    };
    Both::new(bridge.tables())
}

fn at_vlan_limit_two(row: &Row) {
    reading_two_tags().shows(row, Profile::Ovs31);
}

#[test]
fn open_vswitch_with_vlan_limit_2_destroys_the_tag_behind_a_priority_tag() {
    at_vlan_limit_two(&Row {
        vector: "[0][20] into access 10, vlan-limit=2",
        tags: &[(C, 0), (C, 20)],
        ..ORDINARY
    });
    // It reads no more than two.
    at_vlan_limit_two(&Row {
        vector: "[0][20][30] into access 10, vlan-limit=2",
        tags: &[(C, 0), (S, 20), (C, 30)],
        ovs: Ok(&[
            (1, &[(C, 10), (C, 30)]),
            (4, &[(C, 10), (C, 30)]),
            (5, &[(C, 30)]),
            (6, &[(C, 10), (C, 30)]),
            (7, &[(C, 10), (C, 30)]),
        ]),
        ..ORDINARY
    });
    // 0x9100 is no tag of a VLAN to it.
    at_vlan_limit_two(&Row {
        vector: "[0][9100:20] into access 10, vlan-limit=2",
        tags: &[(C, 0), (Q, 20)],
        ovs: Ok(&[
            (1, &[(C, 10), (Q, 20)]),
            (4, &[(C, 10), (Q, 20)]),
            (5, &[(Q, 20)]),
            (6, &[(C, 10), (Q, 20)]),
            (7, &[(C, 10), (Q, 20)]),
        ]),
        ..ORDINARY
    });
}

#[test]
fn open_vswitch_with_vlan_limit_2_lets_a_frame_with_a_second_vlan_out_of_a_native_port_but_of_no_access_port() {
    at_vlan_limit_two(&Row {
        vector: "[10][20] into trunk {10, 20}, vlan-limit=2",
        into: 4,
        tags: &[(C, 10), (C, 20)],
        ovs: Ok(&[
            (1, &[(C, 10), (C, 20)]),
            (5, &[(C, 20)]),
            (6, &[(C, 10), (C, 20)]),
            (7, &[(C, 10), (C, 20)]),
        ]),
        ..ORDINARY
    });
}

#[test]
fn vlan_limit_2_changes_no_other_row_of_open_vswitch_and_no_other_profile() {
    let stack: Tags = &[(C, 0), (C, 20)];
    let both = reading_two_tags();
    for row in ROWS.iter().filter(|row| row.tags != stack) {
        both.shows(row, Profile::Ovs31);
    }
    for profile in [Profile::Strict, Profile::IeeeDefault, Profile::Linux612] {
        let tables = Tables {
            vlan_limit: VlanLimit::Two,
            ..set_up(profile).tables()
        };
        let both = Both::new(tables);
        ROWS.iter().for_each(|row| both.shows(row, profile));
    }
}

#[test]
fn a_short_frame_that_lost_a_tag_more_than_it_got_is_padded_to_64_octets() {
    let both = reading_two_tags();
    for octets in 60..72 {
        let mut bytes = frame(UNKNOWN, STATION, &[(C, 0), (C, 20)]);
        bytes.resize(octets, 0xa5);
        let copies = both.sends(2, &bytes).expect("it is delivered");
        let lengths: Vec<usize> = copies.iter().map(|(_, copy)| copy.len()).collect();
        let (tagged, untagged) = ((octets - 4).max(60), (octets - 8).max(60));
        assert_eq!(lengths, [tagged, tagged, untagged, tagged, tagged], "{octets}");
    }
}
