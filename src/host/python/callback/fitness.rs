//! Whether a function takes what C gives, as far as that is seen without asking Python.

use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::name::Name;

/// What is seen of a function.
pub(super) enum Fitness {
    /// Its code is the known one, and it declares nothing.
    Known,
    /// It takes what C gives; with its code if that alone says so.
    Fits { code: Option<PyRef> },
    /// It declares types, takes another number of arguments, or does not show.
    Unknown,
}

static FLAGS: Name = Name::new(c"co_flags");
static NAMED: Name = Name::new(c"co_kwonlyargcount");
static TAKEN: Name = Name::new(c"co_argcount");

/// `CO_VARARGS`.
const VARARGS: i64 = 4;

/// What is seen of an object that C will call with `count` arguments; a function whose code is
/// `known` does.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub(super) unsafe fn fitness(gil: &Gil, object: Object, count: usize, known: Object) -> Fitness {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held; what a method and a function refer to are
    // alive as long as they are.
    unsafe {
        let r#type = api.type_of(object);
        if r#type == api.PyFunction_Type {
            return of_function(gil, object, count, known);
        }
        let of_method = (r#type == api.PyMethod_Type).then(|| (api.PyMethod_Function)(object));
        match of_method.filter(|inner| api.type_of(*inner) == api.PyFunction_Type) {
            Some(inner) => match of_function(gil, inner, count + 1, std::ptr::null_mut()) {
                // The code alone does not say that there is an object before the arguments.
                Fitness::Fits { .. } => Fitness::Fits { code: None },
                other => other,
            },
            None => Fitness::Unknown,
        }
    }
}

unsafe fn of_function(gil: &Gil, function: Object, count: usize, known: Object) -> Fitness {
    let api = gil.api;
    // SAFETY: the caller's function, under the GIL.
    unsafe {
        if is_annotated(api, function) {
            return Fitness::Unknown;
        }
        let code = (api.PyFunction_GetCode)(function);
        if code == known {
            return Fitness::Known;
        }
        let code = PyRef::new_reference(gil, code);
        let number = |name| {
            let number = code.find_attribute(gil, name).ok()??;
            Some((api.PyLong_AsLongLong)(number.as_ptr()))
        };
        let (Some(takes), Some(named), Some(flags)) =
            (number(&TAKEN), number(&NAMED), number(&FLAGS))
        else {
            return Fitness::Unknown;
        };
        let is_open = flags & VARARGS != 0;
        match count as i64 - takes {
            _ if named > 0 => Fitness::Unknown,
            0 => Fitness::Fits { code: Some(code) },
            1.. if is_open => Fitness::Fits { code: Some(code) },
            _ => Fitness::Unknown,
        }
    }
}

/// Whether a function, or one that a method calls, declares no types.
///
/// # Safety
/// `object` is alive and was found to [fit](Fitness), and the GIL is held.
#[inline(always)]
pub(super) unsafe fn declares_nothing(api: &Api, object: Object) -> bool {
    // SAFETY: a function or a method of one, under the GIL.
    unsafe {
        !match api.type_of(object) == api.PyFunction_Type {
            true => is_annotated(api, object),
            false => is_annotated(api, (api.PyMethod_Function)(object)),
        }
    }
}

/// Whether a function declares types.
unsafe fn is_annotated(api: &Api, function: Object) -> bool {
    // SAFETY: the caller's function, under the GIL.
    unsafe {
        let annotations = (api.PyFunction_GetAnnotations)(function);
        if annotations.is_null() {
            // Its annotations may be code, which has failed.
            let failed = !(api.PyErr_Occurred)().is_null();
            (api.PyErr_Clear)();
            return failed;
        }
        (api.PyDict_Size)(annotations) != 0
    }
}
