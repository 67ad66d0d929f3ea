//! From worlds to answers: by whose doing a frame would have arrived.

use std::collections::{BTreeMap, BTreeSet};

use super::lines;
use super::worlds::{Healed, Worlds};
use crate::check::{Answers, Group, TenantAnswer};
use crate::contract::{Owner, deviations};
use crate::record::Record;
use crate::scenario::{Expanded, Plan};

/// For so many suspects every subset is tried.
const EVERY_SUBSET: usize = 4;

/// A frame: its flow, by its place in the plan, and its number. A healed world has the same flows.
pub(super) type FrameId = (usize, u64);

/// Asks who answers for what was lost and went astray in a run of this scenario: of every tenant, or of
/// those that are named. `jobs`: on so many threads; the answers do not depend on it.
///
/// # Errors
/// The scenario cannot be run; the text says why.
pub fn ask(
    expanded: &Expanded,
    plan: &Plan,
    record: &Record,
    whom: Option<&BTreeSet<String>>,
    jobs: usize,
) -> Result<Answers, String> {
    let mut worlds = Worlds::new(expanded, plan, deviations(expanded, plan, record), jobs)?;
    let mut answers = Answers::default();
    let names: Vec<&str> = plan.tenants.iter().map(|tenant| tenant.name.as_str()).collect();
    for asker in names
        .into_iter()
        .filter(|name| whom.is_none_or(|whom| whom.contains(*name)))
    {
        let asked = Asked::new(&worlds, asker);
        if !asked.harmed.is_empty() {
            let answer = asked.answer(&mut worlds);
            answers.tenants.insert(asker.to_owned(), answer);
        }
    }
    answers.worlds = worlds.count();
    answers.partners = plan
        .accounts
        .iter()
        .filter(|account| account.role == crate::scenario::plan::Role::Partner)
        .count();
    Ok(answers)
}

/// Who is asked about, and whom it may be.
pub(super) struct Asked<'a> {
    pub asker: &'a str,
    /// Every frame of the asker's that was lost or went astray.
    pub harmed: BTreeSet<FrameId>,
    lost: u64,
    astray: u64,
}

impl<'a> Asked<'a> {
    fn new(worlds: &Worlds<'_>, asker: &'a str) -> Self {
        let all = worlds.fates(&Healed::new()).iter().enumerate();
        let (mut harmed, mut lost, mut astray) = (BTreeSet::new(), 0, 0);
        for (at, flow) in all.filter(|(_, flow)| flow.tenant == asker) {
            harmed.extend(flow.harmed().numbers().map(|seq| (at, seq)));
            lost += flow.lost();
            astray += flow.astray();
        }
        Self {
            asker,
            harmed,
            lost,
            astray,
        }
    }

    fn answer(&self, worlds: &mut Worlds<'_>) -> TenantAnswer {
        let suspects = Suspects::of(worlds, self.asker);
        let mut left = self.harmed.clone();
        let mut saved: BTreeMap<FrameId, Vec<Vec<Owner>>> = BTreeMap::new();
        for size in suspects.sizes() {
            if left.is_empty() {
                break;
            }
            self.try_all(worlds, suspects.sets(size), &mut left, &mut saved);
        }
        // What nobody could have saved, and the sender would not have sent within what it bought, is its own.
        let own = Owner::Load(self.asker.to_owned());
        if !left.is_empty() && suspects.owners.contains(&own) {
            let world = of_owners(worlds, std::slice::from_ref(&own));
            worlds.need(std::slice::from_ref(&world));
            let withheld: Vec<FrameId> = left
                .iter()
                .filter(|frame| Self::is_withheld(worlds, &world, frame))
                .copied()
                .collect();
            for frame in withheld {
                left.remove(&frame);
                saved.insert(frame, vec![vec![own.clone()]]);
            }
        }
        // What is left may be what the contract allows.
        let allowed = suspects.allowed.clone();
        let everything: Vec<Owner> = suspects.owners.iter().cloned().chain(allowed.clone()).collect();
        let contract = allowed.map(|contract| vec![contract]);
        if let Some(contract) = contract.filter(|_| !left.is_empty()) {
            self.try_all(worlds, vec![contract], &mut left, &mut saved);
            if !left.is_empty() && everything.len() > 1 {
                self.try_all(worlds, vec![everything], &mut left, &mut saved);
            }
        }
        let mut groups: BTreeMap<Vec<Vec<Owner>>, BTreeSet<FrameId>> = BTreeMap::new();
        for frame in &self.harmed {
            let sets = saved.get(frame).cloned().unwrap_or_default();
            groups.entry(sets).or_default().insert(*frame);
        }
        let mut groups: Vec<Group> = groups
            .into_iter()
            .map(|(sets, frames)| self.group(worlds, sets, &frames))
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.frames));
        TenantAnswer {
            lost: self.lost,
            astray: self.astray,
            groups,
            tried: suspects.owners,
        }
    }

    /// Runs the worlds of these sets of owners, and takes from `left` what any of them saves.
    fn try_all(
        &self,
        worlds: &mut Worlds<'_>,
        sets: Vec<Vec<Owner>>,
        left: &mut BTreeSet<FrameId>,
        saved: &mut BTreeMap<FrameId, Vec<Vec<Owner>>>,
    ) {
        let healed: Vec<Healed> = sets.iter().map(|set| of_owners(worlds, set)).collect();
        worlds.need(&healed);
        let mut found = BTreeSet::new();
        for (set, world) in sets.into_iter().zip(&healed) {
            if !self.helps(worlds, world) {
                continue;
            }
            for frame in left.iter().filter(|frame| self.is_saved(worlds, world, frame)) {
                saved.entry(*frame).or_default().push(set.clone());
                found.insert(*frame);
            }
        }
        left.retain(|frame| !found.contains(frame));
    }

    /// Is the frame sent, and neither lost nor astray, in this world?
    pub(super) fn is_saved(&self, worlds: &Worlds<'_>, world: &Healed, (flow, seq): &FrameId) -> bool {
        let Some(fates) = worlds.fates(world).get(*flow) else {
            return false;
        };
        fates.is_offered(*seq) && !fates.is_harmed(*seq)
    }

    /// Does this world explain the frame's loss?
    pub(super) fn is_explained(&self, worlds: &Worlds<'_>, world: &Healed, frame: &FrameId) -> bool {
        self.is_saved(worlds, world, frame) || Self::is_withheld(worlds, world, frame)
    }

    /// Is the frame more than its sender bought, so that this world does not send it?
    fn is_withheld(worlds: &Worlds<'_>, world: &Healed, (flow, seq): &FrameId) -> bool {
        let fates = worlds.fates(world).get(*flow);
        fates.is_some_and(|fates| !fates.is_offered(*seq) && is_capped(worlds, world, &fates.name))
    }

    /// Does a world save more of the asker's frames than it newly loses?
    fn helps(&self, worlds: &Worlds<'_>, world: &Healed) -> bool {
        let saved = self
            .harmed
            .iter()
            .filter(|frame| self.is_saved(worlds, world, frame))
            .count() as u64;
        saved > self.newly_lost(worlds, world)
    }

    /// Frames that were not harmed before, and are in this world.
    pub(super) fn newly_lost(&self, worlds: &Worlds<'_>, world: &Healed) -> u64 {
        let before = worlds.fates(&Healed::new());
        let pairs = worlds.fates(world).iter().zip(before);
        let mut newly = 0;
        for (flow, was) in pairs.filter(|(flow, _)| flow.tenant == self.asker) {
            let harmed = flow.harmed();
            newly += harmed
                .numbers()
                .filter(|seq| was.is_offered(*seq) && !was.is_harmed(*seq))
                .count() as u64;
        }
        newly
    }

    fn group(&self, worlds: &mut Worlds<'_>, sets: Vec<Vec<Owner>>, frames: &BTreeSet<FrameId>) -> Group {
        let mut flows: BTreeMap<String, u64> = BTreeMap::new();
        for (flow, _) in frames {
            let name = &worlds.fates(&Healed::new())[*flow].name;
            *flows.entry(name.clone()).or_default() += 1;
        }
        let withheld = |set: &Vec<Owner>| {
            let world = of_owners(worlds, set);
            let sent = |(flow, seq): &&FrameId| {
                let fates = worlds.fates(&world).get(*flow);
                fates.is_some_and(|fates| fates.is_offered(*seq))
            };
            frames.iter().filter(|frame| !sent(frame)).count() as u64
        };
        let withheld = sets.first().map_or(0, withheld);
        let causes = sets
            .iter()
            .map(|set| lines::smallest(self, worlds, set, frames))
            .collect();
        Group {
            frames: frames.len() as u64,
            flows,
            withheld,
            causes,
            sets,
        }
    }
}

/// Does this world cap the flow at what was bought?
fn is_capped(worlds: &Worlds<'_>, world: &Healed, flow: &str) -> bool {
    world.iter().any(|at| {
        let deviation = &worlds.deviations[*at];
        matches!(&deviation.owner, Owner::Load(_)) && deviation.place == flow
    })
}

/// Every deviation of these owners.
pub(super) fn of_owners(worlds: &Worlds<'_>, owners: &[Owner]) -> Healed {
    let all = worlds.deviations.iter().enumerate();
    all.filter(|(_, deviation)| owners.contains(&deviation.owner))
        .map(|(at, _)| at)
        .collect()
}

/// Owners that may have done it.
struct Suspects {
    owners: Vec<Owner>,
    /// What the contract allows, where there is any of it.
    allowed: Option<Owner>,
}

impl Suspects {
    fn of(worlds: &Worlds<'_>, asker: &str) -> Self {
        let all: BTreeSet<&Owner> = worlds.deviations.iter().map(|deviation| &deviation.owner).collect();
        let concerned = |owner: &&&Owner| owner.concerns(asker) && ***owner != Owner::Contract;
        Self {
            owners: all.iter().filter(concerned).map(|owner| (*owner).clone()).collect(),
            allowed: all.contains(&Owner::Contract).then_some(Owner::Contract),
        }
    }

    /// Sizes of the sets that are tried, the smallest first.
    fn sizes(&self) -> Vec<usize> {
        let many = self.owners.len();
        match many <= EVERY_SUBSET {
            true => (1..=many).collect(),
            false => vec![1, 2, many],
        }
    }

    /// Every set of so many owners.
    fn sets(&self, size: usize) -> Vec<Vec<Owner>> {
        fn choose(from: &[Owner], size: usize) -> Vec<Vec<Owner>> {
            match (size, from.split_first()) {
                (0, _) => vec![Vec::new()],
                (_, None) => Vec::new(),
                (_, Some((first, rest))) => {
                    let with = choose(rest, size - 1).into_iter().map(|mut set| {
                        set.insert(0, first.clone());
                        set
                    });
                    with.chain(choose(rest, size)).collect()
                }
            }
        }
        choose(&self.owners, size)
    }
}
