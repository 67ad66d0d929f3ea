//! `graph`, `inspect` and `trace`: what they answer, and how they refuse.

use crate::{root, status, stderr, stdout, trunklab};

const TWO: &str = "scenarios/isolation/two-tenants-one-circuit.yaml";

#[test]
fn a_port_goes_by_its_number_its_link_and_the_node_at_its_other_end() {
    let frame = "ffffffffffff02000000000181000fff0806";
    let by = |port: &str| {
        let out = trunklab(&["trace", TWO, "--in", port, frame, "--format", "json"]);
        assert_eq!(status(&out), 0, "{}", stderr(&out));
        stdout(&out)
    };
    let number = by("ap-east.1");
    assert!(number.contains("dropped: reserved_vid at ap-east"), "{number}");
    assert_eq!(by("ap-east.acme-dc/uni"), number);
    assert_eq!(by("ap-east.acme-dc"), number);
    assert!(by("acme-dc").contains("\"came_in\": \"acme-dc.0\""));
}

#[test]
fn what_is_not_there_is_refused_with_what_is_near() {
    let frame = "ffffffffffff0200000000010806";
    for (args, said) in [
        (vec!["trace", TWO, "--in", "ap-eats.1", frame], "`ap-east`"),
        (vec!["trace", TWO, "--in", "ap-east.9", frame], "acme-dc/uni"),
        (vec!["trace", TWO, "--in", "ap-east", frame], "several ports"),
        (vec!["trace", TWO, "--in", "acme-dc", "xy"], "hexadecimal"),
        (vec!["trace", TWO, "--in", "acme-dc"], "required"),
        (
            vec!["trace", TWO, "--in", "acme-dc", "--pcap", "README.md"],
            "README.md",
        ),
        (vec!["trace", TWO, "--in", "acme-dc", frame, "--at", "11s"], "behind"),
        (vec!["inspect", TWO, "--at", "soon"], "soon"),
        (vec!["graph", TWO, "--tenant", "acne"], "`acme`"),
        (vec!["inspect", "no/such.yaml"], "no/such.yaml"),
    ] {
        let out = trunklab(&args);
        assert_eq!(status(&out), 2, "{args:?}");
        assert!(stderr(&out).contains(said), "{args:?}: {}", stderr(&out));
        assert_eq!(stdout(&out), "", "{args:?}");
    }
}

#[test]
fn a_frame_of_a_capture_is_taken_by_its_number() {
    let capture = root().join("../shared/captures/zeek__icmp_dot1q.pcap");
    let shared = std::env::var_os("TRUNKLAB_SHARED").map(std::path::PathBuf::from);
    let capture = shared.map_or(capture, |folder| folder.join("captures/zeek__icmp_dot1q.pcap"));
    if !capture.exists() {
        assert!(std::env::var_os("TRUNKLAB_REQUIRE").is_none(), "{}", capture.display());
        eprintln!("SKIPPED: {}", capture.display());
        return;
    }
    let capture = capture.to_string_lossy();
    let args = ["trace", TWO, "--in", "ap-east.1", "--pcap", &capture];
    let first = trunklab(&args);
    assert_eq!(status(&first), 0, "{}", stderr(&first));
    let past = trunklab(&[&args[..], &["--frame", "1000000"]].concat());
    assert_eq!(status(&past), 2);
    assert!(stderr(&past).contains("no frame 1000000"), "{}", stderr(&past));
}

#[test]
fn a_drawing_is_the_same_each_time_and_ends_with_a_line() {
    for drawn in ["mermaid", "dot"] {
        let out = trunklab(&["graph", "scenarios/isolation/full-circuit-200x50m.yaml", "--as", drawn]);
        assert_eq!(status(&out), 0, "{}", stderr(&out));
        assert!(stdout(&out).contains("200 data centres"), "{}", stdout(&out));
        assert!(stdout(&out).ends_with('\n'));
        let again = trunklab(&["graph", "scenarios/isolation/full-circuit-200x50m.yaml", "--as", drawn]);
        assert_eq!(stdout(&again), stdout(&out));
    }
}
