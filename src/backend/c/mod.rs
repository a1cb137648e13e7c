//! The runtime `c`: shared libraries, by symbol and by C declaration.

pub mod types;
