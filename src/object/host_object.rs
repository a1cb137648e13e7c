//! [`HostObject`]: an object of a host in C, and the functions of its class as the protocol by which
//! everybody uses it.

use std::ffi::{CStr, c_char, c_void};
use std::mem::{MaybeUninit, offset_of};
use std::ptr;
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::{
    AttributeName, CallArguments, Capabilities, Comparison, Iteration, MemberKind, ObjectMember,
    Protocol, ProtocolCell, Resumption, TWINS, TextKind, Twin, ValuePlace, refuse,
};
use crate::abi::{
    METAFFI_CLASS_QUICK, METAFFI_OK, METAFFI_STATUS_INVALID_ARGUMENT, METAFFI_STATUS_NOT_FOUND,
    METAFFI_STATUS_OUT_OF_MEMORY, METAFFI_STATUS_UNSUPPORTED, metaffi_array, metaffi_error,
    metaffi_finalizer, metaffi_int64_type, metaffi_member_kind, metaffi_name, metaffi_object,
    metaffi_object_class, metaffi_status, metaffi_value,
};
use crate::call::Userdata;
use crate::call::errors::failure;
use crate::call::errors::unwind::catching;
use crate::error::{Error, Result, Status};
use crate::handle::{self, Extension, HandleKind, Key};
use crate::signature::Kind;
use crate::value::{self, OwnedValue};

/// The name of the runtime of objects of hosts.
pub const HOST: &str = "host";

/// An object of a host.
pub struct HostObject {
    class: &'static metaffi_object_class,
    capabilities: Capabilities,
    userdata: Userdata,
    /// What runtimes show it as.
    shadows: [AtomicPtr<()>; TWINS],
}

// SAFETY: a class is not changed, and its functions may be called on any thread.
unsafe impl Send for HostObject {}
// SAFETY: as above.
unsafe impl Sync for HostObject {}

impl handle::ObjectType for HostObject {
    const EXTENSION: Extension = CELL.extension();
}

static CELL: ProtocolCell = ProtocolCell::new();

impl handle::ForeignObject for HostObject {
    fn runtime(&self) -> &str {
        HOST
    }

    fn type_name(&self) -> String {
        self.name().to_owned()
    }

    fn identity(&self) -> u64 {
        ptr::from_ref(self).addr() as u64
    }
}

/// A function of a class, if it has it.
macro_rules! function {
    ($class:expr, $name:ident) => {
        match offset_of!(metaffi_object_class, $name) < $class.size {
            true => $class.$name,
            false => None,
        }
    };
}

/// Calls a function of the class of an object, which is refused if there is none.
macro_rules! with_function {
    ($object:expr, $name:ident, $wanted:expr, |$host:ident, $function:ident, $error:ident| $call:expr) => {
        using($object, |$host| {
            let Some($function) = function!($host.class, $name) else {
                return Err(refuse($object, $wanted));
            };
            // SAFETY: the function is called as its contract says.
            run($object, $wanted, |$error| unsafe { $call })
        })
    };
}

impl HostObject {
    /// A handle of a new object. The userdata is taken over unless this fails.
    ///
    /// # Safety
    /// The class is as its documentation says, and stays so until the object is finalized.
    pub unsafe fn create(
        class: *const metaffi_object_class,
        userdata: *mut c_void,
        finalizer: metaffi_finalizer,
    ) -> Result<Key> {
        const LEAST: usize = offset_of!(metaffi_object_class, get_attribute);
        // SAFETY: NULL, or a class that outlives the object.
        let class = unsafe { class.as_ref() }.ok_or_else(|| Error::invalid("class is NULL"))?;
        if class.size < LEAST || !class.size.is_multiple_of(size_of::<usize>()) {
            let size = class.size;
            return Err(Error::invalid(format!(
                "class: its size is {size}; it is sizeof(metaffi_object_class)"
            )));
        }
        if class.name.is_null() {
            return Err(Error::invalid("class: its name is NULL"));
        }
        // SAFETY: a NUL-terminated text.
        if unsafe { CStr::from_ptr(class.name) }.to_str().is_err() {
            return Err(Error::new(Status::InvalidText, "class: its name is not UTF-8"));
        }
        CELL.set(&HostProtocol);
        let capabilities = capabilities(class);
        let userdata = Userdata::of_host(userdata, finalizer);
        let shadows = [const { AtomicPtr::new(ptr::null_mut()) }; TWINS];
        let object = HostObject { class, capabilities, userdata, shadows };
        handle::insert_object_then(Arc::new(object), |object| object.userdata.own())
    }

    /// What an object of a class was made with; `None` of any other.
    pub fn userdata(object: Key, class: *const metaffi_object_class) -> Option<*mut c_void> {
        handle::using(|scope| {
            let host = scope.get::<HostObject>(object).ok()?;
            ptr::eq(host.class, class).then(|| host.userdata.pointer())
        })
    }

    fn name(&self) -> &str {
        // SAFETY: it was UTF-8 when the object was made, and stays as it is.
        unsafe { CStr::from_ptr(self.class.name) }.to_str().unwrap_or_default()
    }

    fn userdata_pointer(&self) -> *mut c_void {
        self.userdata.pointer()
    }
}

/// What the objects of a class can do.
fn capabilities(class: &metaffi_object_class) -> Capabilities {
    let mut able = Capabilities::from_bits(class.is) | Capabilities::HOST_OBJECT;
    macro_rules! with {
        ($($name:ident $capability:ident,)*) => {
            $(able |= Capabilities::$capability.when(function!(class, $name).is_some());)*
        };
    }
    with! {
        get_attribute READ_ATTRIBUTES, set_attribute WRITE_ATTRIBUTES,
        delete_attribute DELETE_ATTRIBUTES, members LIST_MEMBERS,
        get_item READ_ITEMS, set_item WRITE_ITEMS, delete_item DELETE_ITEMS,
        get_entry READ_ENTRIES, set_entry WRITE_ENTRIES, delete_entry DELETE_ENTRIES,
        length LENGTH, contains CONTAIN, call CALL, construct CONSTRUCT,
        iterate ITERATE, next NEXT, next ITERATE, send SEND,
        iterate_async ITERATE_ASYNC, next_async NEXT_ASYNC, next_async ITERATE_ASYNC,
        hash HASH, number NUMBER, exit ENTER, buffer BUFFER,
    }
    let is_itself = function!(class, compare).is_none();
    able |= Capabilities::HASH.when(is_itself);
    able = able.without(Capabilities::ORDER.when(is_itself));
    able.without(Capabilities::WRITE_BUFFER.when(function!(class, buffer).is_none()))
}

/// Looks at an object of a host, which is there until `body` returns, whoever frees it meanwhile.
#[inline(always)]
fn using<R>(object: Key, body: impl FnOnce(&HostObject) -> Result<R>) -> Result<R> {
    handle::using(|scope| body(scope.get::<HostObject>(object)?))
}

/// Runs a function of a host: what it fails with, or throws, is the error.
#[inline(always)]
fn run(
    object: Key,
    wanted: Capabilities,
    function: impl FnOnce(*mut *mut metaffi_error) -> metaffi_status,
) -> Result<()> {
    let mut error = ptr::null_mut();
    // SAFETY: what is thrown leaves nothing behind that C++'s own `catch` would not.
    let status = unsafe { catching(|| function(&raw mut error)) }?;
    match status == METAFFI_OK && error.is_null() {
        true => Ok(()),
        false => Err(failed(object, wanted, status, error)),
    }
}

#[cold]
fn failed(
    object: Key,
    wanted: Capabilities,
    status: metaffi_status,
    error: *mut metaffi_error,
) -> Error {
    if !error.is_null() {
        let status = if status == METAFFI_OK { failure::status_of(error) } else { status };
        return failure::from_c(status, error);
    }
    let name = || {
        let name = handle::describe_object(object, |object| object.type_name());
        name.unwrap_or_else(|_| "object of a host".to_owned())
    };
    let error = match status {
        METAFFI_STATUS_NOT_FOUND => Error::not_found(format!("{} has no such thing", name())),
        METAFFI_STATUS_UNSUPPORTED => refuse(object, wanted),
        METAFFI_STATUS_OUT_OF_MEMORY => Error::new(Status::OutOfMemory, ""),
        status => {
            let known = Status::from_code(status);
            let said = known.map_or("an unknown status", Status::name);
            let message = format!("a function of {} failed with status {status} ({said})", name());
            Error::new(known.unwrap_or(Status::Foreign), message)
        }
    };
    error.in_runtime(HOST)
}

/// The value that a function writes, null before; what it writes and then fails is nobody's.
#[inline(always)]
fn given(
    to: ValuePlace<'_>,
    function: impl FnOnce(*mut metaffi_value) -> Result<()>,
) -> Result<()> {
    function(to.write(value::null()))
}

/// What a function answers.
#[inline(always)]
fn answered<T>(mut answer: T, function: impl FnOnce(*mut T) -> Result<()>) -> Result<T> {
    function(&raw mut answer)?;
    Ok(answer)
}

/// The handle that a function makes.
fn made(object: Key, function: impl FnOnce(*mut *mut metaffi_object) -> Result<()>) -> Result<Key> {
    match answered(ptr::null_mut(), function)?.addr() {
        0 => Err(gave_nothing(object)),
        made => Ok(made),
    }
}

#[cold]
fn gave_nothing(object: Key) -> Error {
    let name = handle::describe_object(object, |object| object.type_name()).unwrap_or_default();
    Error::new(Status::Foreign, format!("a function of {name} has made no object")).in_runtime(HOST)
}

#[cold]
fn no_attribute(object: Key, name: &str, error: Error) -> Error {
    match error.status() == Status::NotFound && error.foreign_error().is_none() {
        true => {
            let r#type = handle::describe_object(object, |object| object.type_name());
            let message = format!("{} has no attribute {name:?}", r#type.unwrap_or_default());
            Error::not_found(message).in_runtime(HOST)
        }
        false => error,
    }
}

/// The position of an item, if a key is one: from the end if it is below zero and there is a length.
#[inline(always)]
fn position(object: &HostObject, key: Key, index: i64) -> Result<i64> {
    match index < 0 && function!(object.class, length).is_some() {
        false => Ok(index),
        true => {
            let length = i64::try_from(HostProtocol.length(key)?).unwrap_or(i64::MAX);
            match length.checked_add(index).filter(|index| *index >= 0) {
                Some(index) => Ok(index),
                None => Err(Error::not_found(format!("there is no item {index} of {length}"))
                    .in_runtime(HOST)),
            }
        }
    }
}

/// The integer that a key is.
#[inline(always)]
fn integer(key: &metaffi_value) -> Option<i64> {
    let is_int64 = key.r#type == metaffi_int64_type;
    // SAFETY: of every key the payload has these bits.
    if is_int64 { Some(unsafe { key.data.int64 }) } else { other_integer(key) }
}

#[inline(never)]
fn other_integer(key: &metaffi_value) -> Option<i64> {
    let number = value::number::convert(key, Kind::Int64.into()).ok()?;
    // SAFETY: an int64.
    Some(unsafe { number.data.int64 })
}

/// The text that a value is, which a function was asked for.
///
/// # Safety
/// The value is what its type says.
unsafe fn display(said: &metaffi_value) -> Result<String> {
    match value::kind_of(said)? {
        Kind::String8 => {
            // SAFETY: the value is what its type says.
            let text = unsafe { value::text::decode(&said.data.string, Kind::String8) }?;
            Ok(text.into_owned())
        }
        kind => Err(Error::mismatch(format!("{kind} given for the text: give a string8"))),
    }
}

/// The protocol of objects of hosts.
struct HostProtocol;

/// Items or entries: which of them a key is of, as the class has functions for them.
enum ItemOrEntry {
    Item(i64),
    Entry,
}

/// What a key asks for, of an object that has what it takes for items, or for entries.
#[inline(always)]
fn wanted(
    host: &HostObject,
    object: Key,
    key: &metaffi_value,
    (items, entries): (bool, bool),
    capabilities: Capabilities,
) -> Result<ItemOrEntry> {
    match items.then(|| integer(key)).flatten() {
        Some(index) => position(host, object, index).map(ItemOrEntry::Item),
        None if entries => Ok(ItemOrEntry::Entry),
        None if items => Err(no_position(key)),
        None => Err(refuse(object, capabilities)),
    }
}

#[cold]
fn no_position(key: &metaffi_value) -> Error {
    let given = value::type_of(key).map(|found| found.to_string()).unwrap_or_default();
    Error::mismatch(format!("{given} given for the position of an item: give an integer"))
        .in_runtime(HOST)
}

impl Protocol for HostProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        using(object, |host| Ok(host.capabilities))
    }

    fn is_quick(&self, object: Key) -> bool {
        using(object, |host| Ok(host.class.flags & METAFFI_CLASS_QUICK != 0)).unwrap_or(false)
    }

    fn shadow(&self, object: Key, of: Twin) -> *mut () {
        let shadow = |host: &HostObject| Ok(host.shadows[of as usize].load(Ordering::Acquire));
        using(object, shadow).unwrap_or(ptr::null_mut())
    }

    fn set_shadow(&self, object: Key, of: Twin, shadow: *mut ()) {
        let _ = using(object, |host| {
            host.shadows[of as usize].store(shadow, Ordering::Release);
            Ok(())
        });
    }

    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let text = name.text();
        given(to, |to| {
            with_function!(
                object,
                get_attribute,
                Capabilities::READ_ATTRIBUTES,
                |host, get, error| {
                    get(host.userdata_pointer(), text.as_ptr().cast(), text.len(), to, error)
                }
            )
        })
        .map_err(|error| no_attribute(object, text, error))
    }

    unsafe fn set_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        let text = name.text();
        let (start, length) = (text.as_ptr().cast(), text.len());
        let set = match value {
            Some(value) => {
                let wanted = Capabilities::WRITE_ATTRIBUTES;
                with_function!(object, set_attribute, wanted, |host, set, error| {
                    set(host.userdata_pointer(), start, length, value, error)
                })
            }
            None => {
                let wanted = Capabilities::DELETE_ATTRIBUTES;
                with_function!(object, delete_attribute, wanted, |host, delete, error| {
                    delete(host.userdata_pointer(), start, length, error)
                })
            }
        };
        set.map_err(|error| no_attribute(object, text, error))
    }

    fn members(&self, object: Key) -> Result<Vec<ObjectMember>> {
        let mut list = MemberList::default();
        let sink = (&raw mut list).cast();
        with_function!(object, members, Capabilities::LIST_MEMBERS, |host, members, error| {
            members(host.userdata_pointer(), Some(MemberList::add), sink, error)
        })?;
        Ok(list.members)
    }

    unsafe fn get_item(&self, object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
        let able = Capabilities::READ_ITEMS | Capabilities::READ_ENTRIES;
        using(object, |host| {
            let (item, entry) = (function!(host.class, get_item), function!(host.class, get_entry));
            let userdata = host.userdata_pointer();
            let wanted = wanted(host, object, key, (item.is_some(), entry.is_some()), able)?;
            given(to, |to| match (wanted, item, entry) {
                // SAFETY: called as its contract says.
                (ItemOrEntry::Item(index), Some(get), _) => unsafe {
                    run(object, able, |error| get(userdata, index, to, error))
                },
                // SAFETY: as above.
                (ItemOrEntry::Entry, _, Some(get)) => unsafe {
                    run(object, able, |error| get(userdata, key, to, error))
                },
                _ => Err(refuse(object, able)),
            })
        })
    }

    fn get_index(&self, object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
        using(object, |host| match function!(host.class, get_item) {
            Some(get) => {
                let index = position(host, object, index)?;
                let userdata = host.userdata_pointer();
                // SAFETY: called as its contract says.
                given(to, |to| unsafe {
                    run(object, Capabilities::READ_ITEMS, |error| get(userdata, index, to, error))
                })
            }
            // SAFETY: a number.
            None => unsafe { self.get_item(object, &index.into(), to) },
        })
    }

    unsafe fn set_item(
        &self,
        object: Key,
        key: &metaffi_value,
        value: Option<&metaffi_value>,
    ) -> Result<()> {
        using(object, |host| {
            let (class, userdata) = (host.class, host.userdata_pointer());
            match value {
                Some(value) => {
                    let able = Capabilities::WRITE_ITEMS | Capabilities::WRITE_ENTRIES;
                    let (item, entry) = (function!(class, set_item), function!(class, set_entry));
                    let has = (item.is_some(), entry.is_some());
                    match (wanted(host, object, key, has, able)?, item, entry) {
                        // SAFETY: called as its contract says.
                        (ItemOrEntry::Item(index), Some(set), _) => unsafe {
                            run(object, able, |error| set(userdata, index, value, error))
                        },
                        // SAFETY: as above.
                        (ItemOrEntry::Entry, _, Some(set)) => unsafe {
                            run(object, able, |error| set(userdata, key, value, error))
                        },
                        _ => Err(refuse(object, able)),
                    }
                }
                None => {
                    let able = Capabilities::DELETE_ITEMS | Capabilities::DELETE_ENTRIES;
                    let item = function!(class, delete_item);
                    let entry = function!(class, delete_entry);
                    let has = (item.is_some(), entry.is_some());
                    match (wanted(host, object, key, has, able)?, item, entry) {
                        // SAFETY: as above.
                        (ItemOrEntry::Item(index), Some(delete), _) => unsafe {
                            run(object, able, |error| delete(userdata, index, error))
                        },
                        // SAFETY: as above.
                        (ItemOrEntry::Entry, _, Some(delete)) => unsafe {
                            run(object, able, |error| delete(userdata, key, error))
                        },
                        _ => Err(refuse(object, able)),
                    }
                }
            }
        })
    }

    fn slice(
        &self,
        object: Key,
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    ) -> Result<Key> {
        let place = |bound: &Option<i64>| bound.as_ref().map_or(ptr::null(), ptr::from_ref);
        made(object, |to| {
            with_function!(object, slice, Capabilities::SEQUENCE, |host, slice, error| {
                let (start, stop, step) = (place(&start), place(&stop), place(&step));
                slice(host.userdata_pointer(), start, stop, step, to, error)
            })
        })
    }

    fn length(&self, object: Key) -> Result<usize> {
        answered(0, |to| {
            with_function!(object, length, Capabilities::LENGTH, |host, length, error| {
                length(host.userdata_pointer(), to, error)
            })
        })
    }

    unsafe fn contains(&self, object: Key, value: &metaffi_value) -> Result<bool> {
        answered(false, |to| {
            with_function!(object, contains, Capabilities::CONTAIN, |host, contains, error| {
                contains(host.userdata_pointer(), value, to, error)
            })
        })
    }

    unsafe fn call(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let CallArguments { values, names } = arguments;
        given(to, |to| {
            with_function!(object, call, Capabilities::CALL, |host, call, error| {
                let (count, named, names) = (values.len(), names.len(), handles_of(names));
                call(host.userdata_pointer(), values.as_ptr(), count, names, named, to, error)
            })
        })
    }

    unsafe fn construct(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let CallArguments { values, names } = arguments;
        given(to, |to| {
            with_function!(object, construct, Capabilities::CONSTRUCT, |host, construct, error| {
                let (count, named, names) = (values.len(), names.len(), handles_of(names));
                construct(host.userdata_pointer(), values.as_ptr(), count, names, named, to, error)
            })
        })
    }

    unsafe fn invoke(
        &self,
        object: Key,
        name: AttributeName<'_>,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let (text, CallArguments { values, names }) = (name.text(), arguments);
        let invoked = using(object, |host| {
            let Some(invoke) = function!(host.class, invoke) else { return Ok(false) };
            let (userdata, start, length) =
                (host.userdata_pointer(), text.as_ptr().cast(), text.len());
            let (first, count) = (values.as_ptr(), values.len());
            let (named, names) = (names.len(), handles_of(names));
            // SAFETY: called as its contract says.
            given(to, |to| unsafe {
                run(object, Capabilities::READ_ATTRIBUTES, |error| {
                    invoke(userdata, start, length, first, count, names, named, to, error)
                })
            })
            .map_err(|error| no_attribute(object, text, error))?;
            Ok(true)
        })?;
        if invoked {
            return Ok(());
        }
        let mut member = MaybeUninit::uninit();
        self.get_attribute(object, name, &mut member)?;
        // SAFETY: written, and ours; a handle is read of what is one; the arguments are what their
        // types say.
        unsafe {
            let member = OwnedValue::from_raw(member.assume_init());
            match value::kind_of(&member)? {
                Kind::Handle => {
                    let member = member.data.object.addr();
                    super::of(member)?.call(member, arguments, to)
                }
                kind => Err(Error::unsupported(format!("{text:?} is {kind}, which is not called"))
                    .in_runtime(HOST)),
            }
        }
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        let is_itself = using(object, |host| {
            let (iterate, next) = (function!(host.class, iterate), function!(host.class, next));
            Ok(iterate.is_none() && next.is_some() && iteration == Iteration::Itself)
        })?;
        if is_itself {
            return handle::clone(object, HandleKind::Object);
        }
        made(object, |to| {
            with_function!(object, iterate, Capabilities::ITERATE, |host, iterate, error| {
                iterate(host.userdata_pointer(), iteration as u32, to, error)
            })
        })
    }

    fn next(&self, iterator: Key, to: &mut [MaybeUninit<metaffi_value>]) -> Result<usize> {
        for place in to.iter_mut() {
            place.write(value::null());
        }
        let (first, room) = (to.as_mut_ptr().cast(), to.len());
        let count = answered(0, |count| {
            with_function!(iterator, next, Capabilities::NEXT, |host, next, error| {
                next(host.userdata_pointer(), first, room, count, error)
            })
        })?;
        match count <= room {
            true => Ok(count),
            false => {
                Err(Error::new(Status::Foreign, format!("next gave {count} values of {room}"))
                    .in_runtime(HOST))
            }
        }
    }

    unsafe fn send(
        &self,
        generator: Key,
        with: Resumption<'_>,
        to: ValuePlace<'_>,
    ) -> Result<bool> {
        let (how, sent, raised) = match with {
            Resumption::Value(value) => (0, ptr::from_ref(value), None),
            Resumption::Error(error) => (1, ptr::null(), Some(BorrowedError::new(error))),
            Resumption::Close => (2, ptr::null(), None),
        };
        let raised = raised.as_ref().map_or(ptr::null(), BorrowedError::get);
        let ended = answered(false, |ended| {
            given(to, |to| {
                with_function!(generator, send, Capabilities::SEND, |host, send, error| {
                    send(host.userdata_pointer(), how, sent, raised, to, ended, error)
                })
            })
        })?;
        Ok(!ended)
    }

    fn iterate_async(&self, object: Key) -> Result<Key> {
        let is_itself = using(object, |host| {
            let class = host.class;
            Ok(function!(class, iterate_async).is_none() && function!(class, next_async).is_some())
        })?;
        if is_itself {
            return handle::clone(object, HandleKind::Object);
        }
        made(object, |to| {
            let wanted = Capabilities::ITERATE_ASYNC;
            with_function!(object, iterate_async, wanted, |host, iterate, error| {
                iterate(host.userdata_pointer(), to, error)
            })
        })
    }

    fn next_async(&self, iterator: Key) -> Result<Key> {
        made(iterator, |to| {
            with_function!(iterator, next_async, Capabilities::NEXT_ASYNC, |host, next, error| {
                next(host.userdata_pointer(), to, error)
            })
        })
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        let compares = using(object, |host| Ok(function!(host.class, compare).is_some()))?;
        if !compares {
            let same = is_same(object, with);
            return match comparison {
                Comparison::Equal => Ok(same),
                Comparison::NotEqual => Ok(!same),
                _ => Err(refuse(object, Capabilities::ORDER)),
            };
        }
        answered(false, |to| {
            with_function!(object, compare, Capabilities::ORDER, |host, compare, error| {
                compare(host.userdata_pointer(), comparison as u32, with, to, error)
            })
        })
    }

    fn hash(&self, object: Key) -> Result<u64> {
        let by_identity = using(object, |host| {
            let (hash, compare) = (function!(host.class, hash), function!(host.class, compare));
            Ok(hash.is_none() && compare.is_none())
        })?;
        if by_identity {
            return handle::describe_object(object, |object| object.identity());
        }
        answered(0, |to| {
            with_function!(object, hash, Capabilities::HASH, |host, hash, error| {
                hash(host.userdata_pointer(), to, error)
            })
        })
    }

    fn truth(&self, object: Key) -> Result<bool> {
        using(object, |host| {
            let userdata = host.userdata_pointer();
            if let Some(truth) = function!(host.class, truth) {
                // SAFETY: called as its contract says.
                return answered(true, |to| unsafe {
                    run(object, Capabilities::NONE, |error| truth(userdata, to, error))
                });
            }
            match function!(host.class, length) {
                Some(_) => Ok(self.length(object)? != 0),
                None => Ok(true),
            }
        })
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        using(object, |host| {
            let text = function!(host.class, text).filter(|_| kind != TextKind::Safe);
            let Some(text) = text else {
                let (name, at) = (host.name(), ptr::from_ref(host).addr());
                return Ok(format!("<{name} object at {at:#x}>"));
            };
            let (userdata, mut said) = (host.userdata_pointer(), MaybeUninit::uninit());
            // SAFETY: called as its contract says; what it wrote is ours.
            unsafe {
                given(&mut said, |to| {
                    run(object, Capabilities::NONE, |error| text(userdata, kind as u32, to, error))
                })?;
                let said = OwnedValue::from_raw(said.assume_init());
                display(&said)
            }
        })
    }

    fn number(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        given(to, |to| {
            with_function!(object, number, Capabilities::NUMBER, |host, number, error| {
                number(host.userdata_pointer(), to, error)
            })
        })
    }

    fn type_of(&self, object: Key) -> Result<Key> {
        made(object, |to| {
            with_function!(object, type_of, Capabilities::TYPE, |host, type_of, error| {
                type_of(host.userdata_pointer(), to, error)
            })
        })
    }

    fn is_instance(&self, object: Key, r#type: Key) -> Result<bool> {
        let given: *const metaffi_object = ptr::without_provenance(object);
        answered(false, |to| {
            with_function!(r#type, has_instance, Capabilities::TYPE, |host, has_instance, error| {
                has_instance(host.userdata_pointer(), given, to, error)
            })
        })
    }

    fn enter(&self, object: Key, to: ValuePlace<'_>) -> Result<()> {
        let enters = using(object, |host| Ok(function!(host.class, enter).is_some()))?;
        if !enters {
            if using(object, |host| Ok(function!(host.class, exit).is_none()))? {
                return Err(refuse(object, Capabilities::ENTER));
            }
            let itself = ptr::without_provenance_mut(handle::clone(object, HandleKind::Object)?);
            to.write(value::object(itself));
            return Ok(());
        }
        given(to, |to| {
            with_function!(object, enter, Capabilities::ENTER, |host, enter, error| {
                enter(host.userdata_pointer(), to, error)
            })
        })
    }

    fn exit(&self, object: Key, failure: Option<&Error>) -> Result<bool> {
        let failure = failure.map(BorrowedError::new);
        let failure = failure.as_ref().map_or(ptr::null(), BorrowedError::get);
        answered(false, |to| {
            with_function!(object, exit, Capabilities::ENTER, |host, exit, error| {
                exit(host.userdata_pointer(), failure, to, error)
            })
        })
    }

    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        let able = using(object, |host| Ok(host.capabilities))?;
        if writable && !able.has(Capabilities::WRITE_BUFFER) {
            return Err(refuse(object, Capabilities::WRITE_BUFFER));
        }
        let array = answered(ptr::null_mut(), |to| {
            with_function!(object, buffer, Capabilities::BUFFER, |host, buffer, error| {
                buffer(host.userdata_pointer(), writable, to, error)
            })
        })?;
        if array.is_null() { Err(gave_nothing(object)) } else { Ok(array) }
    }
}

/// Whether a value is a handle of an object of a host.
fn is_same(object: Key, with: &metaffi_value) -> bool {
    if !matches!(value::kind_of(with), Ok(Kind::Handle)) {
        return false;
    }
    // SAFETY: its type says that it is one.
    let other = unsafe { with.data.object }.addr();
    let identity = |key| using(key, |host| Ok(ptr::from_ref(host).addr())).ok();
    identity(object).is_some() && identity(object) == identity(other)
}

/// Handles of names, as C has them.
fn handles_of(names: &[Key]) -> *const *const metaffi_name {
    names.as_ptr().cast()
}

/// An error that C looks at during a call.
struct BorrowedError(*const metaffi_error);

impl BorrowedError {
    fn new(error: &Error) -> BorrowedError {
        BorrowedError(failure::to_c(error.clone()))
    }

    fn get(&self) -> *const metaffi_error {
        self.0
    }
}

impl Drop for BorrowedError {
    fn drop(&mut self) {
        let _ = handle::free(self.0.addr(), HandleKind::Error);
    }
}

/// The members that a class lists.
#[derive(Default)]
struct MemberList {
    members: Vec<ObjectMember>,
}

impl MemberList {
    unsafe extern "C-unwind" fn add(
        sink: *mut c_void,
        name: *const c_char,
        length: usize,
        kind: metaffi_member_kind,
    ) -> metaffi_status {
        if sink.is_null() || name.is_null() {
            return METAFFI_STATUS_INVALID_ARGUMENT;
        }
        // SAFETY: the sink is that of the call, and the name has so many bytes.
        let (list, name) = unsafe {
            (&mut *sink.cast::<MemberList>(), slice::from_raw_parts(name.cast::<u8>(), length))
        };
        let kind = match kind {
            1 => MemberKind::Method,
            2 => MemberKind::Property,
            3 => MemberKind::Type,
            4 => MemberKind::Module,
            _ => MemberKind::Attribute,
        };
        let Ok(name) = str::from_utf8(name) else { return Status::InvalidText.code() };
        list.members.push(ObjectMember { name: name.to_owned(), kind });
        METAFFI_OK
    }
}
