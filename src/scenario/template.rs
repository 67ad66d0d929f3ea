//! A command of the user's own, with names to fill in: `ping -I {circuit} {peer}`.

use schemars::{Schema, json_schema};

use super::at::{Scalar, Wrong};
use super::codes::Code;
use super::scalars::{short, words};

words! {
    /// What a name in braces stands for.
    Blank {
        /// The tenant.
        Tenant = "tenant",
        /// The partner.
        Partner = "partner",
        /// The VBR.
        Vbr = "vbr",
        /// Its shared port.
        Port = "port",
        /// Its circuit.
        Circuit = "circuit",
        /// Its VLAN.
        Vlan = "vlan",
        /// Its data centre.
        Idc = "idc",
        /// Its wave.
        Wave = "wave",
        /// The data centre's address on the interconnect.
        Peer = "peer",
        /// The VBR's address on the interconnect.
        Local = "local",
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Blank(Blank),
}

/// A command with names to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

impl Template {
    /// The command with its names filled in; a name that nobody knows stays a blank, in braces.
    pub fn fill(&self, value: impl Fn(Blank) -> Option<String>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Blank(blank) => value(*blank).unwrap_or_else(|| format!("{{{}}}", blank.as_str())),
        };
        self.0.iter().map(piece).collect()
    }
}

impl Scalar for Template {
    const NAME: &'static str = "Template";
    fn read(text: &str) -> Result<Self, Wrong> {
        const MOST: usize = 2_000;
        let wrong = |what: String| {
            let help = format!(
                "in braces stands one of {}; write `{{{{` and `}}}}` for braces of the command's own",
                Blank::WORDS.join(", ")
            );
            Wrong::new(Code::BadTemplate, what).help(help)
        };
        if text.trim().is_empty() || text.len() > MOST || text.chars().any(char::is_control) {
            return Err(wrong(format!(
                "a command is one line of 1 to {MOST} octets, without control characters"
            )));
        }
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(brace) = ["{{", "}}"].into_iter().find(|twice| rest.starts_with(twice)) {
                plain.push_str(&brace[..1]);
                rest = &rest[2..];
                continue;
            }
            let name = rest.strip_prefix('{').and_then(|open| open.split_once('}'));
            let (name, behind) = name.ok_or_else(|| wrong(format!("`{}` has a brace too many", short(text))))?;
            let blank = Blank::read(name).map_err(|_| wrong(format!("`{{{}}}` stands for nothing", short(name))))?;
            pieces.extend([Piece::Text(std::mem::take(&mut plain)), Piece::Blank(blank)]);
            rest = behind;
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }
    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "description": "a command; `{tenant}`, `{partner}`, `{vbr}`, `{port}`, `{circuit}`, `{vlan}`, `{idc}`, `{wave}`, `{peer}`, `{local}` are filled in",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_and_those_that_nobody_knows_stay_blanks() {
        let template = Template::read("ping {peer} -c 3 # {{{vbr}}} on {vlan}").expect("a template");
        let value = |blank| match blank {
            Blank::Vbr => Some("acme-vbr".to_owned()),
            Blank::Vlan => Some("101".to_owned()),
            _ => None,
        };
        assert_eq!(template.fill(value), "ping {peer} -c 3 # {acme-vbr} on 101");
    }

    #[test]
    fn a_name_that_stands_for_nothing_and_a_brace_too_many_are_refused() {
        for text in [
            "ping {host}",
            "ping {peer",
            "ping peer}",
            "{}",
            " ",
            "a\nb",
            "{vbr{vlan}}",
        ] {
            assert!(Template::read(text).is_err(), "{text}");
        }
    }
}
