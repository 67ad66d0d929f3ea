//! Writes a proof down, so that who does not trust the prover can check it.
//!
//! The certificate holds the model (every port: what is at its other end, and a cell for every
//! symbol) and the claims: which tenant's frames may be where. They are an inductive invariant.
//! `docs/prove.md` defines the format; the room `certificate` reads it by its own code.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::cell::{Cell, Out};
use super::model::{Far, Model, NOBODY, Owner, PortId};
use super::prover::{Standing, prove};
use super::state::FrameSet;
use super::symbol::{Symbol, Tail};

/// What a certificate calls things.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The scenario.
    pub scenario: String,
    /// Profiles of the switches.
    pub profiles: Vec<String>,
    /// Tenants, by id.
    pub tenants: Vec<String>,
}

/// The certificate of a model that is proved, or how the model stands instead.
///
/// # Errors
/// Where it is not proved.
pub fn certificate(model: &Model, starts: &[(Owner, PortId)], names: &Names) -> Result<String, Standing> {
    let mut claims: Vec<(PortId, Owner, FrameSet)> = Vec::new();
    let standing = prove(model, starts, |owner, states| {
        claims.extend(states.iter().map(|state| (state.port, owner, *state)));
    });
    if !standing.is_proved() {
        return Err(standing);
    }
    claims.sort_by(|(a, x, s), (b, y, t)| (a, x, s.pushed(), s.mac()).cmp(&(b, y, t.pushed(), t.mac())));
    let mut text = String::new();
    head(&mut text, model, names);
    ports(&mut text, model);
    let _ = writeln!(text, "claims {}", claims.len());
    for at in claims.chunk_by(|a, b| a.0 == b.0) {
        let _ = write!(text, "k {}", at[0].0);
        at.iter().for_each(|(_, owner, state)| claim(&mut text, *owner, state));
        text.push('\n');
    }
    let digest = digest(text.as_bytes());
    let _ = writeln!(text, "end {digest:016x}");
    Ok(text)
}

/// Text on a line of its own, whatever it holds.
fn line(text: &mut String, word: &str, value: &str) {
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let _ = writeln!(text, "{word} {value}");
}

fn head(text: &mut String, model: &Model, names: &Names) {
    text.push_str("trunklab-certificate 1\n");
    line(text, "scenario", &names.scenario);
    line(text, "profile", &names.profiles.join(" "));
    let _ = writeln!(text, "tenants {}", names.tenants.len());
    for tenant in &names.tenants {
        line(text, "n", tenant);
    }
    let _ = writeln!(text, "macs {}", model.macs().len());
    for mac in model.macs() {
        let _ = writeln!(text, "m {mac}");
    }
}

/// A port's cells with the first way out left open, since many ports differ by that alone.
fn shape(model: &Model, port: PortId) -> (String, Option<Out>) {
    let mut text = String::new();
    let mut first = None;
    for (_, last, cell) in model.runs_of(port) {
        let _ = write!(text, " {}=", last.0);
        ways(&mut text, model, &cell, &mut first);
    }
    (text, first)
}

fn ports(text: &mut String, model: &Model) {
    let all = 0..u32::try_from(model.ports()).expect("fewer than 2^32 ports");
    let _ = writeln!(text, "ports {}", model.ports());
    let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
    for port in all {
        let (shape, first) = shape(model, port);
        // A shape is written out where it is met first.
        let count = shapes.len();
        let number = *shapes.entry(shape.clone()).or_insert_with(|| {
            let _ = writeln!(text, "s{shape}");
            count
        });
        match model.far(port) {
            Far::Nowhere => text.push_str("p -"),
            Far::Port(far) => {
                let _ = write!(text, "p w{far}");
            }
            Far::Terminal(NOBODY) => text.push_str("p e-"),
            Far::Terminal(owner) => {
                let _ = write!(text, "p e{owner}");
            }
        }
        let _ = write!(text, " {number}");
        if let Some(out) = first {
            let _ = write!(text, " {}", out.port());
            if let Some(push) = out.push() {
                let _ = write!(text, "+{}", push.0);
            }
        }
        text.push('\n');
    }
}

/// `.` drops. A way is `PORT[+PUSH]`, or `*` where it is the port's first one; then `^` where the
/// tag comes off, `:TAIL` where not every frame takes it, `@MAC` where one source alone does.
fn ways(text: &mut String, model: &Model, cell: &Cell, first: &mut Option<Out>) {
    let outs = model.outs(cell);
    if outs.is_empty() {
        text.push('.');
    }
    for (i, out) in outs.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        let known = *first.get_or_insert(*out);
        if (known.port(), known.push()) == (out.port(), out.push()) {
            text.push('*');
        } else {
            let _ = write!(text, "{}", out.port());
            if let Some(push) = out.push() {
                let _ = write!(text, "+{}", push.0);
            }
        }
        if out.pop() {
            text.push('^');
        }
        if out.only() != Tail::ANY {
            let _ = write!(text, ":{:x}", out.only().0);
        }
        if let Some(mac) = out.mac() {
            let _ = write!(text, "@{mac}");
        }
    }
}

/// `OWNER`, then `:TAIL` where the frame may not go on anyhow, `@MAC` where its source is known,
/// and `+TAG` for each tag that switches put on, outermost first.
fn claim(text: &mut String, owner: Owner, state: &FrameSet) {
    let _ = write!(text, " {owner}");
    if state.tail != Tail::ANY {
        let _ = write!(text, ":{:x}", state.tail.0);
    }
    if let Some(mac) = state.mac() {
        let _ = write!(text, "@{mac}");
    }
    for Symbol(tag) in state.pushed() {
        let _ = write!(text, "+{tag}");
    }
}

/// Guards against damage, not against forgery: the claims themselves do that.
fn digest(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().expect("eight octets"));
        sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    }
    for byte in words.remainder() {
        sum = (sum ^ u64::from(*byte))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(23);
    }
    sum ^ bytes.len() as u64
}
