//! Neutral values as Python's own: big integers, decimals, dates, collections.

mod classes;
mod collection;
mod from_python;
mod time;
mod to_python;

pub(super) use collection::{from_python as collection_from_python, to_python as collection};
pub(super) use from_python::{exact, from_python};
pub(super) use to_python::to_python;
