//! Calls from Python into the host: Python arguments to a frame, and its returns to an object.

use std::ptr;

use super::api::{Api, Object};
use super::gil::{self, Gil};
use super::object::{PyRef, text_of};
use super::{arguments, convert, error, returns};
use crate::abi::{metaffi_slot, metaffi_value};
use crate::call::{Callable, Function, Place, with_frame, with_stack};
use crate::error::{Error, Result, Status};
use crate::handle::pin::Use;
use crate::handle::{self, Kind as HandleKind};
use crate::signature::{Kind, Parameter};
use crate::value::{self, memory};

/// Calls a callable with the arguments of a vectorcall. A new reference.
///
/// The GIL is released while the host runs, unless the callable says that it is quick.
///
/// # Safety
/// `positional` has `count` arguments, and after them the values of the keyword `names`, a tuple
/// or NULL; the callable outlives the call, and the GIL is held.
#[inline(always)]
pub unsafe fn call(
    gil: &Gil,
    span: Use,
    callable: &Callable,
    positional: *const Object,
    count: usize,
    names: Object,
) -> Result<Object> {
    let function = &**callable.function();
    // SAFETY: the caller's promise.
    unsafe {
        if names.is_null() && count == function.params().len() {
            return call_in_order(gil, span, callable, positional);
        }
        call_by_name(gil, span, callable, positional, count, names)
    }
}

/// Puts keyword arguments in their places first.
#[cold]
#[inline(never)]
unsafe fn call_by_name(
    gil: &Gil,
    span: Use,
    callable: &Callable,
    given: *const Object,
    count: usize,
    names: Object,
) -> Result<Object> {
    let (api, function) = (gil.api, &**callable.function());
    let params = &function.signature().params;
    // SAFETY: the caller's promise; keyword names are a tuple of `str`.
    unsafe {
        let named = if names.is_null() { 0 } else { (api.PyTuple_Size)(names).cast_unsigned() };
        if count + named != params.len() {
            return Err(wrong_count(function, count + named));
        }
        with_stack(params.len(), |objects: *mut Object| {
            ptr::copy_nonoverlapping(given, objects, count);
            objects.add(count).write_bytes(0, named);
            for index in 0..named {
                let name = (api.PyTuple_GetItem)(names, index.cast_signed());
                let name = text_of(gil, &PyRef::borrowed(gil, name))?;
                let place = objects.add(place_of(params, &name)?);
                if place < objects.add(count) || !(*place).is_null() {
                    return Err(Error::new(
                        Status::InvalidArgument,
                        format!("argument {name} is given twice: {}", function.signature()),
                    ));
                }
                *place = *given.add(count + index);
            }
            call_in_order(gil, span, callable, objects)
        })
    }
}

fn place_of(params: &[Parameter], name: &str) -> Result<usize> {
    params.iter().position(|param| param.name.as_deref() == Some(name)).ok_or_else(|| {
        let names = params.iter().filter_map(|param| param.name.as_deref());
        let hint = crate::suggest::hint(name, names);
        let message = format!("there is no parameter named {name}{hint}");
        Error::new(Status::InvalidArgument, message)
    })
}

#[cold]
fn wrong_count(function: &Function, given: usize) -> Error {
    let declared = function.params().len();
    Error::new(
        Status::InvalidArgument,
        format!("{given} arguments given, but it takes {declared}: {}", function.signature()),
    )
}

#[inline(always)]
unsafe fn call_in_order(
    gil: &Gil,
    span: Use,
    callable: &Callable,
    objects: *const Object,
) -> Result<Object> {
    let (api, function) = (gil.api, &**callable.function());
    with_frame(function.layout().size(), |frame| {
        // SAFETY: the frame has the function's layout, and there are as many objects as
        // parameters.
        unsafe {
            for (index, place) in function.params().iter().enumerate() {
                let (object, slots) = (*objects.add(index), frame.add(place.slot));
                if !borrow(api, place.kind, object, slots) {
                    take(gil, span, function, index, object, slots)?;
                }
            }
            match callable.is_quick() {
                true => function.call(span, frame)?,
                false => gil::release(gil, || function.call(span, frame))?,
            }
            give(gil, span, function, frame)
        }
    })
}

/// Stores a scalar, or text that stays the object's own.
#[inline(always)]
unsafe fn borrow(api: &Api, kind: Kind, object: Object, slots: *mut metaffi_slot) -> bool {
    // SAFETY: the caller's objects live as long as the call.
    unsafe {
        let r#type = api.type_of(object);
        // The commonest first, without a jump table.
        if kind == Kind::Int64 && r#type == api.PyLong_Type {
            let Some(number) = api.small_int(object) else {
                return returns::scalar(api, kind, object, slots);
            };
            *slots = number.cast_unsigned();
            return true;
        }
        if kind == Kind::Float64 && r#type == api.PyFloat_Type {
            *slots = api.float(object).to_bits();
            return true;
        }
        if kind != Kind::String8 {
            return returns::scalar(api, kind, object, slots);
        }
        if r#type != api.PyUnicode_Type {
            return false;
        }
        let Some((data, length)) = api.utf8(object) else { return false };
        *slots = data.expose_provenance() as u64;
        *slots.add(1) = length as u64;
        true
    }
}

/// Takes an argument that has to be converted; what is made for it ends with the call.
#[inline(never)]
unsafe fn take(
    gil: &Gil,
    span: Use,
    function: &Function,
    index: usize,
    object: Object,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let api = gil.api;
    let Parameter { name, info } = &function.signature().params[index];
    // SAFETY: the caller's promise.
    let stored = unsafe {
        if !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
        }
        convert::from_python(gil, object, info.r#type, &convert::of_python(gil, info), slots)
    };
    stored.map_err(|error| match name {
        Some(name) => error.at(format_args!("argument {index} ({name})")),
        None => error.at(format_args!("argument {index}")),
    })?;
    // SAFETY: the slots were filled just now.
    unsafe { lend(span, info.r#type.kind(), slots) };
    Ok(())
}

/// Ends what was made for an argument when the span ends.
///
/// # Safety
/// The slots were filled by [`convert::from_python`] for a type of this kind.
pub unsafe fn lend(span: Use, kind: Kind, slots: *const metaffi_slot) {
    unsafe extern "C" fn free_object(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Object);
    }
    unsafe extern "C" fn free_callable(key: *mut ()) {
        let _ = handle::free(key.addr(), HandleKind::Callable);
    }
    unsafe extern "C" fn free_text(data: *mut ()) {
        // SAFETY: deferred with text that the conversion allocated.
        unsafe { memory::free(data) };
    }
    unsafe extern "C" fn free_array(data: *mut ()) {
        // SAFETY: deferred with an array that the conversion made.
        unsafe { value::array::free(data.cast()) };
    }
    // SAFETY: the slots were filled by the conversion.
    unsafe {
        let word = ptr::with_exposed_provenance_mut::<()>(*slots as usize);
        match kind {
            Kind::Handle => span.defer(word, free_object),
            Kind::Callable => span.defer(word, free_callable),
            Kind::String8 | Kind::String16 | Kind::String32 => span.defer(word, free_text),
            Kind::Array if !word.is_null() => span.defer(word, free_array),
            Kind::Any => {
                let value = slots.cast::<metaffi_value>().read();
                if let Ok(kind) = value::kind_of(&value) {
                    lend(span, kind, slots.add(1));
                }
            }
            _ => {}
        }
    }
}

/// The object of the returns: None for none, a tuple of several.
#[inline(always)]
unsafe fn give(
    gil: &Gil,
    span: Use,
    function: &Function,
    frame: *mut metaffi_slot,
) -> Result<Object> {
    let api = gil.api;
    // SAFETY: the callee has filled in the returns.
    unsafe {
        match function.returns() {
            [] => {
                api.incref(api._Py_NoneStruct);
                Ok(api._Py_NoneStruct)
            }
            [place] if place.kind.is_scalar() => {
                let (info, slot) = (&function.signature().returns[0], frame.add(place.slot));
                let object = match place.kind {
                    _ if info.alias.is_some() => ptr::null_mut(),
                    Kind::Int64 => (api.PyLong_FromLongLong)((*slot).cast_signed()),
                    Kind::Float64 => (api.PyFloat_FromDouble)(f64::from_bits(*slot)),
                    kind => arguments::scalar(api, kind, slot),
                };
                match object.is_null() {
                    true => give_one(gil, span, function, frame, 0),
                    false => Ok(object),
                }
            }
            [_] => give_one(gil, span, function, frame, 0),
            _ => give_several(gil, span, function, frame),
        }
    }
}

/// A return as an object; what its slots hold is freed.
unsafe fn give_one(
    gil: &Gil,
    span: Use,
    function: &Function,
    frame: *mut metaffi_slot,
    index: usize,
) -> Result<Object> {
    let api = gil.api;
    let (info, place) = (&function.signature().returns[index], function.returns()[index]);
    let info = &*convert::of_python(gil, info);
    // SAFETY: the caller's promise; the callee gives its returns away.
    unsafe {
        let slots = frame.add(place.slot);
        let object = arguments::scalar(api, arguments::plain_kind(info), slots);
        if !object.is_null() {
            convert::clear(info.r#type, slots);
            return Ok(object);
        }
        if !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
        }
        convert::give_python(gil, span, info.r#type, info, slots)
            .map(PyRef::into_ptr)
            .map_err(|error| error.context(format_args!("the callback's return {index}")))
    }
}

#[cold]
unsafe fn give_several(
    gil: &Gil,
    span: Use,
    function: &Function,
    frame: *mut metaffi_slot,
) -> Result<Object> {
    let api = gil.api;
    let count = function.returns().len();
    // SAFETY: the caller's promise; the tuple takes each item over.
    unsafe {
        let tuple = PyRef::owned(gil, (api.PyTuple_New)(count.cast_signed()))?;
        for index in 0..count {
            let item = give_one(gil, span, function, frame, index).inspect_err(|_| {
                for rest in index + 1..count {
                    let place: Place = function.returns()[rest];
                    let info = &function.signature().returns[rest];
                    convert::clear(info.r#type, frame.add(place.slot));
                }
            })?;
            if (api.PyTuple_SetItem)(tuple.as_ptr(), index.cast_signed(), item) != 0 {
                return Err(error::fetch(gil));
            }
        }
        Ok(tuple.into_ptr())
    }
}
