//! Random C types in two forms, as text for the compiler and as the model, and that compiler.

pub(crate) mod compiler;
pub(crate) mod generator;
pub(crate) mod random;
