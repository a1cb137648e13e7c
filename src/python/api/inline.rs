//! What the macros and inline functions of the interpreter's headers do, where its
//! [`Layout`](super::layout::ObjectLayout) is known; elsewhere the functions of the API are called.

use std::ffi::{c_char, c_int};
use std::ptr;

use super::layout::{
    ASCII, COMPACT, DIGITS, FIRST, ITEMS, TEXT_STATE, TYPE_GETATTR, TYPE_NEXT, TYPE_SETATTR, UNIT,
    UNIT_1, UNIT_2, UNIT_4, has_text_keys, word,
};
use super::{Api, Object, Vectorcall};

/// What an `int` or a `float` is.
#[derive(Clone, Copy)]
pub enum PlainNumber {
    /// That of an `int`.
    Int(i64),
    /// That of a `float`.
    Float(f64),
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
            if *count < self.layout.counted {
                *count += 1;
            } else if !self.layout.known {
                self.incref_unknown(object);
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
            if *count < self.layout.counted {
                *count -= 1;
                if *count == 0 {
                    (self._Py_Dealloc)(object);
                }
            } else if !self.layout.known {
                self.decref_unknown(object);
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

    /// How many references there are to an object, beyond any number for one that is never counted; 0
    /// where counts cannot be read.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive.
    #[inline(always)]
    pub unsafe fn references(&self, object: Object) -> u64 {
        match self.layout.known {
            // SAFETY: as above.
            true => unsafe { object.cast::<u64>().read() },
            false => 0,
        }
    }

    #[cold]
    unsafe fn incref_unknown(&self, object: Object) {
        // SAFETY: `object` is alive, and the GIL is held.
        unsafe { (self.Py_IncRef)(object) }
    }

    #[cold]
    unsafe fn decref_unknown(&self, object: Object) {
        // SAFETY: the reference is the caller's to give up, and the GIL is held.
        unsafe { (self.Py_DecRef)(object) }
    }

    /// The value of an exact `int` if it has at most one digit, and if ints can be read.
    ///
    /// # Safety
    /// `object` is a live `int`, of no subclass.
    #[inline(always)]
    pub unsafe fn small_int(&self, object: Object) -> Option<i64> {
        match self.layout.known {
            // SAFETY: the caller has an int.
            true => unsafe { self.digit(object) },
            false => None,
        }
    }

    /// The number that an exact `int` of one digit or an exact `float` is; `None` of anything else, and
    /// if they cannot be read.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive.
    #[inline(always)]
    pub unsafe fn number(&self, object: Object) -> Option<PlainNumber> {
        // SAFETY: `object` is alive; a type that is known has the layout that is read.
        unsafe {
            let r#type = self.type_of(object);
            if r#type == self.layout.read.int {
                return self.digit(object).map(PlainNumber::Int);
            }
            let float = object.byte_add(FIRST).cast::<f64>();
            (r#type == self.layout.read.float).then(|| PlainNumber::Float(float.read()))
        }
    }

    /// The value of an exact `int` if it has at most one digit.
    ///
    /// # Safety
    /// It is one, which can be read.
    #[inline(always)]
    unsafe fn digit(&self, object: Object) -> Option<i64> {
        // SAFETY: an int has room for one digit at least.
        unsafe {
            let size = object.byte_add(FIRST).cast::<i64>().read();
            let digit = i64::from(object.byte_add(DIGITS).cast::<u32>().read());
            match self.layout.tagged {
                true => (size.cast_unsigned() < 16).then(|| (1 - (size & 3)) * digit),
                false => (size.wrapping_add(1).cast_unsigned() <= 2).then(|| size * digit),
            }
        }
    }

    /// The value of an exact `int` of at most 64 bits, as whether it is negative and its distance from
    /// zero, if ints can be read.
    ///
    /// # Safety
    /// `object` is a live `int`, of no subclass.
    #[inline(always)]
    pub unsafe fn int(&self, object: Object) -> Option<(bool, u64)> {
        const BITS: u32 = 30;
        if !self.layout.known {
            return None;
        }
        // SAFETY: the caller has an int, which has as many digits as it says.
        unsafe {
            let size = object.byte_add(FIRST).cast::<i64>().read();
            let (negative, count) = match self.layout.tagged {
                true => (size & 3 == 2, size.cast_unsigned() >> 3),
                false => (size < 0, size.unsigned_abs()),
            };
            let digits = object.byte_add(DIGITS).cast::<u32>();
            let digit = |index: u32| u64::from(digits.add(index as usize).read()) << (index * BITS);
            Some(match count {
                0 => (false, 0),
                1 => (negative, digit(0)),
                2 => (negative, digit(0) | digit(1)),
                3 if digits.add(2).read() < 1 << (u64::BITS - 2 * BITS) => {
                    (negative, digit(0) | digit(1) | digit(2))
                }
                _ => return None,
            })
        }
    }

    /// The value of an exact `float`.
    ///
    /// # Safety
    /// The GIL is held; `object` is a live `float`, of no subclass.
    #[inline(always)]
    pub unsafe fn float(&self, object: Object) -> f64 {
        // SAFETY: the GIL is held; `object` is a live `float`, of no subclass.
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
        // SAFETY: the GIL is held; `object` is a live `str`, of no subclass; what is compact and
        // ASCII has its text behind its head.
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

    /// The only character of an exact `str`, if there is one and it can be read.
    ///
    /// # Safety
    /// `object` is a live `str`, of no subclass.
    #[inline(always)]
    pub unsafe fn only_character(&self, object: Object) -> Option<u32> {
        if !self.layout.known {
            return None;
        }
        // SAFETY: the caller has a str; what is compact has its text behind its head, in units of
        // the size that it says.
        unsafe {
            let state = object.byte_add(TEXT_STATE).cast::<u32>().read();
            if state & COMPACT == 0 || word(object, FIRST) != 1 {
                return None;
            }
            if state & ASCII == ASCII {
                return Some(object.byte_add(self.layout.text).cast::<u8>().read().into());
            }
            let text = object.byte_add(self.layout.wide_text);
            match state & UNIT {
                UNIT_1 => Some(text.cast::<u8>().read().into()),
                UNIT_2 => Some(text.cast::<u16>().read().into()),
                UNIT_4 => Some(text.cast::<u32>().read()),
                _ => None,
            }
        }
    }

    /// The items of an exact list or tuple, which nothing changes as long as no Python code runs; `None`
    /// if they cannot be read.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive.
    #[inline(always)]
    pub unsafe fn items(&self, object: Object) -> Option<(*const Object, usize)> {
        // SAFETY: `object` is alive; a list has its length, and where its items are; a tuple has its
        // length, and they follow.
        unsafe {
            let (r#type, read) = (self.type_of(object), &self.layout.read);
            let items = object.byte_add(ITEMS).cast::<Object>();
            let items = match () {
                _ if r#type == read.list => items.cast::<*const Object>().read(),
                _ if r#type == read.tuple => items.cast_const(),
                _ => return None,
            };
            Some((items, word(object, FIRST) as usize))
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
        // SAFETY: the GIL is held; `length` bytes are at `data`; a new ASCII string has room for
        // its characters. Shorter ones the interpreter has already.
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

    /// What a weak reference refers to, borrowed; `None`, or NULL, if that is gone.
    ///
    /// # Safety
    /// `weak` is a weak reference, and the GIL is held.
    #[inline(always)]
    pub unsafe fn referent(&self, weak: Object) -> Object {
        // SAFETY: `weak` is a weak reference, and the GIL is held; who has the reference that is
        // given back here is another.
        unsafe {
            if let Some(get) = self.PyWeakref_GetObject {
                return get(weak);
            }
            let mut found = ptr::null_mut();
            if let Some(get) = self.PyWeakref_GetRef
                && get(weak, &raw mut found) == 1
            {
                self.decref(found);
            }
            found
        }
    }

    /// What an exact dict whose keys are all text has for one of these, borrowed; NULL if it has nothing.
    /// No code of Python runs. `None` of anything else, and if it is not known.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive, and `key` is an exact `str`.
    #[inline(always)]
    pub unsafe fn entry(&self, object: Object, key: Object) -> Option<Object> {
        // SAFETY: the GIL is held; a dict that is known has its keys.
        unsafe {
            let is_plain = self.type_of(object) == self.layout.read.dict && has_text_keys(object);
            is_plain.then(|| (self.PyDict_GetItemWithError)(object, key))
        }
    }

    /// Whether `PyObject_GetAttr` of this object is `PyObject_GenericGetAttr`, but for what it says
    /// of what is missing.
    ///
    /// # Safety
    /// `object` is alive.
    #[inline(always)]
    unsafe fn has_generic_attributes(&self, object: Object) -> bool {
        // SAFETY: a type has that word, whatever it is.
        unsafe { word(self.type_of(object), TYPE_GETATTR) == self.layout.read.get_attribute }
    }

    /// An attribute as `PyObject_GetAttr` gives it, but for what it says of what is missing.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive, and `name` is a `str`.
    #[inline(always)]
    pub unsafe fn attribute(&self, object: Object, name: Object) -> Object {
        // SAFETY: the GIL is held; `object` is alive, and `name` is a `str`.
        unsafe {
            match self.has_generic_attributes(object) {
                true => (self.PyObject_GenericGetAttr)(object, name),
                false => (self.PyObject_GetAttr)(object, name),
            }
        }
    }

    /// The next item of an iterator, a new reference, or NULL with an exception set, StopIteration at the
    /// end: as the built-in `next` has it. `None` of what is no iterator, or is not known as one.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive, also if it is given up meanwhile.
    #[inline(always)]
    pub unsafe fn next(&self, object: Object) -> Option<Object> {
        if !self.layout.known {
            return None;
        }
        // SAFETY: a known type has that word: NULL, or what gives the next item.
        unsafe {
            let of_type = self.type_of(object).byte_add(TYPE_NEXT);
            let next = of_type.cast::<Option<unsafe extern "C" fn(Object) -> Object>>().read()?;
            let item = next(object);
            if item.is_null() && (self.PyErr_Occurred)().is_null() {
                (self.PyErr_SetNone)(self.PyExc_StopIteration);
            }
            Some(item)
        }
    }

    /// Whether `PyObject_SetAttr` of this object is `PyObject_GenericSetAttr`, which writes what is declared
    /// to be written or has a place in the object's dict, and nothing else.
    ///
    /// # Safety
    /// `object` is alive.
    #[inline(always)]
    pub unsafe fn writes_as_objects_do(&self, object: Object) -> bool {
        // SAFETY: a type has that word, whatever it is.
        unsafe { word(self.type_of(object), TYPE_SETATTR) == self.layout.read.set_attribute }
    }

    /// Writes an attribute as `PyObject_SetAttr` does, or deletes it if `value` is NULL.
    ///
    /// # Safety
    /// The GIL is held; `object` is alive, and so is `value` if there is one; `name` is an interned `str`.
    #[inline(always)]
    pub unsafe fn set_attribute(&self, object: Object, name: Object, value: Object) -> c_int {
        // SAFETY: the GIL is held, and all are alive; a type has that word, whatever it is.
        unsafe {
            match self.writes_as_objects_do(object) {
                true => (self.PyObject_GenericSetAttr)(object, name, value),
                false => (self.PyObject_SetAttr)(object, name, value),
            }
        }
    }

    /// Calls a method by name as `PyObject_VectorcallMethod` does, whose object is the first
    /// argument.
    ///
    /// # Safety
    /// As for `PyObject_VectorcallMethod`.
    #[inline(always)]
    pub unsafe fn call_method(
        &self,
        name: Object,
        arguments: *const Object,
        count: usize,
    ) -> Object {
        // SAFETY: the objects are alive, and the GIL is held; the method is ours until it has been
        // called.
        unsafe {
            let Some(get) = self._PyObject_GetMethod.filter(|_| self.layout.known) else {
                return (self.PyObject_VectorcallMethod)(name, arguments, count, ptr::null_mut());
            };
            let mut method = ptr::null_mut();
            let bound = usize::from(get(*arguments, name, &raw mut method) == 0);
            if method.is_null() {
                return method;
            }
            let (arguments, count) = (arguments.add(bound), count - bound);
            let result = match self.type_of(method) == self.PyFunction_Type {
                true => self.call_function(method, arguments, count),
                false => (self.vectorcall)(method, arguments, count, ptr::null_mut()),
            };
            self.decref(method);
            result
        }
    }

    /// Calls a plain function as `PyObject_Vectorcall` does, without the checks that the
    /// interpreter makes of the results of what others have written.
    ///
    /// # Safety
    /// As for `PyObject_Vectorcall`; it is a function of Python's own, whose layout is known.
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

#[cfg(test)]
mod tests;
