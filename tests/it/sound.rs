//! Sound worlds: nobody is blamed in one, and a fault in its twin is told where it hurts.

use std::collections::BTreeSet;

use trunklab::report::{Format, SoundReport, sound_document};
use trunklab::swarm::{
    Fleet, Plants, SoundBounds, SuiteFinding, SuiteTold, Twin, draw_sound, no_suite, sail, try_sound,
};

fn fleet(seeds: u64, jobs: usize, twin_each: u64) -> trunklab::swarm::Sailed {
    sail(&Fleet {
        first: 1,
        seeds,
        jobs,
        bounds: SoundBounds::default(),
        suite: &no_suite,
        suite_each: 0,
        twin_each,
        go_on: &|| true,
        told: &|_| {},
    })
}

#[test]
fn a_seed_means_the_same_sound_world_for_ever() {
    let draw = |seed| draw_sound(seed, &SoundBounds::default()).draft.yaml();
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
    insta::assert_snapshot!(draw(7));
}

#[test]
fn every_kind_of_service_shape_and_profile_is_drawn_and_what_a_newcomer_may_write() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut text = String::new();
    for seed in 1..=120 {
        let world = draw_sound(seed, &SoundBounds::default());
        text.push_str(&world.draft.yaml());
        for (what, which) in world.options {
            let words = which
                .split(' ')
                .filter(|_| ["kind", "profiles", "service", "shape"].contains(&what));
            seen.extend(words.map(|word| format!("{what} {word}")));
        }
    }
    for kind in [
        "port",
        "legacy",
        "converted",
        "converted-live",
        "raised",
        "dedicated",
        "untagged",
    ] {
        assert!(seen.contains(&format!("kind {kind}")), "{kind}: {seen:?}");
    }
    for profile in ["strict", "ieee-default", "ovs-3.1", "linux-6.12"] {
        assert!(seen.contains(&format!("profiles {profile}")), "{profile}: {seen:?}");
    }
    for shape in ["line", "star", "ring", "parallel"] {
        assert!(seen.contains(&format!("shape {shape}")), "{shape}: {seen:?}");
    }
    for key in [
        "allowed_vids",
        "native_vid",
        "default_vlan",
        "unpruned",
        "vlan_limit",
        "learning: shared",
        "arp_limit: shared",
        "bind_mac",
        "cross_border",
        "fabrics",
        "policies",
        "port: tunnel",
        "pattern: poisson",
        "pattern: on_off",
        "kind: ping",
        "size: imix",
        "answered: true",
        "warm_up: false",
        "reachable: false",
        "full: true",
        "longest_gap_max",
    ] {
        assert!(text.contains(key), "{key} is in no world");
    }
}

#[test]
fn nobody_is_blamed_in_a_sound_world_on_any_number_of_threads() {
    let (one, many) = (fleet(8, 1, 0), fleet(8, 3, 0));
    let yaml = |seed| draw_sound(seed, &SoundBounds::default()).draft.yaml();
    let blamed: Vec<String> = (one.worlds_blamed.iter())
        .map(|(seed, world)| format!("{:?}\n{}", world.alarms, yaml(*seed)))
        .collect();
    assert_eq!(blamed, Vec::<String>::new());
    assert_eq!((one.worlds, one.refused.0), (8, 0), "{:?}", one.refused);
    assert_eq!(
        (one.digest, one.frames, one.passes),
        (many.digest, many.frames, many.passes)
    );
    assert!(
        one.proved > 3 && one.passes > 100,
        "{} proved, {} lines",
        one.proved,
        one.passes
    );
}

/// Every world is told by programs, however many were blamed; text shows the first, and says so.
#[test]
fn a_fleet_holds_every_world_that_was_blamed() {
    let bounds = SoundBounds::default();
    let sailed = sail(&Fleet {
        first: 1,
        seeds: 23,
        jobs: 2,
        bounds,
        suite: &finds("I-01", "leak"),
        suite_each: 1,
        twin_each: 0,
        go_on: &|| true,
        told: &|_| {},
    });
    let seeds: Vec<u64> = sailed.worlds_blamed.keys().copied().collect();
    assert_eq!(seeds, (1..=23).collect::<Vec<u64>>());
    let report = SoundReport {
        bounds: &bounds,
        first: 1,
        asked: 23,
        sailed: &sailed,
    };
    let document = sound_document(&report);
    let json: serde_json::Value = serde_json::from_str(&document.render(Format::Json)).expect("JSON");
    let told = json["worlds_blamed"].as_array().expect("worlds");
    let told: Vec<u64> = told.iter().filter_map(|world| world["seed"].as_u64()).collect();
    assert_eq!((told, &json["blamed"]), (seeds, &23.into()));
    let text = document.render(Format::Text { verbose: false });
    assert!(text.contains("world 20: ") && !text.contains("world 21: "), "{text}");
    assert!(
        text.contains("and 3 more: --verbose shows all, --format json holds all"),
        "{text}"
    );
    let text = document.render(Format::Text { verbose: true });
    assert!(text.contains("world 23: ") && !text.contains(" more: "), "{text}");
}

#[test]
fn a_fault_that_hurts_somebody_is_told() {
    let sailed = fleet(16, 2, 1);
    let became = |twin: Twin| -> u64 {
        let of = sailed.twins.iter().filter(|((_, was), _)| *was == twin);
        of.map(|(_, times)| times).sum()
    };
    assert_eq!(became(Twin::Missed), 0, "{:?}", sailed.twins);
    assert!(became(Twin::Caught) > 4, "{:?}", sailed.twins);
    let kinds: BTreeSet<&str> = sailed.twins.keys().map(|(kind, _)| *kind).collect();
    assert!(kinds.len() * 3 > Plants::ALL.len(), "{kinds:?}");
}

/// What is called sound and is not is an alarm, whoever notices.
#[test]
fn a_broken_world_that_is_called_sound_is_an_alarm() {
    let mut alarms = 0;
    for seed in 1..=8 {
        let mut world = draw_sound(seed, &SoundBounds::default());
        let trial = try_sound(&world, &no_suite, true);
        let Some((planting, Twin::Caught, _)) = trial.twin else {
            continue;
        };
        world.draft = planting.draft;
        assert!(
            !try_sound(&world, &no_suite, false).alarms.is_empty(),
            "{}",
            planting.what
        );
        alarms += 1;
    }
    assert!(alarms > 2, "{alarms}");
}

/// A suite that finds one flaw in one row, whatever it is tried on.
fn finds(row: &'static str, flaw: &'static str) -> impl Fn(&trunklab::Plan) -> Option<SuiteTold> {
    move |_| {
        let text = "of whom, and where".to_owned();
        Some(SuiteTold {
            findings: vec![SuiteFinding { row, flaw, text }],
            ..SuiteTold::default()
        })
    }
}

/// The first sound world with this in its text.
fn world_with(text: &str) -> trunklab::swarm::DrawnWorld {
    let mut worlds = (1..200).map(|seed| draw_sound(seed, &SoundBounds::default()));
    worlds.find(|world| world.draft.yaml().contains(text)).expect(text)
}

#[test]
fn what_the_suite_finds_is_an_alarm_whatever_the_profile_but_for_what_that_profile_is_known_to_let_pass() {
    for odd in [
        "ieee-default",
        "ovs-3.1",
        "vlan_limit",
        "learning: shared",
        "arp_limit: shared",
    ] {
        let trial = try_sound(&world_with(odd), &finds("I-01", "leak"), false);
        let by: Vec<&str> = trial.alarms.iter().map(|alarm| alarm.by).collect();
        assert_eq!(by, ["suite"], "{odd}: untagged frames never leak");
    }
    let known = |odd: &str, row, flaw| {
        let trial = try_sound(&world_with(odd), &finds(row, flaw), false);
        let told = trial
            .of_profile
            .iter()
            .any(|what| what.contains(row) && what.contains(flaw));
        (trial.alarms.len(), told)
    };
    assert_eq!(known("ieee-default", "I-03", "leak"), (0, true));
    assert_eq!(known("ieee-default", "X-01", "disturbed"), (0, true));
    assert_eq!(known("ieee-default", "Q-06", "disturbed"), (1, false));
    assert_eq!(known("ieee-default", "Q-01", "late"), (1, false));
    assert_eq!(known("arp_limit: shared", "Q-04", "disturbed"), (0, true));
    assert_eq!(known("arp_limit: shared", "Q-04", "leak"), (1, false));
}

/// The first sound world of which this is so.
fn world_where(what: &str, is: impl Fn(&str) -> bool) -> trunklab::swarm::DrawnWorld {
    let mut worlds = (1..4_000).map(|seed| draw_sound(seed, &SoundBounds::default()));
    worlds.find(|world| is(&world.draft.yaml())).expect(what)
}

/// Which of these findings of the suite, as `row: flaw`, are alarms in a world; the others are counted.
fn alarms(world: &trunklab::swarm::DrawnWorld, all: &[(&'static str, &'static str)]) -> Vec<String> {
    let finding = |(row, flaw): &(&'static str, &'static str)| SuiteFinding {
        row,
        flaw,
        text: String::new(),
    };
    let told = || SuiteTold {
        findings: all.iter().map(finding).collect(),
        ..SuiteTold::default()
    };
    let trial = try_sound(world, &|_| Some(told()), false);
    let of_suite = trial.of_profile.iter().filter(|what| what.starts_with("suite, "));
    assert_eq!(trial.alarms.len() + of_suite.count(), all.len(), "{:?}", trial.alarms);
    let found = trial
        .alarms
        .iter()
        .map(|alarm| alarm.finding.trim_end_matches(": ").to_owned());
    found.collect()
}

/// What lets a flaw pass is known of the device that has it, and of no other.
#[test]
fn a_flaw_that_one_kind_of_device_is_known_for_is_an_alarm_at_every_other() {
    let has = |yaml: &str, profile: &str| yaml.contains(&format!("profile: {profile}"));
    let untagged = |yaml: &str| yaml.contains("vlan_id: 0,");
    let filtered = |yaml: &str| !has(yaml, "ieee-default");

    let two = [("T-03", "mangled"), ("L-06", "mangled"), ("T-03", "leak")];
    let shows = world_where("a device that shows inner tags at an untagged circuit", |yaml| {
        let device = |name: &str| {
            let mut lines = yaml.lines().filter(|line| line.contains(&format!("{{ name: {name},")));
            lines.any(|line| has(line, "linux-6.12"))
        };
        let mut own = yaml.lines().filter(|line| line.contains("{ name: own"));
        let untagged = untagged(yaml) && own.any(|line| line.contains("b: dev0") && device("dev0"));
        untagged && filtered(yaml) && !has(yaml, "ovs-3.1")
    });
    assert_eq!(alarms(&shows, &two), ["T-03: leak"]);
    let strict = world_where("an untagged circuit at strict devices", |yaml| {
        untagged(yaml) && filtered(yaml) && !has(yaml, "ovs-3.1") && !has(yaml, "linux-6.12")
    });
    let tagged = world_where("Linux without an untagged circuit", |yaml| {
        !untagged(yaml) && has(yaml, "linux-6.12") && filtered(yaml) && !has(yaml, "ovs-3.1")
    });
    for world in [&strict, &tagged] {
        let found = alarms(world, &two);
        assert_eq!(found, ["T-03: mangled", "L-06: mangled", "T-03: leak"]);
    }

    let left = [
        ("F-08", "leak"),
        ("F-08", "delivered"),
        ("R-01", "wrong VLAN"),
        ("R-01", "state"),
        ("X-01", "disturbed"),
        ("T-07", "mangled"),
    ];
    let reads_two = world_where("two tags", |yaml| yaml.contains("vlan_limit: 2") && filtered(yaml));
    let found = alarms(&reads_two, &left);
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(!found.contains(&"T-07: mangled".to_owned()), "{found:?}");
    let open = world_where("no filter on ingress", |yaml| {
        !filtered(yaml) && !yaml.contains("vlan_limit: 2")
    });
    assert_eq!(alarms(&open, &left), ["T-07: mangled"]);

    let zeros = [("F-04", "state"), ("F-04", "disturbed")];
    let learns = world_where("Open vSwitch with shared learning, and two services", |yaml| {
        let mut switches = yaml
            .lines()
            .filter(|line| has(line, "ovs-3.1") && line.contains("learning: shared"));
        switches.any(|line| {
            let name = line
                .split(['{', ','])
                .nth(1)
                .and_then(|key| key.trim().strip_prefix("name: "));
            let here = name.map(|name| yaml.matches(&format!("attach: {name},")).count());
            here >= Some(2)
        })
    });
    assert_eq!(alarms(&learns, &zeros), ["F-04: disturbed"]);
    let drops = world_where("shared learning elsewhere", |yaml| {
        yaml.contains("learning: shared") && !has(yaml, "ovs-3.1")
    });
    assert_eq!(alarms(&drops, &zeros), ["F-04: state", "F-04: disturbed"]);
}

#[test]
fn services_without_a_vid_of_their_own_share_none_on_a_trunk_that_every_vlan_is_let_onto() {
    for seed in [4307, 6739, 12943, 13707, 16888] {
        let world = draw_sound(seed, &SoundBounds::default());
        let trial = try_sound(&world, &no_suite, false);
        assert_eq!(trial.refused, None, "{seed}");
        assert_eq!(trial.alarms, [], "{seed}");
    }
}
