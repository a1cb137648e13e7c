//! Copies of lists.

use std::collections::HashMap;

use crate::python::api::{Api, Object};
use crate::value::MAX_DEPTH;

/// A list of what is in a list or tuple: numbers, text, bytes and dicts as they are, lists and
/// tuples as copies, one of each that is there several times. `None` if there is anything else in
/// it, or if it is nested too deep; no exception is set then.
///
/// # Safety
/// `list` is alive, and the GIL is held.
pub(super) unsafe fn copy(api: &'static Api, list: Object) -> Option<Object> {
    let mut copier = Copier { api, shared: HashMap::new() };
    // SAFETY: `list` is alive, and the GIL is held; what was kept is given up.
    unsafe {
        let copied = copier.list(list, 0);
        for (original, copied) in copier.shared {
            api.decref(original);
            api.decref(copied);
        }
        copied
    }
}

struct Copier {
    api: &'static Api,
    /// What others refer to as well, and the copies of it: references of their own.
    shared: HashMap<Object, Object>,
}

impl Copier {
    unsafe fn list(&mut self, list: Object, depth: usize) -> Option<Object> {
        let api = self.api;
        // SAFETY: `list` is a list that is alive, and the GIL is held. What runs Python code is the
        // garbage collector alone, when a list is made: an item may be gone then, and what is
        // looked into is kept.
        unsafe {
            let is_list = api.type_of(list) == api.PyList_Type;
            let length = if is_list { (api.PyList_Size)(list) } else { (api.PyTuple_Size)(list) };
            let to = (api.PyList_New)(length);
            if to.is_null() {
                (api.PyErr_Clear)();
                return None;
            }
            for index in 0..length {
                let item = match is_list {
                    true => (api.PyList_GetItem)(list, index),
                    false => (api.PyTuple_GetItem)(list, index),
                };
                if item.is_null() {
                    (api.PyErr_Clear)();
                    api.decref(to);
                    return None;
                }
                let Some(item) = self.item(item, depth) else {
                    api.decref(to);
                    return None;
                };
                (api.PyList_SetItem)(to, index, item);
            }
            Some(to)
        }
    }

    /// A new reference to what stands for an item.
    #[inline(always)]
    unsafe fn item(&mut self, item: Object, depth: usize) -> Option<Object> {
        let api = self.api;
        // SAFETY: a live object under the GIL.
        unsafe {
            let r#type = api.type_of(item);
            let same = r#type == api.PyLong_Type
                || r#type == api.PyUnicode_Type
                || r#type == api.PyFloat_Type
                || r#type == api.PyBool_Type
                || r#type == api.PyBytes_Type
                || r#type == api.PyDict_Type
                || item == api._Py_NoneStruct;
            if same {
                api.incref(item);
                return Some(item);
            }
            let nested = r#type == api.PyList_Type || r#type == api.PyTuple_Type;
            if !nested || depth >= MAX_DEPTH {
                return None;
            }
            self.nested(item, depth)
        }
    }

    unsafe fn nested(&mut self, item: Object, depth: usize) -> Option<Object> {
        let api = self.api;
        // SAFETY: a live list or tuple under the GIL.
        unsafe {
            let is_shared = !api.is_sole(item);
            if is_shared && let Some(copied) = self.shared.get(&item) {
                api.incref(*copied);
                return Some(*copied);
            }
            api.incref(item);
            let copied = self.list(item, depth + 1);
            match copied {
                Some(copied) if is_shared => {
                    api.incref(copied);
                    self.shared.insert(item, copied);
                }
                _ => api.decref(item),
            }
            copied
        }
    }
}
