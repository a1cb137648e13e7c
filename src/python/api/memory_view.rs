//! Memoryviews that are put aside when nobody else has them, and taken again for other memory: where
//! it is known how they lie in memory. In between they are as Python's `release()` leaves them.

use std::ffi::{c_char, c_int};
use std::ptr;

use super::layout::{TYPE_SIZE, word};
use super::{Api, Object, Py_buffer};

/// A memoryview, with the lengths and the steps of its dimensions behind it.
#[repr(C)]
struct MemoryView {
    count: u64,
    head: [u64; 2],
    managed: *mut ManagedBuffer,
    /// What was computed of its bytes, or -1.
    hash: isize,
    flags: c_int,
    /// How many look through it.
    exports: isize,
    view: Py_buffer,
    weak: Object,
}

/// What memoryviews of the same export share.
#[repr(C)]
struct ManagedBuffer {
    count: u64,
    head: u64,
    flags: c_int,
    /// How many memoryviews there are.
    exports: isize,
    master: Py_buffer,
}

const RELEASED: c_int = 1;
const C_ORDER: c_int = 2;
const FORTRAN_ORDER: c_int = 4;

impl Api {
    /// Whether memoryviews lie as they do here.
    ///
    /// # Safety
    /// The interpreter runs, the GIL is held, and counts are known.
    pub(super) unsafe fn knows_memory_views(&self) -> bool {
        let mut bytes = [0_u8; 6];
        let (mut shape, mut strides) = ([2, 3], [3, 1]);
        let shown = Py_buffer {
            buf: bytes.as_mut_ptr().cast(),
            obj: ptr::null_mut(),
            len: 6,
            itemsize: 1,
            readonly: 0,
            ndim: 2,
            format: c"B".as_ptr().cast_mut(),
            shape: shape.as_mut_ptr(),
            strides: strides.as_mut_ptr(),
            suboffsets: ptr::null_mut(),
            internal: ptr::null_mut(),
        };
        // SAFETY: under the GIL; an object has as many bytes as its type says, and is looked at while it
        // is alive.
        unsafe {
            let size = word(self.PyMemoryView_Type, TYPE_SIZE) as usize;
            if size != size_of::<MemoryView>() {
                return false;
            }
            let object = (self.PyMemoryView_FromBuffer)(&raw const shown);
            if object.is_null() {
                (self.PyErr_Clear)();
                return false;
            }
            let found = &*object.cast::<MemoryView>();
            let MemoryView { view, .. } = found;
            let lengths = object.byte_add(size).cast::<isize>();
            let is_plain = found.hash == -1 && found.exports == 0 && found.weak.is_null();
            let is_shown = (view.buf, view.len, view.itemsize, view.ndim)
                == (shown.buf, shown.len, shown.itemsize, shown.ndim)
                && view.shape == lengths
                && view.strides == lengths.add(2)
                && [*lengths, *lengths.add(1)] == shape;
            let is_known = is_plain
                && is_shown
                && found.flags == C_ORDER
                && (*found.managed).count == 1
                && (*found.managed).exports == 1
                && (*found.managed).master.buf == shown.buf
                && self.knows_released(object);
            self.decref(object);
            is_known
        }
    }

    /// Whether a memoryview with a weak reference, that is released, looks so.
    unsafe fn knows_released(&self, object: Object) -> bool {
        let view: *const MemoryView = object.cast();
        // SAFETY: a live memoryview under the GIL.
        unsafe {
            let weak = (self.PyWeakref_NewRef)(object, ptr::null_mut());
            let is_referred = !weak.is_null() && (*view).weak == weak;
            let release = (self.PyUnicode_InternFromString)(c"release".as_ptr());
            let arguments = [object];
            let call = self.PyObject_VectorcallMethod;
            let done = call(release, arguments.as_ptr(), 1, ptr::null_mut());
            let is_released = !done.is_null() && (*view).flags & RELEASED != 0;
            for made in [weak, release, done] {
                match made.is_null() {
                    true => (self.PyErr_Clear)(),
                    false => self.decref(made),
                }
            }
            is_referred && is_released
        }
    }

    /// Puts a memoryview aside that nobody else has or looks through; false of any other, and where it is
    /// not known how they lie in memory. The export that it shows goes on.
    ///
    /// # Safety
    /// The GIL is held, and it is the caller's memoryview.
    #[inline]
    pub unsafe fn put_aside(&self, object: Object) -> bool {
        if !self.layout.views {
            return false;
        }
        // SAFETY: a live memoryview, whose layout is known.
        unsafe {
            let found = &mut *object.cast::<MemoryView>();
            let is_sole = found.count == 1
                && found.exports == 0
                && found.weak.is_null()
                && found.flags & !(C_ORDER | FORTRAN_ORDER) == 0
                && (*found.managed).count == 1
                && (*found.managed).exports == 1;
            if is_sole {
                found.flags |= RELEASED;
                found.hash = -1;
            }
            is_sole
        }
    }

    /// Takes one that was put aside for other memory; false if it has another number of dimensions, or
    /// somebody has found it meanwhile.
    ///
    /// # Safety
    /// As for [`put_aside`](Api::put_aside), which has said true; the memory is there as long as the export
    /// that goes on.
    #[inline]
    pub unsafe fn take_again(&self, object: Object, memory: &Py_buffer) -> bool {
        // SAFETY: a live memoryview, whose layout is known; it has room for its dimensions.
        unsafe {
            let found = &mut *object.cast::<MemoryView>();
            let view = &mut found.view;
            let is_sole = found.count == 1 && found.exports == 0 && found.weak.is_null();
            if !is_sole || view.ndim != memory.ndim {
                return false;
            }
            let rank = memory.ndim.unsigned_abs() as usize;
            view.shape.copy_from_nonoverlapping(memory.shape, rank);
            view.strides.copy_from_nonoverlapping(memory.strides, rank);
            (view.buf, view.len, view.itemsize) = (memory.buf, memory.len, memory.itemsize);
            (view.readonly, view.format) = (memory.readonly, memory.format);
            let has = |order: u8, flag| match (self.PyBuffer_IsContiguous)(view, order as c_char) {
                0 => 0,
                _ => flag,
            };
            found.flags = has(b'C', C_ORDER) | has(b'F', FORTRAN_ORDER);
            true
        }
    }

    /// Has one that was put aside be as it was before, so that it may be released.
    ///
    /// # Safety
    /// As for [`take_again`](Api::take_again); nobody looks at the memory before it is released.
    pub unsafe fn take_back(&self, object: Object) {
        // SAFETY: a live memoryview, whose layout is known.
        unsafe { (*object.cast::<MemoryView>()).flags &= !RELEASED };
    }
}
