//! Objects as values that carry their type: numbers, texts, lists, tuples, functions, memory of numbers
//! and neutral values of one piece become what the vocabulary has for them; everything else stays the
//! object that it is, also a dict, a set and a range.

use std::collections::HashMap;

use super::buffer::Buffer;
use super::callables;
use super::lend::{is_masked, is_number_object};
use super::list;
use super::neutral;
use super::plain_value;
use super::repeated::{MOST_REPEATED, repeated};
use super::slot::pointer;
use super::text::{self, Surrogates};
use crate::abi::metaffi_value;
use crate::error::{Error, Result};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, handle_of, is_carrier, own_handle};
use crate::signature::{Kind, MAX_RANK, Type};
use crate::value;
use crate::value::array::OwnedArray;

/// Writes the value of an object. But for what shows memory, only exact types are converted: an object
/// of a subclass of `int`, an enum member or a named tuple, is more than its number.
///
/// # Safety
/// `object` is alive; there is room for a value.
#[inline(always)]
pub(super) unsafe fn from_python(
    gil: &Gil,
    object: Object,
    surrogates: Surrogates,
    to: *mut metaffi_value,
) -> Result<()> {
    // SAFETY: `object` is alive, and the GIL is held; there is room for a value.
    unsafe {
        match plain_value::from_python(gil.api, object, to.cast()) {
            true => Ok(()),
            false => from_other(gil, object, surrogates, to),
        }
    }
}

/// The same of what is no [plain value](plain_value); an exception that finding that out has set is
/// forgotten.
///
/// # Safety
/// As for [`from_python`].
#[inline(never)]
pub(super) unsafe fn from_other(
    gil: &Gil,
    object: Object,
    surrogates: Surrogates,
    to: *mut metaffi_value,
) -> Result<()> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held; there is room for a value.
    unsafe {
        let r#type = api.type_of(object);
        let is = |known| r#type == known;
        to.write(match () {
            _ if is(api.PyList_Type) || is(api.PyTuple_Type) => {
                array(gil, object, surrogates)?.into_value().into_raw()
            }
            // What none of the questions below is about.
            _ if is(api.PyDict_Type) || is(api.PySet_Type) => {
                value::object(own_handle(gil, object)?)
            }
            _ if is(api.PyLong_Type) => integer(gil, object)?,
            _ if is(api.PyUnicode_Type) => text(gil, object, surrogates)?,
            _ if is(api.PyFunction_Type)
                || is(api.PyCFunction_Type)
                || is(api.PyMethod_Type)
                || callables::is_one(api, object) =>
            {
                value::callable(callables::from_python(gil, object)?)
            }
            _ => other(gil, object)?,
        });
    }
    Ok(())
}

/// An int beyond int64 as uint64 if that holds it, else as a big integer.
unsafe fn integer(gil: &Gil, object: Object) -> Result<metaffi_value> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        match integer_kind(gil, object) {
            Some(_) => Ok((gil.api.PyLong_AsUnsignedLongLong)(object).into()),
            None => other(gil, object),
        }
    }
}

/// The kind that holds an int, if one does.
unsafe fn integer_kind(gil: &Gil, object: Object) -> Option<Kind> {
    let api = gil.api;
    let mut overflow = 0;
    // SAFETY: a live int under the GIL.
    unsafe {
        (api.PyLong_AsLongLongAndOverflow)(object, &mut overflow);
        match overflow {
            0 => Some(Kind::Int64),
            1 => {
                (api.PyLong_AsUnsignedLongLong)(object);
                let fits = (api.PyErr_Occurred)().is_null();
                (api.PyErr_Clear)();
                fits.then_some(Kind::Uint64)
            }
            _ => None,
        }
    }
}

unsafe fn text(gil: &Gil, object: Object, surrogates: Surrogates) -> Result<metaffi_value> {
    let mut slots = [0; 2];
    // SAFETY: `object` is alive, and the GIL is held; that it has no UTF-8 is said again.
    unsafe {
        (gil.api.PyErr_Clear)();
        text::from_python(gil, object, Kind::String8, surrogates, slots.as_mut_ptr())?;
    }
    let string = crate::abi::metaffi_string { data: pointer(slots[0]), length: slots[1] as usize };
    Ok(value::string(string, Kind::String8))
}

unsafe fn handle(gil: &Gil, object: Object) -> Result<metaffi_value> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { handle_of(gil, object) }.map(value::object)
}

/// The memory of an object as an array or a number, if it exports numbers; a neutral value, if it is
/// of a class that one stands for; else its handle.
unsafe fn other(gil: &Gil, object: Object) -> Result<metaffi_value> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        if (gil.api.PyObject_CheckBuffer)(object) != 0
            && !is_carrier(gil.api, object)
            && let Some(buffer) = Buffer::new(gil, object)
            && let Some(kind) = buffer.kind()
            && (buffer.rank() == 0 || !is_number_object(gil.api, object))
            && !is_masked(gil, object)
        {
            return match buffer.scalar() {
                Some(scalar) => Ok(scalar),
                None => Ok(buffer.into_array(gil, kind.into(), false)?.into_value().into_raw()),
            };
        }
        match neutral::exact(gil, object) {
            Some(neutral) => Ok(neutral),
            None => handle(gil, object),
        }
    }
}

/// The array of a list: of the type that all its items have, with a dimension for each level of
/// lists; of any if they differ, or if there are none.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn array(
    gil: &Gil,
    object: Object,
    surrogates: Surrogates,
) -> Result<OwnedArray> {
    // SAFETY: `object` is alive.
    unsafe {
        if let Some(array) = list::of_plain_values(gil, object)? {
            return Ok(array);
        }
        let mut look = ListWalk { gil, around: Vec::new(), known: HashMap::new(), repeats: false };
        let ListTree { found, .. } = look.items(object)?;
        let element = Type::from(found.kind.unwrap_or(Kind::Any));
        match found.rank <= MAX_RANK {
            true => list::of_items(gil, object, element, found.rank, surrogates),
            false => list::of_items(gil, object, Kind::Any.into(), 1, surrogates),
        }
    }
}

/// What something is an array of; nothing is known of an empty one.
#[derive(Clone, Copy, PartialEq)]
struct ElementKind {
    kind: Option<Kind>,
    rank: usize,
}

impl ElementKind {
    const MIXED: ElementKind = ElementKind { kind: Some(Kind::Any), rank: 0 };

    fn with(self, other: ElementKind) -> ElementKind {
        match (self.kind, other.kind) {
            _ if self == other => self,
            (None, _) if self.rank <= other.rank => other,
            (_, None) if other.rank <= self.rank => self,
            _ => ElementKind::MIXED,
        }
    }
}

/// What a list is, and how many items there are in it and in the lists in it: as often as each is
/// there.
#[derive(Clone, Copy)]
struct ListTree {
    found: ElementKind,
    count: usize,
}

/// A look at lists in lists, which runs no Python code.
struct ListWalk<'a> {
    gil: &'a Gil,
    /// The lists that the current one is in.
    around: Vec<Object>,
    /// What is known of lists of lists, and a reference to each.
    known: HashMap<Object, (PyRef, ListTree)>,
    /// Whether one of them was there again.
    repeats: bool,
}

impl ListWalk<'_> {
    /// What the items of a list have in common, with one dimension more.
    unsafe fn items(&mut self, object: Object) -> Result<ListTree> {
        let gil = self.gil;
        if let Some((_, seen)) = self.known.get(&object) {
            self.repeats = true;
            return Ok(*seen);
        }
        if self.around.contains(&object) {
            let message = "the list contains itself; an array cannot, declare a handle";
            return Err(Error::invalid(message));
        }
        if self.around.len() == value::MAX_DEPTH {
            let message = format!("lists are nested more than {} deep", value::MAX_DEPTH);
            return Err(Error::invalid(message));
        }
        self.around.push(object);
        let mut seen = ListTree { found: ElementKind { kind: None, rank: 0 }, count: 0 };
        let mut has_lists = false;
        // SAFETY: a snapshot keeps the items.
        unsafe {
            let items = PyRef::owned(gil, (gil.api.PySequence_Tuple)(object))?;
            let length = (gil.api.PyTuple_Size)(items.as_ptr());
            for index in 0..length {
                let item = (gil.api.PyTuple_GetItem)(items.as_ptr(), index);
                has_lists |= list::is_list(gil, item);
                let of_item =
                    self.item(item).map_err(|error| error.at(format_args!("[{index}]")))?;
                seen.found = match index {
                    0 => of_item.found,
                    _ => seen.found.with(of_item.found),
                };
                seen.count = seen.count.saturating_add(of_item.count);
            }
        }
        self.around.pop();
        seen.found.rank += 1;
        if self.repeats && seen.count > MOST_REPEATED {
            return Err(repeated());
        }
        if has_lists && !self.around.is_empty() {
            // SAFETY: a live object under the GIL.
            self.known.insert(object, (unsafe { PyRef::new_reference(gil, object) }, seen));
        }
        Ok(seen)
    }

    unsafe fn item(&mut self, item: Object) -> Result<ListTree> {
        let api = self.gil.api;
        // SAFETY: `item` is alive, and the GIL is held.
        unsafe {
            let r#type = api.type_of(item);
            if r#type == api.PyList_Type || r#type == api.PyTuple_Type {
                return self.items(item);
            }
            let kind = match plain_value::kind(api, item) {
                Some(Kind::Int64) => integer_kind(self.gil, item).unwrap_or(Kind::Any),
                None | Some(Kind::Null) => Kind::Any,
                Some(kind) => kind,
            };
            Ok(ListTree { found: ElementKind { kind: Some(kind), rank: 0 }, count: 1 })
        }
    }
}
