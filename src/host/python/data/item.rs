//! Elements of arrays, what pointers point to, and parts by path, as items.

use std::ffi::c_int;
use std::ptr;

use super::attribute::pointed_into;
use super::place::Place;
use super::raise::{clear, exception, pending};
use super::table::Shape;
use super::{DataTable, fields, load, memory, store};
use crate::error::Result;
use crate::host::python::trampoline::{trampoline, trampoline_status};
use crate::python::api::{Api, Object};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::support;

/// `Py_mp_length`, and `Py_sq_length`, which `reversed` asks for.
pub(super) unsafe extern "C-unwind" fn length(object: Object) -> isize {
    let mut length = -1;
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline_status(|gil| {
            length = known_length(gil, &Place::of(gil, object)?)?.cast_signed();
            Ok(())
        });
    }
    length
}

/// The number of elements, or a TypeError.
fn known_length(gil: &Gil, place: &Place) -> Result<usize> {
    let known = place.length(gil)?.map(|(length, _)| length);
    known.ok_or_else(|| {
        let message = format!("{} has no length", place.table.spell());
        exception(gil, gil.api.PyExc_TypeError, &message)
    })
}

/// `Py_tp_iter`
pub(super) unsafe extern "C-unwind" fn iterate(object: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            known_length(gil, &Place::of(gil, object)?)?;
            PyRef::owned(gil, (gil.api.PySeqIter_New)(object))
        })
    }
}

/// The element of that number, where it is, and whose memory that is; `None` needs a closer look.
///
/// # Safety
/// `object` is an instance.
#[inline(always)]
unsafe fn find<'a>(object: Object, index: isize) -> Option<(&'a DataTable, *mut u8, Object)> {
    // SAFETY: as above; so is an owner.
    unsafe {
        let data = fields(object);
        let table = data.table()?;
        let element = table.known_inner()?;
        match table.shape {
            Shape::Array => {
                let index = usize::try_from(index).ok()?;
                if index >= table.length || table.length == usize::MAX {
                    return None;
                }
                let root = if data.is_own() { object } else { data.owner() };
                let at = data.address().wrapping_add(index * element.size);
                memory::is_there(root).then_some((element, at, root))
            }
            Shape::Pointer if !data.address().is_null() && element.size > 0 => {
                let bytes = index.checked_mul(element.size.cast_signed())?;
                let at = data.address().wrapping_offset(bytes);
                Some((element, at, pointed_into(data, at, element.size)?))
            }
            _ => None,
        }
    }
}

/// `Py_sq_item`
pub(super) unsafe extern "C-unwind" fn item(object: Object, index: isize) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        if let Some((element, at, root)) = find(object, index) {
            let found = load::quick(api, element, at, root);
            if !found.is_null() {
                return found;
            }
        }
        trampoline(|gil| {
            clear(gil);
            load::load(gil, &Place::of(gil, object)?.element(gil, index)?)
        })
    }
}

/// The index that an exact int is; `None` needs a closer look.
#[inline(always)]
unsafe fn index(api: &Api, key: Object) -> Option<isize> {
    // SAFETY: the caller has a live object under the GIL.
    unsafe {
        if api.type_of(key) != api.PyLong_Type {
            return None;
        }
        api.small_int(key).map(|index| index as isize)
    }
}

/// `Py_mp_subscript`
pub(super) unsafe extern "C-unwind" fn get(object: Object, key: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and a key, holding the GIL.
    unsafe {
        if let Some(index) = index(api, key)
            && let Some((element, at, root)) = find(object, index)
        {
            let found = load::quick(api, element, at, root);
            if !found.is_null() {
                return found;
            }
        }
        get_other(object, key)
    }
}

#[inline(never)]
unsafe fn get_other(object: Object, key: Object) -> Object {
    // SAFETY: the caller has an instance and a key, under the GIL.
    unsafe {
        trampoline(|gil| {
            clear(gil);
            let subscript = Subscript::of(gil, key)?;
            let place = Place::of(gil, object)?;
            match subscript {
                Subscript::Index(index) => load::load(gil, &place.element(gil, index)?),
                Subscript::Path(path) => load::load(gil, &place.at_path(gil, &path)?),
                Subscript::Slice(slice) => elements(gil, &place, &slice),
            }
        })
    }
}

/// `Py_mp_ass_subscript`
pub(super) unsafe extern "C-unwind" fn set(object: Object, key: Object, given: Object) -> c_int {
    let Some(api) = Api::get() else { return -1 };
    // SAFETY: Python calls this with an instance, a key, and an object or NULL, holding the GIL.
    unsafe {
        if !given.is_null()
            && let Some(index) = index(api, key)
            && let Some((element, at, _)) = find(object, index)
            && let Shape::Scalar(scalar) = element.shape
            && !element.constant
            && scalar.store_exact(api, at, given)
        {
            return 0;
        }
        set_other(object, key, given)
    }
}

#[inline(never)]
unsafe fn set_other(object: Object, key: Object, given: Object) -> c_int {
    // SAFETY: the caller has an instance, a key, and an object or NULL, under the GIL.
    unsafe {
        trampoline_status(|gil| {
            clear(gil);
            if given.is_null() {
                let message = "parts of an object cannot be deleted";
                return Err(exception(gil, gil.api.PyExc_TypeError, message));
            }
            let given = PyRef::new_reference(gil, given);
            let subscript = Subscript::of(gil, key)?;
            let place = Place::of(gil, object)?;
            match subscript {
                Subscript::Index(index) => store::assign(gil, &place.element(gil, index)?, &given)
                    .map_err(|error| error.at(format_args!("[{index}]"))),
                Subscript::Path(path) => store::assign(gil, &place.at_path(gil, &path)?, &given)
                    .map_err(|error| error.context(format_args!("path `{path}`"))),
                Subscript::Slice(slice) => set_elements(gil, &place, &slice, &given),
            }
        })
    }
}

/// What is in brackets.
enum Subscript {
    Index(isize),
    Path(String),
    Slice(PyRef),
}

impl Subscript {
    unsafe fn of(gil: &Gil, key: Object) -> Result<Subscript> {
        let api = gil.api;
        // SAFETY: the caller has a live object under the GIL.
        unsafe {
            let r#type = api.type_of(key);
            if r#type == api.PyUnicode_Type {
                return text_of(gil, &PyRef::new_reference(gil, key)).map(Subscript::Path);
            }
            if r#type == api.PySlice_Type {
                return Ok(Subscript::Slice(PyRef::new_reference(gil, key)));
            }
            if (api.PyIndex_Check)(key) == 0 {
                let message = "the key is an index, a slice or the path of a part as a str";
                return Err(exception(gil, api.PyExc_TypeError, message));
            }
            let index = (api.PyNumber_AsSsize_t)(key, api.PyExc_IndexError);
            match index == -1 && !(api.PyErr_Occurred)().is_null() {
                true => Err(pending()),
                false => Ok(Subscript::Index(index)),
            }
        }
    }
}

/// The indices that a slice names: the first, the step, and how many.
fn indices(gil: &Gil, place: &Place, slice: &PyRef) -> Result<(isize, isize, usize)> {
    let api = gil.api;
    let (mut start, mut stop, mut step) = (0, 0, 0);
    // SAFETY: a slice under the GIL.
    unsafe {
        if (api.PySlice_Unpack)(slice.as_ptr(), &mut start, &mut stop, &mut step) != 0 {
            return Err(fetch(gil));
        }
        let length = match place.length(gil)? {
            Some((length, _)) => length,
            // A pointer does not say where what it points to ends.
            None if place.table.is_pointer() && step > 0 && stop != isize::MAX => {
                let between = (stop as i128 - start as i128).max(0).cast_unsigned();
                let count = between.div_ceil(step.cast_unsigned() as u128);
                return Ok((start, step, usize::try_from(count).unwrap_or(usize::MAX)));
            }
            None => known_length(gil, place)?,
        };
        let length = length.cast_signed();
        let count = (api.PySlice_AdjustIndices)(length, &mut start, &mut stop, step);
        Ok((start, step, count.cast_unsigned()))
    }
}

/// A list of the elements that a slice names.
fn elements(gil: &Gil, place: &Place, slice: &PyRef) -> Result<PyRef> {
    let (start, step, count) = indices(gil, place, slice)?;
    // SAFETY: a new list under the GIL takes each item over.
    unsafe {
        let list = PyRef::owned(gil, (gil.api.PyList_New)(0))?;
        for number in 0..count {
            let place = place.element(gil, start + number.cast_signed() * step)?;
            let item = load::load(gil, &place)?;
            if (gil.api.PyList_Append)(list.as_ptr(), item.as_ptr()) != 0 {
                return Err(fetch(gil));
            }
        }
        Ok(list)
    }
}

fn set_elements(gil: &Gil, place: &Place, slice: &PyRef, given: &PyRef) -> Result<()> {
    let (start, step, count) = indices(gil, place, slice)?;
    let items = support::items(gil, given)?;
    if items.len() != count {
        let message = format!("{} values for {count} elements: data keeps its length", items.len());
        return Err(exception(gil, gil.api.PyExc_ValueError, &message));
    }
    for (number, item) in items.iter().enumerate() {
        let index = start + number.cast_signed() * step;
        store::assign(gil, &place.element(gil, index)?, item)
            .map_err(|error| error.at(format_args!("[{index}]")))?;
    }
    Ok(())
}
