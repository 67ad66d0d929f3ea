//! `trunklab new`: what it writes runs, and nothing is lost by it.

use std::fs;

use crate::{Scratch, root, status, stderr, stdout, trunklab};

const GRAPH: &str = r#"<graphml><graph edgedefault="undirected"><node id="east"/><node id="west"/>
<edge source="east" target="west"/></graph></graphml>"#;

#[test]
fn each_use_runs_and_passes_as_written() {
    let scratch = Scratch::new("new-uses");
    for what in ["isolation", "cutover", "throughput"] {
        let out = scratch.path().join(format!("{what}.yaml"));
        let out = out.to_str().expect("UTF-8");
        let written = trunklab(&["new", out, "--use", what]);
        assert_eq!(status(&written), 0, "{}", stderr(&written));
        assert!(stdout(&written).contains(&format!("trunklab run {out}")));
        let strict = trunklab(&["validate", "--strict", out]);
        assert_eq!(status(&strict), 0, "{what}: {}", stderr(&strict));
        let run = trunklab(&["run", out]);
        assert_eq!(status(&run), 0, "{what}: {}{}", stdout(&run), stderr(&run));
        assert!(stdout(&run).contains("PASS  conservation") || stdout(&run).contains("PASS             conservation"));
        assert!(!stdout(&run).contains("INCONC"), "{}", stdout(&run));
    }
}

#[test]
fn a_graph_is_named_from_the_scenario_s_own_folder() {
    let scratch = Scratch::new("new-graph");
    let graph = scratch.file("net.graphml", GRAPH);
    fs::create_dir(scratch.path().join("below")).expect("a folder");
    let out = scratch.path().join("below/far.yaml");
    let program = std::process::Command::new(crate::program())
        .args(["new", "below/far.yaml", "--tenants", "2", "--topology", "net.graphml"])
        .current_dir(scratch.path())
        .output()
        .expect("the program starts");
    assert_eq!(status(&program), 0, "{}", stderr(&program));
    let text = fs::read_to_string(&out).expect("the scenario");
    assert!(text.contains("graphml: '../net.graphml'"), "{text}");
    let run = trunklab(&["run", out.to_str().expect("UTF-8")]);
    assert_eq!(status(&run), 0, "{}{}", stdout(&run), stderr(&run));
    let to_stdout = trunklab(&["new", "-", "--topology", &graph]);
    assert!(stdout(&to_stdout).contains(&format!("graphml: '{graph}'")));
}

#[test]
fn what_is_there_stays_there_without_force() {
    let scratch = Scratch::new("new-force");
    let mine = scratch.file("mine.yaml", "mine");
    let refused = trunklab(&["new", &mine]);
    assert_eq!(status(&refused), 2);
    assert!(stderr(&refused).contains("--force"), "{}", stderr(&refused));
    assert_eq!(fs::read_to_string(&mine).expect("mine"), "mine");
    let forced = trunklab(&["new", &mine, "--force"]);
    assert_eq!(status(&forced), 0, "{}", stderr(&forced));
    assert!(fs::read_to_string(&mine).expect("mine").contains("trunklab: 1"));
}

#[test]
fn bad_numbers_bad_graphs_and_bad_folders_exit_as_documented() {
    let scratch = Scratch::new("new-bad");
    let out = scratch.path().join("x.yaml");
    let out = out.to_str().expect("UTF-8");
    let readme = root().join("README.md");
    let readme = readme.to_str().expect("UTF-8");
    for (args, expected) in [
        (vec!["new", out, "--tenants", "0"], 2),
        (vec!["new", out, "--topology", "no/such.graphml"], 2),
        (vec!["new", out, "--topology", readme], 2),
        (vec!["new", "no/such/folder/x.yaml"], 4),
    ] {
        let run = trunklab(&args);
        assert_eq!(status(&run), expected, "{args:?}: {}", stderr(&run));
        assert!(!stderr(&run).is_empty());
    }
    assert!(!scratch.path().join("x.yaml").exists());
}
