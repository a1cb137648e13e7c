//! libffi: calls of any signature, and its description of types.

pub(super) mod cif;
pub(super) mod descriptor;
pub mod interface;
