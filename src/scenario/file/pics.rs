//! A protocol implementation conformance statement: what a device declares.

use crate::scenario::at::At;
use crate::scenario::plan::Capability;
use crate::scenario::scalars::PlaceRef;
use crate::scenario::written::item;

item! {
    /// What one device declares, or all of them. A declaration says what is correct, never what is safe.
    pub struct PicsItem {
        /// The switch or access device; `"*"`: every one.
        pub device: At<PlaceRef>,
        /// Does a port take only VIDs that it is a member of?
        pub ingress_filtering: Option<At<bool>> = "ingress-filtering",
        /// Does an access port take frames tagged with its own VID?
        pub takes_own_tag: Option<At<bool>> = "takes-own-tag",
        /// Are priority-tagged frames taken as untagged ones?
        pub takes_priority_tag: Option<At<bool>> = "takes-priority-tag",
        /// Do frames with a group source address end at the device?
        pub drops_group_source: Option<At<bool>> = "drops-group-source",
        /// Do frames to 01-80-C2-00-00-00 end at the device?
        pub ends_bpdu: Option<At<bool>> = "ends-bpdu",
        /// Is a tag behind the service's own payload, and does it arrive?
        pub stacks: Option<At<bool>>,
        /// Are addresses learned in each VLAN for itself?
        pub independent_learning: Option<At<bool>> = "independent-learning",
        /// Does a frame end where it would leave untagged with a VLAN's tag in front?
        pub hides_inner_tags: Option<At<bool>> = "hides-inner-tags",
        /// Does a tag's drop eligibility arrive as it was sent?
        pub keeps_drop_eligible: Option<At<bool>> = "keeps-drop-eligible",
    }
}

impl PicsItem {
    /// What is declared, each with its place.
    pub fn declared(&self) -> impl Iterator<Item = (Capability, &At<bool>)> {
        let all = [
            (Capability::IngressFiltering, &self.ingress_filtering),
            (Capability::TakesOwnTag, &self.takes_own_tag),
            (Capability::TakesPriorityTag, &self.takes_priority_tag),
            (Capability::DropsGroupSource, &self.drops_group_source),
            (Capability::EndsBpdu, &self.ends_bpdu),
            (Capability::Stacks, &self.stacks),
            (Capability::IndependentLearning, &self.independent_learning),
            (Capability::HidesInnerTags, &self.hides_inner_tags),
            (Capability::KeepsDropEligible, &self.keeps_drop_eligible),
        ];
        all.into_iter()
            .filter_map(|(capability, value)| Some((capability, value.as_ref()?)))
    }
}
