//! The three conditions.

use super::parse::{ANY, Certificate, Claim, DEPTH, NONE, OPAQUE, Other, Way};
use super::{Checked, Refused};

pub(super) fn check(all: &Certificate) -> Result<Checked, Refused> {
    links(all)?;
    let index = Index::new(all);
    starts(all, &index)?;
    for port in 0..all.ports.len() {
        for claim in claims_at(all, port) {
            follow(all, &index, port, claim)?;
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

fn refuse<T>(why: String) -> Result<T, Refused> {
    Err(Refused { line: 0, why })
}

fn claims_at(all: &Certificate, port: usize) -> &[Claim] {
    &all.claims[all.at[port] as usize..all.at[port + 1] as usize]
}

/// Both ends of a link name each other.
fn links(all: &Certificate) -> Result<(), Refused> {
    for (i, port) in all.ports.iter().enumerate() {
        if let Other::Port(far) = port.other
            && all.ports[far as usize].other != Other::Port(i as u32)
        {
            return refuse(format!("port {i} is wired to port {far}, which is not wired to it"));
        }
    }
    Ok(())
}

/// Finds a claim without looking at all of its port's.
struct Index {
    /// For ports with many claims: the first claim of an outermost tag, by tag.
    by_tag: Vec<u32>,
    /// Where the table of a port begins, by port; `NONE` where it has few claims.
    tables: Vec<u32>,
}

const FEW: usize = 24;
const TAGS: usize = 1 + 3 * 4096;

impl Index {
    fn new(all: &Certificate) -> Self {
        let mut index = Self {
            by_tag: Vec::new(),
            tables: vec![NONE; all.ports.len()],
        };
        for port in 0..all.ports.len() {
            let claims = claims_at(all, port);
            if claims.len() <= FEW {
                continue;
            }
            let start = index.by_tag.len();
            index.tables[port] = start as u32;
            index.by_tag.resize(start + TAGS, NONE);
            for (i, claim) in claims.iter().enumerate().rev() {
                index.by_tag[start + usize::from(claim.pushed[0])] = i as u32;
            }
        }
        index
    }

    /// Is this claimed?
    fn holds(&self, all: &Certificate, port: usize, wanted: &Claim) -> bool {
        let claims = claims_at(all, port);
        let covers = |claim: &Claim| {
            claim.owner == wanted.owner
                && claim.depth == wanted.depth
                && claim.pushed == wanted.pushed
                && (claim.mac == wanted.mac || claim.mac == 0)
                && wanted.tail & !claim.tail == 0
        };
        let first = match self.tables[port] {
            NONE => 0,
            table => match self.by_tag[table as usize + usize::from(wanted.pushed[0])] {
                NONE => return false,
                first => first as usize,
            },
        };
        claims[first..].iter().any(covers)
    }
}

/// Whatever a tenant may send into its own ports is claimed for it.
fn starts(all: &Certificate, index: &Index) -> Result<(), Refused> {
    for (i, port) in all.ports.iter().enumerate() {
        let Other::End(owner) = port.other else { continue };
        let all_frames = Claim {
            owner,
            tail: ANY,
            depth: 0,
            mac: 0,
            pushed: [0; DEPTH],
        };
        if owner != NONE && !index.holds(all, i, &all_frames) {
            return refuse(format!(
                "tenant {owner} sends into port {i}, and nothing is claimed of that"
            ));
        }
    }
    Ok(())
}

/// Every way on from a claim leads to a terminal of its owner, or to a claim.
fn follow(all: &Certificate, index: &Index, port: usize, claim: &Claim) -> Result<(), Refused> {
    if claim.depth > 0 {
        let behind = match claim.depth {
            1 => claim.tail,
            _ => class(claim.pushed[1]),
        };
        return by_symbol(all, index, port, claim, claim.pushed[0], behind);
    }
    if claim.tail & 1 != 0 {
        by_symbol(all, index, port, claim, 0, 1)?;
    }
    let shape = &all.shapes[all.ports[port].shape as usize];
    let runs = &all.runs[shape.first_run as usize..][..usize::from(shape.runs)];
    let mut first = 0;
    for run in runs {
        // A run may lie across several tag protocol ids: each stands for its own class.
        for tpid in 0..3 {
            let (low, high) = (1 + tpid * 4096, (tpid + 1) * 4096);
            if claim.tail >> (tpid + 1) & 1 != 0 && run.ways > 0 && first <= high && run.last >= low {
                let ways = &all.ways[run.first_way as usize..][..usize::from(run.ways)];
                own_tag(all, index, port, claim, ways, class(low))?;
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
    index: &Index,
    port: usize,
    claim: &Claim,
    symbol: u16,
    behind: u8,
) -> Result<(), Refused> {
    for way in ways_of(all, port, symbol) {
        let tail = way.tail & behind;
        if tail == 0 {
            continue;
        }
        let mut next = *claim;
        if claim.depth <= 1 {
            next.tail = tail;
        }
        if way.pop && claim.depth > 0 {
            next.pushed.rotate_left(1);
            next.pushed[DEPTH - 1] = 0;
            next.depth -= 1;
        }
        leave(all, index, port, way, next)?;
    }
    Ok(())
}

/// Frames that begin with a tag of the sender's own, of which only the class is known.
fn own_tag(
    all: &Certificate,
    index: &Index,
    port: usize,
    claim: &Claim,
    ways: &[Way],
    class: u8,
) -> Result<(), Refused> {
    for way in ways {
        let tail = if way.pop { way.tail } else { class };
        leave(all, index, port, way, Claim { tail, ..*claim })?;
    }
    Ok(())
}

fn ways_of(all: &Certificate, port: usize, symbol: u16) -> &[Way] {
    let shape = &all.shapes[all.ports[port].shape as usize];
    let runs = &all.runs[shape.first_run as usize..][..usize::from(shape.runs)];
    let at = match shape.index {
        NONE => runs.iter().position(|run| run.last >= symbol).unwrap_or(0),
        index => usize::from(all.index[index as usize + usize::from(symbol)]),
    };
    &all.ways[runs[at].first_way as usize..][..usize::from(runs[at].ways)]
}

/// Puts the tag on, crosses the link, and asks whether that is allowed.
fn leave(all: &Certificate, index: &Index, port: usize, way: &Way, mut next: Claim) -> Result<(), Refused> {
    let (out, push) = match way.port {
        NONE => all.ports[port].way,
        out => (out, way.push),
    };
    if way.mac != 0 {
        if next.mac != 0 && next.mac != way.mac {
            return Ok(());
        }
        next.mac = way.mac;
    }
    if push == OPAQUE {
        (next.depth, next.tail, next.pushed) = (0, 1, [0; DEPTH]);
    } else if push != 0 {
        if usize::from(next.depth) == DEPTH {
            return refuse(format!("more than {DEPTH} tags above one another leave by port {out}"));
        }
        next.pushed.rotate_right(1);
        next.pushed[0] = push;
        next.depth += 1;
    }
    let owner = next.owner;
    match all.ports[out as usize].other {
        Other::Nothing => Ok(()),
        Other::End(whose) if whose == owner => Ok(()),
        Other::End(_) => refuse(format!(
            "a frame of tenant {owner} that came in by port {port} leaves by port {out}, to a terminal of somebody else"
        )),
        Other::Port(far) if index.holds(all, far as usize, &next) => Ok(()),
        Other::Port(far) => refuse(format!(
            "a frame of tenant {owner} goes from port {port} by {out} to port {far}, where none is claimed"
        )),
    }
}
