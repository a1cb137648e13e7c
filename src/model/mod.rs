//! Runtime, module, entity, scope: what handles stand for, whatever the language.

mod entity;
mod module;
mod runtime;
mod scope;

pub use entity::Entity;
pub use module::Module;
pub use runtime::Runtime;
pub use scope::Scope;
