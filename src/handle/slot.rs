//! [`Slot`]: one place of a table. Its key is the last that is stored when it is filled and the first
//! that goes when it is emptied, so that whoever reads the same key before and after has what belongs
//! together, without a lock.

use std::any::TypeId;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};

use super::key::{HandleKind, Key};
use crate::abi::{metaffi_error, metaffi_slot, metaffi_status};
use crate::error::Result;

/// What a table knows about the type behind a slot.
pub(super) struct HandleVtable {
    pub(super) kind: HandleKind,
    pub(super) type_id: TypeId,
    /// Adds a reference, if one can be had.
    pub(super) retain: unsafe fn(*const ()) -> Result<()>,
    /// Drops a reference; may run guest code.
    pub(super) release: unsafe fn(*const ()),
    /// Whether nobody sees when such a reference is dropped.
    pub(super) may_wait: unsafe fn(*const ()) -> bool,
    /// How to ask an object about itself; `None` for other kinds.
    pub(super) object: Option<unsafe fn(*const ()) -> *const dyn super::ForeignObject>,
    /// What a layer above keeps with the type of an object.
    pub(super) extension: Extension,
}

/// What a layer above keeps with a type of objects: the address of something static, of a type that
/// only that layer knows, or NULL.
#[derive(Clone, Copy)]
pub struct Extension(pub(super) *const ());

// SAFETY: whoever makes one vouches that it is the address of something that may be shared.
unsafe impl Send for Extension {}
// SAFETY: as above.
unsafe impl Sync for Extension {}

impl Extension {
    /// Nothing.
    pub const NONE: Extension = Extension(ptr::null());

    /// That of something static.
    pub const fn new<T: Sync>(kept: &'static T) -> Extension {
        Extension(ptr::from_ref(kept).cast())
    }

    /// What is kept.
    ///
    /// # Safety
    /// Every extension is made of a `T`.
    #[inline(always)]
    pub unsafe fn get<T: Sync>(self) -> Option<&'static T> {
        // SAFETY: made of a static `T`, or NULL.
        unsafe { self.0.cast::<T>().as_ref() }
    }
}

impl HandleVtable {
    /// What is known of what no handle stands for, and how it is dropped.
    pub(super) const fn only(release: unsafe fn(*const ())) -> HandleVtable {
        unsafe fn nothing(_: *const ()) -> Result<()> {
            Ok(())
        }
        unsafe fn no(_: *const ()) -> bool {
            false
        }
        let (kind, type_id) = (HandleKind::Object, TypeId::of::<()>());
        HandleVtable {
            kind,
            type_id,
            retain: nothing,
            release,
            may_wait: no,
            object: None,
            extension: Extension::NONE,
        }
    }
}

/// How what a handle stands for is called: everything that a call needs, copied out of the slot in
/// one look, so that a call holds on to nothing that a concurrent free could take away.
///
/// How long what is called is there is the invoker's: for ever, since it is the code of a library;
/// as long as a runtime's lock is held, under which it finds out whether the key is alive; or as
/// long as it has pinned it.
#[derive(Clone, Copy)]
pub struct Fast {
    /// Calls.
    pub invoke: Invoke,
    /// What it calls.
    pub code: *const (),
    /// Where the arguments go, for invokers that need telling.
    pub map: u64,
}

/// The type of [`Fast::invoke`]: `(code, frame, map, error, key)`. `*error` is NULL already, if
/// there is an `error`; an invoker that fails stores one there and returns its status.
pub type Invoke = unsafe extern "C-unwind" fn(
    *const (),
    *mut metaffi_slot,
    u64,
    *mut *mut metaffi_error,
    Key,
) -> metaffi_status;

/// The seqlock-read copy of a [`Fast`], if there is an invoker, and the types of the arguments and
/// the return in one word, for calls by values.
pub struct FastCell {
    invoke: AtomicPtr<()>,
    code: AtomicPtr<()>,
    map: AtomicU64,
    type_word: AtomicU64,
}

impl FastCell {
    pub(super) const fn new() -> FastCell {
        FastCell {
            invoke: AtomicPtr::new(ptr::null_mut()),
            code: AtomicPtr::new(ptr::null_mut()),
            map: AtomicU64::new(0),
            type_word: AtomicU64::new(0),
        }
    }
}

/// Beside the generation of a slot: somebody has pinned what lives there. What nobody has is released at
/// once by whoever frees it.
pub(super) const PINNED: usize = 1 << (usize::BITS - 1);

/// One place of a table: half a cache line, or a whole one for a function.
pub struct Slot<X = ()> {
    /// The live key, or 0.
    pub(super) key: AtomicUsize,
    pub(super) data: AtomicPtr<()>,
    pub(super) vtable: AtomicPtr<HandleVtable>,
    /// How often the slot was filled, and [whether](PINNED) what lives here was ever pinned.
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

    /// The reference behind `key`, if that is what lives here now.
    #[inline(always)]
    pub(super) fn load(&self, key: Key) -> Option<(*const (), *const HandleVtable)> {
        if self.key.load(Ordering::Acquire) != key {
            return None;
        }
        let data = self.data.load(Ordering::Relaxed);
        Some((data.cast_const(), self.vtable.load(Ordering::Relaxed).cast_const()))
    }

    /// What lives here, if that is `key`.
    #[inline(always)]
    pub(super) fn data(&self, key: Key) -> Option<*const ()> {
        let is = self.key.load(Ordering::Acquire) == key;
        is.then(|| self.data.load(Ordering::Relaxed).cast_const())
    }

    /// What is known of its type, if `key` lives here.
    #[inline(always)]
    pub(super) fn vtable(&self, key: Key) -> Option<*const HandleVtable> {
        let is = self.key.load(Ordering::Acquire) == key;
        is.then(|| self.vtable.load(Ordering::Relaxed).cast_const())
    }

    /// Says that what lives here is being pinned, before it is looked whether it still does: either whoever
    /// frees it sees this, or whoever pins it sees that it is gone.
    #[inline(always)]
    pub(super) fn mark_pinned(&self) {
        if self.generation.load(Ordering::Acquire) & PINNED == 0 {
            self.generation.fetch_or(PINNED, Ordering::SeqCst);
        }
    }

    /// Whether `key` still lives here.
    #[inline(always)]
    pub(super) fn is(&self, key: Key) -> bool {
        fence(Ordering::Acquire);
        self.key.load(Ordering::SeqCst) == key
    }
}

impl Slot<FastCell> {
    /// How to call `key`; `None` if it is dead.
    #[inline(always)]
    pub fn fast(&self, key: Key) -> Option<Fast> {
        self.fast_by_values(key).map(|(fast, _)| fast)
    }

    /// The same, and the types in one word.
    #[inline(always)]
    pub fn fast_by_values(&self, key: Key) -> Option<(Fast, u64)> {
        if self.key.load(Ordering::Acquire) != key {
            return None;
        }
        let invoke = self.extra.invoke.load(Ordering::Relaxed);
        let code = self.extra.code.load(Ordering::Relaxed).cast_const();
        let map = self.extra.map.load(Ordering::Relaxed);
        let type_word = self.extra.type_word.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        if self.key.load(Ordering::Relaxed) != key {
            return None;
        }
        // SAFETY: NULL, or stored by `set_fast`, with this type. The key was the same before and
        // after reading, so the words belong together.
        let invoke = unsafe { std::mem::transmute::<*mut (), Option<Invoke>>(invoke) };
        Some((Fast { invoke: invoke?, code, map }, type_word))
    }

    pub(super) fn set_fast(&self, fast: Option<(Fast, u64)>) {
        let Some((Fast { invoke, code, map }, type_word)) = fast else {
            return self.extra.invoke.store(ptr::null_mut(), Ordering::Relaxed);
        };
        self.extra.invoke.store(invoke as *mut (), Ordering::Relaxed);
        self.extra.code.store(code.cast_mut(), Ordering::Relaxed);
        self.extra.map.store(map, Ordering::Relaxed);
        self.extra.type_word.store(type_word, Ordering::Relaxed);
    }
}
