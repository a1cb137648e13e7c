//! Random C types in two forms, as text for the compiler and as the model, and that compiler.

#[path = "../support/compiler.rs"]
pub(crate) mod compiler;
pub(crate) mod generator;
pub(crate) mod random;
