//! What a trial came to: every frame against what should have become of it, every control, and
//! everything of the others against the run without the attack.

use std::collections::{BTreeMap, BTreeSet};

use super::drive::Ended;
use super::form;
use super::pics::Declared;
use super::state;
use super::testbed::Testbed;
use super::trial::{Expect, Purpose, Sender, Sending, Trial};
use super::watch::Arrival;
use crate::check::Verdict;
use crate::forward::PortRole;
use crate::ident::{PortNo, TenantId};
use crate::units::SimDuration;
use crate::wire::Vid;

/// What is wrong with what was seen, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// A frame came to a port of another.
    Leak,
    /// A frame was sent in a VLAN that is not its tenant's.
    Stray,
    /// State of another differs from the run without the attack.
    State,
    /// Another's frame was lost that arrives without the attack.
    Disturbed,
    /// Another's frame was later than it may be.
    Late,
    /// What had to be refused was granted.
    Granted,
    /// The fault that was planted was not noticed.
    Unnoticed,
    /// A frame came that nobody should have got, to its own tenant.
    Delivered,
    /// A frame came back to where it was sent from.
    Reflected,
    /// A frame came twice.
    Doubled,
    /// What came is not what was sent.
    Mangled,
    /// A frame did not come that should have.
    Lost,
    /// A counter is not what came.
    Miscounted,
    /// More of a tenant's load passed than its bandwidth profile admits.
    Unpoliced,
    /// A frame left untagged with an inner tag in front, where the device declares that none does.
    Exposed,
    /// A device has learned more addresses than its limit admits.
    Overfull,
}

impl Flaw {
    /// The flaw as reports print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::Stray => "wrong VLAN",
            Self::State => "state",
            Self::Disturbed => "disturbed",
            Self::Late => "late",
            Self::Granted => "granted",
            Self::Unnoticed => "unnoticed",
            Self::Delivered => "delivered",
            Self::Reflected => "reflected",
            Self::Doubled => "doubled",
            Self::Mangled => "mangled",
            Self::Lost => "lost",
            Self::Miscounted => "miscounted",
            Self::Unpoliced => "unpoliced",
            Self::Exposed => "exposed",
            Self::Overfull => "overfull",
        }
    }
}

/// Where a flaw showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// At a place.
    TestPort(usize),
    /// Where a device sent it, in the VLAN of this tenant.
    Port(usize, PortNo, TenantId),
    /// In a device.
    Device(usize, TenantId),
    /// Nowhere in particular.
    Nowhere,
}

/// Frames with one flaw at one spot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub flaw: Flaw,
    /// Whose frame it was.
    pub tenant: TenantId,
    /// Where it was sent from.
    pub from: Sender,
    /// Where it showed.
    pub spot: Spot,
    /// The first of them, by its number in the trial.
    pub number: Option<usize>,
    /// What was sent.
    pub sent: Vec<u8>,
    /// What came.
    pub got: Vec<u8>,
    /// What there is to say of the first.
    pub text: String,
    /// How many there are.
    pub count: u64,
    /// The device that dropped the first one, where one did.
    pub dropped: Option<usize>,
}

impl Finding {
    /// What makes two findings one: the flaw, whose frame, and where.
    pub(super) const fn way(&self) -> (Flaw, TenantId, Spot) {
        (self.flaw, self.tenant, self.spot)
    }
}

/// What a trial came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The verdict, and why, where it is no PASS.
    pub verdict: Option<Verdict>,
    /// Why it could not be told.
    pub reason: String,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// Frames of the vector, by tenant.
    pub tried: BTreeMap<TenantId, u64>,
    /// Leaks, by tenant and place.
    pub leaks: BTreeMap<(TenantId, usize), u64>,
    /// Controls sent and arrived.
    pub controls: (u64, u64),
    /// Places where a good frame of their owner arrived.
    pub heard: BTreeSet<usize>,
    /// The digest of what happened.
    pub digest: u64,
}

struct Judge<'a> {
    bed: &'a Testbed,
    declared: &'a Declared,
    trial: &'a Trial,
    ended: &'a Ended,
    /// Arrivals by the frame's number.
    came: Vec<Vec<&'a Arrival>>,
    found: BTreeMap<(Flaw, TenantId, Spot), Finding>,
    out: Outcome,
}

fn by_number<'a>(trial: &Trial, ended: &'a Ended) -> Vec<Vec<&'a Arrival>> {
    let mut came: Vec<Vec<&Arrival>> = trial.sendings.iter().map(|_| Vec::new()).collect();
    for arrival in &ended.watch.arrivals {
        if let Some(list) = came.get_mut(arrival.number) {
            list.push(arrival);
        }
    }
    came
}

/// Judges a trial; `reference` is the same trial without the attack.
pub fn judge(
    bed: &Testbed,
    declared: &Declared,
    trial: &Trial,
    ended: &Ended,
    reference: Option<(&Trial, &Ended)>,
) -> Outcome {
    let mut judge = Judge {
        bed,
        declared,
        trial,
        ended,
        came: by_number(trial, ended),
        found: BTreeMap::new(),
        out: Outcome {
            digest: ended.digest,
            ..Outcome::default()
        },
    };
    for (number, sending) in trial.sendings.iter().enumerate() {
        judge.frame(number, sending);
    }
    judge.strays();
    let lost = judge.controls(reference);
    if let Some((plan, run)) = reference {
        judge.bystanders(plan, run);
        if trial.compare.is_some_and(|c| c.state) {
            judge.state(run);
        }
    }
    judge.databases();
    if trial.counted {
        judge.counters();
    }
    if let Some(most) = trial.most {
        judge.load(most);
    }
    judge.finish(&lost)
}

impl Judge<'_> {
    fn owner(&self, place: usize) -> TenantId {
        let given = self.trial.owners.iter().find(|(p, _)| *p == place);
        given.map_or(self.bed.places[place].owner, |(_, owner)| *owner)
    }

    fn note(&mut self, flaw: Flaw, number: Option<usize>, spot: Spot, got: &[u8], text: impl FnOnce() -> String) {
        let sending = number.and_then(|n| self.trial.sendings.get(n));
        let tenant = sending.map_or(self.trial.attacker, |s| s.tenant);
        let from = sending.map_or(self.trial.from, |s| s.from);
        let drop = number.and_then(|n| self.ended.watch.drops.get(n).copied().flatten());
        let dropped = drop.and_then(|(station, _)| self.ended.watch.device(station.as_node()?));
        let finding = self.found.entry((flaw, tenant, spot)).or_insert_with(|| Finding {
            flaw,
            tenant,
            from,
            spot,
            number,
            sent: sending.map_or(Vec::new(), |s| s.octets.clone()),
            got: got.to_vec(),
            text: text(),
            count: 0,
            dropped,
        });
        finding.count += 1;
    }

    /// One frame: where it came, how often, and how.
    fn frame(&mut self, number: usize, sending: &Sending) {
        if sending.purpose == Purpose::Attack {
            *self.out.tried.entry(sending.tenant).or_default() += 1;
        }
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut own = 0;
        for arrival in self.came[number].clone() {
            let spot = Spot::TestPort(arrival.place);
            let got = &arrival.octets;
            let owner = self.owner(arrival.place);
            if owner != sending.tenant || !owner.is_some() {
                *self.out.leaks.entry((sending.tenant, arrival.place)).or_default() += 1;
                self.note(Flaw::Leak, Some(number), spot, got, String::new);
                continue;
            }
            if sending.from == Sender::TestPort(arrival.place) {
                self.note(Flaw::Reflected, Some(number), spot, got, String::new);
                continue;
            }
            own += 1;
            if matches!(sending.purpose, Purpose::Control(_)) {
                self.out.heard.insert(arrival.place);
            }
            if !seen.insert(arrival.place) {
                self.note(Flaw::Doubled, Some(number), spot, got, String::new);
            }
            let elsewhere = matches!(sending.expect, Expect::Only(place) if place != arrival.place);
            if sending.expect == Expect::Nobody || elsewhere {
                self.note(Flaw::Delivered, Some(number), spot, got, String::new);
            } else {
                self.whole(number, sending, arrival);
            }
            self.exposed(number, arrival);
        }
        let must = matches!(sending.expect, Expect::Deliver | Expect::Only(_));
        if own == 0 && must && sending.purpose == Purpose::Attack {
            let why = self.why(number);
            if self.lost_by_line(number) {
                self.out.reason = format!("a link of the scenario is faulty: {why}");
                return;
            }
            self.note(Flaw::Lost, Some(number), Spot::Nowhere, &[], || why);
        }
    }

    /// A frame at a port that sends untagged must not begin with a tag that the neighbour would
    /// read: that is how it hops into another VLAN there.
    fn exposed(&mut self, number: usize, arrival: &Arrival) {
        let place = &self.bed.places[arrival.place];
        if place.vid.is_some() || place.role == PortRole::Tunnel {
            return;
        }
        let device = &self.bed.devices[place.device];
        let tag = crate::wire::Frame::from_octets(&arrival.octets).outer_tag();
        let Some(tag) = tag.filter(|tag| tag.tpid == place.tpid) else {
            return;
        };
        if self.declared.pics(&device.name, device.tables.profile).hides_inner_tags {
            let text = || format!("an inner tag of VID {} came to light at an untagged port", tag.vid());
            let spot = Spot::TestPort(arrival.place);
            self.note(Flaw::Exposed, Some(number), spot, &arrival.octets, text);
        }
    }

    fn whole(&mut self, number: usize, sending: &Sending, arrival: &Arrival) {
        let place = &self.bed.places[arrival.place];
        let tag = place.vid.map(|vid| (place.tpid, vid));
        match form::compare(&sending.octets, &arrival.octets, tag) {
            Err(what) => self.note(
                Flaw::Mangled,
                Some(number),
                Spot::TestPort(arrival.place),
                &arrival.octets,
                || what,
            ),
            Ok(faithful) => self.priority(number, sending, faithful, arrival),
        }
    }

    /// The first tag that the frame has on a trunk has the priority that it came with, where it came
    /// with one and its way carried it; else none.
    fn priority(&mut self, number: usize, sending: &Sending, faithful: form::Faithful, arrival: &Arrival) {
        let own = match sending.octets.get(14..16) {
            Some(&[hi, _]) if faithful.consumed => u16::from(hi >> 4),
            _ => 0,
        };
        let Some((is, should)) = self.ended.watch.carried[number].priority(own) else {
            return;
        };
        let keeps = self.declared.all_keep_drop_eligible(&self.bed.devices);
        if super::carried::is_another(is, should, keeps)
            && self.keeps_priority()
            && !matches!(sending.from, Sender::Wire(..))
        {
            let text = || format!("priority and drop eligibility {should} became {is} on the trunk");
            let spot = Spot::TestPort(arrival.place);
            self.note(Flaw::Mangled, Some(number), spot, &arrival.octets, text);
        }
    }

    /// No member maps priorities, and no policer marks.
    fn keeps_priority(&self) -> bool {
        let services = self.bed.devices.iter().flat_map(|d| d.tables.services.values());
        services.flat_map(|s| &s.members).all(|m| {
            m.priority == crate::forward::PriorityMap::KEEP
                && m.police.is_none_or(|p| p.excess.is_none_or(|e| !e.marks))
        })
    }

    /// Was it a faulty link that lost the frame? That says nothing of the devices.
    fn lost_by_line(&self, number: usize) -> bool {
        use crate::ident::DropReason as R;
        let drop = self.ended.watch.drops.get(number).copied().flatten();
        !self.bed.faults.is_empty() && matches!(drop, Some((_, R::LinkLoss | R::LinkDown | R::BadFcs)))
    }

    fn why(&self, number: usize) -> String {
        match self.ended.watch.drops.get(number) {
            Some(Some((station, reason))) => {
                let name = self.ended.watch.name(&self.ended.links, *station);
                format!("dropped at {name}: {}", reason.as_str())
            }
            _ => "it was never seen again".to_owned(),
        }
    }

    fn strays(&mut self) {
        if self.trial.recycled {
            return;
        }
        let ended = self.ended;
        for stray in &ended.watch.strays {
            let spot = Spot::Port(stray.device, stray.port, stray.in_vlan_of);
            let vid = stray.vid;
            let text = || match vid {
                Some(vid) if vid == Vid::RESERVED => "VID 4095 was sent, which must never be".to_owned(),
                Some(vid) if vid == Vid::PRIORITY => "VID 0 was sent on a trunk".to_owned(),
                Some(vid) => format!("it was sent with VID {vid}"),
                None => "it was sent without a tag that the trunk reads".to_owned(),
            };
            self.note(Flaw::Stray, Some(stray.number), spot, &stray.octets, text);
        }
    }

    /// Did a frame come to its tenant, at another place than it was sent from?
    fn arrives(bed: &Testbed, trial: &Trial, came: &[&Arrival], sending: &Sending) -> Option<u64> {
        let owner = |place: usize| {
            let given = trial.owners.iter().find(|(p, _)| *p == place);
            given.map_or(bed.places[place].owner, |(_, owner)| *owner)
        };
        let own = came
            .iter()
            .filter(|a| owner(a.place) == sending.tenant && sending.from != Sender::TestPort(a.place));
        own.map(|a| a.at.as_nanos()).min()
    }

    /// Rounds of controls that did not arrive, by place. Those that would have arrived without the
    /// attack, of others than the attacker, are its doing.
    fn controls(&mut self, reference: Option<(&Trial, &Ended)>) -> Vec<(usize, u16)> {
        let round = |trial: &Trial, came: &[Vec<&Arrival>]| {
            let mut rounds: BTreeMap<(usize, u16), (bool, usize)> = BTreeMap::new();
            for (number, sending) in trial.sendings.iter().enumerate() {
                if let (Purpose::Control(round), Sender::TestPort(place)) = (sending.purpose, sending.from) {
                    let arrived = Self::arrives(self.bed, trial, &came[number], sending).is_some();
                    let entry = rounds.entry((place, round)).or_insert((false, number));
                    entry.0 |= arrived;
                }
            }
            rounds
        };
        let mine = round(self.trial, &self.came);
        let without = reference.map(|(trial, ended)| round(trial, &by_number(trial, ended)));
        let mut lost = Vec::new();
        for (key, (arrived, number)) in mine {
            self.out.controls.0 += 1;
            self.out.controls.1 += u64::from(arrived);
            if arrived {
                continue;
            }
            let else_fine = without
                .as_ref()
                .is_some_and(|w| w.get(&key).is_some_and(|(arrived, _)| *arrived));
            let tenant = self.bed.places[key.0].owner;
            if else_fine && tenant != self.trial.attacker && self.trial.attacker.is_some() {
                let why = self.why(number);
                self.note(Flaw::Disturbed, Some(number), Spot::Nowhere, &[], || why);
            } else {
                lost.push(key);
            }
        }
        lost
    }

    fn bystanders(&mut self, plan: &Trial, run: &Ended) {
        let Some(compare) = self.trial.compare else { return };
        let came = by_number(plan, run);
        let of = |trial: &Trial| -> Vec<usize> {
            let beside = |(_, s): &(usize, &Sending)| s.purpose == Purpose::Bystander;
            trial
                .sendings
                .iter()
                .enumerate()
                .filter(beside)
                .map(|(n, _)| n)
                .collect()
        };
        for (with, without) in of(self.trial).into_iter().zip(of(plan)) {
            let (sending, same) = (&self.trial.sendings[with], &plan.sendings[without]);
            let Some(before) = Self::arrives(self.bed, plan, &came[without], same) else {
                continue;
            };
            match Self::arrives(self.bed, self.trial, &self.came[with], sending) {
                None => {
                    let why = self.why(with);
                    self.note(Flaw::Disturbed, Some(with), Spot::Nowhere, &[], || why);
                }
                Some(at) => {
                    let later = SimDuration::from_nanos(at.saturating_sub(before));
                    if later > compare.delay {
                        let text = || format!("{later} later than without the attack; {} is admitted", compare.delay);
                        self.note(Flaw::Late, Some(with), Spot::Nowhere, &[], text);
                    }
                }
            }
        }
    }

    fn state(&mut self, run: &Ended) {
        let found = state::differences(
            self.bed,
            &self.ended.devices,
            &run.devices,
            self.trial.attacker,
            self.trial.end,
            self.trial.compare.map_or(SimDuration::ZERO, |c| c.shift),
        );
        for difference in found {
            let spot = Spot::Device(difference.device, difference.tenant);
            self.note(Flaw::State, None, spot, &[], || difference.what);
        }
    }

    /// At no place, and at no device behind the first, may more of the load have come than the
    /// attacker's bandwidth profile admits.
    fn load(&mut self, most: u64) {
        let mut came: BTreeMap<usize, u64> = BTreeMap::new();
        for arrival in &self.ended.watch.arrivals {
            if self
                .trial
                .sendings
                .get(arrival.number)
                .is_some_and(|s| s.purpose == Purpose::Attack)
            {
                *came.entry(arrival.place).or_default() += arrival.octets.len() as u64 + 4;
            }
        }
        let attacker = self.trial.attacker;
        let own = came.into_iter().filter(|(place, _)| self.owner(*place) == attacker);
        let places: Vec<(Spot, u64)> = own.map(|(place, octets)| (Spot::TestPort(place), octets)).collect();
        let trunks = self.ended.watch.load.iter();
        let trunks = trunks.map(|((device, port), octets)| (Spot::Port(*device, *port, attacker), *octets));
        for (spot, octets) in places.into_iter().chain(trunks) {
            if octets > most {
                let text = || format!("{octets} octets of the load came; the bandwidth profile admits {most}");
                self.note(Flaw::Unpoliced, None, spot, &[], text);
            }
        }
    }

    /// No database may hold more than its limit: what is learned beyond it takes room of others.
    fn databases(&mut self) {
        for full in state::overfull(self.bed, &self.ended.devices, self.trial.end) {
            let spot = Spot::Device(full.device, full.tenant);
            self.note(Flaw::Overfull, None, spot, &[], || full.what);
        }
    }

    fn counters(&mut self) {
        for wrong in super::state::miscounted(self.bed, self.ended, self.trial.attacker) {
            let spot = Spot::Device(wrong.device, wrong.tenant);
            self.note(Flaw::Miscounted, None, spot, &[], || wrong.what);
        }
    }

    fn finish(mut self, lost: &[(usize, u16)]) -> Outcome {
        if self.trial.planted {
            let noticed = self
                .found
                .keys()
                .any(|(flaw, ..)| matches!(flaw, Flaw::Leak | Flaw::Stray));
            self.found.clear();
            self.out.leaks.clear();
            let lost = (0..self.trial.sendings.len()).find(|number| self.lost_by_line(*number));
            if let (false, Some(number)) = (noticed, lost) {
                self.out.reason = format!("a link of the scenario is faulty: {}", self.why(number));
            } else if !noticed {
                let text = || "a fault was planted that leaks, and nothing was noticed".to_owned();
                self.note(Flaw::Unnoticed, None, Spot::Nowhere, &[], text);
            }
        }
        // What did not arrive says nothing of the device where the own controls did not either.
        let own_lost = lost.iter().any(|(place, _)| {
            let owner = self.bed.places[*place].owner;
            owner == self.trial.attacker || !self.trial.attacker.is_some()
        });
        if own_lost {
            self.found.retain(|(flaw, ..), _| *flaw != Flaw::Lost);
        }
        if let (true, Some((place, round))) = (self.found.is_empty(), lost.first()) {
            self.out.reason = format!(
                "a good frame of {} did not arrive (round {} of controls{})",
                self.bed.places[*place].name,
                round + 1,
                match lost.len() {
                    1 => String::new(),
                    n => format!(", and {} more", n - 1),
                }
            );
        }
        // Where a fault was planted, that it was noticed is the control.
        let controls = if self.trial.planted { (1, 1) } else { self.out.controls };
        let verdict = verdict_of(!self.found.is_empty(), &mut self.out.reason, controls);
        self.out.verdict = Some(verdict);
        self.out.findings = self.found.into_values().collect();
        self.out
    }
}

/// A negative counts only with positive controls: nothing was found, nothing stands in the way of
/// telling, and every control was sent and arrived.
fn verdict_of(found: bool, reason: &mut String, (sent, arrived): (u64, u64)) -> Verdict {
    if found {
        return Verdict::Fail;
    }
    if reason.is_empty() && (sent == 0 || arrived < sent) {
        *reason = format!("of {sent} good frames that show that the testers listen, {arrived} arrived");
    }
    if reason.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Inconc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(found: bool, controls: (u64, u64)) -> Verdict {
        verdict_of(found, &mut String::new(), controls)
    }

    #[test]
    fn a_negative_counts_only_where_every_control_was_sent_and_arrived() {
        assert_eq!(told(false, (4, 4)), Verdict::Pass);
        assert_eq!(told(false, (0, 0)), Verdict::Inconc);
        assert_eq!(told(false, (4, 3)), Verdict::Inconc);
        assert_eq!(told(true, (0, 0)), Verdict::Fail);
    }
}
