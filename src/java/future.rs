//! Futures of Java's that are awaited.

use std::ptr;
use std::sync::Arc;

use jni_sys::{JNIEnv, jboolean, jclass, jint, jlong};

use super::operation::Operation;
use super::operation_frame::OperationFrame;
use super::{error, object};
use crate::abi::metaffi_value;
use crate::call::guarded;
use crate::error::{Result, Status};
use crate::handle::{self, HandleKind, Key, OwnedHandle, using};
use crate::object::task::{Completion, Driver};
use crate::value::OwnedValue;

/// Begins to await one.
pub(super) fn start(object: Key, completion: Completion) -> Result<()> {
    let driver = OwnedHandle::new(handle::clone(object, HandleKind::Object)?);
    completion.driven_by(Arc::new(JavaFuture(driver)));
    let waits = Box::into_raw(Box::new(completion));
    let begun = using(|scope| {
        let mut frame = OperationFrame::of(scope, object)?;
        frame.push(waits.expose_provenance() as u64).run(Operation::Await).map(drop)
    });
    // SAFETY: Java has not begun, and says nothing.
    begun.inspect_err(|_| drop(unsafe { Box::from_raw(waits) }))
}

/// Java says what came of it: a value, or the index of what was thrown.
pub(super) extern "system" fn complete(
    _: *mut JNIEnv,
    _: jclass,
    waits: jlong,
    value: jlong,
    thrown: jint,
    is_cancelled: jboolean,
) {
    let _ = guarded(|| {
        // SAFETY: what Java was given, once; a value of the part in Java, if nothing was thrown.
        let (completion, result) = unsafe {
            let waits = ptr::with_exposed_provenance_mut::<Completion>(waits as usize);
            let value = ptr::with_exposed_provenance::<metaffi_value>(value as usize);
            let result = match thrown {
                0 => object::given(value.read()).map(|value| OwnedValue::from_raw(value)),
                thrown => Err(error::of_call(thrown)),
            };
            (*Box::from_raw(waits), result)
        };
        completion.complete(match is_cancelled {
            true => result.map_err(|error| error.with_status(Status::Cancelled)),
            false => result,
        });
        Ok(())
    });
}

/// A future of Java's, which is awaited.
struct JavaFuture(OwnedHandle);

impl Driver for JavaFuture {
    fn cancel(&self) -> Result<()> {
        using(|scope| OperationFrame::of(scope, self.0.key())?.run(Operation::Cancel).map(drop))
    }

    fn check_wait(&self) -> Result<()> {
        Ok(())
    }
}
