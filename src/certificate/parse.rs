//! Reads a certificate, and refuses whatever is not exactly one.

use super::claim::{Claim, MOST_TENANTS};
use super::reader::{Digest, Reader, Wrong};

/// Nobody's, nowhere, none.
pub(super) const NONE: u32 = u32::MAX;
/// Symbols: no tag, and 4,096 VIDs for each of three tag protocol ids.
pub(super) const SYMBOLS: u32 = 1 + 3 * 4096;
/// A header that nothing reads as a tag.
pub(super) const OPAQUE: u16 = 0x3fff;
/// "Anything" as a tail: no tag, or one of three.
pub(super) const ANY: u8 = 15;
/// What is at the other end of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Other {
    Nothing,
    Port(u32),
    /// A terminal of this tenant, or of nobody.
    End(u32),
}

/// One way out. `port` is `NONE` where it is the port's own first way.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClaimedExit {
    pub port: u32,
    pub push: u16,
    pub pop: bool,
    pub tail: u8,
    pub mac: u16,
}

/// Symbols up to `last`, and their ways: a span of the list of all.
#[derive(Debug, Clone, Copy)]
pub(super) struct SymbolRun {
    pub last: u16,
    pub first_way: u32,
    pub ways: u16,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub first_run: u32,
    pub runs: u16,
    /// Does it leave a way open for the port to name?
    pub open: bool,
    /// Where its runs are by symbol: the start of a table, where it has many. What is beyond the
    /// table is of the last run.
    pub index: u32,
    pub indexed: u16,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Port {
    pub other: Other,
    pub shape: u32,
    pub way: (u32, u16),
}

#[derive(Debug, Default)]
pub(super) struct Certificate {
    pub scenario: String,
    pub profile: String,
    pub tenants: u32,
    pub macs: u32,
    pub ways: Vec<ClaimedExit>,
    pub runs: Vec<SymbolRun>,
    pub shapes: Vec<Shape>,
    pub index: Vec<u16>,
    pub ports: Vec<Port>,
    /// Claims in order of port, and for each port where its own begin. Those of a port are in order
    /// of [`Claim::key`].
    pub claims: Vec<Claim>,
    pub at: Vec<u32>,
    pub tables: u64,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Certificate, Wrong> {
    let mut from = Reader::new(bytes);
    let mut digest = Digest::new(bytes);
    let mut all = Certificate::default();
    head(&mut from, &mut all)?;
    ports(&mut from, &mut all)?;
    all.tables = digest.of(from.read());
    claims(&mut from, &mut all)?;
    let sum = digest.of(from.read());
    from.expect("end ")?;
    for shift in (0..16).rev() {
        if u64::from(from.hex()?) != sum >> (4 * shift) & 15 {
            return Err(from.wrong("the digest is another: the certificate was damaged"));
        }
    }
    from.end()?;
    if from.left() > 0 {
        return Err(from.wrong("there is more behind the end"));
    }
    Ok(all)
}

fn head(from: &mut Reader<'_>, all: &mut Certificate) -> Result<(), Wrong> {
    from.expect("trunklab-certificate 1")?;
    from.end()?;
    from.expect("scenario ")?;
    from.text()?.clone_into(&mut all.scenario);
    from.expect("profile ")?;
    from.text()?.clone_into(&mut all.profile);
    all.tenants = count(from, "tenants ")?;
    if all.tenants > MOST_TENANTS {
        return Err(from.wrong(format!("there are at most {MOST_TENANTS} tenants")));
    }
    for _ in 0..all.tenants {
        from.expect("n ")?;
        from.text()?;
    }
    all.macs = count(from, "macs ")?;
    if all.macs > 4095 {
        return Err(from.wrong("there are at most 4,095 addresses"));
    }
    for _ in 0..all.macs {
        from.expect("m ")?;
        for octet in 0..6 {
            if octet > 0 {
                from.expect(":")?;
            }
            from.hex()?;
            from.hex()?;
        }
        from.end()?;
    }
    Ok(())
}

fn count(from: &mut Reader<'_>, word: &str) -> Result<u32, Wrong> {
    from.expect(word)?;
    let count = from.number(NONE)?;
    from.end()?;
    Ok(count)
}

fn ports(from: &mut Reader<'_>, all: &mut Certificate) -> Result<(), Wrong> {
    let count = count(from, "ports ")?;
    all.ports.reserve((count as usize).min(from.left() / 6));
    while all.ports.len() < count as usize {
        if from.takes(b's') {
            shape(from, all, count)?;
            continue;
        }
        from.expect("p ")?;
        let other = match (from.takes(b'w'), from.takes(b'e')) {
            (true, _) => Other::Port(from.number(count)?),
            (_, true) if from.takes(b'-') => Other::End(NONE),
            (_, true) => Other::End(from.number(all.tenants)?),
            _ => {
                from.expect("-")?;
                Other::Nothing
            }
        };
        from.space()?;
        let shape = from.number(all.shapes.len() as u32)?;
        let mut way = (NONE, 0);
        if all.shapes[shape as usize].open {
            from.space()?;
            way = (from.number(count)?, push(from)?);
        }
        from.end()?;
        all.ports.push(Port { other, shape, way });
    }
    Ok(())
}

#[inline]
fn push(from: &mut Reader<'_>) -> Result<u16, Wrong> {
    if !from.takes(b'+') {
        return Ok(0);
    }
    match from.number(u32::from(OPAQUE) + 1)? as u16 {
        0 => Err(from.wrong("0 is no tag to put on")),
        tag if tag != OPAQUE && u32::from(tag) >= SYMBOLS => Err(from.wrong(format!("{tag} is no tag"))),
        tag => Ok(tag),
    }
}

/// ` LAST=WAYS` for runs in order, that cover every symbol.
fn shape(from: &mut Reader<'_>, all: &mut Certificate, ports: u32) -> Result<(), Wrong> {
    let first_run = all.runs.len();
    let mut next = 0;
    let mut open = false;
    while !from.ends() {
        from.space()?;
        let last = from.number(SYMBOLS)?;
        if last < next {
            return Err(from.wrong(format!("the runs of a port overlap at {last}")));
        }
        next = last + 1;
        from.expect("=")?;
        let first_way = all.ways.len();
        if !from.takes(b'.') {
            loop {
                let way = way(from, all.macs, ports)?;
                open |= way.port == NONE;
                all.ways.push(way);
                if !from.takes(b',') {
                    break;
                }
            }
        }
        all.runs.push(SymbolRun {
            last: last as u16,
            first_way: first_way as u32,
            ways: u16::try_from(all.ways.len() - first_way).map_err(|_| from.wrong("too many ways"))?,
        });
    }
    if next != SYMBOLS {
        return Err(from.wrong(format!("symbols from {next} on have no cell")));
    }
    let runs = all.runs.len() - first_run;
    let (mut index, mut indexed) = (NONE, 0);
    if runs > 16 {
        index = all.index.len() as u32;
        for (i, run) in all.runs[first_run..][..runs - 1].iter().enumerate() {
            indexed = run.last + 1;
            all.index.resize(index as usize + usize::from(indexed), i as u16);
        }
    }
    all.shapes.push(Shape {
        first_run: first_run as u32,
        runs: runs as u16,
        open,
        index,
        indexed,
    });
    Ok(())
}

#[inline]
fn way(from: &mut Reader<'_>, macs: u32, ports: u32) -> Result<ClaimedExit, Wrong> {
    let (port, push) = if from.takes(b'*') {
        (NONE, 0)
    } else {
        (from.number(ports)?, push(from)?)
    };
    let pop = from.takes(b'^');
    let tail = tail(from)?;
    let mac = if from.takes(b'@') {
        from.number(macs)? as u16 + 1
    } else {
        0
    };
    Ok(ClaimedExit {
        port,
        push,
        pop,
        tail,
        mac,
    })
}

#[inline]
fn tail(from: &mut Reader<'_>) -> Result<u8, Wrong> {
    if !from.takes(b':') {
        return Ok(ANY);
    }
    match from.hex()? {
        0 => Err(from.wrong("no frame at all is nothing to speak of")),
        ANY => Err(from.wrong("`f` is what is meant where nothing is said")),
        tail => Ok(tail),
    }
}

/// Reads claims, up to the line of the end.
fn claims(from: &mut Reader<'_>, all: &mut Certificate) -> Result<(), Wrong> {
    let ports = all.ports.len() as u32;
    let wanted = count(from, "claims ")? as usize;
    all.claims.reserve_exact(wanted.min(from.left() / 2));
    all.at.reserve_exact(ports as usize + 1);
    while from.takes(b'k') {
        from.space()?;
        let port = from.number(ports)? as usize;
        if port < all.at.len() {
            return Err(from.wrong("the ports of claims are not in order"));
        }
        let first = all.claims.len();
        all.at.resize(port + 1, first as u32);
        while !from.ends() {
            from.space()?;
            let claim = claim(from, all.tenants, all.macs)?;
            if all.claims[first..].last().is_some_and(|last| last.key() > claim.key()) {
                return Err(from.wrong("the claims of a port are not in order"));
            }
            if all.claims.len() == wanted {
                return Err(from.wrong(format!("there are more than {wanted} claims")));
            }
            all.claims.push(claim);
        }
    }
    if all.claims.len() != wanted {
        return Err(from.wrong(format!("there are {} claims, not {wanted}", all.claims.len())));
    }
    all.at.resize(ports as usize + 1, wanted as u32);
    Ok(())
}

#[inline]
fn claim(from: &mut Reader<'_>, tenants: u32, macs: u32) -> Result<Claim, Wrong> {
    let owner = from.number(tenants)?;
    let tail = tail(from)?;
    let mac = if from.takes(b'@') {
        from.number(macs)? as u16 + 1
    } else {
        0
    };
    let mut claim = Claim::new(owner, tail, mac);
    while from.takes(b'+') {
        let tag = from.number(SYMBOLS)? as u16;
        match claim.under(tag) {
            Some(more) if tag > 0 => claim = more,
            _ => return Err(from.wrong("this is no stack of tags")),
        }
    }
    Ok(claim)
}
