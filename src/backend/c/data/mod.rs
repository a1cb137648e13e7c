//! Data of C: typed memory with an owner, and the parts of it.

pub(super) mod bits;
pub(super) mod cdata;
pub(super) mod ctype;
pub(super) mod held;
pub(super) mod layouts;
pub(super) mod memory;
pub(super) mod ownership;
pub(super) mod parts;
pub(super) mod place;
pub(super) mod representation;
pub(super) mod step;
