//! [`ReturnMarshaller`]: what stores a Python result in a frame's return slots, compiled from a
//! signature.

use crate::abi::metaffi_slot;
use crate::call::{Plan, SlotLayout};
use crate::error::{Error, Result};
use crate::python::api::{Api, Object, PlainNumber, TPFLAGS_LIST_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS};
use crate::python::convert::{self, plain_value, scalar};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, handle_of};
use crate::signature::{Kind, TypeInfo};

/// The converters of a signature's returns.
pub struct ReturnMarshaller(Box<[ReturnConverter]>);

struct ReturnConverter {
    kind: Kind,
    slot: usize,
    /// Whether it is an array that `bytes` are at once.
    bytes: bool,
    info: TypeInfo,
}

impl ReturnMarshaller {
    /// The converters of a plan's returns.
    pub fn new(plan: &Plan) -> ReturnMarshaller {
        let returns = plan.return_types().iter().zip(plan.returns());
        let converter = |(info, layout): (&TypeInfo, &SlotLayout)| ReturnConverter {
            kind: scalar::plain_kind(info),
            slot: layout.slot(),
            bytes: convert::has_bytes(info),
            info: info.clone(),
        };
        ReturnMarshaller(returns.map(converter).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Stores a result: nothing if there are no returns, the elements of a tuple if there are
    /// several.
    ///
    /// # Safety
    /// `result` is borrowed, the GIL is held, and the frame has the layout of the signature.
    #[inline(always)]
    pub unsafe fn store(&self, gil: &Gil, result: Object, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: `result` is borrowed, the GIL is held, and the frame has the layout of the
        // signature.
        unsafe {
            match self.0.len() {
                0 => Ok(()),
                1 => self.store_one(gil, result, frame),
                _ => self.store_several(gil, result, frame),
            }
        }
    }

    /// The same if there is one return.
    ///
    /// # Safety
    /// As for [`store`](ReturnMarshaller::store).
    #[inline(always)]
    pub unsafe fn store_one(
        &self,
        gil: &Gil,
        result: Object,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        // SAFETY: `result` is borrowed, the GIL is held, and the frame has the layout of the
        // signature.
        unsafe {
            let one = self.0.get_unchecked(0);
            let slots = frame.add(one.slot);
            match one.store(gil, result, slots) {
                true => Ok(()),
                false => one.store_other(gil, result, slots, None),
            }
        }
    }

    /// Stores an `int` of one digit if the one return is an int64 or any value: the commonest, on a short
    /// way. False for anything else.
    ///
    /// # Safety
    /// As for [`store`](ReturnMarshaller::store); there is a return, and its slots are at `slots`.
    #[inline(always)]
    pub unsafe fn store_digit(&self, api: &Api, result: Object, slots: *mut metaffi_slot) -> bool {
        // SAFETY: `result` is borrowed, the GIL is held, and the frame has the layout of the
        // signature; there is a return, and its slots are there.
        unsafe {
            let Some(PlainNumber::Int(number)) = api.number(result) else { return false };
            let number = number.cast_unsigned();
            match self.0.get_unchecked(0).kind {
                Kind::Int64 => *slots = number,
                Kind::Any => {
                    *slots = Kind::Int64 as metaffi_slot;
                    *slots.add(1) = number;
                }
                _ => return false,
            }
            true
        }
    }

    /// Whether there is none, or one that is a number.
    pub fn is_number(&self) -> bool {
        self.0.len() <= 1 && self.0.iter().all(|one| convert::is_number(one.kind))
    }

    /// The slot of the number that a result is.
    ///
    /// # Safety
    /// As for [`store`](ReturnMarshaller::store); there is one return, [a number](Returns::is_number).
    #[inline(always)]
    pub unsafe fn number(&self, gil: &Gil, result: Object) -> Result<metaffi_slot> {
        // SAFETY: `result` is borrowed, the GIL is held, and the frame has the layout of the
        // signature; there is one return, [a number](Returns::is_number); a number has one slot.
        unsafe {
            let one = self.0.get_unchecked(0);
            if let Some(slot) = convert::exact(gil.api, result, one.kind) {
                return Ok(slot);
            }
            let mut slot = 0;
            one.store_other(gil, result, &raw mut slot, None)?;
            Ok(slot)
        }
    }

    #[inline(never)]
    unsafe fn store_several(
        &self,
        gil: &Gil,
        result: Object,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        let api = gil.api;
        // SAFETY: `result` is alive, and the GIL is held; the frame has room for the returns; a tuple
        // that the caller has keeps its items, whatever converting them runs.
        unsafe {
            if api.type_of(result) == api.PyTuple_Type
                && let Some((items, length)) = api.items(result)
            {
                return self.store_items(gil, length, |index| *items.add(index), frame);
            }
            if api.flags_of(result) & (TPFLAGS_TUPLE_SUBCLASS | TPFLAGS_LIST_SUBCLASS) == 0 {
                return Err(self.wrong_result("no tuple"));
            }
            let items = PyRef::owned(gil, (api.PySequence_Tuple)(result))?;
            let length = (api.PyTuple_Size)(items.as_ptr()).cast_unsigned();
            let item = |index: usize| (api.PyTuple_GetItem)(items.as_ptr(), index.cast_signed());
            let stored = self.store_items(gil, length, item, frame);
            items.release(gil);
            stored
        }
    }

    /// Stores each item of a tuple, which keeps them.
    #[inline(always)]
    unsafe fn store_items(
        &self,
        gil: &Gil,
        length: usize,
        item: impl Fn(usize) -> Object,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        if length != self.0.len() {
            return Err(self.wrong_result(&format!("{length} of them")));
        }
        for (index, one) in self.0.iter().enumerate() {
            let item = item(index);
            // SAFETY: the item is alive, and the frame has room for the return.
            unsafe {
                let slots = frame.add(one.slot);
                if !one.store(gil, item, slots)
                    && let Err(error) = one.store_other(gil, item, slots, Some(index))
                {
                    self.clear(frame, index);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Frees the first `count` returns.
    ///
    /// # Safety
    /// So many were stored, and nobody uses them.
    pub unsafe fn clear(&self, frame: *mut metaffi_slot, count: usize) {
        for one in &self.0[..count] {
            // SAFETY: so many returns were stored, and nobody has seen them.
            unsafe { convert::clear(one.info.r#type, frame.add(one.slot)) };
        }
    }

    #[cold]
    fn wrong_result(&self, found: &str) -> Error {
        Error::mismatch(format!(
            "{} return values are declared, but Python returned {found}",
            self.0.len()
        ))
    }
}

impl ReturnConverter {
    /// Stores an `int` of one digit as an int64, the commonest, on a short way. False for anything else.
    #[inline(always)]
    unsafe fn store_int64(&self, api: &Api, result: Object, slot: *mut metaffi_slot) -> bool {
        // SAFETY: `result` is alive, the GIL is held, and there is room for the return.
        unsafe {
            if self.kind != Kind::Int64 || api.type_of(result) != api.PyLong_Type {
                return false;
            }
            let Some(number) = api.small_int(result) else { return false };
            *slot = number.cast_unsigned();
            true
        }
    }

    /// Stores a result that needs no further look; false for anything else, possibly with an
    /// exception set.
    #[inline(always)]
    unsafe fn store(&self, gil: &Gil, result: Object, slots: *mut metaffi_slot) -> bool {
        // SAFETY: `result` is alive, the GIL is held, and `slots` have room for the return.
        unsafe {
            if self.store_int64(gil.api, result, slots) {
                return true;
            }
            match self.kind {
                Kind::Any => plain_value::from_python(gil.api, result, slots),
                Kind::Handle => handle(gil, result, slots),
                Kind::Array if self.bytes => {
                    convert::store_bytes(gil, result, self.info.r#type, slots)
                }
                kind => scalar::from_python(gil.api, kind, result, slots),
            }
        }
    }

    /// A result that is no plain scalar, or whose fast conversion has failed.
    #[inline(never)]
    unsafe fn store_other(
        &self,
        gil: &Gil,
        result: Object,
        slots: *mut metaffi_slot,
        index: Option<usize>,
    ) -> Result<()> {
        let api = gil.api;
        // SAFETY: `result` is alive, and the GIL is held; `slots` have room for the return.
        let stored = unsafe {
            if self.kind == Kind::Any {
                convert::any_from_python(gil, result, &self.info, slots)
            } else {
                if !(api.PyErr_Occurred)().is_null() {
                    (api.PyErr_Clear)();
                }
                convert::from_python(gil, result, self.info.r#type, &self.info, slots)
            }
        };
        stored.map_err(|error| match index {
            Some(index) => error.at(format_args!("return {index}")),
            None => error.at("the return"),
        })
    }
}

/// Stores a new handle for an object; false if that takes more.
#[inline(always)]
unsafe fn handle(gil: &Gil, object: Object, slot: *mut metaffi_slot) -> bool {
    // SAFETY: `object` is alive, the GIL is held, and there is room for a handle.
    unsafe {
        if object == gil.api._Py_NoneStruct {
            *slot = 0;
            return true;
        }
        let Ok(key) = handle_of(gil, object) else { return false };
        *slot = key.addr() as metaffi_slot;
        true
    }
}
