use std::ffi::{CStr, CString};
use std::sync::Arc;

use super::Module;
use crate::call::errors::failure::c_string;
use crate::call::upcall::{Closure, ErrorSink};
use crate::call::{self, CallableHandle, Function, c_mapping, call_owned};
use crate::entity_path::EntityPath;
use crate::error::Result;
use crate::fork::Once;
use crate::handle::{ENTITIES, Fast, FastCell, HandleKind, Handled, OwnedHandle, Table};
use crate::value::OwnedValue;

/// The tag that asks a Python host not to release the GIL around calls.
pub(super) const HOLD_GIL: &str = "hold_gil";

/// A loaded entity; keeps its module loaded.
pub struct Entity {
    module: Arc<Module>,
    path: CString,
    keeps_lock: bool,
    /// Whether its parameters and its returns were given, and are not those of the declaration.
    given: [bool; 2],
    function: Arc<Function>,
    native: Once<Closure>,
}

impl Handled for Entity {
    const KIND: HandleKind = HandleKind::Entity;

    fn fast(&self) -> Option<(Fast, u64)> {
        Some(call::fast::<Entity>(&self.function))
    }
}

impl CallableHandle for Entity {
    const TABLE: &'static Table<FastCell> = &ENTITIES;

    #[inline(always)]
    fn function(&self) -> &Function {
        &self.function
    }
}

impl Entity {
    pub(super) fn new(
        module: Arc<Module>,
        path: EntityPath,
        function: Arc<Function>,
        given: [bool; 2],
    ) -> Entity {
        let (keeps_lock, native) = (path.has(HOLD_GIL), Once::new());
        Entity { module, path: c_string(&path.to_string()), keeps_lock, given, function, native }
    }

    /// Whether its parameters and its returns were given, and are not those of the declaration.
    pub fn given(&self) -> [bool; 2] {
        self.given
    }

    /// The module it is from.
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// Its path as it prints.
    pub fn path(&self) -> &CStr {
        &self.path
    }

    /// Its name in the module: the value of its path's last key.
    pub fn name(&self) -> String {
        let path = self.path.to_str().ok().and_then(|path| EntityPath::parse(path).ok());
        let name = path.as_ref().and_then(|path| path.pairs().last());
        name.map_or_else(String::new, |(_, name)| name.to_owned())
    }

    /// What its author says of it, or how its own language declares it.
    pub fn documentation(&self) -> Option<String> {
        let own = EntityPath::parse(self.path.to_str().ok()?).ok()?.without_tag(HOLD_GIL);
        let entries = self.module.describe().ok()?.entities;
        let entry = entries.into_iter().find(|entry| entry.path == own.to_string())?;
        entry.documentation.or(entry.declaration)
    }

    /// A new handle of what it calls, as an object of its runtime; an error where functions are none.
    pub fn object(&self) -> Result<OwnedHandle> {
        let path = EntityPath::parse(&self.path.to_string_lossy())?;
        self.module.ask(|content| content.function_object(&path)).map(OwnedHandle::new)
    }

    /// Whether a Python host keeps the GIL during calls: they are quick, and do not wait for
    /// anything that needs it.
    pub fn keeps_lock(&self) -> bool {
        self.keeps_lock
    }

    /// What is called.
    pub fn function(&self) -> &Arc<Function> {
        &self.function
    }

    /// Its C function pointer with the natural C signature: of a C function the symbol itself, of
    /// anything else a closure whose failures are left to `sink`, that of who asks first, or are
    /// reported.
    pub fn native(&self, sink: Option<ErrorSink>) -> Result<*const ()> {
        if let Some(symbol) = self.function.callee().symbol() {
            return Ok(symbol);
        }
        if let Some(made) = self.function.callee().made_symbol() {
            return Ok(made);
        }
        if let Some(closure) = self.native.get() {
            return Ok(closure.code());
        }
        let closure = c_mapping::export(&self.function)?;
        closure.set_sink(sink);
        Ok(self.native.get_or_set(closure).code())
    }

    /// Calls it with values, converted to its types if that loses nothing.
    ///
    /// # Safety
    /// Its types and its declaration are true, what it does with these arguments is defined, and
    /// it does not leave by `longjmp`.
    pub unsafe fn call(&self, arguments: &[OwnedValue]) -> Result<Vec<OwnedValue>> {
        // SAFETY: its types and its declaration are true, what it does with these arguments is
        // defined, and it does not leave by `longjmp`.
        let outcome = unsafe { call_owned(&self.function, OwnedValue::as_raw(arguments)) };
        outcome.map_err(|error| error.in_runtime(self.module.runtime().name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Runtime;
    use crate::value::describe;

    #[test]
    fn a_call_checks_and_converts() {
        let runtime = Runtime::load("c", vec![]).unwrap();
        let module = Module::load(&runtime, "libm.so.6").unwrap();
        module.declare("double ldexp(double x, int exponent);").unwrap();
        let ldexp = module.load_entity("callable=ldexp", None, None).unwrap();
        // SAFETY: plain numbers are nobody's.
        let number = |value| unsafe { OwnedValue::from_raw(value) };
        // SAFETY: the declaration is the C library's.
        let call = |arguments: &[OwnedValue]| unsafe { ldexp.call(arguments) };
        let returns = call(&[number(3_i8.into()), number(4_i64.into())]).unwrap();
        // SAFETY: a live value.
        assert_eq!(unsafe { describe(&returns[0]) }, "float64 48.0");
        let error = call(&[number(3_i8.into())]).unwrap_err();
        assert_eq!(error.runtime(), Some("c"));
        let error = call(&[number(true.into()), number(4_i64.into())]).unwrap_err();
        assert!(error.message().starts_with("argument 0 (x): bool true"), "{error}");
    }
}
