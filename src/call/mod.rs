//! How a native call is described and made.

pub mod native;
