//! [`ReturnMarshaller`]: what stores a Python result in a frame's return slots, compiled from a
//! signature.

use crate::abi::metaffi_slot;
use crate::error::{Error, Result};
use crate::python::api::{Object, TPFLAGS_LIST_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS};
use crate::python::convert::{self, scalar};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::signature::{Kind, Signature, TypeInfo};

/// The converters of a signature's returns.
pub struct ReturnMarshaller(Box<[ReturnConverter]>);

struct ReturnConverter {
    kind: Kind,
    slot: usize,
    info: TypeInfo,
}

impl ReturnMarshaller {
    /// The converters for a signature.
    pub fn new(signature: &Signature) -> ReturnMarshaller {
        let layout = signature.layout();
        let returns = signature.returns.iter().zip(layout.returns());
        let converter = |(info, slot): (&TypeInfo, &usize)| ReturnConverter {
            kind: scalar::plain_kind(info),
            slot: *slot,
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
            match scalar::from_python(gil.api, one.kind, result, slots) {
                true => Ok(()),
                false => one.store_other(gil, result, slots, None),
            }
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
        // SAFETY: `result` is alive, and the GIL is held; the frame has room for the returns; the
        // sequence owns its items while they are converted.
        unsafe {
            if api.flags_of(result) & (TPFLAGS_TUPLE_SUBCLASS | TPFLAGS_LIST_SUBCLASS) == 0 {
                return Err(self.wrong_result("no tuple"));
            }
            let items = (api.PySequence_Tuple)(result);
            if items.is_null() {
                return Err(error::fetch(gil));
            }
            let outcome = self.store_items(gil, items, frame);
            api.decref(items);
            outcome
        }
    }

    unsafe fn store_items(&self, gil: &Gil, items: Object, frame: *mut metaffi_slot) -> Result<()> {
        let api = gil.api;
        // SAFETY: the caller has a tuple.
        unsafe {
            let length = (api.PyTuple_Size)(items);
            if length.cast_unsigned() != self.0.len() {
                return Err(self.wrong_result(&format!("{length} of them")));
            }
            for (index, one) in self.0.iter().enumerate() {
                let item = (api.PyTuple_GetItem)(items, index.cast_signed());
                let slots = frame.add(one.slot);
                if scalar::from_python(api, one.kind, item, slots) {
                    continue;
                }
                if let Err(error) = one.store_other(gil, item, slots, Some(index)) {
                    self.clear(frame, index);
                    return Err(error);
                }
            }
            Ok(())
        }
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
            if !(api.PyErr_Occurred)().is_null() {
                (api.PyErr_Clear)();
            }
            convert::from_python(gil, result, self.info.r#type, &self.info, slots)
        };
        stored.map_err(|error| match index {
            Some(index) => error.at(format_args!("return {index}")),
            None => error.at("the return"),
        })
    }
}
