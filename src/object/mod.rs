//! Objects by what they can do: the protocol that the objects of every runtime are used by,
//! whatever their language.

mod answer;
mod callable;
mod capability;
mod entry_iterator;
pub mod exchange;
mod family;
mod host_object;
mod identity;
mod item_slice;
pub mod layout;
pub mod memory;
mod name;
mod opened_object;
pub mod outside;
mod position;
mod promise;
mod protocol;
mod refusal;
mod sequence_iterator;
pub mod task;
mod told_visitor;
mod value_builder;
mod value_visit;
mod visit;
mod visit_object;
mod visitor;

pub use crate::call::CallArguments;
pub use answer::Answer;
pub use callable::call_callable;
pub use capability::Capabilities;
pub use family::{Described, Family, KnownMember};
pub use host_object::{HOST, HostObject};
pub use identity::{compare_with, same};
pub use item_slice::{positions, slice};
pub use name::{CallName, InternedName, LentName};
pub use opened_object::MetContainer;
pub use position::Position;
pub use promise::{Promise, start};
pub use protocol::{
    AttributeName, Comparison, Iteration, MemberKind, ObjectMember, Protocol, Resumption,
    SourceLocation, TextKind, ValuePlace, of, used_by,
};
pub use refusal::{refuse, refuse_slice, refuse_type};
pub use told_visitor::ToldVisitor;
pub use value_builder::convert_value;
pub use value_visit::visit_value;
pub use visit::{Conversion, Visit, VisitOptions, no_name};
pub use visitor::{Visitor, VisitorCalls};
