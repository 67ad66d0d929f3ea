//! Reads a certificate, and refuses whatever is not exactly one.

use super::Refused;
use super::reader::{Lines, Words};

/// Nobody's, nowhere, none.
pub(super) const NONE: u32 = u32::MAX;
/// Symbols: no tag, and 4,096 VIDs for each of three tag protocol ids.
pub(super) const SYMBOLS: u32 = 1 + 3 * 4096;
/// A header that nothing reads as a tag.
pub(super) const OPAQUE: u16 = 0x3fff;
/// "Anything" as a tail: no tag, or one of three.
pub(super) const ANY: u8 = 15;
/// Tags that switches may have put on.
pub(super) const DEPTH: usize = 6;

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
pub(super) struct Way {
    pub port: u32,
    pub push: u16,
    pub pop: bool,
    pub tail: u8,
    pub mac: u16,
}

/// Symbols up to `last`, and their ways: a span of the list of all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
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
    /// Where its runs are by symbol: the start of a table, where it has many.
    pub index: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Port {
    pub other: Other,
    pub shape: u32,
    pub way: (u32, u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub owner: u32,
    pub tail: u8,
    pub depth: u8,
    pub mac: u16,
    pub pushed: [u16; DEPTH],
}

#[derive(Debug, Default)]
pub(super) struct Certificate {
    pub scenario: String,
    pub profile: String,
    pub tenants: u32,
    pub macs: u32,
    pub ways: Vec<Way>,
    pub runs: Vec<Run>,
    pub shapes: Vec<Shape>,
    pub index: Vec<u16>,
    pub ports: Vec<Port>,
    /// Claims in order of port, and for each port where its own begin.
    pub claims: Vec<Claim>,
    pub at: Vec<u32>,
    pub tables: u64,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Certificate, Refused> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Refused {
            line: 0,
            why: "this is no UTF-8 text".to_owned(),
        });
    };
    let mut lines = Lines::new(text);
    let mut all = Certificate::default();
    head(&mut lines, &mut all)?;
    ports(&mut lines, &mut all)?;
    all.tables = digest(&bytes[..lines.read()]);
    let end = claims(&mut lines, &mut all)?;
    let mut words = end.1;
    let sum = digest(&bytes[..end.0]);
    for shift in (0..16).rev() {
        let wanted = (sum >> (4 * shift) & 15) as u8;
        if words.hex()? != wanted {
            return Err(words.wrong("the digest is another: the certificate was damaged"));
        }
    }
    words.done()?;
    if lines.is_done() {
        Ok(all)
    } else {
        lines.next()?;
        Err(lines.wrong("there is more behind the end"))
    }
}

fn head(lines: &mut Lines<'_>, all: &mut Certificate) -> Result<(), Refused> {
    let mut words = lines.next()?;
    words.expect("trunklab-certificate 1")?;
    words.done()?;
    let mut words = lines.next()?;
    words.expect("scenario ")?;
    words.text()?.clone_into(&mut all.scenario);
    let mut words = lines.next()?;
    words.expect("profile ")?;
    words.text()?.clone_into(&mut all.profile);
    all.tenants = count(lines, "tenants ")?;
    for _ in 0..all.tenants {
        let mut words = lines.next()?;
        words.expect("n ")?;
        words.text()?;
    }
    all.macs = count(lines, "macs ")?;
    if all.macs > 4095 {
        return Err(lines.wrong("there are at most 4,095 addresses"));
    }
    for _ in 0..all.macs {
        let mut words = lines.next()?;
        words.expect("m ")?;
        for octet in 0..6 {
            if octet > 0 {
                words.expect(":")?;
            }
            words.hex()?;
            words.hex()?;
        }
        words.done()?;
    }
    Ok(())
}

fn count(lines: &mut Lines<'_>, word: &str) -> Result<u32, Refused> {
    let mut words = lines.next()?;
    words.expect(word)?;
    let count = words.number(NONE)?;
    words.done()?;
    Ok(count)
}

fn ports(lines: &mut Lines<'_>, all: &mut Certificate) -> Result<(), Refused> {
    let count = count(lines, "ports ")?;
    all.ports.reserve((count as usize).min(lines.left() / 6));
    while all.ports.len() < count as usize {
        let mut words = lines.next()?;
        if words.takes(b's') {
            shape(&mut words, all, count)?;
            continue;
        }
        words.expect("p ")?;
        let other = match (words.takes(b'w'), words.takes(b'e')) {
            (true, _) => Other::Port(words.number(count)?),
            (_, true) if words.takes(b'-') => Other::End(NONE),
            (_, true) => Other::End(words.number(all.tenants)?),
            _ => {
                words.expect("-")?;
                Other::Nothing
            }
        };
        words.expect(" ")?;
        let shape = words.number(all.shapes.len() as u32)?;
        let mut way = (NONE, 0);
        if all.shapes[shape as usize].open {
            words.expect(" ")?;
            way = (words.number(count)?, push(&mut words)?);
        }
        words.done()?;
        all.ports.push(Port { other, shape, way });
    }
    Ok(())
}

fn push(words: &mut Words<'_>) -> Result<u16, Refused> {
    if !words.takes(b'+') {
        return Ok(0);
    }
    match words.number(u32::from(OPAQUE) + 1)? as u16 {
        0 => Err(words.wrong("0 is no tag to put on")),
        tag if tag != OPAQUE && u32::from(tag) >= SYMBOLS => Err(words.wrong(format!("{tag} is no tag"))),
        tag => Ok(tag),
    }
}

/// ` LAST=WAYS` for runs in order, that cover every symbol.
fn shape(words: &mut Words<'_>, all: &mut Certificate, ports: u32) -> Result<(), Refused> {
    let first_run = all.runs.len();
    let mut next = 0;
    let mut open = false;
    while !words.is_done() {
        words.expect(" ")?;
        let last = words.number(SYMBOLS)?;
        if last < next {
            return Err(words.wrong(format!("the runs of a port overlap at {last}")));
        }
        next = last + 1;
        words.expect("=")?;
        let first_way = all.ways.len();
        if !words.takes(b'.') {
            loop {
                let way = way(words, all.macs, ports)?;
                open |= way.port == NONE;
                all.ways.push(way);
                if !words.takes(b',') {
                    break;
                }
            }
        }
        all.runs.push(Run {
            last: last as u16,
            first_way: first_way as u32,
            ways: u16::try_from(all.ways.len() - first_way).map_err(|_| words.wrong("too many ways"))?,
        });
    }
    if next != SYMBOLS {
        return Err(words.wrong(format!("symbols from {next} on have no cell")));
    }
    let runs = all.runs.len() - first_run;
    let mut index = NONE;
    if runs > 16 {
        index = all.index.len() as u32;
        let mut from = 0;
        for (i, run) in all.runs[first_run..].iter().enumerate() {
            all.index.resize(index as usize + usize::from(run.last) + 1, i as u16);
            from = run.last;
        }
        debug_assert_eq!(u32::from(from) + 1, SYMBOLS, "they were just counted");
    }
    all.shapes.push(Shape {
        first_run: first_run as u32,
        runs: runs as u16,
        open,
        index,
    });
    Ok(())
}

fn way(words: &mut Words<'_>, macs: u32, ports: u32) -> Result<Way, Refused> {
    let (port, push) = if words.takes(b'*') {
        (NONE, 0)
    } else {
        (words.number(ports)?, push(words)?)
    };
    let pop = words.takes(b'^');
    let tail = tail(words)?;
    let mac = if words.takes(b'@') {
        words.number(macs)? as u16 + 1
    } else {
        0
    };
    Ok(Way {
        port,
        push,
        pop,
        tail,
        mac,
    })
}

fn tail(words: &mut Words<'_>) -> Result<u8, Refused> {
    if !words.takes(b':') {
        return Ok(ANY);
    }
    match words.hex()? {
        0 => Err(words.wrong("no frame at all is nothing to speak of")),
        ANY => Err(words.wrong("`f` is what is meant where nothing is said")),
        tail => Ok(tail),
    }
}

/// Reads claims up to the end; returns where that line begins, and its words.
fn claims<'a>(lines: &mut Lines<'a>, all: &mut Certificate) -> Result<(usize, Words<'a>), Refused> {
    let ports = all.ports.len() as u32;
    let wanted = count(lines, "claims ")? as usize;
    all.claims.reserve(wanted.min(lines.left() / 2));
    all.at.reserve(ports as usize + 1);
    loop {
        let before = lines.read();
        let mut words = lines.next()?;
        if words.begins("end ") {
            words.expect("end ")?;
            if all.claims.len() != wanted {
                return Err(words.wrong(format!("there are {} claims, not {wanted}", all.claims.len())));
            }
            all.at.resize(ports as usize + 1, all.claims.len() as u32);
            return Ok((before, words));
        }
        words.expect("k ")?;
        let port = words.number(ports)? as usize;
        if port < all.at.len() {
            return Err(words.wrong("the ports of claims are not in order"));
        }
        all.at.resize(port + 1, all.claims.len() as u32);
        while !words.is_done() {
            words.expect(" ")?;
            all.claims.push(claim(&mut words, all.tenants, all.macs)?);
        }
        if all.claims.len() > wanted {
            return Err(words.wrong(format!("there are more than {wanted} claims")));
        }
    }
}

fn claim(words: &mut Words<'_>, tenants: u32, macs: u32) -> Result<Claim, Refused> {
    let owner = words.number(tenants)?;
    let tail = tail(words)?;
    let mac = if words.takes(b'@') {
        words.number(macs)? as u16 + 1
    } else {
        0
    };
    let mut pushed = [0; DEPTH];
    let mut depth = 0;
    while words.takes(b'+') {
        let tag = words.number(SYMBOLS)? as u16;
        match pushed.get_mut(depth) {
            Some(place) if tag > 0 => *place = tag,
            _ => return Err(words.wrong("this is no stack of tags")),
        }
        depth += 1;
    }
    Ok(Claim {
        owner,
        tail,
        depth: depth as u8,
        mac,
        pushed,
    })
}

/// As the prover counts it.
fn digest(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    let mut mix = |word: u64| sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    while let Some(word) = bytes.get(at..at + 8) {
        let mut octets = [0; 8];
        octets.copy_from_slice(word);
        mix(u64::from_le_bytes(octets));
        at += 8;
    }
    bytes[at..].iter().for_each(|octet| mix(u64::from(*octet)));
    sum ^ bytes.len() as u64
}
