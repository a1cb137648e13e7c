//! Finding the interpreter: by what is asked for, else the first in order that can be embedded.

mod cache;
mod candidates;
mod environment;
mod installed;
mod interpreter;
mod request;
mod shim;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

pub use cache::ask;
pub use candidates::Candidate;
use candidates::all;
use installed::Seen;
pub use interpreter::Interpreter;
pub use request::Request;

use crate::error::{Error, Result};
use crate::kit::{Constraint, Version};

/// What is to be started.
#[derive(Debug)]
pub struct ChosenInterpreter {
    /// The libpython: a file, or a name that the dynamic linker searches for.
    pub library: String,
    /// The executable whose prefixes and environment it takes on, where one is known.
    pub executable: Option<PathBuf>,
}

/// The interpreter to start where none is in the process.
pub fn find(request: &Request) -> Result<ChosenInterpreter> {
    match (&request.library, &request.executable) {
        (Some(library), executable) => {
            Ok(ChosenInterpreter { library: library.clone(), executable: executable.clone() })
        }
        (None, Some(executable)) => match installed::look(executable, request) {
            Seen::Fits { chosen, .. } => Ok(chosen),
            Seen::Unfit | Seen::Unknown => of_interpreter(&ask(executable)?, request),
        },
        (None, None) => search_files(request).map_or_else(|| search(request), Ok),
    }
}

/// The same as [`search`] as long as it is seen from files alone.
fn search_files(request: &Request) -> Option<ChosenInterpreter> {
    for place in all() {
        match installed::look(&place.executable, request) {
            Seen::Fits { chosen, free_threaded } if place.chosen || !free_threaded => {
                return Some(chosen);
            }
            Seen::Unfit if !place.chosen => {}
            _ => break,
        }
    }
    None
}

fn of_interpreter(interpreter: &Interpreter, request: &Request) -> Result<ChosenInterpreter> {
    let version = interpreter.version();
    if !request.version.allows(version) {
        return Err(unfit(&interpreter.executable.display().to_string(), version, request));
    }
    let library = interpreter.library()?.to_string_lossy().into_owned();
    Ok(ChosenInterpreter { library, executable: Some(interpreter.executable.clone()) })
}

/// What is not of the version that was asked for.
#[cold]
pub fn unfit(what: &str, version: Version, request: &Request) -> Error {
    Error::load_failed(format!(
        "{what} is Python {version}, and option version asks for {}",
        request.version
    ))
}

/// The first in order that fits. What somebody chose is never passed over; a free-threaded build
/// that nobody chose is, if there is another.
fn search(request: &Request) -> Result<ChosenInterpreter> {
    let mut refused = String::new();
    let mut free_threaded = None;
    for (place, interpreter) in different() {
        let passed_over = !place.chosen && interpreter.as_ref().is_ok_and(|one| one.free_threaded);
        match interpreter.and_then(|interpreter| of_interpreter(&interpreter, request)) {
            Ok(found) if passed_over => _ = free_threaded.get_or_insert(found),
            Ok(found) => return Ok(found),
            Err(error) if place.chosen => {
                return Err(error.context(format!("chosen by {}", place.origin)));
            }
            Err(error) => refused.push_str(&format!("\n  {}: {error}", place.origin)),
        }
    }
    free_threaded.ok_or_else(|| none(request, &refused))
}

/// Every interpreter of this machine with what it says of itself, once however many names it has,
/// in the order in which they would be taken; lazy, so that a search ends at the first that fits.
pub fn different() -> impl Iterator<Item = (Candidate, Result<Interpreter>)> {
    let (mut asked, mut listed) = (HashSet::new(), HashSet::new());
    all().filter_map(move |place| {
        if !asked.insert(place.executable.clone()) {
            return None;
        }
        let interpreter = ask(&place.executable);
        let is_new = match &interpreter {
            Ok(interpreter) => listed.insert(interpreter.identity()),
            Err(_) => !shim::is_shim_of_a_version(&place.executable),
        };
        is_new.then_some((place, interpreter))
    })
}

#[cold]
fn none(request: &Request, refused: &str) -> Error {
    let version = match request.version == Constraint::default() {
        true => String::new(),
        false => format!(" {}", request.version),
    };
    let found = match refused {
        "" => "there is no python3 at all".to_owned(),
        refused => format!("found:{refused}"),
    };
    Error::not_found(format!(
        "no Python{version} that can be embedded; install one (on Debian: apt install python3 \
             libpython3-dev), or name one in option interpreter or in METAFFI_PYTHON; {found}"
    ))
}

/// The executable that belongs to a libpython: in a `bin` beside or above its directory.
pub fn beside(library: &Path) -> Option<PathBuf> {
    let name = library.file_name()?.to_str()?;
    let rest = name.strip_prefix("libpython")?;
    let version = Version::parse(rest)?;
    let suffix = if is_free_threaded(rest) { "t" } else { "" };
    let executable = format!("bin/python{}.{}{suffix}", version.major, version.minor);
    let places = library.ancestors().skip(1).take_while(|place| place.parent().is_some());
    places.map(|place| place.join(&executable)).find(|file| file.is_file())
}

/// Whether a version in a name is followed by the letter of a free-threaded build.
fn is_free_threaded(version: &str) -> bool {
    version.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').starts_with('t')
}

#[cfg(test)]
mod tests;
