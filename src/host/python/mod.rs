//! The library as Python's extension module `libmetaffi`, private to the package `metaffi`.
//!
//! One file serves every CPython since 3.9: the interpreter that imports it is bound by name, as
//! `crate::python` does for the guest.

mod argument_parser;
mod call;
mod callable;
mod callback;
mod conversion;
mod copy;
mod data;
mod entity;
mod error;
mod fork;
mod init;
mod inspection;
mod module;
mod module_definition;
mod options;
mod recipe;
mod runtime;
mod runtime_fields;
mod scope;
mod trampoline;
mod type_info;
