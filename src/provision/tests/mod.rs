//! Tests of the law.

mod bench;
mod calls;
mod fields;
mod first_time;
mod invariants;
mod ledger;
mod locks;
mod migration;
mod outcomes;
mod parsing;
mod properties;
mod rules;
mod tables;
mod vlans;
