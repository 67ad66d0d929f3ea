//! Saved answers of the API, as its own clients write them.
//!
//! A file holds one answer, a list of them, or several one behind the other. An answer is the body that the API
//! sent, or the response of its SDK (`headers`, `statusCode`, `body`), or either of them under `Response` with what
//! is saved beside it: `Action` (the call), `Request` (its parameters), `AccountId` (who called), `At` (when, RFC
//! 3339). Without `AccountId` a folder that is named by an account id says who called; without `Action` the keys of
//! the answer say which call it was, or else the first word of the file's name.

mod entries;
mod envelope;
mod pages;
#[cfg(test)]
mod tests;
mod time;

pub use time::{rfc_3339, utc};

use std::sync::Arc;

use serde_json::Value as Json;

use super::dump::{Answer, Inventory};
use super::place::Place;
use super::text::{NotText, decode};
use super::trouble::Trouble;
use crate::scenario::Code;

/// Reads saved answers: each file with its name and octets, in the order in which they count.
pub fn read(files: &[(String, Vec<u8>)]) -> Inventory {
    let mut inventory = Inventory::default();
    for (name, octets) in files {
        file(&mut inventory, &Arc::from(name.as_str()), octets);
    }
    pages::gather(&mut inventory);
    contradictions(&mut inventory);
    inventory
}

fn file(inventory: &mut Inventory, name: &Arc<str>, octets: &[u8]) {
    let whole = || Place::whole(name);
    let text = match decode(octets) {
        Ok(text) => text,
        Err(NotText(at)) => {
            let message = format!("octet {at} is no text");
            inventory
                .troubles
                .push(Trouble::error(whole(), Code::ListNotText, message));
            return;
        }
    };
    let (mut at, mut several) = (0, false);
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<Json>();
    while let Some(value) = values.next() {
        let end = text[values.byte_offset()..].trim().is_empty();
        match value {
            Ok(Json::Array(all)) => {
                for value in &all {
                    answer(inventory, name, &format!("[{at}]"), value);
                    at += 1;
                }
                several = true;
            }
            Ok(value) => {
                several |= !end;
                let path = if several { format!("[{at}]") } else { String::new() };
                answer(inventory, name, &path, &value);
                at += 1;
            }
            Err(error) => {
                let message = format!("line {}, column {}: {error}", error.line(), error.column());
                let trouble = Trouble::error(whole(), Code::AnswerNotJson, message);
                inventory.troubles.push(trouble);
                return;
            }
        }
    }
    if at == 0 && !several {
        let trouble = Trouble::error(whole(), Code::AnswerNotJson, "the file is empty");
        inventory.troubles.push(trouble);
    }
}

/// Reads one answer; `path`: where it stands in its file.
fn answer(inventory: &mut Inventory, name: &Arc<str>, path: &str, value: &Json) {
    let opened = envelope::open(name, path, value);
    let entries = entries::find(&opened);
    let call = entries.as_ref().map(|found| found.call).or(opened.call);
    let number = |key: &str| opened.body.get(key).and_then(Json::as_u64);
    let text = |key: &str| {
        let text = opened.body.get(key).and_then(Json::as_str)?;
        Some(text.to_owned()).filter(|text| !text.is_empty())
    };
    let mut told = Answer {
        file: name.clone(),
        path: path.to_owned(),
        call,
        caller: opened.caller,
        taken: opened.taken,
        request: opened.request.clone(),
        outcome: opened.outcome(),
        enabled: opened.body.get("Enabled").and_then(Json::as_bool),
        port: text("VirtualPhysicalConnection"),
        entries: entries.as_ref().map_or(0, |found| found.all.len() as u64),
        total: number("TotalCount"),
        page: number("PageNumber"),
        next: text("NextToken"),
    };
    if told.call.is_none() && told.enabled.is_some() {
        told.call = Some(super::dump::Call::GetPhysicalConnectionServiceStatus);
    }
    if told.call.is_none() {
        let message = "it is not said which call this answers, so nothing is read of it";
        let place = Place::json(name, path);
        inventory
            .troubles
            .push(Trouble::note(place, Code::AnswerUnknown, message));
    }
    inventory.answers.push(told);
    if let Some(found) = entries {
        entries::read(inventory, name, &opened, &found);
    }
}

/// Tells of every field of which answers show different values.
fn contradictions(inventory: &mut Inventory) {
    let mut found = Vec::new();
    for resource in inventory.resources.values() {
        for (field, known) in resource.fields() {
            if let super::shown::Known::Contradicted(all) = known {
                let message = format!(
                    "{} {}: {} is {known}",
                    resource.kind.as_str(),
                    resource.id,
                    field.as_str()
                );
                let place = all[all.len() - 1].place.clone();
                found.push(Trouble::note(place, Code::AnswerContradicts, message));
            }
        }
    }
    inventory.troubles.extend(found);
}
