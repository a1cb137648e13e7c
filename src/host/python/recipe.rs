//! Recipes: what pickle keeps of an entity, a module or a runtime, which is loaded again where it
//! arrives. They are written and read by the package's module about them.

use std::ffi::CStr;

use crate::backend::Options;
use crate::error::Result;
use crate::model::{Entity, Module};
use crate::python::convert::spelling;
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

/// What `__reduce__` of a runtime gives.
pub(super) fn of_runtime(gil: &Gil, name: &PyRef, options: &PyRef) -> Result<PyRef> {
    reduce(gil, c"reduce_runtime", &[name, options])
}

/// That of a module: of the name and the options of its runtime, and of its own options.
pub(super) fn of_module(
    gil: &Gil,
    [runtime, options, own]: [&PyRef; 3],
    path: &str,
    loaded: Option<&Module>,
) -> Result<PyRef> {
    let (path, declared) = (support::text(gil, path)?, declared(gil, loaded)?);
    reduce(gil, c"reduce_module", &[runtime, options, &path, own, &declared])
}

/// That of an entity.
pub(super) fn of_entity(gil: &Gil, entity: &Entity) -> Result<PyRef> {
    let (module, function) = (entity.module(), entity.function());
    let runtime = support::text(gil, module.runtime().name())?;
    let options = dict(gil, module.runtime().options())?;
    let own = dict(gil, module.options())?;
    let (path, declared) = (support::text(gil, module.path())?, declared(gil, Some(module))?);
    let name = support::text(gil, &entity.path().to_string_lossy())?;
    let [params, returns] = entity.given();
    let params = match params {
        true => spelling::spell_all(gil, function.param_types())?,
        false => support::none(gil),
    };
    let returns = match returns {
        true => spelling::spell_all(gil, function.return_types())?,
        false => support::none(gil),
    };
    let parts = [&runtime, &options, &path, &own, &declared, &name, &params, &returns];
    reduce(gil, c"reduce_entity", &parts)
}

fn reduce(gil: &Gil, name: &CStr, parts: &[&PyRef]) -> Result<PyRef> {
    let reduce = PyRef::import(gil, c"metaffi._recipes")?.attribute(gil, name)?;
    support::call(gil, &reduce, parts)
}

fn declared(gil: &Gil, module: Option<&Module>) -> Result<PyRef> {
    let texts = module.map(Module::declared).unwrap_or_default();
    support::texts(gil, &texts.iter().map(|text| &**text).collect::<Vec<_>>())
}

/// Options as a `dict`, of texts or of lists where they repeat.
fn dict(gil: &Gil, options: &Options) -> Result<PyRef> {
    // SAFETY: under the GIL; all are alive.
    unsafe {
        let dict = PyRef::owned(gil, (gil.api.PyDict_New)())?;
        for (key, value) in options.pairs() {
            let all: Vec<&str> = options.all(key).collect();
            let value = match all.as_slice() {
                [_] => support::text(gil, value)?,
                all => support::texts(gil, all)?,
            };
            let key = support::text(gil, key)?;
            if (gil.api.PyDict_SetItem)(dict.as_ptr(), key.as_ptr(), value.as_ptr()) != 0 {
                return Err(fetch(gil));
            }
        }
        Ok(dict)
    }
}
