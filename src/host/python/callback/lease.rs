//! [`FunctionArgument`]: a parameter that is a C function pointer, and the functions that were given
//! for it as they are. Each is C's for the call; what was made for one is used again as long as it
//! lives.

use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::rc::Rc;
use std::sync::Arc;

use super::fitness::{Fitness, declares_nothing, fitness};
use super::known_declaration::KnownDeclaration;
use super::shape::CallbackShape;
use super::shapes::CallbackShapes;
use super::signature_source::SignatureSource;
use super::{Callback, freed};
use crate::call::upcall::Closure;
use crate::call::{FunctionPointerType, Target};
use crate::error::Result;
use crate::fork::Once;
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::python::error;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;
use crate::python::upcall::callable::{self, FunctionTypes};

/// How many functions a parameter remembers; a power of two.
const REMEMBERED: usize = 8;

/// A parameter that is a C function pointer.
pub(in crate::host::python) struct FunctionArgument {
    target: Arc<dyn Target>,
    r#type: Once<Option<Arc<FunctionPointerType>>>,
    latest: [Cell<Option<NonNull<Lease>>>; REMEMBERED],
    /// The code of the last function that was found to take what C gives; nothing may be at its
    /// address but that.
    code: Cell<Option<PyCode>>,
}

// SAFETY: the cells are used under the GIL only.
unsafe impl Send for FunctionArgument {}
// SAFETY: as above.
unsafe impl Sync for FunctionArgument {}

/// A reference to the code of a function.
type PyCode = NonNull<crate::python::api::PyObject>;

/// A function pointer for a function, which is C's while a call lends it.
struct Lease {
    code: u64,
    _closure: Closure,
    callback: *const Callback,
    /// The function's address, and a reference that does not keep it; nothing if it is not
    /// remembered.
    function: Object,
    weak: Option<PyRef>,
    /// Why it is called as it is.
    reason: ShapeReason,
    /// How many calls lend it.
    users: Cell<usize>,
}

/// Why a function is called as it is.
enum ShapeReason {
    /// It declares nothing.
    Nothing,
    /// What it declares.
    Declared(Rc<KnownDeclaration>),
    /// It declares what nobody can see to be still true.
    Unseen,
}

impl ShapeReason {
    /// Whether it is true of a live function.
    #[inline(never)]
    unsafe fn is_of(&self, gil: &Gil, function: Object) -> bool {
        let ShapeReason::Declared(known) = self else { return false };
        // SAFETY: the caller's function, under the GIL.
        let source = unsafe { SignatureSource::of(gil, function) };
        source.is_some_and(|source| known.is_of(gil, &source))
    }
}

impl FunctionArgument {
    /// Nothing was given for it yet.
    pub(in crate::host::python) fn new(target: Arc<dyn Target>) -> FunctionArgument {
        let latest = [const { Cell::new(None) }; REMEMBERED];
        FunctionArgument { target, r#type: Once::new(), latest, code: Cell::new(None) }
    }

    /// The word of a function: its function pointer until the scope ends; `None` leaves it to the
    /// slow way.
    ///
    /// # Safety
    /// `object` is alive as long as the scope, and the GIL is held.
    #[inline(always)]
    pub(in crate::host::python) unsafe fn word(
        &self,
        api: &'static Api,
        scope: &CallScope,
        object: Object,
    ) -> Option<u64> {
        let place = self.place(object);
        // SAFETY: `object` is alive as long as the scope, and the GIL is held; a lease is there
        // as long as it is in its place.
        unsafe {
            if let Some(lease) = place.get().map(|lease| &*lease.as_ptr())
                && lease.is_of(api, object)
            {
                // Python may run when it is asked what the function declares: the lease is in use.
                lease.begin(api, scope, object);
                if lease.is_true(api) {
                    return Some(lease.code);
                }
            }
            self.new_word(api, scope, object, place)
        }
    }

    #[inline(always)]
    fn place(&self, object: Object) -> &Cell<Option<NonNull<Lease>>> {
        // Functions are a multiple of sixteen bytes, and follow each other.
        let hash = (object.addr() >> 4) ^ (object.addr() >> 9);
        &self.latest[hash % REMEMBERED]
    }

    /// The same for what was not given before.
    #[inline(never)]
    unsafe fn new_word(
        &self,
        api: &'static Api,
        scope: &CallScope,
        object: Object,
        place: &Cell<Option<NonNull<Lease>>>,
    ) -> Option<u64> {
        // SAFETY: the caller's promises.
        unsafe {
            if object == api._Py_NoneStruct {
                return Some(0);
            }
            let known = self.r#type.get_or_init(|| self.target.function_pointer()).as_ref();
            if callable::is_one(api, object) {
                let own = known.zip(callable::function_in(api, object));
                let code = own.and_then(|(of, function)| self.made(api, of, object, function));
                let code = match code {
                    Some(code) => code,
                    None => self.target.pointer(callable::of_object(api, object)?).ok()?,
                };
                return Some(code.expose_provenance() as u64);
            }
            let of = known?;
            let (shape, reason) = self.shape(&Gil::assume(api), of, object)?;
            let lease = Lease::new(of, shape, reason).ok()?;
            let lease = NonNull::from(Box::leak(Box::new(lease)));
            remember(&Gil::assume(api), lease, place, object);
            lease.as_ref().begin(api, scope, object);
            Some(lease.as_ref().code)
        }
    }

    /// The function pointer of an object that has a function which takes what C gives.
    unsafe fn made(
        &self,
        api: &'static Api,
        of: &Arc<FunctionPointerType>,
        object: Object,
        function: Object,
    ) -> Option<*const ()> {
        // SAFETY: a live object that has the function, under the GIL; its pointers end before it
        // gives up the function.
        unsafe {
            let gil = Gil::assume(api);
            let mut is_fit = true;
            let code = callable::pointer_in(object, of, || {
                let shape = match callable::declared_in(object) {
                    Some(types) => CallbackShapes::of(of).declared(of, types),
                    None => self.shape(&gil, of, function).map(|(shape, _)| shape),
                };
                is_fit = shape.is_some();
                let shape = shape.ok_or_else(freed)?;
                let own = PyRef::new_reference(&gil, function).into_ptr();
                Callback::new(of, shape, own, None).closure(of).map(|(closure, _)| closure)
            });
            code.ok().filter(|_| is_fit)
        }
    }

    /// How a function is called; `None` if it does not take what C gives, as far as is seen here.
    unsafe fn shape<'a>(
        &self,
        gil: &Gil,
        of: &'a Arc<FunctionPointerType>,
        object: Object,
    ) -> Option<(&'a CallbackShape, ShapeReason)> {
        let known = self.code.get().map_or(ptr::null_mut(), NonNull::as_ptr);
        // SAFETY: a live object under the GIL.
        match unsafe { fitness(gil, object, of.params.len(), known) } {
            Fitness::Known => {}
            Fitness::Fits { code } => {
                let code = code.and_then(|code| NonNull::new(code.into_ptr()));
                let before = self.code.replace(code.or(self.code.get()));
                if code.is_some()
                    && let Some(before) = before
                {
                    // SAFETY: the reference was this one's.
                    unsafe { gil.api.decref(before.as_ptr()) };
                }
            }
            // SAFETY: as above.
            Fitness::Unknown => return unsafe { declared(gil, of, object) },
        }
        Some((&CallbackShapes::of(of).natural, ShapeReason::Nothing))
    }
}

/// How a function is called that declares types; Python is asked for what is not known.
///
/// # Safety
/// `object` is alive, and the GIL is held.
unsafe fn declared<'a>(
    gil: &Gil,
    of: &'a Arc<FunctionPointerType>,
    object: Object,
) -> Option<(&'a CallbackShape, ShapeReason)> {
    // SAFETY: `object` is alive, and the GIL is held.
    let (source, function) =
        unsafe { (SignatureSource::of(gil, object)?, PyRef::new_reference(gil, object)) };
    let shapes = CallbackShapes::of(of);
    if let Some(known) = KnownDeclaration::find(gil, &source, false) {
        return Some((shapes.declared(of, known.types())?, ShapeReason::Declared(known)));
    }
    let types = error::quietly(gil, || FunctionTypes::inferred(gil, &function))?;
    let types = Arc::new(types);
    let reason = match KnownDeclaration::remember(gil, &source, None, types.clone()) {
        Some(known) => ShapeReason::Declared(known),
        None => ShapeReason::Unseen,
    };
    Some((shapes.declared(of, &types)?, reason))
}

impl Drop for FunctionArgument {
    fn drop(&mut self) {
        for place in &self.latest {
            // SAFETY: a lease that no call lends is this one's.
            unsafe { forget(place.take()) };
        }
        if let Some(code) = self.code.take() {
            gil::drop_ref(code);
        }
    }
}

/// Remembers a lease for the next time that the function is given, unless another is in use there.
unsafe fn remember(
    gil: &Gil,
    mut lease: NonNull<Lease>,
    place: &Cell<Option<NonNull<Lease>>>,
    object: Object,
) {
    // SAFETY: the caller's new lease; what is in the place is there; a live object under the GIL.
    unsafe {
        if place.get().is_some_and(|before| before.as_ref().users.get() > 0) {
            return;
        }
        let weak = (gil.api.PyWeakref_NewRef)(object, ptr::null_mut());
        let Some(weak) = PyRef::from_owned(weak) else {
            return (gil.api.PyErr_Clear)();
        };
        (lease.as_mut().function, lease.as_mut().weak) = (object, Some(weak));
        forget(place.replace(Some(lease)));
    }
}

/// Gives a lease back, unless a call has left without that.
///
/// # Safety
/// Nobody else refers to it.
unsafe fn forget(lease: Option<NonNull<Lease>>) {
    let Some(lease) = lease else { return };
    // SAFETY: it was made of a box.
    unsafe {
        if lease.as_ref().users.get() == 0 {
            drop(Box::from_raw(lease.as_ptr()));
        }
    }
}

impl Lease {
    fn new(
        of: &Arc<FunctionPointerType>,
        shape: &CallbackShape,
        reason: ShapeReason,
    ) -> Result<Lease> {
        let (closure, callback) = Callback::new(of, shape, ptr::null_mut(), None).closure(of)?;
        Ok(Lease {
            code: closure.code().expose_provenance() as u64,
            _closure: closure,
            callback,
            function: ptr::null_mut(),
            weak: None,
            reason,
            users: Cell::new(0),
        })
    }

    /// Whether it is of a function, which is still the one at its address.
    #[inline(always)]
    unsafe fn is_of(&self, api: &Api, function: Object) -> bool {
        let Some(weak) = &self.weak else { return false };
        // SAFETY: a weak reference, under the GIL.
        ptr::eq(self.function, function) && unsafe { api.referent(weak.as_ptr()) == function }
    }

    /// Whether the function, which is alive, still declares what it did.
    #[inline(always)]
    unsafe fn is_true(&self, api: &'static Api) -> bool {
        // SAFETY: the caller's function, under the GIL.
        unsafe {
            match &self.reason {
                ShapeReason::Nothing => declares_nothing(api, self.function),
                reason => reason.is_of(&Gil::assume(api), self.function),
            }
        }
    }

    /// Lends the function until the scope ends.
    #[inline(always)]
    unsafe fn begin(&self, api: &Api, scope: &CallScope, object: Object) {
        // SAFETY: the GIL is held; the callback is there as long as the closure.
        unsafe {
            if self.users.get() == 0 {
                api.incref(object);
                (*self.callback).function.set(object);
            }
            self.users.update(|users| users + 1);
        }
        scope.defer(ptr::from_ref(self).cast_mut().cast(), take_back);
    }
}

/// Ends what [`Lease::begin`] began. Where the GIL is not held, since the thread is being ended, the
/// function stays C's.
unsafe extern "C" fn take_back(lease: *mut ()) {
    let Some(api) = Api::get().filter(|api| gil::is_held(api)) else { return };
    // SAFETY: a lease that is in use is there; the GIL is held; the reference is given up once.
    unsafe {
        let lease = NonNull::new_unchecked(lease.cast::<Lease>());
        let Lease { users, callback, weak, .. } = lease.as_ref();
        users.update(|users| users - 1);
        if users.get() > 0 {
            return;
        }
        let function = (**callback).function.replace(ptr::null_mut());
        let is_remembered = weak.is_some();
        if !is_remembered {
            drop(Box::from_raw(lease.as_ptr()));
        }
        api.decref(function);
    }
}
