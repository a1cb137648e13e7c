//! Classes of the standard library, found in their modules once these are imported.

use crate::error::Result;
use crate::fork::Once;
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::name::Name;

/// A class of the standard library.
pub(super) struct Class {
    module: Name,
    name: Name,
    found: Once<PyRef>,
}

pub(super) static DECIMAL: Class = Class::new(c"decimal", c"Decimal");
pub(super) static DATE: Class = Class::new(c"datetime", c"date");
pub(super) static TIME: Class = Class::new(c"datetime", c"time");
pub(super) static DATETIME: Class = Class::new(c"datetime", c"datetime");
pub(super) static TIMEDELTA: Class = Class::new(c"datetime", c"timedelta");
pub(super) static TIMEZONE: Class = Class::new(c"datetime", c"timezone");
pub(super) static UUID: Class = Class::new(c"uuid", c"UUID");
pub(super) static ZONE_INFO: Class = Class::new(c"zoneinfo", c"ZoneInfo");

impl Class {
    const fn new(module: &'static std::ffi::CStr, name: &'static std::ffi::CStr) -> Class {
        Class { module: Name::new(module), name: Name::new(name), found: Once::new() }
    }

    /// The class, whose module is imported if it is not yet.
    pub(super) fn get(&self, gil: &Gil) -> Result<&PyRef> {
        self.found.get_or_make(|| {
            let module = PyRef::import(gil, self.module.text_c())?;
            module.attribute(gil, self.name.text_c())
        })
    }

    /// The class, if somebody has imported its module: without, nothing is of the class.
    #[inline]
    fn if_loaded(&self, gil: &Gil) -> Option<Object> {
        match self.found.get() {
            Some(class) => Some(class.as_ptr()),
            None => self.look(gil),
        }
    }

    fn look(&self, gil: &Gil) -> Option<Object> {
        let api = gil.api;
        error::quietly(gil, || {
            let module = self.module.get(gil)?;
            // SAFETY: live objects under the GIL; both answers are borrowed.
            unsafe {
                let modules = (api.PySys_GetObject)(c"modules".as_ptr());
                if modules.is_null()
                    || (api.PyDict_GetItemWithError)(modules, module.as_ptr()).is_null()
                {
                    return Ok(None);
                }
            }
            self.get(gil).map(|class| Some(class.as_ptr()))
        })
        .flatten()
    }

    /// Whether an object is of this very class.
    ///
    /// # Safety
    /// `object` is alive.
    #[inline]
    pub(super) unsafe fn is_exact(&self, gil: &Gil, object: Object) -> bool {
        // SAFETY: `object` is alive.
        self.if_loaded(gil).is_some_and(|class| unsafe { gil.api.type_of(object) } == class)
    }

    /// Whether an object is of this class or one below it.
    ///
    /// # Safety
    /// `object` is alive.
    pub(super) unsafe fn is_instance(&self, gil: &Gil, object: Object) -> bool {
        let api = gil.api;
        self.if_loaded(gil)
            // SAFETY: `object` is alive, and its type with it.
            .is_some_and(|class| unsafe { (api.PyType_IsSubtype)(api.type_of(object), class) != 0 })
    }
}
