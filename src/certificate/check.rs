//! The three conditions.

use super::claim::Claim;
use super::parse::{ANY, Certificate, ClaimedExit, NONE, OPAQUE, Other};
use super::reader::Wrong;
use super::{Checked, Refused};

pub(super) fn check(all: &Certificate) -> Result<Checked, Wrong> {
    links(all)?;
    let mut finder = Finder::default();
    starts(all, &mut finder)?;
    for port in 0..all.ports.len() {
        for claim in claims_at(all, port).iter().copied() {
            follow(all, &mut finder, port, claim)?;
        }
    }
    let terminals = all.ports.iter().filter(|port| matches!(port.other, Other::End(_)));
    Ok(Checked {
        scenario: all.scenario.clone(),
        profile: all.profile.clone(),
        tenants: u64::from(all.tenants),
        ports: all.ports.len() as u64,
        claims: all.claims.len() as u64,
        terminals: terminals.count() as u64,
        tables: all.tables,
    })
}

fn refuse<T>(why: String) -> Result<T, Wrong> {
    Err(Box::new(Refused { line: 0, why }))
}

fn claims_at(all: &Certificate, port: usize) -> &[Claim] {
    debug_assert_eq!(
        all.at.len(),
        all.ports.len() + 1,
        "every port knows where its claims are"
    );
    &all.claims[all.at[port] as usize..all.at[port + 1] as usize]
}

/// Both ends of a link name each other.
fn links(all: &Certificate) -> Result<(), Wrong> {
    for (i, port) in all.ports.iter().enumerate() {
        if let Other::Port(far) = port.other
            && all.ports[far as usize].other != Other::Port(i as u32)
        {
            return refuse(format!("port {i} is wired to port {far}, which is not wired to it"));
        }
    }
    Ok(())
}

/// Finds claims: in order of tenants, as ports and claims mostly are, each beside the last.
#[derive(Default)]
struct Finder {
    /// The port and the number among its claims that was found last.
    last: (usize, usize),
}

impl Finder {
    /// Is this claimed?
    #[inline]
    fn holds(&mut self, all: &Certificate, port: usize, wanted: Claim) -> bool {
        let claims = claims_at(all, port);
        let is_it = |claim: &Claim| claim.key() == wanted.key();
        let covers =
            |claim: &Claim| (claim.mac() == wanted.mac() || claim.mac() == 0) && wanted.tail() & !claim.tail() == 0;
        let last = if self.last.0 == port { self.last.1 } else { 0 };
        let beside = claims.iter().enumerate().skip(last).take(2);
        let mut beside = beside.filter(|(_, claim)| is_it(claim) && covers(claim));
        if let Some((at, _)) = beside.next() {
            self.last = (port, at);
            return true;
        }
        let first = claims.partition_point(|claim| claim.key() < wanted.key());
        self.last = (port, first);
        claims[first..].iter().take_while(|claim| is_it(claim)).any(covers)
    }
}

/// Whatever a tenant may send into its own ports is claimed for it.
fn starts(all: &Certificate, finder: &mut Finder) -> Result<(), Wrong> {
    for (i, port) in all.ports.iter().enumerate() {
        let Other::End(owner) = port.other else { continue };
        if owner != NONE && !finder.holds(all, i, Claim::new(owner, ANY, 0)) {
            return refuse(format!(
                "tenant {owner} sends into port {i}, and nothing is claimed of that"
            ));
        }
    }
    Ok(())
}

/// Every way on from a claim leads to a terminal of its owner, or to a claim.
fn follow(all: &Certificate, finder: &mut Finder, port: usize, claim: Claim) -> Result<(), Wrong> {
    let (first, second) = claim.tags();
    if first > 0 {
        let behind = if second > 0 { class(second) } else { claim.tail() };
        return by_symbol(all, finder, port, claim, first, behind);
    }
    if claim.tail() & 1 != 0 {
        by_symbol(all, finder, port, claim, 0, 1)?;
    }
    let shape = &all.shapes[all.ports[port].shape as usize];
    let runs = &all.runs[shape.first_run as usize..][..usize::from(shape.runs)];
    let mut first = 0;
    for run in runs {
        // A run may lie across several tag protocol ids: each stands for its own class.
        for tpid in 0..3 {
            let (low, high) = (1 + tpid * 4096, (tpid + 1) * 4096);
            if claim.tail() >> (tpid + 1) & 1 != 0 && run.ways > 0 && first <= high && run.last >= low {
                let ways = &all.ways[run.first_way as usize..][..usize::from(run.ways)];
                own_tag(all, finder, port, claim, ways, class(low))?;
            }
        }
        first = run.last + 1;
    }
    Ok(())
}

/// The set of what begins with this tag.
fn class(symbol: u16) -> u8 {
    match symbol {
        0 => 1,
        tag => 2 << ((tag - 1) / 4096),
    }
}

/// Frames that begin with a known symbol, and go on behind it as `behind` allows.
fn by_symbol(
    all: &Certificate,
    finder: &mut Finder,
    port: usize,
    claim: Claim,
    symbol: u16,
    behind: u8,
) -> Result<(), Wrong> {
    for way in ways_of(all, port, symbol) {
        let tail = way.tail & behind;
        if tail == 0 {
            continue;
        }
        let mut next = claim;
        if claim.tags().1 == 0 {
            next = next.with_tail(tail);
        }
        if way.pop {
            next = next.pop();
        }
        leave(all, finder, port, way, next)?;
    }
    Ok(())
}

/// Frames that begin with a tag of the sender's own, of which only the class is known.
fn own_tag(
    all: &Certificate,
    finder: &mut Finder,
    port: usize,
    claim: Claim,
    ways: &[ClaimedExit],
    class: u8,
) -> Result<(), Wrong> {
    for way in ways {
        let tail = if way.pop { way.tail } else { class };
        leave(all, finder, port, way, claim.with_tail(tail))?;
    }
    Ok(())
}

fn ways_of(all: &Certificate, port: usize, symbol: u16) -> &[ClaimedExit] {
    let shape = &all.shapes[all.ports[port].shape as usize];
    let runs = &all.runs[shape.first_run as usize..][..usize::from(shape.runs)];
    let at = match shape.index {
        NONE => runs.iter().position(|run| run.last >= symbol).unwrap_or(0),
        _ if symbol >= shape.indexed => runs.len() - 1,
        index => usize::from(all.index[index as usize + usize::from(symbol)]),
    };
    &all.ways[runs[at].first_way as usize..][..usize::from(runs[at].ways)]
}

/// Puts the tag on, crosses the link, and asks whether that is allowed.
fn leave(all: &Certificate, finder: &mut Finder, port: usize, way: &ClaimedExit, mut next: Claim) -> Result<(), Wrong> {
    let (out, push) = match way.port {
        NONE => all.ports[port].way,
        out => (out, way.push),
    };
    if way.mac != 0 {
        if next.mac() != 0 && next.mac() != way.mac {
            return Ok(());
        }
        next = next.with_mac(way.mac);
    }
    if push == OPAQUE {
        next = next.bare().with_tail(1);
    } else if push != 0 {
        next = match next.push(push) {
            Some(next) => next,
            None => return refuse(format!("more than six tags above one another leave by port {out}")),
        };
    }
    let owner = next.owner();
    match all.ports[out as usize].other {
        Other::Nothing => Ok(()),
        Other::End(whose) if whose == owner => Ok(()),
        Other::End(_) => refuse(format!(
            "a frame of tenant {owner} that came in by port {port} leaves by port {out}, to a terminal of somebody else"
        )),
        Other::Port(far) if finder.holds(all, far as usize, next) => Ok(()),
        Other::Port(far) => refuse(format!(
            "a frame of tenant {owner} goes from port {port} by {out} to port {far}, where none is claimed"
        )),
    }
}
