//! [`Module`]: shared libraries and what is declared of them.

pub(super) mod constant;
pub(super) mod describe;
mod described_type;
pub(super) mod doctor;
pub(super) mod entity;
mod headers;
pub(super) mod library;
pub(super) mod package;
pub(super) mod part;
mod search;
pub(super) mod settings;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod symbol_table;
pub(super) mod symbols;

use std::sync::Arc;

use self::library::Libraries;
use self::package::Package;
use self::part::Part;
use self::settings::Settings;
use super::convert::{cast, initialise};
use super::parse::Declarations;
use super::{CData, CType};
use crate::abi::metaffi_value;
use crate::backend::{self, Description, EntryKind, Options};
use crate::call::Function;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::fork::SharedLock;
use crate::handle::{self, Key};
use crate::object::layout::Layout;
use crate::signature::{Kind, TypeInfo};
use crate::value;

/// A module of runtime c.
pub struct Module {
    path: String,
    library: Libraries,
    declarations: SharedLock<ModuleDeclarations>,
}

/// What is declared of a module.
enum ModuleDeclarations {
    /// What its headers say, which other modules may have too.
    OfHeaders(Arc<Declarations>),
    /// That and what was declared since.
    Own(Arc<Declarations>),
}

impl Drop for Module {
    /// Objects that this thread has freed need not keep the types.
    fn drop(&mut self) {
        handle::let_go_left();
    }
}

impl Module {
    /// Loads the parts of a path, separated by `;`: shared libraries, headers that end in `.h`, and
    /// packages. Without a library, its symbols are those of the process.
    pub(super) fn load(path: &str, options: &Options) -> Result<Module> {
        let mut settings = Settings::of(options)?;
        let mut headers: Vec<String> = Vec::new();
        let mut libraries: Vec<String> = Vec::new();
        let mut of_packages = Vec::new();
        for part in Part::all(path)? {
            match part {
                Part::Header(header) => headers.push(header.to_owned()),
                Part::Library(name) => libraries.push(name.to_owned()),
                Part::Package(name) => {
                    let package = Package::find(name)?;
                    package.add_to(&mut settings);
                    of_packages.extend(package.own_header());
                    libraries.extend_from_slice(&package.libraries);
                }
            }
        }
        // Who names a header knows which ones the packages have.
        let headers = if headers.is_empty() { of_packages } else { headers };
        let declarations = match headers.is_empty() {
            true => ModuleDeclarations::Own(Arc::default()),
            false => ModuleDeclarations::OfHeaders(headers::read(&headers, &settings.compiler)?),
        };
        let mut library = Libraries::none();
        for name in &libraries {
            library.open(name, &settings.library_dirs)?;
        }
        if library.is_empty() {
            library = Libraries::process();
        }
        let declarations = SharedLock::new(declarations);
        Ok(Module { path: path.to_owned(), library, declarations })
    }

    /// Its path as it was loaded.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is declared of it so far, which others may have too: it is not to be changed.
    pub fn declarations(&self) -> Arc<Declarations> {
        match &*self.declarations.read() {
            ModuleDeclarations::OfHeaders(declarations) | ModuleDeclarations::Own(declarations) => {
                declarations.clone()
            }
        }
    }

    /// What is declared of it, to add to.
    pub fn own_declarations(&self) -> Arc<Declarations> {
        let mut declarations = self.declarations.write();
        let own = match &*declarations {
            ModuleDeclarations::Own(own) => return own.clone(),
            ModuleDeclarations::OfHeaders(shared) => headers::own(shared),
        };
        *declarations = ModuleDeclarations::Own(own.clone());
        own
    }

    /// The type of a text such as `struct point[4]`.
    pub fn ctype(&self, text: &str) -> Result<CType> {
        let declarations = self.declarations();
        let mut declares = false;
        let found = declarations.types().passing(|| {
            let found = declarations.parse_declared_type(text)?;
            declares = found.is_none();
            found.ok_or_else(|| Error::invalid(text))
        });
        if !declares {
            return found;
        }
        let declarations = self.own_declarations();
        declarations.types().passing(|| declarations.parse_type(text))
    }

    pub(super) fn library(&self) -> &Libraries {
        &self.library
    }
}

impl backend::Module for Module {
    fn declare(&self, text: &str) -> Result<()> {
        self.own_declarations().declare(text, "declarations")
    }

    fn describe(&self) -> Result<Description> {
        Ok(describe::describe(self))
    }

    fn declares(&self, path: &EntityPath) -> bool {
        path.get("callable").is_none_or(|name| {
            let found = self.declarations().get(name);
            !matches!(found, Err(error) if error.status() == Status::NotFound)
        })
    }

    fn find(&self, name: &str) -> Result<(EntityPath, EntryKind)> {
        entity::find(self, name)
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

    fn layout(&self, r#type: &str) -> Result<Option<Arc<Layout>>> {
        Ok(self.ctype(r#type)?.layout())
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
    use crate::backend::Module as _;
    use crate::error::Status;

    fn load(path: &str) -> Result<Module> {
        Module::load(path, &Options::default())
    }

    #[test]
    fn a_library_is_found_as_a_linker_finds_it() {
        for path in ["m;math.h", "libm.so;math.h", "pkg-config:zlib;z;m;math.h"] {
            let module = load(path).unwrap();
            let path = EntityPath::parse("callable=tgamma").unwrap();
            module.load_entity(&path, None, None).unwrap();
        }
        let zlib = load("pkg-config:zlib").unwrap();
        let path = EntityPath::parse("callable=zlibVersion").unwrap();
        assert!(zlib.load_entity(&path, None, None).is_ok());
        let missing = load("no_such_library_here").err().unwrap();
        assert_eq!(missing.status(), Status::NotFound);
        assert!(missing.message().contains("libno_such_library_here.so.N in "), "{missing}");
    }

    #[test]
    fn what_is_no_shared_library_is_refused() {
        let refused = |path: &str| load(path).err().unwrap();
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
