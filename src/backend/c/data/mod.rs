//! Data of C: typed memory with an owner, and the parts of it.

pub(crate) mod accept;
pub(super) mod bits;
pub(super) mod borrowed;
pub(super) mod cdata;
pub(super) mod ctype;
pub(crate) mod infer;
pub(super) mod lvalue;
pub(super) mod memory;
pub(super) mod named_member;
pub(super) mod referents;
pub(super) mod representation;
