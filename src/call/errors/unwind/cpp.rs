//! What a C++ exception says of itself, read as the Itanium C++ ABI (level II) lays it out, which
//! the libraries of GNU and LLVM share where it matters here.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::mem::transmute;
use std::ptr;

use super::symbols::CppLibrary;
use super::{_Unwind_DeleteException, Exception, catching};
use crate::error::{Error, ForeignError};

/// Where functions of C are called.
const RUNTIME: &str = "c";

/// How many nested exceptions are looked at.
const DEEPEST: usize = 32;

/// Bytes from the type in an exception's own head to the object that was thrown.
const TYPE_BEFORE_OBJECT: usize = 80 + size_of::<Exception>();

/// Bytes from the address of the object to the head, in an exception that stands for another one
/// (`std::rethrow_exception`), with the library of GNU and of LLVM.
const PRIMARY_BEFORE_HEAD: [usize; 2] = [80, 88];

/// The virtual functions that are called, by their numbers. Neither throws.
const DO_CATCH: usize = 4;
const WHAT: usize = 2;

/// A `std::type_info`.
#[repr(C)]
struct StdTypeInfo {
    vtable: *const *const c_void,
    name: *const c_char,
}

/// What was thrown.
#[derive(Clone, Copy)]
struct Thrown {
    object: *mut c_void,
    r#type: *const StdTypeInfo,
}

/// An exception as an error knows it.
struct ExceptionDescription {
    type_name: String,
    cause: Option<Error>,
}

impl ForeignError for ExceptionDescription {
    fn type_name(&self) -> String {
        self.type_name.clone()
    }

    fn cause(&self) -> Option<Error> {
        self.cause.clone()
    }
}

/// The error of an exception whose language is not known.
pub(super) fn untyped(class: String) -> Error {
    let message = format!("an exception of another language than C++, of the class `{class}`");
    let described = ExceptionDescription { type_name: class, cause: None };
    Error::foreign(RUNTIME, message, Box::new(described), None)
}

/// The error that a C++ exception is, which ends it.
///
/// # Safety
/// The exception was caught just now.
pub(super) unsafe fn taken(exception: *mut Exception) -> Error {
    // SAFETY: the head of a C++ exception, whose library is loaded; it is ended once.
    unsafe {
        let cleanup = (*exception).cleanup.map_or(ptr::null(), |code| code as *const c_void);
        let symbols = CppLibrary::around(cleanup);
        let begin = symbols.own(c"__cxa_begin_catch");
        let end = symbols.own(c"__cxa_end_catch");
        // Another library's would count in its own place.
        if begin.is_null() || end.is_null() {
            let error = describe(&symbols, Thrown::of(exception));
            _Unwind_DeleteException(exception);
            return error;
        }
        let begin = transmute::<*const c_void, unsafe extern "C" fn(*mut Exception)>(begin);
        let end = transmute::<*const c_void, unsafe extern "C-unwind" fn()>(end);
        begin(exception);
        let error = describe(&symbols, Thrown::of(exception));
        // A destructor that throws is one more exception, which has nobody to go to.
        let _ = catching(|| end());
        error
    }
}

impl Thrown {
    unsafe fn of(exception: *mut Exception) -> Thrown {
        // SAFETY: the caller's exception; one that stands for another has its address.
        unsafe {
            let object = match (*exception).class.to_be_bytes() {
                [.., 0] => exception.add(1).cast(),
                [vendor, ..] => {
                    let before = PRIMARY_BEFORE_HEAD[usize::from(vendor != b'G')];
                    exception.byte_sub(before).cast::<*mut c_void>().read()
                }
            };
            Thrown::primary(object)
        }
    }

    unsafe fn primary(object: *mut c_void) -> Thrown {
        // SAFETY: an object that was thrown has its exception's head before it.
        let r#type =
            unsafe { object.byte_sub(TYPE_BEFORE_OBJECT).cast::<*const StdTypeInfo>().read() };
        Thrown { object, r#type }
    }

    /// The object as one of a base that the symbol of a type stands for.
    unsafe fn as_base(self, symbols: &CppLibrary, base: &CStr) -> Option<*mut c_void> {
        let base = symbols.any(base).cast::<StdTypeInfo>();
        if base.is_null() {
            return None;
        }
        let mut object = self.object;
        // SAFETY: `bool (const type_info *, void **, unsigned) const` of the base's type.
        let matches = unsafe {
            let code = (*base).vtable.add(DO_CATCH).read();
            let code = transmute::<
                *const c_void,
                unsafe extern "C" fn(
                    *const StdTypeInfo,
                    *const StdTypeInfo,
                    *mut *mut c_void,
                    c_uint,
                ) -> bool,
            >(code);
            code(base, self.r#type, &raw mut object, 1)
        };
        matches.then_some(object)
    }

    /// The exception that was being handled when this one was thrown, by `std::throw_with_nested`.
    unsafe fn nested(self, symbols: &CppLibrary) -> Option<Thrown> {
        // SAFETY: a `std::nested_exception` is a table and a pointer to what was thrown, or NULL.
        unsafe {
            let nested = self.as_base(symbols, c"_ZTISt16nested_exception")?;
            let object = nested.cast::<*mut c_void>().add(1).read();
            (!object.is_null()).then(|| Thrown::primary(object))
        }
    }

    /// What the object says: `what()` of a `std::exception`, and what was thrown if it is a number
    /// or a text.
    unsafe fn text(self, symbols: &CppLibrary, name: &CStr) -> Option<String> {
        // SAFETY: the object is of its type; `const char *what() const` is a function of it.
        unsafe {
            if let Some(exception) = self.as_base(symbols, c"_ZTISt9exception") {
                let code = exception.cast::<*const *const c_void>().read().add(WHAT).read();
                let what = transmute::<
                    *const c_void,
                    unsafe extern "C" fn(*const c_void) -> *const c_char,
                >(code);
                return text_at(what(exception));
            }
            let object = self.object;
            Some(match name.to_bytes() {
                b"i" => object.cast::<c_int>().read().to_string(),
                b"j" => object.cast::<c_uint>().read().to_string(),
                b"l" | b"x" => object.cast::<i64>().read().to_string(),
                b"m" | b"y" => object.cast::<u64>().read().to_string(),
                b"d" => object.cast::<f64>().read().to_string(),
                b"PKc" | b"Pc" => return text_at(object.cast::<*const c_char>().read()),
                b"NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE" => {
                    let (start, length) = object.cast::<(*const u8, usize)>().read();
                    let bytes = std::slice::from_raw_parts(start, length);
                    String::from_utf8_lossy(bytes).into_owned()
                }
                _ => return None,
            })
        }
    }
}

/// The error of what was thrown, caused by what is nested in it.
unsafe fn describe(symbols: &CppLibrary, thrown: Thrown) -> Error {
    // SAFETY: what was thrown is alive, and what is nested in it as well.
    unsafe {
        let mut chain = vec![thrown];
        while let Some(next) = chain.last().and_then(|last| last.nested(symbols)) {
            if chain.len() == DEEPEST {
                break;
            }
            chain.push(next);
        }
        let mut error = None;
        for thrown in chain.into_iter().rev() {
            error = Some(describe_one(symbols, thrown, error));
        }
        error.unwrap_or_else(|| untyped("GNUCC++".to_owned()))
    }
}

unsafe fn describe_one(symbols: &CppLibrary, thrown: Thrown, cause: Option<Error>) -> Error {
    // SAFETY: what was thrown is alive. The name of a type that only one library has begins with
    // an asterisk.
    unsafe {
        let name = (*thrown.r#type).name;
        let name = CStr::from_ptr(if *name == b'*' as c_char { name.add(1) } else { name });
        let type_name = demangled(symbols, name);
        let message = thrown
            .text(symbols, name)
            .unwrap_or_else(|| format!("a C++ exception of the type `{type_name}`"));
        let described = ExceptionDescription { type_name, cause: cause.clone() };
        Error::foreign(RUNTIME, message, Box::new(described), cause)
    }
}

/// A type's name as it is written; as it is linked, where the library cannot tell.
unsafe fn demangled(symbols: &CppLibrary, name: &CStr) -> String {
    let plain = || name.to_string_lossy().into_owned();
    let code = symbols.any(c"__cxa_demangle");
    if code.is_null() {
        return plain();
    }
    // SAFETY: `char *(const char *, char *, size_t *, int *)`, whose result is allocated.
    unsafe {
        let code = transmute::<
            *const c_void,
            unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize, *mut c_int) -> *mut c_char,
        >(code);
        let text = code(name.as_ptr(), ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let written = text_at(text).unwrap_or_else(plain);
        libc::free(text.cast());
        written
    }
}

unsafe fn text_at(text: *const c_char) -> Option<String> {
    // SAFETY: NULL, or a text that its owner keeps.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
