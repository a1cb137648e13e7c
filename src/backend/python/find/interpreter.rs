//! [`Interpreter`]: a python executable, by what it says of itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::error::{Error, Result, Status};
use crate::kit::Version;
use crate::python::api::OLDEST;

/// Printed by the interpreter itself: what is guessed from file names is often wrong.
const QUESTION: &str = "
import json, sys, sysconfig
v = sysconfig.get_config_var
print(json.dumps({
    'executable': sys.executable,
    'version': list(sys.version_info[:3]),
    'implementation': sys.implementation.name,
    'bits': sys.maxsize.bit_length() + 1,
    'base_prefix': sys.base_prefix,
    'free_threaded': bool(v('Py_GIL_DISABLED')),
    'names': [v('INSTSONAME'), v('LDLIBRARY')],
    'directories': [v('LIBDIR'), v('LIBPL'), v('PYTHONFRAMEWORKPREFIX')],
    'multiarch': v('MULTIARCH'),
}))
";

/// What to do about an interpreter that can never be embedded.
const OTHERS: &str = "install another, such as `uv python install 3.13` does or, on Debian, apt install python3 libpython3-dev";

/// A python executable.
#[derive(Clone, Debug, Deserialize)]
pub struct Interpreter {
    /// Itself: `sys.executable`, which is that of the virtual environment it belongs to.
    pub executable: PathBuf,
    pub(super) version: (u8, u8, u8),
    pub(super) implementation: String,
    pub(super) bits: u32,
    pub(super) base_prefix: PathBuf,
    /// Whether the build can run without a GIL.
    pub free_threaded: bool,
    pub(super) names: Vec<Option<String>>,
    pub(super) directories: Vec<Option<PathBuf>>,
    pub(super) multiarch: Option<String>,
}

impl Interpreter {
    /// Asks an executable, in a process of its own and without its site packages.
    pub fn ask(executable: &Path) -> Result<Interpreter> {
        let output = Command::new(executable)
            .args(["-I", "-S", "-c", QUESTION])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| unusable(executable, &error.to_string()))?;
        if !output.status.success() {
            return Err(unusable(executable, &reason(&String::from_utf8_lossy(&output.stderr))));
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|error| unusable(executable, &format!("its answer is no answer: {error}")))
    }

    /// Its version.
    pub fn version(&self) -> Version {
        let (major, minor, micro) = self.version;
        Version { major, minor, micro }
    }

    /// Equal for the names of one installation; a virtual environment is another one.
    pub fn identity(&self) -> PathBuf {
        let environment = self.executable.parent().and_then(Path::parent);
        match environment.is_some_and(|directory| directory.join("pyvenv.cfg").is_file()) {
            true => self.executable.clone(),
            false => self.executable.canonicalize().unwrap_or_else(|_| self.executable.clone()),
        }
    }

    /// Its libpython, or why it cannot be embedded and what to do.
    pub fn library(&self) -> Result<PathBuf> {
        let refuse = |status: Status, reason: String| {
            let executable = self.executable.display();
            Err(Error::new(status, format!("{executable} cannot be embedded: {reason}")))
        };
        if self.implementation != "cpython" {
            let name = &self.implementation;
            return refuse(
                Status::Unsupported,
                format!("it is {name}, and CPython is needed; {OTHERS}"),
            );
        }
        if self.bits != usize::BITS {
            let bits = self.bits;
            return refuse(
                Status::Unsupported,
                format!("it has {bits} bits, this process {}; {OTHERS}", usize::BITS),
            );
        }
        if self.version() < OLDEST {
            let version = self.version();
            return refuse(
                Status::Unsupported,
                format!("it is Python {version}, and {OLDEST} or newer is needed; {OTHERS}"),
            );
        }
        match self.candidates().into_iter().find(|file| file.is_file()) {
            Some(file) => Ok(file),
            None => refuse(Status::LoadFailed, self.without_library()),
        }
    }

    /// Where its libpython may be, the likeliest first.
    fn candidates(&self) -> Vec<PathBuf> {
        let mut directories: Vec<PathBuf> = self.directories.iter().flatten().cloned().collect();
        directories.extend(["lib", "lib64"].map(|name| self.base_prefix.join(name)));
        if let Some(multiarch) = &self.multiarch {
            directories.push(self.base_prefix.join("lib").join(multiarch));
        }
        let names: Vec<&String> =
            self.names.iter().flatten().filter(|name| !name.ends_with(".a")).collect();
        let usual = self.usual_name();
        let names = names.into_iter().chain([&usual]);
        names.flat_map(|name| directories.iter().map(move |place| place.join(name))).collect()
    }

    /// What its libpython is called where sysconfig does not know of it: an executable that is
    /// linked statically may have one beside it all the same.
    pub(super) fn usual_name(&self) -> String {
        let name = self.name();
        match cfg!(target_os = "macos") {
            true => format!("libpython{name}.dylib"),
            false => format!("libpython{name}.so.1.0"),
        }
    }

    /// Its version as the names of its files have it: `3.13`, or `3.13t` if it is free-threaded.
    fn name(&self) -> String {
        let (major, minor, _) = self.version;
        let suffix = if self.free_threaded { "t" } else { "" };
        format!("{major}.{minor}{suffix}")
    }

    fn without_library(&self) -> String {
        let name = self.name();
        let way = match &self.base_prefix {
            prefix if prefix == Path::new("/usr") => {
                format!("install it (on Debian: apt install libpython{name})")
            }
            prefix if prefix.components().any(|part| part.as_os_str() == ".pyenv") => format!(
                "build it again: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install {name}"
            ),
            _ => format!(
                "use a build that was configured with --enable-shared, such as that of \
                 `uv python install {name}`"
            ),
        };
        let prefix = self.base_prefix.display();
        format!("there is no {} in {prefix}, only the static build; {way}", self.usual_name())
    }
}

/// The line of an error output that says the most: a traceback's last, else the first.
fn reason(text: &str) -> String {
    let mut lines = text.trim().lines();
    let line = match text.contains("Traceback") {
        true => lines.next_back(),
        false => lines.next(),
    };
    line.filter(|line| !line.is_empty()).unwrap_or("it fails without a word").to_owned()
}

fn unusable(executable: &Path, reason: &str) -> Error {
    let status = match executable.exists() {
        true => Status::LoadFailed,
        false => Status::NotFound,
    };
    let executable = executable.display();
    Error::new(
        status,
        format!("{executable} is no working Python: {reason}; give one in option interpreter"),
    )
}
