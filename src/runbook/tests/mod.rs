//! Tests of the runbook.
