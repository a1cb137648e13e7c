//! What the parser promises, by topic.

mod constants;
mod errors;
mod functions;
mod globals;
mod macros;
mod records;
mod redeclarations;
mod types;

use super::*;
use crate::backend::c::types::MemberLocation;
use crate::error::Status;

/// The declarations of a text that must be right.
fn declared(text: &str) -> Declarations {
    let declarations = Declarations::default();
    declarations.declare(text, "test").unwrap_or_else(|error| panic!("{text}\n{error}"));
    declarations
}

/// The message about a text that must be wrong.
fn refused(text: &str) -> String {
    match Declarations::default().declare(text, "test") {
        Ok(()) => panic!("accepted: {text}"),
        Err(error) => error.message().to_owned(),
    }
}

/// The spelling of the type that a name has.
fn type_of(declarations: &Declarations, name: &str) -> String {
    let type_id = match declarations.get(name).unwrap().item {
        Item::Function(function) => function.type_id,
        Item::Global(global) => global.type_id,
        Item::Constant(constant) => constant.type_id,
        Item::Typedef(type_id) => {
            let target = declarations.types().canonical(type_id);
            return declarations.types().spell(target);
        }
    };
    declarations.types().spell(type_id)
}

fn function(declarations: &Declarations, name: &str) -> DeclaredFunction {
    match declarations.get(name).unwrap().item {
        Item::Function(function) => function,
        other => panic!("{name} is {other:?}"),
    }
}

fn global(declarations: &Declarations, name: &str) -> DeclaredGlobal {
    match declarations.get(name).unwrap().item {
        Item::Global(global) => global,
        other => panic!("{name} is {other:?}"),
    }
}

fn value(declarations: &Declarations, name: &str) -> ConstantValue {
    match declarations.get(name).unwrap().item {
        Item::Constant(constant) => constant.value,
        other => panic!("{name} is {other:?}"),
    }
}

/// The value of an integer constant expression.
fn integer(expression: &str) -> i128 {
    match Declarations::default().evaluate(expression) {
        Ok(Constant { value: ConstantValue::Integer(value), .. }) => value,
        other => panic!("{expression}: {other:?}"),
    }
}

fn size(declarations: &Declarations, name: &str) -> usize {
    let type_id = declarations.parse_type(name).unwrap();
    declarations.types().size(type_id).unwrap()
}

fn align(declarations: &Declarations, name: &str) -> usize {
    let type_id = declarations.parse_type(name).unwrap();
    declarations.types().align(type_id).unwrap()
}

fn member(declarations: &Declarations, type_name: &str, path: &str) -> MemberLocation {
    let type_id = declarations.parse_type(type_name).unwrap();
    declarations.types().path(type_id, path).unwrap()
}
