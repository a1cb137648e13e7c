//! Taking part in a virtual machine, whoever started it.

use super::natives;
use super::support::{self, Support};
use super::vm::Vm;
use crate::error::Result;

/// Has the part of ours be there. It stays as long as the process.
pub fn join(vm: &'static Vm) -> Result<&'static Support> {
    support::install(|| Support::define(vm, natives::all))
}
