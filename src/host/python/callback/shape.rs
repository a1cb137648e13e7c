//! [`CallbackShape`]: how Python is called through a C function pointer, compiled once for its type.

use std::ffi::{c_char, c_void};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use crate::abi::metaffi_slot;
use crate::call::upcall::{IncomingArguments, ScalarRow};
use crate::call::{FunctionPointerType, PassedValue};
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::handle::pin;
use crate::host::python::data::{self, DataTable, address, value};
use crate::host::python::error::raise;
use crate::object::layout::{Layout, LayoutKind};
use crate::python::api::{Api, Object};
use crate::python::convert::{self, NumberForm, scalar};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::numbers::none;
use crate::signature::{Kind, Signature, Type, TypeInfo};
use crate::value::memory;
use crate::value::text::nowhere;

/// How arguments become objects, and what Python returns the result.
pub(super) struct CallbackShape {
    /// The type, in which this is kept.
    of: NonNull<FunctionPointerType>,
    params: Box<[ParamConverter]>,
    returned: ResultConverter,
    /// How the values lie in memory, of the arguments and behind them of the result, once somebody
    /// has asked.
    layouts: Box<[Once<Option<KeptLayout>>]>,
}

/// A layout, and what data of it is read by, so that this is not made anew for each object.
struct KeptLayout {
    layout: Arc<Layout>,
    _table: PyRef,
}

// SAFETY: a type may be used on any thread.
unsafe impl Send for CallbackShape {}
// SAFETY: as above.
unsafe impl Sync for CallbackShape {}

/// How an argument becomes an object.
#[derive(Clone, Copy)]
enum ParamConverter {
    Number {
        kind: Kind,
        row: &'static ScalarRow,
    },
    /// Characters up to a zero, or to the number of them that another argument is.
    Text {
        size: Option<usize>,
    },
    /// An object of data that is the pointer.
    Pointer,
    /// Data if it has a layout, and else what the language makes of it.
    Other,
}

/// How what Python returns becomes the result.
#[derive(Clone, Copy)]
enum ResultConverter {
    Nothing,
    Number { kind: Kind, form: NumberForm },
    Pointer,
    Other,
}

impl CallbackShape {
    /// For a function that takes what C gives.
    pub(super) fn natural(of: &FunctionPointerType) -> CallbackShape {
        let params = of.params.iter().map(|passed| ParamConverter::natural(*passed)).collect();
        let returned = ResultConverter::natural(of.returned);
        CallbackShape::new(of, params, returned)
    }

    /// For a function that declares types of its own; `None` if they are not what C gives.
    pub(super) fn declared(
        of: &FunctionPointerType,
        signature: &Signature,
        required: usize,
    ) -> Option<CallbackShape> {
        let (given, taken) = (of.params.len(), signature.params.len());
        if given < required || given > taken && !signature.variadic {
            return None;
        }
        let infos = signature.params.iter().map(|param| Some(param.info.r#type.kind()));
        let declared = of.params.iter().enumerate().zip(infos.chain(std::iter::repeat(None)));
        let convert = |((index, passed), kind): ((usize, &PassedValue), Option<Kind>)| match kind {
            None => Some(ParamConverter::natural(*passed)),
            Some(kind) => ParamConverter::declared(*passed, kind, index),
        };
        let params = declared.map(convert).collect::<Option<_>>()?;
        let returned = ResultConverter::declared(of.returned, &signature.returns)?;
        Some(CallbackShape::new(of, params, returned))
    }

    fn new(
        of: &FunctionPointerType,
        params: Box<[ParamConverter]>,
        returned: ResultConverter,
    ) -> CallbackShape {
        let layouts = (0..=params.len()).map(|_| Once::new()).collect();
        CallbackShape { of: NonNull::from(of), params, returned, layouts }
    }

    /// How the values of an argument lie in memory, or of the result, which is the last.
    #[inline(always)]
    fn layout(&self, gil: &Gil, index: usize) -> Option<&Arc<Layout>> {
        let ask = || {
            let argument = (index < self.params.len()).then_some(index);
            let layout = self.of().language.layout(argument)?;
            let layout = *layout.downcast::<Arc<Layout>>().ok()?;
            let table = error::quietly(gil, || DataTable::of(gil, &layout))?;
            Some(KeptLayout { layout, _table: table.into_object() })
        };
        let place = self.layouts.get(index)?;
        let found = match place.get() {
            Some(found) => found,
            // Python may run when the table is made, and come back here.
            None => place.get_or_set(ask()),
        };
        found.as_ref().map(|kept| &kept.layout)
    }

    /// The same of a record.
    fn record(&self, gil: &Gil, index: usize) -> Option<&Arc<Layout>> {
        self.layout(gil, index).filter(|layout| matches!(layout.kind, LayoutKind::Record(_)))
    }

    /// How many arguments there are.
    #[inline(always)]
    pub(super) fn count(&self) -> usize {
        self.params.len()
    }

    fn of(&self) -> &FunctionPointerType {
        // SAFETY: this is kept in it.
        unsafe { self.of.as_ref() }
    }

    /// A new reference to the object of an argument; NULL with an exception set, or a failure.
    ///
    /// # Safety
    /// The arguments are those of a call through a pointer of the type; there is such an argument;
    /// the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn load(
        &self,
        gil: &Gil,
        index: usize,
        arguments: impl IncomingArguments,
    ) -> Result<Object> {
        let api = gil.api;
        // SAFETY: the arguments are those of a call through a pointer of the type; there is such an
        // argument; the GIL is held.
        unsafe {
            let object = match *self.params.get_unchecked(index) {
                ParamConverter::Number { kind, row } => {
                    scalar::number(api, kind, arguments.scalar(index, row))
                }
                ParamConverter::Text { size } => {
                    let most = size.map(|size| arguments.get(size).cast::<usize>().read());
                    text(api, arguments.get(index).cast::<*const c_char>().read(), most)
                }
                ParamConverter::Pointer => {
                    let value = arguments.get(index).cast::<*mut u8>().read();
                    match self.layout(gil, index) {
                        _ if value.is_null() => none(api),
                        Some(layout) => {
                            return data::pointer(gil, layout, value, None).map(PyRef::into_ptr);
                        }
                        None => return self.load_other(gil, index, arguments),
                    }
                }
                ParamConverter::Other => return self.load_other(gil, index, arguments),
            };
            if object.is_null() {
                return self.load_other(gil, index, arguments);
            }
            Ok(object)
        }
    }

    /// The same for what is no plain number, or could not be converted.
    #[inline(never)]
    unsafe fn load_other(
        &self,
        gil: &Gil,
        index: usize,
        arguments: impl IncomingArguments,
    ) -> Result<Object> {
        let failed = |error: Error| error.context(format_args!("argument {index} from C"));
        // SAFETY: as for `load`; what is loaded is Python's.
        unsafe {
            if !(gil.api.PyErr_Occurred)().is_null() {
                return Err(failed(error::fetch(gil)));
            }
            let object = match self.params[index] {
                ParamConverter::Number { kind, row } => {
                    let (r#type, slot) = (Type::from(kind), arguments.scalar(index, row));
                    let (scope, info) = (pin::enter(), TypeInfo::from(r#type));
                    convert::give_python(gil, &scope, r#type, &info, &raw const slot)
                }
                _ if let Some(layout) = self.record(gil, index) => {
                    let copy = data::zeroed(gil, layout, 0).map_err(failed)?;
                    if let Some(copy) = data::of(gil.api, copy.as_ptr()) {
                        let from = arguments.get(index).cast::<u8>();
                        copy.address().copy_from_nonoverlapping(from, layout.size);
                    }
                    Ok(copy)
                }
                _ => {
                    let value = self.of().language.load(index, arguments.get(index));
                    value.and_then(|value| value::to_python(gil, value))
                }
            };
            object.map(PyRef::into_ptr).map_err(failed)
        }
    }

    /// Gives what Python has returned to C.
    ///
    /// # Safety
    /// `object` is alive, and the GIL is held; there is room for the result of a pointer of the
    /// type, a word at least where that is a number.
    #[inline(always)]
    pub(super) unsafe fn store(
        &self,
        gil: &Gil,
        object: Object,
        result: *mut c_void,
    ) -> Result<()> {
        // SAFETY: `object` is alive, and the GIL is held; there is room for the result.
        unsafe {
            match self.returned {
                ResultConverter::Nothing => Ok(()),
                ResultConverter::Number { form, .. } => match form.load(gil.api, object) {
                    Some(slot) => {
                        result.cast::<metaffi_slot>().write(slot);
                        Ok(())
                    }
                    None => self.store_other(gil, object, result),
                },
                ResultConverter::Pointer | ResultConverter::Other => {
                    match self.store_data(gil, object, result) {
                        true => Ok(()),
                        false => self.store_other(gil, object, result),
                    }
                }
            }
        }
    }

    /// Gives data of exactly the type, or NULL; false for anything else. What a pointer is known to
    /// point into stays for good: nobody can tell when C is done with it.
    unsafe fn store_data(&self, gil: &Gil, object: Object, result: *mut c_void) -> bool {
        let api = gil.api;
        // SAFETY: as for `store`.
        unsafe {
            let is_pointer = matches!(self.returned, ResultConverter::Pointer);
            if is_pointer && object == api._Py_NoneStruct {
                result.cast::<usize>().write(0);
                return true;
            }
            let (Some(data), Some(layout)) =
                (data::of(api, object), self.layout(gil, self.count()))
            else {
                return false;
            };
            if !ptr::eq(data.layout(), Arc::as_ptr(layout)) || !address::is_there(data) {
                return false;
            }
            match (is_pointer, &layout.kind) {
                (true, LayoutKind::Pointer { .. }) => {
                    if data.has_owner() {
                        api.incref(object);
                    }
                    result.cast::<*mut u8>().write(data.address());
                }
                (false, LayoutKind::Record(_)) => {
                    result.cast::<u8>().copy_from_nonoverlapping(data.address(), layout.size);
                }
                _ => return false,
            }
            true
        }
    }

    /// The same for what is no plain number.
    #[inline(never)]
    unsafe fn store_other(&self, gil: &Gil, object: Object, result: *mut c_void) -> Result<()> {
        let failed = |error: Error| error.context("the callback's return");
        // SAFETY: as for `store`.
        unsafe {
            if !(gil.api.PyErr_Occurred)().is_null() {
                (gil.api.PyErr_Clear)();
            }
            if let ResultConverter::Number { kind, .. } = self.returned {
                let (r#type, mut slot) = (Type::from(kind), 0);
                match convert::counted(gil, object, kind) {
                    Some(counted) => slot = counted,
                    None => {
                        let (info, to) = (TypeInfo::from(r#type), &raw mut slot);
                        convert::from_python(gil, object, r#type, &info, to).map_err(failed)?;
                    }
                }
                result.cast::<metaffi_slot>().write(slot);
                return Ok(());
            }
            let object = PyRef::new_reference(gil, object);
            let value = value::from_python(gil, &object).map_err(failed)?;
            self.of().language.give(&pin::enter(), value, result)
        }
    }
}

impl ParamConverter {
    fn natural(passed: PassedValue) -> ParamConverter {
        match passed {
            PassedValue::Number(kind) => match ScalarRow::of(kind) {
                Some(row) => ParamConverter::Number { kind, row },
                None => ParamConverter::Other,
            },
            PassedValue::Characters { constant: true, integer_behind: false, .. } => {
                ParamConverter::Text { size: None }
            }
            PassedValue::Characters { .. } | PassedValue::Pointer => ParamConverter::Pointer,
            _ => ParamConverter::Other,
        }
    }

    /// As a function of that parameter takes it, if it can.
    fn declared(passed: PassedValue, kind: Kind, index: usize) -> Option<ParamConverter> {
        let natural = ParamConverter::natural(passed);
        match (kind, passed) {
            (Kind::Any, _) => Some(natural),
            (Kind::String8, PassedValue::Characters { size_behind, .. }) => {
                Some(ParamConverter::Text { size: size_behind.then_some(index + 1) })
            }
            (Kind::Handle, PassedValue::Number(_)) => None,
            (Kind::Handle, PassedValue::Characters { .. }) => Some(ParamConverter::Pointer),
            (Kind::Handle, _) => Some(natural),
            (kind, PassedValue::Number(own)) => is_same(kind, own).then_some(natural),
            (Kind::Callable, PassedValue::Other) => Some(natural),
            _ => None,
        }
    }
}

impl ResultConverter {
    fn natural(passed: PassedValue) -> ResultConverter {
        match passed {
            PassedValue::Nothing => ResultConverter::Nothing,
            PassedValue::Number(kind) => {
                let form = NumberForm::of(kind).counting_bools();
                ResultConverter::Number { kind, form }
            }
            PassedValue::Characters { .. } | PassedValue::Pointer => ResultConverter::Pointer,
            PassedValue::Other => ResultConverter::Other,
        }
    }

    /// As a function of these returns gives it, if it can.
    fn declared(passed: PassedValue, returns: &[TypeInfo]) -> Option<ResultConverter> {
        let natural = ResultConverter::natural(passed);
        match (passed, returns) {
            (PassedValue::Nothing, _) => Some(natural),
            (_, [info]) => match (info.r#type.kind(), passed) {
                (Kind::Any, _) => Some(natural),
                (kind, PassedValue::Number(own)) => is_same(kind, own).then_some(natural),
                (kind, _) => (kind == Kind::Handle).then_some(natural),
            },
            _ => None,
        }
    }
}

/// Whether a number of C's kind is the same in Python as one of the declared kind.
fn is_same(declared: Kind, own: Kind) -> bool {
    let is_integer = !matches!(own, Kind::Bool | Kind::Float32 | Kind::Float64);
    declared == own
        || declared == Kind::Int64 && is_integer && convert::is_number(own)
        || declared == Kind::Float64 && own == Kind::Float32
}

/// A new `str` of characters up to a zero, of which there are at most so many; `None` for NULL.
/// NULL with an exception set.
#[inline(always)]
unsafe fn text(api: &'static Api, from: *const c_char, most: Option<usize>) -> Object {
    // SAFETY: the caller has such characters, or NULL, under the GIL.
    unsafe {
        if from.is_null() {
            api.incref(api._Py_NoneStruct);
            return api._Py_NoneStruct;
        }
        if memory::is_failure(from) {
            raise(&Gil::assume(api), &nowhere(from));
            return ptr::null_mut();
        }
        let length = match most {
            None => libc::strlen(from),
            Some(most) => libc::strnlen(from, most),
        };
        api.new_utf8(from.cast(), length, c"strict".as_ptr())
    }
}
