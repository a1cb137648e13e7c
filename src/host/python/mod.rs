//! The library as Python's extension module `libmetaffi`, private to the package `metaffi`.
//!
//! One file serves every CPython since 3.9: the interpreter that imports it is bound by name, as
//! `crate::python` does for the guest.

mod answer;
mod argument;
mod call;
mod callable;
mod contents;
mod copy;
mod detail;
mod entity;
mod error;
mod fast;
mod fork;
mod given;
mod handle;
mod init;
mod lend;
mod module;
mod own;
mod own_error;
mod returned;
mod runtime;
mod type_info;
