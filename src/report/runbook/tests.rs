//! Tests of how runbooks are written.
