use std::fs;
use std::process::Command;

use super::*;
use crate::error::Status;

fn debian() -> Interpreter {
    Interpreter::ask(Path::new("/usr/bin/python3")).unwrap()
}

#[test]
fn an_interpreter_says_where_its_library_is() {
    let interpreter = debian();
    let library = interpreter.library().unwrap();
    let version = interpreter.version();
    let name = format!("libpython{}.{}", version.major, version.minor);
    assert!(library.to_string_lossy().contains(&name), "{library:?}");
}

#[test]
fn the_executable_of_a_library_is_found_beside_it() {
    let interpreter = debian();
    let executable = beside(&interpreter.library().unwrap()).unwrap();
    assert_eq!(Interpreter::ask(&executable).unwrap().identity(), interpreter.identity());
    assert_eq!(beside(Path::new("/nowhere/libpython3.11.so.1.0")), None);
    assert!(is_free_threaded("3.13t.so.1.0") && !is_free_threaded("3.13.so.1.0"));
    assert_eq!(beside(Path::new("/usr/lib/libz.so.1")), None);
}

#[test]
fn what_is_no_python_is_refused() {
    let missing = Interpreter::ask(Path::new("/no/such/python")).unwrap_err();
    assert_eq!(missing.status(), Status::NotFound);
    let shell = Interpreter::ask(Path::new("/bin/sh")).unwrap_err();
    assert_eq!(shell.status(), Status::LoadFailed);
    assert!(shell.message().contains("is no working Python"), "{shell}");
}

#[test]
fn a_version_that_is_not_the_one_asked_for_is_refused() {
    let version = Constraint::parse("<3.9", "3.9").unwrap();
    let request = Request { version, ..Request::default() };
    let error = of_interpreter(&debian(), &request).unwrap_err();
    assert!(error.message().contains("option version asks for <3.9"), "{error}");
}

#[test]
fn a_static_interpreter_cannot_be_embedded() {
    let prefix = tempfile::tempdir().unwrap();
    let executable = static_python(prefix.path());
    let interpreter = Interpreter::ask(&executable).unwrap();
    let error = interpreter.library().unwrap_err();
    assert_eq!(error.status(), Status::LoadFailed);
    assert!(error.message().contains("only the static build"), "{error}");
    assert!(error.message().contains("--enable-shared"), "{error}");
}

#[test]
fn a_static_interpreter_with_the_library_beside_it_can_be_embedded() {
    let prefix = tempfile::tempdir().unwrap();
    let interpreter = Interpreter::ask(&static_python(prefix.path())).unwrap();
    let library = prefix.path().join("lib").join(interpreter.usual_name());
    fs::copy(debian().library().unwrap(), &library).unwrap();
    assert_eq!(interpreter.library().unwrap(), library);
}

/// An installation of the system's executable, which is linked statically, in another prefix: its
/// standard library is the system's, but for the file that says where libpython is.
fn static_python(prefix: &Path) -> PathBuf {
    let version = debian().version();
    let name = format!("python{}.{}", version.major, version.minor);
    let (bin, library) = (prefix.join("bin"), prefix.join("lib").join(&name));
    fs::create_dir_all(&bin).unwrap();
    fs::create_dir_all(&library).unwrap();
    for entry in fs::read_dir(Path::new("/usr/lib").join(&name)).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), library.join(entry.file_name()))
        };
        match from.file_name().unwrap().to_string_lossy().starts_with("_sysconfigdata") {
            true => {
                let text = fs::read_to_string(&from).unwrap();
                let text = text.replace("'/usr", &format!("'{}", prefix.display()));
                fs::write(to, text.replace(".so.1.0'", ".a'").replace(".so'", ".a'")).unwrap();
            }
            false => std::os::unix::fs::symlink(from, to).unwrap(),
        }
    }
    let executable = bin.join(&name);
    // By another process: a file that this one has open for writing, and a fork of it has
    // inherited, could not be run.
    let copied =
        Command::new("cp").arg(Path::new("/usr/bin").join(&name)).arg(&executable).status();
    assert!(copied.unwrap().success());
    assert!(Command::new(&executable).args(["-c", ""]).status().unwrap().success());
    executable
}
