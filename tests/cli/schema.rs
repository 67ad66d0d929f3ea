//! What commands print in JSON, held against the published schemas.

use serde_json::{Map, Value};

use crate::{Scratch, shipped, status, stderr, stdout, trunklab, trunklab_as_built};

const REPORTS: [&str; 17] = [
    "run",
    "isolate",
    "prove",
    "certificate",
    "swarm",
    "sound",
    "mutants",
    "rehearse",
    "preflight",
    "diff",
    "verify",
    "import",
    "reconcile",
    "inspect",
    "trace",
    "validate",
    "explain",
];

/// A broadcast question for 10.255.1.1, in VLAN 101.
const PROBE: &str =
    "ffffffffffff 020000000001 8100 0065 0806 0001 0800 0604 0001 020000000001 0aff0102 000000000000 0aff0101";

fn schema(of: &str) -> Value {
    let out = trunklab(&["schema", "--report", of]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    serde_json::from_str(&stdout(&out)).expect("JSON")
}

/// The keywords that the schemas use; whoever needs more learns it here.
struct Check<'s> {
    definitions: &'s Map<String, Value>,
    wrong: Vec<String>,
}

impl<'s> Check<'s> {
    fn new(schema: &'s Value) -> Self {
        let definitions = schema["$defs"].as_object().expect("definitions");
        Self {
            definitions,
            wrong: Vec::new(),
        }
    }

    fn all(schema: &Value, value: &Value) -> Vec<String> {
        let mut check = Check::new(schema);
        check.value(schema, value, "$");
        check.wrong
    }

    fn say(&mut self, at: &str, what: impl std::fmt::Display) {
        self.wrong.push(format!("{at}: {what}"));
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        let schema = schema.as_object().expect("a schema is an object");
        for (keyword, is) in schema {
            match keyword.as_str() {
                "$schema" | "title" | "description" | "$defs" | "required" | "additionalProperties" => {}
                "$ref" => {
                    let name = is
                        .as_str()
                        .and_then(|r| r.strip_prefix("#/$defs/"))
                        .expect("a reference");
                    let of = self.definitions.get(name).expect("what it refers to");
                    self.value(of, value, at);
                }
                "anyOf" => self.any(is, value, at),
                "const" if is == value => {}
                "enum" if is.as_array().is_some_and(|all| all.contains(value)) => {}
                "const" | "enum" => self.say(at, format!("{value} is not {is}")),
                "type" => self.kind(is, value, at),
                "minimum" => {
                    if value.is_number() && value.as_u64().is_none() {
                        self.say(at, format!("{value} is below zero or no whole number"));
                    }
                }
                "items" => {
                    let all = value.as_array().map_or(&[][..], Vec::as_slice);
                    for (i, one) in all.iter().enumerate() {
                        self.value(is, one, &format!("{at}[{i}]"));
                    }
                }
                "properties" | "patternProperties" => {}
                other => panic!("the checker of schemas does not know `{other}`"),
            }
        }
        if let Some(all) = value.as_object() {
            self.fields(schema, all, at);
        }
    }

    fn any(&mut self, choices: &Value, value: &Value, at: &str) {
        let choices = choices.as_array().expect("a list");
        let tried: Vec<Vec<String>> = choices
            .iter()
            .map(|choice| {
                let mut check = Check {
                    definitions: self.definitions,
                    wrong: Vec::new(),
                };
                check.value(choice, value, at);
                check.wrong
            })
            .collect();
        if let Some(least) = tried.into_iter().min_by_key(Vec::len) {
            self.wrong.extend(least);
        }
    }

    fn kind(&mut self, is: &Value, value: &Value, at: &str) {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let fits = |kind: &Value| kind == found;
        if !is.as_array().map_or_else(|| fits(is), |all| all.iter().any(fits)) {
            self.say(at, format!("{found}, not {is}"));
        }
    }

    fn fields(&mut self, schema: &Map<String, Value>, all: &Map<String, Value>, at: &str) {
        for needed in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let name = needed.as_str().expect("a name");
            if !all.contains_key(name) {
                self.say(at, format!("`{name}` is missing"));
            }
        }
        let units = schema.get("patternProperties").and_then(Value::as_object);
        for (name, value) in all {
            let at = format!("{at}.{name}");
            let own = schema.get("properties").and_then(|p| p.get(name));
            let by_unit = || units.filter(|_| unit(name).is_some()).and_then(|p| p.values().next());
            match (own.or_else(by_unit), schema.get("additionalProperties")) {
                (Some(own), _) => self.value(own, value, &at),
                (None, Some(Value::Bool(false))) => self.say(&at, "the schema does not know it"),
                (None, Some(other)) => self.value(other, value, &at),
                (None, None) => {}
            }
        }
    }
}

/// The unit that a name ends in.
fn unit(name: &str) -> Option<&'static str> {
    const UNITS: [(&str, &str); 5] = [
        ("_frames", "frames"),
        ("_octets", "octets"),
        ("_ns", "nanoseconds"),
        ("_bps", "bits_a_second"),
        ("_micros", "millionths"),
    ];
    let found = UNITS
        .iter()
        .find(|(end, _)| name.ends_with(end) || end.strip_prefix('_') == Some(name));
    found.map(|(_, definition)| *definition)
}

fn assert_holds(of: &str, printed: &Value) {
    let wrong = Check::all(&schema(of), printed);
    let first: Vec<&String> = wrong.iter().take(5).collect();
    assert!(
        wrong.is_empty(),
        "{of}: {} departures, the first: {first:#?}",
        wrong.len()
    );
}

fn printed(args: &[&str]) -> Value {
    let out = trunklab_as_built(&[args, &["--format", "json"]].concat());
    serde_json::from_str(&stdout(&out)).unwrap_or_else(|e| panic!("{args:?}: {e}: {}", stderr(&out)))
}

#[test]
fn what_every_shipped_scenario_prints_is_what_the_schema_of_run_says() {
    assert_holds("run", shipped::runs());
}

#[test]
fn what_the_other_commands_print_is_what_their_schemas_say() {
    let scratch = Scratch::new("schema");
    let bad = scratch.file("bad.yaml", "tenants: [a, a]\nno: such key\n");
    let (healthy, leaky) = (
        "scenarios/isolation/two-tenants-one-circuit.yaml",
        "scenarios/isolation/wrong-vlan-list.yaml",
    );
    let certificate = scratch.path().join("c.cert").to_string_lossy().into_owned();
    let made = trunklab(&["prove", healthy, "--certificate", &certificate]);
    assert_eq!(status(&made), 0, "{}", stderr(&made));
    for (of, args) in [
        ("run", vec!["run", &bad]),
        ("isolate", vec!["isolate", healthy, leaky, &bad, "--vectors", "I,R,T"]),
        ("prove", vec!["prove", healthy, leaky, &bad, "--tables"]),
        ("certificate", vec!["prove", "--check", &certificate]),
        ("swarm", vec!["swarm", "--seeds", "3", "--all"]),
        ("inspect", vec!["inspect", healthy, "--at", "1200ms"]),
        ("inspect", vec!["inspect", "scenarios/faults/one-way-cut.yaml"]),
        ("trace", vec!["trace", healthy, "--in", "dev-sh-a.circuit-1", PROBE]),
        ("trace", vec!["trace", leaky, "--in", "ap-east.circuit-1", PROBE]),
        ("sound", vec!["swarm", "--sound", "--seeds", "4", "--twins", "2"]),
        ("mutants", vec!["mutants", "--faults", "C01,T06", healthy, leaky, &bad]),
        (
            "rehearse",
            vec![
                "rehearse",
                "--quick",
                "--explore",
                "scenarios/migration/tenant-never-accepts.yaml",
                &bad,
            ],
        ),
        (
            "preflight",
            vec![
                "rehearse",
                "--preflight",
                "scenarios/migration/overbooked-circuit.yaml",
                &bad,
            ],
        ),
        ("diff", vec!["diff", healthy, leaky]),
        ("diff", vec!["diff", healthy, healthy]),
        ("import", vec!["import", "csv", "--check", "tests/data/lists/gaps.csv"]),
        ("import", vec!["import", "api", "--check", "tests/data/answers/after"]),
        (
            "reconcile",
            vec!["reconcile", "tests/data/lists/twelve.csv", "tests/data/answers/before"],
        ),
        (
            "verify",
            vec![
                "rehearse",
                "tests/data/lists/window.yaml",
                "--verify",
                "tests/data/answers/before",
                "tests/data/answers/after",
            ],
        ),
        ("validate", vec!["validate", "scenarios", &bad]),
        ("explain", vec!["explain"]),
        ("explain", vec!["explain", "TL0301"]),
        ("explain", vec!["isolate", "--list"]),
        ("explain", vec!["mutants", "--list"]),
    ] {
        assert_holds(of, &printed(&args));
    }
}

#[test]
fn a_runbook_and_its_check_are_what_their_schemas_say() {
    let scratch = Scratch::new("runbook");
    let text = std::fs::read_to_string("scenarios/migration/tenant-never-accepts.yaml").expect("it is shipped");
    let scenario = scratch.file("s.yaml", &text);
    let out = scratch.path().join("r.json").to_string_lossy().into_owned();
    let args = ["rehearse", "--quick", &scenario, "--runbook", &out, "--language", "zh"];
    let made = trunklab_as_built(&args);
    // One tenant never accepts; of the other nothing was looked up.
    assert_eq!(status(&made), 3, "{}", stderr(&made));
    let written = std::fs::read_to_string(&out).expect("it was written");
    assert_holds("runbook", &serde_json::from_str(&written).expect("JSON"));
    assert_holds("runbook-check", &printed(&["rehearse", "--check", &out]));
    assert_eq!(status(&trunklab(&["rehearse", "--check", &out])), 0);
    scratch.file("s.yaml", format!("{text}# changed\n"));
    let changed = trunklab(&["rehearse", "--check", &out]);
    assert_eq!(status(&changed), 1, "{}", stdout(&changed));
    assert!(
        stdout(&changed).contains("1 of 1 inputs changed"),
        "{}",
        stdout(&changed)
    );
    let none = trunklab(&["rehearse", "--check", &scenario]);
    assert_eq!(status(&none), 2, "{}", stdout(&none));
    assert_eq!(status(&trunklab(&["rehearse", &scenario, "--runbook", "r.pdf"])), 2);
}

#[test]
fn a_field_too_much_one_too_few_and_a_number_that_is_text_depart_from_a_schema() {
    let good = printed(&["validate", "scenarios/isolation/two-tenants-one-circuit.yaml"]);
    assert_holds("validate", &good);
    let departs = |change: &dyn Fn(&mut Value), says: &str| {
        let mut value = good.clone();
        change(&mut value);
        let wrong = Check::all(&schema("validate"), &value);
        assert!(wrong.iter().any(|line| line.contains(says)), "{wrong:?}");
    };
    departs(&|v| v["scenarios"][0]["more"] = 1.into(), "does not know it");
    departs(&|v| v["summary"] = Value::Object(Map::new()), "`refused` is missing");
    departs(&|v| v["summary"]["refused"] = "none".into(), "string, not \"integer\"");
    departs(&|v| v["summary"]["refused"] = (-1).into(), "below zero");
    departs(&|v| v["scenarios"][0]["verdict"] = "fine".into(), "is not [\"ok\"");
}

/// Every name of a schema with what it refers to.
fn names<'v>(schema: &'v Value, out: &mut Vec<(&'v str, &'v Value)>) {
    if let Some(properties) = schema["properties"].as_object() {
        for (name, of) in properties {
            out.push((name, of));
            names(of, out);
        }
    }
    let choices = schema["anyOf"].as_array().into_iter().flatten();
    let inner = choices.chain([&schema["items"], &schema["additionalProperties"]]);
    inner
        .filter(|inner| inner.is_object())
        .for_each(|inner| names(inner, out));
}

#[test]
fn every_number_of_a_schema_has_its_unit_in_its_name_and_none_has_a_unit_that_is_not_its_own() {
    let mut numbers = 0;
    for report in REPORTS {
        let schema = schema(report);
        assert!(schema["properties"]["format"].is_object(), "{report} has a version");
        let mut all = Vec::new();
        names(&schema, &mut all);
        assert!(all.len() > 3, "{report}");
        for (name, of) in all {
            let choice = of["anyOf"][0]["$ref"].as_str();
            let Some(definition) = of["$ref"].as_str().or(choice) else {
                assert!(
                    of["type"] != "integer" && of["type"] != "number",
                    "{report}: {name} has no unit"
                );
                continue;
            };
            let definition = definition.strip_prefix("#/$defs/").expect("a definition");
            match definition {
                "text" | "flag" | "numbers" => {}
                "count" | "label" => assert_eq!(unit(name), None, "{report}: {name} is no {definition}"),
                other => {
                    numbers += 1;
                    assert_eq!(unit(name), Some(other), "{report}: {name}");
                }
            }
        }
    }
    assert!(numbers > 30, "{numbers} numbers have units");
}
