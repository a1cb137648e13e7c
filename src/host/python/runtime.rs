//! `MetaFFIRuntime`: a language's running system in this process.

use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::ptr;

use super::argument_parser::ArgumentParser;
use super::runtime_fields::{CLASS, RuntimeFields, fields, loaded, name_and_options};
use super::trampoline::{trampoline, trampoline_of_guest, trampoline_status};
use super::{module, options, recipe, scope};
use crate::error::{Error, Result};
use crate::kit::Interruption;
use crate::python::api::{Api, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Object};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;
use crate::python::object::class::{
    BASETYPE, HeapType, HeapTypeSpec, TP_DEALLOC, TP_INIT, TP_NEW, TP_REPR, method,
};
use crate::python::support;

/// The type.
pub(super) fn class(gil: &Gil) -> Result<&'static HeapType<RuntimeFields>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.MetaFFIRuntime",
                doc: c"MetaFFIRuntime(runtime_plugin, **options)\n--\n\n\
                       A runtime by name or alias, with options that the runtime knows.\n\n\
                       It is loaded when it is first needed, or by `load_runtime_plugin`. As a \
                       context manager it is loaded on entry and released on exit.",
                flags: BASETYPE,
                slots: &[
                    (TP_NEW, new_instance as *const c_void),
                    (TP_INIT, initialise as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                    (TP_REPR, repr as *const c_void),
                ],
                methods: vec![
                    method(
                        c"load_runtime_plugin",
                        load as *const c_void,
                        METH_NOARGS,
                        c"load_runtime_plugin($self, /)\n--\n\n\
                          Loads the runtime now, to see its failures here. It may be loaded already.",
                    ),
                    method(
                        c"release_runtime_plugin",
                        release as *const c_void,
                        METH_NOARGS,
                        c"release_runtime_plugin($self, /)\n--\n\n\
                          Ends this object's use of the runtime.\n\nWhat was loaded through it \
                          stays usable, and the next use loads it again.",
                    ),
                    method(
                        c"load_module",
                        load_module as *const c_void,
                        METH_VARARGS | METH_KEYWORDS,
                        c"load_module($self, module_path, **options)\n--\n\n\
                          A module of the runtime, with options of its own. It is loaded with its \
                          first entity: a bad path shows there.",
                    ),
                    method(
                        c"scope",
                        make_scope as *const c_void,
                        METH_VARARGS | METH_KEYWORDS,
                        c"scope($self, /, deadline=None)\n--\n\n\
                          Keeps the runtime entered by this thread for a batch of calls, which are \
                          faster then.\n\nWhat runs there when `deadline` seconds have passed is \
                          interrupted, and raises `MetaFFITimeoutError`; if nothing runs, the next call.",
                    ),
                    method(
                        c"interrupt",
                        interrupt as *const c_void,
                        METH_VARARGS | METH_KEYWORDS,
                        c"interrupt($self, /, thread=None)\n--\n\n\
                          Interrupts the code of the runtime that a thread runs, by its \
                          `threading.get_ident()`; without one, that of all others.",
                    ),
                    method(
                        c"__reduce_ex__",
                        reduce as *const c_void,
                        METH_O,
                        c"What loads it again, for pickle.",
                    ),
                    method(
                        c"__enter__",
                        enter as *const c_void,
                        METH_NOARGS,
                        c"Loads the runtime; the runtime itself.",
                    ),
                    method(c"__exit__", release as *const c_void, METH_VARARGS, c"Releases it."),
                ],
                attributes: &[(c"runtime_plugin", name), (c"options", get_options)],
                offsets: &[(c"__weaklistoffset__", std::mem::offset_of!(RuntimeFields, weak))],
            },
        )
    })
}

unsafe extern "C-unwind" fn new_instance(subtype: Object, _: Object, _: Object) -> Object {
    let (name, options, weak) = (Box::default(), None, ptr::null_mut());
    let fields = RuntimeFields { name, options, loaded: RefCell::default(), weak };
    // SAFETY: Python calls this with the type or a derived one, holding the GIL.
    unsafe { trampoline(|gil| class(gil)?.instance_of(gil, subtype, fields)) }
}

unsafe extern "C-unwind" fn initialise(object: Object, given: Object, keywords: Object) -> c_int {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL;
    // nothing else looks at the fields meanwhile.
    unsafe {
        trampoline_status(|gil| {
            let (given, options) =
                ArgumentParser::with_others(gil, ["runtime_plugin"], 1, given, keywords)?;
            let name = given.text(gil, 0)?.into_boxed_str();
            let fields = class(gil)?.fields(object);
            if (*fields).options.is_some() {
                return Err(Error::invalid("the runtime is initialised already"));
            }
            (*fields).name = name;
            (*fields).options = Some(options);
            Ok(())
        })
    }
}

unsafe extern "C-unwind" fn load(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline_of_guest(|gil| loaded(gil, object).map(|_| support::none(gil))) }
}

unsafe extern "C-unwind" fn release(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let released = fields(object).loaded.take();
            drop(released);
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            loaded(gil, object)?;
            Ok(PyRef::new_reference(gil, object))
        })
    }
}

unsafe extern "C-unwind" fn load_module(object: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let (given, options) =
                ArgumentParser::with_others(gil, ["module_path"], 1, given, keywords)?;
            let runtime = PyRef::new_reference(gil, object);
            module::new(gil, runtime, given.text(gil, 0)?, options)
        })
    }
}

unsafe extern "C-unwind" fn make_scope(object: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let given = ArgumentParser::new(gil, ["deadline"], 0, given, keywords)?;
            scope::new(gil, loaded(gil, object)?, given.get(gil, 0))
        })
    }
}

unsafe extern "C-unwind" fn interrupt(object: Object, given: Object, keywords: Object) -> Object {
    // SAFETY: Python calls this with an instance, a tuple and a dict or NULL, holding the GIL.
    unsafe {
        trampoline_of_guest(|gil| {
            let given = ArgumentParser::new(gil, ["thread"], 0, given, keywords)?;
            let thread = given.get(gil, 0).map(|thread| scope::thread(gil, &thread)).transpose()?;
            let runtime = loaded(gil, object)?;
            let interrupt = || runtime.running().interrupt(thread, Interruption::Asked, &|| true);
            gil::release(gil, interrupt).map_err(|failed| failed.in_runtime(runtime.name()))?;
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &fields(object).name)) }
}

unsafe extern "C-unwind" fn get_options(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let options = fields(object).options.as_ref();
            Ok(options.map_or_else(|| support::none(gil), |options| options.clone_ref(gil)))
        })
    }
}

unsafe extern "C-unwind" fn reduce(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let (name, options) = name_and_options(gil, &PyRef::new_reference(gil, object))?;
            recipe::of_runtime(gil, &name, &options)
        })
    }
}

unsafe extern "C-unwind" fn repr(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let RuntimeFields { name, options, .. } = fields(object);
            let name = options::repr_of(gil, &support::text(gil, name)?)?;
            let given = options.as_ref().map(|options| options::spell(gil, options)).transpose()?;
            let text = name + &given.unwrap_or_default();
            support::text(gil, &format!("MetaFFIRuntime({text})"))
        })
    }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe {
        if !(*class.fields(object)).weak.is_null() {
            (api.PyObject_ClearWeakRefs)(object);
        }
        class.destroy(api, object);
    }
}
