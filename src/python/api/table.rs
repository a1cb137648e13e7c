//! The table of symbols, by the names that they have in C.

use std::ffi::{c_char, c_int, c_long, c_longlong, c_ulong, c_ulonglong, c_void};

use std::sync::atomic::AtomicPtr;

use super::attached::ThreadStateLocation;
use super::layout::ObjectLayout;
use super::type_layout::TypeLayout;
use super::types::{
    CapsuleDestructor, Object, Py_buffer, PyMethodDef, PyThreadState, PyType_Spec, Vectorcall,
};
use crate::kit::Version;

macro_rules! symbols {
    (
        functions { $($function:ident($($argument:ty),*) $(-> $result:ty)?;)* }
        optional { $($optional:ident($($given:ty),*) $(-> $returned:ty)?;)* }
        objects { $($object:ident;)* }
        exceptions { $($exception:ident;)* }
    ) => {
        /// The interpreter's functions, objects and facts. The GIL must be held to call any
        /// function that is not about attaching a thread.
        #[expect(non_snake_case, reason = "the names of the C API")]
        pub struct Api {
            /// Its version.
            pub version: Version,
            /// Where an object has its type.
            pub type_offset: usize,
            /// Whether the build can run without a GIL; it runs with one all the same.
            pub free_threaded: bool,
            /// What is known of the layout of its objects.
            pub layout: ObjectLayout,
            /// The same of its types.
            pub types: TypeLayout,
            /// Where the interpreter has what thread state is attached.
            pub(super) attached: ThreadStateLocation,
            /// The interpreter's own state, or NULL.
            pub(super) runtime: *const AtomicPtr<PyThreadState>,
            /// `PyObject_Vectorcall`, or what stands in for it before 3.11.
            pub vectorcall: Vectorcall,
            /// The thread state that is attached, NULL if none is; callable without the GIL.
            pub current_thread: unsafe extern "C-unwind" fn() -> *mut PyThreadState,
            /// Whether the interpreter is being finalised; callable without the GIL.
            pub is_finalizing: unsafe extern "C-unwind" fn() -> c_int,
            $(pub $function: unsafe extern "C-unwind" fn($($argument),*) $(-> $result)?,)*
            $(pub $optional: Option<unsafe extern "C-unwind" fn($($given),*) $(-> $returned)?>,)*
            $(pub $object: Object,)*
            $(pub $exception: Object,)*
        }

        impl Api {
            /// Binds the table; `find` gives the address of a symbol or NULL. The first symbol
            /// that every version has and this one lacks is the error.
            pub unsafe fn from_symbols(
                version: Version,
                find: &dyn Fn(&'static str) -> *mut c_void,
            ) -> Result<Api, &'static str> {
                let required = |name: &'static str| match find(name) {
                    address if address.is_null() => Err(name),
                    address => Ok(address),
                };
                let either = |name: &'static str, other: &'static str| {
                    required(name).or_else(|_| required(other))
                };
                // SAFETY: each symbol has the type that the C API documents for its name, and a
                // missing optional one is NULL, which is what `None` is.
                unsafe {
                    Ok(Api {
                        version,
                        type_offset: 0,
                        free_threaded: false,
                        layout: ObjectLayout::UNKNOWN,
                        types: TypeLayout::UNKNOWN,
                        attached: ThreadStateLocation::Unknown,
                        runtime: find("_PyRuntime").cast(),
                        vectorcall: super::bind::vectorcall(find)?,
                        current_thread: std::mem::transmute::<
                            *mut c_void,
                            unsafe extern "C-unwind" fn() -> *mut PyThreadState,
                        >(either(
                            "PyThreadState_GetUnchecked",
                            "_PyThreadState_UncheckedGet",
                        )?),
                        is_finalizing: std::mem::transmute::<
                            *mut c_void,
                            unsafe extern "C-unwind" fn() -> c_int,
                        >(either(
                            "Py_IsFinalizing",
                            "_Py_IsFinalizing",
                        )?),
                        $($function: std::mem::transmute::<
                            *mut c_void,
                            unsafe extern "C-unwind" fn($($argument),*) $(-> $result)?,
                        >(required(stringify!($function))?),)*
                        $($optional: std::mem::transmute::<
                            *mut c_void,
                            Option<unsafe extern "C-unwind" fn($($given),*) $(-> $returned)?>,
                        >(find(stringify!($optional))),)*
                        $($object: required(stringify!($object))?.cast(),)*
                        $($exception: *required(stringify!($exception))?.cast::<Object>(),)*
                    })
                }
            }
        }
    };
}

symbols! {
    functions {
        // Threads.
        PyEval_RestoreThread(*mut PyThreadState);
        PyEval_SaveThread() -> *mut PyThreadState;
        PyGILState_Ensure() -> c_int;
        PyGILState_GetThisThreadState() -> *mut PyThreadState;
        PyGILState_Release(c_int);
        PyThreadState_SetAsyncExc(c_ulong, Object) -> c_int;

        // References, types and objects.
        _Py_Dealloc(Object);
        Py_DecRef(Object);
        Py_IncRef(Object);
        PyCallable_Check(Object) -> c_int;
        PyIter_Next(Object) -> Object;
        PyObject_Call(Object, Object, Object) -> Object;
        PyObject_CallNoArgs(Object) -> Object;
        PyObject_ClearWeakRefs(Object);
        PyObject_Free(*mut c_void);
        PyObject_Init(Object, Object) -> Object;
        PyObject_Malloc(usize) -> *mut c_void;
        PyObject_GenericSetAttr(Object, Object, Object) -> c_int;
        PyObject_DelItem(Object, Object) -> c_int;
        PyObject_Dir(Object) -> Object;
        PyObject_GC_Del(*mut c_void);
        PyObject_GC_Track(*mut c_void);
        PyObject_GC_UnTrack(*mut c_void);
        PyObject_GetAttr(Object, Object) -> Object;
        PyObject_GenericGetAttr(Object, Object) -> Object;
        PyObject_GetAttrString(Object, *const c_char) -> Object;
        PyObject_GetItem(Object, Object) -> Object;
        PyObject_GetIter(Object) -> Object;
        PyObject_HasAttr(Object, Object) -> c_int;
        PyObject_HashNotImplemented(Object) -> isize;
        PyObject_HasAttrString(Object, *const c_char) -> c_int;
        PyObject_Hash(Object) -> isize;
        PyObject_IsInstance(Object, Object) -> c_int;
        PyObject_IsTrue(Object) -> c_int;
        PyObject_Repr(Object) -> Object;
        PyObject_RichCompareBool(Object, Object, c_int) -> c_int;
        PyObject_RichCompare(Object, Object, c_int) -> Object;
        PyObject_Size(Object) -> isize;
        PyObject_SetAttr(Object, Object, Object) -> c_int;
        PyObject_SetAttrString(Object, *const c_char, Object) -> c_int;
        PyObject_SetItem(Object, Object, Object) -> c_int;
        PyObject_Str(Object) -> Object;
        PyObject_VectorcallDict(Object, *const Object, usize, Object) -> Object;
        PyObject_VectorcallMethod(Object, *const Object, usize, Object) -> Object;
        PyVectorcall_Call(Object, Object, Object) -> Object;
        PyType_FromSpec(*mut PyType_Spec) -> Object;
        PyType_FromSpecWithBases(*mut PyType_Spec, Object) -> Object;
        PyType_GenericAlloc(Object, isize) -> Object;
        PyType_GetFlags(Object) -> c_ulong;
        PyType_IsSubtype(Object, Object) -> c_int;
        _Py_NewReference(Object);
        _PyObject_GC_New(Object) -> Object;

        // Numbers.
        PyBool_FromLong(c_long) -> Object;
        PyComplex_FromDoubles(f64, f64) -> Object;
        PyComplex_ImagAsDouble(Object) -> f64;
        PyComplex_RealAsDouble(Object) -> f64;
        PyFloat_AsDouble(Object) -> f64;
        PyFloat_FromDouble(f64) -> Object;
        PyLong_AsLongLong(Object) -> c_longlong;
        PyLong_AsLongLongAndOverflow(Object, *mut c_int) -> c_longlong;
        PyLong_AsUnsignedLongLong(Object) -> c_ulonglong;
        PyLong_AsUnsignedLongLongMask(Object) -> c_ulonglong;
        PyLong_FromLongLong(c_longlong) -> Object;
        PyLong_FromString(*const c_char, *mut *mut c_char, c_int) -> Object;
        PyLong_FromUnsignedLongLong(c_ulonglong) -> Object;
        PyNumber_Float(Object) -> Object;
        PyIndex_Check(Object) -> c_int;
        PyNumber_AsSsize_t(Object, Object) -> isize;
        PyNumber_Index(Object) -> Object;
        PyNumber_Long(Object) -> Object;
        PyNumber_Lshift(Object, Object) -> Object;
        PyNumber_Or(Object, Object) -> Object;
        PyNumber_Rshift(Object, Object) -> Object;
        PyNumber_TrueDivide(Object, Object) -> Object;
        PyNumber_Negative(Object) -> Object;
        PyNumber_And(Object, Object) -> Object;
        PyNumber_ToBase(Object, c_int) -> Object;

        // Text and bytes.
        PyByteArray_FromStringAndSize(*const c_char, isize) -> Object;
        PyBytes_AsString(Object) -> *mut c_char;
        PyBytes_FromObject(Object) -> Object;
        PyBytes_FromStringAndSize(*const c_char, isize) -> Object;
        PyBytes_Size(Object) -> isize;
        PyUnicode_AsEncodedString(Object, *const c_char, *const c_char) -> Object;
        PyUnicode_AsUTF8AndSize(Object, *mut isize) -> *const c_char;
        PyUnicode_Concat(Object, Object) -> Object;
        PyUnicode_DecodeUTF16(*const c_char, isize, *const c_char, *mut c_int) -> Object;
        PyUnicode_DecodeUTF32(*const c_char, isize, *const c_char, *mut c_int) -> Object;
        PyUnicode_DecodeUTF8(*const c_char, isize, *const c_char) -> Object;
        PyUnicode_FromOrdinal(c_int) -> Object;
        PyUnicode_FromString(*const c_char) -> Object;
        PyUnicode_FromStringAndSize(*const c_char, isize) -> Object;
        PyUnicode_GetLength(Object) -> isize;
        PyUnicode_InternFromString(*const c_char) -> Object;
        PyUnicode_InternInPlace(*mut Object);
        PyUnicode_New(isize, u32) -> Object;
        PyUnicode_ReadChar(Object, isize) -> u32;

        // Containers.
        PyDict_Clear(Object);
        PyDict_GetItemString(Object, *const c_char) -> Object;
        PyDict_GetItemWithError(Object, Object) -> Object;
        PyDict_Items(Object) -> Object;
        PyDict_New() -> Object;
        PyDict_Next(Object, *mut isize, *mut Object, *mut Object) -> c_int;
        PyDict_SetItem(Object, Object, Object) -> c_int;
        PyDict_SetItemString(Object, *const c_char, Object) -> c_int;
        PyDict_Size(Object) -> isize;
        PyList_Append(Object, Object) -> c_int;
        PyList_GetItem(Object, isize) -> Object;
        PyList_New(isize) -> Object;
        PyList_SetItem(Object, isize, Object) -> c_int;
        PyList_Size(Object) -> isize;
        PyFrozenSet_New(Object) -> Object;
        PySet_Add(Object, Object) -> c_int;
        PySet_New(Object) -> Object;
        PySeqIter_New(Object) -> Object;
        PySequence_Check(Object) -> c_int;
        PySequence_Contains(Object, Object) -> c_int;
        PyMapping_Items(Object) -> Object;
        PySequence_List(Object) -> Object;
        PySequence_Tuple(Object) -> Object;
        PySlice_AdjustIndices(isize, *mut isize, *mut isize, isize) -> isize;
        PySlice_New(Object, Object, Object) -> Object;
        PySlice_Unpack(Object, *mut isize, *mut isize, *mut isize) -> c_int;
        PyTuple_GetItem(Object, isize) -> Object;
        PyTuple_New(isize) -> Object;
        PyTuple_SetItem(Object, isize, Object) -> c_int;
        PyTuple_Size(Object) -> isize;

        // Buffers.
        PyBuffer_FillInfo(*mut Py_buffer, Object, *mut c_void, isize, c_int, c_int) -> c_int;
        PyBuffer_IsContiguous(*const Py_buffer, c_char) -> c_int;
        PyBuffer_Release(*mut Py_buffer);
        PyMemoryView_FromBuffer(*const Py_buffer) -> Object;
        PyMemoryView_FromObject(Object) -> Object;
        PyObject_CheckBuffer(Object) -> c_int;
        PyObject_GetBuffer(Object, *mut Py_buffer, c_int) -> c_int;

        // Functions and capsules.
        PyCapsule_GetPointer(Object, *const c_char) -> *mut c_void;
        PyCapsule_IsValid(Object, *const c_char) -> c_int;
        PyCapsule_New(*mut c_void, *const c_char, Option<CapsuleDestructor>) -> Object;
        PyCapsule_SetName(Object, *const c_char) -> c_int;
        PyFunction_GetAnnotations(Object) -> Object;
        PyFunction_GetCode(Object) -> Object;
        PyFunction_GetDefaults(Object) -> Object;
        PyFunction_GetGlobals(Object) -> Object;
        PyMethod_Function(Object) -> Object;
        PyWeakref_NewRef(Object, Object) -> Object;
        PyCFunction_NewEx(*mut PyMethodDef, Object, Object) -> Object;

        // Modules and code.
        Py_CompileString(*const c_char, *const c_char, c_int) -> Object;
        PyEval_EvalCode(Object, Object, Object) -> Object;
        PyEval_GetBuiltins() -> Object;
        PyImport_AddModule(*const c_char) -> Object;
        PyImport_GetModule(Object) -> Object;
        PyImport_ImportModuleLevel(*const c_char, Object, Object, Object, c_int) -> Object;
        PyModuleDef_Init(*mut c_void) -> Object;
        PyModule_GetDict(Object) -> Object;
        PySys_GetObject(*const c_char) -> Object;

        // Exceptions.
        PyErr_Clear();
        PyErr_ExceptionMatches(Object) -> c_int;
        PyErr_Fetch(*mut Object, *mut Object, *mut Object);
        PyErr_GivenExceptionMatches(Object, Object) -> c_int;
        PyErr_NormalizeException(*mut Object, *mut Object, *mut Object);
        PyErr_NewExceptionWithDoc(*const c_char, *const c_char, Object, Object) -> Object;
        PyErr_Occurred() -> Object;
        PyErr_Restore(Object, Object, Object);
        PyErr_SetNone(Object);
        PyErr_SetObject(Object, Object);
        PyErr_SetString(Object, *const c_char);
        PyErr_WarnEx(Object, *const c_char, isize) -> c_int;
        PyErr_WriteUnraisable(Object);
        PyException_GetCause(Object) -> Object;
        PyException_GetContext(Object) -> Object;
        PyException_GetTraceback(Object) -> Object;
        PyFrame_GetCode(Object) -> Object;
        PyException_SetCause(Object, Object);
        PyException_SetTraceback(Object, Object) -> c_int;

        // The interpreter.
        Py_AtExit(unsafe extern "C" fn()) -> c_int;
        Py_IsInitialized() -> c_int;
    }
    optional {
        // Only where there is fork.
        PyOS_AfterFork_Child();
        PyOS_AfterFork_Parent();
        PyOS_BeforeFork();
        PyCode_NewEmpty(*const c_char, *const c_char, c_int) -> Object;
        PyFunction_New(Object, Object) -> Object;
        // A reference of the weak one's, until 3.14; since 3.13 there is one that gives its own.
        PyWeakref_GetObject(Object) -> Object;
        PyWeakref_GetRef(Object, *mut Object) -> c_int;
        PyErr_GetRaisedException() -> Object;
        PyErr_SetRaisedException(Object);
        PyVectorcall_Function(Object) -> Option<Vectorcall>;
        // An attribute that may be missing: the one since 3.13, the other before.
        PyObject_GetOptionalAttr(Object, Object, *mut Object) -> c_int;
        _PyObject_LookupAttr(Object, Object, *mut Object) -> c_int;
        // Takes another argument since 3.13, which has PyLong_AsNativeBytes.
        // Whether the method that it gives takes the object as an argument of its own.
        _PyObject_GetMethod(Object, Object, *mut Object) -> c_int;
        _PyObject_GetDictPtr(Object) -> *mut Object;
        // What a class has of that name, borrowed.
        _PyType_Lookup(Object, Object) -> Object;
        _PyFunction_Vectorcall(Object, *const Object, usize, Object) -> Object;
        _PyTraceback_Add(*const c_char, *const c_char, c_int);
    }
    objects {
        _Py_FalseStruct;
        _Py_NoneStruct;
        _Py_TrueStruct;
        _Py_NotImplementedStruct;
        PyBaseObject_Type;
        PyBool_Type;
        PyBytes_Type;
        PyCFunction_Type;
        PyComplex_Type;
        PyDict_Type;
        PyFloat_Type;
        PyGetSetDescr_Type;
        PyFrozenSet_Type;
        PyFunction_Type;
        PyList_Type;
        PyMemberDescr_Type;
        PyLong_Type;
        PyMemoryView_Type;
        PyMethod_Type;
        PyRange_Type;
        PySet_Type;
        PySlice_Type;
        PyTuple_Type;
        PyType_Type;
        PyUnicode_Type;
    }
    exceptions {
        PyExc_AttributeError;
        PyExc_BufferError;
        PyExc_IndexError;
        PyExc_KeyboardInterrupt;
        PyExc_KeyError;
        PyExc_MemoryError;
        PyExc_OverflowError;
        PyExc_RecursionError;
        PyExc_RuntimeError;
        PyExc_RuntimeWarning;
        PyExc_StopIteration;
        PyExc_SystemError;
        PyExc_TypeError;
        PyExc_UnicodeEncodeError;
        PyExc_ValueError;
    }
}

// SAFETY: the table is written before it is shared, and the interpreter's functions, types and
// exceptions live as long as the process.
unsafe impl Send for Api {}
// SAFETY: as above.
unsafe impl Sync for Api {}
