//! From a name and parameters to an operation, and the errors on the way.

use thiserror::Error;

use crate::provision::law::state::Call;
use crate::provision::table::codes::ErrorCode;
use crate::provision::table::operation::{Operation, OperationName};
use crate::provision::table::param::{Field, ParamKind, ParamValue, Reference, field};

/// A parameter of an operation, for the schema and the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParamInfo {
    /// The API's name.
    pub name: &'static str,
    /// Must it be given?
    pub required: bool,
    /// What it takes.
    pub kind: ParamKind,
    /// What it means.
    pub what: &'static str,
}

/// An operation, for the schema and the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationInfo {
    /// The API's name; the simulator's own begin with `Simulator.`.
    pub name: &'static str,
    /// Who calls it.
    pub by: &'static str,
    /// What it does.
    pub what: &'static str,
    /// Its parameters, besides the common `Token` (or `ClientToken`) and `DryRun`.
    pub params: &'static [ParamInfo],
}

/// A call cannot be expressed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParamError {
    /// There is no such operation.
    #[error("there is no operation `{name}`; did you mean {near}?")]
    UnknownOperation {
        /// What was read.
        name: String,
        /// The nearest names.
        near: String,
    },
    /// The operation exists, and the simulator does not model it.
    #[error("the operation `{name}` is known but not modelled: {why}")]
    NotModelled {
        /// Which operation.
        name: String,
        /// Which part of the domain is missing.
        why: &'static str,
    },
    /// The operation has no such parameter.
    #[error("`{operation}` has no parameter `{param}`; {near}")]
    UnknownParam {
        /// Which operation.
        operation: String,
        /// What was read.
        param: String,
        /// The nearest names, or all that it takes.
        near: String,
    },
    /// A parameter is given twice.
    #[error("the parameter `{param}` is given twice")]
    Duplicate {
        /// Which parameter.
        param: String,
    },
    /// A parameter is missing or has the wrong type.
    #[error("`{operation}`: `{param}` {problem}")]
    Value {
        /// Which operation.
        operation: String,
        /// Which parameter.
        param: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

impl ParamError {
    /// The parameter at fault, where it is one.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::UnknownParam { param, .. } | Self::Duplicate { param } => Some(param),
            Self::Value { param, .. } => Some(param),
            Self::UnknownOperation { .. } | Self::NotModelled { .. } => None,
        }
    }
}

/// The parameters of one call.
pub(in crate::provision) struct Params<'a, R> {
    pub operation: OperationName,
    pub values: &'a [(String, ParamValue<R>)],
}

impl<R> Params<'_, R> {
    pub(in crate::provision) fn take<T: Field<R>>(&self, name: &'static str) -> Result<T, ParamError> {
        let value = self.values.iter().find(|(n, _)| n == name).map(|(_, v)| v);
        field(value).map_err(|problem| ParamError::Value {
            operation: self.operation.as_str().to_owned(),
            param: name,
            problem,
        })
    }
}

/// Operations of the API that are known, and why they are not modelled.
pub(in crate::provision) const NOT_MODELLED: &[(&str, &str)] = &[
    ("CreateBgpGroup", "BGP is not modelled yet"),
    ("ModifyBgpGroupAttribute", "BGP is not modelled yet"),
    ("DeleteBgpGroup", "BGP is not modelled yet"),
    ("CreateBgpPeer", "BGP is not modelled yet"),
    ("ModifyBgpPeerAttribute", "BGP is not modelled yet"),
    ("DeleteBgpPeer", "BGP is not modelled yet"),
    ("AddBgpNetwork", "BGP is not modelled yet"),
    ("DeleteBgpNetwork", "BGP is not modelled yet"),
    ("CreateVbrHa", "VBR failover groups are not modelled yet"),
    ("DeleteVbrHa", "VBR failover groups are not modelled yet"),
    ("CreateFailoverTestJob", "failover drills are not modelled yet"),
    ("StartFailoverTestJob", "failover drills are not modelled yet"),
    ("StopFailoverTestJob", "failover drills are not modelled yet"),
    ("UpdateFailoverTestJob", "failover drills are not modelled yet"),
    ("DeleteFailoverTestJob", "failover drills are not modelled yet"),
    ("CreateExpressConnectTrafficQos", "QoS is not modelled yet"),
    ("ModifyExpressConnectTrafficQos", "QoS is not modelled yet"),
    ("DeleteExpressConnectTrafficQos", "QoS is not modelled yet"),
    ("CreateExpressConnectTrafficQosQueue", "QoS is not modelled yet"),
    ("CreateExpressConnectTrafficQosRule", "QoS is not modelled yet"),
    (
        "AssociatePhysicalConnectionToVirtualBorderRouter",
        "a VBR on several circuits is not modelled yet",
    ),
    (
        "UnassociatePhysicalConnectionFromVirtualBorderRouter",
        "a VBR on several circuits is not modelled yet",
    ),
    (
        "CreateRouterInterface",
        "router interfaces (legacy peering) are not modelled yet",
    ),
    (
        "DeleteRouterInterface",
        "router interfaces (legacy peering) are not modelled yet",
    ),
    (
        "CreateHighReliablePhysicalConnection",
        "high-reliability orders are not modelled; order the circuits one by one",
    ),
    (
        "CreateExpressConnectRouter",
        "Express Connect routers (ECR) are not modelled yet",
    ),
    (
        "GrantInstanceToTransitRouter",
        "grants to another account's transit router are not modelled yet",
    ),
    (
        "DescribePhysicalConnections",
        "queries are read from the state, not called as steps",
    ),
    (
        "ListVirtualPhysicalConnections",
        "queries are read from the state, not called as steps",
    ),
    (
        "DescribeVirtualBorderRouters",
        "queries are read from the state, not called as steps",
    ),
    (
        "DescribePhysicalConnectionLOA",
        "queries are read from the state, not called as steps",
    ),
    (
        "ListPhysicalConnectionFeatures",
        "queries are read from the state, not called as steps",
    ),
];

impl OperationName {
    /// Reads an operation's API name.
    ///
    /// # Errors
    /// The names that are near, or why it is not modelled.
    pub fn read(name: &str) -> Result<Self, ParamError> {
        let known = Self::ALL.iter().copied().find(|known| known.as_str() == name);
        known.ok_or_else(|| unknown_operation(name))
    }

    /// What it does, and its parameters.
    pub const fn info(self) -> &'static OperationInfo {
        &Operation::TABLE[self as usize]
    }
}

impl<R: Reference> Operation<R> {
    /// The operation of that name with these parameters.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn of(operation: OperationName, params: &[(String, ParamValue<R>)]) -> Result<Self, ParamError> {
        let info = operation.info();
        for (i, (param, _)) in params.iter().enumerate() {
            if params[..i].iter().any(|(earlier, _)| earlier == param) {
                return Err(ParamError::Duplicate { param: param.clone() });
            }
            if !info.params.iter().any(|p| p.name == param) {
                return Err(ParamError::UnknownParam {
                    operation: info.name.to_owned(),
                    param: param.clone(),
                    near: near_or_all(param, info.params.iter().map(|p| p.name).chain(COMMON)),
                });
            }
        }
        Self::build(&Params {
            operation,
            values: params,
        })
    }
}

impl<R> Operation<R> {
    /// The API's name of the operation.
    pub const fn name(&self) -> &'static str {
        self.operation().as_str()
    }
}

impl Operation {
    /// Reads an operation by its API name and parameters.
    ///
    /// A value that the API itself would refuse with a code (`VlanId` 3000) is not an error
    /// here; what cannot be expressed (an unknown parameter, a missing one, a wrong type) is.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn parse(name: &str, params: &[(String, ParamValue)]) -> Result<Self, ParamError> {
        Self::of(OperationName::read(name)?, params)
    }

    /// The table entry of the operation of that name.
    pub fn info(name: &str) -> Option<&'static OperationInfo> {
        Self::TABLE.iter().find(|info| info.name == name)
    }

    /// Every operation's name, in the order of the table.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::TABLE.iter().map(|info| info.name)
    }

    /// Operations that are known and not modelled, with the reason.
    pub fn not_modelled() -> &'static [(&'static str, &'static str)] {
        NOT_MODELLED
    }
}

const COMMON: [&str; 3] = ["Token", "ClientToken", "DryRun"];

impl Call {
    /// Reads a call: an operation with the common parameters `Token` (or `ClientToken`) and `DryRun`.
    pub fn parse(name: &str, params: &[(String, ParamValue)]) -> Result<Self, ParamError> {
        let (common, own): (Vec<_>, Vec<_>) = params.iter().cloned().partition(|(n, _)| COMMON.contains(&n.as_str()));
        let operation = OperationName::read(name)?;
        let op = Operation::of(operation, &own)?;
        let common = Params {
            operation,
            values: &common,
        };
        let token: Option<String> = common.take("Token")?;
        let client: Option<String> = common.take("ClientToken")?;
        if token.is_some() && client.is_some() {
            return Err(ParamError::Duplicate {
                param: "ClientToken".to_owned(),
            });
        }
        let token = token.or(client);
        if token.as_ref().is_some_and(|t| t.len() > 64 || !t.is_ascii()) {
            return Err(ParamError::Value {
                operation: name.to_owned(),
                param: "Token",
                problem: "takes at most 64 ASCII characters".to_owned(),
            });
        }
        let dry_run: Option<bool> = common.take("DryRun")?;
        Ok(Self {
            op,
            token,
            dry_run: dry_run.unwrap_or(false),
        })
    }
}

fn unknown_operation(name: &str) -> ParamError {
    if let Some((_, why)) = NOT_MODELLED.iter().find(|(known, _)| *known == name) {
        return ParamError::NotModelled {
            name: name.to_owned(),
            why,
        };
    }
    let known = Operation::names().chain(NOT_MODELLED.iter().map(|(n, _)| *n));
    ParamError::UnknownOperation {
        name: name.to_owned(),
        near: nearest(name, known),
    }
}

/// A question after the names that are near `text`; where none is, all of them.
fn near_or_all(text: &str, names: impl Iterator<Item = &'static str> + Clone) -> String {
    let lower: Vec<char> = text.chars().take(64).flat_map(char::to_lowercase).collect();
    if names.clone().any(|name| edits(&lower, name) <= lower.len() / 3 + 1) {
        return format!("did you mean {}?", nearest(text, names));
    }
    let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    format!("it takes {}", all.join(", "))
}

/// The three names nearest to `text` by edits, as a phrase.
pub fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    let text: Vec<char> = text.chars().take(64).flat_map(char::to_lowercase).collect();
    let mut ranked: Vec<(usize, &str)> = names.map(|n| (edits(&text, n), n)).collect();
    ranked.sort_unstable();
    ranked.dedup();
    let best: Vec<String> = ranked.iter().take(3).map(|(_, n)| format!("`{n}`")).collect();
    best.join(", ")
}

/// Edit distance between a lower-cased text and a name.
fn edits(text: &[char], name: &str) -> usize {
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (i, c) in name.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, t) in text.iter().enumerate() {
            let next = (diagonal + usize::from(*t != c)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[text.len()]
}

impl ErrorCode {
    /// Reads a code.
    ///
    /// # Errors
    /// The codes that are near, as a phrase.
    pub fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| nearest(text, Self::all().map(Self::as_str)))
    }
}
