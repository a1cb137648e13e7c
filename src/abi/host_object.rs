use std::ffi::{c_char, c_void};

use super::{
    metaffi_array, metaffi_capabilities, metaffi_comparison, metaffi_error, metaffi_iteration,
    metaffi_member_kind, metaffi_name, metaffi_object, metaffi_send, metaffi_status,
    metaffi_text_kind, metaffi_value, metaffi_values_callback, metaffi_visitor,
};

/// The functions of a class return soon, and wait for nobody who may be waiting for a runtime: those
/// that call them keep their lock, as Python its GIL.
pub const METAFFI_CLASS_QUICK: u64 = 1;

/// Adds a member to the list that is being made: `length` bytes of UTF-8, copied. A failure of it is
/// what the function that lists fails with.
pub type metaffi_member_sink = Option<
    unsafe extern "C-unwind" fn(
        sink: *mut c_void,
        name: *const c_char,
        length: usize,
        kind: metaffi_member_kind,
    ) -> metaffi_status,
>;

/// Adds a type to the list that is being made: a handle, borrowed for the call. A failure of it is what
/// the function that lists fails with.
pub type metaffi_object_sink = Option<
    unsafe extern "C-unwind" fn(sink: *mut c_void, object: *const metaffi_object) -> metaffi_status,
>;

/// What the objects of a host are: a name, and what they can do. A function that is NULL, and one that
/// is beyond `size`, they cannot do.
///
/// Each function is called with the `userdata` of an object, on whatever thread its user is on, perhaps
/// on several at once, and re-entrantly. What it is given is borrowed for the call; what it writes,
/// a value or an object, becomes metaffi's: strings are made with `metaffi_alloc`. It may free any
/// handle, also the one that it is called through. It succeeds with `METAFFI_OK`; to fail, it returns
/// a status and may store an error made by `metaffi_error_new`, which metaffi then owns. For an
/// attribute or a key that is not there the status is `METAFFI_STATUS_NOT_FOUND`, which needs no
/// error. A C++ exception that leaves it is an error; `longjmp` out of it is not allowed, nor is ending
/// its thread there.
///
/// A class stays as it is until the last of its objects has been finalized; it tells objects of a kind
/// from others, and is best static.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct metaffi_object_class {
    /// `sizeof(metaffi_object_class)`
    pub size: usize,
    /// The name of the type, NUL-terminated UTF-8.
    pub name: *const c_char,
    /// What the objects are, beside what they can do: `METAFFI_IS_…` bits.
    pub is: metaffi_capabilities,
    /// `METAFFI_CLASS_…` bits.
    pub flags: u64,
    /// Reads an attribute; `name` has `length` bytes and no NUL behind them.
    pub get_attribute: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            name: *const c_char,
            length: usize,
            value: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Writes an attribute.
    pub set_attribute: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            name: *const c_char,
            length: usize,
            value: *const metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Deletes an attribute.
    pub delete_attribute: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            name: *const c_char,
            length: usize,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Lists the members: calls `add` with `sink` for each.
    pub members: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            add: metaffi_member_sink,
            sink: *mut c_void,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Calls a member, without making an object of it; if it is NULL, the attribute is read and called.
    pub invoke: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            name: *const c_char,
            length: usize,
            arguments: *const metaffi_value,
            count: usize,
            names: *const *const metaffi_name,
            named: usize,
            value: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Reads an item by its position. One below zero counts from the end, and is only given to an
    /// object that has no `length`.
    pub get_item: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            index: i64,
            value: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Writes an item.
    pub set_item: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            index: i64,
            value: *const metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Deletes an item.
    pub delete_item: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            index: i64,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// The items of a range of positions; NULL is what is not given. Without it, an object that has
    /// `get_item` and `length` is asked for each of them.
    pub slice: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            start: *const i64,
            stop: *const i64,
            step: *const i64,
            items: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Reads an entry by its key. An object with items gets no integers here.
    pub get_entry: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            key: *const metaffi_value,
            value: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Writes an entry.
    pub set_entry: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            key: *const metaffi_value,
            value: *const metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Deletes an entry.
    pub delete_entry: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            key: *const metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// How many items or entries there are.
    pub length: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            length: *mut usize,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Whether a value is among the items, or among the keys.
    pub contains: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            value: *const metaffi_value,
            contains: *mut bool,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Calls it. The last `named` of the arguments have `names`: `metaffi_name_text`.
    pub call: metaffi_values_callback,
    /// Makes an instance of it.
    pub construct: metaffi_values_callback,
    /// Makes an iterator: an object that has `next`. Of a mapping it gives the keys, if `what` is
    /// `METAFFI_ITERATE_ITSELF`. Without it, an object that has `get_item` and `length` is asked for
    /// each item; values and entries of a mapping that says METAFFI_STATUS_UNSUPPORTED to these are
    /// found by its keys.
    pub iterate: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            what: metaffi_iteration,
            iterator: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Gives the next values, at most `room`: `count` says how many. None is the end; a few are not:
    /// more are asked for, until there is no room.
    pub next: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            values: *mut metaffi_value,
            room: usize,
            count: *mut usize,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Goes on as a generator, with a value, with an error that is raised in it, or to its end. Whether
    /// it has given a value is said by `yielded`, which is true before; if not, it has ended, and the
    /// value is its result.
    pub send: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            how: metaffi_send,
            sent: *const metaffi_value,
            raised: *const metaffi_error,
            value: *mut metaffi_value,
            yielded: *mut bool,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Makes an asynchronous iterator: an object that has `next_async`.
    pub iterate_async: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            iterator: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Gives what is awaited for the next value. At the end that fails with `METAFFI_STATUS_ENDED`, or
    /// this does, which needs no error.
    pub next_async: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            awaitable: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Compares it with a value: for equality, and for order too if `METAFFI_CAN_ORDER` is among `is`.
    /// Without it, an object is equal to itself alone. What it cannot be compared with is
    /// `METAFFI_STATUS_UNSUPPORTED`, which needs no error.
    pub compare: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            how: metaffi_comparison,
            with: *const metaffi_value,
            holds: *mut bool,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Its hash, which it has in common with what is equal to it. An object that has neither this nor
    /// `compare` has one by its identity.
    pub hash: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            hash: *mut u64,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Whether it counts as true. Without it, it does unless its length is zero.
    pub truth: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            truth: *mut bool,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// A text about it, a string8. Without it, its type and what tells it from others.
    pub text: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            kind: metaffi_text_kind,
            text: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// The number that it is.
    pub number: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            number: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Its type, an object.
    pub type_of: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            r#type: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Whether an object is an instance of it, which is a type.
    pub has_instance: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            object: *const metaffi_object,
            is: *mut bool,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Enters it as a context.
    pub enter: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            entered: *mut metaffi_value,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Leaves it as a context; `failure` is what its body failed with, or NULL. Whether that is dealt
    /// with is said by `handled`.
    pub exit: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            failure: *const metaffi_error,
            handled: *mut bool,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Its memory as an array, whose `release` is called when nobody looks at it any more. Written only
    /// if `writable` is set, which is never if `METAFFI_CAN_WRITE_BUFFER` is not among `is`.
    pub buffer: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            writable: bool,
            array: *mut *mut metaffi_array,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Begins to await it. What comes of it is said once, on any thread and maybe before this returns,
    /// by settling the promise: `metaffi_promise_settle`. The promise is the host's from now on, unless this
    /// fails: `metaffi_object_free`. One that is freed unsettled was given up, and whoever waits is told
    /// that it was cancelled.
    pub start: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            promise: *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Cancels, some time, what was begun with a promise, which is borrowed and may be settled or freed
    /// by now: what the promise is settled with then is what came of it. Without this, whoever cancels
    /// is told at once that it was cancelled, and what was begun goes on.
    pub cancel: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            promise: *const metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Gives what is awaited for the end of an asynchronous iterator that is not iterated to its end.
    pub close_async: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            awaitable: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Gives what is awaited to enter it as an asynchronous context.
    pub enter_async: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            awaitable: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Gives what is awaited to leave it as an asynchronous context; `failure` is what its body failed
    /// with, or NULL. What is awaited gives true if that is dealt with.
    pub exit_async: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            failure: *const metaffi_error,
            awaitable: *mut *mut metaffi_object,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Lists the types that it, a type, is derived from directly: calls `add` with `sink` for each.
    pub parents: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            add: metaffi_object_sink,
            sink: *mut c_void,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Where its source is: the file, a string8, and the line, from 1; 0 if that is not known.
    pub source: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            file: *mut metaffi_value,
            line: *mut u32,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
    /// Tells a visitor of it and all that is in it, as a `metaffi_producer` does: of one value, or of a
    /// container from `open` to `close`. Objects and values that the visitor is told of are visited in
    /// turn, and choices of the visit are kept: what is told is what is there. Without it, a sequence
    /// that has `get_item` and `length` is visited as a list, a mapping that has `get_entry` and
    /// `iterate` as a map, a set or another sequence that has `iterate` as a set or a list, memory as an array,
    /// a number as a number, and everything else as an object.
    pub visit: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            visitor: *const metaffi_visitor,
            visitor_userdata: *mut c_void,
            error: *mut *mut metaffi_error,
        ) -> metaffi_status,
    >,
}
