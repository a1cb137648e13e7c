//! [`preprocess`]: headers through the system's own C compiler.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::compiler::Compiler;
use crate::error::{Error, Result};

/// What to do about a header that the compiler does not find.
const MISSING: &str = " (install the package that has it, or name its folder: in the option \
                       include_dirs, in $CPATH, or as pkg-config:NAME in the path of the module)";

/// Headers as a compiler preprocessed them.
#[derive(Debug)]
pub struct Preprocessed {
    /// Declarations with line markers, and the macro definitions in their places.
    pub text: String,
    /// The folders that are searched, in their order, and those that would be if they were there;
    /// none if the compiler does not say.
    pub searched: Vec<String>,
}

/// Headers after `cc -E -dD`, one behind the other, as if a file included them.
///
/// A path to a file is read from there; another name such as `sqlite3.h` or `sys/stat.h` is
/// searched by the compiler as `#include` would. No shell is used.
///
/// # Errors
/// `LOAD_FAILED` if no compiler is installed, or with what the compiler said;
/// `INVALID_ARGUMENT` if a name cannot be that of a header.
pub fn preprocess(headers: &[&str], compiler: &Compiler) -> Result<Preprocessed> {
    headers.iter().try_for_each(|header| check(header))?;
    let output = run(headers, compiler, &["-v"])?;
    if output.status.success() {
        let text = match String::from_utf8(output.stdout) {
            Ok(text) => text,
            Err(invalid) => String::from_utf8_lossy(invalid.as_bytes()).into_owned(),
        };
        let searched = searched(&String::from_utf8_lossy(&output.stderr));
        return Ok(Preprocessed { text, searched });
    }
    let output = run(headers, compiler, &[])?;
    // Of the line that asked for it nobody but we know.
    let complaint = String::from_utf8_lossy(&output.stderr)
        .replace("<built-in>:1:10: ", "")
        .replace("In file included from <built-in>:1:\n", "")
        .replace("In file included from <command-line>:\n", "")
        .replace("<command-line>: ", "")
        .replace("compilation terminated.", "");
    let complaint = complaint.trim();
    let is_missing = ["No such file", "not found"].iter().any(|said| complaint.contains(said));
    let advice = if is_missing { MISSING } else { "" };
    let names = headers.join("', '");
    Err(Error::load_failed(format!(
        "the C compiler could not preprocess '{names}': {complaint}{advice}"
    )))
}

/// Refuses a name that the compiler could take for something else.
fn check(header: &str) -> Result<()> {
    if header.is_empty() || header.contains(['\n', '\r', '\0', '"']) {
        return Err(Error::invalid(format!(
            "'{}' is not the name of a header",
            header.escape_debug()
        )));
    }
    if Path::new(header).is_absolute() && !Path::new(header).is_file() {
        return Err(Error::load_failed(format!(
            "the header '{header}' does not exist or is not a file"
        )));
    }
    Ok(())
}

fn run(headers: &[&str], compiler: &Compiler, options: &[&str]) -> Result<Output> {
    for words in &compiler.commands() {
        match output(words, headers, options) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            result => {
                return result.map_err(|error| {
                    Error::load_failed(format!("cannot run the C compiler '{}': {error}", words[0]))
                });
            }
        }
    }
    let looked = match &compiler.command {
        Some(given) => format!("'{given}'"),
        None => "$CC, cc, gcc and clang".to_owned(),
    };
    Err(Error::load_failed(format!(
        "no C compiler to preprocess the header with: looked for {looked}; on Debian: apt \
             install gcc. Or give the declarations as text"
    )))
}

/// The folders of the lists that `-v` prints, and those that it says are not there.
fn searched(said: &str) -> Vec<String> {
    let mut folders = Vec::new();
    let mut is_list = false;
    for line in said.lines() {
        let missing = line.strip_prefix("ignoring nonexistent directory \"");
        if let Some(folder) = missing.and_then(|rest| rest.strip_suffix('"')) {
            folders.push(folder.to_owned());
        } else if line.ends_with("search starts here:") {
            is_list = true;
        } else if let Some(folder) = line.strip_prefix(' ').filter(|_| is_list) {
            folders
                .push(folder.strip_suffix(" (framework directory)").unwrap_or(folder).to_owned());
        } else {
            is_list = false;
        }
    }
    folders
}

fn output(words: &[String], headers: &[&str], options: &[&str]) -> std::io::Result<Output> {
    // Of a file that includes nothing but them: what they say is not said of the main file.
    Command::new(&words[0])
        .args(&words[1..])
        .args(["-E", "-dD", "-x", "c"])
        .args(options)
        .args(headers.iter().flat_map(|header| ["-include", header]))
        .arg("-")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn with(arguments: &[&str]) -> Compiler {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Compiler { command: None, arguments }
    }

    fn failure(header: &str) -> Error {
        preprocess(&[header], &Compiler::default()).unwrap_err()
    }

    #[test]
    fn a_header_is_found_by_path_and_by_search() {
        let found = preprocess(&["zlib.h"], &Compiler::default()).unwrap();
        assert!(found.text.contains("#define Z_BEST_COMPRESSION 9"), "definitions stay");
        assert!(found.text.contains("compress2"));
        assert!(found.searched.iter().any(|folder| folder == "/usr/include"), "{found:?}");
        let path = preprocess(&["/usr/include/zlib.h"], &Compiler::default()).unwrap();
        assert!(path.text.contains("compress2"));
    }

    #[test]
    fn the_folders_searched_are_in_order_with_those_that_are_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(path("second")).unwrap();
        let arguments = ["missing", "second"].map(|name| format!("-I{}", path(name)));
        let compiler = with(&[&arguments[0], &arguments[1]]);
        let searched = preprocess(&["limits.h"], &compiler).unwrap().searched;
        let place = |wanted: &str| searched.iter().position(|folder| folder == wanted);
        assert!(place(&path("missing")).is_some(), "{searched:?}");
        assert!(place(&path("second")) < place("/usr/include"), "{searched:?}");
    }

    #[test]
    fn a_header_sees_the_macros_of_those_before_it_and_of_the_arguments() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("first.h"), "#define OF_FIRST(x) int x##_of_first(void)\n").unwrap();
        std::fs::write(path("-second.h"), "OF_FIRST(second); int numbers[COUNT];\n").unwrap();
        let compiler = with(&["-DCOUNT=7", &format!("-I{}", folder.path().display())]);
        let found = preprocess(&[&path("first.h"), "-second.h"], &compiler).unwrap();
        assert!(found.text.contains("int second_of_first(void); int numbers[7];"), "{found:?}");
    }

    #[test]
    fn the_compilers_complaint_is_the_message() {
        let error = failure("no_such_header_here.h");
        assert_eq!(error.status(), Status::LoadFailed);
        assert!(error.message().contains("no_such_header_here.h"), "{error}");
        assert!(error.message().contains("include_dirs"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("failing.h"), "#error not today\n").unwrap();
        let compiler = with(&["-I", &folder.path().display().to_string()]);
        let inside = preprocess(&["failing.h"], &compiler).unwrap_err();
        assert!(inside.message().contains("failing.h:1:2: error: #error not today"), "{inside}");
        assert!(!inside.message().contains("include_dirs"), "{inside}");
        for error in [error, inside] {
            assert!(!error.message().contains("<"), "{error}");
        }
        assert!(failure("/no/such.h").message().contains("does not exist"));
    }

    #[test]
    fn a_name_cannot_smuggle_directives() {
        for name in ["", "a.h\"\n#include \"b.h", "a\0b"] {
            assert_eq!(failure(name).status(), Status::InvalidArgument);
        }
    }

    #[test]
    fn without_a_compiler_the_message_says_what_to_do() {
        let none = Compiler { command: Some("/no/such/cc -m64".into()), ..Compiler::default() };
        let error = preprocess(&["zlib.h"], &none).unwrap_err();
        assert_eq!(error.status(), Status::LoadFailed);
        assert!(error.message().contains("'/no/such/cc -m64'"), "{error}");
        assert!(error.message().contains("apt install gcc"), "{error}");
    }
}
