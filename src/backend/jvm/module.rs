//! [`Module`]: archives and directories of classes.

use std::sync::Arc;

use super::{describe, entity, maven, source};
use crate::backend::{self, Description, EntryKind, SourceText};
use crate::call::{Function, call_owned};
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::handle::Key;
use crate::java::compiler;
use crate::java::object::JavaReference;
use crate::java::support::JavaSupport;
use crate::signature::TypeInfo;
use crate::value::OwnedValue;

/// A module of runtime jvm.
pub struct Module {
    support: &'static JavaSupport,
    path: String,
    /// Its class loader.
    loader: JavaReference,
}

impl Module {
    /// Loads the parts of a path, separated by `;`: archives, directories of classes, `DIR/*` for all
    /// archives of one, `maven:GROUP:ARTIFACT:VERSION`, and source files. Without any it is the JDK alone.
    pub fn load(support: &'static JavaSupport, path: &str) -> Result<Module> {
        let parts: Vec<&str> = path.split(';').map(str::trim).collect();
        let parts = if path.trim().is_empty() { Vec::new() } else { parts };
        if let Some(index) = parts.iter().position(|part| part.is_empty()) {
            let message = format!("part {} of the module path \"{path}\" is empty", index + 1);
            return Err(Error::new(Status::Syntax, message));
        }
        let (sources, parts): (Vec<&str>, Vec<&str>) =
            parts.into_iter().partition(|part| part.ends_with(SOURCE));
        let sources: Vec<String> = sources.into_iter().map(str::to_owned).collect();
        let loader = JavaReference::of_index(support.load(&archives(&parts)?)?);
        if !sources.is_empty() {
            compiler::load(support, loader.index(), &sources)?;
        }
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

impl Drop for Module {
    fn drop(&mut self) {
        self.support.close(self.loader());
    }
}

/// How the names of source files end.
const SOURCE: &str = ".java";

/// The parts, with the archives that Maven's client finds in place of the first that it is to find.
fn archives(parts: &[&str]) -> Result<Vec<String>> {
    let coordinates: Vec<&str> =
        parts.iter().filter_map(|part| part.strip_prefix(maven::PREFIX)).collect();
    let mut found = match coordinates.is_empty() {
        true => Vec::new(),
        false => maven::archives(&coordinates)?,
    };
    let mut all = Vec::new();
    for part in parts {
        match part.starts_with(maven::PREFIX) {
            true => all.append(&mut found),
            false => all.push((*part).to_owned()),
        }
    }
    Ok(all)
}

impl backend::Module for Module {
    unsafe fn run(&self, text: &SourceText<'_>) -> Result<OwnedValue> {
        // SAFETY: the locals are what their types say.
        unsafe { source::run(self, text) }
    }

    fn object(&self) -> Result<Key> {
        let root = entity::load(self, &EntityPath::new().tag("package"), None, None)?;
        // SAFETY: it takes nothing.
        let mut values = unsafe { call_owned(&root, &[]) }?;
        let root = values.pop().map(OwnedValue::into_raw);
        // SAFETY: a handle, which is ours.
        root.map(|root| unsafe { root.data.object.addr() })
            .ok_or_else(|| Error::new(Status::Internal, "the part in Java gives no object"))
    }

    fn describe(&self) -> Result<Description> {
        describe::describe(self)
    }

    fn find(&self, name: &str) -> Result<(EntityPath, EntryKind)> {
        let named = self.support.named(self.loader(), name)?;
        let (key, name) = named.split_once(' ').unwrap_or(("class", name));
        Ok((EntityPath::new().with(key, name), EntryKind::Constant))
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
