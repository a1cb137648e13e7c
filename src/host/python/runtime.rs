//! `libmetaffi.Runtime`: a loaded runtime.

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::Arc;

use super::argument_parser::{self, ArgumentParser};
use super::handle::value::is_sequence;
use super::trampoline::{trampoline, trampoline_of_guest};
use super::{fork, module};
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::model::{Module, Runtime, Scope};
use crate::python::api::{Api, METH_KEYWORDS, METH_NOARGS, METH_VARARGS, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{HeapType, HeapTypeSpec, TP_DEALLOC, TP_NEW, TP_REPR, method};
use crate::python::support;

/// What an instance has.
pub(super) struct RuntimeFields {
    runtime: Arc<Runtime>,
}

static CLASS: Once<HeapType<RuntimeFields>> = Once::new();

thread_local! {
    /// What this thread has entered, the latest last.
    static ENTERED: RefCell<Vec<Arc<Scope>>> = const { RefCell::new(Vec::new()) };
}

/// The type.
pub(super) fn class(gil: &Gil) -> Result<&'static HeapType<RuntimeFields>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.libmetaffi.Runtime",
                doc: c"Runtime(name, options=None)\n--\n\nA loaded runtime.",
                flags: 0,
                slots: &[
                    (TP_NEW, new as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_REPR, repr as *const c_void),
                ],
                methods: vec![
                    method(
                        c"load_module",
                        load_module as *const c_void,
                        METH_VARARGS | METH_KEYWORDS,
                        c"load_module($self, path, options=None)\n--\n\n\
                          Loads a module. An option may be a list of texts.",
                    ),
                    method(
                        c"enter",
                        enter as *const c_void,
                        METH_NOARGS,
                        c"enter($self, /)\n--\n\nEnters the runtime on this thread.",
                    ),
                    method(
                        c"leave",
                        leave as *const c_void,
                        METH_NOARGS,
                        c"leave($self, /)\n--\n\n\
 Leaves the runtime, once for each time it was entered.",
                    ),
                ],
                attributes: &[(c"name", name)],
                offsets: &[],
            },
        )
    })
}

/// # Safety
/// `object` is an instance.
unsafe fn runtime<'a>(gil: &Gil, object: Object) -> Result<&'a Arc<Runtime>> {
    // SAFETY: `object` is an instance.
    Ok(unsafe { &(*class(gil)?.fields(object)).runtime })
}

unsafe extern "C-unwind" fn new(_: Object, arguments: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let given = ArgumentParser::new(gil, ["name", "options"], 1, arguments, keywords)?;
            let name = given.text(gil, 0)?;
            let options = match given.get(gil, 1) {
                Some(options) => pairs(gil, &options)?,
                None => Vec::new(),
            };
            // A runtime that starts may ask for the GIL, on this thread or another.
            let runtime = fork::load(gil, || Runtime::load(&name, options))?;
            class(gil)?.instance(gil, RuntimeFields { runtime })
        })
    }
}

/// The texts of a dict, and of lists and tuples in it one by one.
fn pairs(gil: &Gil, options: &PyRef) -> Result<Vec<(String, String)>> {
    // SAFETY: a live object under the GIL.
    let items = unsafe { PyRef::from_owned((gil.api.PyMapping_Items)(options.as_ptr())) };
    let Some(items) = items else {
        let cause = crate::python::error::fetch(gil);
        return Err(Error::invalid("options: pass a dict").caused_by(cause));
    };
    let mut pairs = Vec::new();
    for item in argument_parser::items(gil, &items, "options")? {
        let key = argument_parser::text(gil, &support::item(gil, &item, 0)?, "an option's name")?;
        let (value, what) = (support::item(gil, &item, 1)?, format!("option \"{key}\""));
        let values = match is_sequence(gil, &value) {
            true => argument_parser::items(gil, &value, &what)?,
            false => vec![value],
        };
        for value in values {
            pairs.push((key.clone(), argument_parser::text(gil, &value, &what)?));
        }
    }
    Ok(pairs)
}

unsafe extern "C-unwind" fn load_module(
    object: Object,
    arguments: Object,
    keywords: Object,
) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let given = ArgumentParser::new(gil, ["path", "options"], 1, arguments, keywords)?;
            let runtime = runtime(gil, object)?.clone();
            let path = given.text(gil, 0)?;
            let options = match given.get(gil, 1) {
                Some(options) => pairs(gil, &options)?,
                None => Vec::new(),
            };
            let module = fork::load(gil, || Module::load_with(&runtime, &path, options))?;
            module::new(gil, module, &path)
        })
    }
}

unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let scope = Scope::enter(runtime(gil, object)?)?;
            ENTERED.with_borrow_mut(|entered| entered.push(scope));
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn leave(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let runtime = runtime(gil, object)?;
            // Those of one runtime are all alike, whichever task or stack has entered them.
            let scope = ENTERED.with_borrow_mut(|entered| {
                let is = |scope: &Arc<Scope>| Arc::ptr_eq(scope.runtime(), runtime);
                entered.iter().rposition(is).map(|index| entered.remove(index))
            });
            let scope = scope.ok_or_else(|| {
                Error::invalid(format!(
                    "this thread has not entered the runtime {}; a scope is left on the thread \
                     that entered it",
                    runtime.name()
                ))
            })?;
            scope.leave()?;
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, runtime(gil, object)?.name())) }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let text = format!("<metaffi runtime {}>", runtime(gil, object)?.name());
            support::text(gil, &text)
        })
    }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe { class.destroy(api, object) };
}
