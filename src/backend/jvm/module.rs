//! [`Module`]: archives and directories of classes.

use std::sync::Arc;

use super::{describe, entity};
use crate::backend::{self, Description, EntryKind};
use crate::call::Function;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::java::object::JavaReference;
use crate::java::support::JavaSupport;
use crate::signature::TypeInfo;

/// A module of runtime jvm.
pub struct Module {
    support: &'static JavaSupport,
    path: String,
    /// Its class loader.
    loader: JavaReference,
}

impl Module {
    /// Loads the parts of a path, separated by `;`: archives, directories of classes, and `DIR/*`
    /// for all archives of one. Without any it is the JDK alone.
    pub fn load(support: &'static JavaSupport, path: &str) -> Result<Module> {
        let parts: Vec<String> = path.split(';').map(|part| part.trim().to_owned()).collect();
        let parts = if path.trim().is_empty() { Vec::new() } else { parts };
        if let Some(index) = parts.iter().position(String::is_empty) {
            let message = format!("part {} of the module path \"{path}\" is empty", index + 1);
            return Err(Error::new(Status::Syntax, message));
        }
        let loader = JavaReference::of_index(support.load(&parts)?);
        Ok(Module { support, path: path.to_owned(), loader })
    }

    /// Its path as it was loaded.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn support(&self) -> &'static JavaSupport {
        self.support
    }

    pub(super) fn loader(&self) -> i32 {
        self.loader.index()
    }
}

impl backend::Module for Module {
    fn describe(&self) -> Result<Description> {
        describe::describe(self)
    }

    fn find(&self, name: &str) -> Result<(EntityPath, EntryKind)> {
        Err(Error::not_found(format!(
            "\"{name}\": what a module of Java has belongs to classes; load class=…,callable=…"
        )))
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
