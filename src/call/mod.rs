//! How a call is described, compiled and made, in both directions.
//!
//! A [`Function`] is a [`Plan`] and a [`Callee`]. The plan is what was compiled of the signature:
//! where each value is in a frame, its types in one word, its C mapping; all functions of a
//! signature share it. The callee is what runs, in one of two ways.
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
//! by values (`downcall`), C by a function pointer ([`c_mapping`], [`upcall`]), a host language
//! (by [`Passing`]).
//!
//! | room | what is there |
//! |---|---|
//! | [`plan`] | signatures compiled; how each value is passed; types as a calling convention sees
//! them |
//! | `downcall` | calls of handles, by frame and by values |
//! | [`registers`] `moves` [`libffi`] | code of C is called: scalars by thunks; anything by a list
//! of moves into registers and onto the stack; the rest by libffi |
//! | [`c_mapping`] | the C signature that stands for a signature, in both directions |
//! | `callable` | callables, and the C function pointers that they have |
//! | `function` `passing` `wanted` | what runs: C functions, functions of hosts, with their `userdata` |
//! | `values_function` | functions of hosts that take any values |
//! | `function_pointer` | what C gives to a function pointer of a type |
//! | `scratch` | memory for the time of a call |
//! | [`upcall`] | code of ours that C calls: entry points, libffi closures, the slots behind them |
//! | [`errors`] | failures: to C and back, of callbacks, exceptions of guests |

pub mod c_mapping;
mod callable;
mod downcall;
pub mod errors;
mod function;
mod function_pointer;
mod host_function;
mod invocation;
pub mod libffi;
mod moves;
mod passing;
pub mod plan;
pub mod registers;
mod scratch;
pub mod upcall;
mod userdata;
mod values_function;
mod wanted;

pub use callable::{Callable, KeepAlive, NativePointer, ReleasePeer};
pub use downcall::fast::{CallableHandle, Values, by_frame, by_values, fast};
pub use downcall::values::{call_owned, call_values, load_as_is, load_unread, store};
pub use errors::failure::report;
pub use errors::guard::{begin_ending_threads, guarded, is_thread_ending};
pub use errors::host_call::{HostCall, Late};
pub use errors::unwind::shield::shielded;
pub use function::{Callee, Function};
pub use function_pointer::{FunctionPointerLanguage, FunctionPointerType, PassedValue};
pub use host_function::{HostCode, HostFunction};
pub use invocation::{Invocation, WordsOfCall};
pub use passing::{GivenObject, Lendable, Lifetime, Passing, Target};
pub use plan::frame::{MAX_SLOTS, with_stack};
pub(crate) use plan::interned::{Digest, Interned};
pub use plan::texts::SignatureTexts;
pub use plan::{Plan, SlotLayout};
pub use scratch::scratch;
pub use userdata::Userdata;
pub use values_function::{CallArguments, NamedParameter, ValuesCode, ValuesFunction};
pub use wanted::{Element, Wanted};
