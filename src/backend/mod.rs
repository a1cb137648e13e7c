//! Guests: the contract every runtime fulfils, and the runtimes.
//!
//! A [`Backend`] is what is built in; loading it gives a [`Runtime`], which loads [`Module`]s,
//! which bind entities to signatures as [`Function`]s. Everything a call needs is prepared there.

use std::any::Any;
use std::sync::Arc;

use crate::abi::metaffi_value;
use crate::call::Function;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::object::layout::Layout;
use crate::object::{ValuePlace, VisitorCalls};
use crate::signature::TypeInfo;
use crate::value::OwnedValue;

pub mod c;
mod description;
mod finding;
pub mod jvm;
mod options;
pub mod path;
pub mod python;
pub mod registry;
mod source_text;

pub use description::{
    DescribedConstant, DescribedField, DescribedParameter, DescribedType, DescribedTypeKind,
    Description, Entry, EntryKind, UnsupportedName, float_as_json,
};
pub use finding::Finding;
pub use options::{OptionSpec, Options};
pub use source_text::SourceText;

pub use crate::kit::Interruption;
pub use crate::kit::Nature;

/// A language that is built in.
pub trait Backend: Send + Sync {
    /// Its name, as `metaffi_runtime_load` takes it.
    fn name(&self) -> &'static str;

    /// Other names it answers to.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// What kind of running system it has.
    fn nature(&self) -> &'static Nature;

    /// The options that loading takes.
    fn options(&self) -> &'static [OptionSpec];

    /// The options that loading a module takes.
    fn module_options(&self) -> &'static [OptionSpec] {
        &[]
    }

    /// Whether a process has one running system, which all that load the runtime share. Otherwise
    /// those share one that give the same options.
    fn is_single(&self) -> bool {
        true
    }

    /// Starts the language's running system, or joins the one in this process. Called once, until
    /// the runtime is dropped, and with what its nature says that it changes saved.
    fn load(&self, options: &Options) -> Result<Arc<dyn Runtime>>;

    /// What is installed here, without starting anything.
    fn doctor(&self) -> Vec<Finding>;
}

/// A running system. Dropping it ends its use; what it loaded stays in the process.
pub trait Runtime: Send + Sync {
    /// Loads a module from what its runtime calls a path. `;` separates several parts. The options
    /// are some of the backend's for modules.
    fn load_module(&self, path: &str, options: &Options) -> Result<Arc<dyn Module>>;

    /// Fails if it cannot be used any more: it was ended by somebody else.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Builds a value of the language's own of what `produce` tells the visitor that it is given.
    fn build(&self, produce: Producer<'_>, to: ValuePlace<'_>) -> Result<()> {
        let _ = (produce, to);
        Err(Error::unsupported("this runtime has no containers that values could be built into"))
    }

    /// Enters the runtime on this thread for a batch of calls. Each is left on the same thread, in
    /// any order, by what this gives.
    fn enter(&self) -> Result<usize> {
        Ok(0)
    }

    /// Leaves what [`enter`](Runtime::enter) entered and gave this for.
    fn leave(&self, entered: usize) {
        let _ = entered;
    }

    /// Gives back what was given up where it was not entered, now that this thread may enter it.
    fn give_back(&self) -> Result<()> {
        Ok(())
    }

    /// Interrupts code of its language that runs on a thread, or on all others: it fails. It is asked
    /// of `is_wanted` when nobody can change the answer meanwhile who has the runtime's lock.
    fn interrupt(
        &self,
        thread: Option<u64>,
        why: Interruption,
        is_wanted: &dyn Fn() -> bool,
    ) -> Result<()> {
        let _ = (thread, why, is_wanted);
        Err(Error::unsupported(
            "code of this runtime cannot be interrupted: it has to look whether it is to end",
        ))
    }

    /// Runs `call_off` under its lock. If that says that code of this thread was to be interrupted,
    /// and it has not been yet, that is taken back.
    fn take_back_interrupt(&self, call_off: &dyn Fn() -> bool) -> Result<()> {
        call_off();
        Ok(())
    }
}

/// What tells a visitor of one value, or of a container from its opening to its closing.
pub type Producer<'a> = &'a mut dyn FnMut(&VisitorCalls) -> Result<()>;

/// Types that the caller declares; `None` where they are to be inferred.
#[derive(Clone, Copy)]
struct DeclaredTypes<'a> {
    params: Option<&'a [TypeInfo]>,
    returns: Option<&'a [TypeInfo]>,
}

/// What a runtime loaded.
pub trait Module: Any + Send + Sync {
    /// Adds declarations in the runtime's own notation.
    fn declare(&self, text: &str) -> Result<()> {
        let _ = text;
        Err(Error::unsupported(
            "this runtime's modules describe themselves: only modules of runtime c take declarations",
        ))
    }

    /// Runs source text, and gives the value of its last expression if that is asked for, else null.
    ///
    /// # Safety
    /// The values of the text's locals are what their types say.
    unsafe fn run(&self, source: &SourceText<'_>) -> Result<OwnedValue> {
        let _ = source;
        Err(no_source_text())
    }

    /// A new handle of a new namespace, which holds what is defined by source text that runs in it.
    fn new_namespace(&self) -> Result<Key> {
        Err(no_source_text())
    }

    /// A new handle of the module as an object.
    fn object(&self) -> Result<Key> {
        Err(Error::unsupported(
            "this runtime's modules are no objects; load what they have by its entity path",
        ))
    }

    /// A new handle of the function that an entity path names, as an object.
    fn function_object(&self, path: &EntityPath) -> Result<Key> {
        Err(Error::unsupported(format!("this runtime's functions are no objects: {path}")))
    }

    /// Everything in the module that can be loaded.
    fn describe(&self) -> Result<Description>;

    /// The entity that a name of the module's own stands for: its path, and what it is.
    fn find(&self, name: &str) -> Result<(EntityPath, EntryKind)>;

    /// Whether anything says of which types the entity of a path is.
    fn declares(&self, path: &EntityPath) -> bool {
        let _ = path;
        true
    }

    /// Binds an entity to a signature: the declared types are checked against the real ones, and
    /// types not given are taken from what the module knows.
    fn load_entity(
        &self,
        path: &EntityPath,
        params: Option<&[TypeInfo]>,
        returns: Option<&[TypeInfo]>,
    ) -> Result<Arc<Function>>;

    /// A new object of a type as the module's language spells it, and the handle of it: zero, or
    /// made of an initial value.
    ///
    /// # Safety
    /// The initial value is what its type says.
    unsafe fn new_object(&self, r#type: &str, initial: Option<&metaffi_value>) -> Result<Key> {
        let _ = initial;
        Err(no_types(r#type))
    }

    /// A new handle of an object seen as another type.
    fn cast_object(&self, object: Key, r#type: &str) -> Result<Key> {
        let _ = object;
        Err(no_types(r#type))
    }

    /// How values of a type lie in memory, as the module's language spells it; `None` if it has none.
    fn layout(&self, r#type: &str) -> Result<Option<Arc<Layout>>> {
        Err(no_types(r#type))
    }

    /// Bytes of a value of a type as the module's language spells it.
    fn size_of(&self, r#type: &str) -> Result<usize> {
        Err(no_types(r#type))
    }
}

#[cold]
fn no_source_text() -> Error {
    Error::unsupported(
        "this runtime's modules are compiled, and run no source text; compile it to a library, load \
             that, and declare what it has",
    )
}

#[cold]
fn no_types(r#type: &str) -> Error {
    Error::unsupported(format!(
        "type \"{type}\": this runtime's modules make no data of types that are spelled; load \
             and call what makes an object of it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    struct Plain;

    impl Module for Plain {
        fn describe(&self) -> Result<Description> {
            Err(Error::unsupported("nothing"))
        }

        fn find(&self, _: &str) -> Result<(EntityPath, EntryKind)> {
            Err(Error::not_found("nothing"))
        }

        fn load_entity(
            &self,
            _: &EntityPath,
            _: Option<&[TypeInfo]>,
            _: Option<&[TypeInfo]>,
        ) -> Result<Arc<Function>> {
            Err(Error::unsupported("nothing"))
        }
    }

    #[test]
    fn a_runtime_says_what_its_modules_do_not_have() {
        // SAFETY: there is no initial value.
        let made = unsafe { Plain.new_object("struct point", None) };
        // SAFETY: there are no locals.
        let run = unsafe { Plain.run(&SourceText::new("1")) };
        let errors = [
            made.unwrap_err(),
            Plain.size_of("struct point").unwrap_err(),
            run.unwrap_err(),
            Plain.new_namespace().unwrap_err(),
            Plain.object().unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.status(), Status::Unsupported);
            assert!(error.message().contains("this runtime"), "{error}");
        }
    }
}
