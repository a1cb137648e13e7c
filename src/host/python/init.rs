//! `PyInit_libmetaffi`: what importing the library runs.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;

use super::module_definition;
use crate::call::errors::failure::c_string;
use crate::call::guarded;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::python::api::library::{PythonLibrary, base_of};
use crate::python::api::{Api, Object};
use crate::python::{calling, joined};

/// The entry point by which Python imports the library as the module `libmetaffi`. It is called
/// by Python alone, and is not part of the C API.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn PyInit_libmetaffi() -> Object {
    if let Some(other) = other_copy() {
        // SAFETY: the same entry point of the copy that is in use in this process already.
        return unsafe { other() };
    }
    match guarded(init) {
        Ok(definition) => definition,
        Err(error) => {
            refuse(&error);
            ptr::null_mut()
        }
    }
}

type SlotFunction = unsafe extern "C-unwind" fn() -> Object;

/// The entry point of another copy of this library whose symbols the process sees: that of a
/// program that links it and embeds Python. There is one instance in a process.
fn other_copy() -> Option<SlotFunction> {
    // SAFETY: a NUL-terminated name.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"PyInit_libmetaffi".as_ptr()) };
    let here = init as fn() -> Result<Object> as *mut c_void;
    let is_other = !found.is_null() && base_of(found) != base_of(here);
    // SAFETY: an entry point of that name has this type.
    is_other.then(|| unsafe { std::mem::transmute::<*mut c_void, SlotFunction>(found) })
}

/// The definition of the module, from which Python makes it.
fn init() -> Result<Object> {
    refuse_subinterpreter()?;
    // SAFETY: Python calls, so the GIL is held.
    let api = unsafe { calling() }?;
    // SAFETY: as above; the definition is never given back.
    let definition = unsafe { (api.PyModuleDef_Init)(definition(&api)) };
    match definition.is_null() {
        false => Ok(definition),
        true => Err(Error::load_failed("Python refused the definition of the module")),
    }
}

/// Objects, the GIL and what C calls belong to the main interpreter. Asked before anything else is
/// asked of Python: attaching means the main interpreter, for which this thread would wait.
fn refuse_subinterpreter() -> Result<()> {
    type Get = unsafe extern "C-unwind" fn() -> *mut c_void;
    let Some(library) = PythonLibrary::in_process() else { return Ok(()) };
    // SAFETY: functions of these names and types are part of every CPython since 3.9; the GIL is
    // held.
    let is_main = unsafe {
        let current = library.function::<Get>("PyInterpreterState_Get")?;
        let main = library.function::<Get>("PyInterpreterState_Main")?;
        current() == main()
    };
    match is_main {
        true => Ok(()),
        false => Err(Error::unsupported(
            "it works in the main interpreter only, and this is a subinterpreter: import it in \
             the main one",
        )),
    }
}

/// Fills a new module: `Py_mod_exec`. The interpreter is joined only now: a free-threaded one has
/// its GIL enabled for the time that a module takes to be made, and for good once it is made.
unsafe extern "C-unwind" fn execute(module: Object) -> c_int {
    match guarded(joined) {
        // SAFETY: Python calls this with the new module, holding the GIL.
        Ok(_) => unsafe { module_definition::fill(module) },
        Err(error) => {
            refuse(&error);
            -1
        }
    }
}

/// `PyModuleDef` behind its `PyModuleDef_Base`.
#[repr(C)]
struct PyModuleDef {
    name: *const c_char,
    doc: *const c_char,
    size: isize,
    methods: *mut c_void,
    slots: *mut PyModuleDef_Slot,
    traverse: *mut c_void,
    clear: *mut c_void,
    free: *mut c_void,
}

/// `PyModuleDef_Slot`.
#[repr(C)]
struct PyModuleDef_Slot {
    slot: c_int,
    value: *mut c_void,
}

const MOD_EXEC: c_int = 2;

/// A `PyModuleDef`, made once: its head is as long as this interpreter's objects have it.
fn definition(api: &Api) -> *mut c_void {
    struct Place(*mut c_void);
    // SAFETY: written once, and then the interpreter's.
    unsafe impl Send for Place {}
    // SAFETY: as above.
    unsafe impl Sync for Place {}
    static DEFINITION: Once<Place> = Once::new();
    DEFINITION.get_or_init(|| Place(make_definition(api))).0
}

fn make_definition(api: &Api) -> *mut c_void {
    const WORD: usize = size_of::<usize>();
    // The object's head, then m_init, m_index and m_copy.
    let base = api.type_offset / WORD + 1 + 3;
    let memory = vec![0_usize; base + size_of::<PyModuleDef>() / WORD].leak().as_mut_ptr();
    // No slot says that the GIL is not needed: a free-threaded build enables it.
    let slots = vec![
        PyModuleDef_Slot { slot: MOD_EXEC, value: execute as *mut c_void },
        PyModuleDef_Slot { slot: 0, value: ptr::null_mut() },
    ];
    let definition = PyModuleDef {
        name: c"libmetaffi".as_ptr(),
        doc: c"The native part of the package metaffi; use the package.".as_ptr(),
        size: 0,
        methods: module_definition::functions().cast(),
        slots: slots.leak().as_mut_ptr(),
        traverse: ptr::null_mut(),
        clear: ptr::null_mut(),
        free: ptr::null_mut(),
    };
    // SAFETY: the memory has room for the base and for what follows.
    unsafe { memory.add(base).cast::<PyModuleDef>().write(definition) };
    memory.cast()
}

/// Raises ImportError, where nothing is bound yet.
#[cold]
fn refuse(error: &Error) {
    type SetString = unsafe extern "C-unwind" fn(Object, *const c_char);
    let message: CString = c_string(&format!("metaffi cannot be imported: {error}"));
    let symbol = |name: &str| match PythonLibrary::in_process() {
        Some(library) => library.symbol(name),
        // PyPy's names are its own.
        None => PythonLibrary::default().symbol(&name.replacen("Py", "PyPy", 1)),
    };
    let (set, class) = (symbol("PyErr_SetString"), symbol("PyExc_ImportError"));
    if set.is_null() || class.is_null() {
        return;
    }
    // SAFETY: symbols of these names have these types in every Python; the GIL is held.
    unsafe {
        let set = std::mem::transmute::<*mut c_void, SetString>(set);
        set(*class.cast::<Object>(), message.as_ptr());
    }
}
