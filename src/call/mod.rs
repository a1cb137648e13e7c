//! Signature → plan → thunk: how a call is described, compiled and made.
//!
//! A [`Function`] is a [`Plan`], its signature and the places of its values in a frame, which all
//! functions of the signature share, and a [`Callee`]: what runs.
//! There are two ways to run it.
//!
//! * *Slow*, which every callee has: [`Callee::call`] with a scope and a frame. It converts, pins and
//!   defers what the call needs.
//! * *Fast*, which is data: a [`Fast`](crate::handle::Fast) of an invoker, the code and where its
//!   arguments go, copied out of the handle's slot in one look. What it calls is there for ever, as
//!   long as a runtime's lock is held, or as long as somebody keeps the function
//!   ([`Lifetime`]); a handle of what has no such invoker has one that pins and goes the slow way.
//!   How each value travels to it is a [`Passing`].
//!
//! Each kind of caller has one loop, which leaves to the slow way what does not fit: C by frame and
//! by values (`fast`, then `values`), C by a function pointer (`natural`, `closure`), a host language
//! (by [`Passing`]).
//!
//! | what | where |
//! |---|---|
//! | functions and what they run | `function` `plan` `interned` `passing` `host` `callable` `userdata` |
//! | calls of handles | `fast` `values` `frame` |
//! | code of C, called: scalars; anything by an image of registers and stack; by libffi | `register` `image` `interface` `descriptor` |
//! | types as a convention sees them; the C types that stand for types | `native` `natural` |
//! | code of ours, called by C: entry points, libffi closures, the slots that they call | `closure` |
//! | failures: to C and back, of callbacks, exceptions of guests | `failure` `host_call` `pending` `unwind` `guard` |

pub mod c_mapping;
mod downcall;
pub mod errors;
mod function;
pub mod libffi;
mod moves;
pub mod plan;
pub mod registers;
pub mod upcall;

pub use downcall::fast::{CallableHandle, Values, by_frame, by_values, fast};
pub use downcall::frame::{MAX_SLOTS, with_stack};
pub use downcall::values::{call_owned, load_as_is, load_unread, store};
pub use errors::failure::report;
pub use errors::guard::{begin_ending_threads, guarded, is_thread_ending};
pub use errors::host_call::{HostCall, Late};
pub use function::{Callee, Function};
pub(crate) use plan::interned::{Digest, Interned};
pub use plan::passing::{Lifetime, Passing, Target};
pub use plan::texts::SignatureTexts;
pub use plan::{Plan, SlotLayout};
pub use upcall::callable::{Callable, KeepAlive, NativePointer, PeerObject};
pub use upcall::host::{HostCode, HostFunction};
pub use upcall::userdata::Userdata;
