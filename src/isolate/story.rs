//! Writes a trial: control rounds, the vector's frames at their pace, and what changes meanwhile.

use super::ctx::{Ctx, Shot};
use super::draft::Draft;
use super::pics::{Declared, Pics};
use super::testbed::{START, TestPort, Testbed};
use super::trial::{Compare, Expect, Hand, Purpose, Sender, Sending, Trial};
use crate::ident::TenantId;
use crate::units::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// Every port listens for so long after the last frame (RFC 2544, 23 d).
pub const AFTER: SimDuration = SimDuration::from_secs(2);

/// A good frame of the attacker's own stands behind so many of the vector's.
const BETWEEN: usize = 256;

/// What rows are made for.
pub struct Story<'a> {
    /// The testbed.
    pub bed: &'a Testbed,
    /// What the devices declare.
    pub declared: &'a Declared,
    /// Tenants that attack, in order.
    pub attackers: &'a [TenantId],
    /// Live places whose good frames are sent as controls, in order.
    pub controlled: &'a [usize],
    /// How many random frames a vector of random frames has.
    pub random: u32,
}

/// What the control plane was asked, and how it answered.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What was asked and refused, as it should be.
    pub refused: Vec<String>,
    /// What was asked and granted, and should not have been.
    pub granted: Vec<String>,
    /// Why nothing could be asked; empty where something was.
    pub reason: &'static str,
}

impl<'a> Story<'a> {
    /// What the device declares that hears what is sent from here.
    pub fn pics(&self, from: Sender) -> Pics {
        let device = &self.bed.devices[from.enters(self.bed).0];
        self.declared.pics(&device.name, device.tables.profile)
    }

    /// The frames that a row's generator makes at a port.
    pub fn shots(&self, from: Sender, make: fn(&mut Ctx<'_>)) -> Vec<Shot> {
        let mut ctx = Ctx::new(self.bed, from, self.pics(from), self.random);
        make(&mut ctx);
        ctx.shots
    }

    /// A good frame of a place, to this address.
    pub fn good(&self, place: usize, dst: MacAddr, number: u32) -> Draft {
        let here = &self.bed.places[place];
        let draft = Draft::new(dst, here.mac, number);
        match here.vid {
            Some(vid) => draft.tagged((here.tpid.0, vid.get())),
            None => draft,
        }
    }

    /// The other end of a place's tenant: the address that its good frames go to.
    pub fn peer(&self, place: usize) -> MacAddr {
        let here = &self.bed.places[place];
        let same = |(i, p): &(usize, &TestPort)| *i != place && p.owner == here.owner && p.service.is_some();
        let peer = self.bed.places.iter().enumerate().find(same);
        peer.map_or(MacAddr::BROADCAST, |(_, p)| p.mac)
    }

    /// Live places of a tenant.
    pub fn places(&self, tenant: TenantId) -> Vec<usize> {
        let own = self.bed.live().filter(|(_, p)| p.owner == tenant);
        own.map(|(i, _)| i).collect()
    }

    /// Controlled places of tenants other than this one.
    pub fn others(&self, tenant: TenantId) -> Vec<usize> {
        let other = |i: &&usize| self.bed.places[**i].owner != tenant;
        self.controlled.iter().filter(other).copied().collect()
    }

    /// A script that begins with a round of controls.
    pub fn script(&'a self, from: Sender, attacker: TenantId) -> Script<'a> {
        let mut script = self.blank(from, attacker);
        script.controls();
        script
    }

    /// A script with nothing in it.
    pub fn blank(&'a self, from: Sender, attacker: TenantId) -> Script<'a> {
        Script {
            story: self,
            now: START,
            round: 0,
            number: 1 << 30,
            trial: Trial {
                from,
                attacker,
                sendings: Vec::new(),
                hands: Vec::new(),
                tables: Vec::new(),
                end: START,
                // Where links lose by chance, no two runs are the same; and what is sent on a
                // wire is the tenants' own.
                compare: (!self.bed.is_lossy() && matches!(from, Sender::TestPort(_))).then_some(Compare {
                    state: true,
                    delay: SimDuration::MAX,
                    hands: false,
                    shift: SimDuration::ZERO,
                }),
                planted: false,
                counted: false,
                most: None,
                recycled: false,
                owners: Vec::new(),
            },
        }
    }

    /// The trial of a row's frames at a port: controls before and after, and between.
    pub fn trial(&self, from: Sender, shots: Vec<Shot>) -> Trial {
        let attacker = match from {
            Sender::TestPort(i) => self.bed.places[i].owner,
            Sender::Wire(..) => TenantId::NONE,
        };
        let mut script = self.script(from, attacker);
        for (i, shot) in shots.into_iter().enumerate() {
            if i % BETWEEN == BETWEEN - 1 {
                script.own_control();
            }
            script.shot(from, shot);
        }
        script.finish()
    }
}

/// A trial that is being written.
pub struct Script<'a> {
    story: &'a Story<'a>,
    now: SimTime,
    round: u16,
    number: u32,
    /// What is written so far.
    pub trial: Trial,
}

impl<'a> Script<'a> {
    /// It is this late.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Time passes.
    pub fn wait(&mut self, span: SimDuration) {
        self.now = self.now.saturating_add(span);
    }

    fn step(&mut self) {
        self.wait(self.story.bed.pace());
    }

    fn push(&mut self, from: Sender, tenant: TenantId, octets: Vec<u8>, purpose: Purpose, expect: Expect) {
        self.trial.sendings.push(Sending {
            at: self.now,
            from,
            tenant,
            octets,
            purpose,
            expect,
        });
    }

    /// What of the others is compared, where anything is.
    pub fn comparing(&mut self, delay: SimDuration, hands: bool) {
        if let Some(compare) = &mut self.trial.compare {
            (compare.delay, compare.hands) = (delay, hands);
        }
    }

    /// A number for the next frame.
    pub fn number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    fn good_octets(&mut self, place: usize) -> Vec<u8> {
        let number = self.number();
        self.story.good(place, self.story.peer(place), number).octets()
    }

    fn control(&mut self, place: usize) {
        let octets = self.good_octets(place);
        let (tenant, round) = (self.story.bed.places[place].owner, self.round);
        let from = Sender::TestPort(place);
        self.push(from, tenant, octets, Purpose::Control(round), Expect::Deliver);
        self.step();
    }

    /// A round of controls: every controlled place sends a good frame, and once more, since a
    /// bridge may have to learn first: when what the others have sent has come to the last bridge.
    pub fn controls(&mut self) {
        let story = self.story;
        for again in [false, true] {
            if again {
                self.wait(story.bed.transit());
            }
            for place in story.controlled {
                self.control(*place);
            }
        }
        self.round += 1;
        self.wait(self.story.bed.transit());
    }

    /// A round of the attacker's own controls alone.
    pub fn own_control(&mut self) {
        let tenant = self.trial.attacker;
        let own = |i: &&usize| self.story.bed.places[**i].owner == tenant || !tenant.is_some();
        let places: Vec<usize> = self.story.controlled.iter().filter(own).take(2).copied().collect();
        for again in [false, true] {
            if again {
                self.wait(self.story.bed.transit());
            }
            for place in &places {
                self.control(*place);
            }
        }
        self.round += 1;
    }

    /// A frame of the vector, at the usual pace.
    pub fn shot(&mut self, from: Sender, shot: Shot) {
        self.push(from, shot.tenant, shot.octets, Purpose::Attack, shot.expect);
        self.step();
    }

    /// Frames of the vector that are offered at one instant: the link sends them back to back.
    pub fn burst(&mut self, place: usize, frames: Vec<Vec<u8>>, expect: Expect) {
        let tenant = self.story.bed.places[place].owner;
        for octets in frames {
            self.push(Sender::TestPort(place), tenant, octets, Purpose::Attack, expect);
        }
    }

    /// A good frame of a bystander, now.
    pub fn bystander(&mut self, place: usize, octets: Vec<u8>) {
        let tenant = self.story.bed.places[place].owner;
        self.push(
            Sender::TestPort(place),
            tenant,
            octets,
            Purpose::Bystander,
            Expect::Deliver,
        );
    }

    /// A good frame of somebody who has this place in this trial: it must arrive.
    pub fn heir(&mut self, place: usize, tenant: TenantId, octets: Vec<u8>) {
        self.push(
            Sender::TestPort(place),
            tenant,
            octets,
            Purpose::Attack,
            Expect::Deliver,
        );
        self.step();
    }

    /// A good frame of a tenant that should fare like this, now.
    pub fn attack(&mut self, place: usize, octets: Vec<u8>, expect: Expect) {
        let tenant = self.story.bed.places[place].owner;
        let shot = Shot { tenant, octets, expect };
        self.shot(Sender::TestPort(place), shot);
    }

    /// A plain good frame's octets, of so many octets.
    pub fn plain(&mut self, place: usize, octets: usize) -> Vec<u8> {
        let number = self.number();
        self.story.good(place, self.story.peer(place), number).sized(octets)
    }

    /// Something changes, now.
    pub fn hand(&mut self, hand: Hand) {
        self.trial.hands.push((self.now, hand));
        self.step();
    }

    /// Ends with a round of controls and two seconds of listening.
    pub fn finish(mut self) -> Trial {
        self.wait(self.story.bed.transit());
        self.controls();
        self.silent()
    }

    /// Ends with two seconds of listening.
    pub fn silent(mut self) -> Trial {
        self.trial.end = self.now.saturating_add(self.story.bed.transit()).saturating_add(AFTER);
        self.trial.sendings.sort_by_key(|s| s.at);
        self.trial.hands.sort_by_key(|(at, _)| *at);
        self.trial
    }
}
