//! Guests: the contract every runtime fulfils, and the runtimes.

pub mod c;
