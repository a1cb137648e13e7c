//! [`Describe`]: what a module has to load.

use std::io::Write;

use clap::Args;
use metaffi::backend::{
    DescribedField, DescribedParameter, DescribedType, DescribedTypeKind, Description, Entry,
    EntryKind,
};
use metaffi::model::{Module, Runtime};

use crate::failure::Failure;
use crate::listing;
use crate::module_option::ModuleOption;

/// List what can be loaded from a module, with its types
#[derive(Args)]
pub struct Describe {
    /// The runtime, such as c
    runtime: String,
    /// The module as its runtime names it: for c shared libraries, headers and
    /// pkg-config:NAME, separated by `;`
    module: String,
    /// An option of the module, such as include_dirs=/opt/include; may be repeated
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<ModuleOption>,
    /// Print JSON, in the schema of docs/describe.md
    #[arg(long)]
    json: bool,
    /// Only what has this text in its entity path, in upper or lower case
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

impl Describe {
    /// Prints the module's entities.
    pub fn run(&self, out: &mut impl Write) -> Result<(), Failure> {
        let runtime = Runtime::load(&self.runtime, Vec::new())?;
        let mut description =
            Module::load_with(&runtime, &self.module, ModuleOption::pairs(&self.options))?
                .describe()?;
        if let Some(filter) = &self.filter {
            keep(&mut description, filter);
        }
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &description)?;
            writeln!(out)?;
        } else {
            let unsupported = description.unsupported.iter().map(|one| {
                let cells = ["unsupported", &one.name, "?", &one.reason];
                cells.map(str::to_owned)
            });
            let types = description.types.iter().map(type_row).chain(unsupported);
            let rows = description.entities.iter().map(row).chain(types);
            let header = ["KIND", "ENTITY", "TYPES", "DECLARATION"];
            write!(out, "{}", listing::lines(header, rows))?;
        }
        Ok(())
    }
}

fn keep(description: &mut Description, filter: &str) {
    let filter = filter.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&filter);
    description.entities.retain(|entry| has(&entry.path));
    description.types.retain(|found| has(&found.name));
    description.unsupported.retain(|found| has(&found.name));
}

/// A type: its size, and what it consists of.
fn type_row(found: &DescribedType) -> [String; 4] {
    let kind = match found.kind {
        DescribedTypeKind::Struct => "struct",
        DescribedTypeKind::Union => "union",
        DescribedTypeKind::Enum => "enum",
        DescribedTypeKind::Typedef => "typedef",
    };
    let size = found.size.map_or("?".to_owned(), |size| format!("{size} bytes"));
    let parts = match (&found.fields, &found.constants, &found.target) {
        (Some(fields), ..) => braces(fields.iter().map(field)),
        (_, Some(constants), _) => {
            braces(constants.iter().map(|one| format!("{} = {}", one.name, one.value)))
        }
        (.., target) => target.clone().unwrap_or_default(),
    };
    [kind.to_owned(), found.name.clone(), size, parts]
}

fn braces(parts: impl Iterator<Item = String>) -> String {
    format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
}

/// `x: int at 4`; of what has no name, its members in braces.
fn field(field: &DescribedField) -> String {
    let inner = field.fields.as_ref().map(|fields| braces(fields.iter().map(self::field)));
    let alias = field.variable.alias.as_deref().unwrap_or(&field.variable.type_name);
    let name = field.variable.name.as_deref().map_or(String::new(), |name| format!("{name}: "));
    let bits = field.width.map_or(String::new(), |width| format!(" : {width}"));
    format!("{name}{}{bits} at {}", inner.as_deref().unwrap_or(alias), field.offset)
}

fn row(entry: &Entry) -> [String; 4] {
    let declaration = match (&entry.value, &entry.declaration) {
        (Some(value), _) => format!("= {value}"),
        (None, declaration) => declaration.clone().unwrap_or_default(),
    };
    [kind(entry.kind).to_owned(), entry.path.clone(), types(entry), declaration]
}

fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Function => "function",
        EntryKind::Global => "global",
        EntryKind::Constant => "constant",
        EntryKind::Constructor => "constructor",
        EntryKind::Method => "method",
        EntryKind::Field => "field",
    }
}

/// A signature, the type of what has no parameters to take, or `?` where nothing is declared.
pub fn types(entry: &Entry) -> String {
    let foreign = entry.declaration.is_none() && entry.value.is_none();
    let list = |variables: &[DescribedParameter]| {
        variables.iter().map(|variable| one(variable, foreign)).collect::<Vec<_>>().join(", ")
    };
    match (&entry.params, &entry.returns) {
        (None, None) => "?".to_owned(),
        (None, Some(returns)) => list(returns),
        (Some(params), returns) => {
            let more = match (entry.variadic, params.is_empty()) {
                (false, _) => "",
                (true, true) => "...",
                (true, false) => ", ...",
            };
            let returns = list(returns.as_deref().unwrap_or_default());
            format!("({}{more}) -> ({returns})", list(params))
        }
    }
}

/// `name: type`; with the foreign type where no declaration shows it.
fn one(variable: &DescribedParameter, foreign: bool) -> String {
    let name = variable.name.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
    match variable.alias.as_deref().filter(|_| foreign) {
        Some(alias) => format!("{name}{}<{alias}>", variable.type_name),
        None => format!("{name}{}", variable.type_name),
    }
}
