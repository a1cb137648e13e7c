//! Python calls out, to an entity or to a host's callable: arguments to a frame, its returns to an
//! object.

pub mod argument;
pub mod binder;
pub mod call;
pub mod callable;
pub mod callback;
mod count;
mod given;
mod keywords;
pub mod lent_arguments;
pub mod lent_value;
pub mod numbers;
pub mod results;
pub mod rules;
