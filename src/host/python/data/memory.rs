//! [`OwnMemory`]: what an object remembers of memory that is its own, beside where it is.

use std::alloc;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::c_int;
use std::ptr::{self, NonNull};
use std::rc::Rc;

use super::reference::Lent;
use super::{Data, OWN, fields, gone, is, make};
use crate::error::{Error, Result};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// Made when there is something to remember. Whoever changes it may run code of Python, which comes back
/// here: what is in it is replaced, never borrowed meanwhile.
#[derive(Default)]
pub(super) struct OwnMemory {
    /// How many bytes there are; `None` if nobody knows.
    pub(super) size: Cell<Option<usize>>,
    /// Where they are, if not in the object.
    block: Cell<Option<DataBlock>>,
    /// By what they are there, if they are another runtime's.
    lent: RefCell<Option<Rc<Lent>>>,
    /// How many buffers show them.
    exports: Cell<usize>,
    /// How many calls use a block.
    pub(super) calls: Cell<usize>,
    /// In how many pointers it is kept.
    pins: Cell<usize>,
    released: Cell<bool>,
    /// Whether the bytes must not be looked at any more.
    gone: Cell<bool>,
    /// What pointers were made to point to, by their distance from the first byte.
    referents: RefCell<BTreeMap<usize, KeptObject>>,
}

/// Zeroed memory.
pub(super) struct DataBlock {
    address: NonNull<u8>,
    layout: alloc::Layout,
}

impl DataBlock {
    pub(super) fn zeroed(size: usize, align: usize) -> Result<DataBlock> {
        let failed = || {
            let message = format!("cannot allocate {size} bytes of C memory");
            Error::new(crate::error::Status::OutOfMemory, message)
        };
        let layout = alloc::Layout::from_size_align(size.max(1), align.max(1));
        let layout = layout.map_err(|_| failed())?;
        // SAFETY: the layout is not empty.
        let address = NonNull::new(unsafe { alloc::alloc_zeroed(layout) }).ok_or_else(failed)?;
        Ok(DataBlock { address, layout })
    }

    pub(super) fn address(&self) -> *mut u8 {
        self.address.as_ptr()
    }
}

impl Drop for DataBlock {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout.
        unsafe { alloc::dealloc(self.address.as_ptr(), self.layout) };
    }
}

/// What a pointer was made to point to.
pub(super) struct KeptObject(PyRef);

impl KeptObject {
    pub(super) fn object(&self) -> Object {
        self.0.as_ptr()
    }
}

impl Drop for KeptObject {
    fn drop(&mut self) {
        // SAFETY: a live object under the GIL; no reference is kept.
        unsafe {
            let Some(api) = Api::get() else { return };
            if is(api, self.0.as_ptr())
                && let Some(own) = fields(self.0.as_ptr()).own_memory()
            {
                own.pins.update(|pins| pins - 1);
                let_go(own.end());
            }
        }
    }
}

impl OwnMemory {
    /// Bytes of a block.
    pub(super) fn block(size: usize, block: DataBlock) -> OwnMemory {
        OwnMemory {
            size: Cell::new(Some(size)),
            block: Cell::new(Some(block)),
            ..OwnMemory::default()
        }
    }

    /// Bytes that are another runtime's.
    pub(super) fn lent(size: Option<usize>, lent: Lent) -> OwnMemory {
        OwnMemory {
            size: Cell::new(size),
            lent: RefCell::new(Some(Rc::new(lent))),
            ..OwnMemory::default()
        }
    }

    /// Gives the bytes up if they are released and nobody needs them; what they referred to.
    pub(super) fn end(&self) -> Vec<KeptObject> {
        let uses = self.pins.get() + self.calls.get() + self.exports.get();
        if !self.released.get() || self.gone.get() || uses > 0 {
            return Vec::new();
        }
        self.gone.set(true);
        drop(self.block.take());
        let lent = self.lent.take();
        drop(lent);
        self.take_referents()
    }

    /// Counts a buffer; the last one may be what kept bytes that are released.
    pub(super) fn count_export(&self, by: isize) {
        self.exports.update(|exports| exports.wrapping_add_signed(by));
        let_go(self.end());
    }

    /// Shows what pointers were made to point to, until it is told to stop by a number that is not
    /// zero.
    pub(super) fn visit_referents(&self, mut visit: impl FnMut(Object) -> c_int) -> c_int {
        let referents = self.referents.borrow();
        let outcomes = referents.values().map(|kept| visit(kept.object()));
        outcomes.into_iter().find(|outcome| *outcome != 0).unwrap_or(0)
    }

    /// Takes away what pointers were made to point to.
    pub(super) fn take_referents(&self) -> Vec<KeptObject> {
        self.referents.take().into_values().collect()
    }
}

impl Data {
    /// What is remembered of the object's own memory.
    #[inline(always)]
    pub(super) fn own_memory(&self) -> Option<&OwnMemory> {
        let own = self.owner().map_addr(|address| address & !OWN).cast::<OwnMemory>();
        // SAFETY: what is marked is NULL, or was made by `have` and ends with the object.
        if self.is_own() { unsafe { own.as_ref() } } else { None }
    }

    /// The same, made if it is not there yet; the object has memory of its own.
    pub(super) fn remember(&self) -> &OwnMemory {
        if self.own_memory().is_none() {
            let size = Cell::new(self.table().map(|table| table.size));
            self.have(OwnMemory { size, ..OwnMemory::default() });
        }
        // SAFETY: made above.
        unsafe { self.own_memory().unwrap_unchecked() }
    }

    /// Makes the memory its own, of which nothing is remembered yet.
    pub(super) fn have(&self, memory: OwnMemory) {
        let own = Box::into_raw(Box::new(memory));
        self.owner.set(own.cast::<u8>().map_addr(|at| at | OWN).cast());
    }

    /// Takes what is remembered, for the end of the object.
    pub(super) fn take_own_memory(&self) -> Option<Box<OwnMemory>> {
        if !self.is_own() {
            return None;
        }
        let own = self.owner.replace(ptr::without_provenance_mut(OWN));
        let own = own.map_addr(|address| address & !OWN).cast::<OwnMemory>();
        // SAFETY: made by `have` from a box, and taken out once.
        (!own.is_null()).then(|| unsafe { Box::from_raw(own) })
    }
}

/// The object whose memory a value is in: the object itself if it owns it or is a pointer, NULL if it
/// is C's.
///
/// # Safety
/// `object` is an instance.
#[inline(always)]
pub(super) unsafe fn root(object: Object) -> Object {
    // SAFETY: `object` is an instance.
    let data = unsafe { fields(object) };
    // What is released and still looked for is a root: views are not kept as owners.
    let is_view = !data.is_own() && data.table().is_some_and(|table| !table.is_pointer());
    if is_view { data.owner() } else { object }
}

/// The memory that an object has: where it begins, and how many bytes there are if that is known.
///
/// # Safety
/// `root` is an instance that is a root.
pub(super) unsafe fn region(root: Object) -> (*mut u8, Option<usize>) {
    // SAFETY: `root` is an instance.
    let data = unsafe { fields(root) };
    if data.is_own() {
        let size = data.table().map(|table| table.size);
        let start = data.address();
        return (start, data.own_memory().map_or(size, |own| own.size.get()));
    }
    (data.pointer(), Some(size_of::<usize>()))
}

/// Whether the memory of a root is there.
///
/// # Safety
/// `root` is NULL or an instance that is a root.
#[inline(always)]
pub(super) unsafe fn is_there(root: Object) -> bool {
    // SAFETY: as above.
    unsafe { root.is_null() || fields(root).owner().addr() == OWN || is_there_still(root) }
}

#[inline(never)]
unsafe fn is_there_still(root: Object) -> bool {
    // SAFETY: as above.
    let data = unsafe { fields(root) };
    data.own_memory().map_or_else(|| data.table().is_some(), |own| !own.gone.get())
}

/// Whether what a pointer is known to point to is there.
///
/// # Safety
/// `pointer` is of an instance that is a pointer.
#[inline(always)]
pub(super) unsafe fn target_is_there(pointer: &Data) -> bool {
    let owner = pointer.owner();
    // SAFETY: what keeps the target is data.
    unsafe { owner.is_null() || is_there(root(owner)) }
}

/// Refuses memory that is gone.
///
/// # Safety
/// As for [`is_there`].
pub(super) unsafe fn check(root: Object) -> Result<()> {
    // SAFETY: as above.
    if unsafe { is_there(root) } { Ok(()) } else { Err(gone()) }
}

/// Keeps what the pointer at an address in the memory of a root now points to, instead of what it
/// pointed to. Nothing is kept for C's memory.
///
/// # Safety
/// `root` is NULL or a root, and has the address.
pub(super) unsafe fn keep(
    gil: &Gil,
    root: Object,
    at: *mut u8,
    thing: Option<PyRef>,
) -> Result<()> {
    if root.is_null() {
        return Ok(());
    }
    let thing = thing.filter(|thing| thing.as_ptr() != root);
    // SAFETY: as above; no reference to fields is kept while something is let go.
    unsafe {
        if !fields(root).is_own() {
            let owner = match thing {
                Some(thing) if !is(gil.api, thing.as_ptr()) => Some(holder(gil, root, thing)?),
                data => data,
            };
            let owner = owner.map_or(ptr::null_mut(), PyRef::into_ptr);
            drop(PyRef::from_owned(fields(root).owner.replace(owner)));
            return Ok(());
        }
        let lent = fields(root).own_memory().and_then(|own| own.lent.borrow().clone());
        if let Some(lent) = lent {
            return lent.keep(at, thing);
        }
        if thing.is_none() && fields(root).own_memory().is_none() {
            return Ok(());
        }
        let thing = thing.map(|thing| {
            if is(gil.api, thing.as_ptr()) && fields(thing.as_ptr()).is_own() {
                fields(thing.as_ptr()).remember().pins.update(|pins| pins + 1);
            }
            KeptObject(thing)
        });
        let distance = at.addr() - fields(root).address().addr();
        let referents = &fields(root).remember().referents;
        let before = match thing {
            Some(thing) => referents.borrow_mut().insert(distance, thing),
            None => referents.borrow_mut().remove(&distance),
        };
        let_go(before.into_iter().collect());
    }
    Ok(())
}

/// Data that keeps what is none, a function, for a pointer: that is kept by data alone.
unsafe fn holder(gil: &Gil, pointer: Object, thing: PyRef) -> Result<PyRef> {
    // SAFETY: the caller's instance; the new one is a root.
    unsafe {
        let table = fields(pointer).alive(gil.api)?;
        let holder = make::zeroed(gil, table.array(gil)?, table.size)?;
        let at = fields(holder.as_ptr()).address();
        keep(gil, holder.as_ptr(), at, Some(thing))?;
        Ok(holder)
    }
}

/// What the pointer at an address in the memory of a root was made to point to.
///
/// # Safety
/// As for [`keep`].
pub(super) unsafe fn kept(root: Object, at: *const u8) -> Object {
    if root.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: as above.
    let data = unsafe { fields(root) };
    let start = data.address().addr();
    if !data.is_own() {
        return data.owner();
    }
    let Some(own) = data.own_memory() else { return ptr::null_mut() };
    let referents = own.referents.borrow();
    referents.get(&(at.addr() - start)).map_or(ptr::null_mut(), KeptObject::object)
}

/// The referents of the pointers in a part of a root's memory, by their distance from its start.
///
/// # Safety
/// As for [`keep`].
pub(super) unsafe fn kept_within(
    gil: &Gil,
    root: Object,
    at: *const u8,
    size: usize,
) -> Vec<(usize, PyRef)> {
    if root.is_null() {
        return Vec::new();
    }
    // SAFETY: as above.
    let data = unsafe { fields(root) };
    let start = at.addr().wrapping_sub(data.address().addr());
    let Some(own) = data.own_memory() else { return Vec::new() };
    let referents = own.referents.borrow();
    let within = referents.range(start..start.saturating_add(size));
    // SAFETY: a referent is alive while it is kept.
    let shared = |thing: &KeptObject| unsafe { PyRef::new_reference(gil, thing.object()) };
    within.map(|(distance, thing)| (distance - start, shared(thing))).collect()
}

/// Gives an object back: later uses are refused. Its memory stays as long as a pointer that Python
/// made points to it, or a call uses it.
///
/// # Safety
/// `object` is an instance.
pub(super) unsafe fn release(object: Object) -> Result<()> {
    // SAFETY: `object` is an instance, and no reference to fields is kept.
    unsafe {
        let data = fields(object);
        if data.table().is_none() {
            return Ok(());
        }
        if data.is_own() {
            let own = data.remember();
            let exports = own.exports.get();
            if exports > 0 {
                return Err(Error::invalid(format!(
                    "{exports} buffers show the memory of this handle; release them first"
                )));
            }
            own.released.set(true);
            let_go(own.end());
        }
        fields(object).hide_table();
    }
    Ok(())
}

/// Lets the owner of a view or a pointer go. One that is a pointer may have another as its owner in turn.
///
/// # Safety
/// It is an instance, of which the caller has a reference; the GIL is held.
#[inline(always)]
pub(super) unsafe fn let_owner_go(api: &Api, owner: Object) {
    // SAFETY: as above; pointers are not counted as they are kept.
    unsafe {
        if fields(owner).is_own() {
            return api.decref(owner);
        }
        let_go(PyRef::from_owned(owner).map(KeptObject).into_iter().collect());
    }
}

thread_local! {
    /// What this thread has let go and is still to be dropped, while it drops something.
    static LEFT: std::cell::Cell<*mut Vec<KeptObject>> =
        const { std::cell::Cell::new(ptr::null_mut()) };
}

/// Drops things. What they let go in turn waits in a list, so that no chain of objects exhausts the
/// stack.
pub(super) fn let_go(mut things: Vec<KeptObject>) {
    if things.is_empty() {
        return;
    }
    let outer = LEFT.get();
    if !outer.is_null() {
        // SAFETY: the list is that of a call of this function further up on this thread, which
        // borrows it only between drops.
        unsafe { (*outer).append(&mut things) };
        return;
    }
    let list = Box::into_raw(Box::new(things));
    LEFT.set(list);
    // SAFETY: the list is this thread's, and not borrowed while a thing is dropped.
    while let Some(thing) = unsafe { (*list).pop() } {
        drop(thing);
    }
    LEFT.set(ptr::null_mut());
    // SAFETY: made above, and nobody has its address any more.
    drop(unsafe { Box::from_raw(list) });
}
