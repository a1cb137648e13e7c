use std::ffi::CString;
use std::sync::{Arc, Weak};

use crate::backend::{self, Nature, Options, registry};
use crate::call::errors::failure::c_string;
use crate::error::{Error, Result};
use crate::fork;
use crate::fork::{Lock, Turn};
use crate::handle::{HandleKind, Handled};
use crate::kit::{Forked, Threads};
use crate::process::Saved;

/// A loaded runtime. Every load of one name shares it; it ends when the last reference does.
pub struct Runtime {
    name: &'static str,
    c_name: CString,
    options: Options,
    running: Arc<dyn backend::Runtime>,
    nature: &'static Nature,
    /// How many forks ago this library was loaded when it was started.
    forks: usize,
}

impl Handled for Runtime {
    const KIND: HandleKind = HandleKind::Runtime;
}

/// Those that are loaded.
static LOADED: Lock<Vec<Weak<Runtime>>> = Lock::new(Vec::new());

/// Had by whoever loads one.
static LOADING: Turn = Turn::new();

impl Runtime {
    /// The runtime of a name or alias, started if it does not run yet.
    ///
    /// A runtime that runs already is shared: options are then either none or those it was
    /// started with. Of a language that has no running system of its own, such as C, each set of
    /// options has one.
    pub fn load(name: &str, options: Vec<(String, String)>) -> Result<Arc<Runtime>> {
        let backend = registry::find(name)?;
        let options =
            Options::new(&format!("runtime {}", backend.name()), backend.options(), options)?;
        let _loading = LOADING.take();
        // The last reference to one of the others may end here, which runs code of its own.
        let all: Vec<_> = LOADED.lock().iter().filter_map(Weak::upgrade).collect();
        let shared = all.into_iter().find(|runtime| {
            runtime.name == backend.name() && (backend.is_single() || runtime.options == options)
        });
        if let Some(shared) = shared {
            shared.running.check().map_err(|error| error.in_runtime(backend.name()))?;
            if options != Options::default() && options != shared.options {
                return Err(Error::invalid(format!(
                    "runtime {} is already loaded with other options; load it without options \
                         to share it, or free it first",
                    backend.name()
                )));
            }
            return Ok(shared);
        }
        let nature = backend.nature();
        let saved = Saved::now(nature.changes);
        let running = backend.load(&options).map_err(|error| error.in_runtime(backend.name()))?;
        drop(saved);
        let runtime = Arc::new(Runtime {
            forks: fork::forks_ago(),
            nature,
            name: backend.name(),
            c_name: c_string(backend.name()),
            options,
            running,
        });
        let mut loaded = LOADED.lock();
        loaded.retain(|runtime| runtime.strong_count() > 0);
        loaded.push(Arc::downgrade(&runtime));
        drop(loaded);
        Ok(runtime)
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The options that it was started with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Its name for C.
    pub fn c_name(&self) -> &std::ffi::CStr {
        &self.c_name
    }

    /// Whether it can work in the child of a process that has forked.
    pub fn survives_fork(&self) -> bool {
        self.nature.forked != Forked::Lost
    }

    /// Refuses to go on in the child of a process that has forked, if the runtime does not work
    /// there: its threads stayed behind.
    pub fn check_process(&self) -> Result<()> {
        match self.survives_fork() || self.forks == fork::forks_ago() {
            true => Ok(()),
            false => Err(Error::unsupported(format!(
                "runtime {0} was started before this process was forked, and does not work in \
                     the child: start {0} after the fork, or start the process anew (in Python: \
                     multiprocessing with the start method \"spawn\")",
                self.name
            ))
            .in_runtime(self.name)),
        }
    }

    /// Enters it on this thread, where threads have to; what it is left by.
    pub fn enter(&self) -> Result<usize> {
        self.check_process()?;
        match self.nature.threads {
            // Calls go to the thread of an owner by themselves.
            Threads::Any | Threads::Owner(_) => Ok(0),
            Threads::UnderLock => self.running.enter().map_err(|error| error.in_runtime(self.name)),
        }
    }

    /// Leaves what [`enter`](Runtime::enter) entered.
    pub fn leave(&self, entered: usize) {
        match self.nature.threads {
            Threads::Any | Threads::Owner(_) => {}
            Threads::UnderLock => self.running.leave(entered),
        }
    }

    /// Does at most so much of what is to be done for it where a loop of a host's runs, and gives back
    /// what was given up where it was not entered; how much was done. On the thread that it belongs
    /// to, if it does.
    pub fn run_jobs(&self, most: usize) -> Result<usize> {
        self.check_process()?;
        let run = || {
            if let Threads::Owner(owner) = self.nature.threads {
                return owner.run_jobs(most);
            }
            self.running.give_back()?;
            Ok(self.nature.jobs.run(most))
        };
        run().map_err(|error| error.in_runtime(self.name))
    }

    /// What kind of running system it is.
    pub fn nature(&self) -> &'static Nature {
        self.nature
    }

    /// The running system.
    pub fn running(&self) -> &dyn backend::Runtime {
        &*self.running
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::call::call_owned;
    use crate::error::Status;
    use crate::kit::Owner;

    #[test]
    fn loads_of_one_name_share_the_runtime() {
        let first = Runtime::load("c", vec![]).unwrap();
        let second = Runtime::load("cpp", vec![]).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(first.name(), "c");
    }

    #[test]
    fn packages_have_options_of_their_own_for_c() {
        let with = |value: &str| {
            Runtime::load("c", vec![("define".to_owned(), value.to_owned())]).unwrap()
        };
        let (first, second) = (with("SIDE=1"), with("SIDE=2"));
        assert!(!Arc::ptr_eq(&first, &second) && Arc::ptr_eq(&first, &with("SIDE=1")));
        let plain = Runtime::load("c", vec![]).unwrap();
        assert!(!Arc::ptr_eq(&first, &plain) && plain.options == Options::default());
    }

    #[test]
    fn a_runtime_that_does_not_survive_a_fork_is_refused_in_the_child() {
        let c = Runtime::load("c", vec![]).unwrap();
        assert!(c.survives_fork() && c.check_process().is_ok());
        let of = |forks| Runtime {
            name: "c",
            c_name: c_string("c"),
            options: Options::default(),
            running: c.running.clone(),
            nature: Box::leak(Box::new(Nature { forked: Forked::Lost, ..*c.nature })),
            forks,
        };
        assert!(of(fork::forks_ago()).check_process().is_ok());
        let error = of(fork::forks_ago() + 1).check_process().unwrap_err();
        assert!(error.message().contains("spawn"), "{error}");
        assert!(
            crate::model::Module::load(&Arc::new(of(fork::forks_ago() + 1)), "libm.so.6").is_err()
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_belongs_to_a_thread_is_done_on_it() {
        static OWNER: Owner = Owner::new();
        // SAFETY: tells which thread it is.
        let current = || unsafe { libc::pthread_self() };
        let owner = OWNER.start("test", move || Ok(current())).unwrap();
        let c = Runtime::load("c", vec![]).unwrap();
        let nature: &Nature =
            Box::leak(Box::new(Nature { threads: Threads::Owner(&OWNER), ..*c.nature }));
        let runtime = Arc::new(Runtime {
            name: "c",
            c_name: c_string("c"),
            options: Options::default(),
            running: c.running.clone(),
            nature,
            forks: c.forks,
        });
        let module = crate::model::Module::load(&runtime, "libc.so.6").unwrap();
        module.declare("unsigned long pthread_self(void);").unwrap();
        let entity = module.load_entity("callable=pthread_self", None, None).unwrap();
        let call = || {
            // SAFETY: it takes nothing, and returns an unsigned integer.
            unsafe {
                let returns = call_owned(entity.function(), &[])?;
                Ok::<_, Error>(returns[0].data.uint64)
            }
        };
        thread::scope(|scope| {
            let calls = [(); 4].map(|()| scope.spawn(|| call().unwrap()));
            assert!(calls.into_iter().all(|call| call.join().unwrap() == owner));
        });
        assert_ne!(current(), owner);
        // While it calls others it does not serve, and calls itself all the same.
        let during = || {
            let other = thread::scope(|scope| scope.spawn(call).join().unwrap());
            assert_eq!(other.unwrap_err().status(), Status::Unsupported);
            call()
        };
        // SAFETY: nothing is thrown.
        let own = OWNER.run(|| unsafe { nature.go_out(during) }).unwrap();
        assert_eq!((own.unwrap(), call().unwrap()), (owner, owner));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn calls_of_what_belongs_to_a_thread_of_a_host_are_jobs_of_its_loop() {
        static OWNER: Owner = Owner::new();
        let c = Runtime::load("c", vec![]).unwrap();
        let (threads, jobs) = (Threads::Owner(&OWNER), OWNER.jobs());
        let nature: &Nature = Box::leak(Box::new(Nature { threads, jobs, ..*c.nature }));
        let runtime = Arc::new(Runtime {
            name: "c",
            c_name: c_string("c"),
            options: Options::default(),
            running: c.running.clone(),
            nature,
            forks: c.forks,
        });
        let (wake, woken) = std::sync::mpsc::channel();
        nature.jobs.set_waker(Some(Arc::new(move || wake.send(()).unwrap())));
        OWNER.adopt();
        // Here it is called at once, on others by a job.
        let module = crate::model::Module::load(&runtime, "libc.so.6").unwrap();
        module.declare("int abs(int);").unwrap();
        let entity = module.load_entity("callable=abs", None, None).unwrap();
        let call = || {
            // SAFETY: it takes an int, and returns one.
            let returned = unsafe { call_owned(entity.function(), &[(-7).into()]) }?;
            // SAFETY: as above.
            Ok::<_, Error>(unsafe { returned[0].data.int32 })
        };
        assert_eq!((call().unwrap(), runtime.run_jobs(9).unwrap()), (7, 0));
        thread::scope(|scope| {
            let called = scope.spawn(call);
            woken.recv().unwrap();
            let elsewhere = scope.spawn(|| runtime.run_jobs(9).unwrap_err().status());
            assert_eq!(elsewhere.join().unwrap(), Status::InvalidArgument);
            assert_eq!(runtime.run_jobs(9).unwrap(), 1);
            assert_eq!(called.join().unwrap().unwrap(), 7);
        });
        OWNER.release();
        assert!(call().unwrap_err().message().contains("has ended"));
    }

    #[test]
    fn unknown_names_and_options_are_refused() {
        let error = Runtime::load("cobol", vec![]).err().unwrap();
        assert_eq!(error.status(), Status::NotFound);
        assert!(error.message().contains("built in: c"), "{error}");
        let option = vec![("speed".to_owned(), "high".to_owned())];
        let error = Runtime::load("c", option).err().unwrap();
        assert!(error.message().contains("no option \"speed\""), "{error}");
    }
}
