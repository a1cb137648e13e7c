//! [`SignatureSource`]: where it stands what a callable object takes, found without running Python
//! code.

use crate::fork::Once;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::name::Name;

static ANNOTATIONS: Name = Name::new(c"__annotations__");
static ARGS: Name = Name::new(c"args");
static CALL: Name = Name::new(c"__call__");
static FUNC: Name = Name::new(c"func");
static NAMED: Name = Name::new(c"co_kwonlyargcount");
static KEYWORDS: Name = Name::new(c"keywords");
static SIGNATURE: Name = Name::new(c"__signature__");
static WRAPPED: Name = Name::new(c"__wrapped__");

/// As many methods, partial functions and decorators are looked through.
const MOST: usize = 16;

/// Where it stands what a callable object takes.
pub(super) struct SignatureSource {
    /// The function whose parameters they are, or a builtin one.
    pub(super) function: PyRef,
    /// Its code; none of a builtin.
    pub(super) code: Option<PyRef>,
    /// Annotations, if there are any: a dict.
    pub(super) annotations: Option<PyRef>,
    /// How many of the parameters are given by the object itself.
    pub(super) bound: usize,
}

impl SignatureSource {
    /// That of a callable object: a function, a method, `functools.partial` of one, an object of a class
    /// with `__call__`, a decorator's that says what it wraps, or a builtin function; `None` of
    /// anything else.
    ///
    /// # Safety
    /// `object` is alive, and the GIL is held.
    pub(super) unsafe fn of(gil: &Gil, object: Object) -> Option<SignatureSource> {
        let api = gil.api;
        let mut bound = 0;
        // SAFETY: `object` is alive, and the GIL is held; what a method has is alive as long.
        unsafe {
            let mut object = PyRef::new_reference(gil, object);
            for _ in 0..MOST {
                let r#type = api.type_of(object.as_ptr());
                if r#type == api.PyFunction_Type {
                    return SignatureSource::of_function(gil, object, bound);
                }
                if r#type == api.PyCFunction_Type {
                    let (code, annotations) = (None, None);
                    return Some(SignatureSource { function: object, code, annotations, bound });
                }
                object = if r#type == api.PyMethod_Type {
                    bound += 1;
                    PyRef::new_reference(gil, (api.PyMethod_Function)(object.as_ptr()))
                } else if object.find_attribute(gil, &SIGNATURE).ok()?.is_some() {
                    return None;
                } else if r#type == partial(gil)?.r#type.as_ptr() {
                    of_partial(gil, &object, &mut bound)?
                } else if let Some(inner) = object.find_attribute(gil, &WRAPPED).ok()? {
                    let annotations = object.find_attribute(gil, &ANNOTATIONS).ok()?;
                    return SignatureSource::wrapped(gil, inner, annotations, bound);
                } else {
                    bound += 1;
                    call_of(gil, &object)?
                };
            }
        }
        None
    }

    unsafe fn of_function(gil: &Gil, function: PyRef, bound: usize) -> Option<SignatureSource> {
        let api = gil.api;
        // SAFETY: the caller's function, under the GIL.
        unsafe {
            let annotations = (api.PyFunction_GetAnnotations)(function.as_ptr());
            if annotations.is_null() && !(api.PyErr_Occurred)().is_null() {
                // They are code, which has failed.
                (api.PyErr_Clear)();
                return None;
            }
            let annotations =
                (!annotations.is_null()).then(|| PyRef::new_reference(gil, annotations));
            SignatureSource::wrapped(gil, function, annotations, bound)
        }
    }

    /// Of a function or what that wraps, where the annotations are those of what is outermost.
    unsafe fn wrapped(
        gil: &Gil,
        mut function: PyRef,
        annotations: Option<PyRef>,
        mut bound: usize,
    ) -> Option<SignatureSource> {
        let api = gil.api;
        // SAFETY: live objects under the GIL.
        unsafe {
            for _ in 0..MOST {
                let r#type = api.type_of(function.as_ptr());
                if r#type == api.PyMethod_Type {
                    bound += 1;
                    function =
                        PyRef::new_reference(gil, (api.PyMethod_Function)(function.as_ptr()));
                    continue;
                }
                if r#type != api.PyFunction_Type {
                    return None;
                }
                let Some(own) = function.dict(gil) else { break };
                let item = |name: &Name| {
                    let name = name.get(gil).ok()?;
                    Some((api.PyDict_GetItemWithError)(own, name.as_ptr()))
                };
                if !item(&SIGNATURE)?.is_null() {
                    return None;
                }
                match item(&WRAPPED)? {
                    inner if inner.is_null() => break,
                    inner => function = PyRef::new_reference(gil, inner),
                }
            }
            if api.type_of(function.as_ptr()) != api.PyFunction_Type {
                return None;
            }
            let code = PyRef::new_reference(gil, (api.PyFunction_GetCode)(function.as_ptr()));
            let annotations = annotations.filter(|found| (api.PyDict_Size)(found.as_ptr()) > 0);
            Some(SignatureSource { function, code: Some(code), annotations, bound })
        }
    }

    /// Whether an argument of any type can be given for each of its parameters, by position.
    pub(super) fn declares_nothing(&self, gil: &Gil) -> bool {
        self.annotations.is_none() && self.is_positional(gil)
    }

    /// Whether no parameter is one that can be given by name alone.
    pub(super) fn is_positional(&self, gil: &Gil) -> bool {
        let Some(code) = &self.code else { return true };
        let named = code.find_attribute(gil, &NAMED).ok().flatten();
        // SAFETY: a live object under the GIL.
        named.is_some_and(|named| unsafe { (gil.api.PyLong_AsLongLong)(named.as_ptr()) == 0 })
    }

    /// What it is known by: its code, or a builtin function itself.
    pub(super) fn identity(&self) -> &PyRef {
        self.code.as_ref().unwrap_or(&self.function)
    }
}

/// `functools.partial`, and what stands in it for an argument that is given later, if there is that.
struct Partial {
    r#type: PyRef,
    placeholder: Option<PyRef>,
}

fn partial(gil: &Gil) -> Option<&'static Partial> {
    static PARTIAL: Once<Partial> = Once::new();
    let make = || {
        let module = PyRef::import(gil, c"functools")?;
        let r#type = module.attribute(gil, c"partial")?;
        Ok(Partial { r#type, placeholder: module.attribute(gil, c"Placeholder").ok() })
    };
    PARTIAL.get_or_make::<crate::error::Error>(make).ok()
}

/// The function of a partial one that gives it positional arguments only.
unsafe fn of_partial(gil: &Gil, object: &PyRef, bound: &mut usize) -> Option<PyRef> {
    let api = gil.api;
    // SAFETY: a live object of that type, under the GIL.
    unsafe {
        let get = |name: &Name| object.find_attribute(gil, name).ok().flatten();
        let (function, given, named) = (get(&FUNC)?, get(&ARGS)?, get(&KEYWORDS)?);
        let is_wrapper = object.find_attribute(gil, &WRAPPED).ok()?.is_some();
        if is_wrapper || (api.PyDict_Size)(named.as_ptr()) != 0 {
            return None;
        }
        let count = (api.PyTuple_Size)(given.as_ptr());
        if let Some(later) = &partial(gil)?.placeholder {
            let is = |index| (api.PyTuple_GetItem)(given.as_ptr(), index) == later.as_ptr();
            if (0..count).any(is) {
                return None;
            }
        }
        *bound += count.cast_unsigned();
        Some(function)
    }
}

/// The function that an object is called by, with the object before the arguments.
unsafe fn call_of(gil: &Gil, object: &PyRef) -> Option<PyRef> {
    let api = gil.api;
    // SAFETY: a live object under the GIL; a type is one as well.
    unsafe {
        let r#type = PyRef::new_reference(gil, api.type_of(object.as_ptr()));
        let get = |of: &PyRef| of.find_attribute(gil, &CALL).ok().flatten();
        let function = get(&r#type)?;
        if api.type_of(function.as_ptr()) != api.PyFunction_Type {
            return None;
        }
        let own = get(object)?;
        let is_method = api.type_of(own.as_ptr()) == api.PyMethod_Type
            && (api.PyMethod_Function)(own.as_ptr()) == function.as_ptr();
        is_method.then_some(function)
    }
}
