//! [`Layout`]: where the interpreter's objects have what the macros of its headers read.
//!
//! What a C extension is compiled with, this library finds out when it meets the interpreter: of
//! the versions whose headers are known, the words of objects made for the purpose are compared
//! with what the functions of the API say. If anything differs, and in every build that counts
//! references in its own way (debug, trace-refs, free-threaded), the functions are called.

use std::ffi::{CStr, c_char};
use std::ptr;

use super::{Api, Object, Vectorcall};
use crate::python::object::PyRef;
use crate::python::version::Version;

/// The versions whose headers are known, up to but without the second.
const KNOWN: (Version, Version) = (Version::new(3, 9), Version::new(3, 14));

/// The first version with objects that are never freed, and with tagged sizes of ints.
const IMMORTAL: Version = Version::new(3, 12);

/// The count in an object that is never freed.
const IMMORTAL_BIT: u64 = 1 << 31;

/// The head of an object: its count and its type.
const HEAD: usize = 16;
/// `ob_size`, `lv_tag` or `length`; and `ob_fval`.
const FIRST: usize = HEAD;
/// The digits of an int.
const DIGITS: usize = HEAD + 8;
/// The bits that say how a `str` is stored.
const TEXT_STATE: usize = HEAD + 16;
/// Compact, and ASCII.
const ASCII: u32 = 0b110_0000;
/// `tp_vectorcall_offset` of a type.
const TYPE_VECTORCALL: usize = 56;
/// `tp_basicsize` of a type.
const TYPE_SIZE: usize = 32;
/// `tp_flags` of a type.
const TYPE_FLAGS: usize = 168;
/// `Py_TPFLAGS_HAVE_VECTORCALL`.
const HAS_VECTORCALL: u64 = 1 << 11;

/// What is known of the layout of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Whether the rest is true. Then reference counts may be changed, and the values of exact
    /// ints, floats and strs read, where they are.
    pub known: bool,
    /// The bits of the first word of an object whose count is not ours to change: the bit that
    /// those have that are never freed, none before there were any, or all.
    untouched: u64,
    /// Whether the size of an int has its sign in the low bits.
    tagged: bool,
    /// Where an ASCII `str` has its characters.
    text: usize,
    /// Where a Python function has what a vectorcall of it calls.
    vectorcall: usize,
}

impl Api {
    /// Another reference to a live object.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive.
    #[inline(always)]
    pub unsafe fn incref(&self, object: Object) {
        // SAFETY: the first word of an object may be read; if it is the count, it is only changed
        // under the GIL.
        unsafe {
            let count = object.cast::<u64>();
            match *count & self.layout.untouched {
                0 => *count += 1,
                _ => self.incref_untouched(object),
            }
        }
    }

    /// Gives up a reference, which may run Python code.
    ///
    /// # Safety
    /// The GIL is held; the reference is the caller's, who does not use it again.
    #[inline(always)]
    pub unsafe fn decref(&self, object: Object) {
        // SAFETY: as above.
        unsafe {
            let count = object.cast::<u64>();
            if *count & self.layout.untouched != 0 {
                return self.decref_untouched(object);
            }
            *count -= 1;
            if *count == 0 {
                (self._Py_Dealloc)(object);
            }
        }
    }

    /// Whether a reference is the only one to its object; false where counts cannot be read.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive.
    #[inline(always)]
    pub unsafe fn is_sole(&self, object: Object) -> bool {
        // SAFETY: as above.
        self.layout.known && unsafe { object.cast::<u64>().read() } == 1
    }

    #[cold]
    unsafe fn incref_untouched(&self, object: Object) {
        if !self.layout.known {
            // SAFETY: the caller's promise.
            unsafe { (self.Py_IncRef)(object) }
        }
    }

    #[cold]
    unsafe fn decref_untouched(&self, object: Object) {
        if !self.layout.known {
            // SAFETY: the caller's promise.
            unsafe { (self.Py_DecRef)(object) }
        }
    }

    /// The value of an exact `int` if it has at most one digit, and if ints can be read.
    ///
    /// # Safety
    /// `object` is a live `int`, of no subclass.
    #[inline(always)]
    pub unsafe fn small_int(&self, object: Object) -> Option<i64> {
        if !self.layout.known {
            return None;
        }
        // SAFETY: the caller has an int, which has room for one digit at least.
        unsafe {
            let size = object.byte_add(FIRST).cast::<i64>().read();
            let digit = i64::from(object.byte_add(DIGITS).cast::<u32>().read());
            match self.layout.tagged {
                true => (size.cast_unsigned() < 16).then(|| (1 - (size & 3)) * digit),
                false => (size.wrapping_add(1).cast_unsigned() <= 2).then(|| size * digit),
            }
        }
    }

    /// The value of an exact `float`.
    ///
    /// # Safety
    /// The GIL is held; `object` is a live `float`, of no subclass.
    #[inline(always)]
    pub unsafe fn float(&self, object: Object) -> f64 {
        // SAFETY: the caller's promise.
        unsafe {
            match self.layout.known {
                true => object.byte_add(FIRST).cast::<f64>().read(),
                false => (self.PyFloat_AsDouble)(object),
            }
        }
    }

    /// The UTF-8 of an exact `str`, which lives as long as it and ends in a zero; `None` with an
    /// exception set if it has none.
    ///
    /// # Safety
    /// The GIL is held; `object` is a live `str`, of no subclass.
    #[inline(always)]
    pub unsafe fn utf8(&self, object: Object) -> Option<(*const u8, usize)> {
        // SAFETY: the caller's promise; what is compact and ASCII has its text behind its head.
        unsafe {
            if self.layout.known
                && object.byte_add(TEXT_STATE).cast::<u32>().read() & ASCII == ASCII
            {
                let length = object.byte_add(FIRST).cast::<usize>().read();
                return Some((object.byte_add(self.layout.text).cast(), length));
            }
            let mut length = 0;
            let data = (self.PyUnicode_AsUTF8AndSize)(object, &raw mut length);
            (!data.is_null()).then_some((data.cast(), length.cast_unsigned()))
        }
    }

    /// A new `str` of UTF-8, or NULL with an exception set; `errors` is the name of Python's error
    /// handler.
    ///
    /// # Safety
    /// The GIL is held; `length` bytes are at `data`.
    #[inline(always)]
    pub unsafe fn new_utf8(&self, data: *const u8, length: usize, errors: *const c_char) -> Object {
        const GREATEST: u32 = 0x7f;
        // SAFETY: the caller's promise; a new ASCII string has room for its characters. Shorter
        // ones the interpreter has already.
        unsafe {
            if self.layout.known && length > 1 && is_ascii(data, length) {
                let text = (self.PyUnicode_New)(length.cast_signed(), GREATEST);
                if !text.is_null() {
                    let place = text.byte_add(self.layout.text).cast::<u8>();
                    place.copy_from_nonoverlapping(data, length);
                }
                return text;
            }
            (self.PyUnicode_DecodeUTF8)(data.cast(), length.cast_signed(), errors)
        }
    }

    /// Whether it is a function of Python's own that [`call_function`](Api::call_function) calls.
    pub fn is_plain_function(&self, callable: &PyRef) -> bool {
        // SAFETY: a live object.
        self.layout.known && unsafe { self.type_of(callable.as_ptr()) } == self.PyFunction_Type
    }

    /// Calls a plain function as `PyObject_Vectorcall` does, without the checks that the
    /// interpreter makes of the results of what others have written.
    ///
    /// # Safety
    /// As for `vectorcall`; [`is_plain_function`](Api::is_plain_function) is true.
    #[inline(always)]
    pub unsafe fn call_function(
        &self,
        function: Object,
        arguments: *const Object,
        count: usize,
    ) -> Object {
        // SAFETY: a function has what calls it where its type says; it may be replaced, but is
        // never NULL.
        unsafe {
            let call = function.byte_add(self.layout.vectorcall).cast::<Vectorcall>().read();
            call(function, arguments, count, ptr::null_mut())
        }
    }
}

/// Whether all bytes are below 128; there are two at least.
#[inline(always)]
unsafe fn is_ascii(data: *const u8, length: usize) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // SAFETY: the caller has so many bytes.
    unsafe {
        if length < 8 {
            return std::slice::from_raw_parts(data, length).is_ascii();
        }
        let mut all = data.add(length - 8).cast::<u64>().read_unaligned();
        for index in 0..length / 8 {
            all |= data.add(index * 8).cast::<u64>().read_unaligned();
        }
        all & HIGH == 0
    }
}

impl Layout {
    /// Before it is found out, and if it is not.
    pub(super) const UNKNOWN: Layout =
        Layout { known: false, untouched: u64::MAX, tagged: false, text: 0, vectorcall: 0 };

    /// What the interpreter turns out to have.
    ///
    /// # Safety
    /// The interpreter runs, the GIL is held, and it is known where objects have their types.
    pub(super) unsafe fn probe(api: &mut Api) {
        let version = api.version;
        let known = KNOWN.0 <= version && version < KNOWN.1;
        let plain = cfg!(all(target_pointer_width = "64", target_endian = "little"));
        if !known || !plain || api.type_offset != HEAD - 8 {
            return;
        }
        let (tagged, text) = match version < IMMORTAL {
            true => (false, 48),
            false => (true, 40),
        };
        // SAFETY: the caller's promise; the layout is in use only while it is looked at.
        unsafe {
            let vectorcall = word(api.PyFunction_Type, TYPE_VECTORCALL) as usize;
            let untouched = if tagged { IMMORTAL_BIT } else { 0 };
            api.layout = Layout { known: true, untouched, tagged, text, vectorcall };
            let sound = counts_are_plain(api)
                && counts(api)
                && ints(api)
                && floats(api)
                && texts(api)
                && functions(api);
            if !sound {
                api.layout = Layout::UNKNOWN;
            }
        }
    }
}

/// The word at an offset.
unsafe fn word(object: Object, offset: usize) -> u64 {
    // SAFETY: the caller knows that it is there.
    unsafe { object.byte_add(offset).cast::<u64>().read() }
}

/// Whether nobody keeps a total of references, or a list of objects.
unsafe fn counts_are_plain(api: &Api) -> bool {
    // SAFETY: under the GIL.
    let has = |name: &CStr| unsafe { !(api.PySys_GetObject)(name.as_ptr()).is_null() };
    !has(c"gettotalrefcount") && !has(c"getobjects")
}

/// Whether the first word of an object is its count.
unsafe fn counts(api: &Api) -> bool {
    // SAFETY: under the GIL; the float lives until its last reference is given up.
    unsafe {
        let object = (api.PyFloat_FromDouble)(0.1);
        let mut seen = vec![word(object, 0)];
        for change in [api.Py_IncRef, api.Py_IncRef, api.Py_DecRef] {
            change(object);
            seen.push(word(object, 0));
        }
        api.decref(object);
        seen.push(word(object, 0));
        api.incref(object);
        seen.push(word(object, 0));
        (api.Py_DecRef)(object);
        (api.Py_DecRef)(object);
        let none = word(api._Py_NoneStruct, 0);
        (api.Py_IncRef)(api._Py_NoneStruct);
        let more = word(api._Py_NoneStruct, 0) - none;
        (api.Py_DecRef)(api._Py_NoneStruct);
        let immortal = none & IMMORTAL_BIT != 0 && more == 0;
        seen == [1, 2, 3, 2, 1, 2] && immortal == (api.layout.untouched != 0)
    }
}

/// Whether ints are read as they are.
unsafe fn ints(api: &Api) -> bool {
    const LARGEST: i64 = (1 << 30) - 1;
    const SMALL: [i64; 8] = [0, 1, -1, 256, 1000, -1000, LARGEST, -LARGEST];
    const LARGE: [i64; 5] = [1 << 30, -(1 << 30), 1 << 60, i64::MIN, i64::MAX];
    // SAFETY: under the GIL.
    let read = |number: i64| unsafe {
        let int = (api.PyLong_FromLongLong)(number);
        let read = api.small_int(int);
        (api.Py_DecRef)(int);
        read
    };
    SMALL.iter().all(|number| read(*number) == Some(*number))
        && LARGE.iter().all(|number| read(*number).is_none())
}

/// Whether floats are read as they are.
unsafe fn floats(api: &Api) -> bool {
    // SAFETY: under the GIL.
    [0.1, -2.5e300, f64::INFINITY].iter().all(|number| unsafe {
        let float = (api.PyFloat_FromDouble)(*number);
        let read = api.float(float);
        (api.Py_DecRef)(float);
        read == *number
    })
}

/// Whether text is where it is looked for, and told from what is not ASCII.
unsafe fn texts(api: &Api) -> bool {
    // SAFETY: under the GIL; the text is read while its owner lives.
    ["some text", "\u{e9}t\u{e9}", "\u{20ac} and more", "\u{1f600}"].iter().all(|text| unsafe {
        let (bytes, size) = (text.as_ptr().cast(), text.len().cast_signed());
        let object = (api.PyUnicode_FromStringAndSize)(bytes, size);
        let state = object.byte_add(TEXT_STATE).cast::<u32>().read();
        let sound = match text.is_ascii() {
            true => {
                state & ASCII == ASCII
                    && word(object, FIRST) == text.len() as u64
                    && (api.PyUnicode_AsUTF8AndSize)(object, ptr::null_mut()).cast::<u8>()
                        == object.byte_add(api.layout.text).cast::<u8>().cast_const()
            }
            false => state & ASCII != ASCII,
        };
        (api.Py_DecRef)(object);
        sound
    })
}

/// Whether a Python function has what the interpreter calls where its type says.
unsafe fn functions(api: &Api) -> bool {
    let (Some(code), Some(function), Some(call)) =
        (api.PyCode_NewEmpty, api.PyFunction_New, api._PyFunction_Vectorcall)
    else {
        return false;
    };
    let (of_type, offset) = (api.PyFunction_Type, api.layout.vectorcall);
    // SAFETY: under the GIL; the offset is inside of a function, as was compared with its size.
    unsafe {
        let is_type = word(of_type, TYPE_FLAGS) == u64::from((api.PyType_GetFlags)(of_type))
            && word(of_type, TYPE_FLAGS) & HAS_VECTORCALL != 0
            && (HEAD..word(of_type, TYPE_SIZE) as usize).contains(&offset);
        if !is_type {
            return false;
        }
        let code = code(c"".as_ptr(), c"".as_ptr(), 0);
        let globals = (api.PyDict_New)();
        let function = function(code, globals);
        let found = match function.is_null() {
            true => 0,
            false => word(function, offset),
        };
        for object in [code, globals, function] {
            (api.Py_DecRef)(object);
        }
        if (!(api.PyErr_Occurred)().is_null()) || found == 0 {
            (api.PyErr_Clear)();
            return false;
        }
        found as usize == call as usize
    }
}
