//! What the files of an installation say of its interpreter, without running it: enough to start it, and
//! only where all is as CPython installs itself. Everything else is asked.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::interpreter::Interpreter;
use super::{ChosenInterpreter, Request, environment, shim};

/// What is seen of an executable.
pub(super) enum Seen {
    /// It is what is asked for.
    Fits {
        chosen: ChosenInterpreter,
        /// Whether the build can run without a GIL.
        free_threaded: bool,
    },
    /// Its version is another one.
    Unfit,
    /// It has to be asked.
    Unknown,
}

/// What is seen of an executable, or of the one that a shim runs.
pub(super) fn look(executable: &Path, request: &Request) -> Seen {
    // Names of files have no micro version.
    if request.version.has_micro() {
        return Seen::Unknown;
    }
    let executable = match shim::is_shim(executable) {
        true => shim::target(executable),
        false => Some(environment::absolute(executable)),
    };
    let Some(interpreter) = executable.as_deref().and_then(interpreter) else {
        return Seen::Unknown;
    };
    if !request.version.allows(interpreter.version()) {
        return Seen::Unfit;
    }
    let Ok(library) = interpreter.library() else { return Seen::Unknown };
    let library = library.to_string_lossy().into_owned();
    let free_threaded = interpreter.free_threaded;
    let chosen = ChosenInterpreter { library, executable: Some(interpreter.executable) };
    Seen::Fits { chosen, free_threaded }
}

/// The interpreter that an executable is: a program `bin/python3.X` in a prefix that has its standard
/// library, or a link to one, as in a virtual environment.
fn interpreter(executable: &Path) -> Option<Interpreter> {
    let program = executable.canonicalize().ok()?;
    let bits = bits_of(&program)?;
    let name = program.file_name()?.to_str()?.strip_prefix("python")?;
    let number = name.strip_suffix('t').unwrap_or(name);
    let (major, minor) = number.split_once('.')?;
    let version = (major.parse().ok()?, minor.parse().ok()?, 0);
    let suffix = &name[number.len()..];
    let base_prefix = program.parent()?.parent()?.to_path_buf();
    let standard_library = base_prefix.join("lib").join(format!("python{name}"));
    if !standard_library.join("os.py").is_file() {
        return None;
    }
    let variables = fs::read_to_string(variables_in(&standard_library, suffix)?).ok()?;
    let text = |name| variable(&variables, name).filter(|text| !text.is_empty());
    let path = |name| text(name).map(PathBuf::from);
    Some(Interpreter {
        executable: executable.to_path_buf(),
        version,
        implementation: "cpython".to_owned(),
        bits,
        free_threaded: suffix == "t",
        names: ["INSTSONAME", "LDLIBRARY"].map(|name| text(name).map(str::to_owned)).into(),
        directories: ["LIBDIR", "LIBPL", "PYTHONFRAMEWORKPREFIX"].map(path).into(),
        multiarch: text("MULTIARCH").map(str::to_owned),
        base_prefix,
    })
}

/// How many bits the pointers of a program in the format of Linux have; `None` of a script, or anything
/// else.
fn bits_of(program: &Path) -> Option<u32> {
    let mut head = [0; 5];
    File::open(program).ok()?.read_exact(&mut head).ok()?;
    match head {
        [0x7f, b'E', b'L', b'F', 1] => Some(32),
        [0x7f, b'E', b'L', b'F', 2] => Some(64),
        _ => None,
    }
}

/// The file of what the build was configured with: `_sysconfigdata_<flags>_<platform>.py`.
fn variables_in(standard_library: &Path, flags: &str) -> Option<PathBuf> {
    let prefix = format!("_sysconfigdata_{flags}_");
    let entries = standard_library.read_dir().ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let named = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix(&prefix).is_some_and(|platform| platform.ends_with(".py"))
    };
    // Debian has the same under two names.
    entries.filter(named).min()
}

/// The text of a variable in a file that is a `dict` as Python prints one.
fn variable<'a>(variables: &'a str, name: &str) -> Option<&'a str> {
    let start = variables.find(&format!("'{name}': '"))? + name.len() + "'': '".len();
    let (text, _) = variables[start..].split_once('\'')?;
    (!text.contains(['\\', '\n'])).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_files_say_is_what_the_interpreter_says() {
        let mut seen = 0;
        for (place, asked) in crate::backend::python::find::different() {
            let Ok(asked) = asked else { continue };
            let Some(read) = interpreter(&place.executable) else { continue };
            seen += 1;
            assert_eq!(read.executable, asked.executable);
            assert_eq!(read.free_threaded, asked.free_threaded);
            let (of_files, of_itself) = (read.version(), asked.version());
            assert_eq!((of_files.major, of_files.minor), (of_itself.major, of_itself.minor));
            let library = |interpreter: &Interpreter| interpreter.library().ok();
            assert_eq!(library(&read), library(&asked), "{}", place.executable.display());
        }
        assert!(seen > 0);
    }

    #[test]
    fn scripts_and_what_lies_elsewhere_are_asked() {
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("python3.11");
        fs::write(&script, "#!/bin/sh\nexec python3 \"$@\"\n").unwrap();
        assert!(interpreter(&script).is_none());
        assert!(interpreter(Path::new("/bin/sh")).is_none());
        assert!(matches!(look(&script, &Request::default()), Seen::Unknown));
    }

    #[test]
    fn variables_are_read_as_they_are_printed() {
        let text = "build_time_vars = {'INSTSONAME': 'libpython3.11.so.1.0',\n 'LIBDIR': '',\n \
                    'odd': 'a\\'b',\n 'LIBPL': '/usr/lib'}";
        assert_eq!(variable(text, "INSTSONAME"), Some("libpython3.11.so.1.0"));
        assert_eq!(variable(text, "LIBDIR"), Some(""));
        assert_eq!(variable(text, "LIBPL"), Some("/usr/lib"));
        assert_eq!((variable(text, "odd"), variable(text, "no")), (None, None));
    }
}
