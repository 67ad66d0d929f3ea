//! A certificate as JSON and in Markdown, and read back from either.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::markdown::{line, row};
use crate::runbook::{Certificate, Input};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.runbook-certificate/1";

pub(super) fn json(certificate: &Certificate) -> Json {
    let table = |all: &[(String, String)]| -> Map<String, Json> {
        all.iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect()
    };
    let inputs = certificate.inputs.iter();
    let inputs = inputs.map(|input| json!({ "path": input.path, "octets": input.octets, "sha256": input.sha256 }));
    json!({
        "format": FORMAT,
        "name": certificate.name,
        "recommendation": certificate.recommendation,
        "verdict": certificate.verdict,
        "hypothetical": certificate.hypothetical,
        "seed": certificate.seed,
        "digest": certificate.digest,
        "simulations": certificate.simulations,
        "frames": certificate.frames,
        "faults_tried": certificate.faults.0,
        "faults_kept": certificate.faults.1,
        "attach_effect": certificate.attach_effect,
        "policies": table(&certificate.policies),
        "profiles": table(&certificate.profiles),
        "inputs": inputs.collect::<Vec<_>>(),
        "seal": certificate.seal(),
    })
}

pub(super) fn markdown(out: &mut String, certificate: &Certificate) {
    row(out, ["SHA-256", "input"].map(str::to_owned).into_iter());
    row(out, ["---", "---"].map(str::to_owned).into_iter());
    for input in &certificate.inputs {
        row(out, [line(&input.sha256), line(&input.path)].into_iter());
    }
    let whole = serde_json::to_string_pretty(&json(certificate)).expect("strings and integers always serialise");
    // What would end the block early is spelt out; as JSON it reads the same.
    let whole = whole.replace('`', "\\u0060");
    let _ = writeln!(out, "\n{OPEN}\n{whole}\n{CLOSE}");
}

const OPEN: &str = "```json";
const CLOSE: &str = "```";

/// The certificate in a runbook, as Markdown or JSON, or by itself.
///
/// # Errors
/// There is none, or it was changed; the text says which.
pub fn read(text: &str) -> Result<Certificate, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let found = if text.starts_with('{') {
        parsed(text)
    } else {
        let blocks = text.split(OPEN).skip(1);
        let blocks = blocks.filter_map(|block| block.split_once(&format!("\n{CLOSE}")));
        blocks.map(|(block, _)| parsed(block)).last().flatten()
    };
    let found = found.ok_or("there is no certificate in it: a runbook as Markdown or JSON holds one")?;
    let certificate = of(&found).ok_or("its certificate lacks something")?;
    if found["seal"].as_str() != Some(certificate.seal().as_str()) {
        return Err("its certificate was changed: the seal is not that of what it says".to_owned());
    }
    Ok(certificate)
}

fn parsed(text: &str) -> Option<Json> {
    let value: Json = serde_json::from_str(text).ok()?;
    let inner = value.get("certificate").cloned().unwrap_or(value);
    (inner["format"].as_str() == Some(FORMAT)).then_some(inner)
}

fn of(value: &Json) -> Option<Certificate> {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let number = |key: &str| value[key].as_u64();
    let table = |key: &str| -> Option<Vec<(String, String)>> {
        let all = value[key].as_object()?.iter();
        all.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect()
    };
    let input = |value: &Json| {
        Some(Input {
            path: value["path"].as_str()?.to_owned(),
            octets: value["octets"].as_u64()?,
            sha256: value["sha256"].as_str()?.to_owned(),
        })
    };
    Some(Certificate {
        name: text("name")?,
        recommendation: text("recommendation")?,
        verdict: text("verdict")?,
        hypothetical: value["hypothetical"].as_bool()?,
        seed: number("seed")?,
        digest: text("digest")?,
        simulations: number("simulations")?,
        frames: number("frames")?,
        faults: (number("faults_tried")?, number("faults_kept")?),
        attach_effect: text("attach_effect")?,
        policies: table("policies")?,
        profiles: table("profiles")?,
        inputs: value["inputs"].as_array()?.iter().map(input).collect::<Option<_>>()?,
    })
}
