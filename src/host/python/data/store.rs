//! Python objects as values in memory: numbers exactly or not at all, dicts and sequences part by
//! part, and what a pointer is made to point to is kept by the object whose memory the pointer is in.

use std::ptr;

use super::place::{Place, named, no_part};
use super::raise::exception;
use super::scalar::ScalarAccess;
use super::table::Shape;
use super::{DataTable, fields, make, memory, number, of, text, to_handle, value};
use crate::backend::layout::Bits;
use crate::error::{Error, Result};
use crate::handle;
use crate::process::stack;
use crate::python::api::{Api, Object, TPFLAGS_DICT_SUBCLASS};
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, text_of};
use crate::python::upcall::callable as callables;
use crate::signature::{Kind, TypeInfo};
use crate::value::{OwnedValue, object};

/// Writes an exact number or bool that fits; false leaves it to [`assign`].
///
/// # Safety
/// There is room for it, aligned or not; `given` is alive, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn quick(api: &Api, scalar: ScalarAccess, at: *mut u8, given: Object) -> bool {
    use ScalarAccess::{Bool, Float32, Float64, Int8, Int16, Int32, Int64};
    use ScalarAccess::{Uint8, Uint16, Uint32, Uint64};
    macro_rules! integer {
        ($type:ty) => {
            match api.small_int(given).map(<$type>::try_from) {
                Some(Ok(number)) => at.cast::<$type>().write_unaligned(number),
                _ => return false,
            }
        };
    }
    // SAFETY: as above.
    unsafe {
        let r#type = api.type_of(given);
        if r#type == api.PyLong_Type {
            match scalar {
                Int32 => integer!(i32),
                Int64 => integer!(i64),
                Uint8 => integer!(u8),
                Uint64 => integer!(u64),
                Uint32 => integer!(u32),
                Int16 => integer!(i16),
                Uint16 => integer!(u16),
                Int8 => integer!(i8),
                Float64 => match api.small_int(given) {
                    Some(number) => at.cast::<f64>().write_unaligned(number as f64),
                    None => return false,
                },
                _ => return false,
            }
            return true;
        }
        if r#type == api.PyFloat_Type {
            let number = api.float(given);
            match scalar {
                Float64 => at.cast::<f64>().write_unaligned(number),
                Float32 => {
                    let single = number as f32;
                    if single.is_infinite() && number.is_finite() {
                        return false;
                    }
                    at.cast::<f32>().write_unaligned(single);
                }
                _ => return false,
            }
            return true;
        }
        let truth = given == api._Py_TrueStruct;
        if scalar == Bool && (truth || given == api._Py_FalseStruct) {
            at.write(truth.into());
            return true;
        }
        false
    }
}

/// Writes what a Python object stands for.
pub(super) fn assign(gil: &Gil, place: &Place, given: &PyRef) -> Result<()> {
    place.check()?;
    if place.constant {
        return Err(Error::invalid(format!(
            "this {} is const; cast to a type without const if it may be written",
            place.table.spell()
        )));
    }
    if let Some(bits) = place.bits {
        return store_bits(gil, &place.table, bits, place.at, given);
    }
    let memory = StoredMemory { root: place.root(), at: place.at, room: place.room() };
    // SAFETY: the place is there, and has room for its type.
    unsafe { write(gil, &place.table, memory, given) }
}

/// Where something is written.
#[derive(Clone, Copy)]
pub(super) struct StoredMemory {
    /// The object whose memory it is; NULL if it is C's.
    pub(super) root: Object,
    pub(super) at: *mut u8,
    /// How many bytes there are, if that is known.
    pub(super) room: Option<usize>,
}

impl StoredMemory {
    fn skip(self, offset: usize) -> StoredMemory {
        let StoredMemory { root, at, room } = self;
        let room = room.map(|room| room.saturating_sub(offset));
        StoredMemory { root, at: at.wrapping_add(offset), room }
    }
}

/// Writes what a Python object stands for to memory that may be written.
///
/// # Safety
/// There is room for the type, and as much as the memory says.
pub(super) unsafe fn write(
    gil: &Gil,
    table: &DataTable,
    to: StoredMemory,
    given: &PyRef,
) -> Result<()> {
    // SAFETY: there is room for the type.
    unsafe {
        match table.shape {
            Shape::Scalar(access) => scalar(gil, access, to.at, given),
            Shape::Pointer | Shape::Code => pointer(gil, table, to, given),
            Shape::Record => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => record(gil, table, to, given),
            },
            Shape::Array => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => array(gil, table, to, given),
            },
            Shape::Number(format) => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => number::store(gil, table, format, to.at, given),
            },
            Shape::Opaque => match copied(gil, table, to, given)? {
                true => Ok(()),
                false => by_language(gil, table, to, given),
            },
        }
    }
}

unsafe fn scalar(gil: &Gil, access: ScalarAccess, at: *mut u8, given: &PyRef) -> Result<()> {
    // SAFETY: the caller has room for it; a scalar takes one slot, and owns nothing.
    unsafe {
        if quick(gil.api, access, at, given.as_ptr()) {
            return Ok(());
        }
        access.store(at, slot(gil, access.kind(), given)?);
    }
    Ok(())
}

/// The number, bool or character of a kind that an object is exactly.
fn slot(gil: &Gil, kind: Kind, given: &PyRef) -> Result<u64> {
    // SAFETY: a live object under the GIL; a scalar takes one slot.
    unsafe {
        if let Some(data) = of(gil.api, given.as_ptr())
            && let Some(table) = data.table()
            && let Shape::Scalar(_) = table.shape
        {
            let own = super::load::load(gil, &Place::of(gil, given.as_ptr())?)?;
            return slot(gil, kind, &own);
        }
        if let Some(slot) = convert::counted(gil, given.as_ptr(), kind) {
            return Ok(slot);
        }
        if kind != Kind::Bool && gil.api.type_of(given.as_ptr()) == gil.api.PyBool_Type {
            let message =
                format!("a bool cannot be given for {kind}: a bool is no number silently: int(…)");
            return Err(Error::mismatch(message));
        }
        let info = TypeInfo::from(kind);
        let mut slot = 0;
        convert::from_python(gil, given.as_ptr(), info.r#type, &info, &raw mut slot)?;
        Ok(slot)
    }
}

fn store_bits(gil: &Gil, table: &DataTable, bits: Bits, at: *mut u8, given: &PyRef) -> Result<()> {
    let Bits { shift, width, signed } = bits;
    let kind = match table.shape {
        Shape::Scalar(access) => access.kind(),
        _ => Kind::Uint64,
    };
    let slot = slot(gil, kind, given)?;
    let fits = match (width >= 64, signed) {
        (true, _) => true,
        (_, true) => {
            let number = slot.cast_signed();
            number >> (width - 1) == 0 || number >> (width - 1) == -1
        }
        (_, false) => slot >> width == 0,
    };
    if !fits {
        let number = if signed { slot.cast_signed().to_string() } else { slot.to_string() };
        let spelled = table.spell();
        return Err(Error::out_of_range(format!("{number} does not fit C's {spelled} : {width}")));
    }
    let mask = (u128::MAX >> (128 - width.min(64))) << shift;
    let new = u128::from(slot) << shift & mask;
    for index in 0..(shift + width).div_ceil(8) as usize {
        let (mask, new) = ((mask >> (8 * index)) as u8, (new >> (8 * index)) as u8);
        // SAFETY: the bit-field touches so many bytes.
        unsafe {
            let byte = at.add(index);
            byte.write(byte.read() & !mask | new & mask);
        }
    }
    Ok(())
}

/// Copies the value of data of the same type, with what its pointers keep; false if it is another
/// object.
unsafe fn copied(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<bool> {
    // SAFETY: a live object under the GIL; the caller has room for the type.
    unsafe {
        let Some(data) = of(gil.api, given.as_ptr()) else { return Ok(false) };
        let Some(other) = data.table() else { return Err(super::gone()) };
        let same = ptr::eq(other, table) || same_but_const(other, table);
        if !same || table.length == usize::MAX && table.shape == Shape::Array {
            return Ok(false);
        }
        let from = Place::of(gil, given.as_ptr())?;
        from.check()?;
        let kept = match table.has_pointers {
            true => memory::kept_within(gil, from.root(), from.at, table.size),
            false => Vec::new(),
        };
        forget(gil, table, to)?;
        to.at.copy_from(from.at, table.size);
        for (distance, thing) in kept {
            memory::keep(gil, to.root, to.at.wrapping_add(distance), Some(thing))?;
        }
        Ok(true)
    }
}

/// Whether two types differ in what may be written alone.
fn same_but_const(one: &DataTable, other: &DataTable) -> bool {
    one.size == other.size
        && one.constant != other.constant
        && one.shape == other.shape
        && one.spell().replace("const ", "") == other.spell().replace("const ", "")
}

/// Forgets what the pointers were made to point to that are overwritten.
unsafe fn forget(gil: &Gil, table: &DataTable, to: StoredMemory) -> Result<()> {
    if !table.has_pointers {
        return Ok(());
    }
    // SAFETY: the caller's memory is the root's.
    unsafe {
        for (distance, _) in memory::kept_within(gil, to.root, to.at, table.size) {
            memory::keep(gil, to.root, to.at.wrapping_add(distance), None)?;
        }
    }
    Ok(())
}

/// The value of an object as the vocabulary has it, written by the language.
unsafe fn by_language(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<()> {
    let value = value::from_python(gil, given)?;
    // SAFETY: the caller has room for the type.
    unsafe { table.layout.origin.store(to.at, to.room, &value) }
}

unsafe fn record(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<()> {
    // SAFETY: the caller has room for the type; live objects under the GIL.
    unsafe {
        if is_dict(gil, given) {
            return by_name(gil, table, to, given);
        }
        if !is_sequence(gil, given) {
            return by_language(gil, table, to, given);
        }
        let items = Items::of(gil, given)?;
        let parts = table.names.parts();
        if items.count() > parts.len() {
            let message = format!("{} values given for {}", items.count(), parts.len());
            return Err(Error::out_of_range(message));
        }
        clear(gil, table, to)?;
        for (index, part) in parts.iter().enumerate().take(items.count()) {
            let Some(item) = items.get(gil, index) else { break };
            part_of(gil, part, to, item)
                .map_err(|error| error.at(text_of(gil, &part.name).unwrap_or_default()))?;
        }
        Ok(())
    }
}

#[inline(always)]
unsafe fn part_of(
    gil: &Gil,
    part: &super::table::RecordPart,
    to: StoredMemory,
    item: Object,
) -> Result<()> {
    let to = to.skip(part.offset);
    // SAFETY: the caller has room for the record, and the item is alive.
    unsafe {
        match (part.table.shape, part.bits) {
            (Shape::Scalar(access), None) if quick(gil.api, access, to.at, item) => Ok(()),
            (_, Some(bits)) => {
                let item = PyRef::new_reference(gil, item);
                store_bits(gil, &part.table, bits, to.at, &item)
            }
            _ => write(gil, &part.table, to, &PyRef::new_reference(gil, item)),
        }
    }
}

/// Writes the fields that a dict names; the others stay as they are.
unsafe fn by_name(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<()> {
    let api = gil.api;
    let (mut position, mut name, mut item) = (0, ptr::null_mut(), ptr::null_mut());
    // SAFETY: a dict under the GIL, whose items are kept while they are written: what is written may
    // run code that changes it, which ends the walk or goes on with what is there.
    unsafe {
        while (api.PyDict_Next)(given.as_ptr(), &mut position, &mut name, &mut item) != 0 {
            let part = match table.names.find(name) {
                Some(part) => part,
                None => {
                    let text = field_name(gil, name)?;
                    named(table, &text).ok_or_else(|| no_part(table, &text))?
                }
            };
            let shape = part.table.shape;
            if let (Shape::Scalar(access), None) = (shape, part.bits)
                && quick(api, access, to.at.wrapping_add(part.offset), item)
            {
                continue;
            }
            let kept = PyRef::new_reference(gil, item);
            part_of(gil, part, to, kept.as_ptr()).map_err(|error| {
                error.at(format_args!("field {}", text_of(gil, &part.name).unwrap_or_default()))
            })?;
        }
    }
    Ok(())
}

unsafe fn field_name(gil: &Gil, name: Object) -> Result<String> {
    // SAFETY: the caller has a live object under the GIL.
    unsafe {
        match gil.api.type_of(name) == gil.api.PyUnicode_Type {
            true => text_of(gil, &PyRef::new_reference(gil, name)),
            false => Err(Error::mismatch(
                "the keys of a dict that stands for a record are the names of its fields",
            )),
        }
    }
}

/// Zeroes a value.
unsafe fn clear(gil: &Gil, table: &DataTable, to: StoredMemory) -> Result<()> {
    // SAFETY: the caller has room for the type.
    unsafe {
        forget(gil, table, to)?;
        to.at.write_bytes(0, table.size);
    }
    Ok(())
}

/// Writes items to the elements of an array, text or bytes to one of characters, or what else the
/// language makes an array of; the rest is zero.
unsafe fn array(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<()> {
    let Some(element) = table.inner(gil)? else {
        return Err(Error::mismatch(format!("`{}` has no elements", table.spell())));
    };
    // SAFETY: the caller has room for the type.
    unsafe {
        if !is_sequence(gil, given) {
            return by_language(gil, table, to, given);
        }
        let items = Items::of(gil, given)?;
        let length = match table.length {
            usize::MAX => to.room.and_then(|room| room.checked_div(element.size)),
            length => Some(length),
        };
        let length = length.unwrap_or(items.count());
        if items.count() > length {
            let message = format!("{} values given for {length}", items.count());
            return Err(Error::out_of_range(message));
        }
        if table.has_pointers {
            for (distance, _) in memory::kept_within(gil, to.root, to.at, length * element.size) {
                memory::keep(gil, to.root, to.at.wrapping_add(distance), None)?;
            }
        }
        elements(gil, element, to, &items)?;
        let filled = items.count() * element.size;
        to.at.wrapping_add(filled).write_bytes(0, length * element.size - filled);
        Ok(())
    }
}

unsafe fn elements(gil: &Gil, element: &DataTable, to: StoredMemory, items: &Items) -> Result<()> {
    let size = element.size;
    let mut index = 0;
    // SAFETY: the caller has room for so many elements; items are alive while they are written.
    unsafe {
        if let Shape::Scalar(access) = element.shape {
            while let Some(item) = items.get(gil, index) {
                if !quick(gil.api, access, to.at.wrapping_add(index * size), item) {
                    break;
                }
                index += 1;
            }
        }
        while index < items.count() {
            let Some(item) = items.get(gil, index) else { break };
            let to = to.skip(index * size);
            if !matches!(element.shape, Shape::Scalar(access) if quick(gil.api, access, to.at, item))
            {
                if !matches!(element.shape, Shape::Scalar(_)) {
                    // What is overwritten must not be seen half written.
                    to.at.write_bytes(0, size);
                }
                let item = PyRef::new_reference(gil, item);
                write(gil, element, to, &item)
                    .map_err(|error| error.at(format_args!("[{index}]")))?;
            }
            index += 1;
        }
    }
    Ok(())
}

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

/// Writes an address: of data or of what a pointer has, of memory made of text, bytes, a list or a
/// dict, of a function, or as a number.
unsafe fn pointer(gil: &Gil, table: &DataTable, to: StoredMemory, given: &PyRef) -> Result<()> {
    // SAFETY: the caller has room for a pointer; live objects under the GIL.
    unsafe {
        let (value, keeps) = address(gil, table, to.root.is_null(), given)?;
        to.at.cast::<*mut u8>().write_unaligned(value);
        memory::keep(gil, to.root, to.at, keeps)
    }
}

/// The address that an object stands for, and what has to be kept.
unsafe fn address(
    gil: &Gil,
    table: &DataTable,
    is_foreign: bool,
    given: &PyRef,
) -> Result<(*mut u8, Option<PyRef>)> {
    let api = gil.api;
    // SAFETY: live objects under the GIL.
    unsafe {
        if given.as_ptr() == api._Py_NoneStruct {
            return Ok((ptr::null_mut(), None));
        }
        if let Some(data) = of(api, given.as_ptr()) {
            let value = if is_address_of(table, data.alive()?) {
                memory::check(memory::root(given.as_ptr()))?;
                data.address()
            } else {
                let key = to_handle(gil, given.as_ptr()).unwrap_or_else(|| Err(super::gone()))?;
                by_handle(table, key)?
            };
            return Ok((value, keeper(gil, given, value)?));
        }
        if table.shape == Shape::Code || value::is_callable(gil, given) {
            return code(gil, table, given);
        }
        let is_text = text::is_text(gil, given);
        let is_new = is_text || is_sequence(gil, given) || is_dict(gil, given);
        if is_new || (api.PyObject_CheckBuffer)(given.as_ptr()) != 0 {
            let inner = table.inner(gil)?;
            let Some(inner) = inner.filter(|inner| inner.size > 0) else {
                return Err(nobody(gil, table, given));
            };
            if is_foreign {
                return Err(nobody(gil, table, given));
            }
            let new = target(gil, inner, given)?;
            return Ok((fields(new.as_ptr()).address(), Some(new)));
        }
        let mut word = [0_u8; size_of::<usize>()];
        let to = StoredMemory { root: ptr::null_mut(), at: word.as_mut_ptr(), room: None };
        by_language(gil, table, to, given)?;
        Ok((ptr::with_exposed_provenance_mut(usize::from_ne_bytes(word)), None))
    }
}

/// Whether data is a value of that pointer type, or one that it may point to.
fn is_address_of(pointer: &DataTable, data: &DataTable) -> bool {
    if data.is_pointer() {
        return ptr::eq(pointer, data);
    }
    let Some(inner) = pointer.known_inner() else { return false };
    ptr::eq(inner, data)
        || data.shape == Shape::Array && data.known_inner().is_some_and(|one| ptr::eq(inner, one))
}

/// The address that a language makes of an object of its own, whose handle is given up.
unsafe fn by_handle(table: &DataTable, key: handle::Key) -> Result<*mut u8> {
    let mut word = 0_usize;
    // SAFETY: the handle is nobody else's; there is room for a pointer.
    unsafe {
        let value = OwnedValue::from_raw(object(ptr::without_provenance_mut(key)));
        table.layout.origin.store((&raw mut word).cast(), None, &value)?;
    }
    Ok(ptr::with_exposed_provenance_mut(word))
}

/// What has to be kept where the address of data is written: the object whose memory it points into.
unsafe fn keeper(gil: &Gil, given: &PyRef, value: *mut u8) -> Result<Option<PyRef>> {
    // SAFETY: an instance; what it keeps is alive.
    unsafe {
        let data = fields(given.as_ptr());
        if !data.is_pointer() {
            let root = memory::root(given.as_ptr());
            return Ok((!root.is_null()).then(|| PyRef::new_reference(gil, root)));
        }
        if data.address() != value {
            // The address of the pointer itself.
            return Ok(Some(given.clone_ref(gil)));
        }
        let place = Place::of(gil, given.as_ptr())?;
        place.target(gil, value)
    }
}

/// The code of a callable, which is kept.
unsafe fn code(gil: &Gil, table: &DataTable, given: &PyRef) -> Result<(*mut u8, Option<PyRef>)> {
    let mut word = 0_usize;
    let at = (&raw mut word).cast::<u8>();
    // SAFETY: there is room for a pointer; a live object under the GIL; a new handle is nobody
    // else's.
    unsafe {
        if gil.api.type_of(given.as_ptr()) == gil.api.PyLong_Type {
            let value = value::from_python(gil, given)?;
            table.layout.origin.store(at, None, &value)?;
            return Ok((ptr::with_exposed_provenance_mut(word), None));
        }
        let key = value::callable_handle(gil, given.as_ptr())?;
        let value = value::callable(key);
        table.layout.origin.store(at, None, &value)?;
        let keeps = match callables::of_object(gil.api, given.as_ptr()) {
            Some(_) => given.clone_ref(gil),
            None => value::callable_keeper(gil, given, key)?,
        };
        Ok((ptr::with_exposed_provenance_mut(word), Some(keeps)))
    }
}

#[cold]
fn nobody(gil: &Gil, table: &DataTable, given: &PyRef) -> Error {
    // SAFETY: a live object under the GIL.
    let found = unsafe { crate::python::object::type_name(gil, gil.api.type_of(given.as_ptr())) };
    Error::mismatch(format!(
        "{found} given for C's {}: nobody would own its memory; make data of it (module.new) and \
         give that",
        table.spell()
    ))
}

/// StoredMemory for what a pointer is to point to. Bytes get the NUL that C may look for, pointers the
/// NULL.
fn target(gil: &Gil, inner: &DataTable, given: &PyRef) -> Result<PyRef> {
    // A dict may contain itself, and nothing else ends such a chain.
    if stack::is_low() {
        let message = "dicts in dicts are too many for this thread's stack; make data of the inner \
                       ones first (module.new)";
        return Err(exception(gil, gil.api.PyExc_RecursionError, message));
    }
    if is_dict(gil, given) {
        let new = make::zeroed(gil, inner, 0)?;
        fill(gil, &new, given)?;
        return Ok(new);
    }
    let array = inner.array(gil)?;
    let length = make::length_of(gil, array, inner, given)?;
    let ended = inner.size == 1 || inner.is_pointer();
    let more = usize::from(ended && !text::is_str(gil, given));
    let new = make::zeroed(gil, array, (length + more).saturating_mul(inner.size))?;
    fill(gil, &new, given)?;
    Ok(new)
}

/// Writes the initial value of a new object, const or not.
pub(super) fn fill(gil: &Gil, object: &PyRef, given: &PyRef) -> Result<()> {
    // SAFETY: a new object, which has room for its type.
    unsafe {
        let place = Place::of(gil, object.as_ptr())?;
        let to = StoredMemory { root: place.root(), at: place.at, room: place.room() };
        write(gil, &place.table, to, given)
    }
}
