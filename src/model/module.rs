use std::sync::Arc;

use super::entity::HOLD_GIL;
use super::{Entity, Runtime};
use crate::backend::{self, Description, Options, registry};
use crate::entity_path::EntityPath;
use crate::error::Result;
use crate::handle::{HandleKind, Handled};
use crate::process::float;
use crate::signature::TypeInfo;

/// A loaded module; keeps its runtime loaded.
pub struct Module {
    runtime: Arc<Runtime>,
    content: Arc<dyn backend::Module>,
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
        Ok(Arc::new(Module { runtime: runtime.clone(), content }))
    }

    /// The runtime it belongs to.
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// What the runtime loaded.
    pub fn content(&self) -> &Arc<dyn backend::Module> {
        &self.content
    }

    /// Adds declarations in the runtime's own notation.
    pub fn declare(&self, text: &str) -> Result<()> {
        let nature = self.runtime.nature();
        nature
            .ask(|| self.content.declare(text))
            .map_err(|error| error.in_runtime(self.runtime.name()))
    }

    /// Everything in it that can be loaded.
    pub fn describe(&self) -> Result<Description> {
        let nature = self.runtime.nature();
        nature
            .ask(|| self.content.describe())
            .map_err(|error| error.in_runtime(self.runtime.name()))
    }

    /// Binds an entity; types not given are inferred.
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
        let load = || self.content.load_entity(&named, params, returns);
        let function = nature.ask(load).map_err(|error| {
            error.context(format_args!("entity \"{path}\"")).in_runtime(self.runtime.name())
        })?;
        let function = nature.function(function);
        Ok(Arc::new(Entity::new(self.clone(), path, function)))
    }
}
