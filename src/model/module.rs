use std::sync::Arc;

use super::entity::HOLD_GIL;
use super::{Entity, Runtime};
use crate::backend::{self, Description, EntryKind, Options, SourceText, registry};
use crate::entity_path::EntityPath;
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::{HandleKind, Handled, Key};
use crate::process::float;
use crate::signature::{Kind, TypeInfo};
use crate::value::OwnedValue;

/// A loaded module; keeps its runtime loaded.
pub struct Module {
    runtime: Arc<Runtime>,
    path: Box<str>,
    options: Options,
    content: Arc<dyn backend::Module>,
    /// What was declared of it, in that order.
    declared: Lock<Vec<Box<str>>>,
}

impl Handled for Module {
    const KIND: HandleKind = HandleKind::Module;
}

impl Module {
    /// Loads a module from what its runtime calls a path.
    pub fn load(runtime: &Arc<Runtime>, path: &str) -> Result<Arc<Module>> {
        Module::load_with(runtime, path, Vec::new())
    }

    /// Loads a module with options of its own.
    pub fn load_with(
        runtime: &Arc<Runtime>,
        path: &str,
        options: Vec<(String, String)>,
    ) -> Result<Arc<Module>> {
        runtime.check_process()?;
        let known = registry::find(runtime.name())?.module_options();
        let taker = format!("a module of runtime {}", runtime.name());
        let options = Options::new(&taker, known, options)?;
        // A library that is linked with `-ffast-math` changes it for who loads it.
        let _restored = float::with_default();
        let content = runtime
            .nature()
            .ask(|| runtime.running().load_module(path, &options))
            .map_err(|error| error.in_runtime(runtime.name()))?;
        let (path, declared) = (path.into(), Lock::new(Vec::new()));
        Ok(Arc::new(Module { runtime: runtime.clone(), path, options, content, declared }))
    }

    /// The runtime it belongs to.
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// The path it was loaded from.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The options that it was loaded with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The declarations that were added to it, in that order.
    pub fn declared(&self) -> Vec<Box<str>> {
        self.declared.lock().clone()
    }

    /// What the runtime loaded.
    pub fn content(&self) -> &Arc<dyn backend::Module> {
        &self.content
    }

    /// Adds declarations in the runtime's own notation.
    pub fn declare(&self, text: &str) -> Result<()> {
        self.ask(|content| content.declare(text))?;
        self.declared.lock().push(text.into());
        Ok(())
    }

    /// Runs source text, and gives the value of its last expression if that is asked for.
    ///
    /// # Safety
    /// The values of the text's locals are what their types say.
    pub unsafe fn run(&self, source: &SourceText<'_>) -> Result<OwnedValue> {
        self.runtime.check_process()?;
        // SAFETY: the values of the text's locals are what their types say.
        self.ask(|content| unsafe { content.run(source) })
    }

    /// A new handle of a new namespace for source text.
    pub fn new_namespace(&self) -> Result<Key> {
        self.ask(|content| content.new_namespace())
    }

    /// A new handle of the module as an object of its runtime.
    pub fn object(&self) -> Result<Key> {
        self.ask(|content| content.object())
    }

    pub(super) fn ask<R: Send>(
        &self,
        ask: impl FnOnce(&dyn backend::Module) -> Result<R> + Send,
    ) -> Result<R> {
        let asked = self.runtime.nature().ask(|| ask(&*self.content));
        asked.map_err(|error| error.in_runtime(self.runtime.name()))
    }

    /// Everything in it that can be loaded.
    pub fn describe(&self) -> Result<Description> {
        self.ask(|content| content.describe())
    }

    /// The entity that a name of the module's own stands for: its path, and what it is.
    pub fn find(&self, name: &str) -> Result<(EntityPath, EntryKind)> {
        self.ask(|content| content.find(name))
    }

    /// Whether anything says of which types the entity of a path is.
    pub fn declares(&self, path: &str) -> Result<bool> {
        let path = EntityPath::parse(path)?;
        self.runtime.nature().ask(|| Ok(self.content.declares(&path)))
    }

    /// Binds an entity; types not given are inferred, and so is each that is null.
    pub fn load_entity(
        self: &Arc<Module>,
        path: &str,
        params: Option<&[TypeInfo]>,
        returns: Option<&[TypeInfo]>,
    ) -> Result<Arc<Entity>> {
        self.runtime.check_process()?;
        let path = EntityPath::parse(path)?;
        let _restored = float::with_default();
        // What a tag of every runtime asks is the host's business.
        let named = path.without_tag(HOLD_GIL);
        let nature = self.runtime.nature();
        let load = || {
            let content = &*self.content;
            if !params.is_some_and(has_null) && !returns.is_some_and(has_null) {
                return content.load_entity(&named, params, returns);
            }
            let inferred = content.load_entity(&named, None, None)?;
            let params = completed("params", params, inferred.param_types())?;
            let returns = completed("returns", returns, inferred.return_types())?;
            content.load_entity(&named, params.as_deref(), returns.as_deref())
        };
        let function = nature.ask(load).map_err(|error| {
            error.context(format_args!("entity \"{path}\"")).in_runtime(self.runtime.name())
        })?;
        let function = nature.function(function);
        let given = [params.is_some(), returns.is_some()];
        Ok(Arc::new(Entity::new(self.clone(), path, function, given)))
    }
}

fn has_null(types: &[TypeInfo]) -> bool {
    types.iter().any(|info| info.r#type.kind() == Kind::Null)
}

/// The types, with what is declared in the places of those that are null.
fn completed(
    what: &str,
    given: Option<&[TypeInfo]>,
    declared: &[TypeInfo],
) -> Result<Option<Vec<TypeInfo>>> {
    let complete = |(index, info): (usize, &TypeInfo)| match info.r#type.kind() {
        Kind::Null => declared.get(index).cloned().ok_or_else(|| {
            Error::invalid(format!(
                "{what}[{index}] is left to the declaration, which has {} of them",
                declared.len()
            ))
        }),
        _ => Ok(info.clone()),
    };
    given.map(|given| given.iter().enumerate().map(complete).collect()).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Kind;

    #[test]
    fn types_that_are_null_are_those_of_the_declaration() {
        let runtime = Runtime::load("c", vec![]).unwrap();
        let module = Module::load(&runtime, "").unwrap();
        assert!(!module.declares("callable=ldexp").unwrap());
        module.declare("double ldexp(double x, int exponent);").unwrap();
        assert!(module.declares("callable=ldexp").unwrap());
        let load = |params: &[Kind]| {
            let params: Vec<TypeInfo> = params.iter().map(|kind| (*kind).into()).collect();
            module.load_entity("callable=ldexp", Some(&params), None)
        };
        let entity = load(&[Kind::Null, Kind::Int64]).unwrap();
        let params = entity.function().params();
        assert_eq!((params[0].kind, params[1].kind), (Kind::Float64, Kind::Int64));
        let error = load(&[Kind::Null; 3]).err().unwrap();
        assert!(error.message().contains("params[2] is left to the declaration"), "{error}");
    }

    #[test]
    fn names_are_found_as_what_they_are() {
        let runtime = Runtime::load("c", vec![]).unwrap();
        let module = Module::load(&runtime, "").unwrap();
        module
            .declare(
                "enum { FIRST = 3 }; typedef int number; extern char **environ;\n\
                 #define magnitude abs\n\
                 int abs(int);",
            )
            .unwrap();
        let find = |name: &str| module.find(name).map(|(path, kind)| (path.to_string(), kind));
        assert_eq!(find("abs").unwrap(), ("callable=abs".to_owned(), EntryKind::Function));
        assert_eq!(find("magnitude").unwrap().1, EntryKind::Function);
        module.load_entity("callable=magnitude", None, None).unwrap();
        assert_eq!(find("FIRST").unwrap(), ("constant=FIRST".to_owned(), EntryKind::Constant));
        assert_eq!(find("environ").unwrap(), ("global=environ".to_owned(), EntryKind::Global));
        assert_eq!(find("labs").unwrap(), ("callable=labs".to_owned(), EntryKind::Function));
        assert!(find("number").unwrap_err().message().contains("is a type"));
        assert!(find("absent_name").is_err());
    }
}
