//! Asks a running forwarder what becomes of every frame at a port.
//!
//! Every symbol is asked by the entry that frames of a run take: untagged, and 4,096 VIDs under each
//! of three tag protocol ids. Deeper stacks and other kinds of frames are asked by classes: of what forwarding
//! may depend on ([`Key`](crate::forward::Key)) they change the second tag's protocol id, the
//! addresses and the EtherType. A healthy forwarder reads nothing else; of one with a planted fault
//! that is not taken for granted, and more is asked. What a forwarder keeps between frames is asked
//! by pairs of frames: one from every place where it may learn, then one to what was learned.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use super::model::{Model, PortId, SymbolRun, push_run};
use super::probe::Kind;
use super::questioned::Known;
use super::respondent::{Question, Respondent};
use super::symbol::{Symbol, TPIDS, Tail, VIDS};
use super::teach::{Lesson, Taught, address, is_at_home, lessons, vids};
use super::ways::{Answer, Ways};
use crate::forward::{FastPath, FrameVerdict, MemberRef, Quirk, Service, ServiceId, Untagged, VlanLimit};
use crate::ident::{DropReason, PortNo};
use crate::wire::MacAddr;

/// What a forwarder was found to do beyond its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nature {
    /// Some kind of frame goes where a plain one does not, or what is behind the second tag's
    /// protocol id matters, or a tag that was read stays on. The model then holds whatever any kind
    /// may do.
    pub mixed: bool,
    /// Some frame goes further after another one than alone: what was learned or kept adds to it.
    /// Such ways are in the model, too.
    pub taught: bool,
    /// Questions that were asked.
    pub asked: u64,
}

/// Which tags are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Asking {
    /// Every VID under every tag protocol id, at every port.
    #[default]
    Every,
    /// Every VID that the tables name, what differs from such a one by one or in one bit, the ends
    /// of the range, and a sample of the others: where the whole sample meets the same, so are the
    /// others taken to; else every VID is asked. A forwarder with a planted fault is always asked
    /// for every one.
    ByClass,
}

/// A forwarder under questions: the running one's copy, rows and all.
///
/// Policers and limits only drop, so each question finds their buckets full. It has learned nothing,
/// and holds whatever it learns.
pub struct Lab<Q: Quirk> {
    copy: Respondent<Q>,
    asking: Asking,
    /// VIDs that are asked one by one where that is not every one, in order.
    named: Option<Vec<u16>>,
    /// Where it may learn; `None` where that is to be found anew, and taught.
    lessons: Option<Taught>,
    /// Source addresses that members are bound to, by port.
    bound: BTreeSet<(PortNo, MacAddr)>,
    vids: BTreeSet<u16>,
    /// The VID of a second tag decides: Open vSwitch reads two, or a tunnel has a list of the customer's.
    reads_second: bool,
    /// There is such a list, so that VIDs which no member has are not all alike.
    has_lists: bool,
    ports: usize,
    kinds: Vec<Kind>,
    plain: Kind,
    /// A plain frame with one tag.
    frame: Vec<u8>,
    /// What was found so far.
    pub nature: Nature,
}

impl<Q: Quirk> Lab<Q> {
    /// The copy of a running forwarder.
    pub fn of(running: &FastPath<Q>) -> Self {
        Self::knowing(running, Known::default())
    }

    /// The same, with what is known of it from earlier questions.
    pub fn knowing(running: &FastPath<Q>, known: Known) -> Self {
        let tables = running.tables();
        let natives = tables.ports.iter().filter_map(|port| match port.untagged {
            Untagged::Native(vid) => Some(vid.get()),
            Untagged::Drop => None,
        });
        let mut lab = Self {
            asking: known.asking,
            named: None,
            lessons: None,
            bound: known.bound,
            vids: known.vids,
            has_lists: tables.modes.values().any(|mode| mode.customer_vids.is_some()),
            reads_second: tables.vlan_limit == VlanLimit::Two
                || tables.modes.values().any(|mode| mode.customer_vids.is_some()),
            ports: tables.ports.len(),
            kinds: Kind::others(),
            plain: Kind::plain(),
            frame: Kind::plain().frame(&[Symbol::tag(0, 0)], None),
            nature: known.nature,
            copy: Respondent::of(running),
        };
        lab.vids.extend(natives);
        let lists = tables.modes.values().filter_map(|mode| mode.customer_vids.as_ref());
        let ends = lists
            .flat_map(|list| list.ranges())
            .flat_map(|(first, last)| [first.get(), last.get()]);
        lab.vids.extend(ends);
        tables.services.values().for_each(|service| lab.note(service));
        lab
    }

    /// What is known of it, for one that comes after it.
    pub fn known(&mut self) -> Known {
        Known {
            asking: self.asking,
            bound: std::mem::take(&mut self.bound),
            vids: std::mem::take(&mut self.vids),
            nature: self.nature,
        }
    }

    /// The same, asked in this way.
    #[must_use]
    pub fn by(mut self, asking: Asking) -> Self {
        self.asking = asking;
        self
    }

    /// The forwarder's service is now as given, or gone.
    pub fn change(&mut self, id: ServiceId, service: Option<Service>) {
        (self.named, self.lessons) = (None, None);
        if let Some(service) = &service {
            self.note(service);
        }
        self.copy.change(id, service);
    }

    /// Notes its questions from now on, for who wants to ask them elsewhere.
    pub fn note_questions(&mut self) {
        self.copy.note();
    }

    /// The questions that were noted since the last call, in order.
    pub fn noted(&mut self) -> Vec<Question> {
        self.copy.noted()
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
    pub fn port(
        &mut self,
        port: PortNo,
        base: PortId,
        model: &mut Model,
    ) -> Result<Vec<SymbolRun>, super::TooManyAddresses> {
        let depth_one = self.first_tags(port, base, model)?;
        let mut runs = Vec::new();
        for (first, last, ways) in depth_one {
            let low = self.all_kinds(port, base, first, &ways, model)?;
            if first == last || low == self.all_kinds(port, base, last, &ways, model)? {
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
        for tpid in 0..TPIDS.len() {
            if !self.by_class(port, tpid, base, model, &mut runs)? {
                for vid in 0..VIDS {
                    let ways = self.first_tag(port, Symbol::tag(tpid, vid), base, model)?;
                    extend(&mut runs, (vid, vid), tpid, ways);
                }
            }
        }
        Ok(runs)
    }

    /// The VIDs that are not named meet the same at this port: adds what all of them meet to
    /// `runs`. False where they do not, or every VID is to be asked.
    fn by_class(
        &mut self,
        port: PortNo,
        tpid: usize,
        base: PortId,
        model: &mut Model,
        runs: &mut Vec<(Symbol, Symbol, Ways)>,
    ) -> Result<bool, super::TooManyAddresses> {
        if self.asking == Asking::Every || !Q::EXACT || self.has_lists {
            return Ok(false);
        }
        let named = self.named.take().unwrap_or_else(|| one_by_one(&self.vids));
        let mut heard = Vec::with_capacity(named.len());
        for vid in &named {
            heard.push((*vid, self.first_tag(port, Symbol::tag(tpid, *vid), base, model)?));
        }
        self.named = Some(named);
        let ends = [0, VIDS - 1];
        let mut others = heard
            .iter()
            .filter(|(vid, _)| !self.vids.contains(vid) && !ends.contains(vid))
            .map(|(_, ways)| ways);
        let Some(class) = others.next().cloned() else {
            return Ok(false);
        };
        if others.any(|ways| *ways != class) {
            return Ok(false);
        }
        let mut next = 0;
        for (vid, ways) in heard {
            if next < vid {
                extend(runs, (next, vid - 1), tpid, class.clone());
            }
            extend(runs, (vid, vid), tpid, ways);
            next = vid + 1;
        }
        debug_assert_eq!(next, VIDS, "the last VID is among the named");
        Ok(true)
    }

    /// The ways of a plain frame with this tag alone.
    fn first_tag(
        &mut self,
        port: PortNo,
        symbol: Symbol,
        base: PortId,
        model: &mut Model,
    ) -> Result<Ways, super::TooManyAddresses> {
        let (tpid, vid) = symbol.parts().expect("a tag");
        // One frame, in which only the tag is written anew.
        let mut frame = std::mem::take(&mut self.frame);
        frame[12..14].copy_from_slice(&TPIDS[tpid].0.to_be_bytes());
        frame[14..16].copy_from_slice(&vid.to_be_bytes());
        let answer = self.answer(port, &frame);
        self.frame = frame;
        let answer = if answer == Err(DropReason::SourceMacNotBound) {
            let plain = self.plain.clone();
            self.ask(port, &plain, &[symbol])
        } else {
            answer.map(|copies| Answer { copies, mac: None }).ok()
        };
        let mut ways = Ways::default();
        ways.add(&answer, Tail::END, base, model)?;
        Ok(ways)
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
        if tagged && (!Q::EXACT || self.reads_second) {
            for vid in self.vids.iter().copied().chain([0]).collect::<Vec<_>>() {
                for tpid in 0..TPIDS.len() {
                    let answer = self.ask(port, &kind, &[symbol, Symbol::tag(tpid, vid)]);
                    all.add(&answer, Tail(2 << tpid), base, model)?;
                }
            }
        }
        self.nature.mixed |= all != known;
        let alone = all.clone();
        self.after_others(port, base, symbol, &mut all, model)?;
        self.nature.taught |= all != alone;
        self.nature.mixed |= all != alone;
        // A tag that was read and stays on: behind it the model knows of the tag's protocol alone.
        self.nature.mixed |= tagged && !Q::EXACT && all.outs().iter().any(|out| !out.pop());
        Ok(all)
    }

    /// Adds where frames that begin with `symbol` go after others: after one frame from each place
    /// where the forwarder may learn, to the address that it came from, or went to.
    fn after_others(
        &mut self,
        port: PortNo,
        base: PortId,
        symbol: Symbol,
        all: &mut Ways,
        model: &mut Model,
    ) -> Result<(), super::TooManyAddresses> {
        let tags = if symbol == Symbol::NONE { &[][..] } else { &[symbol] };
        let plain = self.plain.clone();
        let mut frame = plain.frame(tags, None);
        let mut mac = None;
        let mut alone = self.copy.alone(port, &frame);
        if alone == FrameVerdict::Drop(DropReason::SourceMacNotBound) {
            mac = self.ask(port, &plain, tags).and_then(|answer| answer.mac);
            frame = plain.frame(tags, mac);
            alone = self.copy.alone(port, &frame);
        }
        // What a healthy forwarder learned it asks for in services alone that flood.
        let floods = match alone {
            FrameVerdict::Replicate(_) | FrameVerdict::Drop(DropReason::PortListIsEmpty) => true,
            FrameVerdict::Forward(..) | FrameVerdict::Drop(_) => false,
        };
        if Q::EXACT && !floods {
            return Ok(());
        }
        let learned = self.lessons.take().unwrap_or_else(|| self.teach());
        let mut frames = vec![(Tail::END, frame)];
        if symbol != Symbol::NONE {
            let behind = (0..TPIDS.len()).map(|tpid| (Tail(2 << tpid), [symbol, Symbol::tag(tpid, 1)]));
            frames.extend(behind.map(|(class, two)| (class, plain.frame(&two, mac))));
        }
        let own = flooding(alone);
        let alone = all.clone();
        let near = learned.near(own, (port, symbol), port.index() + usize::from(symbol.0));
        self.after(port, base, (&learned, &near), (&mut frames, mac), all, model)?;
        if near.len() < learned.lessons.len() && *all != alone {
            // Where memories add anything, none is left out.
            let every: Vec<usize> = (0..learned.lessons.len()).collect();
            self.after(port, base, (&learned, &every), (&mut frames, mac), all, model)?;
        }
        self.lessons = Some(learned);
        Ok(())
    }

    /// Adds where these frames go to the addresses of these lessons.
    fn after(
        &mut self,
        port: PortNo,
        base: PortId,
        (learned, numbers): (&Taught, &[usize]),
        (frames, mac): (&mut [(Tail, Vec<u8>)], Option<MacAddr>),
        all: &mut Ways,
        model: &mut Model,
    ) -> Result<(), super::TooManyAddresses> {
        for number in numbers.iter().copied() {
            let lesson = &learned.lessons[number];
            let to = address(number, lesson);
            if lesson.bound.is_some() {
                // Others may have taught this address since.
                self.hear(number, lesson);
            }
            // What is kept by destination alone is no memory that a healthy forwarder has.
            for dst in [Some(to.0), Some(to.1).filter(|_| !Q::EXACT)].into_iter().flatten() {
                for (class, frame) in frames.iter_mut() {
                    frame[..6].copy_from_slice(&dst.0);
                    self.nature.asked += 1;
                    let verdict = self.copy.after_others(port, frame);
                    let copies = self.copy.copies(verdict).unwrap_or_default();
                    all.add(&Some(Answer { copies, mac }), *class, base, model)?;
                }
            }
        }
        Ok(())
    }

    /// Sends one frame from every place where the forwarder may learn.
    fn teach(&mut self) -> Taught {
        let tables = self.copy.fast().tables();
        let lessons = lessons(&tables, &self.vids, Q::EXACT);
        let is_apart = Q::EXACT && !self.copy.shares_memory();
        let mut of = Vec::with_capacity(lessons.len());
        let vids = if Q::EXACT { BTreeMap::new() } else { vids(&tables) };
        let mut beside = Vec::with_capacity(lessons.len());
        for (number, lesson) in lessons.iter().enumerate() {
            let verdict = self.hear(number, lesson);
            of.push(flooding(verdict).filter(|_| is_apart));
            // Of a healthy forwarder only places that teach are asked for.
            let idle = matches!(verdict, FrameVerdict::Drop(_)) || !is_at_home(&vids, lesson);
            beside.push(!Q::EXACT && idle);
        }
        Taught {
            lessons,
            of,
            beside,
            vids,
        }
    }

    /// It is asked for as any other frame is.
    fn hear(&mut self, number: usize, lesson: &Lesson) -> FrameVerdict {
        let (src, dst) = address(number, lesson);
        let mut frame = self.plain.frame(lesson.tags(), Some(src));
        frame[..6].copy_from_slice(&dst.0);
        self.nature.asked += 1;
        self.copy.after_others(lesson.port, &frame)
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

    /// Where a frame goes that comes alone.
    fn answer(&mut self, port: PortNo, bytes: &[u8]) -> Result<Vec<super::ways::Copied>, DropReason> {
        self.nature.asked += 1;
        let verdict = self.copy.alone(port, bytes);
        self.copy.copies(verdict)
    }
}

/// The service that a frame is flooded in. Nobody has learned where it is for.
fn flooding(verdict: FrameVerdict) -> Option<MemberRef> {
    match verdict {
        FrameVerdict::Replicate(group) => Some(group.service()),
        FrameVerdict::Drop(_) | FrameVerdict::Forward(..) => None,
    }
}

fn cell(model: &mut Model, ways: &Ways) -> Cell {
    model.cell(ways.outs())
}

/// Adds VIDs with equal ways behind the runs.
fn extend(runs: &mut Vec<(Symbol, Symbol, Ways)>, (first, last): (u16, u16), tpid: usize, ways: Ways) {
    let (_, end, before) = runs.last_mut().expect("the untagged one");
    // Special VIDs stand alone: a second tag may matter there.
    let alone = matches!(first, 0 | 1 | 4095);
    if *before == ways && !alone {
        *end = Symbol::tag(tpid, last);
    } else {
        runs.push((Symbol::tag(tpid, first), Symbol::tag(tpid, last), ways));
    }
}

/// The VIDs of tables, what is beside them by number or by one bit, the ends of the range, and
/// one of every 128 others.
fn one_by_one(vids: &BTreeSet<u16>) -> Vec<u16> {
    let last = VIDS - 1;
    let mut all: BTreeSet<u16> = [0, 1, 2, last - 1, last].into_iter().collect();
    all.extend((0..VIDS).skip(77).step_by(128));
    for vid in vids {
        all.extend([*vid, vid.saturating_sub(1), (*vid + 1).min(last)]);
        all.extend((0..12).map(|bit| vid ^ 1 << bit));
    }
    all.into_iter().collect()
}
