//! Starting CPython: each interpreter in a process of its own, the host's things untouched.

use std::ffi::CStr;
use std::path::Path;
use std::process::Command;

use crate::process::{
    alone, assert_passed, for_each, interpreter, interpreters, load, load_interpreter, minor, run,
};
use metaffi::error::Status;

/// Set by the C library itself whenever a handler is set.
const SA_RESTORER: i32 = 0x0400_0000;

/// The handlers of every signal.
fn handlers() -> Vec<(i32, usize, i32)> {
    (1..=64)
        .filter_map(|signal| {
            // SAFETY: asked for only; written on success.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                let asked = libc::sigaction(signal, std::ptr::null(), &raw mut action);
                (asked == 0).then_some((
                    signal,
                    action.sa_sigaction,
                    action.sa_flags & !SA_RESTORER,
                ))
            }
        })
        .collect()
}

fn locale() -> String {
    // SAFETY: NULL asks only; the text is copied at once.
    unsafe {
        let text = libc::setlocale(libc::LC_ALL, std::ptr::null());
        CStr::from_ptr(text).to_string_lossy().into_owned()
    }
}

#[test]
fn the_host_keeps_its_signals_locale_and_environment() {
    for_each("start::host_keeps_what_is_its_own");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn host_keeps_what_is_its_own() {
    // A shell starts what is in the background with SIGINT ignored.
    // SAFETY: the default action needs no function.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
    let before = (handlers(), locale(), std::env::vars_os().collect::<Vec<_>>());
    let _runtime = load_interpreter();
    run("import signal, sys\nassert signal.getsignal(signal.SIGINT) is signal.SIG_DFL");
    run("assert sys.argv == [''], sys.argv");
    run("assert sys.flags.utf8_mode == 1 and sys.getfilesystemencoding() == 'utf-8'");
    run("import threading\nassert threading.current_thread() is threading.main_thread()");
    let after = (handlers(), locale(), std::env::vars_os().collect::<Vec<_>>());
    assert_eq!(before, after);
}

#[test]
fn a_handler_of_the_host_stays() {
    for_each("start::handler_stays");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn handler_stays() {
    extern "C" fn ignore(_: i32) {}
    let handler = ignore as extern "C" fn(i32) as usize;
    // SAFETY: a handler that does nothing.
    unsafe { libc::signal(libc::SIGINT, handler) };
    let before = handlers();
    let _runtime = load_interpreter();
    run("import signal, asyncio, subprocess");
    assert_eq!(handlers(), before);
}

#[test]
fn extension_modules_find_the_interpreter() {
    for_each("start::extension_modules_load");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn extension_modules_load() {
    let _runtime = load_interpreter();
    run("import _decimal, _ctypes, math, json, sqlite3, hashlib\n\
         assert str(_decimal.Decimal('0.1') + 1) == '1.1'");
}

#[test]
fn virtual_environments_are_activated() {
    for finding in interpreters() {
        let directory = tempfile::tempdir().unwrap();
        let environment = directory.path().join("environment");
        let made = Command::new(finding.path.as_deref().unwrap())
            .args(["-m", "venv", "--without-pip"])
            .arg(&environment)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let packages = environment.join(format!("lib/python3.{}/site-packages", minor(&finding)));
        let extra = directory.path().join("extra");
        std::fs::create_dir(&extra).unwrap();
        std::fs::write(packages.join("extra.pth"), extra.to_str().unwrap()).unwrap();
        std::fs::write(extra.join("from_pth.py"), "answer = 42\n").unwrap();
        std::fs::write(packages.join("installed.py"), "answer = 43\n").unwrap();
        let place = environment.to_str().unwrap();
        for (name, variable) in
            [("start::venv_by_option", "TEST_VENV"), ("start::venv_by_variable", "VIRTUAL_ENV")]
        {
            let output = alone(name, "", &[(variable, place), ("METAFFI_PYTHON", "")]);
            assert_passed(&output, finding.version.as_deref().unwrap());
        }
    }
}

fn assert_active(environment: &str) {
    run(&format!(
        "import sys, os\n\
         assert os.path.samefile(sys.prefix, {environment:?}), sys.prefix\n\
         assert sys.base_prefix != sys.prefix\n\
         assert sys.executable.startswith({environment:?}), sys.executable\n\
         import from_pth, installed\n\
         assert (from_pth.answer, installed.answer) == (42, 43)"
    ));
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn venv_by_option() {
    let environment = std::env::var("TEST_VENV").unwrap();
    let _runtime = load(&[("venv", &environment)]).unwrap();
    assert_active(&environment);
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn venv_by_variable() {
    let _runtime = load(&[]).unwrap();
    assert_active(&std::env::var("VIRTUAL_ENV").unwrap());
}

#[test]
fn there_is_one_interpreter_in_a_process() {
    for_each("start::second_interpreter_is_refused");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn second_interpreter_is_refused() {
    drop(load_interpreter());
    let refused = |options: &[(&str, &str)]| {
        let error = load(options).err().unwrap();
        assert_eq!(error.status(), Status::LoadFailed, "{error}");
        assert!(error.message().contains("runs Python"), "{error}");
        assert_eq!(error.runtime(), Some("python3"));
    };
    refused(&[("version", "<3.9")]);
    refused(&[("library", "libpython3.8.so.1.0")]);
    let own = interpreter();
    let others = interpreters().into_iter().filter_map(|finding| finding.path);
    for other in others.filter(|path| *path != own) {
        refused(&[("interpreter", &other)]);
    }
    drop(load(&[("version", ">=3.9"), ("interpreter", &own)]).unwrap());
    drop(load(&[]).unwrap());
}

#[test]
fn what_cannot_be_opened_says_why() {
    let output = alone("start::wrong_libraries_are_refused", "", &[]);
    assert_passed(&output, "none");
}

#[test]
#[ignore = "run in a process of its own"]
fn wrong_libraries_are_refused() {
    let refused = |key: &str, value: &str, status: Status, text: &str| {
        let error = load(&[(key, value)]).err().unwrap();
        assert_eq!(error.status(), status, "{error}");
        assert!(error.message().contains(text), "{error}");
    };
    refused("library", "libm.so.6", Status::LoadFailed, "no libpython");
    refused("library", "libpython3.99.so", Status::NotFound, "option library");
    refused("library", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), Status::LoadFailed, "");
    refused("interpreter", "/bin/sh", Status::LoadFailed, "no working Python");
    refused("interpreter", "no-such-python", Status::NotFound, "no-such-python");
    refused("venv", "/usr", Status::NotFound, "pyvenv.cfg");
    refused("version", "newest", Status::Syntax, ">=3.10,<3.14");
    let first = interpreters().remove(0).path.unwrap();
    let error = load(&[("interpreter", &first), ("version", ">=3.99")]).err().unwrap();
    assert!(error.message().contains("asks for >=3.99"), "{error}");
    let error = load(&[("interpreter", &first), ("venv", "/usr")]).err().unwrap();
    assert_eq!(error.status(), Status::InvalidArgument);
    // What was refused is in nobody's way.
    drop(load(&[("interpreter", &first)]).unwrap());
}

#[test]
fn a_search_in_vain_lists_each_interpreter_once() {
    let output = alone("start::search_in_vain", "", &[("METAFFI_PYTHON", "")]);
    assert_passed(&output, "none");
}

#[test]
#[ignore = "run in a process of its own"]
fn search_in_vain() {
    let error = load(&[("version", ">=3.99")]).err().unwrap();
    assert_eq!(error.status(), Status::NotFound, "{error}");
    let listed: Vec<&str> = error.message().lines().skip(1).collect();
    let mut different = listed.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), listed.len(), "{error}");
    for usable in interpreters() {
        let path = usable.path.unwrap();
        assert!(listed.iter().any(|line| line.contains(&path)), "{path} is not in {error}");
    }
}

#[test]
fn what_somebody_chose_is_never_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().to_str().unwrap();
    for variable in ["METAFFI_PYTHON", "VIRTUAL_ENV", "CONDA_PREFIX"] {
        let mut variables = vec![("METAFFI_PYTHON", ""), ("VIRTUAL_ENV", ""), ("CONDA_PREFIX", "")];
        variables.push((variable, place));
        variables.push(("TEST_CHOICE", variable));
        let output = alone("start::choice_is_refused", "", &variables);
        assert_passed(&output, variable);
    }
}

#[test]
#[ignore = "run in a process of its own"]
fn choice_is_refused() {
    let error = load(&[]).err().unwrap();
    let choice = std::env::var("TEST_CHOICE").unwrap();
    assert!(error.message().contains(&format!("chosen by {choice}")), "{error}");
}

/// What the process prints last.
const LAST: &str = "the main thread ends it";

#[test]
fn a_thread_of_its_own_is_pythons_main_one() {
    for finding in interpreters() {
        let path = finding.path.as_deref().unwrap();
        let output = alone("start::on_a_thread_of_its_own", path, &[]);
        assert_passed(&output, finding.version.as_deref().unwrap());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.trim_end().ends_with(LAST), "{finding:?}: {text}");
    }
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn on_a_thread_of_its_own() {
    let interpreter = interpreter();
    let options = [("interpreter", interpreter.as_str()), ("thread", "own")];
    let runtime = load(&options).unwrap();
    run(&format!(
        "import asyncio, atexit, signal, sys, threading\n\
         main = threading.main_thread()\n\
         assert threading.current_thread() is not main and main.is_alive()\n\
         try: signal.signal(signal.SIGINT, signal.SIG_IGN)\n\
         except ValueError: refused = True\n\
         assert refused and signal.getsignal(signal.SIGINT) is not signal.default_int_handler\n\
         async def work(): return await asyncio.sleep(0, 42)\n\
         assert asyncio.run(work()) == 42\n\
         def last():\n\tif threading.current_thread() is main: sys.stdout.write({LAST:?})\n\
         atexit.register(last)"
    ));
    drop(metaffi::model::Module::load(&runtime, "decimal").unwrap());
    assert!(std::sync::Arc::ptr_eq(&runtime, &load(&options).unwrap()));
    drop(runtime);
    drop(load(&options).unwrap());
    // SAFETY: the child ends at once.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: Python is lost to the child, and the thread.
        unsafe {
            libc::alarm(20);
            libc::exit(7);
        }
    }
    let mut status = 0;
    // SAFETY: a child of this process.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(libc::WEXITSTATUS(status), 7);
}

#[test]
fn a_thread_of_its_own_comes_too_late_once_python_runs() {
    let first = interpreters().remove(0);
    let output = alone("start::own_thread_too_late", first.path.as_deref().unwrap(), &[]);
    assert_passed(&output, first.version.as_deref().unwrap());
}

#[test]
#[ignore = "run in a process of its own"]
fn own_thread_too_late() {
    drop(load_interpreter());
    let error = load(&[("thread", "own")]).err().unwrap();
    assert!(error.message().contains("option thread asks"), "{error}");
    let error = load(&[("thread", "main")]).err().unwrap();
    assert_eq!(error.status(), Status::InvalidArgument, "{error}");
    drop(load(&[("thread", "caller")]).unwrap());
}

#[test]
fn the_doctor_lists_interpreters() {
    let findings = metaffi::backend::registry::find("python").unwrap().doctor();
    for finding in &findings {
        assert_eq!(finding.usable, finding.advice.is_none(), "{finding:?}");
        if finding.usable {
            assert!(Path::new(finding.path.as_deref().unwrap()).is_file(), "{finding:?}");
        }
    }
    assert!(findings.iter().any(|finding| finding.usable));
}
