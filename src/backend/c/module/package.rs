//! [`Package`]: what pkg-config knows of a library.

use std::env;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::settings::Settings;
use crate::error::{Error, Result};
use crate::fork::Lock;

/// What decides what pkg-config says of a name.
const VARIABLES: [&str; 5] =
    ["PATH", "PKG_CONFIG", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR"];

/// A name, and the values of the variables.
type Question = (String, [Option<OsString>; VARIABLES.len()]);

/// The packages that were found: asking takes a program.
static KNOWN: Lock<Vec<(Question, Arc<Package>)>> = Lock::new(Vec::new());

/// A package: what its users compile with and link.
#[derive(Debug, Default)]
pub(in crate::backend::c) struct Package {
    name: String,
    /// Arguments of the compiler.
    flags: Vec<String>,
    /// Where its libraries are.
    library_dirs: Vec<PathBuf>,
    /// Its libraries: files, and names as `-l` takes them.
    pub(in crate::backend::c) libraries: Vec<String>,
}

impl Package {
    /// The package of a name, perhaps with a version: `gtk+-3.0 >= 3.20`.
    pub(in crate::backend::c) fn find(name: &str) -> Result<Arc<Package>> {
        if name.is_empty() || name.starts_with('-') {
            return Err(Error::invalid(format!("\"{name}\" is not the name of a package")));
        }
        let question = (name.to_owned(), VARIABLES.map(env::var_os));
        if let Some((_, known)) = KNOWN.lock().iter().find(|(asked, _)| *asked == question) {
            return Ok(known.clone());
        }
        let mut package = Package { name: name.to_owned(), ..Package::default() };
        for word in words(&ask(name)?) {
            if let Some(folder) = word.strip_prefix("-L") {
                package.library_dirs.push(folder.into());
            } else if let Some(library) = word.strip_prefix("-l") {
                package.libraries.push(library.to_owned());
            } else if word.starts_with('-') {
                package.flags.push(word);
            } else {
                package.libraries.push(word);
            }
        }
        let package = Arc::new(package);
        KNOWN.lock().push((question, package.clone()));
        Ok(package)
    }

    /// Adds what its users are compiled and linked with.
    pub(in crate::backend::c) fn add_to(&self, settings: &mut Settings) {
        settings.compiler.arguments.extend_from_slice(&self.flags);
        settings.library_dirs.extend_from_slice(&self.library_dirs);
    }

    /// The header that bears the package's name, if there is one: `gtk/gtk.h` of `gtk+-3.0`.
    pub(in crate::backend::c) fn own_header(&self) -> Option<String> {
        let whole = self.name.split_ascii_whitespace().next()?;
        let bare = whole.trim_end_matches(|end: char| !end.is_ascii_alphabetic());
        let short = bare.strip_prefix("lib").unwrap_or(bare);
        let folders: Vec<&str> =
            self.flags.iter().filter_map(|flag| flag.strip_prefix("-I")).collect();
        let names = [whole, bare, short].into_iter();
        let mut candidates =
            names.flat_map(|name| [format!("{name}.h"), format!("{name}/{name}.h")]);
        let is_there = |header: &String| {
            let mut all = folders.iter().copied().chain(["/usr/local/include", "/usr/include"]);
            all.any(|folder| Path::new(folder).join(header).is_file())
        };
        candidates.find(is_there)
    }
}

/// What pkg-config says of a package.
fn ask(name: &str) -> Result<String> {
    let program = env::var("PKG_CONFIG").unwrap_or_default();
    let program = if program.is_empty() { "pkg-config" } else { &*program };
    let output = Command::new(program).args(["--cflags", "--libs", "--", name]).output();
    let output = output.map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::NotFound => {
                "; on Debian: apt install pkg-config. Or name the headers and libraries in the \
                 module's path, and their folders in the options include_dirs and library_dirs"
            }
            _ => "",
        };
        Error::load_failed(format!(
            "cannot ask '{program}' for the package {name}: {error}{advice}"
        ))
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let complaint = complaint.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    Err(Error::not_found(format!(
        "{program} does not know the package {name}: {} (install the package that has {name}.pc, or \
         name its folder in $PKG_CONFIG_PATH)",
        complaint.trim()
    )))
}

/// The words of a line as a shell reads them: quotes and backslashes taken away.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(characters.next()),
            (mark, Some(open)) if mark == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (blank, None) if blank.is_ascii_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn words_are_those_of_a_shell() {
        let found = words("-I/usr/include -DNAME=\\\"a\\ b\\\" '-I/with blank' -D\"X Y\"\n");
        assert_eq!(found, ["-I/usr/include", "-DNAME=\"a b\"", "-I/with blank", "-DX Y"]);
    }

    #[test]
    fn a_package_gives_libraries_and_its_own_header() {
        let package = Package::find("zlib").unwrap();
        assert_eq!(package.libraries, ["z"]);
        assert_eq!(package.own_header().as_deref(), Some("zlib.h"));
        assert!(Arc::ptr_eq(&package, &Package::find("zlib").unwrap()));
        let named = |name: &str, folder: &str| {
            let flags = vec![format!("-I{folder}")];
            Package { name: name.to_owned(), flags, ..Package::default() }.own_header()
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("gtk")).unwrap();
        std::fs::write(folder.path().join("gtk/gtk.h"), "").unwrap();
        let folder = folder.path().display().to_string();
        assert_eq!(named("gtk+-3.0 >= 3.20", &folder).as_deref(), Some("gtk/gtk.h"));
        assert_eq!(named("libgtk", &folder).as_deref(), Some("gtk/gtk.h"));
        assert_eq!(named("no-such-package-here", &folder), None);
    }

    #[test]
    fn an_unknown_package_is_named() {
        let error = Package::find("no-such-package-here").unwrap_err();
        assert_eq!(error.status(), Status::NotFound);
        let advice = "(install the package that has no-such-package-here.pc, or name its folder in \
                      $PKG_CONFIG_PATH)";
        assert!(error.message().ends_with(advice) && !error.message().contains('\n'), "{error}");
        assert_eq!(Package::find("--version").unwrap_err().status(), Status::InvalidArgument);
    }
}
