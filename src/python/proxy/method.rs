//! [`ProxyMethod`]: a method of an object as an attribute, of which its runtime makes nothing before
//! somebody does anything else with it than to call it.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::known::MethodClass;
use super::parts::KnownParts;
use super::{ProxyFields, attribute, fields, give_back, released, slot};
use crate::abi::metaffi_handle_type;
use crate::error::{Error, Result};
use crate::handle::{self, HandleKind, Key};
use crate::object::{AttributeName, Family};
use crate::python::api::{Api, Object};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::binder::VectorcallArguments;
use crate::python::upcall::lent_arguments;
use crate::value;

/// Which method of which object it is, as long as its runtime knows nothing of it.
pub(super) struct ProxyMethod {
    /// The proxy of the object, to which there is a reference; NULL if it is none.
    owner: Cell<Object>,
    /// Its name, with a reference.
    name: Cell<Object>,
    member: u32,
}

impl ProxyMethod {
    /// What is none.
    pub(super) fn none() -> ProxyMethod {
        let nothing = || Cell::new(ptr::null_mut());
        ProxyMethod { owner: nothing(), name: nothing(), member: 0 }
    }

    /// Whether it is one.
    #[inline(always)]
    pub(super) fn is_some(&self) -> bool {
        !self.owner.get().is_null()
    }

    /// It is none any more.
    pub(super) fn let_go(&self, gil: &Gil) {
        let (owner, name) =
            (self.owner.replace(ptr::null_mut()), self.name.replace(ptr::null_mut()));
        if owner.is_null() {
            return;
        }
        // SAFETY: a live proxy, to which there is this reference, as to the name.
        unsafe {
            let known = fields(owner);
            known.methods.set(known.methods.get() - 1);
            if known.methods.get() == 0 {
                let key = known.late.replace(0);
                if key != 0 {
                    // An exception may be on its way.
                    error::quietly(gil, || {
                        give_back(gil, key, known.is_quick);
                        Ok(())
                    });
                }
            }
            gil.api.decref(owner);
            gil.api.decref(name);
        }
    }

    /// A handle of the method, as its runtime has it.
    #[cold]
    pub(super) fn read(&self, gil: &Gil) -> Result<Key> {
        // SAFETY: live objects, to which references are held meanwhile.
        unsafe {
            let [owner, name] =
                [&self.owner, &self.name].map(|one| PyRef::new_reference(gil, one.get()));
            read(gil, &owner, &name)
        }
    }
}

unsafe fn read(gil: &Gil, owner: &PyRef, name: &PyRef) -> Result<Key> {
    // SAFETY: a live proxy and a live `str` under the GIL.
    unsafe {
        let (owner, text) = (fields(owner.as_ptr()), attribute::text(gil, name.as_ptr())?);
        let mut to = MaybeUninit::uninit();
        owner.use_key(gil, owner.last_key(), |key, protocol| {
            protocol.get_attribute(key, AttributeName::Text(text), &mut to)
        })?;
        let mut found = to.assume_init();
        match found.r#type == metaffi_handle_type {
            true => Ok(found.data.object.addr()),
            false => {
                value::clear(&mut found);
                Err(Error::mismatch(format!("{text} is no method any more")))
            }
        }
    }
}

impl ProxyFields {
    /// Its handle, unless it is released. A method gets one now; one that cannot be had stays what it is.
    #[inline(always)]
    pub(super) fn key(&self) -> Result<Key> {
        match self.key.load(Ordering::Relaxed) {
            0 => self.key_of_method(),
            key => Ok(key),
        }
    }

    #[cold]
    fn key_of_method(&self) -> Result<Key> {
        let api = Api::get().filter(|_| self.method.is_some()).ok_or_else(released)?;
        // SAFETY: proxies are used under the GIL.
        let gil = unsafe { Gil::assume(api) };
        let key = self.method.read(&gil)?;
        // Another thread may have done the same meanwhile, or released it.
        match self.method.is_some() {
            true => {
                self.key.store(key, Ordering::Relaxed);
                self.method.let_go(&gil);
            }
            false => _ = handle::free(key, HandleKind::Object),
        }
        match self.key.load(Ordering::Relaxed) {
            0 => Err(released()),
            key => Ok(key),
        }
    }

    /// Its handle, which methods have also after it was released.
    #[inline(always)]
    fn last_key(&self) -> Key {
        match self.key.load(Ordering::Relaxed) {
            0 => self.late.get(),
            key => key,
        }
    }
}

/// A method of an object.
///
/// # Safety
/// `owner` is a live proxy which is not released, and `name` a live `str`, under the GIL.
#[inline(always)]
pub(super) unsafe fn of(
    gil: &Gil,
    (owner, name): (Object, Object),
    member: u32,
    kind: MethodClass,
) -> Result<PyRef> {
    // SAFETY: live objects under the GIL.
    unsafe {
        let known = fields(owner);
        let made = kind.class.instance(
            gil,
            ProxyFields {
                vectorcall: call,
                key: AtomicUsize::new(0),
                protocol: known.protocol,
                capabilities: kind.capabilities,
                is_quick: known.is_quick,
                identity: 0,
                family: Family::NONE,
                errors: Family::NONE,
                method: ProxyMethod {
                    owner: Cell::new(PyRef::new_reference(gil, owner).into_ptr()),
                    name: Cell::new(PyRef::new_reference(gil, name).into_ptr()),
                    member,
                },
                methods: Cell::new(0),
                parts: KnownParts::none(),
                late: Cell::new(0),
                weak: ptr::null_mut(),
            },
        )?;
        known.methods.set(known.methods.get() + 1);
        Ok(made)
    }
}

/// The vectorcall of a method.
unsafe extern "C-unwind" fn call(
    object: Object,
    objects: *const Object,
    count: usize,
    names: Object,
) -> Object {
    let arguments = VectorcallArguments::new(objects, count, names);
    // SAFETY: Python calls this with a proxy and its arguments, holding the GIL; a method has an owner,
    // which is a live proxy.
    unsafe {
        slot(object, |gil, known| {
            let owner = known.method.owner.get();
            if owner.is_null() {
                return super::call::run(gil, known, arguments);
            }
            // What makes values of the arguments may have the method let go of it.
            let owner = PyRef::new_reference(gil, owner);
            let (owner, member) = (fields(owner.as_ptr()), known.method.member);
            lent_arguments::with(gil, arguments, |arguments, to| {
                owner.use_key(gil, owner.last_key(), |key, protocol| {
                    protocol.run_member(key, member, arguments, to)
                })
            })
        })
    }
}
