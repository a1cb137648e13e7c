//! [`Slot`]: what a closure's code finds when it is called.

use std::any::TypeId;
use std::ffi::c_void;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use super::arguments::{Arguments, Order, Registers};
use super::place::Place;
use super::{ErrorSink, Handler};
use crate::call::{HostCall, failure};
use crate::error::{Error, Status};
use crate::fork::Lock;
use crate::handle::{pin, retire};

/// Handles a call. Its arguments are in an image of the registers, or are an array of addresses,
/// as the code of the closure has them.
///
/// # Safety
/// The call is under way, and the slot is that of the code that was called.
pub type Enter = unsafe extern "C-unwind" fn(&'static Slot, *mut u64, *mut u64);

/// What a closure's code calls. Never given back to the system: a pointer that C kept too long still
/// finds its slot, and learns there that its closure is gone.
#[repr(C, align(64))]
pub struct Slot {
    /// An [`Enter`]. First, where the entry points look for it.
    enter: AtomicPtr<()>,
    /// The closure's [`Content`], as long as it has not ended.
    content: AtomicPtr<Header>,
    /// What a [`Locked`] calls.
    data: AtomicPtr<()>,
    /// Where each argument is, if the code is an entry point: an [`Order`], changed while no call is
    /// inside.
    order: [AtomicU64; 2],
    argument_count: AtomicU32,
    result_size: AtomicU32,
    sink: Lock<Option<Box<ErrorSink>>>,
}

/// How a closure's function is called under the lock of its runtime, under which alone it is given
/// back, and only after its closures.
#[derive(Clone, Copy)]
pub struct Locked {
    /// Handles calls whose arguments are in registers.
    pub enter: Enter,
    /// What is called.
    pub data: *const (),
}

/// What a closure runs, and the place that it gives back when it ends: when nobody is inside.
#[repr(C)]
pub(super) struct Content<H> {
    header: Header,
    handler: H,
    _place: Place,
}

/// What is known of any content.
pub(super) struct Header {
    handler: TypeId,
    enter: Enter,
    retire: unsafe fn(*mut Header),
}

impl<H: Handler> Content<H> {
    pub(super) fn new(handler: H, enter: Enter, place: Place) -> Box<Content<H>> {
        unsafe fn retire_content<H: Handler>(header: *mut Header) {
            // SAFETY: `fill` made the pointer from a box of this type; it is retired once.
            retire(unsafe { Box::from_raw(header.cast::<Content<H>>()) });
        }
        let header = Header { handler: TypeId::of::<H>(), enter, retire: retire_content::<H> };
        Box::new(Content { header, handler, _place: place })
    }
}

/// Runs a closure's handler, which is pinned meanwhile.
///
/// # Safety
/// As for an [`Enter`], with the arguments where `A` says.
pub(super) unsafe extern "C-unwind" fn run<H: Handler, A: Arguments>(
    slot: &'static Slot,
    arguments: *mut u64,
    result: *mut u64,
) {
    let span = pin::enter();
    // SAFETY: the caller's promise. A call that began before the closure ended may find the slot
    // with another's content.
    unsafe {
        match span.protect(&slot.content) {
            Some(header) if header.handler == TypeId::of::<H>() => {
                let handler = &(*ptr::from_ref(header).cast::<Content<H>>()).handler;
                let arguments = slot.arguments::<A>(arguments);
                if let Err(error) = handler.call(&span, arguments, result.cast()) {
                    slot.fail(&error, result.cast(), |error| handler.report(error));
                }
            }
            _ => ended(slot, arguments, result),
        }
    }
}

/// The [`Enter`] of a closure that has ended.
unsafe extern "C-unwind" fn ended(slot: &'static Slot, _: *mut u64, result: *mut u64) {
    slot.fail(&dead(), result.cast(), failure::print);
}

/// The [`Enter`] of a closure that is not prepared yet.
unsafe extern "C-unwind" fn reserved(slot: &'static Slot, _: *mut u64, result: *mut u64) {
    slot.fail(&unprepared(), result.cast(), failure::print);
}

impl Slot {
    pub(super) const fn new() -> Slot {
        Slot {
            enter: AtomicPtr::new(ended as Enter as *mut ()),
            content: AtomicPtr::new(ptr::null_mut()),
            data: AtomicPtr::new(ptr::null_mut()),
            order: [const { AtomicU64::new(0) }; 2],
            argument_count: AtomicU32::new(0),
            result_size: AtomicU32::new(0),
            sink: Lock::new(None),
        }
    }

    pub(super) fn set_order(&self, order: Order, count: usize) {
        let [first, second] = self.order.each_ref();
        let words: [[u8; 8]; 2] = [0, 8].map(|at| std::array::from_fn(|index| order[at + index]));
        first.store(u64::from_ne_bytes(words[0]), Ordering::Relaxed);
        second.store(u64::from_ne_bytes(words[1]), Ordering::Relaxed);
        self.argument_count.store(count as u32, Ordering::Relaxed);
    }

    #[inline(always)]
    unsafe fn arguments<A: Arguments>(&self, arguments: *mut u64) -> A {
        let count = self.argument_count.load(Ordering::Relaxed) as usize;
        // SAFETY: the caller's promise.
        unsafe { A::at(arguments, self.order.as_ptr().cast(), count) }
    }

    /// What handles calls now.
    #[inline(always)]
    pub(super) fn enter(&self) -> Enter {
        // SAFETY: nothing else is stored there.
        unsafe { std::mem::transmute::<*mut (), Enter>(self.enter.load(Ordering::Acquire)) }
    }

    pub(super) fn fill<H: Handler>(&self, content: Box<Content<H>>, result_size: usize) {
        // What is larger than a gigabyte is not returned by value.
        self.result_size.store(result_size as u32, Ordering::Relaxed);
        self.set_sink(None);
        let enter = content.header.enter as *mut ();
        self.content.store(Box::into_raw(content).cast(), Ordering::Release);
        self.enter.store(enter, Ordering::Release);
    }

    /// From now on calls are told that the closure has ended; its content goes, and gives back the
    /// place, when no call is inside.
    pub(super) fn end(&self) {
        self.enter.store(ended as Enter as *mut (), Ordering::Release);
        self.data.store(ptr::null_mut(), Ordering::Release);
        let content = self.content.swap(ptr::null_mut(), Ordering::SeqCst);
        if !content.is_null() {
            // SAFETY: taken out of its slot exactly once.
            unsafe { ((*content).retire)(content) };
        }
    }

    /// From now on calls are told that the closure is not prepared.
    pub(super) fn reserve(&self, result_size: usize) {
        self.result_size.store(result_size as u32, Ordering::Relaxed);
        self.set_sink(None);
        self.enter.store(reserved as Enter as *mut (), Ordering::Release);
    }

    pub(super) fn set_locked(&self, locked: Locked) {
        self.data.store(locked.data.cast_mut(), Ordering::Release);
        self.enter.store(locked.enter as *mut (), Ordering::Release);
    }

    pub(super) fn set_sink(&self, sink: Option<ErrorSink>) {
        let sink = sink.map(Box::new);
        // What is let go may run code of its own.
        let _before = mem::replace(&mut *self.sink.lock(), sink);
    }

    /// Ends a call with a failure: the call from a host that runs the C code gets it, or the
    /// closure's own sink, or `report`.
    #[cold]
    fn fail(&self, error: &Error, result: *mut c_void, report: impl FnOnce(&Error)) {
        let size = self.result_size.load(Ordering::Relaxed) as usize;
        if size != 0 {
            // SAFETY: the caller of the closure made room for its result, at least eight bytes.
            unsafe { result.cast::<u8>().write_bytes(0, size.max(8)) };
        }
        if HostCall::fail(error) {
            return;
        }
        let sink = self.sink.lock().as_deref().cloned();
        match sink {
            Some(sink) => sink.report(error),
            None => report(error),
        }
    }
}

#[cold]
fn dead() -> Error {
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

/// A call of a closure that is [`Locked`].
pub struct Incoming {
    slot: &'static Slot,
    arguments: Registers,
    image: *mut u64,
    result: *mut u64,
}

impl Incoming {
    /// What an [`Enter`] was called with.
    ///
    /// # Safety
    /// It was, and the call is under way.
    #[inline(always)]
    pub unsafe fn new(slot: &'static Slot, registers: *mut u64, result: *mut u64) -> Incoming {
        // SAFETY: the slot is that of the code that was called with them.
        let arguments = unsafe { slot.arguments::<Registers>(registers) };
        Incoming { slot, arguments, image: registers, result }
    }

    /// What is called by `enter`, there as long as the lock is held; `None` if the closure has
    /// ended, or its place is another's.
    ///
    /// # Safety
    /// The lock is held.
    #[inline(always)]
    pub unsafe fn data(&self, enter: Enter) -> Option<*const ()> {
        let data = self.slot.data.load(Ordering::Acquire);
        let same = self.slot.enter.load(Ordering::Relaxed) == enter as *mut ();
        (!data.is_null() && same).then_some(data.cast_const())
    }

    /// Where an argument is, in its lowest bits.
    ///
    /// # Safety
    /// The closure has so many.
    #[inline(always)]
    pub unsafe fn argument(&self, index: usize) -> *const u64 {
        // SAFETY: the caller's promise.
        unsafe { self.arguments.get(index).cast() }
    }

    /// Sets the result, an integer widened to eight bytes.
    #[inline(always)]
    pub fn set_result(&self, word: u64) {
        // SAFETY: the closure's code has room for it, whatever the closure returns.
        unsafe { self.result.write(word) };
    }

    /// Leaves the call to the closure's handler, which keeps what it calls itself.
    ///
    /// # Safety
    /// The call is under way, and nothing was done yet.
    #[cold]
    pub unsafe fn pass_on(&self) {
        let span = pin::enter();
        let enter = span.protect(&self.slot.content).map_or(ended as Enter, |header| header.enter);
        // SAFETY: the caller's promise.
        unsafe { enter(self.slot, self.image, self.result) };
    }

    /// Ends the call with a failure, which `report` reports if nobody else is told. A lock that the
    /// call has taken is given up before: who is told may wait for others.
    #[cold]
    pub fn fail(&self, failure: &Error, report: impl FnOnce(&Error)) {
        self.slot.fail(failure, self.result.cast(), report);
    }
}
