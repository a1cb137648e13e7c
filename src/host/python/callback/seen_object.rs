//! [`SeenObject`]: an object that was seen before, told from others without being kept alive.

use crate::fork::Once;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::HAVE_GC;
use crate::python::object::name::Name;

static ARGS: Name = Name::new(c"__args__");
static ORIGIN: Name = Name::new(c"__origin__");

/// An object that was seen: nobody is kept alive by that who could refer to others.
pub(super) enum SeenObject {
    /// One that refers to nothing is kept.
    Kept(PyRef),
    /// By a weak reference.
    Weak(PyRef),
    /// `list[int]` or `int | None`, which are made anew where they are written: what it consists of.
    Alias { r#type: PyRef, parts: Box<[SeenObject]> },
}

impl SeenObject {
    /// Remembers an object; `None` if it could not be known again.
    ///
    /// # Safety
    /// `object` is alive, and the GIL is held.
    pub(super) unsafe fn new(gil: &Gil, object: Object) -> Option<SeenObject> {
        let api = gil.api;
        // SAFETY: `object` is alive, and the GIL is held.
        unsafe {
            let r#type = api.type_of(object);
            if (api.PyType_GetFlags)(r#type) & u64::from(HAVE_GC) == 0 {
                return Some(SeenObject::Kept(PyRef::new_reference(gil, object)));
            }
            if is_alias(gil, r#type) {
                let parts = parts(gil, object)?;
                let seen = |part: &PyRef| SeenObject::new(gil, part.as_ptr());
                let parts = parts.iter().map(seen).collect::<Option<_>>()?;
                return Some(SeenObject::Alias {
                    r#type: PyRef::new_reference(gil, r#type),
                    parts,
                });
            }
            PyRef::new_reference(gil, object).weak(gil).map(SeenObject::Weak)
        }
    }

    /// Whether an object is it, or says the same.
    ///
    /// # Safety
    /// `object` is alive, and the GIL is held.
    pub(super) unsafe fn is(&self, gil: &Gil, object: Object) -> bool {
        let api = gil.api;
        // SAFETY: `object` is alive, and the GIL is held.
        unsafe {
            match self {
                SeenObject::Kept(kept) => kept.as_ptr() == object,
                SeenObject::Weak(weak) => api.referent(weak.as_ptr()) == object,
                SeenObject::Alias { r#type, parts: seen } => {
                    api.type_of(object) == r#type.as_ptr()
                        && parts(gil, object).is_some_and(|parts| {
                            let mut pairs = seen.iter().zip(&parts);
                            seen.len() == parts.len()
                                && pairs.all(|(seen, part)| seen.is(gil, part.as_ptr()))
                        })
                }
            }
        }
    }
}

/// Whether objects of a type are made of what stands in the brackets, or between the bars.
unsafe fn is_alias(gil: &Gil, r#type: Object) -> bool {
    static ALIASES: Once<Vec<PyRef>> = Once::new();
    let make = || {
        let module = PyRef::import(gil, c"types")?;
        let names = [c"GenericAlias", c"UnionType"];
        // The one since 3.10 only.
        Ok(names.iter().filter_map(|name| module.attribute(gil, name).ok()).collect())
    };
    let known = ALIASES.get_or_make::<crate::error::Error>(make);
    known.is_ok_and(|known| known.iter().any(|alias| alias.as_ptr() == r#type))
}

/// What an alias consists of.
unsafe fn parts(gil: &Gil, object: Object) -> Option<Vec<PyRef>> {
    let api = gil.api;
    // SAFETY: the caller's object, under the GIL; the arguments keep each of them.
    unsafe {
        let alias = PyRef::new_reference(gil, object);
        let arguments = alias.find_attribute(gil, &ARGS).ok()??;
        let count = (api.PyTuple_Size)(arguments.as_ptr());
        let item =
            |index| PyRef::new_reference(gil, (api.PyTuple_GetItem)(arguments.as_ptr(), index));
        let origin = alias.find_attribute(gil, &ORIGIN).ok()?;
        Some(origin.into_iter().chain((0..count).map(item)).collect())
    }
}
