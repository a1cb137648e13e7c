//! Threads in CPython, and the end of the process.

use std::cell::RefCell;
use std::sync::Arc;
use std::{ptr, thread};

use crate::process::{alone, assert_passed, for_each, interpreters, load_interpreter, run, symbol};
use metaffi::error::Status;
use metaffi::handle::{self, HandleKind, Key};
use metaffi::model::{Module, Runtime, Scope};
use metaffi::object;
use metaffi::signature::Kind;
use metaffi::value::OwnedValue;

/// What the process prints last.
const LAST: &str = "last words";

#[test]
fn threads_come_and_go() {
    for_each("threads::threads_leave_nothing");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn threads_leave_nothing() {
    let runtime = load_interpreter();
    run("counts = []\nimport threading");
    for _ in 0..20 {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let outer = Scope::enter(&runtime).unwrap();
                        let inner = Scope::enter(&runtime).unwrap();
                        run("counts.append(threading.get_ident())");
                        inner.leave().unwrap();
                        outer.leave().unwrap();
                    }
                });
            }
        });
    }
    run("import sys\nassert len(counts) == 8000\nassert len(sys._current_frames()) == 1");
}

#[test]
fn scopes_of_several_stacks_end_in_any_order() {
    for_each("threads::scopes_in_any_order");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn scopes_in_any_order() {
    let runtime = load_interpreter();
    run("import threading");
    let holds_gil = || {
        // SAFETY: a function of the C API by its documented type.
        let check: extern "C" fn() -> std::ffi::c_int =
            unsafe { std::mem::transmute(symbol(c"PyGILState_Check")) };
        check() == 1
    };
    thread::scope(|threads| {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
            let (runtime, holds_gil) = (&runtime, &holds_gil);
            threads.spawn(move || {
                let entered = [(); 3].map(|()| Scope::enter(runtime).unwrap());
                for index in order {
                    assert!(holds_gil());
                    run("threading.get_ident()");
                    entered[index].leave().unwrap();
                    assert!(entered[index].leave().is_err());
                }
                assert!(!holds_gil());
                run("threading.get_ident()");
            });
        }
    });
}

#[test]
fn a_scope_does_not_keep_others_out_for_good() {
    for_each("threads::scopes_take_turns");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn scopes_take_turns() {
    let runtime = load_interpreter();
    let scope = Scope::enter(&runtime).unwrap();
    let other = {
        let runtime = runtime.clone();
        thread::spawn(move || {
            let scope = Scope::enter(&runtime).unwrap();
            run("seen = True");
            scope.leave().unwrap();
        })
    };
    run("seen = False");
    scope.leave().unwrap();
    other.join().unwrap();
    run("assert seen");
}

#[test]
fn a_process_ends_while_python_threads_run() {
    for finding in interpreters() {
        let output =
            alone("threads::end_with_running_threads", finding.path.as_deref().unwrap(), &[]);
        assert_passed(&output, finding.version.as_deref().unwrap());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.trim_end().ends_with(LAST), "{finding:?}: {text}");
    }
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn end_with_running_threads() {
    let runtime = load_interpreter();
    run(&format!(
        "import atexit, io, os, sys, threading, time\n\
         atexit.register(lambda: sys.stdout.write({LAST:?}))\n\
         def work():\n\
         \twhile True: time.sleep(0.001)\n\
         threading.Thread(target=work).start()\n\
         threading.Thread(target=work, daemon=True).start()"
    ));
    drop(runtime);
}

#[test]
fn a_process_ends_though_a_thread_keeps_the_gil() {
    let first = interpreters().remove(0);
    let output = alone("threads::end_with_an_open_scope", first.path.as_deref().unwrap(), &[]);
    assert_passed(&output, first.version.as_deref().unwrap());
}

#[test]
#[ignore = "run in a process of its own"]
fn end_with_an_open_scope() {
    let runtime = load_interpreter();
    let (entered, wait) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let _scope = Scope::enter(&runtime).unwrap();
        entered.send(()).unwrap();
        loop {
            thread::park();
        }
    });
    wait.recv().unwrap();
}

#[test]
fn threads_end_with_live_handles() {
    for_each("threads::live_handles");
}

/// Handles that a thread uses and frees when it ends, by a destructor that runs before or after the
/// one that gives its state of Python's back.
struct Kept(RefCell<Vec<(Arc<Runtime>, Key)>>);

impl Drop for Kept {
    fn drop(&mut self) {
        for (index, (runtime, key)) in self.0.take().into_iter().enumerate() {
            let scope = (index % 2 == 0).then(|| Scope::enter(&runtime).unwrap());
            let truth = object::of(key).and_then(|protocol| protocol.truth(key));
            assert!(truth.unwrap(), "a thread that ends may still call");
            handle::free(key, HandleKind::Object).unwrap();
            scope.into_iter().for_each(|scope| scope.leave().unwrap());
        }
    }
}

thread_local! {
    static EARLY: Kept = const { Kept(RefCell::new(Vec::new())) };
    static LATE: Kept = const { Kept(RefCell::new(Vec::new())) };
}

/// The same after all destructors of Rust's.
extern "C" fn free_last(key: *mut libc::c_void) {
    handle::free(key.addr(), HandleKind::Object).unwrap();
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn live_handles() {
    let runtime = load_interpreter();
    run("import weakref\n\
         class Thing: pass\n\
         things = weakref.WeakSet()\n\
         def make():\n\
         \tthing = Thing()\n\
         \tthings.add(thing)\n\
         \treturn thing");
    let module = Module::load(&runtime, "builtins").unwrap();
    let path = "eval=__import__('__main__').make()";
    let make = module.load_entity(path, Some(&[]), Some(&[Kind::Handle.into()])).unwrap();
    let made = || {
        // SAFETY: nothing is given; a handle is got.
        unsafe { make.call(&[]).unwrap().remove(0).into_raw().data.object }.addr()
    };
    let mut last = 0;
    // SAFETY: a new key of this process.
    assert_eq!(unsafe { libc::pthread_key_create(&raw mut last, Some(free_last)) }, 0);
    for round in 0..40 {
        let work = || {
            LATE.with(|_| ());
            let scope = Scope::enter(&runtime).unwrap();
            for place in [&EARLY, &LATE] {
                let kept = [(); 5].map(|()| (runtime.clone(), made()));
                place.with(|place| place.0.borrow_mut().extend(kept));
            }
            let value = ptr::without_provenance(made());
            // SAFETY: the key was made, and is this process's.
            assert_eq!(unsafe { libc::pthread_setspecific(last, value) }, 0);
            if round % 2 == 0 {
                scope.leave().unwrap();
            }
        };
        // Joined one by one: the end of a scope does not wait for destructors.
        thread::scope(|threads| {
            let threads = [(); 8].map(|()| threads.spawn(work));
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        Scope::enter(&runtime).and_then(|scope| scope.leave()).unwrap();
        run("assert len(things) == 0, len(things)");
        assert_eq!(thread_states(), 1, "a thread that has ended has none");
    }
}

/// How many threads the interpreter knows.
fn thread_states() -> usize {
    let ask = |name, of: *mut libc::c_void| {
        // SAFETY: functions of the C API, which take a pointer or nothing, and give one.
        let ask: extern "C" fn(*mut libc::c_void) -> *mut libc::c_void =
            unsafe { std::mem::transmute(symbol(name)) };
        ask(of)
    };
    let mut state =
        ask(c"PyInterpreterState_ThreadHead", ask(c"PyInterpreterState_Main", ptr::null_mut()));
    let mut count = 0;
    while !state.is_null() {
        count += 1;
        state = ask(c"PyThreadState_Next", state);
    }
    count
}

#[test]
fn threads_with_small_stacks_may_call() {
    for_each("threads::small_stacks");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn small_stacks() {
    let runtime = load_interpreter();
    run("import json");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let runtime = runtime.clone();
            let work = move || {
                let module = Module::load(&runtime, "json;decimal").unwrap();
                let loads = module.load_entity("callable=loads", None, None).unwrap();
                let scope = Scope::enter(&runtime).unwrap();
                run("assert json.loads('[[1, 2], {\"a\": 3}]')[1]['a'] == 3");
                scope.leave().unwrap();
                // SAFETY: the function takes a text.
                unsafe { loads.call(&[]) }.unwrap_err();
            };
            thread::Builder::new().stack_size(256 << 10).spawn(work).unwrap()
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn no_memory_left_is_an_error() {
    for_each("threads::limited_memory");
}

#[test]
#[ignore = "run for each interpreter in a process of its own"]
fn limited_memory() {
    let runtime = load_interpreter();
    let module = Module::load(&runtime, "builtins").unwrap();
    let make = module.load_entity("callable=bytearray", None, None).unwrap();
    let limit = libc::rlimit { rlim_cur: 1 << 30, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: of this process, which is the test's own.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    let call = |size: i64| {
        // SAFETY: a number is nobody's.
        unsafe { make.call(&[OwnedValue::from_raw(size.into())]) }
    };
    let error = call(2 << 30).unwrap_err();
    assert_eq!(error.status(), Status::Foreign, "{error}");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(call(1 << 10).unwrap().len(), 1));
        }
    });
}
