//! Taking part in a virtual machine, whoever started it.

use super::natives;
use super::support::{self, JavaSupport};
use super::vm::{self, LIFE, Vm};
use crate::error::Result;

/// Has the part of ours be there. It stays as long as the process.
pub fn join(vm: &'static Vm) -> Result<&'static JavaSupport> {
    support::install(|| {
        // SAFETY: the handler is a function that lives as long as the process.
        unsafe { libc::pthread_atfork(None, None, Some(child)) };
        JavaSupport::define(vm, natives::all)
    })
}

/// A child of a fork has none of the machine's threads.
unsafe extern "C" fn child() {
    LIFE.forked(true);
    vm::forget();
    support::lose();
}
