//! [`InlineCache`]: what is known of an object since somebody looked into it.

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use super::names::{Names, NumberField};
use super::scalar::ScalarAccess;
use crate::backend::proxy::{self, BorrowedMemory};
use crate::backend::{Layout, LayoutKind, Proxy};
use crate::error::{Error, Result};
use crate::fork::{Lock, Once};
use crate::handle::Key;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;

/// Part of a handle: nothing until somebody looks.
///
/// Numbers are loaded and stored through `base` and `names` alone; whatever else needs `seen`.
pub(super) struct InlineCache {
    /// The fields of the record at `base`; NULL if it is none, or must not be touched any more.
    names: AtomicPtr<Names>,
    /// Where the value is that fields and elements are parts of.
    base: AtomicPtr<u8>,
    /// Where the pointer is kept that has to point to `base`; NULL if `base` is the object itself.
    pointer: AtomicPtr<*mut u8>,
    /// How the object lies in memory, and where; NULL before somebody looks.
    layout: AtomicPtr<Layout>,
    own: AtomicPtr<u8>,
    /// Whether what lies there is an address.
    indirect: AtomicBool,
    seen: AtomicPtr<CachedObject>,
    /// How many calls use the memory without having pinned it.
    calls: AtomicUsize,
}

/// The object behind a handle.
pub(super) struct CachedObject {
    /// What it can do.
    pub(super) proxy: Box<dyn Proxy>,
    /// How it lies in memory, if that is known.
    pub(super) layout: Option<Arc<Layout>>,
    /// Its elements, if they are numbers.
    item: Option<ScalarAccess>,
    /// How many there are; `usize::MAX` if nobody knows.
    count: AtomicUsize,
    /// How many buffers show its memory.
    pub(super) exports: AtomicUsize,
    /// The shape of the buffers, and the strides behind it.
    pub(super) extents: Once<Box<[isize]>>,
    /// Its memory, which stays while somebody may look there.
    pub(super) borrowed: Option<BorrowedMemory>,
    target: Lock<Option<BorrowedMemory>>,
}

impl InlineCache {
    /// Nobody has looked yet.
    pub(super) const fn new() -> InlineCache {
        InlineCache {
            names: AtomicPtr::new(ptr::null_mut()),
            base: AtomicPtr::new(ptr::null_mut()),
            pointer: AtomicPtr::new(ptr::null_mut()),
            layout: AtomicPtr::new(ptr::null_mut()),
            own: AtomicPtr::new(ptr::null_mut()),
            indirect: AtomicBool::new(false),
            seen: AtomicPtr::new(ptr::null_mut()),
            calls: AtomicUsize::new(0),
        }
    }

    /// The number that a name stands for, and where it is.
    #[inline(always)]
    pub(super) fn field(&self, name: Object) -> Option<(NumberField, *mut u8)> {
        // SAFETY: names last as long as the layout, which `seen` keeps.
        let names = unsafe { self.names.load(Ordering::Acquire).as_ref() }?;
        let entry = names.find(name)?;
        Some((entry, self.current()?.wrapping_add(entry.offset)))
    }

    /// The address that parts are counted from, if a pointer still points there.
    #[inline(always)]
    fn current(&self) -> Option<*mut u8> {
        let base = self.base.load(Ordering::Relaxed);
        let pointer = self.pointer.load(Ordering::Relaxed);
        // SAFETY: the memory of the pointer is borrowed.
        let stays = pointer.is_null() || unsafe { pointer.read_unaligned() } == base;
        stays.then_some(base)
    }

    /// The number that an element is, and where; `None` leaves the question to the proxy.
    #[inline(always)]
    pub(super) fn element(&self, index: isize) -> Option<(ScalarAccess, *mut u8)> {
        let seen = self.seen()?;
        let scalar = seen.item?;
        let index = usize::try_from(index).ok()?;
        if index >= seen.count.load(Ordering::Relaxed) {
            return None;
        }
        let base = self.current().filter(|base| !base.is_null())?;
        Some((scalar, base.wrapping_add(index.checked_mul(scalar.size())?)))
    }

    /// What was seen, if anybody looked.
    #[inline(always)]
    pub(super) fn seen(&self) -> Option<&CachedObject> {
        // SAFETY: it is there until the handle ends, see `forget`.
        unsafe { self.seen.load(Ordering::Acquire).as_ref() }
    }

    /// The address that the object stands for, if its layout is that one.
    #[inline(always)]
    pub(super) fn address(&self, layout: *const Layout) -> Option<*mut u8> {
        if !ptr::eq(self.layout.load(Ordering::Acquire), layout) || layout.is_null() {
            return None;
        }
        let own = self.own.load(Ordering::Relaxed);
        Some(match self.indirect.load(Ordering::Relaxed) {
            // SAFETY: the memory of the pointer is borrowed.
            true => unsafe { own.cast::<*mut u8>().read_unaligned() },
            false => own,
        })
    }

    /// Counts a call that uses the memory: 1 when it begins, -1 when it has ended.
    #[inline(always)]
    pub(super) fn count_call(&self, by: isize) {
        // The GIL orders what is counted.
        let calls = self.calls.load(Ordering::Relaxed);
        self.calls.store(calls.wrapping_add_signed(by), Ordering::Relaxed);
    }

    /// Refuses to give back what a buffer shows.
    pub(super) fn check_exports(&self) -> Result<()> {
        match self.seen().map_or(0, |seen| seen.exports.load(Ordering::Acquire)) {
            0 => Ok(()),
            count => Err(Error::invalid(format!(
                "{count} buffers show the memory of this handle; release them first"
            ))),
        }
    }

    /// Looks, once; `None` if the object shows nothing.
    pub(super) fn look(&self, gil: &Gil, key: Key) -> Result<Option<&CachedObject>> {
        if let Some(seen) = self.seen() {
            return Ok(Some(seen));
        }
        let Some(proxy) = proxy::of(key)? else { return Ok(None) };
        let seen = Box::into_raw(Box::new(CachedObject::new(proxy)?));
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        if self.seen.compare_exchange(ptr::null_mut(), seen, success, failure).is_err() {
            // SAFETY: made above, and nobody else has it.
            drop(unsafe { Box::from_raw(seen) });
        }
        let Some(seen) = self.seen() else { return Ok(None) };
        if let (Some(layout), Some(borrowed)) = (&seen.layout, &seen.borrowed) {
            if !layout.is_pointer() {
                self.publish(gil, layout, borrowed.address(), ptr::null_mut())?;
            }
            self.own.store(borrowed.address(), Ordering::Relaxed);
            self.indirect.store(layout.is_pointer(), Ordering::Relaxed);
            self.layout.store(Arc::as_ptr(layout).cast_mut(), Ordering::Release);
        }
        Ok(Some(seen))
    }

    /// Goes where the pointer points to by now.
    ///
    /// # Safety
    /// It points to what its type says.
    pub(super) unsafe fn follow(&self, gil: &Gil, seen: &CachedObject) -> Result<()> {
        let (Some(layout), Some(own)) = (&seen.layout, &seen.borrowed) else { return Ok(()) };
        let LayoutKind::Pointer { target: Some(target) } = &layout.kind else { return Ok(()) };
        // SAFETY: it points to what its type says.
        let borrowed = unsafe { seen.proxy.borrow_target() }?;
        let size = target.size.max(1);
        let count = borrowed.size().map_or(usize::MAX, |all| all / size);
        seen.count.store(count, Ordering::Relaxed);
        let address = borrowed.address();
        let before = seen.target.lock().replace(borrowed);
        self.publish(gil, target, address, own.address().cast())?;
        drop(before);
        Ok(())
    }

    fn publish(
        &self,
        gil: &Gil,
        layout: &Layout,
        base: *mut u8,
        pointer: *mut *mut u8,
    ) -> Result<()> {
        let names = Names::of(gil, layout)?;
        self.base.store(base, Ordering::Relaxed);
        self.pointer.store(pointer, Ordering::Relaxed);
        let names = names.map_or(ptr::null(), ptr::from_ref);
        self.names.store(names.cast_mut(), Ordering::Release);
        Ok(())
    }

    /// Asks the object, and says what else of it is borrowed, if anybody looked.
    pub(super) fn ask<R>(
        &self,
        ask: impl FnOnce(&dyn Proxy, &[&BorrowedMemory]) -> R,
    ) -> Option<R> {
        let seen = self.seen()?;
        let target = seen.target.lock();
        let borrowed: Vec<&BorrowedMemory> = seen.borrowed.iter().chain(&*target).collect();
        Some(ask(&*seen.proxy, &borrowed))
    }

    /// Shows nothing any more. The memory is given back at once, unless a call is using it: then
    /// when the handle ends.
    ///
    /// # Safety
    /// Nobody is looking.
    pub(super) unsafe fn forget(&self) {
        self.names.store(ptr::null_mut(), Ordering::Release);
        self.layout.store(ptr::null_mut(), Ordering::Release);
        match (self.seen(), self.calls.load(Ordering::Acquire)) {
            (Some(seen), 1..) => seen.count.store(0, Ordering::Relaxed),
            _ => self.end(),
        }
    }

    fn end(&self) {
        let seen = self.seen.swap(ptr::null_mut(), Ordering::AcqRel);
        if !seen.is_null() {
            // SAFETY: `look` made the pointer from a box; the swap took it out once.
            drop(unsafe { Box::from_raw(seen) });
        }
    }
}

impl Drop for InlineCache {
    fn drop(&mut self) {
        self.end();
    }
}

impl CachedObject {
    fn new(proxy: Box<dyn Proxy>) -> Result<CachedObject> {
        let layout = proxy.layout();
        let borrowed = match &layout {
            Some(_) => Some(proxy.borrow_memory()?),
            None => None,
        };
        let element = layout.as_ref().and_then(|layout| layout.element());
        let item = element.and_then(|element| match element.kind {
            LayoutKind::Scalar(kind) => ScalarAccess::of(kind),
            _ => None,
        });
        let count = AtomicUsize::new(proxy.length().unwrap_or(0));
        Ok(CachedObject {
            proxy,
            layout,
            item,
            count,
            exports: AtomicUsize::new(0),
            extents: Once::new(),
            borrowed,
            target: Lock::new(None),
        })
    }

    /// Whether the value is an address.
    pub(super) fn is_pointer(&self) -> bool {
        self.layout.as_ref().is_some_and(|layout| layout.is_pointer())
    }

    /// Whether elements must not be written.
    pub(super) fn constant_elements(&self) -> bool {
        let element = self.layout.as_ref().and_then(|layout| layout.element());
        element.is_none_or(|element| element.constant)
            || self
                .borrowed
                .as_ref()
                .is_none_or(|borrowed| borrowed.is_constant() && !self.is_pointer())
    }

    /// The names of its fields.
    pub(super) fn fields(&self) -> &[crate::backend::Field] {
        self.layout.as_ref().map_or(&[], |layout| layout.fields())
    }
}
