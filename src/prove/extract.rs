//! Asks a running forwarder what becomes of every frame at a port.
//!
//! Every symbol is asked through the real stages: untagged, and 4,096 VIDs under each of three tag
//! protocol ids. Deeper stacks and other kinds of frames are asked by classes: of what forwarding
//! may depend on ([`Key`](crate::forward::Key)) they change the second tag's protocol id, the
//! addresses and the EtherType. A healthy forwarder reads nothing else; of one with a planted fault
//! that is not taken for granted, and more is asked.

use std::collections::BTreeSet;

use super::cell::Cell;
use super::model::{Model, PortId, Run, push_run};
use super::probe::Kind;
use super::symbol::{Symbol, TPIDS, Tail, VIDS};
use super::ways::{Answer, Ways};
use crate::forward::{Decision, FastPath, Quirk, Service, Verdict};
use crate::ident::{DropReason, PortNo};
use crate::units::SimTime;
use crate::wire::MacAddr;

/// What a forwarder was found to do beyond its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nature {
    /// Some kind of frame goes where a plain one does not, or what is behind the second tag's
    /// protocol id matters, or a tag that was read stays on. The model then holds whatever any kind
    /// may do.
    pub mixed: bool,
    /// Questions that were asked.
    pub asked: u64,
}

/// A forwarder under questions: the running one's copy, without policers, limits and memory.
///
/// Policers and limits only drop; learned addresses only choose among the ports of a flood.
pub struct Lab<Q: Quirk> {
    fast: FastPath<Q>,
    /// Source addresses that members are bound to, by port.
    bound: BTreeSet<(PortNo, MacAddr)>,
    vids: BTreeSet<u16>,
    ports: usize,
    kinds: Vec<Kind>,
    plain: Kind,
    /// What was found so far.
    pub nature: Nature,
}

impl<Q: Quirk> Lab<Q> {
    /// The copy of a running forwarder.
    pub fn of(running: &FastPath<Q>) -> Self {
        let mut fast = running.clone();
        let tables = running.tables();
        let mut lab = Self {
            bound: BTreeSet::new(),
            vids: BTreeSet::new(),
            ports: tables.ports.len(),
            kinds: Kind::others(),
            plain: Kind::plain(),
            nature: Nature::default(),
            fast: running.clone(),
        };
        for id in tables.services.keys() {
            fast.remove(*id);
        }
        for (id, mut service) in tables.services {
            lab.note(&service);
            strip(&mut service);
            fast.set(id, service);
        }
        lab.fast = fast;
        lab
    }

    /// The forwarder's service is now as given, or gone.
    pub fn change(&mut self, id: crate::forward::ServiceId, service: Option<Service>) {
        self.fast.remove(id);
        if let Some(mut service) = service {
            self.note(&service);
            strip(&mut service);
            self.fast.set(id, service);
        }
    }

    fn note(&mut self, service: &Service) {
        for member in &service.members {
            self.bound.extend(member.bound_mac.map(|mac| (member.port, mac)));
            self.vids.extend(member.vid.map(|vid| vid.get()));
        }
    }

    /// How many ports it has.
    pub fn ports(&self) -> usize {
        self.ports
    }

    /// What becomes of every frame at `port`, as runs for the model; `base` is port 0 there.
    ///
    /// # Errors
    /// Where the model has no room.
    pub fn port(&mut self, port: PortNo, base: PortId, model: &mut Model) -> Result<Vec<Run>, super::TooManyAddresses> {
        let depth_one = self.first_tags(port, base, model)?;
        let mut runs = Vec::new();
        for (first, last, ways) in depth_one {
            let both = [first, last].map(|symbol| self.all_kinds(port, base, symbol, &ways, model));
            let [low, high] = both;
            let (low, high) = (low?, high?);
            if low == high {
                let cell = cell(model, &low);
                push_run(&mut runs, last, cell);
                continue;
            }
            // Within a run of plain frames others differ: each symbol for itself.
            for symbol in first.0..=last.0 {
                let ways = self.all_kinds(port, base, Symbol(symbol), &ways, model)?;
                let cell = cell(model, &ways);
                push_run(&mut runs, Symbol(symbol), cell);
            }
        }
        Ok(runs)
    }

    /// The cell of one symbol alone.
    ///
    /// # Errors
    /// Where the model has no room.
    pub fn symbol(
        &mut self,
        port: PortNo,
        base: PortId,
        symbol: Symbol,
        model: &mut Model,
    ) -> Result<Cell, super::TooManyAddresses> {
        let tags = if symbol == Symbol::NONE { &[][..] } else { &[symbol] };
        let plain = self.plain.clone();
        let mut ways = Ways::default();
        ways.add(&self.ask(port, &plain, tags), Tail::END, base, model)?;
        let ways = self.all_kinds(port, base, symbol, &ways, model)?;
        Ok(cell(model, &ways))
    }

    /// Plain frames of at most one tag: runs of symbols with equal ways.
    fn first_tags(
        &mut self,
        port: PortNo,
        base: PortId,
        model: &mut Model,
    ) -> Result<Vec<(Symbol, Symbol, Ways)>, super::TooManyAddresses> {
        let plain = self.plain.clone();
        let mut ways = Ways::default();
        ways.add(&self.ask(port, &plain, &[]), Tail::END, base, model)?;
        let mut runs = vec![(Symbol::NONE, Symbol::NONE, ways)];
        // One frame, in which only the tag is written anew.
        for tpid in 0..TPIDS.len() {
            let mut frame = plain.frame(&[Symbol::tag(tpid, 0)], None);
            for vid in 0..VIDS {
                frame[14..16].copy_from_slice(&vid.to_be_bytes());
                let symbol = Symbol::tag(tpid, vid);
                let mut ways = Ways::default();
                let answer = self.answer(port, &frame);
                let answer = if answer == Err(DropReason::SourceMacNotBound) {
                    self.ask(port, &plain, &[symbol])
                } else {
                    answer.map(|copies| Answer { copies, mac: None }).ok()
                };
                ways.add(&answer, Tail::END, base, model)?;
                let (_, last, before) = runs.last_mut().expect("the untagged one");
                // Special VIDs stand alone: a second tag may matter there.
                let alone = matches!(vid, 0 | 1 | 4095);
                if *before == ways && !alone {
                    *last = symbol;
                } else {
                    runs.push((symbol, symbol, ways));
                }
            }
        }
        Ok(runs)
    }

    /// The ways of all kinds of frames that begin with `symbol`, whatever follows it.
    fn all_kinds(
        &mut self,
        port: PortNo,
        base: PortId,
        symbol: Symbol,
        plain: &Ways,
        model: &mut Model,
    ) -> Result<Ways, super::TooManyAddresses> {
        let mut all = plain.clone();
        let kind = self.plain.clone();
        let tagged = symbol != Symbol::NONE;
        let own = if tagged { &[symbol][..] } else { &[] };
        if tagged {
            for tpid in 0..TPIDS.len() {
                let class = Tail(2 << tpid);
                all.add(
                    &self.ask(port, &kind, &[symbol, Symbol::tag(tpid, 1)]),
                    class,
                    base,
                    model,
                )?;
            }
        }
        let known = all.clone();
        let kinds = std::mem::take(&mut self.kinds);
        for kind in &kinds {
            all.add(&self.ask(port, kind, own), Tail::END, base, model)?;
            if tagged && !Q::EXACT {
                let two = [symbol, Symbol::tag(0, 1)];
                all.add(&self.ask(port, kind, &two), Tail(2), base, model)?;
            }
        }
        self.kinds = kinds;
        if tagged && !Q::EXACT {
            for vid in self.vids.clone() {
                for tpid in 0..TPIDS.len() {
                    let answer = self.ask(port, &kind, &[symbol, Symbol::tag(tpid, vid)]);
                    all.add(&answer, Tail(2 << tpid), base, model)?;
                }
            }
        }
        self.nature.mixed |= all != known;
        // A tag that was read and stays on: behind it the model knows of the tag's protocol alone.
        self.nature.mixed |= tagged && !Q::EXACT && all.outs().iter().any(|out| !out.pop());
        Ok(all)
    }

    /// Where a frame goes, from the address that a member may be bound to where it must be that.
    fn ask(&mut self, port: PortNo, kind: &Kind, tags: &[Symbol]) -> Option<Answer> {
        match self.answer(port, &kind.frame(tags, None)) {
            Ok(copies) => Some(Answer { copies, mac: None }),
            Err(DropReason::SourceMacNotBound) => {
                let (own, others): (Vec<_>, Vec<_>) = self.bound.iter().partition(|(at, _)| *at == port);
                let macs: Vec<MacAddr> = own.into_iter().chain(others).map(|(_, mac)| mac).collect();
                macs.into_iter().find_map(|mac| {
                    let copies = self.answer(port, &kind.frame(tags, Some(mac))).ok()?;
                    Some(Answer { copies, mac: Some(mac) })
                })
            }
            Err(_) => None,
        }
    }

    /// Where a frame goes, by the forwarder's own stages.
    fn answer(&mut self, port: PortNo, bytes: &[u8]) -> Result<Vec<super::ways::Copied>, DropReason> {
        self.nature.asked += 1;
        let key = self.fast.classify(bytes, port);
        match self.fast.decide(&key) {
            Decision::Drop(reason, _) => Err(reason),
            Decision::Connect(_, end) => end.map(|(_, port, rewrite)| vec![(port, rewrite)]),
            decision @ Decision::Bridge(_) => match self.fast.charge(&key, decision, SimTime::ZERO) {
                Verdict::Drop(reason) => Err(reason),
                Verdict::Forward(port, rewrite) => Ok(vec![(port, rewrite)]),
                Verdict::Replicate(group) => Ok(self.fast.copies(group).collect()),
            },
        }
    }
}

fn cell(model: &mut Model, ways: &Ways) -> Cell {
    model.cell(ways.outs())
}

/// Takes away what only drops.
fn strip(service: &mut Service) {
    for member in &mut service.members {
        (member.police, member.arp, member.icmp) = (None, None, None);
    }
}
