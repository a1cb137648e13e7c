//! Taking part in a virtual machine, whoever started it.

use super::natives;
use super::support::{self, JavaSupport};
use super::vm::Vm;
use crate::error::Result;

/// Has the part of ours be there. It stays as long as the process.
pub fn join(vm: &'static Vm) -> Result<&'static JavaSupport> {
    support::install(|| JavaSupport::define(vm, natives::all))
}
