//! What goes wrong, and is mended.

use serde_json::{Value, json};

use super::{FaultWord, WayWord};
use crate::scenario::Span;
use crate::scenario::at::{At, Placed, Wrong};
use crate::scenario::codes::Code;
use crate::scenario::scalars::{Name, PlaceRef, Share};
use crate::scenario::tagged::{self, Choice, KeySet, tagged};
use crate::scenario::written::{Editable, KeyEdit, item, no_key, split};
use crate::scenario::yaml;
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::MacAddr;

tagged! {
    /// A fault, or its end, or what an operator does. Exactly one of cut, restore, lose, corrupt,
    /// duplicate, flap, misconnect, police, detach, attach and swap_router.
    pub struct FaultItem needs { at } takes {}

    /// What goes wrong.
    pub enum FaultWhat by FaultWord {
        /// Nothing passes a link.
        Cut needs { cut } takes { way }
        /// A link is whole again.
        Restore needs { restore } takes { way }
        /// A link loses frames.
        Lose needs { lose, share } takes { way }
        /// A link corrupts frames.
        Corrupt needs { corrupt, share } takes { way }
        /// A link doubles frames.
        Duplicate needs { duplicate, share } takes { way }
        /// A link goes up and down.
        Flap needs { flap } takes { way }
        /// A service gets another VLAN.
        Misconnect needs { misconnect, tenant, vlan_id } takes {}
        /// A tenant is policed to another rate.
        Police needs { police, tenant, spec } takes { burst }
        /// A VBR is let go of.
        Detach needs { detach } takes {}
        /// A VBR is taken again.
        Attach needs { attach } takes {}
        /// A data centre gets another router.
        SwapRouter needs { swap_router } takes { mac }
    }

    keys {
        /// When.
        at: At<SimTime>,
        /// Cuts this link or circuit (an IDC's line is `idc/uni`).
        cut: At<PlaceRef>,
        /// Makes this link or circuit whole again.
        restore: At<PlaceRef>,
        /// This link loses a share of its frames.
        lose: At<PlaceRef>,
        /// This link corrupts a share of its frames.
        corrupt: At<PlaceRef>,
        /// This link doubles a share of its frames.
        duplicate: At<PlaceRef>,
        /// This link goes up and down.
        flap: FlapItem,
        /// At this switch the partner's operator gives a tenant's service another VLAN towards the
        /// circuit; a service that had it is overwritten.
        misconnect: At<PlaceRef>,
        /// From now on this switch polices a tenant's services to this `spec`, in both directions and whatever
        /// it did before, as an operator types who knows of a changed bandwidth. Or a link between regions, where the transit routers police what was
        /// sold across it.
        police: At<PlaceRef>,
        /// The transit router lets go of this VBR.
        detach: At<Name>,
        /// The transit router takes this VBR again.
        attach: At<Name>,
        /// This data centre gets another router, with another MAC address. It asks for its gateway at once,
        /// and sends on.
        swap_router: At<Name>,
        /// The new router's MAC address; one of ours where left out.
        mac: At<MacAddr>,
        /// The share of frames; `0%` ends it.
        share: At<Share>,
        /// One way or both; `both` where left out.
        way: At<WayWord>,
        /// Whose service is misconnected or policed.
        tenant: At<Name>,
        /// The rate that the operator types.
        spec: At<BitRate>,
        /// The burst that the operator types; where left out, as long at the new rate as it was at the old
        /// one, but no less than 64 kB where it was no less; of a policer that was not there, the switch's
        /// own `burst`, or that of the rate.
        burst: At<ByteCount>,
        /// The VLAN that the operator types.
        vlan_id: At<u64>,
    }
}

impl Keys {
    /// Where each fault's own key stands.
    fn faults(&self) -> [(FaultWord, Option<Span>); FaultWord::WORDS.len()] {
        [
            (FaultWord::Cut, self.cut.place()),
            (FaultWord::Restore, self.restore.place()),
            (FaultWord::Lose, self.lose.place()),
            (FaultWord::Corrupt, self.corrupt.place()),
            (FaultWord::Duplicate, self.duplicate.place()),
            (FaultWord::Flap, self.flap.place()),
            (FaultWord::Misconnect, self.misconnect.place()),
            (FaultWord::Police, self.police.place()),
            (FaultWord::Detach, self.detach.place()),
            (FaultWord::Attach, self.attach.place()),
            (FaultWord::SwapRouter, self.swap_router.place()),
        ]
    }
}

impl Choice for Keys {
    const BY_KEY: bool = true;
    const STRANGE: Code = Code::FaultShape;
    const NEEDED: Code = Code::Needed;

    fn chosen(&self, item: Span) -> Result<At<FaultWord>, Placed> {
        let faults = self.faults();
        let mut there = faults.iter().filter_map(|(word, span)| Some(At::new(*word, (*span)?)));
        match (there.next(), there.count()) {
            (Some(only), 0) => Ok(only),
            (first, more) => {
                let many = more + usize::from(first.is_some());
                let wrong = Wrong::new(Code::FaultShape, format!("a fault is one thing, and here are {many}"));
                let help = format!("give exactly one of {}", FaultWord::WORDS.join(", "));
                Err((self.at.place().unwrap_or(item), wrong.help(help)))
            }
        }
    }
    fn phrase(word: FaultWord) -> String {
        format!("`{}`", word.as_str())
    }
    fn condition(word: FaultWord) -> Value {
        json!({ "required": [word.as_str()] })
    }
}

item! {
    /// Going up and down.
    pub struct FlapItem {
        /// The link or circuit.
        pub link: At<PlaceRef>,
        /// From one cut to the next.
        pub every: At<SimDuration>,
        /// How long it is down each time.
        pub down: At<SimDuration>,
        /// How many times.
        pub times: At<u64>,
    }
}
