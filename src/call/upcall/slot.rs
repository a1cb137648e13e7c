//! [`ClosureSlot`]: what a closure's code finds when it is called.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, Ordering};

use super::arguments::{IncomingArguments, Order, Registers};
use super::{ErrorSink, Handler};
use crate::call::HostCall;
use crate::call::errors::failure;
use crate::call::plan::scalar::ScalarRow;
use crate::error::{Error, Status};
use crate::handle;
use crate::handle::pin::{self, CallScope};

/// Handles a call. Its arguments are in an image of the registers, or are an array of addresses,
/// as the code of the closure has them.
///
/// # Safety
/// The call is under way, and the slot is that of the code that was called.
pub type ClosureEntry = unsafe extern "C-unwind" fn(&'static ClosureSlot, *mut u64, *mut u64);

/// What a closure's code calls. Never given back to the system: a pointer that C kept too long still
/// finds its slot, and learns there that its closure is gone.
///
/// A call pins the slot itself. Its closure's end waits for those who have, so what one finds after
/// that belongs together, and stays until the call has left.
#[repr(C, align(64))]
pub struct ClosureSlot {
    /// A [`ClosureEntry`]. First, where the entry points look for it.
    entry: AtomicPtr<()>,
    /// What is run: NULL, or an `Arc`'s pointer; with [`ENDED`] when the closure has ended.
    content: AtomicPtr<()>,
    /// A [`ClosureVtable`] of it.
    vtable: AtomicPtr<ClosureVtable>,
    /// What a [`LockedEntry`] calls.
    data: AtomicPtr<()>,
    /// Where each argument is, if the code is an entry point: an [`Order`].
    order: [AtomicU64; 2],
    argument_count: AtomicU8,
    /// Whether there is room for exactly the result, and not for a word at least.
    exact: AtomicBool,
    origin: SlotOrigin,
    /// Whether it will be a closure that is not prepared yet. The linker may take two functions that
    /// do the same for one, so it is not told by its entry.
    is_reserved: AtomicBool,
    result_size: AtomicU32,
    sink: AtomicPtr<ErrorSink>,
}

const _: () = assert!(size_of::<ClosureSlot>() == 64);

/// Set in the address of what an ended closure ran.
const ENDED: usize = 1;

/// Whose code calls a slot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotOrigin {
    /// The entry points of the library.
    Library,
    /// Those of a table that was made later.
    Table,
    /// A libffi closure.
    Libffi,
}

/// How a closure's function is called under the lock of its runtime, under which alone it is given
/// back, and only after its closures.
#[derive(Clone, Copy)]
pub struct LockedEntry {
    /// Handles calls whose arguments are in registers.
    pub entry: ClosureEntry,
    /// What is called.
    pub data: *const (),
}

/// What is known of what a closure runs.
struct ClosureVtable {
    /// Handles a call that has pinned the slot.
    call: unsafe extern "C-unwind" fn(&CallScope, &'static ClosureSlot, *mut u64, *mut u64),
    drop: unsafe fn(*const ()),
    give_back: fn(&'static ClosureSlot),
}

struct ClosureVtableOf<H, A>(H, A);

impl<H: Handler, A: IncomingArguments> ClosureVtableOf<H, A> {
    const VTABLE: ClosureVtable =
        ClosureVtable { call: call::<H, A>, drop: drop_arc::<H>, give_back: A::give_back };
}

unsafe fn drop_arc<H>(content: *const ()) {
    // SAFETY: of `Arc::into_raw`, given up once.
    drop(unsafe { Arc::from_raw(content.cast::<H>()) });
}

/// Runs a closure's handler, with the slot pinned meanwhile.
///
/// # Safety
/// As for a [`ClosureEntry`], with the arguments where `A` says.
pub(super) unsafe extern "C-unwind" fn run<H: Handler, A: IncomingArguments>(
    slot: &'static ClosureSlot,
    arguments: *mut u64,
    result: *mut u64,
) {
    let scope = pin::enter();
    // SAFETY: the words are as the slot's code stored them. A call that began before the closure
    // ended may find the slot with another's content, to whom the code belongs now.
    unsafe {
        match slot.pinned(&scope) {
            Some(inside) if ptr::eq(inside.vtable, &const { ClosureVtableOf::<H, A>::VTABLE }) => {
                call::<H, A>(&scope, slot, arguments, result);
            }
            Some(inside) => inside.call(arguments, result),
            None => ended(slot, arguments, result),
        }
    }
}

/// Runs the handler of a slot that is pinned.
#[inline(always)]
unsafe extern "C-unwind" fn call<H: Handler, A: IncomingArguments>(
    scope: &CallScope,
    slot: &'static ClosureSlot,
    arguments: *mut u64,
    result: *mut u64,
) {
    // SAFETY: the caller has found out that it is an `H`, and its promise.
    unsafe {
        let handler = &*slot.handler().cast::<H>();
        let arguments = slot.arguments::<A>(arguments);
        if let Err(error) = handler.call(scope, arguments, result.cast()) {
            slot.fail(&error, result.cast(), |error| handler.report(error));
        }
    }
}

/// The [`ClosureEntry`] of what is no closure any more, or not yet.
pub(super) unsafe extern "C-unwind" fn ended(
    slot: &'static ClosureSlot,
    _: *mut u64,
    result: *mut u64,
) {
    slot.refuse(result.cast());
}

impl ClosureSlot {
    /// One of that code.
    pub(super) const fn of(origin: SlotOrigin) -> ClosureSlot {
        ClosureSlot {
            entry: AtomicPtr::new(ended as ClosureEntry as *mut ()),
            content: AtomicPtr::new(ptr::null_mut()),
            vtable: AtomicPtr::new(ptr::null_mut()),
            data: AtomicPtr::new(ptr::null_mut()),
            order: [const { AtomicU64::new(0) }; 2],
            argument_count: AtomicU8::new(0),
            exact: AtomicBool::new(false),
            origin,
            is_reserved: AtomicBool::new(false),
            result_size: AtomicU32::new(0),
            sink: AtomicPtr::new(ptr::null_mut()),
        }
    }

    pub(super) fn origin(&self) -> SlotOrigin {
        self.origin
    }

    pub(super) fn set_order(&self, order: Order, count: usize) {
        let [first, second] = self.order.each_ref();
        let words: [[u8; 8]; 2] = [0, 8].map(|at| std::array::from_fn(|index| order[at + index]));
        first.store(u64::from_ne_bytes(words[0]), Ordering::Relaxed);
        second.store(u64::from_ne_bytes(words[1]), Ordering::Relaxed);
        self.argument_count.store(count as u8, Ordering::Relaxed);
    }

    #[inline(always)]
    unsafe fn arguments<A: IncomingArguments>(&self, arguments: *mut u64) -> A {
        let count = usize::from(self.argument_count.load(Ordering::Relaxed));
        // SAFETY: the words are as the slot's code stored them, which `A` knows.
        unsafe { A::at(arguments, self.order.as_ptr().cast(), count) }
    }

    /// Pins the slot, if its closure has not ended.
    #[inline(always)]
    pub(super) fn pinned<'a>(&'static self, scope: &'a CallScope) -> Option<PinnedSlot<'a>> {
        let is_alive = || {
            let content = self.content.load(Ordering::Acquire).addr();
            content != 0 && content & ENDED == 0
        };
        if !scope.occupy(self, is_alive) {
            return None;
        }
        // SAFETY: `fill` stored one before the content.
        let vtable = unsafe { self.vtable.load(Ordering::Relaxed).as_ref() }?;
        Some(PinnedSlot { scope, slot: self, vtable })
    }

    /// What it runs, also if its closure has ended since the slot was pinned.
    #[inline(always)]
    fn handler(&self) -> *const () {
        self.content.load(Ordering::Relaxed).map_addr(|address| address & !ENDED).cast_const()
    }

    /// Makes it a closure's, which runs `handler`.
    pub(super) fn fill<H: Handler, A: IncomingArguments>(
        &self,
        handler: Arc<H>,
        (result_size, exact): (usize, bool),
    ) {
        // What is larger than a gigabyte is not returned by value.
        self.result_size.store(result_size as u32, Ordering::Relaxed);
        self.exact.store(exact, Ordering::Relaxed);
        self.is_reserved.store(false, Ordering::Relaxed);
        self.set_sink(None);
        let vtable: &'static ClosureVtable = &const { ClosureVtableOf::<H, A>::VTABLE };
        self.vtable.store(ptr::from_ref(vtable).cast_mut(), Ordering::Relaxed);
        let content = Arc::into_raw(handler).cast_mut().cast();
        self.content.store(content, Ordering::Release);
        self.entry.store(run::<H, A> as ClosureEntry as *mut (), Ordering::Release);
    }

    /// From now on calls are told that the closure has ended; what it ran goes, and the slot is given
    /// back, when no call is inside. Once.
    pub(super) fn end(&'static self) {
        self.entry.store(ended as ClosureEntry as *mut (), Ordering::Release);
        self.data.store(ptr::null_mut(), Ordering::Release);
        let content = self.content.load(Ordering::Relaxed);
        self.content.store(content.map_addr(|address| address | ENDED), Ordering::SeqCst);
        handle::retire_slot(self);
    }

    /// From now on calls are told that the closure is not prepared.
    pub(super) fn reserve(&self, result_size: usize) {
        self.result_size.store(result_size as u32, Ordering::Relaxed);
        self.exact.store(false, Ordering::Relaxed);
        self.set_sink(None);
        self.is_reserved.store(true, Ordering::Release);
    }

    /// Ends what [`reserve`](ClosureSlot::reserve) began, of a slot that was never filled.
    pub(super) fn give_up(&self) {
        self.is_reserved.store(false, Ordering::Release);
    }

    /// Handles a call of a slot that has no closure.
    #[cold]
    pub(super) fn refuse(&self, result: *mut c_void) {
        let is_reserved = self.is_reserved.load(Ordering::Acquire);
        let error = if is_reserved { unprepared() } else { freed() };
        // Meanwhile the place may have become another closure's.
        let is_its = || self.entry.load(Ordering::Acquire) == ended as ClosureEntry as *mut ();
        self.fail_if(&error, result, is_its, failure::report_uncaught);
    }

    pub(super) fn set_locked(&self, locked: LockedEntry) {
        self.data.store(locked.data.cast_mut(), Ordering::Release);
        self.entry.store(locked.entry as *mut (), Ordering::Release);
    }

    pub(super) fn set_sink(&self, sink: Option<ErrorSink>) {
        let sink = sink.map_or(ptr::null_mut(), |sink| Box::into_raw(Box::new(sink)));
        if sink.is_null() && self.sink.load(Ordering::Relaxed).is_null() {
            return;
        }
        let before = self.sink.swap(sink, Ordering::SeqCst);
        if !before.is_null() {
            // SAFETY: of a box, taken out once.
            handle::retire(unsafe { Box::from_raw(before) });
        }
    }

    /// Ends a call with a failure: the call from a host that runs the C code gets it, or the
    /// closure's own sink, or `report`.
    #[cold]
    fn fail(&self, error: &Error, result: *mut c_void, report: impl FnOnce(&Error)) {
        self.fail_if(error, result, || true, report);
    }

    /// The same, where the place may be another closure's by now, of which `is_its` knows: that one's
    /// sink is not told.
    #[cold]
    fn fail_if(
        &self,
        error: &Error,
        result: *mut c_void,
        is_its: impl FnOnce() -> bool,
        report: impl FnOnce(&Error),
    ) {
        let size = self.result_size.load(Ordering::Relaxed) as usize;
        let room = if self.exact.load(Ordering::Relaxed) { size } else { size.max(8) };
        if size != 0 {
            // SAFETY: the caller of the closure made so much room for its result.
            unsafe { result.cast::<u8>().write_bytes(0, room) };
        }
        if HostCall::fail(error) {
            return;
        }
        // Whoever takes the place takes the sink away before, and sets another one after.
        match pin::enter().protect(&self.sink) {
            Some(sink) if is_its() => sink.report(error),
            _ => report(error),
        }
    }
}

/// A call whose slot is pinned.
pub(super) struct PinnedSlot<'a> {
    scope: &'a CallScope,
    slot: &'static ClosureSlot,
    vtable: &'static ClosureVtable,
}

impl PinnedSlot<'_> {
    /// Runs the closure's handler.
    ///
    /// # Safety
    /// As for a [`ClosureEntry`], with the arguments as they are for the slot's code.
    pub(super) unsafe fn call(&self, arguments: *mut u64, result: *mut u64) {
        // SAFETY: the arguments are as they are for the slot's code; the scope has the slot pinned.
        unsafe { (self.vtable.call)(self.scope, self.slot, arguments, result) };
    }
}

impl handle::Reused for ClosureSlot {
    fn give_back(&'static self) {
        let handler = self.handler();
        self.content.store(ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: the closure that ended has stored both, and nobody is inside.
        unsafe {
            let vtable = &*self.vtable.load(Ordering::Relaxed);
            (vtable.drop)(handler);
            (vtable.give_back)(self);
        }
    }
}

/// The failure of a call of a function pointer whose callable is gone.
#[cold]
pub fn freed() -> Error {
    Error::new(
        Status::InvalidHandle,
        "C called a function pointer whose callable was freed; keep the callable as long as C \
         keeps its pointer",
    )
}

#[cold]
fn unprepared() -> Error {
    Error::new(
        Status::InvalidHandle,
        "C called the function pointer of a closure that was not prepared yet; \
         metaffi_closure_prepare it before",
    )
}

/// A call of a closure that is [`LockedEntry`].
pub struct LockedCall {
    slot: &'static ClosureSlot,
    /// What the slot ran when it was called.
    handler: *const (),
    arguments: Registers,
    image: *mut u64,
    result: *mut u64,
}

impl LockedCall {
    /// What a [`ClosureEntry`] was called with.
    ///
    /// # Safety
    /// It was, and the call is under way.
    #[inline(always)]
    pub unsafe fn new(
        slot: &'static ClosureSlot,
        registers: *mut u64,
        result: *mut u64,
    ) -> LockedCall {
        // SAFETY: the slot is that of the code that was called with them.
        let arguments = unsafe { slot.arguments::<Registers>(registers) };
        LockedCall { slot, handler: slot.handler(), arguments, image: registers, result }
    }

    /// What is called by `entry`, there as long as the lock is held; `None` if the closure has
    /// ended, or its place is another's.
    ///
    /// # Safety
    /// The lock is held.
    #[inline(always)]
    pub unsafe fn data(&self, entry: ClosureEntry) -> Option<*const ()> {
        let data = self.slot.data.load(Ordering::Acquire);
        let same = self.slot.entry.load(Ordering::Relaxed) == entry as *mut ();
        (!data.is_null() && same).then_some(data.cast_const())
    }

    /// The slot of an argument.
    ///
    /// # Safety
    /// The closure has so many, and this one is such a number.
    #[inline(always)]
    pub unsafe fn argument(&self, index: usize, row: &ScalarRow) -> u64 {
        // SAFETY: the closure has so many, and this one is such a number.
        unsafe { self.arguments.scalar(index, row) }
    }

    /// All of them.
    #[inline(always)]
    pub fn arguments(&self) -> impl IncomingArguments + use<> {
        self.arguments
    }

    /// Where the result goes, for which there is room whatever the closure returns.
    #[inline(always)]
    pub fn result(&self) -> *mut c_void {
        self.result.cast()
    }

    /// Sets the result, an integer widened to eight bytes.
    #[inline(always)]
    pub fn set_result(&self, word: u64) {
        // SAFETY: the closure's code has room for it, whatever the closure returns.
        unsafe { self.result.write(word) };
    }

    /// Takes the lock and finds what is called, by `find`, with the place pinned: so it stays this
    /// closure's while somebody waits. The pin is given up under the lock. If nothing is found the call
    /// is left to the closure's handler, which keeps what it calls itself.
    ///
    /// # Safety
    /// The call is under way, and nothing was done yet.
    #[inline(never)]
    pub unsafe fn find<T>(&self, find: impl FnOnce() -> Option<T>) -> Option<T> {
        let scope = pin::enter();
        // SAFETY: the call is under way, and nothing was done yet.
        unsafe {
            match self.slot.pinned(&scope) {
                Some(inside) => {
                    let found = find();
                    match found {
                        None => inside.call(self.image, self.result),
                        Some(_) => drop(scope),
                    }
                    found
                }
                None => {
                    ended(self.slot, self.image, self.result);
                    None
                }
            }
        }
    }

    /// Ends the call with a failure, which `report` reports if nobody else is told. A lock that the
    /// call has taken is given up before: who is told may wait for others.
    #[cold]
    pub fn fail(&self, failure: &Error, report: impl FnOnce(&Error)) {
        let is_its = || ptr::eq(self.slot.handler(), self.handler);
        self.slot.fail_if(failure, self.result.cast(), is_its, report);
    }
}
