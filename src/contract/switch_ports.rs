//! What a file says of ports beyond their role: `port_a` and `port_b` of links and circuits, `switch_port` of
//! customers' lines.

use super::{Deviation, Duty, Owner};
use crate::scenario::file::SwitchPortItem;
use crate::scenario::{Edit, ItemName, Span};

/// A port's keys, and who answers for it.
pub(super) struct Port<'a> {
    pub item: ItemName,
    /// The key that its keys stand under.
    pub under: &'static str,
    /// Its line.
    pub name: &'a str,
    pub owner: &'a Owner,
    pub keys: Option<&'a SwitchPortItem>,
}

impl Port<'_> {
    /// Every key is a choice that nobody agreed on.
    pub(super) fn find(&self) -> Vec<Deviation> {
        let written = self.keys.into_iter().flat_map(written);
        let note = |(key, span, duty, what): (&str, Span, Duty, String)| {
            let heal = Edit::drop(self.item.clone(), &format!("{}.{key}", self.under));
            let what = format!("{} {what}", self.name);
            Deviation::new(duty, self.owner.clone(), self.name, span, what, vec![heal])
        };
        written.map(note).collect()
    }
}

/// The keys that are written: where, what they are about, and what they come to.
fn written(keys: &SwitchPortItem) -> Vec<(&'static str, Span, Duty, String)> {
    let mut all = Vec::new();
    let mut note = |key, span, duty, what: String| all.push((key, span, duty, what));
    if let Some(mode) = &keys.mode {
        let what = format!("has a trunk in mode `{}`", mode.value.as_str());
        note("mode", mode.span, Duty::Tagging, what);
    }
    for (key, tpid) in [("tpid", &keys.tpid), ("tunnel_tpid", &keys.tunnel_tpid)] {
        if let Some(tpid) = tpid {
            let what = format!("has tags of type 0x{:04x} (`{key}`)", tpid.value.0);
            note(key, tpid.span, Duty::Tagging, what);
        }
    }
    if let Some(tags) = &keys.priority_tags {
        let what = format!("sends priority tags `{}`", tags.value.as_str());
        note("priority_tags", tags.span, Duty::Tagging, what);
    }
    if let Some(first) = keys.customer_vids.as_ref().and_then(|list| list.first()) {
        note(
            "customer_vids",
            first.span,
            Duty::VlanList,
            "has a list of the customer's VIDs".to_owned(),
        );
    }
    if let Some(first) = keys.allowed_vids.as_ref().and_then(|list| list.first()) {
        let what = "lets others' VLANs onto a customer's trunk".to_owned();
        note("allowed_vids", first.span, Duty::Separation, what);
    }
    if let Some(counts) = &keys.mtu_counts {
        let what = format!("counts `{}` against its MTU", counts.value.as_str());
        note("mtu_counts", counts.span, Duty::Mtu, what);
    }
    all
}
