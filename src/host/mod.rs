//! Hosts: languages whose programs load this library as a module of their own.

pub mod python;
