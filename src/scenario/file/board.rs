//! What a change board wants to read of a cutover, and only people know. All of it can be left out.

use crate::scenario::at::At;
use crate::scenario::moment::Moment;
use crate::scenario::scalars::Name;
use crate::scenario::template::Template;
use crate::scenario::written::item;
use crate::units::SimDuration;

item! {
    /// What a runbook says beside what was rehearsed.
    #[derive(PartialEq, Eq)]
    pub struct BoardItem {
        /// When the window opens.
        pub opens: Option<At<Moment>>,
        /// Who approves it.
        pub approver: Option<At<String>>,
        /// Who has which role.
        #[serde(default)]
        pub roles: Vec<RoleItem>,
        /// When nothing else may be changed.
        pub freeze: Option<FreezeItem>,
        /// Who makes an account's calls.
        #[serde(default)]
        pub actors: Vec<ActorItem>,
        /// Who is told what, and when.
        #[serde(default)]
        pub communication: Vec<MessageItem>,
        /// Commands of your own before a VBR is attached; `{vbr}` and the like stand for its names.
        #[serde(default)]
        pub pre_checks: Vec<At<Template>>,
        /// Commands of your own after it is attached.
        #[serde(default)]
        pub post_checks: Vec<At<Template>>,
        /// How long each wave is watched before the next is decided.
        pub soak: Option<At<SimDuration>>,
    }
}

item! {
    /// A role and who has it.
    #[derive(PartialEq, Eq)]
    pub struct RoleItem {
        /// The role.
        pub role: At<String>,
        /// Who has it.
        pub name: At<String>,
        /// How they are reached.
        pub reach: Option<At<String>>,
    }
}

item! {
    /// When nothing else may be changed.
    #[derive(PartialEq, Eq)]
    pub struct FreezeItem {
        /// From when.
        pub from: At<Moment>,
        /// Until when.
        pub to: At<Moment>,
    }
}

item! {
    /// Who makes an account's calls.
    #[derive(PartialEq, Eq)]
    pub struct ActorItem {
        /// The account.
        pub account: At<Name>,
        /// Who calls for it.
        pub name: At<String>,
        /// How they are reached.
        pub reach: Option<At<String>>,
        /// From when they are there.
        pub from: Option<At<Moment>>,
        /// Until when.
        pub to: Option<At<Moment>>,
    }
}

item! {
    /// Who is told what, and when.
    #[derive(PartialEq, Eq)]
    pub struct MessageItem {
        /// When, in words.
        pub when: At<String>,
        /// Who is told.
        pub to: At<String>,
        /// Who tells.
        pub by: Option<At<String>>,
        /// By which way, and what.
        pub how: Option<At<String>>,
    }
}
