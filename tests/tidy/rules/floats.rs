//! No floating-point number where something is decided: not its type, not its literal.

use crate::finding::Finding;
use crate::house::House;
use crate::token::{Kind, Token};
use crate::tree::Tree;

pub fn rule(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in tree.sources.iter().filter(|s| !house.floats.contains(&s.room.as_str())) {
        for (i, token) in source.tokens.iter().enumerate().filter(|(_, t)| !t.test) {
            let typed = token.is_word() && (token.text == "f32" || token.text == "f64");
            // `pair.0.1` holds no number of this kind, though it is written like one.
            let field = i > 0 && source.tokens[i - 1].is(".");
            if typed || is_float(token) && !field {
                found.push(Finding {
                    rule: "floats",
                    file: source.path.clone(),
                    line: token.line,
                    // One name for all of a file, so that one exception covers it.
                    name: if typed { token.text.clone() } else { "f64".to_owned() },
                    why: format!("in `{}`, which decides by whole numbers", source.room),
                });
            }
        }
    }
    found
}

fn is_float(token: &Token) -> bool {
    token.kind == Kind::Literal
        && token.text.starts_with(|c: char| c.is_ascii_digit())
        && matches!(syn::parse_str::<syn::Lit>(&token.text), Ok(syn::Lit::Float(_)))
}
