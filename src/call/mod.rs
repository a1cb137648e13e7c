//! How a native call is described and made.

mod descriptor;
pub mod interface;
pub mod native;
