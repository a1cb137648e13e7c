//! [`Module`]: what Python imported.

use std::sync::Arc;

use super::{describe, entity, source};
use crate::backend::{self, Description, EntryKind, SourceText};
use crate::call::Function;
use crate::call::errors::failure::c_string;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::handle::Key;
use crate::python::api::Api;
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::PyRef;
use crate::python::support;
use crate::signature::TypeInfo;
use crate::value::OwnedValue;

/// A module of runtime python3.
pub struct Module {
    api: &'static Api,
    path: String,
    /// The `list` of modules that its path names.
    modules: PyRef,
}

impl Module {
    /// Imports the parts of a path, separated by `;`: names to import, `.py` files and packages'
    /// directories; other directories and archives go on `sys.path`.
    pub fn load(api: &'static Api, path: &str) -> Result<Module> {
        let parts: Vec<&str> = path.split(';').map(str::trim).collect();
        if let Some(index) = parts.iter().position(|part| part.is_empty()) {
            return Err(Error::new(
                Status::Syntax,
                format!(
                    "part {} of the module path \"{path}\" is empty; for what needs no module, write \
                     builtins",
                    index + 1
                ),
            ));
        }
        let gil = gil::enter(api)?;
        let modules = match imported(&gil, &parts)? {
            Some(modules) => modules,
            None => {
                let parts = support::texts(&gil, &parts)?;
                support::call(&gil, &support::get(&gil)?.load, &[&parts])?
            }
        };
        Ok(Module { api, path: path.to_owned(), modules })
    }

    /// Its path as it was loaded.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn api(&self) -> &'static Api {
        self.api
    }

    pub(super) fn modules(&self) -> &PyRef {
        &self.modules
    }
}

/// The `list` of modules of parts that all are names, and of which each is imported already: there is
/// nothing to be found. `None` if that is not so.
fn imported(gil: &Gil, parts: &[&str]) -> Result<Option<PyRef>> {
    let mut modules = Vec::with_capacity(parts.len());
    for part in parts {
        // A name with a dot may be a file's.
        if !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(None);
        }
        match PyRef::imported(gil, &c_string(part))? {
            Some(module) => modules.push(module),
            None => return Ok(None),
        }
    }
    support::list(gil, &modules).map(Some)
}

impl backend::Module for Module {
    unsafe fn run(&self, text: &SourceText<'_>) -> Result<OwnedValue> {
        // SAFETY: the locals are what their types say.
        unsafe { source::run(self, text) }
    }

    fn new_namespace(&self) -> Result<Key> {
        source::new_namespace(self)
    }

    fn object(&self) -> Result<Key> {
        source::object(self)
    }

    fn function_object(&self, path: &EntityPath) -> Result<Key> {
        entity::function_object(self, path)
    }

    fn describe(&self) -> Result<Description> {
        describe::describe(self)
    }

    fn find(&self, name: &str) -> Result<(EntityPath, EntryKind)> {
        describe::find(self, name)
    }

    fn load_entity(
        &self,
        path: &EntityPath,
        params: Option<&[TypeInfo]>,
        returns: Option<&[TypeInfo]>,
    ) -> Result<Arc<Function>> {
        entity::load(self, path, params, returns)
    }
}
