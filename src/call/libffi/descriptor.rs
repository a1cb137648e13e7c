//! [`Descriptors`]: libffi's description of types, owned and at fixed addresses.

use std::ptr;

use libffi::raw::{self, ffi_type};

use crate::call::plan::native_type::NativeType;
use crate::error::{Error, Result};

/// The `ffi_type`s built for one call interface. Scalars are libffi's own statics.
#[derive(Default)]
pub(in crate::call) struct Descriptors {
    aggregates: Vec<*mut ffi_type>,
    element_lists: Vec<*mut [*mut ffi_type]>,
}

impl Descriptors {
    /// The description of a parameter.
    pub(in crate::call) fn parameter(&mut self, native: &NativeType) -> Result<*mut ffi_type> {
        match native {
            NativeType::Void => Err(Error::invalid("a parameter cannot be void; leave it out")),
            NativeType::Aggregate { size: 0, .. } => empty_parameter(),
            _ => self.describe(native),
        }
    }

    /// The description of a return type.
    pub(in crate::call) fn returned(&mut self, native: &NativeType) -> Result<*mut ffi_type> {
        match native {
            NativeType::Aggregate { size: 0, .. } => Ok(&raw mut raw::ffi_type_void),
            _ => self.describe(native),
        }
    }

    fn describe(&mut self, native: &NativeType) -> Result<*mut ffi_type> {
        Ok(match native {
            NativeType::Void => &raw mut raw::ffi_type_void,
            NativeType::I8 => &raw mut raw::ffi_type_sint8,
            NativeType::U8 => &raw mut raw::ffi_type_uint8,
            NativeType::I16 => &raw mut raw::ffi_type_sint16,
            NativeType::U16 => &raw mut raw::ffi_type_uint16,
            NativeType::I32 => &raw mut raw::ffi_type_sint32,
            NativeType::U32 => &raw mut raw::ffi_type_uint32,
            NativeType::I64 => &raw mut raw::ffi_type_sint64,
            NativeType::U64 => &raw mut raw::ffi_type_uint64,
            NativeType::F32 => &raw mut raw::ffi_type_float,
            NativeType::F64 => &raw mut raw::ffi_type_double,
            NativeType::LongDouble => &raw mut raw::ffi_type_longdouble,
            NativeType::ComplexF32 => &raw mut raw::ffi_type_complex_float,
            NativeType::ComplexF64 => &raw mut raw::ffi_type_complex_double,
            NativeType::ComplexLongDouble => &raw mut raw::ffi_type_complex_longdouble,
            NativeType::Pointer => &raw mut raw::ffi_type_pointer,
            NativeType::Vector => {
                let message = "a vector cannot be passed or returned by value here; use a pointer";
                return Err(Error::unsupported(message));
            }
            NativeType::Aggregate { size, align, elements } => {
                self.aggregate(*size, *align, elements)?
            }
        })
    }

    /// With the size given, libffi computes no layout of its own and only classifies.
    fn aggregate(
        &mut self,
        size: usize,
        align: usize,
        elements: &[NativeType],
    ) -> Result<*mut ffi_type> {
        let list = elements.iter().map(|element| self.describe(element));
        let mut list = list.collect::<Result<Vec<_>>>()?;
        list.push(ptr::null_mut());
        let list = Box::into_raw(list.into_boxed_slice());
        self.element_lists.push(list);
        let aggregate = Box::into_raw(Box::new(ffi_type {
            size,
            alignment: u16::try_from(align).unwrap_or(1 << 15),
            type_: raw::FFI_TYPE_STRUCT,
            elements: list.cast(),
        }));
        self.aggregates.push(aggregate);
        Ok(aggregate)
    }
}

/// On System V x86-64 an empty C struct takes neither a register nor a stack slot, which is what
/// libffi's classification does with its `void`.
fn empty_parameter() -> Result<*mut ffi_type> {
    if cfg!(all(target_arch = "x86_64", not(windows))) {
        return Ok(&raw mut raw::ffi_type_void);
    }
    let message = "an empty struct cannot be passed by value on this platform; pass a pointer";
    Err(Error::unsupported(message))
}

impl Drop for Descriptors {
    fn drop(&mut self) {
        for aggregate in self.aggregates.drain(..) {
            // SAFETY: made by Box::into_raw in `aggregate` and freed only here.
            drop(unsafe { Box::from_raw(aggregate) });
        }
        for list in self.element_lists.drain(..) {
            // SAFETY: made by Box::into_raw in `aggregate` and freed only here.
            drop(unsafe { Box::from_raw(list) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_agree_with_libffi() {
        use NativeType::*;
        let mut descriptors = Descriptors::default();
        for native in [
            I8,
            U8,
            I16,
            U16,
            I32,
            U32,
            I64,
            U64,
            F32,
            F64,
            LongDouble,
            ComplexF32,
            ComplexF64,
            ComplexLongDouble,
            Pointer,
        ] {
            let description = descriptors.parameter(&native).unwrap();
            // SAFETY: one of libffi's statics, which nothing writes.
            assert_eq!(unsafe { (*description).size }, native.size(), "{native:?}");
        }
    }

    #[test]
    fn an_aggregate_keeps_the_size_it_was_given() {
        let elements = vec![NativeType::I64, NativeType::F32];
        let native = NativeType::Aggregate { size: 12, align: 4, elements };
        let mut descriptors = Descriptors::default();
        let description = descriptors.parameter(&native).unwrap();
        // SAFETY: owned by `descriptors`.
        let (size, align) = unsafe { ((*description).size, (*description).alignment) };
        assert_eq!((size, align), (12, 4));
    }
}
