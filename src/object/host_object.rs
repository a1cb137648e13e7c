//! [`HostObject`]: an object of a host in C, and the functions of its class as the protocol by which
//! everybody uses it.

mod asynchronous;
mod attribute;
mod buffer;
mod call;
mod class;
mod comparison;
mod context;
mod item;
mod iteration;
mod member;
mod number;
mod outcome;
mod protocol;
mod source;
mod text;
mod told;
mod type_object;
mod visit;

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::{Capabilities, Protocol, used_by};
use crate::abi::{metaffi_finalizer, metaffi_object_class};
use crate::call::Userdata;
use crate::error::{Error, Failure, Result};
use crate::handle::{self, Extension, Key, Shadows};
use class::HostClass;
use protocol::HostProtocol;

/// The name of the runtime of objects of hosts.
pub const HOST: &str = "host";

/// An object of a host.
pub struct HostObject {
    class: HostClass,
    capabilities: Capabilities,
    userdata: Userdata,
    /// What runtimes show it as.
    shadows: Shadows,
    /// What it has failed with as an iterator after it had given values, until it is asked again.
    put_off: AtomicPtr<Failure>,
}

impl Drop for HostObject {
    fn drop(&mut self) {
        drop(self.take_put_off());
    }
}

impl handle::ObjectType for HostObject {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

static PROTOCOL: &dyn Protocol = &HostProtocol;

impl handle::ForeignObject for HostObject {
    fn runtime(&self) -> &str {
        HOST
    }

    fn type_name(&self) -> String {
        self.class.name().to_owned()
    }

    fn class_name(&self) -> Option<&str> {
        Some(self.class.name())
    }

    fn identity(&self) -> u64 {
        ptr::from_ref(self).addr() as u64
    }
}

impl HostObject {
    /// A handle of a new object. The userdata is taken over unless this fails.
    ///
    /// # Safety
    /// The class is as its documentation says, and stays so until the object is finalized.
    pub unsafe fn create(
        class: *const metaffi_object_class,
        userdata: *mut c_void,
        finalizer: metaffi_finalizer,
    ) -> Result<Key> {
        // SAFETY: as the caller says.
        let class = unsafe { HostClass::new(class) }?;
        let capabilities = class.capabilities();
        let userdata = Userdata::of_host(userdata, finalizer);
        let shadows = Shadows::default();
        let put_off = AtomicPtr::new(ptr::null_mut());
        let object = HostObject { class, capabilities, userdata, shadows, put_off };
        handle::insert_object_then(Arc::new(object), |object| object.userdata.own())
    }

    /// What an object of a class was made with; `None` of any other.
    pub fn userdata(object: Key, class: *const metaffi_object_class) -> Option<*mut c_void> {
        handle::using(|scope| {
            let host = scope.get::<HostObject>(object).ok()?;
            host.class.is(class).then(|| host.pointer())
        })
    }

    /// Keeps a failure for when it is asked again.
    fn put_off(&self, failure: Error) {
        let failure = Arc::into_raw(failure.into_failure()).cast_mut();
        let before = self.put_off.swap(failure, Ordering::AcqRel);
        if !before.is_null() {
            // SAFETY: put there by this, and taken out once.
            drop(unsafe { Arc::from_raw(before) });
        }
    }

    /// The failure that it keeps.
    #[inline(always)]
    fn take_put_off(&self) -> Option<Error> {
        if self.put_off.load(Ordering::Relaxed).is_null() {
            return None;
        }
        let failure = self.put_off.swap(ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: put there by `put_off`, and taken out once.
        (!failure.is_null()).then(|| unsafe { Arc::from_raw(failure) }.error())
    }

    /// What the functions of its class are called with.
    fn pointer(&self) -> *mut c_void {
        self.userdata.pointer()
    }
}

/// Looks at an object of a host, which is there until `body` returns, whoever frees it meanwhile.
#[inline(always)]
fn using<R>(object: Key, body: impl FnOnce(&HostObject) -> Result<R>) -> Result<R> {
    handle::using(|scope| body(scope.get::<HostObject>(object)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handle::{HandleKind, Twin};
    use crate::object::of;

    #[test]
    fn each_runtime_shows_an_object_as_one_of_its_own() {
        // SAFETY: where all is zero no function is there.
        let mut class: metaffi_object_class = unsafe { std::mem::zeroed() };
        (class.size, class.name) = (size_of::<metaffi_object_class>(), c"Shown".as_ptr());
        // SAFETY: the class is there until the object has ended.
        let key = unsafe { HostObject::create(&raw const class, ptr::null_mut(), None) }.unwrap();
        let protocol = of(key).unwrap();
        let (mut one, mut other) = (1_u8, 2_u8);
        let (one, other) = (ptr::from_mut(&mut one).cast(), ptr::from_mut(&mut other).cast());
        protocol.set_shadow(key, Twin::Python, one);
        assert!(protocol.shadow(key, Twin::Other).is_null());
        protocol.set_shadow(key, Twin::Other, other);
        protocol.set_shadow(key, Twin::Python, ptr::null_mut());
        assert!(protocol.shadow(key, Twin::Python).is_null());
        assert_eq!(protocol.shadow(key, Twin::Other), other);
        handle::free(key, HandleKind::Object).unwrap();
    }
}
