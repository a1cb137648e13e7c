//! [`Found`]: what an expression or a path in a module stands for.

use std::mem::MaybeUninit;
use std::sync::Arc;

use metaffi::backend::path::{Step, steps};
use metaffi::backend::{EntryKind, SourceText};
use metaffi::error::{Error, Result, Status};
use metaffi::handle::OwnedHandle;
use metaffi::model::Module;
use metaffi::object::{self, AttributeName};
use metaffi::signature::Kind;
use metaffi::value::{OwnedValue, kind_of};

/// What an expression or a path in a module stands for.
pub enum Found {
    /// An object, by a handle of ours.
    Object(OwnedHandle),
    /// A value.
    Value(OwnedValue),
    /// A function that is no object, with its signature.
    Function(String),
}

impl Found {
    /// Finds it: the module itself without an expression; by its language's own evaluation, or by a
    /// path where the language has none.
    pub fn of(module: &Arc<Module>, expression: Option<&str>) -> Result<Found> {
        let Some(expression) = expression else {
            return module.object().map(OwnedHandle::new).map(Found::Object);
        };
        let source = SourceText { asks_value: true, ..SourceText::new(expression) };
        // SAFETY: there are no locals.
        match unsafe { module.run(&source) } {
            Ok(value) => Ok(Found::from(value)),
            Err(error) if error.status() == Status::Unsupported => by_path(module, expression),
            Err(error) => Err(error),
        }
    }
}

impl From<OwnedValue> for Found {
    fn from(value: OwnedValue) -> Found {
        match kind_of(&value) {
            Ok(Kind::Handle) => {
                let raw = value.into_raw();
                // SAFETY: a handle, which is ours.
                Found::Object(OwnedHandle::new(unsafe { raw.data.object }.addr()))
            }
            _ => Found::Value(value),
        }
    }
}

/// A name of the module's, or one of its types, and steps to a part of that.
fn by_path(module: &Arc<Module>, path: &str) -> Result<Found> {
    let end = path.find(['.', '[', '-', '*']).unwrap_or(path.len());
    let (name, mut rest) = path.split_at(end);
    let mut found = match named(module, name) {
        Ok(found) => found,
        Err(absent) => {
            let Some((object, parts)) = new_of_type(module, path) else { return Err(absent) };
            rest = parts;
            Found::Object(object)
        }
    };
    for step in steps(rest) {
        found = part(&found, step?)?;
    }
    Ok(found)
}

/// A new object of a type of the module's, and the steps to a part of it: all that is written is the
/// type, or what stands before the first full stop.
fn new_of_type<'a>(module: &Module, path: &'a str) -> Option<(OwnedHandle, &'a str)> {
    let ends = [Some(path.len()), path.find('.')];
    { ends.into_iter().flatten() }.find_map(|end| {
        let (r#type, parts) = path.split_at(end);
        // SAFETY: there is no initial value.
        let made = unsafe { module.content().new_object(r#type, None) };
        made.ok().map(|object| (OwnedHandle::new(object), parts))
    })
}

fn named(module: &Arc<Module>, name: &str) -> Result<Found> {
    let (path, kind) = module.find(name)?;
    let path = match kind {
        EntryKind::Global => format!("{path},getter"),
        _ => path.to_string(),
    };
    let entity = module.load_entity(&path, None, None)?;
    match kind {
        EntryKind::Global | EntryKind::Constant => {
            // SAFETY: it takes no arguments.
            let mut values = unsafe { entity.call(&[]) }?;
            values.pop().map(Found::from).ok_or_else(|| {
                Error::unsupported(format!("\"{name}\" has no value that could be inspected"))
            })
        }
        _ => Ok(Found::Function(entity.function().signature().to_string())),
    }
}

/// A part of an object.
fn part(whole: &Found, step: Step) -> Result<Found> {
    let Found::Object(object) = whole else {
        return Err(Error::mismatch("only objects have parts; inspect the whole of it".to_owned()));
    };
    let object = object.key();
    let protocol = object::of(object)?;
    let mut place = MaybeUninit::uninit();
    match step {
        Step::Member(name) => protocol.get_attribute(object, AttributeName::Text(name), &mut place),
        Step::Index(index) => protocol.get_index(object, index as i64, &mut place),
        Step::Follow => protocol.get_index(object, 0, &mut place),
    }?;
    // SAFETY: written, and nobody else's.
    Ok(Found::from(unsafe { OwnedValue::from_raw(place.assume_init()) }))
}
