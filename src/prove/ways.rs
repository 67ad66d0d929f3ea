//! The ways out that were heard of, as a set.

use super::cell::{Out, TooManyAddresses};
use super::model::{Model, PortId};
use super::symbol::{Symbol, Tail};
use crate::forward::Rewrite;
use crate::ident::PortNo;
use crate::wire::MacAddr;

/// A copy that leaves: by which port, with which edit.
pub type Copied = (PortNo, Rewrite);

/// Where a frame goes, and the only source address with which it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The copies.
    pub copies: Vec<Copied>,
    /// `None`: whatever the source address.
    pub mac: Option<MacAddr>,
}

/// Ways out, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ways(Vec<Out>);

impl Ways {
    /// Adds where frames go that go on as `class` says behind the first tag.
    ///
    /// # Errors
    /// Where a source address has no room in the model.
    pub fn add(
        &mut self,
        answer: &Option<Answer>,
        class: Tail,
        base: PortId,
        model: &mut Model,
    ) -> Result<(), TooManyAddresses> {
        let Some(answer) = answer else { return Ok(()) };
        for (port, rewrite) in &answer.copies {
            let push = match rewrite.inner || rewrite.second.is_some() {
                true => Some(Symbol::UNREAD),
                false => rewrite.push.map(Symbol::of),
            };
            let mut out = Out::new(base + port.0, rewrite.pop, push, class);
            if let Some(mac) = answer.mac {
                out = out.bound(model.mac(mac))?;
            }
            match self.0.iter_mut().find(|known| known.same_way(out)) {
                Some(known) => *known = known.also(class),
                None => {
                    self.0.push(out);
                    self.0.sort_unstable();
                }
            }
        }
        Ok(())
    }

    /// In order.
    pub fn outs(&self) -> &[Out] {
        &self.0
    }
}
