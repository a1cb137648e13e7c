//! [`preprocess`]: a header through the system's own C compiler.

use std::env;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Error, Result};

/// The compilers tried after `$CC`.
const COMPILERS: [&str; 3] = ["cc", "gcc", "clang"];

/// What to do about a header that the compiler does not find.
const MISSING: &str = " (install the package that has it, or name its folder: in $CPATH, or by -I \
                       behind the compiler in $CC or in the option compiler)";

/// The text of a header after `cc -E -dD`: declarations with line markers, and the macro
/// definitions in their places.
///
/// A path to a file is read from there; another name such as `sqlite3.h` or `sys/stat.h` is
/// searched by the compiler as `#include <…>` would. The compiler is the one given or `$CC`, which
/// may have arguments, or else the first of `cc`, `gcc` and `clang` that is installed. No shell is
/// used.
///
/// # Errors
/// `LOAD_FAILED` if no compiler is installed, or with what the compiler said;
/// `INVALID_ARGUMENT` if the name cannot be written in an `#include`.
pub fn preprocess(header: &str, compiler: Option<&str>) -> Result<String> {
    let input = Input::of(header)?;
    let output = run(&input, compiler)?;
    if output.status.success() {
        return Ok(match String::from_utf8(output.stdout) {
            Ok(text) => text,
            Err(invalid) => String::from_utf8_lossy(invalid.as_bytes()).into_owned(),
        });
    }
    // Of the line that asked for it nobody but we know.
    let complaint = String::from_utf8_lossy(&output.stderr)
        .replace("<stdin>:1:10: ", "")
        .replace("In file included from <stdin>:1:\n", "");
    let complaint = complaint.trim().trim_end_matches("compilation terminated.").trim_end();
    let is_missing = ["No such file", "not found"].iter().any(|said| complaint.contains(said));
    let advice = if is_missing { MISSING } else { "" };
    Err(Error::load_failed(format!(
        "the C compiler could not preprocess '{header}': {complaint}{advice}"
    )))
}

/// What the compiler is given.
struct Input {
    /// The file argument; `-` for standard input.
    file: String,
    text: String,
}

impl Input {
    fn of(header: &str) -> Result<Input> {
        if Path::new(header).is_file() {
            // A name that begins with a dash would be taken for an option.
            let file =
                if header.starts_with('-') { format!("./{header}") } else { header.to_owned() };
            return Ok(Input { file, text: String::new() });
        }
        if Path::new(header).is_absolute() {
            return Err(Error::load_failed(format!(
                "the header '{header}' does not exist or is not a file"
            )));
        }
        if header.is_empty() || header.contains(['>', '\n', '\r', '\0', '\\', '"']) {
            return Err(Error::invalid(format!(
                "'{}' is not the name of a header",
                header.escape_debug()
            )));
        }
        Ok(Input { file: String::from("-"), text: format!("#include <{header}>\n") })
    }
}

/// The commands to try, in order: the one given alone, or else `$CC` and the usual names.
pub fn compilers(given: Option<&str>) -> Vec<Vec<String>> {
    let words = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect();
    if let Some(given) = given {
        return vec![words(given)];
    }
    let asked: Vec<String> = words(&env::var("CC").unwrap_or_default());
    let usual = COMPILERS.iter().map(|name| vec![(*name).to_owned()]);
    std::iter::once(asked).filter(|words| !words.is_empty()).chain(usual).collect()
}

fn run(input: &Input, compiler: Option<&str>) -> Result<Output> {
    for words in compilers(compiler).iter().filter(|words| !words.is_empty()) {
        match output(words, input) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            result => {
                return result.map_err(|error| {
                    Error::load_failed(format!("cannot run the C compiler '{}': {error}", words[0]))
                });
            }
        }
    }
    let looked = compiler.map_or("$CC, cc, gcc and clang".to_owned(), |given| format!("'{given}'"));
    Err(Error::load_failed(format!(
        "no C compiler to preprocess the header with: looked for {looked}; on Debian: apt \
             install gcc. Or give the declarations as text"
    )))
}

fn output(words: &[String], input: &Input) -> std::io::Result<Output> {
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .args(["-E", "-dD", "-x", "c", &input.file])
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A compiler that fails before it reads says why on its standard error.
        let _ = stdin.write_all(input.text.as_bytes());
    }
    child.wait_with_output()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn a_header_is_found_by_path_and_by_search() {
        let found = preprocess("zlib.h", None).unwrap();
        assert!(found.contains("#define Z_BEST_COMPRESSION 9"), "definitions stay");
        assert!(found.contains("compress2"));
        let path = preprocess("/usr/include/zlib.h", None).unwrap();
        assert!(path.contains("compress2"));
    }

    #[test]
    fn the_compilers_complaint_is_the_message() {
        let error = preprocess("no_such_header_here.h", None).unwrap_err();
        assert_eq!(error.status(), Status::LoadFailed);
        assert!(error.message().contains("no_such_header_here.h"), "{error}");
        assert!(error.message().contains("name its folder"), "{error}");
        let directory = env::temp_dir().join(format!("metaffi_include_{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("failing.h"), "#error not today\n").unwrap();
        let inside = preprocess("failing.h", Some(&format!("cc -I{}", directory.display())));
        std::fs::remove_dir_all(&directory).unwrap();
        let inside = inside.unwrap_err();
        assert!(inside.message().contains("failing.h:1:2: error: #error not today"), "{inside}");
        assert!(!inside.message().contains("name its folder"), "{inside}");
        for error in [error, inside] {
            assert!(!error.message().contains("stdin"), "{error}");
        }
        let error = preprocess("/no/such.h", None).unwrap_err();
        assert!(error.message().contains("does not exist"), "{error}");
    }

    #[test]
    fn a_name_cannot_smuggle_directives() {
        for name in ["", "a.h>\n#include <b.h", "a\0b"] {
            assert_eq!(preprocess(name, None).unwrap_err().status(), Status::InvalidArgument);
        }
    }

    #[test]
    fn without_a_compiler_the_message_says_what_to_install() {
        let error = preprocess("zlib.h", Some("no-such-compiler-here")).unwrap_err();
        assert_eq!(error.status(), Status::LoadFailed);
        assert!(error.message().contains("looked for 'no-such-compiler-here'"), "{error}");
        assert!(error.message().contains("apt install gcc"), "{error}");
    }
}
