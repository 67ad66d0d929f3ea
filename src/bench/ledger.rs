//! The books: what the schedule says, against what the fast path and the consumers counted.
//!
//! Invariant: no rate is told of a run whose books differ in one frame or one octet of one tenant.

use std::collections::BTreeMap;

use super::fault::Kind;
use super::lane::Lane;
use super::octets::{octets_at, stands_at};
use super::outbox::Taken;
use super::stats::Fairness;
use crate::forward::{Count, Quirk, ServiceId};
use crate::ident::DropReason;
use crate::wire::Vid;

/// Frames and their octets, without FCS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Frames.
    pub frames: u64,
    /// Octets without FCS.
    pub octets: u64,
}

impl Tally {
    /// Adds that many frames of so many octets each.
    fn add(&mut self, times: u64, octets: u16) {
        self.frames += times;
        self.octets += times * u64::from(octets);
    }
    /// Adds another tally.
    pub fn merge(&mut self, other: Self) {
        self.frames += other.frames;
        self.octets += other.octets;
    }
    fn differs(self, count: Count) -> bool {
        (self.frames, self.octets) != (count.frames, count.octets)
    }
}

/// Books that balance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Balance {
    /// What came in.
    pub offered: Tally,
    /// What reached its own tenant's output; octets as they left.
    pub delivered: Tally,
    /// What was dropped, by reason.
    pub dropped: BTreeMap<&'static str, Tally>,
    /// How evenly tenants were served.
    pub fairness: Fairness,
}

impl Balance {
    /// Both together.
    pub fn merge(&mut self, other: &Self) {
        self.offered.merge(other.offered);
        self.delivered.merge(other.delivered);
        for (reason, tally) in &other.dropped {
            self.dropped.entry(reason).or_default().merge(*tally);
        }
        self.fairness.merge(&other.fairness);
    }
}

/// What the schedule says of one tenant.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    received: [Tally; 2],
    sent: [Tally; 2],
    over_rate: Tally,
}

struct Expected {
    accounts: Vec<Account>,
    /// Bad frames by (reason, owner, end at which they come in).
    bad: BTreeMap<(DropReason, u32, usize), Tally>,
    taken: Vec<Taken>,
    balance: Balance,
}

fn expected<Q: Quirk>(lane: &Lane<Q>) -> Expected {
    let plant = &lane.plant;
    let mut all = Expected {
        accounts: vec![Account::default(); plant.tenants() as usize],
        bad: BTreeMap::new(),
        taken: vec![Taken::default(); plant.boxes()],
        balance: Balance::default(),
    };
    for (pass, times) in lane.passes.into_iter().enumerate() {
        let placing = plant.placing(pass);
        for (number, frame) in (0_u64..).zip(&lane.frames) {
            let end = stands_at(frame, pass);
            let octets = octets_at(plant, frame, end);
            let account = &mut all.accounts[frame.tenant as usize];
            all.balance.offered.add(times, octets);
            if let Some(reason) = frame.kind.reason() {
                all.balance
                    .dropped
                    .entry(reason.as_str())
                    .or_default()
                    .add(times, octets);
            }
            match frame.kind {
                Kind::Good => {
                    let after = octets_at(plant, frame, 1 - end);
                    let (port, vid) = plant.end(frame.tenant, 1 - end);
                    let taken = &mut all.taken[placing.of(port, vid.unwrap_or(Vid::PRIORITY)) as usize];
                    taken.frames += times;
                    taken.sum = taken.sum.wrapping_add(number.wrapping_mul(times));
                    account.received[end].add(times, octets);
                    account.sent[1 - end].add(times, after);
                    all.balance.delivered.add(times, after);
                }
                Kind::Policed => {
                    account.received[end].add(times, octets);
                    account.over_rate.add(times, octets);
                }
                Kind::Bad(fault) => {
                    let key = (fault.reason(), frame.tenant, end);
                    all.bad.entry(key).or_default().add(times, octets);
                }
            }
        }
    }
    all
}

/// Holds everything that was counted since the lane was made against the schedule.
///
/// # Errors
/// The first difference, in a sentence.
pub fn balance<Q: Quirk>(lane: &Lane<Q>) -> Result<Balance, String> {
    let mut expected = expected(lane);
    claims(lane, &mut expected)?;
    for (tenant, account) in (0..).zip(&expected.accounts) {
        one_tenant(lane, tenant, account, &expected.bad)?;
    }
    outputs(lane, &expected)?;
    let dropped: u64 = expected.balance.dropped.values().map(|tally| tally.frames).sum();
    let taken: u64 = lane.out.taken().iter().map(|taken| taken.frames).sum();
    if expected.balance.offered.frames != taken + dropped {
        let offered = expected.balance.offered.frames;
        return Err(format!(
            "{offered} frames came in, {taken} were delivered and {dropped} dropped"
        ));
    }
    for account in &expected.accounts {
        let delivered = account.sent[0].frames + account.sent[1].frames;
        expected
            .balance
            .fairness
            .add(delivered, delivered + account.over_rate.frames);
    }
    Ok(expected.balance)
}

/// A reason's drops are nobody's, all of them, or their owners': whichever, to the frame. What is
/// nobody's is taken out of the expectation of the owners.
fn claims<Q: Quirk>(lane: &Lane<Q>, expected: &mut Expected) -> Result<(), String> {
    let mut sums: BTreeMap<DropReason, Tally> = BTreeMap::new();
    for ((reason, ..), tally) in &expected.bad {
        sums.entry(*reason).or_default().merge(*tally);
    }
    for (reason, count) in lane.fast.unclaimed().iter().filter(|(_, count)| count.frames > 0) {
        let scheduled = sums.remove(&reason).unwrap_or_default();
        if scheduled.differs(count) {
            return Err(apart(
                &format!("frames of no tenant, dropped as {}", reason.as_str()),
                count,
                scheduled,
            ));
        }
        expected.bad.retain(|(other, ..), _| *other != reason);
    }
    Ok(())
}

fn one_tenant<Q: Quirk>(
    lane: &Lane<Q>,
    tenant: u32,
    account: &Account,
    bad: &BTreeMap<(DropReason, u32, usize), Tally>,
) -> Result<(), String> {
    let counters = lane.fast.counters(ServiceId(tenant));
    let mut received = account.received;
    let mut dropped = BTreeMap::from([(DropReason::OverRate, account.over_rate)]);
    if !bad.is_empty() {
        let owned = DropReason::ALL
            .iter()
            .flat_map(|reason| [(*reason, tenant, 0), (*reason, tenant, 1)]);
        for key in owned {
            let Some(tally) = bad.get(&key) else { continue };
            received[key.2].merge(*tally);
            dropped.entry(key.0).or_default().merge(*tally);
        }
    }
    for (end, (received, sent)) in received.into_iter().zip(account.sent).enumerate() {
        let (port, vid) = lane.plant.end(tenant, end);
        let member = counters.member(port, vid);
        let vid = vid.map_or("no VID".to_owned(), |vid| format!("VID {vid}"));
        let place = |what| format!("tenant {tenant}, port {}, {vid}: frames {what}", port.0);
        if received.differs(member.received) {
            return Err(apart(&place("that came in"), member.received, received));
        }
        if sent.differs(member.sent) {
            return Err(apart(&place("that left"), member.sent, sent));
        }
    }
    let happened = counters.drops.iter().map(|(reason, _)| reason);
    let scheduled = dropped.keys().copied();
    for reason in happened.chain(scheduled.collect::<Vec<_>>()) {
        let tally = dropped.get(&reason).copied().unwrap_or_default();
        let count = counters.drops.of(reason);
        if tally.differs(count) {
            let what = format!("tenant {tenant}: frames dropped as {}", reason.as_str());
            return Err(apart(&what, count, tally));
        }
    }
    Ok(())
}

fn outputs<Q: Quirk>(lane: &Lane<Q>, expected: &Expected) -> Result<(), String> {
    if lane.out.astray() > 0 {
        return Err(format!(
            "{} frames left where no tenant has an output",
            lane.out.astray()
        ));
    }
    for (place, (taken, scheduled)) in lane.out.taken().iter().zip(&expected.taken).enumerate() {
        if taken.frames != scheduled.frames {
            return Err(format!(
                "output {place}: {} frames were delivered, {} are scheduled",
                taken.frames, scheduled.frames
            ));
        }
        if taken.sum != scheduled.sum {
            return Err(format!(
                "output {place}: as many frames as scheduled, but not the same ones"
            ));
        }
    }
    Ok(())
}

fn apart(what: &str, counted: Count, scheduled: Tally) -> String {
    format!(
        "{what}: {} frames of {} octets were counted, {} of {} are scheduled",
        counted.frames, counted.octets, scheduled.frames, scheduled.octets
    )
}
