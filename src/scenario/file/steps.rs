//! Calls of the API, what they follow, and how many the cloud takes.

use super::OutcomeWord;
use crate::provision::{ErrorCode, OperationName};
use crate::scenario::at::At;
use crate::scenario::scalars::{Name, Param};
use crate::scenario::written::item;
use crate::scenario::yaml::Table;
use crate::units::{SimDuration, SimTime};

item! {
    /// A step that another one follows, and what must have become of it.
    pub struct AfterItem {
        /// The step, by its `step` name.
        pub step: At<Name>,
        /// What must have become of it; `done` where left out.
        pub outcome: Option<At<OutcomeWord>>,
    }
}

item! {
    /// How many calls the cloud takes, of each operation and each account.
    pub struct ApiLimitItem {
        /// So many; 300 where left out.
        pub calls: Option<At<u64>>,
        /// Within any such span; `60s` where left out.
        pub per: Option<At<SimDuration>>,
        /// How long after a refusal for this reason the caller tries again; `1s` where left out.
        pub retry: Option<At<SimDuration>>,
    }
}

item! {
    /// A call of the API.
    pub struct StepItem {
        /// When; with `after`, not before this.
        pub at: At<SimTime>,
        /// A name of its own, for steps that follow it.
        pub step: Option<At<Name>>,
        /// Steps that it follows, each with what must have become of it. They stand before it in order of
        /// `at`, those of one time as written. A step that follows something which never comes about is
        /// never called.
        #[serde(default)]
        pub after: Vec<AfterItem>,
        /// How long after all of them it is called; at once where left out.
        pub wait: Option<At<SimDuration>>,
        /// The caller learns of outcomes by asking this often, from the answer to the last of them on; at once where
        /// left out.
        pub poll: Option<At<SimDuration>>,
        /// The account that calls.
        pub by: At<Name>,
        /// The operation, by its API name.
        pub operation: At<OperationName> = "do",
        /// A name for what it creates.
        pub bind: Option<At<Name>> = "as",
        /// Its parameters, by their API names. A value may name an account, a circuit or what a step
        /// bound; `literal:pc-none` is `pc-none` as it stands, for ids that nothing has.
        #[serde(default)]
        pub with: Table<Param>,
        /// The transit router of a VBR; the tenant's only one where left out.
        pub vpc: Option<At<Name>>,
        /// The idempotency token.
        pub token: Option<At<String>>,
        /// Only asks whether it would be accepted.
        pub dry_run: Option<At<bool>>,
        /// The account on whose account the cloud locks something (`Simulator.SetBusinessStatus`); where left
        /// out, whoever owes the fee of what is `FinancialLocked`, and nobody for other locks.
        pub because_of: Option<At<Name>>,
        /// The API's error code that is the point of this step.
        pub expect_error: Option<At<ErrorCode>>,
    }
}
