//! A tree of sources: every file of a package, and those that its modules reach, read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::ground::{self, Declared};
use crate::names::{Name, names};
use crate::token::Token;

/// A package as the rules see it.
pub struct Tree {
    /// The text of every file that a rule may look at, by its path from the root.
    pub texts: BTreeMap<String, String>,
    /// The files that `src/lib.rs` and `src/main.rs` reach.
    pub sources: Vec<Source>,
    /// Files that could not be read as Rust, or that a module declares and nobody wrote.
    pub broken: Vec<(String, usize, String)>,
}

/// One file of Rust.
pub struct Source {
    /// Its path from the root of the package.
    pub path: String,
    /// The room that it belongs to; `lib` and `main` are the two roots.
    pub room: String,
    pub tokens: Vec<Token>,
    pub names: Vec<Name>,
}

/// Folders whose files the rules look at.
const FOLDERS: &[(&str, &[&str])] = &[
    ("src", &["rs"]),
    ("tests", &["rs", "txt"]),
    ("benches", &["rs"]),
    ("fuzz/targets", &["rs"]),
    ("scenarios", &["yaml"]),
];

impl Tree {
    /// The package in a folder.
    pub fn open(root: &Path) -> Self {
        let mut texts = BTreeMap::new();
        let mut add = |path: &Path| {
            let name = path
                .strip_prefix(root)
                .expect("a path below the root")
                .to_string_lossy();
            let text = fs::read_to_string(path).expect("a file of text");
            texts.insert(name.into_owned(), text);
        };
        add(&root.join("Cargo.toml"));
        for (folder, endings) in FOLDERS {
            walk(&root.join(folder), endings, &mut add);
        }
        Self::of(texts)
    }

    /// A package that is held in memory.
    pub fn of(texts: BTreeMap<String, String>) -> Self {
        let mut tree = Self {
            texts,
            sources: Vec::new(),
            broken: Vec::new(),
        };
        tree.module("src/lib.rs", "lib", Vec::new(), false);
        tree.module("src/main.rs", "main", Vec::new(), false);
        tree
    }

    /// Reads a file and those that it declares.
    fn module(&mut self, path: &str, room: &str, module: Vec<String>, test: bool) {
        let Some(text) = self.texts.get(path) else { return };
        let read = match ground::read(text, test) {
            Ok(read) => read,
            Err((line, why)) => return self.broken.push((path.to_owned(), line, why)),
        };
        let scopes: Vec<Vec<String>> = read.scopes.iter().map(|inner| joined(&module, inner)).collect();
        self.sources.push(Source {
            path: path.to_owned(),
            room: room.to_owned(),
            names: names(&read.tokens, &scopes, &read.declares),
            tokens: read.tokens,
        });
        for declared in &read.declares {
            let inner = joined(&module, &declared.path);
            let own = if room == "lib" { &inner[0] } else { room };
            match self.file_of(path, declared) {
                Ok(file) => self.module(&file, own, inner.clone(), declared.test),
                Err(file) => self
                    .broken
                    .push((path.to_owned(), 1, format!("declares `{file}`, which is not there"))),
            }
        }
    }

    /// Where the file of a declared module lies.
    fn file_of(&self, path: &str, declared: &Declared) -> Result<String, String> {
        let (folder, name) = path.rsplit_once('/').expect("a folder");
        let named = |from: &str| format!("{from}/{}", declared.path.join("/"));
        let candidates = match &declared.file {
            Some(file) => vec![format!("{folder}/{file}")],
            None => {
                let stem = match name {
                    "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
                    _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
                };
                vec![named(&stem) + ".rs", named(&stem) + "/mod.rs"]
            }
        };
        let first = candidates[0].clone();
        candidates
            .into_iter()
            .find(|file| self.texts.contains_key(file))
            .ok_or(first)
    }

    /// The texts of a folder.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a String, &'a String)> {
        self.texts.iter().filter(move |(path, _)| path.starts_with(folder))
    }
}

fn joined(outer: &[String], inner: &[String]) -> Vec<String> {
    outer.iter().chain(inner).cloned().collect()
}

fn walk(folder: &Path, endings: &[&str], add: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            walk(&path, endings, add);
        } else if path
            .extension()
            .is_some_and(|e| endings.iter().any(|ending| e == *ending))
        {
            add(&path);
        }
    }
}
