//! What Java does with objects and callables of other languages.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::{ptr, slice};

use jni_sys::{JNIEnv, jclass, jint, jlong};

use super::nature::NATURE;
use super::object::{self, JavaObject};
use super::{error, support};
use crate::abi::{metaffi_handle_type, metaffi_value};
use crate::call::{CallArguments, Callable, guarded};
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key, OwnedHandle};
use crate::object::{
    AttributeName, Capabilities, Comparison, Iteration, Protocol, TextKind, ValuePlace,
    VisitOptions, call_callable, convert_value, of,
};
use crate::thread::Word;
use crate::value::array::OwnedArray;
use crate::value::{self, OwnedValue, memory};

/// As the part in Java counts.
#[derive(Clone, Copy)]
enum ForeignOperation {
    Runtime,
    TypeName,
    Get,
    Set,
    Item,
    SetItem,
    DeleteItem,
    Length,
    Contains,
    Call,
    Invoke,
    Iterate,
    Next,
    Equal,
    Less,
    Hash,
    Text,
    Enter,
    Exit,
    Has,
    Convert,
    Buffer,
    Items,
}

use ForeignOperation as Operation;

const OPERATIONS: [Operation; 23] = [
    Operation::Runtime,
    Operation::TypeName,
    Operation::Get,
    Operation::Set,
    Operation::Item,
    Operation::SetItem,
    Operation::DeleteItem,
    Operation::Length,
    Operation::Contains,
    Operation::Call,
    Operation::Invoke,
    Operation::Iterate,
    Operation::Next,
    Operation::Equal,
    Operation::Less,
    Operation::Hash,
    Operation::Text,
    Operation::Enter,
    Operation::Exit,
    Operation::Has,
    Operation::Convert,
    Operation::Buffer,
    Operation::Items,
];

thread_local! {
    /// What was left on this thread, as Java has it.
    static FAILURE: Cell<jlong> = const { Cell::new(0) };
}

/// Leaves a failure to whoever takes it next.
pub(super) fn fail(failed: Error) {
    FAILURE.set(error::lent(failed));
}

/// The failure that was left, once; 0 if there is none.
pub(super) fn take_failure() -> jlong {
    FAILURE.replace(0)
}

/// What stands for what an object can do where asking has failed, and why is to be taken.
const UNTOLD: jlong = jlong::MIN;

/// What an object can do; below zero of a callable.
pub(super) extern "system" fn capabilities(_: *mut JNIEnv, _: jclass, handle: jlong) -> jlong {
    let handle = handle as Key;
    if HandleKind::of(handle) == Some(HandleKind::Callable) {
        return -1;
    }
    // SAFETY: nothing is kept while the object's code runs.
    let found = unsafe { NATURE.go_out(|| of(handle)?.capabilities(handle)) };
    match found {
        Ok(can) => can.bits() as jlong & jlong::MAX,
        Err(failed) => {
            fail(failed);
            UNTOLD
        }
    }
}

/// Another handle of an object or a callable.
pub(super) extern "system" fn keep(_: *mut JNIEnv, _: jclass, handle: jlong) -> jlong {
    let handle = handle as Key;
    let kind = HandleKind::of(handle).unwrap_or(HandleKind::Object);
    handle::clone(handle, kind).unwrap_or_default() as jlong
}

/// Lets it go.
pub(super) extern "system" fn release(_: *mut JNIEnv, _: jclass, handle: jlong) {
    let handle = handle as Key;
    if let Some(kind) = HandleKind::of(handle) {
        let _ = guarded(|| handle::free(handle, kind));
    }
}

/// Gives back a result that was lent.
pub(super) extern "system" fn clear(_: *mut JNIEnv, _: jclass, result: jlong) {
    let result = ptr::with_exposed_provenance_mut::<metaffi_value>(result as usize);
    // SAFETY: a result of `operate`, which is given back once.
    let _ = guarded(|| unsafe { Ok(LentResult::take(result)) });
}

/// Gives up values that nobody has taken.
pub(super) extern "system" fn give_up(_: *mut JNIEnv, _: jclass, values: jlong, count: jint) {
    let values = ptr::with_exposed_provenance::<metaffi_value>(values as usize);
    // SAFETY: so many values of the part in Java, which are used once.
    let _ = guarded(|| unsafe { taken_over(slice::from_raw_parts(values, count as usize)) });
}

/// Does something: 0, or the error, which is owned.
pub(super) extern "system" fn operate(
    _: *mut JNIEnv,
    _: jclass,
    handle: jlong,
    operation: jint,
    values: jlong,
    count: jint,
    result: jlong,
) -> jlong {
    let values = ptr::with_exposed_provenance::<metaffi_value>(values as usize);
    let result = ptr::with_exposed_provenance_mut::<metaffi_value>(result as usize);
    // SAFETY: values of the part in Java, and room for one; what is thrown leaves nothing behind that
    // C++'s own `catch` would not.
    let done = unsafe {
        go_out(|| {
            let values = taken_over(slice::from_raw_parts(values, count as usize))?;
            let mut found = MaybeUninit::new(value::null());
            let operation = OPERATIONS[operation as usize];
            run(handle as Key, operation, OwnedValue::as_raw(&values), &mut found)?;
            LentResult::lend(OwnedValue::from_raw(found.assume_init()), result)
        })
    };
    match done {
        Ok(()) => 0,
        Err(error) => error::lent(error),
    }
}

/// Runs code of others that Java calls. The part in Java gives the thread the class loader again that it had.
///
/// # Safety
/// As for [`Nature::go_out`](crate::kit::Nature::go_out).
#[inline(always)]
pub(super) unsafe fn go_out<R>(code: impl FnOnce() -> Result<R>) -> Result<R> {
    let module = Word::JavaModule.get();
    // SAFETY: as the caller says.
    let done = unsafe { NATURE.go_out(code) };
    Word::JavaModule.set(module);
    done
}

/// Values that the part in Java gives.
///
/// # Safety
/// They come from there, and are used once.
unsafe fn taken_over(values: &[metaffi_value]) -> Result<Vec<OwnedValue>> {
    let mut taken = Vec::with_capacity(values.len());
    let mut failed = None;
    for value in values {
        // SAFETY: as the caller says.
        match unsafe { object::given(ptr::read(value)) } {
            // SAFETY: a value that is ours.
            Ok(value) => taken.push(unsafe { OwnedValue::from_raw(value) }),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(taken), Err)
}

/// The text of a name.
unsafe fn name_of(value: &metaffi_value) -> Result<&str> {
    // SAFETY: the part in Java gives a text there.
    unsafe {
        let text = value.data.string;
        value::text::utf8(slice::from_raw_parts(text.data.cast::<u8>(), text.length))
    }
}

unsafe fn run(
    handle: Key,
    operation: Operation,
    given: &[metaffi_value],
    to: ValuePlace<'_>,
) -> Result<()> {
    if HandleKind::of(handle) == Some(HandleKind::Callable) {
        // SAFETY: as the caller says.
        return unsafe { run_callable(handle, operation, given, to) };
    }
    let protocol: &dyn Protocol = of(handle)?;
    // SAFETY: the values are what their types say; names are where the part in Java has them.
    let found: OwnedValue = unsafe {
        let name = || name_of(&given[0]).map(AttributeName::Text);
        match operation {
            Operation::Runtime => {
                value::string8(&handle::describe_object(handle, |one| one.runtime().to_owned())?)?
            }
            Operation::TypeName => {
                value::string8(&handle::describe_object(handle, |one| one.type_name())?)?
            }
            Operation::Get => return protocol.get_attribute(handle, name()?, to),
            Operation::Set => {
                return protocol.set_attribute(handle, name()?, Some(&given[1]));
            }
            Operation::Item => return protocol.get_item(handle, &given[0], to),
            Operation::SetItem => return protocol.set_item(handle, &given[0], Some(&given[1])),
            Operation::DeleteItem => return protocol.set_item(handle, &given[0], None),
            Operation::Length => number(protocol.length(handle)? as i64),
            Operation::Contains => truth(protocol.contains(handle, &given[0])?),
            Operation::Call => {
                let arguments = CallArguments { values: given, names: &[] };
                return protocol.call(handle, arguments, to);
            }
            Operation::Invoke => {
                let arguments = CallArguments { values: &given[1..], names: &[] };
                return protocol.invoke(handle, name()?, arguments, to);
            }
            Operation::Iterate => {
                let iteration = match given[0].data.int32 {
                    1 => Iteration::Keys,
                    2 => Iteration::Values,
                    3 => Iteration::Entries,
                    _ => Iteration::Itself,
                };
                object(protocol.iterate(handle, iteration)?)
            }
            Operation::Next => {
                if protocol.next(handle, slice::from_mut(to))? == 0 {
                    // Of no type: what ends is no value.
                    to.write(metaffi_value { r#type: 0, ..value::null() });
                }
                return Ok(());
            }
            Operation::Equal => truth(protocol.compare(handle, Comparison::Equal, &given[0])?),
            Operation::Less => truth(protocol.compare(handle, Comparison::Less, &given[0])?),
            Operation::Hash => number(protocol.hash(handle)? as i64),
            Operation::Text => value::string8(&protocol.text(handle, TextKind::Display)?)?,
            Operation::Enter => return protocol.enter(handle, to),
            Operation::Exit => truth(protocol.exit(handle, None)?),
            // Without what is in it, which nobody has asked for.
            Operation::Convert => {
                let object = value::object(ptr::without_provenance_mut(handle));
                convert_value(&object, VisitOptions::shallow())?
            }
            Operation::Items => {
                let object = value::object(ptr::without_provenance_mut(handle));
                convert_value(&object, VisitOptions::default())?
            }
            // SAFETY: an array that nobody else has.
            Operation::Buffer => {
                let can = protocol.capabilities(handle)?;
                let array = protocol.buffer(handle, can.has(Capabilities::WRITE_BUFFER))?;
                OwnedArray::from_raw(NonNull::new(array).ok_or_else(|| memory::exhausted(0))?)
                    .into_value()
            }
            Operation::Has => {
                let mut found = MaybeUninit::uninit();
                match protocol.get_attribute(handle, name()?, &mut found) {
                    Ok(()) => {
                        drop(OwnedValue::from_raw(found.assume_init()));
                        truth(true)
                    }
                    Err(error) if error.status() == Status::NotFound => truth(false),
                    Err(error) => return Err(error),
                }
            }
        }
    };
    to.write(found.into_raw());
    Ok(())
}

unsafe fn run_callable(
    callable: Key,
    operation: Operation,
    given: &[metaffi_value],
    to: ValuePlace<'_>,
) -> Result<()> {
    let text = |text: &str| value::string8(text);
    let found = match operation {
        Operation::Call => {
            let arguments = CallArguments { values: given, names: &[] };
            // SAFETY: the values are what their types say.
            return unsafe { call_callable(callable, arguments, to) };
        }
        Operation::Runtime => text("")?,
        Operation::TypeName => text("callable")?,
        Operation::Text => {
            let callable = handle::get::<Callable>(callable)?;
            let name = callable.name().map(|name| name.to_string_lossy().into_owned());
            text(format!("callable {}", name.unwrap_or_default()).trim_end())?
        }
        _ => return Err(Error::unsupported("a callable is called, and nothing else")),
    };
    to.write(found.into_raw());
    Ok(())
}

fn number(number: i64) -> OwnedValue {
    // SAFETY: a number.
    unsafe { OwnedValue::from_raw(number.into()) }
}

fn truth(truth: bool) -> OwnedValue {
    // SAFETY: a truth value.
    unsafe { OwnedValue::from_raw(truth.into()) }
}

fn object(key: Key) -> OwnedValue {
    // SAFETY: a handle that is ours.
    unsafe { OwnedValue::from_raw(value::object(ptr::without_provenance_mut(key))) }
}

/// A result that the part in Java looks at, until it gives it back: objects are there as Java has them,
/// with their handles behind.
struct LentResult;

impl LentResult {
    /// Writes it.
    ///
    /// # Safety
    /// There is room.
    unsafe fn lend(result: OwnedValue, to: *mut metaffi_value) -> Result<()> {
        let mut lent = result.into_raw();
        // SAFETY: of a handle the value has a word more than that takes.
        unsafe {
            if lent.r#type == metaffi_handle_type {
                let handle = lent.data.object.addr();
                let reference = handle::using(|scope| object::reference_of(scope, handle));
                lent.data.uint64 = reference.inspect_err(|_| drop(object(handle)))? as u64;
                to.write(lent);
                (&raw mut (*to).data).cast::<usize>().add(1).write(handle);
            } else {
                to.write(lent);
            }
        }
        Ok(())
    }

    /// Takes it back.
    ///
    /// # Safety
    /// It was lent, and is taken back once.
    unsafe fn take(from: *mut metaffi_value) -> OwnedValue {
        // SAFETY: as the caller says.
        unsafe {
            match (*from).r#type == metaffi_handle_type {
                true => object((&raw const (*from).data).cast::<usize>().add(1).read()),
                false => OwnedValue::from_raw(from.read()),
            }
        }
    }
}

/// What stands for an object that the part in Java takes over.
pub(super) fn given_up(handle: OwnedHandle) -> Result<i64> {
    let index = handle::using(|scope| Ok(scope.get::<JavaObject>(handle.key())?.index()));
    match index {
        Ok(index) => support::get().map_or(Ok(0), |support| support.another(index)),
        Err(Error { .. }) => Ok(!(handle.into_pointer().addr() as i64)),
    }
}
