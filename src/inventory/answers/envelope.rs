//! An answer out of what it was saved in.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::time;
use crate::inventory::dump::{Call, Outcome};

/// The body of an answer, and what is saved beside it.
pub(super) struct Opened<'a> {
    /// The body that the API sent; empty where it is no object.
    pub body: &'a Map<String, Json>,
    /// The path of the body inside its file.
    pub path: String,
    pub call: Option<Call>,
    pub caller: Option<u64>,
    pub taken: Option<i64>,
    pub request: BTreeMap<String, String>,
}

impl Opened<'_> {
    /// How the call ended: an error has `Code` and `Message`.
    pub(super) fn outcome(&self) -> Outcome {
        let text = |key: &str| self.body.get(key).and_then(Json::as_str).unwrap_or_default();
        match text("Code") {
            "" => Outcome::Answered,
            code => Outcome::Code {
                code: code.to_owned(),
                message: text("Message").to_owned(),
            },
        }
    }
}

/// No more wrappings than these are taken off.
const WRAPPINGS_MAX: usize = 4;

/// Takes off what an answer is wrapped in.
pub(super) fn open<'a>(file: &str, path: &str, value: &'a Json) -> Opened<'a> {
    static NOTHING: std::sync::LazyLock<Map<String, Json>> = std::sync::LazyLock::new(Map::new);
    let mut opened = Opened {
        body: value.as_object().unwrap_or(&NOTHING),
        path: path.to_owned(),
        call: None,
        caller: None,
        taken: None,
        request: BTreeMap::new(),
    };
    for _ in 0..WRAPPINGS_MAX {
        beside(&mut opened);
        let wrapped = ["Response", "body"].into_iter().find_map(|key| {
            let inner = opened.body.get(key)?.as_object()?;
            Some((key, inner))
        });
        let Some((key, inner)) = wrapped else { break };
        opened.body = inner;
        opened.path = joined(&opened.path, key);
    }
    opened.call = opened.call.or_else(|| of_file(file));
    opened.caller = opened.caller.or_else(|| of_folder(file));
    opened
}

/// What this wrapping says of the answer.
fn beside(opened: &mut Opened<'_>) {
    let body = opened.body;
    let text = |key: &str| body.get(key).and_then(Json::as_str);
    if let Some(action) = text("Action") {
        opened.call = Call::ALL.iter().copied().find(|call| call.as_str() == action);
    }
    let account = body.get("AccountId").and_then(|id| match id {
        Json::Number(number) => number.as_u64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    });
    opened.caller = opened.caller.or(account);
    opened.taken = opened.taken.or_else(|| time::rfc_3339(text("At")?));
    if let Some(headers) = body.get("headers").and_then(Json::as_object) {
        let dates = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("date"));
        let mut dates = dates.filter_map(|(_, date)| time::of_header(date.as_str()?));
        opened.taken = opened.taken.or_else(|| dates.next());
    }
    if let Some(request) = body.get("Request").and_then(Json::as_object) {
        for (key, value) in request {
            let value = match value {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            opened.request.insert(key.clone(), value);
        }
    }
}

/// A path with one key more.
pub(super) fn joined(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

/// The call that begins the file's name: `CreateVpconnFromVbr-acme.json`.
fn of_file(file: &str) -> Option<Call> {
    let name = file.rsplit(['/', '\\']).next()?;
    let word: &str = name.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    Call::ALL.iter().copied().find(|call| call.as_str() == word)
}

/// The account of the innermost folder that is named by one: 10 to 20 digits.
fn of_folder(file: &str) -> Option<u64> {
    let mut folders = file.rsplit(['/', '\\']).skip(1);
    let digits = |part: &&str| (10..=20).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_digit());
    folders.find(digits)?.parse().ok()
}
