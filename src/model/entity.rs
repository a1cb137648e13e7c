use std::ffi::{CStr, CString};
use std::sync::{Arc, OnceLock};

use super::Module;
use crate::call::closure::Closure;
use crate::call::failure::c_string;
use crate::call::{Function, natural, pending};
use crate::entity_path::EntityPath;
use crate::error::Result;
use crate::handle::{Direct, Handled, Kind};

/// A loaded entity; keeps its module loaded.
pub struct Entity {
    module: Arc<Module>,
    path: CString,
    function: Arc<Function>,
    native: OnceLock<Closure>,
}

impl Handled for Entity {
    const KIND: Kind = Kind::Entity;

    fn direct(&self) -> Option<Direct> {
        self.function.direct()
    }
}

impl Entity {
    pub(super) fn new(module: Arc<Module>, path: EntityPath, function: Arc<Function>) -> Entity {
        Entity { module, path: c_string(&path.to_string()), function, native: OnceLock::new() }
    }

    /// The module it is from.
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// Its path as it prints.
    pub fn path(&self) -> &CStr {
        &self.path
    }

    /// What is called.
    pub fn function(&self) -> &Arc<Function> {
        &self.function
    }

    /// Its C function pointer with the natural C signature: of a C function the symbol itself, of
    /// anything else a closure whose failures are left pending on the calling thread.
    pub fn native(&self) -> Result<*const ()> {
        if let Some(symbol) = self.function.callee().symbol() {
            return Ok(symbol);
        }
        if let Some(closure) = self.native.get() {
            return Ok(closure.code());
        }
        let closure = natural::export(&self.function, pending::sink())?;
        Ok(self.native.get_or_init(|| closure).code())
    }
}
