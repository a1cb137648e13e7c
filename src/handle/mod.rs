//! Handles: generation-checked keys for everything that C holds a reference to.
//!
//! A key names a slot of a [`Table`] that never gives memory back, so any number is safe to look
//! up: a stale, doubly freed, wrong-kind or foreign key is an error. Freeing while another thread
//! uses the same thing is safe: [`pin`] defers the release until that use ends.

mod barrier;
mod few;
mod freed_objects;
mod key;
mod owned;
pub mod pin;
mod retired;
mod shadow;
mod slot;
mod stock;
mod store;
mod table;
mod window;

pub use freed_objects::{insert_left, leave, let_go_left, take_left};
pub use key::{HandleKind, Key, refuse, stale};
pub use owned::OwnedHandle;
pub use shadow::{Shadows, TWINS, Twin};
pub use slot::{Extension, Fast, FastCell, Invoke, Slot};
pub use stock::Stocks;
pub use store::{
    Counting, ForeignObject, Handled, ObjectType, Reused, address_of, callee_address, clone,
    describe_object, extension, free, get, held, insert, insert_counted, insert_object,
    insert_object_then, insert_then, is_alive, is_one_of, lasting, object_address, peek, retire,
    retire_slot, using,
};
pub use table::{CALLABLES, ENTITIES, Table};
