//! Names of exits: numbers that whoever takes frames gives to where they leave, once, so that he need not
//! look for his output at every frame.

use std::collections::BTreeMap;

use super::fastpath::FastPath;
use super::quirk::Quirk;
use super::row::UNNAMED;
use crate::ident::PortNo;
use crate::wire::Vid;

/// The name of each exit that has one.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(BTreeMap<(PortNo, Vid), u32>);

impl<Q: Quirk> FastPath<Q> {
    /// From now on [`Exit::name`](super::Exit::name) is what is given here for its port and the VID of the tag
    /// that is put on (0 where none is): one of at most 2^30 - 2. The others lose their names.
    pub fn name_exits(&mut self, names: impl IntoIterator<Item = ((PortNo, Vid), u32)>) {
        self.names = Names(names.into_iter().collect());
        for id in self.ids().collect::<Vec<_>>() {
            let Some(state) = self.state_mut(id) else { continue };
            let places: Vec<_> = state.members.iter().map(|member| (member.port, member.vid)).collect();
            for (port, vid) in places {
                self.rename(port, vid);
            }
        }
    }

    fn rename(&mut self, port: PortNo, vid: Option<Vid>) {
        let Some((row, _)) = self.lookup.parts(port, vid) else {
            return;
        };
        if !row.way.is_some() {
            return;
        }
        let way = row.way.named(self.exit_name(row.port(), row.way.vid()));
        if let Some((row, _)) = self.lookup.parts_mut(port, vid) {
            row.way = way;
        }
    }

    /// What [`FastPath::name_exits`] called where a tag of this VID (0: none) is put on and a frame leaves by
    /// this port; [`Exit::UNNAMED`](super::Exit::UNNAMED) where it gave no name.
    pub fn exit_name(&self, port: PortNo, vid: Vid) -> u32 {
        self.names.0.get(&(port, vid)).map_or(UNNAMED, |name| *name)
    }
}
