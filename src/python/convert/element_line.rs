//! [`ElementLine`]: an array of one dimension whose elements are given to Python one by one.

use std::marker::PhantomData;

use super::slot::{Slots, load, pointer};
use super::text::Surrogates;
use super::to_python::leaf;
use super::{plain_value, scalar};
use crate::abi::{metaffi_array, metaffi_slot};
use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::signature::{Kind, Type};
use crate::value::array::size_of_element;

/// An array of one dimension; one that is not there has no elements.
pub struct ElementLine<'a> {
    data: *const u8,
    length: usize,
    stride: isize,
    element: Type,
    elements: PhantomData<&'a u8>,
}

/// More elements than memory has room for.
const MOST: usize = isize::MAX as usize / size_of::<Slots>();

impl<'a> ElementLine<'a> {
    /// No elements.
    pub const NONE: ElementLine<'static> = ElementLine {
        data: std::ptr::null(),
        length: 0,
        stride: 0,
        element: Type::ARRAY,
        elements: PhantomData,
    };

    /// That of an array in a slot that was declared as of a type; `None` of one of other elements, of arrays,
    /// and of one that is seen to be wrong.
    ///
    /// # Safety
    /// The slot is NULL or an array as for [`View::new`](crate::value::array::View::new).
    #[inline(always)]
    pub unsafe fn new(declared: Type, slot: metaffi_slot) -> Option<ElementLine<'a>> {
        // SAFETY: NULL, or an array; of one dimension, it has one length, and one stride if any.
        unsafe {
            let Some(array) = pointer::<metaffi_array>(slot).as_ref() else {
                return Some(ElementLine::NONE);
            };
            if array.rank != 1 || array.shape.is_null() {
                return None;
            }
            let element = match declared.element() {
                Some(element) => Some(element).filter(|known| known.number() == array.element),
                None => Type::new(array.element).ok().filter(|known| !known.is_array()),
            }?;
            let (length, size) = (*array.shape, size_of_element(element));
            if size == 0 || length > MOST || array.data.is_null() && length != 0 {
                return None;
            }
            let stride = array.strides.as_ref().map_or(size.cast_signed(), |stride| *stride);
            Some(ElementLine {
                data: array.data.cast(),
                length,
                stride,
                element,
                elements: PhantomData,
            })
        }
    }

    /// How many elements there are.
    #[inline]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Its memory, if the elements are bytes that follow each other: where, and how many.
    #[inline(always)]
    pub fn row(&self) -> Option<(*const u8, usize)> {
        (self.stride == 1 && size_of_element(self.element) == 1).then_some((self.data, self.length))
    }

    /// Where an element is.
    #[inline(always)]
    pub fn address(&self, index: usize) -> *const u8 {
        self.data.wrapping_offset(self.stride.wrapping_mul(index.cast_signed()))
    }

    /// Writes a new object for each element; if one fails there are none.
    ///
    /// # Safety
    /// What the elements hold is valid, and there is room for so many objects.
    pub unsafe fn to_python(
        &self,
        gil: &Gil,
        scope: &CallScope,
        objects: *mut Object,
    ) -> Result<()> {
        let (api, kind) = (gil.api, self.element.kind());
        for index in 0..self.length {
            let address = self.address(index);
            // SAFETY: an element is at the address; those before it have been made.
            unsafe {
                let (copy, mut slots, mut object): (Slots, _, _);
                if kind == Kind::Any {
                    slots = address.cast::<metaffi_slot>();
                    if !slots.is_aligned() {
                        copy = address.cast::<Slots>().read_unaligned();
                        slots = copy.as_ptr();
                    }
                    object = plain_value::to_python(api, slots);
                } else {
                    copy = load(address, self.element);
                    slots = copy.as_ptr();
                    object = scalar::to_python(api, kind, slots);
                }
                if object.is_null() {
                    (api.PyErr_Clear)();
                    let made = leaf(gil, scope, self.element, Surrogates::Strict, slots);
                    match made.map_err(|error| error.at(format_args!("[{index}]"))) {
                        Ok(made) => object = made.into_ptr(),
                        Err(error) => {
                            (0..index).for_each(|made| api.decref(*objects.add(made)));
                            return Err(error);
                        }
                    }
                }
                *objects.add(index) = object;
            }
        }
        Ok(())
    }
}
