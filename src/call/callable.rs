//! [`Callable`]: a function as a value, with the C function pointers that were made for it. They live
//! as long as it does.

use std::any::Any;
use std::ffi::{CStr, CString, c_void};
use std::iter;
use std::mem;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering, fence};

use super::upcall::{Closure, ErrorSink, OnceClosure};
use crate::call::c_mapping;
use crate::call::downcall::fast::{CallableHandle, fast};
use crate::call::function::Function;
use crate::call::host_function::{HostCode, HostFunction};
use crate::call::passing::Lifetime;
use crate::call::plan::Plan;
use crate::call::userdata::Userdata;
use crate::call::values_function::ValuesFunction;
use crate::error::{Error, Result};
use crate::fork::{Lock, Once};
use crate::handle::{
    self, CALLABLES, Fast, FastCell, HandleKind, Handled, Shadows, TWINS, Table, Twin,
};

/// A function passed as a value, and the C function pointers made for it.
pub struct Callable {
    function: Arc<Function>,
    quick: AtomicBool,
    default_pointer: OnceClosure,
    /// What most have nothing of.
    more: Once<Box<CallableExtras>>,
}

/// What a callable may have beyond its function.
#[derive(Default)]
struct CallableExtras {
    name: Once<CString>,
    documentation: Once<CString>,
    /// The objects of runtimes that are kept with it.
    peers: Shadows,
    /// Held while a function pointer is added, so that each gets the latest.
    sink: Lock<Option<ErrorSink>>,
    /// The latest of a list that only grows, so that it is read without a lock.
    typed: AtomicPtr<TypedPointer>,
}

/// Gives up the object of a runtime for a callable that ends, on any thread.
pub type ReleasePeer = unsafe fn(NonNull<()>);

/// How each runtime does that.
static RELEASES: [Once<ReleasePeer>; TWINS] = [const { Once::new() }; TWINS];

/// A function pointer of a C type that somebody asked for.
struct TypedPointer {
    /// What tells C types apart: the address of an arena, and a number in it.
    arena: *const (),
    number: u32,
    native: NativePointer,
    /// Keeps the arena there, and the number that type's.
    _kept: KeepAlive,
    next: *mut TypedPointer,
}

/// What keeps a C type as long as this is there.
pub type KeepAlive = Box<dyn Any + Send + Sync>;

/// A C function pointer: of a C function itself, or made for something else.
pub enum NativePointer {
    /// The function itself.
    Symbol(*const ()),
    /// A closure.
    Closure(Closure),
    /// A closure of the function as it takes another number of arguments.
    Adapted(Closure),
}

impl NativePointer {
    fn code(&self) -> *const () {
        match self {
            NativePointer::Symbol(symbol) => *symbol,
            NativePointer::Closure(closure) | NativePointer::Adapted(closure) => closure.code(),
        }
    }

    fn set_sink(&self, sink: &Option<ErrorSink>) {
        if let NativePointer::Closure(closure) | NativePointer::Adapted(closure) = self {
            closure.set_sink(sink.clone());
        }
    }
}

// SAFETY: the list is read by any thread, changed under a lock, and freed with the callable.
unsafe impl Send for TypedPointer {}
// SAFETY: as above.
unsafe impl Sync for TypedPointer {}

impl Handled for Callable {
    const KIND: HandleKind = HandleKind::Callable;

    fn fast(&self) -> Option<(Fast, u64)> {
        Some(fast::<Callable>(&self.function))
    }

    fn release(mut self: Arc<Self>) {
        if alone(&mut self).is_some_and(Callable::ends_unseen) {
            handle::leave(self);
        }
    }
}

/// A callable, or its function, if nobody else refers to it.
fn alone<T>(thing: &mut Arc<T>) -> Option<&mut T> {
    if Arc::strong_count(thing) != 1 {
        return None;
    }
    // After what was done by those who have given up theirs.
    fence(Ordering::Acquire);
    // SAFETY: there are no weak references to either, and none can be made meanwhile.
    Some(unsafe { &mut *Arc::as_ptr(thing).cast_mut() })
}

impl CallableHandle for Callable {
    const TABLE: &'static Table<FastCell> = &CALLABLES;

    #[inline(always)]
    fn function(&self) -> &Function {
        &self.function
    }
}

impl Callable {
    /// A callable of a function.
    pub fn new(function: Arc<Function>) -> Callable {
        let quick = AtomicBool::new(false);
        Callable { function, quick, default_pointer: OnceClosure::default(), more: Once::new() }
    }

    /// A callable of a function of the host's: one that this thread has freed, if there is one of the
    /// plan.
    pub fn of_host(code: HostCode, userdata: Userdata, plan: Arc<Plan>) -> Arc<Callable> {
        let suits = |left: &Callable| Arc::ptr_eq(left.function.plan(), &plan);
        if let Some(mut again) = handle::take_left(suits)
            && let Some(function) = alone(&mut again).and_then(|left| alone(&mut left.function))
            && let Some(host) = HostFunction::of(function)
        {
            host.renew(code, userdata);
            return again;
        }
        let host = HostFunction::new(code, userdata, &plan);
        Arc::new(Callable::new(Arc::new(Function::planned(plan, host))))
    }

    /// Ends its C function pointer, unless it has more to end than that; whether nobody is told of its
    /// end, so that it can be another host function's.
    fn ends_unseen(&mut self) -> bool {
        if self.known().is_some() {
            return false;
        }
        self.default_pointer = OnceClosure::default();
        *self.quick.get_mut() = false;
        let host = alone(&mut self.function).and_then(HostFunction::of);
        host.is_some_and(|host| host.userdata().lifetime() == Lifetime::Forever)
    }

    fn more(&self) -> &CallableExtras {
        self.more.get_or_init(Box::default)
    }

    fn known(&self) -> Option<&CallableExtras> {
        self.more.get().map(|more| &**more)
    }

    /// What a host made it with, if it runs that function of the host's.
    pub fn userdata_of(&self, code: *const ()) -> Option<*mut c_void> {
        let callee: &dyn Any = self.function.callee();
        let (own, userdata) = match callee.downcast_ref::<HostFunction>() {
            Some(host) => (host.code(), host.userdata().pointer()),
            None => {
                ValuesFunction::of(&self.function).map(|host| (host.code(), host.userdata()))?
            }
        };
        (own == code).then_some(userdata)
    }

    /// What is called.
    pub fn function(&self) -> &Arc<Function> {
        &self.function
    }

    /// Its name, if it was given one.
    pub fn name(&self) -> Option<&CStr> {
        self.known()?.name.get().map(CString::as_c_str)
    }

    /// Names it. Once: a name is borrowed by whoever asked for it.
    pub fn set_name(&self, name: CString) -> Result<()> {
        self.more().name.set(name).map_err(|refused| {
            let (name, refused) = (self.name().unwrap_or_default(), refused.as_c_str());
            Error::invalid(format!("name {refused:?} given to a callable that has one: {name:?}"))
        })
    }

    /// Whether a runtime may keep its lock while this runs: it returns soon, and waits for nobody
    /// who may be waiting for the runtime.
    #[inline(always)]
    pub fn keeps_lock(&self) -> bool {
        self.quick.load(Ordering::Relaxed)
    }

    /// Says whether it is.
    pub fn set_keeps_lock(&self, quick: bool) {
        self.quick.store(quick, Ordering::Relaxed);
    }

    /// What a host says of it.
    pub fn documentation(&self) -> Option<&CStr> {
        self.known()?.documentation.get().map(CString::as_c_str)
    }

    /// Says something of it. Once, as it is borrowed.
    pub fn set_documentation(&self, text: CString) -> Result<()> {
        let refuse = |_| Error::invalid("documentation given to a callable that has one");
        self.more().documentation.set(text).map_err(refuse)
    }

    /// The object that a runtime keeps with it.
    #[inline(always)]
    pub fn peer(&self, of: Twin) -> Option<NonNull<()>> {
        NonNull::new(self.known()?.peers.get(of))
    }

    /// Keeps the object of a runtime with it, of which `release` disposes when this ends; false, and
    /// the object is still the runtime's, if it has one already.
    pub fn set_peer(&self, of: Twin, object: NonNull<()>, release: ReleasePeer) -> bool {
        RELEASES[of as usize].get_or_init(|| release);
        self.more().peers.set_first(of, object.as_ptr()) == object.as_ptr()
    }

    /// Its C function pointer with the natural C signature of its types.
    pub fn native(&self) -> Result<*const ()> {
        if let Some(symbol) = self.function.callee().symbol() {
            return Ok(symbol);
        }
        if let Some(closure) = self.default_pointer.get() {
            return Ok(closure.code());
        }
        let closure = c_mapping::export(&self.function)?;
        let default_pointer = self.default_pointer.get_or_set(closure);
        // Whoever sets a sink after this look at what is more finds the closure.
        fence(Ordering::SeqCst);
        if let Some(more) = self.known() {
            let sink = more.sink.lock();
            default_pointer.set_sink(sink.clone());
        }
        Ok(default_pointer.code())
    }

    /// Whether only this, and the C function pointers made for it, refer to its function.
    pub fn has_function_alone(&self) -> bool {
        let keeps = |typed: &&TypedPointer| matches!(typed.native, NativePointer::Closure(_));
        let of_pointers = usize::from(self.default_pointer.get().is_some())
            + self.typed_list().filter(keeps).count();
        Arc::strong_count(&self.function) == 1 + of_pointers
    }

    /// Its C function pointer of another C type, which is known by an arena and a number in it;
    /// `make` compiles it the first time, and keeps the type. Of what two threads make at once, one
    /// is kept.
    pub fn typed<T>(
        &self,
        arena: &Arc<T>,
        number: u32,
        make: impl FnOnce() -> Result<(NativePointer, KeepAlive)>,
    ) -> Result<*const ()> {
        let arena = Arc::as_ptr(arena).cast::<()>();
        let is = |typed: &&TypedPointer| typed.number == number && typed.arena == arena;
        if let Some(typed) = self.typed_list().find(is) {
            return Ok(typed.native.code());
        }
        let (native, kept) = make()?;
        let code = native.code();
        let mut typed =
            Box::new(TypedPointer { arena, number, native, _kept: kept, next: ptr::null_mut() });
        // Dropped after the lock is given up: another thread's was sooner.
        let _refused;
        let more = self.more();
        let sink = more.sink.lock();
        if let Some(known) = self.typed_list().find(is) {
            _refused = typed;
            return Ok(known.native.code());
        }
        typed.native.set_sink(&sink);
        typed.next = more.typed.load(Ordering::Relaxed);
        more.typed.store(Box::into_raw(typed), Ordering::Release);
        Ok(code)
    }

    fn typed_list(&self) -> impl Iterator<Item = &TypedPointer> {
        // SAFETY: what is in the list stays there as long as the callable lives.
        let at = |pointer: *mut TypedPointer| unsafe { pointer.as_ref() };
        let latest = self.known().and_then(|more| at(more.typed.load(Ordering::Acquire)));
        iter::successors(latest, move |typed| at(typed.next))
    }

    /// Sends the failures of calls through its pointers elsewhere; `None` lets its function report
    /// them.
    pub fn set_sink(&self, sink: Option<ErrorSink>) {
        // What is let go may run code of its own: after the lock.
        let _before;
        let mut current = self.more().sink.lock();
        // Whoever makes a closure from here on finds the sink's lock.
        fence(Ordering::SeqCst);
        if let Some(closure) = self.default_pointer.get() {
            closure.set_sink(sink.clone());
        }
        self.typed_list().for_each(|typed| typed.native.set_sink(&sink));
        _before = mem::replace(&mut *current, sink);
    }
}

impl Drop for CallableExtras {
    fn drop(&mut self) {
        for (of, peer) in self.peers.all() {
            if let (Some(release), Some(peer)) = (RELEASES[of].get(), NonNull::new(peer)) {
                // SAFETY: once, at the callable's end.
                unsafe { release(peer) };
            }
        }
        let mut next = *self.typed.get_mut();
        while !next.is_null() {
            // SAFETY: `typed` made each from a box; nobody else has the callable any more.
            let typed = unsafe { Box::from_raw(next) };
            next = typed.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;
    use crate::abi::{METAFFI_OK, metaffi_error, metaffi_slot, metaffi_status};
    use crate::call::Callee;
    use crate::error::Status;
    use crate::handle::pin::CallScope;
    use crate::signature::{Kind, Parameter, Signature, Type};

    struct Fails;

    impl Callee for Fails {
        unsafe fn call(&self, _: &CallScope, _: *mut metaffi_slot) -> Result<()> {
            Err(Error::new(Status::Foreign, "as asked"))
        }
    }

    unsafe extern "C-unwind" fn add(
        userdata: *mut c_void,
        frame: *mut metaffi_slot,
        _: *mut *mut metaffi_error,
    ) -> metaffi_status {
        // SAFETY: two slots.
        unsafe { *frame.add(1) = *frame + userdata.addr() as u64 };
        METAFFI_OK
    }

    #[test]
    fn a_callable_that_is_made_after_another_was_freed_has_nothing_of_it() {
        static ENDED: AtomicUsize = AtomicUsize::new(0);
        unsafe extern "C-unwind" fn end(userdata: *mut c_void) {
            ENDED.fetch_add(userdata.addr(), Ordering::SeqCst);
        }
        let plan = || {
            let params = vec![Parameter::from(Kind::Int64)];
            let returns = vec![Type::from(Kind::Int64).into()];
            Plan::of(Signature { params, returns, variadic: false }).unwrap()
        };
        let make = move |number, finalizer| {
            let userdata = Userdata::of_host(ptr::without_provenance_mut(number), finalizer);
            let callable = Callable::of_host(add, userdata, plan());
            HostFunction::own_userdata(callable.function());
            callable
        };
        let call = |code: *const ()| {
            type Code = unsafe extern "C-unwind" fn(i64) -> i64;
            // SAFETY: of that signature.
            unsafe { mem::transmute::<*const (), Code>(code)(1) }
        };
        let test = move || {
            handle::using(|scope| scope.keep(Arc::new(())) as *const ());
            let free = |key| handle::free(key, HandleKind::Callable).unwrap();
            let made = |callable: Arc<Callable>| {
                let (address, code) = (Arc::as_ptr(&callable).addr(), callable.native().unwrap());
                (address, code, handle::insert(callable).unwrap())
            };
            let (first, first_code, key) = made(make(10, None));
            assert_eq!(call(first_code), 11);
            handle::get::<Callable>(key).unwrap().set_keeps_lock(true);
            free(key);
            assert_eq!(call(first_code), 0, "it has ended");
            let again = make(20, Some(end));
            assert!(!again.keeps_lock() && again.name().is_none());
            let (second, second_code, second_key) = made(again);
            assert_eq!((second, call(second_code), call(first_code)), (first, 21, 0));
            assert!(handle::get::<Callable>(key).is_err());
            assert_eq!(ENDED.load(Ordering::SeqCst), 0);
            free(second_key);
            assert_eq!(ENDED.load(Ordering::SeqCst), 20);
            let kept = make(30, None);
            let function = kept.function().clone();
            free(made(kept).2);
            let named = make(40, None);
            named.set_name(c"named".to_owned()).unwrap();
            free(made(named).2);
            let (_, code, key) = made(make(50, None));
            assert_eq!((call(code), Arc::strong_count(&function)), (51, 1));
            assert!(handle::get::<Callable>(key).unwrap().name().is_none());
            free(key);
        };
        thread::spawn(test).join().unwrap();
    }

    #[test]
    fn a_runtime_has_an_object_of_its_own_which_goes_with_the_callable() {
        static RELEASED: Lock<Vec<usize>> = Lock::new(Vec::new());
        unsafe fn release(object: NonNull<()>) {
            RELEASED.lock().push(object.as_ptr().addr());
        }
        let signature = Signature { params: vec![], returns: vec![], variadic: false };
        let callable = Callable::new(Arc::new(Function::new(signature, Fails).unwrap()));
        let object = |number| NonNull::new(ptr::without_provenance_mut(number)).unwrap();
        assert!(callable.peer(Twin::Other).is_none());
        assert!(callable.set_peer(Twin::Other, object(1), release));
        assert!(!callable.set_peer(Twin::Other, object(2), release), "it has one");
        assert_eq!(callable.peer(Twin::Other), Some(object(1)));
        assert!(callable.peer(Twin::Python).is_none());
        assert!(RELEASED.lock().is_empty());
        drop(callable);
        assert_eq!(*RELEASED.lock(), [1]);
    }

    #[test]
    fn a_pointer_that_is_being_made_waits_for_nobody_and_fails_to_the_latest_sink() {
        static TOLD: AtomicUsize = AtomicUsize::new(0);
        let signature = Signature { params: vec![], returns: vec![], variadic: false };
        let callable = Callable::new(Arc::new(Function::new(signature, Fails).unwrap()));
        let arena = Arc::new(());
        let make = || -> Result<(NativePointer, KeepAlive)> {
            Ok((
                NativePointer::Closure(c_mapping::export(&callable.function)?),
                Box::new(arena.clone()),
            ))
        };
        let code = callable.typed(&arena, 1, || {
            let other = callable.typed(&arena, 1, make)?;
            callable.typed(&arena, 2, make)?;
            let count = |_: &Error| _ = TOLD.fetch_add(1, Ordering::Relaxed);
            callable.set_sink(Some(ErrorSink::new(count)));
            assert_eq!(callable.typed(&arena, 1, || unreachable!()).unwrap(), other);
            callable.typed(&arena, 3, make)?;
            make()
        });
        let code = code.unwrap();
        let known = |number| callable.typed(&arena, number, || unreachable!()).unwrap();
        assert_eq!(known(1), code);
        for code in [code, known(2), known(3), callable.native().unwrap()] {
            // SAFETY: closures of functions that take and return nothing.
            unsafe { mem::transmute::<*const (), unsafe extern "C-unwind" fn()>(code)() };
        }
        assert_eq!(TOLD.load(Ordering::Relaxed), 4);
    }
}
