use std::any::TypeId;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};

use super::key::{Key, Kind};
use crate::abi::{metaffi_error, metaffi_slot, metaffi_status};

/// What a table knows about the type behind a slot.
pub(super) struct Vtable {
    pub(super) kind: Kind,
    pub(super) type_id: TypeId,
    /// Adds a reference.
    pub(super) retain: unsafe fn(*const ()),
    /// Drops a reference; may run guest code.
    pub(super) release: unsafe fn(*const ()),
    /// How to ask an object about itself; `None` for other kinds.
    pub(super) object: Option<unsafe fn(*const ()) -> *const dyn super::Object>,
}

/// A register-only function: everything a call needs, copied out of the slot in one look, so that
/// such a call holds on to nothing that a concurrent free could take away.
#[derive(Clone, Copy)]
pub struct Direct {
    /// Loads the registers from the frame, calls `code`, stores the result.
    pub thunk: DirectThunk,
    /// The C function.
    pub code: *const (),
    /// Which slot each register is loaded from, for thunks that need telling.
    pub order: u64,
    /// The types of the arguments and the return, for calls by values; 0 if they are not all
    /// scalars, or too many.
    pub shape: u64,
}

/// How to call what a runtime's own lock protects: what is called with the lock held is not given
/// back without it, so that nothing else has to protect it.
#[derive(Clone, Copy)]
pub struct Entrance {
    /// What is called if the lock is held.
    pub enter: Enter,
    /// What it is given.
    pub data: *const (),
    /// As of a [`Direct`].
    pub shape: u64,
}

/// The type of [`Entrance::enter`]: `(data, frame, error, key, hold)`. It calls and reports; or it
/// leaves everything to `hold(key, frame, error)`, without looking at `data`, if this thread does
/// not have the lock.
pub type Enter = unsafe extern "C-unwind" fn(
    *const (),
    *mut metaffi_slot,
    *mut *mut metaffi_error,
    Key,
    Hold,
) -> metaffi_status;

/// Calls what a key stands for, and keeps it alive meanwhile.
pub type Hold =
    unsafe extern "C-unwind" fn(Key, *mut metaffi_slot, *mut *mut metaffi_error) -> metaffi_status;

/// A way to call that does not keep alive what is called.
#[derive(Clone, Copy)]
pub enum Shortcut {
    /// Of a register-only function.
    Direct(Direct),
    /// Of what a runtime's lock protects.
    Entrance(Entrance),
}

/// The type of [`Direct::thunk`]: `(code, frame, order)`. It always returns `METAFFI_OK`, so that
/// whoever calls it last can jump there.
pub type DirectThunk =
    unsafe extern "C-unwind" fn(*const (), *mut metaffi_slot, u64) -> metaffi_status;

/// What a slot holds beyond its reference.
pub trait Extra: Send + Sync + 'static {}

impl Extra for () {}

/// The seqlock-read copy of a [`Shortcut`]. A null thunk means "not register-only": then `code` is
/// an [`Enter`] and `order` its data, or `code` is null as well.
pub struct DirectCell {
    thunk: AtomicPtr<()>,
    code: AtomicPtr<()>,
    order: AtomicU64,
    shape: AtomicU64,
}

impl DirectCell {
    pub(super) const fn new() -> DirectCell {
        DirectCell {
            thunk: AtomicPtr::new(ptr::null_mut()),
            code: AtomicPtr::new(ptr::null_mut()),
            order: AtomicU64::new(0),
            shape: AtomicU64::new(0),
        }
    }
}

impl Extra for DirectCell {}

/// One place of a table: half a cache line, or a whole one for a function.
pub struct Slot<X = ()> {
    /// The live key, or 0.
    pub(super) key: AtomicUsize,
    pub(super) data: AtomicPtr<()>,
    pub(super) vtable: AtomicPtr<Vtable>,
    /// How often the slot was filled.
    pub(super) generation: AtomicUsize,
    pub(super) extra: X,
}

const _: () = assert!(size_of::<Slot>() == 4 * size_of::<usize>());

impl<X> Slot<X> {
    pub(super) const fn new(extra: X) -> Slot<X> {
        Slot {
            key: AtomicUsize::new(0),
            data: AtomicPtr::new(ptr::null_mut()),
            vtable: AtomicPtr::new(ptr::null_mut()),
            generation: AtomicUsize::new(0),
            extra,
        }
    }
}

impl<X: Extra> Slot<X> {
    /// The reference behind `key`, if that is what lives here now.
    #[inline(always)]
    pub(super) fn load(&self, key: Key) -> Option<(*const (), *const Vtable)> {
        if self.key.load(Ordering::Acquire) != key {
            return None;
        }
        let data = self.data.load(Ordering::Relaxed);
        Some((data.cast_const(), self.vtable.load(Ordering::Relaxed).cast_const()))
    }

    /// Whether `key` still lives here.
    #[inline(always)]
    pub(super) fn is(&self, key: Key) -> bool {
        fence(Ordering::Acquire);
        self.key.load(Ordering::Acquire) == key
    }
}

impl Slot<DirectCell> {
    /// How to call `key` directly; `None` if it is dead or not register-only.
    #[inline(always)]
    pub fn direct(&self, key: Key) -> Option<Direct> {
        match self.shortcut(key) {
            Some(Shortcut::Direct(direct)) => Some(direct),
            _ => None,
        }
    }

    /// How to call `key` without keeping it alive; `None` if it is dead or has no such way.
    #[inline(always)]
    pub fn shortcut(&self, key: Key) -> Option<Shortcut> {
        if self.key.load(Ordering::Acquire) != key {
            return None;
        }
        let thunk = self.extra.thunk.load(Ordering::Relaxed);
        let code = self.extra.code.load(Ordering::Relaxed);
        let order = self.extra.order.load(Ordering::Relaxed);
        let shape = self.extra.shape.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        if self.key.load(Ordering::Relaxed) != key {
            return None;
        }
        // SAFETY: `set_shortcut` stored the functions, of these types, and the key was the same
        // before and after reading, so the words belong together.
        unsafe {
            if !thunk.is_null() {
                let thunk = std::mem::transmute::<*mut (), DirectThunk>(thunk);
                return Some(Shortcut::Direct(Direct { thunk, code, order, shape }));
            }
            if code.is_null() {
                return None;
            }
            let enter = std::mem::transmute::<*mut (), Enter>(code);
            let data = ptr::with_exposed_provenance(order as usize);
            Some(Shortcut::Entrance(Entrance { enter, data, shape }))
        }
    }

    pub(super) fn set_shortcut(&self, shortcut: Option<Shortcut>) {
        let (thunk, code, order, shape) = match shortcut {
            None => (ptr::null_mut(), ptr::null_mut(), 0, 0),
            Some(Shortcut::Direct(direct)) => {
                let Direct { thunk, code, order, shape } = direct;
                (thunk as *mut (), code.cast_mut(), order, shape)
            }
            Some(Shortcut::Entrance(Entrance { enter, data, shape })) => {
                (ptr::null_mut(), enter as *mut (), data.expose_provenance() as u64, shape)
            }
        };
        // Orders these stores after the one that killed the previous key.
        fence(Ordering::Release);
        self.extra.thunk.store(thunk, Ordering::Relaxed);
        self.extra.code.store(code, Ordering::Relaxed);
        self.extra.order.store(order, Ordering::Relaxed);
        self.extra.shape.store(shape, Ordering::Relaxed);
    }
}
