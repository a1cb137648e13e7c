//! [`Call`]: one call, with its arguments as text and its results as JSON.

use std::io::Write;

use clap::Args;
use metaffi::error::Result;
use metaffi::model::{Entity, Module, Runtime};
use metaffi::signature::{Kind, TypeInfo};
use metaffi::value::OwnedValue;

use crate::failure::Failure;
use crate::module_option::ModuleOption;
use crate::types::Types;
use crate::{argument, json};

/// Call an entity and print what it returns as JSON, one result in a line
#[derive(Args)]
pub struct Call {
    /// The runtime, such as c
    runtime: String,
    /// The module as its runtime names it: for c shared libraries, headers and
    /// pkg-config:NAME, separated by `;`
    module: String,
    /// The entity, such as callable=pow or constant=Z_BEST_COMPRESSION
    entity: String,
    /// The types of its parameters, separated by commas; without them, those it declares
    #[arg(long, value_name = "TYPES")]
    params: Option<Types>,
    /// The types of its returns, separated by commas; without them, those it declares
    #[arg(long, value_name = "TYPES")]
    returns: Option<Types>,
    /// An option of the module, such as include_dirs=/opt/include; may be repeated
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<ModuleOption>,
    /// A declaration in the runtime's own notation; may be repeated
    #[arg(long, value_name = "TEXT")]
    declare: Vec<String>,
    /// The arguments; one that begins with `-` and is no number comes after `--`
    #[arg(allow_negative_numbers = true)]
    arguments: Vec<String>,
}

impl Call {
    /// Calls, and prints what comes back.
    pub fn run(&self, out: &mut impl Write) -> std::result::Result<(), Failure> {
        let entity = self.load()?;
        let arguments = self.arguments(&entity)?;
        // SAFETY: whoever types the command says what the entity is; nobody else could.
        let returns = unsafe { entity.call(&arguments) }?;
        for value in &returns {
            writeln!(out, "{}", json::from_value(value)?)?;
        }
        Ok(())
    }

    fn load(&self) -> Result<std::sync::Arc<Entity>> {
        let runtime = Runtime::load(&self.runtime, Vec::new())?;
        let module = Module::load_with(&runtime, &self.module, ModuleOption::pairs(&self.options))?;
        for text in &self.declare {
            module.declare(text)?;
        }
        let given = |types: &Option<Types>| types.as_ref().map(|types| types.0.clone());
        let (params, returns) = (given(&self.params), given(&self.returns));
        module.load_entity(&self.entity, params.as_deref(), returns.as_deref())
    }

    /// The arguments as the values of their parameters; more of them are of type any.
    fn arguments(&self, entity: &Entity) -> Result<Vec<OwnedValue>> {
        let function = entity.function();
        let more = TypeInfo::from(Kind::Any);
        let parse = |(index, text): (usize, &String)| {
            let info = function.param_types().get(index).unwrap_or(&more);
            argument::parse(text, info).map_err(|error| error.context(function.argument(index)))
        };
        self.arguments.iter().enumerate().map(parse).collect()
    }
}
