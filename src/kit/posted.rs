//! What is asked of a runtime on any thread, and done on its own.

mod function;
mod protocol;

pub use function::Posted;
pub use protocol::PostedProtocol;
