//! The words of a source file in order, each with its line and what it stands under.
//!
//! The parser says where code for tests alone and modules in line begin and end; everything else
//! reads this flat list, so that code and what macros are given are read alike.

use std::ops::Range;

use proc_macro2::{Delimiter, LineColumn, Spacing, Span, TokenStream, TokenTree};

/// One word, sign, bracket or literal.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    pub line: usize,
    /// Whether it is compiled for tests alone.
    pub test: bool,
    /// The modules in line that it stands in, as an index into the file's list.
    pub scope: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Sign,
    Open,
    Close,
    Literal,
    Lifetime,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text && !matches!(self.kind, Kind::Literal | Kind::Lifetime)
    }

    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// A place in a file: line and column.
type At = (usize, usize);

fn at(place: LineColumn) -> At {
    (place.line, place.column)
}

/// The whole text of a node, from its first attribute to its last bracket.
pub fn extent(span: Span) -> Range<At> {
    at(span.start())..at(span.end())
}

/// What the parser found of a file's ground: what is for tests, and which module stands where.
#[derive(Default)]
pub struct Ground {
    pub tests: Vec<Range<At>>,
    /// Modules in line, outer ones first, each with its whole path within the file.
    pub modules: Vec<(Range<At>, Vec<String>)>,
    /// The whole file is for tests.
    pub all_tests: bool,
}

impl Ground {
    fn is_test(&self, place: At) -> bool {
        self.all_tests || self.tests.iter().any(|r| r.contains(&place))
    }

    /// The innermost module in line: its number in `modules` plus one, or 0 for the file itself.
    fn scope(&self, place: At) -> usize {
        self.modules
            .iter()
            .rposition(|(r, _)| r.contains(&place))
            .map_or(0, |i| i + 1)
    }
}

/// The words of a stream that was parsed from a file.
pub fn flatten(stream: TokenStream, ground: &Ground) -> Vec<Token> {
    let mut flat = Flat {
        ground,
        out: Vec::new(),
    };
    flat.stream(stream, None);
    flat.out
}

/// Signs of two characters that other readings hang on.
const PAIRS: &[&str] = &["::", "->", "=>", "..", "==", ">=", "<=", "!=", "&&", "||"];

struct Flat<'a> {
    ground: &'a Ground,
    out: Vec<Token>,
}

impl Flat<'_> {
    /// `within`: the place of the literal that the stream was written in, if any.
    fn stream(&mut self, stream: TokenStream, within: Option<Span>) {
        let mut trees = stream.into_iter().peekable();
        // How far an attribute has been read: `#`, perhaps `!`, then its brackets.
        let mut attribute = false;
        while let Some(tree) = trees.next() {
            let span = within.unwrap_or(tree.span());
            let opens = attribute && within.is_none();
            attribute = matches!(&tree, TokenTree::Punct(p) if p.as_char() == '#' || attribute && p.as_char() == '!');
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(Kind::Open, open, within.unwrap_or(group.span_open()));
                    let first = self.out.len();
                    self.stream(group.stream(), within);
                    if opens && open == "[" {
                        self.attribute_strings(first);
                    }
                    self.push(Kind::Close, close, within.unwrap_or(group.span_close()));
                }
                TokenTree::Ident(word) => {
                    let text = word.to_string();
                    self.push(Kind::Word, text.trim_start_matches("r#"), span);
                }
                TokenTree::Literal(literal) => self.push(Kind::Literal, &literal.to_string(), span),
                TokenTree::Punct(sign) => {
                    let mut text = String::from(sign.as_char());
                    if let (Spacing::Joint, Some(next)) = (sign.spacing(), trees.peek()) {
                        match next {
                            TokenTree::Ident(name) if text == "'" => {
                                text.push_str(&name.to_string());
                                trees.next();
                                self.push(Kind::Lifetime, &text, span);
                                continue;
                            }
                            TokenTree::Punct(second) => {
                                let pair = format!("{text}{}", second.as_char());
                                if PAIRS.contains(&pair.as_str()) {
                                    text = pair;
                                    trees.next();
                                }
                            }
                            _ => {}
                        }
                    }
                    self.push(Kind::Sign, &text, span);
                }
            }
        }
    }

    /// Paths that an attribute writes as strings, as `#[serde(with = "crate::x")]` does, are read too.
    fn attribute_strings(&mut self, first: usize) {
        if self.out.get(first).is_some_and(|t| t.is("doc")) {
            return;
        }
        let mut found = Vec::new();
        for (i, token) in self.out.iter().enumerate().skip(first) {
            let Ok(text) = syn::parse_str::<syn::LitStr>(&token.text) else {
                continue;
            };
            if text.value().contains("::")
                && let Ok(stream) = text.value().parse::<TokenStream>()
            {
                found.push((i, stream));
            }
        }
        for (i, stream) in found.into_iter().rev() {
            let at = self.out[i].clone();
            let mut inner = Flat {
                ground: self.ground,
                out: Vec::new(),
            };
            inner.stream(stream, Some(Span::call_site()));
            for token in &mut inner.out {
                (token.line, token.test, token.scope) = (at.line, at.test, at.scope);
            }
            self.out.splice(i..=i, inner.out);
        }
    }

    fn push(&mut self, kind: Kind, text: &str, span: Span) {
        let place = at(span.start());
        self.out.push(Token {
            kind,
            text: text.to_owned(),
            line: place.0,
            test: self.ground.is_test(place),
            scope: self.ground.scope(place),
        });
    }
}
