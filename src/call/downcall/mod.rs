//! Calls of functions: by a handle with a frame or with values.

pub(super) mod fast;
pub(super) mod values;
