//! What differs between two states, by name: for whoever asks whether something was undone.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::ident::AccountId;
use crate::provision::ids::{AttachmentId, PcId, ServiceKey, VbrId};
use crate::provision::law::state::State;

/// One thing in which a later state is not the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// A circuit, other than by what is counted on it.
    Circuit(PcId),
    /// Bandwidth, shared ports or VBRs are counted otherwise on a circuit.
    Count(PcId),
    /// A shared port is there that was not, or the other way round, or is otherwise.
    Port(PcId),
    /// A VBR.
    Vbr(VbrId),
    /// A VBR's attachment to a transit router.
    Attachment(AttachmentId),
    /// Who uses or retains a VLAN of a circuit.
    Vlan(ServiceKey),
    /// Whether an account has outbound data transfer billing.
    OutboundBilling(AccountId),
    /// The numbers that an account's next resources get.
    Numbers(AccountId),
    /// Tokens that an account has used: they cannot be used for anything else.
    Tokens(AccountId),
    /// A first-time set-up.
    Project(AccountId, AccountId),
    /// What is on its way, or when it is due.
    Pending,
}

impl Difference {
    /// Does it matter to nobody's frames, rights or bill? Numbers that were given out and tokens that were
    /// used stay so.
    pub const fn is_a_trace(self) -> bool {
        matches!(self, Self::Numbers(_) | Self::Tokens(_))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circuit(id) => write!(f, "circuit {id}"),
            Self::Count(id) => write!(f, "what is counted on circuit {id}"),
            Self::Port(id) => write!(f, "shared port {id}"),
            Self::Vbr(id) => write!(f, "VBR {id}"),
            Self::Attachment(id) => write!(f, "attachment {id}"),
            Self::Vlan(key) => write!(f, "use of {key}"),
            Self::OutboundBilling(account) => write!(f, "outbound billing of account number {}", account.0),
            Self::Numbers(account) => write!(f, "the next numbers of account number {}", account.0),
            Self::Tokens(account) => write!(f, "used tokens of account number {}", account.0),
            Self::Project(_, tenant) => write!(f, "set-up of account number {}", tenant.0),
            Self::Pending => f.write_str("what is on its way"),
        }
    }
}

/// Feeds what is not as it was: each key with its value, or that it is gone.
fn feed<K: Ord + Hash, V: PartialEq + Hash>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>, hasher: &mut impl Hasher) {
    let gone = before.keys().filter(|key| !after.contains_key(key));
    let other = after.iter().filter(|(key, value)| before.get(key) != Some(*value));
    let mut changed: Vec<(&K, Option<&V>)> = gone.map(|key| (key, None)).collect();
    changed.extend(other.map(|(key, value)| (key, Some(value))));
    changed.sort_unstable_by_key(|(key, _)| *key);
    changed.hash(hasher);
}

/// Keys whose values differ, or that only one side has.
fn differing<K: Ord + Copy, V: PartialEq>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> Vec<K> {
    let gone = before.keys().filter(|key| !after.contains_key(key));
    let other = after.iter().filter(|(key, value)| before.get(key) != Some(*value));
    let mut keys: Vec<K> = gone.chain(other.map(|(key, _)| key)).copied().collect();
    keys.sort_unstable();
    keys
}

impl State {
    /// Feeds a hasher everything that is not as it was in `before`, and what is on its way. Of states under
    /// the same premises, equal ones feed the same and others do not: for who keeps very many states that
    /// hardly differ from one.
    pub fn hash_since(&self, before: &Self, hasher: &mut impl Hasher) {
        feed(&before.circuits, &self.circuits, hasher);
        feed(&before.ports, &self.ports, hasher);
        feed(&before.vbrs, &self.vbrs, hasher);
        feed(&before.attachments, &self.attachments, hasher);
        feed(&before.slots, &self.slots, hasher);
        feed(&before.projects, &self.projects, hasher);
        feed(&before.cleared, &self.cleared, hasher);
        feed(&before.tokens, &self.tokens, hasher);
        let books = before.books.iter().zip(&self.books).enumerate();
        let changed: Vec<_> = books
            .filter(|(_, (was, is))| was != is)
            .map(|(i, (_, is))| (i, is))
            .collect();
        changed.hash(hasher);
        self.pending.hash(hasher);
    }

    /// What is not as it was in `before`, in order; empty where the states are equal under equal
    /// premises.
    pub fn differences(&self, before: &Self) -> Vec<Difference> {
        let mut found: Vec<Difference> = Vec::new();
        for id in differing(&before.circuits, &self.circuits) {
            found.push(match (before.circuits.get(&id), self.circuits.get(&id)) {
                (Some(was), Some(is)) if was.is_but_for_counts(is) => Difference::Count(id),
                _ => Difference::Circuit(id),
            });
        }
        found.extend(differing(&before.ports, &self.ports).into_iter().map(Difference::Port));
        found.extend(differing(&before.vbrs, &self.vbrs).into_iter().map(Difference::Vbr));
        let attachments = differing(&before.attachments, &self.attachments);
        found.extend(attachments.into_iter().map(Difference::Attachment));
        found.extend(differing(&before.slots, &self.slots).into_iter().map(Difference::Vlan));
        for (index, (was, is)) in before.books.iter().zip(&self.books).enumerate() {
            let account = AccountId::of(index);
            if was.outbound != is.outbound {
                found.push(Difference::OutboundBilling(account));
            }
            let numbers = |b: &super::state::Books| (b.next_pc, b.next_vbr, b.next_attachment);
            if numbers(was) != numbers(is) {
                found.push(Difference::Numbers(account));
            }
            let used = |state: &Self| state.tokens.keys().filter(|(by, _)| *by == account).count();
            if used(before) != used(self) {
                found.push(Difference::Tokens(account));
            }
        }
        let projects = differing(&before.projects, &self.projects);
        found.extend(projects.into_iter().map(|(p, t)| Difference::Project(p, t)));
        if before.pending != self.pending {
            found.push(Difference::Pending);
        }
        found
    }
}
