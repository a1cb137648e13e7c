//! Arguments for which the callee takes more than their declared type says: whatever can be given
//! where C takes an address, a function pointer, or a struct.

use std::ffi::c_int;
use std::fmt::{self, Display};

use super::rules::ConversionRules;
use crate::abi::metaffi_slot;
use crate::call::{Element, Function, Wanted};
use crate::error::{Result, Status};
use crate::handle::pin::CallScope;
use crate::python::api::{Object, TPFLAGS_DICT_SUBCLASS, TPFLAGS_LONG_SUBCLASS};
use crate::python::api::{TPFLAGS_LIST_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS, TPFLAGS_UNICODE_SUBCLASS};
use crate::python::convert::{self, cannot, lend};
use crate::python::error::{quietly, warn};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, make_handle, unwrap};
use crate::signature::{Kind, Type, TypeInfo};
use crate::value::clear_later;

/// An argument of a call.
pub(super) struct GivenArgument<'a> {
    pub gil: &'a Gil,
    pub scope: &'a CallScope,
    pub rules: &'a ConversionRules,
    pub function: &'a Function,
    pub index: usize,
    pub object: Object,
    pub slots: *mut metaffi_slot,
}

impl GivenArgument<'_> {
    /// Puts the argument into its slots, as what is wanted.
    ///
    /// # Safety
    /// The object is alive as long as the scope, and the GIL is held; the slots have room for the
    /// parameter.
    pub(super) unsafe fn give(&self, wanted: &Wanted) -> Result<()> {
        let GivenArgument { gil, object, .. } = *self;
        let api = gil.api;
        // SAFETY: the object is alive, and the GIL is held.
        unsafe {
            let flags = api.flags_of(object);
            let is = |flag| flags & flag != 0;
            if object == api._Py_NoneStruct && !wanted.by_value {
                return self.accept(Kind::Null.into(), &[0; 3]);
            }
            if let Some(key) = unwrap(api, object) {
                return self.accept(Kind::Handle.into(), &[key? as u64, 0, 0]);
            }
            if let Some(made) = make_handle(gil, object) {
                let slots = [made? as u64, 0, 0];
                clear_later(self.scope, Kind::Handle, slots.as_ptr());
                return self.accept(Kind::Handle.into(), &slots);
            }
            if wanted.by_value && wanted.element != Element::Record {
                return self.number(wanted);
            }
            if is(TPFLAGS_LIST_SUBCLASS | TPFLAGS_TUPLE_SUBCLASS | TPFLAGS_DICT_SUBCLASS) {
                return self.temporary(wanted, flags);
            }
            if wanted.by_value {
                return match lend(gil, self.scope, object, wanted, &self.spelling()) {
                    Some(word) => self.accept(Kind::Uint64.into(), &[word?, 0, 0]),
                    None => self.refuse(advice(wanted)),
                };
            }
            if is(TPFLAGS_UNICODE_SUBCLASS) {
                return self.text(wanted);
            }
            if is(TPFLAGS_LONG_SUBCLASS) {
                return self.address(object);
            }
            match lend(gil, self.scope, object, wanted, &self.spelling()) {
                Some(word) => self.accept(Kind::Uint64.into(), &[word?, 0, 0]),
                None => self.other(wanted),
            }
        }
    }

    /// What exports no memory: functions, paths, files, and what is an integer.
    unsafe fn other(&self, wanted: &Wanted) -> Result<()> {
        let GivenArgument { gil, scope, object, .. } = *self;
        // SAFETY: the object is alive, and the GIL is held.
        unsafe {
            if wanted.takes_function()
                && (gil.api.PyCallable_Check)(object) != 0
                && !convert::is_cffi_data(gil, object)
            {
                return self.function();
            }
            if wanted.takes_text()
                && wanted.size <= 1
                && let Some(path) = convert::path(gil, object)
            {
                let path = path?;
                let word = lend(gil, scope, path.as_ptr(), wanted, &self.spelling());
                return self.accept(Kind::Uint64.into(), &[word.transpose()?.unwrap_or(0), 0, 0]);
            }
            if wanted.element == Element::Stream
                && let Some(stream) = convert::stream(gil, object)
            {
                return match stream {
                    Ok(word) => self.accept(Kind::Uint64.into(), &[word, 0, 0]),
                    Err(error) => self.refuse(error.message()),
                };
            }
            if convert::number_kind(gil, object) == Some(Kind::Bool) {
                return self.refuse("a bool is no address");
            }
            if (gil.api.PyIndex_Check)(object) != 0 {
                let int = quietly(gil, || PyRef::owned(gil, (gil.api.PyNumber_Index)(object)));
                if let Some(int) = int {
                    return self.address(int.as_ptr());
                }
            }
        }
        self.refuse(advice(wanted))
    }

    /// A number that is as large as C's may be, or complex.
    unsafe fn number(&self, wanted: &Wanted) -> Result<()> {
        let GivenArgument { gil, scope, object, .. } = *self;
        let api = gil.api;
        // SAFETY: the object is alive, and the GIL is held.
        unsafe {
            let subclass = |r#type| (api.PyType_IsSubtype)(api.type_of(object), r#type) != 0;
            let number = match () {
                _ if api.type_of(object) == api.PyBool_Type
                    || convert::number_kind(gil, object) == Some(Kind::Bool) =>
                {
                    let truth = convert::counted(gil, object, Kind::Int64);
                    return match (wanted.element, truth) {
                        (Element::Integer { .. }, Some(truth)) => {
                            self.accept_number(Kind::Int64, truth, wanted)
                        }
                        _ => self.refuse("a bool is no number silently: int(…)"),
                    };
                }
                _ if subclass(api.PyFloat_Type) => {
                    let float = (api.PyFloat_AsDouble)(object).to_bits();
                    return self.accept_number(Kind::Float64, float, wanted);
                }
                _ if subclass(api.PyComplex_Type) => PyRef::new_reference(gil, object),
                _ => match quietly(gil, || PyRef::owned(gil, (api.PyNumber_Index)(object))) {
                    Some(int) => int,
                    None => {
                        return match convert::number_in(gil, object) {
                            Some((kind, slot)) => self.accept_number(kind, slot, wanted),
                            None => self.number_of_c(wanted),
                        };
                    }
                },
            };
            let info = TypeInfo::from(Kind::Any);
            let mut value = [0; 3];
            convert::from_python(gil, number.as_ptr(), info.r#type, &info, value.as_mut_ptr())?;
            clear_later(scope, Kind::Any, value.as_ptr());
            let given = Type::new(value[0])?;
            self.accept_number(given.kind(), value[1], wanted)
        }
    }

    /// A number of C's type that Python has none for, as `numpy.longdouble` is: its bytes.
    unsafe fn number_of_c(&self, wanted: &Wanted) -> Result<()> {
        let GivenArgument { gil, scope, object, function, .. } = *self;
        // SAFETY: the object is alive, and the GIL is held; the new object is the scope's.
        unsafe {
            let held = convert::HeldNumber::of(gil, object, wanted.element);
            let size = held.as_ref().map_or(usize::MAX, |held| held.bytes().len());
            let fits =
                size == wanted.size || wanted.element == Element::Complex && size < wanted.size;
            let Some(fill) = self.rules.fill.filter(|_| fits) else {
                return self.refuse(advice(wanted));
            };
            let key = function.callee().temporary(self.index, None)?;
            let slots = [key as u64, 0, 0];
            clear_later(scope, Kind::Handle, slots.as_ptr());
            fill(gil, key, &PyRef::new_reference(gil, object))?;
            self.accept(Kind::Handle.into(), &slots)
        }
    }

    fn accept_number(&self, kind: Kind, slot: metaffi_slot, wanted: &Wanted) -> Result<()> {
        match self.accept(kind.into(), &[slot, 0, 0]) {
            Err(error) if error.status() == Status::TypeMismatch => self.refuse(advice(wanted)),
            other => other,
        }
    }

    /// A new callable, which the call gives back.
    unsafe fn function(&self) -> Result<()> {
        let GivenArgument { gil, scope, object, .. } = *self;
        let info = TypeInfo::from(Kind::Callable);
        let mut slots = [0; 3];
        // SAFETY: the object is alive, and the GIL is held.
        unsafe {
            match &self.rules.callables {
                Some(callables) => slots[0] = (callables.to_handle)(gil, object)? as u64,
                None => {
                    convert::from_python(gil, object, info.r#type, &info, slots.as_mut_ptr())?;
                }
            }
            clear_later(scope, Kind::Callable, slots.as_ptr());
        }
        self.accept(Kind::Callable.into(), &slots)
    }

    /// An address as a number.
    unsafe fn address(&self, int: Object) -> Result<()> {
        let api = self.gil.api;
        let mut overflow: c_int = 0;
        // SAFETY: a live int, under the GIL.
        unsafe {
            if api.type_of(self.object) == api.PyBool_Type {
                return self.refuse("a bool is no address");
            }
            let number = (api.PyLong_AsLongLongAndOverflow)(int, &raw mut overflow);
            let number = match overflow {
                0 => number.cast_unsigned(),
                _ => (api.PyLong_AsUnsignedLongLong)(int),
            };
            if !(api.PyErr_Occurred)().is_null() {
                (api.PyErr_Clear)();
                return self.refuse("no address is so large");
            }
            self.accept(Kind::Uint64.into(), &[number, 0, 0])
        }
    }

    /// Text, with a zero behind it.
    unsafe fn text(&self, wanted: &Wanted) -> Result<()> {
        let GivenArgument { gil, scope, object, .. } = *self;
        if !wanted.takes_text() {
            return self.refuse(advice(wanted));
        }
        let kind = match (wanted.element, wanted.size) {
            (Element::Character, 2) => Kind::String16,
            (Element::Character, 4) => Kind::String32,
            _ => Kind::String8,
        };
        let mut slots = [0; 3];
        // SAFETY: the object is alive, and the GIL is held; the text is then the scope's.
        unsafe {
            convert::from_python(gil, object, kind.into(), &kind.into(), slots.as_mut_ptr())?;
            clear_later(scope, kind, slots.as_ptr());
        }
        self.accept(kind.into(), &slots)
    }

    /// An object that is made of a list, a tuple or a dict, and is there as long as the call.
    unsafe fn temporary(&self, wanted: &Wanted, flags: u64) -> Result<()> {
        let GivenArgument { gil, scope, object, function, .. } = *self;
        let callee = function.callee();
        let is_made = wanted.size > 0 && wanted.element != Element::Stream;
        let Some(fill) = self.rules.fill.filter(|_| is_made) else {
            return self.refuse(advice(wanted));
        };
        let is_record = wanted.element == Element::Record && wanted.rows.is_empty();
        let is_one = flags & TPFLAGS_LIST_SUBCLASS == 0 && is_record || wanted.by_value;
        if flags & TPFLAGS_DICT_SUBCLASS != 0 && !is_record {
            return self.refuse(advice(wanted));
        }
        // SAFETY: the object is alive, and the GIL is held; the new object is the scope's.
        unsafe {
            let length = match flags & TPFLAGS_LIST_SUBCLASS {
                0 if is_one => None,
                0 => Some((gil.api.PyTuple_Size)(object).unsigned_abs()),
                _ => Some((gil.api.PyList_Size)(object).unsigned_abs()),
            };
            let key = callee.temporary(self.index, length.filter(|_| !is_one))?;
            let slots = [key as u64, 0, 0];
            clear_later(scope, Kind::Handle, slots.as_ptr());
            fill(gil, key, &PyRef::new_reference(gil, object))?;
            if !wanted.constant && callee.is_new() {
                self.warn()?;
            }
            self.accept(Kind::Handle.into(), &slots)
        }
    }

    /// Says that what C writes is lost.
    #[cold]
    fn warn(&self) -> Result<()> {
        warn(
            self.gil,
            &format!(
                "{}: what C writes to the {} that it is given for {} is lost: to see it, give C data \
                 (module.new), or an array",
                self.function.argument(self.index),
                // SAFETY: the object is alive, and the GIL is held.
                unsafe { convert::name_of(self.gil, self.object) },
                self.spelling(),
            ),
        )
    }

    /// Puts a value into the argument's slots.
    fn accept(&self, given: Type, value: &[metaffi_slot; 3]) -> Result<()> {
        let (callee, value) = (self.function.callee(), value.as_ptr());
        // SAFETY: a value of that type, which is there as long as the scope; the slots have room.
        unsafe { callee.accept(self.scope, self.index, given, value, self.slots) }
    }

    /// What is wanted, as the callee's language spells it.
    fn spelling(&self) -> SpelledType<'_> {
        SpelledType(&self.function.param_types()[self.index])
    }

    #[cold]
    fn refuse(&self, advice: &str) -> Result<()> {
        // SAFETY: the object is alive, and the GIL is held.
        unsafe {
            let wanted = self.function.callee().wanted(self.index);
            let by_value = wanted.as_ref().is_some_and(|wanted| wanted.by_value);
            let date = wanted.and_then(|wanted| match wanted.element {
                Element::Integer { .. } | Element::Float | Element::Anything => {
                    convert::date_advice(self.gil, self.object, wanted.by_value)
                }
                _ => None,
            });
            let advice = match date {
                Some(advice) => advice,
                None if !by_value && convert::is_cffi_data(self.gil, self.object) => {
                    "give its memory, ffi.buffer(…), or its address, int(ffi.cast('intptr_t', …))"
                }
                None => advice,
            };
            Err(cannot(self.gil, self.object, &self.spelling(), advice))
        }
    }
}

/// A type as the callee's language spells it.
struct SpelledType<'a>(&'a TypeInfo);

impl Display for SpelledType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.alias {
            Some(alias) => f.write_str(alias),
            None => self.0.r#type.fmt(f),
        }
    }
}

/// What can be given.
#[cold]
fn advice(wanted: &Wanted) -> &'static str {
    match wanted.element {
        Element::Record if wanted.by_value => "give C data of the type, a dict or a tuple",
        Element::Integer { .. } if wanted.by_value => "give an int",
        Element::Float if wanted.by_value => "give a float: float(…), or C data of the type",
        Element::Complex if wanted.by_value => "give a number: complex(…)",
        Element::Anything => "give C data (module.new), a buffer, or an address",
        Element::Integer { .. } | Element::Float => "give C data, a list, a buffer, or an address",
        Element::Complex => "give C data, a list of complex, a buffer, or an address",
        Element::Character => "give a str, bytes, C data, or an address",
        Element::Pointer => "give a list of what the pointers point to, C data, or an address",
        Element::Function => "give a function, or an address",
        Element::Stream => "give a file, C data, or an address",
        Element::Record => "give C data of the type, a dict, a tuple, or an address",
    }
}
