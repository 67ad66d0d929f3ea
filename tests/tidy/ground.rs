//! What the parser is asked: which code is for tests alone, which modules a file declares.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Meta};

use crate::token::{Ground, Token, extent, flatten};

/// A file as read: its words, the modules in line, the files that it declares as modules.
pub struct Read {
    pub tokens: Vec<Token>,
    /// Path within the file of each scope that a token names; the first is the file itself.
    pub scopes: Vec<Vec<String>>,
    pub declares: Vec<Declared>,
}

/// `mod name;`: a module with a file of its own.
pub struct Declared {
    /// Names of the modules in line around it, then its own.
    pub path: Vec<String>,
    /// What `#[path = ".."]` says.
    pub file: Option<String>,
    pub test: bool,
}

/// Reads a file. `test`: it is declared for tests alone.
pub fn read(text: &str, test: bool) -> Result<Read, (usize, String)> {
    let stream: TokenStream = text.parse().map_err(|e: proc_macro2::LexError| {
        (
            e.span().start().line,
            "no Rust: brackets or quotes do not close".to_owned(),
        )
    })?;
    let parsed: syn::File =
        syn::parse2(stream.clone()).map_err(|e| (e.span().start().line, format!("no Rust: {e}")))?;
    let mut survey = Survey::default();
    survey.ground.all_tests = test || parsed.attrs.iter().any(for_tests);
    survey.in_tests = usize::from(survey.ground.all_tests);
    survey.visit_file(&parsed);
    let tokens = flatten(stream, &survey.ground);
    let mut scopes = vec![Vec::new()];
    scopes.extend(survey.ground.modules.into_iter().map(|(_, path)| path));
    Ok(Read {
        tokens,
        scopes,
        declares: survey.declares,
    })
}

/// Whether an attribute leaves its item out of everything but tests.
fn for_tests(attribute: &Attribute) -> bool {
    if attribute.path().is_ident("test") {
        return true;
    }
    attribute.path().is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta))
}

/// Whether a condition holds in tests alone: `test`, `all(test, ..)`, `any(test, all(test, ..))`.
fn needs_test(meta: &Meta) -> bool {
    match meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) => {
            let inner = list
                .parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated)
                .unwrap_or_default();
            if list.path.is_ident("all") {
                inner.iter().any(needs_test)
            } else {
                list.path.is_ident("any") && !inner.is_empty() && inner.iter().all(needs_test)
            }
        }
        Meta::NameValue(_) => false,
    }
}

#[derive(Default)]
struct Survey {
    ground: Ground,
    declares: Vec<Declared>,
    inside: Vec<String>,
    in_tests: usize,
}

impl Survey {
    /// Marks a node if it is for tests alone, and walks it.
    fn node<T: Spanned>(&mut self, node: &T, attributes: &[Attribute], walk: impl FnOnce(&mut Self)) {
        let test = attributes.iter().any(for_tests);
        if test && self.in_tests == 0 {
            self.ground.tests.push(extent(node.span()));
        }
        self.in_tests += usize::from(test);
        walk(self);
        self.in_tests -= usize::from(test);
    }

    fn module(&mut self, module: &syn::ItemMod) {
        self.inside
            .push(module.ident.to_string().trim_start_matches("r#").to_owned());
        if let Some((brace, _)) = &module.content {
            let whole = extent(brace.span.join());
            self.ground.modules.push((whole, self.inside.clone()));
            visit::visit_item_mod(self, module);
        } else {
            self.declares.push(Declared {
                path: self.inside.clone(),
                file: module.attrs.iter().find_map(path_of),
                test: self.in_tests > 0,
            });
        }
        self.inside.pop();
    }
}

fn path_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match (&pair.value, pair.path.is_ident("path")) {
        (
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }),
            true,
        ) => Some(text.value()),
        _ => None,
    }
}

/// One method for each kind of node that may stand under `#[cfg(test)]`. A kind that is left out
/// here counts as code of every build, so an omission can show a false finding but hide none.
macro_rules! nodes {
    ($($method:ident $kind:ident),+ $(,)?) => {
        impl<'ast> Visit<'ast> for Survey {
            fn visit_item_mod(&mut self, node: &'ast syn::ItemMod) {
                self.node(node, &node.attrs, |survey| survey.module(node));
            }

            $(fn $method(&mut self, node: &'ast syn::$kind) {
                self.node(node, &node.attrs, |survey| visit::$method(survey, node));
            })+
        }
    };
}

nodes! {
    visit_item_const ItemConst,
    visit_item_enum ItemEnum,
    visit_item_extern_crate ItemExternCrate,
    visit_item_fn ItemFn,
    visit_item_foreign_mod ItemForeignMod,
    visit_item_impl ItemImpl,
    visit_item_macro ItemMacro,
    visit_item_static ItemStatic,
    visit_item_struct ItemStruct,
    visit_item_trait ItemTrait,
    visit_item_type ItemType,
    visit_item_union ItemUnion,
    visit_item_use ItemUse,
    visit_impl_item_const ImplItemConst,
    visit_impl_item_fn ImplItemFn,
    visit_impl_item_type ImplItemType,
    visit_impl_item_macro ImplItemMacro,
    visit_trait_item_const TraitItemConst,
    visit_trait_item_fn TraitItemFn,
    visit_trait_item_type TraitItemType,
    visit_trait_item_macro TraitItemMacro,
    visit_field Field,
    visit_variant Variant,
    visit_field_value FieldValue,
    visit_arm Arm,
    visit_local Local,
    visit_stmt_macro StmtMacro,
    visit_expr_block ExprBlock,
    visit_expr_call ExprCall,
    visit_expr_if ExprIf,
    visit_expr_macro ExprMacro,
    visit_expr_method_call ExprMethodCall,
}
