//! Starting the interpreter, once, without touching what belongs to the host: signals, arguments,
//! locale and standard streams.

mod config;
mod init_config;

use std::ffi::CStr;
use std::path::{Path, PathBuf};

use super::find::{self, Request};
use super::{end, hosted};
use crate::error::{Error, Result};
use crate::kit::at_process_end;
use crate::python::api::Api;
use crate::python::api::library::PythonLibrary;
use crate::python::lifecycle::{end as py_end, free_threaded, gil};
use crate::python::protocol;
use crate::python::proxy;
use crate::python::upcall::callback;
use crate::python::{join, run, watch};

/// The interpreter of this process, or the one that is asked for.
///
/// Called with the lock of the runtimes held: no second thread starts one.
pub(super) fn start(request: &Request) -> Result<&'static Api> {
    py_end::LIFE.check_ended()?;
    callback::install();
    protocol::install();
    proxy::install();
    if let Some(api) = Api::get() {
        hosted::check(api, request)?;
        return Ok(api);
    }
    match request.own_thread {
        true => {
            let request = request.clone();
            end::OWNER.start("metaffi-python", move || start_here(&request))
        }
        false => start_here(request),
    }
}

/// The same, started by this thread if none runs.
pub(super) fn start_here(request: &Request) -> Result<&'static Api> {
    if let Some(library) = PythonLibrary::in_process() {
        let executable = request.executable.clone();
        return take(Api::bind(&library)?, &library, executable, request);
    }
    let found = find::find(request)?;
    let library = PythonLibrary::open(&found.library)?;
    let api = Api::bind(&library).and_then(|api| fit(api, request));
    match api {
        Ok(api) => take(api, &library, found.executable, request),
        Err(error) => {
            library.close();
            Err(error)
        }
    }
}

/// Refuses a library that is not what was asked for, while it can still be closed.
fn fit(api: Api, request: &Request) -> Result<Api> {
    let version = api.version;
    if !request.version.allows(version) {
        return Err(find::unfit("the library", version, request));
    }
    let (Some(library), Some(executable)) = (&request.library, &request.executable) else {
        return Ok(api);
    };
    let interpreter = find::ask(executable)?;
    let other = interpreter.version();
    let same = (other.major, other.minor) == (version.major, version.minor);
    match same && interpreter.free_threaded == api.free_threaded {
        true => Ok(api),
        false => Err(Error::invalid(format!(
            "library \"{library}\" is {} {version}, and {} is {} {other}: give those of one \
                 build, or the interpreter alone",
            kind(api.free_threaded),
            executable.display(),
            kind(interpreter.free_threaded)
        ))),
    }
}

fn kind(free_threaded: bool) -> &'static str {
    if free_threaded { "free-threaded Python" } else { "Python" }
}

/// Joins the interpreter if it runs, else starts it.
fn take(
    api: Api,
    library: &PythonLibrary,
    executable: Option<PathBuf>,
    request: &Request,
) -> Result<&'static Api> {
    // SAFETY: may be called at any time.
    if unsafe { (api.Py_IsInitialized)() } != 0 {
        let api = join(api)?;
        hosted::check(api, request)?;
        return Ok(api);
    }
    let api = fit(api, request)?;
    refuse_without_gil(&api)?;
    library.make_global()?;
    let executable = executable.or_else(|| find::beside(&library.file()?));
    initialize(&api, library, executable.as_deref())?;
    let api = prepare(api)?;
    at_process_end(&end::OwnInterpreter);
    watch(api)?;
    Ok(api)
}

fn initialize(api: &Api, library: &PythonLibrary, executable: Option<&Path>) -> Result<()> {
    match api.version.at_least(3, 14) {
        true => init_config::initialize(api, library, executable),
        false => config::initialize(api, library, executable),
    }
}

/// Refuses to start without the GIL what the environment says is to be started without: it is
/// heard before the configuration.
fn refuse_without_gil(api: &Api) -> Result<()> {
    match api.free_threaded && std::env::var_os("PYTHON_GIL").is_some_and(|value| value == "0") {
        false => Ok(()),
        true => Err(Error::unsupported(format!(
            "PYTHON_GIL=0 disables the GIL of the free-threaded Python {}, and metaffi needs \
                 it; unset PYTHON_GIL",
            api.version
        ))),
    }
}

/// The first import of `signal`, however late, replaces the default action of SIGINT: it is imported
/// now, and told that the action is the host's. Before 3.13 the thread that first imports `threading` is
/// the main one to it.
const PREPARE: &CStr = c"import _signal, _thread
if not hasattr(_thread, '_get_main_thread_ident'):
    import threading
if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)";

/// What is done on the thread that started it, which holds the GIL until the end.
fn prepare(mut api: Api) -> Result<&'static Api> {
    // SAFETY: the interpreter runs and this thread holds the GIL.
    unsafe {
        let probed = free_threaded::check(&api).and_then(|()| api.probe(true));
        let ran = run(&api, PREPARE);
        gil::started((api.PyEval_SaveThread)());
        probed.and(ran)?;
    }
    Ok(api.publish())
}
