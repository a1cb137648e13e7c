//! Maps, sets and tuples. What is in one is converted as what it is, whatever the depth: a dict in a
//! tuple is a map, and a list with something of the kind in it an array of any.

use std::collections::HashSet;
use std::ptr;

use super::from_python::range;
use crate::abi::{metaffi_array, metaffi_slot, metaffi_value};
use crate::call;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::python::api::{
    Object, TPFLAGS_DICT_SUBCLASS, TPFLAGS_LIST_SUBCLASS, TPFLAGS_TUPLE_SUBCLASS,
};
use crate::python::convert::describe::mismatch;
use crate::python::convert::repeated::{MOST_REPEATED, repeated};
use crate::python::convert::slot::{Slots, load, pointer, word};
use crate::python::convert::text::Surrogates;
use crate::python::convert::{any, list, to_python as plain};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;
use crate::signature::{Kind, Type};
use crate::value::array::OwnedArray;
use crate::value::neutral;
use crate::value::{MAX_DEPTH, OwnedValue, kind_of};

/// Puts an object into a slot as a collection of the kind, which the slot owns.
///
/// # Safety
/// `object` is alive; there is room for a slot.
pub(in crate::python::convert) unsafe fn from_python(
    gil: &Gil,
    object: Object,
    kind: Kind,
    surrogates: Surrogates,
    slot: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: `object` is alive; there is room for a slot.
    unsafe {
        let mut walk =
            CollectionWalk { gil, surrogates, seen: HashSet::new(), count: 0, repeats: false };
        let value = walk.collection(object, kind, 0)?;
        slot.write(word(value.into_raw().data.array));
    }
    Ok(())
}

/// A walk through collections in collections.
struct CollectionWalk<'a> {
    gil: &'a Gil,
    surrogates: Surrogates,
    /// The collections that were there.
    seen: HashSet<Object>,
    /// How many values there are so far.
    count: usize,
    /// Whether one of the collections was there again.
    repeats: bool,
}

impl CollectionWalk<'_> {
    /// # Safety
    /// `object` is alive.
    unsafe fn collection(
        &mut self,
        object: Object,
        kind: Kind,
        depth: usize,
    ) -> Result<OwnedValue> {
        let gil = self.gil;
        if depth == MAX_DEPTH {
            let message = format!(
                "collections are nested more than {MAX_DEPTH} deep; one may contain itself"
            );
            return Err(Error::invalid(message));
        }
        // SAFETY: `object` is alive; a snapshot keeps what is in it, whatever their conversion runs.
        unsafe {
            let items = match kind {
                Kind::Map => self.pairs(object)?,
                Kind::Set if !is_set(gil, object) => {
                    return Err(mismatch(gil, object, kind, "give a set or a frozenset"));
                }
                Kind::Tuple if !list::is_list(gil, object) => {
                    return Err(mismatch(gil, object, kind, "give a tuple or a list"));
                }
                _ => PyRef::owned(gil, (gil.api.PySequence_Tuple)(object))?,
            };
            let count = (gil.api.PyTuple_Size)(items.as_ptr()) as usize;
            self.count(object, count)?;
            let shape: &[usize] = if kind == Kind::Map { &[count, 2] } else { &[count] };
            let array = OwnedArray::new(Kind::Any.into(), shape)?;
            for (index, address) in array.view().addresses().enumerate() {
                let item = match kind {
                    Kind::Map => {
                        let pair = list::get(gil, items.as_ptr(), index / 2);
                        list::get(gil, pair, index % 2)
                    }
                    _ => list::get(gil, items.as_ptr(), index),
                };
                let value = self.item(item, depth + 1).map_err(|error| match kind {
                    Kind::Map if index.is_multiple_of(2) => {
                        error.at(format_args!("key {}", index / 2))
                    }
                    Kind::Map => error.at(format_args!("value {}", index / 2)),
                    _ => error.at(format_args!("[{index}]")),
                })?;
                address.cast::<metaffi_value>().write(value.into_raw());
            }
            Ok(match kind {
                Kind::Array => array.into_value(),
                _ => neutral::of_array(array, kind),
            })
        }
    }

    /// Refuses what is there again and again with too many values.
    fn count(&mut self, object: Object, values: usize) -> Result<()> {
        self.repeats |= !self.seen.insert(object);
        self.count = self.count.saturating_add(values);
        match self.repeats && self.count > MOST_REPEATED {
            true => Err(repeated()),
            false => Ok(()),
        }
    }

    /// The pairs of a mapping, each a tuple of two, in a tuple.
    unsafe fn pairs(&self, object: Object) -> Result<PyRef> {
        let (gil, api) = (self.gil, self.gil.api);
        // SAFETY: `object` is alive.
        unsafe {
            let is_dict = api.flags_of(object) & TPFLAGS_DICT_SUBCLASS != 0;
            let has =
                |name: &std::ffi::CStr| (api.PyObject_HasAttrString)(object, name.as_ptr()) == 1;
            if !(is_dict || has(c"items") && has(c"keys")) {
                return Err(mismatch(gil, object, Kind::Map, "give a dict, or another mapping"));
            }
            let items = PyRef::owned(gil, (api.PyMapping_Items)(object))?;
            let pairs = PyRef::owned(gil, (api.PySequence_Tuple)(items.as_ptr()))?;
            for index in 0..(api.PyTuple_Size)(pairs.as_ptr()) {
                let pair = (api.PyTuple_GetItem)(pairs.as_ptr(), index);
                let is_tuple = api.flags_of(pair) & TPFLAGS_TUPLE_SUBCLASS != 0;
                if !is_tuple || (api.PyTuple_Size)(pair) != 2 {
                    return Err(mismatch(gil, pair, Kind::Map, "an item is a tuple of two"));
                }
            }
            Ok(pairs)
        }
    }

    /// The value of what is in a collection.
    unsafe fn item(&mut self, item: Object, depth: usize) -> Result<OwnedValue> {
        let (gil, api) = (self.gil, self.gil.api);
        // SAFETY: `item` is alive; what is made is nobody else's.
        unsafe {
            let r#type = api.type_of(item);
            let kind = match () {
                _ if r#type == api.PyDict_Type => Kind::Map,
                _ if is_set(gil, item)
                    && [api.PySet_Type, api.PyFrozenSet_Type].contains(&r#type) =>
                {
                    Kind::Set
                }
                _ if r#type == api.PyTuple_Type => Kind::Tuple,
                _ if r#type == api.PyList_Type && self.holds_collections(item) => Kind::Array,
                _ if r#type == api.PyRange_Type => {
                    return match range(gil, item) {
                        Some(range) => Ok(range),
                        None => self.plain(item),
                    };
                }
                _ => Kind::Any,
            };
            if kind != Kind::Any {
                return self.collection(item, kind, depth);
            }
            if r#type == api.PyList_Type {
                self.count(item, list::size(gil, item))?;
            }
            self.plain(item)
        }
    }

    /// The value of what is no collection.
    unsafe fn plain(&self, item: Object) -> Result<OwnedValue> {
        let mut value = crate::value::null();
        // SAFETY: `item` is alive; what is made is nobody else's.
        unsafe {
            any::from_python(self.gil, item, self.surrogates, &raw mut value)?;
            Ok(OwnedValue::from_raw(value))
        }
    }

    /// Whether a list has items that only an array of any has; numbers, text and lists of them have
    /// one of their type.
    unsafe fn holds_collections(&self, object: Object) -> bool {
        let api = self.gil.api;
        const SEQUENCES: u64 = TPFLAGS_LIST_SUBCLASS | TPFLAGS_TUPLE_SUBCLASS;
        // SAFETY: a live list, which nothing changes meanwhile.
        unsafe {
            (0..list::size(self.gil, object)).any(|index| {
                let item = list::get(self.gil, object, index);
                let r#type = api.type_of(item);
                api.flags_of(item) & SEQUENCES != 0
                    || [api.PyDict_Type, api.PySet_Type, api.PyFrozenSet_Type, api.PyRange_Type]
                        .contains(&r#type)
            })
        }
    }
}

unsafe fn is_set(gil: &Gil, object: Object) -> bool {
    let api = gil.api;
    // SAFETY: `object` is alive, and its type with it.
    unsafe {
        let r#type = api.type_of(object);
        [api.PySet_Type, api.PyFrozenSet_Type]
            .into_iter()
            .any(|class| (api.PyType_IsSubtype)(r#type, class) != 0)
    }
}

/// A dict, a set or a tuple; where it has to be hashable, a set is a frozenset.
///
/// # Safety
/// `array` is NULL or valid.
pub(in crate::python::convert) unsafe fn to_python(
    gil: &Gil,
    scope: &CallScope,
    surrogates: Surrogates,
    kind: Kind,
    array: *mut metaffi_array,
    depth: usize,
) -> Result<PyRef> {
    // SAFETY: `array` is NULL or valid.
    unsafe { Objects { gil, scope, surrogates }.collection(kind, array, false, depth) }
}

/// What makes objects of the values of collections.
struct Objects<'a> {
    gil: &'a Gil,
    scope: &'a CallScope,
    surrogates: Surrogates,
}

impl Objects<'_> {
    /// # Safety
    /// `array` is NULL or valid.
    unsafe fn collection(
        &self,
        kind: Kind,
        array: *mut metaffi_array,
        hashable: bool,
        depth: usize,
    ) -> Result<PyRef> {
        let (gil, api) = (self.gil, self.gil.api);
        if array.is_null() {
            return Err(Error::invalid(format!("a {kind} that is NULL")));
        }
        if depth == MAX_DEPTH {
            let message = format!("collections are nested more than {MAX_DEPTH} deep");
            return Err(Error::invalid(message));
        }
        let hashed = |index: usize| match kind {
            Kind::Map => index.is_multiple_of(2),
            Kind::Set => true,
            _ => hashable,
        };
        // SAFETY: `array` is valid, or refused; new objects take their items over, under the GIL.
        unsafe {
            let view = neutral::check(array, kind)?;
            let mut items = Vec::with_capacity(view.length());
            for (index, address) in view.addresses().enumerate() {
                let slots = load(address, view.element());
                let item = self.item(view.element(), &slots, hashed(index), depth + 1);
                items.push(item.map_err(|error| match kind {
                    Kind::Map if index.is_multiple_of(2) => {
                        error.at(format_args!("key {}", index / 2))
                    }
                    Kind::Map => error.at(format_args!("value {}", index / 2)),
                    _ => error.at(format_args!("[{index}]")),
                })?);
            }
            match kind {
                Kind::Tuple => support::tuple(gil, items),
                Kind::Set => {
                    let tuple = support::tuple(gil, items)?;
                    let new = if hashable { api.PyFrozenSet_New } else { api.PySet_New };
                    PyRef::owned(gil, new(tuple.as_ptr()))
                }
                _ => {
                    let dict = PyRef::owned(gil, (api.PyDict_New)())?;
                    for pair in items.chunks_exact(2) {
                        if (api.PyDict_SetItem)(dict.as_ptr(), pair[0].as_ptr(), pair[1].as_ptr())
                            != 0
                        {
                            return Err(error::fetch(gil));
                        }
                    }
                    Ok(dict)
                }
            }
        }
    }

    /// # Safety
    /// The slots hold an element of the type.
    unsafe fn item(
        &self,
        element: Type,
        slots: &Slots,
        hashable: bool,
        depth: usize,
    ) -> Result<PyRef> {
        let Objects { gil, scope, surrogates } = *self;
        // SAFETY: the slots hold an element of the type.
        unsafe {
            if element.kind() == Kind::Any {
                let value = ptr::from_ref(slots).cast::<metaffi_value>().read();
                if kind_of(&value)?.is_collection() {
                    let mut inner = [0; 3];
                    let r#type = call::load_unread(&value, inner.as_mut_ptr())?;
                    return self.item(r#type, &inner, hashable, depth);
                }
            }
            match element.kind() {
                kind if kind.is_collection() => {
                    self.collection(kind, pointer(slots[0]), hashable, depth)
                }
                _ => plain::leaf(gil, scope, element, surrogates, slots.as_ptr()),
            }
        }
    }
}
