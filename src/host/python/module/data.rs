//! Data of types that a module's language spells, made from Python.

use std::ffi::c_void;

use super::content;
use crate::backend::{Module, proxy};
use crate::error::{Error, Result, Status};
use crate::handle::{self, HandleKind, Key};
use crate::host::python::argument_parser::{ArgumentParser, text};
use crate::host::python::handle::{look, unwrap, value, wrap};
use crate::host::python::trampoline::trampoline;
use crate::python::api::{METH_KEYWORDS, METH_O, METH_VARARGS, Object, PyMethodDef};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::method;
use crate::python::support;
use crate::python::support::int;

/// The methods of `libmetaffi.Module` about data.
pub(super) fn methods() -> Vec<PyMethodDef> {
    const KEYWORDS: std::ffi::c_int = METH_VARARGS | METH_KEYWORDS;
    vec![
        method(
            c"new",
            new as *const c_void,
            KEYWORDS,
            c"new($self, type, initial=None)\n--\n\n\
              A new object of a type as the module's language spells it: zero, or made of a number, \
              text, bytes, a list, or a dict of fields.",
        ),
        method(
            c"cast",
            cast as *const c_void,
            KEYWORDS,
            c"cast($self, type, object)\n--\n\nAn object seen as another type.",
        ),
        method(
            c"sizeof",
            size_of as *const c_void,
            METH_O,
            c"sizeof($self, type, /)\n--\n\nBytes of a value of a type.",
        ),
        method(
            c"address",
            address as *const c_void,
            KEYWORDS,
            c"address($self, object, path='')\n--\n\nA pointer to an object, or to the part at a path.",
        ),
    ]
}

unsafe extern "C-unwind" fn new(module: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let given = ArgumentParser::new(gil, ["type", "initial"], 1, given, keywords)?;
            let r#type = given.text(gil, 0)?;
            let module = content(gil, module)?;
            let key = match given.get(gil, 1) {
                None => module.new_object(&r#type, None)?,
                Some(initial) => made(gil, module, &r#type, &initial)?,
            };
            let object = wrap(gil, key)?;
            if given.get(gil, 1).is_some() {
                // What it was made of may refer to it one day.
                look(gil, object.as_ptr())?;
            }
            Ok(object)
        })
    }
}

/// A new object with an initial value: one value where its language can take it as such, else part
/// by part.
unsafe fn made(gil: &Gil, module: &dyn Module, r#type: &str, initial: &PyRef) -> Result<Key> {
    // SAFETY: a new object has no pointers that lead anywhere; a value is what its type says.
    unsafe {
        let by_parts = value::has_parts(gil, initial)?;
        let zero = match module.new_object(r#type, None) {
            Ok(zero) => zero,
            Err(failure) if failure.status() != Status::TypeMismatch => return Err(failure),
            // A type without a length has as many elements as there are items.
            Err(_) if by_parts && value::is_sequence(gil, initial) => {
                let length = support::items(gil, initial)?.len() as u64;
                module.new_object(r#type, Some(&length.into()))?
            }
            Err(_) => {
                let initial = value::from_python(gil, initial);
                let made = initial.and_then(|value| module.new_object(r#type, Some(&*value)));
                return made.map_err(|error| error.at("initial"));
            }
        };
        let filled = fill(gil, module, r#type, zero, (initial, by_parts));
        if !matches!(filled, Ok(key) if key == zero) {
            let _ = handle::free(zero, HandleKind::Object);
        }
        filled.map_err(|error| error.at("initial"))
    }
}

/// The object with its value, or another that was made of the value.
unsafe fn fill(
    gil: &Gil,
    module: &dyn Module,
    r#type: &str,
    zero: Key,
    (initial, by_parts): (&PyRef, bool),
) -> Result<Key> {
    let Some(proxy) = proxy::of(zero)? else {
        return Err(Error::unsupported("objects of this type take no value"));
    };
    // What a pointer is made to point to is kept only where it is written.
    let pointer = proxy.layout().is_some_and(|layout| layout.is_pointer());
    // SAFETY: `zero` is of that type, and nobody else has it; the GIL is held.
    unsafe {
        if by_parts || pointer {
            return value::assign(gil, &*proxy, "", initial).map(|()| zero);
        }
        module.new_object(r#type, Some(&*value::from_python(gil, initial)?))
    }
}

/// The handle of an argument that has to be one.
fn handle_of(gil: &Gil, object: Option<PyRef>) -> Result<Key> {
    // SAFETY: a live object under the GIL.
    let key = object.and_then(|object| unsafe { unwrap(gil.api, object.as_ptr()) });
    match key {
        Some(0) => Err(Error::new(Status::InvalidHandle, "object: the handle is released")),
        Some(key) => Ok(key),
        None => Err(Error::invalid("object: pass a MetaFFIHandle")),
    }
}

unsafe extern "C-unwind" fn cast(module: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let given = ArgumentParser::new(gil, ["type", "object"], 2, given, keywords)?;
            let (r#type, module) = (given.text(gil, 0)?, content(gil, module)?);
            let object = given.get(gil, 1);
            let address = object
                .as_ref()
                .filter(|object| gil.api.type_of(object.as_ptr()) == gil.api.PyLong_Type);
            let key = match address {
                // An address as a number is what a pointer may be made of.
                Some(address) => {
                    module.new_object(&r#type, Some(&*value::from_python(gil, address)?))?
                }
                None => module.cast_object(handle_of(gil, object)?, &r#type)?,
            };
            wrap(gil, key)
        })
    }
}

unsafe extern "C-unwind" fn size_of(module: Object, r#type: Object) -> Object {
    // SAFETY: Python calls this with an instance and an argument, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let r#type = text(gil, &PyRef::new_reference(gil, r#type), "type")?;
            int(gil, content(gil, module)?.size_of(&r#type)? as u64)
        })
    }
}

unsafe extern "C-unwind" fn address(_: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let given = ArgumentParser::new(gil, ["object", "path"], 1, given, keywords)?;
            let path = match given.get(gil, 1) {
                Some(path) => text(gil, &path, "path")?,
                None => String::new(),
            };
            let key = handle_of(gil, given.get(gil, 0))?;
            let Some(object) = proxy::of(key)? else {
                return Err(Error::unsupported("this object has no address"));
            };
            wrap(gil, object.pointer_to(&path)?)
        })
    }
}
