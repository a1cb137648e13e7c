//! Forks of a process that runs Python, each in a process of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::process::{for_each, load_interpreter, run};
use metaffi::error::{Error, Status};
use metaffi::model::{Module, Runtime, Scope};

/// A child that hangs is ended by the alarm, and is then no success.
const PATIENCE: u32 = 20;

/// Forks, and asserts that the child's work succeeded.
fn fork(work: impl FnOnce()) {
    // SAFETY: the child runs its work and ends, without returning into the test harness.
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        // SAFETY: ends this process only.
        unsafe { libc::alarm(PATIENCE) };
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_ok();
        // SAFETY: as above.
        unsafe { libc::_exit(if done { 0 } else { 1 }) };
    }
    assert_eq!(status_of(child), 0, "the child failed");
}

fn status_of(child: i32) -> i32 {
    let mut status = 0;
    // SAFETY: a child of this process.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    status
}

fn refusal(runtime: &Arc<Runtime>) -> Error {
    Module::load(runtime, "json").err().expect("Python is lost to the child")
}

#[test]
fn a_fork_inside_a_scope_keeps_python() {
    for_each("fork::inside_a_scope");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn inside_a_scope() {
    let runtime = load_interpreter();
    run("import os, threading\nhooks = []\n\
         os.register_at_fork(before=lambda: hooks.append('before'),\n\
         \tafter_in_child=lambda: hooks.append('child'),\n\
         \tafter_in_parent=lambda: hooks.append('parent'))\n\
         threading.Thread(target=threading.Event().wait, daemon=True).start()");
    let scope = Scope::enter(&runtime).unwrap();
    fork(|| {
        run("assert hooks == ['before', 'child'], hooks");
        run("assert threading.active_count() == 1\n\
             assert threading.current_thread() is threading.main_thread()\n\
             thread = threading.Thread(target=hooks.clear)\n\
             thread.start(); thread.join()\nassert not hooks");
        drop(Module::load(&runtime, "decimal").unwrap());
        fork(|| run("import fractions, subprocess\nsubprocess.run(['true'], check=True)"));
    });
    run("assert hooks == ['before', 'parent'], hooks");
    scope.leave().unwrap();
    drop(Module::load(&runtime, "decimal").unwrap());
    run("assert threading.active_count() >= 2");
}

#[test]
fn a_child_may_leave_the_scope_and_use_threads() {
    for_each("fork::scope_left_in_the_child");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn scope_left_in_the_child() {
    let runtime = load_interpreter();
    let mut scope = Some(Scope::enter(&runtime).unwrap());
    // SAFETY: the child ends below.
    let child = unsafe { libc::fork() };
    scope.take().unwrap().leave().unwrap();
    let other = runtime.clone();
    thread::spawn(move || drop(Module::load(&other, "json").unwrap())).join().unwrap();
    if child == 0 {
        // SAFETY: runs what is to be done at the end of a process, Python's part included.
        unsafe { libc::exit(0) };
    }
    assert_eq!(status_of(child), 0);
}

#[test]
fn a_fork_without_the_gil_loses_python_and_says_so() {
    for_each("fork::without_the_gil");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn without_the_gil() {
    let runtime = load_interpreter();
    run("import threading, time\nrunning = True\n\
         def work():\n\twhile running: sum(range(1000))\n\
         worker = threading.Thread(target=work)\nworker.start()");
    let refused = |error: &Error| {
        assert_eq!(error.status(), Status::Unsupported, "{error}");
        assert!(error.message().contains("fork inside a scope"), "{error}");
    };
    fork(|| {
        refused(&refusal(&runtime));
        refused(&Scope::enter(&runtime).err().unwrap());
        let other = runtime.clone();
        refused(&thread::spawn(move || refusal(&other)).join().unwrap());
        fork(|| refused(&refusal(&runtime)));
    });
    // SAFETY: the child ends at once, though Python is lost to it.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: as above.
        unsafe {
            libc::alarm(PATIENCE);
            libc::exit(7);
        }
    }
    assert_eq!(libc::WEXITSTATUS(status_of(child)), 7);
    run("running = False\nworker.join()");
}

#[test]
fn forks_of_pythons_own_keep_python() {
    for_each("fork::by_python");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn by_python() {
    static IN_CHILD: AtomicBool = AtomicBool::new(false);
    let runtime = load_interpreter();
    run("import os\nchild = os.fork()\nif child == 0: import signal; signal.alarm(20)");
    run("import ctypes\n\
         def say(address, value): ctypes.c_bool.from_address(address).value = value");
    run(&format!("say({}, child == 0)", IN_CHILD.as_ptr().addr()));
    drop(Module::load(&runtime, "json").unwrap());
    if IN_CHILD.load(Ordering::Relaxed) {
        // SAFETY: ends the child.
        unsafe { libc::_exit(0) };
    }
    run("assert os.waitpid(child, 0) == (child, 0)");
    run("import subprocess, multiprocessing\n\
         subprocess.run(['true'], check=True)\n\
         subprocess.run(['true'], check=True, preexec_fn=lambda: None)\n\
         subprocess.run(['true'], check=True, close_fds=False)\n\
         process = multiprocessing.get_context('fork').Process(target=int)\n\
         process.start(); process.join()\nassert process.exitcode == 0");
    if user_is_root() {
        run("subprocess.run(['true'], check=True, user=0)");
    }
    drop(Module::load(&runtime, "json").unwrap());
}

fn user_is_root() -> bool {
    // SAFETY: asks only.
    unsafe { libc::geteuid() == 0 }
}
