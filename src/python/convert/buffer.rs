//! Objects with the buffer protocol as arrays: `bytes`, `array.array`, numpy's arrays.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use super::describe::mismatch;
use super::exchange::exchanged;
use super::slot::{load, save, word};
use super::text::Surrogates;
use super::{format, held_array, list, loan};
use crate::abi::{metaffi_array, metaffi_slot, metaffi_value};
use crate::call::{SlotLayout, store};
use crate::error::{Error, Result, Status};
use crate::python::api::{Object, Py_buffer};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::{PyRef, type_name};
use crate::python::support::tuple;
use crate::signature::{Kind, MAX_RANK, Type, TypeInfo};
use crate::value::array::{self, OwnedArray, View};
use crate::value::number;

pub(super) const BUF_FULL_RO: c_int = 0x11c;

/// The memory of an object that exports it, as long as this is kept.
pub(super) struct Buffer {
    memory: Py_buffer,
    /// Keeps the memory: a memoryview that nobody else has, and so nobody can release, perhaps with
    /// the owner of what it shows.
    keeper: PyRef,
    kind: Option<Kind>,
}

impl Buffer {
    /// What an object exports; `None` if it has nothing that a memoryview could show.
    ///
    /// # Safety
    /// `object` is alive.
    pub(super) unsafe fn new(gil: &Gil, object: Object) -> Option<Buffer> {
        let api = gil.api;
        // SAFETY: `object` is alive. The buffer is released at once, which leaves the memory to the
        // memoryview.
        unsafe {
            let keeper = PyRef::from_owned((api.PyMemoryView_FromObject)(object));
            let mut memory = MaybeUninit::<Py_buffer>::zeroed();
            let got = keeper.as_ref().is_some_and(|keeper| {
                (api.PyObject_GetBuffer)(keeper.as_ptr(), memory.as_mut_ptr(), BUF_FULL_RO) == 0
            });
            let Some(keeper) = keeper.filter(|_| got) else {
                (api.PyErr_Clear)();
                return None;
            };
            let memory = memory.assume_init();
            let kind = format::kind(&memory);
            let mut released = Py_buffer { ..ptr::read(&memory) };
            (api.PyBuffer_Release)(&mut released);
            Some(Buffer { memory, keeper, kind })
        }
    }

    /// What a memoryview shows of memory that it does not keep, but `owner` does.
    ///
    /// # Safety
    /// `view` is alive, and the memory there as long as the owner.
    pub(super) unsafe fn kept(gil: &Gil, view: &PyRef, owner: PyRef) -> Result<Buffer> {
        // SAFETY: as above.
        match unsafe { Buffer::new(gil, view.as_ptr()) } {
            None => Err(Error::mismatch("its memory cannot be shown")),
            Some(buffer) => {
                let keeper = tuple(gil, vec![buffer.keeper, owner])?;
                Ok(Buffer { keeper, ..buffer })
            }
        }
    }

    /// What was exported, whose format and shape are there as long as this is.
    pub(super) fn exported(&self) -> &Py_buffer {
        &self.memory
    }

    /// What keeps the memory.
    pub(super) fn into_keeper(self) -> PyRef {
        self.keeper
    }

    /// How many dimensions it has; none is a single number.
    pub(super) fn rank(&self) -> usize {
        self.memory.ndim as usize
    }

    /// The type of its elements, if they are numbers or bools.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.kind.filter(|_| self.memory.suboffsets.is_null() && self.rank() <= MAX_RANK)
    }

    /// A single number.
    pub(super) fn scalar(&self) -> Option<metaffi_value> {
        let kind = self.kind().filter(|_| self.rank() == 0)?;
        let mut value = crate::value::null();
        // SAFETY: a buffer without dimensions has one element.
        unsafe {
            let slots = load(self.memory.buf.cast(), kind.into());
            store(slots.as_ptr(), &SlotLayout::of(kind.into()), &raw mut value);
        }
        Some(value)
    }

    /// The array of its memory, with elements of a type that has the same bits.
    fn descriptor(&self, element: Type) -> metaffi_array {
        metaffi_array {
            data: self.memory.buf,
            element: element.number(),
            rank: self.rank(),
            shape: self.memory.shape.cast(),
            strides: self.memory.strides,
            release: None,
            owner: ptr::null_mut(),
        }
    }

    /// The array of its memory without a copy, which keeps it; a copy where the memory is the host's
    /// own and only lent, or where gaps are not wanted.
    pub(super) fn into_array(self, gil: &Gil, element: Type, packed: bool) -> Result<OwnedArray> {
        let descriptor = self.descriptor(element);
        // SAFETY: the buffer's memory is as it says while `self` has it.
        unsafe { self.hold(gil, &descriptor, packed) }
    }

    /// The array of a descriptor of its memory.
    unsafe fn hold(
        self,
        gil: &Gil,
        descriptor: &metaffi_array,
        packed: bool,
    ) -> Result<OwnedArray> {
        // SAFETY: the descriptor is that of the buffer, which is held until the array is freed.
        unsafe {
            let view = View::new(descriptor)?;
            let gaps = packed && !view.is_contiguous();
            // An address with nothing behind it does not tell whose it is.
            let nothing = view.length() == 0;
            if gaps || nothing || loan::is_lent(gil, self.memory.buf.addr()) {
                return array::copy(descriptor);
            }
            let borrow = match self.memory.readonly {
                0 => array::borrow,
                _ => array::borrow_read_only,
            };
            let keeper = self.keeper.into_ptr();
            borrow(descriptor, Some(release), keeper.cast()).inspect_err(|_| {
                drop(PyRef::from_owned(keeper));
            })
        }
    }

    /// The kind of the parts of its elements, if they are complex numbers.
    pub(super) fn complex_parts(&self) -> Option<Kind> {
        // SAFETY: the memoryview has the format.
        let kind = unsafe { format::complex(&self.memory) };
        kind.filter(|_| self.memory.suboffsets.is_null() && self.rank() < MAX_RANK)
    }

    /// The array of the parts of its complex numbers, with a dimension more.
    pub(super) fn into_parts(
        self,
        gil: &Gil,
        kind: Kind,
        declared: Type,
        dimensions: usize,
    ) -> Result<metaffi_slot> {
        let rank = self.rank();
        if dimensions != 0 && dimensions != rank + 1 {
            return Err(wrong_rank(rank + 1, declared, dimensions));
        }
        // SAFETY: a buffer has its shape and strides, `rank` of each.
        let (shape, strides) = unsafe {
            let (mut shape, mut strides) = (vec![2; rank + 1], vec![0; rank + 1]);
            ptr::copy_nonoverlapping(self.memory.shape.cast(), shape.as_mut_ptr(), rank);
            ptr::copy_nonoverlapping(self.memory.strides, strides.as_mut_ptr(), rank);
            strides[rank] = self.memory.itemsize / 2;
            (shape, strides)
        };
        let descriptor = metaffi_array {
            rank: rank + 1,
            shape: shape.as_ptr(),
            strides: strides.as_ptr(),
            ..self.descriptor(kind.into())
        };
        // SAFETY: each element of the buffer is two numbers, one after the other.
        unsafe { self.hold(gil, &descriptor, declared.is_packed()) }
            .map(|array| word(array.into_raw()))
    }

    /// The array with each element converted.
    fn convert(&self, from: Kind, to: Type) -> Result<OwnedArray> {
        let descriptor = self.descriptor(from.into());
        // SAFETY: the buffer's memory is as it says while `self` has it; both arrays have the same
        // shape.
        unsafe {
            let view = View::new(&descriptor)?;
            let new = OwnedArray::new(to, view.shape())?;
            let elements = view.addresses().zip(new.view().addresses());
            for (index, (source, target)) in elements.enumerate() {
                let mut value = crate::value::null();
                let slots = load(source, from.into());
                store(slots.as_ptr(), &SlotLayout::of(from.into()), &raw mut value);
                let converted = number::convert(&value, to)
                    .map_err(|error| error.at(Indices(index, view.shape())))?;
                match to.kind() {
                    Kind::Any => target.cast::<metaffi_value>().write(converted),
                    _ => save(target, to, &[converted.data.uint64, 0, 0]),
                }
            }
            Ok(new)
        }
    }
}

/// The indices of an element by its number in C order: `[17][3]`.
struct Indices<'a>(usize, &'a [usize]);

impl std::fmt::Display for Indices<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Indices(mut rest, shape) = *self;
        for dimension in 0..shape.len() {
            let inner: usize = shape[dimension + 1..].iter().product();
            write!(f, "[{}]", rest / inner)?;
            rest %= inner;
        }
        Ok(())
    }
}

unsafe extern "C-unwind" fn release(keeper: *mut c_void) {
    // SAFETY: `into_array` gave up this reference for the array.
    drop(unsafe { PyRef::from_owned(keeper.cast()) });
}

/// The array of an object that exports its memory, or hands over an array.
///
/// # Safety
/// `object` is alive.
pub(super) unsafe fn array(
    gil: &Gil,
    object: Object,
    declared: Type,
    dimensions: usize,
    surrogates: Surrogates,
) -> Result<OwnedArray> {
    // SAFETY: `object` is alive.
    unsafe {
        if let Some(array) = of_bytes(gil, object, declared, dimensions) {
            return array;
        }
        let buffer = match (gil.api.PyObject_CheckBuffer)(object) {
            0 => exchanged(gil, object).and_then(Result::ok),
            _ => Buffer::new(gil, object),
        };
        let Some((buffer, kind)) =
            buffer.and_then(|buffer| buffer.kind().map(|kind| (buffer, kind)))
        else {
            return by_list(gil, object, declared, dimensions, surrogates);
        };
        check_rank(&buffer, declared, dimensions)?;
        let element = declared.element().unwrap_or(kind.into());
        if format::same_bits(kind, element.kind()) {
            return buffer.into_array(gil, element, declared.is_packed());
        }
        if !number_like(element.kind()) {
            let advice = format!("its elements are {kind}: declare {kind}_array, or a handle");
            return Err(mismatch(gil, object, declared, &advice));
        }
        buffer.convert(kind, element)
    }
}

/// The array of `bytes`, which keep their memory themselves; `None` of anything else.
unsafe fn of_bytes(
    gil: &Gil,
    object: Object,
    declared: Type,
    dimensions: usize,
) -> Option<Result<OwnedArray>> {
    let api = gil.api;
    // SAFETY: `object` is alive, and the GIL is held; bytes do not change, and are there as long as it.
    unsafe {
        if api.type_of(object) != api.PyBytes_Type || dimensions > 1 {
            return None;
        }
        let element = declared.element().unwrap_or(Kind::Uint8.into());
        let length = (api.PyBytes_Size)(object).cast_unsigned();
        if length == 0 || !format::same_bits(Kind::Uint8, element.kind()) {
            return None;
        }
        Some(keep_bytes(gil, object, element, length))
    }
}

/// The array of so many `bytes`, of which there is one at least, that keeps them.
///
/// # Safety
/// They are alive, and the GIL is held; the elements have the size of a byte.
#[inline(always)]
unsafe fn keep_bytes(gil: &Gil, bytes: Object, element: Type, length: usize) -> Result<OwnedArray> {
    // SAFETY: as above.
    unsafe {
        let data = (gil.api.PyBytes_AsString)(bytes).cast_const().cast();
        let array = array::borrow_bytes((data, length), element, Some(release), bytes.cast());
        array.inspect(|_| gil.api.incref(bytes))
    }
}

/// Whether [`store_bytes`] makes what a type declares of `bytes`.
pub fn has_bytes(info: &TypeInfo) -> bool {
    let plain = matches!(info.alias.as_deref(), None | Some("bytes")) && info.dimensions <= 1;
    plain && info.r#type.element().is_some_and(|of| format::same_bits(Kind::Uint8, of.kind()))
}

/// Stores the array of exact `bytes` that are not empty; false for anything else.
///
/// # Safety
/// `object` is alive, and the GIL is held; the type [has bytes](has_bytes), and there is a slot for it.
#[inline(always)]
pub unsafe fn store_bytes(
    gil: &Gil,
    object: Object,
    declared: Type,
    slot: *mut metaffi_slot,
) -> bool {
    let api = gil.api;
    // SAFETY: as above.
    unsafe {
        let Some(element) = declared.element().filter(|_| api.type_of(object) == api.PyBytes_Type)
        else {
            return false;
        };
        let length = (api.PyBytes_Size)(object).cast_unsigned();
        if length == 0 {
            return false;
        }
        let Ok(array) = keep_bytes(gil, object, element, length) else { return false };
        *slot = word(array.into_raw());
        true
    }
}

/// Whether [`view`] shows the memory of an object, and whether it may be written.
///
/// # Safety
/// `object` is alive, and the GIL is held.
pub unsafe fn is_viewed(gil: &Gil, object: Object) -> (bool, bool) {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        match held_array::of(gil, object, false) {
            // Whoever exports memory says the same to all.
            Some(Ok(array)) => (true, !array.view().is_read_only()),
            _ => {
                let is_viewed = |writable| view_other(gil, object, writable).is_ok();
                (is_viewed(false), is_viewed(true))
            }
        }
    }
}

/// The memory of an object as an array of what its elements are, which keeps it until it is freed. An
/// object that shows no buffer may hand over an array instead.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub unsafe fn view(gil: &Gil, object: Object, writable: bool) -> Result<OwnedArray> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        match held_array::of(gil, object, writable) {
            Some(array) => array,
            None => view_other(gil, object, writable),
        }
    }
}

/// The same of what is not simply held.
#[inline(never)]
unsafe fn view_other(gil: &Gil, object: Object, writable: bool) -> Result<OwnedArray> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let refused = |why: &str| {
            let r#type = type_name(gil, gil.api.type_of(object));
            Error::unsupported(format!("the memory of this {type} cannot be an array: {why}"))
        };
        let unreadable = |failed: Error| match failed.status() {
            Status::TypeMismatch => refused(failed.message()),
            _ => failed,
        };
        let buffer = match (gil.api.PyObject_CheckBuffer)(object) {
            0 => exchanged(gil, object).transpose().map_err(unreadable)?,
            _ => Buffer::new(gil, object),
        };
        let Some(buffer) = buffer else { return Err(refused("it shows none")) };
        let Some(kind) = buffer.kind() else {
            return Err(refused("its elements are no numbers of C, or not at a fixed distance"));
        };
        if buffer.rank() == 0 {
            return Err(refused("it has no dimensions"));
        }
        if writable && buffer.memory.readonly != 0 {
            return Err(refused("it must not be written"));
        }
        buffer.into_array(gil, kind.into(), false)
    }
}

fn number_like(kind: Kind) -> bool {
    kind.is_scalar() || kind == Kind::Any
}

fn check_rank(buffer: &Buffer, declared: Type, dimensions: usize) -> Result<()> {
    let rank = buffer.rank();
    if rank != 0 && (dimensions == 0 || dimensions == rank) {
        return Ok(());
    }
    Err(wrong_rank(rank, declared, dimensions))
}

#[cold]
fn wrong_rank(rank: usize, declared: Type, dimensions: usize) -> Error {
    let wanted = if dimensions == 0 { String::new() } else { format!(" rank {dimensions}") };
    Error::mismatch(format!("a buffer of {rank} dimensions given for {declared}{wanted}"))
}

/// Elements that are no numbers of this machine (halves, other byte orders, dates, objects), or do not
/// lie one after the other, by the list that the object makes of itself.
unsafe fn by_list(
    gil: &Gil,
    object: Object,
    declared: Type,
    dimensions: usize,
    surrogates: Surrogates,
) -> Result<OwnedArray> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe {
        let object = PyRef::new_reference(gil, object);
        let method = |name| error::quietly(gil, || object.attribute(gil, name));
        let items = match method(c"tolist").or_else(|| method(c"to_pylist")) {
            Some(tolist) => tolist.call0(gil)?,
            None if (gil.api.PyObject_CheckBuffer)(object.as_ptr()) == 0 => {
                PyRef::owned(gil, (gil.api.PySequence_List)(object.as_ptr()))?
            }
            None => {
                let advice = "its memory cannot be read as an array; declare a handle";
                return Err(mismatch(gil, object.as_ptr(), declared, advice));
            }
        };
        if !list::is_list(gil, items.as_ptr()) {
            let advice = "it has no dimensions; declare the type of one element";
            return Err(mismatch(gil, object.as_ptr(), declared, advice));
        }
        match declared.element() {
            Some(element) => list::of_items(gil, items.as_ptr(), element, dimensions, surrogates),
            None => super::any::array(gil, items.as_ptr(), surrogates),
        }
    }
}
