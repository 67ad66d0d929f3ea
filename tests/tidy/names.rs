//! Every path that a file writes, as the path that it stands for.
//!
//! `use` trees are opened, `self` and `super` climb, `$crate` is the crate, names that a `use`
//! gave are followed to what they name. What a macro is given is read like code.

use std::collections::BTreeMap;

use crate::ground::Declared;
use crate::token::{Kind, Token};

/// A path that a file writes.
#[derive(Clone, Debug)]
pub struct Name {
    /// What it stands for. It begins with `crate`, or with a crate's name.
    pub path: Vec<String>,
    pub line: usize,
    /// `path::*`.
    pub glob: bool,
    /// Written by `use` or `extern crate`, not where something is used.
    pub import: bool,
    /// Written by a `use` that hands the name on.
    pub public: bool,
}

/// As written, before names are followed.
struct Raw {
    path: Vec<String>,
    /// `::path`: begins with the name of a crate whatever the file calls its own.
    rooted: bool,
    scope: usize,
    line: usize,
    glob: bool,
    import: bool,
    public: bool,
    /// The name that a `use` gives.
    gives: Option<String>,
}

/// The names of a file, those of tests left out.
pub fn names(tokens: &[Token], scopes: &[Vec<String>], declares: &[Declared]) -> Vec<Name> {
    let tokens: Vec<&Token> = tokens.iter().filter(|t| !t.test).collect();
    let mut reader = Reader {
        tokens: &tokens,
        raw: Vec::new(),
    };
    reader.all();
    let mut known = Known::default();
    for path in &scopes[1..] {
        known.give(path.last().expect("a module in line has a name"), crate_path(path));
    }
    for declared in declares {
        let module = scopes[0].iter().chain(&declared.path).cloned().collect::<Vec<_>>();
        known.give(declared.path.last().expect("a name"), crate_path(&module));
    }
    for raw in &reader.raw {
        if let Some(given) = &raw.gives {
            let path = if raw.rooted {
                raw.path.clone()
            } else {
                absolute(&raw.path, &scopes[raw.scope])
            };
            if path.as_slice() != [given.clone()] {
                known.give(given, path);
            }
        }
    }
    let mut out: Vec<Name> = Vec::new();
    for raw in &reader.raw {
        let own = absolute(&raw.path, &scopes[raw.scope]);
        let all = if raw.rooted { vec![own] } else { known.follow(own) };
        for path in all {
            let path = plain(path);
            let seen = out
                .iter()
                .rev()
                .take_while(|n| n.line == raw.line)
                .any(|n| n.path == path && n.glob == raw.glob);
            if !seen {
                out.push(Name {
                    path,
                    line: raw.line,
                    glob: raw.glob,
                    import: raw.import,
                    public: raw.public,
                });
            }
        }
    }
    out
}

fn crate_path(module: &[String]) -> Vec<String> {
    let mut path = vec!["crate".to_owned()];
    path.extend_from_slice(module);
    path
}

/// The path from the crate's root, if it begins at the crate, here or above; else as it is.
fn absolute(path: &[String], module: &[String]) -> Vec<String> {
    let mut at = module.len();
    let mut rest = path;
    match path[0].as_str() {
        "crate" => {
            at = 0;
            rest = &rest[1..];
        }
        "self" | "super" => {
            while let Some(first) = rest.first().filter(|f| *f == "self" || *f == "super") {
                at = at.saturating_sub(usize::from(first == "super"));
                rest = &rest[1..];
            }
        }
        _ => return path.to_vec(),
    }
    let mut whole = crate_path(&module[..at]);
    whole.extend_from_slice(rest);
    whole
}

/// `core` and `alloc` are windows on `std`.
fn plain(mut path: Vec<String>) -> Vec<String> {
    if path[0] == "core" || path[0] == "alloc" {
        path[0] = "std".to_owned();
    }
    path
}

/// What the names of a file stand for.
#[derive(Default)]
struct Known(BTreeMap<String, Vec<Vec<String>>>);

impl Known {
    fn give(&mut self, name: &str, path: Vec<String>) {
        let all = self.0.entry(name.to_owned()).or_default();
        if !all.contains(&path) {
            all.push(path);
        }
    }

    /// Every path that a path may stand for. One name may be given twice in a file, in two
    /// modules: both are taken, since a name too many is seen and a name too few is not.
    fn follow(&self, path: Vec<String>) -> Vec<Vec<String>> {
        let mut done = Vec::new();
        let mut open = vec![(path, 0)];
        while let Some((path, depth)) = open.pop() {
            let next = if depth < 6 && path[0] != "crate" {
                self.0.get(&path[0])
            } else {
                None
            };
            match next {
                Some(given) => {
                    for start in given {
                        let mut longer = start.clone();
                        longer.extend_from_slice(&path[1..]);
                        let same = longer == path;
                        open.push((longer, if same { 6 } else { depth + 1 }));
                    }
                }
                None => done.push(path),
            }
        }
        done
    }
}

struct Reader<'a> {
    tokens: &'a [&'a Token],
    raw: Vec<Raw>,
}

impl Reader<'_> {
    fn is(&self, i: usize, text: &str) -> bool {
        self.tokens.get(i).is_some_and(|t| t.is(text))
    }

    fn word(&self, i: usize) -> Option<&str> {
        self.tokens.get(i).filter(|t| t.is_word()).map(|t| t.text.as_str())
    }

    fn all(&mut self) {
        let mut i = 0;
        while i < self.tokens.len() {
            i = if self.is(i, "use") && !self.is(i + 1, "<") {
                let public = self.is_public(i);
                self.tree(i + 1, &[], false, public)
            } else if self.is(i, "extern") && self.is(i + 1, "crate") {
                self.extern_crate(i)
            } else {
                self.path(i)
            };
        }
    }

    /// Whether `pub`, or `pub(..)`, stands before a word.
    fn is_public(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        if !self.is(before, ")") {
            return self.is(before, "pub");
        }
        let open = (0..before).rev().find(|i| self.is(*i, "("));
        open.is_some_and(|open| open > 0 && self.is(open - 1, "pub"))
    }

    /// Reads one branch of a `use` tree; returns where it ends.
    fn tree(&mut self, mut i: usize, stem: &[String], mut rooted: bool, public: bool) -> usize {
        let mut path = stem.to_vec();
        let line = self.tokens.get(i).map_or(0, |t| t.line);
        let mut glob = false;
        loop {
            if self.is(i, "::") {
                rooted |= path.is_empty();
                i += 1;
            } else if self.is(i, "$") {
                i += 1;
            } else if self.is(i, "{") {
                i += 1;
                while i < self.tokens.len() && !self.is(i, "}") {
                    let end = self.tree(i, &path, rooted, public);
                    // Something that no tree holds is stepped over, so that reading always ends.
                    i = if self.is(end, ",") {
                        end + 1
                    } else {
                        end.max(i + usize::from(end == i))
                    };
                }
                return i + 1;
            } else if self.is(i, "*") {
                glob = true;
                i += 1;
                break;
            } else if let Some(word) = self.word(i).filter(|w| *w != "as") {
                // `self` in a group is the group's own stem.
                if word != "self" || path.is_empty() {
                    path.push(word.to_owned());
                }
                i += 1;
                if !self.is(i, "::") {
                    break;
                }
            } else {
                return i;
            }
        }
        let mut gives = path.last().cloned().filter(|_| !glob);
        if self.is(i, "as") {
            gives = self.word(i + 1).map(str::to_owned);
            i += 2;
        }
        if !path.is_empty() {
            self.keep(
                Raw {
                    path,
                    rooted,
                    scope: 0,
                    line,
                    glob,
                    import: true,
                    public,
                    gives,
                },
                i,
            );
        }
        i
    }

    fn extern_crate(&mut self, at: usize) -> usize {
        let mut i = at + 3;
        let Some(name) = self.word(at + 2).map(str::to_owned) else {
            return at + 2;
        };
        // `extern crate self` names the crate's own root.
        let name = if name == "self" { "crate".to_owned() } else { name };
        let mut gives = Some(name.clone());
        if self.is(i, "as") {
            gives = self.word(i + 1).map(str::to_owned);
            i += 2;
        }
        let (line, public) = (self.tokens[at].line, self.is_public(at));
        self.keep(
            Raw {
                path: vec![name],
                rooted: true,
                scope: 0,
                line,
                glob: false,
                import: true,
                public,
                gives,
            },
            i,
        );
        i
    }

    /// Reads a path outside `use`; returns where to read on.
    fn path(&mut self, at: usize) -> usize {
        let rooted = self.is(at, "::") && !self.tokens.get(at.wrapping_sub(1)).is_some_and(|t| t.is_word());
        let first = at + usize::from(rooted);
        let Some(word) = self.word(first) else { return at + 1 };
        let before = at.checked_sub(1).map(|i| self.tokens[i]);
        let bound = before.is_some_and(|t| t.is(".") || t.is("$") && word != "crate" || t.is("::") && !rooted);
        if bound {
            return first + 1;
        }
        let mut path = vec![word.to_owned()];
        let mut i = first + 1;
        let mut glob = false;
        while self.is(i, "::") {
            if let Some(next) = self.word(i + 1) {
                path.push(next.to_owned());
                i += 2;
            } else {
                // A tree that a macro was given.
                if self.is(i + 1, "{") {
                    let scope_path = path.clone();
                    return self.tree(i + 1, &scope_path, rooted, false).max(i + 1);
                }
                glob = self.is(i + 1, "*");
                break;
            }
        }
        if path.len() > 1 || rooted || glob {
            let line = self.tokens[at].line;
            let raw = Raw {
                path,
                rooted,
                scope: 0,
                line,
                glob,
                import: false,
                public: false,
                gives: None,
            };
            self.keep(raw, i);
        }
        i
    }

    fn keep(&mut self, mut raw: Raw, end: usize) {
        raw.scope = self.tokens[end.min(self.tokens.len()).saturating_sub(1)].scope;
        self.raw.push(raw);
    }
}

/// Whether a token is the name of a macro that is called.
pub fn calls(tokens: &[Token], i: usize, name: &str) -> bool {
    tokens[i].is(name)
        && tokens.get(i + 1).is_some_and(|t| t.is("!"))
        && tokens.get(i + 2).is_some_and(|t| t.kind == Kind::Open)
}
