//! Calls of C functions, C function pointers for what hosts pass, and run-time types.

pub(super) mod binding;
pub mod build;
pub(super) mod c_mapping;
pub(super) mod callback;
pub(super) mod compatible;
pub(super) mod function;
pub(super) mod function_pointer;
mod parameter;
pub(super) mod part;
mod plain;
mod plan;
pub mod raw_call;
pub mod raw_closure;
pub(super) mod raw_variadic;
mod returned;
pub(super) mod type_handle;
pub(super) mod variable;
mod variadic;
mod wanted;
