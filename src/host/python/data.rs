//! C data as Python objects, of a type below `metaffi.MetaFFIHandle`: they read and write the memory
//! themselves, by the table of its type. A handle is made only where one leaves to another API.
//!
//! An object owns its memory, or is a view of another's, or of C's, or is a pointer:
//!
//! | | address | owner |
//! |---|---|---|
//! | own | inside the object, or a block | [`OwnMemory`], made when something has to be remembered |
//! | view | somewhere in the owner's memory | the object whose memory it is; NULL if it is C's |
//! | pointer | what it points to: its memory is this field | what keeps the target, if that is known |
//!
//! A released object says of no table, so that nothing finds a way to its memory; it keeps its table to
//! its end, since an object may be released by code that runs while it is looked at. Everything here
//! happens under the GIL.

pub(super) mod address;
mod array;
mod attribute;
mod bit_field;
mod buffer;
pub(super) mod cast;
mod collect;
mod item;
mod items;
mod load;
pub(super) mod make;
mod memory;
mod names;
mod number;
mod place;
mod pointer;
pub(super) mod raise;
pub(super) mod range;
mod real;
mod record;
mod reference;
mod refusal;
mod scalar;
mod show;
mod store;
mod table;
mod text;
mod used_memory;
pub(super) mod value;

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;

use super::error::foreign_class;
use super::trampoline::trampoline;
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::{HandleKind, Key};
use crate::object::layout::Layout;
use crate::python::api::{Api, METH_NOARGS, METH_VARARGS, Object, PyMethodDef};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::class::{
    BF_GETBUFFER, BF_RELEASEBUFFER, HAVE_GC, HeapType, HeapTypeSpec, MP_ASS_SUBSCRIPT, MP_LENGTH,
    MP_SUBSCRIPT, NB_BOOL, NB_FLOAT, NB_INT, SQ_ITEM, SQ_LENGTH, TP_CLEAR, TP_DEALLOC, TP_GETATTRO,
    TP_HASH, TP_ITER, TP_REPR, TP_RICHCOMPARE, TP_SETATTRO, TP_STR, TP_TRAVERSE, method,
};
use crate::python::object::{Carrier, PyRef, set_carrier};
use crate::python::proxy;
use crate::python::support;
use crate::value::OwnedValue;

pub(super) use reference::{from_handle, to_handle};
pub(super) use table::{DataTable, TableRef};

/// What an instance has.
pub(super) struct Data {
    /// Its type, by a reference of its own; marked by [`RELEASED`].
    table: Cell<*const DataTable>,
    address: Cell<*mut u8>,
    /// The owner, by a reference of its own; or, marked by [`OWN`], its own memory.
    owner: Cell<Object>,
    weak: Cell<Object>,
}

/// Marks the owner of an object that has memory of its own.
const OWN: usize = 1;

/// Marks the table of an object that is released.
const RELEASED: usize = 1;

/// The types of data: they differ in whether the garbage collector looks at their instances.
struct DataClasses {
    plain: HeapType<Data>,
    collected: HeapType<Data>,
}

static CLASSES: Once<DataClasses> = Once::new();

fn classes(gil: &Gil) -> Result<&'static DataClasses> {
    CLASSES.get_or_make(|| {
        let made = DataClasses { plain: class(gil, false)?, collected: class(gil, true)? };
        set_carrier(Carrier { wrap: from_handle, is: is_carrier, to_handle: carried });
        Ok(made)
    })
}

/// Whether an object is data, or a class of errors.
///
/// # Safety
/// `object` is alive, and the GIL is held.
unsafe fn is_carrier(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { is(api, object) || foreign_class::is(api, object) }
}

/// A new handle of one of these.
///
/// # Safety
/// As for [`is_carrier`].
unsafe fn carried(gil: &Gil, object: Object) -> Option<Result<Key>> {
    // SAFETY: `object` is alive, and the GIL is held.
    unsafe { to_handle(gil, object).or_else(|| foreign_class::to_handle(gil, object)) }
}

/// Makes the types.
pub(super) fn install(gil: &Gil) -> Result<()> {
    classes(gil).map(|_| ())
}

fn class(gil: &Gil, collected: bool) -> Result<HeapType<Data>> {
    let mut slots = vec![
        (TP_DEALLOC, collect::deallocate as *const c_void),
        (TP_REPR, show::repr as *const c_void),
        (TP_STR, show::str as *const c_void),
        (TP_GETATTRO, attribute::get as *const c_void),
        (TP_SETATTRO, attribute::set as *const c_void),
        (TP_ITER, item::iterate as *const c_void),
        (SQ_ITEM, item::item as *const c_void),
        (SQ_LENGTH, item::length as *const c_void),
        (MP_LENGTH, item::length as *const c_void),
        (MP_SUBSCRIPT, item::get as *const c_void),
        (MP_ASS_SUBSCRIPT, item::set as *const c_void),
        (NB_BOOL, number::truth as *const c_void),
        (NB_INT, number::integer as *const c_void),
        (NB_FLOAT, number::float as *const c_void),
        (BF_GETBUFFER, buffer::get as *const c_void),
        (BF_RELEASEBUFFER, buffer::release as *const c_void),
        (TP_HASH, hash as *const c_void),
        (TP_RICHCOMPARE, compare as *const c_void),
    ];
    if collected {
        slots.push((TP_TRAVERSE, collect::traverse as *const c_void));
        slots.push((TP_CLEAR, collect::clear as *const c_void));
    }
    let description = HeapTypeSpec {
        name: c"metaffi.MetaFFIData",
        doc: c"Data of C: a view of memory, or a pointer.",
        flags: if collected { HAVE_GC } else { 0 },
        slots: &slots,
        methods: methods(),
        attributes: &[(c"released", released), (c"runtime", runtime), (c"type_name", name)],
        offsets: &[(c"__weaklistoffset__", std::mem::offset_of!(Data, weak))],
    };
    let class = HeapType::derived(gil, description, Some(proxy::base(gil)?.object()))?;
    support::document(gil, class.object(), show::page)?;
    Ok(class)
}

fn methods() -> Vec<PyMethodDef> {
    vec![
        method(
            c"release",
            release as *const c_void,
            METH_NOARGS,
            c"release($self, /)\n--\n\nGives the memory back; later uses are refused.",
        ),
        method(
            c"__dir__",
            show::dir as *const c_void,
            METH_NOARGS,
            c"The fields, and what every handle has.",
        ),
        method(
            c"__bytes__",
            text::bytes as *const c_void,
            METH_NOARGS,
            c"The bytes of the object, or the text that it points to.",
        ),
        method(
            c"__complex__",
            number::complex as *const c_void,
            METH_NOARGS,
            c"The complex number that it is.",
        ),
        method(c"__exit__", release as *const c_void, METH_VARARGS, c"Releases it."),
    ]
}

/// Whether an object is data.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn is(api: &Api, object: Object) -> bool {
    let Some(classes) = CLASSES.get() else { return false };
    // SAFETY: `object` is alive, and the GIL is held.
    let r#type = unsafe { api.type_of(object) };
    r#type == classes.plain.object().as_ptr() || r#type == classes.collected.object().as_ptr()
}

/// The data that an object is; `None` of any other.
///
/// # Safety
/// `object` is alive as long as the result, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn of<'a>(api: &Api, object: Object) -> Option<&'a Data> {
    // SAFETY: `object` is alive as long as the result, and the GIL is held.
    unsafe { is(api, object).then(|| fields(object)) }
}

/// The fields of an instance.
///
/// # Safety
/// `object` is an instance, and alive as long as the result.
#[inline(always)]
unsafe fn fields<'a>(object: Object) -> &'a Data {
    // SAFETY: there is no instance without the types, which have their fields at one place.
    unsafe { &*CLASSES.get().unwrap_unchecked().plain.fields(object) }
}

impl Data {
    /// Its type; `None` once it is released.
    #[inline(always)]
    pub(super) fn table(&self) -> Option<&DataTable> {
        let is_released = self.table.get().addr() & RELEASED != 0;
        (!is_released).then(|| self.kept_table())
    }

    /// Has no type any more.
    fn hide_table(&self) {
        self.table.set(self.table.get().map_addr(|table| table | RELEASED));
    }

    /// The type that it has, or had until it was released.
    #[inline(always)]
    fn kept_table(&self) -> &DataTable {
        // SAFETY: by a reference of its own, as long as the object is there.
        unsafe { &*self.table.get().map_addr(|table| table & !RELEASED) }
    }

    /// The layout of its type; NULL once it is released.
    #[inline(always)]
    pub(super) fn layout(&self) -> *const Layout {
        self.table().map_or(ptr::null(), |table| Arc::as_ptr(&table.layout))
    }

    /// The address that it stands for where one is wanted: what a pointer points to, else where it
    /// is.
    #[inline(always)]
    pub(super) fn address(&self) -> *mut u8 {
        self.address.get()
    }

    /// Whether it has memory, or keeps what has the memory it points into.
    pub(super) fn has_owner(&self) -> bool {
        !self.owner().is_null()
    }

    /// Who has the memory, or what is remembered of its own.
    #[inline(always)]
    fn owner(&self) -> Object {
        self.owner.get()
    }

    /// Where a pointer has its value.
    #[inline(always)]
    fn pointer(&self) -> *mut u8 {
        self.address.as_ptr().cast()
    }

    /// Whether the memory is the object's own, and no pointer.
    #[inline(always)]
    fn is_own(&self) -> bool {
        self.owner().addr() & OWN != 0
    }

    /// Whether the value is an address.
    #[inline(always)]
    fn is_pointer(&self) -> bool {
        self.table().is_some_and(DataTable::is_pointer)
    }

    /// Its type, whatever becomes of it meanwhile, or that it is released.
    fn alive(&self, api: &Api) -> Result<TableRef> {
        self.table().map(|table| table.to_ref(api)).ok_or_else(gone)
    }
}

#[cold]
fn gone() -> Error {
    Error::new(Status::InvalidHandle, "the handle is released")
}

/// The callable that data is a pointer to, as a value: none of a null pointer; `None` if it is no
/// pointer to a function.
///
/// # Safety
/// `object` is an instance, and what it points to is there.
pub(super) unsafe fn code(gil: &Gil, object: Object) -> Result<Option<OwnedValue>> {
    // SAFETY: as above.
    unsafe {
        let place = place::Place::of(gil, object)?;
        if place.table.shape != table::Shape::Code {
            return Ok(None);
        }
        place.table.layout.origin.load(place.at).map(Some)
    }
}

/// Fills the new object of a handle with what an object stands for.
///
/// # Safety
/// Nobody else uses the object.
pub(super) unsafe fn fill(gil: &Gil, key: Key, given: &PyRef) -> Result<()> {
    let object = from_handle(gil, crate::handle::clone(key, HandleKind::Object)?)?;
    // SAFETY: a live object under the GIL.
    match unsafe { is(gil.api, object.as_ptr()) } {
        true => store::fill(gil, &object, given),
        false => Err(Error::unsupported("objects of this type take no value")),
    }
}

/// New data for a pointer of that type to point to, made of text, bytes, a list or a dict; `None` of
/// anything else, and of other types.
pub(super) fn pointed_to(gil: &Gil, layout: &Arc<Layout>, given: &PyRef) -> Result<Option<PyRef>> {
    let table = DataTable::of(gil, layout)?;
    match table.is_pointer() {
        true => pointer::made(gil, &table, false, given),
        false => Ok(None),
    }
}

/// A pointer; `keeps` is data that has the memory it points into, if that is known.
pub(super) fn pointer(
    gil: &Gil,
    layout: &Arc<Layout>,
    value: *mut u8,
    keeps: Option<&PyRef>,
) -> Result<PyRef> {
    let table = DataTable::of(gil, layout)?;
    let keeps = keeps.map_or(ptr::null_mut(), PyRef::as_ptr);
    // SAFETY: under the GIL.
    unsafe { PyRef::owned(gil, make::view(gil.api, &table, value, keeps)) }
}

/// A new value with memory of its own, zero: `size` bytes, if that is more than the type's. The
/// address is where a value may be written.
pub(super) fn zeroed(gil: &Gil, layout: &Arc<Layout>, size: usize) -> Result<PyRef> {
    let table = DataTable::of(gil, layout)?;
    make::zeroed(gil, &table, size)
}

unsafe extern "C-unwind" fn release(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            memory::release(object)?;
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn released(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| Ok(support::truth(gil, fields(object).table().is_none()))) }
}

unsafe extern "C-unwind" fn runtime(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| support::text(gil, fields(object).alive(gil.api)?.layout.origin.runtime()))
    }
}

unsafe extern "C-unwind" fn name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe { trampoline(|gil| support::text(gil, &fields(object).alive(gil.api)?.spell())) }
}

unsafe extern "C-unwind" fn hash(object: Object) -> isize {
    // SAFETY: Python calls this with an instance.
    proxy::hash_of(unsafe { fields(object) }.address().addr() as u64)
}

/// Data are equal if they stand for one address. What is released stands for none.
unsafe extern "C-unwind" fn compare(one: Object, other: Object, operator: c_int) -> Object {
    // SAFETY: Python calls this with an instance and any object, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let same = || {
                let (left, right) = (fields(one), of(gil.api, other)?);
                let alive = left.table().is_some() && right.table().is_some();
                Some(alive && left.address() == right.address())
            };
            Ok(proxy::compared(gil, (one, other), operator, same))
        })
    }
}
