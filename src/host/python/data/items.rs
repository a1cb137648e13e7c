//! [`Items`]: what is in a list or a tuple, and what stands for a value part by part.

use crate::error::Result;
use crate::python::api::{Object, TPFLAGS_DICT_SUBCLASS};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// The items of a list or a tuple. A list may become shorter while they are read.
pub(super) struct Items {
    sequence: PyRef,
    is_list: bool,
    count: usize,
}

impl Items {
    /// Those of an exact list or tuple.
    pub(super) fn of(gil: &Gil, sequence: &PyRef) -> Result<Items> {
        // SAFETY: a live object under the GIL.
        unsafe {
            let is_list = gil.api.type_of(sequence.as_ptr()) == gil.api.PyList_Type;
            let count = match is_list {
                true => (gil.api.PyList_Size)(sequence.as_ptr()),
                false => (gil.api.PyTuple_Size)(sequence.as_ptr()),
            };
            let count = count.cast_unsigned();
            Ok(Items { sequence: sequence.clone_ref(gil), is_list, count })
        }
    }

    /// How many there were.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// One of them, borrowed; `None` behind the last.
    #[inline(always)]
    pub(super) fn get(&self, gil: &Gil, index: usize) -> Option<Object> {
        if index >= self.count {
            return None;
        }
        let (api, at) = (gil.api, index.cast_signed());
        // SAFETY: a list or a tuple under the GIL.
        unsafe {
            let item = match self.is_list {
                true => (api.PyList_GetItem)(self.sequence.as_ptr(), at),
                false => (api.PyTuple_GetItem)(self.sequence.as_ptr(), at),
            };
            if item.is_null() {
                (api.PyErr_Clear)();
            }
            (!item.is_null()).then_some(item)
        }
    }
}

/// Whether an object is a dict.
pub(super) fn is_dict(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    unsafe {
        gil.api.type_of(object.as_ptr()) == gil.api.PyDict_Type
            || gil.api.flags_of(object.as_ptr()) & TPFLAGS_DICT_SUBCLASS != 0
    }
}

/// Whether an object is a list or a tuple.
pub(super) fn is_sequence(gil: &Gil, object: &PyRef) -> bool {
    // SAFETY: a live object under the GIL.
    let r#type = unsafe { gil.api.type_of(object.as_ptr()) };
    r#type == gil.api.PyList_Type || r#type == gil.api.PyTuple_Type
}
