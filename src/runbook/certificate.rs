//! The certificate: what was shown, how often, on what it rests, and the digest of every file that was read.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Recommendation, Rehearsed};
use crate::check::Verdict;
use crate::provision::AttachEffect;
use crate::scenario::file::ScenarioFile;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// Its path, as the user or the scenario named it.
    pub path: String,
    /// How many octets it has.
    pub octets: u64,
    /// Their SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl Input {
    /// The input of this path and these octets.
    pub fn of(path: &str, octets: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            octets: octets.len() as u64,
            sha256: sha256(octets),
        }
    }
}

/// An input that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its path.
    pub path: String,
    /// What it has now; `None`: it cannot be read any more.
    pub now: Option<Input>,
}

/// The SHA-256 of octets, in hexadecimal digits.
fn sha256(octets: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for octet in Sha256::digest(octets) {
        let _ = write!(text, "{octet:02x}");
    }
    text
}

/// What a runbook rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The scenario's name.
    pub name: String,
    /// What is recommended.
    pub recommendation: String,
    /// What the rehearsal came to.
    pub verdict: String,
    /// Is the effect of the attach assumed, not measured?
    pub hypothetical: bool,
    /// Root of every random stream.
    pub seed: u64,
    /// The digest of a run of the plan.
    pub digest: String,
    /// Simulations that were run.
    pub simulations: u64,
    /// Frames that the judged ones were judged by.
    pub frames: u64,
    /// Faults that were tried, and those that keep the budget.
    pub faults: (u64, u64),
    /// The effect of the attach by which it is judged.
    pub attach_effect: String,
    /// Policies as they stand, by name.
    pub policies: Vec<(String, String)>,
    /// Profiles of switches and access devices, by name.
    pub profiles: Vec<(String, String)>,
    /// Every file that was read, by path.
    pub inputs: Vec<Input>,
}

/// Profiles of switches and access devices: those of a backbone once.
pub(super) fn profiles(file: &ScenarioFile) -> Vec<(String, String)> {
    let word = |profile: Option<&str>| profile.unwrap_or("strict").to_owned();
    let switches = file.access_points.iter().chain(&file.fabrics);
    let switches = switches.map(|switch| {
        let profile = switch.profile.as_ref().map(|profile| profile.value.as_str());
        (switch.name.0.clone(), word(profile))
    });
    let backbones = file.backbones.iter().map(|backbone| {
        let profile = backbone.profile.as_ref().map(|profile| profile.value.as_str());
        (backbone.name.0.clone(), word(profile))
    });
    let devices = file.access_devices.iter().map(|device| {
        let profile = device.profile.as_ref().map(|profile| profile.value.as_str());
        (device.name.0.clone(), word(profile))
    });
    switches.chain(backbones).chain(devices).collect()
}

pub(super) fn certify(rehearsed: &Rehearsed<'_>, recommendation: &Recommendation) -> Certificate {
    let rehearsal = rehearsed.rehearsal;
    let judged = rehearsal.runs.iter().filter(|run| run.judged);
    let frames = judged
        .flat_map(|run| &run.services)
        .map(|service| service.damage.offered);
    let kept = rehearsal.faults.iter().filter(|cell| cell.verdict == Verdict::Pass);
    let policies = rehearsed.plan.law.premises().policies.list();
    let mut inputs = rehearsed.inputs.to_vec();
    inputs.sort();
    Certificate {
        name: rehearsed.plan.name.clone(),
        recommendation: recommendation.decision.as_str().to_owned(),
        verdict: rehearsal.verdict().as_str().to_owned(),
        hypothetical: rehearsal.hypothetical,
        seed: rehearsal.seed,
        digest: format!("{:016x}", rehearsed.digest),
        simulations: rehearsal.worlds,
        frames: frames.sum(),
        faults: (rehearsal.faults.len() as u64, kept.count() as u64),
        attach_effect: rehearsal.cutover.measured.unwrap_or(AttachEffect::NONE).to_string(),
        policies: policies
            .into_iter()
            .map(|policy| (policy.name.to_owned(), policy.value))
            .collect(),
        profiles: profiles(rehearsed.file),
        inputs,
    }
}

impl Certificate {
    /// The SHA-256 of all that it says: whoever changes a line of it has to change this one too.
    pub fn seal(&self) -> String {
        // Every part with its length, so that no two certificates are written alike.
        let mut text = String::new();
        let mut part = |value: &str| {
            let _ = write!(text, "{}:{value};", value.len());
        };
        for value in [
            &self.name,
            &self.recommendation,
            &self.verdict,
            &self.digest,
            &self.attach_effect,
        ] {
            part(value);
        }
        let numbers = [self.seed, self.simulations, self.frames, self.faults.0, self.faults.1];
        numbers.iter().for_each(|number| part(&number.to_string()));
        part(if self.hypothetical { "hypothetical" } else { "measured" });
        for list in [&self.policies, &self.profiles] {
            part(&list.len().to_string());
            for (name, value) in list {
                part(name);
                part(value);
            }
        }
        for input in &self.inputs {
            part(&input.path);
            part(&input.octets.to_string());
            part(&input.sha256);
        }
        sha256(text.as_bytes())
    }

    /// The inputs that are not what they were. `read`: the octets of a path, where it can be read.
    pub fn changed(&self, read: impl Fn(&str) -> Option<Vec<u8>>) -> Vec<Changed> {
        let each = self.inputs.iter().filter_map(|input| {
            let now = read(&input.path).map(|octets| Input::of(&input.path, &octets));
            (now.as_ref() != Some(input)).then(|| Changed {
                path: input.path.clone(),
                now,
            })
        });
        each.collect()
    }
}
