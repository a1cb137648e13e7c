//! [`DataTable`]: what the objects of a type look at to read and write their memory: a layout as Python
//! wants it, made once. Tables are objects of Python, so that they are counted without atomics and
//! the garbage collector sees that a type leads back to itself.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::bit_field;
use super::names::Names;
use super::scalar::ScalarAccess;
use crate::error::Result;
use crate::fork::Once;
use crate::object::layout::{Bits, NumberFormat};
use crate::object::layout::{Layout, LayoutKind};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{
    HAVE_GC, HeapType, HeapTypeSpec, TP_CLEAR, TP_DEALLOC, TP_TRAVERSE,
};
use crate::python::support;
use crate::python::upcall::callable::VisitReference;

/// A type of data. Used under the GIL alone.
pub(in crate::host::python) struct DataTable {
    /// The object that this is part of.
    me: Cell<Object>,
    /// The layout.
    pub(in crate::host::python) layout: Arc<Layout>,
    /// Bytes of a value.
    pub(in crate::host::python) size: usize,
    /// What the bytes are.
    pub(super) shape: Shape,
    /// Whether they must not be written.
    pub(super) constant: bool,
    /// Whether addresses are among them.
    pub(super) has_pointers: bool,
    /// How many elements there are; `usize::MAX` if only the object knows.
    pub(super) length: usize,
    /// Elements, or what is pointed to, once somebody has asked.
    inner: Cell<*const DataTable>,
    pointer: Cell<*const DataTable>,
    array: Cell<*const DataTable>,
    /// The parts of a record.
    pub(super) names: Names,
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// A number, a bool or a character.
    Scalar(ScalarAccess),
    /// A number without such access.
    Number(NumberFormat),
    /// Named parts.
    Record,
    /// Elements.
    Array,
    /// An address of data.
    Pointer,
    /// An address of a function.
    Code,
    /// What only the language knows.
    Opaque,
}

/// A part of a record.
pub(super) struct RecordPart {
    /// The interned name.
    pub(super) name: PyRef,
    /// Bytes from the start.
    pub(super) offset: usize,
    /// What is there.
    pub(super) table: TableRef,
    /// Its bits, if it is a bit-field.
    pub(super) bits: Option<Bits>,
    /// Whether it must not be written.
    pub(super) constant: bool,
}

impl RecordPart {
    /// How many bytes it touches.
    #[inline(always)]
    pub(super) fn size(&self) -> usize {
        self.bits.map_or(self.table.size, bit_field::bytes)
    }
}

/// A counted reference, given up under the GIL.
pub(in crate::host::python) struct TableRef(*const DataTable);

// SAFETY: an object of Python, which is used under the GIL alone.
unsafe impl Send for TableRef {}
// SAFETY: as above.
unsafe impl Sync for TableRef {}

impl std::ops::Deref for TableRef {
    type Target = DataTable;

    #[inline(always)]
    fn deref(&self) -> &DataTable {
        // SAFETY: the reference keeps it.
        unsafe { &*self.0 }
    }
}

impl Drop for TableRef {
    fn drop(&mut self) {
        // SAFETY: a reference of its own; objects are not NULL.
        drop(unsafe { PyRef::from_owned(self.me.get()) });
    }
}

/// Where a layout has its table; NULL without one. The table keeps the layout.
struct KnownTable(AtomicPtr<DataTable>);

static CLASS: Once<HeapType<DataTable>> = Once::new();

fn class(gil: &Gil) -> Result<&'static HeapType<DataTable>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.libmetaffi.DataType",
                doc: c"A type of data.",
                flags: HAVE_GC,
                slots: &[
                    (TP_TRAVERSE, traverse as *const c_void),
                    (TP_CLEAR, clear as *const c_void),
                    (TP_DEALLOC, deallocate as *const c_void),
                ],
                methods: vec![],
                attributes: &[],
                offsets: &[],
            },
        )
    })
}

impl DataTable {
    /// The table of a layout.
    pub(in crate::host::python) fn of(gil: &Gil, layout: &Arc<Layout>) -> Result<TableRef> {
        let known = layout.host.get_or_init(|| Box::new(KnownTable(AtomicPtr::default())));
        let Some(KnownTable(known)) = known.downcast_ref::<KnownTable>() else {
            return DataTable::make(gil, layout.clone());
        };
        // SAFETY: a table takes itself out before it ends, under the GIL.
        if let Some(table) = unsafe { known.load(Ordering::Relaxed).as_ref() } {
            return Ok(table.to_ref(gil.api));
        }
        let made = DataTable::make(gil, layout.clone())?;
        known.store(made.0.cast_mut(), Ordering::Relaxed);
        Ok(made)
    }

    fn make(gil: &Gil, layout: Arc<Layout>) -> Result<TableRef> {
        let mut parts = Vec::with_capacity(layout.fields().len());
        for (index, field) in layout.fields().iter().enumerate() {
            let Some(part) = layout.origin.part(index) else { continue };
            parts.push(RecordPart {
                name: support::interned(gil, &field.name)?,
                offset: field.offset,
                table: DataTable::of(gil, &part)?,
                bits: field.bits,
                constant: field.constant,
            });
        }
        let (shape, length) = match &layout.kind {
            LayoutKind::Scalar(kind) => {
                (ScalarAccess::of(*kind).map_or(Shape::Opaque, Shape::Scalar), usize::MAX)
            }
            LayoutKind::Number(format @ NumberFormat::Complex(_)) => (Shape::Number(*format), 2),
            LayoutKind::Number(format) => (Shape::Number(*format), usize::MAX),
            LayoutKind::Record(_) => (Shape::Record, usize::MAX),
            LayoutKind::Array { length } => (Shape::Array, length.unwrap_or(usize::MAX)),
            LayoutKind::Pointer { code: false, .. } => (Shape::Pointer, usize::MAX),
            LayoutKind::Pointer { code: true, .. } => (Shape::Code, usize::MAX),
            LayoutKind::Opaque => (Shape::Opaque, usize::MAX),
        };
        let inner = match shape {
            Shape::Array | Shape::Number(NumberFormat::Complex(_)) => layout.origin.inner(),
            _ => None,
        };
        let inner = inner.map(|inner| DataTable::of(gil, &inner)).transpose()?;
        let has_pointers = match shape {
            Shape::Pointer | Shape::Code => true,
            _ => {
                inner.as_ref().is_some_and(|inner| inner.has_pointers)
                    || parts.iter().any(|part| part.table.has_pointers)
            }
        };
        let table = DataTable {
            me: Cell::new(ptr::null_mut()),
            size: layout.size,
            shape,
            constant: layout.constant,
            has_pointers,
            length,
            inner: Cell::new(inner.map_or(ptr::null(), TableRef::into_raw)),
            pointer: Cell::new(ptr::null()),
            array: Cell::new(ptr::null()),
            names: Names::new(parts),
            layout,
        };
        let class = class(gil)?;
        let object = class.instance(gil, table)?;
        let table = class.fields(object.as_ptr());
        // SAFETY: the new instance's fields.
        unsafe { (*table).me.set(object.into_ptr()) };
        Ok(TableRef(table))
    }

    /// Another reference.
    #[inline(always)]
    pub(in crate::host::python) fn to_ref(&self, api: &Api) -> TableRef {
        // SAFETY: it is alive, and the GIL is held.
        unsafe { api.incref(self.me.get()) };
        TableRef(self)
    }

    /// The object, borrowed.
    #[inline(always)]
    pub(super) fn object(&self) -> Object {
        self.me.get()
    }

    /// Whether values are addresses.
    #[inline(always)]
    pub(super) fn is_pointer(&self) -> bool {
        matches!(self.shape, Shape::Pointer | Shape::Code)
    }

    /// What elements are, or what is pointed to, if somebody has asked.
    #[inline(always)]
    pub(super) fn known_inner(&self) -> Option<&DataTable> {
        // SAFETY: a reference of its own.
        unsafe { self.inner.get().as_ref() }
    }

    /// The same; `None` if nobody knows.
    pub(super) fn inner(&self, gil: &Gil) -> Result<Option<&DataTable>> {
        if self.known_inner().is_none()
            && let Some(inner) = self.layout.origin.inner()
        {
            let inner = DataTable::of(gil, &inner)?;
            drop(TableRef::from_raw(self.inner.replace(inner.into_raw())));
        }
        Ok(self.known_inner())
    }

    /// A pointer to values of this.
    pub(super) fn pointer(&self, gil: &Gil) -> Result<&DataTable> {
        DataTable::other(gil, &self.pointer, || self.layout.origin.pointer())
    }

    /// An array of values of this, of any length.
    pub(super) fn array(&self, gil: &Gil) -> Result<&DataTable> {
        DataTable::other(gil, &self.array, || self.layout.origin.array())
    }

    fn other<'a>(
        gil: &Gil,
        place: &'a Cell<*const DataTable>,
        find: impl FnOnce() -> Result<Arc<Layout>>,
    ) -> Result<&'a DataTable> {
        if place.get().is_null() {
            let made = DataTable::of(gil, &find()?)?;
            drop(TableRef::from_raw(place.replace(made.into_raw())));
        }
        // SAFETY: a reference of its own.
        Ok(unsafe { &*place.get() })
    }

    /// Whether it is an array of which only objects know the length.
    pub(in crate::host::python) fn is_unsized(&self) -> bool {
        self.shape == Shape::Array && self.length == usize::MAX
    }

    /// The type as its language spells it.
    pub(super) fn spell(&self) -> String {
        self.layout.origin.spell()
    }
}

impl TableRef {
    /// The reference, for [`from_raw`](TableRef::from_raw).
    #[inline(always)]
    pub(super) fn into_raw(self) -> *const DataTable {
        std::mem::ManuallyDrop::new(self).0
    }

    /// A reference that was given up by [`into_raw`](TableRef::into_raw).
    #[inline(always)]
    pub(super) fn from_raw(table: *const DataTable) -> Option<TableRef> {
        (!table.is_null()).then(|| TableRef(table))
    }

    /// The table as a place to keep it in, such as a dict.
    pub(in crate::host::python) fn into_object(self) -> PyRef {
        let table = std::mem::ManuallyDrop::new(self);
        // SAFETY: the reference becomes another's.
        unsafe { PyRef::from_owned(table.me.get()).unwrap_unchecked() }
    }

    /// The table that an object is, which is alive; `None` of any other.
    ///
    /// # Safety
    /// `object` is alive as long as the result.
    #[inline(always)]
    pub(in crate::host::python) unsafe fn in_object<'a>(object: Object) -> Option<&'a DataTable> {
        let class = CLASS.get()?;
        let api = Api::get()?;
        // SAFETY: `object` is alive.
        unsafe { class.is(api, object).then(|| &*class.fields(object)) }
    }
}

unsafe extern "C-unwind" fn traverse(
    object: Object,
    visit: VisitReference,
    data: *mut c_void,
) -> c_int {
    let Some(class) = CLASS.get() else { return 0 };
    // SAFETY: the garbage collector calls this with an instance, and nothing runs meanwhile; what
    // it refers to is kept by it.
    unsafe {
        let table = &*class.fields(object);
        let others = [&table.inner, &table.pointer, &table.array];
        let others = others.into_iter().filter_map(|other| other.get().as_ref());
        for other in others.chain(table.names.parts().iter().map(|part| &*part.table)) {
            match visit(other.object(), data) {
                0 => {}
                outcome => return outcome,
            }
        }
    }
    0
}

unsafe extern "C-unwind" fn clear(object: Object) -> c_int {
    if let (Some(_), Some(class)) = (Api::get(), CLASS.get()) {
        // SAFETY: the garbage collector calls this with an instance, holding the GIL. Elements are
        // no part of a cycle: types that contain each other are finite.
        let table = unsafe { &*class.fields(object) };
        let target = if table.is_pointer() { &table.inner } else { &table.pointer };
        for other in [target, &table.pointer, &table.array] {
            drop(TableRef::from_raw(other.replace(ptr::null())));
        }
    }
    0
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance, under the GIL.
    unsafe {
        (api.PyObject_GC_UnTrack)(object.cast());
        let table = &*class.fields(object);
        if let Some(KnownTable(known)) =
            table.layout.host.get().and_then(|known| known.downcast_ref())
            && ptr::eq(known.load(Ordering::Relaxed), table)
        {
            known.store(ptr::null_mut(), Ordering::Relaxed);
        }
        for other in [&table.inner, &table.pointer, &table.array] {
            drop(TableRef::from_raw(other.replace(ptr::null())));
        }
        class.destroy(api, object);
    }
}
