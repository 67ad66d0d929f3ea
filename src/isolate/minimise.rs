//! The smallest frame, and the smallest testbed, that still show a leak.

use std::collections::BTreeSet;

use super::drive;
use super::judge::{Finding, Flaw, Spot};
use super::testbed::{START, Testbed};
use super::trial::{Sending, Trial};
use super::watch::Crossing;
use crate::engine::LinkSetup;
use crate::forward::Tables;
use crate::ident::TenantId;
use crate::node::AnySwitch;
use crate::wire::EtherType;

/// Trials that one finding may cost.
const MOST_RUNS: usize = 400;

/// A frame of the smallest case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where it is sent from.
    pub from: String,
    /// Its octets, without FCS.
    pub octets: Vec<u8>,
}

/// A frame on a link, for the capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// When, in nanoseconds.
    pub at: u64,
    /// Which link of [`Minimal::links`].
    pub link: usize,
    /// Its octets.
    pub octets: Vec<u8>,
    /// Whose it is and who sent it.
    pub comment: String,
}

/// The smallest case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimal {
    /// Frames to send, in order; the last one leaks.
    pub steps: Vec<Step>,
    /// Tenants whose services are still needed.
    pub tenants: Vec<String>,
    /// Tenants whose services could go.
    pub removed: usize,
    /// Do the testbed's tables have to change while it runs?
    pub changes: bool,
    /// Trials that it took.
    pub runs: usize,
    /// Links of the testbed: name, rate in bit/s.
    pub links: Vec<(String, u64)>,
    /// What crossed them.
    pub capture: Vec<Captured>,
}

/// A case that shows the finding, on its way to the smallest.
pub struct Case {
    /// The trial.
    pub trial: Trial,
    /// Every frame on every link, in its last run.
    pub trail: Vec<Crossing>,
    /// The links.
    pub links: Vec<LinkSetup>,
    runs: usize,
    kept: BTreeSet<TenantId>,
    all: BTreeSet<TenantId>,
}

struct Hunt<'a> {
    bed: &'a Testbed,
    switches: &'a [AnySwitch],
    finding: &'a Finding,
    runs: usize,
}

impl Hunt<'_> {
    /// Does the last frame of this trial still show the finding?
    fn shows(&mut self, trial: &Trial) -> bool {
        self.runs += 1;
        let Ok(ended) = drive::run(self.bed, self.switches, trial, false) else {
            return false;
        };
        let of = |number: usize| {
            trial
                .sendings
                .get(number)
                .is_some_and(|s| s.tenant == self.finding.tenant)
        };
        match (self.finding.flaw, self.finding.spot) {
            (Flaw::Leak, Spot::TestPort(place)) => {
                ended.watch.arrivals.iter().any(|a| a.place == place && of(a.number))
            }
            (Flaw::Stray, Spot::Port(device, port, owner)) => {
                let here = |s: &super::watch::Stray| (s.device, s.port, s.in_vlan_of) == (device, port, owner);
                ended.watch.strays.iter().any(|s| here(s) && of(s.number))
            }
            _ => false,
        }
    }

    fn spent(&self) -> bool {
        self.runs >= MOST_RUNS
    }

    /// The trial with these frames alone, early and one behind the other; in their places in time
    /// where the tables change meanwhile.
    fn with(&self, trial: &Trial, sendings: Vec<Sending>) -> Trial {
        let mut sendings = sendings;
        let mut trial = trial.clone();
        if trial.hands.is_empty() {
            let mut at = START;
            for sending in &mut sendings {
                sending.at = at;
                at = at.saturating_add(self.bed.pace());
            }
            trial.end = at.saturating_add(self.bed.transit());
        }
        trial.sendings = sendings;
        trial
    }

    /// The frame alone; where it does not show alone, the fewest frames before it.
    fn fewest(&mut self, trial: &Trial, number: usize) -> Option<Trial> {
        let last = trial.sendings.get(number)?.clone();
        let bare = Trial {
            hands: Vec::new(),
            ..trial.clone()
        };
        for trial in [&bare, trial] {
            let alone = self.with(trial, vec![last.clone()]);
            if self.shows(&alone) {
                return Some(alone);
            }
        }
        let mut before: Vec<Sending> = trial.sendings[..number].to_vec();
        let build = |hunt: &Self, before: &[Sending]| {
            let all = before.iter().chain([&last]).cloned().collect();
            hunt.with(trial, all)
        };
        if !self.shows(&build(self, &before)) {
            return None;
        }
        let mut chunk = before.len().div_ceil(2).max(1);
        loop {
            let mut at = 0;
            while at < before.len() && !self.spent() {
                let end = (at + chunk).min(before.len());
                let less: Vec<Sending> = before[..at].iter().chain(&before[end..]).cloned().collect();
                if self.shows(&build(self, &less)) {
                    before = less;
                } else {
                    at = end;
                }
            }
            if chunk == 1 || self.spent() {
                return Some(build(self, &before));
            }
            chunk = chunk.div_ceil(2);
        }
    }

    /// The smallest octets of each frame, the last one first.
    fn smallest(&mut self, mut trial: Trial) -> Trial {
        for i in (0..trial.sendings.len()).rev() {
            let mut again = true;
            while again && !self.spent() {
                again = false;
                for less in smaller(&trial.sendings[i].octets) {
                    let mut tried = trial.clone();
                    tried.sendings[i].octets = less;
                    if self.shows(&tried) {
                        trial = tried;
                        again = true;
                        break;
                    }
                    if self.spent() {
                        break;
                    }
                }
            }
        }
        trial
    }

    /// Without the services of as many tenants as possible.
    fn fewest_tenants(&mut self, trial: Trial, all: &BTreeSet<TenantId>) -> (Trial, BTreeSet<TenantId>) {
        let victim = match self.finding.spot {
            Spot::TestPort(place) => self.bed.places[place].owner,
            Spot::Port(_, _, owner) => owner,
            _ => TenantId::NONE,
        };
        let near = [self.finding.tenant, victim];
        let mut kept: BTreeSet<TenantId> = all.iter().filter(|t| near.contains(t)).copied().collect();
        let mut best = self.only(&trial, &kept);
        if kept.len() == all.len() || !self.shows(&best) {
            (kept, best) = (all.clone(), trial);
        }
        for tenant in kept.clone().into_iter().rev().take(64) {
            let less: BTreeSet<TenantId> = kept.iter().filter(|t| **t != tenant).copied().collect();
            let tried = self.only(&best, &less);
            if !self.spent() && self.shows(&tried) {
                (kept, best) = (less, tried);
            }
        }
        (best, kept)
    }

    /// The trial on devices that have these tenants' services alone.
    fn only(&self, trial: &Trial, kept: &BTreeSet<TenantId>) -> Trial {
        let mut trial = trial.clone();
        for (device, own) in self.bed.devices.iter().enumerate() {
            let given = trial.tables.iter().position(|(d, _)| *d == device);
            let mut tables: Tables = given.map_or(own.tables.clone(), |at| trial.tables[at].1.clone());
            tables.services.retain(|_, s| kept.contains(&s.tenant));
            match given {
                Some(at) => trial.tables[at].1 = tables,
                None => trial.tables.push((device, tables)),
            }
        }
        trial
    }
}

/// Octets that are smaller or plainer than these, the boldest step first.
fn smaller(octets: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut tags = 0;
    while let Some(&[a, b]) = octets.get(12 + 4 * tags..14 + 4 * tags)
        && EtherType(u16::from_be_bytes([a, b])).is_tag()
        && octets.len() >= 18 + 4 * tags
    {
        tags += 1;
    }
    if octets.len() > 60 {
        out.push(octets[..60].to_vec());
        out.push(octets[..60 + (octets.len() - 60) / 2].to_vec());
    }
    for i in 0..tags {
        let at = 12 + 4 * i;
        let mut less = [&octets[..at], &octets[at + 4..]].concat();
        less.resize(less.len().max(60.min(octets.len())), 0);
        debug_assert!(less.len() <= octets.len(), "what is smaller is never longer");
        out.push(less);
    }
    let behind = 12 + 4 * tags;
    let mut set = |range: std::ops::Range<usize>, with: &[u8]| {
        if let Some(here) = octets.get(range.clone())
            && here.iter().zip(with.iter().cycle()).any(|(a, b)| a != b)
        {
            let mut plain = octets.to_vec();
            for (to, from) in plain[range].iter_mut().zip(with.iter().cycle()) {
                *to = *from;
            }
            out.push(plain);
        }
    };
    let payload = behind + 2;
    if payload < octets.len() {
        set(payload..octets.len(), &[0]);
        let middle = payload + (octets.len() - payload) / 2;
        set(payload..middle, &[0]);
        set(middle..octets.len(), &[0]);
    }
    set(behind..behind + 2, &[0x88, 0xb5]);
    for i in 0..tags {
        let at = 14 + 4 * i;
        let plain = octets[at] & 0x0f;
        set(at..at + 1, &[plain]);
    }
    out
}

/// The smallest case of a finding, from the trial that showed it; `None` where it shows no leak,
/// or does not show again.
pub fn hunt(bed: &Testbed, switches: &[AnySwitch], trial: &Trial, finding: &Finding) -> Option<Case> {
    let number = finding.number?;
    let mut hunt = Hunt {
        bed,
        switches,
        finding,
        runs: 0,
    };
    let plain = Trial {
        compare: None,
        ..trial.clone()
    };
    let case = hunt.fewest(&plain, number)?;
    let case = hunt.smallest(case);
    let all = bed
        .devices
        .iter()
        .flat_map(|d| d.tables.services.values().map(|s| s.tenant));
    let all: BTreeSet<TenantId> = all.collect();
    let (case, kept) = hunt.fewest_tenants(case, &all);
    let case = hunt.smallest(case);
    let ended = drive::run(bed, switches, &case, true).ok()?;
    Some(Case {
        trial: case,
        trail: ended.watch.trail.unwrap_or_default(),
        links: ended.links,
        runs: hunt.runs,
        kept,
        all,
    })
}

impl Case {
    /// As it is reported.
    pub fn minimal(&self, bed: &Testbed) -> Minimal {
        let step = |s: &Sending| Step {
            from: s.from.name(bed),
            octets: s.octets.clone(),
        };
        let captured = |c: &Crossing| Captured {
            at: c.at.as_nanos(),
            link: c.link.index(),
            octets: c.octets.clone(),
            comment: match self.trial.sendings.get(c.number) {
                Some(s) => format!("a frame of {}, sent by {}", bed.tenant(s.tenant), c.by),
                None => format!("sent by {}", c.by),
            },
        };
        Minimal {
            steps: self.trial.sendings.iter().map(step).collect(),
            tenants: self.kept.iter().map(|t| bed.tenant(*t).to_owned()).collect(),
            removed: self.all.len() - self.kept.len(),
            changes: !self.trial.hands.is_empty(),
            runs: self.runs,
            links: self
                .links
                .iter()
                .map(|l| (l.name.clone(), l.config.rate.as_bps()))
                .collect(),
            capture: self.trail.iter().map(captured).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::smaller;

    #[test]
    fn what_is_smaller_is_never_longer_and_differs() {
        let mut octets = vec![2; 12];
        octets.extend([0x81, 0, 0xe0, 5, 0x88, 0xa8, 0, 7, 8, 0]);
        octets.extend([9; 80]);
        let all = smaller(&octets);
        assert!(all.iter().all(|o| o.len() <= octets.len() && *o != octets));
        assert!(all.iter().any(|o| o.len() == 60));
        assert_eq!(
            all.iter().filter(|o| o.len() == octets.len() - 4).count(),
            2,
            "each tag goes"
        );
    }

    #[test]
    fn the_plainest_frame_has_nothing_smaller_of_its_kind() {
        let mut octets = vec![2; 12];
        octets.extend([0x88, 0xb5]);
        octets.resize(60, 0);
        assert_eq!(smaller(&octets), Vec::<Vec<u8>>::new());
    }
}
