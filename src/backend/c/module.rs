//! [`Module`]: shared libraries and what is declared of them.

pub(super) mod constant;
pub(super) mod describe;
pub(super) mod doctor;
pub(super) mod entity;
pub(super) mod library;
pub(super) mod proxy;
pub(super) mod symbols;

use std::sync::Arc;

use self::library::Libraries;
use super::convert::{cast, initialise};
use super::parse::Declarations;
use super::types::Types;
use super::{CData, CType};
use crate::abi::metaffi_value;
use crate::backend::{self, Description};
use crate::call::Function;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::handle::{self, Key};
use crate::signature::{Kind, TypeInfo};
use crate::value;

/// A module of runtime c.
pub struct Module {
    path: String,
    library: Libraries,
    declarations: Declarations,
}

impl Drop for Module {
    /// Objects that this thread has freed need not keep the types.
    fn drop(&mut self) {
        handle::let_go_left();
    }
}

impl Module {
    /// Loads the parts of a path, separated by `;`: shared libraries, and headers that end in
    /// `.h`. Without a library, its symbols are those of the process.
    pub(super) fn load(path: &str, compiler: Option<&str>) -> Result<Module> {
        let mut library = Libraries::none();
        let declarations = Declarations::default();
        for part in parts(path)? {
            if part.ends_with(".h") {
                declarations.declare_header(part, compiler)?;
            } else {
                library.open(part)?;
            }
        }
        if library.is_empty() {
            library = Libraries::process();
        }
        Ok(Module { path: path.to_owned(), library, declarations })
    }

    /// Its path as it was loaded.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The arena of its types.
    pub fn types(&self) -> &Arc<Types> {
        self.declarations.types()
    }

    /// What is declared of it.
    pub fn declarations(&self) -> &Declarations {
        &self.declarations
    }

    /// The type of a text such as `struct point[4]`.
    pub fn ctype(&self, text: &str) -> Result<CType> {
        self.types().passing(|| self.declarations.parse_type(text))
    }

    pub(super) fn library(&self) -> &Libraries {
        &self.library
    }
}

/// The parts of a path; none of an empty one.
fn parts(path: &str) -> Result<Vec<&str>> {
    if path.trim().is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<&str> = path.split(';').map(str::trim).collect();
    match parts.iter().position(|part| part.is_empty()) {
        None => Ok(parts),
        Some(index) => Err(Error::new(
            Status::Syntax,
            format!("part {} of the module path \"{path}\" is empty", index + 1),
        )),
    }
}

impl backend::Module for Module {
    fn declare(&self, text: &str) -> Result<()> {
        self.declarations.declare(text, "declarations")
    }

    fn describe(&self) -> Result<Description> {
        Ok(describe::describe(self))
    }

    fn load_entity(
        &self,
        path: &EntityPath,
        params: Option<&[TypeInfo]>,
        returns: Option<&[TypeInfo]>,
    ) -> Result<Arc<Function>> {
        entity::load(self, path, params, returns)
    }

    unsafe fn new_object(&self, r#type: &str, initial: Option<&metaffi_value>) -> Result<Key> {
        let ctype = self.ctype(r#type)?;
        let length = match initial {
            Some(initial) if ctype.is_open_ended() => length(&ctype, initial)?,
            _ => None,
        };
        let object = match length {
            Some(length) => initialise::new_array(ctype, length),
            // SAFETY: the initial value is what its type says.
            None => unsafe { initialise::new(ctype, initial) },
        };
        object?.into_handle().map(<*mut _>::addr)
    }

    fn cast_object(&self, object: Key, r#type: &str) -> Result<Key> {
        let object = handle::get::<CData>(object)?;
        cast::cast(&object, self.ctype(r#type)?)?.into_handle().map(<*mut _>::addr)
    }

    fn size_of(&self, r#type: &str) -> Result<usize> {
        let ctype = self.ctype(r#type)?;
        ctype.types.size(ctype.id)
    }
}

/// The number of elements that an integer asks for where the type leaves it open.
fn length(ctype: &CType, given: &metaffi_value) -> Result<Option<usize>> {
    // SAFETY: the member is the one that the kind names.
    let length = unsafe {
        match value::kind_of(given)? {
            Kind::Int64 => i128::from(given.data.int64),
            Kind::Uint64 => i128::from(given.data.uint64),
            Kind::Int32 => i128::from(given.data.int32),
            Kind::Size => given.data.size as i128,
            _ => return Ok(None),
        }
    };
    usize::try_from(length).map(Some).map_err(|_| {
        let message = format!("{length} is no length for `{}`; give 0 or more", ctype.spell());
        Error::out_of_range(message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_parts_and_none_is_empty() {
        assert_eq!(parts("").unwrap(), Vec::<&str>::new());
        assert_eq!(parts("libz.so.1; zlib.h").unwrap(), ["libz.so.1", "zlib.h"]);
        assert!(parts("libz.so.1;;zlib.h").unwrap_err().message().contains("part 2"));
    }

    #[test]
    fn what_is_no_shared_library_is_refused() {
        let refused = |path: &str| Module::load(path, None).err().unwrap();
        let missing = refused("libdoes_not_exist.so.9");
        assert_eq!(missing.status(), Status::NotFound);
        assert!(missing.message().contains("LD_LIBRARY_PATH"), "{missing}");
        // Tests run in the folder of the package, in which the dynamic linker does not look.
        let here = refused("Cargo.toml");
        assert_eq!(here.status(), Status::NotFound);
        assert!(here.message().ends_with("write \"./Cargo.toml\")"), "{here}");
        let text = refused(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        assert_eq!(text.status(), Status::LoadFailed);
        assert!(text.message().contains("no shared library"), "{text}");
    }
}
