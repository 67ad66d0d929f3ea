//! How an edit changes a scenario.

use super::edit::{Edit, ItemName, KeyChange};
use super::section::{Listed, Numbers, OnList, Section};
use crate::scenario::at::{Placed, Wrong};
use crate::scenario::codes::Code;
use crate::scenario::file::ScenarioFile;
use crate::scenario::names::nearest;
use crate::scenario::written::{Change, EditText, Written, split};
use crate::units::SimTime;

/// Makes the edit with this number.
pub(super) fn apply(
    edit: &Edit,
    number: u32,
    file: &mut ScenarioFile,
    numbers: &mut Numbers,
) -> Result<(), Vec<Placed>> {
    let refuse = |wrong: Wrong| Change::Drop(number).refuse(wrong);
    let no_list = || refuse(Wrong::new(Code::WrongType, "the scenario itself is no item of a list"));
    match edit {
        Edit::Change(item, changes) if item.section == Section::Scenario => {
            for change in changes {
                let (key, _) = split(&change.key);
                if is_list(key) {
                    let wrong = Wrong::new(Code::WrongType, format!("`{key}` is a list"));
                    return refuse(wrong.help("add, change or remove its items"));
                }
                if key == "trunklab" {
                    return refuse(Wrong::new(Code::Version, "an edit changes no version"));
                }
                change_key(file, change, number)?;
            }
            Ok(())
        }
        Edit::Change(item, changes) => {
            let at = position(item, number, file, numbers)?;
            let act = ChangeKeys { at, changes, number };
            item.section.on(file, act).unwrap_or_else(no_list)
        }
        Edit::Add(section, text) => {
            let act = AddItem(EditText { text, edit: number });
            section.on(file, act).unwrap_or_else(no_list)?;
            numbers.add(*section);
            Ok(())
        }
        Edit::Copy(item, changes) => {
            let at = position(item, number, file, numbers)?;
            let act = CopyItem { at, changes, number };
            item.section.on(file, act).unwrap_or_else(no_list)?;
            numbers.add(item.section);
            Ok(())
        }
        Edit::Remove(item) => {
            let at = position(item, number, file, numbers)?;
            if item.section.on(file, RemoveItem(at)).is_none() {
                return no_list();
            }
            numbers.remove(item.section, at);
            Ok(())
        }
        Edit::Move(item, to) => {
            let at = position(item, number, file, numbers)?;
            if item.section == Section::Traffic {
                let flow = &mut file.traffic[at];
                let old = flow.start.as_ref().map_or(SimTime::ZERO, |start| start.value);
                if let Some(stop) = &flow.stop {
                    let lasts = stop.value.saturating_since(old);
                    set_time(flow, "stop", to.saturating_add(lasts), number)?;
                }
            }
            let act = MoveItem { at, to: *to, number };
            item.section.on(file, act).unwrap_or_else(no_list)
        }
    }
}

/// Is this key of a scenario a list of items?
fn is_list(key: &str) -> bool {
    Section::LISTS.iter().any(|section| section.as_str() == key) || matches!(key, "backbones" | "tenants")
}

/// Where an item stands in its list.
fn position(item: &ItemName, number: u32, file: &ScenarioFile, numbers: &Numbers) -> Result<usize, Vec<Placed>> {
    let names = item.section.names(file);
    let found: Vec<usize> = match item.name.strip_prefix('#').map(str::parse::<u32>) {
        Some(wanted) => {
            let list = numbers.list(item.section).iter();
            let is = |(at, number): (usize, &u32)| (wanted == Ok(*number)).then_some(at);
            list.enumerate().filter_map(is).collect()
        }
        None => {
            let is = |(at, name): (usize, &Option<String>)| (name.as_deref() == Some(&*item.name)).then_some(at);
            names.iter().enumerate().filter_map(is).collect()
        }
    };
    let wrong = match found[..] {
        [only] => return Ok(only),
        [] => {
            let known = names.iter().flatten().map(String::as_str);
            let wrong = Wrong::new(Code::Dangling, format!("there is no item {item}"));
            match nearest(&item.name, known) {
                Some(near) => wrong.help(format!("did you mean `{near}`?")),
                None => wrong,
            }
        }
        _ => Wrong::new(Code::DuplicateName, format!("there are {} items {item}", found.len()))
            .help("say which one by its number, like `#3`"),
    };
    Change::Drop(number).refuse(wrong).map(|()| 0)
}

fn change_key<W: Written>(item: &mut W, change: &KeyChange, number: u32) -> Result<(), Vec<Placed>> {
    let what = match &change.value {
        Some(text) => Change::Set(EditText { text, edit: number }),
        None => Change::Drop(number),
    };
    item.change(Some(&change.key), &what)
}

fn set_time<W: Written>(item: &mut W, key: &str, at: SimTime, number: u32) -> Result<(), Vec<Placed>> {
    change_key(item, &KeyChange::set(key, &format!("{}ns", at.as_nanos())), number)
}

struct ChangeKeys<'a> {
    at: usize,
    changes: &'a [KeyChange],
    number: u32,
}

impl OnList for ChangeKeys<'_> {
    type Out = Result<(), Vec<Placed>>;
    fn on<T: Listed>(self, list: &mut Vec<T>) -> Self::Out {
        let item = &mut list[self.at];
        self.changes
            .iter()
            .try_for_each(|change| change_key(item, change, self.number))
    }
}

struct AddItem<'a>(EditText<'a>);

impl OnList for AddItem<'_> {
    type Out = Result<(), Vec<Placed>>;
    fn on<T: Listed>(self, list: &mut Vec<T>) -> Self::Out {
        list.push(self.0.read()?);
        Ok(())
    }
}

struct CopyItem<'a> {
    at: usize,
    changes: &'a [KeyChange],
    number: u32,
}

impl OnList for CopyItem<'_> {
    type Out = Result<(), Vec<Placed>>;
    fn on<T: Listed>(self, list: &mut Vec<T>) -> Self::Out {
        let mut item = list[self.at].clone();
        for change in self.changes {
            change_key(&mut item, change, self.number)?;
        }
        list.push(item);
        Ok(())
    }
}

struct RemoveItem(usize);

impl OnList for RemoveItem {
    type Out = ();
    fn on<T: Listed>(self, list: &mut Vec<T>) {
        list.remove(self.0);
    }
}

struct MoveItem {
    at: usize,
    to: SimTime,
    number: u32,
}

impl OnList for MoveItem {
    type Out = Result<(), Vec<Placed>>;
    fn on<T: Listed>(self, list: &mut Vec<T>) -> Self::Out {
        match T::TIME {
            Some(key) => set_time(&mut list[self.at], key, self.to, self.number),
            None => Change::Drop(self.number).refuse(Wrong::new(Code::UnknownField, "such an item has no time")),
        }
    }
}
