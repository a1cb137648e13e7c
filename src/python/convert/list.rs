//! Lists, tuples and whatever else can be iterated, as arrays.

use std::slice;

use super::describe::mismatch;
use super::exchange::exchanges;
use super::from_python::leaf;
use super::slot::{save, save_number, word};
use super::text::Surrogates;
use super::{buffer, number, plain_value, repeated, scalar};
use crate::abi::metaffi_slot;
use crate::error::{Error, Result};
use crate::python::api::{
    Api, Object, TPFLAGS_DICT_SUBCLASS, TPFLAGS_LIST_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS,
    TPFLAGS_UNICODE_SUBCLASS,
};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::signature::{Kind, MAX_RANK, Type};
use crate::value::MAX_DEPTH;
use crate::value::array::{OwnedArray, size_of_element};

/// The array of an object: of the memory that it exports, else of its items. 0 for None.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn array(
    gil: &Gil,
    object: Object,
    r#type: Type,
    dimensions: usize,
    surrogates: Surrogates,
) -> Result<metaffi_slot> {
    // SAFETY: `object` is alive.
    unsafe {
        if let Some(element) = r#type.element()
            && is_list(gil, object)
        {
            repeated::check(gil, object, element.kind(), dimensions)?;
        }
        row_array(gil, object, r#type, dimensions, surrogates, 0)
    }
}

/// The array of an object that so many others are around.
unsafe fn row_array(
    gil: &Gil,
    object: Object,
    r#type: Type,
    dimensions: usize,
    surrogates: Surrogates,
    depth: usize,
) -> Result<metaffi_slot> {
    let api = gil.api;
    // SAFETY: `object` is alive.
    unsafe {
        if object == api._Py_NoneStruct {
            return Ok(0);
        }
        let has_memory = || (api.PyObject_CheckBuffer)(object) != 0 || exchanges(gil, object);
        if !is_list(gil, object) && has_memory() {
            return buffer::array(gil, object, r#type, dimensions, surrogates)
                .map(|array| word(array.into_raw()));
        }
        let array = match r#type.element() {
            Some(element) => rows(gil, object, element, dimensions, surrogates, depth)?,
            None => super::any::array(gil, object, surrogates)?,
        };
        check_packed(&array, r#type)?;
        check_rank(&array, r#type, dimensions)?;
        Ok(word(array.into_raw()))
    }
}

fn check_packed(array: &OwnedArray, declared: Type) -> Result<()> {
    if !declared.is_packed() || !array.view().element().is_array() {
        return Ok(());
    }
    Err(Error::mismatch(format!("rows of different lengths given for {declared}: make them equal")))
}

fn check_rank(array: &OwnedArray, declared: Type, dimensions: usize) -> Result<()> {
    let rank = array.view().shape().len();
    if dimensions == 0 || array.view().element().is_array() || rank == dimensions {
        return Ok(());
    }
    Err(Error::mismatch(format!("{rank} dimensions given for {declared} rank {dimensions}")))
}

/// Whether it is a list or a tuple, or of a subclass.
pub(super) fn is_list(gil: &Gil, object: Object) -> bool {
    // SAFETY: callers have a live object.
    let flags = unsafe { gil.api.flags_of(object) };
    flags & (TPFLAGS_LIST_SUBCLASS | TPFLAGS_TUPLE_SUBCLASS) != 0
}

/// The array of what an object's items are; with rows of different lengths, an array of arrays.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn of_items(
    gil: &Gil,
    object: Object,
    element: Type,
    dimensions: usize,
    surrogates: Surrogates,
) -> Result<OwnedArray> {
    // SAFETY: `object` is alive.
    unsafe { rows(gil, object, element, dimensions, surrogates, 0) }
}

unsafe fn rows(
    gil: &Gil,
    object: Object,
    element: Type,
    dimensions: usize,
    surrogates: Surrogates,
    depth: usize,
) -> Result<OwnedArray> {
    // SAFETY: `object` is alive; the new list keeps its items alive.
    unsafe {
        let list = listed(gil, object, element)?;
        let rank = match dimensions {
            0 if matches!(element.kind(), Kind::Any | Kind::Tuple) => 1,
            0 if begins_with_memory(gil, list.as_ptr()) => {
                return ragged(gil, &list, element, 0, surrogates, depth);
            }
            0 => rank(gil, list.as_ptr())?,
            dimensions => dimensions,
        };
        let mut shape = vec![0; rank];
        if !regular(gil, list.as_ptr(), &mut shape) {
            let dimensions = dimensions.saturating_sub(1);
            return ragged(gil, &list, element, dimensions, surrogates, depth);
        }
        let array = OwnedArray::new(element, &shape)?;
        fill(gil, list.as_ptr(), &shape, element, surrogates, array.view().data())?;
        Ok(array)
    }
}

/// The object itself if it is a list or a tuple, else a list of what iterating it gives.
unsafe fn listed(gil: &Gil, object: Object, element: Type) -> Result<PyRef> {
    let api = gil.api;
    // SAFETY: `object` is alive.
    unsafe {
        if is_list(gil, object) {
            return Ok(PyRef::new_reference(gil, object));
        }
        let text = TPFLAGS_UNICODE_SUBCLASS | TPFLAGS_DICT_SUBCLASS;
        let advice = "pass a list, a tuple, or an object with the buffer protocol";
        let declared = element.array().unwrap_or(element);
        let flags = api.flags_of(object);
        if flags & text != 0
            && !(flags & TPFLAGS_UNICODE_SUBCLASS != 0 && number::is_character(element.kind()))
        {
            return Err(mismatch(gil, object, declared, advice));
        }
        if let Some(list) = PyRef::from_owned((api.PySequence_List)(object)) {
            return Ok(list);
        }
        if (api.PyErr_ExceptionMatches)(api.PyExc_TypeError) == 0 {
            return Err(error::fetch(gil));
        }
        (api.PyErr_Clear)();
        Err(mismatch(gil, object, declared, advice))
    }
}

/// Whether the first item exports memory of its own: a row, though no list.
unsafe fn begins_with_memory(gil: &Gil, list: Object) -> bool {
    // SAFETY: as for `of_items`.
    unsafe {
        if size(gil, list) == 0 {
            return false;
        }
        // Exporting may run Python code, which may take the item out of the list.
        let first = PyRef::new_reference(gil, get(gil, list, 0));
        (gil.api.PyObject_CheckBuffer)(first.as_ptr()) != 0
            && buffer::Buffer::new(gil, first.as_ptr()).is_some_and(|buffer| buffer.rank() != 0)
    }
}

/// How many lists are in each other, going by the first items.
unsafe fn rank(gil: &Gil, list: Object) -> Result<usize> {
    let mut seen = vec![list];
    // SAFETY: a live list keeps its items, and nothing runs in between.
    unsafe {
        while let Some(first) = first_list(gil, seen[seen.len() - 1]) {
            if seen.contains(&first) {
                return Err(Error::invalid("the list contains itself; an array cannot"));
            }
            if seen.len() == MAX_RANK {
                return Err(Error::invalid(format!("lists are nested more than {MAX_RANK} deep")));
            }
            seen.push(first);
        }
    }
    Ok(seen.len())
}

/// The first item that is a list with something in it, else the first if that is a list.
unsafe fn first_list(gil: &Gil, list: Object) -> Option<Object> {
    // SAFETY: as for `rank`.
    unsafe {
        let first = Some(list).filter(|list| size(gil, *list) > 0).map(|list| get(gil, list, 0))?;
        if !is_list(gil, first) {
            return None;
        }
        let lists = (0..size(gil, list)).map(|index| get(gil, list, index));
        let full = lists.take_while(|item| is_list(gil, *item)).find(|item| size(gil, *item) > 0);
        Some(full.unwrap_or(first))
    }
}

/// The length of a list or tuple.
pub(super) unsafe fn size(gil: &Gil, list: Object) -> usize {
    // SAFETY: `list` is a list that is alive, and the GIL is held; it does not fail.
    unsafe {
        match gil.api.flags_of(list) & TPFLAGS_LIST_SUBCLASS {
            0 => (gil.api.PyTuple_Size)(list) as usize,
            _ => (gil.api.PyList_Size)(list) as usize,
        }
    }
}

/// An item of a list or tuple, borrowed.
pub(super) unsafe fn get(gil: &Gil, list: Object, index: usize) -> Object {
    // SAFETY: `list` is a list that is alive, and the GIL is held; the index is below the length.
    unsafe {
        match gil.api.flags_of(list) & TPFLAGS_LIST_SUBCLASS {
            0 => (gil.api.PyTuple_GetItem)(list, index as isize),
            _ => (gil.api.PyList_GetItem)(list, index as isize),
        }
    }
}

/// Whether lists of equal lengths are in each other, as many as there are dimensions; then their
/// lengths are the shape. Further dimensions of what is empty have no length.
unsafe fn regular(gil: &Gil, list: Object, shape: &mut [usize]) -> bool {
    // SAFETY: a live list keeps its items, and nothing runs in between.
    unsafe {
        shape[0] = size(gil, list);
        let (extent, rest) = (shape[0], &mut shape[1..]);
        if rest.is_empty() || extent == 0 {
            return true;
        }
        let mut of_row = vec![0; rest.len()];
        for index in 0..extent {
            let row = get(gil, list, index);
            if !is_list(gil, row) || !regular(gil, row, &mut of_row) {
                return false;
            }
            if index == 0 {
                rest.copy_from_slice(&of_row);
            } else if *rest != *of_row {
                return false;
            }
        }
        true
    }
}

/// An array of arrays, one for each item.
unsafe fn ragged(
    gil: &Gil,
    list: &PyRef,
    element: Type,
    dimensions: usize,
    surrogates: Surrogates,
    depth: usize,
) -> Result<OwnedArray> {
    if depth == MAX_DEPTH {
        let message =
            format!("lists are nested more than {MAX_DEPTH} deep; one may contain itself");
        return Err(Error::invalid(message));
    }
    let r#type = element.array().unwrap_or(Type::ARRAY);
    // SAFETY: a snapshot keeps the items, whatever their conversion runs.
    unsafe {
        let rows = PyRef::owned(gil, (gil.api.PySequence_Tuple)(list.as_ptr()))?;
        let array = OwnedArray::new(r#type, &[size(gil, rows.as_ptr())])?;
        for (index, address) in array.view().addresses().enumerate() {
            let row = get(gil, rows.as_ptr(), index);
            let row = self::row(gil, row, r#type, dimensions, surrogates, depth + 1)
                .map_err(|error| error.at(format_args!("[{index}]")))?;
            save(address, r#type, &[row, 0, 0]);
        }
        Ok(array)
    }
}

unsafe fn row(
    gil: &Gil,
    row: Object,
    r#type: Type,
    dimensions: usize,
    surrogates: Surrogates,
    depth: usize,
) -> Result<metaffi_slot> {
    // SAFETY: `object` is alive.
    unsafe {
        if row == gil.api._Py_NoneStruct {
            return Err(mismatch(gil, row, r#type, "a row is a list, if an empty one"));
        }
        row_array(gil, row, r#type, dimensions, surrogates, depth)
    }
}

/// Fills an array that is all zeroes with the items of lists of its shape.
unsafe fn fill(
    gil: &Gil,
    list: Object,
    shape: &[usize],
    element: Type,
    surrogates: Surrogates,
    data: *mut u8,
) -> Result<()> {
    // SAFETY: the array has the shape; what runs Python code works on a snapshot.
    unsafe {
        let done = match shape.len() {
            1 => numbers(gil, list, shape[0], element, data),
            _ => 0,
        };
        if done == shape[0] {
            return Ok(());
        }
        let items = PyRef::owned(gil, (gil.api.PySequence_Tuple)(list))?;
        if size(gil, items.as_ptr()) != shape[0] {
            return Err(Error::invalid("the list changed its length while it was read"));
        }
        let step = shape[1..].iter().product::<usize>() * size_of_element(element);
        for index in done..shape[0] {
            let item = get(gil, items.as_ptr(), index);
            let address = data.add(index * step);
            let filled = match shape.len() {
                1 => put(gil, item, element, surrogates, address),
                _ => fill(gil, item, &shape[1..], element, surrogates, address),
            };
            filled.map_err(|error| error.at(format_args!("[{index}]")))?;
        }
        Ok(())
    }
}

unsafe fn put(
    gil: &Gil,
    item: Object,
    element: Type,
    surrogates: Surrogates,
    address: *mut u8,
) -> Result<()> {
    let mut slots = [0; 3];
    let kind = element.kind();
    // SAFETY: `object` is alive.
    unsafe {
        let is_bool = gil.api.type_of(item) == gil.api.PyBool_Type;
        if is_bool && kind.is_scalar() && kind != Kind::Bool {
            return Err(mismatch(gil, item, kind, "a bool is no number silently: int(…)"));
        }
        leaf(gil, item, element, surrogates, slots.as_mut_ptr())?;
        save(address, element, &slots);
    }
    Ok(())
}

/// The array of an exact list or tuple of [plain values](plain_value): of the type that all of them have,
/// else of any; `None` for any other, also for an empty one. Runs no Python code.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn of_plain_values(gil: &Gil, object: Object) -> Result<Option<OwnedArray>> {
    let api = gil.api;
    // SAFETY: nothing changes the items while the GIL is held and no Python code runs; there is room for
    // each.
    unsafe {
        let Some((items, length)) = api.items(object).filter(|(_, length)| *length != 0) else {
            return Ok(None);
        };
        // Of most lists the first item shows what all are.
        if let Some(kind @ (Kind::Int64 | Kind::Float64)) = plain_value::kind(api, *items) {
            let array = OwnedArray::unwritten(kind.into(), length)?;
            if numbers(gil, object, length, kind.into(), array.data.cast()) == length {
                return Ok(Some(array));
            }
        }
        let Some(kind) = common_kind(api, slice::from_raw_parts(items, length)) else {
            return Ok(None);
        };
        let array = OwnedArray::new(kind.into(), &[length])?;
        let slots: *mut metaffi_slot = array.data.cast();
        let filled = match kind {
            Kind::Any => (0..length).all(|index| {
                plain_value::from_python(api, *items.add(index), slots.add(3 * index))
            }),
            Kind::String8 => (0..length).all(|index| {
                scalar::from_python(api, Kind::String8, *items.add(index), slots.add(2 * index))
            }),
            kind => numbers(gil, object, length, kind.into(), array.data.cast()) == length,
        };
        if !filled && !(api.PyErr_Occurred)().is_null() {
            // It is raised again by who looks closer.
            (api.PyErr_Clear)();
        }
        Ok(filled.then_some(array))
    }
}

/// The kind of plain values: any if they differ, or are None, of which there are no arrays; `None` if one
/// is none, or there are none.
unsafe fn common_kind(api: &Api, items: &[Object]) -> Option<Kind> {
    // SAFETY: the items are alive.
    let kinds = items.iter().map(|item| unsafe { plain_value::kind(api, *item) });
    kinds.reduce(|common, kind| if common? == kind? { common } else { Some(Kind::Any) })?.map(
        |kind| match kind {
            Kind::Null => Kind::Any,
            kind => kind,
        },
    )
}

/// Stores the items of an exact list or tuple as long as they are exact numbers, which runs no Python
/// code; returns how many.
unsafe fn numbers(gil: &Gil, list: Object, length: usize, element: Type, data: *mut u8) -> usize {
    let (api, kind, step) = (gil.api, element.kind(), size_of_element(element));
    // SAFETY: nothing changes the list while the GIL is held and no Python code runs.
    unsafe {
        let items = match api.items(list) {
            Some((items, count)) if count == length && number::is_number(kind) => items,
            _ => return 0,
        };
        let number = |index, kind| number::exact(api, *items.add(index), kind);
        // A loop of its own for those of most lists, which asks for the kind only once.
        match kind {
            Kind::Int64 => store(length, data, 8, |index| number(index, Kind::Int64)),
            Kind::Float64 => store(length, data, 8, |index| number(index, Kind::Float64)),
            kind => store(length, data, step, |index| number(index, kind)),
        }
    }
}

/// Stores numbers of `step` bytes until there is none; returns how many.
///
/// # Safety
/// There is room for `length` of them.
#[inline(always)]
unsafe fn store(
    length: usize,
    data: *mut u8,
    step: usize,
    number: impl Fn(usize) -> Option<metaffi_slot>,
) -> usize {
    for index in 0..length {
        let Some(slot) = number(index) else { return index };
        // SAFETY: there is room for `length` of them.
        unsafe { save_number(data.add(index * step), step, slot) };
    }
    length
}
