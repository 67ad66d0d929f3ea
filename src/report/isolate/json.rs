//! The suite's report for programs: stable, versioned JSON.

use serde_json::{Value, json};

use super::{SuiteReport, Suites, fraction, hex};
use crate::check::Verdict;
use crate::isolate::{FindingReport, IsolationReport, RowReport};

/// The version of this format; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.isolate/1";

/// Renders all as one JSON document with a newline at its end.
pub fn json(suites: Suites<'_>) -> String {
    let root = json!({
        "format": FORMAT,
        "suites": suites.ran.iter().map(suite).collect::<Vec<Value>>(),
        "not_run": suites.not_run.iter().map(|n| json!({
            "source": n.source,
            "problems": n.problems,
        })).collect::<Vec<Value>>(),
    });
    let mut text = serde_json::to_string_pretty(&root).expect("strings and integers always serialise");
    text.push('\n');
    text
}

fn suite(report: &SuiteReport) -> Value {
    let suite = &report.suite;
    json!({
        "source": report.source,
        "name": suite.name,
        "seed": suite.seed,
        "digest": format!("{:016x}", suite.digest),
        "command": report.command,
        "profiles": suite.profiles,
        "devices": devices(suite),
        "tenants": { "live": suite.tenants.0, "attacking": suite.tenants.1, "controlled": suite.tenants.2 },
        "ports": suite.ports,
        "frames": suite.frames(),
        "counts": counts(suite),
        "rows": suite.rows.iter().map(row).collect::<Vec<Value>>(),
        "matrix": matrix(suite),
        "not_testable": suite.not_testable.iter().map(|(id, what, why)| json!({
            "row": id, "what": what, "reason": why,
        })).collect::<Vec<Value>>(),
        "verdict": suite.verdict.as_str(),
    })
}

fn devices(suite: &IsolationReport) -> Vec<Value> {
    let pics = |list: &[(&'static str, bool, &'static str)]| -> Value {
        list.iter()
            .map(|(name, value, _)| ((*name).to_owned(), Value::Bool(*value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let device = |d: &crate::isolate::DeviceReport| {
        json!({
            "name": d.name, "kind": d.kind, "profile": d.profile, "quirk": d.quirk, "pics": pics(&d.pics),
        })
    };
    suite.devices.iter().map(device).collect()
}

fn counts(suite: &IsolationReport) -> Value {
    json!({
        "pass": suite.count(Verdict::Pass),
        "fail": suite.count(Verdict::Fail),
        "inconc": suite.count(Verdict::Inconc),
        "error": suite.count(Verdict::Error),
        "not_applicable": suite.count(Verdict::NotApplicable),
        "not_testable": suite.count(Verdict::NotTestable),
    })
}

fn row(row: &RowReport) -> Value {
    json!({
        "id": row.id,
        "group": row.group,
        "title": row.title,
        "verdict": row.verdict.as_str(),
        "reason": row.reason,
        "frames": row.frames,
        "trials": row.trials,
        "controls": { "sent": row.controls.0, "arrived": row.controls.1 },
        "bound_95": row.bound_ppb.map(fraction),
        "findings": row.findings.iter().map(finding).collect::<Vec<Value>>(),
    })
}

fn finding(f: &FindingReport) -> Value {
    json!({
        "flaw": f.flaw.as_str(),
        "tenant": f.tenant,
        "from": f.from,
        "at": f.at,
        "count": f.count,
        "text": f.text,
        "consequence": f.consequence,
        "sent": hex(&f.sent),
        "got": hex(&f.got),
        "minimal": f.minimal.as_ref().map(|m| json!({
            "steps": m.steps.iter().map(|s| json!({
                "from": s.from, "length": s.octets.len(), "octets": hex(&s.octets),
            })).collect::<Vec<Value>>(),
            "tenants": m.tenants,
            "tenants_removed": m.removed,
            "changes": m.changes,
            "runs": m.runs,
        })),
        "explained": f.explained.as_ref().map(|e| json!({
            "device": e.device,
            "entry": e.entry,
            "line": e.written.as_ref().map(|w| w.line),
            "written": e.written.as_ref().map(|w| json!({
                "key": w.key, "of": w.of, "line": w.line, "column": w.column,
            })),
            "hops": e.hops.iter().map(|h| json!({
                "by": h.by, "port": h.port, "link": h.link, "tags": h.tags, "length": h.octets,
            })).collect::<Vec<Value>>(),
        })),
    })
}

/// Leaks alone stand in the matrix; a port that is not listed had none.
fn matrix(suite: &IsolationReport) -> Value {
    let all = &suite.matrix;
    let rows = all.rows.iter().map(|row| {
        let cells = row.cells.iter().zip(&all.ports);
        let leaks = cells
            .clone()
            .filter(|(c, _)| c.leaks > 0)
            .map(|(c, port)| (port.clone(), c.leaks.into()));
        let unknown = cells
            .filter(|(c, _)| !c.own && !c.controlled && c.leaks == 0)
            .map(|(_, port)| port.as_str());
        json!({
            "from": row.from,
            "tried": row.tried,
            "existing": row.existing,
            "leaks": leaks.collect::<serde_json::Map<String, Value>>(),
            "without_control": unknown.collect::<Vec<&str>>(),
        })
    });
    json!({ "ports": all.ports, "rows": rows.collect::<Vec<Value>>() })
}
