//! What steps bind, and what the parameters of a step name.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::ident::{AccountId, BindingId};
use crate::provision::{Hole, Operation, ParamKind, ParamValue};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::StepItem;
use crate::scenario::issues::Issues;
use crate::scenario::resolve::terrain::Terrain;
use crate::scenario::scalars::Param;

/// In front of a value that is meant as it stands, though nothing has this name.
const LITERAL: &str = "literal:";

/// What steps bind, and by which step.
pub(super) struct Names<'a> {
    /// Name to (id, last step that binds it).
    bindings: BTreeMap<&'a str, (BindingId, usize)>,
    /// By id: the name, and the last step that binds it.
    list: Vec<(&'a str, usize)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(items: &[&'a StepItem], issues: &mut Issues) -> Self {
        let mut bindings: BTreeMap<&str, (BindingId, usize)> = BTreeMap::new();
        for (i, item) in items.iter().enumerate() {
            let item: &'a StepItem = item;
            let Some(name) = &item.bind else { continue };
            if let Some((_, before)) = bindings.insert(&name.0, (BindingId(0), i)) {
                let before = items[before];
                let made = before.expect_error.is_none() && !before.dry_run.as_ref().is_some_and(|d| d.value);
                let token = |i: &StepItem| i.token.as_ref().map(|t| t.value.clone());
                let again = item.token.is_some() && token(before) == token(item);
                if made && !again {
                    issues.err_help(
                        name.span,
                        Code::DuplicateName,
                        format!("a step binds `{}` already", name.0),
                        format!("the other one stands in line {}", before.at.span.line),
                    );
                }
            }
        }
        let mut list = Vec::with_capacity(bindings.len());
        for (i, (name, (id, step))) in bindings.iter_mut().enumerate() {
            *id = BindingId::of(i);
            list.push((*name, *step));
        }
        Self { bindings, list }
    }

    /// Every name, sorted.
    pub(super) fn list(&self) -> Vec<String> {
        self.list.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    pub(super) fn binding(&self, name: &str) -> Option<BindingId> {
        self.bindings.get(name).map(|(id, _)| *id)
    }

    /// The name, and the last step that binds it.
    pub(super) fn of(&self, binding: BindingId) -> (&'a str, usize) {
        self.list[binding.index()]
    }

    /// The last step that binds this name.
    pub(super) fn step(&self, name: &str) -> Option<usize> {
        self.bindings.get(name).map(|(_, step)| *step)
    }

    /// The call that a step makes; `None` where it cannot be expressed, and `issues` says why. What
    /// the law would refuse is none of our business here.
    pub(super) fn call(&self, item: &StepItem, terrain: &Terrain, issues: &mut Issues) -> Option<Operation<Hole>> {
        let beside = |key: &str| matches!(key, "DryRun" | "Token" | "ClientToken");
        let values = item.with.0.iter();
        let params: Vec<(String, ParamValue<Hole>)> = values
            .map(|(key, value)| (key.clone(), self.value(item, key, value, terrain, issues)))
            .collect();
        if let Some((key, value)) = item.with.0.iter().find(|(key, _)| beside(key)) {
            issues.err_help(
                value.span,
                Code::StepParameter,
                format!("`{key}` stands beside `with`, not in it"),
                "write `dry_run: true` or `token: ...` in the step",
            );
            return None;
        }
        match Operation::of(item.operation.value, &params) {
            Ok(call) => Some(call),
            Err(error) => {
                let at = error
                    .param()
                    .and_then(|param| item.with.0.iter().find(|(key, _)| key == param));
                let span = at.map_or(item.operation.span, |(_, value)| value.span);
                issues.err(span, Code::StepParameter, error.to_string());
                None
            }
        }
    }

    /// A parameter's value, by what its name says of it.
    fn value(
        &self,
        item: &StepItem,
        key: &str,
        value: &At<Param>,
        terrain: &Terrain,
        issues: &mut Issues,
    ) -> ParamValue<Hole> {
        let text = value.value.0.as_str();
        let params = item.operation.value.info().params;
        let kind = params.iter().find(|param| param.name == key).map(|param| param.kind);
        if text.starts_with(LITERAL) && kind == Some(ParamKind::Resource) {
            return ParamValue::Resource(Hole::Nothing);
        }
        refuse_ipv6(key, value, issues);
        if kind == Some(ParamKind::Account) {
            return account(text, value.span, terrain, issues);
        }
        if kind != Some(ParamKind::Resource) {
            return plain(text);
        }
        if let Some(binding) = self.binding(text) {
            return ParamValue::Resource(Hole::Binding(binding));
        }
        if let Some(circuit) = terrain.circuit_names.find(text) {
            return ParamValue::Resource(Hole::Circuit(circuit));
        }
        self.dangling(item, key, text, value.span, terrain, issues);
        ParamValue::Resource(Hole::Nothing)
    }

    fn dangling(&self, item: &StepItem, key: &str, text: &str, span: Span, terrain: &Terrain, issues: &mut Issues) {
        let known = self
            .bindings
            .keys()
            .copied()
            .chain(terrain.circuits.iter().map(|c| &*c.item.name.0));
        let shown: String = text.chars().take(80).collect();
        let message = format!(
            "{key} of {}: no circuit and no step's `as` is named `{shown}`",
            item.operation.value.as_str()
        );
        let help = format!("for an id that nothing has, write `{LITERAL}{shown}`");
        issues.dangling_or(span, message, text, known, Some(help));
    }
}

fn plain(text: &str) -> ParamValue<Hole> {
    match text {
        "true" => ParamValue::Bool(true),
        "false" => ParamValue::Bool(false),
        _ => match text.parse::<u64>() {
            Ok(n) if n.to_string() == text => {
                i64::try_from(n).map_or_else(|_| ParamValue::Text(text.to_owned()), ParamValue::Int)
            }
            _ => ParamValue::Text(text.to_owned()),
        },
    }
}

fn account(text: &str, span: Span, terrain: &Terrain, issues: &mut Issues) -> ParamValue<Hole> {
    if let Some(i) = terrain.account_names.find(text) {
        return ParamValue::Account(AccountId::of(i));
    }
    match text.parse::<u64>() {
        Ok(uid) => match terrain.uids.get(&uid) {
            Some(i) => ParamValue::Account(AccountId::of(*i)),
            None => plain(&uid.to_string()),
        },
        Err(_) => {
            terrain.account_names.get(text, span, issues);
            plain(text)
        }
    }
}

fn refuse_ipv6(key: &str, value: &At<Param>, issues: &mut Issues) {
    let text = value.value.0.as_str();
    let asked = match key {
        "EnableIpv6" => text != "false",
        "LocalIpv6GatewayIp" | "PeerIpv6GatewayIp" | "PeeringIpv6SubnetMask" => true,
        "LocalGatewayIp" | "PeerGatewayIp" => text.parse().is_ok_and(|ip: IpAddr| ip.is_ipv6()),
        _ => false,
    };
    if asked {
        issues.err(
            value.span,
            Code::NotModelled,
            format!("{key}: IPv6 on an interconnect is not modelled yet"),
        );
    }
}
