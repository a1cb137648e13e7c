//! [`Passing`]: what a function's invoker takes for each argument, and gives for its result.

use std::any::Any;
use std::sync::Arc;

use crate::call::callable::Callable;
use crate::call::function_pointer::FunctionPointerType;
use crate::error::Result;
use crate::handle::Key;
use crate::signature::Kind;

/// How an argument or the result travels between a caller and the invoker of a function: data, by
/// which each kind of caller marshals in one loop.
#[derive(Clone)]
pub enum Passing {
    /// As in a frame: a number in its slot, text in two, an object as its handle.
    Slots,
    /// In one slot: the address of NUL-terminated UTF-8, which is only read.
    Text,
    /// In one slot: an address.
    Address {
        /// Whose objects are given by the address that they have, or hold.
        target: Option<Arc<dyn Target>>,
        /// What else is.
        lent: Lendable,
    },
    /// In one slot: the address of the bytes of an object of one of these types, which are passed by
    /// value.
    Bytes(Arc<dyn Target>),
    /// In slots, one after the other: so many bytes, which are those of such an object.
    Words {
        /// Whose objects' bytes are passed.
        target: Arc<dyn Target>,
        /// How many there are.
        size: usize,
    },
    /// For a result that is an object of this type, which the runtime's backend describes to hosts.
    Object {
        /// The type.
        layout: Arc<dyn Any + Send + Sync>,
        /// How it is given.
        given: GivenObject,
    },
    /// In one slot: a C function pointer of this type.
    Function(Arc<dyn Target>),
    /// Not at all: the slow way converts it.
    Slow,
}

/// How a result is given that is an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GivenObject {
    /// In one slot, which is the address that it holds.
    Address,
    /// Its bytes, in slots one after the other.
    Words,
    /// The slot is the address of room for its bytes, of so many.
    Room(usize),
}

/// What is given for an address by lending memory for the call.
#[derive(Clone, Copy, Debug)]
pub struct Lendable {
    /// What numbers become that are written one after the other; null if they are not given so.
    pub element: Kind,
    /// The kinds of elements of arrays that are given as they are, a bit for each.
    pub arrays: u64,
    /// Whether it is text: UTF-8, with a NUL behind it.
    pub text: bool,
    /// Whether it is only read. What is not may be written to, and what is written to a copy is lost.
    pub constant: bool,
    /// Whether an integer is the address.
    pub numbers: bool,
}

/// How long what an invoker calls is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifetime {
    /// For ever, and it does not fail: the code of a library.
    Forever,
    /// As long as its runtime says, which the invoker sees to: under a lock, or by a number that is
    /// refused afterwards. It needs the key.
    Locked,
    /// As long as somebody keeps the function, and it does not fail.
    Kept,
    /// As long as somebody keeps the function.
    Pinned,
}

/// What an address or a function pointer is of.
pub trait Target: Send + Sync {
    /// The word that an object is given as, if it is given as its address, or as the address that it
    /// holds: then all objects of its type are given in the same way.
    fn takes(&self, object: Key) -> Option<u64>;

    /// The type of a function pointer, if it is one that has a type.
    fn function_pointer(&self) -> Option<Arc<FunctionPointerType>>;

    /// The function pointer of a callable, as long as that lives.
    fn pointer(&self, callable: &Callable) -> Result<*const ()>;
}
