//! The module in Java, and calls of its methods.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use metaffi::abi::metaffi_value;
use metaffi::backend::{Backend, Module, Options, jvm};
use metaffi::call::{Function, call_owned};
use metaffi::entity_path::EntityPath;
use metaffi::error::Result;
use metaffi::signature::{Kind, Type, TypeInfo};
use metaffi::value::{self, OwnedValue};

/// The methods of `Types.java`.
pub struct Guest(Arc<dyn Module>);

impl Guest {
    /// It, loaded once; `None`, and it is said, where there is no JDK.
    pub fn load() -> Option<&'static Guest> {
        static GUEST: OnceLock<Option<Guest>> = OnceLock::new();
        GUEST.get_or_init(Guest::new).as_ref()
    }

    fn new() -> Option<Guest> {
        let Some(home) = jdk() else {
            assert!(std::env::var_os("METAFFI_TEST_JVM").is_none(), "there is no JDK");
            eprintln!("skipped: no JDK of Java 11 or newer is found");
            return None;
        };
        let options = [("home".to_owned(), home.display().to_string())];
        let options = Options::new("runtime jvm", jvm::Backend.options(), options).unwrap();
        let runtime = jvm::Backend.load(&options).unwrap();
        let classes = classes(&home).display().to_string();
        Some(Guest(runtime.load_module(&classes, &Options::default()).unwrap()))
    }

    /// The entity of a path with types.
    pub fn entity(&self, path: &str, takes: &[&str], gives: &[&str]) -> Result<Arc<Function>> {
        let infos = |names: &[&str]| -> Vec<TypeInfo> {
            names.iter().map(|name| TypeInfo::from(Type::parse(name).unwrap())).collect()
        };
        let path = EntityPath::parse(path)?;
        self.0.load_entity(&path, Some(&infos(takes)), Some(&infos(gives)))
    }

    /// Calls a method.
    pub fn call(
        &self,
        method: &str,
        takes: &[&str],
        gives: &[&str],
        given: &[&metaffi_value],
    ) -> Result<Vec<OwnedValue>> {
        let path = format!("class=Types,callable={method}");
        self.call_path(&path, takes, gives, given)
    }

    /// The same by a path.
    pub fn call_path(
        &self,
        path: &str,
        takes: &[&str],
        gives: &[&str],
        given: &[&metaffi_value],
    ) -> Result<Vec<OwnedValue>> {
        let function = self.entity(path, takes, gives)?;
        let given: Vec<metaffi_value> = given.iter().map(|value| **value).collect();
        // SAFETY: the values are alive, and what their types say.
        unsafe { call_owned(&function, &given) }
    }

    /// What a method of one parameter is given: its class in Java, and what is in it.
    pub fn seen(&self, method: &str, kind: &str, given: &metaffi_value) -> Result<String> {
        let object = self.call(method, &[kind], &["handle"], &[given])?;
        let text = self.call("show", &["handle"], &["string8"], &[&object[0]])?;
        // SAFETY: the return is a string8.
        let text = unsafe { value::text::decode(&text[0].data.string, Kind::String8) };
        Ok(text?.into_owned())
    }
}

/// The classes of the guest, compiled by the JDK that is used.
fn classes(home: &Path) -> PathBuf {
    let to =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("jvm_types_{}", std::process::id()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/Types.java");
    let compiled = Command::new(home.join("bin/javac"))
        .args(["-encoding", "UTF-8", "-parameters", "-d"])
        .arg(&to)
        .arg(source)
        .status()
        .expect("javac starts");
    assert!(compiled.success());
    to
}

/// The JDK that is asked for, or the first that would be taken.
fn jdk() -> Option<PathBuf> {
    let named = std::env::var_os("METAFFI_TEST_JVM").map(PathBuf::from);
    let found = || jvm::Backend.doctor().into_iter().filter(|one| one.usable);
    let homes = || found().filter_map(|one| one.path.map(PathBuf::from));
    named.or_else(|| homes().find(|home| home.join("bin/javac").is_file()))
}
