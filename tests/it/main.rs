//! Tests of the library from outside.

mod scenario;
