//! The rehearsal of cutovers: legacy VBRs become shared ports here before they do in production.
//!
//! Invariant: an effect, or a way back, that no document states is a named policy or NONE; zero loss
//! is claimed only under the assumption that it rests on.
