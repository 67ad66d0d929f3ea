//! Runs the rows: every row at every port that it is for, on a few threads, joined in order.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::attempt::{Attempt, attempt};
use super::bound;
use super::cause::Explanation;
use super::classes::{self, Class};
use super::culprit;
use super::done::{Done, NO_PORT, asked};
use super::drive;
use super::explain::{admitted, blame, consequence, explain};
use super::judge::{Finding, Flaw, Outcome, Spot};
use super::matrix::{Cell, Matrix, MatrixRow, Sums};
use super::minimise::hunt;
use super::options::{MILLION, Options, within_budget};
use super::pics::Declared;
use super::report::{ClassReport, DeviceReport, FindingReport, IsolationReport, RowReport};
use super::rows::{At, How, NOT_TESTABLE, ROWS, Role, Vector};
use super::story::Story;
use super::testbed::{TestPortKind, Testbed};
use super::trial::{Sender, Trial};
use crate::check::{Verdict, assumed_of_attach};
use crate::ident::TenantId;
use crate::node::AnySwitch;
use crate::scenario::{Expanded, Plan};
use crate::study::pool::in_order;

mod explained;

pub(super) use explained::spot;

/// Tenants whose stories one piece of work tells.
const CREW: usize = 4;

/// Random frames of one trial.
const OF_A_TRIAL: usize = 20_000;

/// Every row: id, title, and why it does not apply here, where it cannot.
pub fn list() -> Vec<(&'static str, &'static str, &'static str)> {
    let reason = |row: &Vector| match row.how {
        How::NotApplicable(reason) => reason,
        _ => "",
    };
    ROWS.iter().map(|row| (row.id, row.title, reason(row))).collect()
}

/// A piece of work: a row at one port, or its whole story.
#[derive(Clone, Copy)]
struct Unit {
    row: usize,
    from: Option<Sender>,
    /// The attackers that a story is of: the first, and how many.
    crew: (usize, usize),
}

/// What a smallest case was told of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Cause(usize),
    Way((Flaw, TenantId, Spot)),
}

struct Suite<'a> {
    bed: Testbed,
    switches: Vec<AnySwitch>,
    /// The same with free ports as devices have them, for rows that ask those.
    open: Option<(Testbed, Vec<AnySwitch>)>,
    attackers: Vec<TenantId>,
    /// Who is like whom, where one attacks for many.
    classes: Vec<Class>,
    /// Places of the tenants that are controlled in every trial.
    controlled: Vec<usize>,
    random: u32,
    options: &'a Options,
    declared: Declared,
    /// Is every trial kept that showed a flaw, to find its cause?
    keeps: bool,
}

/// Runs the suite on a plan. `progress` hears how many pieces of work are done, of how many.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn run(
    plan: &Plan,
    options: &Options,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<IsolationReport, String> {
    let suite = Suite::new(plan, options)?;
    let units = suite.units(options);
    let done = suite.work(&units, progress);
    let mut report = suite.report(&units, &done, None);
    report.assumed = assumed_of_attach(plan);
    Ok(report)
}

/// The same, and the cause of everything that is wrong: what of the scenario has to change so that it is not.
///
/// # Errors
/// As [`run`].
pub fn run_and_explain(
    expanded: &Expanded,
    plan: &Plan,
    options: &Options,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<IsolationReport, String> {
    let mut suite = Suite::new(plan, options)?;
    suite.keeps = true;
    let units = suite.units(options);
    let done = suite.work(&units, progress);
    let explanation = suite.explain(expanded, plan, &units, &done)?;
    let mut report = suite.report(&units, &done, explanation);
    report.assumed = assumed_of_attach(plan);
    Ok(report)
}

/// Frames that the generators make for a plan's rows, by row's id and port.
pub type Frames = Vec<(&'static str, String, Vec<Vec<u8>>)>;

/// Every frame that the rows of frames generate for a plan.
///
/// # Errors
/// As [`run`].
pub fn frames(plan: &Plan, options: &Options) -> Result<Frames, String> {
    let suite = Suite::new(plan, options)?;
    let made = suite.units(options).into_iter().filter_map(|unit| {
        let (row, from) = (&ROWS[unit.row], unit.from?);
        let controlled = suite.controlled(unit);
        let story = suite.story(unit, &controlled);
        let How::Frames(_, make) = row.how else { return None };
        let octets = story.shots(from, make).into_iter().map(|s| s.octets).collect();
        Some((row.id, from.name(&suite.bed), octets))
    });
    Ok(made.collect())
}

impl<'a> Suite<'a> {
    fn new(plan: &Plan, options: &'a Options) -> Result<Self, String> {
        let bed = Testbed::new(plan)?;
        let switches = drive::switches(&bed);
        let tenants = bed.live_tenants();
        let attack = options.attackers.unwrap_or_else(|| within_budget(tenants.len()));
        let (classes, attackers) = if options.is_by_class(tenants.len()) {
            let classes = classes::of(plan, &bed, &tenants)?;
            let attackers = classes::stand_ins(&classes, &tenants, attack, options.least());
            (classes, attackers)
        } else {
            (Vec::new(), tenants.iter().take(attack).copied().collect())
        };
        let watched = &tenants[..options.controlled.min(tenants.len())];
        let controlled = bed.live().filter(|(_, p)| watched.contains(&p.owner)).map(|(i, _)| i);
        let open = Testbed::with_open_ports(plan)?.map(|bed| {
            let switches = drive::switches(&bed);
            (bed, switches)
        });
        let mut suite = Self {
            open,
            controlled: controlled.collect(),
            bed,
            switches,
            attackers,
            classes,
            declared: options.declared.over(plan),
            random: 0,
            options,
            keeps: false,
        };
        let ports = u32::try_from(suite.sources(At::Both).len()).unwrap_or(u32::MAX);
        suite.random = options.random.unwrap_or_else(|| MILLION.div_ceil(ports.max(1)));
        Ok(suite)
    }

    /// Places whose good frames are controls of a piece of work: those of the controlled tenants,
    /// and the attackers' own.
    fn controlled(&self, unit: Unit) -> Vec<usize> {
        let owner = match unit.from {
            Some(Sender::TestPort(place)) => Some(self.bed.places[place].owner),
            _ => None,
        };
        let crew = self.crew(unit);
        let own = self
            .bed
            .live()
            .filter(|(_, p)| owner == Some(p.owner) || crew.contains(&p.owner));
        let mut all: Vec<usize> = own.map(|(i, _)| i).chain(self.controlled.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn crew(&self, unit: Unit) -> &[TenantId] {
        let (first, many) = unit.crew;
        &self.attackers[first..first + many]
    }

    fn story<'s>(&'s self, unit: Unit, controlled: &'s [usize]) -> Story<'s> {
        Story {
            bed: self.bed_of(unit.row).0,
            declared: &self.declared,
            attackers: self.crew(unit),
            controlled,
            random: self.random,
        }
    }

    fn sources(&self, at: At) -> Vec<Sender> {
        let tenant = self.bed.live().filter(|(_, p)| self.attackers.contains(&p.owner));
        let tenant = tenant.map(|(i, _)| Sender::TestPort(i));
        let wire = (0..self.bed.trunks.len()).flat_map(|i| [Sender::Wire(i, false), Sender::Wire(i, true)]);
        let free = self.bed.places.iter().enumerate();
        let free =
            free.filter(|(_, p)| p.kind == TestPortKind::Free || (p.kind == TestPortKind::Vbr && p.service.is_none()));
        match at {
            At::Tenant => tenant.collect(),
            At::Wire => wire.collect(),
            At::Both => tenant.chain(wire).collect(),
            At::Free => free.map(|(i, _)| Sender::TestPort(i)).take(64).collect(),
        }
    }

    fn units(&self, options: &Options) -> Vec<Unit> {
        let mut units = Vec::new();
        for (row, what) in ROWS.iter().enumerate().filter(|(_, row)| options.wants(row)) {
            match what.how {
                How::Frames(at, _) => {
                    let unit = |from| Unit {
                        row,
                        from: Some(from),
                        crew: (0, 0),
                    };
                    units.extend(self.sources(at).into_iter().map(unit));
                }
                How::Story(_) => {
                    let crews = (0..self.attackers.len().max(1)).step_by(CREW);
                    let crews = crews.take(if what.role == Role::Devices { 1 } else { usize::MAX });
                    units.extend(crews.map(|first| Unit {
                        row,
                        from: None,
                        crew: (first, CREW.min(self.attackers.len() - first)),
                    }));
                }
                _ => units.push(Unit {
                    row,
                    from: None,
                    crew: (0, 0),
                }),
            }
        }
        units
    }

    fn work(&self, units: &[Unit], progress: &(dyn Fn(usize, usize) + Sync)) -> Vec<Done> {
        let one = |unit: &Unit| {
            catch_unwind(AssertUnwindSafe(|| self.unit(*unit))).unwrap_or_else(|_| Done {
                broken: Some("the tester failed; please report it with the scenario".to_owned()),
                ..Done::default()
            })
        };
        in_order(self.options.jobs, units, one, |_, done| progress(done, units.len()))
    }

    fn unit(&self, unit: Unit) -> Done {
        let controlled = self.controlled(unit);
        let story = self.story(unit, &controlled);
        match (ROWS[unit.row].how, unit.from) {
            (How::Frames(_, make), Some(from)) => match story.shots(from, make) {
                shots if shots.is_empty() => Done::nothing(NO_PORT),
                shots => {
                    let mut shots = shots.into_iter().peekable();
                    let next = || {
                        shots
                            .peek()
                            .is_some()
                            .then(|| shots.by_ref().take(OF_A_TRIAL).collect())
                    };
                    self.trials(unit.row, std::iter::from_fn(next).map(|some| story.trial(from, some)))
                }
            },
            (How::Story(tell), _) => match tell(&story) {
                Ok(trials) => self.trials(unit.row, trials.into_iter()),
                Err(nothing) => Done::nothing(nothing),
            },
            (How::Asks(ask), _) => asked(&ask(&story), story.bed),
            (How::NotApplicable(reason), _) => Done::nothing(reason),
            (How::Frames(..), None) => Done::nothing(NO_PORT),
        }
    }

    /// Where a row is tried: ports that nobody configured are asked as their devices have them.
    fn bed_of(&self, row: usize) -> (&Testbed, &[AnySwitch]) {
        match (&self.open, ROWS[row].how) {
            (Some((bed, switches)), How::Frames(At::Free, _)) => (bed, switches),
            _ => (&self.bed, &self.switches),
        }
    }

    fn trials(&self, row: usize, trials: impl Iterator<Item = Trial>) -> Done {
        let mut done = Done::default();
        // What another bed shows has no cause in the scenario's own.
        let own = std::ptr::eq(self.bed_of(row).0, &self.bed);
        for trial in trials.filter(|t| t.attacks() > 0) {
            match self.trial(row, &trial) {
                Ok(outcome) => {
                    let leaks = outcome
                        .findings
                        .iter()
                        .any(|f| matches!(f.flaw, Flaw::Leak | Flaw::Stray));
                    let kept = leaks || self.keeps && !outcome.findings.is_empty();
                    done.outcomes.push((outcome, (own && kept).then(|| Box::new(trial))));
                }
                Err(broken) => done.broken = Some(broken),
            }
        }
        done
    }

    fn trial(&self, row: usize, trial: &Trial) -> Result<Outcome, String> {
        let (bed, switches) = self.bed_of(row);
        let Attempt { mut outcome, reference } = attempt(bed, switches, &self.declared, trial)?;
        if let Some(run) = &reference {
            culprit::find(bed, switches, trial, run, &mut outcome)?;
        }
        Ok(outcome)
    }

    fn report(&self, units: &[Unit], done: &[Done], explanation: Option<Explanation>) -> IsolationReport {
        let mut rows: Vec<RowReport> = Vec::new();
        let mut sums = Sums::default();
        let mut digest = 0;
        let mut left = self.options.minimised;
        let mut told: Vec<Told> = Vec::new();
        let mut at = 0;
        while at < units.len() {
            let end = at + units[at..].iter().take_while(|u| u.row == units[at].row).count();
            let row = self.row(
                units[at].row,
                &done[at..end],
                &mut left,
                &mut told,
                explanation.as_ref(),
            );
            for (outcome, _) in done[at..end].iter().flat_map(|d| &d.outcomes) {
                digest = xxh3_64_with_seed(&outcome.digest.to_le_bytes(), digest);
                sums.heard.extend(&outcome.heard);
                outcome
                    .tried
                    .iter()
                    .for_each(|(t, n)| *sums.tried.entry(*t).or_default() += n);
                outcome
                    .leaks
                    .iter()
                    .for_each(|(k, n)| *sums.leaks.entry(*k).or_default() += n);
            }
            rows.push(row);
            at = end;
        }
        self.existing(&mut sums);
        IsolationReport {
            name: self.bed.name.clone(),
            seed: self.bed.seed,
            profiles: self.bed.profiles().iter().map(|p| p.as_str()).collect(),
            devices: self.bed.devices.iter().map(|d| self.device(d)).collect(),
            tenants: (
                self.bed.live_tenants().len(),
                self.attackers.len(),
                self.tenants_controlled(),
            ),
            classes: self.classes(),
            ports: self.bed.places.len(),
            verdict: global(&rows),
            matrix: self.matrix(&sums),
            not_testable: NOT_TESTABLE
                .iter()
                .filter(|(id, ..)| rows.iter().any(|r| r.id == *id))
                .copied()
                .collect(),
            rows,
            assumed: None,
            causes: explanation.map(|explanation| explanation.causes),
            digest,
        }
    }

    fn classes(&self) -> Vec<ClassReport> {
        let report = |class: &Class| {
            let first = class.first()?;
            Some(ClassReport {
                representative: self.bed.tenant(*first).to_owned(),
                attacks: self.attackers.contains(first),
                tenants: class.len(),
                ports: self
                    .bed
                    .live()
                    .filter(|(_, p)| class.binary_search(&p.owner).is_ok())
                    .count(),
            })
        };
        let mut all: Vec<ClassReport> = self.classes.iter().filter_map(report).collect();
        all.sort_by_key(|class| std::cmp::Reverse(class.tenants));
        all
    }

    fn tenants_controlled(&self) -> usize {
        let always = self.controlled.iter().map(|p| self.bed.places[*p].owner);
        let mut owners: Vec<TenantId> = always.chain(self.attackers.iter().copied()).collect();
        owners.sort_unstable();
        owners.dedup();
        owners.len()
    }

    fn device(&self, device: &super::testbed::Device) -> DeviceReport {
        let profile = device.tables.profile;
        DeviceReport {
            name: device.name.clone(),
            kind: device.kind,
            profile: profile.as_str(),
            quirk: device.quirk.map(|q| q.as_str()),
            pics: self.declared.pics(&device.name, profile).list(),
        }
    }

    fn row(
        &self,
        at: usize,
        done: &[Done],
        left: &mut usize,
        told: &mut Vec<Told>,
        explanation: Option<&Explanation>,
    ) -> RowReport {
        let row = &ROWS[at];
        let outcomes = || done.iter().flat_map(|d| &d.outcomes);
        let verdicts = outcomes().filter_map(|(o, _)| o.verdict);
        let mut verdict = verdicts.fold(Verdict::NotApplicable, Verdict::join);
        let mut reason = outcomes()
            .find(|(o, _)| o.verdict == Some(verdict))
            .map_or(String::new(), |(o, _)| o.reason.clone());
        if verdict == Verdict::NotApplicable {
            reason = done
                .iter()
                .map(|d| d.nothing)
                .find(|n| !n.is_empty())
                .unwrap_or_default()
                .to_owned();
            if let Some(asked) = done.iter().find(|d| !d.note.is_empty()) {
                (verdict, reason) = (Verdict::Pass, asked.note.clone());
            }
        }
        if let Some(broken) = done.iter().find_map(|d| d.broken.clone()) {
            (verdict, reason) = (Verdict::Error, broken);
        }
        let frames = outcomes().flat_map(|(o, _)| o.tried.values()).sum();
        let leaks: u64 = outcomes().flat_map(|(o, _)| o.leaks.values()).sum();
        let sums = outcomes().fold((0, 0), |(a, b), (o, _)| (a + o.controls.0, b + o.controls.1));
        let independent = row.role == Role::Random && leaks == 0 && verdict == Verdict::Pass;
        RowReport {
            id: row.id,
            group: row.group(),
            title: row.title,
            verdict,
            reason,
            frames,
            trials: outcomes().count() as u64,
            controls: sums,
            findings: self.findings(at, done, left, told, explanation),
            bound_ppb: bound::none_of(frames).filter(|_| independent),
        }
    }

    fn findings(
        &self,
        row: usize,
        done: &[Done],
        left: &mut usize,
        told: &mut Vec<Told>,
        explanation: Option<&Explanation>,
    ) -> Vec<FindingReport> {
        // One line for each flaw, tenant and spot of a row, over all its trials.
        let mut all: BTreeMap<(Flaw, TenantId, Spot), (Finding, Option<&Trial>)> = BTreeMap::new();
        for (outcome, trial) in done.iter().flat_map(|d| &d.outcomes) {
            for finding in &outcome.findings {
                let key = finding.way();
                match all.get_mut(&key) {
                    Some((first, _)) => {
                        first.count += finding.count;
                    }
                    None => {
                        all.insert(key, (finding.clone(), trial.as_deref()));
                    }
                }
            }
        }
        let report = |(key, (finding, trial)): ((Flaw, TenantId, Spot), (Finding, Option<&Trial>))| {
            let cause = explanation.and_then(|all| all.of.get(&(row, key.0, key.1, key.2)).copied());
            // Of each cause one case; of what has none, one of each kind.
            let kind = cause.map_or(Told::Way(key), Told::Cause);
            let fresh = !told.contains(&kind) && *left > 0 && matches!(key.0, Flaw::Leak | Flaw::Stray);
            let case = trial
                .filter(|_| fresh)
                .and_then(|t| hunt(&self.bed, &self.switches, t, &finding));
            if fresh {
                told.push(kind);
                *left -= 1;
            }
            FindingReport {
                flaw: finding.flaw,
                tenant: self.bed.tenant(finding.tenant).to_owned(),
                from: finding.from.name(&self.bed),
                at: spot(&self.bed, finding.spot),
                cause,
                count: finding.count,
                consequence: consequence(&self.bed, &finding),
                minimal: case.as_ref().map(|c| c.minimal(&self.bed)),
                explained: {
                    let hop = case.as_ref().and_then(|c| explain(&self.bed, c, &finding));
                    admitted(&self.bed, &finding, hop.or_else(|| blame(&self.bed, &finding)))
                },
                sent: finding.sent,
                got: finding.got,
                text: finding.text,
            }
        };
        all.into_iter().map(report).collect()
    }

    /// How many frames all rows of frames have for each tenant, whatever was asked for.
    fn existing(&self, sums: &mut Sums) {
        if self.options.vectors.is_empty() {
            sums.existing = sums.tried.clone();
            return;
        }
        for unit in self.units(&Options::default()) {
            let (How::Frames(_, make), Some(from)) = (ROWS[unit.row].how, unit.from) else {
                continue;
            };
            if ROWS[unit.row].role == Role::Random {
                // Their number is known; whose they are on a wire, only who makes them can say.
                let owner = match from {
                    Sender::TestPort(place) => self.bed.places[place].owner,
                    Sender::Wire(..) => TenantId::NONE,
                };
                *sums.existing.entry(owner).or_default() += u64::from(self.random);
                continue;
            }
            let story = self.story(unit, &[]);
            for shot in story.shots(from, make) {
                *sums.existing.entry(shot.tenant).or_default() += 1;
            }
        }
        for (tenant, tried) in &sums.tried {
            let existing = sums.existing.entry(*tenant).or_default();
            *existing = (*existing).max(*tried);
        }
    }

    fn matrix(&self, sums: &Sums) -> Matrix {
        let cell = |tenant: TenantId, place: usize| Cell {
            leaks: sums.leaks.get(&(tenant, place)).copied().unwrap_or(0),
            own: self.bed.places[place].owner == tenant && tenant.is_some(),
            controlled: sums.heard.contains(&place) || self.bed.places[place].kind == TestPortKind::Free,
        };
        let row = |(tenant, tried): (&TenantId, &u64)| MatrixRow {
            from: match tenant.is_some() {
                true => self.bed.tenant(*tenant).to_owned(),
                false => "(no tenant's VLAN)".to_owned(),
            },
            tried: *tried,
            existing: sums.existing.get(tenant).copied().unwrap_or(*tried),
            cells: (0..self.bed.places.len()).map(|place| cell(*tenant, place)).collect(),
        };
        Matrix {
            ports: self.bed.places.iter().map(|p| p.name.clone()).collect(),
            // A tenant that a story invents stands in no matrix.
            rows: (sums.tried.iter())
                .filter(|(t, _)| !t.is_some() || t.index() < self.bed.tenants.len())
                .map(row)
                .collect(),
        }
    }
}

/// FAIL where anything failed; else INCONC where anything could not be told, or the tester itself
/// failed; else PASS. What does not apply changes nothing; where nothing applies, nothing was told.
fn global(rows: &[RowReport]) -> Verdict {
    let has = |verdict: Verdict| rows.iter().any(|r| r.verdict == verdict);
    let unknown = [Verdict::Inconc, Verdict::Error, Verdict::NotTestable];
    if has(Verdict::Fail) {
        Verdict::Fail
    } else if unknown.into_iter().any(has) || !has(Verdict::Pass) {
        Verdict::Inconc
    } else {
        Verdict::Pass
    }
}
