//! Calls from the host to Python: a frame's arguments to objects, what Python returns to a frame.

pub mod argument_names;
pub mod arguments;
pub mod function;
pub mod keyword_names;
pub mod marshallers;
pub mod registers;
pub mod returns;
pub mod spread;
